//! What must not wait for ever: leases that ran out, unknown runs, long queues, open circuits.

use crate::actor::Actor;
use crate::catalog::{self, Pause, Provider};
use crate::error::Result;
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
}

impl Watchdog {
    pub(super) fn new(panel: Panel, client: Client, dispatcher: Dispatcher) -> Watchdog {
        Watchdog {
            panel,
            client,
            dispatcher,
        }
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
                self.ask_about_seen(provider, &asked).await?;
            }
        }
        for provider in providers {
            let (here, elsewhere) = replays.into_iter().partition(|(at, _)| *at == provider.id);
            replays = elsewhere;
            let here: Vec<(_, orders::Claimed)> = here;
            if here.is_empty() {
                continue;
            }
            match self.client.call(&provider, &Outgoing::Balance).await {
                Ok(reply) if reply.keeps_request_ids => {
                    let runs = here.into_iter().map(|(_, claimed)| claimed).collect();
                    self.dispatcher.replay(provider, runs).await;
                }
                Ok(reply) if balance(&reply.answer()).is_ok() => {
                    catalog::providers::record_replays(
                        &self.panel,
                        &Actor::panel(),
                        &provider,
                        false,
                    )
                    .await?;
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
        }
        Ok(count)
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
            let answer = self.client.call(provider, &Outgoing::Balance).await;
            if answer.is_ok_and(|reply| balance(&reply.answer()).is_ok()) {
                tracing::info!(provider = provider.name, "answers again");
                catalog::close_circuit(&self.panel.db, provider.id).await?;
            }
        }
        Ok(probed)
    }
}
