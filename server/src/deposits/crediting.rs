//! From what a gateway says to what is in a wallet. A worker takes what is due, asks the gateway, and
//! hands the answer in; the rules decide, and one transaction writes it all.

use super::rules::{self, Belonging, BelongsTo, Limits, ReviewReason, ReviewState, Worth};
use super::store::payments::{self, Row};
use super::store::{self, NewCredit, reviews};
use super::{Deposit, DepositStatus};
use crate::abuse::facts::Fact;
use crate::alerts::{Alert, AlertKind, raise_in_tx};
use crate::clock::Time;
use crate::db::Tx;
use crate::error::{Failure, Result};
use crate::gateway::{GatewayError, GatewayName, Payment, PaymentStatus};
use crate::ids::{AccountId, PaymentId};
use crate::money::Money;
use crate::panel::Panel;
use crate::wallet;

/// A payment that the gateway is to be asked about.
#[derive(Debug, Clone)]
pub(crate) struct ToAsk {
    /// Its number here.
    pub(crate) payment: PaymentId,
    /// The gateway's number of it.
    pub(crate) gateway_payment: String,
    /// Until when no other server asks about it.
    pub(crate) lease_until: Time,
}

/// A deposit whose payments are to be looked for.
#[derive(Debug, Clone)]
pub(crate) struct ToLookAt {
    /// The invoice.
    pub(crate) invoice: String,
}

/// How many are taken up at once.
const PIECE: i64 = 20;
/// How long the gateway may be asked before another server asks too, in ms.
const LEASE_MS: i64 = 120_000;
/// So often a gateway may say that it knows nothing of a payment; it may have told of it before it
/// could answer.
const MAX_UNKNOWN: i64 = 5;
/// So often a gateway may give no answer that can be used: about a week. A person is told then, and
/// the next callback has it asked again.
const MAX_FAILED: i64 = 1_000;

/// Takes payments that the gateway is to be asked about now.
pub(crate) async fn take_due(panel: &Panel, gateway: GatewayName) -> Result<Vec<ToAsk>> {
    let now = panel.now();
    if !payments::is_due(panel.db.read(), gateway, now).await? {
        return Ok(Vec::new());
    }
    let tx = panel.db.begin().await?;
    let until = now.plus_ms(LEASE_MS);
    let taken = payments::take_due(&tx, gateway, now, until, PIECE).await?;
    tx.commit().await?;
    Ok(taken)
}

/// Takes deposits whose payments are to be looked for now; those that are too old by now come to
/// rest.
pub(crate) async fn take_looks(panel: &Panel) -> Result<Vec<ToLookAt>> {
    let now = panel.now();
    if !store::is_due(panel.db.read(), now).await? {
        return Ok(Vec::new());
    }
    let tx = panel.db.begin().await?;
    let mut taken = Vec::new();
    for deposit in store::due(&tx, now, PIECE).await? {
        let next = rules::next_look(deposit.created_at, now);
        match deposit.invoice.clone() {
            Some(invoice) => {
                store::set_look(&tx, deposit.id, next).await?;
                if next.is_none() {
                    restate(&tx, now, &deposit, deposit.credited).await?;
                }
                taken.push(ToLookAt { invoice });
            }
            // The panel stopped before the gateway answered: nobody can pay it.
            None => {
                store::set_look(&tx, deposit.id, None).await?;
                store::set_status(&tx, deposit.id, DepositStatus::Failed).await?;
            }
        }
    }
    tx.commit().await?;
    Ok(taken)
}

/// Has the gateway asked about `payments` that it has named and of which no callback came yet. Gives
/// how many there were.
pub(crate) async fn found(
    panel: &Panel,
    gateway: GatewayName,
    payments: &[Payment],
) -> Result<usize> {
    let (now, tx) = (panel.now(), panel.db.begin().await?);
    let mut new = 0;
    for payment in payments {
        let is_new = payments::ask_about_new(&tx, now, gateway, &payment.id).await?;
        new += usize::from(is_new);
    }
    tx.commit().await?;
    Ok(new)
}

