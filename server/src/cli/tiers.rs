//! `tier`: price lists of their own.

use anyhow::{Result, bail};
use clap::Subcommand;
use serde_json::json;

use super::table::{ListForm, Table};
use crate::accounts::tiers;
use crate::ids::TierId;
use crate::money::Percent;
use crate::panel::Panel;

#[derive(Subcommand)]
pub(super) enum TierCommand {
    /// Create a rate tier: a percentage on the catalogue's rates
    Create {
        /// Its name, unique in this panel
        name: String,
        /// What it adds, in percent: above -100, at most 1000, with at most two decimals
        #[arg(allow_hyphen_values = true, value_parser = percent)]
        percent: Percent,
    },
    /// List the rate tiers
    List(ListForm),
    /// Change the percentage of a rate tier, for the next request of each of its accounts
    Set {
        /// Its name
        name: String,
        /// What it adds, in percent: above -100, at most 1000, with at most two decimals
        #[arg(allow_hyphen_values = true, value_parser = percent)]
        percent: Percent,
    },
}

pub(super) async fn tier(panel: &Panel, command: TierCommand) -> Result<()> {
    let actor = super::actor();
    match command {
        TierCommand::Create { name, percent } => {
            let tier = tiers::create(panel, &actor, &name, percent).await?;
            anstream::println!("Tier {} ({}): {percent} %.", tier.id, tier.name);
        }
        TierCommand::List(form) => {
            let mut table = Table::new(["tier_id", "name", "percent", "accounts"]);
            for tier in tiers::list(&panel.db, TierId::default(), usize::MAX).await? {
                table.push([
                    json!(tier.id.0),
                    json!(tier.name),
                    json!(tier.percent.to_string()),
                    json!(tier.accounts),
                ]);
            }
            let nothing = "There are no tiers: everybody pays the catalogue's rates.";
            table.print(form, nothing);
        }
        TierCommand::Set { name, percent } => {
            let id = find_tier(panel, &name).await?;
            let tier = tiers::change(panel, &actor, id, None, Some(percent)).await?;
            anstream::println!("Tier {id} ({}): {percent} %.", tier.name);
        }
    }
    Ok(())
}

/// The tier of this name.
pub(super) async fn find_tier(panel: &Panel, name: &str) -> Result<TierId> {
    match tiers::find(&panel.db, name).await? {
        Some(tier) => Ok(tier),
        None => bail!("there is no tier named {name}"),
    }
}

fn percent(text: &str) -> Result<Percent, String> {
    Percent::parse(text).map_err(|no| no.to_string())
}
