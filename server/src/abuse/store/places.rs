//! The statements on `key_places`.

use sea_orm::{ConnectionTrait, QueryResult};

use crate::abuse::places::{Place, PlaceKind};
use crate::clock::Time;
use crate::db::{Rows, Tx, execute, query};
use crate::error::{Failure, Result};
use crate::ids::KeyId;

/// The places of keys that were seen since `since`, those first that were seen last.
pub(in crate::abuse) async fn of_keys(
    on: &impl ConnectionTrait,
    keys: &[KeyId],
    since: Time,
) -> Result<Vec<Place>> {
    let ids = Rows::is_in(on, 1, keys.iter().map(|&key| key.into()));
    let sql = [
        "SELECT key_id, kind, print, last_seen_ms FROM key_places WHERE last_seen_ms >= $1 \
         AND key_id",
        &ids.text,
        " ORDER BY last_seen_ms DESC",
    ]
    .concat();
    let read = |row: &QueryResult| -> Result<Place> {
        let (key, kind): (KeyId, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let unreadable = || Failure::Stored(format!("a place of key {key}"));
        Ok(Place {
            key,
            kind: PlaceKind::from_word(&kind).ok_or_else(unreadable)?,
            print: row.try_get_by_index::<i64>(2)?.cast_unsigned(),
            seen_at: row.try_get_by_index(3)?,
        })
    };
    let values = std::iter::once(since.into()).chain(ids.values);
    query(on, &sql, values).await?.iter().map(read).collect()
}

/// Writes places that were seen; none of `places` twice, and there must be one.
pub(in crate::abuse) async fn is_network_of(
    on: &impl ConnectionTrait,
    key: KeyId,
    print: u64,
) -> Result<bool> {
    let sql = "SELECT 1 FROM key_places WHERE key_id = $1 AND kind = $2 AND print = $3";
    let kind = PlaceKind::Network.word();
    let values = [key.into(), kind.into(), print.cast_signed().into()];
    Ok(!query(on, sql, values).await?.is_empty())
}

pub(in crate::abuse) async fn write(tx: &Tx, places: &[Place]) -> Result<()> {
    let row = |place: &Place| {
        [
            place.key.into(),
            place.kind.word().into(),
            place.print.cast_signed().into(),
            place.seen_at.into(),
        ]
    };
    let rows = Rows::table(tx, 0, places.iter().map(row));
    let sql = [
        "INSERT INTO key_places (key_id, kind, print, first_seen_ms, last_seen_ms) \
         SELECT column1, column2, column3, column4, column4 FROM ",
        &rows.text,
        // Of accounts that were erased since nothing is kept. Without a condition SQLite would take what
        // follows for one of a join.
        " WHERE NOT EXISTS (SELECT 1 FROM api_keys k JOIN accounts a ON a.id = k.account_id \
         WHERE k.id = column1 AND a.erased_at_ms IS NOT NULL) ON CONFLICT (key_id, kind, print) DO UPDATE \
         SET last_seen_ms = excluded.last_seen_ms \
         WHERE key_places.last_seen_ms < excluded.last_seen_ms",
    ]
    .concat();
    execute(tx, &sql, rows.values).await?;
    Ok(())
}

/// Forgets places that were last seen before `before`.
pub(in crate::abuse) async fn forget(tx: &Tx, before: Time) -> Result<()> {
    let sql = "DELETE FROM key_places WHERE last_seen_ms < $1";
    execute(tx, sql, [before.into()]).await?;
    Ok(())
}
