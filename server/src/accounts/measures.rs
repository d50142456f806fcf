//! What is done to accounts and keys because of abuse, and undone: a key is throttled or blocked, an
//! account's new orders wait. Why, and until when, the cases of [`abuse`](crate::abuse) know; this
//! only writes it where every server reads it.

use super::store::measures as store;
use crate::clock::Time;
use crate::db::{Db, Tx};
use crate::error::Result;
use crate::ids::{AccountId, KeyId};

/// Whose keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keys {
    /// This one.
    One(KeyId),
    /// All of an account.
    Of(AccountId),
}

/// Has keys keep to a quarter of their limits until `until`, or longer if they do already.
pub(crate) async fn throttle_in_tx(tx: &Tx, keys: Keys, until: Time) -> Result<()> {
    store::throttle(tx, keys, until).await
}

/// Gives keys their whole limits again.
pub(crate) async fn end_throttle_in_tx(tx: &Tx, keys: Keys) -> Result<()> {
    store::end_throttle(tx, keys).await
}

/// Until when keys are throttled: the longest of them.
pub(crate) async fn throttled_until(db: &Db, keys: Keys) -> Result<Option<Time>> {
    store::throttled_until(db.read(), keys).await
}

/// Whose a key is, if there is such a key.
pub(crate) async fn owner_of(tx: &Tx, key: KeyId) -> Result<Option<AccountId>> {
    store::owner_of(tx, key).await
}

/// Blocks a key from its next request on, on every server; one that is blocked stays as it is.
pub(crate) async fn block_key_in_tx(tx: &Tx, now: Time, key: KeyId) -> Result<()> {
    store::set_blocked(tx, key, Some(now)).await
}

/// Lets a key in again.
pub(crate) async fn unblock_key_in_tx(tx: &Tx, key: KeyId) -> Result<()> {
    store::set_blocked(tx, key, None).await
}

/// Has the account's new orders wait for a person before they are sent; if they do, they go on to.
pub(crate) async fn hold_in_tx(tx: &Tx, now: Time, account: AccountId) -> Result<()> {
    store::set_held(tx, account, Some(now)).await
}

/// Has the account's new orders sent at once again.
pub(crate) async fn end_hold_in_tx(tx: &Tx, account: AccountId) -> Result<()> {
    store::set_held(tx, account, None).await
}
