//! The statements on what names of `accounts` are compared by.

use sea_orm::{ConnectionTrait, QueryResult};

use crate::accounts::names::Name;
use crate::accounts::naming::Named;
use crate::db::{Tx, execute, locked, query};
use crate::error::Result;
use crate::ids::AccountId;

const NAMED: &str = "SELECT id, name, email, role, name_skeleton IS NOT NULL FROM accounts ";

/// So many accounts that look alike are told at most.
const MOST: i64 = 20;

fn read(row: &QueryResult) -> Result<Named> {
    Ok(Named {
        id: row.try_get_by_index(0)?,
        name: row.try_get_by_index(1)?,
        email: row.try_get_by_index(2)?,
        role: row.try_get_by_index(3)?,
        is_keyed: row.try_get_by_index(4)?,
    })
}

/// The account of this number.
pub(in crate::accounts) async fn one(
    on: &impl ConnectionTrait,
    id: AccountId,
) -> Result<Option<Named>> {
    let rows = query(on, &[NAMED, "WHERE id = $1"].concat(), [id.into()]).await?;
    rows.first().map(read).transpose()
}

/// The accounts whose name or address looks like `name`, and the one of this number, by number.
pub(in crate::accounts) async fn alike(
    on: &impl ConnectionTrait,
    name: &Name,
    id: Option<AccountId>,
) -> Result<Vec<Named>> {
    const WHICH: &str = "WHERE name_skeleton = $1 OR email_skeleton = $1 OR id = $2 \
         ORDER BY id LIMIT $3";
    let id = id.unwrap_or_default();
    let values = [name.skeleton.as_str().into(), id.into(), MOST.into()];
    let rows = query(on, &[NAMED, WHICH].concat(), values).await?;
    rows.iter().map(read).collect()
}

/// Whether an account was written without what its name is compared by.
pub(in crate::accounts) async fn is_any_unkeyed(on: &impl ConnectionTrait) -> Result<bool> {
    let sql = "SELECT 1 FROM accounts WHERE name_skeleton IS NULL LIMIT 1";
    Ok(!query(on, sql, []).await?.is_empty())
}

/// Keeps other servers from doing the same until the transaction ends.
pub(in crate::accounts) async fn lock_panel(tx: &Tx) -> Result<()> {
    let sql = ["SELECT id FROM panel", locked(tx)].concat();
    query(tx, &sql, []).await?;
    Ok(())
}

/// Every account, by number.
pub(in crate::accounts) async fn all(tx: &Tx) -> Result<Vec<Named>> {
    let rows = query(tx, &[NAMED, "ORDER BY id"].concat(), []).await?;
    rows.iter().map(read).collect()
}

/// Writes what an account's name and address are compared by; of several accounts with one name, the
/// first alone has its key.
pub(in crate::accounts) async fn key(
    tx: &Tx,
    id: AccountId,
    name: &Name,
    email_skeleton: Option<&str>,
    is_first: bool,
) -> Result<()> {
    let sql = "UPDATE accounts SET name_key = $1, name_skeleton = $2, email_skeleton = $3 \
               WHERE id = $4";
    let values = [
        is_first.then_some(name.key.as_str()).into(),
        name.skeleton.as_str().into(),
        email_skeleton.into(),
        id.into(),
    ];
    execute(tx, sql, values).await?;
    Ok(())
}
