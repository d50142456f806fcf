//! The rules of refills that the panel files by itself: "automatic where a count source is configured
//! for the service and the order's start count is known and no later order of ours went to the link".

use super::rules::{Asking, can_refill};
use crate::catalog::counting::WHOLE;
use crate::clock::Time;
use crate::error::Refusal;
use crate::vocabulary::words;

words! {
    /// Why no refill was filed.
    pub enum NotFiled {
        /// Its service files none any more, or has no count source any more.
        ServiceSwitchedOff = "service_switched_off",
        /// Its account asks for refills itself.
        AccountSwitchedOff = "account_switched_off",
        /// Its account is suspended.
        AccountSuspended = "account_suspended",
        /// Nobody knows from what count it began.
        StartCountUnknown = "start_count_unknown",
        /// It overlaps another order of its account: there is no count to refill up to.
        OverlappingOrder = "overlapping_order",
        /// A later order went to its target, and is in the count as well.
        LaterOrder = "later_order",
        /// A refill is open.
        RefillOpen = "refill_open",
        /// It ended, or was last refilled, too short a time ago.
        TooSoon = "too_soon",
        /// Its guarantee is over.
        GuaranteeOver = "guarantee_over",
        /// No more is missing than its service tolerates.
        WithinTolerance = "within_tolerance",
    }
}

/// What an automatic refill of an order depends on.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// What its customer could be refused a refill for.
    pub asking: Asking,
    /// The count before delivery began.
    pub start_count: Option<i64>,
    /// Whether a later order was delivered to its target, or may yet be.
    pub has_later: bool,
    /// Whether its service has a count source and files refills.
    pub service_refills: bool,
    /// Whether its account wants that.
    pub account_wants: bool,
    /// Whether its account is suspended.
    pub is_suspended: bool,
    /// How much of what was delivered may be missing, in hundredths of a percent.
    pub tolerance_hundredths: i64,
}

/// What a count comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing is missing.
    Whole,
    /// A refill is to be filed.
    File,
    /// None is, for this reason.
    Not(NotFiled),
}

/// Whether a refill could be filed at `now` if units were missing: else nobody need be asked.
pub fn ready(case: &Case, now: Time, wait_ms: i64) -> Result<(), NotFiled> {
    if case.is_suspended {
        return Err(NotFiled::AccountSuspended);
    }
    if !case.service_refills {
        return Err(NotFiled::ServiceSwitchedOff);
    }
    if !case.account_wants {
        return Err(NotFiled::AccountSwitchedOff);
    }
    if case.asking.is_open {
        return Err(NotFiled::RefillOpen);
    }
    if case.asking.overlapping {
        return Err(NotFiled::OverlappingOrder);
    }
    // What holds for a customer who asks holds for the panel that files.
    if let Err(refused) = can_refill(case.asking, now, wait_ms) {
        return Err(match matches!(refused, Refusal::RefillTooSoon { .. }) {
            true => NotFiled::TooSoon,
            false => NotFiled::GuaranteeOver,
        });
    }
    if case.has_later {
        return Err(NotFiled::LaterOrder);
    }
    if case.start_count.is_none() {
        return Err(NotFiled::StartCountUnknown);
    }
    Ok(())
}

/// How many units fell away: "dropped = start_count + delivered - current_count"; "minor
/// over-delivery may occur and is considered a bonus", so never less than none.
pub fn dropped(case: &Case, count: i64) -> Option<i64> {
    let start = case.start_count?;
    let full = start.saturating_add(case.asking.guarantee.delivered);
    Some(full.saturating_sub(count).max(0))
}

