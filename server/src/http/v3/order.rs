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

/// An order that was placed.
#[derive(Debug, Object, Serialize)]
pub(super) struct PlacedOrder {
    /// The order's number.
    order_id: i64,
    /// What it cost, in USD; taken from the wallet.
    charge: Money,
    /// All its units, all runs together.
    total_quantity: i64,
    /// When it was placed.
    created_at: Time,
    /// Whether it stood before: the request repeats, by its Idempotency-Key, the one that placed
    /// it.
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

/// One change of an order's status.
#[derive(Debug, Object, Serialize)]
pub(super) struct OrderEvent {
    /// The status from then on.
    status: OrderStatus,
    /// Why, for programs.
    cause: Cause,
    /// Why, for people.
    message: String,
    /// When.
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

/// Whether more of an order's charge may still come back by itself.
#[derive(Debug, Object, Serialize)]
pub(super) struct RefundEligibility {
    /// Whether it may.
    eligible: bool,
    /// Why or why not, for programs.
    reason: Eligibility,
    /// Why or why not, for people.
    message: String,
}

/// Whether something can be asked for: what the request would be answered at this moment.
#[derive(Debug, Object, Serialize)]
pub(super) struct Right {
    /// Whether it can.
    allowed: bool,
    /// Why not, for programs: the code that the request would be refused with.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<Code>,
    /// Why not, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    /// From when on it can be, if that is to come.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Time>,
    /// Until when it can, or could, be; absent where that has no end.
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

/// An order.
#[derive(Debug, Object, Serialize)]
pub(super) struct Order {
    /// Its number.
    order_id: i64,
    /// Your own name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    /// What was ordered.
    service_id: i64,
    /// The type of that service.
    service_type: ServiceType,
    /// Where to deliver, as you wrote it.
    link: String,
    /// What has become of it.
    status: OrderStatus,
    /// All units, all runs together.
    total_quantity: i64,
    /// Number of runs; 1 unless it is a drip-feed.
    runs: i64,
    /// Minutes between the runs; 0 unless it is a drip-feed.
    interval_minutes: i64,
    /// What was charged when it was placed, in USD. `/api/v2` shows it less what was refunded.
    charge: Money,
    /// What came back of that, in USD.
    refunded: Money,
    /// The count before delivery began, where the provider said one.
    #[serde(skip_serializing_if = "Option::is_none")]
    start_count: Option<i64>,
    /// Undelivered units, as far as is known.
    remains: i64,
    /// Whether another order of yours was active on its link at the same time.
    overlapping: bool,
    /// Those orders: the 20 newest at the time. Only where one order is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    overlaps: Option<Vec<i64>>,
    /// Whether more of the charge may still come back by itself.
    refund_eligibility: RefundEligibility,
    /// Since when the provider's answer is being confirmed: nobody knows yet whether it took the order.
    /// The order stays `pending` and its charge held; a cancel that is asked for meanwhile ends it as
    /// soon as it proves not taken. Only where one order is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    awaiting_provider_since: Option<Time>,
    /// When you asked to cancel it.
    #[serde(skip_serializing_if = "Option::is_none")]
    cancel_requested_at: Option<Time>,
    /// When it was placed.
    created_at: Time,
    /// When a provider first took it.
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<Time>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Time>,
    /// Whether it was bought with a refill guarantee.
    refill: bool,
    /// For how many days from its end; absent for a lifetime, and without a guarantee.
    #[serde(skip_serializing_if = "Option::is_none")]
    refill_days: Option<i64>,
    /// Until when its charge can be disputed: 48 hours from the charge.
    dispute_until: Time,
    /// Whether it can be canceled now. Only where one order is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    can_cancel: Option<Right>,
    /// Whether a refill can be asked for now, or from when on, and until when. Only where one order
    /// is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    can_refill: Option<Right>,
    /// Whether its charge can be disputed now, and until when. Only where one order is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    can_dispute: Option<Right>,
    /// Every change of its status, oldest first. Only where one order is read.
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
