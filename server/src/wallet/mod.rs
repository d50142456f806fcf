//! Wallets and the ledger: every movement of money in the panel.
//!
//! Owns the tables `wallets`, `ledger_transactions`, `ledger_entries` and `corrections`; nobody else
//! writes them.
//! Each movement is one balanced transaction with a unique `(kind, reference)`, so that a charge,
//! a refund or a credit cannot happen twice. A wallet is changed by one conditional statement in
//! the same database transaction as its entries and the row that caused it; a balance is never
//! read, computed and written back. There is no operation that pays money out: "wallet balances
//! cannot be converted back or withdrawn".
//!
//! | event | from -> to |
//! |---|---|
//! | an order is placed | wallet -> hold |
//! | it is completed | hold -> revenue |
//! | it is partial | hold -> wallet (refund) and hold -> revenue (delivered part) |
//! | it failed or was canceled | hold -> wallet |
//! | a refund that is decided later | revenue -> wallet |
//! | a deposit is credited | gateway -> wallet |
//! | the gateway takes it back | wallet -> suspense:gateway_refund, up to the balance |
//! | the same while it is suspended | suspended_deposit, then forfeited -> suspense:gateway_refund |
//! | an operator's adjustment | bonus -> wallet |
//! | one that was wrong is corrected | wallet -> bonus, up to what it gave, and up to the balance |
//! | the account is suspended | wallet -> forfeited:{suspension} |
//! | a refund while it is suspended | hold -> forfeited:{suspension} |
//! | a deposit or a credit while it is suspended | gateway or bonus -> suspense:suspended_deposit:{account} |
//! | it is reinstated | both of these -> wallet |
//! | it is suspended for good | suspense:suspended_deposit:{account} -> forfeited:{suspension} |
//!
//! Whether an account is suspended is read under its wallet's lock, from the open row of
//! `suspensions`, which [`crate::suspensions`] writes under the same lock.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::actor::{Actor, Grave};
use crate::audit::{self, Deed, Entry};
use crate::clock::Time;
use crate::db::{Db, Tx};
use crate::error::{Failure, Refusal, Result};
use crate::ids::{AccountId, OrderId, RefundId, SuspensionId, TransactionId};
use crate::money::Money;
use crate::panel::Panel;
use crate::vocabulary::words;
use crate::wording;

mod corrections;
mod deposits;
mod imported;
mod ledger;
mod of_order;
mod store;
mod suspended;

pub use corrections::{Corrected, CreditName, GivenCredit, NewCorrection, correct, credits};
pub(crate) use corrections::{correct_in_tx, correctable};
pub(crate) use deposits::{deposit_in_tx, take_back_in_tx};
pub(crate) use imported::{credit_imported_in_tx, imported_in_tx};
use ledger::{Book, Posting};
pub(crate) use of_order::{Movement, Recorded, transactions_of};
pub(crate) use suspended::{
    Returned, forfeit_in_tx, forfeit_kept_in_tx, forfeited_under, kept_in_tx,
    last_transaction_in_tx, reinstate_in_tx,
};

words! {
    /// Where a refund went.
    pub enum Destination {
        /// Into the wallet of who had ordered.
        Wallet = "wallet",
        /// Away: the account was suspended when the order ended.
        Forfeited = "forfeited",
    }
}

/// An order's charge on its way from the wallet into the order's hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hold {
    /// Whose wallet pays.
    pub(crate) account: AccountId,
    /// The order that is paid for.
    pub(crate) order: OrderId,
    /// The whole charge, above zero.
    pub(crate) charge: Money,
}

/// How an order's hold is divided when the order ends; the two parts are the whole hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Release {
    /// Whose wallet gets the refund, unless the account is suspended.
    pub(crate) account: AccountId,
    /// The order that ended.
    pub(crate) order: OrderId,
    /// What goes back to the wallet.
    pub(crate) refund: Money,
    /// What the panel has earned.
    pub(crate) revenue: Money,
}

