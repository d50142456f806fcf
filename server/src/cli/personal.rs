//! `account export` and `account erase`: what is held about one person.

use anyhow::{Result, bail};
use clap::Args;

use super::accounts::find;
use crate::panel::Panel;
use crate::personal;

#[derive(Args)]
pub(super) struct Erase {
    /// The account: its number, its e-mail address or its name
    name: String,
    /// Why, for the audit log; no name or address of theirs
    #[arg(long)]
    reason: String,
    /// Erase it; without, it is only said what would be erased and what stands against it
    #[arg(long)]
    yes: bool,
}

pub(super) async fn export(panel: &Panel, name: &str) -> Result<()> {
    let account = find(panel, name).await?.id;
    let held = personal::export(panel, &super::actor(), account).await?;
    anstream::println!("{}", serde_json::to_string_pretty(&held)?);
    Ok(())
}

pub(super) async fn erase(panel: &Panel, erase: Erase) -> Result<()> {
    let account = find(panel, &erase.name).await?;
    if !erase.yes {
        let hindrances = personal::hindrances(panel, account.id).await?;
        if !hindrances.is_empty() {
            bail!(
                "account {} cannot be erased yet: {}",
                account.id,
                hindrances.join("; ")
            );
        }
        anstream::println!(
            "Account {} ({}) would be erased: its name, addresses, links, texts and pictures, for good; \
             amounts, times and numbers stay. Nothing was erased: --yes does it. `account export` first, \
             if its owner wants to have it.",
            account.id,
            account.name
        );
        return Ok(());
    }
    let id = account.id;
    let erased = personal::erase(panel, &super::actor(), id, &erase.reason).await?;
    if erased.before {
        anstream::println!("Account {id} was erased before.");
        return Ok(());
    }
    anstream::println!(
        "Account {id} is erased, with the links of {} order(s); it is called erased-{id}. The audit log \
         and the reasons that staff gave for moving money stay. Backups keep what they hold.",
        erased.orders
    );
    Ok(())
}
