//! An operator's end of an order: of every order that has not ended, whatever its service allows its
//! customers.
//!
//! Nothing more of it is sent. What was not sent counts as undelivered. What may be at a provider is
//! not refunded while it may be delivered: either the provider ends it, or a person decides its runs one
//! by one ([`resolve`](super::resolve)), or the operator states here what remains of the whole order,
//! which decides all of them at once.

use std::collections::HashMap;

use serde_json::json;

use super::cancel::stop;
use super::manual::{by_hand_in_tx, told};
use super::resolve::is_decided_by_operators;
use super::rules::{DispatchState, OrderStatus};
use super::settle::{advance_in_tx, certain_remains};
use super::standing::ByHand;
use super::store;
use super::store::runs::Exchange;
use super::told::{Cause, CausedBy};
use crate::actor::Actor;
use crate::audit::{self, Deed, Entry};
use crate::clock::Time;
use crate::entity::{dispatch, order};
use crate::error::{Refusal, Result};
use crate::ids::{DispatchId, OrderId};
use crate::panel::Panel;
use crate::wording;

/// A run that keeps an order from ending: it may be at its provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenRun {
    /// Its number, by which it is resolved.
    pub id: DispatchId,
    /// Sending, unknown, parked or accepted.
    pub state: DispatchState,
}

/// Ends the order `id`, because `actor` has decided so for `reason`. `remains` is what they state is
/// undelivered of the whole order, in units: it decides the runs that may be at a provider. Without it
/// those runs stay, and are given: the order ends when they have. Refused: [`Refusal::Forbidden`];
/// [`Refusal::OrderUnknown`]; [`Refusal::Conflict`] for an order that has ended, one that was begun by
/// hand without `remains`, and one with a request on its way to a provider at this moment;
/// [`Refusal::FieldInvalid`].
pub async fn end(
    panel: &Panel,
    actor: &Actor,
    id: OrderId,
    remains: Option<i64>,
    reason: &str,
) -> Result<Vec<OpenRun>> {
    actor.only_operators()?;
    let reason = wording::reason(reason)?;
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let order = store::lock_orders(&tx, [id]).await?.into_iter().next();
    let order = order.ok_or(Refusal::OrderUnknown)?;
    let runs = store::runs::lock_of_orders(&tx, [id]).await?;
    if order.status.is_terminal() {
        let why = format!("the order is {}, which never changes", order.status);
        return Err(Refusal::Conflict { why }.into());
    }
    let entry = Entry::new(Deed::OrderEnded, format!("order:{id}")).because(reason);
    let entry = entry.was(told(&order));
    let (ended, open, entry) = if runs.is_empty() {
        let said = said_by_hand(&order, remains)?;
        let (ended, became) = by_hand_in_tx(&tx, now, actor, order, said, None).await?;
        (ended, Vec::new(), entry.became(became))
    } else {
        let changed = match remains {
            Some(remains) => decided(&order, &runs, remains, now)?,
            None => stopped(&runs, now),
        };
        let is_open = |run: &&dispatch::Model| !run.state.is_terminal();
        let open = changed.iter().filter(is_open);
        let open: Vec<OpenRun> = open
            .map(|run| OpenRun {
                id: run.id,
                state: run.state,
            })
            .collect();
        let evidence = match remains {
            Some(remains) => format!("ended by {actor}, who states that {remains} remain"),
            None => format!("ended by {actor}"),
        };
        let entry = entry.became(json!({
            "remains": remains,
            "open_dispatches": open.iter().map(|run| run.id.0).collect::<Vec<_>>(),
        }));
        let exchanges = changed.iter().filter(|run| remains.is_some() && sent(run));
        let exchanges = exchanges.map(|run| exchange(run, &evidence)).collect();
        store::stops::request_cancel(&tx, now, &[id], Cause::DecidedByOperator).await?;
        store::writes::write(&tx, &changed).await?;
        store::runs::insert_exchanges(&tx, now, exchanges).await?;
        let cause = CausedBy::new(Cause::DecidedByOperator, evidence);
        let ended = advance_in_tx(&tx, now, HashMap::from([(id, cause)])).await?;
        (ended, open, entry)
    };
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    ended.tell(panel);
    Ok(open)
}

/// The end of an order that is delivered by hand.
fn said_by_hand(
    order: &order::Model,
    remains: Option<i64>,
) -> std::result::Result<ByHand, Refusal> {
    match remains {
        Some(0) => Ok(ByHand::Completed),
        Some(remains) => Ok(ByHand::Partial(remains)),
        None if order.status == OrderStatus::Pending => Ok(ByHand::Canceled),
        None => {
            let why = "the order was begun by hand: say what remains of it".to_owned();
            Err(Refusal::Conflict { why })
        }
    }
}

/// Whether a run has left the panel, in whatever way it ended.
fn sent(run: &dispatch::Model) -> bool {
    run.attempt > 0
}

/// The open runs after an end without a statement.
fn stopped(runs: &[dispatch::Model], now: Time) -> Vec<dispatch::Model> {
    let open = runs.iter().filter(|run| !run.state.is_terminal());
    open.map(|run| stop(run.clone(), now)).collect()
}

