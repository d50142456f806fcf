//! Why a ledger transaction exists: the row that its reference names, and what that row says must
//! have moved.

use std::collections::{HashMap, VecDeque};

use sea_orm::{DbErr, QueryResult};

use super::deposits::Deposits;
use super::ledger::{Before, Transaction};
use super::movement::{Account, Movement, number_after};
use super::rows::Inspector;
use super::suspensions::{Suspension, Suspensions};
use super::{
    CAUSE, CORRECTED, Invariant, MOVED_ONCE, NOT_WHILE_SUSPENDED, REFUND_OF_OUTCOME, Report,
};

/// The rows that the transactions of one page name.
pub(super) struct Causes {
    orders: HashMap<i64, Order>,
    /// The refunds of the page's orders, by the transaction that they say has paid them.
    paid_by: HashMap<i64, Vec<Refund>>,
    /// The refunds that are named by their own id.
    refunds: HashMap<i64, Refund>,
    deposits: Deposits,
    /// The account and the suspension of each chargeback that is named.
    chargebacks: HashMap<i64, (i64, i64)>,
    /// The account and the amount of each correction, by its transaction.
    corrections: HashMap<i64, (i64, i128)>,
}

struct Order {
    account: i64,
    charge_nano: i128,
}

struct Refund {
    id: i64,
    account: i64,
    amount_nano: i128,
    destination: String,
    transaction: Option<i64>,
}

impl Refund {
    const SELECT: &'static str = "SELECT id, account_id, amount_nano, destination, \
         ledger_transaction_id FROM refunds";

    fn read(row: &QueryResult) -> Result<Refund, DbErr> {
        Ok(Refund {
            id: row.try_get_by_index(0)?,
            account: row.try_get_by_index(1)?,
            amount_nano: i128::from(row.try_get_by_index::<i64>(2)?),
            destination: row.try_get_by_index(3)?,
            transaction: row.try_get_by_index(4)?,
        })
    }

    /// Where the refund goes by `transaction`, with how much: under the suspension that the account
    /// is in then, if the refund says that it is forfeited.
    fn arrives(&self, transaction: i64, suspensions: &Suspensions) -> (Account, i128) {
        let under = suspensions.of(self.account, transaction);
        let account = match (self.destination.as_str(), under) {
            ("forfeited", Some(suspension)) => Account::Forfeited(suspension.id),
            ("forfeited", None) => Account::Other("a suspension of the account".to_owned()),
            _ => Account::Wallet(self.account),
        };
        (account, self.amount_nano)
    }
}

/// The ids that `reference`s of `kinds` name after `prefix`.
fn named(page: &VecDeque<Transaction>, kinds: &[&str], prefix: &str) -> Vec<i64> {
    page.iter()
        .filter(|transaction| kinds.contains(&transaction.kind.as_str()))
        .filter_map(|transaction| number_after(prefix, &transaction.reference))
        .collect()
}

impl Causes {
    /// Looks up what the transactions of `page` name.
    pub(super) async fn of(
        page: &VecDeque<Transaction>,
        inspector: &Inspector<'_>,
    ) -> Result<Causes, DbErr> {
        let mut causes = Causes {
            orders: HashMap::new(),
            paid_by: HashMap::new(),
            refunds: HashMap::new(),
            deposits: Deposits::of(page, inspector).await?,
            chargebacks: HashMap::new(),
            corrections: corrections(page, inspector).await?,
        };
        let ids = named(page, &["deposit_forfeit"], "chargeback:");
        let select = "SELECT id, account_id, suspension_id FROM chargebacks";
        for row in inspector.look_up(select, "id", &ids).await? {
            let of = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
            causes.chargebacks.insert(row.try_get_by_index(0)?, of);
        }
        let ids = named(page, &["order_placed", "order_settled"], "order:");
        let select = "SELECT id, account_id, charge_nano FROM orders";
        for row in inspector.look_up(select, "id", &ids).await? {
            let charge_nano = i128::from(row.try_get_by_index::<i64>(2)?);
            let order = Order {
                account: row.try_get_by_index(1)?,
                charge_nano,
            };
            causes.orders.insert(row.try_get_by_index(0)?, order);
        }
        let ids = named(page, &["order_settled"], "order:");
        for row in inspector.look_up(Refund::SELECT, "order_id", &ids).await? {
            let refund = Refund::read(&row)?;
            if let Some(transaction) = refund.transaction {
                causes.paid_by.entry(transaction).or_default().push(refund);
            }
        }
        let ids = named(page, &["order_refund"], "refund:");
        for row in inspector.look_up(Refund::SELECT, "id", &ids).await? {
            let refund = Refund::read(&row)?;
            causes.refunds.insert(refund.id, refund);
        }
        Ok(causes)
    }

