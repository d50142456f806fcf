//! Runs of which nobody knows whether a provider took them, and their ways out: proof by
//! repetition where the provider keeps `request_id`s, an operator's decision everywhere else.

use std::collections::HashMap;

use super::claim::{Claimed, lease_end, orders_of, outgoing};
use super::record::{move_on, stop_if_canceled};
use super::rules::DispatchState;
use super::settle::advance_in_tx;
use super::store;
use super::store::runs::{Due, Exchange};
use crate::alerts::{Alert, AlertKind, raise_in_tx};
use crate::catalog::{self, Provider};
use crate::clock::Time;
use crate::db::{Db, PIECE};
use crate::entity::dispatch;
use crate::error::Result;
use crate::ids::{DispatchId, OrderId, ProviderId, ServiceId};
use crate::panel::Panel;
use crate::vocabulary::words;

/// Turns runs whose lease ran out into unknown ones: their sender is gone, and what it sent is
/// not known. Gives how many there were.
pub(crate) async fn expire_leases(panel: &Panel) -> Result<usize> {
    let now = panel.now();
    let limit = u64::try_from(PIECE).unwrap_or(u64::MAX);
    if store::runs::due(panel.db.read(), Due::LeaseOver, now, 1)
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
    store::runs::write(&tx, &runs).await?;
    tx.commit().await?;
    Ok(runs.len())
}

/// What is to be done about unknown runs.
pub(crate) struct Uncertain {
    /// Requests to repeat, each at its provider.
    pub(crate) replays: Vec<(ProviderId, Claimed)>,
    /// How many runs were given to an operator.
    pub(crate) parked: usize,
}

/// Takes up the unknown runs that are due: those whose request carried a `request_id` are to be
/// repeated, for a while; the others, and those that stayed unanswered, are parked.
pub(crate) async fn take_up(panel: &Panel, providers: &[Provider]) -> Result<Uncertain> {
    let now = panel.now();
    let nothing = Uncertain {
        replays: Vec::new(),
        parked: 0,
    };
    if store::runs::due(panel.db.read(), Due::Unknown, now, 1)
        .await?
        .is_empty()
    {
        return Ok(nothing);
    }
    let tx = panel.db.begin().await?;
    let limit = u64::try_from(PIECE).unwrap_or(u64::MAX);
    let mut runs = store::runs::due(&tx, Due::Unknown, now, limit).await?;
    let orders = orders_of(&tx, &runs).await?;
    let (mut taken, mut alerts) = (nothing, Vec::new());
    for run in &mut runs {
        let provider = providers
            .iter()
            .find(|provider| provider.id == run.provider_id);
        let waited_ms = now.ms_since(run.unknown_at_ms.unwrap_or(now));
        let provable = run.request_id.is_some() && waited_ms < panel.config.unknown_resolve_ms;
        match (provider, orders.get(&run.order_id)) {
            (Some(provider), Some(order)) if provider.replays_requests && provable => {
                run.due_at_ms = lease_end(panel, provider, now);
                let request = outgoing(run, order)?;
                let attempt = run.attempt;
                let claimed = Claimed {
                    run: run.id,
                    attempt,
                    request,
                    is_replay: true,
                };
                taken.replays.push((provider.id, claimed));
            }
            _ => {
                run.state = DispatchState::Parked;
                taken.parked += 1;
                let reason = run.reason.as_deref().unwrap_or("no answer");
                alerts.push(Alert::new(
                    AlertKind::Parked,
                    format!("dispatch {} waits for an operator: {reason}", run.id),
                ));
            }
        }
    }
    store::runs::write(&tx, &runs).await?;
    raise_in_tx(&tx, now, alerts).await?;
    tx.commit().await?;
    Ok(taken)
}

/// Gives runs that waited too long in the queue to the service's next provider, or gives up:
/// "24 h in queued -> next provider or failed". Gives how many there were.
pub(crate) async fn expire_queued(panel: &Panel) -> Result<usize> {
    let now = panel.now();
    let since = now.plus_ms(-panel.config.queued_max_ms);
    let due = || Due::QueuedSince(since);
    if store::runs::due(panel.db.read(), due(), now, 1)
        .await?
        .is_empty()
    {
        return Ok(0);
    }
    let tx = panel.db.begin().await?;
    let limit = u64::try_from(PIECE).unwrap_or(u64::MAX);
    let mut runs = store::runs::due(&tx, due(), now, limit).await?;
    let orders = orders_of(&tx, &runs).await?;
    let services: Vec<ServiceId> = orders.values().map(|order| order.service_id).collect();
    let offers = catalog::offers(&tx, &services).await?;
    let mut causes: HashMap<OrderId, String> = HashMap::new();
    for run in &mut runs {
        let Some(order) = orders.get(&run.order_id) else {
            continue;
        };
        let offers = offers.get(&order.service_id).map_or(&[][..], Vec::as_slice);
        let waited = "no provider took it in time".to_owned();
        move_on(run, order, offers, now, waited.clone());
        causes.insert(run.order_id, waited);
    }
    store::runs::write(&tx, &runs).await?;
    advance_in_tx(&tx, now, causes).await?;
    tx.commit().await?;
    Ok(runs.len())
}

