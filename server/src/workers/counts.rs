//! Asking count sources what the targets of ended orders show, some at the same time.

use std::time::Duration;

use futures::future::join_all;

use crate::error::Result;
use crate::panel::Panel;
use crate::provider::Client;
use crate::refills;

/// Counts. Cheap to clone.
#[derive(Clone)]
pub(super) struct Counter {
    panel: Panel,
    client: Client,
}

impl Counter {
    pub(super) fn new(panel: Panel, client: Client) -> Counter {
        Counter { panel, client }
    }

    /// One round: what is due is asked for, and what dropped is refilled. Gives how much there was.
    pub(super) async fn step(&self) -> Result<usize> {
        let taken = refills::take_counts(&self.panel).await?;
        let asked = taken.asks.iter().map(|ask| async move {
            let timeout = Duration::from_millis(ask.timeout_ms.unsigned_abs());
            let said = self.client.count(&ask.source, &ask.link, timeout).await;
            // One that cannot be recorded keeps no other from it; it is asked for again.
            if let Err(fault) = refills::record_count(&self.panel, ask, said).await {
                tracing::error!(link = ask.link, error = %fault, "a count was not recorded");
            }
        });
        join_all(asked).await;
        Ok(taken.due)
    }
}
