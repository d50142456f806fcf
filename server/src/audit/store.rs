//! The statements on `audit_log`.

use sea_orm::ConnectionTrait;

use super::Entry;
use super::chain::{GENESIS, Hash, Row};
use crate::actor::Actor;
use crate::clock::Time;
use crate::db::{Tx, execute, query, reserve_ids};
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
        actor: actor.to_string(),
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
