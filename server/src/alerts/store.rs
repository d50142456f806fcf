//! The statements on `alerts`.

use sea_orm::{ActiveValue::NotSet, ActiveValue::Set, ConnectionTrait, QueryResult, Value};

use super::{Alert, AlertKind, AlertState, AlertView, Search};
use crate::clock::Time;
use crate::db::{Db, Sql, Tx, execute, insert_all, locked as for_update, query};
use crate::entity::alert;
use crate::error::Result;
use crate::ids::AlertId;

const ALERT: &str = "SELECT a.id, a.kind, a.cause, a.message, a.times_seen, a.created_at_ms, \
     a.last_seen_at_ms, a.acknowledged_by, a.acknowledged_at_ms, a.note, a.ended_at_ms FROM alerts a WHERE ";

/// What was seen again and is not folded yet is not listed.
const IS_FIRST: &str = "(a.cause = '' OR NOT EXISTS (SELECT 1 FROM alerts f WHERE f.kind = a.kind \
     AND f.cause = a.cause AND f.ended_at_ms IS NULL AND a.ended_at_ms IS NULL AND f.id < a.id))";

/// An alert that has not ended, of a kind that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Open {
    /// The newest row of this cause.
    pub(crate) through: AlertId,
    /// What it is about.
    pub(crate) cause: String,
    /// What its first row says.
    pub(crate) message: String,
}

pub(super) async fn insert(tx: &Tx, now: Time, alerts: Vec<Alert>) -> Result<()> {
    let rows = alerts.into_iter().map(|raised| alert::ActiveModel {
        id: NotSet,
        kind: Set(raised.kind.word().to_owned()),
        cause: Set(raised.cause),
        message: Set(raised.message),
        created_at_ms: Set(now),
        last_seen_at_ms: Set(now),
    });
    let rows: Vec<_> = rows.collect();
    if !rows.is_empty() {
        insert_all(tx, rows).await?;
    }
    Ok(())
}

/// Whether an alert like `raised` has not ended.
pub(super) async fn is_open(on: &impl ConnectionTrait, raised: &Alert) -> Result<bool> {
    let sql = "SELECT 1 FROM alerts WHERE kind = $1 AND cause = $2 AND ended_at_ms IS NULL LIMIT 1";
    let values = [raised.kind.word().into(), raised.cause.as_str().into()];
    Ok(!query(on, sql, values).await?.is_empty())
}

/// Whether an alert like `raised` was seen after `since`.
pub(super) async fn was_seen_since(
    on: &impl ConnectionTrait,
    raised: &Alert,
    since: Time,
) -> Result<bool> {
    let sql =
        "SELECT 1 FROM alerts WHERE kind = $1 AND cause = $2 AND last_seen_at_ms > $3 LIMIT 1";
    let (kind, cause) = (raised.kind.word(), raised.cause.as_str());
    let found = query(on, sql, [kind.into(), cause.into(), since.into()]).await?;
    Ok(!found.is_empty())
}

pub(super) async fn list(
    on: &impl ConnectionTrait,
    search: Search,
    limit: usize,
) -> Result<Vec<AlertView>> {
    let mut sql = Sql::new(ALERT);
    sql.text(IS_FIRST);
    match search.state {
        Some(AlertState::Open) => {
            sql.text(" AND a.ended_at_ms IS NULL AND a.acknowledged_at_ms IS NULL");
        }
        Some(AlertState::Acknowledged) => {
            sql.text(" AND a.ended_at_ms IS NULL AND a.acknowledged_at_ms IS NOT NULL");
        }
        Some(AlertState::Ended) => sql.text(" AND a.ended_at_ms IS NOT NULL"),
        None => {}
    }
    if let Some(kind) = search.kind {
        sql.value(" AND a.kind = ", kind.word());
    }
    sql.within("a.created_at_ms", search.created);
    if let Some(before) = search.before {
        sql.value(" AND a.id < ", before);
    }
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    sql.value(" ORDER BY a.id DESC LIMIT ", limit);
    let rows = query(on, &sql.text, sql.values).await?;
    rows.iter().map(read).collect()
}

