//! The rules of refills: who may ask for one, and what the answers of providers amount to.

use crate::clock::Time;
use crate::error::Refusal;
use crate::orders::rules::{Guarantee, OrderStatus};
use crate::protocol::RefillWord;
use crate::vocabulary::words;

words! {
    /// What has become of a refill, as customers see it.
    pub enum RefillStatus {
        /// Asked for; the provider has not begun.
        Pending = "pending",
        /// The provider is topping the order up.
        InProgress = "in_progress",
        /// Done.
        Completed = "completed",
        /// The provider will not.
        Rejected = "rejected",
        /// It ended without result.
        Canceled = "canceled",
    }
}

words! {
    /// Where one provider's share of a refill stands.
    pub enum RefillState {
        /// Waiting to be forwarded.
        Queued = "queued",
        /// Claimed under a lease: the request may be on the wire.
        Sending = "sending",
        /// Nobody knows whether the provider took it; an operator finds out.
        Parked = "parked",
        /// The provider took it and gave it an id.
        Accepted = "accepted",
        /// Done.
        Completed = "completed",
        /// The provider will not.
        Rejected = "rejected",
        /// It ended without result.
        Canceled = "canceled",
    }
}

impl RefillState {
    /// True once the share has ended.
    pub const fn is_terminal(self) -> bool {
        matches!(
            self,
            RefillState::Completed | RefillState::Rejected | RefillState::Canceled
        )
    }
}

/// What a refill is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asking {
    /// What was bought, and what has become of it.
    pub guarantee: Guarantee,
    /// Whether it overlaps another order.
    pub overlapping: bool,
    /// When the last refill was asked for.
    pub last_asked_at: Option<Time>,
    /// Whether a refill is open.
    pub is_open: bool,
}

/// A day, in ms.
const DAY_MS: i64 = 24 * 3_600_000;

impl Asking {
    /// Until when its guarantee holds, "within the specified refill period (e.g., 30-day refill)",
    /// counted from its end; for ever, for a lifetime.
    pub fn until(&self) -> Option<Time> {
        let days = self.guarantee.days?;
        Some(
            self.guarantee
                .settled_at?
                .plus_ms(days.saturating_mul(DAY_MS)),
        )
    }

    /// From when on a refill may be asked for: `wait_ms` after it ended, and after the last one.
    pub(super) fn from(&self, wait_ms: i64) -> Option<Time> {
        let last = self.guarantee.settled_at.max(self.last_asked_at)?;
        Some(last.plus_ms(wait_ms))
    }
}

/// Whole days from `now` to `until`, begun ones counted.
pub const fn days_left(until: Time, now: Time) -> i64 {
    let ms = until.ms_since(now);
    if ms <= 0 {
        return 0;
    }
    (ms - 1) / DAY_MS + 1
}

/// Whether a refill may be asked for at `now`; `wait_ms` after completion and after the last one.
///
/// "No Refill Guarantee: ... no refills or refunds will be provided"; an overlapping order has no
/// count to refill up to. What was delivered of a partial order is refilled too; "units refunded are
/// not".
pub fn can_refill(asking: Asking, now: Time, wait_ms: i64) -> Result<(), Refusal> {
    if !asking.guarantee.refill {
        return Err(Refusal::RefillDisabled);
    }
    if asking.overlapping {
        return Err(Refusal::OrderOverlapping);
    }
    let delivered = match asking.guarantee.status {
        OrderStatus::Completed => true,
        OrderStatus::Partial => asking.guarantee.delivered > 0,
        OrderStatus::Pending
        | OrderStatus::Processing
        | OrderStatus::InProgress
        | OrderStatus::Canceled
        | OrderStatus::Failed => false,
    };
    if !delivered {
        return Err(Refusal::NotCompleted {
            status: asking.guarantee.status,
        });
    }
    let from = asking.from(wait_ms).unwrap_or(now).max(now);
    let until = asking.until();
    // A refill may not be promised for a time at which it would be refused.
    if let Some(until) = until.filter(|until| *until < from) {
        return Err(Refusal::RefillPeriodOver { until });
    }
    if asking.is_open || from > now {
        return Err(Refusal::RefillTooSoon {
            from,
            until,
            days_left: until.map(|until| days_left(until, now)),
        });
    }
    Ok(())
}

/// The state of a share of which its provider says `word`.
pub const fn state_of(word: RefillWord) -> RefillState {
    match word {
        RefillWord::Pending | RefillWord::InProgress => RefillState::Accepted,
        RefillWord::Completed => RefillState::Completed,
        RefillWord::Rejected => RefillState::Rejected,
        RefillWord::Canceled => RefillState::Canceled,
    }
}

