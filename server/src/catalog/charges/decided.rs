//! What operators see and decide of the charges of an offer.

use sea_orm::ConnectionTrait;

use crate::clock::Time;
use crate::db::{Tx, execute, query};
use crate::error::Result;
use crate::ids::ProviderId;

/// What is known of the charges of an offer that is held, or whose charges are not compared.
#[derive(Debug, Clone)]
pub struct OfferCharges {
    /// The provider's service.
    pub provider_service: String,
    /// How many charges were seen.
    pub charges_seen: i64,
    /// Whether they are compared.
    pub compares: bool,
    /// Since when nothing is sent to it.
    pub held_at: Option<Time>,
    /// Why it is paused; absent while only its first charge is waited for.
    pub pause_reason: Option<String>,
}

/// Those of a provider, or of one of its services.
pub(crate) async fn exceptional(
    on: &impl ConnectionTrait,
    provider: ProviderId,
    service: Option<&str>,
) -> Result<Vec<OfferCharges>> {
    let sql = "SELECT provider_service, charges_seen, compares, held_at_ms, pause_reason \
               FROM offer_charges WHERE provider_id = $1 \
               AND (held_at_ms IS NOT NULL OR NOT compares OR CAST($2 AS TEXT) IS NOT NULL) \
               AND (CAST($2 AS TEXT) IS NULL OR provider_service = $2) ORDER BY provider_service";
    let rows = query(on, sql, [provider.into(), service.into()]).await?;
    rows.iter()
        .map(|row| {
            Ok(OfferCharges {
                provider_service: row.try_get_by_index(0)?,
                charges_seen: row.try_get_by_index(1)?,
                compares: row.try_get_by_index(2)?,
                held_at: row.try_get_by_index(3)?,
                pause_reason: row.try_get_by_index(4)?,
            })
        })
        .collect()
}

/// Sends to an offer again, and compares its charges from the first one on, or not at all. Gives
/// whether some service of ours has that offer.
pub(crate) async fn resume_in_tx(
    tx: &Tx,
    (provider, service): (ProviderId, &str),
    compares: bool,
) -> Result<bool> {
    let sql = "INSERT INTO offer_charges (provider_id, provider_service, compares) \
               SELECT DISTINCT provider_id, provider_service, CAST($3 AS BOOLEAN) FROM offers \
               WHERE provider_id = $1 AND provider_service = $2 \
               ON CONFLICT (provider_id, provider_service) DO UPDATE SET charges_seen = 0, \
               compares = excluded.compares, held_at_ms = NULL, pause_reason = NULL, \
               hurried_at_ms = NULL, told_at_ms = NULL";
    let values = [provider.into(), service.into(), compares.into()];
    Ok(execute(tx, sql, values).await? > 0)
}