/// How a hold was emptied.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Released {
    /// The ledger transaction.
    pub(crate) transaction: TransactionId,
    /// Where the refund went.
    pub(crate) destination: Destination,
}

/// What became of a credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Credited {
    /// The wallet's balance after it.
    pub balance: Money,
    /// Whether the account is suspended: then the amount is kept beside the wallet, and comes into
    /// it when the account is reinstated.
    pub suspended: bool,
}

/// The kinds of the transactions that move the money of an order.
const ORDER_PLACED: &str = "order_placed";
const ORDER_SETTLED: &str = "order_settled";
const ORDER_REFUND: &str = "order_refund";

/// Opens the wallet of a new account, empty.
pub(crate) async fn open_in_tx(tx: &Tx, account: AccountId) -> Result<()> {
    store::open(tx, account).await
}

/// Opens the wallets of many new accounts, empty.
pub(crate) async fn open_all_in_tx(tx: &Tx, accounts: &[AccountId]) -> Result<()> {
    store::open_all(tx, accounts).await
}

/// The balances of `accounts`, locked until the transaction ends, so that what is decided on them
/// stays true.
pub(crate) async fn balances_in_tx(
    tx: &Tx,
    accounts: &[AccountId],
) -> Result<HashMap<AccountId, Money>> {
    store::lock_balances(tx, accounts).await
}

/// Moves charges from wallets into holds. Fails as a whole if a wallet does not cover its sum:
/// the caller has decided on locked balances, so that would be a fault.
pub(crate) async fn hold_in_tx(tx: &Tx, now: Time, holds: &[Hold]) -> Result<()> {
    let mut sums: BTreeMap<AccountId, Money> = BTreeMap::new();
    for hold in holds {
        let sum = sums.entry(hold.account).or_insert(Money::ZERO);
        *sum = sum.plus(hold.charge)?;
    }
    store::debit(tx, &sums).await?;
    let postings = holds
        .iter()
        .map(|hold| {
            Posting::new(ORDER_PLACED, format!("order:{}", hold.order))
                .debit(Book::Wallet(hold.account), hold.charge)
                .credit(Book::Hold(hold.order), hold.charge)
        })
        .collect();
    ledger::post_in_tx(tx, now, postings).await?;
    Ok(())
}

/// Empties the holds of orders that ended: refunds go to the wallets, or, while the account is
/// suspended, are forfeited. Says of each release, in order, how it went.
pub(crate) async fn release_in_tx(
    tx: &Tx,
    now: Time,
    releases: &[Release],
) -> Result<Vec<Released>> {
    let refunded = releases
        .iter()
        .filter(|release| release.refund.is_positive())
        .map(|release| release.account);
    let suspended = lock_homes(tx, refunded.collect()).await?;
    let mut sums: BTreeMap<AccountId, Money> = BTreeMap::new();
    let mut postings = Vec::with_capacity(releases.len());
    let mut destinations = Vec::with_capacity(releases.len());
    for release in releases {
        let whole = release.refund.plus(release.revenue)?;
        let suspension = suspended.get(&release.account);
        let (home, destination) = match suspension.filter(|_| release.refund.is_positive()) {
            Some(&suspension) => (Book::Forfeited(suspension), Destination::Forfeited),
            None => (Book::Wallet(release.account), Destination::Wallet),
        };
        if release.refund.is_positive() && suspension.is_none() {
            let sum = sums.entry(release.account).or_insert(Money::ZERO);
            *sum = sum.plus(release.refund)?;
        }
        destinations.push(destination);
        postings.push(
            Posting::new(ORDER_SETTLED, format!("order:{}", release.order))
                .debit(Book::Hold(release.order), whole)
                .credit(home, release.refund)
                .credit(Book::Revenue, release.revenue),
        );
    }
    store::credit(tx, &sums).await?;
    let transactions = ledger::post_in_tx(tx, now, postings).await?;
    let released = transactions.into_iter().zip(destinations);
    Ok(released
        .map(|(transaction, destination)| Released {
            transaction,
            destination,
        })
        .collect())
}

