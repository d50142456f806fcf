//! Runs of which nobody knows whether a provider took them, and their ways out: proof by
//! repetition where the provider keeps `request_id`s, the status of an id that stood in the answer
//! (`seen`), parking for an operator everywhere else.

use std::collections::HashMap;

use super::claim::{Claimed, fingerprint, lease_end, orders_of, outgoing};
use super::record::move_on;
use super::rules::DispatchState;
use super::seen::{SeenOrder, seen_order};
use super::settle::advance_in_tx;
use super::store;
use super::store::runs::Due;
use super::told::{Cause, CausedBy};
use crate::accounts;
use crate::alerts::{Alert, AlertKind, raise_in_tx};
use crate::catalog::{self, Provider};
use crate::clock::Time;
use crate::db::PIECE;
use crate::entity::{dispatch, order};
use crate::error::Result;
use crate::ids::{AccountId, OrderId, ProviderId, ServiceId};
use crate::panel::Panel;

/// Turns runs whose lease ran out into unknown ones: their sender is gone, and what it sent is
/// not known. Gives how many there were.
pub(crate) async fn expire_leases(panel: &Panel) -> Result<usize> {
    let now = panel.now();
    let limit = u64::try_from(PIECE).unwrap_or(u64::MAX);
    if store::runs::seen_due(&panel.db, Due::LeaseOver, now, 1)
        .await?
        .is_empty()
    {
        return Ok(0);
    }
    let tx = panel.db.begin().await?;
    let mut runs = store::runs::due(&tx, Due::LeaseOver, now, limit).await?;
    for run in &mut runs {
        run.state = DispatchState::Unknown;
        run.unknown_at_ms = Some(now);
        run.due_at_ms = now;
        run.lease_until_ms = None;
        run.reason = Some("its sender stopped before the answer was recorded".to_owned());
    }
    store::writes::write(&tx, &runs).await?;
    tx.commit().await?;
    Ok(runs.len())
}

/// What is to be done about unknown runs.
pub(crate) struct Uncertain {
    /// Requests to repeat, each at its provider.
    pub(crate) replays: Vec<(ProviderId, Claimed)>,
    /// Ids that stood in unclear answers, to be asked about.
    pub(crate) seen: Vec<SeenOrder>,
    /// How many runs were given to an operator.
    pub(crate) parked: usize,
}

/// Takes up the unknown runs that are due. Those whose request carried a `request_id` are to be
/// repeated, for a while; the others, and those that stayed unanswered, are parked. So are those
/// that would be sent elsewhere now, because the provider has another address or key, and those of
/// suspended accounts: "suspension stops every action", and a repetition may place the order.
pub(crate) async fn take_up(panel: &Panel, providers: &[Provider]) -> Result<Uncertain> {
    let now = panel.now();
    let nothing = Uncertain {
        replays: Vec::new(),
        seen: Vec::new(),
        parked: 0,
    };
    if store::runs::seen_due(&panel.db, Due::Unknown, now, 1)
        .await?
        .is_empty()
    {
        return Ok(nothing);
    }
    let tx = panel.db.begin().await?;
    let limit = u64::try_from(PIECE).unwrap_or(u64::MAX);
    let mut runs = store::runs::due(&tx, Due::Unknown, now, limit).await?;
    let orders = orders_of(&tx, &runs).await?;
    let accounts: Vec<AccountId> = orders.values().map(|order| order.account_id).collect();
    let buyers = accounts::buyers_in_tx(&tx, &accounts).await?;
    let suspended = |order: &order::Model| {
        buyers
            .get(&order.account_id)
            .is_some_and(|buyer| buyer.is_suspended)
    };
    let (mut taken, mut alerts) = (nothing, Vec::new());
    for run in &mut runs {
        let provider = providers
            .iter()
            .find(|provider| provider.id == run.provider_id);
        let order = orders.get(&run.order_id).filter(|order| !suspended(order));
        let repetition = match provider.zip(order) {
            Some((provider, order)) => repetition(panel, provider, run, order, now)?,
            None => None,
        };
        match (repetition, seen_order(panel, run, now)) {
            (Some(claimed), _) => {
                run.due_at_ms = next_repetition(panel, run, claimed.lease_until, now);
                taken.replays.push((run.provider_id, claimed));
            }
            (None, Some(asked)) => {
                let least = now.plus_ms(panel.config.sync_interval_ms);
                run.due_at_ms = next_repetition(panel, run, least, now);
                taken.seen.push(asked);
            }
            (None, None) => {
                run.state = DispatchState::Parked;
                taken.parked += 1;
                // Who sorts a sentence is told of the sentence, not of each order.
                if run.phrase.is_none() {
                    let reason = run.reason.as_deref().unwrap_or("no answer");
                    alerts.push(Alert::new(
                        AlertKind::Parked,
                        format!("dispatch {}", run.id),
                        format!("dispatch {} waits for an operator: {reason}", run.id),
                    ));
                }
            }
        }
    }
    store::writes::write(&tx, &runs).await?;
    raise_in_tx(&tx, now, alerts).await?;
    tx.commit().await?;
    Ok(taken)
}

