//! The statements on `phrase_decisions`.

use sea_orm::{ConnectionTrait, QueryResult};

use crate::clock::Time;
use crate::db::{Sql, Tx, execute, query};
use crate::error::{Failure, Result};
use crate::ids::{PhraseDecisionId, PhraseId};
use crate::money::Money;
use crate::phrases::decide::{Decision, DecisionFilter};

const DECISION: &str = "SELECT d.id, d.deed, d.phrase_id, f.kind, f.phrase, f.example, \
     f.provider_id, (SELECT p.name FROM providers p WHERE p.id = f.provider_id), d.decision, \
     d.since_ms, d.until_ms, d.reason, d.orders, d.held_nano, d.state, d.decided_by, \
     d.decided_at_ms, d.confirmed_by, d.confirmed_at_ms, d.effective_at_ms, d.ended_by, \
     d.ended_at_ms, d.done_at_ms FROM phrase_decisions d \
     JOIN provider_phrases f ON f.id = d.phrase_id ";

fn read(row: &QueryResult) -> Result<Decision> {
    Ok(Decision {
        id: row.try_get_by_index(0)?,
        deed: row.try_get_by_index(1)?,
        phrase_id: row.try_get_by_index(2)?,
        kind: row.try_get_by_index(3)?,
        phrase: row.try_get_by_index(4)?,
        example: row.try_get_by_index(5)?,
        provider: row.try_get_by_index(6)?,
        provider_name: row.try_get_by_index(7)?,
        word: row.try_get_by_index(8)?,
        since: row.try_get_by_index(9)?,
        until: row.try_get_by_index(10)?,
        reason: row.try_get_by_index(11)?,
        orders: row.try_get_by_index(12)?,
        held: row.try_get_by_index(13)?,
        state: row.try_get_by_index(14)?,
        decided_by: row.try_get_by_index(15)?,
        decided_at: row.try_get_by_index(16)?,
        confirmed_by: row.try_get_by_index(17)?,
        confirmed_at: row.try_get_by_index(18)?,
        effective_at: row.try_get_by_index(19)?,
        ended_by: row.try_get_by_index(20)?,
        ended_at: row.try_get_by_index(21)?,
        done_at: row.try_get_by_index(22)?,
    })
}

pub(in crate::phrases) async fn decision(
    on: &impl ConnectionTrait,
    id: PhraseDecisionId,
) -> Result<Option<Decision>> {
    let sql = [DECISION, "WHERE d.id = $1"].concat();
    let rows = query(on, &sql, [id.into()]).await?;
    rows.first().map(read).transpose()
}

pub(in crate::phrases) async fn list(
    on: &impl ConnectionTrait,
    filter: DecisionFilter,
    after: PhraseDecisionId,
    limit: usize,
) -> Result<Vec<Decision>> {
    let mut sql = Sql::new(DECISION);
    sql.value("WHERE d.id > ", after);
    if filter.open {
        sql.text(" AND d.state IN ('to_confirm', 'pending')");
    }
    if let Some(phrase) = filter.phrase {
        sql.value(" AND d.phrase_id = ", phrase);
    }
    sql.within("d.decided_at_ms", filter.decided);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    sql.value(" ORDER BY d.id LIMIT ", limit);
    let rows = query(on, &sql.text, sql.values).await?;
    rows.iter().map(read).collect()
}

/// The decision about a phrase that has not taken effect, if there is one.
pub(in crate::phrases) async fn open_of(
    on: &impl ConnectionTrait,
    phrase: PhraseId,
) -> Result<Option<PhraseDecisionId>> {
    let sql = "SELECT id FROM phrase_decisions WHERE state IN ('to_confirm', 'pending') \
               AND phrase_id = $1 ORDER BY id LIMIT 1";
    let rows = query(on, sql, [phrase.into()]).await?;
    let id = rows.first().map(|row| row.try_get_by_index(0));
    Ok(id.transpose()?)
}

/// Writes a new decision, whose number is given.
pub(in crate::phrases) async fn insert(tx: &Tx, new: &Decision) -> Result<PhraseDecisionId> {
    let sql = "INSERT INTO phrase_decisions (deed, phrase_id, decision, since_ms, until_ms, \
               reason, orders, held_nano, state, decided_by, decided_at_ms, effective_at_ms) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id";
    let values = [
        new.deed.into(),
        new.phrase_id.into(),
        new.word.as_str().into(),
        new.since.into(),
        new.until.into(),
        new.reason.as_str().into(),
        new.orders.into(),
        new.held.into(),
        new.state.into(),
        new.decided_by.as_str().into(),
        new.decided_at.into(),
        new.effective_at.into(),
    ];
    let rows = query(tx, sql, values).await?;
    let none = || Failure::Stored("a decision was written without an id".to_owned());
    Ok(rows.first().ok_or_else(none)?.try_get_by_index(0)?)
}

