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

/// A look at the count of an order's target.
#[derive(Debug, Object, Serialize)]
struct CountCheck {
    /// Its number.
    count_check_id: i64,
    /// The order.
    order_id: i64,
    /// When.
    checked_at: Time,
    /// The count before delivery began; absent where nobody said one.
    #[serde(skip_serializing_if = "Option::is_none")]
    start_count: Option<i64>,
    /// How much was delivered.
    delivered: i64,
    /// What the target showed; absent if nobody was asked, or there was a fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    current_count: Option<i64>,
    /// What came instead of a count.
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
    /// How much fell away: start_count + delivered - current_count, or 0 where there is more.
    #[serde(skip_serializing_if = "Option::is_none")]
    dropped: Option<i64>,
    /// Why no refill was filed.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_filed: Option<NotFiled>,
    /// The refill that was filed.
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

/// A page of count checks.
#[derive(Debug, Object, Serialize)]
struct CountCheckPage {
    /// Oldest first.
    count_checks: Vec<CountCheck>,
    /// The `cursor` of the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Orders")]
impl CountChecks {
    /// List what was counted of an order's target
    ///
    /// Where the order's service has a count source: every look since the order's end, what was
    /// counted, and the refill that was filed, or why none was.
    #[oai(
        path = "/orders/:order_id/count-checks",
        method = "get",
        operation_id = "count_check_list"
    )]
    async fn list(
        &self,
        _staff: Staff,
        /// The order's number.
        order_id: Path<i64>,
        /// The `next_cursor` of the page before.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// Looks per page.
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
