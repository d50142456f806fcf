//! Credits, and corrections of them, that support staff propose and operators decide.

use poem_openapi::param::{Path, Query};
use poem_openapi::{Enum, Object, OpenApi};
use serde::{Deserialize, Serialize};

use super::Tag;
use super::corrections::credit_named;
use super::refusals::{Changing, Crediting, Listing};
use super::staff::{Operator, Staff};
use crate::adjustments::{self, Decision, NewProposal, Proposal};
use crate::clock::Time;
use crate::error::Refusal;
use crate::http::typed::paging::{cut, limit_of, number_of, page, period};
use crate::http::typed::payload::{Answer, JsonBody};
use crate::http::typed::problem::Fault;
use crate::http::typed::wire::Amount;
use crate::ids::{AccountId, ProposalId};
use crate::money::Money;
use crate::panel::Panel;

/// Serves the proposals.
pub(super) struct Adjustments {
    pub(super) panel: Panel,
}

/// The state of a proposal: `open`, or decided as `accepted` or `refused`.
#[derive(Debug, Clone, Copy, Enum, Serialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
enum AdjustmentState {
    /// The proposal waits for the decision of an operator.
    Open,
    /// An operator accepted the proposal, and the amount was posted.
    Accepted,
    /// An operator refused the proposal, and nothing was posted.
    Refused,
}

/// A credit to propose. With one of the two fields that name a credit, it proposes a correction of that
/// credit.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewAdjustment {
    /// The number of the account whose wallet is to be credited or corrected.
    account_id: i64,
    /// The amount to credit, or to take back, in USD, above zero, with at most 9 decimals.
    amount: Amount,
    /// The reason: 1 to 1000 printable characters. The customer reads the reason of a correction.
    reason: String,
    /// Your unique name for this credit or correction, such as a ticket's number: 1 to 100 printable
    /// characters. A reference can be used only once.
    reference: String,
    /// The reference of the credit to correct; absent for a new credit, and where `corrects_transaction_id`
    /// is given.
    corrects_reference: Option<String>,
    /// The ledger transaction of the credit to correct; absent for a new credit, and where
    /// `corrects_reference` is given.
    corrects_transaction_id: Option<i64>,
}

/// The decision about a proposed credit or correction.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct AdjustmentDecision {
    /// Whether the proposal is accepted: the wallet is credited, or the credit is corrected, at once.
    accept: bool,
    /// The reason for a refusal: 1 to 1000 printable characters. Required if `accept` is `false`, not allowed
    /// if it is `true`.
    reason: Option<String>,
}

/// A proposed credit, or a proposed correction of a credit.
#[derive(Debug, Object, Serialize)]
struct Adjustment {
    /// The number of the proposal, unique in this panel.
    proposal_id: i64,
    /// The state of the proposal: `open`, `accepted` or `refused`.
    state: AdjustmentState,
    /// The number of the account whose wallet is credited or corrected.
    account_id: i64,
    /// The proposed amount, in USD with 2 to 9 decimals.
    amount: Money,
    /// The ledger transaction of the credit to correct; absent if the proposal is a new credit.
    #[serde(skip_serializing_if = "Option::is_none")]
    corrects_transaction_id: Option<i64>,
    /// The reason that the proposer gave.
    reason: String,
    /// The unique name of this credit or correction.
    reference: String,
    /// Who made the proposal, such as `support:7`.
    proposed_by: String,
    /// When the proposal was made, UTC.
    created_at: Time,
    /// Who decided the proposal, such as `operator:3`; absent while it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<String>,
    /// The reason for a refusal; absent if the proposal is open or accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision_reason: Option<String>,
    /// When the proposal was decided, UTC; absent while it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_at: Option<Time>,
}

impl From<Proposal> for Adjustment {
    fn from(proposal: Proposal) -> Adjustment {
        let (state, by, why, at) = match proposal.decided {
            Some(decided) => (
                match decided.accepted {
                    true => AdjustmentState::Accepted,
                    false => AdjustmentState::Refused,
                },
                Some(decided.by),
                decided.reason,
                Some(decided.at),
            ),
            None => (AdjustmentState::Open, None, None, None),
        };
        Adjustment {
            proposal_id: proposal.id.0,
            state,
            account_id: proposal.account.0,
            amount: proposal.amount,
            corrects_transaction_id: proposal.corrects.map(|credit| credit.0),
            reason: proposal.reason,
            reference: proposal.reference,
            proposed_by: proposal.proposed_by,
            created_at: proposal.created_at,
            decided_by: by,
            decision_reason: why,
            decided_at: at,
        }
    }
}

