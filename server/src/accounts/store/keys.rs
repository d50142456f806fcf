//! The statements on `api_keys`, for their owners.

use sea_orm::{ConnectionTrait, QueryResult, Value};

use crate::accounts::spending::spent_today;
use crate::accounts::{Key, KeyTerms, Scopes, Token, TokenDigest, TokenKind};
use crate::clock::Time;
use crate::db::{Tx, execute, locked, query};
use crate::error::{Failure, Result};
use crate::ids::{AccountId, KeyId};
use crate::networks::Networks;

const KEY: &str = "SELECT id, prefix, last4, name, scopes, addresses, daily_cap_nano, spent_day, \
     spent_nano, expires_at_ms, created_at_ms, revoked_at_ms, last_used_at_ms, last_used_address, \
     throttled_until_ms, blocked_at_ms, action_limit_nano \
     FROM api_keys WHERE account_id = $1 AND ";

pub(in crate::accounts) async fn list(
    on: &impl ConnectionTrait,
    now: Time,
    account: AccountId,
    after: KeyId,
    limit: usize,
) -> Result<Vec<Key>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql = [KEY, "id > $2 ORDER BY id LIMIT $3"].concat();
    let rows = query(on, &sql, [account.into(), after.into(), limit.into()]).await?;
    rows.iter().map(|row| read(row, now)).collect()
}

pub(in crate::accounts) async fn one(
    on: &impl ConnectionTrait,
    now: Time,
    account: AccountId,
    id: KeyId,
) -> Result<Option<Key>> {
    let sql = [KEY, "id = $2"].concat();
    let rows = query(on, &sql, [account.into(), id.into()]).await?;
    rows.first().map(|row| read(row, now)).transpose()
}

fn read(row: &QueryResult, now: Time) -> Result<Key> {
    let id: KeyId = row.try_get_by_index(0)?;
    let unreadable = |what: &str| Failure::Stored(format!("{what} of key {id}"));
    let prefix: String = row.try_get_by_index(1)?;
    let scopes: String = row.try_get_by_index(4)?;
    let addresses: Option<String> = row.try_get_by_index(5)?;
    let addresses = Networks::parse(&addresses.unwrap_or_default());
    let (day, spent) = (row.try_get_by_index(7)?, row.try_get_by_index(8)?);
    Ok(Key {
        id,
        kind: TokenKind::from_word(&prefix).ok_or_else(|| unreadable("the prefix"))?,
        last4: row.try_get_by_index(2)?,
        terms: KeyTerms {
            name: row.try_get_by_index(3)?,
            scopes: Scopes::parse(&scopes).ok_or_else(|| unreadable("the scopes"))?,
            addresses: addresses.ok_or_else(|| unreadable("the addresses"))?,
            daily_cap: row.try_get_by_index(6)?,
            expires_at: row.try_get_by_index(9)?,
            action_limit: row.try_get("", "action_limit_nano")?,
        },
        spent_today: spent_today(day, spent, now),
        created_at: row.try_get_by_index(10)?,
        revoked_at: row.try_get_by_index(11)?,
        last_used_at: row.try_get_by_index(12)?,
        last_used_address: row.try_get_by_index(13)?,
        throttled_until: row.try_get_by_index(14)?,
        blocked_at: row.try_get_by_index(15)?,
    })
}

/// How many keys of `account` can be used at `now`.
pub(in crate::accounts) async fn count_good(tx: &Tx, now: Time, account: AccountId) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM api_keys WHERE account_id = $1 AND revoked_at_ms IS NULL \
               AND (expires_at_ms IS NULL OR expires_at_ms > $2)";
    let rows = query(tx, sql, [account.into(), now.into()]).await?;
    let count = rows
        .first()
        .map(|row| row.try_get_by_index(0))
        .transpose()?;
    Ok(count.unwrap_or(0))
}

/// A throttle is not shaken off by a new key: it has that of the account's others.
pub(in crate::accounts) async fn insert(
    tx: &Tx,
    now: Time,
    account: AccountId,
    terms: &KeyTerms,
    token: &Token,
    digest: TokenDigest,
) -> Result<KeyId> {
    let sql = "INSERT INTO api_keys (account_id, digest, prefix, last4, created_at_ms, name, \
               scopes, addresses, daily_cap_nano, expires_at_ms, action_limit_nano, \
               throttled_until_ms) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, (SELECT MAX(k.throttled_until_ms) \
               FROM api_keys k WHERE k.account_id = $1)) RETURNING id";
    let own: [Value; 5] = [
        account.into(),
        digest.bytes.to_vec().into(),
        token.kind().word().into(),
        token.last4().into(),
        now.into(),
    ];
    let rows = query(tx, sql, own.into_iter().chain(stored(terms))).await?;
    let missing = || Failure::Stored("a new key has no number".to_owned());
    Ok(rows.first().ok_or_else(missing)?.try_get_by_index(0)?)
}

pub(in crate::accounts) async fn change(tx: &Tx, id: KeyId, terms: &KeyTerms) -> Result<()> {
    let sql = "UPDATE api_keys SET name = $2, scopes = $3, addresses = $4, daily_cap_nano = $5, \
               expires_at_ms = $6, action_limit_nano = $7 WHERE id = $1";
    execute(tx, sql, std::iter::once(id.into()).chain(stored(terms))).await?;
    Ok(())
}

/// Name, scopes, addresses, cap, end, limit of an action.
fn stored(terms: &KeyTerms) -> [Value; 6] {
    let addresses = (!terms.addresses.is_empty()).then(|| terms.addresses.to_string());
    [
        terms.name.clone().into(),
        terms.scopes.to_string().into(),
        addresses.into(),
        terms.daily_cap.into(),
        terms.expires_at.into(),
        terms.action_limit.into(),
    ]
}

/// Lets a new key begin with what was spent today with the one that it replaces.
pub(in crate::accounts) async fn inherit_spent(tx: &Tx, new: KeyId, old: KeyId) -> Result<()> {
    let sql = "UPDATE api_keys SET spent_day = old.spent_day, spent_nano = old.spent_nano \
               FROM (SELECT spent_day, spent_nano FROM api_keys WHERE id = $2) AS old \
               WHERE api_keys.id = $1";
    execute(tx, sql, [new.into(), old.into()]).await?;
    Ok(())
}

pub(in crate::accounts) async fn expire(tx: &Tx, id: KeyId, at: Time) -> Result<()> {
    let sql = "UPDATE api_keys SET expires_at_ms = $2 WHERE id = $1";
    execute(tx, sql, [id.into(), at.into()]).await?;
    Ok(())
}

pub(in crate::accounts) async fn revoke(tx: &Tx, now: Time, id: KeyId) -> Result<()> {
    let sql = "UPDATE api_keys SET revoked_at_ms = $2 WHERE id = $1";
    execute(tx, sql, [id.into(), now.into()]).await?;
    Ok(())
}

/// Locks a key until the transaction ends.
pub(in crate::accounts) async fn lock(tx: &Tx, id: KeyId) -> Result<()> {
    let sql = ["SELECT id FROM api_keys WHERE id = $1", locked(tx)].concat();
    query(tx, &sql, [id.into()]).await?;
    Ok(())
}
