//! The statements on `suspensions` and `chargebacks`.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, QueryResult};

use super::rules::SuspensionKind;
use super::{Chargeback, Lift, Suspension};
use crate::clock::{Period, Time};
use crate::db::{Rows, Sql, Tx, execute, query};
use crate::error::{Failure, Result};
use crate::ids::{AccountId, ChargebackId, DepositId, OrderId, SuspensionId, TransactionId};
use crate::money::Money;
use crate::wallet;

/// A suspension that is not lifted.
pub(super) struct Open {
    pub(super) id: SuspensionId,
    pub(super) kind: SuspensionKind,
    pub(super) suspended_at: Time,
}

/// The open suspension of an account, whose wallet is locked.
pub(super) async fn open(tx: &Tx, account: AccountId) -> Result<Option<Open>> {
    let sql = "SELECT id, kind, suspended_at_ms FROM suspensions \
               WHERE account_id = $1 AND lifted_at_ms IS NULL";
    let read = |row: &QueryResult| -> Result<Open> {
        Ok(Open {
            id: row.try_get_by_index(0)?,
            kind: row.try_get_by_index(1)?,
            suspended_at: row.try_get_by_index(2)?,
        })
    };
    let rows = query(tx, sql, [account.into()]).await?;
    rows.first().map(read).transpose()
}

pub(super) async fn insert(
    tx: &Tx,
    now: Time,
    account: AccountId,
    kind: SuspensionKind,
    reason: &str,
    by: &str,
    position: TransactionId,
) -> Result<SuspensionId> {
    let sql = "INSERT INTO suspensions (account_id, kind, reason, suspended_by, suspended_at_ms, \
               suspended_position) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";
    let values = [
        account.into(),
        kind.into(),
        reason.into(),
        by.into(),
        now.into(),
        position.into(),
    ];
    id_of(&query(tx, sql, values).await?)
}

/// The number that a row was given.
fn id_of<T: sea_orm::TryGetable>(rows: &[QueryResult]) -> Result<T> {
    let row = rows.first();
    let row = row.ok_or_else(|| Failure::Stored("an inserted row has no number".to_owned()))?;
    Ok(row.try_get_by_index(0)?)
}

pub(super) async fn lift(
    tx: &Tx,
    id: SuspensionId,
    lift: &Lift,
    position: TransactionId,
) -> Result<()> {
    let sql = "UPDATE suspensions SET lifted_by = $1, lift_reason = $2, lifted_at_ms = $3, \
               lifted_position = $4 WHERE id = $5 AND lifted_at_ms IS NULL";
    let values = [
        lift.by.as_str().into(),
        lift.reason.as_str().into(),
        lift.at.into(),
        position.into(),
        id.into(),
    ];
    execute(tx, sql, values).await?;
    Ok(())
}

pub(super) async fn make_permanent(tx: &Tx, id: SuspensionId) -> Result<()> {
    let sql = "UPDATE suspensions SET kind = $1 WHERE id = $2 AND kind <> $1";
    execute(tx, sql, [SuspensionKind::Chargeback.into(), id.into()]).await?;
    Ok(())
}

/// A suspension whose orders are being stopped.
pub(super) struct Stopping {
    pub(super) id: SuspensionId,
    pub(super) account: AccountId,
    pub(super) through: OrderId,
}

/// Up to 100 suspensions whose orders are not all stopped, with numbers above `after`, oldest first.
pub(super) async fn stopping(
    on: &impl ConnectionTrait,
    after: SuspensionId,
) -> Result<Vec<Stopping>> {
    let sql = "SELECT id, account_id, stopped_through FROM suspensions \
               WHERE lifted_at_ms IS NULL AND orders_stopped_at_ms IS NULL AND id > $1 \
               ORDER BY id LIMIT 100";
    let read = |row: &QueryResult| -> Result<Stopping> {
        Ok(Stopping {
            id: row.try_get_by_index(0)?,
            account: row.try_get_by_index(1)?,
            through: row.try_get_by_index(2)?,
        })
    };
    let rows = query(on, sql, [after.into()]).await?;
    rows.iter().map(read).collect()
}

