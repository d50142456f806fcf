//! Cases of abuse: what was found about whom, what was done, and what people decide.

use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use serde::{Deserialize, Serialize};

use super::Tag;
use super::reason::ReasonGiven;
use super::refusals::{Listing, Reading, WritingTicket};
use super::staff::{Operator, Staff};
use crate::abuse::cases::{self, CaseState, File, Search};
use crate::abuse::findings::{Action, Detector, Evidence};
use crate::clock::Time;
use crate::http::typed::paging::{cut, limit_of, number_of, page, period};
use crate::http::typed::payload::{Answer, JsonBody};
use crate::http::typed::problem::Fault;
use crate::ids::{AccountId, CaseId};
use crate::money::Money;
use crate::panel::Panel;

/// Serves cases of abuse.
pub(super) struct Cases {
    pub(super) panel: Panel,
}

/// A case of abuse.
#[derive(Debug, Object, Serialize)]
struct Case {
    /// Its number.
    case_id: i64,
    /// What was looked for.
    detector: Detector,
    /// Whom it is about: `key:12`, `account:3`, `network:192.0.2.0/24` or `service:7`.
    subject: String,
    /// The account that it concerns.
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<i64>,
    /// The key that it concerns.
    #[serde(skip_serializing_if = "Option::is_none")]
    key_id: Option<i64>,
    /// Where it stands.
    state: CaseState,
    /// The strongest thing that was done by itself.
    action: Action,
    /// How sure the detector was at most, from 0 to 1000; something is done from 800 on.
    score: i64,
    /// How often it was found.
    findings: i64,
    /// When it was found first.
    opened_at: Time,
    /// When it was found last.
    found_at: Time,
    /// When the account's owner was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_told_at: Option<Time>,
    /// Who decided it.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_reason: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_at: Option<Time>,
}

impl From<cases::Case> for Case {
    fn from(case: cases::Case) -> Case {
        let decided = case.decided;
        Case {
            case_id: case.id.0,
            detector: case.detector,
            subject: case.subject.to_string(),
            account_id: case.account.map(|account| account.0),
            key_id: case.key.map(|key| key.0),
            state: case.state,
            action: case.action,
            score: case.score,
            findings: case.findings,
            opened_at: case.opened_at,
            found_at: case.found_at,
            owner_told_at: case.told_at,
            decided_by: decided.as_ref().map(|decided| decided.by.clone()),
            decided_at: decided.as_ref().map(|decided| decided.at),
            decided_reason: decided.map(|decided| decided.reason),
        }
    }
}

/// One row of what a case stands on.
#[derive(Debug, Object, Serialize)]
pub(super) struct CaseEvidence {
    /// What was counted or seen.
    what: String,
    /// The number, the id or the text.
    seen: String,
}

impl From<Evidence> for CaseEvidence {
    fn from(row: Evidence) -> CaseEvidence {
        CaseEvidence {
            what: row.what,
            seen: row.seen,
        }
    }
}

/// Something that was done for a case.
#[derive(Debug, Object, Serialize)]
struct CaseAction {
    /// What.
    action: Action,
    /// When it was done first.
    done_at: Time,
    /// Until when it lasts, where it ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Time>,
    /// When a person undid it; absent while it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    undone_at: Option<Time>,
}

/// What somebody of the staff wrote.
#[derive(Debug, Object, Serialize)]
struct CaseNote {
    /// Who.
    by: String,
    /// What.
    note: String,
    /// When.
    created_at: Time,
}

/// A case with everything that belongs to it.
#[derive(Debug, Object, Serialize)]
struct CaseFile {
    /// The case.
    case: Case,
    /// What the newest finding stands on.
    evidence: Vec<CaseEvidence>,
    /// What was done by itself, oldest first.
    actions: Vec<CaseAction>,
    /// What was written, oldest first.
    notes: Vec<CaseNote>,
    /// How many orders of the account wait for a person at present.
    held_orders: i64,
    /// What they were charged, in USD.
    held_value: Money,
    /// Whether the case was confirmed and the orders that waited for it are still being canceled. It goes
    /// on by itself, and when the case is confirmed again.
    canceling: bool,
}

impl From<File> for CaseFile {
    fn from(file: File) -> CaseFile {
        let mut case = file.case;
        let evidence = std::mem::take(&mut case.evidence).into_iter();
        let evidence = evidence.map(CaseEvidence::from);
        let actions = file.done.into_iter().map(|done| CaseAction {
            action: done.action,
            done_at: done.done_at,
            until: done.until,
            undone_at: done.undone_at,
        });
        let notes = file.notes.into_iter().map(|note| CaseNote {
            by: note.by,
            note: note.text,
            created_at: note.at,
        });
        let held = file.held.unwrap_or_default();
        CaseFile {
            evidence: evidence.collect(),
            actions: actions.collect(),
            notes: notes.collect(),
            held_orders: held.orders,
            held_value: held.value,
            canceling: file.is_canceling,
            case: case.into(),
        }
    }
}

