//! Counting by `governor`: quotas that hold together, for each of many who ask.
//!
//! Memory is bounded: so many are told apart, beyond that newcomers share some thousands of counts.
//! A restart forgets everything.

use std::convert::Infallible;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::{Clock as _, Reference};
use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::state::keyed::{DashMapStateStore, ShrinkableKeyedStateStore};
use governor::{NotUntil, RateLimiter};

use super::{Quota, Quotas};
use crate::clock::Clock;

/// How many are told apart by one quota.
const MOST: usize = 50_000;

/// The counts that all others share: somebody who wears out all of them asks more often than the panel
/// could answer.
const SHARED: u64 = 4_096;

/// Who asks, as a number that says nothing about them.
pub type Who = u64;

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
struct Counts(Arc<DashMapStateStore<Who>>);

impl StateStore for Counts {
    type Key = Who;

    fn measure_and_replace<T, F, E>(&self, who: &Who, measure: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        self.0.measure_and_replace(who, measure)
    }
}

impl ShrinkableKeyedStateStore<Who> for Counts {
    fn retain_recent(&self, drop_below: Nanos) {
        self.0.retain_recent(drop_below);
    }

    fn shrink_to_fit(&self) {
        self.0.shrink_to_fit();
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Counts {
    /// Whose count is used for `who`.
    fn place_of(&self, who: Who) -> Who {
        // Who is known, or may be from now on; the order of the questions makes it cheap.
        if self.0.contains_key(&who) || self.0.len() < MOST {
            who
        } else {
            who % SHARED
        }
    }
}

/// What is left of a quota after somebody took of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Left {
    /// The quota.
    pub(super) quota: Quota,
    /// How many are left at this moment.
    pub(super) remaining: u32,
}

impl Left {
    /// How long until all of them are back.
    pub(super) fn until_full(&self) -> Duration {
        let missing = self.quota.burst.get().saturating_sub(self.remaining);
        self.quota.each().saturating_mul(missing)
    }
}

/// One quota: so many in so long, for each that asks.
struct Limit {
    quota: Quota,
    /// The time in which one of them comes back.
    each: Nanos,
    counts: Counts,
    limiter: RateLimiter<Who, Counts, PanelClock, StateInformationMiddleware>,
}

impl Limit {
    fn new(quota: &Quota, clock: &Clock) -> Option<Limit> {
        let quotas = governor::Quota::with_period(quota.each())?.allow_burst(quota.burst);
        let counts = Counts::default();
        let limiter = RateLimiter::new(quotas, counts.clone(), PanelClock(clock.clone()));
        Some(Limit {
            quota: *quota,
            each: quota.each().into(),
            limiter,
            counts,
        })
    }

    /// Takes `cells`, at most all that there can be at one moment, or tells how long until there
    /// are so many.
    fn take(&self, who: Who, cells: NonZeroU32) -> Result<Left, Duration> {
        let who = self.counts.place_of(who);
        let now = self.limiter.clock().now();
        let cells = cells.min(self.quota.burst);
        let wait = |no: NotUntil<Nanos>| no.wait_time_from(now);
        let taken = match self.limiter.check_key_n(&who, cells) {
            Ok(taken) => taken.map_err(wait)?,
            // Never: there is room for a whole burst.
            Err(_) => return Err(self.quota.each()),
        };
        Ok(Left {
            quota: self.quota,
            remaining: taken.remaining_burst_capacity(),
        })
    }

    fn give_back(&self, who: Who, cells: NonZeroU32) {
        let who = self.counts.place_of(who);
        let cells = cells.min(self.quota.burst).get();
        let back = |tat: Option<Nanos>| {
            let tat = tat.unwrap_or_default();
            let each = self.each.as_u64().saturating_mul(cells.into());
            Ok::<_, Infallible>(((), Reference::saturating_sub(&tat, each.into())))
        };
        let Ok(()) = self.counts.measure_and_replace(&who, back);
    }
}

/// Quotas that hold together, for each that asks.
pub(crate) struct Keyed(Vec<Limit>);

impl Keyed {
    pub(crate) fn new(quotas: &Quotas, clock: &Clock) -> Keyed {
        let limit = |quota: &Quota| Limit::new(quota, clock);
        Keyed(quotas.iter().filter_map(limit).collect())
    }

