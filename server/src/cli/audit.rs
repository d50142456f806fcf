//! `audit`.

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Subcommand, ValueEnum};
use serde_json::json;

use super::inspect::utc;
use crate::audit::{self, Anchor, Filter, Logged, Pages, Row};
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
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Format {
    /// For spreadsheets: a cell that they would take for a formula begins with '
    Csv,
    /// One JSON object a line
    Jsonl,
}

pub(super) async fn audit(panel: &Panel, command: AuditCommand) -> Result<ExitCode> {
    match command {
        AuditCommand::Verify { anchor } => return verify(panel, anchor).await,
        AuditCommand::Export { format, from } => export(panel, format, from).await?,
        AuditCommand::List { limit } => {
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
            let entries = audit::list(&panel.db, &Filter::default(), None, limit).await?;
            if entries.is_empty() {
                anstream::println!("The audit log is empty.");
            }
            for Logged { row, .. } in entries {
                let (at, because) = (utc(row.created_at), row.reason.unwrap_or_default());
                let Row {
                    id,
                    actor,
                    action,
                    subject,
                    ..
                } = row;
                anstream::println!("{id:>6}  {at}  {actor:<14} {action:<22} {subject}  {because}");
            }
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
    let mut pages = Pages::open(&panel.db, from).await?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut heading = true;
    loop {
        let page = pages.next().await?;
        let written = match format {
            Format::Csv => write_csv(&mut out, &page, std::mem::take(&mut heading)),
            Format::Jsonl => write_jsonl(&mut out, &page),
        };
        written.context("the output could not be written")?;
        if page.is_empty() {
            break;
        }
    }
    out.flush().context("the output could not be written")
}

/// The columns of an export.
const COLUMNS: [&str; 10] = [
    "id", "at", "actor", "address", "deed", "subject", "reason", "was", "became", "hash",
];

fn write_csv(out: &mut impl Write, page: &[Logged], heading: bool) -> io::Result<()> {
    let mut csv = csv::WriterBuilder::new()
        .quote_style(csv::QuoteStyle::Always)
        .from_writer(out);
    if heading {
        csv.write_record(COLUMNS)?;
    }
    for logged in page {
        csv.write_record(cells(logged).map(|cell| harmless(cell.unwrap_or_default())))?;
    }
    csv.flush()
}

fn write_jsonl(out: &mut impl Write, page: &[Logged]) -> io::Result<()> {
    for logged in page {
        let mut object = serde_json::Map::new();
        for (column, cell) in COLUMNS.into_iter().zip(cells(logged)) {
            object.insert(column.to_owned(), json!(cell));
        }
        // Numbers and JSON stay what they are.
        object.insert("id".to_owned(), json!(logged.row.id));
        for (column, text) in [("was", &logged.row.was), ("became", &logged.row.became)] {
            let text = text.as_deref();
            if let Some(value) = text.and_then(|text| serde_json::from_str(text).ok()) {
                object.insert(column.to_owned(), value);
            }
        }
        serde_json::to_writer(&mut *out, &object)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// The row as text, in the order of [`COLUMNS`].
fn cells(logged: &Logged) -> [Option<String>; 10] {
    let row = logged.row.clone();
    [
        Some(row.id.to_string()),
        Some(row.created_at.to_string()),
        Some(row.actor),
        row.address,
        Some(row.action),
        Some(row.subject),
        row.reason,
        row.was,
        row.became,
        Some(logged.hash_hex()),
    ]
}

/// A cell that no spreadsheet takes for a formula.
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_begins_like_a_formula() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(harmless(cell.to_owned()), format!("'{cell}"));
        }
        for cell in ["", "a=1", "'=1", "17"] {
            assert_eq!(harmless(cell.to_owned()), cell);
        }
    }
}
