//! Orders that are delivered by hand, because their service has no provider.

use poem_openapi::param::{Path, Query};
use poem_openapi::{Enum, Object, OpenApi};
use serde::{Deserialize, Serialize};

use super::Tag;
use super::order::OperatorOrder;
use super::refusals::{ChangingOrder, EndingRefill, Listing};
use super::staff::{Operator, Staff};
use crate::clock::Time;
use crate::error::Refusal;
use crate::http::typed::paging::{cut, limit_of, number_of, page, period};
use crate::http::typed::payload::{Answer, JsonBody};
use crate::http::typed::problem::Fault;
use crate::http::v3::refills::Refill;
use crate::ids::{OrderId, RefillId, ServiceId};
use crate::orders::desk;
use crate::orders::{self, ByHand};
use crate::panel::Panel;
use crate::refills;

/// Serves the orders that are delivered by hand.
pub(super) struct Manual {
    pub(super) panel: Panel,
}

/// One page of the list of orders that are delivered by hand.
#[derive(Debug, Object, Serialize)]
struct ManualOrderPage {
    /// The orders of this page, oldest first.
    orders: Vec<OperatorOrder>,
    /// The `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// The progress of an order that is delivered by hand. `in_progress`: the delivery has begun. `completed`:
/// delivered; final. `partial`: ended with `remains` undelivered, which are refunded; final. `canceled`:
/// ended without delivery, with a full refund; final.
#[derive(Debug, Clone, Copy, Enum, Deserialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
enum ManualStatus {
    /// The order is being delivered.
    InProgress,
    /// The order was delivered completely.
    Completed,
    /// The order ended with undelivered units.
    Partial,
    /// The order ended without delivery.
    Canceled,
}

/// The progress of an order that is delivered by hand.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct ManualProgress {
    /// The status to set: `in_progress`, `completed`, `partial` or `canceled`.
    status: ManualStatus,
    /// The number of undelivered units, from 0 to the order's total quantity. Required with `partial`;
    /// optional with `in_progress`, where it stays as it is if it is absent; not allowed with `completed` and
    /// `canceled`.
    remains: Option<i64>,
    /// The count of the target before the delivery began, zero or more.
    start_count: Option<i64>,
    /// The reason, for the audit log: 1 to 1000 printable characters.
    reason: Option<String>,
}

/// One page of the list of refills that are delivered by hand.
#[derive(Debug, Object, Serialize)]
struct ManualRefillPage {
    /// The refills of this page, oldest first.
    refills: Vec<Refill>,
    /// The `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// The end of a refill that is delivered by hand.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct ManualRefillEnd {
    /// Whether the refill was delivered; if `false`, it is rejected.
    done: bool,
    /// The reason, for the audit log: 1 to 1000 printable characters.
    reason: String,
}

