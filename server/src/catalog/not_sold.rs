//! Services that a provider refused because it does not sell them, and whose absence its catalogue
//! confirmed.

use super::{ServicePause, ServiceState, store};
use crate::alerts::{Alert, AlertKind, raise_in_tx};
use crate::db::{Tx, execute};
use crate::error::Result;
use crate::ids::ProviderId;
use crate::panel::Panel;

/// Takes a provider's service out of every offer, because its catalogue lacks it. Services that are
/// left without an offer are taken off the list; the next reading of the catalogue that has the
/// service again brings it back.
pub(crate) async fn pause_offers_not_sold(
    panel: &Panel,
    provider: ProviderId,
    provider_service: &str,
) -> Result<()> {
    let now = panel.now();
    let tx = panel.db.begin().await?;
    store::lock_catalogue(&tx).await?;
    let sql = "UPDATE offers SET gone = TRUE WHERE provider_id = $1 AND provider_service = $2 \
               AND NOT gone";
    let values = || [provider.into(), provider_service.into()];
    let changed = execute(&tx, sql, values()).await?;
    if changed == 0 {
        return Ok(());
    }
    pause_services_without_offers(&tx, values()).await?;
    store::bump_version(&tx).await?;
    let message = format!(
        "provider {provider} does not sell its service {provider_service} any more: nothing is \
         sent there for it ({changed} offers)"
    );
    let cause = super::charges::alert_cause(provider, provider_service);
    raise_in_tx(
        &tx,
        now,
        vec![Alert::new(AlertKind::ServicePaused, cause, message)],
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

async fn pause_services_without_offers(tx: &Tx, offer: [sea_orm::Value; 2]) -> Result<()> {
    let sql = "UPDATE services SET state = $3, pause_reason = $4 WHERE state = $5 \
               AND id IN (SELECT service_id FROM offers WHERE provider_id = $1 \
               AND provider_service = $2) \
               AND NOT EXISTS (SELECT 1 FROM offers f WHERE f.service_id = services.id \
               AND NOT f.gone)";
    let words = [
        ServiceState::Paused.word(),
        ServicePause::Gone.word(),
        ServiceState::OnSale.word(),
    ];
    execute(tx, sql, offer.into_iter().chain(words.map(Into::into))).await?;
    Ok(())
}
