//! `account credits` and `account correct`.

use anyhow::Result;
use clap::{ArgGroup, Args};
use serde_json::json;

use super::accounts::{amount, find};
use super::table::{ListForm, Table};
use crate::clock::Period;
use crate::db::PIECE;
use crate::ids::TransactionId;
use crate::money::Money;
use crate::panel::Panel;
use crate::wallet::{self, CreditName, NewCorrection};

#[derive(Args)]
#[command(group(ArgGroup::new("named").required(true)))]
pub(super) struct Correction {
    /// The account's name
    name: String,
    /// How much of the credit is taken back, in USD, at most nine decimals
    #[arg(value_parser = amount)]
    amount: Money,
    /// The reference of the credit that was wrong
    #[arg(long, value_name = "REFERENCE", group = "named")]
    credit: Option<String>,
    /// The same by its ledger transaction, as `account credits` shows it
    #[arg(long, value_name = "TRANSACTION", group = "named")]
    transaction: Option<i64>,
    /// Why: the customer reads it
    #[arg(long)]
    reason: String,
    /// A name for this correction, such as a ticket's number: it counts once, ever
    #[arg(long)]
    reference: String,
}

/// Takes back what a credit gave wrongly.
pub(super) async fn correct(panel: &Panel, correction: Correction) -> Result<()> {
    let Correction {
        name,
        amount,
        credit,
        transaction,
        reason,
        reference,
    } = correction;
    let by_number = transaction.map(|id| CreditName::Transaction(TransactionId(id)));
    let new = NewCorrection {
        account: find(panel, &name).await?.id,
        credit: by_number.unwrap_or_else(|| CreditName::Reference(credit.unwrap_or_default())),
        amount,
        reference,
        reason,
    };
    let corrected = wallet::correct(panel, &super::actor(), &new).await?;
    let (credit, left, balance) = (corrected.credit, corrected.left, corrected.balance);
    anstream::println!(
        "{amount} USD of credit {credit} taken back from {name}; {left} USD of it are left, balance \
         {balance} USD."
    );
    Ok(())
}

/// Prints the credits of an account, oldest first.
pub(super) async fn list(panel: &Panel, name: &str, form: ListForm) -> Result<()> {
    let account = find(panel, name).await?.id;
    let mut after = TransactionId(0);
    let mut table = Table::new([
        "transaction_id",
        "created_at",
        "amount",
        "corrected",
        "reference",
        "reason",
    ]);
    loop {
        let credits = wallet::credits(&panel.db, account, Period::default(), after, PIECE).await?;
        for credit in &credits {
            table.push([
                json!(credit.transaction.0),
                json!(credit.created_at.to_string()),
                json!(credit.amount.to_string()),
                json!(credit.corrected.to_string()),
                json!(credit.reference),
                json!(credit.reason),
            ]);
        }
        match credits.last() {
            Some(last) if credits.len() == PIECE => after = last.transaction,
            Some(_) | None => break,
        }
    }
    table.print(form, "Nothing was credited to the account by hand.");
    Ok(())
}