/// Keeps that the orders up to `order` are stopped; gives whether the suspension is still open.
pub(super) async fn stopped_through(tx: &Tx, id: SuspensionId, order: OrderId) -> Result<bool> {
    let sql = "UPDATE suspensions SET stopped_through = $1 WHERE id = $2 AND lifted_at_ms IS NULL";
    Ok(execute(tx, sql, [order.into(), id.into()]).await? == 1)
}

/// Keeps that all orders are stopped; gives whether the suspension is still open.
pub(super) async fn all_stopped(tx: &Tx, id: SuspensionId, now: Time) -> Result<bool> {
    let sql = "UPDATE suspensions SET orders_stopped_at_ms = $1 \
               WHERE id = $2 AND lifted_at_ms IS NULL";
    Ok(execute(tx, sql, [now.into(), id.into()]).await? == 1)
}

const SUSPENSION: &str = "SELECT id, account_id, kind, reason, suspended_by, suspended_at_ms, \
     orders_stopped_at_ms, lifted_by, lift_reason, lifted_at_ms FROM suspensions";

pub(super) async fn view(tx: &Tx, id: SuspensionId) -> Result<Suspension> {
    let rows = query(tx, &[SUSPENSION, " WHERE id = $1"].concat(), [id.into()]).await?;
    let found = suspensions(tx, &rows).await?.into_iter().next();
    Ok(found.ok_or_else(|| Failure::Stored(format!("suspension {id} is missing")))?)
}

pub(super) async fn list(
    on: &impl ConnectionTrait,
    account: Option<AccountId>,
    period: Period,
    before: Option<SuspensionId>,
    limit: usize,
) -> Result<Vec<Suspension>> {
    let mut sql = Sql::new(SUSPENSION);
    sql.value(" WHERE id < ", before.map_or(i64::MAX, |before| before.0));
    sql.within("suspended_at_ms", period);
    end_page(&mut sql, account, limit);
    let rows = query(on, &sql.text, sql.values).await?;
    suspensions(on, &rows).await
}

/// Of one account, if it is given, newest first, at most `limit`.
fn end_page(sql: &mut Sql, account: Option<AccountId>, limit: usize) {
    if let Some(account) = account {
        sql.value(" AND account_id = ", account);
    }
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    sql.value(" ORDER BY id DESC LIMIT ", limit);
}

/// Reads rows of [`SUSPENSION`], each with what is forfeited under it.
async fn suspensions(on: &impl ConnectionTrait, rows: &[QueryResult]) -> Result<Vec<Suspension>> {
    let mut read = Vec::with_capacity(rows.len());
    for row in rows {
        let lifted: Option<Time> = row.try_get_by_index(9)?;
        let text = |index| row.try_get_by_index::<Option<String>>(index);
        let lifted = match lifted {
            Some(at) => Some(Lift {
                by: text(7)?.unwrap_or_default(),
                reason: text(8)?.unwrap_or_default(),
                at,
            }),
            None => None,
        };
        read.push(Suspension {
            id: row.try_get_by_index(0)?,
            account: row.try_get_by_index(1)?,
            kind: row.try_get_by_index(2)?,
            reason: row.try_get_by_index(3)?,
            suspended_by: row.try_get_by_index(4)?,
            suspended_at: row.try_get_by_index(5)?,
            orders_stopped_at: row.try_get_by_index(6)?,
            forfeited: Money::ZERO,
            lifted,
        });
    }
    let ids: Vec<SuspensionId> = read.iter().map(|suspension| suspension.id).collect();
    let forfeited = wallet::forfeited_under(on, &ids).await?;
    for suspension in &mut read {
        suspension.forfeited = forfeited.get(&suspension.id).copied().unwrap_or_default();
    }
    Ok(read)
}

pub(super) async fn is_recorded(tx: &Tx, reference: &str) -> Result<bool> {
    let sql = "SELECT id FROM chargebacks WHERE reference = $1";
    Ok(!query(tx, sql, [reference.into()]).await?.is_empty())
}

/// What of the funds forfeited under a suspension has covered chargebacks.
pub(super) async fn covered(tx: &Tx, suspension: SuspensionId) -> Result<Money> {
    let sql = "SELECT CAST(COALESCE(SUM(covered_nano), 0) AS BIGINT) FROM chargebacks \
               WHERE suspension_id = $1";
    let rows = query(tx, sql, [suspension.into()]).await?;
    let sum = rows.first().map(|row| row.try_get_by_index(0));
    Ok(sum.transpose()?.unwrap_or_default())
}

