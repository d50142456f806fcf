//! The statements on people: the columns of `accounts` that are about signing in, and `sessions`.

use std::net::IpAddr;

use sea_orm::{ConnectionTrait, QueryResult, Value};

use crate::accounts::names::skeleton_of;
use crate::accounts::{Email, TokenDigest};
use crate::actor::Role;
use crate::clock::Time;
use crate::db::{Tx, execute, query};
use crate::error::{Failure, Result};
use crate::ids::{AccountId, SessionId};

/// Somebody who may sign in.
#[derive(Debug)]
pub(in crate::accounts) struct Person {
    pub(in crate::accounts) id: AccountId,
    pub(in crate::accounts) role: Role,
    pub(in crate::accounts) name: String,
    pub(in crate::accounts) email: Option<String>,
    pub(in crate::accounts) is_suspended: bool,
    pub(in crate::accounts) password_hash: Option<String>,
    pub(in crate::accounts) totp_sealed: Option<String>,
    pub(in crate::accounts) totp_confirmed_at: Option<Time>,
}

const PERSON: &str = "SELECT id, role, name, email, suspended_at_ms, password_hash, totp_sealed, \
     totp_confirmed_at_ms FROM accounts WHERE ";

/// The person of this address, in its one form.
pub(in crate::accounts) async fn by_email(
    on: &impl ConnectionTrait,
    email: &str,
) -> Result<Option<Person>> {
    person(on, "email = $1", email.into()).await
}

pub(in crate::accounts) async fn by_id(
    on: &impl ConnectionTrait,
    account: AccountId,
) -> Result<Option<Person>> {
    person(on, "id = $1", account.into()).await
}

async fn person(on: &impl ConnectionTrait, which: &str, value: Value) -> Result<Option<Person>> {
    let rows = query(on, &[PERSON, which].concat(), [value]).await?;
    let read = |row: &QueryResult| -> Result<Person> {
        Ok(Person {
            id: row.try_get_by_index(0)?,
            role: row.try_get_by_index(1)?,
            name: row.try_get_by_index(2)?,
            email: row.try_get_by_index(3)?,
            is_suspended: row.try_get_by_index::<Option<Time>>(4)?.is_some(),
            password_hash: row.try_get_by_index(5)?,
            totp_sealed: row.try_get_by_index(6)?,
            totp_confirmed_at: row.try_get_by_index(7)?,
        })
    };
    rows.first().map(read).transpose()
}

pub(in crate::accounts) async fn set_password(
    tx: &Tx,
    account: AccountId,
    hash: &str,
) -> Result<()> {
    let sql = "UPDATE accounts SET password_hash = $1 WHERE id = $2";
    execute(tx, sql, [hash.into(), account.into()]).await?;
    Ok(())
}

/// Writes another address, and what it is compared by.
pub(in crate::accounts) async fn set_email(
    tx: &Tx,
    account: AccountId,
    email: &Email,
) -> Result<()> {
    let sql = "UPDATE accounts SET email = $1, email_skeleton = $2 WHERE id = $3";
    let skeleton = skeleton_of(email.as_str());
    execute(
        tx,
        sql,
        [email.as_str().into(), skeleton.into(), account.into()],
    )
    .await?;
    Ok(())
}

/// Notes that nobody has shown yet that they read the mail of the address.
pub(in crate::accounts) async fn doubt_email(tx: &Tx, account: AccountId) -> Result<()> {
    let sql = "UPDATE accounts SET email_unproven = TRUE WHERE id = $1";
    execute(tx, sql, [account.into()]).await?;
    Ok(())
}

/// Notes that somebody reads the mail of the address; true if nobody had shown it before.
pub(in crate::accounts) async fn prove_email(tx: &Tx, account: AccountId) -> Result<bool> {
    let sql = "UPDATE accounts SET email_unproven = FALSE WHERE id = $1 AND email_unproven";
    Ok(execute(tx, sql, [account.into()]).await? == 1)
}

/// Takes back what whoever knew the password since `since` may have got: the password itself, a second
/// factor and API keys.
pub(in crate::accounts) async fn take_back_since(
    tx: &Tx,
    now: Time,
    account: AccountId,
    since: Time,
) -> Result<()> {
    let password = "UPDATE accounts SET password_hash = NULL WHERE id = $1";
    execute(tx, password, [account.into()]).await?;
    let seed = "UPDATE accounts SET totp_sealed = NULL, totp_confirmed_at_ms = NULL, \
                totp_last_step = NULL WHERE id = $1 AND totp_confirmed_at_ms >= $2";
    execute(tx, seed, [account.into(), since.into()]).await?;
    let keys = "UPDATE api_keys SET revoked_at_ms = $3 WHERE account_id = $1 AND created_at_ms >= $2 \
                AND revoked_at_ms IS NULL";
    execute(tx, keys, [account.into(), since.into(), now.into()]).await?;
    Ok(())
}

