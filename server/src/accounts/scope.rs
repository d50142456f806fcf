//! What a key may be used for. Pure.

use std::fmt;

use crate::vocabulary::words;

words! {
    /// One kind of thing that a key may be used for.
    pub enum Scope {
        /// Reading: services, orders, refills, refunds, deposits, the wallet, the account.
        Read = "read",
        /// What costs or is asked of a provider anew: orders, refills and deposits.
        Order = "order",
        /// Canceling orders.
        Cancel = "cancel",
    }
}

/// The scopes of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scopes {
    read: bool,
    order: bool,
    cancel: bool,
}

impl Scopes {
    /// Everything that there is.
    pub const ALL: Scopes = Scopes {
        read: true,
        order: true,
        cancel: true,
    };

    /// Those listed, in any order and as often as one likes; `None` without any.
    pub fn of(listed: impl IntoIterator<Item = Scope>) -> Option<Scopes> {
        let none = Scopes {
            read: false,
            order: false,
            cancel: false,
        };
        let with = |scopes: Scopes, scope| match scope {
            Scope::Read => Scopes {
                read: true,
                ..scopes
            },
            Scope::Order => Scopes {
                order: true,
                ..scopes
            },
            Scope::Cancel => Scopes {
                cancel: true,
                ..scopes
            },
        };
        Some(listed.into_iter().fold(none, with)).filter(|scopes| *scopes != none)
    }

    /// Reads scopes with spaces or commas between them; `None` if one of them is none, or there is
    /// none.
    pub fn parse(text: &str) -> Option<Scopes> {
        let words = text.split([' ', ',']).filter(|word| !word.is_empty());
        let listed: Option<Vec<Scope>> = words.map(Scope::from_word).collect();
        Scopes::of(listed?)
    }

    /// Whether `scope` is among them.
    pub const fn has(self, scope: Scope) -> bool {
        match scope {
            Scope::Read => self.read,
            Scope::Order => self.order,
            Scope::Cancel => self.cancel,
        }
    }

    /// One by one.
    pub fn each(self) -> impl Iterator<Item = Scope> {
        Scope::ALL
            .iter()
            .copied()
            .filter(move |scope| self.has(*scope))
    }
}

/// With spaces between them, as stored.
impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self.each().map(Scope::word).collect();
        f.write_str(&words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_and_shown() {
        assert_eq!(
            Scopes::parse("cancel, read").unwrap().to_string(),
            "read cancel"
        );
        assert_eq!(Scopes::parse("read order cancel"), Some(Scopes::ALL));
        for text in ["", " ", "write", "read,everything", "READ"] {
            assert_eq!(Scopes::parse(text), None, "{text:?}");
        }
    }
}
