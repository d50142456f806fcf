//! Deposits: each credit has the ledger transaction that it names and none besides, and what is
//! stored with payments and deposits is the sum of their credits.

use std::collections::HashMap;
use std::collections::VecDeque;

use sea_orm::DbErr;

use super::ledger::{Before, Transaction};
use super::movement::{Account, Movement};
use super::rows::Inspector;
use super::suspensions::Suspensions;
use super::{CAUSE, Invariant, MOVED_ONCE, STORED_BALANCE};

/// The credits and returns that the transactions of one page belong to, by transaction.
#[derive(Default)]
pub(super) struct Deposits {
    credits: HashMap<i64, Moved>,
    returns: HashMap<i64, Moved>,
}

/// What was credited or taken back.
struct Moved {
    account: i64,
    gateway: String,
    /// What its ledger transaction is known by.
    reference: String,
    amount_nano: i128,
}

const CREDITS: &str = "SELECT c.ledger_transaction_id, d.account_id, d.gateway, \
     COALESCE(p.gateway_payment, d.reference), c.number, c.amount_nano FROM deposit_credits c \
     JOIN deposits d ON d.id = c.deposit_id LEFT JOIN payments p ON p.id = c.payment_id";
const RETURNS: &str = "SELECT r.ledger_transaction_id, d.account_id, p.gateway, p.gateway_payment, \
     CAST(1 AS BIGINT), r.taken_nano FROM deposit_returns r JOIN payments p ON p.id = r.payment_id \
     JOIN deposits d ON d.id = p.deposit_id";

impl Deposits {
    /// Looks up what the transactions of `page` belong to.
    pub(super) async fn of(
        page: &VecDeque<Transaction>,
        inspector: &Inspector<'_>,
    ) -> Result<Deposits, DbErr> {
        let kind = |kind: &str| -> Vec<i64> {
            let of_kind = page.iter().filter(|transaction| transaction.kind == kind);
            of_kind.map(|transaction| transaction.id).collect()
        };
        let key = "c.ledger_transaction_id";
        let credits = moved(inspector, CREDITS, key, &kind("deposit")).await?;
        let key = "r.ledger_transaction_id";
        let returns = moved(inspector, RETURNS, key, &kind("deposit_return")).await?;
        Ok(Deposits { credits, returns })
    }

    /// What the credit `transaction` should move.
    pub(super) fn credited(
        &self,
        transaction: &Transaction,
        suspensions: &Suspensions,
    ) -> Result<(Invariant, Movement), String> {
        let credit = of(&self.credits, transaction)?;
        let account = credit.account;
        let home = match suspensions.of(account, transaction.id) {
            Some(_) => Account::SuspendedDeposit(account),
            None => Account::Wallet(account),
        };
        let parts = [
            (
                Account::Gateway(credit.gateway.clone()),
                -credit.amount_nano,
            ),
            (home, credit.amount_nano),
        ];
        Ok((MOVED_ONCE, Movement::of(parts)))
    }

    /// What the return `transaction` should move.
    pub(super) fn returned(
        &self,
        transaction: &Transaction,
        before: Before<'_>,
    ) -> Result<(Invariant, Movement), String> {
        let taken = of(&self.returns, transaction)?;
        let (account, nano) = (taken.account, taken.amount_nano);
        let mut parts = vec![(Account::GatewayRefund, nano)];
        match before.suspensions.of(account, transaction.id) {
            None => parts.push((Account::Wallet(account), -nano)),
            // The wallet is empty: first what was kept aside, then what is forfeited.
            Some(suspension) => {
                let kept = before.deposits(account).min(nano);
                parts.push((Account::SuspendedDeposit(account), -kept));
                parts.push((Account::Forfeited(suspension.id), kept - nano));
            }
        }
        Ok((MOVED_ONCE, Movement::of(parts)))
    }
}

fn of<'a>(rows: &'a HashMap<i64, Moved>, transaction: &Transaction) -> Result<&'a Moved, String> {
    let row = rows.get(&transaction.id);
    let row = row.ok_or("no deposit names this transaction")?;
    if row.reference == transaction.reference {
        Ok(row)
    } else {
        Err(format!("the deposit that names it is {}", row.reference))
    }
}

async fn moved(
    inspector: &Inspector<'_>,
    select: &str,
    key: &str,
    ids: &[i64],
) -> Result<HashMap<i64, Moved>, DbErr> {
    let mut found = HashMap::new();
    for row in inspector.look_up(select, key, ids).await? {
        let (gateway, known_by): (String, String) =
            (row.try_get_by_index(2)?, row.try_get_by_index(3)?);
        let number: i64 = row.try_get_by_index(4)?;
        let more = if number == 1 {
            String::new()
        } else {
            format!("#{number}")
        };
        let moved = Moved {
            account: row.try_get_by_index(1)?,
            reference: format!("{gateway}:{known_by}{more}"),
            gateway,
            amount_nano: i128::from(row.try_get_by_index::<i64>(5)?),
        };
        found.insert(row.try_get_by_index(0)?, moved);
    }
    Ok(found)
}

/// Rows that violate an invariant: each query gives the row's number and what is wrong with it.
const WRONG: [(Invariant, &str, &str); 5] = [
    (
        CAUSE,
        "deposit credit",
        "SELECT c.id, 'there is no such credit in the ledger' FROM deposit_credits c \
         LEFT JOIN ledger_transactions t ON t.id = c.ledger_transaction_id AND t.kind = 'deposit' \
         WHERE t.id IS NULL",
    ),
    (
        CAUSE,
        "deposit return",
        "SELECT r.id, 'there is no such return in the ledger' FROM deposit_returns r \
         LEFT JOIN ledger_transactions t ON t.id = r.ledger_transaction_id \
         AND t.kind = 'deposit_return' WHERE (t.id IS NULL) <> (r.taken_nano = 0)",
    ),
    (
        STORED_BALANCE,
        "deposit",
        "SELECT d.id, 'it stores another sum than its credits have' FROM deposits d \
         LEFT JOIN deposit_credits c ON c.deposit_id = d.id GROUP BY d.id, d.credited_nano \
         HAVING d.credited_nano <> COALESCE(SUM(c.amount_nano), 0)",
    ),
    (
        STORED_BALANCE,
        "payment",
        "SELECT p.id, 'it stores another sum than its credits have' FROM payments p \
         LEFT JOIN deposit_credits c ON c.payment_id = p.id \
         GROUP BY p.id, p.credited_nano, p.credits \
         HAVING p.credited_nano <> COALESCE(SUM(c.amount_nano), 0) OR p.credits <> COUNT(c.id) \
         OR p.credits <> COALESCE(MAX(c.number), 0)",
    ),
    (
        MOVED_ONCE,
        "payment",
        "SELECT p.id, 'more was taken back of it than was credited' FROM payments p \
         JOIN deposit_returns r ON r.payment_id = p.id GROUP BY p.id, p.credited_nano \
         HAVING SUM(r.taken_nano + r.shortfall_nano) > p.credited_nano",
    ),
];

/// Reports what is wrong with deposits and payments.
pub(super) async fn inspect(inspector: &mut Inspector<'_>) -> Result<(), DbErr> {
    for (invariant, row_name, sql) in WRONG {
        for row in inspector.query(sql, []).await? {
            let (id, what): (i64, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            let row = format_args!("{row_name} {id}");
            inspector.report.add(invariant, row, format_args!("{what}"));
        }
    }
    Ok(())
}
