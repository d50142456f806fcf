//! The log as a file: for spreadsheets, and for programs.

use std::io;

use serde_json::json;

use super::read::{Logged, Pages};
use crate::db::Db;
use crate::error::{Failure, Result};
use crate::vocabulary::words;

words! {
    /// The form of an exported log.
    pub enum ExportFormat {
        /// For spreadsheets: a cell that they would take for a formula begins with '.
        Csv = "csv",
        /// One JSON object a line.
        Jsonl = "jsonl",
    }
}

/// The log as of one moment, written piece by piece, oldest row first.
pub struct Export {
    pages: Pages,
    format: ExportFormat,
    is_begun: bool,
}

impl Export {
    /// From row `from` on, or from the first.
    pub async fn open(db: &Db, format: ExportFormat, from: Option<i64>) -> Result<Export> {
        Ok(Export {
            pages: Pages::open(db, from).await?,
            format,
            is_begun: false,
        })
    }

    /// The next piece; `None` at the end. A log without a row has a heading as CSV.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        let page = self.pages.next().await?;
        let begins = !std::mem::replace(&mut self.is_begun, true);
        if page.is_empty() && !begins {
            return Ok(None);
        }
        let written = match self.format {
            ExportFormat::Csv => csv_of(&page, begins),
            ExportFormat::Jsonl => jsonl_of(&page),
        };
        let unwritten = |fault| Failure::Stored(format!("the audit log was not written: {fault}"));
        Ok(Some(written.map_err(unwritten)?))
    }
}

/// The columns of an export.
const COLUMNS: [&str; 10] = [
    "id", "at", "actor", "address", "deed", "subject", "reason", "was", "became", "hash",
];

fn csv_of(page: &[Logged], heading: bool) -> io::Result<Vec<u8>> {
    let mut csv = csv::WriterBuilder::new()
        .quote_style(csv::QuoteStyle::Always)
        .from_writer(Vec::new());
    if heading {
        csv.write_record(COLUMNS)?;
    }
    for logged in page {
        csv.write_record(cells(logged).map(|cell| harmless(cell.unwrap_or_default())))?;
    }
    csv.into_inner()
        .map_err(|fault| io::Error::other(fault.to_string()))
}

fn jsonl_of(page: &[Logged]) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
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
        serde_json::to_writer(&mut out, &object)?;
        out.push(b'\n');
    }
    Ok(out)
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