/// What is to be done about a count that was made at `now`.
pub fn verdict(case: &Case, count: i64, now: Time, wait_ms: i64) -> Verdict {
    let dropped = match dropped(case, count) {
        Some(0) => return Verdict::Whole,
        Some(dropped) => dropped,
        None => return Verdict::Not(NotFiled::StartCountUnknown),
    };
    if let Err(why) = ready(case, now, wait_ms) {
        return Verdict::Not(why);
    }
    let tolerated = i128::from(case.asking.guarantee.delivered)
        * i128::from(case.tolerance_hundredths)
        / i128::from(WHOLE);
    if i128::from(dropped) > tolerated {
        Verdict::File
    } else {
        Verdict::Not(NotFiled::WithinTolerance)
    }
}

/// A day, in ms.
const DAY_MS: i64 = 24 * 3_600_000;
/// This part of the time between two looks passes after a first fault, and is left at the last look.
const HASTE: i64 = 24;

/// How long after a look at `now` the next one is: most drops happen in the first week.
fn pause_ms(case: &Case, now: Time, interval_ms: i64) -> i64 {
    let age = case
        .asking
        .guarantee
        .settled_at
        .map_or(0, |ended| now.ms_since(ended));
    let times = if age < 7 * DAY_MS {
        1
    } else if age < 30 * DAY_MS {
        2
    } else {
        7
    };
    interval_ms.saturating_mul(times)
}

/// When to look after a look at `now`, `faults` of which gave no count one after another: not before
/// a refill could be filed, and never after the guarantee is over. Faults are tried again sooner,
/// each time after twice as long.
pub fn next_look(
    case: &Case,
    now: Time,
    wait_ms: i64,
    interval_ms: i64,
    faults: i64,
) -> Option<Time> {
    let usual = pause_ms(case, now, interval_ms);
    let doubled = u32::try_from(faults - 1).ok().map(|times| {
        (interval_ms / HASTE)
            .max(1)
            .saturating_mul(1_i64.checked_shl(times.min(32)).unwrap_or(i64::MAX))
    });
    let next = now.plus_ms(doubled.map_or(usual, |wait| wait.min(usual)));
    let usual = not_before(case, next, wait_ms);
    // Once more before the guarantee ends: a look that is due then would come too late.
    let last = case
        .asking
        .until()
        .map(|until| until.plus_ms(-(interval_ms / HASTE)));
    let last = last.and_then(|last| not_before(case, last, wait_ms));
    usual.or(last.filter(|last| *last > now))
}

