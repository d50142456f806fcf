//! Which accepted runs their providers are asked about, and when.

use super::rules;
use super::store;
use super::store::following::{self, DueToPoll};
use crate::catalog::Provider;
use crate::clock::Time;
use crate::entity::dispatch;
use crate::error::Result;
use crate::ids::{DispatchId, OrderId, ProviderId};
use crate::panel::Panel;

/// An accepted run that its provider is to be asked about.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// The run.
    pub(crate) run: DispatchId,
    /// The order it belongs to.
    pub(crate) order: OrderId,
    /// Its id at the provider.
    pub(crate) provider_order: String,
    /// Whether it is asked about alone: to confirm an end that was not keyed by its id.
    pub(crate) is_alone: bool,
    /// Whether answers about it said nothing at last: it is asked about alone, after the others.
    pub(crate) is_unclear: bool,
}

/// Up to `most` accepted runs of `provider` to ask about now. They are due again after one interval
/// whatever comes of the asking, so that a silent provider is not asked without end.
pub(crate) async fn take_due(
    panel: &Panel,
    provider: &Provider,
    most: usize,
) -> Result<Vec<Asked>> {
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let runs = following::due_to_poll(&tx, provider.id, now, most).await?;
    let polls = runs.iter().map(|run| (run.id, next_poll(panel, run, now)));
    store::writes::write_polls(&tx, polls.collect()).await?;
    tx.commit().await?;
    let asked = runs.into_iter().filter_map(|run| {
        Some(Asked {
            run: run.id,
            order: run.order_id,
            provider_order: run.provider_order?,
            is_alone: run.confirms_unkeyed,
            is_unclear: run.is_unclear,
        })
    });
    Ok(asked.collect())
}

/// Makes runs due again that there was no time to ask about.
pub(crate) async fn put_back(panel: &Panel, runs: Vec<DispatchId>) -> Result<()> {
    if runs.is_empty() {
        return Ok(());
    }
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let runs = store::runs::lock(&tx, runs).await?;
    let polled = runs.iter();
    let polls = polled.filter_map(|run| Some((run.id, run.poll_at_ms?.min(now))));
    store::writes::write_polls(&tx, polls.collect()).await?;
    tx.commit().await?;
    Ok(())
}

/// How many accepted runs `provider` has, and how many of them are to be canceled there.
pub(crate) async fn count_followed(panel: &Panel, provider: ProviderId) -> Result<(i64, i64)> {
    following::count(&panel.db, provider).await
}

fn next_poll(panel: &Panel, run: &DueToPoll, now: Time) -> Time {
    let config = &panel.config;
    let since = run.accepted_at_ms.unwrap_or(now);
    rules::next_poll(
        since,
        now,
        config.sync_interval_ms,
        config.sync_max_interval_ms,
    )
}

pub(super) fn asked(run: dispatch::Model) -> Option<Asked> {
    Some(Asked {
        run: run.id,
        order: run.order_id,
        is_alone: run.end_word.is_some() && !run.end_is_keyed,
        is_unclear: run.unclear_since_ms.is_some() || run.vague_answers > 0,
        provider_order: run.provider_order?,
    })
}
