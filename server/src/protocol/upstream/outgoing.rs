//! What is sent to a provider, as form pairs, and how they are written.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::protocol::{DETAILS, STEERING_FIELDS};

/// Whether a service may hand this field on to its providers: one of some type, or one that steers
/// what is delivered.
pub fn is_passable(name: &str) -> bool {
    passable(name).is_some()
}

fn passable(name: &str) -> Option<&'static str> {
    let mut known = DETAILS.iter().chain(STEERING_FIELDS);
    known.find(|known| **known == name).copied()
}

/// What is escaped: all but letters, digits and the four signs that no parser gives a meaning. Some
/// panels take forms apart by hand: they leave a `+` as it is, or cut a value at a second `=`.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Form pairs as the body of a request, encoded so that the worst parser reads them: a blank is
/// `%20`, never `+`.
pub fn encoded<'p>(pairs: impl IntoIterator<Item = (&'p str, &'p str)>) -> String {
    let mut body = String::new();
    for (name, value) in pairs {
        if !body.is_empty() {
            body.push('&');
        }
        body.extend(utf8_percent_encode(name, RESERVED));
        body.push('=');
        body.extend(utf8_percent_encode(value, RESERVED));
    }
    body
}

/// Hosts of Telegram, whose invitations have a plus sign in them.
const TELEGRAM: [&str; 3] = ["t.me", "telegram.me", "telegram.dog"];

/// A link as a provider reads it that decodes what it is sent twice: `t.me/+KEY` becomes the same
/// invitation `t.me/joinchat/KEY`, because a plus sign would arrive as a blank. Others stay.
pub fn without_plus(link: &str) -> String {
    let start = link.find("://").map_or(0, |at| at + 3);
    let rest = link.get(start..).unwrap_or_default();
    let Some((host, path)) = rest.split_once('/') else {
        return link.to_owned();
    };
    let plain = host.to_ascii_lowercase();
    let plain = plain.strip_prefix("www.").unwrap_or(&plain);
    let key = ["+", "%2B", "%2b"]
        .iter()
        .find_map(|plus| path.strip_prefix(plus));
    match key.filter(|_| TELEGRAM.contains(&plain)) {
        Some(key) => {
            let scheme = link.get(..start).unwrap_or_default();
            [scheme, host, "/joinchat/", key].concat()
        }
        None => link.to_owned(),
    }
}

/// A request to a provider, without the key, which only the HTTP client holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outgoing {
    /// Its catalogue.
    Services,
    /// Its balance of ours.
    Balance,
    /// An order.
    Add {
        /// The provider's id of the service.
        service: String,
        /// Where to deliver.
        link: String,
        /// How many units; `None` for types whose quantity the provider counts or fixes.
        quantity: Option<i64>,
        /// The fields of the type, and those that its service hands on, by wire name; a name that is
        /// not [`is_passable`] is not sent.
        details: Vec<(String, String)>,
        /// The extension for replay safety, for a provider that is known to have it.
        request_id: Option<String>,
    },
    /// The status of orders, by the provider's ids, at most [`crate::protocol::MAX_IDS`].
    Status(Vec<String>),
    /// A refill of one order.
    Refill(String),
    /// The status of refills, by the provider's ids.
    RefillStatus(Vec<String>),
    /// A cancel of orders.
    Cancel(Vec<String>),
    /// The status of one order, in the field for one.
    StatusOf(String),
    /// The status of one refill, in the field for one.
    RefillStatusOf(String),
    /// A cancel of one order, in the field for one.
    CancelOf(String),
}

