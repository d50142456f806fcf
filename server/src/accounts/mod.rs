//! Accounts and their API keys: who is calling.
//!
//! Owns the tables `accounts` and `api_keys`. A key is a long random secret, so it is stored as a
//! keyed digest and found by it in one statement, together with its account and wallet: there is
//! no cache of keys, and a revocation or a suspension holds on the next request.

use crate::clock::Time;
use crate::db::Db;
use crate::error::{Refusal, Result};
use crate::ids::AccountId;
use crate::money::Money;
use crate::secrets::Secrets;
use crate::wallet;

mod key;
mod store;

pub use key::ApiKey;
pub(crate) use store::{Authenticated, is_suspended_in_tx};

/// The digest by which a key is found, `HMAC-SHA256(pepper, key)`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct KeyDigest([u8; 32]);

/// Who is calling, and what the wallet holds at this moment.
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    /// The account of the key.
    pub account: AccountId,
    /// The wallet's balance when the key was looked up.
    pub balance: Money,
    /// The version of the catalogue at that moment.
    pub catalog_version: i64,
}

impl KeyDigest {
    /// The digest of a key as a client sent it. A mistyped key is refused by its checksum, without
    /// asking the database.
    pub fn of(secrets: &Secrets, key: &str) -> Result<KeyDigest> {
        let key = ApiKey::parse(key).ok_or(Refusal::KeyInvalid)?;
        Ok(KeyDigest(secrets.digest_key(key.expose())))
    }
}

/// Finds the account of a key. Refused: [`Refusal::KeyInvalid`], [`Refusal::Suspended`].
pub async fn authenticate(db: &Db, digest: KeyDigest) -> Result<Caller> {
    store::authenticate(db, digest).await
}

/// Creates an account with an empty wallet. Gives `None` if the name is taken.
pub async fn create(db: &Db, now: Time, name: &str) -> Result<Option<AccountId>> {
    let tx = db.begin().await?;
    if store::named(&tx, name).await?.is_some() {
        return Ok(None);
    }
    let account = store::insert(&tx, now, name).await?;
    wallet::open_in_tx(&tx, account).await?;
    tx.commit().await?;
    Ok(Some(account))
}

/// The account of that name, if there is one.
pub async fn find(db: &Db, name: &str) -> Result<Option<AccountId>> {
    store::named(db.read(), name).await
}

/// Makes a new key for `account`. What is returned is the only copy of it.
pub async fn create_key(
    db: &Db,
    secrets: &Secrets,
    now: Time,
    account: AccountId,
    name: &str,
) -> Result<ApiKey> {
    let key = ApiKey::generate();
    let digest = KeyDigest(secrets.digest_key(key.expose()));
    let tx = db.begin().await?;
    store::insert_key(&tx, now, account, name, &key, digest).await?;
    tx.commit().await?;
    Ok(key)
}