/// A page of cases.
#[derive(Debug, Object, Serialize)]
struct CasePage {
    /// Oldest first.
    cases: Vec<Case>,
    /// The `cursor` of the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// Something to write to a case.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewCaseNote {
    /// What, for the staff: 1 to 2000 printable characters.
    note: String,
}

/// The decision that a case was abuse.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseConfirmation {
    /// Why, for the audit log: 1 to 1000 printable characters.
    reason: String,
    /// Whether the account's new orders go on waiting, until the confirmed case is released; those that
    /// waited are canceled in any case. `false` unless given.
    keep_hold: Option<bool>,
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Cases")]
impl Cases {
    /// List cases
    ///
    /// Oldest first; filters are combined.
    #[oai(path = "/cases", method = "get", operation_id = "case_list")]
    #[expect(clippy::too_many_arguments, reason = "one per filter")]
    async fn list(
        &self,
        _staff: Staff,
        /// Only those that stand so.
        state: Query<Option<CaseState>>,
        /// Only those of this detector.
        detector: Query<Option<Detector>>,
        /// Only those that concern this account.
        account_id: Query<Option<i64>>,
        /// Only cases that were opened at this time or later.
        created_from: Query<Option<Time>>,
        /// Only cases that were opened before this time.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the page before.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// Cases per page.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<CasePage>, Fault<Listing>> {
        let search = Search {
            state: state.0,
            detector: detector.0,
            account: account_id.0.map(AccountId),
            opened: period(created_from, created_before),
        };
        let (after, limit) = (CaseId(number_of(cursor.0)), limit_of(limit.0));
        let mut found = cases::list(&self.panel.db, search, after, limit + 1).await?;
        let has_more = cut(&mut found, limit);
        let last = found.last().filter(|_| has_more).map(|last| last.id);
        Ok(Answer(CasePage {
            next_cursor: last.map(|last| last.to_string()),
            cases: found.into_iter().map(Case::from).collect(),
        }))
    }

    /// Read a case
    ///
    /// With its evidence, what was done and until when, the notes, and what waits of the account's orders.
    #[oai(path = "/cases/:case_id", method = "get", operation_id = "case_view")]
    async fn view(
        &self,
        _staff: Staff,
        /// The case's number.
        case_id: Path<i64>,
    ) -> Result<Answer<CaseFile>, Fault<Reading>> {
        let file = cases::view(&self.panel, CaseId(case_id.0)).await?;
        Ok(Answer(file.into()))
    }

    /// Write a note to a case
    ///
    /// For the staff; the account never sees it. Decided cases take notes too.
    #[oai(
        path = "/cases/:case_id/notes",
        method = "post",
        operation_id = "case_note"
    )]
    async fn note(
        &self,
        staff: Staff,
        /// The case's number.
        case_id: Path<i64>,
        note: JsonBody<NewCaseNote>,
    ) -> Result<Answer<CaseFile, 201>, Fault<WritingTicket>> {
        let (panel, id) = (&self.panel, CaseId(case_id.0));
        let file = cases::note(panel, &staff.actor, id, &note.0.note).await?;
        Ok(Answer(file.into()))
    }

    /// Release a case
    ///
    /// It was no abuse: what was done for it is undone at once, unless another case asks for the same.
    /// Nothing that was judged counts again.
    /// A key is good again, orders that waited are sent, a network is answered, a service is on sale.
    /// Of a confirmed case, what still stands is undone; the decision stays.
    #[oai(
        path = "/cases/:case_id/release",
        method = "post",
        operation_id = "case_release"
    )]
    async fn release(
        &self,
        operator: Operator,
        /// The case's number.
        case_id: Path<i64>,
        body: JsonBody<ReasonGiven>,
    ) -> Result<Answer<CaseFile>, Fault<WritingTicket>> {
        let (panel, id) = (&self.panel, CaseId(case_id.0));
        let file = cases::release(panel, &operator.0, id, &body.0.reason).await?;
        Ok(Answer(file.into()))
    }

    /// Confirm a case
    ///
    /// It was abuse. Orders of the account that wait for it are canceled, with their whole charge back;
    /// what else was done stands. It does not suspend the account: that is `account_suspend`, and
    /// forfeits its funds. The decision stands before the first order is canceled: where that fails, the
    /// panel goes on by itself, and so does confirming the case again. Nothing that was judged counts
    /// again.
    #[oai(
        path = "/cases/:case_id/confirm",
        method = "post",
        operation_id = "case_confirm"
    )]
    async fn confirm(
        &self,
        operator: Operator,
        /// The case's number.
        case_id: Path<i64>,
        body: JsonBody<CaseConfirmation>,
    ) -> Result<Answer<CaseFile>, Fault<WritingTicket>> {
        let CaseConfirmation { reason, keep_hold } = body.0;
        let keep = keep_hold.unwrap_or_default();
        let (panel, id) = (&self.panel, CaseId(case_id.0));
        let file = cases::confirm(panel, &operator.0, id, keep, &reason).await?;
        Ok(Answer(file.into()))
    }
}
