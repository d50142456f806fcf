//! The statement that lifts overlap marks.

use crate::clock::Time;
use crate::db::{Tx, query};
use crate::error::Result;
use crate::ids::OrderId;

/// Lifts the marks of an order; gives the orders that they named, none if there was no mark.
pub(in crate::orders) async fn lift(tx: &Tx, now: Time, id: OrderId) -> Result<Vec<OrderId>> {
    let sql = "UPDATE order_overlaps SET lifted_at_ms = $1 WHERE order_id = $2 \
               AND lifted_at_ms IS NULL RETURNING other_id";
    let rows = query(tx, sql, [now.into(), id.into()]).await?;
    let others = rows.iter().map(|row| row.try_get_by_index(0));
    Ok(others.collect::<std::result::Result<_, _>>()?)
}
