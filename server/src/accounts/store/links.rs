//! The statements on `account_links`, `sign_ups`, `address_changes` and `address_requests`.

use sea_orm::{ConnectionTrait, QueryResult};

use crate::accounts::links::LinkKind;
use crate::clock::Time;
use crate::db::{Tx, execute, locked, query};
use crate::error::{Failure, Result};
use crate::ids::AccountId;

/// Whom or what a link is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::accounts) enum Subject {
    /// An account.
    Account(AccountId),
    /// One that is to be opened.
    SignUp(i64),
    /// An address that was replaced.
    AddressChange(i64),
    /// An address that an account is to have.
    AddressRequest(i64),
}

/// A link that is good.
pub(in crate::accounts) struct Found {
    pub(in crate::accounts) id: i64,
    pub(in crate::accounts) kind: LinkKind,
    pub(in crate::accounts) subject: Subject,
    /// The address that it is about.
    pub(in crate::accounts) email: String,
}

pub(in crate::accounts) async fn insert(
    tx: &Tx,
    now: Time,
    kind: LinkKind,
    subject: Subject,
    digest: &[u8; 32],
    expires_at: Time,
) -> Result<()> {
    let sql = "INSERT INTO account_links (kind, digest, account_id, sign_up_id, address_change_id, \
               address_request_id, created_at_ms, expires_at_ms) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let (account, sign_up, change, request) = match subject {
        Subject::Account(account) => (Some(account), None, None, None),
        Subject::SignUp(sign_up) => (None, Some(sign_up), None, None),
        Subject::AddressChange(change) => (None, None, Some(change), None),
        Subject::AddressRequest(request) => (None, None, None, Some(request)),
    };
    let values = [
        kind.word().into(),
        digest.to_vec().into(),
        account.into(),
        sign_up.into(),
        change.into(),
        request.into(),
        now.into(),
        expires_at.into(),
    ];
    execute(tx, sql, values).await?;
    Ok(())
}

/// The link of this digest, if it is neither spent nor over.
pub(in crate::accounts) async fn good(
    on: &impl ConnectionTrait,
    now: Time,
    digest: &[u8; 32],
) -> Result<Option<Found>> {
    let sql = "SELECT l.id, l.kind, l.account_id, l.sign_up_id, l.address_change_id, \
               l.address_request_id, COALESCE(r.email, c.old_email, s.email, a.email, '') AS email \
               FROM account_links l \
               LEFT JOIN accounts a ON a.id = l.account_id \
               LEFT JOIN sign_ups s ON s.id = l.sign_up_id \
               LEFT JOIN address_changes c ON c.id = l.address_change_id \
               LEFT JOIN address_requests r ON r.id = l.address_request_id \
               WHERE l.digest = $1 AND l.ended_at_ms IS NULL AND l.expires_at_ms > $2";
    let rows = query(on, sql, [digest.to_vec().into(), now.into()]).await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let kind: String = row.try_get("", "kind")?;
    let unreadable = || Failure::Stored(format!("a link of the kind {kind}"));
    let account: Option<AccountId> = row.try_get("", "account_id")?;
    let sign_up: Option<i64> = row.try_get("", "sign_up_id")?;
    let change: Option<i64> = row.try_get("", "address_change_id")?;
    let request: Option<i64> = row.try_get("", "address_request_id")?;
    let subject = account
        .map(Subject::Account)
        .or(sign_up.map(Subject::SignUp))
        .or(change.map(Subject::AddressChange))
        .or(request.map(Subject::AddressRequest));
    Ok(Some(Found {
        id: row.try_get("", "id")?,
        kind: LinkKind::from_word(&kind).ok_or_else(unreadable)?,
        subject: subject.ok_or_else(unreadable)?,
        email: row.try_get("", "email")?,
    }))
}

/// Spends a link; false if it was spent, or is over.
pub(in crate::accounts) async fn spend(tx: &Tx, now: Time, link: i64) -> Result<bool> {
    let sql = "UPDATE account_links SET ended_at_ms = $1 \
               WHERE id = $2 AND ended_at_ms IS NULL AND expires_at_ms > $1";
    Ok(execute(tx, sql, [now.into(), link.into()]).await? == 1)
}

