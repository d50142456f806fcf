//! The statements on `provider_services`, and those on providers, services and offers that a
//! synchronisation needs.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QueryResult};

use super::difference::{Open, Seen, Step};
use crate::catalog::Provider;
use crate::catalog::dialect::types_json;
use crate::catalog::rules::Listed;
use crate::catalog::services::markup_of;
use crate::catalog::store::offers;
use crate::clock::Time;
use crate::db::{PIECE, Rows, Tx, execute, query};
use crate::entity::service;
use crate::error::{Failure, Result};
use crate::ids::{ProviderId, ServiceId};

/// What a provider sells, as it last said.
#[derive(Debug, Clone)]
pub(crate) struct Mirrored {
    pub(crate) row: Listed,
    /// Since when it is there.
    pub(crate) seen_at: Time,
    /// Since when it is not.
    pub(crate) gone_at: Option<Time>,
}

/// A provider whose catalogue is due and read by nobody.
pub(super) async fn due(on: &impl ConnectionTrait, now: Time) -> Result<Option<ProviderId>> {
    let sql = "SELECT id FROM providers WHERE sync_due_at_ms <= $1 \
               AND (sync_lease_until_ms IS NULL OR sync_lease_until_ms <= $1) \
               ORDER BY sync_due_at_ms LIMIT 1";
    let rows = query(on, sql, [now.into()]).await?;
    Ok(rows
        .first()
        .map(|row| row.try_get_by_index(0))
        .transpose()?)
}

/// Takes the reading of a provider, if nobody has it, and if it is due by `due`.
pub(super) async fn take(
    tx: &Tx,
    provider: ProviderId,
    now: Time,
    until: Time,
    due: Option<Time>,
) -> Result<bool> {
    let sql = "UPDATE providers SET sync_lease_until_ms = $1 WHERE id = $2 \
               AND (sync_lease_until_ms IS NULL OR sync_lease_until_ms <= $3) \
               AND (CAST($4 AS BIGINT) IS NULL OR sync_due_at_ms <= $4)";
    let values = [until.into(), provider.into(), now.into(), due.into()];
    Ok(execute(tx, sql, values).await? == 1)
}

/// Gives a reading back; a provider that is followed is due again at `next`. One whose catalogue is
/// read otherwise by now, because its currency, its basis or a type was changed, stays due when that
/// change has made it.
pub(super) async fn release(tx: &Tx, provider: &Provider, lease: Time, next: Time) -> Result<()> {
    let sql = "UPDATE providers SET sync_lease_until_ms = NULL, sync_due_at_ms = \
               CASE WHEN sync_due_at_ms IS NULL THEN NULL \
               WHEN currency <> $4 OR exchange_nano <> $5 OR price_per <> $6 \
               OR price_column <> $7 OR types <> $8 THEN sync_due_at_ms \
               ELSE CAST($1 AS BIGINT) END WHERE id = $2 AND sync_lease_until_ms = $3";
    let values = [
        next.into(),
        provider.id.into(),
        lease.into(),
        provider.exchange.currency.as_str().into(),
        provider.exchange.nano_usd.into(),
        provider.dialect.rows.price_per.text().into(),
        provider.dialect.rows.price_column.as_str().into(),
        types_json(&provider.dialect.rows.types).to_string().into(),
    ];
    execute(tx, sql, values).await?;
    Ok(())
}

/// Whether the costs of `provider` are still in the currency in which they were read, for as many
/// units, and converted alike.
pub(super) async fn still_converts(on: &impl ConnectionTrait, provider: &Provider) -> Result<bool> {
    let sql = "SELECT id FROM providers WHERE id = $1 AND currency = $2 AND exchange_nano = $3 \
               AND price_per = $4 AND price_column = $5";
    let values = [
        provider.id.into(),
        provider.exchange.currency.as_str().into(),
        provider.exchange.nano_usd.into(),
        provider.dialect.rows.price_per.text().into(),
        provider.dialect.rows.price_column.as_str().into(),
    ];
    Ok(!query(on, sql, values).await?.is_empty())
}

/// Follows a provider from now on, at `next` for the first time.
pub(super) async fn follow(tx: &Tx, provider: ProviderId, next: Time) -> Result<()> {
    let sql = "UPDATE providers SET sync_due_at_ms = $1 WHERE id = $2 AND sync_due_at_ms IS NULL";
    execute(tx, sql, [next.into(), provider.into()]).await?;
    Ok(())
}

const MIRROR: &str = "provider_service, name, category, description, service_type, cost_micro, \
                      min, max, dripfeed, refill, cancel, seen_at_ms, gone_at_ms";

fn read_mirrored(row: &QueryResult) -> Result<Mirrored> {
    Ok(Mirrored {
        row: Listed {
            provider_service: row.try_get_by_index(0)?,
            name: row.try_get_by_index(1)?,
            category: row.try_get_by_index(2)?,
            description: row.try_get_by_index(3)?,
            service_type: row.try_get_by_index(4)?,
            cost: row.try_get_by_index(5)?,
            min: row.try_get_by_index(6)?,
            max: row.try_get_by_index(7)?,
            dripfeed: row.try_get_by_index(8)?,
            refill: row.try_get_by_index(9)?,
            cancel: row.try_get_by_index(10)?,
        },
        seen_at: row.try_get_by_index(11)?,
        gone_at: row.try_get_by_index(12)?,
    })
}

