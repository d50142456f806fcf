//! How often somebody may try: guesses of passwords and codes, and new accounts.
//!
//! A guess counts before it is looked at, so that many at once are not more than one after the
//! other, and is given back when it was right. Quotas of longer and longer times stand behind one
//! another, so the wait grows with every failure. Everything is in the memory of one server and
//! bounded; a restart forgets it.

use std::convert::Infallible;
use std::hash::{BuildHasher, Hash, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::{Clock as _, Reference};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::state::keyed::{DashMapStateStore, ShrinkableKeyedStateStore};
use governor::{Quota, RateLimiter};

use crate::clock::Clock;
use crate::error::Refusal;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// Failed guesses at one account from one address: how many, in how many seconds.
const OF_ACCOUNT: &[(u32, u64)] = &[(5, 15 * MINUTE), (10, 2 * HOUR), (20, 24 * HOUR)];
/// Failed guesses from one address, whatever the account.
const OF_ADDRESS: &[(u32, u64)] = &[(50, HOUR), (200, 24 * HOUR)];
/// Accounts opened from one address.
const SIGN_UPS: &[(u32, u64)] = &[(20, HOUR), (50, 24 * HOUR)];

/// How many that tried are told apart by one quota; beyond that they share one.
const MOST: usize = 50_000;

/// Who tries, as a number that says nothing about them.
type Who = u64;

/// Those that are not told apart any more.
const EVERYBODY_ELSE: Who = Who::MAX;

/// The panel's time as `governor` asks for it.
#[derive(Clone)]
struct PanelClock(Clock);

impl governor::clock::Clock for PanelClock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        let ms = u64::try_from(self.0.now().ms()).unwrap_or_default();
        Duration::from_millis(ms).into()
    }
}

/// The state of a quota, which its limiter and whoever gives back share.
#[derive(Clone, Default)]
struct Shared(Arc<DashMapStateStore<Who>>);

impl StateStore for Shared {
    type Key = Who;

    fn measure_and_replace<T, F, E>(&self, who: &Who, measure: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        self.0.measure_and_replace(who, measure)
    }
}

impl ShrinkableKeyedStateStore<Who> for Shared {
    fn retain_recent(&self, drop_below: Nanos) {
        self.0.retain_recent(drop_below);
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// One quota: so many in so long, for each that tries.
struct Limit {
    /// The time in which one of them comes back.
    each: Nanos,
    state: Shared,
    limiter: RateLimiter<Who, Shared, PanelClock, NoOpMiddleware<Nanos>>,
}

impl Limit {
    fn new(many: u32, seconds: u64, clock: &Clock) -> Option<Limit> {
        let many = NonZeroU32::new(many)?;
        let each = Duration::from_secs(seconds) / many.get();
        let quota = Quota::with_period(each)?.allow_burst(many);
        let state = Shared::default();
        Some(Limit {
            each: each.into(),
            limiter: RateLimiter::new(quota, state.clone(), PanelClock(clock.clone())),
            state,
        })
    }

    /// Takes one, or tells how long until there is one.
    fn take(&self, who: Who) -> Result<(), Duration> {
        let known = self.state.0.contains_key(&who);
        let full = !known && self.state.len() >= MOST;
        let who = if full { EVERYBODY_ELSE } else { who };
        let now = self.limiter.clock().now();
        self.limiter
            .check_key(&who)
            .map_err(|no| no.wait_time_from(now))
    }

    fn give_back(&self, who: Who) {
        let known = self.state.0.contains_key(&who);
        let who = if known { who } else { EVERYBODY_ELSE };
        let back = |tat: Option<Nanos>| {
            let tat = tat.unwrap_or_default();
            Ok::<_, Infallible>(((), Reference::saturating_sub(&tat, self.each)))
        };
        let Ok(()) = self.state.measure_and_replace(&who, back);
    }
}

/// Quotas of growing times for one kind of trying.
struct Limits(Vec<Limit>);

impl Limits {
    fn new(quotas: &[(u32, u64)], clock: &Clock) -> Limits {
        let limit = |&(many, seconds): &(u32, u64)| Limit::new(many, seconds, clock);
        Limits(quotas.iter().filter_map(limit).collect())
    }

    /// Takes one of each quota, or none and tells the longest wait.
    fn take(&self, who: Who) -> Result<(), Duration> {
        let taken: Vec<_> = self
            .0
            .iter()
            .map(|limit| (limit, limit.take(who)))
            .collect();
        let wait = taken.iter().filter_map(|(_, taken)| taken.err()).max();
        let Some(wait) = wait else { return Ok(()) };
        for (limit, _) in taken.iter().filter(|(_, taken)| taken.is_ok()) {
            limit.give_back(who);
        }
        Err(wait)
    }

    fn give_back(&self, who: Who) {
        self.0.iter().for_each(|limit| limit.give_back(who));
    }

    fn forget_old(&self) {
        for limit in &self.0 {
            limit.limiter.retain_recent();
        }
    }
}

/// Every quota of the panel.
pub(super) struct Throttle {
    of_account: Limits,
    of_address: Limits,
    sign_ups: Limits,
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
    pub(super) fn new(clock: &Clock) -> Throttle {
        Throttle {
            of_account: Limits::new(OF_ACCOUNT, clock),
            of_address: Limits::new(OF_ADDRESS, clock),
            sign_ups: Limits::new(SIGN_UPS, clock),
            numbers: RandomState::new(),
        }
    }

    /// Counts a guess at the account of this e-mail address, which may have none. Refused:
    /// [`Refusal::TooManyAttempts`].
    pub(super) fn guess(&self, email: &str, address: Option<IpAddr>) -> Result<Guess<'_>, Refusal> {
        let network = network_of(address);
        let (account, address) = (self.number_of(&(email, network)), self.number_of(&network));
        self.of_address.take(address).map_err(too_many)?;
        if let Err(wait) = self.of_account.take(account) {
            self.of_address.give_back(address);
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
        let who = self.number_of(&network_of(address));
        self.sign_ups.take(who).map_err(too_many)
    }

    fn number_of(&self, who: &impl Hash) -> Who {
        self.numbers.hash_one(who)
    }

    /// Forgets who has not tried for long.
    pub(super) fn forget_old(&self) {
        for limits in [&self.of_account, &self.of_address, &self.sign_ups] {
            limits.forget_old();
        }
    }
}

impl Guess<'_> {
    /// It was right, or no guess at all: it does not count.
    pub(super) fn give_back(self) {
        self.throttle.of_account.give_back(self.account);
        self.throttle.of_address.give_back(self.address);
    }
}

fn too_many(wait: Duration) -> Refusal {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    Refusal::TooManyAttempts {
        retry_after_s: seconds.max(1),
    }
}

/// Whoever has an IPv6 address has 2⁶⁴ of them.
fn network_of(address: Option<IpAddr>) -> Option<IpAddr> {
    address.map(|address| match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    })
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
        let throttle = Throttle::new(&clock);
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
        let throttle = Throttle::new(&clock);
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

    #[test]
    fn a_network_of_ipv6_counts_as_one() {
        let of = |text: &str| network_of(Some(text.parse().unwrap()));
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.1"), HOME);
    }
}
