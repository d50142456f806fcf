//! `smm-panel copy`: moves a stopped panel from one database to another, of either kind.
//!
//! Everything is read in one transaction and written in one transaction, so that what is read is
//! of one moment and a copy that fails leaves the target as empty as it was. Tables go in the
//! order of their foreign keys, in pages by primary key, so that memory does not grow with the
//! panel; the next page is read while the last one is written.
//!
//! Nothing here names a table or a column: they are read from the schema that the migrations
//! make, so that the copy cannot fall behind it.
//!
//! A source on which a server lives is refused, and a server may start all the same while rows are
//! copied. So before the commit the source is read again, from the first row to the last, in another
//! transaction, which keeps everybody from writing to it until the copy is kept: no table may have
//! changed. Then the two databases count and sum every column of every table, each by itself, and
//! must agree.

use sea_orm::{ConnectionTrait, DbErr};
use sha2::{Digest, Sha256};

use crate::clock::Clock;
use crate::db::{Assigned, Db, OpenError, Tx};
use crate::heartbeat::{Living, living};

mod cell;
mod compare;
mod ends;
mod pages;
mod schema;
mod target;
#[cfg(test)]
mod tests;

pub use ends::{Ends, open};
use schema::Table;
use target::Target;

/// Why a panel was not copied. The target holds nothing that it did not hold before, except the
/// schema if it had no tables.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// There is no such SQLite file to copy from.
    #[error("there is no database {0} to copy from")]
    Missing(String),
    /// One of the two cannot be used; the first word says which, as the option that names it.
    #[error("{0}: {1}")]
    Open(&'static str, OpenError),
    /// Both URLs lead to the same database.
    #[error("--from and --to are the same database")]
    Same,
    /// The source is in use.
    #[error("--from: {0}")]
    InUse(Living),
    /// The source could not be kept from being written to while it was read again.
    #[error(
        "--from is being written to, nothing was kept: stop whoever does, and copy again ({0})"
    )]
    NotHeld(DbErr),
    /// The source changed while it was copied.
    #[error(
        "the source changed while it was copied, nothing was kept: its table {table} is not what it \
         was; stop whoever writes to it, and copy again"
    )]
    Changed {
        /// The first table that did, in the order in which tables are copied.
        table: String,
    },
    /// The target holds rows already.
    #[error("the database to copy to is not empty: its table {table} has {rows} row(s)")]
    NotEmpty {
        /// The first table with rows, in the order in which tables are copied.
        table: String,
        /// How many it has.
        rows: u64,
    },
    /// A table does not have the columns that the migrations give it.
    #[error("{end}: the table {table} does not have the columns that this program gives it")]
    Columns {
        /// The option that names the database.
        end: &'static str,
        /// The table.
        table: String,
    },
    /// The migrations make something that the copy was not written for.
    #[error("this version of smm-panel cannot copy its own schema: {0}")]
    Schema(String),
    /// A database did not do what it was asked for.
    #[error("copying the table {table} failed, nothing was kept: {fault}")]
    Table {
        /// The table that was being copied.
        table: String,
        /// What the database said.
        fault: DbErr,
    },
    /// The target does not hold what the source holds.
    #[error(
        "the copy differs, nothing was kept: {what} of the table {table} is {source_has} in the \
         source and {target_has} in the copy"
    )]
    Differs {
        /// The table.
        table: String,
        /// What was counted or summed.
        what: String,
        /// The source's figure.
        source_has: i128,
        /// The copy's figure.
        target_has: i128,
    },
    /// A database did not answer outside of any table.
    #[error("a database did not answer: {0}")]
    Database(#[from] DbErr),
}

/// What is being done to a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// Its rows are copied.
    Copying,
    /// Its rows are read again, and its counts and sums compared.
    Comparing,
}

/// How far a copy has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress<'a> {
    /// What is being done.
    pub doing: Doing,
    /// To which table.
    pub table: &'a str,
    /// How many of its rows are done.
    pub rows: u64,
    /// How many it has.
    pub of: u64,
    /// How many rows of all tables are done.
    pub all_rows: u64,
    /// How many there are in all tables.
    pub all_of: u64,
}

/// What was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Each table with its rows, in the order in which they were copied.
    pub tables: Vec<(String, u64)>,
    /// Characters U+0000 that PostgreSQL cannot hold, each replaced by U+FFFD.
    pub replaced: u64,
}

impl Copied {
    /// The rows of all tables.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|(_, rows)| rows).sum()
    }
}

