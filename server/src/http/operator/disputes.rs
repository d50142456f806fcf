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

/// A dispute about the charge of an order.
#[derive(Debug, Object, Serialize)]
struct AccountDispute {
    /// The number of the dispute, unique in this panel.
    dispute_id: i64,
    /// The number of the disputed order.
    order_id: i64,
    /// The number of the account that filed the dispute.
    account_id: i64,
    /// The state of the dispute: `open`, `upheld` or `rejected`.
    state: DisputeState,
    /// The reason that the customer chose for the dispute.
    reason: DisputeReason,
    /// The disputed amount, in USD with 2 to 9 decimals.
    amount: Money,
    /// The customer's description of the problem.
    description: String,
    /// When the order was charged, UTC.
    charged_at: Time,
    /// When the dispute was filed, UTC.
    created_at: Time,
    /// Who decided the dispute, such as `operator:3`; absent while it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<String>,
    /// The decision about the dispute; absent while it is open.
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

/// One page of the list of disputes.
#[derive(Debug, Object, Serialize)]
struct AccountDisputePage {
    /// The disputes of this page, oldest first.
    disputes: Vec<AccountDispute>,
    /// The `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// The outcome of a dispute: `uphold` refunds an amount, `reject` refunds nothing.
#[derive(Debug, Clone, Copy, Enum, Deserialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
enum DisputeOutcome {
    /// An amount is refunded to the wallet.
    Uphold,
    /// Nothing is refunded to the wallet.
    Reject,
}

/// The decision to make about a dispute.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewDisputeDecision {
    /// The outcome of the dispute: `uphold` or `reject`.
    outcome: DisputeOutcome,
    /// The amount to refund, in USD with at most 9 decimals, at most the disputed amount; with `uphold` only.
    /// If it is absent, the disputed amount is refunded, or the rest of the charge if that is less.
    amount: Option<Amount>,
    /// The reason, for the customer and the audit log: 1 to 1000 printable characters.
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
    /// Disputes of all accounts, of one account or of one order, oldest first. Filters are combined.
    #[oai(path = "/disputes", method = "get", operation_id = "dispute_search")]
    #[expect(clippy::too_many_arguments, reason = "one per filter")]
    async fn search(
        &self,
        _staff: Staff,
        /// Lists only disputes of the account of this number.
        account_id: Query<Option<i64>>,
        /// Lists only disputes about the order of this number.
        order_id: Query<Option<i64>>,
        /// Lists only disputes in this state.
        state: Query<Option<DisputeState>>,
        /// Lists only disputes that were filed at this time or later, UTC.
        created_from: Query<Option<Time>>,
        /// Lists only disputes that were filed before this time, UTC.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the previous page; absent for the first page.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// The maximum number of disputes in a page, from 1 to 1000; 100 if it is absent.
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

    /// Read a dispute
    ///
    /// Includes the decision, if there is one.
    #[oai(
        path = "/disputes/:dispute_id",
        method = "get",
        operation_id = "dispute_show"
    )]
    async fn show(
        &self,
        _staff: Staff,
        /// The number of the dispute, which `dispute_search` gives as `dispute_id`.
        dispute_id: Path<i64>,
    ) -> Result<Answer<AccountDispute>, Fault<Reading>> {
        let id = DisputeId(dispute_id.0);
        Ok(Answer(
            disputes::read(&self.panel.db, None, id).await?.into(),
        ))
    }

    /// Read the evidence of a dispute
    ///
    /// All records of the order, with the exchanges with providers and with other accounts' orders on its
    /// target. For a decided dispute, the evidence as of the decision.
    #[oai(
        path = "/disputes/:dispute_id/evidence",
        method = "get",
        operation_id = "dispute_evidence_show"
    )]
    async fn evidence(
        &self,
        _staff: Staff,
        /// The number of the dispute, which `dispute_search` gives as `dispute_id`.
        dispute_id: Path<i64>,
    ) -> Result<Answer<DisputeEvidence>, Fault<Reading>> {
        let id = DisputeId(dispute_id.0);
        let evidence = disputes::evidence(&self.panel, None, id).await?;
        Ok(Answer(DisputeEvidence::of(id, evidence)))
    }

    /// Decide a dispute
    ///
    /// The decision is final. An upheld amount is refunded to the wallet at once; the order must have ended.
    /// The evidence is kept as of the decision.
    #[oai(
        path = "/disputes/:dispute_id/decision",
        method = "post",
        operation_id = "dispute_decide"
    )]
    async fn decide(
        &self,
        operator: Operator,
        /// The number of the dispute, which `dispute_search` gives as `dispute_id`.
        dispute_id: Path<i64>,
        decision: JsonBody<NewDisputeDecision>,
    ) -> Result<Answer<AccountDispute>, Fault<DecidingAmount>> {
        let outcome = decision.0.decision()?;
        let (panel, id) = (&self.panel, DisputeId(dispute_id.0));
        let decided = disputes::decide(panel, &operator.0, id, outcome, &decision.0.reason).await?;
        Ok(Answer(decided.into()))
    }
}
