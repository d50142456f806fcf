//! The audit log, for reading.

use std::io;

use futures::stream;
use poem::http::header;
use poem::{Body, IntoResponse, Response};
use poem_openapi::param::Query;
use poem_openapi::registry::{
    MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry,
};
use poem_openapi::{ApiResponse, Object, OpenApi};
use serde::Serialize;

use super::Tag;
use super::refusals::Listing;
use super::staff::Staff;
use crate::audit::{self, Anchor, Deed, Export, ExportFormat, Filter};
use crate::clock::Time;
use crate::http::typed::paging::{cut, limit_of, number_of, page, period};
use crate::http::typed::payload::Answer;
use crate::http::typed::problem::{Fault, Problem};
use crate::panel::Panel;

/// Serves the audit log.
pub(super) struct AuditLog {
    pub(super) panel: Panel,
}

/// One entry of the audit log: an action, who did it, and what it changed.
#[derive(Debug, Object, Serialize)]
struct AuditEntry {
    /// The number of the entry. Numbers are given in commit order, without a gap.
    audit_id: i64,
    /// When the action was done, UTC.
    created_at: Time,
    /// Who did it: `operator:3`, `support:4`, `reseller:5`, `command:ann` (who ran a command on the panel's
    /// machine), `panel` or `stranger`.
    actor: String,
    /// The IP address from which the request came; absent if there was no request.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    /// The kind of the action, such as `account_suspended`.
    deed: String,
    /// The object of the action, such as `account:7`.
    subject: String,
    /// The reason that the actor gave; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The values before the action, as JSON text; absent if there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    was: Option<String>,
    /// The values after the action, as JSON text; absent if there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    became: Option<String>,
    /// The hash of the entry in hexadecimal digits; it covers the hash of the entry before.
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

/// The result of the verification of the audit log.
#[derive(Debug, Object, Serialize)]
struct AuditVerification {
    /// Whether every entry is intact and, if an `anchor` was given, matches it.
    unchanged: bool,
    /// The number of intact entries before the first broken one.
    rows_in_order: u64,
    /// The number and the hash of the last intact entry, as `ID:HASH`. Keep it elsewhere and give it as
    /// `anchor` later to detect a log that was cut short or written anew. Absent if no entry is intact.
    #[serde(skip_serializing_if = "Option::is_none")]
    anchor: Option<String>,
    /// The number of the first entry that is broken or missing; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    broken_audit_id: Option<i64>,
    /// What is wrong with the broken entry; absent if no entry is broken.
    #[serde(skip_serializing_if = "Option::is_none")]
    broken_by: Option<String>,
}

impl From<audit::Verdict> for AuditVerification {
    fn from(verdict: audit::Verdict) -> AuditVerification {
        AuditVerification {
            unchanged: verdict.broken.is_none(),
            rows_in_order: verdict.sound,
            anchor: verdict.head.map(|head| head.to_string()),
            broken_audit_id: verdict.broken.as_ref().map(|broken| broken.id),
            broken_by: verdict.broken.map(|broken| broken.what),
        }
    }
}

/// The audit log as a file, which is written while it is read.
struct AuditFile {
    format: ExportFormat,
    export: Export,
}

impl AuditFile {
    const CSV: &str = "text/csv; charset=utf-8";
    const JSONL: &str = "application/x-ndjson";
}

impl IntoResponse for AuditFile {
    fn into_response(self) -> Response {
        let media = match self.format {
            ExportFormat::Csv => AuditFile::CSV,
            ExportFormat::Jsonl => AuditFile::JSONL,
        };
        let saved = format!("attachment; filename=\"audit.{}\"", self.format);
        let pieces = stream::try_unfold(self.export, |mut export| async {
            // What was answered cannot be taken back: whoever reads it sees that its end is missing.
            let next = export.next().await.map_err(io::Error::other)?;
            Ok::<_, io::Error>(next.map(|piece| (piece, export)))
        });
        Response::builder()
            .header(header::CONTENT_TYPE, media)
            .header(header::CONTENT_DISPOSITION, saved)
            .body(Body::from_bytes_stream(pieces))
    }
}

impl ApiResponse for AuditFile {
    fn meta() -> MetaResponses {
        let text = |content_type| MetaMediaType {
            content_type,
            schema: MetaSchemaRef::Inline(Box::new(MetaSchema::new("string"))),
        };
        MetaResponses {
            responses: vec![MetaResponse {
                description: "The audit log as a file to save, with its oldest entry first.",
                status: Some(200),
                status_range: None,
                content: vec![text(AuditFile::CSV), text(AuditFile::JSONL)],
                headers: Vec::new(),
            }],
        }
    }

