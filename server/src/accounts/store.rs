//! The statements on `accounts`, `api_keys`, `sessions`, `tiers`, `notices` and `imported_accounts`: here
//! those that create and find accounts, in `callers` those that authenticate.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryResult};

use super::names::{Name, skeleton_of};
use super::spending::spent_today;
use super::{Account, Email};
use crate::actor::Role;
use crate::clock::Time;
use crate::db::{Db, Rows, Tx, execute, query};
use crate::entity::account;
use crate::error::Result;
use crate::ids::AccountId;
use crate::money::Percent;

pub(super) mod attempts;
pub(super) mod callers;
pub(super) mod caps;
pub(super) mod imported;
pub(super) mod keys;
pub(super) mod links;
pub(super) mod measures;
pub(super) mod names;
pub(super) mod networks;
pub(super) mod notices;
pub(super) mod people;
pub(super) mod register;
pub(super) mod staffing;
pub(super) mod tiers;
pub(super) mod uses;

/// What placing an order has to know of whoever orders.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Buyer {
    /// A person suspended the account.
    pub(crate) is_suspended: bool,
    /// Its new orders wait for a person before they are sent.
    pub(crate) is_held: bool,
    /// What its tier adds to the catalogue's rates.
    pub(crate) percent: Percent,
}

/// Whoever orders, as they are at this moment of the transaction.
pub(crate) async fn buyers_in_tx(
    tx: &Tx,
    accounts: &[AccountId],
) -> Result<HashMap<AccountId, Buyer>> {
    let ids = Rows::is_in(tx, 0, accounts.iter().map(|&id| id.into()));
    let sql = [
        "SELECT a.id, a.suspended_at_ms, COALESCE(t.percent_hundredths, 0), a.held_at_ms \
         FROM accounts a \
         LEFT JOIN tiers t ON t.id = a.tier_id WHERE a.id",
        &ids.text,
    ]
    .concat();
    let mut buyers = HashMap::with_capacity(accounts.len());
    for row in query(tx, &sql, ids.values).await? {
        let buyer = Buyer {
            is_suspended: row.try_get_by_index::<Option<Time>>(1)?.is_some(),
            is_held: row.try_get_by_index::<Option<Time>>(3)?.is_some(),
            percent: row.try_get_by_index(2)?,
        };
        buyers.insert(row.try_get_by_index(0)?, buyer);
    }
    Ok(buyers)
}

/// The role of an account, if there is one that was not removed.
pub(crate) async fn role_of(on: &impl ConnectionTrait, account: AccountId) -> Result<Option<Role>> {
    let sql = "SELECT role FROM accounts WHERE id = $1 AND removed_at_ms IS NULL";
    let rows = query(on, sql, [account.into()]).await?;
    let role = rows
        .first()
        .map(|row| row.try_get("", "role"))
        .transpose()?;
    Ok(role)
}

/// Inserts an account, perhaps with an address and the hash of a password to sign in with; `None`
/// if its name or address is taken.
pub(super) async fn insert(
    tx: &Tx,
    now: Time,
    role: Role,
    name: &Name,
    email: Option<&Email>,
    password_hash: Option<&str>,
) -> Result<Option<AccountId>> {
    let sql = "INSERT INTO accounts (role, name, name_key, name_skeleton, email, email_skeleton, \
               password_hash, created_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
               ON CONFLICT DO NOTHING RETURNING id";
    let values = [
        role.into(),
        name.text.as_str().into(),
        name.key.as_str().into(),
        name.skeleton.as_str().into(),
        email.map(Email::as_str).into(),
        email.map(|email| skeleton_of(email.as_str())).into(),
        password_hash.into(),
        now.into(),
    ];
    let rows = query(tx, sql, values).await?;
    let id = rows
        .first()
        .map(|row| row.try_get_by_index(0))
        .transpose()?;
    Ok(id)
}

const ACCOUNT: &str = "SELECT a.id, a.name, a.role, a.email, a.created_at_ms, a.suspended_at_ms, \
     a.totp_confirmed_at_ms, t.name, a.daily_cap_nano, a.spent_day, a.spent_nano, \
     a.automatic_refills FROM accounts a LEFT JOIN tiers t ON t.id = a.tier_id WHERE ";

pub(super) async fn read(db: &Db, now: Time, account: AccountId) -> Result<Option<Account>> {
    let rows = query(
        db.read(),
        &[ACCOUNT, "a.id = $1"].concat(),
        [account.into()],
    )
    .await?;
    rows.first().map(|row| account_of(row, now)).transpose()
}

/// The accounts of customers whose name or address has `part` in it, by number.
pub(super) async fn search(db: &Db, now: Time, part: &str, limit: u64) -> Result<Vec<Account>> {
    let like = "a.role = 'reseller' AND (LOWER(a.name) LIKE $1 ESCAPE '\\' \
                OR LOWER(a.email) LIKE $1 ESCAPE '\\') ORDER BY a.id LIMIT $2";
    let mut pattern = String::from("%");
    for c in part.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = query(
        db.read(),
        &[ACCOUNT, like].concat(),
        [pattern.into(), limit.into()],
    )
    .await?;
    rows.iter().map(|row| account_of(row, now)).collect()
}

fn account_of(row: &QueryResult, now: Time) -> Result<Account> {
    let (day, spent) = (row.try_get_by_index(9)?, row.try_get_by_index(10)?);
    Ok(Account {
        id: row.try_get_by_index(0)?,
        name: row.try_get_by_index(1)?,
        role: row.try_get_by_index(2)?,
        email: row.try_get_by_index(3)?,
        created_at: row.try_get_by_index(4)?,
        suspended_at: row.try_get_by_index(5)?,
        has_totp: row.try_get_by_index::<Option<Time>>(6)?.is_some(),
        tier: row.try_get_by_index(7)?,
        daily_cap: row.try_get_by_index(8)?,
        spent_today: spent_today(day, spent, now),
        automatic_refills: row.try_get_by_index(11)?,
    })
}

/// Marks the account as suspended since `since`, or as not suspended. Whoever places orders reads it
/// after the wallet's lock, so the wallet must be locked here.
pub(crate) async fn set_suspended_in_tx(
    tx: &Tx,
    account: AccountId,
    since: Option<Time>,
) -> Result<()> {
    account::Entity::update_many()
        .col_expr(account::Column::SuspendedAtMs, since.into())
        .filter(account::Column::Id.eq(account))
        .exec(tx)
        .await?;
    Ok(())
}

/// Revokes every key of the account and ends its sessions, the links by which a password of it can be
/// chosen, and what was asked for its address; gives how many keys there were.
pub(crate) async fn shut_out_in_tx(tx: &Tx, now: Time, account: AccountId) -> Result<u64> {
    let values = || [now.into(), account.into()];
    let sql = "UPDATE api_keys SET revoked_at_ms = $1 WHERE account_id = $2 \
               AND revoked_at_ms IS NULL";
    let keys = execute(tx, sql, values()).await?;
    let sql = "UPDATE sessions SET ended_at_ms = $1 WHERE account_id = $2 AND ended_at_ms IS NULL";
    execute(tx, sql, values()).await?;
    links::end_what_waits(tx, now, account).await?;
    Ok(keys)
}
