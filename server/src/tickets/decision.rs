//! How a ticket is decided, and the refund that is proposed before.

use serde_json::json;

use super::rules::{self, TicketOutcome};
use super::{Ticket, found, store, undecided_in_tx};
use crate::accounts;
use crate::actor::Actor;
use crate::audit::{self, Deed, Entry};
use crate::clock::Time;
use crate::db::Tx;
use crate::error::{Failure, Refusal, Result};
use crate::ids::{AccountId, OrderId, RefillId, RefundId, TicketId};
use crate::money::Money;
use crate::orders::rules::RefundReason;
use crate::orders::{self, Charged};
use crate::panel::Panel;
use crate::{refills, wording};

/// What a reviewer may decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// This much is refunded; without a number, what was proposed. For operators.
    Refund(Option<Money>),
    /// A refill is asked for.
    Refill,
    /// What was wrong was put right, as the reason says.
    Correction,
    /// Nothing is done.
    Decline,
}

/// The order of ticket `id` with its charge, locked, and the ticket, locked, if it is not decided.
async fn charged_in_tx(tx: &Tx, id: TicketId) -> Result<(Charged, Ticket)> {
    let order = found(tx, None, id).await?.order;
    let charged = orders::charged_in_tx(tx, order).await?;
    let gone = || Failure::Stored(format!("ticket {id} has no order"));
    let charged = charged.ok_or_else(gone)?;
    // Under the order's lock: who waited for it sees what was decided meanwhile.
    Ok((charged, undecided_in_tx(tx, None, id).await?))
}

/// Refuses ([`Refusal::Conflict`]) a second refund by ticket of one order: a refund's reason is
/// unique among those of an order.
async fn once_in_tx(tx: &Tx, order: OrderId) -> Result<()> {
    let Some(before) = store::refunded(tx, order).await? else {
        return Ok(());
    };
    let why = format!(
        "ticket {before} refunded a part of order {order} already, and an order has one refund by \
         ticket: credit the wallet instead"
    );
    Err(Refusal::Conflict { why }.into())
}

/// Proposes a refund on a ticket, in place of what was proposed before: "support staff propose, an
/// operator posts". Refused: [`Refusal::Forbidden`]; [`Refusal::Unknown`]; [`Refusal::FieldInvalid`];
/// [`Refusal::AmountAboveLeft`]; [`Refusal::Conflict`] once the ticket is decided, or after another
/// one refunded a part of its order.
pub async fn propose(
    panel: &Panel,
    actor: &Actor,
    id: TicketId,
    amount: Money,
    reason: &str,
) -> Result<Ticket> {
    actor.only_staff()?;
    let reason = wording::reason(reason)?;
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let (charged, was) = charged_in_tx(&tx, id).await?;
    once_in_tx(&tx, was.order).await?;
    let amount = rules::refund(Some(amount), None, charged.left())?;
    store::propose(&tx, now, id, amount, &actor.to_string(), reason).await?;
    let ticket = found(&tx, None, id).await?;
    let told = |amount: Money| json!({"amount": amount.to_string()});
    let mut entry = Entry::new(Deed::TicketProposed, format!("ticket:{id}"))
        .because(reason)
        .became(told(amount));
    if let Some(was) = was.proposed {
        entry = entry.was(told(was.amount));
    }
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    Ok(ticket)
}

/// What a decision has caused.
struct Done {
    outcome: TicketOutcome,
    refund: Option<(RefundId, Money)>,
    refill: Option<RefillId>,
}

