//! What dispatches show about an answer that leaves something open: the statements that its evidence
//! is held against.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::clock::Time;
use crate::db::{Tx, query};
use crate::entity::dispatch;
use crate::error::Result;
use crate::ids::{AccountId, DispatchId, ProviderId};
use crate::protocol::upstream::plain_id;

/// Whether another run of ours, not ended, is or may be at the provider of `run` on the same link.
pub(in crate::orders) async fn has_other_on_link(
    tx: &Tx,
    run: &dispatch::Model,
    link: i64,
) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM orders o JOIN dispatches d ON d.order_id = o.id \
               WHERE o.overlap_key = $1 AND o.settled_at_ms IS NULL AND +d.provider_id = $2 \
               AND d.id <> $3 AND d.state IN ('sending', 'unknown', 'parked', 'accepted'))";
    let rows = query(
        tx,
        sql,
        [link.into(), run.provider_id.into(), run.id.into()],
    )
    .await?;
    Ok(rows
        .first()
        .map_or(Ok(false), |row| row.try_get_by_index(0))?)
}

/// The ids that a provider gave last before a time, at most [`RECENT_IDS`].
pub(in crate::orders) async fn provider_orders_before(
    tx: &Tx,
    provider: ProviderId,
    before: Time,
) -> Result<Vec<String>> {
    let ids = dispatch::Entity::find()
        .select_only()
        .column(dispatch::Column::ProviderOrder)
        .filter(dispatch::Column::ProviderId.eq(provider))
        .filter(dispatch::Column::ProviderOrder.is_not_null())
        .filter(dispatch::Column::AcceptedAtMs.lt(before))
        .order_by_desc(dispatch::Column::Id)
        .limit(RECENT_IDS);
    Ok(ids.into_tuple().all(tx).await?)
}

/// How many ids show what a provider's next one is larger than.
const RECENT_IDS: u64 = 200;

/// A run at the provider of `run` whose own id is not known and that may have been given the id that
/// stood in the answer to `run`: it is or was on its way there before that answer came.
pub(in crate::orders) async fn other_without_id(
    tx: &Tx,
    run: &dispatch::Model,
) -> Result<Option<DispatchId>> {
    // The plus keeps SQLite from reading every run of the provider by the index of their ids.
    let without_id = "+d.provider_id = $1 AND d.id <> $2 AND d.provider_order IS NULL \
                      AND d.queued_at_ms <= $3";
    let sql = [
        "SELECT d.id, d.seen_order FROM dispatches d WHERE d.state IN ('unknown', 'parked') AND ",
        without_id,
        " UNION ALL SELECT d.id, d.seen_order FROM dispatches d WHERE d.state = 'sending' AND ",
        without_id,
        " ORDER BY 1",
    ]
    .concat();
    let values = [
        run.provider_id.into(),
        run.id.into(),
        run.unknown_at_ms.unwrap_or(run.queued_at_ms).into(),
    ];
    let seen = run.seen_order.as_deref().map(plain_id);
    for row in query(tx, &sql, values).await? {
        let of_other: Option<String> = row.try_get_by_index(1)?;
        // One that was given another id was not given this one.
        if of_other.is_none() || of_other.as_deref().map(plain_id) == seen {
            return Ok(Some(row.try_get_by_index(0)?));
        }
    }
    Ok(None)
}

/// Of how many accounts and services the newest `most` orders are that wait at a provider for somebody
/// to sort its sentences.
pub(in crate::orders) async fn waiting_for_phrases(
    tx: &Tx,
    provider: ProviderId,
    most: i64,
) -> Result<(i64, i64)> {
    let sql = "SELECT COUNT(DISTINCT w.account_id), COUNT(DISTINCT w.service_id) FROM \
               (SELECT o.account_id, o.service_id FROM dispatches d \
               JOIN orders o ON o.id = d.order_id \
               WHERE d.provider_id = $1 AND d.phrase IS NOT NULL \
               AND d.state IN ('unknown', 'parked') \
               ORDER BY d.unknown_at_ms DESC, d.id DESC LIMIT $2) w";
    let rows = query(tx, sql, [provider.into(), most.into()]).await?;
    let Some(row) = rows.first() else {
        return Ok((0, 0));
    };
    Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))
}

/// Answers that were lost or could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::orders) struct Lost {
    pub(in crate::orders) count: i64,
    pub(in crate::orders) last_at: Time,
}

/// The answers of a provider that were lost or could not be read since `since`, by account.
pub(in crate::orders) async fn lost_since(
    tx: &Tx,
    provider: ProviderId,
    since: Time,
) -> Result<HashMap<AccountId, Lost>> {
    let sql = "SELECT o.account_id, COUNT(*) AS lost, MAX(d.lost_at_ms) AS last_at \
               FROM dispatches d JOIN orders o ON o.id = d.order_id WHERE d.provider_id = $1 \
               AND d.lost_at_ms IS NOT NULL AND d.lost_at_ms >= $2 GROUP BY o.account_id";
    let rows = query(tx, sql, [provider.into(), since.into()]).await?;
    let read = |row: &sea_orm::QueryResult| {
        let lost = Lost {
            count: row.try_get("", "lost")?,
            last_at: row.try_get("", "last_at")?,
        };
        Ok((row.try_get("", "account_id")?, lost))
    };
    rows.iter().map(read).collect()
}
