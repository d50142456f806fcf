//! Notices: what the panel has to say to an account.

use super::store;
use crate::clock::Time;
use crate::db::Db;
use crate::error::{Refusal, Result};
use crate::ids::{AccountId, NoticeId};
use crate::panel::Panel;

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its number.
    pub id: NoticeId,
    /// What it says.
    pub message: String,
    /// When it was sent.
    pub created_at: Time,
    /// When it was marked as read.
    pub read_at: Option<Time>,
}

/// The notices of `account` with numbers above `after`, oldest first, at most `limit`; with
/// `unread`, only those that are not marked as read.
pub async fn notices(
    db: &Db,
    account: AccountId,
    unread: bool,
    after: NoticeId,
    limit: usize,
) -> Result<Vec<Notice>> {
    store::notices::list(db, account, unread, after, limit).await
}

/// Marks a notice of `account` as read; again is fine. Refused: [`Refusal::Unknown`].
pub async fn mark_read(panel: &Panel, account: AccountId, notice: NoticeId) -> Result<Notice> {
    let tx = panel.db.begin().await?;
    let marked = store::notices::mark_read(&tx, panel.now(), account, notice).await?;
    tx.commit().await?;
    Ok(marked.ok_or(Refusal::Unknown { what: "notice" })?)
}
