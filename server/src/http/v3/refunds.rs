//! Refunds: why money came back, how much, and by which numbers.

use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use super::Tag;
use super::api_key::{ApiKey, Reads};
use super::orders::{Listing, Reading, an_order};
use crate::clock::Time;
use crate::http::typed::paging::{cut, limit_of, number_of, page};
use crate::http::typed::payload::Answer;
use crate::http::typed::problem::Fault;
use crate::ids::{OrderId, RefundId};
use crate::money::Money;
use crate::orders::read;
use crate::orders::rules::RefundReason;
use crate::panel::Panel;
use crate::wallet::Destination;

/// Serves the reading of refunds.
pub(super) struct Refunds {
    pub(super) panel: Panel,
}

/// What an order gave back, or why it did not.
#[derive(Debug, Object, Serialize)]
pub(in crate::http) struct Refund {
    /// Its number; the feed goes by it.
    refund_id: i64,
    /// The order.
    order_id: i64,
    /// Why, for programs.
    reason: RefundReason,
    /// Why, for people.
    message: String,
    /// What the order was charged, in USD.
    charge: Money,
    /// Its undelivered units.
    remains: i64,
    /// All its units.
    total_quantity: i64,
    /// The formula with its numbers, such as `(400 / 1000) * 0.50`; of a dispute or a ticket,
    /// what was decided.
    formula: String,
    /// What that gives, in USD.
    formula_result: Money,
    /// What was returned, in USD: the formula's result, or 0 where it was withheld.
    amount: Money,
    /// Where it went: into your wallet, unless your account was suspended then.
    destination: Destination,
    /// The ledger transaction that returned it; absent for an amount of 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction_id: Option<i64>,
    /// When.
    created_at: Time,
}

impl From<read::Refund> for Refund {
    fn from(refund: read::Refund) -> Refund {
        Refund {
            refund_id: refund.id.0,
            order_id: refund.order.0,
            reason: refund.reason,
            message: refund.reason.sentence().to_owned(),
            charge: refund.charge,
            remains: refund.remains,
            total_quantity: refund.total_quantity,
            formula: refund.formula(),
            formula_result: refund.formula_result,
            amount: refund.amount,
            destination: refund.destination,
            transaction_id: refund.transaction.map(|transaction| transaction.0),
            created_at: refund.created_at,
        }
    }
}

/// The refunds of one order.
#[derive(Debug, Object, Serialize)]
struct OrderRefunds {
    /// Oldest first; none while the order is open, and none if it was completed.
    refunds: Vec<Refund>,
}

/// A page of the feed of refunds.
#[derive(Debug, Object, Serialize)]
struct RefundPage {
    /// Oldest first.
    refunds: Vec<Refund>,
    /// The `cursor` to go on with, now or later: it never misses a refund.
    next_cursor: String,
    /// Whether there were more when this page was read.
    has_more: bool,
}

#[OpenApi(prefix_path = "/api/v3", tag = "Tag::Refunds")]
impl Refunds {
    /// Read the refunds of an order
    #[oai(
        path = "/orders/:order_id/refunds",
        method = "get",
        operation_id = "order_refunds"
    )]
    async fn of_order(
        &self,
        key: ApiKey<Reads>,
        /// The order's number.
        #[oai(example = "an_order")]
        order_id: Path<i64>,
    ) -> Result<Answer<OrderRefunds>, Fault<Reading>> {
        let id = OrderId(order_id.0);
        let refunds = read::refunds_of(&self.panel.db, key.0.account, id).await?;
        Ok(Answer(OrderRefunds {
            refunds: refunds.into_iter().map(Refund::from).collect(),
        }))
    }

    /// Follow all refunds
    ///
    /// Every refund since a cursor, oldest first, withheld ones with amount 0 among them. Keep
    /// `next_cursor` and ask again from there, as often as you like: refunds are numbered in the
    /// sequence in which they were committed, so none is ever missed and none comes twice.
    #[oai(path = "/refunds", method = "get", operation_id = "refund_list")]
    async fn list(
        &self,
        key: ApiKey<Reads>,
        /// The `next_cursor` of the page before; without it, from the first refund on.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// Refunds per page.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<RefundPage>, Fault<Listing>> {
        let after = RefundId(number_of(cursor.0));
        let (db, limit) = (&self.panel.db, limit_of(limit.0));
        let mut refunds = read::refunds_since(db, key.0.account, after, limit + 1).await?;
        let has_more = cut(&mut refunds, limit);
        let last = refunds.last().map_or(after, |refund| refund.id);
        Ok(Answer(RefundPage {
            refunds: refunds.into_iter().map(Refund::from).collect(),
            next_cursor: last.to_string(),
            has_more,
        }))
    }
}
