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

/// A page of orders that are delivered by hand.
#[derive(Debug, Object, Serialize)]
struct ManualOrderPage {
    /// Oldest first.
    orders: Vec<OperatorOrder>,
    /// The `cursor` of the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// How far an order is that is delivered by hand. `in_progress`: being delivered. `completed`:
/// delivered; final. `partial`: ended with `remains` undelivered, which are refunded; final.
/// `canceled`: ended without delivery, refunded whole; final.
#[derive(Debug, Clone, Copy, Enum, Deserialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
enum ManualStatus {
    /// It is being delivered.
    InProgress,
    /// It was delivered.
    Completed,
    /// It ended with units undelivered.
    Partial,
    /// It ended without delivery.
    Canceled,
}

/// What is written of an order that is delivered by hand.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct ManualProgress {
    /// How far it is.
    status: ManualStatus,
    /// Undelivered units, 0 to the order's total quantity. Needed with `partial`; as before, if it is
    /// absent with `in_progress`; not taken with the others.
    remains: Option<i64>,
    /// What was counted before delivery began: zero or more.
    start_count: Option<i64>,
    /// Why, for the audit log: 1 to 1000 printable characters.
    reason: Option<String>,
}

/// A page of refills that are done by hand.
#[derive(Debug, Object, Serialize)]
struct ManualRefillPage {
    /// Oldest first.
    refills: Vec<Refill>,
    /// The `cursor` of the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// How a refill that is done by hand ends.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct ManualRefillEnd {
    /// Whether it was done; else it is rejected.
    done: bool,
    /// Why, for the audit log: 1 to 1000 printable characters.
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
    /// List the work that is to be done by hand
    ///
    /// Open orders of services without a provider, oldest first. `cancel_requested_at` says that the
    /// customer does not want what was begun any more.
    #[oai(
        path = "/manual-orders",
        method = "get",
        operation_id = "manual_order_list"
    )]
    async fn list(
        &self,
        _staff: Staff,
        /// Only orders of this service.
        service_id: Query<Option<i64>>,
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

    /// Write how far an order is that is delivered by hand
    ///
    /// An end is settled at once: `partial` refunds (remains / total_quantity) * charge, `canceled`
    /// the whole charge, `completed` nothing. An order that has ended never changes.
    #[oai(
        path = "/manual-orders/:order_id/progress",
        method = "post",
        operation_id = "manual_order_progress"
    )]
    async fn progress(
        &self,
        operator: Operator,
        /// The order's number.
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

    /// List the refills that are to be done by hand
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
        /// Only refills that were asked for at this time or later.
        created_from: Query<Option<Time>>,
        /// Only refills that were asked for before this time.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the page before.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// Refills per page.
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

    /// End a refill that is done by hand
    ///
    /// Money never moves by it. A refill that has ended never changes.
    #[oai(
        path = "/manual-refills/:refill_id/end",
        method = "post",
        operation_id = "manual_refill_end"
    )]
    async fn end_refill(
        &self,
        operator: Operator,
        /// The refill's number.
        refill_id: Path<i64>,
        end: JsonBody<ManualRefillEnd>,
    ) -> Result<Answer<Refill>, Fault<EndingRefill>> {
        let ManualRefillEnd { done, reason } = end.0;
        let id = RefillId(refill_id.0);
        let refill = refills::end(&self.panel, &operator.0, id, done, &reason).await?;
        Ok(Answer(refill.into()))
    }
}