    fn register(_: &mut Registry) {}
}

/// One page of the audit log.
#[derive(Debug, Object, Serialize)]
struct AuditPage {
    /// The entries of this page, newest first.
    entries: Vec<AuditEntry>,
    /// The `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Audit")]
impl AuditLog {
    /// Read the audit log
    ///
    /// The actions of staff, customers and the panel, and the sign-ins, newest first. Filters are combined.
    /// `audit_verify` proves that no entry was changed.
    #[oai(path = "/audit", method = "get", operation_id = "audit_list")]
    #[expect(clippy::too_many_arguments, reason = "one per filter")]
    async fn list(
        &self,
        _staff: Staff,
        /// Lists only actions on this object, such as `account:7`; at most 200 characters.
        #[oai(validator(max_length = 200))]
        subject: Query<Option<String>>,
        /// Lists only actions of this actor, such as `operator:3`; `command` for everybody who ran a command.
        /// At most 100 characters.
        #[oai(validator(max_length = 100))]
        actor: Query<Option<String>>,
        /// Lists only actions of this kind.
        deed: Query<Option<Deed>>,
        /// Lists only actions that were done at this time or later, UTC.
        created_from: Query<Option<Time>>,
        /// Lists only actions that were done before this time, UTC.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the previous page; absent for the first page.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// The maximum number of entries in a page, from 1 to 1000; 100 if it is absent.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<AuditPage>, Fault<Listing>> {
        let filter = Filter {
            subject: subject.0,
            actor: actor.0,
            deed: deed.0,
            created: period(created_from, created_before),
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

    /// Export the audit log
    ///
    /// The whole log as of this moment, oldest entry first, or the part that is new since an earlier file.
    #[oai(path = "/audit/export", method = "get", operation_id = "audit_export")]
    async fn export(
        &self,
        _staff: Staff,
        /// The format of the file: `csv` or `jsonl` (one JSON object a line).
        format: Query<ExportFormat>,
        /// The `audit_id` of the first entry to export, 1 or more; if it is absent, the whole log is
        /// exported.
        #[oai(validator(minimum(value = "1")))]
        from: Query<Option<i64>>,
    ) -> Result<AuditFile, Fault<Listing>> {
        let format = format.0;
        let export = Export::open(&self.panel.db, format, from.0).await?;
        Ok(AuditFile { format, export })
    }

    /// Verify the audit log
    ///
    /// Reads the whole log and computes the hash and the seal of each entry again.
    #[oai(
        path = "/audit/verification",
        method = "get",
        operation_id = "audit_verify"
    )]
    async fn verify(
        &self,
        _staff: Staff,
        /// The `anchor` of an earlier answer, kept elsewhere; if it is given, the log must still match it.
        #[oai(validator(pattern = "^[1-9][0-9]{0,14}:[0-9a-f]{64}$"))]
        anchor: Query<Option<String>>,
    ) -> Result<Answer<AuditVerification>, Fault<Listing>> {
        let unread = |fault: &str| Problem::invalid("anchor", fault.to_owned());
        let anchor = anchor.0.map(|text| text.parse::<Anchor>().map_err(unread));
        let anchor = anchor.transpose()?;
        let verdict = audit::verify(&self.panel.db, &self.panel.secrets, anchor).await?;
        Ok(Answer(verdict.into()))
    }
}
