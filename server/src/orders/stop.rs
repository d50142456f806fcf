//! Stopping the orders of a suspended account: what was not sent ends at once, what was sent runs
//! out, and nothing more is sent.

use std::collections::HashMap;

use super::rules::{DispatchState, OrderStatus};
use super::settle::advance_in_tx;
use super::store;
use super::told::{Cause, CausedBy};
use crate::clock::Time;
use crate::db::Tx;
use crate::entity::{dispatch, order};
use crate::error::Result;
use crate::ids::{AccountId, OrderId};
use crate::protocol::MAX_IDS;

/// Whether nothing more of the order is sent: its customer asked for its end, or its account was
/// suspended.
pub(super) fn is_stopped(order: &order::Model) -> bool {
    order.cancel_requested_at_ms.is_some() || order.stopped_at_ms.is_some()
}

/// Why nothing more of the order is sent: who stopped it first. `None` if nobody has.
pub(super) fn stop_cause(order: &order::Model) -> Option<Cause> {
    match (order.cancel_requested_at_ms, order.stopped_at_ms) {
        (Some(asked), Some(stopped)) if stopped < asked => Some(Cause::AccountSuspended),
        (Some(_), _) => Some(order.cancel_cause.unwrap_or(Cause::CanceledByCustomer)),
        (None, Some(_)) => Some(Cause::AccountSuspended),
        (None, None) => None,
    }
}

/// Who stopped an order, for operators.
pub(super) fn who_stopped(cause: Cause) -> &'static str {
    match cause {
        Cause::AccountSuspended => "stopped with its account",
        Cause::CanceledByCustomer => "canceled by the customer",
        Cause::Placed
        | Cause::Accepted
        | Cause::Reported
        | Cause::Refused
        | Cause::NotTakenInTime
        | Cause::Imported
        | Cause::DecidedByOperator => "ended by an operator",
    }
}

/// Stops up to 100 open orders of `account` with numbers above `after`, fewer if they have many runs,
/// and gives the last of them; none when there are no more. No order may be
/// placed for the account any more.
///
/// A run that was not sent is canceled. One that may have been sent runs out: the provider is not
/// asked to end it, and if it turns out not to be taken it is not sent again. A manual order that
/// was begun runs out too.
pub(crate) async fn stop_in_tx(
    tx: &Tx,
    now: Time,
    account: AccountId,
    after: OrderId,
) -> Result<Option<OrderId>> {
    let ids = store::open_orders(tx, account, after, MAX_IDS).await?;
    let Some(&last) = ids.last() else {
        return Ok(None);
    };
    let mut orders = store::lock_orders(tx, ids).await?;
    // What has ended or was stopped since they were listed.
    orders.retain(|order| !order.status.is_terminal() && !is_stopped(order));
    let mut runs: HashMap<OrderId, Vec<dispatch::Model>> = HashMap::new();
    for run in store::runs::lock_of_orders(tx, orders.iter().map(|order| order.id)).await? {
        runs.entry(run.order_id).or_default().push(run);
    }
    let (mut stopped, mut changed, mut causes) = (Vec::new(), Vec::new(), HashMap::new());
    for order in orders {
        let runs = runs.remove(&order.id).unwrap_or_default();
        if runs.is_empty() && order.status != OrderStatus::Pending {
            continue;
        }
        let why = "the account was suspended before it was sent";
        stopped.push(order.id);
        causes.insert(order.id, CausedBy::new(Cause::AccountSuspended, why));
        for mut run in runs.into_iter().filter(|run| run.state.is_unsent()) {
            run.state = DispatchState::Canceled;
            run.reason = Some(why.to_owned());
            changed.push(run);
        }
    }
    store::stops::mark_stopped(tx, now, &stopped).await?;
    store::writes::write(tx, &changed).await?;
    // Whoever is suspended is watched no more: detectors are not told.
    let _ = advance_in_tx(tx, now, causes).await?;
    Ok(Some(last))
}
