//! The statements that write accounts and keys of another panel, and on `imported_accounts`.

use std::collections::{BTreeMap, HashMap, HashSet};

use sea_orm::{ConnectionTrait, QueryResult};

use crate::accounts::imported::Standing;
use crate::accounts::names::{Name, skeleton_of};
use crate::accounts::{Email, Scopes, Token, TokenDigest};
use crate::actor::Role;
use crate::clock::Time;
use crate::db::{Rows, Tx, execute, query};
use crate::error::{Failure, Result};
use crate::ids::{AccountId, TierId};
use crate::money::Percent;

/// What imported keys are called.
const KEY_NAME: &str = "imported";

/// An account to write.
pub(in crate::accounts) struct NewAccount<'a> {
    pub(in crate::accounts) old_id: i64,
    pub(in crate::accounts) name: &'a Name,
    pub(in crate::accounts) email: Option<&'a Email>,
    pub(in crate::accounts) tier: Option<TierId>,
}

/// Whether there is a key that another panel made.
pub(in crate::accounts) async fn is_any_foreign_key(on: &impl ConnectionTrait) -> Result<bool> {
    let sql = "SELECT id FROM api_keys WHERE prefix = '' LIMIT 1";
    Ok(!query(on, sql, []).await?.is_empty())
}

/// The accounts of imported customers, by their numbers in the other panel.
pub(in crate::accounts) async fn accounts(tx: &Tx) -> Result<HashMap<i64, AccountId>> {
    let rows = query(tx, "SELECT old_id, account_id FROM imported_accounts", []).await?;
    rows.iter()
        .map(|row| Ok((row.try_get("", "old_id")?, row.try_get("", "account_id")?)))
        .collect()
}

/// How they stand.
pub(in crate::accounts) async fn standing(tx: &Tx) -> Result<HashMap<AccountId, Standing>> {
    let sql = "SELECT i.account_id, w.balance_nano, a.suspended_at_ms, a.email IS NOT NULL OR EXISTS \
               (SELECT 1 FROM api_keys k WHERE k.account_id = a.id AND k.revoked_at_ms IS NULL) \
               AS has_way_in FROM imported_accounts i JOIN accounts a ON a.id = i.account_id \
               JOIN wallets w ON w.account_id = a.id";
    let rows = query(tx, sql, []).await?;
    let read = |row: &QueryResult| {
        let suspended: Option<Time> = row.try_get("", "suspended_at_ms")?;
        let standing = Standing {
            balance: row.try_get("", "balance_nano")?,
            is_suspended: suspended.is_some(),
            has_way_in: row.try_get("", "has_way_in")?,
        };
        Ok((row.try_get("", "account_id")?, standing))
    };
    rows.iter().map(read).collect()
}

/// The accounts that were erased.
pub(in crate::accounts) async fn erased(tx: &Tx) -> Result<HashSet<AccountId>> {
    let sql = "SELECT id FROM accounts WHERE erased_at_ms IS NOT NULL";
    let rows = query(tx, sql, []).await?;
    rows.iter().map(|row| Ok(row.try_get("", "id")?)).collect()
}

/// The digests of all keys.
pub(in crate::accounts) async fn digests(tx: &Tx) -> Result<HashSet<[u8; 32]>> {
    let mut digests = HashSet::new();
    for row in query(tx, "SELECT digest FROM api_keys", []).await? {
        let digest: Vec<u8> = row.try_get("", "digest")?;
        let unreadable = |_| Failure::Stored("the digest of a key".to_owned());
        digests.insert(digest.try_into().map_err(unreadable)?);
    }
    Ok(digests)
}

/// Every tier.
pub(in crate::accounts) async fn tiers(tx: &Tx) -> Result<Vec<(TierId, String, Percent)>> {
    let sql = "SELECT id, name, percent_hundredths FROM tiers ORDER BY id";
    let rows = query(tx, sql, []).await?;
    rows.iter()
        .map(|row| {
            Ok((
                row.try_get("", "id")?,
                row.try_get("", "name")?,
                row.try_get("", "percent_hundredths")?,
            ))
        })
        .collect()
}

/// Writes accounts; gives their numbers here by those in the other panel.
pub(in crate::accounts) async fn insert_accounts(
    tx: &Tx,
    now: Time,
    new: &[NewAccount<'_>],
) -> Result<BTreeMap<i64, AccountId>> {
    let rows = new.iter().map(|new| {
        [
            Role::Reseller.into(),
            new.name.text.as_str().into(),
            new.name.key.as_str().into(),
            new.name.skeleton.as_str().into(),
            new.email.map(Email::as_str).into(),
            new.email.map(|email| skeleton_of(email.as_str())).into(),
            now.into(),
            new.tier.into(),
        ]
    });
    let rows = Rows::table(tx, 0, rows);
    let sql = [
        "INSERT INTO accounts (role, name, name_key, name_skeleton, email, email_skeleton, \
         created_at_ms, tier_id) SELECT * FROM ",
        &rows.text,
        " RETURNING id, name",
    ]
    .concat();
    let mut by_name: HashMap<String, AccountId> = HashMap::with_capacity(new.len());
    for row in query(tx, &sql, rows.values).await? {
        by_name.insert(row.try_get("", "name")?, row.try_get("", "id")?);
    }
    let mut accounts = BTreeMap::new();
    for one in new {
        let missing = || Failure::Stored(format!("customer {} was not written", one.old_id));
        let account = by_name.get(&one.name.text).ok_or_else(missing)?;
        accounts.insert(one.old_id, *account);
    }
    let rows = accounts.iter().map(|(&old, &id)| [old.into(), id.into()]);
    let rows = Rows::table(tx, 0, rows);
    let sql = [
        "INSERT INTO imported_accounts (old_id, account_id) SELECT * FROM ",
        &rows.text,
    ]
    .concat();
    execute(tx, &sql, rows.values).await?;
    Ok(accounts)
}

/// Writes keys that may do what keys of customers may.
pub(in crate::accounts) async fn insert_keys(
    tx: &Tx,
    now: Time,
    keys: Vec<(AccountId, &Token, TokenDigest)>,
) -> Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    let scopes = Scopes::OF_CUSTOMERS.to_string();
    let rows = keys.into_iter().map(|(account, key, digest)| {
        [
            account.into(),
            digest.bytes.to_vec().into(),
            key.kind().word().into(),
            key.last4().into(),
            KEY_NAME.into(),
            now.into(),
            scopes.as_str().into(),
        ]
    });
    let rows = Rows::table(tx, 0, rows);
    let sql = [
        "INSERT INTO api_keys (account_id, digest, prefix, last4, name, created_at_ms, scopes) \
         SELECT * FROM ",
        &rows.text,
    ]
    .concat();
    execute(tx, &sql, rows.values).await?;
    Ok(())
}
