//! The statements on `deposits` and `deposit_credits`.

use sea_orm::{ConnectionTrait, QueryResult};

use super::rules::{Asked, DepositStatus};
use super::{Deposit, Search};
use crate::clock::Time;
use crate::db::{Sql, Tx, execute, locked, query, skip_locked};
use crate::error::{Failure, Result};
use crate::gateway::{GatewayName, Invoice};
use crate::ids::{AccountId, DepositId, PaymentId, TransactionId};
use crate::money::Money;

pub(super) mod payments;
pub(super) mod reviews;

const DEPOSIT: &str = "SELECT id, account_id, gateway, reference, amount_nano, coin, coin_estimate, \
     coin_minimum, invoice_id, invoice_url, status, credited_nano, created_at_ms FROM deposits";

fn read(row: &QueryResult) -> Result<Deposit> {
    Ok(Deposit {
        id: row.try_get_by_index(0)?,
        account: row.try_get_by_index(1)?,
        gateway: row.try_get_by_index(2)?,
        reference: row.try_get_by_index(3)?,
        amount: row.try_get_by_index(4)?,
        coin: row.try_get_by_index(5)?,
        coin_estimate: row.try_get_by_index(6)?,
        coin_minimum: row.try_get_by_index(7)?,
        invoice: row.try_get_by_index(8)?,
        invoice_url: row.try_get_by_index(9)?,
        status: row.try_get_by_index(10)?,
        credited: row.try_get_by_index(11)?,
        created_at: row.try_get_by_index(12)?,
    })
}

/// The number that a row was given.
pub(super) fn id_of<T: sea_orm::TryGetable>(rows: &[QueryResult]) -> Result<T> {
    let none = || Failure::Stored("a row was written without an id".to_owned());
    Ok(rows.first().ok_or_else(none)?.try_get_by_index(0)?)
}

/// Writes a new deposit, whose number is given.
pub(super) async fn insert(tx: &Tx, new: &Deposit, look_at: Option<Time>) -> Result<DepositId> {
    let sql = "INSERT INTO deposits (account_id, gateway, reference, amount_nano, coin, \
               coin_estimate, coin_minimum, status, created_at_ms, look_at_ms) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id";
    let values = [
        new.account.into(),
        new.gateway.into(),
        new.reference.as_str().into(),
        new.amount.into(),
        new.coin.clone().into(),
        new.coin_estimate.clone().into(),
        new.coin_minimum.clone().into(),
        new.status.into(),
        new.created_at.into(),
        look_at.into(),
    ];
    id_of(&query(tx, sql, values).await?)
}

pub(super) async fn set_invoice(tx: &Tx, id: DepositId, invoice: &Invoice) -> Result<()> {
    let sql = "UPDATE deposits SET invoice_id = $1, invoice_url = $2 WHERE id = $3";
    let values = [
        invoice.id.as_str().into(),
        invoice.url.as_str().into(),
        id.into(),
    ];
    execute(tx, sql, values).await?;
    Ok(())
}

/// Writes where a deposit stands.
pub(super) async fn set_status(tx: &Tx, id: DepositId, status: DepositStatus) -> Result<()> {
    let sql = "UPDATE deposits SET status = $1 WHERE id = $2";
    execute(tx, sql, [status.into(), id.into()]).await?;
    Ok(())
}

/// Writes when payments to a deposit are looked for again, if at all.
pub(super) async fn set_look(tx: &Tx, id: DepositId, at: Option<Time>) -> Result<()> {
    let sql = "UPDATE deposits SET look_at_ms = $1 WHERE id = $2";
    execute(tx, sql, [at.into(), id.into()]).await?;
    Ok(())
}

/// How many deposits of an account wait for their payment.
pub(super) async fn waiting(on: &impl ConnectionTrait, account: AccountId) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM deposits WHERE account_id = $1 AND look_at_ms IS NOT NULL \
               AND status = $2";
    let values = [account.into(), DepositStatus::Waiting.into()];
    let rows = query(on, sql, values).await?;
    Ok(rows.first().map_or(Ok(0), |row| row.try_get_by_index(0))?)
}

/// A deposit; of `account` only, if it is named.
pub(super) async fn deposit(
    on: &impl ConnectionTrait,
    id: DepositId,
    account: Option<AccountId>,
) -> Result<Option<Deposit>> {
    let mut sql = Sql::new(DEPOSIT);
    sql.value(" WHERE id = ", id);
    if let Some(account) = account {
        sql.value(" AND account_id = ", account);
    }
    let rows = query(on, &sql.text, sql.values).await?;
    rows.first().map(read).transpose()
}

