//! `audit`.

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Subcommand, ValueEnum};
use serde_json::json;

use super::table::{ListForm, Table};
use crate::audit::{self, Anchor, Export, ExportFormat, Filter, Logged};
use crate::panel::Panel;

#[derive(Subcommand)]
pub(super) enum AuditCommand {
    /// Prove that nothing in the log was changed; fails and names the first broken row
    Verify {
        /// What an earlier `audit verify` or the panel's own log has printed, kept elsewhere: shows
        /// also whether the end was cut off, or the log written anew
        #[arg(long, value_name = "ID:HASH")]
        anchor: Option<Anchor>,
    },
    /// Write the log to standard output, oldest first
    Export {
        /// The form of what is written
        #[arg(long, value_enum)]
        format: Format,
        /// The number of the first row to write
        #[arg(long, value_name = "ID")]
        from: Option<i64>,
    },
    /// Show the newest entries, newest first
    List {
        /// How many rows to show
        #[arg(long, default_value_t = 50, value_name = "ROWS")]
        limit: u32,
        #[command(flatten)]
        form: ListForm,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Format {
    /// For spreadsheets: a cell that they would take for a formula begins with '
    Csv,
    /// One JSON object a line
    Jsonl,
}

impl From<Format> for ExportFormat {
    fn from(format: Format) -> ExportFormat {
        match format {
            Format::Csv => ExportFormat::Csv,
            Format::Jsonl => ExportFormat::Jsonl,
        }
    }
}

pub(super) async fn audit(panel: &Panel, command: AuditCommand) -> Result<ExitCode> {
    match command {
        AuditCommand::Verify { anchor } => return verify(panel, anchor).await,
        AuditCommand::Export { format, from } => export(panel, format, from).await?,
        AuditCommand::List { limit, form } => {
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
            let entries = audit::list(&panel.db, &Filter::default(), None, limit).await?;
            let mut table = Table::new([
                "audit_id",
                "created_at",
                "actor",
                "deed",
                "subject",
                "reason",
            ]);
            for Logged { row, .. } in entries {
                table.push([
                    json!(row.id),
                    json!(row.created_at.to_string()),
                    json!(row.actor),
                    json!(row.action),
                    json!(row.subject),
                    json!(row.reason),
                ]);
            }
            table.print(form, "The audit log is empty.");
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn verify(panel: &Panel, anchor: Option<Anchor>) -> Result<ExitCode> {
    let verdict = audit::verify(&panel.db, &panel.secrets, anchor).await?;
    let sound = verdict.sound;
    if let Some(broken) = verdict.broken {
        anstream::println!(
            "{sound} rows are in order, then row {}: {}",
            broken.id,
            broken.what
        );
        return Ok(ExitCode::FAILURE);
    }
    match verdict.head {
        Some(head) => {
            anstream::println!("{sound} rows, none changed. Keep the last one's anchor elsewhere:");
            anstream::println!("{head}");
        }
        None => anstream::println!("The audit log is empty."),
    }
    Ok(ExitCode::SUCCESS)
}

async fn export(panel: &Panel, format: Format, from: Option<i64>) -> Result<()> {
    let mut export = Export::open(&panel.db, format.into(), from).await?;
    let mut out = io::stdout().lock();
    while let Some(piece) = export.next().await? {
        out.write_all(&piece)
            .context("the output could not be written")?;
    }
    out.flush().context("the output could not be written")
}