impl ManualProgress {
    fn by_hand(&self) -> Result<ByHand, Refusal> {
        let invalid = |expected| Refusal::FieldInvalid {
            field: "remains",
            expected,
        };
        match (self.status, self.remains) {
            (ManualStatus::InProgress, remains) => Ok(ByHand::InProgress(remains)),
            (ManualStatus::Partial, Some(remains)) => Ok(ByHand::Partial(remains)),
            (ManualStatus::Partial, None) => Err(invalid("given with partial")),
            (ManualStatus::Completed, None) => Ok(ByHand::Completed),
            (ManualStatus::Canceled, None) => Ok(ByHand::Canceled),
            (ManualStatus::Completed | ManualStatus::Canceled, Some(_)) => {
                Err(invalid("absent with completed and canceled: it follows"))
            }
        }
    }
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Orders")]
impl Manual {
    /// List the orders to deliver by hand
    ///
    /// Open orders of services without a provider, oldest first. If `cancel_requested_at` is given, the
    /// customer wants an order canceled whose delivery has begun.
    #[oai(
        path = "/manual-orders",
        method = "get",
        operation_id = "manual_order_list"
    )]
    async fn list(
        &self,
        _staff: Staff,
        /// Lists only orders of the service of this number.
        service_id: Query<Option<i64>>,
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
    ) -> Result<Answer<ManualOrderPage>, Fault<Listing>> {
        let (after, limit) = (OrderId(number_of(cursor.0)), limit_of(limit.0));
        let (db, service) = (&self.panel.db, service_id.0.map(ServiceId));
        let placed = period(created_from, created_before);
        let mut found = desk::manual(db, service, placed, after, limit + 1).await?;
        let has_more = cut(&mut found, limit);
        let last = found.last().map(|listed| listed.order.id.to_string());
        Ok(Answer(ManualOrderPage {
            orders: found.into_iter().map(OperatorOrder::from).collect(),
            next_cursor: last.filter(|_| has_more),
        }))
    }

    /// Set the progress of an order delivered by hand
    ///
    /// An order that ends is settled at once: `partial` refunds `(remains / total_quantity) * charge`,
    /// `canceled` refunds the whole charge, `completed` refunds nothing. An order that has ended never
    /// changes.
    #[oai(
        path = "/manual-orders/:order_id/progress",
        method = "post",
        operation_id = "manual_order_progress"
    )]
    async fn progress(
        &self,
        operator: Operator,
        /// The number of the order, which `manual_order_list` gives as `order_id`.
        order_id: Path<i64>,
        progress: JsonBody<ManualProgress>,
    ) -> Result<Answer<OperatorOrder>, Fault<ChangingOrder>> {
        let (id, said) = (OrderId(order_id.0), progress.0.by_hand()?);
        let ManualProgress {
            start_count,
            reason,
            ..
        } = progress.0;
        let (panel, reason) = (&self.panel, reason.as_deref());
        orders::progress(panel, &operator.0, id, said, start_count, reason).await?;
        Ok(Answer(desk::view(&panel.db, id).await?.into()))
    }

    /// List the refills to deliver by hand
    ///
    /// Open refills of orders that were delivered without a provider, oldest first.
    #[oai(
        path = "/manual-refills",
        method = "get",
        operation_id = "manual_refill_list"
    )]
    async fn list_refills(
        &self,
        _staff: Staff,
        /// Lists only refills that were requested at this time or later, UTC.
        created_from: Query<Option<Time>>,
        /// Lists only refills that were requested before this time, UTC.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the previous page; absent for the first page.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// The maximum number of refills in a page, from 1 to 1000; 100 if it is absent.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<ManualRefillPage>, Fault<Listing>> {
        let (after, limit) = (RefillId(number_of(cursor.0)), limit_of(limit.0));
        let created = period(created_from, created_before);
        let mut found = refills::manual(&self.panel.db, created, after, limit + 1).await?;
        let has_more = cut(&mut found, limit);
        let last = found.last().map(|refill| refill.id.to_string());
        Ok(Answer(ManualRefillPage {
            refills: found.into_iter().map(Refill::from).collect(),
            next_cursor: last.filter(|_| has_more),
        }))
    }

    /// End a refill that is delivered by hand
    ///
    /// It moves no money. A refill that has ended never changes.
    #[oai(
        path = "/manual-refills/:refill_id/end",
        method = "post",
        operation_id = "manual_refill_end"
    )]
    async fn end_refill(
        &self,
        operator: Operator,
        /// The number of the refill, which `manual_refill_list` gives as `refill_id`.
        refill_id: Path<i64>,
        end: JsonBody<ManualRefillEnd>,
    ) -> Result<Answer<Refill>, Fault<EndingRefill>> {
        let ManualRefillEnd { done, reason } = end.0;
        let id = RefillId(refill_id.0);
        let refill = refills::end(&self.panel, &operator.0, id, done, &reason).await?;
        Ok(Answer(refill.into()))
    }
}
