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

/// Whether the audit log is as it was written.
#[derive(Debug, Object, Serialize)]
struct AuditVerification {
    /// Whether every row is in order, and, where an anchor was given, fits it.
    unchanged: bool,
    /// How many rows are in order, before the first one that is not.
    rows_in_order: u64,
    /// The number and the hash of the last of them. Kept elsewhere and given as `anchor` later, it shows a
    /// log that was cut short or written anew. Absent where none is in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    anchor: Option<String>,
    /// The number of the first row that is not in order; of several that are missing, the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    broken_audit_id: Option<i64>,
    /// What is wrong with it.
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
                description: "The log, oldest row first, to be saved.",
                status: Some(200),
                status_range: None,
                content: vec![text(AuditFile::CSV), text(AuditFile::JSONL)],
                headers: Vec::new(),
            }],
        }
    }

    fn register(_: &mut Registry) {}
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
    /// What operators did and who signed in, newest first. `audit_verify` proves that nothing in it was
    /// changed.
    #[oai(path = "/audit", method = "get", operation_id = "audit_list")]
    #[expect(clippy::too_many_arguments, reason = "one per filter")]
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
        /// Only what was done at this time or later.
        created_from: Query<Option<Time>>,
        /// Only what was done before this time.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the page before; without it, from the newest on.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// Entries per page.
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

    /// Save the audit log
    ///
    /// The whole log as of this moment, oldest row first, or what of it is new since an earlier file.
    #[oai(path = "/audit/export", method = "get", operation_id = "audit_export")]
    async fn export(
        &self,
        _staff: Staff,
        /// The form of the file.
        format: Query<ExportFormat>,
        /// The number of the first row.
        #[oai(validator(minimum(value = "1")))]
        from: Query<Option<i64>>,
    ) -> Result<AuditFile, Fault<Listing>> {
        let format = format.0;
        let export = Export::open(&self.panel.db, format, from.0).await?;
        Ok(AuditFile { format, export })
    }

    /// Prove that the audit log was not changed
    ///
    /// Reads the whole log and computes each row's hash and seal again.
    #[oai(
        path = "/audit/verification",
        method = "get",
        operation_id = "audit_verify"
    )]
    async fn verify(
        &self,
        _staff: Staff,
        /// The `anchor` of an earlier answer, kept elsewhere.
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
