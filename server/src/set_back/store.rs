//! The statements that pull times in: each in pieces, so that nobody waits long for the writer. Rows
//! that somebody holds at the moment are left out; they are looked at again.

use sea_orm::{ConnectionTrait, Value};

use super::bounds::{Bound, Longest};
use super::{pulled_in, run_pulled_in};
use crate::clock::Time;
use crate::db::{Db, PIECE, Rows, execute, query, skip_locked};
use crate::error::Result;
use crate::orders::verdict::ASKED_TO_WAIT;

/// The longest time-out of a provider.
pub(super) async fn longest_timeout(on: &impl ConnectionTrait) -> Result<i64> {
    let sql = "SELECT COALESCE(MAX(timeout_ms), 0) FROM providers";
    let rows = query(on, sql, []).await?;
    Ok(rows.first().map_or(Ok(0), |row| row.try_get_by_index(0))?)
}

/// Pulls in one column. Gives how many rows were changed.
pub(super) async fn pull_in(db: &Db, now: Time, bound: &Bound) -> Result<u64> {
    let Bound {
        table, id, column, ..
    } = *bound;
    let latest = now.plus_ms(bound.longest_ms);
    let mut values: Vec<Value> = vec![latest.into()];
    if bound.which.contains("$2") {
        values.push(bound.word.into());
    }
    let ahead = [
        "SELECT ",
        id,
        " FROM ",
        table,
        " WHERE ",
        column,
        " > $1 AND ",
        bound.which,
    ]
    .concat();
    let limit = usize_text(PIECE);
    let mut changed = 0;
    loop {
        let any = [&ahead, " LIMIT 1"].concat();
        if query(db.read(), &any, values.clone()).await?.is_empty() {
            return Ok(changed);
        }
        let tx = db.begin().await?;
        let lock = skip_locked(&tx);
        let sql = [
            "UPDATE ",
            table,
            " SET ",
            column,
            " = $1 WHERE ",
            column,
            " > $1 AND ",
            id,
            " IN (",
            &ahead,
            " LIMIT ",
            &limit,
            lock,
            ")",
        ]
        .concat();
        let piece = execute(&tx, &sql, values.clone()).await?;
        tx.commit().await?;
        changed += piece;
        if piece == 0 {
            return Ok(changed);
        }
    }
}

fn usize_text(number: usize) -> String {
    number.to_string()
}

/// Pulls in the later runs of drip-feeds that wait for their turn.
pub(super) async fn pull_in_runs(db: &Db, now: Time, longest: &Longest) -> Result<u64> {
    let sql = "SELECT d.id, d.due_at_ms, o.interval_minutes, COALESCE(d.reason, ''), \
               (SELECT MAX(p.accepted_at_ms) FROM dispatches p WHERE p.order_id = d.order_id \
               AND p.run < d.run) FROM dispatches d JOIN orders o ON o.id = d.order_id \
               WHERE d.id > $1 AND d.state = 'queued' AND d.run > 1 AND d.due_at_ms > $2 \
               ORDER BY d.id LIMIT $3";
    let (mut after, mut changed) = (0_i64, 0);
    loop {
        let limit = i64::try_from(PIECE).unwrap_or(i64::MAX);
        let rows = query(db.read(), sql, [after.into(), now.into(), limit.into()]).await?;
        let mut pulled = Vec::new();
        for row in &rows {
            let (id, due): (i64, Time) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            let minutes: i64 = row.try_get_by_index(2)?;
            let reason: String = row.try_get_by_index(3)?;
            let wait_ms = match reason == ASKED_TO_WAIT {
                true => longest.asked_for,
                false => longest.backoff,
            };
            let interval_ms = minutes.saturating_mul(60_000);
            let accepted = row.try_get_by_index(4)?;
            after = id;
            pulled.push((
                id,
                due,
                run_pulled_in(due, now, accepted, interval_ms, wait_ms),
            ));
        }
        changed += write_dues(db, "queued", pulled).await?;
        if rows.len() < PIECE {
            return Ok(changed);
        }
    }
}

/// Pulls in runs that are not known to have been taken: each is looked at again after half as long as
/// that is so.
pub(super) async fn pull_in_unknown(db: &Db, now: Time, longest: &Longest) -> Result<u64> {
    let sql = "SELECT id, due_at_ms, unknown_at_ms, COALESCE(reason, '') FROM dispatches \
               WHERE state = 'unknown' AND due_at_ms > $1 ORDER BY id";
    let mut pulled = Vec::new();
    for row in query(db.read(), sql, [now.into()]).await? {
        let (id, due): (i64, Time) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let since: Option<Time> = row.try_get_by_index(2)?;
        let reason: String = row.try_get_by_index(3)?;
        let age_ms = now.ms_since(since.unwrap_or(now)).max(0);
        let wait_ms = match reason == ASKED_TO_WAIT {
            true => longest.asked_for,
            false => longest.doubt.max(age_ms / 2),
        };
        pulled.push((id, due, pulled_in(due, now, wait_ms)));
    }
    let mut changed = 0;
    for piece in pulled.chunks(PIECE) {
        changed += write_dues(db, "unknown", piece.to_vec()).await?;
    }
    Ok(changed)
}

/// Writes when runs in `state` are due, where that is another time and the run was not changed since
/// it was read.
async fn write_dues(db: &Db, state: &str, pulled: Vec<(i64, Time, Time)>) -> Result<u64> {
    let moved = pulled.into_iter().filter(|(_, due, to)| due != to);
    let rows: Vec<[Value; 3]> = moved
        .map(|(id, due, to)| [id.into(), due.into(), to.into()])
        .collect();
    if rows.is_empty() {
        return Ok(0);
    }
    let tx = db.begin().await?;
    let rows = Rows::table(&tx, 1, rows);
    let sql = [
        "UPDATE dispatches SET due_at_ms = v.column3 FROM ",
        &rows.text,
        " WHERE dispatches.id = v.column1 AND dispatches.due_at_ms = v.column2 \
         AND dispatches.state = $1",
    ]
    .concat();
    let values = std::iter::once(state.into()).chain(rows.values);
    let changed = execute(&tx, &sql, values).await?;
    tx.commit().await?;
    Ok(changed)
}

/// Pulls in runs of drip-feeds that no offer could take when they were to be written.
pub(super) async fn pull_in_missing_runs(db: &Db, now: Time) -> Result<u64> {
    let sql = "SELECT m.order_id, m.due_at_ms, o.interval_minutes, \
               (SELECT MAX(p.accepted_at_ms) FROM dispatches p WHERE p.order_id = m.order_id) \
               FROM missing_runs m JOIN orders o ON o.id = m.order_id WHERE m.due_at_ms > $1";
    let mut changed = 0;
    for row in query(db.read(), sql, [now.into()]).await? {
        let (order, due): (i64, Time) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let minutes: i64 = row.try_get_by_index(2)?;
        let interval_ms = minutes.saturating_mul(60_000);
        let to = run_pulled_in(due, now, row.try_get_by_index(3)?, interval_ms, 0);
        if to == due {
            continue;
        }
        let tx = db.begin().await?;
        let sql = "UPDATE missing_runs SET due_at_ms = $1 WHERE order_id = $2 AND due_at_ms = $3";
        changed += execute(&tx, sql, [to.into(), order.into(), due.into()]).await?;
        tx.commit().await?;
    }
    Ok(changed)
}
