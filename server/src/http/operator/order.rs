//! An order as operators see it.

use poem_openapi::Object;
use serde::Serialize;

use crate::clock::Time;
use crate::http::v3::refunds::Refund;
use crate::money::{Money, Rate};
use crate::orders::desk::{Evidence, Exchange, File, Listed, Mark, Neighbour, Run};
use crate::orders::rules::{DispatchState, OrderStatus};
use crate::orders::told::Cause;
use crate::protocol::ServiceType;

/// An order of any account.
#[derive(Debug, Object, Serialize)]
pub(super) struct OperatorOrder {
    /// Its number.
    order_id: i64,
    /// Whose it is.
    account_id: i64,
    /// That account's name.
    account_name: String,
    /// The customer's own name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    /// What was ordered.
    service_id: i64,
    /// The present name of that service.
    service_name: String,
    /// The type of that service.
    service_type: ServiceType,
    /// Whether it is delivered by hand: no provider has to do with it.
    manual: bool,
    /// Where to deliver, as the customer wrote it.
    link: String,
    /// What has become of it.
    status: OrderStatus,
    /// All units, all runs together.
    total_quantity: i64,
    /// Number of runs; 1 unless it is a drip-feed.
    runs: i64,
    /// Minutes between the runs; 0 unless it is a drip-feed.
    interval_minutes: i64,
    /// The rate it was charged by, in USD per 1000 (or per package): the account's at that moment.
    rate: Rate,
    /// What was charged, in USD.
    charge: Money,
    /// What came back of that, in USD.
    refunded: Money,
    /// The count before delivery began, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    start_count: Option<i64>,
    /// Undelivered units, as far as is known.
    remains: i64,
    /// Whether it has an overlap mark that was not lifted.
    overlapping: bool,
    /// Whether its partial refund was withheld when it ended.
    withheld: bool,
    /// When its end was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    cancel_requested_at: Option<Time>,
    /// When it was placed.
    created_at: Time,
    /// When its delivery was first seen to begin.
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<Time>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    settled_at: Option<Time>,
}

impl From<Listed> for OperatorOrder {
    fn from(listed: Listed) -> OperatorOrder {
        let order = listed.order;
        OperatorOrder {
            order_id: order.id.0,
            account_id: listed.account.0,
            account_name: listed.account_name,
            reference: order.reference,
            service_id: order.service.0,
            service_name: listed.service_name,
            service_type: order.service_type,
            manual: listed.is_manual,
            link: order.link,
            status: order.status,
            total_quantity: order.total_quantity,
            runs: order.runs,
            interval_minutes: order.interval_minutes,
            rate: listed.rate,
            charge: order.charge,
            refunded: order.refunded,
            start_count: order.start_count,
            remains: order.remains,
            overlapping: order.is_overlapping,
            withheld: order.is_withheld,
            cancel_requested_at: order.cancel_requested_at,
            created_at: order.created_at,
            started_at: order.started_at,
            settled_at: order.settled_at,
        }
    }
}

/// One change of an order's status, with what was seen.
#[derive(Debug, Object, Serialize)]
struct OrderEvidence {
    /// The status from then on.
    status: OrderStatus,
    /// Why, as its customer is told.
    cause: Cause,
    /// What was seen.
    evidence: String,
    /// When.
    at: Time,
}

impl From<Evidence> for OrderEvidence {
    fn from(seen: Evidence) -> OrderEvidence {
        OrderEvidence {
            status: seen.status,
            cause: seen.cause,
            evidence: seen.evidence,
            at: seen.at,
        }
    }
}

