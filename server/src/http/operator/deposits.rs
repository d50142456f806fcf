//! Deposits as operators see them: what arrived, what a person has to decide, and what comes another
//! way than by a gateway.

use poem_openapi::param::{Path, Query};
use poem_openapi::{Enum, Object, OpenApi};
use serde::{Deserialize, Serialize};

use super::Tag;
use super::refusals::{Changing, Crediting, Listing, Reading};
use super::staff::{Operator, Staff};
use crate::accounts;
use crate::clock::Time;
use crate::deposits::reviews::{self, Outcome, Review};
use crate::deposits::rules::{DepositStatus, ReviewReason, ReviewState};
use crate::deposits::{self, Search};
use crate::error::Refusal;
use crate::gateway::GatewayName;
use crate::http::typed::paging::{cut, limit_of, number_of, page, period};
use crate::http::typed::payload::{Answer, JsonBody};
use crate::http::typed::problem::Fault;
use crate::http::typed::wire::Amount;
use crate::http::v3::deposits::DepositPayment;
use crate::ids::{AccountId, DepositId, DepositReviewId};
use crate::money::Money;
use crate::panel::Panel;

/// Serves deposits to staff.
pub(super) struct Deposits {
    pub(super) panel: Panel,
}

/// A deposit of an account.
#[derive(Debug, Object, Serialize)]
struct AccountDeposit {
    /// Its number.
    deposit_id: i64,
    /// Whose wallet it is for.
    account_id: i64,
    /// How it comes.
    gateway: GatewayName,
    /// What the gateway, or the operator who recorded it, knows it by.
    reference: String,
    /// What was asked for, in USD.
    amount: Money,
    /// The only coin that it may be paid with.
    #[serde(skip_serializing_if = "Option::is_none")]
    coin: Option<String>,
    /// The gateway's number of the invoice.
    #[serde(skip_serializing_if = "Option::is_none")]
    invoice: Option<String>,
    /// Where it stands.
    status: DepositStatus,
    /// What was credited, in USD.
    credited: Money,
    /// When it was made.
    created_at: Time,
}

impl From<deposits::Deposit> for AccountDeposit {
    fn from(deposit: deposits::Deposit) -> AccountDeposit {
        AccountDeposit {
            deposit_id: deposit.id.0,
            account_id: deposit.account.0,
            gateway: deposit.gateway,
            reference: deposit.reference,
            amount: deposit.amount,
            coin: deposit.coin,
            invoice: deposit.invoice,
            status: deposit.status,
            credited: deposit.credited,
            created_at: deposit.created_at,
        }
    }
}

/// A deposit with its payments.
#[derive(Debug, Object, Serialize)]
struct AccountDepositDetails {
    /// The deposit.
    deposit: AccountDeposit,
    /// Oldest first.
    payments: Vec<DepositPayment>,
}

/// A page of deposits.
#[derive(Debug, Object, Serialize)]
struct AccountDepositPage {
    /// Newest first.
    deposits: Vec<AccountDeposit>,
    /// The `cursor` of the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// A deposit that came another way than by a gateway.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct ManualDeposit {
    /// How much arrived, in USD, above zero.
    amount: Amount,
    /// What it is known by where it arrived, such as the bank's number of the transfer: 1 to 100
    /// printable characters. It counts once, ever.
    reference: String,
    /// What it is, for the audit log: 1 to 1000 printable characters.
    reason: String,
}

/// A payment that no callback told of, or that does not name its deposit.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedPayment {
    /// The gateway's number of the payment: its payer has it.
    gateway_payment: String,
}

/// Something that a person has to decide about a payment.
#[derive(Debug, Object, Serialize)]
struct DepositReview {
    /// Its number.
    review_id: i64,
    /// Where it stands.
    state: ReviewState,
    /// Why a person has to look.
    reason: ReviewReason,
    /// The gateway.
    gateway: GatewayName,
    /// The gateway's number of the payment.
    gateway_payment: String,
    /// The gateway's number of the payment that it repeats.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_payment: Option<String>,
    /// How far the payment is, in the gateway's word.
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_status: Option<String>,
    /// The coin that it came in.
    #[serde(skip_serializing_if = "Option::is_none")]
    coin: Option<String>,
    /// How much of the coin arrived.
    #[serde(skip_serializing_if = "Option::is_none")]
    actually_paid: Option<String>,
    /// The deposit; absent if the payment names none of this panel.
    #[serde(skip_serializing_if = "Option::is_none")]
    deposit_id: Option<i64>,
    /// Whose deposit that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<i64>,
    /// What the gateway proves the whole payment is worth, in USD: no more can be credited of it.
    /// Absent where it gives no such number. For `returned`: what the account's money did not
    /// cover.
    #[serde(skip_serializing_if = "Option::is_none")]
    proved: Option<Money>,
    /// What is credited of the payment by now, in USD.
    credited: Money,
    /// Who decided it.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<String>,
    /// What they credited, in USD.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision_credited: Option<Money>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision_reason: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_at: Option<Time>,
    /// When it was opened.
    created_at: Time,
}

