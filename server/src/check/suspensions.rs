//! Suspensions and chargebacks: what is forfeited under which, and that nothing happens in between.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sea_orm::{DbErr, QueryResult};

use super::ledger::{Books, Transaction};
use super::movement::number_after;
use super::rows::{Cursor, Inspector, Row};
use super::{CAUSE, NOT_WHILE_SUSPENDED, STORED_BALANCE};

/// A row of `suspensions`. Positions are numbers of ledger transactions: it covers what has a number
/// above the first, up to the second.
pub(super) struct Suspension {
    pub(super) id: i64,
    pub(super) account: i64,
    kind: String,
    suspended_position: i64,
    lifted_at_ms: Option<i64>,
    lifted_position: Option<i64>,
}

impl Row for Suspension {
    const TABLE: &'static str = "suspensions";
    const SELECT: &'static str = "SELECT id, account_id, kind, suspended_position, lifted_at_ms, \
         lifted_position FROM suspensions";
    const KEY: &'static [&'static str] = &["id"];

    fn read(row: &QueryResult) -> Result<Suspension, DbErr> {
        Ok(Suspension {
            id: row.try_get_by_index(0)?,
            account: row.try_get_by_index(1)?,
            kind: row.try_get_by_index(2)?,
            suspended_position: row.try_get_by_index(3)?,
            lifted_at_ms: row.try_get_by_index(4)?,
            lifted_position: row.try_get_by_index(5)?,
        })
    }

    fn key(&self) -> [i64; 2] {
        [self.id, 0]
    }
}

impl Suspension {
    fn is_lifted(&self) -> bool {
        self.lifted_at_ms.is_some()
    }

    fn covers(&self, transaction: i64) -> bool {
        self.suspended_position < transaction
            && self
                .lifted_position
                .is_none_or(|lifted| transaction <= lifted)
    }
}

/// Every suspension.
#[derive(Default)]
pub(super) struct Suspensions {
    by_id: BTreeMap<i64, Suspension>,
    by_account: HashMap<i64, Vec<i64>>,
}

impl Suspensions {
    /// The suspension that `account` is in at the ledger transaction of this number.
    pub(super) fn of(&self, account: i64, transaction: i64) -> Option<&Suspension> {
        let ids = self.by_account.get(&account).map_or(&[][..], Vec::as_slice);
        let suspensions = ids.iter().filter_map(|id| self.by_id.get(id));
        suspensions
            .into_iter()
            .find(|suspension| suspension.covers(transaction))
    }

    /// The suspension that `account` was in after the ledger transaction of this number, when the next
    /// was not written yet.
    pub(super) fn after(&self, account: i64, transaction: i64) -> Option<&Suspension> {
        let ids = self.by_account.get(&account).map_or(&[][..], Vec::as_slice);
        let suspensions = ids.iter().filter_map(|id| self.by_id.get(id));
        suspensions.into_iter().find(|one| {
            one.suspended_position <= transaction
                && one
                    .lifted_position
                    .is_none_or(|lifted| transaction < lifted)
        })
    }

    /// The suspension that `transaction` names, if it happened while that lasted.
    pub(super) fn during(&self, transaction: &Transaction) -> Result<&Suspension, String> {
        let named = number_after("suspension:", &transaction.reference);
        let suspension = named.and_then(|id| self.by_id.get(&id));
        let suspension = suspension.ok_or("there is no such suspension")?;
        if suspension.covers(transaction.id) {
            return Ok(suspension);
        }
        let (since, until) = (suspension.suspended_position, suspension.lifted_position);
        Err(format!(
            "the suspension lasts from ledger transaction {since} to {until:?}"
        ))
    }

    /// The same, if it was lifted.
    pub(super) fn ending(&self, transaction: &Transaction) -> Result<&Suspension, String> {
        let suspension = self.during(transaction)?;
        if suspension.is_lifted() && suspension.kind == "ordinary" {
            return Ok(suspension);
        }
        Err("the suspension was not lifted".to_owned())
    }
}

