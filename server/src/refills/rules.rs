//! The rules of refills: who may ask for one, and what the answers of providers amount to.

use crate::clock::Time;
use crate::error::Refusal;
use crate::orders::rules::OrderStatus;
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
    /// The order's status.
    pub status: OrderStatus,
    /// Whether it was bought with a refill guarantee.
    pub refill: bool,
    /// Whether it overlaps another order.
    pub overlapping: bool,
    /// When it ended.
    pub settled_at: Option<Time>,
    /// When a refill was last asked for.
    pub last_asked_at: Option<Time>,
    /// Whether a refill of it is still under way.
    pub is_open: bool,
}

/// Whether a refill may be asked for at `now`; `wait_ms` after completion and after the last one.
///
/// "No Refill Guarantee: ... no refills or refunds will be provided"; an overlapping order has no
/// count to refill up to.
pub fn can_refill(asking: Asking, now: Time, wait_ms: i64) -> Result<(), Refusal> {
    if !asking.refill || asking.overlapping {
        return Err(Refusal::RefillDisabled);
    }
    if asking.status != OrderStatus::Completed {
        return Err(Refusal::NotCompleted {
            status: asking.status,
        });
    }
    let last = asking.settled_at.max(asking.last_asked_at).unwrap_or(now);
    let from = last.plus_ms(wait_ms);
    if asking.is_open || from > now {
        return Err(Refusal::RefillTooSoon {
            from: from.max(now),
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
            status: OrderStatus::Completed,
            refill: true,
            overlapping: false,
            settled_at: Some(Time::from_ms(0)),
            last_asked_at: None,
            is_open: false,
        }
    }

    fn at(hours: i64) -> Time {
        Time::from_ms(hours * HOUR)
    }

    #[test]
    fn a_refill_is_for_completed_orders_of_services_that_refill() {
        let ask = |asking| can_refill(asking, at(30), 24 * HOUR);
        assert_eq!(ask(asking()), Ok(()));
        assert_eq!(
            ask(Asking {
                refill: false,
                ..asking()
            }),
            Err(Refusal::RefillDisabled)
        );
        assert_eq!(
            ask(Asking {
                overlapping: true,
                ..asking()
            }),
            Err(Refusal::RefillDisabled)
        );
        let status = OrderStatus::InProgress;
        assert_eq!(
            ask(Asking { status, ..asking() }),
            Err(Refusal::NotCompleted { status })
        );
    }

    #[test]
    fn a_refill_waits_a_day_after_completion_and_after_the_last_one() {
        let ask = |asking, now| can_refill(asking, now, 24 * HOUR);
        assert_eq!(ask(asking(), at(24)), Ok(()));
        assert_eq!(
            ask(asking(), at(23)),
            Err(Refusal::RefillTooSoon { from: at(24) })
        );
        let again = Asking {
            last_asked_at: Some(at(24)),
            ..asking()
        };
        assert_eq!(
            ask(again, at(47)),
            Err(Refusal::RefillTooSoon { from: at(48) })
        );
        assert_eq!(ask(again, at(48)), Ok(()));
        let open = Asking {
            is_open: true,
            ..again
        };
        assert_eq!(
            ask(open, at(60)),
            Err(Refusal::RefillTooSoon { from: at(60) })
        );
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
