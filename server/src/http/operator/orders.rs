//! Anybody's orders: finding and reading them, and what is decided of them by hand.

use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use serde::{Deserialize, Serialize};

use super::Tag;
use super::order::{OperatorOrder, OperatorOrderFile};
use super::reason::ReasonGiven;
use super::refusals::{Canceling, ChangingOrder, ListingOrders, ReadingOrder};
use super::staff::{Operator, Staff};
use crate::clock::Time;
use crate::error;
use crate::http::typed::paging::{limit_of, number_of, page, period};
use crate::http::typed::payload::{Answer, JsonBody};
use crate::http::typed::problem::Fault;
use crate::ids::{AccountId, OrderId, ServiceId};
use crate::money::Money;
use crate::orders;
use crate::orders::desk::{self, Search};
use crate::orders::rules::{DispatchState, OrderStatus};
use crate::panel::Panel;

/// Serves the orders.
pub(super) struct Orders {
    pub(super) panel: Panel,
}

/// A page of orders.
#[derive(Debug, Object, Serialize)]
struct OperatorOrderPage {
    /// Newest first. There may be fewer than `limit`, even none, while the list goes on: a page
    /// passes over 5000 orders that do not match at most.
    orders: Vec<OperatorOrder>,
    /// Where the list goes on: the `cursor` of the next page. Absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// A count.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct StartCount {
    /// What was counted before delivery began: zero or more.
    start_count: i64,
}

/// What lifting an overlap mark has done.
#[derive(Debug, Object, Serialize)]
struct LiftedOverlap {
    /// The order as it is now.
    order: OperatorOrder,
    /// What was paid to the wallet, in USD: what had been withheld, or 0 where nothing had.
    paid: Money,
    /// The refund that says so; absent where nothing was paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_id: Option<i64>,
}

/// How an order is ended.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct OrderEnd {
    /// What you state is undelivered of the whole order, once its provider was asked: 0 to its total
    /// quantity. Without it, what may be at a provider stays open; needed for an order that was begun
    /// by hand.
    remains: Option<i64>,
    /// Why, for the audit log: 1 to 1000 printable characters.
    #[oai(validator(min_length = 1, max_length = 1000))]
    reason: String,
}

/// A dispatch that keeps an order from ending, because it may be at its provider.
#[derive(Debug, Object, Serialize)]
struct OpenDispatch {
    /// Its number, by which it is resolved.
    dispatch_id: i64,
    /// `sending`, `unknown`, `parked` or `accepted`.
    state: DispatchState,
}

