//! Reading the catalogues of providers that were imported from, again and again.

use crate::catalog::sync;
use crate::error::Result;
use crate::panel::Panel;
use crate::provider::{Client, read_catalogue};

/// Reads what is due. Cheap to clone.
#[derive(Clone)]
pub(super) struct Syncer {
    panel: Panel,
    client: Client,
}

impl Syncer {
    pub(super) fn new(panel: Panel, client: Client) -> Syncer {
        Syncer { panel, client }
    }

    /// Reads one catalogue that is due and that no other server reads. Gives whether there was one.
    pub(super) async fn step(&self) -> Result<usize> {
        if self.panel.config.catalog_sync_interval_ms == 0 {
            return Ok(0);
        }
        let Some((provider, lease)) = sync::take_due(&self.panel).await? else {
            return Ok(0);
        };
        let read = read_catalogue(&self.client, &provider).await;
        let read = read.map(|reading| reading.catalogue);
        let recorded = sync::record(&self.panel, &provider, lease, read, false).await?;
        let (provider, report) = (&provider.name, recorded.report);
        let (differences, error) = (report.differences, report.error);
        tracing::info!(
            provider,
            report = report.id,
            differences,
            error,
            "synchronised"
        );
        Ok(1)
    }
}