pub(super) async fn find(on: &impl ConnectionTrait, id: AlertId) -> Result<Option<AlertView>> {
    let sql = [ALERT, "a.id = $1"].concat();
    let rows = query(on, &sql, [id.into()]).await?;
    rows.first().map(read).transpose()
}

/// The same, and nobody else changes it, or what has its cause, until the transaction ends.
pub(super) async fn locked(tx: &Tx, id: AlertId) -> Result<Option<AlertView>> {
    let sql = "id = $1 OR (ended_at_ms IS NULL AND cause <> '' AND EXISTS (SELECT 1 FROM alerts f \
               WHERE f.id = $1 AND f.kind = alerts.kind AND f.cause = alerts.cause))";
    lock(tx, sql, [id.into()]).await?;
    find(tx, id).await
}

/// Locks the alerts of which `which` is true, by number: nobody waits for one and holds a later one.
async fn lock<const N: usize>(tx: &Tx, which: &str, values: [Value; N]) -> Result<()> {
    let sql = [
        "SELECT id FROM alerts WHERE ",
        which,
        " ORDER BY id",
        for_update(tx),
    ];
    query(tx, &sql.concat(), values).await?;
    Ok(())
}

pub(super) async fn newest(
    on: &impl ConnectionTrait,
    kind: AlertKind,
    cause: &str,
) -> Result<Option<AlertView>> {
    let sql = [
        ALERT,
        "a.kind = $1 AND a.cause = $2 ORDER BY a.id DESC LIMIT 1",
    ]
    .concat();
    let rows = query(on, &sql, [kind.word().into(), cause.into()]).await?;
    rows.first().map(read).transpose()
}

pub(super) async fn acknowledge(
    tx: &Tx,
    now: Time,
    alert: &AlertView,
    by: &str,
    note: Option<&str>,
    ends: bool,
) -> Result<()> {
    let sql = "UPDATE alerts SET acknowledged_by = $2, acknowledged_at_ms = $3, note = $4, \
               ended_at_ms = $5 WHERE id = $1";
    let ended = ends.then_some(now);
    let values = [
        alert.id.into(),
        by.into(),
        now.into(),
        note.map(str::to_owned).into(),
        ended.into(),
    ];
    execute(tx, sql, values).await?;
    if let Some(ended) = ended {
        // What was seen again and is not folded yet was looked at as well.
        let sql = "UPDATE alerts SET ended_at_ms = $3 WHERE kind = $1 AND cause = $2 AND cause <> '' \
                   AND ended_at_ms IS NULL";
        let values = [
            alert.kind.as_str().into(),
            alert.cause.as_str().into(),
            ended.into(),
        ];
        execute(tx, sql, values).await?;
    }
    Ok(())
}

/// The alerts of a kind that have not ended, one for each cause.
pub(crate) async fn open_of_kind(db: &Db, kind: AlertKind) -> Result<Vec<Open>> {
    let sql = "SELECT cause, MAX(id) AS through, MIN(message) AS message FROM alerts \
               WHERE kind = $1 AND ended_at_ms IS NULL GROUP BY cause";
    let rows = query(db.read(), sql, [kind.word().into()]).await?;
    let read = |row: &QueryResult| -> Result<Open> {
        Ok(Open {
            through: row.try_get("", "through")?,
            cause: row.try_get("", "cause")?,
            message: row.try_get("", "message")?,
        })
    };
    rows.iter().map(read).collect()
}

/// Ends what was open of a kind when it was read; what was raised since then stands.
pub(crate) async fn end(tx: &Tx, now: Time, kind: AlertKind, over: &[Open]) -> Result<()> {
    let sql = "UPDATE alerts SET ended_at_ms = $4 WHERE kind = $1 AND cause = $2 AND id <= $3 \
               AND ended_at_ms IS NULL";
    let open = "kind = $1 AND ended_at_ms IS NULL";
    lock(tx, open, [kind.word().into()]).await?;
    for open in over {
        let cause = open.cause.as_str();
        let values = [
            kind.word().into(),
            cause.into(),
            open.through.into(),
            now.into(),
        ];
        execute(tx, sql, values).await?;
    }
    Ok(())
}

