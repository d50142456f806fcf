//! What a person has to decide about payments: those that are not as they were asked for.

use serde_json::json;

use super::crediting::{credit, restate};
use super::rules::{ReviewReason, ReviewState};
use super::store::{self, payments, reviews as rows};
use crate::actor::{Actor, Grave};
use crate::audit::{self, Deed, Entry};
use crate::clock::{Period, Time};
use crate::db::Db;
use crate::error::{Failure, Refusal, Result};
use crate::gateway::GatewayName;
use crate::ids::{AccountId, DepositId, DepositReviewId, PaymentId};
use crate::money::Money;
use crate::panel::Panel;
use crate::wording;

/// A review.
#[derive(Debug, Clone)]
pub struct Review {
    /// Its number.
    pub id: DepositReviewId,
    /// The payment.
    pub payment: PaymentId,
    /// The gateway that took it.
    pub gateway: GatewayName,
    /// The gateway's number of it.
    pub gateway_payment: String,
    /// The gateway's number of the payment that it repeats.
    pub parent: Option<String>,
    /// The deposit that it belongs to, if it names one.
    pub deposit: Option<DepositId>,
    /// Whose deposit that is.
    pub account: Option<AccountId>,
    /// Why a person has to look.
    pub reason: ReviewReason,
    /// What the gateway proves the whole payment is worth, in USD; of one that was sent back, what
    /// the wallet did not cover.
    pub proved: Option<Money>,
    /// What is credited of the payment by now.
    pub payment_credited: Money,
    /// How far the payment is, in the gateway's word.
    pub payment_status: Option<String>,
    /// The coin that it came in.
    pub coin: Option<String>,
    /// How much of it.
    pub actually_paid: Option<String>,
    /// Where the review stands.
    pub state: ReviewState,
    /// What was decided, if a person did.
    pub decided: Option<Decided>,
    /// When it was opened.
    pub created_at: Time,
}

/// What a person decided.
#[derive(Debug, Clone)]
pub struct Decided {
    /// Who, as the audit log names them.
    pub by: String,
    /// What was credited.
    pub credited: Option<Money>,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Time,
}

/// What an operator may decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// This much is credited to the deposit's account.
    Credit(Money),
    /// It is looked at again later.
    Hold,
    /// Nothing is credited.
    Reject,
}

/// The reviews in `state`, or without one those that are undecided, opened in the period `created`,
/// with numbers above `after`, lowest first, at most `limit`.
pub async fn list(
    db: &Db,
    state: Option<ReviewState>,
    created: Period,
    after: DepositReviewId,
    limit: usize,
) -> Result<Vec<Review>> {
    rows::list(db.read(), state, created, after, limit).await
}

/// Decides a review. Gives it as it is after that. Refused: [`Refusal::Forbidden`];
/// [`Refusal::Unknown`]; [`Refusal::FieldInvalid`]; [`Refusal::Conflict`] if it was decided, names no
/// account to credit, or the amount is more than the gateway proves; what [`Actor::may`] refuses.
pub async fn decide(
    panel: &Panel,
    actor: &Actor,
    id: DepositReviewId,
    outcome: Outcome,
    reason: &str,
) -> Result<Review> {
    actor.only_operators()?;
    let reason = wording::reason(reason)?;
    let now = panel.now();
    if let Outcome::Credit(amount) = outcome {
        let free = panel.config.everyday_credit();
        actor.may(Grave::Deposit { free }, amount, now)?;
    }
    let tx = panel.db.begin().await?;
    let found = rows::review(&tx, id).await?;
    let unknown = Refusal::Unknown {
        what: "deposit review",
    };
    let payment = found.ok_or(unknown)?.payment;
    let payment = payments::lock(&tx, payment).await?;
    let gone = || Failure::Stored(format!("deposit review {id} has no payment"));
    let payment = payment.ok_or_else(gone)?;
    // Under the payment's lock: who waited for it sees what was decided meanwhile.
    let review = rows::review(&tx, id).await?.ok_or_else(gone)?;
    let was = review.state;
    if !matches!(was, ReviewState::Open | ReviewState::Held) {
        let why = match &review.decided {
            Some(decided) => format!("deposit review {id} was {was} by {}", decided.by),
            None => format!("deposit review {id} is {was}"),
        };
        return Err(Refusal::Conflict { why }.into());
    }
    let by = actor.to_string();
    let (state, credited) = match outcome {
        Outcome::Credit(amount) => {
            check(&review, amount)?;
            let deposit = match review.deposit {
                Some(deposit) => store::lock(&tx, deposit).await?,
                None => None,
            };
            let why =
                "it belongs to no deposit of this panel that is known: add it to its deposit first, or \
                 record what arrived as a manual deposit and reject this"
                    .to_owned();
            let deposit = deposit.ok_or(Refusal::Conflict { why })?;
            credit(&tx, now, &deposit, &payment, amount, Some((&by, reason))).await?;
            (ReviewState::Credited, Some(amount))
        }
        Outcome::Hold => (ReviewState::Held, None),
        Outcome::Reject => (ReviewState::Rejected, None),
    };
    let decided = Decided {
        by,
        credited,
        reason: reason.to_owned(),
        at: now,
    };
    rows::decide(&tx, id, state, &decided).await?;
    if let Some(deposit) = review.deposit
        && let Some(deposit) = store::lock(&tx, deposit).await?
    {
        restate(&tx, now, &deposit, deposit.credited).await?;
    }
    let entry = Entry::new(Deed::DepositDecided, format!("deposit_review:{id}"))
        .because(reason)
        .was(json!({"state": was.word(), "payment_credited": review.payment_credited.to_string()}))
        .became(json!({
            "state": state.word(),
            "credited": credited.map(|amount| amount.to_string()),
            "payment": review.gateway_payment,
            "account_id": review.account.map(|account| account.0),
        }));
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    let review = rows::review(&tx, id).await?.ok_or_else(gone)?;
    tx.commit().await?;
    Ok(review)
}

/// "The sum never exceeds what the gateway proves", where it proves a sum.
fn check(review: &Review, amount: Money) -> Result<()> {
    if !amount.is_positive() || amount > super::MAX_AMOUNT {
        return Err(Refusal::FieldInvalid {
            field: "amount",
            expected: "above zero and at most 1000000",
        }
        .into());
    }
    if review.reason == ReviewReason::Returned {
        let why = "the gateway has sent the payment back to its payer: there is nothing to credit";
        return Err(Refusal::Conflict {
            why: why.to_owned(),
        }
        .into());
    }
    let Some(proved) = review.proved else {
        return Ok(());
    };
    let (before, after) = (
        review.payment_credited,
        review.payment_credited.plus(amount)?,
    );
    if after > proved {
        let why = format!(
            "{before} USD of the payment is credited, and with {amount} that is more than the \
             {proved} that the gateway proves"
        );
        return Err(Refusal::Conflict { why }.into());
    }
    Ok(())
}
