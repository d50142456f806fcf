//! Credits that were wrong: what an operator gave by mistake is taken back, from this credit and from
//! no other money.
//!
//! A correction names its credit, and takes at most what that gave less what earlier corrections have
//! taken of it, and at most what the wallet holds. Owns the table `corrections`.

use std::collections::BTreeMap;

use sea_orm::ConnectionTrait;
use serde_json::json;

use super::ledger::{self, Book, Posting};
use super::store::{self, corrections};
use super::{ADJUSTMENT, Recorded, adjustment, used_by};
use crate::actor::{Actor, Grave};
use crate::audit::{self, Deed, Entry};
use crate::clock::{Period, Time};
use crate::db::{Db, Tx};
use crate::error::{Failure, Refusal, Result};
use crate::gateway::GatewayName;
use crate::ids::{AccountId, TransactionId};
use crate::money::Money;
use crate::panel::Panel;
use crate::wording;

/// By what somebody names a credit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CreditName {
    /// The reference under which it was given.
    Reference(String),
    /// Its ledger transaction.
    Transaction(TransactionId),
}

/// What is to be taken back.
#[derive(Debug, Clone)]
pub struct NewCorrection {
    /// Whose wallet was credited.
    pub account: AccountId,
    /// The credit that was wrong.
    pub credit: CreditName,
    /// How much of it is taken back, above zero.
    pub amount: Money,
    /// The name under which the correction counts once, such as a ticket's number.
    pub reference: String,
    /// Why; the customer reads it.
    pub reason: String,
}

/// What was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Corrected {
    /// The correction's ledger transaction.
    pub transaction: TransactionId,
    /// The credit's.
    pub credit: TransactionId,
    /// What can still be taken back of that credit.
    pub left: Money,
    /// What the wallet holds after it.
    pub balance: Money,
}

/// A credit by a person's decision, and what was taken back of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenCredit {
    /// Its ledger transaction.
    pub transaction: TransactionId,
    /// The name under which it counts once.
    pub reference: String,
    /// Why it was given.
    pub reason: String,
    /// How much it gave.
    pub amount: Money,
    /// How much of that was taken back.
    pub corrected: Money,
    /// When it was given.
    pub created_at: Time,
}

/// The credits of `account` with transactions above `after`, oldest first, at most `limit`.
pub async fn credits(
    db: &Db,
    account: AccountId,
    created: Period,
    after: TransactionId,
    limit: usize,
) -> Result<Vec<GivenCredit>> {
    corrections::credits(db.read(), account, created, after, limit).await
}

/// Takes back what a credit gave wrongly. Refused: [`Refusal::Unknown`] without such a wallet or
/// credit; [`Refusal::Taken`] if the reference was used by a credit or a correction before;
/// [`Refusal::Conflict`] for money that came by a deposit, for more than is left of the credit or of
/// the balance, and while the account is suspended; [`Refusal::FieldInvalid`]; what [`Actor::may`]
/// refuses.
pub async fn correct(panel: &Panel, actor: &Actor, new: &NewCorrection) -> Result<Corrected> {
    actor.only_operators()?;
    let now = panel.now();
    let free = panel.config.everyday_credit();
    actor.may(Grave::Credit { free }, new.amount, now)?;
    let tx = panel.db.begin().await?;
    let (corrected, entry) = correct_in_tx(&tx, now, new).await?;
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    Ok(corrected)
}

/// The one place where a credit is taken back; refused like [`correct`]. Gives what the audit log is to
/// keep of it, by the same transaction.
pub(crate) async fn correct_in_tx(
    tx: &Tx,
    now: Time,
    new: &NewCorrection,
) -> Result<(Corrected, Entry)> {
    let (account, amount) = (new.account, new.amount);
    let reference = wording::reference(&new.reference)?;
    let reason = wording::reason(&new.reason)?;
    let balances = store::lock_balances(tx, &[account]).await?;
    let balance = balances.get(&account).copied();
    let balance = balance.ok_or(Refusal::Unknown { what: "wallet" })?;
    if !store::open_suspensions(tx, &[account]).await?.is_empty() {
        return Err(suspended(account).into());
    }
    // Of two that take from one credit, or by one reference, the second sees what the first has taken.
    ledger::lock_in_tx(tx).await?;
    if let Some(other) = used_by(tx, reference).await? {
        let what = format!("{other} with the reference {reference}");
        return Err(Refusal::Taken { what }.into());
    }
    let credit = correctable(tx, account, &new.credit, amount).await?;
    if amount > balance {
        let why = format!(
            "the wallet of account {account} holds {balance} USD: a correction cannot take {amount} USD"
        );
        return Err(Refusal::Conflict { why }.into());
    }
    store::debit(tx, &BTreeMap::from([(account, amount)])).await?;
    let posting = Posting::new(CORRECTION, correction(reference))
        .debit(Book::Wallet(account), amount)
        .credit(Book::Bonus, amount)
        .note(reason);
    let posted = ledger::post_in_tx(tx, now, vec![posting]).await?;
    let none = || Failure::Stored(format!("the correction {reference} was not posted"));
    let transaction = posted.first().copied().ok_or_else(none)?;
    corrections::insert(tx, transaction, credit.transaction, account, amount).await?;
    let corrected = Corrected {
        transaction,
        credit: credit.transaction,
        left: credit.left.minus(amount)?,
        balance: balance.minus(amount)?,
    };
    let entry = Entry::new(Deed::WalletCorrected, format!("account:{account}"))
        .because(reason)
        .was(json!({"balance": balance.to_string()}))
        .became(json!({
            "balance": corrected.balance.to_string(),
            "amount": amount.to_string(),
            "reference": reference,
            "credit_transaction_id": credit.transaction.0,
            "left_of_credit": corrected.left.to_string(),
        }));
    Ok((corrected, entry))
}

