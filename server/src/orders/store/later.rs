//! The statements that pay refunds which a person decided.

use sea_orm::ActiveValue::Set;

use crate::clock::Time;
use crate::db::{Tx, execute, insert_all, reserve_ids};
use crate::entity::{order, refund};
use crate::error::Result;
use crate::ids::{OrderId, RefundId, TransactionId};
use crate::money::Money;
use crate::orders::rules::RefundReason;
use crate::wallet::Destination;

/// Adds to what an order gave back, if that stays within its charge; gives whether it does.
pub(in crate::orders) async fn raise_refunded(tx: &Tx, id: OrderId, amount: Money) -> Result<bool> {
    let sql = "UPDATE orders SET refunded_nano = refunded_nano + $1 WHERE id = $2 \
               AND settled_at_ms IS NOT NULL AND refunded_nano + $1 <= charge_nano";
    Ok(execute(tx, sql, [amount.into(), id.into()]).await? == 1)
}

/// The next refund's number.
pub(in crate::orders) async fn reserve_refund(tx: &Tx) -> Result<RefundId> {
    Ok(RefundId(reserve_ids(tx, "refunds", 1).await?))
}

/// A refund that was decided and paid.
pub(in crate::orders) struct Decided {
    pub(in crate::orders) id: RefundId,
    pub(in crate::orders) reason: RefundReason,
    pub(in crate::orders) formula: Money,
    pub(in crate::orders) amount: Money,
    pub(in crate::orders) transaction: TransactionId,
}

pub(in crate::orders) async fn insert_refund(
    tx: &Tx,
    now: Time,
    order: &order::Model,
    decided: Decided,
) -> Result<()> {
    let row = refund::ActiveModel {
        id: Set(decided.id),
        order_id: Set(order.id),
        account_id: Set(order.account_id),
        reason: Set(decided.reason),
        charge_nano: Set(order.charge_nano),
        remains: Set(order.remains),
        quantity: Set(order.quantity),
        formula_nano: Set(decided.formula),
        amount_nano: Set(decided.amount),
        destination: Set(Destination::Wallet),
        ledger_transaction_id: Set(Some(decided.transaction)),
        created_at_ms: Set(now),
    };
    insert_all(tx, vec![row]).await?;
    Ok(())
}
