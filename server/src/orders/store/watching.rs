//! The statements on `count_watches`.

use sea_orm::{ConnectionTrait, QueryResult, Value};

use super::endings::Ending;
use crate::clock::Time;
use crate::db::{Rows, Tx, execute, locked, query, skip_locked};
use crate::error::Result;
use crate::ids::OrderId;
use crate::orders::rules::{Guarantee, OrderStatus};
use crate::orders::watching::Watched;

/// Watches those of `endings` that were delivered under a guarantee and whose service has a count
/// source that is used. They are due at once, which is too early, and then when a refill may be filed.
pub(in crate::orders) async fn begin(tx: &Tx, now: Time, endings: &[Ending]) -> Result<()> {
    let delivered = endings
        .iter()
        .filter(|ending| ending.order.refill)
        .filter(|ending| {
            let settled = ending.settlement;
            matches!(
                settled.status,
                OrderStatus::Completed | OrderStatus::Partial
            ) && settled.remains < ending.order.quantity
        });
    let delivered: Vec<Value> = delivered.map(|ending| ending.order.id.into()).collect();
    if delivered.is_empty() {
        return Ok(());
    }
    let among = Rows::is_in(tx, 1, delivered);
    let sql = [
        "INSERT INTO count_watches (order_id, due_at_ms, faults_in_a_row) \
         SELECT o.id, $1, 0 FROM orders o JOIN services s ON s.id = o.service_id \
         WHERE s.count_source IS NOT NULL AND s.refill_automatically AND o.id",
        &among.text,
    ]
    .concat();
    execute(tx, &sql, std::iter::once(now.into()).chain(among.values)).await?;
    Ok(())
}

pub(in crate::orders) async fn is_due(on: &impl ConnectionTrait, now: Time) -> Result<bool> {
    let sql = "SELECT order_id FROM count_watches WHERE due_at_ms <= $1 LIMIT 1";
    Ok(!query(on, sql, [now.into()]).await?.is_empty())
}

/// Leases what is due, the longest first; what another server takes up is skipped.
pub(in crate::orders) async fn take(
    tx: &Tx,
    now: Time,
    lease: Time,
    most: usize,
) -> Result<Vec<OrderId>> {
    let sql = [
        "UPDATE count_watches SET due_at_ms = $1 WHERE order_id IN \
         (SELECT order_id FROM count_watches WHERE due_at_ms <= $2 \
         ORDER BY due_at_ms, order_id LIMIT $3",
        skip_locked(tx),
        ") RETURNING order_id",
    ]
    .concat();
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = query(tx, &sql, [lease.into(), now.into(), most.into()]).await?;
    rows.iter()
        .map(|row| Ok(row.try_get_by_index(0)?))
        .collect()
}

/// Locks a watch; gives whether it is under this lease.
pub(in crate::orders) async fn hold(tx: &Tx, id: OrderId, lease: Time) -> Result<bool> {
    let sql = [
        "SELECT order_id FROM count_watches WHERE order_id = $1 AND due_at_ms = $2",
        locked(tx),
    ]
    .concat();
    Ok(!query(tx, &sql, [id.into(), lease.into()]).await?.is_empty())
}

/// What is known of watched orders. A later order that ended did so after this one was placed: it is
/// found among those that ended on the target since.
pub(in crate::orders) async fn facts(tx: &Tx, ids: &[OrderId]) -> Result<Vec<Watched>> {
    let among = Rows::is_in(tx, 0, ids.iter().map(|&id| id.into()));
    let sql = [
        "SELECT o.id, o.account_id, o.service_id, o.link, o.start_count, o.refill, o.refill_days, \
         o.status, o.quantity, o.remains, o.settled_at_ms, \
         EXISTS (SELECT 1 FROM order_overlaps v WHERE v.order_id = o.id \
         AND v.lifted_at_ms IS NULL), \
         EXISTS (SELECT 1 FROM orders l WHERE l.overlap_key = o.overlap_key \
         AND l.settled_at_ms >= o.created_at_ms AND l.id > o.id \
         AND l.status IN ('completed', 'partial')), \
         EXISTS (SELECT 1 FROM orders l WHERE l.overlap_key = o.overlap_key \
         AND l.settled_at_ms IS NULL AND l.id > o.id), \
         s.count_source, s.drop_tolerance_hundredths, s.refill_automatically, \
         a.automatic_refills, a.suspended_at_ms IS NOT NULL, w.faults_in_a_row \
         FROM count_watches w JOIN orders o ON o.id = w.order_id \
         JOIN services s ON s.id = o.service_id JOIN accounts a ON a.id = o.account_id \
         WHERE w.order_id",
        &among.text,
        " ORDER BY o.id",
    ]
    .concat();
    let rows = query(tx, &sql, among.values).await?;
    rows.iter().map(read).collect()
}

fn read(row: &QueryResult) -> Result<Watched> {
    let (quantity, remains): (i64, i64) = (row.try_get_by_index(8)?, row.try_get_by_index(9)?);
    Ok(Watched {
        order: row.try_get_by_index(0)?,
        account: row.try_get_by_index(1)?,
        service: row.try_get_by_index(2)?,
        link: row.try_get_by_index(3)?,
        start_count: row.try_get_by_index(4)?,
        guarantee: Guarantee {
            refill: row.try_get_by_index(5)?,
            days: row.try_get_by_index(6)?,
            status: row.try_get_by_index(7)?,
            delivered: quantity.saturating_sub(remains.max(0)),
            settled_at: row.try_get_by_index(10)?,
        },
        overlapping: row.try_get_by_index(11)?,
        later_delivered: row.try_get_by_index(12)?,
        later_active: row.try_get_by_index(13)?,
        source: row.try_get_by_index(14)?,
        tolerance_hundredths: row.try_get_by_index(15)?,
        service_refills: row.try_get_by_index(16)?,
        account_wants: row.try_get_by_index(17)?,
        is_suspended: row.try_get_by_index(18)?,
        faults_in_a_row: row.try_get_by_index(19)?,
    })
}

pub(in crate::orders) async fn next(
    tx: &Tx,
    id: OrderId,
    next: Option<Time>,
    faults_in_a_row: i64,
) -> Result<()> {
    match next {
        Some(due) => {
            let sql = "UPDATE count_watches SET due_at_ms = $1, faults_in_a_row = $2 \
                       WHERE order_id = $3";
            execute(tx, sql, [due.into(), faults_in_a_row.into(), id.into()]).await?;
        }
        None => {
            let sql = "DELETE FROM count_watches WHERE order_id = $1";
            execute(tx, sql, [id.into()]).await?;
        }
    }
    Ok(())
}
