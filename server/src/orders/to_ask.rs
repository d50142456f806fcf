//! What operators ask providers about: runs that do not end by themselves, with all that a provider
//! finds them by.

use std::collections::{HashMap, HashSet};

use super::phrase_decision::WaitingRuns;
use super::resolve::stale_before;
use super::rules::DispatchState;
use super::store;
use crate::catalog;
use crate::clock::{Period, Time};
use crate::entity::dispatch;
use crate::error::Result;
use crate::ids::{DispatchId, OrderId, ProviderId};
use crate::panel::Panel;

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
    /// That provider's name.
    pub provider_name: String,
    /// The service there.
    pub provider_service: String,
    /// What it was ordered for.
    pub link: String,
    /// Its units.
    pub quantity: i64,
    /// Unknown, parked or accepted.
    pub state: DispatchState,
    /// Its id at the provider, where there was one.
    pub provider_order: Option<String>,
    /// The id that stood in an answer which did not say that it was taken.
    pub seen_order: Option<String>,
    /// Since when it is not known, its answers say nothing, or it is accepted.
    pub since: Option<Time>,
    /// What was seen instead of an answer.
    pub reason: String,
}

/// Runs that are unknown or parked, and accepted ones that did not end within a week or whose
/// status nobody understands, of orders placed within `placed`, oldest first, from behind `after`, at most
/// `limit`.
pub async fn uncertain(
    panel: &Panel,
    placed: Period,
    after: Option<DispatchId>,
    limit: usize,
) -> Result<Vec<UncertainRun>> {
    let (after, limit) = (
        after.unwrap_or_default(),
        u64::try_from(limit).unwrap_or(u64::MAX),
    );
    let stale = stale_before(panel.now());
    let runs = store::runs::uncertain(panel.db.read(), stale, placed, after, limit).await?;
    told(panel, runs).await
}

/// The runs that wait on a sentence, oldest first, at most `limit`, and how many there are.
pub(crate) async fn waiting_dispatches(
    panel: &Panel,
    waiting: &WaitingRuns<'_>,
    limit: usize,
) -> Result<(Vec<UncertainRun>, i64)> {
    let on = panel.db.read();
    let (ids, count) = store::phrases::oldest(on, waiting, limit).await?;
    Ok((in_order(panel, ids).await?, count))
}

/// The runs that `provider` took and of which it last said `status`, oldest first, at most `limit`,
/// and how many there are.
pub(crate) async fn dispatches_by_status(
    panel: &Panel,
    provider: ProviderId,
    status: &str,
    limit: usize,
) -> Result<(Vec<UncertainRun>, i64)> {
    let on = panel.db.read();
    let (ids, count) = store::phrases::oldest_by_status(on, provider, status, limit).await?;
    Ok((in_order(panel, ids).await?, count))
}

async fn in_order(panel: &Panel, ids: Vec<DispatchId>) -> Result<Vec<UncertainRun>> {
    let mut runs = store::phrases::runs(panel.db.read(), ids.iter().copied()).await?;
    let places = ids.into_iter().enumerate();
    let places: HashMap<DispatchId, usize> = places.map(|(place, id)| (id, place)).collect();
    runs.sort_by_key(|run| places.get(&run.id).copied());
    told(panel, runs).await
}

async fn told(panel: &Panel, runs: Vec<dispatch::Model>) -> Result<Vec<UncertainRun>> {
    if runs.is_empty() {
        return Ok(Vec::new());
    }
    let ids: HashSet<OrderId> = runs.iter().map(|run| run.order_id).collect();
    let orders = store::runs::orders(panel.db.read(), ids).await?;
    let mut links: HashMap<OrderId, String> =
        orders.into_iter().map(|one| (one.id, one.link)).collect();
    let providers = catalog::providers(&panel.db, &panel.secrets).await?;
    let names: HashMap<ProviderId, String> = providers
        .into_iter()
        .map(|provider| (provider.id, provider.name))
        .collect();
    let view = |run: dispatch::Model| UncertainRun {
        id: run.id,
        order: run.order_id,
        run: run.run,
        provider: run.provider_id,
        provider_name: names.get(&run.provider_id).cloned().unwrap_or_default(),
        provider_service: run.provider_service,
        link: links.entry(run.order_id).or_default().clone(),
        quantity: run.quantity,
        state: run.state,
        provider_order: run.provider_order,
        seen_order: run.seen_order,
        since: run
            .unknown_at_ms
            .or(run.unclear_since_ms)
            .or(run.accepted_at_ms),
        reason: run.reason.unwrap_or_default(),
    };
    Ok(runs.into_iter().map(view).collect())
}
