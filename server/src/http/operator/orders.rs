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

/// One page of the list of orders.
#[derive(Debug, Object, Serialize)]
struct OperatorOrderPage {
    /// The orders of this page, newest first. A page may have fewer orders than `limit`, even none, while
    /// `next_cursor` is given: one page skips at most 5000 orders that do not match.
    orders: Vec<OperatorOrder>,
    /// The `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// The start count to set for an order.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct StartCount {
    /// The count of the target before the delivery began, zero or more.
    start_count: i64,
}

/// The result of lifting the overlap marks of an order.
#[derive(Debug, Object, Serialize)]
struct LiftedOverlap {
    /// The order after its overlap marks were lifted.
    order: OperatorOrder,
    /// The amount that was paid to the wallet, in USD with 2 to 9 decimals: the withheld refund, or 0 if none
    /// was withheld.
    paid: Money,
    /// The number of the refund that was paid; absent if nothing was paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_id: Option<i64>,
}

/// How to end an order.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct OrderEnd {
    /// The number of undelivered units of the whole order, from 0 to its total quantity, after its provider
    /// was asked. If it is absent, units that may be at a provider stay open. Required for an order by hand
    /// whose delivery has begun.
    remains: Option<i64>,
    /// The reason, for the audit log: 1 to 1000 printable characters.
    #[oai(validator(min_length = 1, max_length = 1000))]
    reason: String,
}

/// A dispatch that keeps an order open, because it may be at its provider.
#[derive(Debug, Object, Serialize)]
struct OpenDispatch {
    /// The number of the dispatch; `dispatch_resolve` resolves it.
    dispatch_id: i64,
    /// The state of the dispatch: `sending`, `unknown`, `parked` or `accepted`.
    state: DispatchState,
}

/// The result of ending an order.
#[derive(Debug, Object, Serialize)]
struct EndedOrder {
    /// The order after the request to end it.
    order: OperatorOrder,
    /// The dispatches that keep the order open; empty if it has ended.
    open_dispatches: Vec<OpenDispatch>,
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Orders")]
impl Orders {
    /// List orders
    ///
    /// Orders of all accounts, newest first. Filters are combined. Give `next_cursor` and the same filters to
    /// get the next page.
    #[oai(path = "/orders", method = "get", operation_id = "operator_order_list")]
    #[expect(
        clippy::too_many_arguments,
        reason = "one for each parameter of the query"
    )]
    async fn list(
        &self,
        _staff: Staff,
        /// Lists only the order of this number.
        order_id: Query<Option<i64>>,
        /// Lists only orders of the account of this number.
        account_id: Query<Option<i64>>,
        /// Lists only orders of the service of this number.
        service_id: Query<Option<i64>>,
        /// Lists only orders that have this status.
        status: Query<Option<OrderStatus>>,
        /// Lists only orders whose link contains this text, in upper or lower case.
        #[oai(validator(min_length = 1, max_length = 2048))]
        link: Query<Option<String>>,
        /// Lists only orders to the target of this link, in any spelling of the link.
        #[oai(validator(min_length = 1, max_length = 2048))]
        target: Query<Option<String>>,
        /// Lists only orders that have this id at a provider.
        #[oai(validator(min_length = 1, max_length = 255))]
        provider_order: Query<Option<String>>,
        /// Lists only orders that need a person if `true`: a dispatch is unknown or parked, or was accepted a
        /// week ago or more; the customer wants to cancel an order that is delivered by hand; or the service
        /// of a drip-feed has no provider any more for its next run.
        #[oai(default)]
        needs_attention: Query<bool>,
        /// Lists only orders that were placed at this time or later, UTC.
        created_from: Query<Option<Time>>,
        /// Lists only orders that were placed before this time, UTC.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the previous page; absent for the first page.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// The maximum number of orders in a page, from 1 to 1000; 100 if it is absent.
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

    /// Read an order with all its records
    ///
    /// Includes its dispatches, the exchanges with providers, the evidence of each change of its status, its
    /// refunds, and other orders on the same target.
    #[oai(
        path = "/orders/:order_id",
        method = "get",
        operation_id = "operator_order_view"
    )]
    async fn view(
        &self,
        _staff: Staff,
        /// The number of the order, which `operator_order_list` gives as `order_id`.
        order_id: Path<i64>,
    ) -> Result<Answer<OperatorOrderFile>, Fault<ReadingOrder>> {
        let file = desk::file(&self.panel.db, OrderId(order_id.0)).await?;
        Ok(Answer(file.into()))
    }

    /// Set an order's start count
    ///
    /// Sets the count of the target before the delivery began. A start count that the provider reports during
    /// the delivery replaces it.
    #[oai(
        path = "/orders/:order_id/start-count",
        method = "put",
        operation_id = "operator_order_set_start_count"
    )]
    async fn set_start_count(
        &self,
        operator: Operator,
        /// The number of the order, which `operator_order_list` gives as `order_id`.
        order_id: Path<i64>,
        count: JsonBody<StartCount>,
    ) -> Result<Answer<OperatorOrder>, Fault<ChangingOrder>> {
        let (id, count) = (OrderId(order_id.0), count.0.start_count);
        orders::set_start_count(&self.panel, &operator.0, id, count).await?;
        Ok(Answer(self.one(id).await?))
    }

    /// Cancel an order for its customer
    ///
    /// Follows the same rules as the customer's own cancel: an order that was not sent ends at once with a
    /// full refund; for an order that was sent, the provider is asked to cancel it.
    #[oai(
        path = "/orders/:order_id/cancel",
        method = "post",
        operation_id = "operator_order_cancel"
    )]
    async fn cancel(
        &self,
        operator: Operator,
        /// The number of the order, which `operator_order_list` gives as `order_id`.
        order_id: Path<i64>,
        reason: JsonBody<ReasonGiven>,
    ) -> Result<Answer<OperatorOrder>, Fault<Canceling>> {
        let id = OrderId(order_id.0);
        orders::cancel_for_customer(&self.panel, &operator.0, id, &reason.0.reason).await?;
        Ok(Answer(self.one(id).await?))
    }

    /// End an order
    ///
    /// Ends any open order, even if its service does not allow its customers to cancel. Nothing more of it is
    /// sent, and units that were not sent count as undelivered. A dispatch that may be at its provider is not
    /// refunded while it may be delivered: the provider is asked to cancel it, and the order ends when all
    /// such dispatches have ended or were resolved. `remains` decides all of them at once.
    #[oai(
        path = "/orders/:order_id/end",
        method = "post",
        operation_id = "operator_order_end"
    )]
    async fn end(
        &self,
        operator: Operator,
        /// The number of the order, which `operator_order_list` gives as `order_id`.
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
    /// The partial refund of the order is not withheld when it ends, and the order can be refilled. A refund
    /// that was already withheld is paid now, once; the order as `/api/v2` shows it does not change.
    #[oai(
        path = "/orders/:order_id/lift-overlap",
        method = "post",
        operation_id = "operator_order_lift_overlap"
    )]
    async fn lift_overlap(
        &self,
        operator: Operator,
        /// The number of the order, which `operator_order_list` gives as `order_id`.
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