/// Locks the wallets of `accounts` and gives the open suspensions among them. Read after the lock is
/// had: who waited for it sees what was committed meanwhile.
async fn lock_homes(
    tx: &Tx,
    accounts: BTreeSet<AccountId>,
) -> Result<HashMap<AccountId, SuspensionId>> {
    if accounts.is_empty() {
        return Ok(HashMap::new());
    }
    let accounts: Vec<AccountId> = accounts.into_iter().collect();
    store::lock_balances(tx, &accounts).await?;
    store::open_suspensions(tx, &accounts).await
}

/// Credits a wallet by an operator's decision: `reference` is unique for ever (a bank's transfer
/// number, a ticket), `reason` is kept with the transaction. Refused: [`Refusal::Taken`] if this
/// reference was credited before, [`Refusal::Unknown`] without a wallet, [`Refusal::Conflict`] for an
/// account that was suspended for good, [`Refusal::FieldInvalid`]; what [`Actor::may`] refuses.
pub async fn credit(
    panel: &Panel,
    actor: &Actor,
    account: AccountId,
    amount: Money,
    reference: &str,
    reason: &str,
) -> Result<Credited> {
    let now = panel.now();
    let free = panel.config.everyday_credit();
    actor.may(Grave::Credit { free }, amount, now)?;
    let tx = panel.db.begin().await?;
    let (credited, entry) = credit_in_tx(&tx, now, account, amount, reference, reason).await?;
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    Ok(credited)
}

/// The one place where a wallet is credited by a person's decision; refused like [`credit`]. Gives
/// what the audit log is to keep of it, by the same transaction.
pub(crate) async fn credit_in_tx(
    tx: &Tx,
    now: Time,
    account: AccountId,
    amount: Money,
    reference: &str,
    reason: &str,
) -> Result<(Credited, Entry)> {
    let (reference, reason) = (wording::reference(reference)?, wording::reason(reason)?);
    let invalid = |expected| Refusal::FieldInvalid {
        field: "amount",
        expected,
    };
    if !amount.is_positive() {
        return Err(invalid("above zero").into());
    }
    let was = store::lock_balances(tx, &[account]).await?;
    let was = was.get(&account).copied();
    let was = was.ok_or(Refusal::Unknown { what: "wallet" })?;
    if store::is_suspended_for_good(tx, account).await? {
        let why = format!(
            "account {account} was suspended by a chargeback, for good: what is credited could \
             never be spent"
        );
        return Err(Refusal::Conflict { why }.into());
    }
    let balance = was.plus(amount);
    let balance = balance.map_err(|_| invalid("what the wallet can still hold"))?;
    // Of two servers that credit one reference, the second sees what the first has written.
    ledger::lock_in_tx(tx).await?;
    if let Some(other) = used_by(tx, reference).await? {
        let what = format!("{other} with the reference {reference}");
        return Err(Refusal::Taken { what }.into());
    }
    let posting = Posting::new(ADJUSTMENT, adjustment(reference))
        .debit(Book::Bonus, amount)
        .note(reason);
    let Arrived { suspended, .. } = arrive(tx, now, account, amount, posting).await?;
    let balance = if suspended { was } else { balance };
    let entry = Entry::new(Deed::WalletAdjusted, format!("account:{account}"))
        .because(reason)
        .was(json!({"balance": was.to_string()}))
        .became(json!({
            "balance": balance.to_string(),
            "amount": amount.to_string(),
            "reference": reference,
            "suspended": suspended,
        }));
    Ok((Credited { balance, suspended }, entry))
}

