//! What providers took lately, and at which cost.

use sea_orm::ConnectionTrait;

use crate::clock::Time;
use crate::db::query;
use crate::error::Result;
use crate::ids::ProviderId;
use crate::money::Money;

/// When the newest dispatch before the newest `count` ones was queued; `None` where there are no more.
pub(in crate::orders) async fn queued_before_newest(
    on: &impl ConnectionTrait,
    count: i64,
) -> Result<Option<Time>> {
    let sql = "SELECT queued_at_ms FROM dispatches \
               WHERE id <= (SELECT MAX(id) FROM dispatches) - $1 ORDER BY id DESC LIMIT 1";
    let rows = query(on, sql, [count.into()]).await?;
    let queued = rows.first().map(|row| row.try_get("", "queued_at_ms"));
    Ok(queued.transpose()?)
}

/// What the dispatches cost that `provider` took after `since`, at what it charges now; of the newest
/// `count` ones.
pub(in crate::orders) async fn cost_since(
    on: &impl ConnectionTrait,
    provider: ProviderId,
    since: Time,
    count: i64,
) -> Result<Money> {
    // A rate in micro-USD per 1000 units, times units, is nano-USD.
    let sql = "SELECT CAST(COALESCE(SUM(d.quantity * f.cost_micro), 0) AS BIGINT) AS cost_nano \
               FROM dispatches d JOIN orders o ON o.id = d.order_id \
               JOIN offers f ON f.service_id = o.service_id AND f.provider_id = d.provider_id \
               AND f.provider_service = d.provider_service \
               WHERE d.provider_id = $1 AND d.accepted_at_ms > $2 \
               AND d.id > (SELECT COALESCE(MAX(id), 0) - $3 FROM dispatches)";
    let rows = query(on, sql, [provider.into(), since.into(), count.into()]).await?;
    let cost = rows.first().map(|row| row.try_get("", "cost_nano"));
    Ok(cost.transpose()?.unwrap_or_default())
}
