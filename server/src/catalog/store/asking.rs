//! The statements on `provider_asking`.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;

use crate::catalog::asking::{AskedAction, Asking, Many, OneId, read_row};
use crate::db::{Tx, execute, query};
use crate::error::Result;
use crate::ids::ProviderId;

pub(in crate::catalog) async fn read(
    on: &impl ConnectionTrait,
    provider: ProviderId,
    action: AskedAction,
) -> Result<Asking> {
    let sql = "SELECT many, largest, one, learned_at_ms, learned_from, is_set, \
               failing_since_ms, failure, alerted_at_ms \
               FROM provider_asking WHERE provider_id = $1 AND action = $2";
    let rows = query(on, sql, [provider.into(), action.word().into()]).await?;
    rows.first()
        .map_or_else(|| Ok(Asking::default()), |row| read_row(row, 0))
}

pub(in crate::catalog) async fn list(
    on: &impl ConnectionTrait,
    provider: ProviderId,
) -> Result<HashMap<AskedAction, Asking>> {
    let sql = "SELECT action, many, largest, one, learned_at_ms, learned_from, is_set, \
               failing_since_ms, failure, alerted_at_ms \
               FROM provider_asking WHERE provider_id = $1";
    let rows = query(on, sql, [provider.into()]).await?;
    let mut known = HashMap::with_capacity(rows.len());
    for row in &rows {
        let action: String = row.try_get_by_index(0)?;
        if let Some(action) = AskedAction::from_word(&action) {
            known.insert(action, read_row(row, 1)?);
        }
    }
    Ok(known)
}

pub(in crate::catalog) async fn write(
    tx: &Tx,
    provider: ProviderId,
    action: AskedAction,
    asking: &Asking,
) -> Result<()> {
    let sql = "INSERT INTO provider_asking (provider_id, action, many, largest, one, \
               learned_at_ms, learned_from, is_set, failing_since_ms, failure, alerted_at_ms) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
               ON CONFLICT (provider_id, action) DO UPDATE SET many = excluded.many, \
               largest = excluded.largest, one = excluded.one, \
               learned_at_ms = excluded.learned_at_ms, learned_from = excluded.learned_from, \
               is_set = excluded.is_set, failing_since_ms = excluded.failing_since_ms, \
               failure = excluded.failure, alerted_at_ms = excluded.alerted_at_ms";
    let values = [
        provider.into(),
        action.word().into(),
        asking.many.map(Many::word).into(),
        asking.largest.into(),
        asking.one.map(OneId::word).into(),
        asking.learned_at.into(),
        asking.learned_from.clone().into(),
        asking.is_set.into(),
        asking.failing_since.into(),
        asking.failure.clone().into(),
        asking.alerted_at.into(),
    ];
    execute(tx, sql, values).await?;
    Ok(())
}
