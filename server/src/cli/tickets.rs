//! `ticket`: what customers ask about their orders, the answers, the decision.

use anyhow::{Context, Result};
use clap::{ArgGroup, Args, Subcommand};
use serde_json::{Value, json};

use super::accounts::find;
use super::inspect::utc;
use super::table::{ListForm, Table};
use crate::ids::TicketId;
use crate::money::Money;
use crate::panel::Panel;
use crate::tickets::rules::TicketState;
use crate::tickets::{self, Decision, Search, Thread, Ticket};

#[derive(Subcommand)]
pub(super) enum TicketCommand {
    /// List tickets that wait for a decision: what customers wrote last before what was answered, the
    /// earliest due first
    List {
        /// Only those of this account
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
        /// Only those whose review takes longer than 48 hours
        #[arg(long)]
        overdue: bool,
        /// Those that were decided too
        #[arg(long, conflicts_with = "overdue")]
        all: bool,
        #[command(flatten)]
        form: ListForm,
    },
    /// Print a ticket with its messages
    Show {
        /// The ticket's number
        id: i64,
    },
    /// Write to the customer of a ticket
    Answer {
        /// The ticket's number
        id: i64,
        /// What to write
        message: String,
    },
    /// Decide a ticket; final
    Decide(Decide),
}

#[derive(Args)]
#[command(group(ArgGroup::new("outcome").required(true)))]
pub(super) struct Decide {
    /// The ticket's number
    id: i64,
    /// Refund this much, in USD
    #[arg(long, value_name = "AMOUNT", group = "outcome", value_parser = Money::parse)]
    refund: Option<Money>,
    /// Refund what was proposed
    #[arg(long, group = "outcome")]
    as_proposed: bool,
    /// Ask for a refill, by the rules that hold for its customer too
    #[arg(long, group = "outcome")]
    refill: bool,
    /// Say that what was wrong was put right
    #[arg(long, group = "outcome")]
    corrected: bool,
    /// Do nothing
    #[arg(long, group = "outcome")]
    decline: bool,
    /// Why, for the customer and the audit log
    #[arg(long)]
    reason: String,
}

impl Decide {
    fn decision(&self) -> Decision {
        match self.refund {
            Some(amount) => Decision::Refund(Some(amount)),
            None if self.as_proposed => Decision::Refund(None),
            None if self.refill => Decision::Refill,
            None if self.corrected => Decision::Correction,
            None => Decision::Decline,
        }
    }
}

pub(super) async fn ticket(panel: &Panel, command: TicketCommand) -> Result<()> {
    match command {
        TicketCommand::List {
            account,
            overdue,
            all,
            form,
        } => {
            let account = match account {
                Some(name) => Some(find(panel, &name).await?.id),
                None => None,
            };
            let states: &[_] = match all {
                true => TicketState::ALL,
                false => &[TicketState::Open, TicketState::Answered],
            };
            let mut found = Vec::new();
            for &state in states {
                let search = Search {
                    account,
                    state: Some(state),
                    overdue: overdue.then_some(true),
                    ..Search::default()
                };
                found.extend(tickets::queue(panel, search, None, usize::MAX).await?);
            }
            let mut table = Table::new([
                "ticket_id",
                "state",
                "order_id",
                "account_id",
                "due_at",
                "overdue",
                "proposed",
                "outcome",
                "refunded",
                "description",
            ]);
            for ticket in found {
                table.push(row(panel, &ticket));
            }
            table.print(form, "There is nothing to decide.");
        }
        TicketCommand::Show { id } => {
            let thread = tickets::read(&panel.db, None, TicketId(id)).await;
            show(panel, &thread.with_context(|| format!("ticket {id}"))?);
        }
        TicketCommand::Answer { id, message } => {
            let (actor, of) = (super::actor(), TicketId(id));
            let written = tickets::answer(panel, &actor, of, &message).await;
            written.with_context(|| format!("ticket {id}"))?;
            anstream::println!("ticket {id} is answered");
        }
        TicketCommand::Decide(decide) => {
            let (actor, id) = (super::actor(), TicketId(decide.id));
            let decided =
                tickets::decide(panel, &actor, id, decide.decision(), &decide.reason).await;
            let decided = decided.with_context(|| format!("ticket {id}"))?;
            anstream::println!("{}", line(panel, &decided));
        }
    }
    Ok(())
}

fn row(panel: &Panel, ticket: &Ticket) -> [Value; 10] {
    let decided = ticket.decided.as_ref();
    let [due_at, _] = ticket.review();
    let [_, overdue] = ticket.lateness(panel.now());
    let due_at = decided.is_none().then(|| due_at.to_string());
    let proposed = ticket.proposed.as_ref().map(|it| it.amount.to_string());
    let refunded = decided.and_then(|decided| decided.refunded);
    [
        json!(ticket.id.0),
        json!(ticket.state.to_string()),
        json!(ticket.order.0),
        json!(ticket.account.0),
        json!(due_at),
        json!(overdue),
        json!(proposed),
        json!(decided.map(|decided| decided.outcome.to_string())),
        json!(refunded.map(|amount| amount.to_string())),
        json!(ticket.description),
    ]
}

/// A ticket in a line.
fn line(panel: &Panel, ticket: &Ticket) -> String {
    let stands = match &ticket.decided {
        Some(decided) => match decided.refunded {
            Some(amount) => format!("{}, {amount} USD", decided.outcome),
            None => decided.outcome.to_string(),
        },
        None => {
            let [due_at, _] = ticket.review();
            let late = match ticket.lateness(panel.now()) {
                [_, true] => "OVERDUE, ",
                _ => "",
            };
            let proposed = ticket.proposed.as_ref();
            let proposed = proposed.map(|it| format!(", {} USD proposed", it.amount));
            format!("{late}due {}{}", utc(due_at), proposed.unwrap_or_default())
        }
    };
    format!(
        "ticket {:>5}  {:<8} order {}, account {}  {stands}  {:?}",
        ticket.id.to_string(),
        ticket.state,
        ticket.order,
        ticket.account,
        ticket.description,
    )
}

fn show(panel: &Panel, thread: &Thread) {
    let Thread {
        ticket,
        messages,
        screenshots,
    } = thread;
    anstream::println!("{}", line(panel, ticket));
    if let Some(counted) = &ticket.counted {
        let (counts, by) = (counted.counts, &counted.by);
        let (start, current) = (counts.start, counts.current);
        anstream::println!("counted by {by}: {start} at the start, {current} now");
    }
    if let Some(proposed) = &ticket.proposed {
        let (amount, by, why) = (proposed.amount, &proposed.by, &proposed.reason);
        anstream::println!("proposed by {by}: {amount} USD, {why:?}");
    }
    anstream::println!("{} screenshot(s)", screenshots.len());
    for message in messages {
        let (at, author) = (utc(message.created_at), &message.author);
        anstream::println!("{at}  {author}: {:?}", message.text);
    }
    if let Some(decided) = &ticket.decided {
        let (by, outcome, why) = (&decided.by, decided.outcome, &decided.reason);
        anstream::println!("decided by {by}: {outcome}, {why:?}");
    }
}
