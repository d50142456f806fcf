//! The statements on `mails`.

use sea_orm::{ConnectionTrait, QueryResult};

use super::{Mail, MailKind, NewMail};
use crate::clock::Time;
use crate::db::{Tx, execute, query, skip_locked};
use crate::error::{Failure, Result};
use crate::ids::MailId;

/// So many are taken at once: few enough for one lease.
const TAKEN: i64 = 5;

const DUE: &str = "due_at_ms <= $1 AND (lease_until_ms IS NULL OR lease_until_ms <= $1)";

pub(super) async fn insert(tx: &Tx, now: Time, mail: &NewMail<'_>) -> Result<()> {
    let sql = "INSERT INTO mails (kind, recipient, account_id, sign_up_id, address_change_id, \
               address_request_id, created_at_ms, due_at_ms) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $7)";
    let values = [
        mail.kind.word().into(),
        mail.to.into(),
        mail.account.into(),
        mail.sign_up.into(),
        mail.address_change.into(),
        mail.address_request.into(),
        now.into(),
    ];
    execute(tx, sql, values).await?;
    Ok(())
}

/// Whether one of this kind waits for this address.
pub(super) async fn is_waiting(tx: &Tx, kind: MailKind, to: &str) -> Result<bool> {
    let sql = "SELECT 1 FROM mails WHERE recipient = $1 AND kind = $2 LIMIT 1";
    let rows = query(tx, sql, [to.into(), kind.word().into()]).await?;
    Ok(!rows.is_empty())
}

pub(super) async fn is_any_due(on: &impl ConnectionTrait, now: Time) -> Result<bool> {
    let sql = ["SELECT 1 FROM mails WHERE ", DUE, " LIMIT 1"].concat();
    Ok(!query(on, &sql, [now.into()]).await?.is_empty())
}

/// Takes some that are due until `until`, oldest first.
pub(super) async fn take(tx: &Tx, now: Time, until: Time) -> Result<Vec<Mail>> {
    let sql = [
        "UPDATE mails SET lease_until_ms = $2, tries = tries + 1 WHERE id IN \
         (SELECT id FROM mails WHERE ",
        DUE,
        " ORDER BY id LIMIT $3",
        skip_locked(tx),
        ") RETURNING id, kind, recipient, account_id, sign_up_id, address_change_id, \
         address_request_id, tries",
    ]
    .concat();
    let rows = query(tx, &sql, [now.into(), until.into(), TAKEN.into()]).await?;
    let mut taken = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
    taken.sort_unstable_by_key(|mail| mail.id);
    Ok(taken)
}

fn read(row: &QueryResult) -> Result<Mail> {
    let kind: String = row.try_get("", "kind")?;
    let unknown = || Failure::Stored(format!("a mail of the kind {kind}"));
    Ok(Mail {
        id: row.try_get("", "id")?,
        kind: MailKind::from_word(&kind).ok_or_else(unknown)?,
        to: row.try_get("", "recipient")?,
        account: row.try_get("", "account_id")?,
        sign_up: row.try_get("", "sign_up_id")?,
        address_change: row.try_get("", "address_change_id")?,
        address_request: row.try_get("", "address_request_id")?,
        tries: row.try_get("", "tries")?,
    })
}

/// Gives a mail back until `due`.
pub(super) async fn postpone(tx: &Tx, id: MailId, due: Time) -> Result<()> {
    let sql = "UPDATE mails SET due_at_ms = $1, lease_until_ms = NULL WHERE id = $2";
    execute(tx, sql, [due.into(), id.into()]).await?;
    Ok(())
}

pub(super) async fn delete(tx: &Tx, id: MailId) -> Result<()> {
    execute(tx, "DELETE FROM mails WHERE id = $1", [id.into()]).await?;
    Ok(())
}
