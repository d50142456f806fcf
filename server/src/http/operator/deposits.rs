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

/// A deposit of a customer's account.
#[derive(Debug, Object, Serialize)]
struct AccountDeposit {
    /// The number of the deposit, unique in this panel.
    deposit_id: i64,
    /// The number of the account whose wallet is credited.
    account_id: i64,
    /// The payment gateway of the deposit, or `manual` for one that an operator recorded.
    gateway: GatewayName,
    /// The reference of the deposit at the gateway, or the one that the operator recorded.
    reference: String,
    /// The requested amount, in USD with 2 to 9 decimals.
    amount: Money,
    /// The only crypto-currency in which the deposit may be paid; absent if there is no such limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    coin: Option<String>,
    /// The number of the invoice at the gateway; absent if there is no invoice.
    #[serde(skip_serializing_if = "Option::is_none")]
    invoice: Option<String>,
    /// The status of the deposit, such as `waiting` or `credited`.
    status: DepositStatus,
    /// The amount that was credited to the wallet, or is kept beside it while the account is suspended, in
    /// USD with 2 to 9 decimals.
    credited: Money,
    /// When the deposit was created, UTC.
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

/// A deposit with all of its payments.
#[derive(Debug, Object, Serialize)]
struct AccountDepositDetails {
    /// The deposit itself, with its status.
    deposit: AccountDeposit,
    /// The payments of the deposit, oldest first.
    payments: Vec<DepositPayment>,
}

/// One page of the list of deposits.
#[derive(Debug, Object, Serialize)]
struct AccountDepositPage {
    /// The deposits of this page, newest first.
    deposits: Vec<AccountDeposit>,
    /// The `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// A deposit that did not come by a payment gateway.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct ManualDeposit {
    /// The amount that arrived, in USD, above zero, with at most 9 decimals.
    amount: Amount,
    /// The unique reference of the payment, such as the bank's transfer number: 1 to 100 printable
    /// characters. A reference can be used only once.
    reference: String,
    /// What the payment is, for the audit log: 1 to 1000 printable characters.
    reason: String,
}

/// A payment to assign to a deposit.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedPayment {
    /// The number of the payment at the gateway, which the payer knows.
    gateway_payment: String,
}

