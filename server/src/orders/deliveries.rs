//! What was delivered, as the refills need to know it.

use std::collections::HashMap;

use super::rules::OrderStatus;
use super::store;
use crate::clock::Time;
use crate::db::Tx;
use crate::error::Result;
use crate::ids::{AccountId, DispatchId, OrderId, ProviderId};

/// An order with the runs that providers delivered.
#[derive(Debug, Clone)]
pub(crate) struct Delivered {
    /// What became of the order.
    pub(crate) status: OrderStatus,
    /// Whether it was bought with a refill guarantee.
    pub(crate) refill: bool,
    /// Whether another order on its link made its count unreliable.
    pub(crate) overlapping: bool,
    /// When it ended.
    pub(crate) settled_at: Option<Time>,
    /// Its runs at their providers.
    pub(crate) runs: Vec<DeliveredRun>,
}

/// A run that a provider accepted.
#[derive(Debug, Clone)]
pub(crate) struct DeliveredRun {
    /// The run.
    pub(crate) run: DispatchId,
    /// Who delivered it.
    pub(crate) provider: ProviderId,
}

/// The orders of `account` among `ids`, locked until the transaction ends.
pub(crate) async fn delivered_in_tx(
    tx: &Tx,
    account: AccountId,
    ids: &[OrderId],
) -> Result<HashMap<OrderId, Delivered>> {
    let mut delivered: HashMap<OrderId, Delivered> = HashMap::new();
    let orders = store::lock_orders(tx, ids.iter().copied()).await?;
    let overlapping = store::overlapping(tx, ids).await?;
    for order in orders {
        if order.account_id == account {
            let seen = Delivered {
                status: order.status,
                refill: order.refill,
                overlapping: overlapping.contains(&order.id),
                settled_at: order.settled_at_ms,
                runs: Vec::new(),
            };
            delivered.insert(order.id, seen);
        }
    }
    for run in store::runs::lock_of_orders(tx, delivered.keys().copied()).await? {
        if let Some(order) = delivered.get_mut(&run.order_id)
            && run.provider_order.is_some()
        {
            order.runs.push(DeliveredRun {
                run: run.id,
                provider: run.provider_id,
            });
        }
    }
    Ok(delivered)
}

/// The ids at their providers of the runs given.
pub(crate) async fn provider_orders_in_tx(
    tx: &Tx,
    runs: &[DispatchId],
) -> Result<HashMap<DispatchId, String>> {
    let runs = store::runs::lock(tx, runs.iter().copied()).await?;
    Ok(runs
        .into_iter()
        .filter_map(|run| Some((run.id, run.provider_order?)))
        .collect())
}
