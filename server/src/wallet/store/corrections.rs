//! The statements on `corrections`, and on the credits that they take from.

use sea_orm::{ConnectionTrait, QueryResult};

use crate::clock::Period;
use crate::db::{Sql, Tx, execute, query};
use crate::error::Result;
use crate::ids::{AccountId, TransactionId};
use crate::money::Money;
use crate::wallet::GivenCredit;
use crate::wallet::ledger::Book;

pub(in crate::wallet) async fn insert(
    tx: &Tx,
    transaction: TransactionId,
    credit: TransactionId,
    account: AccountId,
    amount: Money,
) -> Result<()> {
    let sql = "INSERT INTO corrections (transaction_id, credit_id, account_id, amount_nano) \
               VALUES ($1, $2, $3, $4)";
    let values = [
        transaction.into(),
        credit.into(),
        account.into(),
        amount.into(),
    ];
    execute(tx, sql, values).await?;
    Ok(())
}

/// What was taken back of a credit.
pub(in crate::wallet) async fn taken(
    on: &impl ConnectionTrait,
    credit: TransactionId,
) -> Result<Money> {
    let sql = "SELECT CAST(COALESCE(SUM(amount_nano), 0) AS BIGINT) AS taken FROM corrections \
               WHERE credit_id = $1";
    let rows = query(on, sql, [credit.into()]).await?;
    let taken = rows.first().map(|row| row.try_get("", "taken"));
    Ok(taken.transpose()?.unwrap_or_default())
}

pub(in crate::wallet) async fn credits(
    on: &impl ConnectionTrait,
    account: AccountId,
    created: Period,
    after: TransactionId,
    limit: usize,
) -> Result<Vec<GivenCredit>> {
    let mut sql = Sql::new(
        "SELECT t.id, t.reference, t.note, e.amount_nano, t.created_at_ms, \
         (SELECT CAST(COALESCE(SUM(x.amount_nano), 0) AS BIGINT) FROM corrections x \
         WHERE x.credit_id = t.id) AS corrected \
         FROM ledger_entries e JOIN ledger_transactions t ON t.id = e.transaction_id \
         WHERE e.side = 'credit' AND t.kind = 'adjustment' AND ((e.account = ",
    );
    // The bounds are those of the indexes of the ledger's accounts.
    sql.value("", Book::Wallet(account).name());
    sql.text(" AND e.account >= 'wallet:' AND e.account < 'wallet;')");
    sql.value(" OR (e.account = ", Book::SuspendedDeposit(account).name());
    sql.text(" AND e.account >= 'suspense:' AND e.account < 'suspense;'))");
    sql.value(" AND e.transaction_id > ", after);
    sql.within("t.created_at_ms", created);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    sql.value(" ORDER BY e.transaction_id LIMIT ", limit);
    let rows = query(on, &sql.text, sql.values).await?;
    rows.iter().map(read).collect()
}

fn read(row: &QueryResult) -> Result<GivenCredit> {
    let reference: String = row.try_get("", "reference")?;
    let named = reference.strip_prefix("adjustment:");
    Ok(GivenCredit {
        transaction: row.try_get("", "id")?,
        reference: named.unwrap_or(&reference).to_owned(),
        reason: row
            .try_get::<Option<String>>("", "note")?
            .unwrap_or_default(),
        amount: row.try_get("", "amount_nano")?,
        corrected: row.try_get("", "corrected")?,
        created_at: row.try_get("", "created_at_ms")?,
    })
}
