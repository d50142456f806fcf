//! `order`: orders with everything that was seen of them, and what a person decides of one.

use anyhow::{Context, Result};
use clap::{ArgGroup, Args, Subcommand};

use super::inspect::utc;
use super::order_list::{OrderList, list};
use crate::ids::{CountCheckId, OrderId};
use crate::orders::desk::{self, File};
use crate::orders::{self, ByHand};
use crate::panel::Panel;
use crate::protocol::whole_number;
use crate::refills;

/// How many looks at its target are shown: those of the first years.
const COUNTS: usize = 1_000;

#[derive(Subcommand)]
pub(super) enum OrderCommand {
    /// List orders, newest first
    List(OrderList),
    /// Show an order with its dispatches, what providers said, its refunds, its overlaps and counts
    Show {
        /// The order's number
        id: i64,
    },
    /// Cancel an order for its customer, by the same rules as the customer's own cancel
    Cancel {
        /// The order's number
        id: i64,
        /// Why, for the audit log
        #[arg(long)]
        reason: String,
    },
    /// End an order that has not ended, whatever its service allows its customers
    ///
    /// Nothing more of it is sent, and what was not sent is refunded. What may be at a provider is
    /// not: it ends when the provider has ended it, when its dispatches are resolved, or by what you
    /// state here that remains.
    End {
        /// The order's number
        id: i64,
        /// What is undelivered of the whole order, once its provider was asked; refunded
        #[arg(long, value_name = "UNITS", value_parser = units)]
        remains: Option<i64>,
        /// Why, for the audit log
        #[arg(long)]
        reason: String,
    },
    /// Write how far an order is that has no provider, or how it ended
    Manual(Manual),
    /// Lift an order's overlap marks; what was withheld of its refund is paid, once
    LiftOverlap {
        /// The order's number
        id: i64,
        /// Why, for the audit log
        #[arg(long)]
        reason: String,
    },
}

#[derive(Args)]
#[command(group(ArgGroup::new("progress").required(true)))]
pub(super) struct Manual {
    /// The order's number
    id: i64,
    /// It is being delivered
    #[arg(long, group = "progress")]
    in_progress: bool,
    /// It was delivered; final
    #[arg(long, group = "progress")]
    completed: bool,
    /// It ended with this many units undelivered, which are refunded; final
    #[arg(long, value_name = "UNITS", group = "progress", value_parser = units)]
    remains: Option<i64>,
    /// It ended without delivery and is refunded whole; final
    #[arg(long, group = "progress")]
    canceled: bool,
    /// What was counted before delivery began
    #[arg(long, value_name = "COUNT", value_parser = units)]
    start_count: Option<i64>,
    /// Why, for the audit log
    #[arg(long)]
    reason: Option<String>,
}

fn units(text: &str) -> Result<i64, String> {
    whole_number(text).ok_or_else(|| "not a number, zero or more".to_owned())
}

impl Manual {
    const fn said(&self) -> ByHand {
        match (self.remains, self.completed, self.canceled) {
            (Some(remains), ..) => ByHand::Partial(remains),
            (None, true, _) => ByHand::Completed,
            (None, false, true) => ByHand::Canceled,
            (None, false, false) => ByHand::InProgress(None),
        }
    }
}

pub(super) async fn order(panel: &Panel, command: OrderCommand) -> Result<()> {
    let actor = super::actor();
    match command {
        OrderCommand::List(orders) => list(panel, orders).await?,
        OrderCommand::Show { id } => show(panel, OrderId(id)).await?,
        OrderCommand::Cancel { id, reason } => {
            let canceled = orders::cancel_for_customer(panel, &actor, OrderId(id), &reason).await;
            canceled.with_context(|| format!("order {id}"))?;
            stands(panel, OrderId(id)).await?;
        }
        OrderCommand::End {
            id,
            remains,
            reason,
        } => {
            let ended = orders::end(panel, &actor, OrderId(id), remains, &reason).await;
            let open = ended.with_context(|| format!("order {id}"))?;
            stands(panel, OrderId(id)).await?;
            for run in open {
                anstream::println!(
                    "It waits for dispatch {} ({}): dispatch resolve decides it.",
                    run.id,
                    run.state
                );
            }
        }
        OrderCommand::Manual(manual) => {
            let (id, said) = (OrderId(manual.id), manual.said());
            let (count, reason) = (manual.start_count, manual.reason.as_deref());
            let written = orders::progress(panel, &actor, id, said, count, reason).await;
            written.with_context(|| format!("order {id}"))?;
            stands(panel, id).await?;
        }
        OrderCommand::LiftOverlap { id, reason } => {
            let lifted = orders::lift_overlap(panel, &actor, OrderId(id), &reason).await;
            let lifted = lifted.with_context(|| format!("order {id}"))?;
            anstream::println!(
                "Order {id} is not marked any more; {} USD paid.",
                lifted.paid
            );
        }
    }
    Ok(())
}

