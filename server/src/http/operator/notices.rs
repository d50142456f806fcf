//! What accounts were told, as operators see it.

use poem_openapi::Object;
use serde::Serialize;

use crate::accounts::notices::Notice;
use crate::clock::Time;

/// A notice that was sent to an account.
#[derive(Debug, Object, Serialize)]
pub(super) struct OperatorNotice {
    /// The number of the notice, unique in this panel.
    notice_id: i64,
    /// The number of the account that received the notice.
    account_id: i64,
    /// The text of the notice.
    message: String,
    /// When the notice was sent, UTC.
    created_at: Time,
    /// When the notice was read, UTC; absent if it is unread.
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

/// One page of the list of notices.
#[derive(Debug, Object, Serialize)]
pub(super) struct OperatorNoticePage {
    /// The notices of this page, oldest first.
    pub(super) notices: Vec<OperatorNotice>,
    /// The `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_cursor: Option<String>,
}
