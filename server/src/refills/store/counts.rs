//! The statements on `count_checks`.

use sea_orm::{ConnectionTrait, QueryResult};

use crate::db::{Tx, execute, query};
use crate::error::Result;
use crate::ids::{CountCheckId, OrderId};
use crate::refills::counted::{CountCheck, Seen};

pub(in crate::refills) async fn insert(tx: &Tx, seen: Seen) -> Result<()> {
    let sql = "INSERT INTO count_checks (order_id, checked_at_ms, start_count, delivered, \
               current_count, fault, dropped, not_filed, refill_id) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = [
        seen.order.into(),
        seen.at.into(),
        seen.start_count.into(),
        seen.delivered.into(),
        seen.count.into(),
        seen.fault.into(),
        seen.dropped.into(),
        seen.not_filed.into(),
        seen.refill.into(),
    ];
    execute(tx, sql, values).await?;
    Ok(())
}

/// The looks at an order's target from behind `after`, oldest first.
pub(in crate::refills) async fn of_order(
    on: &impl ConnectionTrait,
    order: OrderId,
    after: CountCheckId,
    limit: usize,
) -> Result<Vec<CountCheck>> {
    let sql = "SELECT id, order_id, checked_at_ms, start_count, delivered, current_count, fault, \
               dropped, not_filed, refill_id FROM count_checks WHERE order_id = $1 AND id > $2 \
               ORDER BY id LIMIT $3";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = query(on, sql, [order.into(), after.into(), limit.into()]).await?;
    let read = |row: &QueryResult| {
        Ok(CountCheck {
            id: row.try_get_by_index(0)?,
            order: row.try_get_by_index(1)?,
            checked_at: row.try_get_by_index(2)?,
            start_count: row.try_get_by_index(3)?,
            delivered: row.try_get_by_index(4)?,
            current_count: row.try_get_by_index(5)?,
            fault: row.try_get_by_index(6)?,
            dropped: row.try_get_by_index(7)?,
            not_filed: row.try_get_by_index(8)?,
            refill: row.try_get_by_index(9)?,
        })
    };
    rows.iter().map(read).collect()
}
