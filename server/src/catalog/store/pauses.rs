//! Why nothing is sent to a provider: the statements on that part of its row.

use crate::catalog::Pause;
use crate::clock::Time;
use crate::db::{Db, Tx, execute, query};
use crate::error::Result;
use crate::ids::ProviderId;

/// Stops sending to a provider until `until`, for `reason`.
pub(crate) async fn pause_in_tx(tx: &Tx, id: ProviderId, until: Time, reason: Pause) -> Result<()> {
    // Trouble is the weakest pause: nothing else is replaced.
    let sql = "UPDATE providers SET paused_until_ms = $1, pause_reason = $2 WHERE id = $3 \
               AND (pause_reason IS NULL OR pause_reason = $4 OR pause_reason = $2)";
    let weakest = Pause::Trouble.word();
    execute(
        tx,
        sql,
        [
            until.into(),
            reason.word().into(),
            id.into(),
            weakest.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Stops sending to a provider until it is resumed, whatever it was paused for.
pub(in crate::catalog) async fn pause_by_operator(tx: &Tx, id: ProviderId) -> Result<()> {
    let sql = "UPDATE providers SET paused_until_ms = NULL, pause_reason = $1 WHERE id = $2";
    let word = Pause::ByOperator.word();
    execute(tx, sql, [word.into(), id.into()]).await?;
    Ok(())
}

/// Takes the probe of a provider whose circuit has been open until now: nobody else probes it
/// before `until`. Gives whether there was one to take.
pub(crate) async fn take_probe(db: &Db, id: ProviderId, now: Time, until: Time) -> Result<bool> {
    let tx = db.begin().await?;
    let sql = "UPDATE providers SET paused_until_ms = $1 WHERE id = $2 AND pause_reason = $3 \
               AND (paused_until_ms IS NULL OR paused_until_ms <= $4)";
    let open = Pause::CircuitOpen.word();
    let values = [until.into(), id.into(), open.into(), now.into()];
    let taken = execute(&tx, sql, values).await?;
    tx.commit().await?;
    Ok(taken > 0)
}

/// Sends to a provider again.
pub(in crate::catalog) async fn resume(tx: &Tx, id: ProviderId) -> Result<()> {
    let sql = "UPDATE providers SET paused_until_ms = NULL, pause_reason = NULL, \
               unlisted_in_a_row = 0 WHERE id = $1";
    execute(tx, sql, [id.into()]).await?;
    Ok(())
}

/// Sends to a provider again that has answered, unless an operator has paused it meanwhile.
pub(crate) async fn close_circuit(db: &Db, id: ProviderId) -> Result<()> {
    let tx = db.begin().await?;
    let sql = "UPDATE providers SET paused_until_ms = NULL, pause_reason = NULL, \
               unlisted_in_a_row = 0 WHERE id = $1 AND pause_reason = $2";
    let open = Pause::CircuitOpen.word();
    execute(&tx, sql, [id.into(), open.into()]).await?;
    tx.commit().await?;
    Ok(())
}

/// Sends nothing to a provider until its sentences are sorted; gives whether that is new.
pub(crate) async fn pause_unsorted_in_tx(tx: &Tx, id: ProviderId) -> Result<bool> {
    let sql = "UPDATE providers SET paused_until_ms = NULL, pause_reason = $2 WHERE id = $1 \
               AND (pause_reason IS NULL OR pause_reason NOT IN ($2, $3))";
    let words = [Pause::Unsorted.word(), Pause::ByOperator.word()];
    let [unsorted, by_operator] = words.map(sea_orm::Value::from);
    let changed = execute(tx, sql, [id.into(), unsorted, by_operator]).await?;
    Ok(changed > 0)
}

/// Sends to a provider again whose sentences are sorted, unless it is paused for something else.
pub(crate) async fn resume_sorted_in_tx(tx: &Tx, id: ProviderId) -> Result<()> {
    let sql = "UPDATE providers SET paused_until_ms = NULL, pause_reason = NULL, \
               unlisted_in_a_row = 0 WHERE id = $1 AND pause_reason = $2";
    execute(tx, sql, [id.into(), Pause::Unsorted.word().into()]).await?;
    Ok(())
}

/// Counts one more refusal with an unknown sentence; gives how many there were in a row.
pub(crate) async fn count_unlisted_in_tx(tx: &Tx, id: ProviderId) -> Result<i64> {
    let sql = "UPDATE providers SET unlisted_in_a_row = unlisted_in_a_row + 1 WHERE id = $1 \
               RETURNING unlisted_in_a_row";
    let rows = query(tx, sql, [id.into()]).await?;
    Ok(rows.first().map_or(Ok(0), |row| row.try_get_by_index(0))?)
}

/// An acceptance ends the count of unsorted sentences, and the trouble that is over.
pub(crate) async fn took_an_order_in_tx(tx: &Tx, id: ProviderId, now: Time) -> Result<()> {
    let sql = "UPDATE providers SET unlisted_in_a_row = 0, \
               pause_reason = CASE WHEN pause_reason = $2 THEN NULL ELSE pause_reason END \
               WHERE id = $1 AND (unlisted_in_a_row > 0 \
               OR (pause_reason = $2 AND paused_until_ms <= $3))";
    let trouble = Pause::Trouble.word();
    execute(tx, sql, [id.into(), trouble.into(), now.into()]).await?;
    Ok(())
}

/// Why nothing is sent to a provider, or was not until it rested enough.
pub(crate) async fn pause_of_in_tx(tx: &Tx, id: ProviderId) -> Result<Option<Pause>> {
    let sql = "SELECT pause_reason FROM providers WHERE id = $1";
    let rows = query(tx, sql, [id.into()]).await?;
    let word: Option<String> = rows
        .first()
        .map_or(Ok(None), |row| row.try_get_by_index(0))?;
    Ok(word.as_deref().and_then(Pause::from_word))
}
