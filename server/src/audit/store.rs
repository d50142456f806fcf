//! The statements on `audit_log`.

use sea_orm::{ConnectionTrait, QueryResult};

use super::Entry;
use super::chain::{GENESIS, Hash, Row};
use super::read::{Filter, Logged};
use crate::actor::Actor;
use crate::clock::Time;
use crate::db::{Sql, Tx, execute, query, reserve_ids};
use crate::error::{Failure, Result};
use crate::secrets::Secrets;

/// Appends a row. Taking its number locks the log, so the row before it is the last one.
pub(super) async fn append(
    tx: &Tx,
    secrets: &Secrets,
    now: Time,
    actor: &Actor,
    entry: Entry,
) -> Result<()> {
    let id = reserve_ids(tx, "audit_log", 1).await?;
    let previous = hash_of(tx, id - 1).await?;
    let row = Row {
        id,
        created_at: now,
        actor: actor.audited(),
        address: actor.address.map(|address| address.to_string()),
        action: entry.deed.word().to_owned(),
        subject: entry.subject,
        reason: entry.reason,
        was: entry.was.map(|json| json.to_string()),
        became: entry.became.map(|json| json.to_string()),
    };
    let hash = row.hash(&previous);
    let seal = secrets.seal_audit(&hash);
    let sql = "INSERT INTO audit_log (id, created_at_ms, actor, address, action, subject, reason, \
               was, became, hash, seal) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let values = [
        row.id.into(),
        row.created_at.into(),
        row.actor.into(),
        row.address.into(),
        row.action.into(),
        row.subject.into(),
        row.reason.into(),
        row.was.into(),
        row.became.into(),
        hash.to_vec().into(),
        seal.to_vec().into(),
    ];
    execute(tx, sql, values).await?;
    Ok(())
}

/// The hash of row `id`; 0 is before the first.
async fn hash_of(on: &impl ConnectionTrait, id: i64) -> Result<Hash> {
    if id == 0 {
        return Ok(GENESIS);
    }
    let sql = "SELECT hash FROM audit_log WHERE id = $1";
    let rows = query(on, sql, [id.into()]).await?;
    let missing = || Failure::Stored(format!("row {id} of the audit log is missing"));
    let row = rows.first().ok_or_else(missing)?;
    let hash: Vec<u8> = row.try_get_by_index(0)?;
    Ok(Hash::try_from(hash).map_err(|_| missing())?)
}

const ROWS: &str = "SELECT id, created_at_ms, actor, address, action, subject, reason, was, \
     became, hash, seal FROM audit_log";

fn read(row: &QueryResult) -> Result<Logged> {
    Ok(Logged {
        row: Row {
            id: row.try_get_by_index(0)?,
            created_at: row.try_get_by_index(1)?,
            actor: row.try_get_by_index(2)?,
            address: row.try_get_by_index(3)?,
            action: row.try_get_by_index(4)?,
            subject: row.try_get_by_index(5)?,
            reason: row.try_get_by_index(6)?,
            was: row.try_get_by_index(7)?,
            became: row.try_get_by_index(8)?,
        },
        hash: row.try_get_by_index(9)?,
        seal: row.try_get_by_index(10)?,
    })
}

/// Up to `limit` rows with numbers above `after`, lowest first; from the very first without it.
pub(super) async fn page(
    on: &impl ConnectionTrait,
    after: Option<i64>,
    limit: i64,
) -> Result<Vec<Logged>> {
    let first = after.unwrap_or(i64::MIN);
    let sql = [ROWS, " WHERE id > $1 ORDER BY id LIMIT $2"].concat();
    let rows = query(on, &sql, [first.into(), limit.into()]).await?;
    rows.iter().map(read).collect()
}

/// Up to `limit` rows that pass `filter`, with numbers below `before`, newest first.
pub(super) async fn list(
    on: &impl ConnectionTrait,
    filter: &Filter,
    before: i64,
    limit: i64,
) -> Result<Vec<Logged>> {
    let mut sql = Sql::new(ROWS);
    sql.value(" WHERE id < ", before);
    if let Some(subject) = filter.subject.as_deref() {
        sql.value(" AND subject = ", subject);
    }
    if let Some(deed) = filter.deed {
        sql.value(" AND action = ", deed.word());
    }
    if let Some(actor) = filter.actor.as_deref() {
        sql.value(" AND (actor = ", actor);
        // Whoever it was at the panel's machine.
        let commands = " OR actor LIKE 'command:%'";
        sql.text(if actor == "command" { commands } else { "" });
        sql.text(")");
    }
    sql.within("created_at_ms", filter.created);
    sql.value(" ORDER BY id DESC LIMIT ", limit);
    let rows = query(on, &sql.text, sql.values).await?;
    rows.iter().map(read).collect()
}

/// The last number that was given to a row.
pub(super) async fn last_number(on: &impl ConnectionTrait) -> Result<i64> {
    let sql = "SELECT last_id FROM id_sequences WHERE name = 'audit_log'";
    let rows = query(on, sql, []).await?;
    let row = rows.first();
    let row = row.ok_or_else(|| Failure::Stored("the audit log has no sequence".to_owned()))?;
    Ok(row.try_get_by_index(0)?)
}
