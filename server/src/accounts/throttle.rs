//! How often somebody may try: guesses of passwords, and new accounts.
//!
//! A guess counts before it is looked at, so that many at once are not more than one after the
//! other, and is given back when it was right. Quotas of longer and longer times stand behind one
//! another, so the wait grows with every failure. What is counted here is in the memory of one server
//! and bounded; what failed is kept by [`super::attempts`] too, for the other servers and after a
//! restart.
//!
//! Nobody keeps somebody else out: guesses at an account from elsewhere do not count where it signed in
//! lately, what a neighbour behind the same address tries does not either, and there the wait does not
//! grow beyond that of the shortest quota.

use std::hash::{BuildHasher, Hash, RandomState};
use std::net::IpAddr;
use std::time::Duration;

use super::attempts::{self, Counted};
use super::known_networks;
use crate::clock::{Clock, Time};
use crate::config::Config;
use crate::db::Tx;
use crate::error::{Refusal, Result};
use crate::limits::{Keyed, Who, network_of};
use crate::panel::Panel;

/// Every quota of trying.
pub(super) struct Throttle {
    /// Failed guesses at one account from one address.
    of_account: Keyed,
    /// The same where the account signed in lately.
    at_home: Keyed,
    /// Failed guesses from one address, whatever the account.
    of_address: Keyed,
    /// Accounts opened from one address.
    sign_ups: Keyed,
    /// Mails for a new password asked for from one address.
    resets: Keyed,
    /// Its keys are secret and new at every start: nobody can look for two that are one number.
    numbers: RandomState,
}

/// A guess that was counted.
#[must_use]
pub(super) struct Guess<'t> {
    throttle: &'t Throttle,
    account: Who,
    address: Option<Who>,
    is_at_home: bool,
    /// How long the address would have to wait, if the account were not known there.
    address_waits: Option<Duration>,
    counted: [Counted; 2],
}

impl Throttle {
    pub(super) fn new(config: &Config, clock: &Clock) -> Throttle {
        Throttle {
            of_account: Keyed::new(&config.limit_sign_in, clock),
            at_home: Keyed::new(&config.limit_sign_in.shortest(), clock),
            of_address: Keyed::new(&config.limit_sign_in_address, clock),
            sign_ups: Keyed::new(&config.limit_sign_up, clock),
            resets: Keyed::new(&config.limit_reset, clock),
            numbers: RandomState::new(),
        }
    }

    /// Counts a guess at the account of this e-mail address, which may have none. Refused:
    /// [`Refusal::TooManyAttempts`].
    pub(super) async fn guess(
        &self,
        panel: &Panel,
        email: &str,
        from: Option<IpAddr>,
    ) -> Result<Guess<'_>> {
        let is_at_home = known_networks::is_known(panel, email, from).await?;
        let counted = counted(panel, email, from, is_at_home);
        let [account_waits, address_waits] =
            attempts::waits(panel, [&counted[0], &counted[1]]).await?;
        let mut guess = self.take(email, from, is_at_home, counted)?;
        guess.address_waits = guess.address_waits.or(address_waits);
        let wait = if is_at_home {
            account_waits
        } else {
            account_waits.max(guess.address_waits)
        };
        match wait {
            None => Ok(guess),
            Some(wait) => {
                guess.give_back();
                Err(too_many(wait).into())
            }
        }
    }

    /// Counts it in memory.
    fn take(
        &self,
        email: &str,
        from: Option<IpAddr>,
        is_at_home: bool,
        counted: [Counted; 2],
    ) -> std::result::Result<Guess<'_>, Refusal> {
        let network = from.map(network_of);
        let (account, address) = (self.number_of(&(email, network)), self.number_of(&network));
        let taken = self.of_address.take(address, 1);
        let address_waits = taken.err();
        if let Some(wait) = address_waits
            && !is_at_home
        {
            return Err(too_many(wait));
        }
        let guess = Guess {
            throttle: self,
            account,
            address: address_waits.is_none().then_some(address),
            is_at_home,
            address_waits,
            counted,
        };
        if let Err(wait) = guess.of_account().take(account, 1) {
            guess.give_back_of_address();
            return Err(too_many(wait));
        }
        Ok(guess)
    }

    /// Counts an account that is about to be opened. Refused: [`Refusal::TooManyAttempts`].
    pub(super) async fn sign_up(&self, panel: &Panel, from: Option<IpAddr>) -> Result<()> {
        let counted = Counted::of(panel, "sign_up", from, panel.config.limit_sign_up.clone());
        self.count(panel, &self.sign_ups, from, counted).await
    }

    /// Counts a mail for a new password that is asked for. Refused: [`Refusal::TooManyAttempts`].
    pub(super) async fn reset(&self, panel: &Panel, from: Option<IpAddr>) -> Result<()> {
        let counted = Counted::of(panel, "reset", from, panel.config.limit_reset.clone());
        self.count(panel, &self.resets, from, counted).await
    }

    /// Counts something that counts however it ends, here and for the other servers.
    async fn count(
        &self,
        panel: &Panel,
        here: &Keyed,
        from: Option<IpAddr>,
        counted: Counted,
    ) -> Result<()> {
        let who = self.number_of(&from.map(network_of));
        here.take(who, 1).map_err(too_many)?;
        if let [Some(wait)] = attempts::waits(panel, [&counted]).await? {
            here.give_back(who, 1);
            return Err(too_many(wait).into());
        }
        let tx = panel.db.begin().await?;
        attempts::count_in_tx(&tx, panel.now(), &[counted]).await?;
        Ok(tx.commit().await?)
    }

    fn number_of(&self, who: &impl Hash) -> Who {
        self.numbers.hash_one(who)
    }

    /// Forgets who has not tried for long.
    pub(super) fn forget_old(&self) {
        let all = [
            &self.of_account,
            &self.at_home,
            &self.of_address,
            &self.sign_ups,
            &self.resets,
        ];
        for quotas in all {
            quotas.forget_old();
        }
    }
}

