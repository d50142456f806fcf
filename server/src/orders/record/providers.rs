//! What a batch of results means for the providers themselves. It is gathered, and written at the
//! end in the order of their numbers, so that no two recorders wait for each other.

use std::collections::BTreeMap;

use crate::alerts::{Alert, AlertKind};
use crate::catalog::{self, Pause};
use crate::clock::Time;
use crate::db::Tx;
use crate::error::Result;
use crate::ids::ProviderId;
use crate::panel::Panel;

/// The news of every provider of a batch.
#[derive(Default)]
pub(super) struct ProviderNews(BTreeMap<ProviderId, News>);

#[derive(Default)]
struct News {
    /// In the order in which it happened.
    events: Vec<Event>,
    /// It took a run: whatever it refused before, it does not refuse everything.
    accepted: bool,
}

enum Event {
    /// It refuses our account until this time.
    Trouble(Time),
    /// It refused with a sentence that nobody knows.
    Unlisted,
    /// Too much of what it answers leaves open what became of an order.
    Lost(String),
}

impl ProviderNews {
    /// The provider took a run.
    pub(super) fn accepted(&mut self, provider: ProviderId) {
        self.0.entry(provider).or_default().accepted = true;
    }

    /// The provider refuses our account: it rests until `until`.
    pub(super) fn trouble(&mut self, provider: ProviderId, until: Time) {
        self.add(provider, Event::Trouble(until));
    }

    /// The provider refused with a sentence that nobody knows.
    pub(super) fn unlisted(&mut self, provider: ProviderId) {
        self.add(provider, Event::Unlisted);
    }

    /// Nothing is sent to the provider until it answers again.
    pub(super) fn lost(&mut self, provider: ProviderId, why: String) {
        self.add(provider, Event::Lost(why));
    }

    fn add(&mut self, provider: ProviderId, event: Event) {
        self.0.entry(provider).or_default().events.push(event);
    }

    /// Writes it all. Gives what a person should look at.
    pub(super) async fn write(self, tx: &Tx, panel: &Panel, now: Time) -> Result<Vec<Alert>> {
        let mut alerts = Vec::new();
        for (provider, news) in self.0 {
            for event in news.events {
                let opens = match event {
                    Event::Trouble(until) => {
                        catalog::pause_in_tx(tx, provider, until, Pause::Trouble).await?;
                        None
                    }
                    Event::Unlisted => {
                        let in_a_row = catalog::count_unlisted_in_tx(tx, provider).await?;
                        (in_a_row >= panel.config.refusals_unlisted_max)
                            .then(|| format!("{in_a_row} unknown refusals in a row"))
                    }
                    Event::Lost(why) => Some(why),
                };
                if let Some(why) = opens {
                    let until = now.plus_ms(panel.config.breaker_open_ms);
                    catalog::pause_in_tx(tx, provider, until, Pause::CircuitOpen).await?;
                    let message = format!(
                        "nothing is sent to provider {provider} until it answers again: {why}"
                    );
                    alerts.push(Alert::new(AlertKind::CircuitOpen, message));
                }
            }
            if news.accepted {
                catalog::reset_unlisted_in_tx(tx, provider).await?;
            }
        }
        Ok(alerts)
    }
}