/// The open runs after the operator has stated that `remains` units of the order are undelivered: what
/// was not sent is canceled, and the rest of `remains` is the latest runs'.
fn decided(
    order: &order::Model,
    runs: &[dispatch::Model],
    remains: i64,
    now: Time,
) -> std::result::Result<Vec<dispatch::Model>, Refusal> {
    let (mut changed, mut open) = (Vec::new(), Vec::new());
    for run in runs.iter().filter(|run| !run.state.is_terminal()) {
        if run.state.is_unsent() {
            changed.push(stop(run.clone(), now));
        } else {
            on_its_way(run, now)?;
            open.push(run.clone());
        }
    }
    let certain = certain_remains(order, runs, now);
    let parts: Vec<Part> = open.iter().map(Part::of).collect();
    let shares = share(remains, certain, &parts)?;
    for (mut run, left) in open.into_iter().zip(shares) {
        let is_known = run.provider_order.is_some();
        run.state = match left {
            left if left >= run.quantity && !is_known => DispatchState::Rejected,
            left if left >= run.quantity => DispatchState::Canceled,
            0 => DispatchState::Completed,
            _ => DispatchState::Partial,
        };
        run.remains = is_known.then_some(left);
        run.poll_at_ms = None;
        run.cancel_at_ms = None;
        run.lease_until_ms = None;
        run.reason = Some("an operator stated what remains of the order".to_owned());
        changed.push(run);
    }
    Ok(changed)
}

/// Refuses a decision while a request may be on the wire: its answer would come after it.
fn on_its_way(run: &dispatch::Model, now: Time) -> std::result::Result<(), Refusal> {
    let until = match run.state {
        DispatchState::Sending => run.lease_until_ms,
        // The request is being repeated, see `uncertain`.
        DispatchState::Unknown if !is_decided_by_operators(run) => {
            Some(run.due_at_ms).filter(|due| *due > now)
        }
        DispatchState::Held
        | DispatchState::Queued
        | DispatchState::Unknown
        | DispatchState::Parked
        | DispatchState::Accepted
        | DispatchState::Completed
        | DispatchState::Partial
        | DispatchState::Canceled
        | DispatchState::Rejected => None,
    };
    let Some(until) = until else { return Ok(()) };
    let why = format!(
        "a request for dispatch {} may be on its way to its provider until {until}: say what remains \
         after that, or end the order without it",
        run.id
    );
    Err(Refusal::Conflict { why })
}

/// What of an open run its share of the remains depends on.
#[derive(Debug, Clone, Copy)]
struct Part {
    quantity: i64,
    /// Whether the provider's number of it is known: else nothing shows that it delivered anything.
    is_known: bool,
}

impl Part {
    fn of(run: &dispatch::Model) -> Part {
        Part {
            quantity: run.quantity,
            is_known: run.provider_order.is_some(),
        }
    }
}

/// What remains of each of `open`, if `remains` does of the whole order, of which `certain` is that of
/// everything else. One without a number at its provider counts whole.
fn share(remains: i64, certain: i64, open: &[Part]) -> std::result::Result<Vec<i64>, Refusal> {
    let sum = |is_known: bool| -> i64 {
        let parts = open.iter().filter(|part| part.is_known == is_known);
        parts.map(|part| part.quantity).sum()
    };
    let (least, known) = (certain + sum(false), sum(true));
    if remains < least || remains > least + known {
        let why = format!(
            "{remains} cannot remain of the order: {least} were not sent, are not known to be taken, or \
             are known to be undelivered, and {known} more may be; what a provider took is resolved as \
             accepted under its order id first"
        );
        return Err(Refusal::Conflict { why });
    }
    let mut left = remains - least;
    let mut shares: Vec<i64> = open
        .iter()
        .rev()
        .map(|part| {
            if !part.is_known {
                return part.quantity;
            }
            let of_it = left.min(part.quantity);
            left -= of_it;
            of_it
        })
        .collect();
    shares.reverse();
    Ok(shares)
}

fn exchange(run: &dispatch::Model, evidence: &str) -> Exchange {
    Exchange {
        run: run.id,
        attempt: run.attempt,
        action: "resolve",
        request: format!("remains={}", run.remains.unwrap_or(run.quantity)),
        reply: evidence.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(quantity: i64, is_known: bool) -> Part {
        Part { quantity, is_known }
    }

    #[test]
    fn what_remains_is_the_latest_runs_and_whole_of_those_without_a_number() {
        let (known, unknown) = (part(100, true), part(100, false));
        for (remains, certain, open, shares) in [
            (0, 0, &[known][..], Some(vec![0])),
            (40, 0, &[known], Some(vec![40])),
            (100, 0, &[known], Some(vec![100])),
            (101, 0, &[known], None),
            (-1, 0, &[known], None),
            (100, 0, &[unknown], Some(vec![100])),
            (99, 0, &[unknown], None),
            (130, 100, &[known], Some(vec![30])),
            (99, 100, &[known], None),
            (130, 0, &[known, known], Some(vec![30, 100])),
            (130, 0, &[known, unknown], Some(vec![30, 100])),
            (130, 0, &[unknown, known], Some(vec![100, 30])),
            (0, 0, &[], Some(vec![])),
        ] {
            assert_eq!(share(remains, certain, open).ok(), shares, "{remains}");
        }
    }
}