/// A run that an operator may have to decide.
#[derive(Debug, Clone)]
pub struct UncertainRun {
    /// Its number, by which it is resolved.
    pub id: DispatchId,
    /// The order it belongs to.
    pub order: OrderId,
    /// Which run of the order.
    pub run: i64,
    /// Where it was sent.
    pub provider: ProviderId,
    /// Unknown or parked.
    pub state: DispatchState,
    /// Its id at the provider, where there was one.
    pub provider_order: Option<String>,
    /// Since when it is not known.
    pub since: Option<Time>,
    /// What was seen instead of an answer.
    pub reason: String,
}

/// Runs that are unknown or parked, oldest first, at most `limit`.
pub async fn uncertain(db: &Db, limit: u64) -> Result<Vec<UncertainRun>> {
    let runs = store::runs::uncertain(db.read(), limit).await?;
    let view = |run: dispatch::Model| UncertainRun {
        id: run.id,
        order: run.order_id,
        run: run.run,
        provider: run.provider_id,
        state: run.state,
        provider_order: run.provider_order,
        since: run.unknown_at_ms,
        reason: run.reason.unwrap_or_default(),
    };
    Ok(runs.into_iter().map(view).collect())
}

/// An operator's decision about a parked run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// The provider took it under this id: it is polled from now on.
    Accepted(String),
    /// The provider did not take it: it is sent again, as a new attempt.
    SendAgain,
    /// The provider did not take it, and nobody else shall: the order is refunded.
    Refund,
}

words! {
    /// Why a run could not be resolved.
    pub enum Unresolved {
        /// There is no such run.
        NoSuchRun = "there is no such dispatch",
        /// It is not parked: it is on its way, or decided.
        NotParked = "the dispatch is not parked: only a parked one can be resolved",
        /// Another run has that id at the same provider.
        IdTaken = "another dispatch has that order id at this provider",
    }
}

/// Resolves a parked run.
pub async fn resolve(
    panel: &Panel,
    id: DispatchId,
    resolution: Resolution,
) -> Result<std::result::Result<(), Unresolved>> {
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let Some(mut run) = store::runs::lock(&tx, [id]).await?.into_iter().next() else {
        return Ok(Err(Unresolved::NoSuchRun));
    };
    if run.state != DispatchState::Parked {
        return Ok(Err(Unresolved::NotParked));
    }
    let decided = match &resolution {
        Resolution::Accepted(provider_order) => {
            let given = [(run.provider_id, provider_order.as_str())];
            let known = store::runs::known_provider_orders(&tx, &given).await?;
            if known.iter().any(|(_, _, other)| *other != run.id) {
                return Ok(Err(Unresolved::IdTaken));
            }
            run.state = DispatchState::Accepted;
            run.provider_order = Some(provider_order.clone());
            run.accepted_at_ms = run.accepted_at_ms.or(Some(now));
            run.poll_at_ms = Some(now);
            run.vague_answers = 0;
            "an operator found it accepted"
        }
        Resolution::SendAgain => {
            run.state = DispatchState::Queued;
            run.due_at_ms = now;
            run.queued_at_ms = now;
            // Answers to the old attempt no longer decide anything.
            run.attempt += 1;
            run.provider_order = None;
            let orders = orders_of(&tx, std::slice::from_ref(&run)).await?;
            let order = orders.get(&run.order_id);
            if order.is_some_and(|order| stop_if_canceled(&mut run, order)) {
                "an operator found it not accepted, and the customer had canceled it"
            } else {
                "an operator had it sent again"
            }
        }
        Resolution::Refund => {
            run.state = DispatchState::Rejected;
            run.provider_order = None;
            "an operator found it not accepted"
        }
    };
    run.reason = Some(decided.to_owned());
    let exchange = Exchange {
        run: run.id,
        attempt: run.attempt,
        action: "resolve",
        request: format!("{resolution:?}"),
        reply: decided.to_owned(),
    };
    let causes = HashMap::from([(run.order_id, decided.to_owned())]);
    store::runs::write(&tx, &[run]).await?;
    store::runs::insert_exchanges(&tx, now, vec![exchange]).await?;
    advance_in_tx(&tx, now, causes).await?;
    tx.commit().await?;
    Ok(Ok(()))
}
