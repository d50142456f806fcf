//! Recording what came of sending runs.

mod doubt;
mod providers;

use std::collections::{HashMap, HashSet};

use super::claim::{Sent, evidence_of, lost};
use super::first_charges;
use super::rules::DispatchState;
use super::settle::{Ended, Locked, advance_locked_in_tx};
use super::stop::{is_stopped, stop_cause, who_stopped};
use super::store;
use super::store::provider_orders::KnownOrders;
use super::store::runs::Exchange;
use super::told::{Cause, CausedBy};
use super::verdict::{
    RunFacts, SendOutcome, Verdict, Wait, Waits, settles_doubt, still_decides, verdict,
};
use crate::alerts::{Alert, AlertKind, raise_in_tx};
use crate::catalog::{self, Offer};
use crate::clock::Time;
use crate::db::Tx;
use crate::entity::{dispatch, order};
use crate::error::Result;
use crate::ids::{DispatchId, OrderId, ProviderId, ServiceId};
use crate::panel::Panel;
use crate::protocol::upstream::PhraseClass;
use providers::ProviderNews;

/// Records what came of sending runs, in one transaction.
pub(super) async fn record(panel: &Panel, sent: &[Sent]) -> Result<()> {
    fail::fail_point!("C5");
    let now = panel.now();
    let batch = panel.db.begin_batch().await?;
    let mut record = Record::open(panel, batch.tx(), now, sent).await?;
    for one in sent {
        record.take(one).await?;
    }
    let ended = record.write(sent).await?;
    batch.commit().await?;
    fail::fail_point!("C6");
    ended.tell(panel);
    Ok(())
}

/// The state of one recording transaction.
struct Record<'a> {
    panel: &'a Panel,
    tx: &'a Tx,
    now: Time,
    runs: HashMap<DispatchId, dispatch::Model>,
    orders: HashMap<OrderId, order::Model>,
    offers: HashMap<ServiceId, Vec<Offer>>,
    /// Ids of orders at providers that belong to a run already.
    known: KnownOrders,
    /// Runs whose id was given to another one too, each with that one.
    given_again: Vec<(DispatchId, DispatchId)>,
    /// What is to be written, and how many answers have changed it.
    changed: HashMap<DispatchId, usize>,
    causes: HashMap<OrderId, CausedBy>,
    alerts: Vec<Alert>,
    providers: ProviderNews,
}