/// Completes `posting` by what arrives for `account`, whose wallet is locked, and writes it: the one
/// place that says where money for an account belongs now.
async fn arrive(
    tx: &Tx,
    now: Time,
    account: AccountId,
    amount: Money,
    posting: Posting,
) -> Result<Arrived> {
    let suspended = !store::open_suspensions(tx, &[account]).await?.is_empty();
    let home = if suspended {
        Book::SuspendedDeposit(account)
    } else {
        store::credit(tx, &BTreeMap::from([(account, amount)])).await?;
        Book::Wallet(account)
    };
    let posted = ledger::post_in_tx(tx, now, vec![posting.credit(home, amount)]).await?;
    let none = || Failure::Stored(format!("a credit of account {account} was not posted"));
    Ok(Arrived {
        transaction: posted.first().copied().ok_or_else(none)?,
        suspended,
    })
}

/// How money arrived.
struct Arrived {
    /// The ledger transaction.
    transaction: TransactionId,
    /// Whether it is kept beside the wallet, because the account is suspended.
    suspended: bool,
}

/// The kind of the transactions that people decide.
const ADJUSTMENT: &str = "adjustment";

fn adjustment(reference: &str) -> String {
    format!("adjustment:{reference}")
}

/// What has the `reference` that counts once, ever: a credit or a correction, if one has.
pub(crate) async fn used_by(
    on: &impl ConnectionTrait,
    reference: &str,
) -> Result<Option<&'static str>> {
    if store::is_posted(on, ADJUSTMENT, &adjustment(reference)).await? {
        return Ok(Some("a credit"));
    }
    let correction = corrections::correction(reference);
    let is_correction = store::is_posted(on, corrections::CORRECTION, &correction).await?;
    Ok(is_correction.then_some("a correction"))
}

/// Locks what a later refund changes: the wallet that gets it, then the ledger. The refund's number
/// may be reserved after that.
pub(crate) async fn begin_refund_in_tx(tx: &Tx, account: AccountId) -> Result<()> {
    store::lock_balances(tx, &[account]).await?;
    ledger::lock_in_tx(tx).await
}

/// Pays a refund that was decided after the order had ended, out of what it earned. The order's row
/// says how much it may be; what it was locked by is [`begin_refund_in_tx`].
pub(crate) async fn refund_in_tx(
    tx: &Tx,
    now: Time,
    account: AccountId,
    refund: RefundId,
    amount: Money,
) -> Result<TransactionId> {
    store::credit(tx, &BTreeMap::from([(account, amount)])).await?;
    let posting = Posting::new(ORDER_REFUND, format!("refund:{refund}"))
        .debit(Book::Revenue, amount)
        .credit(Book::Wallet(account), amount);
    let posted = ledger::post_in_tx(tx, now, vec![posting]).await?;
    let none = || Failure::Stored(format!("refund {refund} was posted without a transaction"));
    Ok(posted.first().copied().ok_or_else(none)?)
}

/// The balance of `account` as `on` sees it; a fault if it has no wallet.
pub(crate) async fn balance(on: &impl ConnectionTrait, account: AccountId) -> Result<Money> {
    store::balance(on, account).await
}

/// One movement of a wallet.
#[derive(Debug, Clone)]
pub struct StatementLine {
    /// The ledger transaction.
    pub transaction: TransactionId,
    /// What kind of event moved the money.
    pub kind: String,
    /// The cause, such as `order:17`.
    pub reference: String,
    /// What arrived, or, below zero, what left.
    pub amount: Money,
    /// The credit that was taken back, where it is a correction.
    pub corrects: Option<TransactionId>,
    /// Why that credit was corrected.
    pub reason: Option<String>,
    /// When.
    pub created_at: Time,
}

/// The movements of a wallet with transactions above `after`, oldest first, at most `limit`. A
/// wallet is moved once by a transaction at most, and transactions are numbered in commit order:
/// a reader that goes on from the last one it has seen misses none. From `TransactionId(0)` on,
/// their sum is the balance.
pub async fn statement(
    db: &Db,
    account: AccountId,
    after: TransactionId,
    limit: usize,
) -> Result<Vec<StatementLine>> {
    store::statement(db, account, after, limit).await
}