/// Whose guesses these are: at the account from the address, and from the address.
fn counted(panel: &Panel, email: &str, from: Option<IpAddr>, is_at_home: bool) -> [Counted; 2] {
    let of_account = &panel.config.limit_sign_in;
    let of_account = if is_at_home {
        of_account.shortest()
    } else {
        of_account.clone()
    };
    let of_address = panel.config.limit_sign_in_address.clone();
    [
        Counted::of(panel, &attempts::at_account(email), from, of_account),
        Counted::of(panel, "sign_in", from, of_address),
    ]
}

impl Guess<'_> {
    /// It was right, or no guess at all: it does not count.
    pub(super) fn give_back(self) {
        self.of_account().give_back(self.account, 1);
        self.give_back_of_address();
    }

    /// It was wrong: keeps it for the other servers and after a restart.
    pub(super) async fn keep_in_tx(&self, tx: &Tx, now: Time) -> Result<()> {
        attempts::count_in_tx(tx, now, &self.counted).await
    }

    /// What is said when it was wrong. Where only the account being known has let it be looked at, it
    /// is what all others are told there.
    pub(super) fn refusal(&self) -> Refusal {
        self.address_waits.map_or(Refusal::SignInFailed, too_many)
    }

    fn of_account(&self) -> &Keyed {
        if self.is_at_home {
            &self.throttle.at_home
        } else {
            &self.throttle.of_account
        }
    }

    fn give_back_of_address(&self) {
        if let Some(address) = self.address {
            self.throttle.of_address.give_back(address, 1);
        }
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
    use crate::limits::Quotas;

    const HOME: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)));

    fn guess<'t>(
        throttle: &'t Throttle,
        email: &str,
        address: Option<IpAddr>,
        is_at_home: bool,
    ) -> std::result::Result<Guess<'t>, Refusal> {
        let nobody = || Counted {
            who: String::new(),
            quotas: Quotas::none(),
        };
        throttle.take(email, address, is_at_home, [nobody(), nobody()])
    }

    fn wait(throttle: &Throttle, email: &str, address: Option<IpAddr>) -> u64 {
        match guess(throttle, email, address, false) {
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
            guess(&throttle, "ann@x.test", HOME, false)
                .unwrap()
                .give_back();
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

    #[test]
    fn where_an_account_signed_in_lately_neighbours_do_not_keep_it_out() {
        let clock = Clock::manual(Time::from_ms(1_000_000_000_000));
        let throttle = Throttle::new(&Config::default(), &clock);
        for number in 0..50 {
            wait(&throttle, &format!("{number}@x.test"), HOME);
        }
        assert_eq!(wait(&throttle, "ann@x.test", HOME), 72);
        // It is let in there; who is wrong is told what everybody is.
        let at_home = guess(&throttle, "ann@x.test", HOME, true).unwrap();
        let told = Refusal::TooManyAttempts { retry_after_s: 72 };
        assert_eq!(at_home.refusal(), told);
        at_home.give_back();
        // Its own wrong guesses wait for three minutes, and never longer.
        let mut longest = 0;
        for _ in 0..500 {
            match guess(&throttle, "ann@x.test", HOME, true) {
                Ok(_) => {}
                Err(Refusal::TooManyAttempts { retry_after_s }) => {
                    longest = longest.max(retry_after_s);
                    clock.advance_ms(i64::try_from(retry_after_s).unwrap() * 1_000);
                }
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(longest, 180);
    }
}
