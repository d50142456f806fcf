//! What an account may ask for: the limits of its keys, one tier's on one line of the settings.

use std::fmt;

use super::Quotas;
use crate::vocabulary::words;

words! {
    /// Which limits hold for the keys of an account.
    pub enum LimitTier {
        /// A new or small customer's.
        Starter = "starter",
        /// Those of whoever resells.
        Reseller = "reseller",
        /// None: for benchmarks and panels that are trusted.
        Unlimited = "unlimited",
    }
}

words! {
    /// What is asked for, as far as limits care.
    pub enum Kind {
        /// Orders, one by one.
        Add = "add",
        /// Statuses of orders and refills, and what else is read of them.
        Status = "status",
        /// The wallet.
        Balance = "balance",
        /// The catalogue.
        Services = "services",
        /// Refills and cancels.
        Change = "change",
        /// Anything else: it counts among cost points only, unless the settings limit it.
        Other = "other",
    }
}

/// The name of the limit of everything together, by cost points.
pub(super) const POINTS: &str = "points";

/// The limits of one tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowance {
    quotas: [Quotas; 6],
    /// Of everything together, in cost points.
    pub points: Quotas,
    /// How many requests of one key are worked on at the same time; more wait.
    pub at_once: u32,
    /// How many may wait.
    pub waiting: u32,
}

impl Kind {
    /// The cost points of a request about `items` orders or ids: "add 5, cancel/refill 5, status 1
    /// per 25 ids, services 10, balance 1"; of anything else, `items`.
    pub const fn points(self, items: u32) -> u32 {
        match self {
            Kind::Add | Kind::Change => items.saturating_mul(5),
            Kind::Status => items.div_ceil(25),
            Kind::Balance => 1,
            Kind::Services => 10,
            Kind::Other => items,
        }
    }

    /// How many of its own quota a request about `items` takes: orders count one by one, for all
    /// others a request is a request.
    pub const fn cells(self, items: u32) -> u32 {
        match self {
            Kind::Add => items,
            Kind::Status | Kind::Balance | Kind::Services | Kind::Change | Kind::Other => 1,
        }
    }

    /// Its place in [`Kind::ALL`].
    #[expect(clippy::as_conversions, reason = "a variant's place is its number")]
    pub const fn index(self) -> usize {
        self as usize
    }
}

impl Allowance {
    /// What is called `kind` may be asked for so often.
    pub fn of(&self, kind: Kind) -> &Quotas {
        let [add, status, balance, services, change, other] = &self.quotas;
        match kind {
            Kind::Add => add,
            Kind::Status => status,
            Kind::Balance => balance,
            Kind::Services => services,
            Kind::Change => change,
            Kind::Other => other,
        }
    }

    /// No limits.
    pub const fn unlimited() -> Allowance {
        Allowance {
            quotas: [const { Quotas::none() }; 6],
            points: Quotas::none(),
            at_once: u32::MAX,
            waiting: u32::MAX,
        }
    }

    /// Reads a line such as [`fmt::Display`] writes it. What is not named is as in `otherwise`.
    pub fn parse(text: &str, otherwise: &Allowance) -> Option<Allowance> {
        let mut read = otherwise.clone();
        for part in text.split(';') {
            let (name, value) = part.trim().split_once(' ')?;
            match name {
                "at_once" => read.at_once = number(value)?,
                "waiting" => read.waiting = number(value)?,
                POINTS => read.points = Quotas::parse(value)?,
                kind => {
                    let place = Kind::from_word(kind)?.index();
                    *read.quotas.get_mut(place)? = Quotas::parse(value)?;
                }
            }
        }
        Some(read)
    }
}

fn number(text: &str) -> Option<u32> {
    let number = text.trim().parse().ok()?;
    (1..=1_000_000).contains(&number).then_some(number)
}

/// As it is written in the settings.
impl fmt::Display for Allowance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for kind in Kind::ALL {
            write!(f, "{kind} {}; ", self.of(*kind))?;
        }
        let (points, at_once, waiting) = (&self.points, self.at_once, self.waiting);
        write!(f, "{POINTS} {points}; at_once {at_once}; waiting {waiting}")
    }
}

/// The default of resellers. A fifth above what a usual cron sends in one moment (300 orders, 100
/// statuses): it never finds out that there are limits.
pub const RESELLER: &str = "add 600/min burst 360; status 120/min; balance 60/min; \
     services 120/h; change 60/min; other none; points 6000/min; at_once 10; waiting 500";

/// The default of starters: a tenth of it.
pub const STARTER: &str = "add 60/min burst 36; status 12/min; balance 6/min; services 12/h; \
     change 6/min; other none; points 600/min; at_once 4; waiting 50";

/// The allowance of a constant, which a test reads.
pub fn constant(text: &str) -> Allowance {
    let unlimited = Allowance::unlimited();
    Allowance::parse(text, &unlimited).unwrap_or(unlimited)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tier_is_one_line_and_what_is_not_named_stays() {
        for text in [RESELLER, STARTER] {
            assert_eq!(constant(text).to_string(), text);
        }
        let reseller = constant(RESELLER);
        let more = Allowance::parse("add 900/min; at_once 20", &reseller).unwrap();
        assert_eq!(
            more.to_string(),
            RESELLER
                .replace("add 600/min burst 360", "add 900/min")
                .replace("at_once 10", "at_once 20")
        );
        for wrong in [
            "",
            "add",
            "adds 1/min",
            "at_once 0",
            "waiting x",
            "add 1/min;",
        ] {
            assert_eq!(Allowance::parse(wrong, &reseller), None, "{wrong}");
        }
    }

    #[test]
    fn requests_cost_what_is_published() {
        assert_eq!(Kind::Add.points(1), 5);
        assert_eq!(Kind::Status.points(1), 1);
        assert_eq!(Kind::Status.points(25), 1);
        assert_eq!(Kind::Status.points(26), 2);
        assert_eq!(Kind::Status.points(100), 4);
        assert_eq!(Kind::Services.points(1), 10);
        assert_eq!((Kind::Add.cells(100), Kind::Status.cells(100)), (100, 1));
    }
}