/// One page of the list of proposals.
#[derive(Debug, Object, Serialize)]
struct AdjustmentPage {
    /// The proposals of this page, oldest first.
    adjustments: Vec<Adjustment>,
    /// The `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Accounts")]
impl Adjustments {
    /// Propose a credit or a correction
    ///
    /// For support staff, who cannot post money. Nothing is credited or taken back until an operator accepts
    /// the proposal (`adjustment_decide`).
    #[oai(
        path = "/adjustments",
        method = "post",
        operation_id = "adjustment_propose"
    )]
    async fn propose(
        &self,
        staff: Staff,
        proposal: JsonBody<NewAdjustment>,
    ) -> Result<Answer<Adjustment, 201>, Fault<Changing>> {
        let NewAdjustment {
            account_id,
            amount: Amount(amount),
            reason,
            reference,
            corrects_reference,
            corrects_transaction_id,
        } = proposal.0;
        let new = NewProposal {
            account: AccountId(account_id),
            amount,
            corrects: credit_named(
                ("corrects_reference", corrects_reference),
                corrects_transaction_id,
            )?,
            reference,
            reason,
        };
        let proposed = adjustments::propose(&self.panel, &staff.actor, &new).await?;
        Ok(Answer(proposed.into()))
    }

    /// List proposed credits and corrections
    ///
    /// Open and decided proposals, oldest first. Filters are combined.
    #[oai(
        path = "/adjustments",
        method = "get",
        operation_id = "adjustment_list"
    )]
    async fn list(
        &self,
        _staff: Staff,
        /// Lists only open proposals if `true`, only decided proposals if `false`.
        open: Query<Option<bool>>,
        /// Lists only proposals that were created at this time or later, UTC.
        created_from: Query<Option<Time>>,
        /// Lists only proposals that were created before this time, UTC.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the previous page; absent for the first page.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// The maximum number of proposals in a page, from 1 to 1000; 100 if it is absent.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<AdjustmentPage>, Fault<Listing>> {
        let (after, limit) = (ProposalId(number_of(cursor.0)), limit_of(limit.0));
        let created = period(created_from, created_before);
        let mut found =
            adjustments::list(&self.panel.db, open.0, created, after, limit + 1).await?;
        let has_more = cut(&mut found, limit);
        let last = found.last().map(|proposal| proposal.id.to_string());
        Ok(Answer(AdjustmentPage {
            adjustments: found.into_iter().map(Adjustment::from).collect(),
            next_cursor: last.filter(|_| has_more),
        }))
    }

    /// Decide a proposed credit or correction
    ///
    /// A proposal can be decided only once: a second decision is refused and names who decided first. An
    /// accepted proposal is posted at once. If its reference was used meanwhile, or the credit or the balance
    /// does not cover the amount any more, the proposal stays open and can be refused.
    #[oai(
        path = "/adjustments/:proposal_id/decision",
        method = "post",
        operation_id = "adjustment_decide"
    )]
    async fn decide(
        &self,
        operator: Operator,
        /// The number of the proposal, which `adjustment_list` gives as `proposal_id`.
        proposal_id: Path<i64>,
        decision: JsonBody<AdjustmentDecision>,
    ) -> Result<Answer<Adjustment>, Fault<Crediting>> {
        let decision = match (decision.0.accept, decision.0.reason) {
            (true, None) => Decision::Accept,
            (true, Some(_)) => {
                return Err(Refusal::FieldInvalid {
                    field: "reason",
                    expected: "absent where a proposal is accepted: it has its own",
                }
                .into());
            }
            (false, reason) => Decision::Refuse(reason.unwrap_or_default()),
        };
        let id = ProposalId(proposal_id.0);
        let decided = adjustments::decide(&self.panel, &operator.0, id, &decision).await?;
        Ok(Answer(decided.into()))
    }
}