/// Keeps a seed that is not confirmed; false if one is.
pub(in crate::accounts) async fn offer_seed(
    tx: &Tx,
    account: AccountId,
    sealed: &str,
) -> Result<bool> {
    let sql = "UPDATE accounts SET totp_sealed = $1, totp_last_step = NULL \
               WHERE id = $2 AND totp_confirmed_at_ms IS NULL";
    Ok(execute(tx, sql, [sealed.into(), account.into()]).await? == 1)
}

/// Turns codes of this seed on, the one of this step used; false if it is not the one that is kept.
pub(in crate::accounts) async fn confirm_seed(
    tx: &Tx,
    now: Time,
    account: AccountId,
    sealed: &str,
    step: i64,
) -> Result<bool> {
    let sql = "UPDATE accounts SET totp_confirmed_at_ms = $1, totp_last_step = $2 \
               WHERE id = $3 AND totp_sealed = $4 AND totp_confirmed_at_ms IS NULL";
    let values = [now.into(), step.into(), account.into(), sealed.into()];
    Ok(execute(tx, sql, values).await? == 1)
}

/// Turns codes off.
pub(in crate::accounts) async fn drop_seed(tx: &Tx, account: AccountId) -> Result<()> {
    let sql = "UPDATE accounts SET totp_sealed = NULL, totp_confirmed_at_ms = NULL, \
               totp_last_step = NULL WHERE id = $1";
    execute(tx, sql, [account.into()]).await?;
    Ok(())
}

/// Uses the code of a step, and with it all before; false if it was used.
pub(in crate::accounts) async fn use_step(tx: &Tx, account: AccountId, step: i64) -> Result<bool> {
    let sql = "UPDATE accounts SET totp_last_step = $1 \
               WHERE id = $2 AND (totp_last_step IS NULL OR totp_last_step < $1)";
    Ok(execute(tx, sql, [step.into(), account.into()]).await? == 1)
}

pub(in crate::accounts) async fn begin_session(
    tx: &Tx,
    now: Time,
    account: AccountId,
    digest: TokenDigest,
    expires_at: Time,
    address: Option<IpAddr>,
) -> Result<SessionId> {
    let sql = "INSERT INTO sessions (account_id, digest, created_at_ms, last_used_at_ms, \
               expires_at_ms, address) VALUES ($1, $2, $3, $3, $4, $5) RETURNING id";
    let values = [
        account.into(),
        digest.bytes.to_vec().into(),
        now.into(),
        expires_at.into(),
        address.map(|address| address.to_string()).into(),
    ];
    let rows = query(tx, sql, values).await?;
    let missing = || Failure::Stored("a new session has no number".to_owned());
    Ok(rows.first().ok_or_else(missing)?.try_get_by_index(0)?)
}

/// Ends all sessions of `account` but the newest `most`; those that have run out are none any more.
/// Gives how many were ended.
pub(in crate::accounts) async fn end_oldest_sessions(
    tx: &Tx,
    now: Time,
    account: AccountId,
    most: i64,
) -> Result<u64> {
    let sql = "UPDATE sessions SET ended_at_ms = $1 WHERE account_id = $2 AND ended_at_ms IS NULL \
               AND expires_at_ms > $1 AND id NOT IN (SELECT id FROM sessions \
               WHERE account_id = $2 AND ended_at_ms IS NULL AND expires_at_ms > $1 \
               ORDER BY id DESC LIMIT $3)";
    Ok(execute(tx, sql, [now.into(), account.into(), most.into()]).await?)
}

/// Writes that the owner of a session has proved again who they are.
pub(in crate::accounts) async fn confirm_session(
    tx: &Tx,
    now: Time,
    session: SessionId,
) -> Result<()> {
    let sql = "UPDATE sessions SET confirmed_at_ms = $1 WHERE id = $2 AND ended_at_ms IS NULL";
    execute(tx, sql, [now.into(), session.into()]).await?;
    Ok(())
}

pub(in crate::accounts) async fn end_session(tx: &Tx, now: Time, session: SessionId) -> Result<()> {
    let sql = "UPDATE sessions SET ended_at_ms = $1 WHERE id = $2 AND ended_at_ms IS NULL";
    execute(tx, sql, [now.into(), session.into()]).await?;
    Ok(())
}

/// Ends every session of `account`. Gives how many were ended.
pub(in crate::accounts) async fn end_sessions(
    tx: &Tx,
    now: Time,
    account: AccountId,
) -> Result<u64> {
    let sql = "UPDATE sessions SET ended_at_ms = $1 WHERE account_id = $2 AND ended_at_ms IS NULL";
    Ok(execute(tx, sql, [now.into(), account.into()]).await?)
}

/// Ends every session of `account` but one. Gives how many were ended.
pub(in crate::accounts) async fn end_other_sessions(
    tx: &Tx,
    now: Time,
    account: AccountId,
    but: SessionId,
) -> Result<u64> {
    let sql = "UPDATE sessions SET ended_at_ms = $1 \
               WHERE account_id = $2 AND id <> $3 AND ended_at_ms IS NULL";
    Ok(execute(tx, sql, [now.into(), account.into(), but.into()]).await?)
}
