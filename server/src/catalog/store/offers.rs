//! The statements on `offers`.

use std::collections::HashMap;

use sea_orm::{ActiveValue::Set, ConnectionTrait};

use crate::catalog::Offer;
use crate::db::{Rows, Tx, execute, insert_all, query};
use crate::entity::offer;
use crate::error::Result;
use crate::ids::ServiceId;

pub(super) fn offer_rows(service: ServiceId, offers: &[Offer]) -> Vec<offer::ActiveModel> {
    (0..)
        .zip(offers.iter().cloned())
        .map(|(position, new)| offer::ActiveModel {
            service_id: Set(service),
            position: Set(position),
            provider_id: Set(new.provider),
            provider_service: Set(new.provider_service),
            service_type: Set(new.service_type),
            cost_micro: Set(new.cost),
            min: Set(new.min),
            max: Set(new.max),
            gone: Set(new.gone),
        })
        .collect()
}

/// Replaces the offers of a service.
pub(in crate::catalog) async fn replace_offers(
    tx: &Tx,
    service: ServiceId,
    offers: &[Offer],
) -> Result<()> {
    let sql = "DELETE FROM offers WHERE service_id = $1";
    execute(tx, sql, [service.into()]).await?;
    insert_all(tx, offer_rows(service, offers)).await?;
    Ok(())
}

/// The offers of `services`, in the order in which they are asked.
pub(in crate::catalog) async fn offers(
    on: &impl ConnectionTrait,
    services: &[ServiceId],
) -> Result<HashMap<ServiceId, Vec<Offer>>> {
    let of = Rows::is_in(on, 0, services.iter().map(|&id| id.into()));
    let sql = [
        "SELECT o.service_id, o.provider_id, o.provider_service, o.service_type, o.cost_micro, \
         o.min, o.max, o.gone, c.pause_reason IS NOT NULL AS paused FROM offers o \
         LEFT JOIN offer_charges c ON c.provider_id = o.provider_id \
         AND c.provider_service = o.provider_service WHERE o.service_id",
        &of.text,
        " ORDER BY o.position",
    ]
    .concat();
    let mut offers: HashMap<ServiceId, Vec<Offer>> = HashMap::new();
    for row in query(on, &sql, of.values).await? {
        let offer = Offer {
            provider: row.try_get("", "provider_id")?,
            provider_service: row.try_get("", "provider_service")?,
            service_type: row.try_get("", "service_type")?,
            cost: row.try_get("", "cost_micro")?,
            min: row.try_get("", "min")?,
            max: row.try_get("", "max")?,
            gone: row.try_get("", "gone")?,
            paused: row.try_get("", "paused")?,
        };
        let service = row.try_get("", "service_id")?;
        offers.entry(service).or_default().push(offer);
    }
    Ok(offers)
}