    /// Reports a transaction without a cause, or one that moves other than its cause says.
    pub(super) fn check(
        &self,
        transaction: &Transaction,
        moved: &Movement,
        before: Before<'_>,
        report: &mut Report,
    ) {
        let Transaction {
            id,
            kind,
            reference,
            ..
        } = transaction;
        let row = format_args!("ledger transaction {id}");
        match self.due(transaction, moved, before) {
            Err(missing) => {
                report.add(CAUSE, row, format_args!("{kind} {reference}: {missing}"));
            }
            Ok((invariant, due)) if due != *moved => report.add(
                invariant,
                row,
                format_args!("{kind} {reference} moves {moved}; its cause says {due}"),
            ),
            Ok(_) => {}
        }
        self.check_nothing_moves_while_suspended(transaction, moved, before.suspensions, report);
    }

    /// By the order of the ledger, not by a clock: no order is placed from a suspended account's
    /// wallet, and nothing arrives there, until the suspension is lifted.
    fn check_nothing_moves_while_suspended(
        &self,
        transaction: &Transaction,
        moved: &Movement,
        suspensions: &Suspensions,
        report: &mut Report,
    ) {
        let Transaction {
            id,
            kind,
            reference,
            ..
        } = transaction;
        // These two begin and end it.
        if ["suspension", "reinstatement", "deposit_release"].contains(&kind.as_str()) {
            return;
        }
        for (account, nano) in moved.of_wallets() {
            if let Some(Suspension { id: under, .. }) = suspensions.of(account, *id) {
                let what = format_args!(
                    "{kind} {reference} moves {nano} in the wallet of account {account} during \
                     suspension {under}"
                );
                report.add(
                    NOT_WHILE_SUSPENDED,
                    format_args!("ledger transaction {id}"),
                    what,
                );
            }
        }
    }

