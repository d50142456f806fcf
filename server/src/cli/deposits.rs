//! `deposit`: money that customers bring, and what a person decides about it.

use anyhow::{Context, Result};
use clap::{ArgGroup, Args, Subcommand};
use serde_json::json;

use super::accounts::find;
use super::inspect::utc;
use super::table::{ListForm, Table};
use crate::accounts::Named;
use crate::clock::Period;
use crate::deposits::reviews::{self, Outcome, Review};
use crate::deposits::{self, Search};
use crate::ids::{DepositId, DepositReviewId};
use crate::money::Money;
use crate::panel::Panel;

#[derive(Subcommand)]
pub(super) enum DepositCommand {
    /// List deposits, newest first
    List {
        /// Only those of this account
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
        /// How many to show
        #[arg(long, default_value_t = 50, value_name = "ROWS")]
        limit: usize,
        #[command(flatten)]
        form: ListForm,
    },
    /// Show a deposit with its payments
    Show {
        /// The deposit's number
        id: i64,
    },
    /// Record and credit a deposit that came another way than by a gateway, such as a transfer
    Record {
        /// The account: its number, its e-mail address or its name
        account: String,
        /// How much arrived, in USD
        #[arg(value_parser = Money::parse)]
        amount: Money,
        /// What it is known by where it arrived; counts once, ever
        #[arg(long)]
        reference: String,
        /// What it is, for the audit log
        #[arg(long)]
        reason: String,
    },
    /// Ask the gateway about a payment that no callback told of, or bind one to its deposit
    AddPayment {
        /// The deposit's number
        id: i64,
        /// The gateway's number of the payment
        payment: String,
    },
    /// List what has to be decided about payments, oldest first
    Reviews(ListForm),
    /// Decide about a payment
    Decide(Decide),
}

#[derive(Args)]
#[command(group(ArgGroup::new("outcome").required(true)))]
pub(super) struct Decide {
    /// The review's number
    review: i64,
    /// Credit this much, in USD; final
    #[arg(long, value_name = "AMOUNT", group = "outcome", value_parser = Money::parse)]
    credit: Option<Money>,
    /// Look at it again later
    #[arg(long, group = "outcome")]
    hold: bool,
    /// Credit nothing; final
    #[arg(long, group = "outcome")]
    reject: bool,
    /// Why, for the audit log
    #[arg(long)]
    reason: String,
}

pub(super) async fn deposit(panel: &Panel, command: DepositCommand) -> Result<()> {
    let actor = super::actor();
    match command {
        DepositCommand::List {
            account,
            limit,
            form,
        } => {
            let account = match account {
                Some(name) => Some(find(panel, &name).await?.id),
                None => None,
            };
            let search = Search {
                account,
                ..Search::default()
            };
            let mut table = Table::new([
                "deposit_id",
                "account_id",
                "gateway",
                "status",
                "amount",
                "credited",
                "created_at",
            ]);
            for deposit in deposits::list(&panel.db, search, None, limit).await? {
                table.push([
                    json!(deposit.id.0),
                    json!(deposit.account.0),
                    json!(deposit.gateway.to_string()),
                    json!(deposit.status.to_string()),
                    json!(deposit.amount.to_string()),
                    json!(deposit.credited.to_string()),
                    json!(deposit.created_at.to_string()),
                ]);
            }
            table.print(form, "There are no deposits.");
        }
        DepositCommand::Show { id } => show(panel, DepositId(id)).await?,
        DepositCommand::Record {
            account,
            amount,
            reference,
            reason,
        } => {
            let Named { id, name, .. } = find(panel, &account).await?;
            let recorded =
                deposits::record_manual(panel, &actor, id, amount, &reference, &reason).await?;
            anstream::println!("Deposit {}: {amount} USD for {name}.", recorded.id);
        }
        DepositCommand::AddPayment { id, payment } => {
            let added = deposits::add_payment(panel, &actor, DepositId(id), &payment).await;
            added.with_context(|| format!("deposit {id}"))?;
            anstream::println!("The gateway is asked about payment {payment}.");
        }
        DepositCommand::Reviews(form) => {
            let found = reviews::list(
                &panel.db,
                None,
                Period::default(),
                DepositReviewId(0),
                usize::MAX,
            )
            .await?;
            let mut table = Table::new([
                "review_id",
                "state",
                "reason",
                "gateway_payment",
                "deposit_id",
                "proved",
                "credited",
            ]);
            for review in found {
                table.push([
                    json!(review.id.0),
                    json!(review.state.to_string()),
                    json!(review.reason.to_string()),
                    json!(review.gateway_payment),
                    json!(review.deposit.map(|deposit| deposit.0)),
                    json!(review.proved.map(|proved| proved.to_string())),
                    json!(review.payment_credited.to_string()),
                ]);
            }
            table.print(form, "There is nothing to decide.");
        }
        DepositCommand::Decide(decide) => {
            let outcome = match (decide.credit, decide.hold) {
                (Some(amount), _) => Outcome::Credit(amount),
                (None, true) => Outcome::Hold,
                (None, false) => Outcome::Reject,
            };
            let id = DepositReviewId(decide.review);
            let decided = reviews::decide(panel, &actor, id, outcome, &decide.reason).await;
            let decided = decided.with_context(|| format!("deposit review {id}"))?;
            anstream::println!("{}", review_line(&decided));
        }
    }
    Ok(())
}

fn line(deposit: &deposits::Deposit) -> String {
    let deposits::Deposit {
        id,
        account,
        gateway,
        amount,
        status,
        credited,
        ..
    } = deposit;
    let made = utc(deposit.created_at);
    format!(
        "deposit {id:>6}  account {account:<6} {gateway:<11} {status:<10} {amount:>12} USD asked, \
         {credited:>12} USD credited  {made}"
    )
}

fn review_line(review: &Review) -> String {
    let proved = match review.proved {
        Some(proved) => format!("{proved} USD proved"),
        None => "worth unknown".to_owned(),
    };
    let deposit = match review.deposit {
        Some(deposit) => format!("deposit {deposit}"),
        None => "no deposit".to_owned(),
    };
    format!(
        "review {:>5}  {:<9} {:<15} payment {} of {deposit}, {proved}, {} USD credited",
        review.id.to_string(),
        review.state,
        review.reason,
        review.gateway_payment,
        review.payment_credited,
    )
}

async fn show(panel: &Panel, id: DepositId) -> Result<()> {
    let (deposit, payments) = deposits::show(&panel.db, id)
        .await
        .with_context(|| format!("deposit {id}"))?;
    anstream::println!("{}", line(&deposit));
    anstream::println!("reference  {}", deposit.reference);
    if let Some(url) = &deposit.invoice_url {
        anstream::println!("invoice    {url}");
    }
    for paid in payments {
        let of = |text: &Option<String>| text.clone().unwrap_or_else(|| "?".to_owned());
        anstream::println!(
            "payment    {}  {}  {} of {} {}  {} USD credited",
            paid.gateway_payment,
            of(&paid.status),
            of(&paid.actually_paid),
            of(&paid.pay_amount),
            of(&paid.coin),
            paid.credited,
        );
    }
    Ok(())
}
