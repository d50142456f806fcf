//! The statements on `services`, `providers`, `offers` and the catalogue's version.

pub(super) mod asking;
pub(super) mod imported;
mod pauses;

use std::collections::HashMap;

use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ActiveValue::Set, ColumnTrait, ConnectionTrait,
    EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::counting::Counting;
use super::dialect::{CurrencyWord, Dialect, types_of};
use super::rules::Markup;
use super::sync::DifferenceKind;
use super::{
    Exchange, NewProvider, Offer, Pause, Provider, Service, ServiceState, Terms, key_place,
};
use crate::clock::Time;
use crate::db::{Rows, Tx, execute, insert_all, locked, query};
use crate::entity::{panel, provider, service};
use crate::error::{Failure, Result};
use crate::ids::{ProviderId, ServiceId};
use crate::protocol::upstream::{PRICE_COLUMN, PricePer, RowReading};
use crate::secrets::Secrets;
pub(crate) use pauses::{
    close_circuit, count_unlisted_in_tx, pause_in_tx, pause_of_in_tx, pause_unsorted_in_tx,
    resume_sorted_in_tx, take_probe, took_an_order_in_tx,
};
pub(super) use pauses::{pause_by_operator, resume};

mod offers;

use offers::offer_rows;
pub(super) use offers::{offers, replace_offers};

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

/// Keeps everybody else from changing services, offers and mirrors until the transaction ends: all
/// who change them come here first, so that no two wait for each other further on.
pub(super) async fn lock_catalogue(tx: &Tx) -> Result<()> {
    let sql = ["SELECT catalog_version FROM panel", locked(tx)].concat();
    query(tx, &sql, []).await?;
    Ok(())
}

/// A service that is about to be written.
pub(super) struct NewService {
    pub(super) terms: Terms,
    pub(super) markup: Option<Markup>,
    pub(super) counting: Counting,
    pub(super) offers: Vec<Offer>,
}

/// How what happens to a second order on a link is stored.
pub(super) fn same_link(rejects: bool) -> &'static str {
    if rejects { "reject" } else { "flag" }
}

/// Writes services at the end of the list, in their order, with their offers. Gives their ids.
pub(super) async fn insert_services(
    tx: &Tx,
    now: Time,
    new: &[NewService],
) -> Result<Vec<ServiceId>> {
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let last = query(tx, "SELECT MAX(position) FROM services", []).await?;
    let last: Option<i64> = match last.first() {
        Some(row) => row.try_get_by_index(0)?,
        None => None,
    };
    let first = last.unwrap_or_default() + 1;
    let rows = (first..).zip(new).map(|(position, new)| {
        let terms = new.terms.clone();
        let (markup, counting) = (new.markup, new.counting.clone());
        [
            terms.name.into(),
            terms.category.into(),
            terms.description.into(),
            terms.service_type.into(),
            terms.rate.into(),
            terms.min.into(),
            terms.max.into(),
            terms.dripfeed.into(),
            terms.refill.into(),
            terms.cancel.into(),
            terms.family.into(),
            same_link(terms.rejects_same_link).into(),
            now.into(),
            position.into(),
            terms.refill_days.into(),
            markup.map(Markup::percent_hundredths).into(),
            markup.map(Markup::fixed).into(),
            counting.source.into(),
            counting.tolerance_hundredths.into(),
            counting.automatic.into(),
        ]
    });
    let rows = Rows::table(tx, 0, rows);
    let sql = [
        "INSERT INTO services (name, category, description, service_type, rate_micro, min, max, \
         dripfeed, refill, cancel, family, same_link, created_at_ms, position, refill_days, \
         markup_hundredths, markup_fixed_micro, count_source, drop_tolerance_hundredths, \
         refill_automatically) SELECT * FROM ",
        &rows.text,
        " RETURNING id, position",
    ]
    .concat();
    let mut ids: Vec<(i64, ServiceId)> = Vec::with_capacity(new.len());
    for row in query(tx, &sql, rows.values).await? {
        ids.push((row.try_get_by_index(1)?, row.try_get_by_index(0)?));
    }
    // In which order rows are returned is not promised; positions were given in ours.
    ids.sort_unstable();
    let ids: Vec<ServiceId> = ids.into_iter().map(|(_, id)| id).collect();
    let offers: Vec<_> = ids
        .iter()
        .zip(new)
        .flat_map(|(&id, new)| offer_rows(id, &new.offers))
        .collect();
    insert_all(tx, offers).await?;
    Ok(ids)
}

