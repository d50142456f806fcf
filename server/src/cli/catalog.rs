//! `catalog`: selling what providers sell, and following them.

use std::collections::BTreeSet;

use anyhow::{Result, anyhow, bail};
use clap::{Args, Subcommand};
use serde_json::json;

use super::dialect::told;
use super::providers::{client, find};
use super::services::{markup, refill_days};
use super::table::{ListForm, Table};
use crate::catalog::Provider;
use crate::catalog::rules::RefillDays;
use crate::catalog::sync::{self, DifferenceFilter, Recorded, Selection};
use crate::clock::Period;
use crate::money::Rate;
use crate::panel::Panel;
use crate::provider::read_catalogue;

#[derive(Subcommand)]
pub(super) enum CatalogCommand {
    /// Sell what a provider sells, at a markup, and follow its catalogue from now on; what is sold
    /// already stays as it is
    Import(ImportOptions),
    /// Read a provider's catalogue now, and report what changed
    Sync {
        /// The provider's name
        provider: String,
        /// Believe it although most of what was there is missing
        #[arg(long)]
        believe: bool,
    },
    /// Show the last readings, or the differences of one of them
    Report {
        /// The report's number
        report: Option<i64>,
        /// How many rows to show
        #[arg(long, default_value_t = 50, value_name = "ROWS")]
        limit: usize,
        #[command(flatten)]
        form: ListForm,
    },
    /// Make services follow differences: their prices, limits, names; or sell them again
    Apply {
        /// The numbers of the differences
        #[arg(required = true)]
        differences: Vec<i64>,
    },
    /// Leave services as they are
    Dismiss {
        /// The numbers of the differences
        #[arg(required = true)]
        differences: Vec<i64>,
    },
}

#[derive(Args)]
pub(super) struct ImportOptions {
    /// The provider's name
    provider: String,
    /// A category of the provider, whole; may be repeated
    #[arg(long = "category", required_unless_present_any = ["services", "all"])]
    categories: Vec<String>,
    /// Everything that it sells
    #[arg(long, conflicts_with_all = ["categories", "services"])]
    all: bool,
    /// Ids of the provider's services, with commas between
    #[arg(long, value_delimiter = ',')]
    services: Vec<String>,
    /// The price as the cost plus this percentage, rounded up to 0.000001 USD
    #[arg(long, value_name = "PERCENT", value_parser = crate::catalog::rules::parse_percent,
        allow_negative_numbers = true, required_unless_present = "fixed")]
    markup: Option<i64>,
    /// This much in USD on top of the cost
    #[arg(long, value_name = "USD", value_parser = Rate::parse)]
    fixed: Option<Rate>,
    /// For how many days drops are refilled where the provider does, or lifetime [default: 30]
    #[arg(long, value_name = "DAYS", value_parser = refill_days)]
    refill_days: Option<RefillDays>,
}

pub(super) async fn catalog(panel: &Panel, command: CatalogCommand) -> Result<()> {
    let actor = super::actor();
    match command {
        CatalogCommand::Import(options) => import(panel, options).await?,
        CatalogCommand::Sync { provider, believe } => {
            let provider = find(panel, &provider).await?;
            let recorded = read(panel, &provider, believe).await?;
            let report = recorded.report;
            if let Some(error) = report.error {
                bail!("nothing was changed: {error}");
            }
            anstream::println!(
                "Report {}: {} services, {} new, {} gone, {} not taken; {} differences for what is \
                 sold here, {} to decide.",
                report.id,
                report.listed,
                report.added,
                report.gone,
                report.skipped,
                report.differences,
                report.open
            );
            for unknown in &recorded.unknown_types {
                anstream::println!("Unknown type: {}", told(unknown));
            }
        }
        CatalogCommand::Report {
            report: Some(report),
            limit,
            form,
        } => {
            sync::report(&panel.db, report).await?;
            let filter = DifferenceFilter {
                report: Some(report),
                ..DifferenceFilter::default()
            };
            let mut table = Table::new([
                "difference_id",
                "state",
                "kind",
                "service_id",
                "was",
                "became",
                "service_name",
            ]);
            for one in sync::differences(&panel.db, &filter, 0, limit).await? {
                table.push([
                    json!(one.id),
                    json!(one.state.to_string()),
                    json!(one.kind.to_string()),
                    json!(one.service.0),
                    json!(one.was),
                    json!(one.became),
                    json!(one.service_name),
                ]);
            }
            table.print(form, "Nothing changed for what is sold here.");
        }
        CatalogCommand::Report {
            report: None,
            limit,
            form,
        } => {
            let mut table = Table::new([
                "report_id",
                "started_at",
                "provider_id",
                "listed",
                "added",
                "gone",
                "open",
                "error",
            ]);
            for one in sync::reports(&panel.db, None, Period::default(), None, limit).await? {
                table.push([
                    json!(one.id),
                    json!(one.started_at.to_string()),
                    json!(one.provider.0),
                    json!(one.listed),
                    json!(one.added),
                    json!(one.gone),
                    json!(one.open),
                    json!(one.error),
                ]);
            }
            table.print(form, "No catalogue was read yet.");
        }
        CatalogCommand::Apply { differences } => {
            let done = sync::apply(panel, &actor, &differences).await?;
            anstream::println!("{} applied.", done.len());
        }
        CatalogCommand::Dismiss { differences } => {
            let done = sync::dismiss(panel, &actor, &differences).await?;
            anstream::println!("{} dismissed.", done.len());
        }
    }
    Ok(())
}

async fn read(panel: &Panel, provider: &Provider, believe: bool) -> Result<Recorded> {
    let lease = sync::take(panel, &super::actor(), provider).await?;
    anstream::eprintln!("Reading the catalogue of {} ...", provider.name);
    let read = read_catalogue(&client(panel)?, provider).await;
    let read = read.map(|reading| reading.catalogue);
    Ok(sync::record(panel, provider, lease, read, believe).await?)
}

/// Refuses a category that the provider does not have, with the list of those that it has.
fn require_categories(read: &Recorded, wanted: &[String]) -> Result<()> {
    let known: BTreeSet<&str> = read.rows.iter().map(|row| row.category.as_str()).collect();
    let missing = wanted.iter().find(|name| !known.contains(name.as_str()));
    if let (Some(missing), None) = (missing, &read.report.error) {
        let known: Vec<&str> = known.into_iter().collect();
        let known = known.join("\n  ");
        bail!("the provider has no category {missing:?}; it has these:\n  {known}");
    }
    Ok(())
}

async fn import(panel: &Panel, options: ImportOptions) -> Result<()> {
    let none = || anyhow!("give --markup, --fixed, or both");
    let markup = markup(options.markup, options.fixed)?.ok_or_else(none)?;
    let provider = find(panel, &options.provider).await?;
    let recorded = read(panel, &provider, false).await?;
    require_categories(&recorded, &options.categories)?;
    let selection = Selection {
        all: options.all,
        services: options.services,
        categories: options.categories,
    };
    let terms = (&selection, markup, options.refill_days);
    let progress = |done, all| anstream::eprintln!("{done} of {all}");
    let actor = super::actor();
    let made = sync::import(panel, &actor, &provider, &recorded, terms, progress).await?;
    anstream::println!(
        "{} services are on sale; {} were sold already, {} have no price at this markup; the \
         provider lists {} rows that cannot be sold.",
        made.created.len(),
        made.already,
        made.unpriced,
        made.skipped.total()
    );
    for unknown in &made.unknown_types {
        anstream::println!("Unknown type: {}", told(unknown));
    }
    Ok(())
}
