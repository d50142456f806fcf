//! The transactions that moved the money of one order: what was charged, settled and refunded.

use sea_orm::ConnectionTrait;

use super::{ORDER_PLACED, ORDER_REFUND, ORDER_SETTLED, store};
use crate::clock::Time;
use crate::error::Result;
use crate::ids::{OrderId, RefundId, TransactionId};
use crate::money::Money;

/// A transaction of the ledger with all that it moved.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    /// Its number.
    pub(crate) id: TransactionId,
    /// What kind of event moved the money.
    pub(crate) kind: String,
    /// The cause, such as `order:17`.
    pub(crate) reference: String,
    /// When.
    pub(crate) created_at: Time,
    /// What left and arrived where.
    pub(crate) entries: Vec<Movement>,
}

/// One entry of a transaction.
#[derive(Debug, Clone)]
pub(crate) struct Movement {
    /// The account of the ledger, such as `wallet:3`.
    pub(crate) account: String,
    /// `debit`, what left, or `credit`, what arrived.
    pub(crate) side: String,
    /// How much.
    pub(crate) amount: Money,
}

/// Every transaction that moved the money of an order, which has had these refunds, oldest first.
pub(crate) async fn transactions_of(
    on: &impl ConnectionTrait,
    order: OrderId,
    refunds: &[RefundId],
) -> Result<Vec<Recorded>> {
    let named = [ORDER_PLACED, ORDER_SETTLED].map(|kind| (kind, format!("order:{order}")));
    let later = refunds
        .iter()
        .map(|refund| (ORDER_REFUND, format!("refund:{refund}")));
    let mut found = Vec::new();
    for (kind, reference) in named.into_iter().chain(later) {
        found.extend(store::recorded(on, kind, &reference).await?);
    }
    found.sort_by_key(|recorded| recorded.id);
    Ok(found)
}
