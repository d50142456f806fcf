//! Changing a provider under the orders that it has.

use super::store;
use crate::actor::Actor;
use crate::catalog::providers::{self, ProviderChange};
use crate::catalog::{self, Provider};
use crate::error::{Refusal, Result};
use crate::ids::ProviderId;
use crate::panel::Panel;

/// Changes a provider, see [`providers::change`]. Another address is refused
/// ([`Refusal::Conflict`]) while the provider has orders of ours that have not ended, because they
/// would be followed there by the numbers that the old one gave them; unless `same_panel` says that
/// it is the same panel, which knows them. Nothing that may have arrived at the old address is
/// repeated at the new one in either case.
pub async fn change_provider(
    panel: &Panel,
    actor: &Actor,
    id: ProviderId,
    change: ProviderChange,
    same_panel: bool,
) -> Result<Provider> {
    if let Some(url) = change.url.as_ref().filter(|_| !same_panel) {
        let provider = catalog::provider(&panel.db, &panel.secrets, id).await?;
        let open = store::runs::at_provider(&panel.db, id).await?;
        if *url != provider.url && open > 0 {
            let why = format!(
                "{open} dispatches are at {}: if {url} is the same panel under another address, \
                 say same_panel; another panel is a provider of its own",
                provider.name
            );
            return Err(Refusal::Conflict { why }.into());
        }
    }
    providers::change(panel, actor, id, change).await
}
