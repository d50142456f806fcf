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

/// An order of any account, as staff see it.
#[derive(Debug, Object, Serialize)]
pub(super) struct OperatorOrder {
    /// The number of the order, unique in this panel.
    order_id: i64,
    /// The number of the account that placed the order.
    account_id: i64,
    /// The name that the account has now.
    account_name: String,
    /// The customer's own reference for the order; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    /// The number of the ordered service.
    service_id: i64,
    /// The name that the service has now.
    service_name: String,
    /// The type of the service, which says what an order needs.
    service_type: ServiceType,
    /// Whether the order is delivered by hand, without a provider.
    manual: bool,
    /// The link to deliver to, as the customer wrote it.
    link: String,
    /// The status of the order, such as `pending` or `completed`.
    status: OrderStatus,
    /// The number of units of all runs together.
    total_quantity: i64,
    /// The number of runs; 1 unless the order is a drip-feed.
    runs: i64,
    /// The minutes between two runs; 0 unless the order is a drip-feed.
    interval_minutes: i64,
    /// The rate that was charged, in USD per 1000 units, or per package, with 2 to 6 decimals: that of the
    /// account when the order was placed.
    rate: Rate,
    /// The amount that was charged, in USD with 2 to 9 decimals.
    charge: Money,
    /// The part of the charge that was refunded, in USD with 2 to 9 decimals.
    refunded: Money,
    /// The count of the target before the delivery began; absent if it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    start_count: Option<i64>,
    /// The number of undelivered units, as far as is known.
    remains: i64,
    /// Whether the order has an overlap mark that was not lifted.
    overlapping: bool,
    /// Whether the partial refund of the order was withheld when it ended.
    withheld: bool,
    /// When the end of the order was requested, UTC; absent if it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    cancel_requested_at: Option<Time>,
    /// When the order was placed, UTC.
    created_at: Time,
    /// When the delivery was first seen to have begun, UTC; absent if it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<Time>,
    /// When the order ended, UTC; absent while it is open.
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

/// One change of an order's status, with its evidence.
#[derive(Debug, Object, Serialize)]
struct OrderEvidence {
    /// The status of the order from this change on.
    status: OrderStatus,
    /// The cause of the change, as the customer sees it.
    cause: Cause,
    /// What the panel saw or received that led to the change.
    evidence: String,
    /// When the status changed, UTC.
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
    /// The number of the dispatch, unique in this panel.
    dispatch_id: i64,
    /// The number of the run within the order; only a drip-feed has several runs.
    run: i64,
    /// The number of units of this run.
    quantity: i64,
    /// The number of the provider to which the run is sent.
    provider_id: i64,
    /// The name of the provider to which the run is sent.
    provider_name: String,
    /// The id of the service at the provider.
    provider_service: String,
    /// The state of the dispatch, such as `queued` or `accepted`.
    state: DispatchState,
    /// The number of times that the dispatch was sent.
    attempt: i64,
    /// The id of the order at the provider; absent if it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_order: Option<String>,
    /// The last status that the provider reported, in its own word; absent if it reported none.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_status: Option<String>,
    /// The charge that the provider reported, as it wrote it; absent if it reported none.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_charge: Option<String>,
    /// The start count that the provider reported; absent if it reported none.
    #[serde(skip_serializing_if = "Option::is_none")]
    start_count: Option<i64>,
    /// The number of undelivered units that the provider reported; absent if it reported none.
    #[serde(skip_serializing_if = "Option::is_none")]
    remains: Option<i64>,
    /// When the dispatch is next sent or checked, UTC.
    due_at: Time,
    /// When the provider accepted the dispatch, UTC; absent if it did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted_at: Option<Time>,
    /// When it became unknown whether the provider accepted the dispatch, UTC; absent if it never was.
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown_at: Option<Time>,
    /// Why the dispatch is in its state; absent if there is no special reason.
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

/// A request to a provider and its reply; the API key is never stored in it.
#[derive(Debug, Object, Serialize)]
struct ProviderExchange {
    /// The number of the dispatch that the request was about.
    dispatch_id: i64,
    /// The number of the attempt within the dispatch.
    attempt: i64,
    /// The action of the request; `resolve` is the decision of an operator.
    action: String,
    /// The request as the panel sent it, without the API key.
    request: String,
    /// The reply of the provider, or what the panel received instead.
    reply: String,
    /// When the exchange was recorded, UTC.
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

/// A mark that another order of the same account was active on the link at the same time.
#[derive(Debug, Object, Serialize)]
struct OverlapMark {
    /// The number of the other order.
    order_id: i64,
    /// When an operator lifted the mark, UTC; from then on it withholds no refund. Absent if it was not
    /// lifted.
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
    /// The number of the other account's order.
    order_id: i64,
    /// The number of the account that placed the order.
    account_id: i64,
    /// The status of the order, such as `pending` or `completed`.
    status: OrderStatus,
    /// When the order was placed, UTC.
    created_at: Time,
    /// When the order ended, UTC; absent while it is open.
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

/// An order with all records about it.
#[derive(Debug, Object, Serialize)]
pub(super) struct OperatorOrderFile {
    /// The order itself, with its status and its charge.
    order: OperatorOrder,
    /// The fields that the service type needed beyond link and quantity: a JSON object as text.
    details: String,
    /// All changes of the order's status, oldest first; the order is pending from its placing on.
    timeline: Vec<OrderEvidence>,
    /// The dispatches of the order, one for each run; empty if it is delivered by hand.
    dispatches: Vec<OrderDispatch>,
    /// The exchanges with providers: the newest 1000, oldest first.
    exchanges: Vec<ProviderExchange>,
    /// The refunds of the order, oldest first.
    refunds: Vec<Refund>,
    /// The overlap marks: other orders of the same account on the link.
    overlaps: Vec<OverlapMark>,
    /// Orders of other accounts on the same target, newest first, at most 50: the active ones, and those that
    /// were placed around the same time. They cause no overlap mark.
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
