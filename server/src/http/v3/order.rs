//! An order as the typed API shows it.

use poem_openapi::Object;
use serde::Serialize;

use crate::clock::Time;
use crate::disputes::Disputable;
use crate::disputes::rules::until;
use crate::error::Refusal;
use crate::http::typed::code::Code;
use crate::http::typed::problem::Problem;
use crate::money::Money;
use crate::orders::Placement;
use crate::orders::read::{self, Event, OrderStory};
use crate::orders::rules::OrderStatus;
use crate::orders::told::{Cause, Eligibility};
use crate::protocol::ServiceType;
use crate::refills;

/// The order that the request placed or repeated.
#[derive(Debug, Object, Serialize)]
pub(super) struct PlacedOrder {
    /// The number that the order has; other operations take it as `order_id`.
    order_id: i64,
    /// What the order cost, in USD; it was taken from the wallet.
    charge: Money,
    /// How many units were ordered, all runs of a drip-feed together.
    total_quantity: i64,
    /// When the order was placed, UTC.
    created_at: Time,
    /// Whether an earlier request with the same idempotency key had placed the order.
    replayed: bool,
}

impl From<Placement> for PlacedOrder {
    fn from(placement: Placement) -> PlacedOrder {
        PlacedOrder {
            order_id: placement.order.0,
            charge: placement.charge,
            total_quantity: placement.total_quantity,
            created_at: placement.created_at,
            replayed: placement.is_replay,
        }
    }
}

/// A change of status that an order went through.
#[derive(Debug, Object, Serialize)]
pub(super) struct OrderEvent {
    /// The status that the order had from then on.
    status: OrderStatus,
    /// Why the status changed, for programs.
    cause: Cause,
    /// Why the status changed, for people; the wording may change.
    message: String,
    /// When the status changed, UTC.
    at: Time,
}

impl From<Event> for OrderEvent {
    fn from(event: Event) -> OrderEvent {
        OrderEvent {
            status: event.status,
            cause: event.cause,
            message: event.cause.sentence().to_owned(),
            at: event.at,
        }
    }
}

/// Whether the panel may still refund more of an order's charge by itself.
#[derive(Debug, Object, Serialize)]
pub(super) struct RefundEligibility {
    /// True if a further refund is possible.
    eligible: bool,
    /// Why it is possible or not, for programs.
    reason: Eligibility,
    /// Why it is possible or not, for people; the wording may change.
    message: String,
}

/// Whether something can be requested now: how the request would be answered at this moment.
#[derive(Debug, Object, Serialize)]
pub(super) struct Right {
    /// True if the request would be accepted now.
    allowed: bool,
    /// The error code that the request would be refused with; absent if `allowed` is true.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<Code>,
    /// Why the request would be refused, for people; absent if `allowed` is true.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    /// From when on the request can be accepted, UTC; absent unless that time is known and still to
    /// come.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Time>,
    /// Until when the request can, or could, be made, UTC; absent where no such time is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Time>,
}

impl Right {
    fn of(now: Result<(), Refusal>, until: Option<Time>) -> Right {
        match now {
            Ok(()) => Right {
                allowed: true,
                code: None,
                message: None,
                from: None,
                until,
            },
            Err(refusal) => {
                let (code, message, details) = Problem::from(refusal).into_parts();
                Right {
                    allowed: false,
                    code: Some(code),
                    message: Some(message),
                    from: details.available_from,
                    until,
                }
            }
        }
    }
}