pub(super) async fn insert_chargeback(tx: &Tx, new: &Chargeback) -> Result<ChargebackId> {
    let sql = "INSERT INTO chargebacks (account_id, suspension_id, reference, amount_nano, \
               covered_nano, shortfall_nano, reason, recorded_by, created_at_ms) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id";
    let values = [
        new.account.into(),
        new.suspension.into(),
        new.reference.as_str().into(),
        new.amount.into(),
        new.covered.into(),
        new.shortfall.into(),
        new.reason.as_str().into(),
        new.recorded_by.as_str().into(),
        new.created_at.into(),
    ];
    id_of(&query(tx, sql, values).await?)
}

pub(super) async fn chargebacks(
    on: &impl ConnectionTrait,
    account: Option<AccountId>,
    period: Period,
    before: Option<ChargebackId>,
    limit: usize,
) -> Result<Vec<Chargeback>> {
    const CHARGEBACK: &str = "SELECT id, account_id, suspension_id, reference, amount_nano, \
        covered_nano, shortfall_nano, reason, recorded_by, created_at_ms FROM chargebacks";
    let mut sql = Sql::new(CHARGEBACK);
    sql.value(" WHERE id < ", before.map_or(i64::MAX, |before| before.0));
    sql.within("created_at_ms", period);
    end_page(&mut sql, account, limit);
    let rows = query(on, &sql.text, sql.values).await?;
    let read = |row: &QueryResult| {
        Ok(Chargeback {
            id: row.try_get_by_index(0)?,
            account: row.try_get_by_index(1)?,
            suspension: row.try_get_by_index(2)?,
            reference: row.try_get_by_index(3)?,
            amount: row.try_get_by_index(4)?,
            covered: row.try_get_by_index(5)?,
            shortfall: row.try_get_by_index(6)?,
            reason: row.try_get_by_index(7)?,
            recorded_by: row.try_get_by_index(8)?,
            created_at: row.try_get_by_index(9)?,
            orders: Vec::new(),
            deposits: Vec::new(),
        })
    };
    rows.iter().map(read).collect()
}

/// Writes what a chargeback is about.
pub(super) async fn insert_subjects(tx: &Tx, of: &Chargeback) -> Result<()> {
    let orders = of.orders.iter().map(|&order| (Some(order), None));
    let deposits = of.deposits.iter().map(|&deposit| (None, Some(deposit)));
    let subjects: Vec<(Option<OrderId>, Option<DepositId>)> = orders.chain(deposits).collect();
    for (order, deposit) in subjects {
        let sql = "INSERT INTO chargeback_subjects (chargeback_id, order_id, deposit_id) \
                   VALUES ($1, $2, $3)";
        execute(tx, sql, [of.id.into(), order.into(), deposit.into()]).await?;
    }
    Ok(())
}

/// Reads what `chargebacks` are about.
pub(super) async fn read_subjects(
    on: &impl ConnectionTrait,
    chargebacks: &mut [Chargeback],
) -> Result<()> {
    let ids = chargebacks.iter().map(|chargeback| chargeback.id.into());
    let ids = Rows::is_in(on, 0, ids);
    let sql = [
        "SELECT chargeback_id, order_id, deposit_id FROM chargeback_subjects WHERE chargeback_id",
        &ids.text,
        " ORDER BY id",
    ]
    .concat();
    let mut orders: HashMap<ChargebackId, Vec<OrderId>> = HashMap::new();
    let mut deposits: HashMap<ChargebackId, Vec<DepositId>> = HashMap::new();
    for row in query(on, &sql, ids.values).await? {
        let id: ChargebackId = row.try_get_by_index(0)?;
        let order: Option<OrderId> = row.try_get_by_index(1)?;
        let deposit: Option<DepositId> = row.try_get_by_index(2)?;
        orders.entry(id).or_default().extend(order);
        deposits.entry(id).or_default().extend(deposit);
    }
    for chargeback in chargebacks {
        chargeback.orders = orders.remove(&chargeback.id).unwrap_or_default();
        chargeback.deposits = deposits.remove(&chargeback.id).unwrap_or_default();
    }
    Ok(())
}