impl From<Review> for DepositReview {
    fn from(review: Review) -> DepositReview {
        let decided = review.decided.as_ref();
        DepositReview {
            review_id: review.id.0,
            state: review.state,
            reason: review.reason,
            gateway: review.gateway,
            gateway_payment: review.gateway_payment.clone(),
            parent_payment: review.parent.clone(),
            payment_status: review.payment_status.clone(),
            coin: review.coin.clone(),
            actually_paid: review.actually_paid.clone(),
            deposit_id: review.deposit.map(|deposit| deposit.0),
            account_id: review.account.map(|account| account.0),
            proved: review.proved,
            credited: review.payment_credited,
            decided_by: decided.map(|decided| decided.by.clone()),
            decision_credited: decided.and_then(|decided| decided.credited),
            decision_reason: decided.map(|decided| decided.reason.clone()),
            decided_at: decided.map(|decided| decided.at),
            created_at: review.created_at,
        }
    }
}

/// A page of reviews.
#[derive(Debug, Object, Serialize)]
struct DepositReviewPage {
    /// Oldest first.
    reviews: Vec<DepositReview>,
    /// The `cursor` of the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// What is decided: `credit` an amount, `hold` it for later, or `reject` it.
#[derive(Debug, Clone, Copy, Enum, Deserialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
enum ReviewOutcome {
    /// An amount is credited.
    Credit,
    /// It is looked at again later.
    Hold,
    /// Nothing is credited.
    Reject,
}

/// A decision about a payment.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReviewDecision {
    /// What is decided.
    outcome: ReviewOutcome,
    /// How much is credited, in USD, above zero; with `credit` only.
    amount: Option<Amount>,
    /// Why, for the audit log: 1 to 1000 printable characters.
    reason: String,
}

impl ReviewDecision {
    fn outcome(&self) -> Result<Outcome, Refusal> {
        match (self.outcome, self.amount) {
            (ReviewOutcome::Credit, Some(amount)) => Ok(Outcome::Credit(amount.0)),
            (ReviewOutcome::Hold, None) => Ok(Outcome::Hold),
            (ReviewOutcome::Reject, None) => Ok(Outcome::Reject),
            (ReviewOutcome::Credit, None)
            | (ReviewOutcome::Hold | ReviewOutcome::Reject, Some(_)) => {
                Err(Refusal::FieldInvalid {
                    field: "amount",
                    expected: "there with the outcome credit, and with no other",
                })
            }
        }
    }
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Deposits")]
impl Deposits {
    /// List deposits
    ///
    /// Newest first, of everybody or of one account.
    #[oai(path = "/deposits", method = "get", operation_id = "deposit_search")]
    #[expect(clippy::too_many_arguments, reason = "one per filter")]
    async fn search(
        &self,
        _staff: Staff,
        /// Only this account's.
        account_id: Query<Option<i64>>,
        /// Only those that stand so.
        status: Query<Option<DepositStatus>>,
        /// Only deposits that were made at this time or later.
        created_from: Query<Option<Time>>,
        /// Only deposits that were made before this time.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the page before.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// Deposits per page.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<AccountDepositPage>, Fault<Listing>> {
        let search = Search {
            account: account_id.0.map(AccountId),
            status: status.0,
            created: period(created_from, created_before),
        };
        let before = cursor
            .0
            .and_then(|digits| digits.parse().ok())
            .map(DepositId);
        let (db, limit) = (&self.panel.db, limit_of(limit.0));
        let mut found = deposits::list(db, search, before, limit + 1).await?;
        let has_more = cut(&mut found, limit);
        let last = found.last().filter(|_| has_more);
        Ok(Answer(AccountDepositPage {
            next_cursor: last.map(|last| last.id.to_string()),
            deposits: found.into_iter().map(AccountDeposit::from).collect(),
        }))
    }

