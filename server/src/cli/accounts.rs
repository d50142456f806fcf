//! `account`.

use anyhow::{Result, bail};
use clap::Subcommand;

use crate::accounts::Account;
use crate::actor::{Actor, Role};
use crate::ids::AccountId;
use crate::money::Money;
use crate::panel::Panel;
use crate::{accounts, suspensions, wallet};

#[derive(Subcommand)]
pub(super) enum AccountCommand {
    /// Create an account with an empty wallet
    Create {
        /// Its name, unique in this panel
        name: String,
    },
    /// List the customers' accounts: number, name, e-mail address, and whether it is suspended
    List {
        /// Only those with this in their name or e-mail address
        #[arg(default_value = "")]
        search: String,
        /// How many rows to show
        #[arg(long, default_value_t = 50, value_name = "ROWS")]
        limit: u64,
    },
    /// Add money to an account's wallet
    Credit {
        /// The account's name
        name: String,
        /// How much, in USD, at most nine decimals
        #[arg(value_parser = amount)]
        amount: Money,
        /// Why, kept with the ledger transaction
        #[arg(long)]
        reason: String,
        /// A name for this credit, such as a bank's transfer number: credited once, ever
        #[arg(long)]
        reference: String,
    },
    /// Suspend an account: every action is refused, its funds are forfeited
    Suspend {
        /// The account's name
        name: String,
        /// Why, kept for ever
        #[arg(long)]
        reason: String,
    },
    /// Undo a suspension: the wallet gets back exactly what was forfeited
    Reinstate {
        /// The account's name
        name: String,
        /// Why, kept for ever
        #[arg(long)]
        reason: String,
    },
    /// Record a payment that was charged back: suspends the account for good
    Chargeback {
        /// The account's name
        name: String,
        /// How much was taken back, in USD, at most nine decimals
        #[arg(value_parser = amount)]
        amount: Money,
        /// What the bank or the gateway calls it: recorded once, ever
        #[arg(long)]
        reference: String,
        /// What happened, kept for ever
        #[arg(long)]
        reason: String,
    },
}

/// An amount above zero.
pub(super) fn amount(text: &str) -> Result<Money, String> {
    let amount = Money::parse(text).map_err(|no| no.to_string())?;
    if amount.is_positive() {
        Ok(amount)
    } else {
        Err("not above zero".to_owned())
    }
}

pub(super) async fn account(panel: &Panel, command: AccountCommand) -> Result<()> {
    match command {
        AccountCommand::Create { name } => {
            let name = name.trim();
            if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
                bail!("an account's name has 1 to 100 printable characters");
            }
            let id = accounts::create(panel, &Actor::command(), Role::Reseller, name).await?;
            anstream::println!("Account {id} ({name}) has an empty wallet.");
        }
        AccountCommand::List { search, limit } => {
            for account in accounts::search(panel, search.trim(), limit).await? {
                show(&account);
            }
        }
        AccountCommand::Credit {
            name,
            amount,
            reason,
            reference,
        } => {
            let account = find(panel, &name).await?;
            let actor = Actor::command();
            let credited =
                wallet::credit(panel, &actor, account, amount, &reference, &reason).await?;
            let balance = credited.balance;
            if credited.suspended {
                anstream::println!(
                    "{name} is suspended: {amount} USD are kept beside the wallet until it is \
                     reinstated; balance {balance} USD."
                );
            } else {
                anstream::println!("{amount} USD credited to {name}; balance {balance} USD.");
            }
        }
        AccountCommand::Suspend { name, reason } => {
            let account = find(panel, &name).await?;
            let done = suspensions::suspend(panel, &Actor::command(), account, &reason).await?;
            let (id, forfeited) = (done.id, done.forfeited);
            anstream::println!("{name} is suspended (suspension {id}); {forfeited} USD forfeited.");
        }
        AccountCommand::Reinstate { name, reason } => {
            let account = find(panel, &name).await?;
            let done = suspensions::reinstate(panel, &Actor::command(), account, &reason).await?;
            let (returned, balance) = (done.returned, done.balance);
            let (forfeited, deposits) = (returned.forfeited, returned.deposits);
            anstream::println!(
                "{name} is reinstated: {forfeited} USD returned, {deposits} USD of credits \
                 released; balance {balance} USD."
            );
        }
        AccountCommand::Chargeback {
            name,
            amount,
            reference,
            reason,
        } => {
            let account = find(panel, &name).await?;
            let actor = &Actor::command();
            let recorded =
                suspensions::record_chargeback(panel, actor, account, &reference, amount, &reason);
            let recorded = recorded.await?;
            let (id, covered, shortfall) = (recorded.id, recorded.covered, recorded.shortfall);
            anstream::println!(
                "{name} is suspended for good (chargeback {id}): {covered} of {amount} USD are \
                 covered by what was forfeited, {shortfall} USD are not."
            );
        }
    }
    Ok(())
}

/// One account on a line, for people and for `cut -f`.
pub(super) fn show(account: &Account) {
    let state = match account.suspended_at {
        Some(at) => format!("suspended {at}"),
        None => "good".to_owned(),
    };
    let email = account.email.as_deref().unwrap_or("-");
    let (id, name, role) = (account.id, &account.name, account.role);
    anstream::println!("{id}\t{name}\t{email}\t{role}\t{state}");
}

/// The account of that name.
pub(super) async fn find(panel: &Panel, name: &str) -> Result<AccountId> {
    match accounts::find(&panel.db, name).await? {
        Some(account) => Ok(account),
        None => bail!("there is no account named {name}"),
    }
}
