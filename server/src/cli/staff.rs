//! `operator`: the people who run the panel.

use std::io::{IsTerminal, Read};

use anyhow::{Context, Result};
use clap::{Subcommand, ValueEnum};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::accounts::{print_invitation, print_password_link};
use super::table::{ListForm, Table};
use crate::accounts::staffing::{self, Member};
use crate::accounts::{self, Email, NewPassword, NewPerson};
use crate::actor::Role;
use crate::panel::Panel;

#[derive(Subcommand)]
pub(super) enum StaffCommand {
    /// Open the account of somebody who runs the panel; their password is read from standard input,
    /// unless they are invited to choose it
    Create {
        /// The e-mail address that they sign in with
        email: String,
        /// What they are called
        #[arg(long)]
        name: String,
        /// What they may do
        #[arg(long, value_enum, default_value = "operator")]
        role: StaffRole,
        /// Invite them to choose a password: by mail, or by a link that is printed
        #[arg(long)]
        invite: bool,
    },
    /// Print a link by which somebody chooses a new password, good once and for an hour
    ResetLink {
        /// Their number, e-mail address or name
        who: String,
        /// Why, kept for ever
        #[arg(long)]
        reason: String,
    },
    /// List them, and whether they sign in
    List {
        /// List those who were removed instead
        #[arg(long)]
        removed: bool,
        #[command(flatten)]
        form: ListForm,
    },
    /// Have alerts sent to somebody of the staff by mail, or not any more
    AlertMails {
        /// Their number, e-mail address or name
        who: String,
        /// Not any more
        #[arg(long)]
        off: bool,
    },
    /// Remove somebody from the staff: their sessions and keys end at once
    Remove {
        /// Their number, e-mail address or name
        who: String,
        /// Why, kept for ever
        #[arg(long)]
        reason: String,
    },
    /// Give somebody another role: their sessions and keys end at once
    Role {
        /// Their number, e-mail address or name
        who: String,
        /// What they may do from now on
        #[arg(value_enum)]
        role: StaffRole,
        /// Why, kept for ever
        #[arg(long)]
        reason: String,
    },
    /// Give somebody another password, read from standard input: their sessions and keys end at once
    Password {
        /// Their number, e-mail address or name
        who: String,
        /// Why, kept for ever
        #[arg(long)]
        reason: String,
    },
    /// Turn off the codes of somebody who lost their authenticator: sessions and keys end at once
    ResetTotp {
        /// Their number, e-mail address or name
        who: String,
        /// Why, kept for ever
        #[arg(long)]
        reason: String,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum StaffRole {
    /// Runs the panel
    Operator,
    /// Answers customers: reads, and proposes what moves money
    Support,
}

impl From<StaffRole> for Role {
    fn from(role: StaffRole) -> Role {
        match role {
            StaffRole::Operator => Role::Operator,
            StaffRole::Support => Role::Support,
        }
    }
}

pub(super) async fn staff(panel: &Panel, command: StaffCommand) -> Result<()> {
    match command {
        StaffCommand::Create {
            email,
            name,
            role,
            invite: true,
        } => {
            let (actor, role) = (super::actor(), Role::from(role));
            let (account, invitation) =
                staffing::invite(panel, &actor, role, &name, &email).await?;
            anstream::println!("Account {account} ({name}) is a member of the staff: {role}.");
            print_invitation(&invitation);
        }
        StaffCommand::ResetLink { who, reason } => {
            let id = staffing::find(&panel.db, &who).await?.id;
            print_password_link(panel, id, &reason).await?;
        }
        StaffCommand::Create {
            email,
            name,
            role,
            invite: false,
        } => {
            let role = Role::from(role);
            let new = NewPerson {
                role,
                email: Email::parse(&email)?,
                password: NewPassword::checked("password", password_from_input()?)?,
                name: Some(name.clone()),
            };
            let account = accounts::register(panel, &super::actor(), new).await?;
            anstream::println!("Account {account} ({name}) is a member of the staff: {role}.");
        }
        StaffCommand::List { removed, form } => {
            let mut table = Table::new([
                "account_id",
                "name",
                "email",
                "role",
                "signs_in",
                "totp",
                "alerts_by_mail",
                "removed_at",
            ]);
            for member in staffing::list(&panel.db, removed).await? {
                table.push(row(&member));
            }
            table.print(form, "There is nobody.");
        }
        StaffCommand::AlertMails { who, off } => {
            let id = staffing::find(&panel.db, &who).await?.id;
            let actor = super::actor();
            let changed = accounts::set_alerts_by_mail(panel, &actor, id, !off).await?;
            let (name, not) = (&changed.name, if off { "not " } else { "" });
            anstream::println!("Alerts are {not}sent by mail to account {id} ({name}).");
        }
        StaffCommand::Remove { who, reason } => {
            let id = staffing::find(&panel.db, &who).await?.id;
            let removed = staffing::remove(panel, &super::actor(), id, &reason).await?;
            let (name, role) = (&removed.name, removed.role);
            anstream::println!(
                "Account {id} ({name}), {role}, is removed from the staff; its sessions and keys have \
                 ended."
            );
        }
        StaffCommand::Role { who, role, reason } => {
            let (actor, role) = (super::actor(), Role::from(role));
            let id = staffing::find(&panel.db, &who).await?.id;
            let changed = staffing::set_role(panel, &actor, id, role, &reason).await?;
            let name = &changed.name;
            anstream::println!(
                "Account {id} ({name}) is of the role {role} now; its sessions and keys have ended."
            );
        }
        StaffCommand::Password { who, reason } => {
            let id = staffing::find(&panel.db, &who).await?.id;
            let password = NewPassword::checked("password", password_from_input()?)?;
            let actor = super::actor();
            let changed = staffing::set_password(panel, &actor, id, &password, &reason).await?;
            let name = &changed.name;
            anstream::println!(
                "Account {id} ({name}) has the new password; its sessions and keys have ended."
            );
        }
        StaffCommand::ResetTotp { who, reason } => {
            let id = staffing::find(&panel.db, &who).await?.id;
            let changed = staffing::reset_totp(panel, &super::actor(), id, &reason).await?;
            let name = &changed.name;
            anstream::println!(
                "Codes are off for account {id} ({name}); its sessions and keys have ended."
            );
        }
    }
    Ok(())
}

fn row(member: &Member) -> [Value; 8] {
    [
        json!(member.id.0),
        json!(member.name),
        json!(member.email),
        json!(member.role.word()),
        json!(member.signs_in),
        json!(member.has_totp),
        json!(member.alerts_by_mail),
        json!(member.removed_at.map(|at| at.to_string())),
    ]
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
