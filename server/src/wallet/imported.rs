//! What customers of another panel had there, as credits.

use std::collections::{BTreeMap, HashMap};

use super::ledger::{self, Book, Posting};
use super::{ADJUSTMENT, adjustment, store};
use crate::clock::Time;
use crate::db::{PIECE, Tx};
use crate::error::{Refusal, Result};
use crate::ids::AccountId;
use crate::money::Money;

/// Credits wallets, which nobody has used yet, with what their owners had as customers of these numbers
/// in another panel. The reference of each, `import:7`, counts once, ever. Refused: [`Refusal::Taken`].
pub(crate) async fn credit_imported_in_tx(
    tx: &Tx,
    now: Time,
    balances: &[(i64, AccountId, Money)],
) -> Result<()> {
    let credits: Vec<&(i64, AccountId, Money)> = balances
        .iter()
        .filter(|(.., amount)| amount.is_positive())
        .collect();
    ledger::lock_in_tx(tx).await?;
    for piece in credits.chunks(PIECE) {
        let reference = |old: i64| adjustment(&format!("import:{old}"));
        let references: Vec<String> = piece.iter().map(|(old, ..)| reference(*old)).collect();
        if let Some(first) = store::posted_of(tx, ADJUSTMENT, &references).await?.first() {
            let what = format!("a credit with the reference {first}");
            return Err(Refusal::Taken { what }.into());
        }
        let sums: BTreeMap<AccountId, Money> = piece
            .iter()
            .map(|&&(_, account, amount)| (account, amount))
            .collect();
        store::credit(tx, &sums).await?;
        let postings = piece.iter().map(|&&(old, account, amount)| {
            Posting::new(ADJUSTMENT, reference(old))
                .debit(Book::Bonus, amount)
                .credit(Book::Wallet(account), amount)
                .note(&format!(
                    "the balance of customer {old} of the panel before this one"
                ))
        });
        ledger::post_in_tx(tx, now, postings.collect()).await?;
    }
    Ok(())
}

/// What was credited so, by the customers' numbers in the other panel.
pub(crate) async fn imported_in_tx(tx: &Tx) -> Result<HashMap<i64, Money>> {
    let prefix = adjustment("import:");
    let credits = store::credits_like(tx, ADJUSTMENT, &prefix).await?;
    let credits = credits.into_iter().filter_map(|(reference, amount)| {
        let old = reference.strip_prefix(&prefix)?.parse().ok()?;
        Some((old, amount))
    });
    Ok(credits.collect())
}
