//! The ledger read from its first entry to its last: each transaction for itself, the sums of
//! wallets and holds after every entry, and the stored balances of the wallets.

use std::collections::HashMap;

use sea_orm::{DbErr, QueryResult};

use super::causes::Causes;
use super::movement::{Account, Movement, number_after};
use super::returns;
use super::rows::{Cursor, Group, Inspector, Owned, Row};
use super::suspensions::Suspensions;
use super::{
    BALANCED, CAUSE, Invariant, MOVED_ONCE, NEVER_NEGATIVE, Report, STORED_BALANCE, ZERO_SUM,
};

/// A row of `ledger_transactions`.
pub(super) struct Transaction {
    pub(super) id: i64,
    pub(super) kind: String,
    pub(super) reference: String,
    pub(super) note: Option<String>,
}

impl Row for Transaction {
    const TABLE: &'static str = "ledger_transactions";
    const SELECT: &'static str = "SELECT id, kind, reference, note FROM ledger_transactions";
    const KEY: &'static [&'static str] = &["id"];

    fn read(row: &QueryResult) -> Result<Transaction, DbErr> {
        Ok(Transaction {
            id: row.try_get_by_index(0)?,
            kind: row.try_get_by_index(1)?,
            reference: row.try_get_by_index(2)?,
            note: row.try_get_by_index(3)?,
        })
    }

    fn key(&self) -> [i64; 2] {
        [self.id, 0]
    }
}

/// A row of `ledger_entries`.
struct Entry {
    transaction: i64,
    line: i64,
    account: Account,
    side: Side,
    amount_nano: i128,
}

enum Side {
    Debit,
    Credit,
    Unknown,
}

impl Row for Entry {
    const TABLE: &'static str = "ledger_entries";
    const SELECT: &'static str =
        "SELECT transaction_id, line, account, side, amount_nano FROM ledger_entries";
    const KEY: &'static [&'static str] = &["transaction_id", "line"];

    fn read(row: &QueryResult) -> Result<Entry, DbErr> {
        let side: String = row.try_get_by_index(3)?;
        Ok(Entry {
            transaction: row.try_get_by_index(0)?,
            line: row.try_get_by_index(1)?,
            account: Account::of(row.try_get_by_index(2)?),
            side: match side.as_str() {
                "debit" => Side::Debit,
                "credit" => Side::Credit,
                _ => Side::Unknown,
            },
            amount_nano: i128::from(row.try_get_by_index::<i64>(4)?),
        })
    }

    fn key(&self) -> [i64; 2] {
        [self.transaction, self.line]
    }
}

impl Owned for Entry {
    const OWNER: &'static str = "ledger transaction";
    const ORPHAN: Invariant = CAUSE;

    fn name(&self) -> String {
        format!(
            "entry {} of ledger transaction {}",
            self.line, self.transaction
        )
    }
}

impl Entry {
    /// What arrives in the entry's account; below zero it leaves.
    fn arrives(&self) -> i128 {
        match self.side {
            Side::Debit => -self.amount_nano,
            Side::Credit => self.amount_nano,
            Side::Unknown => 0,
        }
    }
}

/// The sums of the ledger's accounts.
#[derive(Default)]
pub(super) struct Books {
    total: i128,
    wallets: HashMap<i64, i128>,
    /// Only what is not zero: a settled order leaves.
    holds: HashMap<i64, i128>,
    /// What is forfeited under each suspension.
    forfeited: HashMap<i64, i128>,
    /// What was credited to each suspended account.
    deposits: HashMap<i64, i128>,
}

/// What stood before a transaction.
#[derive(Clone, Copy)]
pub(super) struct Before<'a> {
    pub(super) suspensions: &'a Suspensions,
    /// The sums after it.
    books: &'a Books,
    /// What it moved.
    moved: &'a Movement,
}