/// Says in one line what has become of an order.
async fn stands(panel: &Panel, id: OrderId) -> Result<()> {
    let order = desk::view(&panel.db, id).await?.order;
    let asked = order.cancel_requested_at.is_some() && !order.status.is_terminal();
    let asked = if asked {
        ", its cancel is asked for"
    } else {
        ""
    };
    anstream::println!(
        "Order {id} is {}, {} of {} undelivered, {} of {} USD refunded{asked}.",
        order.status,
        order.remains,
        order.total_quantity,
        order.refunded,
        order.charge
    );
    Ok(())
}

/// Text of a provider's or a customer's, of which a terminal shall obey nothing.
pub(super) fn plain(text: &str) -> String {
    text.replace(char::is_control, " ")
}

async fn show(panel: &Panel, id: OrderId) -> Result<()> {
    if let Some((account, order)) = orders::imported::read(&panel.db, id).await? {
        let at = utc(order.created_at);
        anstream::println!(
            "order {id} of account {account}, service {}, placed {at} in the panel before this one",
            order.service
        );
        anstream::println!("link       {}", plain(&order.link));
        let (status, remains, charge) = (order.status, order.remains, order.charge);
        let of = order.total_quantity;
        anstream::println!("It was {status}, {remains} of {of} undelivered, {charge} USD charged.");
        return Ok(());
    }
    let file = desk::file(&panel.db, id)
        .await
        .with_context(|| format!("order {id}"))?;
    let order = &file.listed.order;
    anstream::println!(
        "order {id} of {} (account {}), service {}, placed {}",
        file.listed.account_name,
        file.listed.account,
        order.service,
        utc(order.created_at)
    );
    anstream::println!("link       {}", plain(&order.link));
    if file.details != "{}" {
        anstream::println!("details    {}", plain(&file.details));
    }
    stands(panel, id).await?;
    for seen in &file.timeline {
        anstream::println!(
            "{}  {:<11} {}",
            utc(seen.at),
            seen.status,
            plain(&seen.evidence)
        );
    }
    show_runs(&file);
    for refund in &file.refunds {
        anstream::println!(
            "refund {:>4}  {} USD  {} = ({} / {}) * {}",
            refund.id,
            refund.amount,
            refund.reason,
            refund.remains,
            refund.total_quantity,
            refund.charge
        );
    }
    for mark in &file.marks {
        let lifted = match mark.lifted_at {
            Some(at) => format!(", lifted {}", utc(at)),
            None => String::new(),
        };
        anstream::println!("overlaps order {}{lifted}", mark.other);
    }
    for near in &file.neighbours {
        let (order, account, status) = (near.order, near.account, near.status);
        anstream::println!("beside order {order} of account {account} ({status})");
    }
    show_counts(panel, id).await
}

/// What its target showed since its end.
async fn show_counts(panel: &Panel, id: OrderId) -> Result<()> {
    for check in refills::checks(&panel.db, id, CountCheckId::default(), COUNTS).await? {
        let seen = match (check.current_count, check.fault) {
            (Some(count), _) => format!("{count} counted, {} dropped", check.dropped.unwrap_or(0)),
            (None, Some(fault)) => format!("no count: {}", plain(&fault)),
            (None, None) => "not counted".to_owned(),
        };
        let done = match (check.refill, check.not_filed) {
            (Some(refill), _) => format!(", refill {refill} filed"),
            (None, Some(why)) => format!(", not refilled: {why}"),
            (None, None) => String::new(),
        };
        anstream::println!("{}  {seen}{done}", utc(check.checked_at));
    }
    Ok(())
}

fn show_runs(file: &File) {
    if file.runs.is_empty() {
        anstream::println!("It has no provider: write its progress with order manual.");
    }
    for run in &file.runs {
        anstream::println!(
            "dispatch {:>6}  run {} of {} units at {}: {} ({}){}",
            run.id,
            run.run,
            run.quantity,
            run.provider_name,
            run.state,
            plain(run.provider_order.as_deref().unwrap_or("no id")),
            run.reason
                .as_ref()
                .map(|why| format!(": {}", plain(why)))
                .unwrap_or_default()
        );
    }
    for said in &file.exchanges {
        anstream::println!("{}  dispatch {} {}", utc(said.at), said.run, said.action);
        anstream::println!("    -> {}", plain(&said.request));
        anstream::println!("    <- {}", plain(&said.reply));
    }
}
