//! `operator`: the people who run the panel.

use std::io::{IsTerminal, Read};

use anyhow::{Context, Result};
use clap::{Subcommand, ValueEnum};
use secrecy::SecretString;

use super::accounts::print_line;
use crate::accounts::{self, Email, NewPassword, NewPerson};
use crate::actor::{Actor, Role};
use crate::panel::Panel;

#[derive(Subcommand)]
pub(super) enum StaffCommand {
    /// Open the account of somebody who runs the panel; their password is read from standard input
    Create {
        /// The e-mail address that they sign in with
        email: String,
        /// What they are called
        #[arg(long)]
        name: String,
        /// What they may do
        #[arg(long, value_enum, default_value = "operator")]
        role: StaffRole,
    },
    /// List them: number, name, e-mail address, role, and whether the account is suspended
    List,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum StaffRole {
    /// Runs the panel
    Operator,
    /// Answers customers: reads, and proposes what moves money
    Support,
}

pub(super) async fn staff(panel: &Panel, command: StaffCommand) -> Result<()> {
    match command {
        StaffCommand::Create { email, name, role } => {
            let role = match role {
                StaffRole::Operator => Role::Operator,
                StaffRole::Support => Role::Support,
            };
            let new = NewPerson {
                role,
                email: Email::parse(&email)?,
                password: NewPassword::checked("password", password_from_input()?)?,
                name: Some(name.clone()),
            };
            let account = accounts::register(panel, &Actor::command(), new).await?;
            anstream::println!("Account {account} ({name}) is a member of the staff: {role}.");
        }
        StaffCommand::List => {
            for account in accounts::staff(panel).await? {
                print_line(&account);
            }
        }
    }
    Ok(())
}

/// The first line of standard input.
fn password_from_input() -> Result<SecretString> {
    if std::io::stdin().is_terminal() {
        anstream::eprintln!("The password, then Enter and Ctrl-D (it shows as you type):");
    }
    let mut text = String::new();
    std::io::stdin()
        .take(4096)
        .read_to_string(&mut text)
        .context("no password could be read")?;
    Ok(text.trim_end_matches(['\r', '\n']).into())
}
