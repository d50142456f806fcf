//! How often somebody may try: guesses of passwords and codes, and new accounts.
//!
//! A guess counts before it is looked at, so that many at once are not more than one after the
//! other, and is given back when it was right. Quotas of longer and longer times stand behind one
//! another, so the wait grows with every failure. Everything is in the memory of one server and
//! bounded; a restart forgets it.

use std::hash::{BuildHasher, Hash, RandomState};
use std::net::IpAddr;
use std::time::Duration;

use crate::clock::Clock;
use crate::config::Config;
use crate::error::Refusal;
use crate::limits::{Keyed, Who, network_of};

/// Every quota of trying.
pub(super) struct Throttle {
    /// Failed guesses at one account from one address.
    of_account: Keyed,
    /// Failed guesses from one address, whatever the account.
    of_address: Keyed,
    /// Accounts opened from one address.
    sign_ups: Keyed,
    /// Its keys are secret and new at every start: nobody can look for two that are one number.
    numbers: RandomState,
}

/// A guess that was counted.
#[must_use]
pub(super) struct Guess<'t> {
    throttle: &'t Throttle,
    account: Who,
    address: Who,
}

impl Throttle {
    pub(super) fn new(config: &Config, clock: &Clock) -> Throttle {
        Throttle {
            of_account: Keyed::new(&config.limit_sign_in, clock),
            of_address: Keyed::new(&config.limit_sign_in_address, clock),
            sign_ups: Keyed::new(&config.limit_sign_up, clock),
            numbers: RandomState::new(),
        }
    }

    /// Counts a guess at the account of this e-mail address, which may have none. Refused:
    /// [`Refusal::TooManyAttempts`].
    pub(super) fn guess(&self, email: &str, address: Option<IpAddr>) -> Result<Guess<'_>, Refusal> {
        let network = address.map(network_of);
        let (account, address) = (self.number_of(&(email, network)), self.number_of(&network));
        self.of_address.take(address, 1).map_err(too_many)?;
        if let Err(wait) = self.of_account.take(account, 1) {
            self.of_address.give_back(address, 1);
            return Err(too_many(wait));
        }
        Ok(Guess {
            throttle: self,
            account,
            address,
        })
    }

    /// Counts an account that is about to be opened. Refused: [`Refusal::TooManyAttempts`].
    pub(super) fn sign_up(&self, address: Option<IpAddr>) -> Result<(), Refusal> {
        let who = self.number_of(&address.map(network_of));
        self.sign_ups.take(who, 1).map_err(too_many)?;
        Ok(())
    }

    fn number_of(&self, who: &impl Hash) -> Who {
        self.numbers.hash_one(who)
    }

    /// Forgets who has not tried for long.
    pub(super) fn forget_old(&self) {
        for quotas in [&self.of_account, &self.of_address, &self.sign_ups] {
            quotas.forget_old();
        }
    }
}

impl Guess<'_> {
    /// It was right, or no guess at all: it does not count.
    pub(super) fn give_back(self) {
        self.throttle.of_account.give_back(self.account, 1);
        self.throttle.of_address.give_back(self.address, 1);
    }
}

fn too_many(wait: Duration) -> Refusal {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    Refusal::TooManyAttempts {
        retry_after_s: seconds.max(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Time;

    const HOME: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)));

    fn wait(throttle: &Throttle, email: &str, address: Option<IpAddr>) -> u64 {
        match throttle.guess(email, address) {
            Ok(_) => 0,
            Err(Refusal::TooManyAttempts { retry_after_s }) => retry_after_s,
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn the_wait_grows_with_the_failures() {
        let clock = Clock::manual(Time::from_ms(1_000_000_000_000));
        let throttle = Throttle::new(&Config::default(), &clock);
        let mut waits = Vec::new();
        for _ in 0..25 {
            match wait(&throttle, "ann@x.test", HOME) {
                0 => {}
                seconds => {
                    waits.push(seconds);
                    clock.advance_ms(i64::try_from(seconds).unwrap() * 1_000);
                }
            }
        }
        assert_eq!(waits.first(), Some(&180), "{waits:?}");
        assert!(waits.is_sorted() || waits.windows(2).all(|two| two[1] >= two[0].min(540)));
        assert!(waits.last().unwrap() > &540, "{waits:?}");
        // Others are not touched, from there or elsewhere.
        assert_eq!(wait(&throttle, "bob@x.test", HOME), 0);
        assert_eq!(wait(&throttle, "ann@x.test", None), 0);
    }

    #[test]
    fn right_guesses_do_not_count_and_one_address_has_fifty_wrong_ones() {
        let clock = Clock::manual(Time::from_ms(1_000_000_000_000));
        let throttle = Throttle::new(&Config::default(), &clock);
        for _ in 0..500 {
            throttle.guess("ann@x.test", HOME).unwrap().give_back();
        }
        for number in 0..50 {
            assert_eq!(
                wait(&throttle, &format!("{number}@x.test"), HOME),
                0,
                "{number}"
            );
        }
        assert_eq!(wait(&throttle, "ann@x.test", HOME), 72);
        throttle.forget_old();
        assert_eq!(wait(&throttle, "ann@x.test", HOME), 72);
        clock.advance_ms(3_600_000);
        throttle.forget_old();
        assert_eq!(wait(&throttle, "ann@x.test", HOME), 0);
    }
}
