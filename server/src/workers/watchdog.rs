//! What must not wait for ever: leases that ran out, unknown runs, long queues, open circuits.
//!
//! "A provider that never answers delays its own orders only": whatever is asked of a provider is a
//! task of its own, and no round waits for one.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use crate::actor::Actor;
use crate::catalog::{self, Pause, Provider};
use crate::error::Result;
use crate::ids::{DispatchId, ProviderId};
use crate::panel::Panel;
use crate::protocol::upstream::{Outgoing, Reading, balance, status_replies};
use crate::provider::Client;
use crate::workers::dispatch::Dispatcher;
use crate::{orders, refills};

/// Looks after what got stuck. Cheap to clone.
#[derive(Clone)]
pub(super) struct Watchdog {
    panel: Panel,
    client: Client,
    dispatcher: Dispatcher,
    asking: TaskTracker,
    /// The runs whose ids are being asked about, or wait for their turn.
    asked_about: Arc<Mutex<HashSet<DispatchId>>>,
    turns: Arc<Mutex<HashMap<ProviderId, Arc<Semaphore>>>>,
}

/// About how many seen ids a provider is asked at the same time.
const ASKS_AT_ONCE: usize = 2;

impl Watchdog {
    pub(super) fn new(panel: Panel, client: Client, dispatcher: Dispatcher) -> Watchdog {
        Watchdog {
            panel,
            client,
            dispatcher,
            asking: TaskTracker::new(),
            asked_about: Arc::default(),
            turns: Arc::default(),
        }
    }

    /// Waits until everything that is being asked is answered and recorded.
    pub(super) async fn settled(&self) {
        self.asking.close();
        self.asking.wait().await;
        self.asking.reopen();
    }

    /// Does something that asks `provider`, beside everything else.
    fn ask(&self, provider: &Provider, what: impl Future<Output = Result<()>> + Send + 'static) {
        let name = provider.name.clone();
        self.asking.spawn(async move {
            if let Err(fault) = what.await {
                tracing::error!(worker = "watchdog", provider = name, error = %fault, "not done");
            }
        });
    }

    /// One round. Gives how much there was to do.
    pub(super) async fn step(&self) -> Result<usize> {
        let providers = catalog::providers(&self.panel.db, &self.panel.secrets).await?;
        let mut done = orders::expire_leases(&self.panel).await?;
        done += refills::expire_leases(&self.panel).await?;
        done += orders::expire_queued(&self.panel).await?;
        done += orders::take_up_missing(&self.panel).await?;
        done += self.close_circuits(&providers).await?;
        done += self.resolve_unknown(providers).await?;
        Ok(done)
    }

    /// Repeats what is provable. "Nothing goes from unknown back to queued without proof": the
    /// provider must name the extension in an answer of this moment.
    async fn resolve_unknown(&self, providers: Vec<Provider>) -> Result<usize> {
        let orders::Uncertain {
            mut replays,
            seen,
            parked,
        } = orders::take_up(&self.panel, &providers).await?;
        let count = replays.len() + seen.len() + parked;
        for asked in seen {
            if let Some(provider) = providers.iter().find(|one| one.id == asked.provider) {
                self.ask_in_turn(provider, asked);
            }
        }
        for provider in providers {
            let (here, elsewhere) = replays.into_iter().partition(|(at, _)| *at == provider.id);
            replays = elsewhere;
            let here: Vec<(_, orders::Claimed)> = here;
            if here.is_empty() {
                continue;
            }
            let (this, at) = (self.clone(), provider.clone());
            let runs = here.into_iter().map(|(_, claimed)| claimed).collect();
            self.ask(&provider, async move { this.replay(at, runs).await });
        }
        Ok(count)
    }

