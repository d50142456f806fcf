//! Runs of a drip-feed that no offer could take when they were to be written, because the service had
//! lost its offers between two runs: each waits until it is due. If the service has an offer by then, the
//! run is sent; else it counts as rejected, and the drip-feed goes on with the run after it.

use std::collections::HashMap;

use super::settle::{advance_in_tx, awaits_next_run};
use super::store::{self, missing as rows, runs::new_run};
use super::told::{Cause, CausedBy};
use crate::alerts::{Alert, AlertKind, raise_in_tx};
use crate::catalog;
use crate::db::PIECE;
use crate::entity::dispatch;
use crate::error::Result;
use crate::ids::{OrderId, ServiceId};
use crate::panel::Panel;

/// Writes the missing runs that are due, or rejects them. Gives how many orders were looked at.
pub(crate) async fn take_up_missing(panel: &Panel) -> Result<usize> {
    let now = panel.now();
    let due = rows::due(panel.db.read(), now, PIECE).await?;
    if due.is_empty() {
        return Ok(0);
    }
    let tx = panel.db.begin().await?;
    let orders = store::lock_orders(&tx, due.iter().copied()).await?;
    let mut runs: HashMap<OrderId, Vec<dispatch::Model>> = HashMap::new();
    for run in store::runs::lock_of_orders(&tx, due.iter().copied()).await? {
        runs.entry(run.order_id).or_default().push(run);
    }
    // Another server may have been faster.
    let taken: HashMap<_, _> = rows::take(&tx, now, due).await?.into_iter().collect();
    let services: Vec<ServiceId> = orders.iter().map(|order| order.service_id).collect();
    let offers = catalog::offers(&tx, &services).await?;
    let (mut written, mut alerts, mut causes) = (Vec::new(), Vec::new(), HashMap::new());
    for order in orders {
        let runs = runs.remove(&order.id).unwrap_or_default();
        let (Some(&due), Some(last)) = (taken.get(&order.id), runs.last()) else {
            continue;
        };
        if !awaits_next_run(&order, &runs, now) {
            continue;
        }
        let (number, quantity) = (last.run.saturating_add(1), last.quantity);
        let offers = offers.get(&order.service_id).map_or(&[][..], Vec::as_slice);
        let first = catalog::first_to_ask(offers, order.service_type, quantity, order.rate_micro);
        if let Some((position, offer)) = first {
            let run = new_run(order.id, number, quantity, offer, position, now, now);
            written.push(run);
            continue;
        }
        let why = format!("run {number} was not sent: its service has no provider any more");
        let message = format!("order {}: {why}", order.id);
        alerts.push(Alert::new(
            AlertKind::RunNotSent,
            format!("order {}", order.id),
            message,
        ));
        written.push(rows::never_sent(last, now, due, &why));
        causes.insert(order.id, CausedBy::new(Cause::Refused, why));
    }
    store::runs::insert(&tx, written).await?;
    raise_in_tx(&tx, now, alerts).await?;
    let looked_at = taken.len();
    let ended = advance_in_tx(&tx, now, causes).await?;
    tx.commit().await?;
    ended.tell(panel);
    Ok(looked_at)
}