impl<'a> Record<'a> {
    async fn open(panel: &'a Panel, tx: &'a Tx, now: Time, sent: &[Sent]) -> Result<Record<'a>> {
        let orders = store::lock_orders(tx, sent.iter().map(|one| one.claimed.order)).await?;
        let orders: HashMap<OrderId, order::Model> =
            orders.into_iter().map(|order| (order.id, order)).collect();
        let runs = store::runs::lock(tx, sent.iter().map(|one| one.claimed.run)).await?;
        let moves_on = sent
            .iter()
            .any(|one| !matches!(one.outcome, SendOutcome::Accepted { .. }));
        let mut offers = HashMap::new();
        if moves_on {
            let services: HashSet<ServiceId> =
                orders.values().map(|order| order.service_id).collect();
            let services: Vec<ServiceId> = services.into_iter().collect();
            offers = catalog::offers(tx, &services).await?;
        }
        let runs: HashMap<DispatchId, dispatch::Model> =
            runs.into_iter().map(|run| (run.id, run)).collect();
        let given: Vec<(ProviderId, &str)> = sent
            .iter()
            .filter_map(|one| {
                let provider = runs.get(&one.claimed.run)?.provider_id;
                Some((provider, one.outcome.provider_order()?))
            })
            .collect();
        let known = KnownOrders::read(tx, &given).await?;
        Ok(Record {
            panel,
            tx,
            now,
            runs,
            orders,
            offers,
            known,
            given_again: Vec::new(),
            changed: HashMap::new(),
            causes: HashMap::new(),
            alerts: Vec::new(),
            providers: ProviderNews::default(),
        })
    }

    async fn take(&mut self, sent: &Sent) -> Result<()> {
        let Some(mut run) = self.runs.remove(&sent.claimed.run) else {
            return Ok(());
        };
        if still_decides(run.state, sent.claimed.attempt, run.attempt) {
            let waits = waits(self.panel);
            let proves_nothing = sent.claimed.is_replay && !settles_doubt(&sent.outcome);
            let facts = self.facts(&run, &sent.outcome).await?;
            match verdict(sent.outcome.clone(), facts, self.now, waits) {
                // The run stays unknown, whatever kept the repetition from being answered.
                verdict if proves_nothing => self.stay_unknown(&mut run, verdict),
                Verdict::Accept {
                    provider_order,
                    charge,
                } => {
                    self.accept(&mut run, provider_order, charge);
                }
                Verdict::Requeue { due, reason, wait } => {
                    self.requeue(&mut run, due, reason, wait);
                }
                Verdict::NextProvider { reason } => self.move_on(&mut run, reason)?,
                Verdict::Unknown(doubt) => self.lose(&mut run, doubt, sent).await?,
                Verdict::Park { reason } => self.park(&mut run, reason),
            }
            self.stop_if_stopped(&mut run);
            *self.changed.entry(run.id).or_default() += 1;
        } else if let SendOutcome::Accepted { provider_order, .. } = &sent.outcome {
            let (id, attempt, state) = (run.id, sent.claimed.attempt, run.state);
            self.alerts.push(Alert::new(
                AlertKind::LateAnswer,
                format!("dispatch {id}"),
                format!(
                    "dispatch {id}: attempt {attempt} was accepted as {provider_order} after the \
                     run had become {state}; the provider may be delivering it"
                ),
            ));
        }
        self.runs.insert(run.id, run);
        Ok(())
    }

    /// What is known of a run before its answer is judged.
    async fn facts(&self, run: &dispatch::Model, outcome: &SendOutcome) -> Result<RunFacts> {
        let asks_for_link = matches!(
            outcome,
            SendOutcome::Refused {
                class: PhraseClass::WaitForLink,
                ..
            }
        );
        let link = self
            .orders
            .get(&run.order_id)
            .map(|order| order.overlap_key);
        let ours_on_link = match link.filter(|_| asks_for_link) {
            Some(link) => store::evidence::has_other_on_link(self.tx, run, link).await?,
            None => false,
        };
        Ok(RunFacts {
            not_sent: run.not_sent,
            answered_attempts: run.answered_attempts,
            ours_on_link,
        })
    }

    /// A run that turned out not to be taken is not sent again once its order was stopped.
    fn stop_if_stopped(&mut self, run: &mut dispatch::Model) {
        let order = self.orders.get(&run.order_id);
        let stopped = order.filter(|order| stop_if_stopped(run, order));
        if let Some(cause) = stopped.and_then(stop_cause) {
            let evidence = format!("{}, and not taken by the provider", who_stopped(cause));
            self.causes
                .insert(run.order_id, CausedBy::new(cause, evidence));
        }
    }

    /// A repetition that proves nothing about the request before it: the run is taken up again
    /// later, not before the provider wants to be asked.
    fn stay_unknown(&mut self, run: &mut dispatch::Model, verdict: Verdict) {
        let reason = match verdict {
            Verdict::Requeue { due, reason, wait } => {
                run.due_at_ms = run.due_at_ms.max(due);
                if wait == Wait::Account {
                    self.pause(run.provider_id, due, &reason);
                }
                reason
            }
            Verdict::NextProvider { reason } | Verdict::Park { reason } => reason,
            Verdict::Unknown(doubt) => doubt.reason,
            Verdict::Accept { .. } => return,
        };
        run.reason = Some(reason);
    }

    /// The run is sent again, to the same provider, not before `due`.
    fn requeue(&mut self, run: &mut dispatch::Model, due: Time, reason: String, wait: Wait) {
        run.state = DispatchState::Queued;
        run.due_at_ms = due;
        run.lease_until_ms = None;
        match wait {
            Wait::Reachable => run.not_sent += 1,
            Wait::Account => {
                run.answered_attempts += 1;
                self.pause(run.provider_id, due, &reason);
            }
            Wait::Link => {
                run.waits_for_link = self
                    .orders
                    .get(&run.order_id)
                    .map(|order| order.overlap_key);
            }
        }
        run.reason = Some(reason);
    }

    /// The provider took the run; unless the id it gave belongs to another run.
    fn accept(&mut self, run: &mut dispatch::Model, id: String, charge: Option<String>) {
        run.lease_until_ms = None;
        if let Some(other) = self.known.another(run.provider_id, &id, run.id) {
            let reason = format!("the provider gave it the id {id}, which is run {other}'s");
            self.alerts.push(Alert::new(
                AlertKind::DuplicateProviderOrder,
                format!("dispatch {}", run.id),
                format!("dispatch {}: {reason}", run.id),
            ));
            run.state = DispatchState::Parked;
            run.reason = Some(reason);
            self.given_again.push((other, run.id));
            return;
        }
        // It stood in an unclear answer to another run: a line of it may be about either.
        if let Some(other) = self.known.seen_of_another(run.provider_id, &id, run.id) {
            self.given_again.push((run.id, other));
        }
        self.known.add(run.provider_id, &id, run.id);
        let first_poll = self.panel.config.sync_interval_ms;
        self.providers.accepted(run.provider_id);
        let seen = format!("accepted by the provider as {id}");
        let cause = CausedBy::new(Cause::Accepted, seen);
        self.causes.insert(run.order_id, cause);
        run.state = DispatchState::Accepted;
        run.provider_order = Some(id);
        run.provider_charge = charge;
        run.accepted_at_ms = Some(self.now);
        run.poll_at_ms = Some(self.now.plus_ms(first_poll));
        run.reason = None;
        (run.phrase, run.seen_order) = (None, None);
    }

    fn pause(&mut self, provider: ProviderId, until: Time, reason: &str) {
        self.providers.trouble(provider, until, reason.to_owned());
    }

    /// The service's next provider that can take the run, else the run is rejected.
    fn move_on(&mut self, run: &mut dispatch::Model, reason: String) -> Result<()> {
        let order = self.orders.get(&run.order_id).ok_or_else(|| lost(run))?;
        let offers = self
            .offers
            .get(&order.service_id)
            .map_or(&[][..], Vec::as_slice);
        move_on(run, order, offers, self.now, reason.clone());
        if run.state == DispatchState::Rejected {
            let seen = format!("refused by the provider: {reason}");
            let cause = CausedBy::new(Cause::Refused, seen);
            self.causes.insert(run.order_id, cause);
        }
        Ok(())
    }

    /// Only a person can find out whether the provider took it.
    fn park(&mut self, run: &mut dispatch::Model, reason: String) {
        self.alerts.push(Alert::new(
            AlertKind::Parked,
            format!("dispatch {}", run.id),
            format!("dispatch {} waits for an operator: {reason}", run.id),
        ));
        run.state = DispatchState::Parked;
        run.unknown_at_ms = run.unknown_at_ms.or(Some(self.now));
        run.lease_until_ms = None;
        run.reason = Some(reason);
    }

    async fn write(mut self, sent: &[Sent]) -> Result<Ended> {
        let (mut accepted, mut others) = (Vec::new(), Vec::new());
        for run in self.runs.into_values() {
            match self.changed.get(&run.id) {
                Some(1) if run.state == DispatchState::Accepted => accepted.push(run),
                Some(_) => others.push(run),
                None => {}
            }
        }
        store::writes::write_accepted(self.tx, &accepted).await?;
        store::writes::write(self.tx, &others).await?;
        store::writes::write_given_again(self.tx, &self.given_again).await?;
        let exchanges = sent.iter().map(|one| Exchange {
            run: one.claimed.run,
            attempt: one.claimed.attempt,
            action: "add",
            request: evidence_of(&one.claimed.request),
            reply: one.reply.clone(),
        });
        store::runs::insert_exchanges(self.tx, self.now, exchanges.collect()).await?;
        let providers = self.providers.write(self.tx, self.panel, self.now).await?;
        self.alerts.extend(providers);
        let charged = first_charges::charged_at_once(self.now, accepted.iter().chain(&others));
        let charged = first_charges::compare_in_tx(self.tx, self.now, charged).await?;
        self.alerts.extend(charged);
        raise_in_tx(self.tx, self.now, self.alerts).await?;
        let mut orders: Vec<order::Model> = self.orders.into_values().collect();
        orders.sort_unstable_by_key(|order| order.id);
        let locked = Locked {
            orders,
            runs: accepted.into_iter().chain(others).collect(),
            ..Locked::default()
        };
        advance_locked_in_tx(self.tx, self.now, self.causes, locked).await
    }
}