/// The status of a refill with these shares; `begun` says that a provider reported progress.
/// Done when every share has ended and one was done; a manual service has none, and waits.
pub fn status_of(shares: &[RefillState], begun: bool) -> RefillStatus {
    let any = |state| shares.contains(&state);
    if shares.is_empty() || !shares.iter().all(|state| state.is_terminal()) {
        if begun || any(RefillState::Completed) {
            RefillStatus::InProgress
        } else {
            RefillStatus::Pending
        }
    } else if any(RefillState::Completed) {
        RefillStatus::Completed
    } else if any(RefillState::Rejected) {
        RefillStatus::Rejected
    } else {
        RefillStatus::Canceled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    fn asking() -> Asking {
        Asking {
            guarantee: Guarantee {
                refill: true,
                days: Some(30),
                status: OrderStatus::Completed,
                delivered: 1000,
                settled_at: Some(Time::from_ms(0)),
            },
            overlapping: false,
            last_asked_at: None,
            is_open: false,
        }
    }

    /// The same with another guarantee.
    fn with(change: impl FnOnce(&mut Guarantee)) -> Asking {
        let mut asking = asking();
        change(&mut asking.guarantee);
        asking
    }

    fn at(hours: i64) -> Time {
        Time::from_ms(hours * HOUR)
    }

    #[test]
    fn a_refill_is_for_completed_orders_of_services_that_refill() {
        let ask = |asking| can_refill(asking, at(30), 24 * HOUR);
        assert_eq!(ask(asking()), Ok(()));
        assert_eq!(
            ask(with(|guarantee| guarantee.refill = false)),
            Err(Refusal::RefillDisabled)
        );
        assert_eq!(
            ask(Asking {
                overlapping: true,
                ..asking()
            }),
            Err(Refusal::OrderOverlapping)
        );
        let status = OrderStatus::InProgress;
        assert_eq!(
            ask(with(|guarantee| guarantee.status = status)),
            Err(Refusal::NotCompleted { status })
        );
    }

    #[test]
    fn a_guarantee_ends_with_its_days_and_a_lifetime_does_not() {
        let ask = |asking, days: i64| can_refill(asking, at(days * 24), 24 * HOUR);
        assert_eq!(ask(asking(), 30), Ok(()));
        let until = at(30 * 24);
        let over = can_refill(asking(), until.plus_ms(1), 24 * HOUR);
        assert_eq!(over, Err(Refusal::RefillPeriodOver { until }));
        // The last refill does not prolong it.
        let again = Asking {
            last_asked_at: Some(at(29 * 24)),
            ..asking()
        };
        assert_eq!(ask(again, 30), Ok(()));
        assert_eq!(ask(again, 31), Err(Refusal::RefillPeriodOver { until }));
        // A day after the last refill would be too late: that is said at once.
        let late = Asking {
            last_asked_at: Some(at(29 * 24 + 1)),
            ..asking()
        };
        assert_eq!(ask(late, 30), Err(Refusal::RefillPeriodOver { until }));
        let lifetime = with(|guarantee| guarantee.days = None);
        assert_eq!(ask(lifetime, 3650), Ok(()));
    }

    #[test]
    fn what_was_delivered_of_a_partial_order_is_refilled() {
        let partial = |delivered| {
            with(|guarantee| {
                guarantee.status = OrderStatus::Partial;
                guarantee.delivered = delivered;
            })
        };
        assert_eq!(can_refill(partial(600), at(30), 24 * HOUR), Ok(()));
        let status = OrderStatus::Partial;
        assert_eq!(
            can_refill(partial(0), at(30), 24 * HOUR),
            Err(Refusal::NotCompleted { status })
        );
    }

    /// Refused until `from`, of a guarantee that has `days_left` until its thirtieth day.
    fn too_soon(from: Time, days_left: i64) -> Result<(), Refusal> {
        Err(Refusal::RefillTooSoon {
            from,
            until: Some(at(30 * 24)),
            days_left: Some(days_left),
        })
    }

    #[test]
    fn a_refill_waits_a_day_after_completion_and_after_the_last_one() {
        let ask = |asking, now| can_refill(asking, now, 24 * HOUR);
        assert_eq!(ask(asking(), at(24)), Ok(()));
        assert_eq!(ask(asking(), at(23)), too_soon(at(24), 30));
        let again = Asking {
            last_asked_at: Some(at(24)),
            ..asking()
        };
        assert_eq!(ask(again, at(47)), too_soon(at(48), 29));
        assert_eq!(ask(again, at(48)), Ok(()));
        let open = Asking {
            is_open: true,
            ..again
        };
        assert_eq!(ask(open, at(60)), too_soon(at(60), 28));
    }

    #[test]
    fn a_refill_ends_when_all_its_shares_have() {
        use RefillState::{Accepted, Canceled, Completed, Queued, Rejected};
        for (shares, begun, expected) in [
            (&[][..], false, RefillStatus::Pending),
            (&[Queued], false, RefillStatus::Pending),
            (&[Accepted], false, RefillStatus::Pending),
            (&[Accepted], true, RefillStatus::InProgress),
            (&[Completed, Accepted], false, RefillStatus::InProgress),
            (&[Completed, Rejected], false, RefillStatus::Completed),
            (&[Rejected, Canceled], false, RefillStatus::Rejected),
            (&[Canceled], false, RefillStatus::Canceled),
        ] {
            assert_eq!(status_of(shares, begun), expected, "{shares:?}");
        }
    }
}
