//! `case`: what detectors of abuse have found, and the decision.

use anyhow::{Context, Result, anyhow};
use clap::{Args, Subcommand};
use serde_json::json;

use super::accounts::find;
use super::inspect::utc;
use super::table::{ListForm, Table};
use crate::abuse::cases::{self, Case, CaseState, File, Search};
use crate::abuse::findings::Detector;
use crate::ids::CaseId;
use crate::panel::Panel;

#[derive(Subcommand)]
pub(super) enum CaseCommand {
    /// List cases that wait for a decision, oldest first
    List {
        /// Only those that concern this account
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
        /// Only those of this detector, such as leaked_key
        #[arg(long, value_parser = detector)]
        detector: Option<Detector>,
        /// Those that were decided too
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        form: ListForm,
    },
    /// Show a case: its evidence, what was done, the notes
    Show {
        /// The case's number
        id: i64,
    },
    /// Write a note to a case; the account never sees it
    Note {
        /// The case's number
        id: i64,
        /// What
        text: String,
    },
    /// Decide that it was no abuse, and undo what was done
    Release {
        /// The case's number
        id: i64,
        /// Why, for the audit log
        #[arg(long)]
        reason: String,
    },
    /// Decide that it was abuse: orders that wait are canceled with their whole charge back, what else
    /// was done stands
    Confirm(Confirm),
}

#[derive(Args)]
pub(super) struct Confirm {
    /// The case's number
    id: i64,
    /// Let new orders of the account go on waiting, until `case release`
    #[arg(long)]
    keep_hold: bool,
    /// Why, for the audit log
    #[arg(long)]
    reason: String,
}

fn detector(word: &str) -> Result<Detector> {
    let known = Detector::ALL.iter().map(|detector| detector.word());
    Detector::from_word(word)
        .ok_or_else(|| anyhow!("not one of {}", known.collect::<Vec<_>>().join(", ")))
}

pub(super) async fn case(panel: &Panel, command: CaseCommand) -> Result<()> {
    let actor = super::actor();
    match command {
        CaseCommand::List {
            account,
            detector,
            all,
            form,
        } => {
            let account = match account {
                Some(name) => Some(find(panel, &name).await?.id),
                None => None,
            };
            let search = Search {
                state: (!all).then_some(CaseState::Open),
                detector,
                account,
                ..Search::default()
            };
            let found = cases::list(&panel.db, search, CaseId(0), usize::MAX).await?;
            let mut table = Table::new([
                "case_id", "state", "detector", "subject", "action", "findings", "score",
                "found_at",
            ]);
            for case in found {
                table.push([
                    json!(case.id.0),
                    json!(case.state.to_string()),
                    json!(case.detector.to_string()),
                    json!(case.subject.to_string()),
                    json!(case.action.to_string()),
                    json!(case.findings),
                    json!(case.score),
                    json!(case.found_at.to_string()),
                ]);
            }
            table.print(form, "There is nothing to decide.");
        }
        CaseCommand::Show { id } => show(id, cases::view(panel, CaseId(id)).await)?,
        CaseCommand::Note { id, text } => {
            show(id, cases::note(panel, &actor, CaseId(id), &text).await)?;
        }
        CaseCommand::Release { id, reason } => {
            show(id, cases::release(panel, &actor, CaseId(id), &reason).await)?;
        }
        CaseCommand::Confirm(confirm) => {
            let Confirm {
                id,
                keep_hold,
                reason,
            } = confirm;
            let done = cases::confirm(panel, &actor, CaseId(id), keep_hold, &reason).await;
            show(id, done)?;
        }
    }
    Ok(())
}

fn line(case: &Case) -> String {
    format!(
        "case {:>5}  {:<9} {:<14} {}: {}, {} findings, score {}  {}",
        case.id.to_string(),
        case.state,
        case.detector,
        case.subject,
        case.action,
        case.findings,
        case.score,
        utc(case.found_at),
    )
}

fn show(id: i64, file: crate::error::Result<File>) -> Result<()> {
    let file = file.with_context(|| format!("case {id}"))?;
    let case = &file.case;
    anstream::println!("{}", line(case));
    if let Some(account) = case.account {
        anstream::println!("account    {account}");
    }
    if let Some(key) = case.key {
        anstream::println!("key        {key}");
    }
    for row in &case.evidence {
        anstream::println!("evidence   {}: {}", row.what, row.seen);
    }
    for done in &file.done {
        let end = match (done.undone_at, done.until) {
            (Some(at), _) => format!(", undone {}", utc(at)),
            (None, Some(until)) => format!(", until {}", utc(until)),
            (None, None) => ", stands".to_owned(),
        };
        anstream::println!(
            "done       {} since {}{end}",
            done.action,
            utc(done.done_at)
        );
    }
    if let Some(held) = file.held {
        anstream::println!("waiting    {} orders, {} USD", held.orders, held.value);
    }
    if file.is_canceling {
        anstream::println!(
            "canceling  orders that waited are still being canceled: confirm again to go on"
        );
    }
    if let Some(told) = case.told_at {
        anstream::println!("owner told {}", utc(told));
    }
    for note in &file.notes {
        anstream::println!("note       {} by {}: {}", utc(note.at), note.by, note.text);
    }
    if let Some(decided) = &case.decided {
        let (at, by, reason) = (utc(decided.at), &decided.by, &decided.reason);
        anstream::println!("decided    {at} by {by}: {reason}");
    }
    Ok(())
}
