//! What accounts were told, as operators see it.

use poem_openapi::Object;
use serde::Serialize;

use crate::accounts::notices::Notice;
use crate::clock::Time;

/// What an account was told.
#[derive(Debug, Object, Serialize)]
pub(super) struct OperatorNotice {
    /// Its number.
    notice_id: i64,
    /// Who was told.
    account_id: i64,
    /// What.
    message: String,
    /// When it was sent.
    created_at: Time,
    /// When it was read; absent until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    read_at: Option<Time>,
}

impl From<Notice> for OperatorNotice {
    fn from(notice: Notice) -> OperatorNotice {
        OperatorNotice {
            notice_id: notice.id.0,
            account_id: notice.account.0,
            message: notice.message,
            created_at: notice.created_at,
            read_at: notice.read_at,
        }
    }
}

/// A page of notices.
#[derive(Debug, Object, Serialize)]
pub(super) struct OperatorNoticePage {
    /// Oldest first.
    pub(super) notices: Vec<OperatorNotice>,
    /// The `cursor` of the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_cursor: Option<String>,
}