/// Records what the gateway answered about a payment, and credits what that proves.
pub(crate) async fn record(
    panel: &Panel,
    asked: &ToAsk,
    answer: std::result::Result<Payment, GatewayError>,
) -> Result<()> {
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let mut paid_in_part = None;
    match answer {
        Ok(said) => paid_in_part = take_in(panel, &tx, asked, &said).await?,
        Err(fault) => {
            let row = payments::lock(&tx, asked.payment).await?;
            let row = row.ok_or_else(|| lost(asked.payment))?;
            let failed = row.asks_failed.saturating_add(1);
            let retry_after_ms = match &fault {
                GatewayError::Busy { retry_after_ms, .. } => *retry_after_ms,
                GatewayError::Unknown
                | GatewayError::KeyRefused(_)
                | GatewayError::Refused(_)
                | GatewayError::Unreadable(_) => None,
            };
            let (payment, why) = (&asked.gateway_payment, fault.to_string());
            tracing::warn!(payment, error = why, failed, "the gateway did not say more");
            let mut next = Some(rules::next_try(failed, retry_after_ms, now));
            let given_up = match fault {
                GatewayError::Unknown => (failed >= MAX_UNKNOWN, ReviewReason::NotAtGateway),
                // It says nothing about the payment, and all of them are asked about again.
                GatewayError::KeyRefused(_) => (false, ReviewReason::Unreadable),
                GatewayError::Busy { .. }
                | GatewayError::Refused(_)
                | GatewayError::Unreadable(_) => (failed >= MAX_FAILED, ReviewReason::Unreadable),
            };
            if let (true, reason) = given_up {
                review(&tx, now, &row, reason, None).await?;
                next = None;
            }
            payments::put_off(&tx, asked, next, failed).await?;
        }
    }
    tx.commit().await?;
    if let Some(account) = paid_in_part {
        panel.abuse.note(Fact::PaidInPart { account });
    }
    Ok(())
}

fn lost(payment: PaymentId) -> Failure {
    Failure::Stored(format!("payment {payment} is gone"))
}

/// Takes in what the gateway said. Gives whose deposit was now found to be paid in part.
async fn take_in(
    panel: &Panel,
    tx: &Tx,
    asked: &ToAsk,
    said: &Payment,
) -> Result<Option<AccountId>> {
    let now = panel.now();
    // Whose it is, the gateway says: a callback may have said otherwise.
    let row = payments::lock(tx, asked.payment).await?;
    let row = row.ok_or_else(|| lost(asked.payment))?;
    let whose = whose(tx, now, &row, said).await?;
    let deposit = match whose.belongs {
        BelongsTo::Deposit(id) => store::lock(tx, id).await?,
        BelongsTo::None | BelongsTo::Contradiction => None,
    };
    let since = deposit.as_ref().map_or(row.seen_at, |one| one.created_at);
    let next = rules::next_ask(said.status, since, now);
    // Until it is known whose the payment is that it repeats, it may belong to that one's deposit.
    let again = rules::next_look(row.seen_at, now).filter(|_| whose.lacks_parent);
    payments::put_off(tx, asked, next.or(again), 0).await?;
    // An answer that was overtaken by a later one says nothing more.
    if said.updated_at.is_some() && said.updated_at < row.updated_at {
        return Ok(None);
    }
    payments::write(tx, row.id, deposit.as_ref().map(|one| one.id), said).await?;
    let Some(deposit) = deposit else {
        if !whose.awaits_parent {
            of_no_deposit(tx, now, &row, whose.belongs).await?;
        }
        return Ok(None);
    };
    let limits = Limits {
        from: panel.config.deposit_partial_min,
        to: panel.config.deposit_partial_max,
    };
    let worth = rules::worth(&deposit.asked(), said, limits);
    let mut credited = deposit.credited;
    if !row.is_returned && worth.credit > row.credited {
        // "What later facts add for the same payment is credited as the difference."
        let more = worth.credit.minus(row.credited)?;
        credit(tx, now, &deposit, &row, more, None).await?;
        credited = credited.plus(more)?;
    }
    reviews::settle_others(tx, now, row.id, worth.review).await?;
    if let Worth {
        review: Some(reason),
        proved,
        ..
    } = worth
    {
        review(tx, now, &row, reason, proved).await?;
    }
    if said.status == Some(PaymentStatus::Refunded)
        && row.credited.is_positive()
        && !row.is_returned
    {
        take_back(tx, now, &deposit, &row).await?;
    }
    restate(tx, now, &deposit, credited).await?;
    fail::fail_point!("C12");
    let part = Some(PaymentStatus::PartiallyPaid);
    let is_news = said.status == part && row.status != part;
    Ok(is_news.then_some(deposit.account))
}

/// Whose a payment is, by all that is known.
struct Whose {
    belongs: BelongsTo,
    /// Whether it repeats a payment of which it is not known whose that is.
    lacks_parent: bool,
    /// Whether the gateway has yet to say something about that one.
    awaits_parent: bool,
}

