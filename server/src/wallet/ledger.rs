//! Balanced transactions and their entries: built here, checked here, written here, never changed.

use sea_orm::ActiveValue::Set;

use crate::clock::Time;
use crate::db::{Tx, insert_all, reserve_ids};
use crate::entity::{ledger_entry, ledger_transaction};
use crate::error::{Failure, Result};
use crate::gateway::GatewayName;
use crate::ids::{AccountId, OrderId, SuspensionId, TransactionId};
use crate::money::Money;

/// An account of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Book {
    /// A customer's wallet; never below zero.
    Wallet(AccountId),
    /// What an open order has set aside; never below zero, and zero once the order is terminal.
    Hold(OrderId),
    /// What was earned by delivery.
    Revenue,
    /// What operators gave.
    Bonus,
    /// What was forfeited under one suspension; a reinstatement returns exactly that.
    Forfeited(SuspensionId),
    /// What was deposited while the account was suspended.
    SuspendedDeposit(AccountId),
    /// What came by a gateway, below zero.
    Gateway(GatewayName),
    /// What was taken out of wallets again, because a gateway had sent it back.
    GatewayRefund,
}

impl Book {
    /// The account's name in the ledger.
    pub(super) fn name(self) -> String {
        match self {
            Book::Wallet(account) => format!("wallet:{account}"),
            Book::Hold(order) => format!("hold:{order}"),
            Book::Revenue => "revenue".to_owned(),
            Book::Bonus => "bonus".to_owned(),
            Book::Forfeited(suspension) => format!("forfeited:{suspension}"),
            Book::Gateway(gateway) => format!("gateway:{gateway}"),
            Book::GatewayRefund => "suspense:gateway_refund".to_owned(),
            Book::SuspendedDeposit(account) => format!("suspense:suspended_deposit:{account}"),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    /// Money leaves the account.
    Debit,
    /// Money arrives in the account.
    Credit,
}

/// A transaction about to be written.
#[derive(Debug)]
pub(super) struct Posting {
    kind: &'static str,
    reference: String,
    note: Option<String>,
    lines: Vec<(Book, Side, Money)>,
}

impl Posting {
    /// A transaction of `kind` for the cause named by `reference`; the pair is unique for ever.
    pub(super) fn new(kind: &'static str, reference: String) -> Posting {
        Posting {
            kind,
            reference,
            note: None,
            lines: Vec::with_capacity(3),
        }
    }

    /// Takes `amount` from `book`; zero writes no line.
    pub(super) fn debit(self, book: Book, amount: Money) -> Posting {
        self.line(book, Side::Debit, amount)
    }

    /// Gives `amount` to `book`; zero writes no line.
    pub(super) fn credit(self, book: Book, amount: Money) -> Posting {
        self.line(book, Side::Credit, amount)
    }

    /// Keeps `note` with the transaction.
    pub(super) fn note(mut self, note: &str) -> Posting {
        self.note = Some(note.to_owned());
        self
    }

    fn line(mut self, book: Book, side: Side, amount: Money) -> Posting {
        if amount != Money::ZERO {
            self.lines.push((book, side, amount));
        }
        self
    }

    /// Debits equal credits, no amount is negative, and something moves.
    fn is_balanced(&self) -> Result<bool> {
        let mut sum = Money::ZERO;
        for &(_, side, amount) in &self.lines {
            sum = match side {
                Side::Debit => sum.minus(amount)?,
                Side::Credit => sum.plus(amount)?,
            };
        }
        let positive = self.lines.iter().all(|(_, _, amount)| amount.is_positive());
        Ok(sum == Money::ZERO && positive && self.lines.len() >= 2)
    }
}

/// Locks the ledger until the transaction ends: nobody else writes to it meanwhile.
pub(super) async fn lock_in_tx(tx: &Tx) -> Result<()> {
    reserve_ids(tx, "ledger_transactions", 0).await?;
    Ok(())
}

/// Writes `postings`. Gives their ids, in order.
pub(super) async fn post_in_tx(
    tx: &Tx,
    now: Time,
    postings: Vec<Posting>,
) -> Result<Vec<TransactionId>> {
    let first = reserve_ids(tx, "ledger_transactions", postings.len()).await?;
    let mut ids = Vec::with_capacity(postings.len());
    let mut transactions = Vec::with_capacity(postings.len());
    let mut entries = Vec::with_capacity(postings.len() * 2);
    for (id, posting) in (first..).map(TransactionId).zip(postings) {
        if !posting.is_balanced()? {
            let Posting {
                kind, reference, ..
            } = posting;
            return Err(Failure::Stored(format!("unbalanced {kind} {reference}")).into());
        }
        for (line, (book, side, amount)) in (1..).zip(posting.lines) {
            entries.push(ledger_entry::ActiveModel {
                transaction_id: Set(id),
                line: Set(line),
                account: Set(book.name()),
                side: Set(match side {
                    Side::Debit => "debit".to_owned(),
                    Side::Credit => "credit".to_owned(),
                }),
                amount_nano: Set(amount),
            });
        }
        transactions.push(ledger_transaction::ActiveModel {
            id: Set(id),
            kind: Set(posting.kind.to_owned()),
            reference: Set(posting.reference),
            note: Set(posting.note),
            created_at_ms: Set(now),
        });
        ids.push(id);
    }
    insert_all(tx, transactions).await?;
    insert_all(tx, entries).await?;
    Ok(ids)
}
