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

/// A refund of an order, or the record that a refund was withheld.
#[derive(Debug, Object, Serialize)]
pub(in crate::http) struct Refund {
    /// The number that the refund has; later refunds have higher numbers.
    refund_id: i64,
    /// The number of the order that the refund is about.
    order_id: i64,
    /// Why the amount was refunded or withheld, for programs.
    reason: RefundReason,
    /// Why the amount was refunded or withheld, for people; the wording may change.
    message: String,
    /// What the order was charged, in USD.
    charge: Money,
    /// How many units of the order were not delivered.
    remains: i64,
    /// How many units were ordered, all runs of a drip-feed together.
    total_quantity: i64,
    /// The formula with its numbers, such as `(400 / 1000) * 0.50`; for a dispute or a ticket, the
    /// amount that was decided, such as `0.20 as decided`.
    formula: String,
    /// What the formula gives, in USD.
    formula_result: Money,
    /// What was refunded, in USD: the result of the formula, or 0 where the refund was withheld.
    amount: Money,
    /// Where the amount went: into the wallet, unless the account was suspended then.
    destination: Destination,
    /// The number of the ledger transaction that made the refund; absent for an amount of 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction_id: Option<i64>,
    /// When the refund was made or withheld, UTC.
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

/// The refunds that one order has.
#[derive(Debug, Object, Serialize)]
struct OrderRefunds {
    /// The refunds, oldest first; empty as long as nothing was refunded or withheld.
    refunds: Vec<Refund>,
}

/// One page of the refunds that your orders have.
#[derive(Debug, Object, Serialize)]
struct RefundPage {
    /// The refunds that the page has, oldest first.
    refunds: Vec<Refund>,
    /// Pass this as `cursor` to get the refunds that follow, now or later: no refund is missed.
    next_cursor: String,
    /// Whether more refunds followed when this page was read.
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
        /// The number of the order, which `order_place` and `order_list` return.
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
    /// Gives every refund since a cursor, oldest first; withheld refunds are included, with amount 0.
    /// Keep `next_cursor` and go on from there as often as you like: refunds are numbered in the
    /// sequence in which they were committed, so none is ever missed and none comes twice.
    #[oai(path = "/refunds", method = "get", operation_id = "refund_list")]
    async fn list(
        &self,
        key: ApiKey<Reads>,
        /// Pass the `next_cursor` of an earlier page to get the refunds that follow it; without it,
        /// the list begins with the first one.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// A page has at most this many refunds: 1 to 1000, by default 100.
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
