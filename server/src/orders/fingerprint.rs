//! What makes two requests under one `request_id` the same order.

use sha2::{Digest, Sha256};

use crate::protocol::{AddRequest, lines, whole_number};

/// Everything that the customer asked for, read through its spelling. Not the key, not the encoding, and
/// not the service's terms of the day: a retry finds its order even after the price or the limits have
/// changed.
///
/// A fingerprint is kept for ever, so it names the rule that it was made by, and a repetition is compared
/// under that rule: a number in front of the digest; nothing in front of it is the first rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint {
    rule: Rule,
    digest: [u8; DIGEST_BYTES],
}

/// How a request is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// Whatever is a whole number is one, a link and a comment too: `007` and `7` were one link.
    EveryNumber,
    /// Only those fields are numbers that are numbers to a service.
    NumberFields,
}

/// The rule of new fingerprints.
const NEWEST: Rule = Rule::NumberFields;

/// The fields that are numbers to a service.
const NUMBER_FIELDS: [&str; 6] = [
    "quantity",
    "runs",
    "interval",
    "answer_number",
    "device",
    "type_of_traffic",
];

const DIGEST_BYTES: usize = 32;

impl Fingerprint {
    /// The fingerprint of a request, with the customer's own name for the order.
    pub fn of(request: &AddRequest, reference: Option<&str>) -> Fingerprint {
        Fingerprint::by(NEWEST, request, reference)
    }

    /// One that was stored; `None` for what is none.
    pub fn from_stored(bytes: &[u8]) -> Option<Fingerprint> {
        let (number, digest) = bytes.split_at(bytes.len().checked_sub(DIGEST_BYTES)?);
        let rule = match number {
            [] => Rule::EveryNumber,
            [2] => Rule::NumberFields,
            _ => return None,
        };
        let digest = digest.try_into().ok()?;
        Some(Fingerprint { rule, digest })
    }

    /// The bytes to be stored.
    pub fn to_bytes(self) -> Vec<u8> {
        let number: &[u8] = match self.rule {
            Rule::EveryNumber => &[],
            Rule::NumberFields => &[2],
        };
        [number, &self.digest].concat()
    }

    /// Whether this is the fingerprint of a request, by the rule that it was made by.
    pub fn is_of(&self, request: &AddRequest, reference: Option<&str>) -> bool {
        Fingerprint::by(self.rule, request, reference) == *self
    }

    fn by(rule: Rule, request: &AddRequest, reference: Option<&str>) -> Fingerprint {
        let digest = digest(rule, request, reference);
        Fingerprint { rule, digest }
    }
}

fn digest(rule: Rule, request: &AddRequest, reference: Option<&str>) -> [u8; DIGEST_BYTES] {
    let mut digest = Sha256::new();
    let mut part = |name: &str, text: &str| {
        // Lengths before texts: no two orders can be spelled as one.
        for part in [name, text] {
            digest.update(part.len().to_be_bytes());
            digest.update(part.as_bytes());
        }
    };
    part("service", &request.service.unwrap_or_default().to_string());
    let order = [
        ("link", &request.link),
        ("quantity", &request.quantity),
        ("runs", &request.runs),
        ("interval", &request.interval),
    ];
    let order = order
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.as_deref()?)));
    let steering = request.steering.iter();
    let steering = steering.map(|(name, value)| (*name, value.as_str()));
    for (name, value) in order.chain(request.details()).chain(steering) {
        let is_number = rule == Rule::EveryNumber || NUMBER_FIELDS.contains(&name);
        match whole_number(value).filter(|_| is_number) {
            Some(0) if matches!(name, "runs" | "interval") => {}
            Some(number) => part(name, &number.to_string()),
            None => part(name, &lines(value).join("\n")),
        }
    }
    if let Some(reference) = reference {
        part("reference", reference);
    }
    digest.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Action, Call, Params};

    const LINK: (&str, &str) = ("link", "https://x.test/p");

    fn request(fields: &[(&str, &str)]) -> AddRequest {
        let mut params = Params::default();
        for &(name, value) in fields.iter().chain(&[("action", "add"), ("service", "1")]) {
            params.push(name, value.to_owned()).unwrap();
        }
        match Call::read(params).action {
            Ok(Action::Add(request)) => *request,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_fingerprint_is_of_the_order_and_not_of_its_spelling() {
        let print = |fields: &[(&str, &str)]| Fingerprint::of(&request(fields), None);
        let plain = print(&[LINK, ("quantity", "100")]);
        assert_eq!(plain, print(&[("quantity", " 100 "), LINK, ("runs", "0")]));
        assert_eq!(plain, print(&[LINK, ("quantity", "0100")]));
        assert_eq!(
            plain,
            print(&[LINK, ("quantity", "100"), ("key", "K"), ("foo", "bar")])
        );
        assert_ne!(plain, print(&[LINK, ("quantity", "101")]));
        let named = Fingerprint::of(&request(&[LINK, ("quantity", "100")]), Some("my 7"));
        assert_ne!(plain, named);
        assert_ne!(
            plain,
            print(&[("link", "https://x.test/q"), ("quantity", "100")])
        );
    }

    #[test]
    fn what_is_no_number_to_a_service_is_compared_as_it_is_written() {
        let print = |name, value| Fingerprint::of(&request(&[(name, value)]), None);
        for name in [
            "link",
            "comments",
            "username",
            "hashtag",
            "google_keyword",
            "country",
        ] {
            assert_ne!(print(name, "007"), print(name, "7"), "{name}");
        }
        for name in ["quantity", "answer_number", "device", "type_of_traffic"] {
            assert_eq!(print(name, "007"), print(name, "7"), "{name}");
        }
    }

    /// Fingerprints are kept for ever: a repetition finds its order whatever the rule of today is.
    #[test]
    fn an_old_fingerprint_is_compared_by_its_own_rule() {
        let old = Fingerprint::by(Rule::EveryNumber, &request(&[("link", "007")]), None);
        let old = Fingerprint::from_stored(&old.to_bytes()).unwrap();
        assert_eq!(old.to_bytes().len(), 32);
        assert!(old.is_of(&request(&[("link", "007")]), None));
        assert!(old.is_of(&request(&[("link", "7")]), None));
        assert!(!old.is_of(&request(&[("link", "8")]), None));
        let new = Fingerprint::of(&request(&[("link", "007")]), None);
        let new = Fingerprint::from_stored(&new.to_bytes()).unwrap();
        assert!(new.is_of(&request(&[("link", "007")]), None));
        assert!(!new.is_of(&request(&[("link", "7")]), None));
        let later = [&[9][..], &[0; 32]].concat();
        for none in [Vec::new(), vec![0; 31], vec![0; 34], later] {
            assert_eq!(Fingerprint::from_stored(&none), None);
        }
    }
}
