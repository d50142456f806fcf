//! The audit log, for reading.

use poem_openapi::param::Query;
use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use super::Tag;
use super::staff::Staff;
use super::suspensions::Reading;
use crate::audit::{self, Deed, Filter};
use crate::clock::Time;
use crate::http::typed::paging::{cut, limit_of, number_of, page};
use crate::http::typed::payload::Answer;
use crate::http::typed::problem::Fault;
use crate::panel::Panel;

/// Serves the audit log.
pub(super) struct AuditLog {
    pub(super) panel: Panel,
}

/// What somebody did.
#[derive(Debug, Object, Serialize)]
struct AuditEntry {
    /// Its number; numbers are given in commit order, without a gap.
    audit_id: i64,
    /// When.
    created_at: Time,
    /// Who: `operator:3`, `support:4`, `reseller:5`, `command:ann` (who ran a command on the panel's
    /// machine), `panel` or `stranger`.
    actor: String,
    /// The address that the request came from, if it was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    /// What was done, such as `account_suspended`.
    deed: String,
    /// To what it was done, such as `account:7`.
    subject: String,
    /// Why, in the words of who did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// What was before, as JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    was: Option<String>,
    /// What is after, as JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    became: Option<String>,
    /// The row's hash in hexadecimal digits; it covers the row before it.
    hash: String,
}

impl From<audit::Logged> for AuditEntry {
    fn from(logged: audit::Logged) -> AuditEntry {
        let hash = logged.hash_hex();
        let row = logged.row;
        AuditEntry {
            audit_id: row.id,
            created_at: row.created_at,
            actor: row.actor,
            address: row.address,
            deed: row.action,
            subject: row.subject,
            reason: row.reason,
            was: row.was,
            became: row.became,
            hash,
        }
    }
}

/// A page of the audit log.
#[derive(Debug, Object, Serialize)]
struct AuditPage {
    /// Newest first.
    entries: Vec<AuditEntry>,
    /// The `cursor` of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Audit")]
impl AuditLog {
    /// Read the audit log
    ///
    /// What operators did and who signed in, newest first. `smm-panel audit verify` proves that
    /// nothing in it was changed.
    #[oai(path = "/audit", method = "get", operation_id = "audit_list")]
    async fn list(
        &self,
        _staff: Staff,
        /// Only what was done to this, such as `account:7`.
        #[oai(validator(max_length = 200))]
        subject: Query<Option<String>>,
        /// Only what this one did, such as `operator:3`; `command` for whoever ran a command.
        #[oai(validator(max_length = 100))]
        actor: Query<Option<String>>,
        /// Only deeds of this kind.
        deed: Query<Option<Deed>>,
        /// The `next_cursor` of the page before; without it, from the newest on.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// Entries per page.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<AuditPage>, Fault<Reading>> {
        let filter = Filter {
            subject: subject.0,
            actor: actor.0,
            deed: deed.0,
        };
        let before = cursor.0.map(|cursor| number_of(Some(cursor)));
        let limit = limit_of(limit.0);
        let mut rows = audit::list(&self.panel.db, &filter, before, limit + 1).await?;
        let has_more = cut(&mut rows, limit);
        let last = rows.last().filter(|_| has_more).map(|logged| logged.row.id);
        Ok(Answer(AuditPage {
            next_cursor: last.map(|last| last.to_string()),
            entries: rows.into_iter().map(AuditEntry::from).collect(),
        }))
    }
}
