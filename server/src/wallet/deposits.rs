//! Money that comes from outside the panel, and what a gateway takes back of it.

use std::collections::BTreeMap;

use super::ledger::{self, Book, Posting};
use super::{arrive, store};
use crate::clock::Time;
use crate::db::Tx;
use crate::error::{Failure, Refusal, Result};
use crate::gateway::GatewayName;
use crate::ids::{AccountId, TransactionId};
use crate::money::Money;

/// What was taken back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TakenBack {
    /// How much of it the wallet still held.
    pub(crate) amount: Money,
    /// The ledger transaction; none if that was nothing.
    pub(crate) transaction: Option<TransactionId>,
}

/// Credits what has arrived for `account` by `gateway`, or keeps it beside the wallet while the
/// account is suspended. `reference` counts once, for ever. Refused: [`Refusal::Unknown`] without a
/// wallet, [`Refusal::Taken`].
pub(crate) async fn deposit_in_tx(
    tx: &Tx,
    now: Time,
    account: AccountId,
    gateway: GatewayName,
    reference: &str,
    amount: Money,
) -> Result<TransactionId> {
    const KIND: &str = "deposit";
    let wallets = store::lock_balances(tx, &[account]).await?;
    let balance = wallets.get(&account).copied();
    let balance = balance.ok_or(Refusal::Unknown { what: "wallet" })?;
    balance.plus(amount)?;
    // Of two that credit one reference, the second sees what the first has written.
    ledger::lock_in_tx(tx).await?;
    let reference = format!("{gateway}:{reference}");
    if store::is_posted(tx, KIND, &reference).await? {
        let what = format!("a deposit with the reference {reference}");
        return Err(Refusal::Taken { what }.into());
    }
    let posting = Posting::new(KIND, reference).debit(Book::Gateway(gateway), amount);
    Ok(arrive(tx, now, account, amount, posting).await?.transaction)
}

/// Takes up to `most` out of the wallet of `account` again, because the gateway has sent the money
/// of `reference` back to its payer: "wallet -> suspense:gateway_refund, up to the balance".
pub(crate) async fn take_back_in_tx(
    tx: &Tx,
    now: Time,
    account: AccountId,
    gateway: GatewayName,
    reference: &str,
    most: Money,
) -> Result<TakenBack> {
    let wallets = store::lock_balances(tx, &[account]).await?;
    let balance = wallets.get(&account).copied().unwrap_or_default();
    let amount = balance.min(most);
    if !amount.is_positive() {
        return Ok(TakenBack {
            amount: Money::ZERO,
            transaction: None,
        });
    }
    store::debit(tx, &BTreeMap::from([(account, amount)])).await?;
    let posting = Posting::new("deposit_return", format!("{gateway}:{reference}"))
        .debit(Book::Wallet(account), amount)
        .credit(Book::GatewayRefund, amount);
    let posted = ledger::post_in_tx(tx, now, vec![posting]).await?;
    let none = || Failure::Stored(format!("the return of {reference} has no transaction"));
    Ok(TakenBack {
        amount,
        transaction: Some(posted.first().copied().ok_or_else(none)?),
    })
}
