//! The statements on `network_blocks`.

use ipnet::IpNet;
use sea_orm::ConnectionTrait;

use crate::abuse::blocks::length_ms;
use crate::clock::Time;
use crate::db::{Tx, execute, locked, query};
use crate::error::Result;
use crate::ids::CaseId;

/// So many blocks are kept in memory at most: those that last longest.
const MOST: i64 = 10_000;

/// Blocks a network, for twice as long as the last time and never longer than `max_ms`; one that is
/// blocked stays as it is.
pub(in crate::abuse) async fn block(
    tx: &Tx,
    now: Time,
    network: IpNet,
    case: CaseId,
    max_ms: i64,
) -> Result<()> {
    let network = network.trunc().to_string();
    let sql = [
        "SELECT until_ms, times FROM network_blocks WHERE network = $1",
        locked(tx),
    ]
    .concat();
    let rows = query(tx, &sql, [network.as_str().into()]).await?;
    let times = match rows.first() {
        Some(row) if row.try_get_by_index::<Time>(0)? > now => return Ok(()),
        Some(row) => row.try_get_by_index::<i64>(1)?.saturating_add(1),
        None => 1,
    };
    let sql = "INSERT INTO network_blocks (network, until_ms, times, case_id) \
               VALUES ($1, $2, $3, $4) ON CONFLICT (network) DO UPDATE \
               SET until_ms = excluded.until_ms, times = excluded.times, case_id = excluded.case_id";
    let until = now.plus_ms(length_ms(times, max_ms));
    let values = [network.into(), until.into(), times.into(), case.into()];
    execute(tx, sql, values).await?;
    Ok(())
}

/// Locks what is known of a network until the transaction ends.
pub(in crate::abuse) async fn lock(tx: &Tx, network: IpNet) -> Result<()> {
    let sql = [
        "SELECT network FROM network_blocks WHERE network = $1",
        locked(tx),
    ]
    .concat();
    query(tx, &sql, [network.trunc().to_string().into()]).await?;
    Ok(())
}

/// Lets a network in again, as if it had never been blocked.
pub(in crate::abuse) async fn lift(tx: &Tx, network: IpNet) -> Result<()> {
    let sql = "DELETE FROM network_blocks WHERE network = $1";
    execute(tx, sql, [network.trunc().to_string().into()]).await?;
    Ok(())
}

pub(in crate::abuse) async fn until(
    on: &impl ConnectionTrait,
    network: IpNet,
) -> Result<Option<Time>> {
    let sql = "SELECT until_ms FROM network_blocks WHERE network = $1";
    let rows = query(on, sql, [network.trunc().to_string().into()]).await?;
    Ok(rows
        .first()
        .map(|row| row.try_get_by_index(0))
        .transpose()?)
}

/// What is blocked at `now`.
pub(in crate::abuse) async fn standing(
    on: &impl ConnectionTrait,
    now: Time,
) -> Result<Vec<(IpNet, Time)>> {
    let sql = "SELECT network, until_ms FROM network_blocks WHERE until_ms > $1 \
               ORDER BY until_ms DESC LIMIT $2";
    let mut blocked = Vec::new();
    for row in query(on, sql, [now.into(), MOST.into()]).await? {
        let network: String = row.try_get_by_index(0)?;
        let until = row.try_get_by_index(1)?;
        // What a person wrote there and is no network blocks nobody.
        blocked.extend(network.parse().ok().map(|network| (network, until)));
    }
    Ok(blocked)
}

/// Forgets blocks that ended before `before`.
pub(in crate::abuse) async fn forget(tx: &Tx, before: Time) -> Result<()> {
    let sql = "DELETE FROM network_blocks WHERE until_ms < $1";
    execute(tx, sql, [before.into()]).await?;
    Ok(())
}
