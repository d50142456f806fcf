//! The statements on runs that may have been sent since the backup from which the database was put back.

use sea_orm::ActiveValue::Set;
use sea_orm::{ConnectionTrait, QueryResult};

use super::runs::{At, run_at};
use crate::clock::Time;
use crate::db::{Tx, execute, locked, query};
use crate::entity::dispatch;
use crate::error::Result;
use crate::ids::{DispatchId, OrderId};
use crate::orders::rules::DispatchState;

/// Why nobody knows whether such a run was taken.
const WHY: &str = "it may have been sent since the backup that was put back";

/// Locks every order that has not ended, as whoever changes runs does before.
pub(in crate::orders) async fn lock_open_orders(tx: &Tx) -> Result<()> {
    let sql = [
        "SELECT COUNT(*) FROM (SELECT id FROM orders WHERE settled_at_ms IS NULL ORDER BY id",
        locked(tx),
        ") o",
    ]
    .concat();
    query(tx, &sql, []).await?;
    Ok(())
}

/// Makes unknown what may have been sent: every run that waited, was on its way or not known to be taken.
/// A run of the future cannot have been sent yet; one whose number at its provider is known is followed.
/// What a repetition or a sorted sentence would decide on by itself is taken away. Gives how many runs.
pub(in crate::orders) async fn doubt(tx: &Tx, now: Time) -> Result<u64> {
    let sql = [
        "UPDATE dispatches SET attempt = attempt + \
         CASE WHEN state IN ('held', 'queued') THEN 1 ELSE 0 END, \
         unknown_at_ms = CASE WHEN state IN ('held', 'queued') THEN $1 \
         ELSE COALESCE(unknown_at_ms, $1) END, reason = CASE WHEN reason IS NULL THEN '",
        WHY,
        "' WHEN reason LIKE '",
        WHY,
        "%' THEN reason ELSE '",
        WHY,
        "; before: ' || reason END, state = 'unknown', due_at_ms = $1, lease_until_ms = NULL, \
         request_id = NULL, fingerprint = NULL, phrase = NULL, waits_for_link = NULL \
         WHERE state IN ('held', 'sending', 'unknown') \
         OR (state = 'queued' AND queued_at_ms <= $1) \
         OR (state = 'parked' AND provider_order IS NULL)",
    ]
    .concat();
    Ok(execute(tx, &sql, [now.into()]).await?)
}

/// The last runs of drip-feeds of which more is to come, if nobody knows whether they were taken.
pub(in crate::orders) async fn last_in_doubt(on: &impl ConnectionTrait) -> Result<Vec<DispatchId>> {
    let sql = "SELECT d.id FROM dispatches d JOIN orders o ON o.id = d.order_id \
               WHERE d.state = 'unknown' AND d.run < o.runs AND o.settled_at_ms IS NULL \
               AND o.cancel_requested_at_ms IS NULL AND o.stopped_at_ms IS NULL AND NOT EXISTS \
               (SELECT 1 FROM dispatches l WHERE l.order_id = d.order_id AND l.run > d.run) \
               ORDER BY d.order_id";
    let rows = query(on, sql, []).await?;
    let read = |row: &QueryResult| Ok(row.try_get("", "id")?);
    rows.iter().map(read).collect()
}

/// The orders with a run that was due at `now` and could not be written, and when it was due.
pub(in crate::orders) async fn missing(
    on: &impl ConnectionTrait,
    now: Time,
) -> Result<Vec<(OrderId, Time)>> {
    let sql =
        "SELECT order_id, due_at_ms FROM missing_runs WHERE due_at_ms <= $1 ORDER BY order_id";
    let rows = query(on, sql, [now.into()]).await?;
    let read =
        |row: &QueryResult| Ok((row.try_get("", "order_id")?, row.try_get("", "due_at_ms")?));
    rows.iter().map(read).collect()
}

/// The run number `run` of a drip-feed as one that may have been sent at `due`: to the provider of
/// `last`, as far as is known.
pub(in crate::orders) fn in_doubt(
    last: &dispatch::Model,
    run: i64,
    due: Time,
    now: Time,
) -> dispatch::ActiveModel {
    let at = At {
        provider: last.provider_id,
        position: last.position,
        service: &last.provider_service,
    };
    let mut row = run_at(last.order_id, run, last.quantity, at, now, now);
    row.queued_at_ms = Set(due);
    row.state = Set(DispatchState::Unknown);
    row.attempt = Set(1);
    row.unknown_at_ms = Set(Some(now));
    row.reason = Set(Some(WHY.to_owned()));
    row
}
