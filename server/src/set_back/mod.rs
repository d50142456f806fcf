//! What a clock that was set back left too far ahead.
//!
//! Everything that is due later is kept with its time: when a provider is asked again, when a lease
//! ends, when a pause is over. If the clock is set back by a day, all of it lies a day further ahead
//! than anybody meant. So once a panel starts, and whenever its clock was set back, each such time is
//! pulled in to the longest that the panel itself could have set it to; what a provider asked for by
//! `Retry-After` is kept within its bound.
//!
//! Times that people were told, and those from which a promise counts (a guarantee, the time to
//! dispute, the end of a key), stay as they are.

use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use crate::clock::Time;
use crate::error::Result;
use crate::panel::Panel;

mod bounds;
mod store;

use bounds::Longest;

/// By how much a clock may be corrected without anything being looked at.
const TOLERANCE_MS: i64 = 1_000;
/// How often everything is looked at after the clock was set back: what was under way then may have
/// been written after the first look.
const LOOKS: u32 = 3;

/// When something is due that was due at `due`, if it can be due no later than `longest_ms` from now.
pub fn pulled_in(due: Time, now: Time, longest_ms: i64) -> Time {
    due.min(now.plus_ms(longest_ms))
}

/// When a run of a drip-feed is due that was due at `due`: an interval after the last acceptance,
/// which was no later than now, or as long from now as it may wait for its provider.
pub fn run_pulled_in(
    due: Time,
    now: Time,
    last_acceptance: Option<Time>,
    interval_ms: i64,
    wait_ms: i64,
) -> Time {
    let accepted = last_acceptance.map_or(now, |at| at.min(now));
    let in_turn = accepted.plus_ms(interval_ms);
    due.min(in_turn.max(now.plus_ms(wait_ms)))
}

/// Watches the clock of one server.
pub(crate) struct Watch {
    latest: AtomicI64,
    looks: AtomicU32,
}

impl Watch {
    /// One that has everything looked at once.
    pub(crate) fn new() -> Watch {
        Watch {
            latest: AtomicI64::new(i64::MIN),
            looks: AtomicU32::new(1),
        }
    }

    /// Whether everything is to be looked at, when the clock shows `now`.
    fn is_due(&self, now: Time) -> bool {
        let latest = self.latest.swap(now.ms(), Ordering::Relaxed);
        if now.ms() < latest.saturating_sub(TOLERANCE_MS) {
            tracing::warn!("the clock was set back by {} ms", latest - now.ms());
            self.looks.store(LOOKS, Ordering::Relaxed);
        }
        let left = |looks: u32| looks.checked_sub(1);
        let looks = &self.looks;
        looks
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, left)
            .is_ok()
    }
}

/// Pulls in whatever lies too far ahead, if the panel was just started or its clock was set back.
/// Gives how many rows were changed.
pub(crate) async fn pull_in(panel: &Panel) -> Result<usize> {
    let now = panel.now();
    if !panel.watch.is_due(now) {
        return Ok(0);
    }
    let longest = Longest::of(
        &panel.config,
        store::longest_timeout(panel.db.read()).await?,
    );
    let mut changed = 0;
    for bound in bounds::bounds(&longest) {
        changed += store::pull_in(&panel.db, now, &bound).await?;
    }
    changed += store::pull_in_runs(&panel.db, now, &longest).await?;
    changed += store::pull_in_missing_runs(&panel.db, now).await?;
    changed += store::pull_in_unknown(&panel.db, now, &longest).await?;
    if changed > 0 {
        tracing::warn!(changed, "times that lay too far ahead were pulled in");
    }
    Ok(usize::try_from(changed).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * 60 * 60 * 1_000;
    const NOW: Time = Time::from_ms(100 * DAY);

    #[test]
    fn what_is_due_is_no_further_ahead_than_its_longest_interval() {
        for (ahead, longest, expected) in [
            (-5, 60, -5),
            (0, 60, 0),
            (60, 60, 60),
            (61, 60, 60),
            (DAY + 5, 60, 60),
            (i64::MAX, 60, 60),
        ] {
            let due = pulled_in(NOW.plus_ms(ahead), NOW, longest);
            assert_eq!(due, NOW.plus_ms(expected), "{ahead}");
        }
    }

    #[test]
    fn a_run_is_never_due_before_an_interval_after_the_last_acceptance() {
        let at = |ms| Some(NOW.plus_ms(ms));
        for (due, accepted, interval, wait, expected) in [
            // As it was written: the last run was accepted 10 ms ago.
            (90, at(-10), 100, 5, 90),
            // The clock was set back by a day after that.
            (DAY + 90, at(DAY - 10), 100, 5, 100),
            // The provider asked to wait for longer than the interval.
            (150, at(-10), 100, 200, 150),
            (DAY + 150, at(DAY - 10), 100, 200, 200),
            // None was accepted.
            (DAY, None, 100, 5, 100),
        ] {
            let pulled = run_pulled_in(NOW.plus_ms(due), NOW, accepted, interval, wait);
            assert_eq!(pulled, NOW.plus_ms(expected), "{due} {accepted:?}");
        }
    }

    #[test]
    fn everything_is_looked_at_once_and_again_after_the_clock_was_set_back() {
        let watch = Watch::new();
        let looks = |at: i64| watch.is_due(NOW.plus_ms(at));
        assert!(looks(0));
        assert!(!looks(10) && !looks(-500) && !looks(20));
        assert!(looks(-DAY) && looks(10 - DAY) && looks(20 - DAY));
        assert!(!looks(30 - DAY));
    }
}
