//! What providers report about accepted runs: asking, and applying the answers.

use std::collections::{HashMap, HashSet};

use super::claim::lease_end;
use super::first_charges;
use super::rules::{self, DispatchState};
use super::settle::advance_in_tx;
use super::store;
use super::store::runs::{Due, Exchange};
use super::told::{Cause, CausedBy};
use crate::alerts::{Alert, AlertKind, raise_in_tx};
use crate::catalog::Provider;
use crate::clock::Time;
use crate::entity::dispatch;
use crate::error::Result;
use crate::ids::{DispatchId, OrderId};
use crate::panel::Panel;
use crate::protocol::upstream::StatusReply;
use crate::protocol::{MAX_IDS, OrderWord};

/// An accepted run that its provider is to be asked about.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// The run.
    pub(crate) run: DispatchId,
    /// The order it belongs to.
    pub(crate) order: OrderId,
    /// Its id at the provider.
    pub(crate) provider_order: String,
}

/// What a provider said about a run.
#[derive(Debug, Clone)]
pub(crate) struct Report {
    /// The run.
    pub(crate) run: DispatchId,
    /// The order it belongs to.
    pub(crate) order: OrderId,
    /// What was said.
    pub(crate) reply: StatusReply,
}

/// Up to 100 accepted runs of `provider` to ask about now. They are due again after one interval
/// whatever comes of the asking, so that a silent provider is not asked without end.
pub(crate) async fn take_due(panel: &Panel, provider: &Provider) -> Result<Vec<Asked>> {
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let limit = u64::try_from(MAX_IDS).unwrap_or(u64::MAX);
    let mut runs = store::runs::due(&tx, Due::Polled(provider.id), now, limit).await?;
    for run in &mut runs {
        run.poll_at_ms = Some(next_poll(panel, run, now));
    }
    store::runs::write(&tx, &runs).await?;
    tx.commit().await?;
    Ok(runs.into_iter().filter_map(asked).collect())
}

fn next_poll(panel: &Panel, run: &dispatch::Model, now: Time) -> Time {
    let config = &panel.config;
    let since = run.accepted_at_ms.unwrap_or(now);
    rules::next_poll(
        since,
        now,
        config.sync_interval_ms,
        config.sync_max_interval_ms,
    )
}

/// Applies reports: progress, ends, and what follows for the orders, in one transaction.
pub(crate) async fn apply(panel: &Panel, reports: Vec<Report>) -> Result<()> {
    if reports.is_empty() {
        return Ok(());
    }
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let orders = store::lock_orders(&tx, reports.iter().map(|report| report.order)).await?;
    let orders: HashMap<OrderId, _> = orders.into_iter().map(|one| (one.id, one)).collect();
    let mut reports: HashMap<DispatchId, StatusReply> = reports
        .into_iter()
        .map(|report| (report.run, report.reply))
        .collect();
    let runs = store::runs::lock(&tx, reports.keys().copied()).await?;
    let most_asks = panel.config.partial_remains_max_asks;
    let charged = first_charges::newly_charged(&runs, &reports);
    let mut applied = Applied::default();
    applied.alerts = first_charges::compare_in_tx(&tx, now, charged).await?;
    for mut run in runs {
        // A terminal state never leaves; a run that an operator resolved meanwhile stays resolved.
        if let Some(reply) = reports.remove(&run.id)
            && run.state == DispatchState::Accepted
        {
            let order = orders.get(&run.order_id);
            let package = order.is_some_and(|order| order.service_type.is_package());
            applied.take(&mut run, reply, package, most_asks);
            applied.runs.push(run);
        }
    }
    store::runs::write(&tx, &applied.runs).await?;
    store::runs::insert_exchanges(&tx, now, applied.exchanges).await?;
    raise_in_tx(&tx, now, applied.alerts).await?;
    let ended = advance_in_tx(&tx, now, applied.causes).await?;
    tx.commit().await?;
    ended.tell(panel);
    Ok(())
}

/// What a batch of reports changes.
#[derive(Default)]
struct Applied {
    runs: Vec<dispatch::Model>,
    exchanges: Vec<Exchange>,
    alerts: Vec<Alert>,
    causes: HashMap<OrderId, CausedBy>,
}

