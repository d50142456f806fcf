//! Disputes as staff see them: what waits for a decision, the records, the decision.

use poem_openapi::param::{Path, Query};
use poem_openapi::{Enum, Object, OpenApi};
use serde::{Deserialize, Serialize};

use super::Tag;
use super::refusals::{DecidingAmount, Listing, Reading};
use super::staff::{Operator, Staff};
use crate::clock::Time;
use crate::disputes::rules::{DisputeReason, DisputeState};
use crate::disputes::{self, Decision, Search};
use crate::error::Refusal;
use crate::http::typed::paging::{cut, limit_of, number_of, page, period};
use crate::http::typed::payload::{Answer, JsonBody};
use crate::http::typed::problem::Fault;
use crate::http::typed::wire::Amount;
use crate::http::v3::disputes::{DisputeDecision, DisputeEvidence};
use crate::ids::{AccountId, DisputeId, OrderId};
use crate::money::Money;
use crate::panel::Panel;

/// Serves disputes to staff.
pub(super) struct Disputes {
    pub(super) panel: Panel,
}

/// A dispute of an account.
#[derive(Debug, Object, Serialize)]
struct AccountDispute {
    /// Its number.
    dispute_id: i64,
    /// The order.
    order_id: i64,
    /// Who filed it.
    account_id: i64,
    /// Where it stands.
    state: DisputeState,
    /// What it is about.
    reason: DisputeReason,
    /// The amount in question, in USD.
    amount: Money,
    /// What is wrong, in the customer's words.
    description: String,
    /// When the order was charged.
    charged_at: Time,
    /// When it was filed.
    created_at: Time,
    /// Who decided it.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<String>,
    /// What was decided, once it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<DisputeDecision>,
}

impl From<disputes::Dispute> for AccountDispute {
    fn from(dispute: disputes::Dispute) -> AccountDispute {
        AccountDispute {
            dispute_id: dispute.id.0,
            order_id: dispute.order.0,
            account_id: dispute.account.0,
            state: dispute.state,
            reason: dispute.filed.reason,
            amount: dispute.filed.amount,
            description: dispute.filed.description,
            charged_at: dispute.charged_at,
            created_at: dispute.created_at,
            decided_by: dispute.decided.as_ref().map(|decided| decided.by.clone()),
            decision: dispute.decided.map(DisputeDecision::from),
        }
    }
}

/// A page of disputes.
#[derive(Debug, Object, Serialize)]
struct AccountDisputePage {
    /// Oldest first.
    disputes: Vec<AccountDispute>,
    /// The `cursor` of the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// What is decided: `uphold` an amount, or `reject` it.
#[derive(Debug, Clone, Copy, Enum, Deserialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
enum DisputeOutcome {
    /// An amount is refunded.
    Uphold,
    /// Nothing is refunded.
    Reject,
}

/// A decision about a dispute.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewDisputeDecision {
    /// What is decided.
    outcome: DisputeOutcome,
    /// How much is refunded, in USD, at most what is claimed; with `uphold` only. Without it, what is
    /// claimed, or what is left of the charge if that is less.
    amount: Option<Amount>,
    /// Why, for the customer and the audit log: 1 to 1000 printable characters.
    reason: String,
}

impl NewDisputeDecision {
    fn decision(&self) -> Result<Decision, Refusal> {
        match (self.outcome, self.amount) {
            (DisputeOutcome::Uphold, amount) => Ok(Decision::Uphold(amount.map(|amount| amount.0))),
            (DisputeOutcome::Reject, None) => Ok(Decision::Reject),
            (DisputeOutcome::Reject, Some(_)) => Err(Refusal::FieldInvalid {
                field: "amount",
                expected: "there with the outcome uphold only",
            }),
        }
    }
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Disputes")]
impl Disputes {
    /// List disputes
    ///
    /// Oldest first, of everybody, of one account or of one order.
    #[oai(path = "/disputes", method = "get", operation_id = "dispute_search")]
    #[expect(clippy::too_many_arguments, reason = "one per filter")]
    async fn search(
        &self,
        _staff: Staff,
        /// Only this account's.
        account_id: Query<Option<i64>>,
        /// Only those about this order.
        order_id: Query<Option<i64>>,
        /// Only those that stand so.
        state: Query<Option<DisputeState>>,
        /// Only disputes that were opened at this time or later.
        created_from: Query<Option<Time>>,
        /// Only disputes that were opened before this time.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the page before.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// Disputes per page.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<AccountDisputePage>, Fault<Listing>> {
        let search = Search {
            account: account_id.0.map(AccountId),
            order: order_id.0.map(OrderId),
            state: state.0,
            created: period(created_from, created_before),
        };
        let after = DisputeId(number_of(cursor.0));
        let (db, limit) = (&self.panel.db, limit_of(limit.0));
        let mut found = disputes::list(db, search, after, limit + 1).await?;
        let has_more = cut(&mut found, limit);
        let last = found.last().filter(|_| has_more);
        Ok(Answer(AccountDisputePage {
            next_cursor: last.map(|last| last.id.to_string()),
            disputes: found.into_iter().map(AccountDispute::from).collect(),
        }))
    }

    /// Show a dispute
    #[oai(
        path = "/disputes/:dispute_id",
        method = "get",
        operation_id = "dispute_show"
    )]
    async fn show(
        &self,
        _staff: Staff,
        /// The dispute's number.
        dispute_id: Path<i64>,
    ) -> Result<Answer<AccountDispute>, Fault<Reading>> {
        let id = DisputeId(dispute_id.0);
        Ok(Answer(
            disputes::read(&self.panel.db, None, id).await?.into(),
        ))
    }

    /// Show the evidence of a dispute
    ///
    /// Every record of the order: with what providers said, and with other accounts' orders on its
    /// target. Of a dispute that was decided, as it was then.
    #[oai(
        path = "/disputes/:dispute_id/evidence",
        method = "get",
        operation_id = "dispute_evidence_show"
    )]
    async fn evidence(
        &self,
        _staff: Staff,
        /// The dispute's number.
        dispute_id: Path<i64>,
    ) -> Result<Answer<DisputeEvidence>, Fault<Reading>> {
        let id = DisputeId(dispute_id.0);
        let evidence = disputes::evidence(&self.panel, None, id).await?;
        Ok(Answer(DisputeEvidence::of(id, evidence)))
    }

    /// Decide a dispute
    ///
    /// Final. What is upheld goes back to the wallet at once, once the order has ended; the evidence is
    /// kept as it is now.
    #[oai(
        path = "/disputes/:dispute_id/decision",
        method = "post",
        operation_id = "dispute_decide"
    )]
    async fn decide(
        &self,
        operator: Operator,
        /// The dispute's number.
        dispute_id: Path<i64>,
        decision: JsonBody<NewDisputeDecision>,
    ) -> Result<Answer<AccountDispute>, Fault<DecidingAmount>> {
        let outcome = decision.0.decision()?;
        let (panel, id) = (&self.panel, DisputeId(dispute_id.0));
        let decided = disputes::decide(panel, &operator.0, id, outcome, &decision.0.reason).await?;
        Ok(Answer(decided.into()))
    }
}