/// The first time from `next` on at which a refill could be filed; none when the guarantee is over.
pub fn not_before(case: &Case, next: Time, wait_ms: i64) -> Option<Time> {
    let next = case
        .asking
        .from(wait_ms)
        .map_or(next, |from| from.max(next));
    match case.asking.until() {
        Some(until) if until < next => None,
        Some(_) | None => Some(next),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orders::rules::{Guarantee, OrderStatus};

    const HOUR: i64 = 3_600_000;

    fn at(hours: i64) -> Time {
        Time::from_ms(hours * HOUR)
    }

    /// 1000 units on top of 500, ended at 0.
    fn case() -> Case {
        Case {
            asking: Asking {
                guarantee: Guarantee {
                    refill: true,
                    days: Some(30),
                    status: OrderStatus::Completed,
                    delivered: 1_000,
                    settled_at: Some(at(0)),
                },
                overlapping: false,
                last_asked_at: None,
                is_open: false,
            },
            start_count: Some(500),
            has_later: false,
            service_refills: true,
            account_wants: true,
            is_suspended: false,
            tolerance_hundredths: 0,
        }
    }

    fn at_noon(case: &Case, count: i64) -> Verdict {
        verdict(case, count, at(36), 24 * HOUR)
    }

    #[test]
    fn what_is_missing_of_start_and_delivery_dropped_and_more_is_a_bonus() {
        let case = case();
        for (count, missing, verdict) in [
            (1_500, 0, Verdict::Whole),
            (1_501, 0, Verdict::Whole),
            (i64::MAX, 0, Verdict::Whole),
            (1_499, 1, Verdict::File),
            (1_200, 300, Verdict::File),
            (0, 1_500, Verdict::File),
        ] {
            assert_eq!(dropped(&case, count), Some(missing));
            assert_eq!(at_noon(&case, count), verdict, "{count}");
        }
        let mad = Case {
            start_count: Some(i64::MAX),
            ..case
        };
        assert_eq!(dropped(&mad, 0), Some(i64::MAX));
    }

    #[test]
    fn drops_within_the_tolerance_are_left() {
        let tolerant = |tolerance_hundredths| Case {
            tolerance_hundredths,
            ..case()
        };
        let left = Verdict::Not(NotFiled::WithinTolerance);
        assert_eq!(at_noon(&tolerant(1_000), 1_400), left);
        assert_eq!(at_noon(&tolerant(1_000), 1_399), Verdict::File);
        // 12.34 % of 1000 are 123 whole units.
        assert_eq!(at_noon(&tolerant(1_234), 1_377), left);
        assert_eq!(at_noon(&tolerant(1_234), 1_376), Verdict::File);
        assert_eq!(at_noon(&tolerant(WHOLE), 500), left);
    }

    #[test]
    fn each_reason_against_a_refill_is_told() {
        type Change = fn(&mut Case);
        let told = |change: Change| {
            let mut case = case();
            change(&mut case);
            at_noon(&case, 1_200)
        };
        let reasons: [(Change, NotFiled); 9] = [
            (|case| case.is_suspended = true, NotFiled::AccountSuspended),
            (
                |case| case.service_refills = false,
                NotFiled::ServiceSwitchedOff,
            ),
            (
                |case| case.account_wants = false,
                NotFiled::AccountSwitchedOff,
            ),
            (|case| case.start_count = None, NotFiled::StartCountUnknown),
            (|case| case.has_later = true, NotFiled::LaterOrder),
            (|case| case.asking.is_open = true, NotFiled::RefillOpen),
            (
                |case| case.asking.overlapping = true,
                NotFiled::OverlappingOrder,
            ),
            (
                |case| case.asking.last_asked_at = Some(at(13)),
                NotFiled::TooSoon,
            ),
            (
                |case| case.asking.guarantee.days = Some(1),
                NotFiled::GuaranteeOver,
            ),
        ];
        for (change, why) in reasons {
            assert_eq!(told(change), Verdict::Not(why));
        }
        assert_eq!(
            told(|case| case.asking.guarantee.days = None),
            Verdict::File
        );
    }

    #[test]
    fn looks_grow_rarer_with_age_and_end_with_the_guarantee() {
        let day = 24 * HOUR;
        let after = |case: &Case, hours: i64| {
            let next = next_look(case, at(hours), day, day, 0);
            next.map(|next| next.ms_since(at(hours)) / HOUR)
        };
        let case = case();
        assert_eq!(after(&case, 0), Some(24));
        assert_eq!(after(&case, 6 * 24), Some(24));
        assert_eq!(after(&case, 7 * 24), Some(48));
        assert_eq!(after(&case, 28 * 24), Some(48));
        assert_eq!(after(&case, 29 * 24), Some(23));
        assert_eq!(after(&case, 30 * 24 - 1), None);
        assert_eq!(after(&case, 31 * 24), None);
        let mut lifetime = case;
        lifetime.asking.guarantee.days = None;
        assert_eq!(after(&lifetime, 30 * 24), Some(7 * 24));
        assert_eq!(after(&lifetime, 3_650 * 24), Some(7 * 24));
        let mut refilled = case;
        refilled.asking.last_asked_at = Some(at(48));
        assert_eq!(next_look(&refilled, at(48), 2 * day, day, 0), Some(at(96)));
    }

    #[test]
    fn faults_are_tried_again_soon_and_then_ever_later() {
        let day = 24 * HOUR;
        let waits = [1, 2, 3, 4, 5, 6, 7, 40].map(|faults| {
            let next = next_look(&case(), at(24), day, day, faults);
            next.map(|next| next.ms_since(at(24)) / HOUR)
        });
        assert_eq!(waits, [1, 2, 4, 8, 16, 24, 24, 24].map(Some));
    }
}
