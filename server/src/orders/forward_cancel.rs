//! Cancels of accepted runs: forwarding them, and recording what their providers answer.

use std::collections::{HashMap, HashSet};

use super::asking::{Asked, asked};
use super::claim::lease_end;
use super::store;
use super::store::runs::{Due, Exchange};
use crate::alerts::{Alert, AlertKind, raise_in_tx};
use crate::catalog::Provider;
use crate::clock::Time;
use crate::entity::dispatch;
use crate::error::Result;
use crate::ids::DispatchId;
use crate::panel::Panel;

/// "An unclear one is repeated with back-off at most 8 times, then alerted."
const MAX_UNCLEAR: i64 = 8;

/// Up to `most` accepted runs of `provider` whose cancel is to be forwarded now. Nobody else forwards
/// them before this attempt must have ended.
pub(crate) async fn take_cancels(
    panel: &Panel,
    provider: &Provider,
    most: usize,
) -> Result<Vec<Asked>> {
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let limit = u64::try_from(most).unwrap_or(u64::MAX);
    let mut runs = store::runs::due(&tx, Due::Canceled(provider.id), now, limit).await?;
    for run in &mut runs {
        run.cancel_at_ms = Some(lease_end(panel, provider, now));
    }
    store::writes::write_cancels(&tx, &runs).await?;
    tx.commit().await?;
    Ok(runs.into_iter().filter_map(asked).collect())
}

/// What a provider answered to a forwarded cancel.
#[derive(Debug, Clone)]
pub(crate) enum CancelAnswer {
    /// It will try; the outcome comes as a status.
    Taken,
    /// It will not.
    Refused(String),
    /// It did not say; the cancel is forwarded again, which changes nothing if it was taken.
    Unclear(String),
    /// Nothing was answered, or only that it is to be asked later: it is forwarded again.
    NotAnswered,
}

/// Records answers to forwarded cancels. A cancel that was taken is not a refund: "the refund
/// follows the provider's status", so the run is asked about at once.
pub(crate) async fn record_cancels(
    panel: &Panel,
    answers: Vec<(Asked, CancelAnswer)>,
) -> Result<()> {
    fail::fail_point!("C13");
    let now = panel.now();
    let tx = panel.db.begin().await?;
    store::lock_orders(&tx, answers.iter().map(|(asked, _)| asked.order)).await?;
    let answers = answers.into_iter().map(|(asked, said)| (asked.run, said));
    let mut answers: HashMap<DispatchId, CancelAnswer> = answers.collect();
    let ids: HashSet<DispatchId> = answers.keys().copied().collect();
    let mut runs = store::runs::lock(&tx, ids).await?;
    let (mut exchanges, mut alerts) = (Vec::new(), Vec::new());
    for run in &mut runs {
        let Some(answer) = answers.remove(&run.id) else {
            continue;
        };
        let reply = match answer {
            CancelAnswer::Taken => {
                run.cancel_at_ms = None;
                run.poll_at_ms = run.poll_at_ms.map(|at| at.min(now));
                "cancel taken".to_owned()
            }
            CancelAnswer::Refused(text) => {
                run.cancel_at_ms = None;
                format!("cancel refused: {text}")
            }
            CancelAnswer::Unclear(text) => {
                alerts.extend(ask_later(panel, run, now, &text));
                format!("cancel unclear: {text}")
            }
            CancelAnswer::NotAnswered => {
                run.cancel_at_ms = Some(now.plus_ms(panel.config.sync_interval_ms));
                continue;
            }
        };
        exchanges.push(Exchange {
            run: run.id,
            attempt: run.attempt,
            action: "cancel",
            request: format!(
                "orders={}",
                run.provider_order.as_deref().unwrap_or_default()
            ),
            reply,
        });
    }
    store::writes::write_cancels(&tx, &runs).await?;
    store::runs::insert_exchanges(&tx, now, exchanges).await?;
    raise_in_tx(&tx, now, alerts).await?;
    tx.commit().await?;
    Ok(())
}

/// After an unclear answer: the cancel is forwarded again, later each time, or not any more.
fn ask_later(panel: &Panel, run: &mut dispatch::Model, now: Time, text: &str) -> Option<Alert> {
    run.cancel_asks = run.cancel_asks.saturating_add(1);
    if run.cancel_asks >= MAX_UNCLEAR {
        run.cancel_at_ms = None;
        let (run, order) = (run.id, run.order_id);
        return Some(Alert::new(
            AlertKind::CancelUnclear,
            format!("dispatch {run}"),
            format!(
                "dispatch {run} of order {order}: whether the provider took the cancel is not \
                 clear after {MAX_UNCLEAR} times, and it is not asked again: {text}"
            ),
        ));
    }
    let (first, last) = (
        panel.config.sync_interval_ms,
        panel.config.sync_max_interval_ms,
    );
    let doublings = u32::try_from(run.cancel_asks - 1).unwrap_or(u32::MAX);
    let wait = 2_i64
        .checked_pow(doublings)
        .and_then(|factor| first.checked_mul(factor))
        .map_or(last, |wait| wait.min(last));
    run.cancel_at_ms = Some(now.plus_ms(wait));
    None
}
