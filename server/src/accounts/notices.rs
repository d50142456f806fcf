//! Notices: what the panel has to say to an account.

use super::store;
use crate::actor::Actor;
use crate::audit::{self, Deed, Entry};
use crate::clock::{Period, Time};
use crate::db::{Db, Tx};
use crate::error::{Refusal, Result};
use crate::ids::{AccountId, NoticeId};
use crate::panel::Panel;

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its number.
    pub id: NoticeId,
    /// Who is told.
    pub account: AccountId,
    /// What.
    pub message: String,
    /// When it was sent.
    pub created_at: Time,
    /// When it was read.
    pub read_at: Option<Time>,
}

/// Sends `message` to `account`. Refused: [`Refusal::Unknown`], [`Refusal::FieldInvalid`].
pub async fn send(
    panel: &Panel,
    actor: &Actor,
    account: AccountId,
    message: &str,
) -> Result<Notice> {
    let message = message_of(message)?;
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let known = store::role_of(&tx, account).await?;
    known.ok_or(Refusal::Unknown { what: "account" })?;
    let id = store::notices::insert(&tx, now, account, message).await?;
    let entry = Entry::new(Deed::NoticeSent, format!("account:{account}"))
        .became(serde_json::json!({"notice_id": id.0, "message": message}));
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    Ok(Notice {
        id,
        account,
        message: message.to_owned(),
        created_at: now,
        read_at: None,
    })
}

/// Tells `account` what was decided about something of theirs, by the same transaction.
pub(crate) async fn tell_in_tx(
    tx: &Tx,
    now: Time,
    account: AccountId,
    message: &str,
) -> Result<NoticeId> {
    store::notices::insert(tx, now, account, message).await
}

/// The notices of `account` that were sent in the period `created`, with numbers above `after`, oldest
/// first, at most `limit`; with `unread`, only those that are not marked as read.
pub async fn notices(
    db: &Db,
    account: AccountId,
    unread: bool,
    created: Period,
    after: NoticeId,
    limit: usize,
) -> Result<Vec<Notice>> {
    store::notices::list(db, account, unread, created, after, limit).await
}

/// Marks a notice of `account` as read; again is fine. Refused: [`Refusal::Unknown`].
pub async fn mark_read(panel: &Panel, account: AccountId, notice: NoticeId) -> Result<Notice> {
    let tx = panel.db.begin().await?;
    let marked = store::notices::mark_read(&tx, panel.now(), account, notice).await?;
    tx.commit().await?;
    Ok(marked.ok_or(Refusal::Unknown { what: "notice" })?)
}

/// A message: lines are fine, other control characters are not.
fn message_of(text: &str) -> std::result::Result<&str, Refusal> {
    let text = text.trim();
    let control = |c: char| c.is_control() && c != '\n';
    if text.is_empty() || text.chars().count() > 2_000 || text.contains(control) {
        return Err(Refusal::FieldInvalid {
            field: "message",
            expected: "1 to 2000 characters, line breaks among them",
        });
    }
    Ok(text)
}
