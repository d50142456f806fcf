//! `dispatch`: what only a person can find out.

use anyhow::{Context, Result, bail};
use clap::{ArgGroup, Args, Subcommand};
use serde_json::{Value, json};

use super::inspect::utc;
use super::orders::plain;
use super::table::{ListForm, Table};
use crate::clock::Period;
use crate::ids::{DispatchId, RefillDispatchId};
use crate::orders::{self, Resolution, UncertainRun};
use crate::panel::Panel;
use crate::protocol::whole_number;
use crate::refills;

#[derive(Subcommand)]
pub(super) enum DispatchCommand {
    /// List dispatches that are unknown (being found out) or parked (waiting for you)
    List {
        /// How many of each to show
        #[arg(long, default_value_t = 50, value_name = "ROWS")]
        limit: usize,
        #[command(flatten)]
        form: ListForm,
    },
    /// Decide a parked dispatch, after asking its provider
    Resolve(Resolve),
}

#[derive(Args)]
#[command(group(ArgGroup::new("decision").required(true)))]
pub(super) struct Resolve {
    /// The dispatch's number, as `dispatch list` shows it
    id: i64,
    /// The provider took it, under this order id
    #[arg(long, value_name = "ORDER", group = "decision")]
    accepted_as: Option<String>,
    /// The provider did not take it: send it again
    #[arg(long, group = "decision")]
    send_again: bool,
    /// The provider did not take it: refund it
    #[arg(long, group = "decision")]
    refund: bool,
    /// The provider took it and has ended it, all but this many units delivered
    #[arg(long, value_name = "UNITS", group = "decision", value_parser = units)]
    remains: Option<i64>,
    /// The number is a refill's; --refund then means that it is rejected
    #[arg(long)]
    refill: bool,
    /// You have asked the provider: with --send-again, an order that it took after all is
    /// delivered twice
    #[arg(long)]
    yes: bool,
    /// Why, for the audit log
    #[arg(long)]
    reason: Option<String>,
}

fn units(text: &str) -> Result<i64, String> {
    whole_number(text).ok_or_else(|| "not a number of units, zero or more".to_owned())
}

pub(super) async fn dispatch(panel: &Panel, command: DispatchCommand) -> Result<()> {
    match command {
        DispatchCommand::List { limit, form } => list(panel, limit, form).await,
        DispatchCommand::Resolve(resolve) => self::resolve(panel, resolve).await,
    }
}

/// By which id a provider knows a run, as far as that was seen.
fn known_as(run: &UncertainRun) -> String {
    match (&run.provider_order, &run.seen_order) {
        (Some(id), _) => plain(id),
        (None, Some(seen)) => format!("{} seen in the answer", plain(seen)),
        (None, None) => "no id".to_owned(),
    }
}

/// What was ordered by a run.
fn ordered(run: &UncertainRun) -> String {
    let (quantity, service) = (run.quantity, &run.provider_service);
    format!(
        "{quantity} of its service {service} for {}",
        plain(&run.link)
    )
}

/// What a provider is asked about, on two lines.
pub(super) fn to_ask(run: &UncertainRun) -> String {
    let since = run.since.map_or_else(|| "-".to_owned(), utc);
    format!(
        "dispatch {} of order {} at {} ({}) since {since}\n    {}",
        run.id,
        run.order,
        run.provider_name,
        known_as(run),
        ordered(run)
    )
}

async fn list(panel: &Panel, limit: usize, form: ListForm) -> Result<()> {
    let runs = orders::uncertain(panel, Period::default(), None, limit).await?;
    let shares = refills::stuck(panel, Period::default(), None, limit).await?;
    if runs.is_empty() && shares.is_empty() && !form.is_json() {
        anstream::println!("Nothing is unknown, nothing is parked.");
        return Ok(());
    }
    let mut orders = Table::new([
        "dispatch_id",
        "state",
        "order_id",
        "run",
        "provider_name",
        "provider_order",
        "since",
        "quantity",
        "provider_service",
        "link",
        "reason",
    ]);
    for run in runs {
        orders.push(row(run));
    }
    orders.print(form, "No order is unknown or parked.");
    let mut refills = Table::new(["refill_dispatch_id", "state", "refill_id", "reason"]);
    for share in shares {
        refills.push([
            json!(share.id.0),
            json!(share.state.to_string()),
            json!(share.refill.0),
            json!(share.reason),
        ]);
    }
    refills.print(form, "No refill is unknown or parked.");
    if !form.is_json() {
        anstream::println!("Decide with: smm-panel dispatch resolve ID --help");
    }
    Ok(())
}

fn row(run: UncertainRun) -> [Value; 11] {
    let known_as = known_as(&run);
    [
        json!(run.id.0),
        json!(run.state.to_string()),
        json!(run.order.0),
        json!(run.run),
        json!(run.provider_name),
        json!(known_as),
        json!(run.since.map(|at| at.to_string())),
        json!(run.quantity),
        json!(run.provider_service),
        json!(run.link),
        json!(run.reason),
    ]
}

async fn resolve(panel: &Panel, resolve: Resolve) -> Result<()> {
    let id = resolve.id;
    let resolution = match resolve.accepted_as {
        Some(order) if order.trim().is_empty() => bail!("--accepted-as needs the provider's id"),
        Some(order) => Resolution::Accepted(order.trim().to_owned()),
        None if resolve.remains.is_some() => Resolution::Ended(resolve.remains.unwrap_or_default()),
        None if resolve.send_again && !resolve.yes => bail!(
            "an order that the provider took after all would be delivered twice: ask it first, \
             then add --yes"
        ),
        None if resolve.send_again => Resolution::SendAgain,
        None => Resolution::Refund,
    };
    let (actor, reason) = (super::actor(), resolve.reason.as_deref());
    if resolve.refill {
        let refill = RefillDispatchId(id);
        let resolved = refills::resolve(panel, &actor, refill, &resolution, reason).await;
        resolved.with_context(|| format!("refill {id}"))?;
    } else {
        let dispatch = DispatchId(id);
        let resolved = orders::resolve(panel, &actor, dispatch, resolution, reason).await?;
        if let Err(no) = resolved {
            bail!("dispatch {id}: {no}");
        }
    }
    anstream::println!("{id} is resolved.");
    Ok(())
}
