//! What a key may be used for. Pure.

use std::fmt;

use crate::vocabulary::words;

words! {
    /// One kind of thing that a key may be used for.
    pub enum Scope {
        /// Reading: services, orders, refills, refunds, deposits, the wallet, the account; of staff,
        /// whatever the operator's API shows.
        Read = "read",
        /// What costs or is asked of a provider anew: orders, refills and deposits.
        Order = "order",
        /// Canceling orders.
        Cancel = "cancel",
        /// Of staff: answering customers, and proposing what moves money.
        Support = "support",
        /// Of staff: what moves money, and decides orders.
        Money = "money",
        /// Of staff: what is sold, at which price, and by whom it is delivered.
        Catalogue = "catalogue",
        /// Of staff: accounts, cases of abuse, and the staff.
        Accounts = "accounts",
    }
}

impl Scope {
    const fn bit(self) -> u8 {
        match self {
            Scope::Read => 1,
            Scope::Order => 2,
            Scope::Cancel => 4,
            Scope::Support => 8,
            Scope::Money => 16,
            Scope::Catalogue => 32,
            Scope::Accounts => 64,
        }
    }
}

/// The scopes of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scopes(u8);

impl Scopes {
    /// Everything that a customer's key may have.
    pub const OF_CUSTOMERS: Scopes =
        Scopes(Scope::Read.bit() | Scope::Order.bit() | Scope::Cancel.bit());

    /// Everything that a key of staff may have.
    pub const OF_STAFF: Scopes = Scopes(
        Scope::Read.bit()
            | Scope::Support.bit()
            | Scope::Money.bit()
            | Scope::Catalogue.bit()
            | Scope::Accounts.bit(),
    );

    /// What somebody who has signed in may do: everything that their role allows.
    pub const EVERY: Scopes = Scopes(Scopes::OF_CUSTOMERS.0 | Scopes::OF_STAFF.0);

    /// Those listed, in any order and as often as one likes; `None` without any.
    pub fn of(listed: impl IntoIterator<Item = Scope>) -> Option<Scopes> {
        let bits = listed.into_iter().fold(0, |bits, scope| bits | scope.bit());
        (bits != 0).then_some(Scopes(bits))
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
        self.0 & scope.bit() != 0
    }

    /// Whether each of them is one of `others`.
    pub const fn are_within(self, others: Scopes) -> bool {
        self.0 & !others.0 == 0
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
    fn scopes_of_customers_and_of_staff_have_reading_in_common() {
        let both = Scope::ALL
            .iter()
            .copied()
            .filter(|scope| Scopes::OF_CUSTOMERS.has(*scope) && Scopes::OF_STAFF.has(*scope));
        assert_eq!(both.collect::<Vec<_>>(), [Scope::Read]);
        let mixed = Scopes::parse("read money order").unwrap();
        assert!(!mixed.are_within(Scopes::OF_STAFF) && !mixed.are_within(Scopes::OF_CUSTOMERS));
        assert!(mixed.are_within(Scopes::EVERY));
    }

    #[test]
    fn scopes_are_read_and_shown() {
        assert_eq!(
            Scopes::parse("cancel, read").unwrap().to_string(),
            "read cancel"
        );
        assert_eq!(
            Scopes::parse("read order cancel"),
            Some(Scopes::OF_CUSTOMERS)
        );
        assert_eq!(
            Scopes::OF_STAFF.to_string(),
            "read support money catalogue accounts"
        );
        assert_eq!(
            Scopes::parse(&Scopes::EVERY.to_string()),
            Some(Scopes::EVERY)
        );
        for text in ["", " ", "write", "read,everything", "READ"] {
            assert_eq!(Scopes::parse(text), None, "{text:?}");
        }
    }
}