impl Outgoing {
    /// The value of `action`.
    pub const fn action(&self) -> &'static str {
        match self {
            Outgoing::Services => "services",
            Outgoing::Balance => "balance",
            Outgoing::Add { .. } => "add",
            Outgoing::Status(_) | Outgoing::StatusOf(_) => "status",
            Outgoing::Refill(_) => "refill",
            Outgoing::RefillStatus(_) | Outgoing::RefillStatusOf(_) => "refill_status",
            Outgoing::Cancel(_) | Outgoing::CancelOf(_) => "cancel",
        }
    }

    /// The form pairs, `action` first. The ids of a list go in one field with commas between them.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = vec![("action", self.action().to_owned())];
        match self {
            Outgoing::Services | Outgoing::Balance => {}
            Outgoing::Add {
                service,
                link,
                quantity,
                details,
                request_id,
            } => {
                pairs.push(("service", service.clone()));
                pairs.push(("link", link.clone()));
                pairs.extend(quantity.map(|quantity| ("quantity", quantity.to_string())));
                pairs.extend(
                    details
                        .iter()
                        .filter_map(|(name, value)| Some((passable(name)?, value.clone()))),
                );
                pairs.extend(request_id.clone().map(|id| ("request_id", id)));
            }
            Outgoing::Status(ids) | Outgoing::Cancel(ids) => pairs.push(("orders", ids.join(","))),
            Outgoing::Refill(id) | Outgoing::StatusOf(id) | Outgoing::CancelOf(id) => {
                pairs.push(("order", id.clone()));
            }
            Outgoing::RefillStatusOf(id) => pairs.push(("refill", id.clone())),
            Outgoing::RefillStatus(ids) => pairs.push(("refills", ids.join(","))),
        }
        pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Action, Asked, Call, Params};

    fn sent(outgoing: &Outgoing) -> String {
        let pairs: Vec<_> = outgoing
            .pairs()
            .iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect();
        pairs.join("&")
    }

    fn ids(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn requests_are_form_pairs() {
        for (outgoing, form) in [
            (Outgoing::Services, "action=services"),
            (Outgoing::Balance, "action=balance"),
            (
                Outgoing::Status(ids(&["1", "10"])),
                "action=status&orders=1,10",
            ),
            (Outgoing::Status(ids(&["1"])), "action=status&orders=1"),
            (Outgoing::Refill("1".to_owned()), "action=refill&order=1"),
            (
                Outgoing::RefillStatus(ids(&["1", "2"])),
                "action=refill_status&refills=1,2",
            ),
            (
                Outgoing::Cancel(ids(&["1", "2"])),
                "action=cancel&orders=1,2",
            ),
            (Outgoing::StatusOf("1".to_owned()), "action=status&order=1"),
            (Outgoing::CancelOf("1".to_owned()), "action=cancel&order=1"),
            (
                Outgoing::RefillStatusOf("1".to_owned()),
                "action=refill_status&refill=1",
            ),
        ] {
            assert_eq!(sent(&outgoing), form);
        }
    }

    #[test]
    fn an_order_sends_the_fields_of_its_type_and_no_others() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let details = vec![
            pair("comments", "a\nb"),
            pair("key", "x"),
            pair("service", "9"),
        ];
        let mut add = Outgoing::Add {
            service: "7".to_owned(),
            link: "https://x.test/p".to_owned(),
            quantity: None,
            details,
            request_id: Some("r-1".to_owned()),
        };
        assert_eq!(
            sent(&add),
            "action=add&service=7&link=https://x.test/p&comments=a\nb&request_id=r-1"
        );
        if let Outgoing::Add {
            quantity,
            request_id,
            details,
            ..
        } = &mut add
        {
            (*quantity, *request_id) = (Some(1000), None);
            details.clear();
        }
        assert_eq!(
            sent(&add),
            "action=add&service=7&link=https://x.test/p&quantity=1000"
        );
    }

    fn body(fields: &[(&str, &str)]) -> String {
        encoded(fields.iter().copied())
    }

    #[test]
    fn a_form_is_written_so_that_the_worst_parser_reads_it() {
        let nasty = "a b+c=d&e%20f;g#h?i/j\\k\r\nl*'\"~-_.é😀\0";
        let form = body(&[("link", nasty), ("comments[]", "x y")]);
        assert_eq!(
            form,
            "link=a%20b%2Bc%3Dd%26e%2520f%3Bg%23h%3Fi%2Fj%5Ck%0D%0Al%2A%27%22~-_.%C3%A9\
             %F0%9F%98%80%00&comments%5B%5D=x%20y"
        );
        // Taken apart by hand: pairs at `&`, a value up to a second `=`, only %XX decoded.
        let by_hand: Vec<(String, String)> = form
            .split('&')
            .map(|pair| {
                let mut parts = pair.split('=');
                let mut next = || {
                    let part = parts.next().unwrap_or_default();
                    let bytes = percent_encoding::percent_decode_str(part);
                    bytes.decode_utf8().unwrap().into_owned()
                };
                (next(), next())
            })
            .collect();
        assert_eq!(by_hand[0], ("link".to_owned(), nasty.to_owned()));
        let ours = Params::from_urlencoded(form.as_bytes()).unwrap();
        assert_eq!(ours.last("link"), Some(nasty));
        assert_eq!(ours.last("comments"), Some("x y"));
        assert_eq!(body(&[]), "");
    }

    #[test]
    fn invitations_are_sent_without_a_plus_sign_to_whoever_loses_it() {
        for (link, sent) in [
            ("https://t.me/+AbC_d-1", "https://t.me/joinchat/AbC_d-1"),
            ("t.me/+AbC", "t.me/joinchat/AbC"),
            ("T.ME/%2BAbC", "T.ME/joinchat/AbC"),
            (
                "http://www.telegram.me/+AbC?x=1",
                "http://www.telegram.me/joinchat/AbC?x=1",
            ),
            ("https://t.me/joinchat/AbC", "https://t.me/joinchat/AbC"),
            ("https://t.me/john", "https://t.me/john"),
            ("https://x.test/+AbC", "https://x.test/+AbC"),
            ("https://not-t.me/+AbC", "https://not-t.me/+AbC"),
            ("john+doe", "john+doe"),
            ("", ""),
        ] {
            assert_eq!(without_plus(link), sent);
        }
    }

    #[test]
    fn what_is_sent_is_what_a_panel_of_ours_reads() {
        let read = |outgoing: &Outgoing| {
            Call::read(Params::from_urlencoded(sent(outgoing).as_bytes()).unwrap()).action
        };
        let status = read(&Outgoing::Status(ids(&["1"])));
        assert!(matches!(status, Ok(Action::Status(Asked::Many(ids))) if ids.len() == 1));
        let refill = read(&Outgoing::Refill("1".to_owned()));
        assert!(matches!(refill, Ok(Action::Refill(Asked::One(id))) if id.id == Some(1)));
    }
}
