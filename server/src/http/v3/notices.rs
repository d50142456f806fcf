//! Notices: what the panel has to say to an account.

use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use super::Tag;
use super::api_key::Anybody;
use super::orders::Listing;
use crate::accounts::notices;
use crate::clock::{Period, Time};
use crate::http::typed::code::Code;
use crate::http::typed::paging::{cut, limit_of, number_of, page};
use crate::http::typed::payload::Answer;
use crate::http::typed::problem::{Fault, Refusals};
use crate::ids::NoticeId;
use crate::panel::Panel;

/// Serves notices.
pub(super) struct Notices {
    pub(super) panel: Panel,
}

/// A message that the panel sent to an account.
#[derive(Debug, Object, Serialize)]
struct Notice {
    /// The number that the notice has.
    notice_id: i64,
    /// What the notice says, for people.
    message: String,
    /// When the notice was sent, UTC.
    created_at: Time,
    /// When the notice was marked as read, UTC; absent if it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    read_at: Option<Time>,
}

impl From<notices::Notice> for Notice {
    fn from(notice: notices::Notice) -> Notice {
        Notice {
            notice_id: notice.id.0,
            message: notice.message,
            created_at: notice.created_at,
            read_at: notice.read_at,
        }
    }
}

/// One page of the notices that were sent to you.
#[derive(Debug, Object, Serialize)]
struct NoticePage {
    /// The notices that the page has, oldest first.
    notices: Vec<Notice>,
    /// Pass this as `cursor` to get the notices that follow, now or later.
    next_cursor: String,
    /// Whether more notices followed when this page was read.
    has_more: bool,
}

struct Marking;

impl Refusals for Marking {
    const CODES: &'static [Code] = &[Code::ObjectUnknown];
}

#[OpenApi(prefix_path = "/api/v3", tag = "Tag::Account")]
impl Notices {
    /// List your notices
    ///
    /// Lists notices oldest first, from the first one or from a cursor on.
    #[oai(
        path = "/account/notices",
        method = "get",
        operation_id = "account_notices"
    )]
    async fn list(
        &self,
        me: Anybody,
        /// Lists only notices that are not marked as read; by default all are listed.
        #[oai(default)]
        unread: Query<bool>,
        /// Pass the `next_cursor` of an earlier page to get the notices that follow it; without it,
        /// the list begins with the first one.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// A page has at most this many notices: 1 to 1000, by default 100.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<NoticePage>, Fault<Listing>> {
        let after = NoticeId(number_of(cursor.0));
        let (db, limit) = (&self.panel.db, limit_of(limit.0));
        let mut found =
            notices::notices(db, me.0, unread.0, Period::default(), after, limit + 1).await?;
        let has_more = cut(&mut found, limit);
        let last = found.last().map_or(after, |notice| notice.id);
        Ok(Answer(NoticePage {
            notices: found.into_iter().map(Notice::from).collect(),
            next_cursor: last.to_string(),
            has_more,
        }))
    }

    /// Mark a notice as read
    ///
    /// Marking a notice again changes nothing.
    #[oai(
        path = "/account/notices/:notice_id/read",
        method = "post",
        operation_id = "account_notice_read"
    )]
    async fn mark_read(
        &self,
        me: Anybody,
        /// The number of the notice, which `account_notices` returns.
        notice_id: Path<i64>,
    ) -> Result<Answer<Notice>, Fault<Marking>> {
        let notice = notices::mark_read(&self.panel, me.0, NoticeId(notice_id.0)).await?;
        Ok(Answer(notice.into()))
    }
}