/// The whole mirror of a provider, by id; read in pages, since the driver's rows take many times the
/// memory of what is in them.
pub(super) async fn mirror(
    on: &impl ConnectionTrait,
    provider: ProviderId,
) -> Result<HashMap<String, Mirrored>> {
    let sql = [
        "SELECT ",
        MIRROR,
        " FROM provider_services WHERE provider_id = $1 AND provider_service > $2 \
         ORDER BY provider_service LIMIT $3",
    ]
    .concat();
    let limit = i64::try_from(PIECE).unwrap_or(i64::MAX);
    let (mut mirror, mut after) = (HashMap::new(), String::new());
    loop {
        let values = [provider.into(), after.as_str().into(), limit.into()];
        let rows = query(on, &sql, values).await?;
        for row in &rows {
            let mirrored = read_mirrored(row)?;
            after.clone_from(&mirrored.row.provider_service);
            mirror.insert(mirrored.row.provider_service.clone(), mirrored);
        }
        if rows.len() < PIECE {
            return Ok(mirror);
        }
    }
}

/// A page of the mirror of a provider, after the id `after`; `search` in the name, in lower case.
pub(crate) async fn mirrored(
    on: &impl ConnectionTrait,
    provider: ProviderId,
    after: &str,
    [category, search]: [Option<&str>; 2],
    limit: usize,
) -> Result<Vec<Mirrored>> {
    let sql = [
        "SELECT ",
        MIRROR,
        " FROM provider_services WHERE provider_id = $1 AND gone_at_ms IS NULL \
         AND provider_service > $2 \
         AND (CAST($3 AS TEXT) IS NULL OR category = $3) \
         AND (CAST($4 AS TEXT) IS NULL OR LOWER(name) LIKE $4 ESCAPE '!') \
         ORDER BY provider_service LIMIT $5",
    ]
    .concat();
    let plain = |text: &str| {
        let escaped = text.to_lowercase().replace('!', "!!");
        let escaped = escaped.replace('%', "!%").replace('_', "!_");
        ["%", &escaped, "%"].concat()
    };
    let values = [
        provider.into(),
        after.into(),
        category.into(),
        search.map(plain).into(),
        i64::try_from(limit).unwrap_or(i64::MAX).into(),
    ];
    let rows = query(on, &sql, values).await?;
    rows.iter().map(read_mirrored).collect()
}

/// Writes rows of the mirror as they are now.
pub(super) async fn mirror_rows(
    tx: &Tx,
    provider: ProviderId,
    now: Time,
    rows: &[&Listed],
) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let none: Option<Time> = None;
    let table = rows.iter().copied().cloned().map(|row| {
        [
            provider.into(),
            row.provider_service.into(),
            row.name.into(),
            row.category.into(),
            row.description.into(),
            row.service_type.into(),
            row.cost.into(),
            row.min.into(),
            row.max.into(),
            row.dripfeed.into(),
            row.refill.into(),
            row.cancel.into(),
            now.into(),
            none.into(),
        ]
    });
    let table = Rows::table(tx, 0, table);
    let sql = [
        "INSERT INTO provider_services (provider_id, ",
        MIRROR,
        ") SELECT * FROM ",
        &table.text,
        " WHERE TRUE ON CONFLICT (provider_id, provider_service) DO UPDATE SET \
         name = excluded.name, category = excluded.category, description = excluded.description, \
         service_type = excluded.service_type, cost_micro = excluded.cost_micro, \
         min = excluded.min, max = excluded.max, dripfeed = excluded.dripfeed, \
         refill = excluded.refill, cancel = excluded.cancel, \
         seen_at_ms = CASE WHEN provider_services.gone_at_ms IS NULL \
         THEN provider_services.seen_at_ms ELSE excluded.seen_at_ms END, gone_at_ms = NULL",
    ]
    .concat();
    execute(tx, &sql, table.values).await?;
    Ok(())
}

/// Marks rows of the mirror as gone.
pub(super) async fn mirror_gone(
    tx: &Tx,
    provider: ProviderId,
    now: Time,
    ids: &[&str],
) -> Result<()> {
    let gone = Rows::table(tx, 2, ids.iter().map(|&id| [id.into()]));
    let sql = [
        "UPDATE provider_services SET gone_at_ms = $1 FROM ",
        &gone.text,
        " WHERE provider_id = $2 AND gone_at_ms IS NULL AND provider_service = v.column1",
    ]
    .concat();
    let mut values = vec![now.into(), provider.into()];
    values.extend(gone.values);
    execute(tx, &sql, values).await?;
    Ok(())
}