    /// What `transaction` should move by its cause, and what it violates if it does not; an error
    /// is the missing cause. `moved` gives only what the cause leaves open: the sum of an
    /// adjustment.
    fn due(
        &self,
        transaction: &Transaction,
        moved: &Movement,
        before: Before<'_>,
    ) -> Result<(Invariant, Movement), String> {
        match transaction.kind.as_str() {
            "order_placed" => {
                let (
                    id,
                    Order {
                        account,
                        charge_nano,
                    },
                ) = self.order(transaction)?;
                let parts = [
                    (Account::Wallet(*account), -charge_nano),
                    (hold(id), *charge_nano),
                ];
                Ok((MOVED_ONCE, Movement::of(parts)))
            }
            "order_settled" => {
                let (id, Order { charge_nano, .. }) = self.order(transaction)?;
                let refunds = self
                    .paid_by
                    .get(&transaction.id)
                    .map_or(&[][..], Vec::as_slice);
                let refunded: i128 = refunds.iter().map(|refund| refund.amount_nano).sum();
                let earned = charge_nano - refunded;
                let parts = [(hold(id), -charge_nano), (Account::Revenue, earned)];
                let parts = parts.into_iter().chain(
                    refunds
                        .iter()
                        .map(|refund| refund.arrives(transaction.id, before.suspensions)),
                );
                Ok((REFUND_OF_OUTCOME, Movement::of(parts)))
            }
            "order_refund" => {
                let refund = number_after("refund:", &transaction.reference)
                    .and_then(|id| self.refunds.get(&id))
                    .filter(|refund| refund.transaction == Some(transaction.id))
                    .ok_or("no refund names this transaction")?;
                let arrives = refund.arrives(transaction.id, before.suspensions);
                let parts = [(Account::Revenue, -refund.amount_nano), arrives];
                Ok((REFUND_OF_OUTCOME, Movement::of(parts)))
            }
            "deposit" => self.deposits.credited(transaction, before.suspensions),
            "deposit_return" => self.deposits.returned(transaction, before),
            "adjustment" => {
                noted(transaction)?;
                let (wallet, nano) = moved
                    .find(|account| {
                        matches!(account, Account::Wallet(_) | Account::SuspendedDeposit(_))
                    })
                    .ok_or("no wallet is adjusted")?;
                if nano < 0 {
                    return Err("an adjustment gives, and this one takes".to_owned());
                }
                if let Account::SuspendedDeposit(account) = wallet
                    && before.suspensions.of(account, transaction.id).is_none()
                {
                    return Err(format!("account {account} is not suspended then"));
                }
                Ok((
                    CAUSE,
                    Movement::of([(wallet, nano), (Account::Bonus, -nano)]),
                ))
            }
            "correction" => {
                noted(transaction)?;
                let (account, nano) = self
                    .corrections
                    .get(&transaction.id)
                    .ok_or("no correction names this transaction")?;
                let parts = [(Account::Wallet(*account), -nano), (Account::Bonus, *nano)];
                Ok((CORRECTED, Movement::of(parts)))
            }
            "suspension" => {
                let Suspension { id, account, .. } = before.suspensions.during(transaction)?;
                let nano = before.wallet(*account);
                let parts = [
                    (Account::Wallet(*account), -nano),
                    (Account::Forfeited(*id), nano),
                ];
                Ok((CAUSE, Movement::of(parts)))
            }
            "reinstatement" => {
                let Suspension { id, account, .. } = before.suspensions.ending(transaction)?;
                let nano = before.forfeited(*id);
                let parts = [
                    (Account::Forfeited(*id), -nano),
                    (Account::Wallet(*account), nano),
                ];
                Ok((CAUSE, Movement::of(parts)))
            }
            "deposit_release" => {
                let Suspension { account, .. } = before.suspensions.ending(transaction)?;
                let nano = before.deposits(*account);
                let parts = [
                    (Account::SuspendedDeposit(*account), -nano),
                    (Account::Wallet(*account), nano),
                ];
                Ok((CAUSE, Movement::of(parts)))
            }
            "deposit_forfeit" => {
                let (account, suspension) = number_after("chargeback:", &transaction.reference)
                    .and_then(|id| self.chargebacks.get(&id))
                    .ok_or("there is no such chargeback")?;
                let nano = before.deposits(*account);
                let parts = [
                    (Account::SuspendedDeposit(*account), -nano),
                    (Account::Forfeited(*suspension), nano),
                ];
                Ok((CAUSE, Movement::of(parts)))
            }
            _ => Err("nothing is known that causes this kind".to_owned()),
        }
    }

    fn order(&self, transaction: &Transaction) -> Result<(i64, &Order), String> {
        number_after("order:", &transaction.reference)
            .and_then(|id| self.orders.get(&id).map(|order| (id, order)))
            .ok_or_else(|| "there is no such order".to_owned())
    }
}

/// Whether a person's reason is kept with what a person decided.
fn noted(transaction: &Transaction) -> Result<(), String> {
    let note = transaction.note.as_deref().unwrap_or_default();
    if note.trim().is_empty() {
        return Err("no operator's reason is noted".to_owned());
    }
    Ok(())
}

/// The account and the amount of each correction of `page`, by its transaction.
async fn corrections(
    page: &VecDeque<Transaction>,
    inspector: &Inspector<'_>,
) -> Result<HashMap<i64, (i64, i128)>, DbErr> {
    let of_kind = page.iter().filter(|one| one.kind == "correction");
    let ids: Vec<i64> = of_kind.map(|one| one.id).collect();
    let select = "SELECT transaction_id, account_id, amount_nano FROM corrections";
    let mut found = HashMap::new();
    for row in inspector.look_up(select, "transaction_id", &ids).await? {
        let nano = i128::from(row.try_get::<i64>("", "amount_nano")?);
        let account = row.try_get("", "account_id")?;
        found.insert(row.try_get("", "transaction_id")?, (account, nano));
    }
    Ok(found)
}

fn hold(order: i64) -> Account {
    Account::Hold(order)
}