/// Ends every link by which a password of `account` can be chosen, and what was asked for its address:
/// whoever asked may have known an earlier password.
pub(in crate::accounts) async fn end_what_waits(
    tx: &Tx,
    now: Time,
    account: AccountId,
) -> Result<()> {
    delete_address_request(tx, account).await?;
    let sql = "UPDATE account_links SET ended_at_ms = $1 \
               WHERE account_id = $2 AND ended_at_ms IS NULL";
    execute(tx, sql, [now.into(), account.into()]).await?;
    Ok(())
}

/// An account that is to be opened.
pub(in crate::accounts) struct SignUp {
    pub(in crate::accounts) email: String,
    pub(in crate::accounts) name: Option<String>,
    pub(in crate::accounts) password_hash: String,
}

pub(in crate::accounts) async fn insert_sign_up(
    tx: &Tx,
    now: Time,
    new: &SignUp,
    expires_at: Time,
) -> Result<i64> {
    let sql = "INSERT INTO sign_ups (email, name, password_hash, created_at_ms, expires_at_ms) \
               VALUES ($1, $2, $3, $4, $5) RETURNING id";
    let values = [
        new.email.as_str().into(),
        new.name.as_deref().into(),
        new.password_hash.as_str().into(),
        now.into(),
        expires_at.into(),
    ];
    first_id(&query(tx, sql, values).await?)
}

pub(in crate::accounts) async fn sign_up(
    on: &impl ConnectionTrait,
    id: i64,
) -> Result<Option<SignUp>> {
    let sql = "SELECT email, name, password_hash FROM sign_ups WHERE id = $1";
    let rows = query(on, sql, [id.into()]).await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    Ok(Some(SignUp {
        email: row.try_get("", "email")?,
        name: row.try_get("", "name")?,
        password_hash: row.try_get("", "password_hash")?,
    }))
}

/// Locks what waits to be opened with this address.
pub(in crate::accounts) async fn lock_sign_ups(tx: &Tx, email: &str) -> Result<()> {
    let sql = [
        "SELECT id FROM sign_ups WHERE email = $1 ORDER BY id",
        locked(tx),
    ];
    query(tx, &sql.concat(), [email.into()]).await?;
    Ok(())
}

/// Deletes what was waiting to be opened with this address, and its links.
pub(in crate::accounts) async fn delete_sign_ups(tx: &Tx, email: &str) -> Result<()> {
    execute(tx, "DELETE FROM sign_ups WHERE email = $1", [email.into()]).await?;
    Ok(())
}

/// An address that was replaced.
pub(in crate::accounts) struct AddressChange {
    pub(in crate::accounts) account: AccountId,
    pub(in crate::accounts) old_email: String,
    pub(in crate::accounts) created_at: Time,
    pub(in crate::accounts) undo_until: Time,
}

pub(in crate::accounts) async fn insert_change(tx: &Tx, change: &AddressChange) -> Result<i64> {
    let sql = "INSERT INTO address_changes (account_id, old_email, created_at_ms, undo_until_ms) \
               VALUES ($1, $2, $3, $4) RETURNING id";
    let values = [
        change.account.into(),
        change.old_email.as_str().into(),
        change.created_at.into(),
        change.undo_until.into(),
    ];
    first_id(&query(tx, sql, values).await?)
}

pub(in crate::accounts) async fn change(
    on: &impl ConnectionTrait,
    id: i64,
) -> Result<Option<AddressChange>> {
    let sql = "SELECT account_id, old_email, created_at_ms, undo_until_ms FROM address_changes \
               WHERE id = $1 AND undone_at_ms IS NULL";
    let rows = query(on, sql, [id.into()]).await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    Ok(Some(AddressChange {
        account: row.try_get("", "account_id")?,
        old_email: row.try_get("", "old_email")?,
        created_at: row.try_get("", "created_at_ms")?,
        undo_until: row.try_get("", "undo_until_ms")?,
    }))
}

/// An address that an account is to have.
pub(in crate::accounts) struct AddressRequest {
    pub(in crate::accounts) account: AccountId,
    pub(in crate::accounts) email: String,
    pub(in crate::accounts) expires_at: Time,
}