/// One run of an order at its provider.
#[derive(Debug, Object, Serialize)]
struct OrderDispatch {
    /// Its number.
    dispatch_id: i64,
    /// Which run of the order.
    run: i64,
    /// Its units.
    quantity: i64,
    /// The provider.
    provider_id: i64,
    /// That provider's name.
    provider_name: String,
    /// The service there.
    provider_service: String,
    /// Where it stands.
    state: DispatchState,
    /// How often it was sent.
    attempt: i64,
    /// The order there.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_order: Option<String>,
    /// What the provider last said of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_status: Option<String>,
    /// What the provider charged, as it wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_charge: Option<String>,
    /// What the provider counted before it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    start_count: Option<i64>,
    /// What the provider said was left.
    #[serde(skip_serializing_if = "Option::is_none")]
    remains: Option<i64>,
    /// When it is sent, or taken up, next.
    due_at: Time,
    /// When the provider took it.
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted_at: Option<Time>,
    /// Since when it was not known whether it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown_at: Option<Time>,
    /// Why it stands where it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl From<Run> for OrderDispatch {
    fn from(run: Run) -> OrderDispatch {
        OrderDispatch {
            dispatch_id: run.id.0,
            run: run.run,
            quantity: run.quantity,
            provider_id: run.provider.0,
            provider_name: run.provider_name,
            provider_service: run.provider_service,
            state: run.state,
            attempt: run.attempt,
            provider_order: run.provider_order,
            provider_status: run.provider_status,
            provider_charge: run.provider_charge,
            start_count: run.start_count,
            remains: run.remains,
            due_at: run.due_at,
            accepted_at: run.accepted_at,
            unknown_at: run.unknown_at,
            reason: run.reason,
        }
    }
}

/// A request to a provider and its reply; the key is never kept.
#[derive(Debug, Object, Serialize)]
struct ProviderExchange {
    /// The dispatch.
    dispatch_id: i64,
    /// Which attempt.
    attempt: i64,
    /// What was asked; `resolve` is an operator's decision.
    action: String,
    /// The request.
    request: String,
    /// The reply.
    reply: String,
    /// When.
    at: Time,
}

impl From<Exchange> for ProviderExchange {
    fn from(exchange: Exchange) -> ProviderExchange {
        ProviderExchange {
            dispatch_id: exchange.run.0,
            attempt: exchange.attempt,
            action: exchange.action,
            request: exchange.request,
            reply: exchange.reply,
            at: exchange.at,
        }
    }
}

/// Another order of the same account that was active on the link at the same time.
#[derive(Debug, Object, Serialize)]
struct OverlapMark {
    /// The other order.
    order_id: i64,
    /// When an operator lifted the mark; it withholds nothing from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    lifted_at: Option<Time>,
}

impl From<Mark> for OverlapMark {
    fn from(mark: Mark) -> OverlapMark {
        OverlapMark {
            order_id: mark.other.0,
            lifted_at: mark.lifted_at,
        }
    }
}

/// An order of another account on the same target.
#[derive(Debug, Object, Serialize)]
struct NeighbourOrder {
    /// The order.
    order_id: i64,
    /// Whose it is.
    account_id: i64,
    /// What has become of it.
    status: OrderStatus,
    /// When it was placed.
    created_at: Time,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    settled_at: Option<Time>,
}

impl From<Neighbour> for NeighbourOrder {
    fn from(order: Neighbour) -> NeighbourOrder {
        NeighbourOrder {
            order_id: order.order.0,
            account_id: order.account.0,
            status: order.status,
            created_at: order.created_at,
            settled_at: order.settled_at,
        }
    }
}

/// Everything about one order.
#[derive(Debug, Object, Serialize)]
pub(super) struct OperatorOrderFile {
    /// The order.
    order: OperatorOrder,
    /// What its type needed beyond link and quantity: a JSON object as text.
    details: String,
    /// Every change of its status, oldest first; it is pending from its placing on.
    timeline: Vec<OrderEvidence>,
    /// Its runs; none if it is delivered by hand.
    dispatches: Vec<OrderDispatch>,
    /// What was said between the panel and providers: the newest 1000, oldest first.
    exchanges: Vec<ProviderExchange>,
    /// What it gave back, oldest first.
    refunds: Vec<Refund>,
    /// The account's own orders that it overlaps.
    overlaps: Vec<OverlapMark>,
    /// Orders of other accounts on its target, newest first: the active ones, and those that were
    /// placed around the same time. They mark nobody's order.
    neighbours: Vec<NeighbourOrder>,
}

fn all<T, U: From<T>>(rows: Vec<T>) -> Vec<U> {
    rows.into_iter().map(U::from).collect()
}

impl From<File> for OperatorOrderFile {
    fn from(file: File) -> OperatorOrderFile {
        OperatorOrderFile {
            order: file.listed.into(),
            details: file.details,
            timeline: all(file.timeline),
            dispatches: all(file.runs),
            exchanges: all(file.exchanges),
            refunds: all(file.refunds),
            overlaps: all(file.marks),
            neighbours: all(file.neighbours),
        }
    }
}