pub(super) async fn services(on: &impl ConnectionTrait) -> Result<Vec<Service>> {
    let rows = service::Entity::find()
        .filter(service::Column::State.eq(ServiceState::OnSale))
        .order_by_asc(service::Column::Position)
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

/// How the drops of a service are found, as its row has it.
pub(super) fn read_counting(row: &service::Model) -> Counting {
    Counting {
        source: row.count_source.clone(),
        tolerance_hundredths: row.drop_tolerance_hundredths,
        automatic: row.refill_automatically,
    }
}

/// A service as its row has it.
pub(super) fn read_service(row: service::Model) -> Service {
    let refill_automatic = row.refill && read_counting(&row).refills();
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
        refill_days: row.refill_days,
        cancel: row.cancel,
        family: row.family,
        rejects_same_link: row.same_link == "reject",
        passed_fields: row
            .passed_fields
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
    };
    Service {
        id: row.id,
        terms,
        state: row.state,
        refill_automatic,
    }
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

pub(super) async fn provider_exists(on: &impl ConnectionTrait, id: ProviderId) -> Result<bool> {
    Ok(provider::Entity::find_by_id(id).one(on).await?.is_some())
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
        currency: Set(new.exchange.currency.clone()),
        exchange_nano: Set(new.exchange.nano_usd),
        sync_due_at_ms: Set(None),
        sync_lease_until_ms: Set(None),
        sync_applies: Set(String::new()),
        price_per: Set(PricePer::default().text().to_owned()),
        price_column: Set(PRICE_COLUMN.to_owned()),
        currency_word: Set(None),
        types: Set("{}".to_owned()),
        id_names_order: Set(true),
        decodes_twice: Set(false),
        compares_charges: Set(true),
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

/// A provider, locked until the transaction ends.
pub(super) async fn lock_provider(
    tx: &Tx,
    secrets: &Secrets,
    id: ProviderId,
) -> Result<Option<Provider>> {
    let row = provider::Entity::find_by_id(id)
        .lock(LockType::NoKeyUpdate)
        .one(tx)
        .await?;
    row.map(|row| read_provider(secrets, row)).transpose()
}

pub(super) async fn providers(
    on: &impl ConnectionTrait,
    secrets: &Secrets,
) -> Result<Vec<Provider>> {
    let rows = provider::Entity::find()
        .order_by_asc(provider::Column::Id)
        .all(on)
        .await?;
    rows.into_iter()
        .map(|row| read_provider(secrets, row))
        .collect()
}

fn read_provider(secrets: &Secrets, row: provider::Model) -> Result<Provider> {
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
        exchange: Exchange {
            currency: row.currency,
            nano_usd: row.exchange_nano,
        },
        sync_due_at: row.sync_due_at_ms,
        sync_applies: row
            .sync_applies
            .split(' ')
            .filter_map(DifferenceKind::from_word)
            .collect(),
        dialect: Dialect {
            rows: RowReading {
                price_per: PricePer::parse(&row.price_per).unwrap_or_default(),
                price_column: row.price_column,
                types: types_of(&row.types),
            },
            currency_word: CurrencyWord::of_stored(row.currency_word),
            id_names_order: row.id_names_order,
            decodes_twice: row.decodes_twice,
            compares_charges: row.compares_charges,
        },
    })
}

/// What one unit of the currency of each provider is worth, in nano-USD, where that is not USD.
pub(crate) async fn foreign_in_tx(tx: &Tx) -> Result<HashMap<ProviderId, i64>> {
    let sql = "SELECT id, exchange_nano FROM providers WHERE currency <> 'USD'";
    let rows = query(tx, sql, []).await?;
    rows.iter()
        .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
        .collect()
}
