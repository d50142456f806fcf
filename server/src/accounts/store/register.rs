//! The statements on `accounts` as operators see and change them.

use sea_orm::{ConnectionTrait, QueryResult};

use crate::accounts::names::Name;
use crate::accounts::register::{Account, Search, TierOfAccount};
use crate::db::{Sql, Tx, execute, locked, query};
use crate::error::Result;
use crate::ids::{AccountId, TierId};

const ACCOUNT: &str = "SELECT a.id, a.name, a.email, a.role, a.suspended_at_ms, a.created_at_ms, \
     a.daily_cap_nano, w.balance_nano, (SELECT COUNT(*) FROM api_keys k \
     WHERE k.account_id = a.id AND k.revoked_at_ms IS NULL), t.id, t.name, t.percent_hundredths, \
     a.automatic_refills, a.limits, a.held_at_ms, a.removed_at_ms \
     FROM accounts a LEFT JOIN tiers t ON t.id = a.tier_id \
     LEFT JOIN wallets w ON w.account_id = a.id ";

fn read(row: &QueryResult) -> Result<Account> {
    let tier = match row.try_get_by_index::<Option<TierId>>(9)? {
        Some(id) => Some(TierOfAccount {
            id,
            name: row.try_get_by_index(10)?,
            percent: row.try_get_by_index(11)?,
        }),
        None => None,
    };
    Ok(Account {
        id: row.try_get_by_index(0)?,
        name: row.try_get_by_index(1)?,
        email: row.try_get_by_index(2)?,
        role: row.try_get_by_index(3)?,
        suspended_at: row.try_get_by_index(4)?,
        created_at: row.try_get_by_index(5)?,
        daily_cap: row.try_get_by_index(6)?,
        balance: row.try_get_by_index(7)?,
        keys: row.try_get_by_index(8)?,
        tier,
        automatic_refills: row.try_get_by_index(12)?,
        limits: row.try_get_by_index(13)?,
        held_at: row.try_get_by_index(14)?,
        removed_at: row.try_get_by_index(15)?,
    })
}

pub(in crate::accounts) async fn account(
    on: &impl ConnectionTrait,
    id: AccountId,
) -> Result<Option<Account>> {
    let rows = query(on, &[ACCOUNT, "WHERE a.id = $1"].concat(), [id.into()]).await?;
    rows.first().map(read).transpose()
}

pub(in crate::accounts) async fn list(
    on: &impl ConnectionTrait,
    search: &Search,
    after: AccountId,
    limit: usize,
) -> Result<Vec<Account>> {
    let mut sql = Sql::new(ACCOUNT);
    sql.value("WHERE a.id > ", after);
    if let Some(text) = &search.text {
        sql.text(" AND (");
        sql.contains("a.name", text);
        sql.text(" OR ");
        sql.contains("COALESCE(a.email, '')", text);
        if let Ok(id) = text.parse::<i64>() {
            sql.value(" OR a.id = ", id);
        }
        sql.text(")");
    }
    if let Some(role) = search.role {
        sql.value(" AND a.role = ", role);
    }
    match search.suspended {
        Some(true) => sql.text(" AND a.suspended_at_ms IS NOT NULL"),
        Some(false) => sql.text(" AND a.suspended_at_ms IS NULL"),
        None => {}
    }
    sql.within("a.created_at_ms", search.created);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    sql.value(" ORDER BY a.id LIMIT ", limit);
    let rows = query(on, &sql.text, sql.values).await?;
    rows.iter().map(read).collect()
}

/// Locks an account until the transaction ends, so that what is told of before stays true.
pub(crate) async fn lock(tx: &Tx, id: AccountId) -> Result<()> {
    let sql = ["SELECT id FROM accounts WHERE id = $1", locked(tx)].concat();
    query(tx, &sql, [id.into()]).await?;
    Ok(())
}

/// Writes what can be changed of an account, its name only if there is a new one.
pub(in crate::accounts) async fn write(
    tx: &Tx,
    account: &Account,
    new_name: Option<&Name>,
) -> Result<()> {
    if let Some(name) = new_name {
        let sql = "UPDATE accounts SET name = $1, name_key = $2, name_skeleton = $3 WHERE id = $4";
        let values = [
            name.text.as_str().into(),
            name.key.as_str().into(),
            name.skeleton.as_str().into(),
            account.id.into(),
        ];
        execute(tx, sql, values).await?;
    }
    let sql = "UPDATE accounts SET tier_id = $1, daily_cap_nano = $2, automatic_refills = $3, \
               limits = $4 WHERE id = $5";
    let values = [
        account.tier.as_ref().map(|tier| tier.id).into(),
        account.daily_cap.into(),
        account.automatic_refills.into(),
        account.limits.into(),
        account.id.into(),
    ];
    execute(tx, sql, values).await?;
    Ok(())
}