/// Records that a second person has confirmed a decision, if it waits for one; gives whether it did.
pub(in crate::phrases) async fn confirm(
    tx: &Tx,
    id: PhraseDecisionId,
    by: &str,
    now: Time,
    effective_at: Time,
) -> Result<bool> {
    let sql = "UPDATE phrase_decisions SET state = 'pending', confirmed_by = $1, \
               confirmed_at_ms = $2, effective_at_ms = $3 WHERE id = $4 AND state = 'to_confirm'";
    let values = [by.into(), now.into(), effective_at.into(), id.into()];
    Ok(execute(tx, sql, values).await? == 1)
}

/// Takes a decision back that has not taken effect; gives whether it had not.
pub(in crate::phrases) async fn undo(
    tx: &Tx,
    id: PhraseDecisionId,
    by: &str,
    now: Time,
) -> Result<bool> {
    let sql = "UPDATE phrase_decisions SET state = 'undone', ended_by = $1, ended_at_ms = $2 \
               WHERE id = $3 AND state IN ('to_confirm', 'pending')";
    Ok(execute(tx, sql, [by.into(), now.into(), id.into()]).await? == 1)
}

/// Has a decision wait for a second person after all; gives whether it was pending.
pub(in crate::phrases) async fn ask_second(
    tx: &Tx,
    id: PhraseDecisionId,
    orders: i64,
    held: Money,
) -> Result<bool> {
    let sql = "UPDATE phrase_decisions SET state = 'to_confirm', effective_at_ms = NULL, \
               orders = $1, held_nano = $2 WHERE id = $3 AND state = 'pending'";
    let values = [orders.into(), held.into(), id.into()];
    Ok(execute(tx, sql, values).await? == 1)
}

/// What there is to do, as one statement tells.
pub(in crate::phrases) struct Look {
    /// The version of the phrasebook.
    pub(in crate::phrases) version: i64,
    /// Whether the time of pending decisions has come.
    pub(in crate::phrases) is_due: bool,
    /// Whether decisions took effect whose orders may not all be decided yet.
    pub(in crate::phrases) is_under_way: bool,
}

pub(in crate::phrases) async fn look(on: &impl ConnectionTrait, now: Time) -> Result<Look> {
    let sql = "SELECT phrases_version, \
               EXISTS (SELECT 1 FROM phrase_decisions WHERE state IN ('to_confirm', 'pending') \
               AND state = 'pending' AND effective_at_ms <= $1), \
               EXISTS (SELECT 1 FROM phrase_decisions WHERE state = 'applied' \
               AND done_at_ms IS NULL) FROM panel";
    let rows = query(on, sql, [now.into()]).await?;
    let missing = || Failure::Stored("the panel's own row is missing".to_owned());
    let row = rows.first().ok_or_else(missing)?;
    Ok(Look {
        version: row.try_get_by_index(0)?,
        is_due: row.try_get_by_index(1)?,
        is_under_way: row.try_get_by_index(2)?,
    })
}

/// Pending decisions whose time has come, oldest first.
pub(in crate::phrases) async fn due(on: &impl ConnectionTrait, now: Time) -> Result<Vec<Decision>> {
    let sql = [
        DECISION,
        "WHERE d.state IN ('to_confirm', 'pending') AND d.state = 'pending' \
         AND d.effective_at_ms <= $1 ORDER BY d.id",
    ]
    .concat();
    let rows = query(on, &sql, [now.into()]).await?;
    rows.iter().map(read).collect()
}

/// Records that a decision takes effect now, if it is still pending; gives whether it was.
pub(in crate::phrases) async fn apply(
    tx: &Tx,
    id: PhraseDecisionId,
    by: &str,
    now: Time,
) -> Result<bool> {
    let sql = "UPDATE phrase_decisions SET state = 'applied', ended_by = $1, ended_at_ms = $2 \
               WHERE id = $3 AND state = 'pending' AND effective_at_ms <= $2";
    Ok(execute(tx, sql, [by.into(), now.into(), id.into()]).await? == 1)
}

/// Decisions that took effect and whose orders may not all be decided yet, oldest first.
pub(in crate::phrases) async fn under_way(on: &impl ConnectionTrait) -> Result<Vec<Decision>> {
    let sql = [
        DECISION,
        "WHERE d.state = 'applied' AND d.done_at_ms IS NULL ORDER BY d.id",
    ]
    .concat();
    let rows = query(on, &sql, []).await?;
    rows.iter().map(read).collect()
}

/// Records that nothing is left to do for a decision.
pub(in crate::phrases) async fn finish(tx: &Tx, id: PhraseDecisionId, now: Time) -> Result<()> {
    let sql = "UPDATE phrase_decisions SET done_at_ms = $1 WHERE id = $2 AND done_at_ms IS NULL";
    execute(tx, sql, [now.into(), id.into()]).await?;
    Ok(())
}
