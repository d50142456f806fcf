//! The statements on `sign_in_networks`.

use sea_orm::ConnectionTrait;

use crate::accounts::known_networks::SignInNetwork;
use crate::accounts::rules::MAX_KNOWN_NETWORKS;
use crate::clock::Time;
use crate::db::{Tx, execute, query};
use crate::error::Result;
use crate::ids::AccountId;

/// Whether the account of this address signed in from `network` after `since`.
pub(in crate::accounts) async fn is_known_to_email(
    on: &impl ConnectionTrait,
    email: &str,
    network: &SignInNetwork,
    since: Time,
) -> Result<bool> {
    let sql = "SELECT 1 FROM accounts a JOIN sign_in_networks n ON n.account_id = a.id \
               WHERE a.email = $1 AND n.network = $2 AND n.last_at_ms > $3";
    let values = [email.into(), network.as_str().into(), since.into()];
    Ok(!query(on, sql, values).await?.is_empty())
}

/// Whether `account` signed in from `network` after `since`.
pub(in crate::accounts) async fn is_known_to(
    on: &impl ConnectionTrait,
    account: AccountId,
    network: &SignInNetwork,
    since: Time,
) -> Result<bool> {
    let sql = "SELECT 1 FROM sign_in_networks \
               WHERE account_id = $1 AND network = $2 AND last_at_ms > $3";
    let values = [account.into(), network.as_str().into(), since.into()];
    Ok(!query(on, sql, values).await?.is_empty())
}

/// Notes that `account` signed in from `network`.
pub(in crate::accounts) async fn note(
    tx: &Tx,
    now: Time,
    account: AccountId,
    network: &SignInNetwork,
) -> Result<()> {
    let sql = "INSERT INTO sign_in_networks (account_id, network, last_at_ms) \
               VALUES ($1, $2, $3) ON CONFLICT (account_id, network) \
               DO UPDATE SET last_at_ms = excluded.last_at_ms";
    let values = [account.into(), network.as_str().into(), now.into()];
    execute(tx, sql, values).await?;
    Ok(())
}

/// Forgets the networks of `account` that were not signed in from after `since`, and all but the
/// latest.
pub(in crate::accounts) async fn forget(tx: &Tx, account: AccountId, since: Time) -> Result<()> {
    let sql = "DELETE FROM sign_in_networks WHERE account_id = $1 AND (last_at_ms <= $2 \
               OR network NOT IN (SELECT network FROM sign_in_networks WHERE account_id = $1 \
               ORDER BY last_at_ms DESC, network LIMIT $3))";
    let values = [account.into(), since.into(), MAX_KNOWN_NETWORKS.into()];
    execute(tx, sql, values).await?;
    Ok(())
}
