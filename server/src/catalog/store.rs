//! The statements on `services`, `providers`, `offers` and the catalogue's version.

use std::collections::HashMap;

use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ActiveValue::Set, ColumnTrait, ConnectionTrait,
    EntityTrait, QueryFilter, QueryOrder,
};

use super::{NewProvider, Offer, Pause, Provider, Service, Terms, key_place};
use crate::clock::Time;
use crate::db::{Tx, execute, insert_all, query};
use crate::entity::{offer, panel, provider, service};
use crate::error::{Failure, Result};
use crate::ids::{ProviderId, ServiceId};
use crate::secrets::Secrets;

pub(super) async fn version(on: &impl ConnectionTrait) -> Result<i64> {
    let row = panel::Entity::find().one(on).await?;
    let row = row.ok_or_else(|| Failure::Stored("the panel's own row is missing".to_owned()))?;
    Ok(row.catalog_version)
}

pub(super) async fn bump_version(tx: &Tx) -> Result<()> {
    execute(
        tx,
        "UPDATE panel SET catalog_version = catalog_version + 1",
        [],
    )
    .await?;
    Ok(())
}

pub(super) async fn insert_service(tx: &Tx, now: Time, new: Terms) -> Result<ServiceId> {
    let same_link = if new.rejects_same_link {
        "reject"
    } else {
        "flag"
    };
    let row = service::ActiveModel {
        id: NotSet,
        name: Set(new.name),
        category: Set(new.category),
        description: Set(new.description),
        service_type: Set(new.service_type),
        rate_micro: Set(new.rate),
        min: Set(new.min),
        max: Set(new.max),
        dripfeed: Set(new.dripfeed),
        refill: Set(new.refill),
        cancel: Set(new.cancel),
        family: Set(new.family),
        same_link: Set(same_link.to_owned()),
        created_at_ms: Set(now),
    };
    Ok(row.insert(tx).await?.id)
}

pub(super) async fn insert_offers(tx: &Tx, service: ServiceId, offers: Vec<Offer>) -> Result<()> {
    let rows: Vec<_> = (0..)
        .zip(offers)
        .map(|(position, new)| offer::ActiveModel {
            service_id: Set(service),
            position: Set(position),
            provider_id: Set(new.provider),
            provider_service: Set(new.provider_service),
            service_type: Set(new.service_type),
            cost_micro: Set(new.cost),
            min: Set(new.min),
            max: Set(new.max),
        })
        .collect();
    insert_all(tx, rows).await?;
    Ok(())
}

pub(super) async fn services(on: &impl ConnectionTrait) -> Result<Vec<Service>> {
    let rows = service::Entity::find()
        .order_by_asc(service::Column::Id)
        .all(on)
        .await?;
    Ok(rows.into_iter().map(read_service).collect())
}

/// The services of `ids` as they are now, by id.
pub(crate) async fn services_in_tx(
    tx: &Tx,
    ids: &[ServiceId],
) -> Result<HashMap<ServiceId, Service>> {
    let rows = service::Entity::find()
        .filter(service::Column::Id.is_in(ids.iter().copied()))
        .all(tx)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, read_service(row)))
        .collect())
}

fn read_service(row: service::Model) -> Service {
    let terms = Terms {
        name: row.name,
        category: row.category,
        description: row.description,
        service_type: row.service_type,
        rate: row.rate_micro,
        min: row.min,
        max: row.max,
        dripfeed: row.dripfeed,
        refill: row.refill,
        cancel: row.cancel,
        family: row.family,
        rejects_same_link: row.same_link == "reject",
    };
    Service { id: row.id, terms }
}

pub(super) async fn offers(
    on: &impl ConnectionTrait,
    services: &[ServiceId],
) -> Result<HashMap<ServiceId, Vec<Offer>>> {
    let rows = offer::Entity::find()
        .filter(offer::Column::ServiceId.is_in(services.iter().copied()))
        .order_by_asc(offer::Column::Position)
        .all(on)
        .await?;
    let mut offers: HashMap<ServiceId, Vec<Offer>> = HashMap::new();
    for row in rows {
        offers.entry(row.service_id).or_default().push(Offer {
            provider: row.provider_id,
            provider_service: row.provider_service,
            service_type: row.service_type,
            cost: row.cost_micro,
            min: row.min,
            max: row.max,
        });
    }
    Ok(offers)
}

pub(super) async fn provider_named(
    on: &impl ConnectionTrait,
    name: &str,
) -> Result<Option<ProviderId>> {
    let row = provider::Entity::find()
        .filter(provider::Column::Name.eq(name))
        .one(on)
        .await?;
    Ok(row.map(|row| row.id))
}