/// Copies every row from one end to the other, compares the two, and commits. Calls `progress`
/// after every page that was copied or read again; the last call for a table has all its rows done.
/// `clock` says how long ago a server was seen on a SQLite source.
///
/// The source must be stopped: it is refused while a server lives on it, before and after, and so is
/// one in which anything changed meanwhile. Nobody writes to it while it is compared.
pub async fn copy(
    ends: &Ends,
    clock: &Clock,
    mut progress: impl FnMut(Progress<'_>) + Send,
) -> Result<Copied, CopyError> {
    require_unused(&ends.from, clock).await?;
    let tables = schema::tables().await?;
    schema::require(ends.from.read(), "--from", &tables).await?;
    schema::require(ends.to.read(), "--to", &tables).await?;
    let from = ends.from.snapshot().await?;
    let mut to = Target::begin(&ends.to).await?;
    require_empty(&mut to, &tables).await?;

    let assigned = Assigned::read(&from).await?;
    let mut work = Vec::with_capacity(tables.len());
    for table in &tables {
        let rows = pages::count(&from, table).await.map_err(table.fault())?;
        work.push((table, rows));
    }
    let all_of = work.iter().map(|(_, rows)| rows).sum();
    let mut told = |doing, table: &Table, rows, of, before: u64| {
        progress(Progress {
            doing,
            table: &table.name,
            rows,
            of,
            all_rows: before + rows,
            all_of,
        });
    };

    let mut copies = Vec::with_capacity(tables.len());
    let mut before = 0;
    for (table, of) in &work {
        let tell = |rows| told(Doing::Copying, table, rows, *of, before);
        let last = assigned.last(&table.name);
        let copy = copy_table(&from, &mut to, table, last, tell).await;
        copies.push(copy.map_err(table.fault())?);
        before += of;
    }
    from.rollback().await?;

    let from = held(&ends.from, &tables).await?;
    require_unused(&ends.from, clock).await?;
    before = 0;
    for ((table, of), copy) in work.iter().zip(&copies) {
        let tell = |rows| told(Doing::Comparing, table, rows, *of, before);
        let read = pages::read_again(&from, table, tell).await;
        if read.map_err(table.fault())?.finalize() != copy.read.clone().finalize() {
            let table = table.name.clone();
            return Err(CopyError::Changed { table });
        }
        compare::require_equal(&from, &mut to, table, &copy.replaced).await?;
        before += of;
    }
    for table in &tables {
        to.analyze(table).await.map_err(table.fault())?;
    }
    to.commit().await?;
    // Only now somebody else may write to the source; a fault of its end changes nothing any more.
    drop(from);
    Ok(Copied {
        tables: work
            .into_iter()
            .map(|(table, rows)| (table.name.clone(), rows))
            .collect(),
        replaced: copies.iter().flat_map(|copy| &copy.replaced).sum(),
    })
}

/// Refuses a source on which a server lives.
async fn require_unused(from: &Db, clock: &Clock) -> Result<(), CopyError> {
    match living(from, clock).await? {
        Some(servers) => Err(CopyError::InUse(servers)),
        None => Ok(()),
    }
}

/// A transaction on the source during which nobody else writes to any of `tables`.
async fn held(from: &Db, tables: &[Table]) -> Result<Tx, CopyError> {
    let tx = from.begin().await.map_err(CopyError::NotHeld)?;
    if from.postgres().is_some() {
        let names: Vec<String> = tables.iter().map(Table::quoted).collect();
        // What the operator's server, or our own settings, may end long work by.
        let lock = [
            "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; \
             LOCK TABLE ",
            &names.join(", "),
            " IN SHARE MODE",
        ];
        let locked = tx.execute_unprepared(&lock.concat()).await;
        locked.map_err(CopyError::NotHeld)?;
    }
    Ok(tx)
}

/// Refuses a target with rows, other than as many as the migrations themselves write.
async fn require_empty(to: &mut Target, tables: &[Table]) -> Result<(), CopyError> {
    for table in tables {
        let rows = to.count(table).await.map_err(table.fault())?;
        if rows > table.seeded {
            return Err(CopyError::NotEmpty {
                table: table.name.clone(),
                rows,
            });
        }
    }
    Ok(())
}

/// What is known of a table that was copied.
struct TableCopy {
    /// The digest of all its cells.
    read: Sha256,
    /// How many characters were replaced in each of its columns.
    replaced: Vec<u64>,
}

/// Copies the rows of one table and says so after every page. The ids that the database assigns go
/// on after `last`, the last that the source gave.
async fn copy_table(
    from: &Tx,
    to: &mut Target,
    table: &Table,
    last: Option<i64>,
    mut tell: impl FnMut(u64),
) -> Result<TableCopy, DbErr> {
    if table.seeded > 0 {
        to.clear(table).await?;
    }
    let mut copy = TableCopy {
        read: Sha256::new(),
        replaced: vec![0; table.columns.len()],
    };
    let mut rows = 0;
    let size = pages::size(from, table).await?;
    let mut page = pages::first(from, table, size).await?;
    while !page.is_empty() {
        let (next, written) = tokio::join!(
            pages::after(from, table, &page, size),
            to.write(table, &page, &mut copy.replaced)
        );
        written?;
        pages::digest(&page, &mut copy.read);
        rows += u64::try_from(page.len()).unwrap_or(u64::MAX);
        tell(rows);
        page = next?;
    }
    if rows == 0 {
        tell(0);
    }
    if let Some(last) = last {
        to.continue_ids(table, last).await?;
    }
    Ok(copy)
}