impl Applied {
    fn take(
        &mut self,
        run: &mut dispatch::Model,
        reply: StatusReply,
        package: bool,
        most_asks: i64,
    ) {
        let StatusReply::Known {
            word,
            raw_status,
            charge,
            start_count,
            remains,
            ..
        } = reply
        else {
            let StatusReply::Error(text) = reply else {
                return;
            };
            // An order that its provider does not know any more is an operator's case, once it
            // has said so often enough.
            self.vague(run, most_asks, format!("the provider answers {text:?}"));
            return;
        };
        let said_before = run.provider_status.replace(raw_status.clone());
        let is_news = said_before.as_deref() != Some(raw_status.as_str());
        let says = format!(
            "status={raw_status} charge={} start_count={} remains={}",
            charge.as_deref().unwrap_or("-"),
            start_count.map_or("-".to_owned(), |count| count.to_string()),
            remains.map_or("-".to_owned(), |left| left.to_string()),
        );
        if is_news {
            self.keep(run, says.clone());
        }
        run.provider_charge = charge.or_else(|| run.provider_charge.take());
        run.start_count = start_count.or(run.start_count);
        run.remains = remains.or(run.remains);
        let cause = CausedBy::new(Cause::Reported, format!("the provider reports {says}"));
        match word {
            None => {
                if is_news {
                    self.alerts.push(Alert::new(
                        AlertKind::UnknownStatus,
                        format!("dispatch {}: unknown status {raw_status:?}", run.id),
                    ));
                }
            }
            Some(OrderWord::Pending | OrderWord::InProgress | OrderWord::Processing) => {
                run.vague_answers = 0;
                self.causes.insert(run.order_id, cause);
            }
            Some(OrderWord::Completed) => {
                if remains.is_some_and(|left| left > 0) {
                    self.alerts.push(Alert::new(
                        AlertKind::CompletedWithRemains,
                        format!("dispatch {}: {says}", run.id),
                    ));
                }
                self.end(run, DispatchState::Completed, cause);
            }
            Some(OrderWord::Canceled) => self.end(run, DispatchState::Canceled, cause),
            Some(OrderWord::Partial) => match remains {
                // "Partial on a package type: remains 0 refunds nothing, anything else is decided
                // by an operator": what a provider counts inside of a package is its own matter.
                Some(left) if package && left > 0 => {
                    self.park(run, format!("partial with {left} of a package left"));
                }
                Some(_) => self.end(run, DispatchState::Partial, cause),
                // "Partial without remains: not settled, asked again, then an operator decides."
                None => self.vague(run, most_asks, "partial without remains".to_owned()),
            },
        }
    }

    fn end(&mut self, run: &mut dispatch::Model, state: DispatchState, cause: CausedBy) {
        fail::fail_point!("C7");
        run.state = state;
        run.poll_at_ms = None;
        run.cancel_at_ms = None;
        self.causes.insert(run.order_id, cause);
    }

    /// One more answer that decides nothing; after too many an operator decides.
    fn vague(&mut self, run: &mut dispatch::Model, most_asks: i64, what: String) {
        run.vague_answers += 1;
        if run.vague_answers >= most_asks {
            self.park(run, format!("{what}, {most_asks} times"));
        }
    }

    fn park(&mut self, run: &mut dispatch::Model, reason: String) {
        self.alerts.push(Alert::new(
            AlertKind::Parked,
            format!("dispatch {} waits for an operator: {reason}", run.id),
        ));
        run.state = DispatchState::Parked;
        run.poll_at_ms = None;
        run.reason = Some(reason);
    }

    fn keep(&mut self, run: &dispatch::Model, reply: String) {
        self.exchanges.push(Exchange {
            run: run.id,
            attempt: run.attempt,
            action: "status",
            request: format!(
                "order={}",
                run.provider_order.as_deref().unwrap_or_default()
            ),
            reply,
        });
    }
}

/// Up to 100 accepted runs of `provider` whose cancel is to be forwarded now. Nobody else forwards
/// them before this attempt must have ended.
pub(crate) async fn take_cancels(panel: &Panel, provider: &Provider) -> Result<Vec<Asked>> {
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let limit = u64::try_from(MAX_IDS).unwrap_or(u64::MAX);
    let mut runs = store::runs::due(&tx, Due::Canceled(provider.id), now, limit).await?;
    for run in &mut runs {
        run.cancel_at_ms = Some(lease_end(panel, provider, now));
    }
    store::runs::write(&tx, &runs).await?;
    tx.commit().await?;
    Ok(runs.into_iter().filter_map(asked).collect())
}

fn asked(run: dispatch::Model) -> Option<Asked> {
    Some(Asked {
        run: run.id,
        order: run.order_id,
        provider_order: run.provider_order?,
    })
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
    let mut exchanges = Vec::new();
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
                run.cancel_at_ms = Some(now.plus_ms(panel.config.sync_interval_ms));
                format!("cancel unclear: {text}")
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
    store::runs::write(&tx, &runs).await?;
    store::runs::insert_exchanges(&tx, now, exchanges).await?;
    tx.commit().await?;
    Ok(())
}
