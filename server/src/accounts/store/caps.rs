//! The statements on what was spent under caps.

use std::collections::BTreeMap;

use sea_orm::{QueryResult, TryGetable, Value};

use crate::accounts::spending::{Meter, spent_today};
use crate::clock::Time;
use crate::db::{Rows, Tx, execute, locked, query};
use crate::error::Result;
use crate::ids::{AccountId, KeyId};
use crate::money::Money;

pub(in crate::accounts) async fn of_accounts(
    tx: &Tx,
    now: Time,
    accounts: &[AccountId],
) -> Result<BTreeMap<AccountId, Meter>> {
    const HEAD: &str = "SELECT id, daily_cap_nano, spent_day, spent_nano FROM accounts WHERE id";
    meters(tx, now, HEAD, accounts).await
}

pub(in crate::accounts) async fn of_keys(
    tx: &Tx,
    now: Time,
    keys: &[KeyId],
) -> Result<BTreeMap<KeyId, Meter>> {
    const HEAD: &str = "SELECT id, daily_cap_nano, spent_day, spent_nano FROM api_keys WHERE id";
    meters(tx, now, HEAD, keys).await
}

/// The caps of `ids`, locked in their order until the transaction ends.
async fn meters<Id>(tx: &Tx, now: Time, head: &str, ids: &[Id]) -> Result<BTreeMap<Id, Meter>>
where
    Id: Copy + Ord + Into<Value> + TryGetable,
{
    let mut meters = BTreeMap::new();
    if ids.is_empty() {
        return Ok(meters);
    }
    let rows = Rows::is_in(tx, 0, ids.iter().map(|&id| id.into()));
    let sql = [head, &rows.text, " ORDER BY id", locked(tx)].concat();
    let read = |row: &QueryResult| -> Result<Option<(Id, Meter)>> {
        let Some(cap) = row.try_get_by_index::<Option<Money>>(1)? else {
            return Ok(None);
        };
        let (day, spent) = (row.try_get_by_index(2)?, row.try_get_by_index(3)?);
        let meter = Meter {
            cap,
            spent: spent_today(day, spent, now),
            is_changed: false,
        };
        Ok(Some((row.try_get_by_index(0)?, meter)))
    };
    for row in query(tx, &sql, rows.values).await? {
        meters.extend(read(&row)?);
    }
    Ok(meters)
}

/// Writes what was spent on `day`.
pub(in crate::accounts) async fn write(
    tx: &Tx,
    day: i64,
    accounts: &BTreeMap<AccountId, Meter>,
    keys: &BTreeMap<KeyId, Meter>,
) -> Result<()> {
    const ACCOUNTS: [&str; 2] = [
        "UPDATE accounts SET spent_day = $1, spent_nano = v.column2 FROM ",
        " WHERE accounts.id = v.column1",
    ];
    const KEYS: [&str; 2] = [
        "UPDATE api_keys SET spent_day = $1, spent_nano = v.column2 FROM ",
        " WHERE api_keys.id = v.column1",
    ];
    spent(tx, day, ACCOUNTS, accounts).await?;
    spent(tx, day, KEYS, keys).await
}

async fn spent<Id: Copy + Into<Value>>(
    tx: &Tx,
    day: i64,
    [head, tail]: [&str; 2],
    meters: &BTreeMap<Id, Meter>,
) -> Result<()> {
    let changed = meters.iter().filter(|(_, meter)| meter.is_changed);
    let changed: Vec<[Value; 2]> = changed
        .map(|(&id, meter)| [id.into(), meter.spent.into()])
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    let rows = Rows::table(tx, 1, changed);
    let values = std::iter::once(day.into()).chain(rows.values);
    execute(tx, &[head, &rows.text, tail].concat(), values).await?;
    Ok(())
}