/// A suspended account's wallet is empty: what it held is forfeited and returned by a reinstatement to
/// the nano, and what is credited meanwhile waits for that.
fn suspended(account: AccountId) -> Refusal {
    let why = format!(
        "account {account} is suspended: what its wallet held is forfeited, and nothing is there to take; \
         a credit can be corrected once the account is reinstated"
    );
    Refusal::Conflict { why }
}

/// A credit that can be corrected.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Correctable {
    /// Its ledger transaction.
    pub(crate) transaction: TransactionId,
    /// What can still be taken back of it.
    left: Money,
}

/// The credit of `account` that is so named, if `amount` can be taken back of it. What is left of it
/// stays so only under the ledger's lock. Refused like [`correct`].
pub(crate) async fn correctable(
    on: &impl ConnectionTrait,
    account: AccountId,
    name: &CreditName,
    amount: Money,
) -> Result<Correctable> {
    if !amount.is_positive() {
        return Err(Refusal::FieldInvalid {
            field: "amount",
            expected: "above zero",
        }
        .into());
    }
    let conflict = |why: String| Refusal::Conflict { why };
    let credit = named(on, name).await?;
    let Recorded { id, reference, .. } = &credit;
    let homes = [Book::Wallet(account), Book::SuspendedDeposit(account)].map(Book::name);
    let gave = credit.entries.iter();
    let mut gave = gave.filter(|entry| entry.side == "credit" && homes.contains(&entry.account));
    let gave = gave.next().map(|entry| entry.amount).ok_or_else(|| {
        conflict(format!(
            "ledger transaction {id} ({reference}) did not credit account {account}"
        ))
    })?;
    let taken = corrections::taken(on, *id).await?;
    let left = gave.minus(taken)?;
    if amount > left {
        return Err(conflict(format!(
            "ledger transaction {id} ({reference}) gave {gave} USD, of which {taken} USD are taken back \
             already: a correction can take {left} USD of it, not {amount} USD"
        ))
        .into());
    }
    let transaction = *id;
    Ok(Correctable { transaction, left })
}

/// The credit of this name. What is none is said to be what it is.
async fn named(on: &impl ConnectionTrait, name: &CreditName) -> Result<Recorded> {
    let found = match name {
        CreditName::Transaction(id) => store::recorded_by_id(on, *id).await?,
        CreditName::Reference(text) => {
            let text = text.trim();
            match store::recorded(on, ADJUSTMENT, &adjustment(text)).await? {
                Some(credit) => Some(credit),
                None => other_of_reference(on, text).await?,
            }
        }
    };
    let found = found.ok_or(Refusal::Unknown { what: "credit" })?;
    let Recorded {
        id,
        kind,
        reference,
        ..
    } = &found;
    let why = match kind.as_str() {
        ADJUSTMENT => return Ok(found),
        "deposit" => format!(
            "ledger transaction {id} ({reference}) is a deposit: money that came by a deposit is never \
             taken by a correction"
        ),
        _ => format!(
            "ledger transaction {id} ({kind} {reference}) is no credit: nothing of it can be taken"
        ),
    };
    Err(Refusal::Conflict { why }.into())
}

/// The deposit or correction that has the reference which somebody took for a credit's.
async fn other_of_reference(on: &impl ConnectionTrait, text: &str) -> Result<Option<Recorded>> {
    let mut names = vec![(CORRECTION, correction(text)), ("deposit", text.to_owned())];
    let gateways = GatewayName::ALL.iter();
    names.extend(gateways.map(|gateway| ("deposit", format!("{gateway}:{text}"))));
    for (kind, reference) in names {
        if let Some(found) = store::recorded(on, kind, &reference).await? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The kind of the transactions that take back what a credit gave.
pub(super) const CORRECTION: &str = "correction";

pub(super) fn correction(reference: &str) -> String {
    format!("correction:{reference}")
}
