//! Sending queued runs, as many at once as each provider allows.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio_util::task::TaskTracker;

use crate::catalog::{self, Provider};
use crate::clock::Time;
use crate::error::Result;
use crate::ids::ProviderId;
use crate::money::Money;
use crate::orders::verdict::{SendOutcome, needs_balance, outcome_of, with_balance};
use crate::orders::{self, Busy, Claimed, Recorder, Sent};
use crate::panel::Panel;
use crate::phrases::PhraseKind;
use crate::protocol::upstream::{Outgoing, PhraseClass, SentValues, add_reply, balance};
use crate::provider::{CallError, Client, read_catalogue};

/// How often recording an answer is tried, and how long after each try: some minutes in all, and
/// soon after the database is back.
const RECORD_TRIES: u32 = 150;
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// How soon a provider's catalogue is read again because of one service, in ms.
const SERVICES_AGAIN_MS: i64 = 60_000;

/// Claims runs and sends them. Cheap to clone.
#[derive(Clone)]
pub(super) struct Dispatcher {
    panel: Panel,
    client: Client,
    recorder: Recorder,
    slots: Arc<Mutex<HashMap<ProviderId, Arc<Semaphore>>>>,
    slot_freed: Arc<Notify>,
    under_way: TaskTracker,
    /// When a provider's catalogue was read because it refused a service.
    looked_for: Arc<Mutex<HashMap<(ProviderId, String), Time>>>,
}

impl Dispatcher {
    pub(super) fn new(panel: Panel, client: Client, recorder: Recorder) -> Dispatcher {
        Dispatcher {
            panel,
            client,
            recorder,
            slots: Arc::default(),
            slot_freed: Arc::default(),
            under_way: TaskTracker::new(),
            looked_for: Arc::default(),
        }
    }

    /// Signals that a provider can take one more request.
    pub(super) fn slot_freed(&self) -> Arc<Notify> {
        self.slot_freed.clone()
    }

    /// Claims what is due and starts sending it. Gives how many runs were claimed.
    pub(super) async fn step(&self) -> Result<usize> {
        let now = self.panel.now();
        let busy = orders::busy_providers(&self.panel, now).await?;
        if !busy.iter().any(|busy| busy.sends) {
            return Ok(0);
        }
        let providers = catalog::providers(&self.panel.db, &self.panel.secrets).await?;
        let mut claimed = 0;
        for provider in providers {
            let busy = busy.iter().find(|busy| busy.provider == provider.id);
            let Some(busy) = busy.filter(|busy| busy.sends) else {
                continue;
            };
            if provider.takes_orders(now) {
                claimed += self.send_to(provider, busy).await?;
            }
        }
        Ok(claimed)
    }

    /// Repeats requests that may have arrived, under their `request_id`s, at a provider that has
    /// just shown that it keeps them.
    pub(super) async fn replay(&self, provider: Provider, runs: Vec<Claimed>) {
        let provider = Arc::new(provider);
        for claimed in runs {
            let Ok(permit) = self.slots(&provider).acquire_owned().await else {
                return;
            };
            self.start(provider.clone(), claimed, permit);
        }
    }

    async fn send_to(&self, provider: Provider, busy: &Busy) -> Result<usize> {
        let most = self.panel.config.dispatch_batch_max;
        let slots = self.slots(&provider);
        let mut permits = Vec::new();
        while permits.len() < most
            && let Ok(permit) = slots.clone().try_acquire_owned()
        {
            permits.push(permit);
        }
        if permits.is_empty() {
            return Ok(0);
        }
        let most = permits.len();
        let runs = orders::claim(&self.panel, &provider, busy, most).await?;
        fail::fail_point!("C3");
        let count = runs.len();
        let provider = Arc::new(provider);
        for (claimed, permit) in runs.into_iter().zip(permits) {
            self.start(provider.clone(), claimed, permit);
        }
        Ok(count)
    }

