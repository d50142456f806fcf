//! The statements on `accounts` and `api_keys` by which abuse is met.

use sea_orm::{ConnectionTrait, Value};

use crate::accounts::measures::Keys;
use crate::clock::Time;
use crate::db::{Tx, execute, query};
use crate::error::Result;
use crate::ids::{AccountId, KeyId};

/// The condition that a key is one of `keys`, as `$1`.
fn which(keys: Keys) -> (&'static str, Value) {
    match keys {
        Keys::One(key) => (" WHERE id = $1", key.into()),
        // In the order of their numbers, so that two servers do not wait for each other.
        Keys::Of(account) => (
            " WHERE id IN (SELECT id FROM api_keys WHERE account_id = $1 ORDER BY id)",
            account.into(),
        ),
    }
}

pub(in crate::accounts) async fn throttle(tx: &Tx, keys: Keys, until: Time) -> Result<()> {
    let (which, of) = which(keys);
    let sql = [
        "UPDATE api_keys SET throttled_until_ms = $2",
        which,
        " AND revoked_at_ms IS NULL AND (throttled_until_ms IS NULL OR throttled_until_ms < $2)",
    ]
    .concat();
    execute(tx, &sql, [of, until.into()]).await?;
    Ok(())
}

pub(in crate::accounts) async fn end_throttle(tx: &Tx, keys: Keys) -> Result<()> {
    let (which, of) = which(keys);
    // Keys that were made since then have the same throttle.
    let inherited = match keys {
        Keys::One(_) => {
            " OR (account_id = (SELECT account_id FROM api_keys WHERE id = $1) AND id > $1 \
             AND throttled_until_ms = (SELECT throttled_until_ms FROM api_keys WHERE id = $1))"
        }
        Keys::Of(_) => "",
    };
    let sql = [
        "UPDATE api_keys SET throttled_until_ms = NULL",
        which,
        inherited,
    ]
    .concat();
    execute(tx, &sql, [of]).await?;
    Ok(())
}

pub(in crate::accounts) async fn throttled_until(
    on: &impl ConnectionTrait,
    keys: Keys,
) -> Result<Option<Time>> {
    let (which, of) = which(keys);
    let sql = ["SELECT MAX(throttled_until_ms) FROM api_keys", which].concat();
    let rows = query(on, &sql, [of]).await?;
    Ok(rows
        .first()
        .map_or(Ok(None), |row| row.try_get_by_index(0))?)
}

pub(in crate::accounts) async fn owner_of(tx: &Tx, key: KeyId) -> Result<Option<AccountId>> {
    let sql = "SELECT account_id FROM api_keys WHERE id = $1";
    let rows = query(tx, sql, [key.into()]).await?;
    Ok(rows
        .first()
        .map(|row| row.try_get_by_index(0))
        .transpose()?)
}

/// Blocks a key since `since`, unless it is blocked already; with none, it is not blocked.
pub(in crate::accounts) async fn set_blocked(
    tx: &Tx,
    key: KeyId,
    since: Option<Time>,
) -> Result<()> {
    let sql = match since {
        Some(_) => "UPDATE api_keys SET blocked_at_ms = COALESCE(blocked_at_ms, $2) WHERE id = $1",
        None => "UPDATE api_keys SET blocked_at_ms = $2 WHERE id = $1",
    };
    execute(tx, sql, [key.into(), since.into()]).await?;
    Ok(())
}

/// Holds an account's new orders since `since`, unless they are held already; with none, they are
/// not held.
pub(in crate::accounts) async fn set_held(
    tx: &Tx,
    account: AccountId,
    since: Option<Time>,
) -> Result<()> {
    let sql = match since {
        Some(_) => "UPDATE accounts SET held_at_ms = COALESCE(held_at_ms, $2) WHERE id = $1",
        None => "UPDATE accounts SET held_at_ms = $2 WHERE id = $1",
    };
    execute(tx, sql, [account.into(), since.into()]).await?;
    Ok(())
}
