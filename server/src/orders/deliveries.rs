//! What was delivered, as the refills need to know it.

use std::collections::HashMap;

use super::rules::Guarantee;
use super::store;
use crate::db::Tx;
use crate::error::Result;
use crate::ids::{AccountId, DispatchId, OrderId, ProviderId};

/// An order with the runs that providers delivered.
#[derive(Debug, Clone)]
pub(crate) struct Delivered {
    /// What was bought, and what has become of it.
    pub(crate) guarantee: Guarantee,
    /// Whether another order on its link made its count unreliable.
    pub(crate) overlapping: bool,
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
                guarantee: Guarantee {
                    refill: order.refill,
                    days: order.refill_days,
                    status: order.status,
                    delivered: order.quantity.saturating_sub(order.remains.max(0)),
                    settled_at: order.settled_at_ms,
                },
                overlapping: overlapping.contains(&order.id),
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
