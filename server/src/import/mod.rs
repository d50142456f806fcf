//! `smm-panel import`: customers, services and orders of another panel, from files.
//!
//! A file is taken whole or not at all: every row is looked at first, against the others of the file and
//! against what is here, in the transaction that writes; one fault, and nothing is written. A second run
//! finds what the first has written and writes it no second time.
//!
//! | what | by |
//! |---|---|
//! | a file as rows of cells | `table` |
//! | customers, their balances and keys | `customers` |
//! | services | `services` |
//! | orders, to be read | `orders` |

use sha2::{Digest, Sha256};

use crate::actor::Actor;
use crate::db::Tx;
use crate::error::{Refusal, Result};
use crate::heartbeat;
use crate::panel::Panel;

mod customers;
mod orders;
mod services;
mod table;

pub use services::Providers;

/// What a check of a cell gives, or what is wrong with it.
type Faulty<T> = std::result::Result<T, String>;

/// A row that is not taken, or something about one that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The line of the file.
    pub line: u64,
    /// What is wrong, or what was done instead.
    pub why: String,
}

impl Fault {
    fn new(line: u64, why: impl Into<String>) -> Fault {
        Fault {
            line,
            why: why.into(),
        }
    }
}

/// How a file is taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Manner {
    /// Whether anything is written.
    pub applies: bool,
    /// Whether the other rows are taken where some are faulty.
    pub skips_faulty: bool,
}

/// What became, or would become, of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// How many rows were taken.
    pub taken: usize,
    /// How many were here already.
    pub already: usize,
    /// How many were here, and have gone on since in the other panel.
    pub updated: usize,
    /// The rows that are not taken.
    pub faults: Vec<Fault>,
    /// What is different from the file in rows that are.
    pub remarks: Vec<Fault>,
    /// Headings of columns that are not read.
    pub unread: Vec<String>,
    /// Whether the file was read as Windows-1252.
    pub is_windows: bool,
    /// Whether it is written.
    pub is_written: bool,
}

impl Imported {
    fn of(table: &mut table::Table) -> Imported {
        Imported {
            faults: std::mem::take(&mut table.faults),
            unread: std::mem::take(&mut table.unread),
            is_windows: table.is_windows,
            ..Imported::default()
        }
    }

    /// Whether what is good of the file may be written.
    fn may_be_written(&self, manner: Manner) -> bool {
        manner.applies && (self.faults.is_empty() || manner.skips_faulty)
    }

    /// In the order of the file.
    fn sorted(mut self) -> Imported {
        self.faults.sort_by_key(|fault| fault.line);
        self.remarks.sort_by_key(|remark| remark.line);
        self
    }
}

/// Refuses ([`Refusal::Conflict`]) to write a file into a database with one writer while a server lives on
/// it: for as long as a file takes, that server could record nothing.
pub async fn require_free_writer(panel: &Panel) -> Result<()> {
    if panel.db.postgres().is_some() {
        return Ok(());
    }
    let living = heartbeat::living(&panel.db, &panel.clock).await?;
    let Some(living) = living else {
        return Ok(());
    };
    let why = format!("while a file is written into SQLite a server can record nothing: {living}");
    Err(Refusal::Conflict { why }.into())
}

/// Takes customers. Refused: [`Refusal::Conflict`] for what is no such file.
pub async fn customers(
    panel: &Panel,
    actor: &Actor,
    file: &[u8],
    manner: Manner,
) -> Result<Imported> {
    customers::import(panel, actor, file, manner).await
}

/// Takes services; `providers` says which provider is meant by what a file calls one.
pub async fn services(
    panel: &Panel,
    actor: &Actor,
    file: &[u8],
    providers: &Providers,
    manner: Manner,
) -> Result<Imported> {
    services::import(panel, actor, file, providers, manner).await
}

/// Takes orders, to be read.
pub async fn orders(panel: &Panel, actor: &Actor, file: &[u8], manner: Manner) -> Result<Imported> {
    orders::import(panel, actor, file, manner).await
}

/// The transaction in which a file is looked at: one that writes only if it is to be.
async fn begin(panel: &Panel, manner: Manner) -> Result<Tx> {
    let begun = match manner.applies {
        true => panel.db.begin().await,
        false => panel.db.snapshot().await,
    };
    Ok(begun?)
}

/// The file by its digest, as the audit log names it.
fn digest(file: &[u8]) -> String {
    hex::encode(Sha256::digest(file))
}