    fn slots(&self, provider: &Provider) -> Arc<Semaphore> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let most = usize::try_from(provider.concurrency).unwrap_or(1).max(1);
        slots
            .entry(provider.id)
            .or_insert_with(|| Arc::new(Semaphore::new(most)))
            .clone()
    }

    fn start(&self, provider: Arc<Provider>, claimed: Claimed, permit: OwnedSemaphorePermit) {
        let this = self.clone();
        // It may have waited for its turn, or for a COMMIT, for so long that somebody else takes
        // it up while it is on the wire: nothing is sent, and that is known of it. Of a repetition it
        // says nothing about the request before.
        let last_moment = claimed.lease_until.plus_ms(-provider.timeout_ms);
        let is_too_late = self.panel.now() > last_moment;
        if is_too_late {
            let run = claimed.run;
            tracing::warn!(%run, provider = provider.name, "{NOT_IN_TIME}");
            if claimed.is_replay {
                return;
            }
        }
        self.under_way.spawn(async move {
            let sent = match is_too_late {
                true => not_sent_in_time(claimed),
                false => this.send(&provider, claimed).await,
            };
            drop(permit);
            this.slot_freed.notify_one();
            this.record(sent).await;
        });
    }

    async fn send(&self, provider: &Provider, claimed: Claimed) -> Sent {
        let (outcome, reply) = match self.client.call(provider, &claimed.request).await {
            Ok(reply) => {
                let read = add_reply(&reply.answer());
                let values = SentValues::of(&claimed.request);
                let classify =
                    |phrase: &str| self.panel.phrasebook.refusal_class(provider.id, phrase);
                let outcome = outcome_of(read, reply.keeps_request_ids, &values, classify);
                (outcome, reply.evidence())
            }
            Err(CallError::NotSent(why)) => (SendOutcome::NotSent(why.clone()), why),
            Err(CallError::Unanswered(why)) => (SendOutcome::Unanswered(why.clone()), why),
        };
        self.count_sentence(provider, &outcome);
        let is_sorted = matches!(outcome, SendOutcome::Refused { .. });
        let outcome = self.look_into(provider, &claimed, outcome).await;
        // A sentence that was contradicted is one of its own.
        if is_sorted && matches!(outcome, SendOutcome::Unsorted { .. }) {
            self.count_sentence(provider, &outcome);
        }
        Sent {
            claimed,
            outcome,
            reply,
        }
    }

    /// Counts the sentence of a refusal, with the text as it came for people.
    fn count_sentence(&self, provider: &Provider, outcome: &SendOutcome) {
        if let SendOutcome::Refused { text, phrase, .. } | SendOutcome::Unsorted { text, phrase } =
            outcome
        {
            let (kind, now) = (PhraseKind::Refusal, self.panel.now());
            let book = &self.panel.phrasebook;
            book.count_seen(provider.id, kind, phrase, text, now);
        }
    }

    /// Asks the provider about a refusal that another of its answers can contradict.
    async fn look_into(
        &self,
        provider: &Provider,
        claimed: &Claimed,
        outcome: SendOutcome,
    ) -> SendOutcome {
        let Outgoing::Add { service, .. } = &claimed.request else {
            return outcome;
        };
        if needs_balance(&outcome) {
            let balance = self.balance_in_usd(provider).await;
            let cost = orders::quote_of_run(&self.panel, claimed.run).await;
            let cost = cost.unwrap_or_else(|fault| {
                tracing::error!(error = %fault, "what an order costs was not read");
                None
            });
            return with_balance(outcome, balance, cost);
        }
        let class = PhraseClass::ServiceNotSold;
        if matches!(&outcome, SendOutcome::Refused { class: found, .. } if *found == class)
            && let Err(why) = self.pause_if_not_sold(provider, service).await
        {
            tracing::warn!(
                provider = provider.name,
                service,
                why,
                "its services were not read"
            );
        }
        outcome
    }

    /// Our balance there in USD, if the provider answers with one: the key works.
    async fn balance_in_usd(&self, provider: &Provider) -> Option<Money> {
        let reply = self.client.call(provider, &Outgoing::Balance).await.ok()?;
        let (amount, _) = balance(&reply.answer()).ok()?;
        amount.converted(provider.exchange.nano_usd).ok()
    }

    /// "`services` is read; only if it lacks the id the offer is paused." A catalogue is long, so
    /// it is read for one service at most once in [`SERVICES_AGAIN_MS`].
    async fn pause_if_not_sold(
        &self,
        provider: &Provider,
        service: &str,
    ) -> std::result::Result<(), String> {
        let now = self.panel.now();
        let key = (provider.id, service.to_owned());
        {
            let mut looked = self
                .looked_for
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let again = looked
                .get(&key)
                // A clock that was set back shows a look that is yet to come.
                .filter(|at: &&Time| **at <= now)
                .map(|at| at.plus_ms(SERVICES_AGAIN_MS));
            if again.is_some_and(|again| again > now) {
                return Ok(());
            }
            looked.retain(|_, at| at.plus_ms(SERVICES_AGAIN_MS) > now);
            looked.insert(key, now);
        }
        let reading = read_catalogue(&self.client, provider).await?;
        if reading.catalogue.may_have(service) {
            return Ok(());
        }
        catalog::pause_offers_not_sold(&self.panel, provider.id, service)
            .await
            .map_err(|fault| fault.to_string())
    }

    /// Records what came of sending, again if the database is not to be had: nobody else has the
    /// answer, and a late one still decides an unknown or parked run.
    async fn record(&self, sent: Sent) {
        let mut wait = FIRST_WAIT;
        for _ in 0..RECORD_TRIES {
            match self.recorder.submit(sent.clone()).await {
                Ok(()) => return,
                Err(fault) => {
                    // With the reply: the process may be ended before it is recorded.
                    let (run, reply) = (sent.claimed.run, &sent.reply);
                    tracing::error!(%run, error = %fault, "not recorded yet: {reply}");
                }
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
        // The row stays `sending`; when its lease is over it becomes unknown. What was said is
        // kept where an operator can find it.
        let Sent { claimed, reply, .. } = sent;
        let (run, attempt) = (claimed.run, claimed.attempt);
        tracing::error!(%run, attempt, "what came of sending is lost: {reply}");
    }

    /// Waits until everything under way is recorded.
    pub(super) async fn settled(&self) {
        self.under_way.close();
        self.under_way.wait().await;
        self.under_way.reopen();
    }

    /// Waits until everything under way is recorded, and stops recording.
    pub(super) async fn finish(&self) {
        self.settled().await;
        self.recorder.finish().await;
    }
}

/// Why a run is not sent that was claimed too long ago.
const NOT_IN_TIME: &str = "its lease is almost over: not sent";

/// What came of such a run.
fn not_sent_in_time(claimed: Claimed) -> Sent {
    Sent {
        claimed,
        outcome: SendOutcome::NotSent(NOT_IN_TIME.to_owned()),
        reply: NOT_IN_TIME.to_owned(),
    }
}