    /// Show a deposit
    #[oai(
        path = "/deposits/:deposit_id",
        method = "get",
        operation_id = "deposit_show"
    )]
    async fn show(
        &self,
        _staff: Staff,
        /// The deposit's number.
        deposit_id: Path<i64>,
    ) -> Result<Answer<AccountDepositDetails>, Fault<Reading>> {
        let (deposit, payments) = deposits::show(&self.panel.db, DepositId(deposit_id.0)).await?;
        Ok(Answer(AccountDepositDetails {
            deposit: deposit.into(),
            payments: payments.into_iter().map(DepositPayment::from).collect(),
        }))
    }

    /// Record a deposit
    ///
    /// One that came another way than by a gateway, such as a bank transfer: it is credited at once.
    #[oai(
        path = "/accounts/:account_id/deposits",
        method = "post",
        operation_id = "deposit_record"
    )]
    async fn record(
        &self,
        operator: Operator,
        /// The account: its number, its e-mail address or its name.
        #[oai(validator(min_length = 1, max_length = 254))]
        account_id: Path<String>,
        deposit: JsonBody<ManualDeposit>,
    ) -> Result<Answer<AccountDeposit, 201>, Fault<Crediting>> {
        let ManualDeposit {
            amount: Amount(amount),
            reference,
            reason,
        } = deposit.0;
        let panel = &self.panel;
        let account = accounts::look_up(panel, &account_id.0).await?.id;
        let actor = &operator.0;
        let recorded =
            deposits::record_manual(panel, actor, account, amount, &reference, &reason).await?;
        Ok(Answer(recorded.into()))
    }

    /// Name a payment of a deposit
    ///
    /// For a payment that no callback told of, and for one that names no deposit, or another one than
    /// the payment that it repeats: it is bound to this deposit, the gateway is asked about it, and what
    /// it says is credited as ever.
    #[oai(
        path = "/deposits/:deposit_id/payments",
        method = "post",
        operation_id = "deposit_payment_add"
    )]
    async fn add_payment(
        &self,
        operator: Operator,
        /// The deposit's number.
        deposit_id: Path<i64>,
        payment: JsonBody<NamedPayment>,
    ) -> Result<Answer<AccountDepositDetails>, Fault<Changing>> {
        let (panel, id) = (&self.panel, DepositId(deposit_id.0));
        deposits::add_payment(panel, &operator.0, id, &payment.0.gateway_payment).await?;
        let (deposit, payments) = deposits::show(&panel.db, id).await?;
        Ok(Answer(AccountDepositDetails {
            deposit: deposit.into(),
            payments: payments.into_iter().map(DepositPayment::from).collect(),
        }))
    }

    /// List what has to be decided about payments
    ///
    /// Oldest first; without a state, all that is undecided.
    #[oai(
        path = "/deposit-reviews",
        method = "get",
        operation_id = "deposit_review_list"
    )]
    async fn reviews(
        &self,
        _staff: Staff,
        /// Only those that stand so.
        state: Query<Option<ReviewState>>,
        /// Only reviews that were opened at this time or later.
        created_from: Query<Option<Time>>,
        /// Only reviews that were opened before this time.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the page before.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// Reviews per page.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<DepositReviewPage>, Fault<Listing>> {
        let after = DepositReviewId(number_of(cursor.0));
        let (db, limit) = (&self.panel.db, limit_of(limit.0));
        let created = period(created_from, created_before);
        let mut found = reviews::list(db, state.0, created, after, limit + 1).await?;
        let has_more = cut(&mut found, limit);
        let last = found.last().filter(|_| has_more);
        Ok(Answer(DepositReviewPage {
            next_cursor: last.map(|last| last.id.to_string()),
            reviews: found.into_iter().map(DepositReview::from).collect(),
        }))
    }

    /// Decide about a payment
    ///
    /// Credit an amount, at most what the gateway proves; hold it for later; or reject it. A credit
    /// is final.
    #[oai(
        path = "/deposit-reviews/:review_id/decision",
        method = "post",
        operation_id = "deposit_review_decide"
    )]
    async fn decide(
        &self,
        operator: Operator,
        /// The review's number.
        review_id: Path<i64>,
        decision: JsonBody<ReviewDecision>,
    ) -> Result<Answer<DepositReview>, Fault<Crediting>> {
        let outcome = decision.0.outcome()?;
        let (panel, id) = (&self.panel, DepositReviewId(review_id.0));
        let decided = reviews::decide(panel, &operator.0, id, outcome, &decision.0.reason).await?;
        Ok(Answer(decided.into()))
    }
}
