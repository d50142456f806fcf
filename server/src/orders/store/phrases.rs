//! The statements on runs that wait because nobody has sorted what their provider said.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryResult};

use crate::clock::Time;
use crate::db::{Rows, Sql, Tx, execute, query};
use crate::entity::dispatch;
use crate::error::Result;
use crate::ids::{DispatchId, OrderId, ProviderId};
use crate::money::Money;
use crate::orders::phrase_decision::{WaitingGroup, WaitingRuns};

/// What waits, by provider and sentence: each order once.
pub(in crate::orders) async fn groups(on: &impl ConnectionTrait) -> Result<Vec<WaitingGroup>> {
    let sql = "SELECT w.provider_id, w.phrase, COUNT(*), CAST(SUM(o.held_nano) AS BIGINT), \
         MIN(w.since), CAST(SUM(CASE WHEN o.cancel_requested_at_ms IS NOT NULL THEN 1 ELSE 0 END) \
         AS BIGINT), CAST(SUM(CASE WHEN o.cancel_requested_at_ms IS NOT NULL AND o.runs > 1 \
         THEN 1 ELSE 0 END) AS BIGINT), MIN(w.reason) FROM (SELECT d.provider_id, d.phrase, \
         d.order_id, MIN(d.unknown_at_ms) AS since, MIN(d.reason) AS reason FROM dispatches d \
         WHERE d.state IN ('unknown', 'parked') AND d.phrase IS NOT NULL \
         GROUP BY d.provider_id, d.phrase, d.order_id) w JOIN orders o ON o.id = w.order_id \
         GROUP BY w.provider_id, w.phrase ORDER BY w.provider_id, w.phrase";
    let read = |row: &QueryResult| {
        Ok(WaitingGroup {
            provider: row.try_get_by_index(0)?,
            phrase: row.try_get_by_index(1)?,
            orders: row.try_get_by_index(2)?,
            held: row.try_get_by_index(3)?,
            oldest: row.try_get_by_index(4)?,
            canceled: row.try_get_by_index(5)?,
            canceled_drip_feeds: row.try_get_by_index(6)?,
            example: row
                .try_get_by_index::<Option<String>>(7)?
                .unwrap_or_default(),
        })
    };
    query(on, sql, []).await?.iter().map(read).collect()
}

/// The condition that a run is one of `waiting`.
fn those(on: &impl ConnectionTrait, sql: &mut Sql, waiting: &WaitingRuns<'_>) {
    let providers = waiting.providers.iter().map(|&provider| provider.into());
    let providers = Rows::is_in(on, sql.values.len(), providers);
    sql.text(" d.provider_id");
    sql.text(&providers.text);
    sql.values.extend(providers.values);
    sql.value(" AND d.phrase = ", waiting.phrase);
    if let Some(since) = waiting.since {
        sql.value(" AND d.unknown_at_ms >= ", since);
    }
    if let Some(until) = waiting.until {
        sql.value(" AND d.unknown_at_ms < ", until);
    }
}

/// How many orders are among `waiting`, what they hold, and since when the oldest waits. Those count
/// too whose repetition is under way: they are parked soon, or decided by it.
pub(in crate::orders) async fn sum(
    on: &impl ConnectionTrait,
    waiting: &WaitingRuns<'_>,
) -> Result<(i64, Money, Option<Time>)> {
    let mut sql = Sql::new(
        "SELECT COUNT(*), CAST(COALESCE(SUM(o.held_nano), 0) AS BIGINT), MIN(w.since) FROM \
         (SELECT d.order_id, MIN(d.unknown_at_ms) AS since FROM dispatches d \
         WHERE d.state IN ('unknown', 'parked') AND",
    );
    those(on, &mut sql, waiting);
    sql.text(" GROUP BY d.order_id) w JOIN orders o ON o.id = w.order_id");
    let rows = query(on, &sql.text, sql.values).await?;
    let Some(row) = rows.first() else {
        return Ok((0, Money::ZERO, None));
    };
    Ok((
        row.try_get_by_index(0)?,
        row.try_get_by_index(1)?,
        row.try_get_by_index(2)?,
    ))
}

/// The parked runs among `waiting` with numbers above `after`, lowest first, with their orders.
pub(in crate::orders) async fn parked(
    on: &impl ConnectionTrait,
    waiting: &WaitingRuns<'_>,
    after: DispatchId,
    limit: usize,
) -> Result<Vec<(DispatchId, OrderId)>> {
    let mut sql =
        Sql::new("SELECT d.id, d.order_id FROM dispatches d WHERE d.state = 'parked' AND");
    those(on, &mut sql, waiting);
    sql.value(" AND d.id > ", after);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    sql.value(" ORDER BY d.id LIMIT ", limit);
    let rows = query(on, &sql.text, sql.values).await?;
    let read = |row: &QueryResult| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
    rows.iter().map(read).collect()
}

/// Runs by id, not locked.
pub(in crate::orders) async fn runs(
    on: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = DispatchId>,
) -> Result<Vec<dispatch::Model>> {
    Ok(dispatch::Entity::find()
        .filter(dispatch::Column::Id.is_in(ids))
        .all(on)
        .await?)
}

