//! Money that comes from outside the panel, and what a gateway takes back of it.

use std::collections::BTreeMap;

use super::ledger::{self, Book, Posting};
use super::{arrive, last_transaction_in_tx, store};
use crate::clock::Time;
use crate::db::Tx;
use crate::error::{Failure, Refusal, Result};
use crate::gateway::GatewayName;
use crate::ids::{AccountId, TransactionId};
use crate::money::Money;

/// What was taken back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TakenBack {
    /// How much of it was still there.
    pub(crate) amount: Money,
    /// The ledger transaction; none if that was nothing.
    pub(crate) transaction: Option<TransactionId>,
    /// The last ledger transaction by then, this one included: the place in the ledger at which
    /// nothing more was there.
    pub(crate) position: TransactionId,
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

/// Takes up to `most` away from `account` again, because the gateway has sent the money of `reference`
/// back to its payer: "wallet -> suspense:gateway_refund, up to the balance".
///
/// The wallet of a suspended account is empty: "a deposit that was sent back is taken first from what
/// was forfeited or kept aside", so that a reinstatement returns exactly what remains. What has covered
/// chargebacks is not taken a second time.
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
    let mut sources = vec![(Book::Wallet(account), balance)];
    // Read under the wallet's lock, as whoever suspends writes it.
    if let Some(&suspension) = store::open_suspensions(tx, &[account]).await?.get(&account) {
        let kept = store::suspended_deposits(tx, account).await?;
        let forfeited = store::forfeited(tx, &[suspension]).await?;
        let forfeited = forfeited.get(&suspension).copied().unwrap_or_default();
        let free = forfeited.minus(store::covered_under(tx, suspension).await?)?;
        sources.push((Book::SuspendedDeposit(account), kept));
        sources.push((Book::Forfeited(suspension), free));
    }
    let mut posting = Posting::new("deposit_return", format!("{gateway}:{reference}"));
    let (mut amount, mut left) = (Money::ZERO, most);
    for (book, there) in sources {
        let part = there.min(left).max(Money::ZERO);
        if book == Book::Wallet(account) && part.is_positive() {
            store::debit(tx, &BTreeMap::from([(account, part)])).await?;
        }
        posting = posting.debit(book, part);
        (amount, left) = (amount.plus(part)?, left.minus(part)?);
    }
    let mut transaction = None;
    if amount.is_positive() {
        let posting = posting.credit(Book::GatewayRefund, amount);
        let posted = ledger::post_in_tx(tx, now, vec![posting]).await?;
        let none = || Failure::Stored(format!("the return of {reference} has no transaction"));
        transaction = Some(posted.first().copied().ok_or_else(none)?);
    }
    Ok(TakenBack {
        amount,
        transaction,
        position: last_transaction_in_tx(tx).await?,
    })
}
