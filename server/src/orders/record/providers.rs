//! What a batch of results means for the providers themselves. It is gathered, and written at the
//! end in the order of their numbers, so that no two recorders wait for each other.

use std::collections::BTreeMap;

use crate::alerts::Alert;
use crate::catalog::{self, Pause, pause_alert};
use crate::clock::Time;
use crate::db::Tx;
use crate::error::Result;
use crate::ids::ProviderId;
use crate::orders::store;
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
    /// It refuses our account until this time, in these words.
    Trouble(Time, String),
    /// It said a sentence that nobody has sorted.
    Unsorted,
    /// Too much of what it answers leaves open what became of an order.
    Lost(String),
}

impl ProviderNews {
    /// The provider took a run.
    pub(super) fn accepted(&mut self, provider: ProviderId) {
        self.0.entry(provider).or_default().accepted = true;
    }

    /// The provider refuses our account: it rests until `until`.
    pub(super) fn trouble(&mut self, provider: ProviderId, until: Time, reason: String) {
        self.add(provider, Event::Trouble(until, reason));
    }

    /// The provider said a sentence that nobody has sorted.
    pub(super) fn unsorted(&mut self, provider: ProviderId) {
        self.add(provider, Event::Unsorted);
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
                    Event::Trouble(until, reason) => {
                        // "With one alert for as long as it lasts": until it takes an order again.
                        if catalog::pause_of_in_tx(tx, provider).await? != Some(Pause::Trouble) {
                            alerts.extend(pause_alert(Pause::Trouble, provider, &reason));
                        }
                        catalog::pause_in_tx(tx, provider, until, Pause::Trouble).await?;
                        None
                    }
                    Event::Unsorted => {
                        unsorted(tx, panel, provider, &mut alerts).await?;
                        None
                    }
                    Event::Lost(why) => Some(why),
                };
                if let Some(why) = opens {
                    let until = now.plus_ms(panel.config.breaker_open_ms);
                    catalog::pause_in_tx(tx, provider, until, Pause::CircuitOpen).await?;
                    alerts.extend(pause_alert(Pause::CircuitOpen, provider, &why));
                }
            }
            if news.accepted {
                catalog::took_an_order_in_tx(tx, provider, now).await?;
            }
        }
        Ok(alerts)
    }
}

/// How many accounts and services must have met unsorted sentences before a provider is paused for
/// them: "no single customer can cause it".
const LEAST_ACCOUNTS: i64 = 3;
const LEAST_SERVICES: i64 = 2;

/// Counts one more unsorted sentence of a provider: "so many unsorted sentences in a row without an
/// acceptance, from at least 3 accounts and 2 services, pause the provider until they are sorted,
/// with one alert".
async fn unsorted(
    tx: &Tx,
    panel: &Panel,
    provider: ProviderId,
    alerts: &mut Vec<Alert>,
) -> Result<()> {
    let in_a_row = catalog::count_unlisted_in_tx(tx, provider).await?;
    if in_a_row < panel.config.refusals_unlisted_max {
        return Ok(());
    }
    let (accounts, services) = store::evidence::waiting_for_phrases(tx, provider, in_a_row).await?;
    if accounts < LEAST_ACCOUNTS || services < LEAST_SERVICES {
        return Ok(());
    }
    if catalog::pause_unsorted_in_tx(tx, provider).await? {
        let why = format!(
            "{in_a_row} in a row that nobody has sorted, from {accounts} accounts and {services} \
             services"
        );
        alerts.extend(pause_alert(Pause::Unsorted, provider, &why));
    }
    Ok(())
}
