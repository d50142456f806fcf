//! The statements on `wallets`.

use std::collections::{BTreeMap, HashMap};

use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QueryResult, QuerySelect,
};

use super::ledger::Book;
use super::{Movement, Recorded, StatementLine};
use crate::db::{Db, Rows, Tx, execute, insert_all, query};
use crate::entity::{ledger_entry, ledger_transaction, wallet};
use crate::error::{Failure, Result};
use crate::ids::{AccountId, SuspensionId, TransactionId};
use crate::money::Money;

pub(super) mod corrections;

pub(super) async fn open(tx: &Tx, account: AccountId) -> Result<()> {
    wallet::ActiveModel {
        account_id: Set(account),
        balance_nano: Set(Money::ZERO),
    }
    .insert(tx)
    .await?;
    Ok(())
}

pub(super) async fn open_all(tx: &Tx, accounts: &[AccountId]) -> Result<()> {
    let wallets = accounts.iter().map(|&account| wallet::ActiveModel {
        account_id: Set(account),
        balance_nano: Set(Money::ZERO),
    });
    Ok(insert_all(tx, wallets.collect()).await?)
}

/// Which of these references a transaction of this kind has.
pub(super) async fn posted_of(
    on: &impl ConnectionTrait,
    kind: &str,
    references: &[String],
) -> Result<Vec<String>> {
    let among = Rows::is_in(on, 1, references.iter().map(|one| one.as_str().into()));
    let sql = [
        "SELECT reference FROM ledger_transactions WHERE kind = $1 AND reference",
        &among.text,
    ]
    .concat();
    let values = std::iter::once(kind.into()).chain(among.values);
    let rows = query(on, &sql, values).await?;
    rows.iter()
        .map(|row| Ok(row.try_get("", "reference")?))
        .collect()
}

/// The references that begin with `prefix`, with what each brought into a wallet.
pub(super) async fn credits_like(
    on: &impl ConnectionTrait,
    kind: &str,
    prefix: &str,
) -> Result<Vec<(String, Money)>> {
    let sql = "SELECT t.reference, e.amount_nano FROM ledger_transactions t JOIN ledger_entries e \
               ON e.transaction_id = t.id WHERE t.kind = $1 AND t.reference LIKE $2 \
               AND e.side = 'credit'";
    let rows = query(on, sql, [kind.into(), [prefix, "%"].concat().into()]).await?;
    rows.iter()
        .map(|row| {
            Ok((
                row.try_get("", "reference")?,
                row.try_get("", "amount_nano")?,
            ))
        })
        .collect()
}

pub(super) async fn lock_balances(
    tx: &Tx,
    accounts: &[AccountId],
) -> Result<HashMap<AccountId, Money>> {
    let wallets = wallet::Entity::find()
        .filter(wallet::Column::AccountId.is_in(accounts.iter().copied()))
        .order_by_asc(wallet::Column::AccountId)
        .lock(LockType::NoKeyUpdate)
        .all(tx)
        .await?;
    Ok(wallets
        .into_iter()
        .map(|w| (w.account_id, w.balance_nano))
        .collect())
}

pub(super) async fn balance(on: &impl ConnectionTrait, account: AccountId) -> Result<Money> {
    let found = wallet::Entity::find_by_id(account).one(on).await?;
    let gone = || Failure::Stored(format!("account {account} has no wallet"));
    Ok(found.ok_or_else(gone)?.balance_nano)
}

/// Takes each sum from its wallet, if every wallet covers its own.
pub(super) async fn debit(tx: &Tx, sums: &BTreeMap<AccountId, Money>) -> Result<()> {
    const HEAD: &str = "UPDATE wallets SET balance_nano = balance_nano - v.column2 FROM ";
    const TAIL: &str = " WHERE wallets.account_id = v.column1 \
                        AND wallets.balance_nano >= v.column2";
    change(tx, sums, HEAD, TAIL).await
}

