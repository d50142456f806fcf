//! Deposits that were sent back to their payers: what is not taken back of one was nowhere to be had.
//! Else the payer has the money, and the account has it too.

use std::collections::{BTreeMap, HashMap};

use sea_orm::DbErr;

use super::ledger::Books;
use super::rows::Inspector;
use super::suspensions::Suspensions;
use super::{MOVED_ONCE, Report};

/// The returns of which not everything was taken back, by the ledger transaction after which they were
/// written. Older rows do not name it.
pub(super) struct Shortfalls {
    by_position: BTreeMap<i64, Vec<Shortfall>>,
    /// What of the funds that are forfeited under each suspension has covered chargebacks.
    covered: HashMap<i64, i128>,
}

struct Shortfall {
    id: i64,
    account: i64,
    nano: i64,
}

/// Reads them.
pub(super) async fn read(inspector: &Inspector<'_>) -> Result<Shortfalls, DbErr> {
    let sql = "SELECT r.ledger_position, r.id, d.account_id, r.shortfall_nano \
               FROM deposit_returns r JOIN payments p ON p.id = r.payment_id \
               JOIN deposits d ON d.id = p.deposit_id \
               WHERE r.shortfall_nano > 0 AND r.ledger_position IS NOT NULL ORDER BY r.id";
    let mut by_position: BTreeMap<i64, Vec<Shortfall>> = BTreeMap::new();
    for row in inspector.query(sql, []).await? {
        let shortfall = Shortfall {
            id: row.try_get_by_index(1)?,
            account: row.try_get_by_index(2)?,
            nano: row.try_get_by_index(3)?,
        };
        let position = row.try_get_by_index(0)?;
        by_position.entry(position).or_default().push(shortfall);
    }
    let sql = "SELECT suspension_id, CAST(SUM(covered_nano) AS BIGINT) FROM chargebacks \
               GROUP BY suspension_id";
    let mut covered = HashMap::new();
    for row in inspector.query(sql, []).await? {
        let nano: i64 = row.try_get_by_index(1)?;
        covered.insert(row.try_get_by_index(0)?, i128::from(nano));
    }
    Ok(Shortfalls {
        by_position,
        covered,
    })
}

impl Shortfalls {
    /// Checks those that were written before the ledger transaction `next`, of which `books` are the sums
    /// until then.
    pub(super) fn check_before(
        &mut self,
        next: i64,
        suspensions: &Suspensions,
        books: &Books,
        report: &mut Report,
    ) {
        while let Some(entry) = self.by_position.first_entry()
            && *entry.key() < next
        {
            let (position, shortfalls) = entry.remove_entry();
            for Shortfall { id, account, nano } in shortfalls {
                let mut left = books.wallet(account);
                if let Some(suspension) = suspensions.after(account, position) {
                    let covered = self.covered.get(&suspension.id).copied();
                    let covered = covered.unwrap_or_default();
                    left += books.deposits(account);
                    left += (books.forfeited(suspension.id) - covered).max(0);
                }
                if left > 0 {
                    let what = format_args!(
                        "{nano} of it was not taken back, and account {account} had {left} left"
                    );
                    report.add(MOVED_ONCE, format_args!("deposit return {id}"), what);
                }
            }
        }
    }
}