/// Reads every suspension.
pub(super) async fn read(inspector: &mut Inspector<'_>) -> Result<Suspensions, DbErr> {
    let mut rows = Cursor::<Suspension>::new();
    let mut read = Suspensions::default();
    loop {
        let page = rows.page(inspector).await?;
        if page.is_empty() {
            return Ok(read);
        }
        for row in page {
            let of_account = read.by_account.entry(row.account).or_default();
            of_account.push(row.id);
            read.by_id.insert(row.id, row);
        }
    }
}

/// Checks what is forfeited, what is kept, who is suspended, and the chargebacks.
pub(super) async fn inspect(
    inspector: &mut Inspector<'_>,
    suspensions: &Suspensions,
    books: &Books,
) -> Result<(), DbErr> {
    check_accounts(inspector, suspensions).await?;
    let report = &mut inspector.report;
    for suspension in suspensions.by_id.values() {
        let Suspension { id, account, .. } = suspension;
        let row = format_args!("suspension {id}");
        if suspension.is_lifted() != suspension.lifted_position.is_some() {
            let what = format_args!("whether it was lifted, and where in the ledger, differ");
            report.add(NOT_WHILE_SUSPENDED, row, what);
        }
        let (forfeited, wallet) = (books.forfeited(*id), books.wallet(*account));
        if suspension.is_lifted() && forfeited != 0 {
            let what = format_args!("it was lifted, and {forfeited} is still forfeited under it");
            report.add(CAUSE, row, what);
        }
        if !suspension.is_lifted() && wallet != 0 {
            let what = format_args!("the wallet of account {account} holds {wallet} during it");
            report.add(NOT_WHILE_SUSPENDED, row, what);
        }
    }
    let (forfeited, deposits) = books.kept_back();
    for id in forfeited {
        if !suspensions.by_id.contains_key(&id) {
            let row = format_args!("forfeited:{id}");
            let nano = books.forfeited(id);
            report.add(
                CAUSE,
                row,
                format_args!("holds {nano}; there is no suspension {id}"),
            );
        }
    }
    for account in deposits {
        let is_suspended = suspensions.of(account, i64::MAX).is_some();
        if !is_suspended {
            let row = format_args!("suspense:suspended_deposit:{account}");
            let nano = books.deposits(account);
            report.add(
                CAUSE,
                row,
                format_args!("holds {nano}; it is not suspended"),
            );
        }
    }
    check_chargebacks(inspector, suspensions, books).await
}

/// What requests are refused by must be what the suspensions say.
async fn check_accounts(
    inspector: &mut Inspector<'_>,
    suspensions: &Suspensions,
) -> Result<(), DbErr> {
    let sql = "SELECT id FROM accounts WHERE suspended_at_ms IS NOT NULL";
    let mut marked = BTreeSet::new();
    for row in inspector.query(sql, []).await? {
        marked.insert(row.try_get_by_index::<i64>(0)?);
    }
    let open = suspensions.by_id.values().filter(|one| !one.is_lifted());
    let open: BTreeSet<i64> = open.map(|one| one.account).collect();
    for account in marked.symmetric_difference(&open) {
        let what = if open.contains(account) {
            "it is suspended and not marked so"
        } else {
            "it is marked as suspended without an open suspension"
        };
        let row = format_args!("account {account}");
        inspector
            .report
            .add(NOT_WHILE_SUSPENDED, row, format_args!("{what}"));
    }
    Ok(())
}

/// A row of `chargebacks`, with what its suspension and it took from the customer.
struct Chargeback {
    id: i64,
    account: i64,
    suspension: i64,
    amount_nano: i128,
    covered_nano: i128,
    shortfall_nano: i128,
    /// What the wallet held when it was suspended.
    wallet_nano: i128,
    /// What was kept beside the wallet and forfeited by it.
    kept_nano: i128,
    /// What of the funds forfeited under its suspension was taken back with deposits that were sent
    /// back, at whatever time.
    returned_nano: i128,
}