/// Queues `run` for the next of `offers` that can take it over, else rejects it.
pub(super) fn move_on(
    run: &mut dispatch::Model,
    order: &order::Model,
    offers: &[Offer],
    now: Time,
    reason: String,
) {
    let next = (0..).zip(offers).find(|(position, offer)| {
        *position > run.position
            && catalog::can_take_over(offer, order.service_type, run.quantity, order.rate_micro)
    });
    run.lease_until_ms = None;
    run.reason = Some(reason);
    (run.phrase, run.seen_order) = (None, None);
    match next {
        Some((position, offer)) => {
            run.state = DispatchState::Queued;
            run.position = position;
            run.provider_id = offer.provider;
            run.provider_service = offer.provider_service.clone();
            run.not_sent = 0;
            run.answered_attempts = 0;
            run.queued_at_ms = now;
            run.due_at_ms = now;
        }
        None => run.state = DispatchState::Rejected,
    }
}

/// Cancels a queued run whose order was stopped while it may have been on its way; gives whether it
/// did.
pub(super) fn stop_if_stopped(run: &mut dispatch::Model, order: &order::Model) -> bool {
    let stops = run.state == DispatchState::Queued && is_stopped(order);
    if stops {
        run.state = DispatchState::Canceled;
        run.cancel_at_ms = None;
    }
    stops
}

fn waits(panel: &Panel) -> Waits {
    let config = &panel.config;
    Waits {
        provider_pause_ms: config.provider_pause_ms,
        active_link_retry_ms: config.active_link_retry_ms,
        backoff_first_ms: config.backoff_first_ms,
        backoff_max_ms: config.backoff_max_ms,
        queued_max_ms: config.queued_max_ms,
        not_sent_max: config.not_sent_max,
    }
}