/// Folds what was seen again into the first alert of its cause. Gives how many rows were folded.
pub(crate) async fn fold(db: &Db) -> Result<usize> {
    let sql = "SELECT kind, cause, MIN(id) AS first, MAX(id) AS newest FROM alerts \
               WHERE ended_at_ms IS NULL AND cause <> '' GROUP BY kind, cause HAVING COUNT(*) > 1";
    let mut folded = 0;
    for group in query(db.read(), sql, []).await? {
        folded += fold_group(db, &group).await?;
    }
    Ok(folded)
}

async fn fold_group(db: &Db, group: &QueryResult) -> Result<usize> {
    let (kind, cause): (String, String) = (group.try_get("", "kind")?, group.try_get("", "cause")?);
    let (first, newest): (AlertId, AlertId) =
        (group.try_get("", "first")?, group.try_get("", "newest")?);
    let tx = db.begin().await?;
    // Another server may fold the same: what is there is counted once, by who takes it away.
    let Some(kept) = locked(&tx, first).await? else {
        return Ok(0);
    };
    // It may have ended meanwhile: what was seen after that is another.
    if kept.state == AlertState::Ended {
        return Ok(0);
    }
    let Some(last) = find(&tx, newest).await? else {
        return Ok(0);
    };
    let again = "DELETE FROM alerts WHERE kind = $1 AND cause = $2 AND ended_at_ms IS NULL \
                 AND id > $3 AND id <= $4";
    let values: [Value; 4] = [kind.into(), cause.into(), first.into(), newest.into()];
    let folded = execute(&tx, again, values).await?;
    let more = i64::try_from(folded).unwrap_or(i64::MAX);
    let seen = "UPDATE alerts SET times_seen = times_seen + $2, last_seen_at_ms = $3, message = $4 \
                WHERE id = $1";
    let values = [
        kept.id.into(),
        more.into(),
        last.last_seen_at.into(),
        last.message.into(),
    ];
    execute(&tx, seen, values).await?;
    tx.commit().await?;
    Ok(usize::try_from(folded).unwrap_or(usize::MAX))
}

fn read(row: &QueryResult) -> Result<AlertView> {
    let by: Option<String> = row.try_get("", "acknowledged_by")?;
    let at: Option<Time> = row.try_get("", "acknowledged_at_ms")?;
    let ended_at: Option<Time> = row.try_get("", "ended_at_ms")?;
    let acknowledged = by.zip(at);
    let state = match (&acknowledged, ended_at) {
        (_, Some(_)) => AlertState::Ended,
        (Some(_), None) => AlertState::Acknowledged,
        (None, None) => AlertState::Open,
    };
    Ok(AlertView {
        id: row.try_get("", "id")?,
        kind: row.try_get("", "kind")?,
        cause: row.try_get("", "cause")?,
        message: row.try_get("", "message")?,
        state,
        times_seen: row.try_get("", "times_seen")?,
        created_at: row.try_get("", "created_at_ms")?,
        last_seen_at: row.try_get("", "last_seen_at_ms")?,
        acknowledged,
        note: row.try_get("", "note")?,
        ended_at,
    })
}

/// The newest open alert that nobody was mailed about.
pub(crate) async fn newest_unmailed(db: &Db) -> Result<Option<AlertId>> {
    let sql = "SELECT id FROM alerts WHERE ended_at_ms IS NULL AND acknowledged_at_ms IS NULL \
               AND mailed_at_ms IS NULL ORDER BY id DESC LIMIT 1";
    let rows = query(db.read(), sql, []).await?;
    let id = rows.first().map(|row| row.try_get("", "id"));
    Ok(id.transpose()?)
}

/// Notes that open alerts up to `newest` are mailed about. Gives how many were not before.
pub(crate) async fn mark_mailed_in_tx(tx: &Tx, now: Time, newest: AlertId) -> Result<usize> {
    const UNMAILED: &str = "id <= $1 AND ended_at_ms IS NULL AND acknowledged_at_ms IS NULL \
         AND mailed_at_ms IS NULL";
    lock(tx, UNMAILED, [newest.into()]).await?;
    let sql = ["UPDATE alerts SET mailed_at_ms = $2 WHERE ", UNMAILED].concat();
    let marked = execute(tx, &sql, [newest.into(), now.into()]).await?;
    Ok(usize::try_from(marked).unwrap_or(usize::MAX))
}