/// A review: a payment that a person has to decide about.
#[derive(Debug, Object, Serialize)]
struct DepositReview {
    /// The number of the review, unique in this panel.
    review_id: i64,
    /// The state of the review: `open`, `held`, `credited`, `rejected` or `settled`.
    state: ReviewState,
    /// Why a person has to decide about the payment.
    reason: ReviewReason,
    /// The payment gateway that received the payment.
    gateway: GatewayName,
    /// The number of the payment at the gateway.
    gateway_payment: String,
    /// The number at the gateway of the payment that this one repeats; absent if it repeats none.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_payment: Option<String>,
    /// The status of the payment in the gateway's own word; absent if it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_status: Option<String>,
    /// The crypto-currency of the payment; absent if it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    coin: Option<String>,
    /// The amount that arrived, in that crypto-currency; absent if it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    actually_paid: Option<String>,
    /// The number of the deposit; absent if the payment names no deposit of this panel.
    #[serde(skip_serializing_if = "Option::is_none")]
    deposit_id: Option<i64>,
    /// The number of the account that owns the deposit; absent if there is no deposit.
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<i64>,
    /// The value of the whole payment that the gateway proves, in USD with 2 to 9 decimals: no more can be
    /// credited. Absent if the gateway gives no such value. For `returned`, the amount that the account's
    /// money did not cover.
    #[serde(skip_serializing_if = "Option::is_none")]
    proved: Option<Money>,
    /// The amount of the payment that is credited so far, in USD with 2 to 9 decimals.
    credited: Money,
    /// Who decided, such as `operator:3`; absent while nobody has decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<String>,
    /// The amount that the decision credited, in USD with 2 to 9 decimals; absent if it credited nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision_credited: Option<Money>,
    /// The reason for the decision; absent while nobody has decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision_reason: Option<String>,
    /// When the decision was made, UTC; absent while nobody has decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_at: Option<Time>,
    /// When the review was opened, UTC.
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

/// One page of the list of reviews.
#[derive(Debug, Object, Serialize)]
struct DepositReviewPage {
    /// The reviews of this page, oldest first.
    reviews: Vec<DepositReview>,
    /// The `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// The outcome of a review: `credit` an amount, `hold` it for later, or `reject` it.
#[derive(Debug, Clone, Copy, Enum, Deserialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
enum ReviewOutcome {
    /// An amount is credited to the account.
    Credit,
    /// The review is put on hold and can be decided later.
    Hold,
    /// Nothing is credited for the payment.
    Reject,
}

/// The decision about a payment under review.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReviewDecision {
    /// The outcome: `credit`, `hold` or `reject`.
    outcome: ReviewOutcome,
    /// The amount to credit, in USD, above zero, with at most 9 decimals. Required with `credit`, not allowed
    /// with the other outcomes.
    amount: Option<Amount>,
    /// The reason for the decision, for the audit log: 1 to 1000 printable characters.
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
    /// Deposits of all accounts or of one, newest first. Filters are combined.
    #[oai(path = "/deposits", method = "get", operation_id = "deposit_search")]
    #[expect(clippy::too_many_arguments, reason = "one per filter")]
    async fn search(
        &self,
        _staff: Staff,
        /// Lists only deposits of the account of this number.
        account_id: Query<Option<i64>>,
        /// Lists only deposits that have this status.
        status: Query<Option<DepositStatus>>,
        /// Lists only deposits that were created at this time or later, UTC.
        created_from: Query<Option<Time>>,
        /// Lists only deposits that were created before this time, UTC.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the previous page; absent for the first page.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// The maximum number of deposits in a page, from 1 to 1000; 100 if it is absent.
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

    /// Read a deposit
    ///
    /// Includes its payments, oldest first.
    #[oai(
        path = "/deposits/:deposit_id",
        method = "get",
        operation_id = "deposit_show"
    )]
    async fn show(
        &self,
        _staff: Staff,
        /// The number of the deposit, which `deposit_search` gives as `deposit_id`.
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
    /// For money that did not come by a payment gateway, such as a bank transfer. It is credited at once.
    #[oai(
        path = "/accounts/:account_id/deposits",
        method = "post",
        operation_id = "deposit_record"
    )]
    async fn record(
        &self,
        operator: Operator,
        /// The number, the e-mail address or the name of the account, 1 to 254 characters; `id:7` always
        /// means number 7.
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

    /// Assign a payment to a deposit
    ///
    /// For a payment of which no callback arrived, and for one that names no deposit, or another one than the
    /// payment that it repeats. The payment is assigned to this deposit, the gateway is asked about it, and
    /// its answer is credited by the usual rules.
    #[oai(
        path = "/deposits/:deposit_id/payments",
        method = "post",
        operation_id = "deposit_payment_add"
    )]
    async fn add_payment(
        &self,
        operator: Operator,
        /// The number of the deposit, which `deposit_search` gives as `deposit_id`.
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

    /// List payments under review
    ///
    /// Oldest first. Without `state`, all undecided reviews are listed.
    #[oai(
        path = "/deposit-reviews",
        method = "get",
        operation_id = "deposit_review_list"
    )]
    async fn reviews(
        &self,
        _staff: Staff,
        /// Lists only reviews in this state.
        state: Query<Option<ReviewState>>,
        /// Lists only reviews that were opened at this time or later, UTC.
        created_from: Query<Option<Time>>,
        /// Lists only reviews that were opened before this time, UTC.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the previous page; absent for the first page.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// The maximum number of reviews in a page, from 1 to 1000; 100 if it is absent.
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
    /// Credit an amount, at most what the gateway proves; hold the review for later; or reject the payment. A
    /// credit is final.
    #[oai(
        path = "/deposit-reviews/:review_id/decision",
        method = "post",
        operation_id = "deposit_review_decide"
    )]
    async fn decide(
        &self,
        operator: Operator,
        /// The number of the review, which `deposit_review_list` gives as `review_id`.
        review_id: Path<i64>,
        decision: JsonBody<ReviewDecision>,
    ) -> Result<Answer<DepositReview>, Fault<Crediting>> {
        let outcome = decision.0.outcome()?;
        let (panel, id) = (&self.panel, DepositReviewId(review_id.0));
        let decided = reviews::decide(panel, &operator.0, id, outcome, &decision.0.reason).await?;
        Ok(Answer(decided.into()))
    }
}
