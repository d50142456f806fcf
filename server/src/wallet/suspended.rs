//! The money of suspended accounts: "all remaining wallet funds are forfeited", and "a wrong
//! suspension is undone by one transaction that returns exactly the sum" that it took.

use std::collections::{BTreeMap, HashMap};

use sea_orm::ConnectionTrait;

use super::ledger::{self, Book, Posting};
use super::store;
use crate::clock::Time;
use crate::db::{Tx, last_id};
use crate::error::Result;
use crate::ids::{AccountId, ChargebackId, SuspensionId, TransactionId};
use crate::money::Money;

/// What came back by a reinstatement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Returned {
    /// What was forfeited: the wallet at the suspension, and the refunds since.
    pub forfeited: Money,
    /// What was deposited meanwhile.
    pub deposits: Money,
}

/// The number of the last ledger transaction, which stays the last but for this transaction's own:
/// the place in the ledger at which an account is suspended or reinstated.
pub(crate) async fn last_transaction_in_tx(tx: &Tx) -> Result<TransactionId> {
    Ok(TransactionId(last_id(tx, "ledger_transactions").await?))
}

/// Forfeits all that is in the wallet of `account`, which is locked and holds `balance`, under
/// `suspension`.
pub(crate) async fn forfeit_in_tx(
    tx: &Tx,
    now: Time,
    account: AccountId,
    balance: Money,
    suspension: SuspensionId,
) -> Result<()> {
    if !balance.is_positive() {
        return Ok(());
    }
    store::debit(tx, &BTreeMap::from([(account, balance)])).await?;
    let posting = Posting::new("suspension", reference(suspension))
        .debit(Book::Wallet(account), balance)
        .credit(Book::Forfeited(suspension), balance);
    ledger::post_in_tx(tx, now, vec![posting]).await?;
    Ok(())
}

/// What is kept beside the wallet of `account`, which is locked.
pub(crate) async fn kept_in_tx(tx: &Tx, account: AccountId) -> Result<Money> {
    store::suspended_deposits(tx, account).await
}

/// Forfeits what was `kept` beside the wallet of `account`, which is locked, under its `suspension`,
/// because `chargeback` has made that permanent.
pub(crate) async fn forfeit_kept_in_tx(
    tx: &Tx,
    now: Time,
    account: AccountId,
    suspension: SuspensionId,
    chargeback: ChargebackId,
    kept: Money,
) -> Result<()> {
    if !kept.is_positive() {
        return Ok(());
    }
    let posting = Posting::new("deposit_forfeit", format!("chargeback:{chargeback}"))
        .debit(Book::SuspendedDeposit(account), kept)
        .credit(Book::Forfeited(suspension), kept);
    ledger::post_in_tx(tx, now, vec![posting]).await?;
    Ok(())
}

/// Returns to the wallet of `account`, which is locked, what was forfeited under `suspension`, and
/// what was deposited while it lasted.
pub(crate) async fn reinstate_in_tx(
    tx: &Tx,
    now: Time,
    account: AccountId,
    suspension: SuspensionId,
) -> Result<Returned> {
    let forfeited = forfeited_under(tx, &[suspension]).await?;
    let forfeited = forfeited.get(&suspension).copied().unwrap_or_default();
    let deposits = store::suspended_deposits(tx, account).await?;
    let back = [
        ("reinstatement", Book::Forfeited(suspension), forfeited),
        ("deposit_release", Book::SuspendedDeposit(account), deposits),
    ];
    let postings: Vec<Posting> = back
        .into_iter()
        .filter(|(_, _, amount)| amount.is_positive())
        .map(|(kind, from, amount)| {
            Posting::new(kind, reference(suspension))
                .debit(from, amount)
                .credit(Book::Wallet(account), amount)
        })
        .collect();
    if !postings.is_empty() {
        let sum = forfeited.plus(deposits)?;
        store::credit(tx, &BTreeMap::from([(account, sum)])).await?;
        ledger::post_in_tx(tx, now, postings).await?;
    }
    Ok(Returned {
        forfeited,
        deposits,
    })
}

/// What is forfeited under each of `suspensions` now; nothing for those that are not named.
pub(crate) async fn forfeited_under(
    on: &impl ConnectionTrait,
    suspensions: &[SuspensionId],
) -> Result<HashMap<SuspensionId, Money>> {
    store::forfeited(on, suspensions).await
}

/// What ledger transactions of a suspension and of its end are known by; each happens once.
fn reference(suspension: SuspensionId) -> String {
    format!("suspension:{suspension}")
}