    /// Takes `cells` of each quota, and tells what is left of the one that has least; `None` where
    /// there is no quota. Or takes none, and tells how long until there are so many.
    pub(crate) fn take(&self, who: Who, cells: u32) -> Result<Option<Left>, Duration> {
        let Some(cells) = NonZeroU32::new(cells) else {
            return Ok(None);
        };
        let (mut least, mut wait): (Option<Left>, Option<Duration>) = (None, None);
        for (index, limit) in self.0.iter().enumerate() {
            match limit.take(who, cells) {
                Ok(left) if least.is_none_or(|least| left.remaining < least.remaining) => {
                    least = Some(left);
                }
                Ok(_) => {}
                Err(longer) => {
                    wait = Some(longer);
                    for taken in self.0.iter().take(index) {
                        taken.give_back(who, cells);
                    }
                    // Those behind it may make the wait longer, and are not taken from.
                    for other in self.0.iter().skip(index + 1) {
                        if let Err(longer) = other.take(who, cells) {
                            wait = wait.max(Some(longer));
                        } else {
                            other.give_back(who, cells);
                        }
                    }
                    break;
                }
            }
        }
        wait.map_or(Ok(least), Err)
    }

    /// Gives back what was taken.
    pub(crate) fn give_back(&self, who: Who, cells: u32) {
        if let Some(cells) = NonZeroU32::new(cells) {
            self.0.iter().for_each(|limit| limit.give_back(who, cells));
        }
    }

    /// Forgets who has all of it again.
    pub(crate) fn forget_old(&self) {
        for limit in &self.0 {
            limit.limiter.retain_recent();
            limit.limiter.shrink_to_fit();
        }
    }

    /// How many are told apart at this moment, by the quota that knows most.
    #[cfg(test)]
    pub(super) fn known(&self) -> usize {
        let counts = self.0.iter().map(|limit| limit.counts.len());
        counts.max().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::hash::{BuildHasher, RandomState};

    use super::*;
    use crate::clock::Time;

    fn keyed(text: &str) -> (Clock, Keyed) {
        let clock = Clock::manual(Time::from_ms(1_000_000_000_000));
        let keyed = Keyed::new(&Quotas::parse(text).unwrap(), &clock);
        (clock, keyed)
    }

    fn left(keyed: &Keyed, cells: u32) -> Result<u32, u64> {
        let taken = keyed.take(7, cells);
        let left = taken.map(|left| left.unwrap().remaining);
        left.map_err(|wait| u64::try_from(wait.as_millis()).unwrap())
    }

    #[test]
    fn a_quota_has_its_burst_and_comes_back_evenly() {
        let (clock, keyed) = keyed("600/min burst 20");
        assert_eq!(left(&keyed, 1), Ok(19));
        assert_eq!(left(&keyed, 15), Ok(4));
        assert_eq!(left(&keyed, 5), Err(100));
        assert_eq!(left(&keyed, 4), Ok(0));
        clock.advance_ms(1_000);
        assert_eq!(left(&keyed, 10), Ok(0));
        clock.advance_ms(60_000);
        // More than there can ever be takes all that there can be.
        assert_eq!(left(&keyed, 1_000), Ok(0));
        keyed.give_back(7, 1_000);
        assert_eq!(left(&keyed, 20), Ok(0));
        assert_eq!(keyed.take(8, 0), Ok(None));
    }

    #[test]
    fn quotas_that_hold_together_are_taken_together_or_not_at_all() {
        let (clock, keyed) = keyed("2/s, 3/min");
        assert_eq!(left(&keyed, 2), Ok(0));
        clock.advance_ms(1_000);
        assert_eq!(left(&keyed, 2), Err(19_000));
        assert_eq!(left(&keyed, 1), Ok(0));
        assert_eq!(left(&keyed, 1), Err(19_000));
    }

    #[test]
    fn a_million_who_ask_take_the_memory_of_fifty_thousand() {
        let (_, keyed) = keyed("10/min");
        let numbers = RandomState::new();
        for who in 0..1_000_000 {
            let who = numbers.hash_one(who);
            let _ = keyed.take(who, 1);
        }
        let most = MOST + usize::try_from(SHARED).unwrap();
        assert!((MOST..=most).contains(&keyed.known()), "{}", keyed.known());
    }
}
