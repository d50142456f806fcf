//! What customers are told about their orders: why a status changed, why money came back, and
//! whether more may. Closed words, each with one sentence; what exactly a provider said stays with
//! the operator.

use super::rules::{OrderStatus, RefundReason};
use crate::vocabulary::words;

words! {
    /// Why an order has the status it has, as its customer is told. What exactly was seen is kept
    /// beside it, for operators.
    pub enum Cause {
        /// The customer placed it and was charged.
        Placed = "placed",
        /// A provider took it.
        Accepted = "accepted",
        /// A provider reported how far it is, or how it ended.
        Reported = "reported",
        /// No provider would take it.
        Refused = "refused",
        /// No provider took it within the time that orders may wait.
        NotTakenInTime = "not_taken_in_time",
        /// The customer canceled it.
        CanceledByCustomer = "canceled_by_customer",
        /// A person of the panel decided it.
        DecidedByOperator = "decided_by_operator",
        /// The account was suspended: what was not sent is not sent any more.
        AccountSuspended = "account_suspended",
        /// It was placed in the panel that was used before.
        Imported = "imported",
    }
}

impl Cause {
    /// The cause as a sentence for the customer.
    pub const fn sentence(self) -> &'static str {
        match self {
            Cause::Placed => "you placed the order and were charged",
            Cause::Accepted => "a provider took the order",
            Cause::Reported => "the provider reported the state of its delivery",
            Cause::Refused => "no provider would take the order",
            Cause::NotTakenInTime => "no provider took the order in time",
            Cause::CanceledByCustomer => "you canceled the order",
            Cause::DecidedByOperator => "a person of the panel decided it",
            Cause::AccountSuspended => {
                "your account was suspended: what was not sent is not sent any more"
            }
            Cause::Imported => "it was placed in the panel that was used before this one",
        }
    }
}

/// Why an order changes: the word for its customer, and what was seen, for operators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CausedBy {
    pub(crate) cause: Cause,
    pub(crate) evidence: String,
}

impl CausedBy {
    pub(crate) fn new(cause: Cause, evidence: impl Into<String>) -> CausedBy {
        CausedBy {
            cause,
            evidence: evidence.into(),
        }
    }
}

words! {
    /// Why more of an order's charge may come back by itself, or why not.
    pub enum Eligibility {
        /// It has not ended: what it does not deliver is refunded when it does.
        Open = "open",
        /// It has not ended and overlaps another order: a partial refund may be withheld.
        OpenOverlapping = "open_overlapping",
        /// "Completed Orders ... considered finalized".
        Completed = "completed",
        /// The whole charge went back.
        RefundedWhole = "refunded_whole",
        /// What was not delivered went back.
        RefundedRemains = "refunded_remains",
        /// The partial refund was withheld: "simultaneous campaigns".
        OverlappingOrder = "overlapping_order",
        /// It was placed in the panel that was used before: what is left of it was decided there.
        Imported = "imported",
    }
}

impl Eligibility {
    /// Whether the panel may still refund the order by itself.
    pub const fn is_eligible(self) -> bool {
        matches!(self, Eligibility::Open | Eligibility::OpenOverlapping)
    }

    /// The reason as a sentence for the customer, in the words of the published policy.
    pub const fn sentence(self) -> &'static str {
        match self {
            Eligibility::Open => {
                "the order has not ended: if it fails or is canceled the whole charge is \
                 returned, if it ends partial (remains / total_quantity) * charge"
            }
            Eligibility::OpenOverlapping => {
                "the order has not ended and shares its link with another active order of yours: \
                 if both are delivered at once, a partial refund is withheld"
            }
            Eligibility::Completed => "completed orders are final: no refund is possible",
            Eligibility::RefundedWhole => "the whole charge was returned to your wallet",
            Eligibility::RefundedRemains => {
                "the undelivered units were refunded: (remains / total_quantity) * charge"
            }
            Eligibility::OverlappingOrder => {
                "the partial refund was withheld: another order of yours was delivered to the \
                 same link at the same time, so nobody can tell what was missing"
            }
            Eligibility::Imported => {
                "the order was placed in the panel that was used before this one, and is kept to be read: \
                 nothing of it is refunded here"
            }
        }
    }
}

/// Whether an order that is `status` may still be refunded without a person, and why.
pub const fn eligibility(status: OrderStatus, overlapping: bool, withheld: bool) -> Eligibility {
    match status {
        OrderStatus::Pending | OrderStatus::Processing | OrderStatus::InProgress => {
            if overlapping {
                Eligibility::OpenOverlapping
            } else {
                Eligibility::Open
            }
        }
        OrderStatus::Completed => Eligibility::Completed,
        OrderStatus::Failed | OrderStatus::Canceled => Eligibility::RefundedWhole,
        OrderStatus::Partial if withheld => Eligibility::OverlappingOrder,
        OrderStatus::Partial => Eligibility::RefundedRemains,
    }
}

impl RefundReason {
    /// The reason as a sentence for the customer, in the words of the published policy.
    pub const fn sentence(self) -> &'static str {
        match self {
            RefundReason::Failed => {
                "no provider started the order: 100 % of its cost was returned to your wallet"
            }
            RefundReason::Canceled => {
                "the order was canceled: the full amount was returned to your wallet"
            }
            RefundReason::Partial => {
                "the order was delivered in part: refund = (remains / total_quantity) * charge"
            }
            RefundReason::OverlappingOrder => Eligibility::OverlappingOrder.sentence(),
            RefundReason::OverlapLifted => {
                "a person of the panel found that the other order did not matter: what was withheld \
                 of the partial refund was returned to your wallet"
            }
            RefundReason::Dispute => {
                "your dispute about the charge was upheld: what its reviewer decided was returned to \
                 your wallet"
            }
            RefundReason::Ticket => {
                "your ticket about the order was reviewed: what its reviewer decided was returned to \
                 your wallet"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_open_order_may_still_be_refunded_by_itself() {
        for &status in OrderStatus::ALL {
            for (overlapping, withheld) in [(false, false), (true, false), (true, true)] {
                let told = eligibility(status, overlapping, withheld);
                assert_eq!(told.is_eligible(), !status.is_terminal(), "{status}");
            }
        }
    }

    #[test]
    fn a_partial_order_says_whether_its_refund_was_withheld() {
        let told = |withheld| eligibility(OrderStatus::Partial, true, withheld);
        assert_eq!(told(true), Eligibility::OverlappingOrder);
        assert_eq!(told(false), Eligibility::RefundedRemains);
    }
}
