//! The statements on runs that wait for a person's review. Their conditions are spelled as that of their
//! index: SQLite looks no further.

use std::ops::RangeInclusive;

use sea_orm::ConnectionTrait;

use crate::clock::Time;
use crate::db::{PIECE, Tx, execute, query, skip_locked};
use crate::error::Result;
use crate::ids::{AccountId, OrderId};
use crate::orders::held::Held;

pub(in crate::orders) async fn of_account(
    on: &impl ConnectionTrait,
    account: AccountId,
) -> Result<Held> {
    let sql = "SELECT COUNT(*), CAST(COALESCE(SUM(o.charge_nano), 0) AS BIGINT) FROM orders o \
               WHERE o.account_id = $1 AND o.id IN \
               (SELECT d.order_id FROM dispatches d WHERE d.state = 'held')";
    let rows = query(on, sql, [account.into()]).await?;
    let Some(row) = rows.first() else {
        return Ok(Held::default());
    };
    Ok(Held {
        orders: row.try_get_by_index(0)?,
        value: row.try_get_by_index(1)?,
    })
}

/// Held runs of accounts that are not held.
const FREE: &str = "SELECT d.id FROM dispatches d WHERE d.state = 'held' AND \
     (SELECT a.held_at_ms FROM orders o JOIN accounts a ON a.id = o.account_id \
     WHERE o.id = d.order_id) IS NULL ";

/// Whether a held run is free to go.
pub(in crate::orders) async fn is_any_free(on: &impl ConnectionTrait) -> Result<bool> {
    let rows = query(on, &[FREE, "LIMIT 1"].concat(), []).await?;
    Ok(!rows.is_empty())
}

/// Queues a piece of the held runs that are free to go; those that another transaction holds are left
/// out. Gives how many there were.
pub(in crate::orders) async fn release(tx: &Tx, now: Time) -> Result<usize> {
    let sql = [
        "UPDATE dispatches SET state = 'queued', queued_at_ms = $1, due_at_ms = $1 WHERE id IN (",
        FREE,
        "ORDER BY d.id LIMIT $2",
        skip_locked(tx),
        ")",
    ]
    .concat();
    let piece = i64::try_from(PIECE).unwrap_or(i64::MAX);
    let released = execute(tx, &sql, [now.into(), piece.into()]).await?;
    Ok(usize::try_from(released).unwrap_or(usize::MAX))
}

/// The newest order of `account`; 0 if it has none.
pub(in crate::orders) async fn last(
    on: &impl ConnectionTrait,
    account: AccountId,
) -> Result<OrderId> {
    let sql = "SELECT id FROM orders WHERE account_id = $1 ORDER BY created_at_ms DESC, id DESC \
               LIMIT 1";
    let rows = query(on, sql, [account.into()]).await?;
    let id = rows.first().map(|row| row.try_get_by_index(0));
    Ok(id.transpose()?.unwrap_or_default())
}

/// The orders of `account` that wait, above the first number and up to the last, lowest first.
pub(in crate::orders) async fn held_orders(
    tx: &Tx,
    account: AccountId,
    numbers: RangeInclusive<OrderId>,
    limit: usize,
) -> Result<Vec<OrderId>> {
    let sql = "SELECT o.id FROM orders o WHERE o.id IN (SELECT d.order_id FROM dispatches d \
               WHERE d.state = 'held' AND d.order_id > $2 AND d.order_id <= $3) \
               AND o.account_id = $1 ORDER BY o.id LIMIT $4";
    let values = [
        account.into(),
        (*numbers.start()).into(),
        (*numbers.end()).into(),
        i64::try_from(limit).unwrap_or(i64::MAX).into(),
    ];
    let rows = query(tx, sql, values).await?;
    let read = |row: &sea_orm::QueryResult| Ok(row.try_get_by_index(0)?);
    rows.iter().map(read).collect()
}
