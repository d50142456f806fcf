//! Wallets and the ledger: every movement of money in the panel.
//!
//! Owns the tables `wallets`, `ledger_transactions` and `ledger_entries`; nobody else writes them.
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
//! | an operator's adjustment | bonus -> wallet |

use std::collections::{BTreeMap, HashMap};

use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::actor::Actor;
use crate::audit::{self, Deed, Entry};
use crate::clock::Time;
use crate::db::{Db, Tx};
use crate::error::{Refusal, Result};
use crate::ids::{AccountId, OrderId, TransactionId};
use crate::money::Money;
use crate::panel::Panel;

mod ledger;
mod store;

use ledger::{Book, Posting};

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
    /// Whose wallet gets the refund.
    pub(crate) account: AccountId,
    /// The order that ended.
    pub(crate) order: OrderId,
    /// What goes back to the wallet.
    pub(crate) refund: Money,
    /// What the panel has earned.
    pub(crate) revenue: Money,
}

/// Opens the wallet of a new account, empty.
pub(crate) async fn open_in_tx(tx: &Tx, account: AccountId) -> Result<()> {
    store::open(tx, account).await
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
            Posting::new("order_placed", format!("order:{}", hold.order))
                .debit(Book::Wallet(hold.account), hold.charge)
                .credit(Book::Hold(hold.order), hold.charge)
        })
        .collect();
    ledger::post_in_tx(tx, now, postings).await?;
    Ok(())
}

/// Empties the holds of orders that ended. Gives the ledger transaction of each, in order.
pub(crate) async fn release_in_tx(
    tx: &Tx,
    now: Time,
    releases: &[Release],
) -> Result<Vec<TransactionId>> {
    let mut sums: BTreeMap<AccountId, Money> = BTreeMap::new();
    let mut postings = Vec::with_capacity(releases.len());
    for release in releases {
        let whole = release.refund.plus(release.revenue)?;
        if release.refund.is_positive() {
            let sum = sums.entry(release.account).or_insert(Money::ZERO);
            *sum = sum.plus(release.refund)?;
        }
        postings.push(
            Posting::new("order_settled", format!("order:{}", release.order))
                .debit(Book::Hold(release.order), whole)
                .credit(Book::Wallet(release.account), release.refund)
                .credit(Book::Revenue, release.revenue),
        );
    }
    if !sums.is_empty() {
        // In order: one statement that changes several wallets locks them as it finds them.
        let credited: Vec<AccountId> = sums.keys().copied().collect();
        store::lock_balances(tx, &credited).await?;
        store::credit(tx, &sums).await?;
    }
    ledger::post_in_tx(tx, now, postings).await
}

/// Credits a wallet by an operator's decision: `reference` is unique for ever (a bank's transfer
/// number, a ticket), `reason` is kept with the transaction. Gives the balance after it. Refused:
/// [`Refusal::Taken`] if this reference was credited before, [`Refusal::Unknown`] without a wallet.
pub async fn credit(
    panel: &Panel,
    actor: &Actor,
    account: AccountId,
    amount: Money,
    reference: &str,
    reason: &str,
) -> Result<Money> {
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let posted = format!("adjustment:{reference}");
    let was = store::lock_balances(&tx, &[account]).await?;
    let was = was.get(&account).copied();
    let was = was.ok_or(Refusal::Unknown { what: "wallet" })?;
    if store::is_posted(&tx, "adjustment", &posted).await? {
        let what = format!("a credit with the reference {reference}");
        return Err(Refusal::Taken { what }.into());
    }
    store::credit(&tx, &BTreeMap::from([(account, amount)])).await?;
    let posting = Posting::new("adjustment", posted)
        .debit(Book::Bonus, amount)
        .credit(Book::Wallet(account), amount)
        .note(reason);
    ledger::post_in_tx(&tx, now, vec![posting]).await?;
    let balance = was.plus(amount)?;
    let entry = Entry::new(Deed::WalletAdjusted, format!("account:{account}"))
        .because(reason)
        .was(json!({"balance": was.to_string()}))
        .became(json!({"balance": balance.to_string(), "reference": reference}));
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    Ok(balance)
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