/// What ending an order has done.
#[derive(Debug, Object, Serialize)]
struct EndedOrder {
    /// The order as it is now.
    order: OperatorOrder,
    /// The dispatches that it waits for; none if it has ended.
    open_dispatches: Vec<OpenDispatch>,
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Orders")]
impl Orders {
    /// List orders
    ///
    /// Anybody's, newest first, a page at a time; filters are combined. Go on with `next_cursor` and
    /// the same filters.
    #[oai(path = "/orders", method = "get", operation_id = "operator_order_list")]
    #[expect(
        clippy::too_many_arguments,
        reason = "one for each parameter of the query"
    )]
    async fn list(
        &self,
        _staff: Staff,
        /// Only the order of this number.
        order_id: Query<Option<i64>>,
        /// Only orders of this account.
        account_id: Query<Option<i64>>,
        /// Only orders of this service.
        service_id: Query<Option<i64>>,
        /// Only orders of this status.
        status: Query<Option<OrderStatus>>,
        /// Only orders whose link has this in it, in upper or lower case.
        #[oai(validator(min_length = 1, max_length = 2048))]
        link: Query<Option<String>>,
        /// Only orders to the target of this link, however it was spelled.
        #[oai(validator(min_length = 1, max_length = 2048))]
        target: Query<Option<String>>,
        /// Only orders that a provider knows by this id.
        #[oai(validator(min_length = 1, max_length = 255))]
        provider_order: Query<Option<String>>,
        /// Only orders that do not go on without a person: a dispatch is unknown or parked, or was
        /// accepted a week ago; the customer wants to cancel what is delivered by hand; or the service
        /// of a drip-feed has no provider any more that its next run could be sent to.
        #[oai(default)]
        needs_attention: Query<bool>,
        /// Only orders that were placed at this time or later.
        created_from: Query<Option<Time>>,
        /// Only orders that were placed before this time.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the page before.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// Orders per page.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<OperatorOrderPage>, Fault<ListingOrders>> {
        let search = Search {
            order: order_id.0.map(OrderId),
            account: account_id.0.map(AccountId),
            service: service_id.0.map(ServiceId),
            status: status.0,
            link: link.0,
            target: target.0,
            provider_order: provider_order.0,
            created: period(created_from, created_before),
            needs_attention: needs_attention.0,
        };
        let before = cursor.0.map(|cursor| OrderId(number_of(Some(cursor))));
        let page = desk::list(&self.panel, &search, before, limit_of(limit.0)).await?;
        Ok(Answer(OperatorOrderPage {
            orders: page.orders.into_iter().map(OperatorOrder::from).collect(),
            next_cursor: page.next.map(|id| id.to_string()),
        }))
    }

    /// Read everything about an order
    ///
    /// With its dispatches, what providers said, the evidence of each change of its status, its
    /// refunds, and who else ordered for the same target.
    #[oai(
        path = "/orders/:order_id",
        method = "get",
        operation_id = "operator_order_view"
    )]
    async fn view(
        &self,
        _staff: Staff,
        /// The order's number.
        order_id: Path<i64>,
    ) -> Result<Answer<OperatorOrderFile>, Fault<ReadingOrder>> {
        let file = desk::file(&self.panel.db, OrderId(order_id.0)).await?;
        Ok(Answer(file.into()))
    }

    /// Set an order's start count
    ///
    /// What was counted before delivery began. A provider that counts itself has the last word while
    /// it delivers.
    #[oai(
        path = "/orders/:order_id/start-count",
        method = "put",
        operation_id = "operator_order_set_start_count"
    )]
    async fn set_start_count(
        &self,
        operator: Operator,
        /// The order's number.
        order_id: Path<i64>,
        count: JsonBody<StartCount>,
    ) -> Result<Answer<OperatorOrder>, Fault<ChangingOrder>> {
        let (id, count) = (OrderId(order_id.0), count.0.start_count);
        orders::set_start_count(&self.panel, &operator.0, id, count).await?;
        Ok(Answer(self.one(id).await?))
    }

    /// Cancel an order for its customer
    ///
    /// By the same rules as the customer's own cancel: one that was not sent ends at once and is
    /// refunded whole; one that was sent is a request to its provider.
    #[oai(
        path = "/orders/:order_id/cancel",
        method = "post",
        operation_id = "operator_order_cancel"
    )]
    async fn cancel(
        &self,
        operator: Operator,
        /// The order's number.
        order_id: Path<i64>,
        reason: JsonBody<ReasonGiven>,
    ) -> Result<Answer<OperatorOrder>, Fault<Canceling>> {
        let id = OrderId(order_id.0);
        orders::cancel_for_customer(&self.panel, &operator.0, id, &reason.0.reason).await?;
        Ok(Answer(self.one(id).await?))
    }

    /// End an order
    ///
    /// Any order that has not ended, whatever its service allows its customers. Nothing more of it is
    /// sent, and what was not sent counts as undelivered. A dispatch that may be at its provider is
    /// not refunded while it may be delivered: its provider is asked to end it, and the order ends
    /// when it has ended or was resolved. `remains` decides all of them at once.
    #[oai(
        path = "/orders/:order_id/end",
        method = "post",
        operation_id = "operator_order_end"
    )]
    async fn end(
        &self,
        operator: Operator,
        /// The order's number.
        order_id: Path<i64>,
        end: JsonBody<OrderEnd>,
    ) -> Result<Answer<EndedOrder>, Fault<ChangingOrder>> {
        let id = OrderId(order_id.0);
        let OrderEnd { remains, reason } = end.0;
        let open = orders::end(&self.panel, &operator.0, id, remains, &reason).await?;
        let dispatch = |run: orders::OpenRun| OpenDispatch {
            dispatch_id: run.id.0,
            state: run.state,
        };
        Ok(Answer(EndedOrder {
            order: self.one(id).await?,
            open_dispatches: open.into_iter().map(dispatch).collect(),
        }))
    }

    /// Lift an order's overlap marks
    ///
    /// Its partial refund is not withheld when it ends, and it can be refilled. If the refund was
    /// withheld already, it is paid now, once; what `/api/v2` shows of the order does not change.
    #[oai(
        path = "/orders/:order_id/lift-overlap",
        method = "post",
        operation_id = "operator_order_lift_overlap"
    )]
    async fn lift_overlap(
        &self,
        operator: Operator,
        /// The order's number.
        order_id: Path<i64>,
        reason: JsonBody<ReasonGiven>,
    ) -> Result<Answer<LiftedOverlap>, Fault<ChangingOrder>> {
        let id = OrderId(order_id.0);
        let lifted = orders::lift_overlap(&self.panel, &operator.0, id, &reason.0.reason).await?;
        Ok(Answer(LiftedOverlap {
            order: self.one(id).await?,
            paid: lifted.paid,
            refund_id: lifted.refund.map(|refund| refund.0),
        }))
    }
}

impl Orders {
    async fn one(&self, id: OrderId) -> error::Result<OperatorOrder> {
        Ok(desk::view(&self.panel.db, id).await?.into())
    }
}