pub(super) async fn insert_provider(tx: &Tx, now: Time, new: &NewProvider) -> Result<ProviderId> {
    let row = provider::ActiveModel {
        id: NotSet,
        name: Set(new.name.clone()),
        url: Set(new.url.clone()),
        key_sealed: Set(String::new()),
        timeout_ms: Set(new.timeout_ms),
        concurrency: Set(new.concurrency),
        replays_requests: Set(false),
        paused_until_ms: Set(None),
        pause_reason: Set(None),
        unlisted_in_a_row: Set(0),
        created_at_ms: Set(now),
    };
    Ok(row.insert(tx).await?.id)
}

pub(super) async fn set_provider_key(tx: &Tx, id: ProviderId, sealed: String) -> Result<()> {
    let sql = "UPDATE providers SET key_sealed = $1 WHERE id = $2";
    execute(tx, sql, [sealed.into(), id.into()]).await?;
    Ok(())
}

pub(super) async fn set_replays(tx: &Tx, id: ProviderId, replays: bool) -> Result<()> {
    let sql = "UPDATE providers SET replays_requests = $1 WHERE id = $2";
    execute(tx, sql, [replays.into(), id.into()]).await?;
    Ok(())
}

pub(super) async fn providers(
    on: &impl ConnectionTrait,
    secrets: &Secrets,
) -> Result<Vec<Provider>> {
    let rows = provider::Entity::find()
        .order_by_asc(provider::Column::Id)
        .all(on)
        .await?;
    let read = |row: provider::Model| {
        Ok(Provider {
            key: secrets.open(&key_place(row.id), &row.key_sealed)?,
            id: row.id,
            name: row.name,
            url: row.url,
            timeout_ms: row.timeout_ms,
            concurrency: row.concurrency,
            replays_requests: row.replays_requests,
            paused_until: row.paused_until_ms,
            pause: row.pause_reason.as_deref().and_then(Pause::from_word),
            unlisted_in_a_row: row.unlisted_in_a_row,
            created_at: row.created_at_ms,
        })
    };
    rows.into_iter().map(read).collect()
}

/// Stops sending to a provider until `until`, for `reason`.
pub(crate) async fn pause_in_tx(tx: &Tx, id: ProviderId, until: Time, reason: Pause) -> Result<()> {
    // An open circuit is the stronger pause: trouble does not replace it.
    let sql = "UPDATE providers SET paused_until_ms = $1, pause_reason = $2 WHERE id = $3 \
               AND (pause_reason IS NULL OR pause_reason <> $4 OR pause_reason = $2)";
    let open = Pause::CircuitOpen.word();
    execute(
        tx,
        sql,
        [until.into(), reason.word().into(), id.into(), open.into()],
    )
    .await?;
    Ok(())
}

/// Takes the probe of a provider whose circuit has been open until now: nobody else probes it
/// before `until`. Gives whether there was one to take.
pub(crate) async fn take_probe(
    db: &crate::db::Db,
    id: ProviderId,
    now: Time,
    until: Time,
) -> Result<bool> {
    let tx = db.begin().await?;
    let sql = "UPDATE providers SET paused_until_ms = $1 WHERE id = $2 AND pause_reason = $3 \
               AND (paused_until_ms IS NULL OR paused_until_ms <= $4)";
    let open = Pause::CircuitOpen.word();
    let values = [until.into(), id.into(), open.into(), now.into()];
    let taken = execute(&tx, sql, values).await?;
    tx.commit().await?;
    Ok(taken > 0)
}

/// Sends to a provider again.
pub(crate) async fn resume(db: &crate::db::Db, id: ProviderId) -> Result<()> {
    let tx = db.begin().await?;
    let sql = "UPDATE providers SET paused_until_ms = NULL, pause_reason = NULL, \
               unlisted_in_a_row = 0 WHERE id = $1";
    execute(&tx, sql, [id.into()]).await?;
    tx.commit().await?;
    Ok(())
}

/// Counts one more refusal with an unknown sentence; gives how many there were in a row.
pub(crate) async fn count_unlisted_in_tx(tx: &Tx, id: ProviderId) -> Result<i64> {
    let sql = "UPDATE providers SET unlisted_in_a_row = unlisted_in_a_row + 1 WHERE id = $1 \
               RETURNING unlisted_in_a_row";
    let rows = query(tx, sql, [id.into()]).await?;
    Ok(rows.first().map_or(Ok(0), |row| row.try_get_by_index(0))?)
}

/// An acceptance ends the count of unknown sentences.
pub(crate) async fn reset_unlisted_in_tx(tx: &Tx, ids: &[ProviderId]) -> Result<()> {
    for &id in ids {
        let sql = "UPDATE providers SET unlisted_in_a_row = 0 WHERE id = $1 \
                   AND unlisted_in_a_row > 0";
        execute(tx, sql, [id.into()]).await?;
    }
    Ok(())
}