/// Which of `ids` some service is offered from already.
pub(super) async fn offered(
    tx: &Tx,
    provider: ProviderId,
    ids: impl IntoIterator<Item = &str>,
) -> Result<Vec<String>> {
    // Joined, not listed: PostgreSQL would compare a list of texts with every row, one by one.
    // CROSS: SQLite then takes the ids first and looks each up, not the other way round.
    let among = Rows::table(tx, 1, ids.into_iter().map(|id| [id.into()]));
    let sql = [
        "SELECT o.provider_service FROM ",
        &among.text,
        " CROSS JOIN offers o WHERE o.provider_id = $1 AND o.provider_service = v.column1",
    ]
    .concat();
    let mut values = vec![provider.into()];
    values.extend(among.values);
    let rows = query(tx, &sql, values).await?;
    rows.iter()
        .map(|row| Ok(row.try_get_by_index(0)?))
        .collect()
}

/// The services that a provider has an offer of.
pub(super) async fn services_of(
    on: &impl ConnectionTrait,
    provider: ProviderId,
) -> Result<Vec<ServiceId>> {
    let sql = "SELECT DISTINCT service_id FROM offers WHERE provider_id = $1 ORDER BY service_id";
    let rows = query(on, sql, [provider.into()]).await?;
    rows.iter()
        .map(|row| Ok(row.try_get_by_index(0)?))
        .collect()
}

/// Services as a synchronisation sees them.
pub(super) async fn seen(on: &impl ConnectionTrait, ids: &[ServiceId]) -> Result<Vec<Seen>> {
    let rows = service::Entity::find()
        .filter(service::Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(service::Column::Id)
        .all(on)
        .await?;
    let mut offers = offers(on, ids).await?;
    let mut open = open(on, ids).await?;
    Ok(rows
        .into_iter()
        .map(|row| Seen {
            id: row.id,
            service_type: row.service_type,
            rate: row.rate_micro,
            min: row.min,
            max: row.max,
            state: row.state,
            pause: row.pause_reason,
            markup: markup_of(row.markup_hundredths, row.markup_fixed_micro),
            offers: offers.remove(&row.id).unwrap_or_default(),
            open: open.remove(&row.id).unwrap_or_default(),
            name: row.name,
        })
        .collect())
}

async fn open(
    on: &impl ConnectionTrait,
    ids: &[ServiceId],
) -> Result<HashMap<ServiceId, Vec<Open>>> {
    let of = Rows::is_in(on, 0, ids.iter().map(|&id| id.into()));
    let sql = [
        "SELECT service_id, id, provider_id, provider_service, kind, was, became \
         FROM sync_differences \
         WHERE state = 'open' AND service_id",
        &of.text,
        " ORDER BY id",
    ]
    .concat();
    let mut open: HashMap<ServiceId, Vec<Open>> = HashMap::new();
    for row in query(on, &sql, of.values).await? {
        open.entry(row.try_get_by_index(0)?)
            .or_default()
            .push(Open {
                id: row.try_get_by_index(1)?,
                provider: row.try_get_by_index(2)?,
                provider_service: row.try_get_by_index(3)?,
                kind: row.try_get_by_index(4)?,
                was: row.try_get_by_index(5)?,
                became: row.try_get_by_index(6)?,
            });
    }
    Ok(open)
}

/// Writes the offers that changed.
pub(super) async fn write_offers(tx: &Tx, steps: &[Step]) -> Result<()> {
    let mut rows = Vec::new();
    for step in steps {
        for &at in &step.offers {
            let lost = || Failure::Stored(format!("an offer of service {}", step.after.id));
            let offer = step.after.offers.get(at).ok_or_else(lost)?;
            rows.push([
                step.after.id.into(),
                i64::try_from(at).unwrap_or(i64::MAX).into(),
                offer.cost.into(),
                offer.min.into(),
                offer.max.into(),
                offer.gone.into(),
            ]);
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    let rows = Rows::table(tx, 0, rows);
    let sql = [
        "UPDATE offers SET cost_micro = v.column3, min = v.column4, max = v.column5, \
         gone = v.column6 FROM ",
        &rows.text,
        " WHERE offers.service_id = v.column1 AND offers.position = v.column2",
    ]
    .concat();
    execute(tx, &sql, rows.values).await?;
    Ok(())
}

/// Writes what of services may have changed.
pub(super) async fn write_services<'a>(
    tx: &Tx,
    services: impl IntoIterator<Item = &'a Seen>,
) -> Result<()> {
    let rows: Vec<_> = services
        .into_iter()
        .map(|after| {
            [
                after.id.into(),
                after.name.clone().into(),
                after.rate.into(),
                after.min.into(),
                after.max.into(),
                after.state.into(),
                after.pause.into(),
            ]
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let rows = Rows::table(tx, 0, rows);
    let sql = [
        "UPDATE services SET name = v.column2, rate_micro = v.column3, min = v.column4, \
         max = v.column5, state = v.column6, pause_reason = v.column7 FROM ",
        &rows.text,
        " WHERE services.id = v.column1",
    ]
    .concat();
    execute(tx, &sql, rows.values).await?;
    Ok(())
}
