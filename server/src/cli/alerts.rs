//! `alerts`: what a person should look at.

use anyhow::{Context, Result, anyhow};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::inspect::utc;
use super::table::{ListForm, Table};
use crate::alerts::{self, AlertKind, AlertState, AlertView, Search};
use crate::ids::AlertId;
use crate::panel::Panel;

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct AlertsCommand {
    /// How many alerts to show
    #[arg(long, default_value_t = 50, value_name = "ROWS")]
    limit: usize,
    /// Only those of this kind, such as parked
    #[arg(long, value_parser = kind)]
    kind: Option<AlertKind>,
    /// Those that have ended too
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    form: ListForm,
    #[command(subcommand)]
    command: Option<AlertCommand>,
}

#[derive(Subcommand)]
enum AlertCommand {
    /// Say that you look after an alert; one about something that merely happened ends by it
    Acknowledge {
        /// The alert's number
        id: i64,
        /// What is done about it
        #[arg(long)]
        note: Option<String>,
    },
}

fn kind(word: &str) -> Result<AlertKind> {
    let known = AlertKind::ALL.iter().map(|kind| kind.word());
    AlertKind::from_word(word)
        .ok_or_else(|| anyhow!("not one of {}", known.collect::<Vec<_>>().join(", ")))
}

pub(super) async fn alerts(panel: &Panel, command: AlertsCommand) -> Result<()> {
    let AlertsCommand {
        limit,
        kind,
        all,
        form,
        command,
    } = command;
    if let Some(AlertCommand::Acknowledge { id, note }) = command {
        let (actor, note) = (super::actor(), note.as_deref());
        let alert = alerts::acknowledge(panel, &actor, AlertId(id), note).await;
        let alert = alert.with_context(|| format!("alert {id}"))?;
        anstream::println!("{}", line(&alert));
        return Ok(());
    }
    let mut found = Vec::new();
    let states: &[AlertState] = match all {
        true => AlertState::ALL,
        false => &[AlertState::Open, AlertState::Acknowledged],
    };
    for &state in states {
        let search = Search {
            state: Some(state),
            kind,
            ..Search::default()
        };
        found.extend(alerts::list(&panel.db, search, limit).await?);
    }
    found.sort_by_key(|alert| std::cmp::Reverse(alert.id));
    found.truncate(limit);
    let mut table = Table::new([
        "alert_id",
        "created_at",
        "kind",
        "times_seen",
        "last_seen_at",
        "acknowledged_by",
        "ended_at",
        "message",
    ]);
    for alert in found {
        table.push(row(alert));
    }
    table.print(form, "There are no alerts.");
    Ok(())
}

fn row(alert: AlertView) -> [Value; 8] {
    [
        json!(alert.id.0),
        json!(alert.created_at.to_string()),
        json!(alert.kind),
        json!(alert.times_seen),
        json!(alert.last_seen_at.to_string()),
        json!(alert.acknowledged.map(|(by, _)| by)),
        json!(alert.ended_at.map(|at| at.to_string())),
        json!(alert.message),
    ]
}

fn line(alert: &AlertView) -> String {
    let again = match alert.times_seen {
        1 => String::new(),
        times => format!(" ({times} times, last {})", utc(alert.last_seen_at)),
    };
    let stands = match (&alert.acknowledged, alert.ended_at) {
        (_, Some(at)) => format!("; ended {}", utc(at)),
        (Some((by, _)), None) => format!("; {by} looks after it"),
        (None, None) => String::new(),
    };
    format!(
        "{:>5}  {}  {:<24} {}{again}{stands}",
        alert.id.to_string(),
        utc(alert.created_at),
        alert.kind,
        alert.message,
    )
}
