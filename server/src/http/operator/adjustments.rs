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

/// Where a proposal stands: `open`, or decided as `accepted` or `refused`.
#[derive(Debug, Clone, Copy, Enum, Serialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
enum AdjustmentState {
    /// An operator is to decide it.
    Open,
    /// What was proposed was done.
    Accepted,
    /// It was not.
    Refused,
}

/// A credit to propose; or, with one of the two fields that name a credit, a correction of that.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewAdjustment {
    /// The account whose wallet it is about.
    account_id: i64,
    /// How much, in USD, above zero.
    amount: Amount,
    /// Why: 1 to 1000 printable characters. The customer reads why a credit was corrected.
    reason: String,
    /// A name for this credit or correction, such as a ticket's number: 1 to 100 printable
    /// characters. It counts once, ever.
    reference: String,
    /// The reference of the credit from which the amount is to be taken.
    corrects_reference: Option<String>,
    /// The same by its ledger transaction.
    corrects_transaction_id: Option<i64>,
}

/// A decision.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct AdjustmentDecision {
    /// Whether the wallet is credited, or the credit corrected.
    accept: bool,
    /// Why not: 1 to 1000 printable characters. Needed to refuse.
    reason: Option<String>,
}

/// A proposed credit, or a proposed correction of one.
#[derive(Debug, Object, Serialize)]
struct Adjustment {
    /// Its number.
    proposal_id: i64,
    /// Where it stands.
    state: AdjustmentState,
    /// The account whose wallet it is about.
    account_id: i64,
    /// How much, in USD.
    amount: Money,
    /// The ledger transaction of the credit from which it is taken; absent where the wallet is
    /// credited.
    #[serde(skip_serializing_if = "Option::is_none")]
    corrects_transaction_id: Option<i64>,
    /// Why.
    reason: String,
    /// The name under which it counts once.
    reference: String,
    /// Who proposed it, such as `support:7`.
    proposed_by: String,
    /// When.
    created_at: Time,
    /// Who decided it.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<String>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision_reason: Option<String>,
    /// When it was decided.
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

/// A page of proposals.
#[derive(Debug, Object, Serialize)]
struct AdjustmentPage {
    /// Oldest first.
    adjustments: Vec<Adjustment>,
    /// The `cursor` of the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Accounts")]
impl Adjustments {
    /// Propose a credit or a correction
    ///
    /// For support staff, who post no money. Nothing is credited, and nothing taken back of a credit,
    /// until an operator accepts it.
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
    /// Oldest first.
    #[oai(
        path = "/adjustments",
        method = "get",
        operation_id = "adjustment_list"
    )]
    async fn list(
        &self,
        _staff: Staff,
        /// Only those that are open, or only those that are decided.
        open: Query<Option<bool>>,
        /// Only proposals that were made at this time or later.
        created_from: Query<Option<Time>>,
        /// Only proposals that were made before this time.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the page before.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// Proposals per page.
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
    /// Once: whoever decides second is told who was first. An accepted one is posted at once; if its
    /// reference was used meanwhile, or the credit or the balance does not cover it any more, it stays
    /// open, to be refused.
    #[oai(
        path = "/adjustments/:proposal_id/decision",
        method = "post",
        operation_id = "adjustment_decide"
    )]
    async fn decide(
        &self,
        operator: Operator,
        /// The proposal's number.
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
