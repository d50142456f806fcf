//! The statements that lift overlap marks and pay what they withheld.

use sea_orm::ActiveValue::Set;

use crate::clock::Time;
use crate::db::{Tx, execute, insert_all, query, reserve_ids};
use crate::entity::{order, refund};
use crate::error::Result;
use crate::ids::{OrderId, RefundId, TransactionId};
use crate::money::Money;
use crate::orders::rules::RefundReason;
use crate::wallet::Destination;

/// Lifts the marks of an order; gives the orders that they named, none if there was no mark.
pub(in crate::orders) async fn lift(tx: &Tx, now: Time, id: OrderId) -> Result<Vec<OrderId>> {
    let sql = "UPDATE order_overlaps SET lifted_at_ms = $1 WHERE order_id = $2 \
               AND lifted_at_ms IS NULL RETURNING other_id";
    let rows = query(tx, sql, [now.into(), id.into()]).await?;
    let others = rows.iter().map(|row| row.try_get_by_index(0));
    Ok(others.collect::<std::result::Result<_, _>>()?)
}

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

pub(in crate::orders) async fn insert_refund(
    tx: &Tx,
    now: Time,
    order: &order::Model,
    id: RefundId,
    formula: Money,
    amount: Money,
    transaction: TransactionId,
) -> Result<()> {
    let row = refund::ActiveModel {
        id: Set(id),
        order_id: Set(order.id),
        account_id: Set(order.account_id),
        reason: Set(RefundReason::OverlapLifted),
        charge_nano: Set(order.charge_nano),
        remains: Set(order.remains),
        quantity: Set(order.quantity),
        formula_nano: Set(formula),
        amount_nano: Set(amount),
        destination: Set(Destination::Wallet),
        ledger_transaction_id: Set(Some(transaction)),
        created_at_ms: Set(now),
    };
    insert_all(tx, vec![row]).await?;
    Ok(())
}