impl Row for Chargeback {
    const TABLE: &'static str = "chargebacks";
    const SELECT: &'static str = "SELECT id, account_id, suspension_id, amount_nano, covered_nano, \
         shortfall_nano, (SELECT CAST(COALESCE(SUM(e.amount_nano), 0) AS BIGINT) \
         FROM ledger_transactions t JOIN ledger_entries e ON e.transaction_id = t.id \
         WHERE t.kind = 'suspension' AND e.side = 'debit' \
         AND t.reference = 'suspension:' || CAST(chargebacks.suspension_id AS TEXT)), \
         (SELECT CAST(COALESCE(SUM(e.amount_nano), 0) AS BIGINT) \
         FROM ledger_transactions t JOIN ledger_entries e ON e.transaction_id = t.id \
         WHERE t.kind = 'deposit_forfeit' AND e.side = 'debit' \
         AND t.reference = 'chargeback:' || CAST(chargebacks.id AS TEXT)), \
         (SELECT CAST(COALESCE(SUM(e.amount_nano), 0) AS BIGINT) \
         FROM ledger_transactions t JOIN ledger_entries e ON e.transaction_id = t.id \
         WHERE t.kind = 'deposit_return' AND e.side = 'debit' \
         AND e.account = 'forfeited:' || CAST(chargebacks.suspension_id AS TEXT)) \
         FROM chargebacks";
    const KEY: &'static [&'static str] = &["id"];

    fn read(row: &QueryResult) -> Result<Chargeback, DbErr> {
        let number = |index| row.try_get_by_index::<i64>(index).map(i128::from);
        Ok(Chargeback {
            id: row.try_get_by_index(0)?,
            account: row.try_get_by_index(1)?,
            suspension: row.try_get_by_index(2)?,
            amount_nano: number(3)?,
            covered_nano: number(4)?,
            shortfall_nano: number(5)?,
            wallet_nano: number(6)?,
            kept_nano: number(7)?,
            returned_nano: number(8)?,
        })
    }

    fn key(&self) -> [i64; 2] {
        [self.id, 0]
    }
}

/// The chargebacks of one suspension together.
#[derive(Default)]
struct Together {
    last: i64,
    amounts: i128,
    covered: i128,
    /// What was kept beside the wallet and forfeited by them.
    kept: i128,
}

async fn check_chargebacks(
    inspector: &mut Inspector<'_>,
    suspensions: &Suspensions,
    books: &Books,
) -> Result<(), DbErr> {
    let mut rows = Cursor::<Chargeback>::new();
    let mut sums: BTreeMap<i64, Together> = BTreeMap::new();
    loop {
        let page = rows.page(inspector).await?;
        if page.is_empty() {
            break;
        }
        for row in page {
            let report = &mut inspector.report;
            let name = format_args!("chargeback {}", row.id);
            let suspension = suspensions.by_id.get(&row.suspension);
            if !suspension.is_some_and(|one| one.account == row.account && one.kind == "chargeback")
            {
                let what = format_args!("account {} is not suspended for good by it", row.account);
                report.add(CAUSE, name, what);
            }
            let (amount, covered, shortfall) =
                (row.amount_nano, row.covered_nano, row.shortfall_nano);
            if covered < 0 || shortfall < 0 || covered + shortfall != amount {
                let what = format_args!("{covered} covered and {shortfall} short of {amount}");
                report.add(STORED_BALANCE, name, what);
            }
            let together = sums.entry(row.suspension).or_default();
            together.kept += row.kept_nano;
            // By what was left then: at least of the wallet, and of what was kept beside it so far.
            let left = row.wallet_nano + together.kept - together.covered - row.returned_nano;
            if covered < amount.min(left) {
                let what = format_args!("{covered} of {amount} is covered; {left} was left for it");
                report.add(STORED_BALANCE, name, what);
            }
            together.last = row.id;
            together.amounts += amount;
            together.covered += covered;
        }
    }
    for (suspension, together) in sums {
        let Together {
            last,
            amounts,
            covered,
            ..
        } = together;
        let most = amounts.min(books.forfeited(suspension));
        if covered > most {
            let what = format_args!(
                "with those before it {covered} is covered under suspension {suspension}; by the \
                 ledger it is {most} at most"
            );
            let row = format_args!("chargeback {last}");
            inspector.report.add(STORED_BALANCE, row, what);
        }
    }
    Ok(())
}