/// A deposit, locked until the transaction ends.
pub(super) async fn lock(tx: &Tx, id: DepositId) -> Result<Option<Deposit>> {
    let sql = [DEPOSIT, " WHERE id = $1", locked(tx)].concat();
    let rows = query(tx, &sql, [id.into()]).await?;
    rows.first().map(read).transpose()
}

/// The deposit that a gateway knows by `reference`.
pub(super) async fn named(
    on: &impl ConnectionTrait,
    gateway: GatewayName,
    reference: &str,
) -> Result<Option<DepositId>> {
    let sql = "SELECT id FROM deposits WHERE gateway = $1 AND reference = $2";
    let rows = query(on, sql, [gateway.into(), reference.into()]).await?;
    Ok(rows
        .first()
        .map(|row| row.try_get_by_index(0))
        .transpose()?)
}

/// The deposits that `search` is about, newest first, below `before`, at most `limit`.
pub(super) async fn list(
    on: &impl ConnectionTrait,
    search: Search,
    before: Option<DepositId>,
    limit: usize,
) -> Result<Vec<Deposit>> {
    let mut sql = Sql::new(DEPOSIT);
    sql.text(" WHERE 1 = 1");
    if let Some(account) = search.account {
        sql.value(" AND account_id = ", account);
    }
    if let Some(status) = search.status {
        sql.value(" AND status = ", status);
    }
    sql.within("created_at_ms", search.created);
    if let Some(before) = before {
        sql.value(" AND id < ", before);
    }
    sql.value(
        " ORDER BY id DESC LIMIT ",
        i64::try_from(limit).unwrap_or(i64::MAX),
    );
    let rows = query(on, &sql.text, sql.values).await?;
    rows.iter().map(read).collect()
}

/// Deposits whose payments are to be looked for at `now`, locked; rows that another server works on
/// are skipped.
pub(super) async fn due(tx: &Tx, now: Time, limit: i64) -> Result<Vec<Deposit>> {
    let sql = [
        DEPOSIT,
        " WHERE look_at_ms <= $1 ORDER BY look_at_ms, id LIMIT $2",
        skip_locked(tx),
    ]
    .concat();
    let rows = query(tx, &sql, [now.into(), limit.into()]).await?;
    rows.iter().map(read).collect()
}

/// Whether there are any.
pub(super) async fn is_due(on: &impl ConnectionTrait, now: Time) -> Result<bool> {
    let sql = "SELECT id FROM deposits WHERE look_at_ms <= $1 LIMIT 1";
    Ok(!query(on, sql, [now.into()]).await?.is_empty())
}

/// A credit about to be written.
pub(super) struct NewCredit<'a> {
    pub(super) deposit: DepositId,
    /// None for what a person has seen arrive.
    pub(super) payment: Option<PaymentId>,
    pub(super) number: i64,
    pub(super) amount: Money,
    pub(super) transaction: TransactionId,
    /// Who decided it, and why, if a person did.
    pub(super) decided: Option<(&'a str, &'a str)>,
}

/// Writes a credit, and counts it with its deposit and its payment.
pub(super) async fn insert_credit(tx: &Tx, now: Time, new: &NewCredit<'_>) -> Result<()> {
    let sql = "INSERT INTO deposit_credits (deposit_id, payment_id, number, amount_nano, \
               ledger_transaction_id, decided_by, reason, created_at_ms) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = [
        new.deposit.into(),
        new.payment.into(),
        new.number.into(),
        new.amount.into(),
        new.transaction.into(),
        new.decided.map(|(by, _)| by.to_owned()).into(),
        new.decided.map(|(_, reason)| reason.to_owned()).into(),
        now.into(),
    ];
    execute(tx, sql, values).await?;
    let sql = "UPDATE deposits SET credited_nano = credited_nano + $1 WHERE id = $2";
    execute(tx, sql, [new.amount.into(), new.deposit.into()]).await?;
    if let Some(payment) = new.payment {
        let sql = "UPDATE payments SET credited_nano = credited_nano + $1, credits = credits + 1 \
                   WHERE id = $2";
        execute(tx, sql, [new.amount.into(), payment.into()]).await?;
    }
    Ok(())
}

impl Deposit {
    /// What payments of it are compared with.
    pub(super) fn asked(&self) -> Asked {
        Asked {
            reference: self.reference.clone(),
            amount: self.amount,
            coin: self.coin.clone(),
            invoice: self.invoice.clone(),
        }
    }
}