    /// Repeats requests at a provider that shows at this moment that it keeps their ids.
    async fn replay(&self, provider: Provider, runs: Vec<orders::Claimed>) -> Result<()> {
        match self.client.call(&provider, &Outgoing::Balance).await {
            Ok(reply) if reply.keeps_request_ids => self.dispatcher.replay(provider, runs).await,
            Ok(reply) if balance(&reply.answer()).is_ok() => {
                let actor = Actor::panel();
                catalog::providers::record_replays(&self.panel, &actor, &provider, false).await?;
            }
            // Something in front of the provider answered, or nothing did: it is asked again
            // when the runs are due again.
            Ok(reply) => {
                let said = reply.evidence();
                let (worker, provider) = ("watchdog", &provider.name);
                tracing::warn!(worker, provider, said, "not repeated");
            }
            Err(fault) => {
                let (worker, provider) = ("watchdog", &provider.name);
                tracing::warn!(worker, provider, error = %fault, "not repeated");
            }
        }
        Ok(())
    }

    /// Asks about a seen id when its turn at the provider comes, unless it is asked about already.
    fn ask_in_turn(&self, provider: &Provider, seen: orders::SeenOrder) {
        let lock = || {
            self.asked_about
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        if !lock().insert(seen.run) {
            return;
        }
        let turns = {
            let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            let of = turns.entry(provider.id);
            of.or_insert_with(|| Arc::new(Semaphore::new(ASKS_AT_ONCE)))
                .clone()
        };
        let (this, at) = (self.clone(), provider.clone());
        self.ask(provider, async move {
            let turn = turns.acquire().await;
            let asked = this.ask_about_seen(&at, &seen).await;
            drop(turn);
            let mut asked_about = this
                .asked_about
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            asked_about.remove(&seen.run);
            asked
        });
    }

    /// Asks for the status of an id that stood in an answer that is no acceptance.
    async fn ask_about_seen(&self, provider: &Provider, seen: &orders::SeenOrder) -> Result<()> {
        let ids = [seen.provider_order.clone()];
        let request = Outgoing::Status(ids.to_vec());
        let said = match self.client.call(provider, &request).await {
            Ok(reply) => {
                let reading = Reading {
                    id_names_order: provider.dialect.id_names_order,
                    sorted: &|word| self.panel.phrasebook.status_word(provider.id, word),
                    ..Reading::PLAIN
                };
                status_replies(&ids, &reply.answer(), reading).map_err(|no| no.to_string())
            }
            Err(fault) => Err(fault.to_string()),
        };
        match said {
            Ok(replies) => {
                if let Some(said) = replies.into_iter().next() {
                    orders::record_seen(&self.panel, seen, said.reply).await?;
                }
            }
            Err(error) => {
                let (worker, provider) = ("watchdog", &provider.name);
                tracing::warn!(worker, provider, error, "status was not read");
            }
        }
        Ok(())
    }

    /// "Half-open probes use `balance`, never `add`."
    async fn close_circuits(&self, providers: &[Provider]) -> Result<usize> {
        let now = self.panel.now();
        let mut probed = 0;
        for provider in providers {
            let due = provider.paused_until.is_none_or(|until| until <= now);
            if provider.pause != Some(Pause::CircuitOpen) || !due {
                continue;
            }
            let until = now.plus_ms(self.panel.config.breaker_open_ms);
            if !catalog::take_probe(&self.panel.db, provider.id, now, until).await? {
                continue;
            }
            probed += 1;
            let (this, at) = (self.clone(), provider.clone());
            self.ask(provider, async move { this.probe(&at).await });
        }
        Ok(probed)
    }

    /// Closes the circuit of a provider that answers again.
    async fn probe(&self, provider: &Provider) -> Result<()> {
        let answer = self.client.call(provider, &Outgoing::Balance).await;
        if answer.is_ok_and(|reply| balance(&reply.answer()).is_ok()) {
            tracing::info!(provider = provider.name, "answers again");
            catalog::close_circuit(&self.panel.db, provider.id).await?;
        }
        Ok(())
    }
}
