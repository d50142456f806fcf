//! The rules of orders: pure functions of what is stored, the time and the published policy.

use crate::clock::Time;
use crate::error::Refusal;
use crate::money::{AmountError, Money};
use crate::vocabulary::words;

words! {
    /// What has become of an order.
    pub enum OrderStatus {
        /// Placed and charged; no provider has accepted it yet.
        Pending = "pending",
        /// A provider has accepted it.
        Processing = "processing",
        /// It is being delivered.
        InProgress = "in_progress",
        /// Delivered: "considered finalized".
        Completed = "completed",
        /// Ended with units undelivered, which were refunded.
        Partial = "partial",
        /// Ended by the customer, the panel or the provider; refunded whole.
        Canceled = "canceled",
        /// No provider would start it; refunded whole.
        Failed = "failed",
    }
}

words! {
    /// Where one run of an order stands on its way to a provider.
    pub enum DispatchState {
        /// Waiting for a person's review before it may be sent.
        Held = "held",
        /// Waiting to be sent.
        Queued = "queued",
        /// Claimed under a lease: the request may be on the wire.
        Sending = "sending",
        /// Nobody knows whether the provider took it. It is never sent again without proof.
        Unknown = "unknown",
        /// Unknown, and only an operator can find out.
        Parked = "parked",
        /// The provider took it and gave it an id.
        Accepted = "accepted",
        /// Delivered in full.
        Completed = "completed",
        /// Delivered in part.
        Partial = "partial",
        /// Ended without delivery: by the provider, or before it was sent.
        Canceled = "canceled",
        /// No provider would take it.
        Rejected = "rejected",
    }
}

words! {
    /// Why money went back, or why it did not.
    pub enum RefundReason {
        /// "a 100% refund of the order cost will be returned to your wallet balance".
        Failed = "failed",
        /// "the full amount is returned to your wallet".
        Canceled = "canceled",
        /// "refund = (remains / total_quantity) * charge".
        Partial = "partial",
        /// "We cannot refund overlap issues caused by simultaneous campaigns": amount 0.
        OverlappingOrder = "overlapping_order",
        /// "An operator can lift the mark ... the withheld amount is then paid once".
        OverlapLifted = "overlap_lifted",
        /// A dispute about the charge was upheld.
        Dispute = "dispute",
        /// "Eligible for a manual refund": a ticket about the order was decided so.
        Ticket = "ticket",
    }
}

/// What of a charge can still come back.
pub fn left(charge: Money, refunded: Money) -> Money {
    charge.minus(refunded).unwrap_or(Money::ZERO)
}

impl OrderStatus {
    /// True once nothing can change it any more.
    pub const fn is_terminal(self) -> bool {
        match self {
            OrderStatus::Pending | OrderStatus::Processing | OrderStatus::InProgress => false,
            OrderStatus::Completed
            | OrderStatus::Partial
            | OrderStatus::Canceled
            | OrderStatus::Failed => true,
        }
    }

    /// Whether an order of this status may take the status `next`: forward only, and a terminal
    /// one never changes.
    pub const fn can_become(self, next: OrderStatus) -> bool {
        use OrderStatus::{InProgress, Pending, Processing};
        match self {
            Pending => !matches!(next, Pending),
            Processing => !matches!(next, Pending | Processing),
            InProgress => next.is_terminal(),
            OrderStatus::Completed
            | OrderStatus::Partial
            | OrderStatus::Canceled
            | OrderStatus::Failed => false,
        }
    }
}

impl DispatchState {
    /// True once the run has ended.
    pub const fn is_terminal(self) -> bool {
        match self {
            DispatchState::Held
            | DispatchState::Queued
            | DispatchState::Sending
            | DispatchState::Unknown
            | DispatchState::Parked
            | DispatchState::Accepted => false,
            DispatchState::Completed
            | DispatchState::Partial
            | DispatchState::Canceled
            | DispatchState::Rejected => true,
        }
    }

    /// Whether a run in this state may move to `next`. Nothing goes from [`Unknown`] back to
    /// [`Queued`] without proof; the proof is the caller's business, see
    /// [`verdict`](super::verdict).
    ///
    /// [`Unknown`]: DispatchState::Unknown
    /// [`Queued`]: DispatchState::Queued
    pub const fn can_become(self, next: DispatchState) -> bool {
        use DispatchState::{
            Accepted, Canceled, Completed, Held, Parked, Partial, Queued, Rejected, Sending,
            Unknown,
        };
        match self {
            Held => matches!(next, Queued | Canceled),
            Queued => matches!(next, Sending | Canceled | Rejected | Queued),
            Sending => matches!(next, Accepted | Rejected | Queued | Unknown | Parked),
            Unknown => matches!(next, Accepted | Rejected | Queued | Parked),
            Parked => matches!(next, Accepted | Rejected | Queued | Canceled),
            Accepted => matches!(next, Completed | Partial | Canceled | Parked),
            Completed | Partial | Canceled | Rejected => false,
        }
    }

    /// True while nothing of the run can have reached a provider.
    pub const fn is_unsent(self) -> bool {
        matches!(self, DispatchState::Held | DispatchState::Queued)
    }
}

/// How an order ends: what goes back, what was earned, and what customers are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settlement {
    /// The terminal status.
    pub status: OrderStatus,
    /// Undelivered units, `0..=quantity`.
    pub remains: i64,
    /// Why money goes back; `None` for a completed order.
    pub reason: Option<RefundReason>,
    /// What the published formula gives.
    pub formula: Money,
    /// What goes back: the formula's result, or nothing where it is withheld.
    pub refund: Money,
    /// What the panel keeps.
    pub revenue: Money,
}

