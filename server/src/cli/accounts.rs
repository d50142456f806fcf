//! `account` and `key`.

use anyhow::{Result, bail};
use clap::Subcommand;

use crate::actor::{Actor, Role};
use crate::ids::AccountId;
use crate::money::Money;
use crate::panel::Panel;
use crate::{accounts, wallet};

#[derive(Subcommand)]
pub(super) enum AccountCommand {
    /// Create an account with an empty wallet
    Create {
        /// Its name, unique in this panel
        name: String,
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
}

#[derive(Subcommand)]
pub(super) enum KeyCommand {
    /// Create an API key and print it; it cannot be shown again
    Create {
        /// The account's name
        account: String,
        /// What the key is for
        #[arg(long, default_value = "default")]
        name: String,
    },
}

fn amount(text: &str) -> Result<Money, String> {
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
        AccountCommand::Credit {
            name,
            amount,
            reason,
            reference,
        } => {
            let account = find(panel, &name).await?;
            let actor = Actor::command();
            let balance =
                wallet::credit(panel, &actor, account, amount, &reference, &reason).await?;
            anstream::println!("{amount} USD credited to {name}; balance {balance} USD.");
        }
    }
    Ok(())
}

pub(super) async fn key(panel: &Panel, command: KeyCommand) -> Result<()> {
    let KeyCommand::Create { account, name } = command;
    let id = find(panel, &account).await?;
    let key = accounts::create_key(panel, &Actor::command(), id, &name).await?;
    // The key alone on standard output, so that a script can take it.
    anstream::println!("{}", key.expose());
    anstream::eprintln!("This key of {account} cannot be shown again: keep it now.");
    Ok(())
}

async fn find(panel: &Panel, name: &str) -> Result<AccountId> {
    match accounts::find(&panel.db, name).await? {
        Some(account) => Ok(account),
        None => bail!("there is no account named {name}"),
    }
}
