//! What was counted of an order's target after its end.

use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use super::Tag;
use super::refusals::ReadingOrder;
use super::staff::Staff;
use crate::clock::Time;
use crate::http::typed::paging::{cut, limit_of, number_of, page};
use crate::http::typed::payload::Answer;
use crate::http::typed::problem::Fault;
use crate::ids::{CountCheckId, OrderId};
use crate::panel::Panel;
use crate::refills::{self, automatic::NotFiled};

/// Serves the reading of count checks.
pub(super) struct CountChecks {
    pub(super) panel: Panel,
}

/// One check of the count that the target of an order shows.
#[derive(Debug, Object, Serialize)]
struct CountCheck {
    /// The number of the count check, unique in this panel.
    count_check_id: i64,
    /// The number of the order whose target was checked.
    order_id: i64,
    /// When the count was checked, UTC.
    checked_at: Time,
    /// The count before the delivery began; absent if it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    start_count: Option<i64>,
    /// The number of units that were delivered.
    delivered: i64,
    /// The count that the target showed; absent if the count source was not asked or gave no count.
    #[serde(skip_serializing_if = "Option::is_none")]
    current_count: Option<i64>,
    /// Why the count source gave no count; absent if it gave one or was not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
    /// The number of units that were lost: `start_count + delivered - current_count`, at least 0. Absent if
    /// it cannot be computed.
    #[serde(skip_serializing_if = "Option::is_none")]
    dropped: Option<i64>,
    /// Why no refill was filed; absent if one was filed or `fault` is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_filed: Option<NotFiled>,
    /// The number of the refill that was filed; absent if none was.
    #[serde(skip_serializing_if = "Option::is_none")]
    refill_id: Option<i64>,
}

impl From<refills::CountCheck> for CountCheck {
    fn from(check: refills::CountCheck) -> CountCheck {
        CountCheck {
            count_check_id: check.id.0,
            order_id: check.order.0,
            checked_at: check.checked_at,
            start_count: check.start_count,
            delivered: check.delivered,
            current_count: check.current_count,
            fault: check.fault,
            dropped: check.dropped,
            not_filed: check.not_filed,
            refill_id: check.refill.map(|refill| refill.0),
        }
    }
}

/// One page of the list of count checks.
#[derive(Debug, Object, Serialize)]
struct CountCheckPage {
    /// The count checks of this page, oldest first.
    count_checks: Vec<CountCheck>,
    /// The `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Orders")]
impl CountChecks {
    /// List the count checks of an order
    ///
    /// For orders of a service with a count source: each check since the order ended, the count that it read,
    /// and the refill that was filed, or why none was.
    #[oai(
        path = "/orders/:order_id/count-checks",
        method = "get",
        operation_id = "count_check_list"
    )]
    async fn list(
        &self,
        _staff: Staff,
        /// The number of the order, which `operator_order_list` gives as `order_id`.
        order_id: Path<i64>,
        /// The `next_cursor` of the previous page; absent for the first page.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// The maximum number of count checks in a page, from 1 to 1000; 100 if it is absent.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<CountCheckPage>, Fault<ReadingOrder>> {
        let (order, limit) = (OrderId(order_id.0), limit_of(limit.0));
        let after = CountCheckId(number_of(cursor.0));
        let mut found = refills::checks(&self.panel.db, order, after, limit + 1).await?;
        let has_more = cut(&mut found, limit);
        let last = found.last().map(|check| check.id.to_string());
        Ok(Answer(CountCheckPage {
            count_checks: found.into_iter().map(CountCheck::from).collect(),
            next_cursor: last.filter(|_| has_more),
        }))
    }
}
