//! The statements on `tiers`.

use sea_orm::{ConnectionTrait, QueryResult};

use crate::accounts::register::TierOfAccount;
use crate::accounts::tiers::Tier;
use crate::clock::Time;
use crate::db::{Tx, execute, locked, query};
use crate::error::{Failure, Refusal, Result};
use crate::ids::TierId;
use crate::money::Percent;

const TIER: &str = "SELECT id, name, percent_hundredths, created_at_ms, \
     (SELECT COUNT(*) FROM accounts a WHERE a.tier_id = tiers.id) FROM tiers ";

fn read(row: &QueryResult) -> Result<Tier> {
    Ok(Tier {
        id: row.try_get_by_index(0)?,
        name: row.try_get_by_index(1)?,
        percent: row.try_get_by_index(2)?,
        created_at: row.try_get_by_index(3)?,
        accounts: row.try_get_by_index(4)?,
    })
}

pub(in crate::accounts) async fn list(
    on: &impl ConnectionTrait,
    after: TierId,
    limit: usize,
) -> Result<Vec<Tier>> {
    let sql = [TIER, "WHERE id > $1 ORDER BY id LIMIT $2"].concat();
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = query(on, &sql, [after.into(), limit.into()]).await?;
    rows.iter().map(read).collect()
}

/// A tier, locked until the transaction ends.
pub(in crate::accounts) async fn lock(tx: &Tx, id: TierId) -> Result<Option<Tier>> {
    let sql = [TIER, "WHERE id = $1", locked(tx)].concat();
    let rows = query(tx, &sql, [id.into()]).await?;
    rows.first().map(read).transpose()
}

pub(in crate::accounts) async fn named(
    on: &impl ConnectionTrait,
    name: &str,
) -> Result<Option<TierId>> {
    let rows = query(on, "SELECT id FROM tiers WHERE name = $1", [name.into()]).await?;
    let id = rows.first().map(|row| row.try_get_by_index(0));
    Ok(id.transpose()?)
}

/// The tier `id` for an account that is put into it. Refused: [`Refusal::Unknown`].
pub(in crate::accounts) async fn of_account(tx: &Tx, id: TierId) -> Result<TierOfAccount> {
    let sql = "SELECT name, percent_hundredths FROM tiers WHERE id = $1";
    let rows = query(tx, sql, [id.into()]).await?;
    let row = rows.first().ok_or(Refusal::Unknown { what: "tier" })?;
    Ok(TierOfAccount {
        id,
        name: row.try_get_by_index(0)?,
        percent: row.try_get_by_index(1)?,
    })
}

pub(in crate::accounts) async fn insert(
    tx: &Tx,
    now: Time,
    name: &str,
    percent: Percent,
) -> Result<TierId> {
    let sql = "INSERT INTO tiers (name, percent_hundredths, created_at_ms) VALUES ($1, $2, $3) \
               RETURNING id";
    let rows = query(tx, sql, [name.into(), percent.into(), now.into()]).await?;
    let none = || Failure::Stored("a tier was made without an id".to_owned());
    Ok(rows.first().ok_or_else(none)?.try_get_by_index(0)?)
}

pub(in crate::accounts) async fn write(tx: &Tx, tier: &Tier) -> Result<()> {
    let sql = "UPDATE tiers SET name = $1, percent_hundredths = $2 WHERE id = $3";
    let values = [
        tier.name.as_str().into(),
        tier.percent.into(),
        tier.id.into(),
    ];
    execute(tx, sql, values).await?;
    Ok(())
}
