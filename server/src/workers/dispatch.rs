//! Sending queued runs, as many at once as each provider allows.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio_util::task::TaskTracker;

use crate::catalog::{self, Provider};
use crate::error::Result;
use crate::ids::ProviderId;
use crate::orders::verdict::SendOutcome;
use crate::orders::{self, Claimed, Recorder, Sent};
use crate::panel::Panel;
use crate::protocol::upstream::add_reply;
use crate::provider::{CallError, Client};

/// How often recording an answer is tried, and how long after each try: some minutes in all, and
/// soon after the database is back.
const RECORD_TRIES: u32 = 150;
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// Claims runs and sends them. Cheap to clone.
#[derive(Clone)]
pub(super) struct Dispatcher {
    panel: Panel,
    client: Client,
    recorder: Recorder,
    slots: Arc<Mutex<HashMap<ProviderId, Arc<Semaphore>>>>,
    slot_freed: Arc<Notify>,
    under_way: TaskTracker,
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
            let sends = busy
                .iter()
                .any(|busy| busy.provider == provider.id && busy.sends);
            if sends && provider.takes_orders(now) {
                claimed += self.send_to(provider).await?;
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

    async fn send_to(&self, provider: Provider) -> Result<usize> {
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
        let runs = orders::claim(&self.panel, &provider, permits.len()).await?;
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
        // it up while it is on the wire: then it is left to them, or becomes unknown.
        let last_moment = claimed.lease_until.plus_ms(-provider.timeout_ms);
        if self.panel.now() > last_moment {
            let run = claimed.run;
            tracing::warn!(%run, provider = provider.name, "its lease is almost over: not sent");
            return;
        }
        self.under_way.spawn(async move {
            let sent = send(&this.client, &provider, claimed).await;
            drop(permit);
            this.slot_freed.notify_one();
            this.record(sent).await;
        });
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

async fn send(client: &Client, provider: &Provider, claimed: Claimed) -> Sent {
    let (outcome, reply) = match client.call(provider, &claimed.request).await {
        Ok(reply) => (
            SendOutcome::Replied(add_reply(&reply.answer())),
            reply.evidence(),
        ),
        Err(CallError::NotSent(why)) => (SendOutcome::NotSent(why.clone()), why),
        Err(CallError::Unanswered(why)) => (SendOutcome::Unanswered(why.clone()), why),
    };
    Sent {
        claimed,
        outcome,
        reply,
    }
}