impl Before<'_> {
    /// What the wallet of `account` held.
    pub(super) fn wallet(&self, account: i64) -> i128 {
        let after = self.books.wallets.get(&account).copied();
        after.unwrap_or_default() - self.moved.into(&Account::Wallet(account))
    }

    /// What was forfeited under `suspension`.
    pub(super) fn forfeited(&self, suspension: i64) -> i128 {
        self.books.forfeited(suspension) - self.moved.into(&Account::Forfeited(suspension))
    }

    /// What was kept of credits to `account`.
    pub(super) fn deposits(&self, account: i64) -> i128 {
        self.books.deposits(account) - self.moved.into(&Account::SuspendedDeposit(account))
    }
}

impl Books {
    /// Adds an entry to its account.
    fn post(&mut self, entry: &Entry, report: &mut Report) {
        let arrives = entry.arrives();
        self.total += arrives;
        let (sums, id, settles) = match entry.account {
            Account::Wallet(id) => (&mut self.wallets, id, false),
            Account::Hold(id) => (&mut self.holds, id, true),
            Account::Forfeited(id) => (&mut self.forfeited, id, false),
            Account::SuspendedDeposit(id) => (&mut self.deposits, id, false),
            Account::Revenue
            | Account::Bonus
            | Account::Gateway(_)
            | Account::GatewayRefund
            | Account::Other(_) => return,
        };
        let before = sums.get(&id).copied().unwrap_or_default();
        let after = before + arrives;
        if after < 0 && before >= 0 {
            report.add(
                NEVER_NEGATIVE,
                format_args!("ledger transaction {}", entry.transaction),
                format_args!("takes {} from {before} to {after}", entry.account),
            );
        }
        if settles && after == 0 {
            sums.remove(&id);
        } else {
            sums.insert(id, after);
        }
    }

    /// Takes out what the hold of `order` sums to; zero if there is none.
    pub(super) fn take_hold(&mut self, order: i64) -> i128 {
        self.holds.remove(&order).unwrap_or_default()
    }

    /// What the wallet of `account` sums to.
    pub(super) fn wallet(&self, account: i64) -> i128 {
        self.wallets.get(&account).copied().unwrap_or_default()
    }

    /// What is forfeited under `suspension`.
    pub(super) fn forfeited(&self, suspension: i64) -> i128 {
        self.forfeited.get(&suspension).copied().unwrap_or_default()
    }

    /// What is kept of credits to `account`.
    pub(super) fn deposits(&self, account: i64) -> i128 {
        self.deposits.get(&account).copied().unwrap_or_default()
    }

    /// The numbers of suspensions under which something is forfeited, and of accounts for which
    /// something is kept.
    pub(super) fn kept_back(&self) -> (Vec<i64>, Vec<i64>) {
        let named = |sums: &HashMap<i64, i128>| {
            let named = sums.iter().filter(|(_, nano)| **nano != 0);
            named.map(|(id, _)| *id).collect()
        };
        (named(&self.forfeited), named(&self.deposits))
    }

    /// Reports the holds that were not taken: no order exists for them.
    pub(super) fn report_left_holds(&self, report: &mut Report) {
        for (order, nano) in &self.holds {
            report.add(
                CAUSE,
                format_args!("hold:{order}"),
                format_args!("holds {nano}, but there is no order {order}"),
            );
        }
    }
}

/// Reads the whole ledger and the wallets, and gives the sums.
pub(super) async fn inspect(
    inspector: &mut Inspector<'_>,
    suspensions: &Suspensions,
) -> Result<Books, DbErr> {
    let mut books = Books::default();
    let mut transactions = Cursor::<Transaction>::new();
    let mut entries = Cursor::<Entry>::new();
    let mut group = Group::new();
    let mut shortfalls = returns::read(inspector).await?;
    loop {
        let page = transactions.page(inspector).await?;
        if page.is_empty() {
            break;
        }
        let causes = Causes::of(&page, inspector).await?;
        for transaction in &page {
            entries.take(transaction.id, &mut group, inspector).await?;
            let report = &mut inspector.report;
            shortfalls.check_before(transaction.id, suspensions, &books, report);
            for entry in group.orphans.iter().chain(&group.owned) {
                books.post(entry, report);
            }
            check_balanced(transaction, &group.owned, report);
            let parts = group
                .owned
                .iter()
                .map(|entry| (entry.account.clone(), entry.arrives()));
            let moved = Movement::of(parts);
            check_hold_is_paid_by_placing(transaction, &moved, report);
            let before = Before {
                suspensions,
                books: &books,
                moved: &moved,
            };
            causes.check(transaction, &moved, before, report);
        }
    }
    shortfalls.check_before(i64::MAX, suspensions, &books, &mut inspector.report);
    while let Some(entry) = entries.orphan(inspector).await? {
        books.post(&entry, &mut inspector.report);
    }
    if books.total != 0 {
        let what = format_args!("all accounts together sum to {}", books.total);
        inspector.report.add(ZERO_SUM, format_args!("ledger"), what);
    }
    check_wallets(inspector, &books.wallets).await?;
    Ok(books)
}