/// Adds each sum to its wallet.
pub(super) async fn credit(tx: &Tx, sums: &BTreeMap<AccountId, Money>) -> Result<()> {
    const HEAD: &str = "UPDATE wallets SET balance_nano = balance_nano + v.column2 FROM ";
    const TAIL: &str = " WHERE wallets.account_id = v.column1";
    change(tx, sums, HEAD, TAIL).await
}

async fn change(tx: &Tx, sums: &BTreeMap<AccountId, Money>, head: &str, tail: &str) -> Result<()> {
    if sums.is_empty() {
        return Ok(());
    }
    let rows = Rows::table(
        tx,
        0,
        sums.iter()
            .map(|(&account, &sum)| [account.into(), sum.into()]),
    );
    let changed = execute(tx, &[head, &rows.text, tail].concat(), rows.values).await?;
    if u64::try_from(sums.len()).is_ok_and(|expected| expected == changed) {
        Ok(())
    } else {
        let expected = sums.len();
        Err(Failure::Stored(format!("{changed} of {expected} wallets could be changed")).into())
    }
}

pub(super) async fn is_posted(
    on: &impl ConnectionTrait,
    kind: &str,
    reference: &str,
) -> Result<bool> {
    let found = ledger_transaction::Entity::find()
        .filter(ledger_transaction::Column::Kind.eq(kind))
        .filter(ledger_transaction::Column::Reference.eq(reference))
        .count(on)
        .await?;
    Ok(found > 0)
}

/// The transaction of this kind and reference with its entries, if there is one.
pub(super) async fn recorded(
    on: &impl ConnectionTrait,
    kind: &str,
    reference: &str,
) -> Result<Option<Recorded>> {
    let found = ledger_transaction::Entity::find()
        .filter(ledger_transaction::Column::Kind.eq(kind))
        .filter(ledger_transaction::Column::Reference.eq(reference))
        .one(on)
        .await?;
    with_entries(on, found).await
}

/// The transaction of this number with its entries, if there is one.
pub(super) async fn recorded_by_id(
    on: &impl ConnectionTrait,
    id: TransactionId,
) -> Result<Option<Recorded>> {
    let found = ledger_transaction::Entity::find_by_id(id).one(on).await?;
    with_entries(on, found).await
}

async fn with_entries(
    on: &impl ConnectionTrait,
    found: Option<ledger_transaction::Model>,
) -> Result<Option<Recorded>> {
    let Some(transaction) = found else {
        return Ok(None);
    };
    let entries = ledger_entry::Entity::find()
        .filter(ledger_entry::Column::TransactionId.eq(transaction.id))
        .order_by_asc(ledger_entry::Column::Line)
        .all(on)
        .await?;
    let movement = |entry: ledger_entry::Model| Movement {
        account: entry.account,
        side: entry.side,
        amount: entry.amount_nano,
    };
    Ok(Some(Recorded {
        id: transaction.id,
        kind: transaction.kind,
        reference: transaction.reference,
        created_at: transaction.created_at_ms,
        entries: entries.into_iter().map(movement).collect(),
    }))
}

pub(super) async fn statement(
    db: &Db,
    account: AccountId,
    after: TransactionId,
    limit: usize,
) -> Result<Vec<StatementLine>> {
    // What the account's name lies between is what the index of wallets is for.
    let sql = "SELECT t.id, t.kind, t.reference, e.side, e.amount_nano, t.created_at_ms, \
               x.credit_id, CASE WHEN x.id IS NULL THEN NULL ELSE t.note END AS reason \
               FROM ledger_entries e JOIN ledger_transactions t ON t.id = e.transaction_id \
               LEFT JOIN corrections x ON x.transaction_id = t.id \
               WHERE e.account = $1 AND e.account >= 'wallet:' AND e.account < 'wallet;' \
               AND e.transaction_id > $2 ORDER BY e.transaction_id LIMIT $3";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let name = Book::Wallet(account).name();
    let values = [name.into(), after.into(), limit.into()];
    let rows = query(db.read(), sql, values).await?;
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        let (side, amount): (String, Money) = (row.try_get_by_index(3)?, row.try_get_by_index(4)?);
        let arrived = side == "credit";
        lines.push(StatementLine {
            transaction: row.try_get_by_index(0)?,
            kind: row.try_get_by_index(1)?,
            reference: row.try_get_by_index(2)?,
            amount: if arrived {
                amount
            } else {
                Money::ZERO.minus(amount)?
            },
            created_at: row.try_get_by_index(5)?,
            corrects: row.try_get("", "credit_id")?,
            reason: row.try_get("", "reason")?,
        });
    }
    Ok(lines)
}