/// An order and what has become of it.
#[derive(Debug, Object, Serialize)]
pub(super) struct Order {
    /// The number that the order has in this panel.
    order_id: i64,
    /// The name that you gave the order; absent if you gave none.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    /// The number of the service that was ordered.
    service_id: i64,
    /// The type of the service that was ordered.
    service_type: ServiceType,
    /// Where the order is delivered, as you wrote it.
    link: String,
    /// The status that the order has now.
    status: OrderStatus,
    /// How many units were ordered, all runs of a drip-feed together.
    total_quantity: i64,
    /// How many runs the order has; 1 unless it is a drip-feed.
    runs: i64,
    /// How many minutes are between two runs; 0 unless the order is a drip-feed.
    interval_minutes: i64,
    /// What was charged when the order was placed, in USD. `/api/v2` shows this less what was
    /// refunded.
    charge: Money,
    /// What was refunded of the charge, in USD; 0 if nothing was.
    refunded: Money,
    /// The count that the target had before delivery began; absent if it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    start_count: Option<i64>,
    /// How many units of `total_quantity` are not delivered, as far as is known.
    remains: i64,
    /// Whether another order of yours was active on the same link at the same time.
    overlapping: bool,
    /// The numbers of the orders that were active on the same link at the same time, at most the 20
    /// newest of each moment. Present only where one order is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    overlaps: Option<Vec<i64>>,
    /// How the refund policy applies to the order now.
    refund_eligibility: RefundEligibility,
    /// Since when, UTC, the panel has been finding out whether the provider took the order; absent if
    /// that is not in doubt. Meanwhile the order stays `pending` and its charge is held; a cancel
    /// that is requested meanwhile ends the order as soon as it is certain that the provider did not
    /// take it. Present only where one order is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    awaiting_provider_since: Option<Time>,
    /// When a cancel of the order was requested, UTC; absent if none was.
    #[serde(skip_serializing_if = "Option::is_none")]
    cancel_requested_at: Option<Time>,
    /// When the order was placed, UTC.
    created_at: Time,
    /// When the order was first accepted for delivery, UTC; absent until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<Time>,
    /// When the order ended, UTC; absent until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Time>,
    /// Whether the order was bought with a refill guarantee.
    refill: bool,
    /// For how many days after the end of the order the refill guarantee holds; absent for a lifetime
    /// guarantee, and without a guarantee.
    #[serde(skip_serializing_if = "Option::is_none")]
    refill_days: Option<i64>,
    /// Until when the charge can be disputed, UTC: 48 hours after the charge.
    dispute_until: Time,
    /// Whether the order can be canceled now. Present only where one order is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    can_cancel: Option<Right>,
    /// Whether a refill can be requested now, or from when on, and until when. Present only where one
    /// order is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    can_refill: Option<Right>,
    /// Whether the charge can be disputed now, and until when. Present only where one order is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    can_dispute: Option<Right>,
    /// The changes of status that the order went through, oldest first. Present only where one order
    /// is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    timeline: Option<Vec<OrderEvent>>,
}

impl From<read::Order> for Order {
    fn from(order: read::Order) -> Order {
        let eligibility = order.eligibility();
        Order {
            order_id: order.id.0,
            reference: order.reference,
            service_id: order.service.0,
            service_type: order.service_type,
            link: order.link,
            status: order.status,
            total_quantity: order.total_quantity,
            runs: order.runs,
            interval_minutes: order.interval_minutes,
            charge: order.charge,
            refunded: order.refunded,
            start_count: order.start_count,
            remains: order.remains,
            overlapping: order.is_overlapping,
            overlaps: None,
            refund_eligibility: RefundEligibility {
                eligible: eligibility.is_eligible(),
                reason: eligibility,
                message: eligibility.sentence().to_owned(),
            },
            awaiting_provider_since: None,
            cancel_requested_at: order.cancel_requested_at,
            created_at: order.created_at,
            started_at: order.started_at,
            ended_at: order.settled_at,
            refill: order.refill,
            refill_days: order.refill_days,
            dispute_until: until(order.created_at),
            can_cancel: None,
            can_refill: None,
            can_dispute: None,
            timeline: None,
        }
    }
}

impl Order {
    /// An order with its history, and with what its customer can still do.
    pub(super) fn whole(story: OrderStory, refill: refills::Right, dispute: Disputable) -> Order {
        let Disputable { now, until } = dispute;
        Order {
            overlaps: Some(story.overlaps.into_iter().map(|other| other.0).collect()),
            awaiting_provider_since: story.awaiting_provider_since,
            can_cancel: Some(Right::of(story.cancel_now, None)),
            can_refill: Some(Right::of(refill.now, refill.until)),
            can_dispute: Some(Right::of(now.map(|_| ()), Some(until))),
            timeline: Some(story.timeline.into_iter().map(OrderEvent::from).collect()),
            ..Order::from(story.order)
        }
    }
}