/// Runs that a provider took and that have not ended, by what it last said of them.
pub(in crate::orders) async fn taken_by_status(
    on: &impl ConnectionTrait,
    provider: Option<ProviderId>,
) -> Result<Vec<WaitingGroup>> {
    let mut sql = Sql::new(
        "SELECT w.provider_id, w.provider_status, COUNT(*), CAST(SUM(o.held_nano) AS BIGINT), \
         MIN(w.since) FROM (SELECT d.provider_id, d.provider_status, d.order_id, \
         MIN(d.accepted_at_ms) AS since FROM dispatches d WHERE d.state IN ('accepted', 'parked') \
         AND d.provider_order IS NOT NULL AND d.provider_status IS NOT NULL",
    );
    if let Some(provider) = provider {
        sql.value(" AND d.provider_id = ", provider);
    }
    sql.text(
        " GROUP BY d.provider_id, d.provider_status, d.order_id) w \
         JOIN orders o ON o.id = w.order_id GROUP BY w.provider_id, w.provider_status",
    );
    let read = |row: &QueryResult| {
        let status: String = row.try_get_by_index(1)?;
        Ok(WaitingGroup {
            provider: row.try_get_by_index(0)?,
            example: status.clone(),
            phrase: status,
            orders: row.try_get_by_index(2)?,
            held: row.try_get_by_index(3)?,
            oldest: row.try_get_by_index(4)?,
            canceled: 0,
            canceled_drip_feeds: 0,
        })
    };
    let rows = query(on, &sql.text, sql.values).await?;
    rows.iter().map(read).collect()
}

/// Has accepted runs asked about at once of which their provider last said `status`.
pub(in crate::orders) async fn poll_now(
    tx: &Tx,
    now: Time,
    provider: ProviderId,
    status: &str,
) -> Result<u64> {
    let sql = "UPDATE dispatches SET poll_at_ms = $1 WHERE state = 'accepted' \
               AND provider_id = $2 AND provider_status = $3";
    Ok(execute(tx, sql, [now.into(), provider.into(), status.into()]).await?)
}

/// The parked runs above `after` that `provider` took and of which it last said `status`, lowest
/// first, with their orders.
pub(in crate::orders) async fn parked_by_status(
    on: &impl ConnectionTrait,
    provider: ProviderId,
    status: &str,
    after: DispatchId,
    limit: usize,
) -> Result<Vec<(DispatchId, OrderId)>> {
    let sql = "SELECT id, order_id FROM dispatches WHERE state = 'parked' AND provider_id = $1 \
               AND provider_order IS NOT NULL AND provider_status = $2 AND id > $3 \
               ORDER BY id LIMIT $4";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = [provider.into(), status.into(), after.into(), limit.into()];
    let rows = query(on, sql, values).await?;
    let read = |row: &QueryResult| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
    rows.iter().map(read).collect()
}

/// The oldest runs among `waiting`, at most `limit`, and how many there are.
pub(in crate::orders) async fn oldest(
    on: &impl ConnectionTrait,
    waiting: &WaitingRuns<'_>,
    limit: usize,
) -> Result<(Vec<DispatchId>, i64)> {
    let mut sql = Sql::new("d.state IN ('unknown', 'parked') AND");
    those(on, &mut sql, waiting);
    oldest_of(on, sql, "d.unknown_at_ms, d.id", limit).await
}

/// The oldest runs that `provider` took and of which it last said `status`, at most `limit`, and how
/// many there are.
pub(in crate::orders) async fn oldest_by_status(
    on: &impl ConnectionTrait,
    provider: ProviderId,
    status: &str,
    limit: usize,
) -> Result<(Vec<DispatchId>, i64)> {
    let mut sql = Sql::new("d.state IN ('accepted', 'parked') AND d.provider_order IS NOT NULL");
    sql.value(" AND d.provider_id = ", provider);
    sql.value(" AND d.provider_status = ", status);
    oldest_of(on, sql, "d.accepted_at_ms, d.id", limit).await
}

/// The first runs by `order` that fulfil `condition`, and how many do.
async fn oldest_of(
    on: &impl ConnectionTrait,
    condition: Sql,
    order: &str,
    limit: usize,
) -> Result<(Vec<DispatchId>, i64)> {
    let Sql { text, values } = condition;
    let sql = ["SELECT COUNT(*) FROM dispatches d WHERE ", &text].concat();
    let rows = query(on, &sql, values.clone()).await?;
    let count = rows.first().map_or(Ok(0), |row| row.try_get_by_index(0))?;
    let mut sql = Sql::new(&["SELECT d.id FROM dispatches d WHERE ", &text].concat());
    sql.values = values;
    sql.text(" ORDER BY ");
    sql.text(order);
    sql.value(" LIMIT ", i64::try_from(limit).unwrap_or(i64::MAX));
    let rows = query(on, &sql.text, sql.values).await?;
    let read = |row: &QueryResult| Ok(row.try_get_by_index(0)?);
    Ok((rows.iter().map(read).collect::<Result<_>>()?, count))
}
