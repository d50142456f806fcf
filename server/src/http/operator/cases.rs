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

/// A case of abuse that a detector opened.
#[derive(Debug, Object, Serialize)]
struct Case {
    /// The number of the case, unique in this panel.
    case_id: i64,
    /// The detector that opened the case.
    detector: Detector,
    /// The subject of the case: `key:12`, `account:3`, `network:192.0.2.0/24` or `service:7`.
    subject: String,
    /// The number of the account that the case concerns; absent if it concerns no account.
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<i64>,
    /// The number of the API key that the case concerns; absent if it concerns no key.
    #[serde(skip_serializing_if = "Option::is_none")]
    key_id: Option<i64>,
    /// The state of the case: `open`, `released` or `confirmed`.
    state: CaseState,
    /// The strongest action that the panel took by itself.
    action: Action,
    /// The highest score that the detector gave, from 0 to 1000; the panel acts from 800 on.
    score: i64,
    /// How often the detector found the abuse.
    findings: i64,
    /// When the abuse was first found, UTC.
    opened_at: Time,
    /// When the abuse was last found, UTC.
    found_at: Time,
    /// When the owner of the account was notified, UTC; absent if they were not.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_told_at: Option<Time>,
    /// Who decided the case, such as `operator:3`; absent while the case is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<String>,
    /// The reason for the decision; absent while the case is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_reason: Option<String>,
    /// When the case was decided, UTC; absent while it is open.
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

/// One item of the evidence of a case or a remark.
#[derive(Debug, Object, Serialize)]
pub(super) struct CaseEvidence {
    /// The name of what was counted or seen.
    what: String,
    /// The value: a number, an id or a text.
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

/// An action that the panel took because of a case.
#[derive(Debug, Object, Serialize)]
struct CaseAction {
    /// The kind of the action that was taken.
    action: Action,
    /// When the action was first taken, UTC.
    done_at: Time,
    /// When the action ends by itself, UTC; absent if it does not end by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Time>,
    /// When an operator undid the action, UTC; absent if nobody has.
    #[serde(skip_serializing_if = "Option::is_none")]
    undone_at: Option<Time>,
}

/// A note that a member of the staff wrote to a case.
#[derive(Debug, Object, Serialize)]
struct CaseNote {
    /// Who wrote the note, such as `support:7`.
    by: String,
    /// The text of the note; the account's owner never sees it.
    note: String,
    /// When the note was written, UTC.
    created_at: Time,
}

/// A case with its evidence, actions and notes.
#[derive(Debug, Object, Serialize)]
struct CaseFile {
    /// The case itself, with its state and its decision.
    case: Case,
    /// The evidence of the newest finding.
    evidence: Vec<CaseEvidence>,
    /// The actions that the panel took by itself, oldest first.
    actions: Vec<CaseAction>,
    /// The notes of the staff, oldest first.
    notes: Vec<CaseNote>,
    /// The number of the account's orders that are held for a review now.
    held_orders: i64,
    /// The sum of the charges of the held orders, in USD with 2 to 9 decimals.
    held_value: Money,
    /// Whether the case is confirmed and its held orders are still being canceled. The panel goes on by
    /// itself, and also when the case is confirmed again.
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

/// One page of the list of cases.
#[derive(Debug, Object, Serialize)]
struct CasePage {
    /// The cases of this page, oldest first.
    cases: Vec<Case>,
    /// The `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// A note to add to a case.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewCaseNote {
    /// The text of the note, for the staff only: 1 to 2000 printable characters.
    note: String,
}

/// The decision that a case was abuse.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseConfirmation {
    /// The reason for the decision, for the audit log: 1 to 1000 printable characters.
    reason: String,
    /// Whether the account's new orders stay held until the confirmed case is released; orders that are
    /// already held are canceled in any case. `false` if it is absent.
    keep_hold: Option<bool>,
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Cases")]
impl Cases {
    /// List cases of abuse
    ///
    /// Oldest first. Filters are combined.
    #[oai(path = "/cases", method = "get", operation_id = "case_list")]
    #[expect(clippy::too_many_arguments, reason = "one per filter")]
    async fn list(
        &self,
        _staff: Staff,
        /// Lists only cases in this state.
        state: Query<Option<CaseState>>,
        /// Lists only cases of this detector.
        detector: Query<Option<Detector>>,
        /// Lists only cases that concern the account of this number.
        account_id: Query<Option<i64>>,
        /// Lists only cases that were opened at this time or later, UTC.
        created_from: Query<Option<Time>>,
        /// Lists only cases that were opened before this time, UTC.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the previous page; absent for the first page.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// The maximum number of cases in a page, from 1 to 1000; 100 if it is absent.
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

    /// Read a case of abuse
    ///
    /// Includes its evidence, the actions and until when they last, the notes, and the account's held orders.
    #[oai(path = "/cases/:case_id", method = "get", operation_id = "case_view")]
    async fn view(
        &self,
        _staff: Staff,
        /// The number of the case, which `case_list` gives as `case_id`.
        case_id: Path<i64>,
    ) -> Result<Answer<CaseFile>, Fault<Reading>> {
        let file = cases::view(&self.panel, CaseId(case_id.0)).await?;
        Ok(Answer(file.into()))
    }

    /// Add a note to a case
    ///
    /// Only staff can read it; the account's owner never sees it. Decided cases accept notes too.
    #[oai(
        path = "/cases/:case_id/notes",
        method = "post",
        operation_id = "case_note"
    )]
    async fn note(
        &self,
        staff: Staff,
        /// The number of the case, which `case_list` gives as `case_id`.
        case_id: Path<i64>,
        note: JsonBody<NewCaseNote>,
    ) -> Result<Answer<CaseFile, 201>, Fault<WritingTicket>> {
        let (panel, id) = (&self.panel, CaseId(case_id.0));
        let file = cases::note(panel, &staff.actor, id, &note.0.note).await?;
        Ok(Answer(file.into()))
    }

    /// Release a case
    ///
    /// Decides that the case was no abuse. Its actions are undone at once, unless another case requires the
    /// same action: keys work again, held orders are sent, networks are unblocked, services are back on sale.
    /// The findings of the case never count again. Releasing a confirmed case undoes the actions that still
    /// last; the decision stays.
    #[oai(
        path = "/cases/:case_id/release",
        method = "post",
        operation_id = "case_release"
    )]
    async fn release(
        &self,
        operator: Operator,
        /// The number of the case, which `case_list` gives as `case_id`.
        case_id: Path<i64>,
        body: JsonBody<ReasonGiven>,
    ) -> Result<Answer<CaseFile>, Fault<WritingTicket>> {
        let (panel, id) = (&self.panel, CaseId(case_id.0));
        let file = cases::release(panel, &operator.0, id, &body.0.reason).await?;
        Ok(Answer(file.into()))
    }

    /// Confirm a case
    ///
    /// Decides that the case was abuse. The account's orders that are held for it are canceled with a full
    /// refund; other actions stay in effect. The account is not suspended: use `account_suspend`, which
    /// forfeits its funds. The decision is stored before the first order is canceled: if canceling fails, the
    /// panel goes on by itself, and also when the case is confirmed again. The findings of the case never
    /// count again.
    #[oai(
        path = "/cases/:case_id/confirm",
        method = "post",
        operation_id = "case_confirm"
    )]
    async fn confirm(
        &self,
        operator: Operator,
        /// The number of the case, which `case_list` gives as `case_id`.
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