/// Keeps an address that an account is to have, in place of the one that was asked for before.
pub(in crate::accounts) async fn insert_address_request(
    tx: &Tx,
    now: Time,
    new: &AddressRequest,
) -> Result<i64> {
    delete_address_request(tx, new.account).await?;
    let sql = "INSERT INTO address_requests (account_id, email, created_at_ms, expires_at_ms) \
               VALUES ($1, $2, $3, $4) RETURNING id";
    let values = [
        new.account.into(),
        new.email.as_str().into(),
        now.into(),
        new.expires_at.into(),
    ];
    first_id(&query(tx, sql, values).await?)
}

const ADDRESS_REQUEST: &str =
    "SELECT account_id, email, expires_at_ms FROM address_requests WHERE id = $1";

pub(in crate::accounts) async fn address_request(
    on: &impl ConnectionTrait,
    id: i64,
) -> Result<Option<AddressRequest>> {
    read_address_request(&query(on, ADDRESS_REQUEST, [id.into()]).await?)
}

/// The same, which nobody else deletes until the transaction ends.
pub(in crate::accounts) async fn lock_address_request(
    tx: &Tx,
    id: i64,
) -> Result<Option<AddressRequest>> {
    let sql = [ADDRESS_REQUEST, locked(tx)].concat();
    read_address_request(&query(tx, &sql, [id.into()]).await?)
}

fn read_address_request(rows: &[QueryResult]) -> Result<Option<AddressRequest>> {
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    Ok(Some(AddressRequest {
        account: row.try_get("", "account_id")?,
        email: row.try_get("", "email")?,
        expires_at: row.try_get("", "expires_at_ms")?,
    }))
}

/// Deletes the address that `account` was to have, and its links.
pub(in crate::accounts) async fn delete_address_request(tx: &Tx, account: AccountId) -> Result<()> {
    let sql = "DELETE FROM address_requests WHERE account_id = $1";
    execute(tx, sql, [account.into()]).await?;
    Ok(())
}

/// Whether an address was replaced lately and can still be put back, by another account than `account`:
/// nobody else has it until then.
pub(in crate::accounts) async fn is_kept(
    tx: &Tx,
    now: Time,
    email: &str,
    account: Option<AccountId>,
) -> Result<bool> {
    let sql = "SELECT 1 FROM address_changes WHERE old_email = $1 AND undone_at_ms IS NULL \
               AND undo_until_ms > $2 AND account_id <> $3 LIMIT 1";
    let but = account.unwrap_or_default();
    let found = query(tx, sql, [email.into(), now.into(), but.into()]).await?;
    Ok(!found.is_empty())
}

/// When the address of `account` was last replaced, by a change that stands.
pub(in crate::accounts) async fn last_change_at(
    on: &impl ConnectionTrait,
    account: AccountId,
) -> Result<Option<Time>> {
    let sql = "SELECT created_at_ms FROM address_changes \
               WHERE account_id = $1 AND undone_at_ms IS NULL ORDER BY id DESC LIMIT 1";
    let rows = query(on, sql, [account.into()]).await?;
    let at = rows.first().map(|row| row.try_get("", "created_at_ms"));
    Ok(at.transpose()?)
}

/// Undoes a change of `account` and all after it; their links end.
pub(in crate::accounts) async fn undo_changes(
    tx: &Tx,
    now: Time,
    account: AccountId,
    from: i64,
) -> Result<()> {
    let values = || [now.into(), account.into(), from.into()];
    let sql = "UPDATE address_changes SET undone_at_ms = $1 \
               WHERE account_id = $2 AND id >= $3 AND undone_at_ms IS NULL";
    execute(tx, sql, values()).await?;
    let sql = "UPDATE account_links SET ended_at_ms = $1 WHERE ended_at_ms IS NULL \
               AND address_change_id IN (SELECT id FROM address_changes \
               WHERE account_id = $2 AND id >= $3)";
    execute(tx, sql, values()).await?;
    Ok(())
}

fn first_id(rows: &[sea_orm::QueryResult]) -> Result<i64> {
    let missing = || Failure::Stored("a new row has no number".to_owned());
    Ok(rows.first().ok_or_else(missing)?.try_get_by_index(0)?)
}
