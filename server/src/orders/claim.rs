//! Claiming runs before the first byte of them is written, and what is written then.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

use super::Busy;
use super::first_charges::{self, Admitted};
use super::rules::DispatchState;
use super::stop::is_stopped;
use super::store;
use super::store::runs::Postponed;
use super::text;
use super::verdict::SendOutcome;
use crate::catalog::Provider;
use crate::clock::Time;
use crate::db::Tx;
use crate::entity::{dispatch, order};
use crate::error::{Failure, Result};
use crate::ids::{DispatchId, OrderId};
use crate::panel::Panel;
use crate::protocol::upstream::{Outgoing, without_plus};

/// A run that is on its way to its provider: nobody else may send it.
#[derive(Debug, Clone)]
pub(crate) struct Claimed {
    /// The run.
    pub(crate) run: DispatchId,
    /// The order it belongs to.
    pub(crate) order: OrderId,
    /// Which attempt this is.
    pub(crate) attempt: i64,
    /// What to send.
    pub(crate) request: Outgoing,
    /// Until when nobody else takes it up. It is not sent so late that its answer could come after.
    pub(crate) lease_until: Time,
    /// When it was claimed: whatever the provider answered before is older than this order.
    pub(crate) claimed_at: Time,
    /// Whether it is the repetition of a request that may have arrived, under its `request_id`.
    pub(crate) is_replay: bool,
}

/// What came of sending a run.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    /// What was claimed.
    pub(crate) claimed: Claimed,
    /// What came of it.
    pub(crate) outcome: SendOutcome,
    /// The reply as it came, cut to a size that can be kept.
    pub(crate) reply: String,
}

/// Claims up to `limit` runs queued for `provider`, which is `busy`. What is returned is on disk as
/// `sending`, under a lease that outlives the provider's time-out.
pub(crate) async fn claim(
    panel: &Panel,
    provider: &Provider,
    busy: &Busy,
    limit: usize,
) -> Result<Vec<Claimed>> {
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let limit = u64::try_from(limit).unwrap_or(u64::MAX);
    if busy.waits_for_charge {
        first_charges::reopen_in_tx(&tx, provider, now).await?;
    }
    if busy.lost_answers {
        brake_in_tx(panel, &tx, provider, now).await?;
    }
    let (mut runs, orders) = loop {
        let mut due = store::runs::due_to_send(&tx, provider.id, now, limit).await?;
        let orders = orders_of(&tx, due.iter().map(|due| &due.run)).await?;
        // An order whose end was asked for is not sent any more; one of a suspended account is not due.
        due.retain(|due| {
            orders
                .get(&due.run.order_id)
                .is_some_and(|order| !is_stopped(order))
        });
        match first_charges::admit_in_tx(&tx, provider, now, due, &orders).await? {
            Admitted::These(runs) => break (runs, orders),
            Admitted::OthersFirst => {}
        }
    };
    let mut claimed = Vec::with_capacity(runs.len());
    for run in &mut runs {
        let order = orders.get(&run.order_id).ok_or_else(|| lost(run))?;
        // The same id for every attempt at one provider: whatever was answered before, a provider
        // that keeps ids can never take the run twice.
        run.request_id = provider
            .replays_requests
            .then(|| format!("{}-{}", panel.instance, run.id));
        let request = outgoing(provider, run, order)?;
        run.state = DispatchState::Sending;
        run.waits_for_link = None;
        // What was seen of an earlier attempt is no evidence of this one.
        (run.phrase, run.seen_order) = (None, None);
        run.attempt += 1;
        let lease_until = lease_end(panel, provider, now);
        run.lease_until_ms = Some(lease_until);
        run.fingerprint = Some(fingerprint(provider, &request));
        claimed.push(Claimed {
            run: run.id,
            order: run.order_id,
            attempt: run.attempt,
            request,
            lease_until,
            claimed_at: now,
            is_replay: false,
        });
    }
    store::writes::write_claimed(&tx, &runs).await?;
    fail::fail_point!("C2");
    tx.commit().await?;
    Ok(claimed)
}

/// "No single customer can cause it": too many lost answers to the orders of one account stop no
/// provider; that account's orders wait there as long as a provider would rest.
async fn brake_in_tx(panel: &Panel, tx: &Tx, provider: &Provider, now: Time) -> Result<()> {
    let config = &panel.config;
    let since = now.plus_ms(-config.breaker_window_ms);
    for (account, lost) in store::evidence::lost_since(tx, provider.id, since).await? {
        let until = lost.last_at.plus_ms(config.breaker_open_ms);
        if lost.count >= config.breaker_unknowns && until > now {
            let count = lost.count;
            let postponed = Postponed {
                provider: provider.id,
                service: None,
                account,
                until,
                reason: format!("{count} orders of its account there have just had no answer"),
            };
            store::runs::postpone(tx, postponed).await?;
        }
    }
    Ok(())
}

pub(super) fn lease_end(panel: &Panel, provider: &Provider, now: Time) -> Time {
    now.plus_ms(
        provider
            .timeout_ms
            .saturating_add(panel.config.lease_margin_ms),
    )
}

pub(super) fn lost(run: &dispatch::Model) -> Failure {
    Failure::Stored(format!("run {} has no order {}", run.id, run.order_id))
}

pub(super) async fn orders_of<'r>(
    tx: &Tx,
    runs: impl IntoIterator<Item = &'r dispatch::Model>,
) -> Result<HashMap<OrderId, order::Model>> {
    let ids: HashSet<OrderId> = runs.into_iter().map(|run| run.order_id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let orders = store::runs::orders(tx, ids).await?;
    Ok(orders.into_iter().map(|order| (order.id, order)).collect())
}

/// What is sent to `provider` for a run.
pub(super) fn outgoing(
    provider: &Provider,
    run: &dispatch::Model,
    order: &order::Model,
) -> Result<Outgoing> {
    use crate::protocol::QuantitySource;
    let details: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&order.details)
        .map_err(|e| Failure::Stored(format!("details of order {}: {e}", order.id)))?;
    let details = details
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.as_str()?.to_owned())))
        .collect();
    // Lists and packages carry their quantity in themselves.
    let sent = order.service_type.quantity_source() == QuantitySource::Sent;
    Ok(Outgoing::Add {
        service: run.provider_service.clone(),
        link: match provider.dialect.decodes_twice {
            true => without_plus(&order.link),
            false => order.link.clone(),
        },
        quantity: sent.then_some(run.quantity),
        details,
        request_id: run.request_id.clone(),
    })
}

/// What a request is known by: the text of it, where it is sent, and by whose key. Only the same
/// request to the same place can prove what became of the first one.
pub(super) fn fingerprint(provider: &Provider, request: &Outgoing) -> String {
    let mut digest = Sha256::new();
    let parts = [
        provider.url.as_str(),
        provider.key.expose_secret(),
        &text_of(request),
    ];
    for part in parts {
        digest.update(part.len().to_be_bytes());
        digest.update(part);
    }
    hex::encode(digest.finalize())
}

/// The request as text, without the key.
fn text_of(request: &Outgoing) -> String {
    joined(request, |value| value.into())
}

/// The request as evidence keeps it: without the key, and long texts cut, which are stored with the
/// order.
pub(super) fn evidence_of(request: &Outgoing) -> String {
    joined(request, text::cut)
}

fn joined(request: &Outgoing, shown: impl Fn(&str) -> Cow<'_, str>) -> String {
    let pairs: Vec<String> = request
        .pairs()
        .into_iter()
        .map(|(name, value)| format!("{name}={}", shown(&value)))
        .collect();
    pairs.join("&")
}
