//! The statements that write runs back. Every frequent step of a run has one of its own, which writes
//! what the step changes and nothing else: each column costs a value for each run, and one that is
//! written has its indices written too, even if its value stays.

use sea_orm::Value;

use crate::clock::Time;
use crate::db::{PIECE, Rows, Tx, execute};
use crate::entity::dispatch::Model;
use crate::error::Result;
use crate::ids::DispatchId;

/// Writes these columns of `runs`, the first of which is `id`.
macro_rules! write_columns {
    ($tx:expr, $runs:expr, [$($column:ident),+ $(,)?]) => {
        write_named($tx, $runs, [$(stringify!($column)),+], |run| {
            [$(Value::from(ToOwned::to_owned(&run.$column))),+]
        })
        .await
    };
}

/// Writes back runs that were locked in this transaction and changed in any way but by following: what
/// of them belongs to following stays.
pub(in crate::orders) async fn write(tx: &Tx, runs: &[Model]) -> Result<()> {
    write_columns!(
        tx,
        runs,
        [
            id,
            provider_id,
            position,
            provider_service,
            state,
            attempt,
            not_sent,
            request_id,
            fingerprint,
            queued_at_ms,
            due_at_ms,
            lease_until_ms,
            unknown_at_ms,
            accepted_at_ms,
            provider_order,
            provider_status,
            provider_charge,
            start_count,
            remains,
            vague_answers,
            poll_at_ms,
            cancel_at_ms,
            reason,
            waits_for_link,
            phrase,
            seen_order,
            lost_at_ms,
            answered_attempts,
            given_again_to,
        ]
    )
}

/// Writes back runs that were claimed.
pub(in crate::orders) async fn write_claimed(tx: &Tx, runs: &[Model]) -> Result<()> {
    write_columns!(
        tx,
        runs,
        [
            id,
            state,
            attempt,
            request_id,
            fingerprint,
            lease_until_ms,
            waits_for_link,
            phrase,
            seen_order,
        ]
    )
}

/// Writes back runs that their provider took.
pub(in crate::orders) async fn write_accepted(tx: &Tx, runs: &[Model]) -> Result<()> {
    write_columns!(
        tx,
        runs,
        [
            id,
            state,
            lease_until_ms,
            provider_order,
            provider_charge,
            accepted_at_ms,
            poll_at_ms,
            reason,
            phrase,
            seen_order,
        ]
    )
}

/// Writes that the ids of runs that are at their provider were given to other runs too, each pair the
/// earlier run first.
pub(in crate::orders) async fn write_given_again(
    tx: &Tx,
    given: &[(DispatchId, DispatchId)],
) -> Result<()> {
    let sql = "UPDATE dispatches SET given_again_to = $2 WHERE id = $1 \
               AND state IN ('accepted', 'parked')";
    for &(earlier, later) in given {
        execute(tx, sql, [earlier.into(), later.into()]).await?;
    }
    Ok(())
}

/// Writes when runs are asked about next.
pub(in crate::orders) async fn write_polls(tx: &Tx, polls: Vec<(DispatchId, Time)>) -> Result<()> {
    for piece in polls.chunks(PIECE) {
        let rows = piece.iter().map(|&(id, at)| [id.into(), at.into()]);
        let rows = Rows::table(tx, 0, rows);
        let sql = [
            "UPDATE dispatches SET poll_at_ms = v.column2 FROM ",
            &rows.text,
            " WHERE dispatches.id = v.column1",
        ]
        .concat();
        execute(tx, &sql, rows.values).await?;
    }
    Ok(())
}

/// Writes back runs that their provider reported something about.
pub(in crate::orders) async fn write_reported(tx: &Tx, runs: &[Model]) -> Result<()> {
    write_columns!(
        tx,
        runs,
        [
            id,
            state,
            provider_status,
            provider_charge,
            provider_word,
            start_count,
            remains,
            vague_answers,
            poll_at_ms,
            cancel_at_ms,
            reason,
            end_word,
            end_remains,
            end_seen_at_ms,
            end_is_keyed,
            contradictions,
            unclear_since_ms,
        ]
    )
}

/// Writes what forwarding a cancel changes.
pub(in crate::orders) async fn write_cancels(tx: &Tx, runs: &[Model]) -> Result<()> {
    write_columns!(tx, runs, [id, poll_at_ms, cancel_at_ms, cancel_asks])
}

async fn write_named<const WIDTH: usize>(
    tx: &Tx,
    runs: &[Model],
    names: [&str; WIDTH],
    values: impl Fn(&Model) -> [Value; WIDTH],
) -> Result<()> {
    let set = (1..).zip(names).skip(1);
    let set: Vec<String> = set
        .map(|(column, name)| format!("{name} = v.column{column}"))
        .collect();
    let set = set.join(", ");
    // A statement takes 32,766 values at most; a cancel may reach thousands of runs.
    for piece in runs.chunks(PIECE) {
        let rows = Rows::table(tx, 0, piece.iter().map(&values));
        let sql = [
            "UPDATE dispatches SET ",
            &set,
            " FROM ",
            &rows.text,
            " WHERE dispatches.id = v.column1",
        ]
        .concat();
        execute(tx, &sql, rows.values).await?;
    }
    Ok(())
}
