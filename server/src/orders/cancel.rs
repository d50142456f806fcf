//! Canceling orders: at once before they are sent, by asking the provider after it.

use std::collections::HashMap;

use super::rules::{self, Cancel, DispatchState, OrderStatus};
use super::settle::{Ended, advance_in_tx};
use super::told::{Cause, CausedBy};
use super::{imported, store};
use crate::abuse::facts::Fact;
use crate::actor::Actor;
use crate::audit::{self, Deed, Entry};
use crate::clock::Time;
use crate::db::Tx;
use crate::entity::dispatch;
use crate::error::{Refusal, Result};
use crate::ids::{AccountId, OrderId};
use crate::panel::Panel;
use crate::wording;

/// Cancels orders of `account`; gives an answer for each of `ids`, in order. `Ok` says that the
/// request was taken, not that the order has ended: the outcome is its status.
pub async fn cancel(panel: &Panel, account: AccountId, ids: &[OrderId]) -> Result<Vec<Answer>> {
    let tx = panel.db.begin().await?;
    let by = CausedBy::new(Cause::CanceledByCustomer, "canceled by the customer");
    let mut canceled = cancel_in_tx(&tx, panel.now(), Some(account), ids, &by).await?;
    let instead = |status| Refusal::NotCancelable { status };
    imported::answered(&tx, account, ids, &mut canceled.answers, instead).await?;
    tx.commit().await?;
    for (order, placed_at) in canceled.asked {
        panel.abuse.note(Fact::Canceled {
            account,
            order,
            placed_at,
        });
    }
    canceled.ended.tell(panel);
    Ok(canceled.answers)
}

/// Cancels an order for its customer, by the same rules. Refused: [`Refusal::OrderUnknown`],
/// [`Refusal::CancelDisabled`], [`Refusal::NotCancelable`], [`Refusal::FieldInvalid`].
pub async fn cancel_for_customer(
    panel: &Panel,
    actor: &Actor,
    id: OrderId,
    reason: &str,
) -> Result<()> {
    let reason = wording::reason(reason)?;
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let by = CausedBy::new(Cause::DecidedByOperator, format!("canceled by {actor}"));
    let canceled = cancel_in_tx(&tx, now, None, &[id], &by).await?;
    canceled
        .answers
        .into_iter()
        .next()
        .unwrap_or(Err(Refusal::OrderUnknown))?;
    let entry = Entry::new(Deed::OrderCanceled, format!("order:{id}")).because(reason);
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    canceled.ended.tell(panel);
    Ok(())
}

/// What became of one request to cancel.
type Answer = std::result::Result<(), Refusal>;

/// What became of requests to cancel.
pub(super) struct Canceled {
    /// Of each, in order.
    answers: Vec<Answer>,
    /// The orders whose end was asked for now, and when they were placed.
    pub(super) asked: Vec<(OrderId, Time)>,
    pub(super) ended: Ended,
}

/// Cancels those of `ids` that are `account`'s; anybody's, without one.
pub(super) async fn cancel_in_tx(
    tx: &Tx,
    now: Time,
    account: Option<AccountId>,
    ids: &[OrderId],
    by: &CausedBy,
) -> Result<Canceled> {
    let mut orders: HashMap<OrderId, _> = store::lock_orders(tx, ids.iter().copied())
        .await?
        .into_iter()
        .filter(|order| account.is_none_or(|account| order.account_id == account))
        .map(|order| (order.id, order))
        .collect();
    let mut runs: HashMap<OrderId, Vec<dispatch::Model>> = HashMap::new();
    for run in store::runs::lock_of_orders(tx, orders.keys().copied()).await? {
        runs.entry(run.order_id).or_default().push(run);
    }
    let mut answers = Vec::with_capacity(ids.len());
    let (mut asked, mut changed, mut causes) = (Vec::new(), Vec::new(), HashMap::new());
    for id in ids {
        let Some(order) = orders.get_mut(id) else {
            answers.push(Err(Refusal::OrderUnknown));
            continue;
        };
        let runs = runs.entry(*id).or_default();
        // A manual order is sent when an operator has begun it.
        let sent = runs.iter().any(|run| !run.state.is_unsent())
            || (runs.is_empty() && order.status != OrderStatus::Pending);
        let requested = order.cancel_requested_at_ms.is_some();
        let decided = rules::cancel(order.status, requested, sent, order.cancel);
        if matches!(decided, Ok(Cancel::AtOnce | Cancel::Ask)) {
            order.cancel_requested_at_ms = Some(now);
            asked.push((*id, order.created_at_ms));
            causes.insert(*id, by.clone());
            let open = std::mem::take(runs).into_iter();
            for run in open.filter(|run| !run.state.is_terminal()) {
                changed.push(stop(run, now));
            }
        }
        answers.push(decided.map(|_| ()));
    }
    let ids: Vec<OrderId> = asked.iter().map(|(id, _)| *id).collect();
    store::stops::request_cancel(tx, now, &ids, by.cause).await?;
    store::writes::write(tx, &changed).await?;
    let ended = advance_in_tx(tx, now, causes).await?;
    Ok(Canceled {
        answers,
        asked,
        ended,
    })
}

/// A run after its order's end was asked for: unsent ones are canceled, those that may have been
/// sent are marked, so that the cancel is forwarded as soon as the provider's id is known.
pub(super) fn stop(mut run: dispatch::Model, now: Time) -> dispatch::Model {
    if run.state.is_unsent() {
        run.state = DispatchState::Canceled;
        run.reason = Some("canceled before it was sent".to_owned());
    } else {
        run.cancel_at_ms = Some(now);
    }
    run
}
