//! E-mail addresses, as accounts are found by them. Pure.

use std::fmt;

use crate::error::Refusal;

/// The longest address that mail can be sent to.
const MAX_CHARS: usize = 254;

/// An e-mail address in its one form: without spaces around it and in lower case, so that nobody
/// has two accounts by writing theirs in two ways.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

impl Email {
    /// Reads an address. Whether mail arrives there only sending some can tell; refused is what
    /// cannot be one. Refused: [`Refusal::FieldInvalid`].
    pub fn parse(text: &str) -> Result<Email, Refusal> {
        let text = text.trim().to_lowercase();
        let is_label = |label: &str| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        let is_local = |local: &str| {
            (1..=64).contains(&local.len())
                && !local.starts_with('.')
                && !local.ends_with('.')
                && !local.contains("..")
                && !local.contains(|c: char| {
                    c.is_whitespace() || c.is_control() || "\"(),:;<>@[\\]".contains(c)
                })
        };
        let is_domain = |domain: &str| domain.contains('.') && domain.split('.').all(is_label);
        match text.split_once('@') {
            Some((local, domain))
                if text.chars().count() <= MAX_CHARS && is_local(local) && is_domain(domain) =>
            {
                Ok(Email(text))
            }
            _ => Err(Refusal::FieldInvalid {
                field: "email",
                expected: "an e-mail address such as name@example.com, 254 characters at most",
            }),
        }
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_has_one_address_however_it_is_written() {
        let address = Email::parse("  Ann.Lee+smm@Mail.Example.COM ").unwrap();
        assert_eq!(address.as_str(), "ann.lee+smm@mail.example.com");
        assert!(Email::parse("jürgen@müller.example").is_ok());
    }

    #[test]
    fn what_cannot_be_an_address_is_refused() {
        let long = format!("{}@example.com", "x".repeat(65));
        let longer = format!("x@{}.com", "y".repeat(260));
        for text in [
            "",
            "@",
            "a@",
            "@b.c",
            "a b@c.de",
            "a@b",
            "a@b..c",
            "a@-b.c",
            ".a@b.c",
            "a..b@c.de",
            "a@b@c.de",
            "a\0@b.c",
            "<a@b.c>",
            &long,
            &longer,
        ] {
            assert!(Email::parse(text).is_err(), "{text:?}");
        }
    }
}