/// Whose the payment `row` is, which is locked and of which the gateway has `said` something. Has the
/// gateway asked about the payment that it repeats, if nothing is known of that.
async fn whose(tx: &Tx, now: Time, row: &Row, said: &Payment) -> Result<Whose> {
    let named = match said.order.as_deref() {
        Some(reference) => store::named(tx, row.gateway, reference).await?,
        None => None,
    };
    let number = said.parent.as_deref();
    let number = number.filter(|number| *number != row.gateway_payment);
    let parent = match number {
        Some(number) => payments::parent(tx, row.gateway, number).await?,
        None => None,
    };
    let is_new = match number.filter(|_| parent.is_none()) {
        Some(number) => payments::ask_about_new(tx, now, row.gateway, number).await?,
        None => false,
    };
    let of_parent = parent.as_ref().and_then(|parent| parent.deposit);
    let belongs = rules::belongs_to(Belonging {
        credited: row.deposit.filter(|_| row.credits > 0),
        named,
        of_parent,
        bound: row.bound_to,
        before: row.deposit,
    });
    Ok(Whose {
        belongs,
        lacks_parent: number.is_some() && of_parent.is_none(),
        awaits_parent: is_new || parent.is_some_and(|parent| parent.is_asked_about),
    })
}

/// Has a person look at a payment, which is locked, that belongs to no deposit or to two.
async fn of_no_deposit(tx: &Tx, now: Time, row: &Row, belongs: BelongsTo) -> Result<()> {
    let reason = match belongs {
        BelongsTo::Contradiction => ReviewReason::Mismatch,
        BelongsTo::None | BelongsTo::Deposit(_) => ReviewReason::UnknownDeposit,
    };
    reviews::settle_others(tx, now, row.id, Some(reason)).await?;
    review(tx, now, row, reason, None).await?;
    // It was another's until now.
    if let Some(before) = row.deposit
        && let Some(before) = store::lock(tx, before).await?
    {
        restate(tx, now, &before, before.credited).await?;
    }
    Ok(())
}

/// Credits `amount` of a payment that is locked, as its deposit is: the one way by which a payment
/// becomes wallet money.
pub(super) async fn credit(
    tx: &Tx,
    now: Time,
    deposit: &Deposit,
    payment: &Row,
    amount: Money,
    decided: Option<(&str, &str)>,
) -> Result<()> {
    let number = payment.credits.saturating_add(1);
    let reference = match number {
        1 => payment.gateway_payment.clone(),
        more => format!("{}#{more}", payment.gateway_payment),
    };
    let (account, gateway) = (deposit.account, payment.gateway);
    let transaction = wallet::deposit_in_tx(tx, now, account, gateway, &reference, amount).await?;
    let new = NewCredit {
        deposit: deposit.id,
        payment: Some(payment.id),
        number,
        amount,
        transaction,
        decided,
    };
    store::insert_credit(tx, now, &new).await
}

/// "`refunded` after credit -> wallet -> suspense:gateway_refund up to the balance, and a case for an
/// operator"; of a suspended account, from what was kept aside or forfeited.
async fn take_back(tx: &Tx, now: Time, deposit: &Deposit, payment: &Row) -> Result<()> {
    let (account, whole) = (deposit.account, payment.credited);
    let taken = wallet::take_back_in_tx(
        tx,
        now,
        account,
        payment.gateway,
        &payment.gateway_payment,
        whole,
    )
    .await?;
    let shortfall = whole.minus(taken.amount)?;
    payments::insert_return(
        tx,
        now,
        payment.id,
        taken.amount,
        shortfall,
        taken.transaction,
        taken.position,
    )
    .await?;
    review(tx, now, payment, ReviewReason::Returned, Some(shortfall)).await
}

/// Has a person look at a payment that is locked: once for a reason, and once more when more is
/// proved than was known when it was decided.
async fn review(
    tx: &Tx,
    now: Time,
    payment: &Row,
    reason: ReviewReason,
    proved: Option<Money>,
) -> Result<()> {
    match reviews::newest(tx, payment.id, reason).await? {
        Some((id, ReviewState::Open | ReviewState::Held, _)) => {
            return reviews::set_proved(tx, id, proved).await;
        }
        Some((_, ReviewState::Credited | ReviewState::Rejected, before)) if proved <= before => {
            return Ok(());
        }
        Some(_) | None => {}
    }
    let id = reviews::insert(tx, now, payment.id, reason, proved).await?;
    let payment = &payment.gateway_payment;
    let message = format!("deposit review {id}: payment {payment} is {reason}");
    let alert = Alert::new(
        AlertKind::DepositReview,
        format!("deposit review {id}"),
        message,
    );
    raise_in_tx(tx, now, vec![alert]).await
}

/// Writes where a deposit stands by all that is known.
pub(super) async fn restate(tx: &Tx, now: Time, deposit: &Deposit, credited: Money) -> Result<()> {
    let known = payments::known(tx, deposit.id).await?;
    let is_over = rules::next_look(deposit.created_at, now).is_none();
    let status = rules::status_of(credited, &known, is_over);
    store::set_status(tx, deposit.id, status).await
}
