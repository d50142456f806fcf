//! Refills: what has become of them.

use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use super::Tag;
use super::api_key::{ApiKey, Reads};
use super::orders::{Reading, a_completed_order};
use crate::clock::Time;
use crate::http::typed::code::Code;
use crate::http::typed::payload::Answer;
use crate::http::typed::problem::{Fault, Refusals};
use crate::ids::{OrderId, RefillId};
use crate::panel::Panel;
use crate::refills::{self, rules::RefillStatus};

/// Serves the reading of refills.
pub(super) struct Refills {
    pub(super) panel: Panel,
}

/// A refill, which delivers again what dropped after an order had ended.
#[derive(Debug, Object, Serialize)]
pub(in crate::http) struct Refill {
    /// The number that the refill has.
    refill_id: i64,
    /// The number of the order that is refilled.
    order_id: i64,
    /// The status that the refill has now.
    status: RefillStatus,
    /// When the refill was requested, UTC.
    created_at: Time,
    /// When the refill ended, UTC; absent until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Time>,
    /// Whether the panel requested the refill by itself because it counted a drop; false if somebody
    /// requested it.
    automatic: bool,
}

impl From<refills::Refill> for Refill {
    fn from(refill: refills::Refill) -> Refill {
        Refill {
            refill_id: refill.id.0,
            order_id: refill.order.0,
            status: refill.status,
            created_at: refill.created_at,
            ended_at: refill.ended_at,
            automatic: refill.automatic,
        }
    }
}

/// The refills that one order has.
#[derive(Debug, Object, Serialize)]
struct OrderRefills {
    /// The refills, oldest first; empty if none was requested.
    refills: Vec<Refill>,
}

struct ReadingRefill;

impl Refusals for ReadingRefill {
    const CODES: &'static [Code] = &[Code::RefillUnknown];
}

#[OpenApi(prefix_path = "/api/v3", tag = "Tag::Orders")]
impl Refills {
    /// Read a refill
    #[oai(
        path = "/refills/:refill_id",
        method = "get",
        operation_id = "refill_view"
    )]
    async fn view(
        &self,
        key: ApiKey<Reads>,
        /// The number of the refill, which `order_refill` and `order_refills` return.
        #[oai(example = "a_refill")]
        refill_id: Path<i64>,
    ) -> Result<Answer<Refill>, Fault<ReadingRefill>> {
        let id = RefillId(refill_id.0);
        let refill = refills::read(&self.panel.db, key.0.account, id).await?;
        Ok(Answer(refill.into()))
    }

    /// List the refills of an order
    #[oai(
        path = "/orders/:order_id/refills",
        method = "get",
        operation_id = "order_refills"
    )]
    async fn of_order(
        &self,
        key: ApiKey<Reads>,
        /// The number of the order, which `order_place` and `order_list` return.
        #[oai(example = "a_completed_order")]
        order_id: Path<i64>,
    ) -> Result<Answer<OrderRefills>, Fault<Reading>> {
        let id = OrderId(order_id.0);
        let refills = refills::of_order(&self.panel.db, key.0.account, id).await?;
        Ok(Answer(OrderRefills {
            refills: refills.into_iter().map(Refill::from).collect(),
        }))
    }
}

/// The refill of the demo.
fn a_refill() -> i64 {
    1
}
