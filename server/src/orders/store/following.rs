//! The statements on runs that are followed, but for those that [write](super::writes) them.

use sea_orm::QueryResult;

use crate::clock::Time;
use crate::db::{Db, Tx, query, skip_locked};
use crate::error::Result;
use crate::ids::{DispatchId, OrderId, ProviderId};

/// An accepted run that its provider is to be asked about: what of it asking needs. Whole rows are wide,
/// and every open order is asked about again and again.
pub(in crate::orders) struct DueToPoll {
    pub(in crate::orders) id: DispatchId,
    pub(in crate::orders) order_id: OrderId,
    pub(in crate::orders) provider_order: Option<String>,
    pub(in crate::orders) accepted_at_ms: Option<Time>,
    /// Whether an end was reported that waits to be confirmed, by a line that was not keyed by its id.
    pub(in crate::orders) confirms_unkeyed: bool,
    /// Whether answers about it said nothing at last.
    pub(in crate::orders) is_unclear: bool,
}

/// Up to `limit` runs that `provider` accepted and is to be asked about at `now`, longest due first,
/// locked; rows another server works on are skipped.
pub(in crate::orders) async fn due_to_poll(
    tx: &Tx,
    provider: ProviderId,
    now: Time,
    limit: usize,
) -> Result<Vec<DueToPoll>> {
    let sql = [
        "SELECT id, order_id, provider_order, accepted_at_ms, \
         end_word IS NOT NULL AND NOT end_is_keyed, \
         unclear_since_ms IS NOT NULL OR vague_answers > 0 FROM dispatches \
         WHERE state = 'accepted' AND provider_id = $1 AND poll_at_ms <= $2 \
         ORDER BY poll_at_ms, id LIMIT $3",
        skip_locked(tx),
    ]
    .concat();
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = query(tx, &sql, [provider.into(), now.into(), limit.into()]).await?;
    let read = |row: &QueryResult| {
        Ok(DueToPoll {
            id: row.try_get_by_index(0)?,
            order_id: row.try_get_by_index(1)?,
            provider_order: row.try_get_by_index(2)?,
            accepted_at_ms: row.try_get_by_index(3)?,
            confirms_unkeyed: row.try_get_by_index(4)?,
            is_unclear: row.try_get_by_index(5)?,
        })
    };
    rows.iter().map(read).collect()
}

/// How many accepted runs a provider is followed for; of those, how many are to be canceled.
pub(in crate::orders) async fn count(db: &Db, provider: ProviderId) -> Result<(i64, i64)> {
    let sql = "SELECT COUNT(*), COUNT(cancel_at_ms) FROM dispatches WHERE state = 'accepted' \
               AND provider_id = $1";
    let rows = query(db.read(), sql, [provider.into()]).await?;
    let read = |row: &QueryResult| -> Result<(i64, i64)> {
        Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))
    };
    rows.first().map_or(Ok((0, 0)), read)
}