/// The open suspensions of `accounts`. [`crate::suspensions`] owns the rows and writes them under
/// the wallets' locks; which book money belongs in is decided here, so they are read here.
pub(super) async fn open_suspensions(
    tx: &Tx,
    accounts: &[AccountId],
) -> Result<HashMap<AccountId, SuspensionId>> {
    let rows = Rows::is_in(tx, 0, accounts.iter().map(|&account| account.into()));
    let sql = [
        "SELECT account_id, id FROM suspensions WHERE lifted_at_ms IS NULL AND account_id",
        &rows.text,
    ]
    .concat();
    let rows = query(tx, &sql, rows.values).await?;
    let read = |row: &QueryResult| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
    rows.iter().map(read).collect()
}

/// Whether an account is suspended and can never be reinstated.
pub(super) async fn is_suspended_for_good(tx: &Tx, account: AccountId) -> Result<bool> {
    let sql = "SELECT id FROM suspensions WHERE account_id = $1 AND lifted_at_ms IS NULL \
               AND kind = 'chargeback'";
    Ok(!query(tx, sql, [account.into()]).await?.is_empty())
}

/// What of the money that is forfeited under a suspension has covered chargebacks.
/// [`crate::suspensions`] owns the rows and writes them under the wallet's lock.
pub(super) async fn covered_under(tx: &Tx, suspension: SuspensionId) -> Result<Money> {
    let sql = "SELECT CAST(COALESCE(SUM(covered_nano), 0) AS BIGINT) FROM chargebacks \
               WHERE suspension_id = $1";
    let rows = query(tx, sql, [suspension.into()]).await?;
    let sum = rows.first().map(|row| row.try_get_by_index(0));
    Ok(sum.transpose()?.unwrap_or_default())
}

/// What an account of the ledger sums to, by its entries.
const SUM: &str = "CAST(COALESCE(SUM(CASE side WHEN 'credit' THEN amount_nano \
                   ELSE -amount_nano END), 0) AS BIGINT)";

pub(super) async fn forfeited(
    on: &impl ConnectionTrait,
    suspensions: &[SuspensionId],
) -> Result<HashMap<SuspensionId, Money>> {
    if suspensions.is_empty() {
        return Ok(HashMap::new());
    }
    let names = suspensions
        .iter()
        .map(|&suspension| (Book::Forfeited(suspension).name(), suspension));
    let names: HashMap<String, SuspensionId> = names.collect();
    let rows = Rows::is_in(on, 0, names.keys().map(|name| name.as_str().into()));
    // What the names lie between is what the index of this kind of account is for.
    let sql = [
        "SELECT account, ",
        SUM,
        " FROM ledger_entries WHERE account >= 'forfeited:' AND account < 'forfeited;' \
         AND account",
        &rows.text,
        " GROUP BY account",
    ]
    .concat();
    let mut sums = HashMap::new();
    for row in query(on, &sql, rows.values).await? {
        let name: String = row.try_get_by_index(0)?;
        if let Some(&suspension) = names.get(&name) {
            sums.insert(suspension, row.try_get_by_index(1)?);
        }
    }
    Ok(sums)
}

pub(super) async fn suspended_deposits(tx: &Tx, account: AccountId) -> Result<Money> {
    let sql = [
        "SELECT ",
        SUM,
        " FROM ledger_entries WHERE account >= 'suspense:' AND account < 'suspense;' \
         AND account = $1",
    ]
    .concat();
    let name = Book::SuspendedDeposit(account).name();
    let rows = query(tx, &sql, [name.into()]).await?;
    let sum = rows.first().map(|row| row.try_get_by_index(0));
    Ok(sum.transpose()?.unwrap_or_default())
}