fn check_balanced(transaction: &Transaction, entries: &[Entry], report: &mut Report) {
    let mut wrong = Vec::new();
    if entries.len() < 2 {
        wrong.push(format!("it has {} entries", entries.len()));
    }
    for entry in entries {
        if entry.amount_nano <= 0 {
            wrong.push(format!(
                "the amount of entry {} is {}",
                entry.line, entry.amount_nano
            ));
        }
        if let Side::Unknown = entry.side {
            wrong.push(format!("entry {} is neither debit nor credit", entry.line));
        }
    }
    let sum: i128 = entries.iter().map(Entry::arrives).sum();
    if sum != 0 {
        wrong.push(format!("credits less debits are {sum}"));
    }
    if !wrong.is_empty() {
        let row = format_args!("ledger transaction {}", transaction.id);
        report.add(BALANCED, row, format_args!("{}", wrong.join("; ")));
    }
}

/// Money enters a hold when its order is placed, and never again.
fn check_hold_is_paid_by_placing(transaction: &Transaction, moved: &Movement, report: &mut Report) {
    let Transaction {
        id,
        kind,
        reference,
        ..
    } = transaction;
    for (account, nano) in &moved.0 {
        let Account::Hold(order) = account else {
            continue;
        };
        let placing = kind == "order_placed" && number_after("order:", reference) == Some(*order);
        if *nano > 0 && !placing {
            report.add(
                MOVED_ONCE,
                format_args!("order {order}"),
                format_args!(
                    "ledger transaction {id} ({kind} {reference}) adds {nano} to its hold"
                ),
            );
        }
    }
}

/// A row of `wallets`.
struct Wallet {
    account: i64,
    balance_nano: i64,
}

impl Row for Wallet {
    const TABLE: &'static str = "wallets";
    const SELECT: &'static str = "SELECT account_id, balance_nano FROM wallets";
    const KEY: &'static [&'static str] = &["account_id"];

    fn read(row: &QueryResult) -> Result<Wallet, DbErr> {
        Ok(Wallet {
            account: row.try_get_by_index(0)?,
            balance_nano: row.try_get_by_index(1)?,
        })
    }

    fn key(&self) -> [i64; 2] {
        [self.account, 0]
    }
}

async fn check_wallets(
    inspector: &mut Inspector<'_>,
    sums: &HashMap<i64, i128>,
) -> Result<(), DbErr> {
    let mut wallets = Cursor::<Wallet>::new();
    let mut unseen = sums.clone();
    loop {
        let page = wallets.page(inspector).await?;
        if page.is_empty() {
            break;
        }
        for Wallet {
            account,
            balance_nano,
        } in page
        {
            let sum = unseen.remove(&account).unwrap_or_default();
            if i128::from(balance_nano) != sum {
                inspector.report.add(
                    STORED_BALANCE,
                    format_args!("wallet {account}"),
                    format_args!("it stores {balance_nano}, its entries sum to {sum}"),
                );
            }
        }
    }
    for (account, sum) in unseen {
        inspector.report.add(
            STORED_BALANCE,
            format_args!("wallet {account}"),
            format_args!("it has no row, its entries sum to {sum}"),
        );
    }
    Ok(())
}