/// The settlement of an order that ended as `status` with `remains` of `quantity` undelivered.
///
/// "Failed/System Errors ... a 100% refund", "System Cancelled ... the full amount is returned",
/// "Partial Delivery ... refund = (remains / total_quantity) * charge", "Completed Orders ... no
/// refunds are possible"; a partial refund is withheld when `overlapped`.
pub fn settlement(
    status: OrderStatus,
    charge: Money,
    remains: i64,
    quantity: i64,
    overlapped: bool,
) -> Result<Settlement, AmountError> {
    let remains = remains.clamp(0, quantity);
    let (remains, reason, formula, refund) = match status {
        OrderStatus::Failed => (quantity, Some(RefundReason::Failed), charge, charge),
        OrderStatus::Canceled => (quantity, Some(RefundReason::Canceled), charge, charge),
        OrderStatus::Partial => {
            let formula = charge.share_of(remains, quantity)?;
            if overlapped && formula.is_positive() {
                (
                    remains,
                    Some(RefundReason::OverlappingOrder),
                    formula,
                    Money::ZERO,
                )
            } else {
                (remains, Some(RefundReason::Partial), formula, formula)
            }
        }
        OrderStatus::Completed => (0, None, Money::ZERO, Money::ZERO),
        OrderStatus::Pending | OrderStatus::Processing | OrderStatus::InProgress => {
            return Err(AmountError::OutOfRange);
        }
    };
    let revenue = charge.minus(refund)?;
    Ok(Settlement {
        status,
        remains,
        reason,
        formula,
        refund,
        revenue,
    })
}

/// What is paid of a partial refund that was withheld, once an operator has lifted the mark: what the
/// formula gives, but never more than is left of the charge.
pub fn withheld(
    charge: Money,
    refunded: Money,
    remains: i64,
    quantity: i64,
) -> Result<Money, AmountError> {
    let formula = charge.share_of(remains, quantity)?;
    Ok(formula.min(charge.minus(refunded)?))
}

/// The refill guarantee that an order was bought with, and what has become of the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guarantee {
    /// Whether it has one: "services marked with refill support".
    pub refill: bool,
    /// For how many days from its end; for a lifetime, without a number.
    pub days: Option<i64>,
    /// The order's status.
    pub status: OrderStatus,
    /// How much of it was delivered.
    pub delivered: i64,
    /// When it ended.
    pub settled_at: Option<Time>,
}

/// When an order was in a provider's hands.
#[derive(Debug, Clone, Copy)]
pub struct Delivery {
    /// The order's status now.
    pub status: OrderStatus,
    /// When a provider first accepted it.
    pub started_at: Option<Time>,
    /// When it ended.
    pub settled_at: Option<Time>,
}

/// Whether `other` was delivering while an order that started at `started_at` and ends at `now`
/// was: only then has it broken the count. Failed and canceled orders delivered nothing.
pub fn delivered_meanwhile(started_at: Option<Time>, now: Time, other: Delivery) -> bool {
    let nothing = matches!(other.status, OrderStatus::Failed | OrderStatus::Canceled);
    match (started_at, other.started_at) {
        (Some(started), Some(other_started)) => {
            !nothing && other_started < now && other.settled_at.is_none_or(|ended| ended > started)
        }
        _ => false,
    }
}

/// What is left to do when a customer asks to cancel an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancel {
    /// Nothing: it was asked before, or the order has ended without delivery.
    AlreadyAsked,
    /// It was not sent: "cancelled ... before delivery begins, the full amount is returned".
    AtOnce,
    /// It was sent: the provider is asked, and its status decides about money.
    Ask,
}

/// What a cancel does to an order. `sent`: whether any run of it may have reached a provider;
/// `allowed`: whether the service takes cancels of sent orders.
pub fn cancel(
    status: OrderStatus,
    requested: bool,
    sent: bool,
    allowed: bool,
) -> Result<Cancel, Refusal> {
    match status {
        OrderStatus::Canceled | OrderStatus::Failed => Ok(Cancel::AlreadyAsked),
        OrderStatus::Completed | OrderStatus::Partial => Err(Refusal::NotCancelable { status }),
        OrderStatus::Pending | OrderStatus::Processing | OrderStatus::InProgress => {
            match (requested, sent, allowed) {
                (true, _, _) => Ok(Cancel::AlreadyAsked),
                (false, false, _) => Ok(Cancel::AtOnce),
                (false, true, true) => Ok(Cancel::Ask),
                (false, true, false) => Err(Refusal::CancelDisabled),
            }
        }
    }
}

/// When an accepted run is asked about next: after `first_ms` while it is young, later as it
/// ages, at most every `last_ms`.
pub fn next_poll(accepted_at: Time, now: Time, first_ms: i64, last_ms: i64) -> Time {
    let age_ms = now.ms_since(accepted_at).max(0);
    now.plus_ms((age_ms / 20).clamp(first_ms, last_ms.max(first_ms)))
}

/// What a client shows of an order: the net charge and the remains, frozen when it settles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// Charge less what was refunded when the order settled.
    pub charge: Money,
    /// Undelivered units that were refunded or are still to come.
    pub remains: i64,
}

/// What the panel protocol shows: where a refund was withheld the full charge and remains 0, so
/// that a downstream panel does not refund what it did not get.
pub fn shown(charge: Money, settled_refund: Money, withheld: bool, remains: i64) -> Shown {
    Shown {
        charge: charge.minus(settled_refund).unwrap_or(charge),
        remains: if withheld { 0 } else { remains },
    }
}

#[cfg(test)]
mod tests;
