//! The statements on `first_runs`.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::catalog::charges::OfferKey;
use crate::clock::Time;
use crate::db::{Rows, Tx, execute, query, skip_locked};
use crate::entity::dispatch;
use crate::error::Result;
use crate::ids::{AccountId, ProviderId};
use crate::orders::rules::DispatchState;

/// The first orders of an offer that may still be charged for.
#[derive(Debug, Default)]
pub(in crate::orders) struct UnderWay(HashMap<AccountId, OfAccount>);

/// Those of one account.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::orders) struct OfAccount {
    /// How many there are.
    pub(in crate::orders) count: usize,
    /// How many of them are on their way.
    pub(in crate::orders) sending: usize,
    /// Of how many of them nobody knows whether they were taken.
    pub(in crate::orders) doubtful: usize,
}

impl UnderWay {
    /// How many there are.
    pub(in crate::orders) fn count(&self) -> usize {
        self.0.values().map(|of| of.count).sum()
    }

    /// Of how many nobody knows whether they were taken.
    pub(in crate::orders) fn doubtful(&self) -> usize {
        self.0.values().map(|of| of.doubtful).sum()
    }

    /// Notes that one more of `account` is on its way.
    pub(in crate::orders) fn send(&mut self, account: AccountId) {
        let of = self.0.entry(account).or_default();
        of.count += 1;
        of.sending += 1;
    }

    /// Those of `account`.
    pub(in crate::orders) fn of(&self, account: AccountId) -> OfAccount {
        self.0.get(&account).copied().unwrap_or_default()
    }
}

/// The first orders of these offers of a provider that may still be charged for, by offer.
pub(in crate::orders) async fn under_way<'s>(
    tx: &Tx,
    provider: ProviderId,
    services: impl Iterator<Item = &'s str>,
) -> Result<HashMap<String, UnderWay>> {
    let of = Rows::is_in(tx, 1, services.map(|service| service.into()));
    let sql = [
        "SELECT f.provider_service, o.account_id, COUNT(*) AS in_all, \
         COUNT(CASE WHEN d.state = 'sending' THEN 1 END) AS sending, \
         COUNT(CASE WHEN d.state IN ('unknown', 'parked') THEN 1 END) AS doubtful \
         FROM first_runs f \
         JOIN dispatches d ON d.id = f.dispatch_id AND d.provider_id = f.provider_id \
         AND d.provider_service = f.provider_service JOIN orders o ON o.id = d.order_id \
         WHERE f.provider_id = $1 AND d.state IN ('sending', 'accepted', 'unknown', 'parked') \
         AND (d.phrase IS NULL OR d.seen_order IS NOT NULL) AND f.provider_service",
        &of.text,
        " GROUP BY f.provider_service, o.account_id",
    ]
    .concat();
    let values = std::iter::once(provider.into()).chain(of.values);
    let mut under_way: HashMap<String, UnderWay> = HashMap::new();
    for row in query(tx, &sql, values).await? {
        let count = |column| -> Result<usize> {
            let count: i64 = row.try_get("", column)?;
            Ok(usize::try_from(count).unwrap_or(usize::MAX))
        };
        let of = OfAccount {
            count: count("in_all")?,
            sending: count("sending")?,
            doubtful: count("doubtful")?,
        };
        let service = under_way.entry(row.try_get("", "provider_service")?);
        service
            .or_default()
            .0
            .insert(row.try_get("", "account_id")?, of);
    }
    Ok(under_way)
}

/// Writes runs that are sent before the first charge of their offer is known.
pub(in crate::orders) async fn insert(tx: &Tx, runs: &[&dispatch::Model]) -> Result<()> {
    if runs.is_empty() {
        return Ok(());
    }
    let rows = runs.iter().map(|run| {
        [
            run.id.into(),
            run.provider_id.into(),
            run.provider_service.as_str().into(),
        ]
    });
    let rows = Rows::table(tx, 0, rows);
    // A run that is sent again may have gone to another offer before.
    let sql = [
        "INSERT INTO first_runs (dispatch_id, provider_id, provider_service) SELECT * FROM ",
        &rows.text,
        " WHERE TRUE ON CONFLICT (dispatch_id) DO UPDATE SET provider_id = excluded.provider_id, \
         provider_service = excluded.provider_service",
    ]
    .concat();
    execute(tx, &sql, rows.values).await?;
    Ok(())
}

/// Makes the accepted ones of an offer due to be asked about; gives whether there were any. Who holds
/// one of them is not waited for.
pub(in crate::orders) async fn hurry(
    tx: &Tx,
    provider: ProviderId,
    service: &str,
    now: Time,
) -> Result<bool> {
    let sql = [
        "UPDATE dispatches SET poll_at_ms = $1 WHERE id IN (SELECT id FROM dispatches \
         WHERE state = 'accepted' AND poll_at_ms > $1 AND id IN \
         (SELECT dispatch_id FROM first_runs WHERE provider_id = $2 AND provider_service = $3)",
        skip_locked(tx),
        ")",
    ]
    .concat();
    let values = [now.into(), provider.into(), service.into()];
    Ok(execute(tx, &sql, values).await? > 0)
}

/// Forgets the first runs of an offer: its charge is known.
pub(in crate::orders) async fn forget(tx: &Tx, (provider, service): &OfferKey) -> Result<()> {
    let sql = "DELETE FROM first_runs WHERE provider_id = $1 AND provider_service = $2";
    execute(tx, sql, [(*provider).into(), service.as_str().into()]).await?;
    Ok(())
}

/// How many runs are queued for an offer.
pub(in crate::orders) async fn queued(
    on: &impl ConnectionTrait,
    provider: ProviderId,
    service: &str,
) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM dispatches WHERE state = 'queued' AND provider_id = $1 \
               AND provider_service = $2";
    let rows = query(on, sql, [provider.into(), service.into()]).await?;
    Ok(rows.first().map_or(Ok(0), |row| row.try_get_by_index(0))?)
}

/// The newest runs of an offer whose charge is known, at most `limit`, the newest first; without those
/// that were canceled.
pub(in crate::orders) async fn last_charged(
    tx: &Tx,
    (provider, service): &OfferKey,
    limit: u64,
) -> Result<Vec<dispatch::Model>> {
    Ok(dispatch::Entity::find()
        .filter(dispatch::Column::ProviderId.eq(*provider))
        .filter(dispatch::Column::ProviderService.eq(service.as_str()))
        .filter(dispatch::Column::ProviderCharge.is_not_null())
        .filter(dispatch::Column::State.ne(DispatchState::Canceled))
        .order_by_desc(dispatch::Column::Id)
        .limit(limit)
        .all(tx)
        .await?)
}
