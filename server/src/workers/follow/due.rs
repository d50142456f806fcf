//! Which providers are to be asked about something.

use crate::catalog::{self, Provider};
use crate::error::Result;
use crate::orders;
use crate::panel::Panel;
use crate::refills;

/// A provider, and what it has to be asked about.
pub(super) struct Due {
    pub(super) provider: Provider,
    pub(super) orders: Option<orders::Busy>,
    pub(super) refills: Option<refills::Busy>,
}

/// The providers that are to be asked about something. Mostly there are none: then their rows, which
/// hold sealed keys, are not read either.
pub(super) async fn due(panel: &Panel) -> Result<Vec<Due>> {
    let mut orders = orders::busy_providers(panel, panel.now()).await?;
    orders.retain(|busy| busy.polls || busy.cancels);
    let refills = refills::busy_providers(panel).await?;
    if orders.is_empty() && refills.is_empty() {
        return Ok(Vec::new());
    }
    let providers = catalog::providers(&panel.db, &panel.secrets).await?;
    let due = providers.into_iter().map(|provider| Due {
        orders: orders
            .iter()
            .find(|busy| busy.provider == provider.id)
            .copied(),
        refills: refills.get(&provider.id).copied(),
        provider,
    });
    let is_busy = |due: &Due| due.orders.is_some() || due.refills.is_some();
    Ok(due.filter(is_busy).collect())
}