/// When an unknown run is taken up again: not before `least`, and each time after half as long as it
/// has been unknown, so that a provider that stays away is not asked without end; but for the last
/// time when it has been unknown for long enough.
fn next_repetition(panel: &Panel, run: &dispatch::Model, least: Time, now: Time) -> Time {
    let since = run.unknown_at_ms.unwrap_or(now);
    let later = now.plus_ms(now.ms_since(since) / 2);
    let last = since.plus_ms(panel.config.unknown_resolve_ms);
    std::cmp::max(least, std::cmp::min(later, last))
}

/// The repetition that proves what became of `run`, if there is one: the provider keeps request ids,
/// not too much time has gone, and what would be sent now, and where, is what was sent.
fn repetition(
    panel: &Panel,
    provider: &Provider,
    run: &dispatch::Model,
    order: &order::Model,
    now: Time,
) -> Result<Option<Claimed>> {
    let waited_ms = now.ms_since(run.unknown_at_ms.unwrap_or(now));
    let in_time = waited_ms < panel.config.unknown_resolve_ms;
    if !provider.replays_requests || run.request_id.is_none() || !in_time {
        return Ok(None);
    }
    let request = outgoing(provider, run, order)?;
    if run.fingerprint.as_deref() != Some(&fingerprint(provider, &request)) {
        return Ok(None);
    }
    Ok(Some(Claimed {
        run: run.id,
        order: run.order_id,
        attempt: run.attempt,
        request,
        lease_until: lease_end(panel, provider, now),
        // Its first attempt may be older, so nothing is concluded from the order of ids.
        claimed_at: run.unknown_at_ms.unwrap_or(now),
        is_replay: true,
    }))
}

/// Gives runs that waited too long in the queue to the service's next provider, or gives up:
/// "24 h in queued -> next provider or failed". Gives how many there were.
pub(crate) async fn expire_queued(panel: &Panel) -> Result<usize> {
    let now = panel.now();
    let since = now.plus_ms(-panel.config.queued_max_ms);
    let due = || Due::QueuedSince(since);
    if store::runs::seen_due(&panel.db, due(), now, 1)
        .await?
        .is_empty()
    {
        return Ok(0);
    }
    let limit = u64::try_from(PIECE).unwrap_or(u64::MAX);
    let waiting = store::runs::seen_due(&panel.db, due(), now, limit).await?;
    let tx = panel.db.begin().await?;
    let orders = store::lock_orders(&tx, waiting.iter().map(|run| run.order_id)).await?;
    let orders: HashMap<OrderId, _> = orders.into_iter().map(|one| (one.id, one)).collect();
    let mut runs = store::runs::lock(&tx, waiting.iter().map(|run| run.id)).await?;
    // Another server may have been faster.
    runs.retain(|run| run.state == DispatchState::Queued && run.queued_at_ms < since);
    let services: Vec<ServiceId> = orders.values().map(|order| order.service_id).collect();
    let offers = catalog::offers(&tx, &services).await?;
    let mut causes: HashMap<OrderId, CausedBy> = HashMap::new();
    let mut alerts = Vec::with_capacity(runs.len());
    for run in &mut runs {
        let Some(order) = orders.get(&run.order_id) else {
            continue;
        };
        let offers = offers.get(&order.service_id).map_or(&[][..], Vec::as_slice);
        let waited = "no provider took it in time".to_owned();
        alerts.push(Alert::new(
            AlertKind::QueuedTooLong,
            format!("dispatch {}", run.id),
            format!(
                "dispatch {}: {waited}; last: {}",
                run.id,
                run.reason.as_deref().unwrap_or("-")
            ),
        ));
        move_on(run, order, offers, now, waited.clone());
        causes.insert(run.order_id, CausedBy::new(Cause::NotTakenInTime, waited));
    }
    store::writes::write(&tx, &runs).await?;
    raise_in_tx(&tx, now, alerts).await?;
    let ended = advance_in_tx(&tx, now, causes).await?;
    tx.commit().await?;
    ended.tell(panel);
    Ok(runs.len())
}