/// Decides a ticket, once, and tells its customer by a notice; gives it as it is after that. Refused:
/// [`Refusal::Forbidden`]; [`Refusal::Unknown`]; [`Refusal::FieldInvalid`];
/// [`Refusal::AmountAboveLeft`]; what [`refills::request`] refuses; [`Refusal::Conflict`] if it was
/// decided, if something is to be given to a suspended account, or to an order that has not ended or
/// has been refunded by ticket.
pub async fn decide(
    panel: &Panel,
    actor: &Actor,
    id: TicketId,
    decision: Decision,
    reason: &str,
) -> Result<Ticket> {
    actor.only_staff()?;
    if matches!(decision, Decision::Refund(_)) && !actor.is_operator() {
        audit::record(panel, actor, Deed::Forbidden, &format!("ticket:{id}")).await?;
        return Err(Refusal::Forbidden.into());
    }
    let reason = wording::reason(reason)?;
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let (charged, was) = charged_in_tx(&tx, id).await?;
    let done = carry_out(&tx, panel, now, decision, &charged, &was).await?;
    let end = store::End {
        outcome: done.outcome,
        by: actor.to_string(),
        reason,
        refund: done.refund.map(|(refund, _)| refund),
        refill: done.refill,
    };
    store::end(&tx, now, id, end).await?;
    let told = told(&done, &was);
    accounts::notices::tell_in_tx(&tx, now, was.account, &format!("{told}: {reason}")).await?;
    let ticket = found(&tx, None, id).await?;
    let entry = Entry::new(Deed::TicketDecided, format!("ticket:{id}"))
        .because(reason)
        .was(json!({"state": was.state.word(), "order_id": was.order.0}))
        .became(json!({
            "state": ticket.state.word(),
            "outcome": done.outcome.word(),
            "amount": done.refund.map(|(_, amount)| amount.to_string()),
            "refund_id": done.refund.map(|(refund, _)| refund.0),
            "refill_id": done.refill.map(|refill| refill.0),
        }));
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    Ok(ticket)
}

/// What its customer is told of a decision.
fn told(done: &Done, ticket: &Ticket) -> String {
    let (id, order) = (ticket.id, ticket.order);
    let outcome = match (done.outcome, done.refund, done.refill) {
        (TicketOutcome::Refund, Some((_, amount)), _) => {
            format!("{amount} USD came back to your wallet")
        }
        (TicketOutcome::Refill, _, Some(refill)) => format!("refill {refill} was asked for"),
        (outcome, ..) => format!("its outcome is {outcome}"),
    };
    format!("Your ticket {id} about order {order} was decided, {outcome}")
}

async fn carry_out(
    tx: &Tx,
    panel: &Panel,
    now: Time,
    decision: Decision,
    charged: &Charged,
    ticket: &Ticket,
) -> Result<Done> {
    let done = |outcome| Done {
        outcome,
        refund: None,
        refill: None,
    };
    Ok(match decision {
        Decision::Refund(given) => {
            once_in_tx(tx, ticket.order).await?;
            let proposed = ticket.proposed.as_ref().map(|proposed| proposed.amount);
            let amount = rules::refund(given, proposed, charged.left())?;
            let because = RefundReason::Ticket;
            let refund = orders::refund_in_tx(tx, now, charged, because, amount).await?;
            Done {
                refund: Some((refund, amount)),
                ..done(TicketOutcome::Refund)
            }
        }
        Decision::Refill => Done {
            refill: Some(refill_in_tx(tx, panel, ticket.account, ticket.order).await?),
            ..done(TicketOutcome::Refill)
        },
        Decision::Correction => done(TicketOutcome::Correction),
        Decision::Decline => done(TicketOutcome::Declined),
    })
}

/// Asks for a refill "by the same rules of eligibility" as its customer would.
async fn refill_in_tx(
    tx: &Tx,
    panel: &Panel,
    account: AccountId,
    order: OrderId,
) -> Result<RefillId> {
    let asked = refills::request_in_tx(tx, panel, account, &[order]).await?;
    let refill = asked
        .into_iter()
        .next()
        .unwrap_or(Err(Refusal::OrderUnknown))?;
    accounts::lock_in_tx(tx, account).await?;
    let buyers = accounts::buyers_in_tx(tx, &[account]).await?;
    if buyers.get(&account).is_some_and(|buyer| buyer.is_suspended) {
        let why = format!(
            "account {account} is suspended, and its orders are not refilled: decide after it is \
             reinstated"
        );
        return Err(Refusal::Conflict { why }.into());
    }
    Ok(refill)
}
