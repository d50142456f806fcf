//! The database: connections that change and connections that read, over one URL.
//!
//! On SQLite every change goes through one connection, so that writers queue in the program and
//! never collide in the file (a deferred read-then-write fails three times in four under eight
//! writers). On PostgreSQL several servers write at once, and what they change they lock, always
//! in this order, so that no two wait for each other:
//!
//! 1. cases of abuse, by id;
//! 2. orders, by id; what is decided about one (disputes, tickets) changes under its
//!    lock; then tickets, one at a time;
//! 3. their dispatches, by order and run; proposed adjustments, one at a time; payments, one at a
//!    time, and then the deposit of each; the watch of an ended order's count;
//! 4. providers, by id; then what is known of the charges of their offers, by provider and service;
//! 5. wallets, by account;
//! 6. accounts, by id; then API keys, by id; then sessions, by id; then blocked networks; then accounts
//!    that are to be opened, by id; then addresses that are asked for; then links of accounts and the
//!    changes of addresses behind them; then mails; then attempts, first those at an account, then those
//!    from its address;
//! 7. id sequences: of orders, then of ledger transactions, then of refunds; orders of another panel,
//!    after the sequence of orders;
//! 8. suspensions;
//! 9. alerts, by id;
//! 10. the sequence of the audit log.
//!
//! Raising an alert, queueing a mail and making a link insert a row and wait for nobody, wherever they
//! are done. Whoever makes a link for the owner of an account has the account locked, so that it is not
//! made while what ends links is under way. Erasing an account locks what it changes of others, too, in
//! this order: several cases, payments and proposals at once, each by id.
//!
//! A suspension changes its account only after the ledger's sequence: nobody who waits for that
//! holds this account, whose wallet the suspension has. Whoever changes services, offers or mirrors
//! of providers' catalogues locks the panel's own row before anything else; it is never held
//! together with orders or wallets, but by [`restore`](crate::restore), which locks it first.
//! A decision about a phrase locks the phrase, then the panel's own row, then the audit log, and
//! neither orders nor wallets: those that wait are decided in transactions of their own. An erasure
//! changes examples of phrases just before alerts.
//!
//! Placing locks no order: it only inserts. Whoever claims dispatches or watches without their orders
//! skips those that are locked and waits for nothing.
//!
//! Statements are written once for SQLite and PostgreSQL, with `$1` placeholders.

use std::time::Duration;

use sea_orm::sqlx::PgPool;
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, IsolationLevel, QueryResult,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait, Value,
};

mod assigned;
mod batch;
mod file;
mod pieces;
mod pool;
mod rows;
mod schema;
mod sql;
mod tx;

pub(crate) use assigned::Assigned;
pub(crate) use batch::passes;
use file::DatabaseFile;
pub use file::{LostFile, OpenToOthers};
pub(crate) use file::{identity_of, path_of};
pub(crate) use pieces::Pieces;
use pool::{Role, pool};
pub(crate) use rows::{Rows, insert_all};
pub use schema::OpenError;
pub(crate) use sql::{Sql, within};
pub use tx::Tx;

use crate::clock::Time;

/// How many rows one transaction touches at most, so that the writer is never held for long.
pub const PIECE: usize = 500;

/// How many wide rows one statement writes at most where there are very many: SQLite finds each of its
/// placeholders by going over those before it.
pub(crate) const WIDE_PIECE: usize = 50;

/// For how long a program that ends waits for what is being written.
const LAST_WRITE: Duration = Duration::from_secs(10);

/// The panel's database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    read: DatabaseConnection,
    write: DatabaseConnection,
    /// Of SQLite, unless it is in memory.
    file: Option<DatabaseFile>,
}

/// How many connections a [`Db`] has.
#[derive(Clone, Copy, Debug)]
pub struct Pools {
    /// Those that read.
    pub read: u32,
    /// Those that change; SQLite has one whatever this says.
    pub write: u32,
    /// How long one of PostgreSQL is waited for.
    pub wait: Duration,
}

impl Pools {
    /// How long a request waits for a connection to PostgreSQL. Short: while the server is away each is
    /// told so soon, and the driver tries again every fifth of this.
    pub const WAIT: Duration = Duration::from_secs(2);
}

impl Db {
    /// Opens `url` (`sqlite:path` or `postgres://...`). A missing SQLite file is created.
    pub async fn open(url: &str, pools: Pools) -> Result<Db, OpenError> {
        Db::connect(url, pools, true).await
    }

    /// The same, but a missing SQLite file is an error: for commands that only look.
    pub async fn open_existing(url: &str, pools: Pools) -> Result<Db, OpenError> {
        Db::connect(url, pools, false).await
    }

    async fn connect(url: &str, pools: Pools, create: bool) -> Result<Db, OpenError> {
        if !["sqlite:", "postgres:", "postgresql:"]
            .iter()
            .any(|scheme| url.starts_with(scheme))
        {
            return Err(OpenError::Scheme);
        }
        match path_of(url) {
            Some(file) if !create && !file.exists() => {
                return Err(OpenError::Missing(file.display().to_string()));
            }
            Some(_) => {}
            None if url.starts_with("sqlite:") => {}
            None => pool::greet(url).await?,
        }
        if create {
            file::make(url).map_err(|fault| OpenError::Unreachable(fault.to_string()))?;
        }
        let unreachable = |fault: DbErr| OpenError::Unreachable(fault.to_string());
        let write = pool(url, Role::Writers(pools.write), pools.wait, create).await;
        let read = pool(url, Role::Readers(pools.read), pools.wait, create).await;
        let (write, read) = (write.map_err(unreachable)?, read.map_err(unreachable)?);
        let file = DatabaseFile::opened(url);
        Ok(Db { read, write, file })
    }

    /// What to warn of, if others than its owner can read or write the file of the database.
    pub fn open_to_others(&self) -> Option<OpenToOthers> {
        self.file.as_ref()?.open_to_others()
    }

    /// Looks whether the database is in its file still, or fails for good.
    pub(crate) fn require_file(&self) -> Result<(), DbErr> {
        self.file
            .as_ref()
            .map_or(Ok(()), DatabaseFile::require_there)
    }

    /// Waits until the file of the database is found to be gone or another one: from then on nothing
    /// is committed, and the program must end.
    pub async fn file_lost(&self) -> LostFile {
        match &self.file {
            Some(file) => file.lost().await,
            None => std::future::pending().await,
        }
    }

    /// Waits until nobody writes, and lets nobody write any more: for a program that ends because the file
    /// of the database was lost. The connection that is closed last copies the write-ahead log into the
    /// file; the end of the process would stop it halfway, and without the log nothing mends that. So
    /// this one is never closed.
    pub async fn keep_writer(&self) {
        if self.is_postgres() {
            return;
        }
        let writer = self.write.get_sqlite_connection_pool().acquire();
        if let Ok(Ok(writer)) = tokio::time::timeout(LAST_WRITE, writer).await {
            Box::leak(Box::new(writer));
        }
    }

    /// Asks the reading side whether it answers at all.
    pub async fn answers(&self) -> Result<(), DbErr> {
        query(&self.read, "SELECT 1", []).await.map(drop)
    }

    /// How many connections each side has, and how many of them are idle: writing, reading.
    pub fn connections(&self) -> [(u32, usize); 2] {
        [&self.write, &self.read].map(|side| {
            if side.get_database_backend() == DbBackend::Sqlite {
                let pool = side.get_sqlite_connection_pool();
                (pool.size(), pool.num_idle())
            } else {
                let pool = side.get_postgres_connection_pool();
                (pool.size(), pool.num_idle())
            }
        })
    }

    /// The reading side: every statement sees what is committed.
    pub fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// Begins a transaction on a writer. On SQLite it waits for its turn and takes the write
    /// lock at once, so that what it reads stays true until it commits; on PostgreSQL each of its
    /// statements sees what is committed before it.
    pub async fn begin(&self) -> Result<Tx, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        if let Some(file) = &self.file {
            file.require_kept()?;
        }
        begin(&self.write, options, self.file.clone()).await
    }

    /// Begins a reading transaction: everything read through it is of one moment.
    pub async fn snapshot(&self) -> Result<Tx, DbErr> {
        let is_postgres = self.is_postgres();
        let options = TransactionOptions {
            // SQLite's transactions are of one moment anyway, and know no such words.
            isolation_level: is_postgres.then_some(IsolationLevel::RepeatableRead),
            access_mode: is_postgres.then_some(AccessMode::ReadOnly),
            ..TransactionOptions::default()
        };
        begin(&self.read, options, None).await
    }

    /// The database's own time, by which several servers agree; `None` on SQLite, whose only
    /// server has its own.
    pub(crate) async fn now(&self) -> Result<Option<Time>, DbErr> {
        if !self.is_postgres() {
            return Ok(None);
        }
        let sql = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";
        let rows = query(&self.read, sql, []).await?;
        let ms = rows.first().map(|row| row.try_get_by_index(0));
        Ok(ms.transpose()?.map(Time::from_ms))
    }

    /// The driver's own connections to PostgreSQL, for what only it can do; none on SQLite.
    pub(crate) fn postgres(&self) -> Option<&PgPool> {
        self.is_postgres()
            .then(|| self.write.get_postgres_connection_pool())
    }

    fn is_postgres(&self) -> bool {
        self.write.get_database_backend() == DbBackend::Postgres
    }

    /// Closes every connection, the write-ahead log folded in.
    pub async fn close(self) -> Result<(), DbErr> {
        self.read.close().await?;
        self.write.close().await
    }
}

/// Begins a transaction, in a task of its own: the driver loses count of one whose request goes
/// away while it begins, and the next user of the connection would be inside of it.
async fn begin(
    on: &DatabaseConnection,
    options: TransactionOptions,
    file: Option<DatabaseFile>,
) -> Result<Tx, DbErr> {
    let on = on.clone();
    let begun = tokio::spawn(async move { on.begin_with_options(options).await });
    let begun = begun.await.map_err(|e| DbErr::Custom(e.to_string()))??;
    Ok(Tx::new(begun, file))
}

/// Runs one statement and gives how many rows it changed.
pub(crate) async fn execute(
    on: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<u64, DbErr> {
    let statement = Statement::from_sql_and_values(on.get_database_backend(), sql, values);
    Ok(on.execute_raw(statement).await?.rows_affected())
}

/// Runs one query and gives its rows.
pub(crate) async fn query(
    on: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<QueryResult>, DbErr> {
    on.query_all_raw(Statement::from_sql_and_values(
        on.get_database_backend(),
        sql,
        values,
    ))
    .await
}

/// Ends a `SELECT` of rows to change, so that those which another transaction holds are left out.
pub(crate) fn skip_locked(on: &impl ConnectionTrait) -> &'static str {
    if on.get_database_backend() == DbBackend::Postgres {
        " FOR NO KEY UPDATE SKIP LOCKED"
    } else {
        // SQLite has one transaction that changes.
        ""
    }
}

/// Ends a `SELECT` of rows to change, so that nobody else changes them until the transaction ends.
pub(crate) fn locked(on: &impl ConnectionTrait) -> &'static str {
    if on.get_database_backend() == DbBackend::Postgres {
        " FOR NO KEY UPDATE"
    } else {
        // SQLite has one transaction that changes.
        ""
    }
}

/// Reserves `count` ids of the sequence `name` and gives the first. The sequence is locked until
/// the transaction ends, on every server, so ids are in commit order: a reader that has seen an id
/// will never see a lower one appear later.
pub(crate) async fn reserve_ids(tx: &Tx, name: &str, count: usize) -> Result<i64, DbErr> {
    let count = i64::try_from(count).map_err(|e| DbErr::Custom(e.to_string()))?;
    let sql = "UPDATE id_sequences SET last_id = last_id + $1 WHERE name = $2 RETURNING last_id";
    let rows = query(tx, sql, [count.into(), name.into()]).await?;
    let row = rows
        .first()
        .ok_or_else(|| DbErr::RecordNotFound(format!("id sequence {name}")))?;
    Ok(row.try_get_by_index::<i64>(0)? - count + 1)
}

/// Has every sequence go on `by` higher, but that of the audit log, whose rows have no gap. Gives the
/// last id of each, by name.
pub(crate) async fn raise_sequences(tx: &Tx, by: i64) -> Result<Vec<(String, i64)>, DbErr> {
    let sql = "UPDATE id_sequences SET last_id = last_id + $1 WHERE name <> 'audit_log' \
               RETURNING name, last_id";
    let rows = query(tx, sql, [by.into()]).await?;
    let read = |row: &QueryResult| Ok((row.try_get("", "name")?, row.try_get("", "last_id")?));
    rows.iter().map(read).collect()
}

/// The last id of the sequence `name`, which is locked until the transaction ends: whatever takes a
/// number later takes a higher one.
pub(crate) async fn last_id(tx: &Tx, name: &str) -> Result<i64, DbErr> {
    Ok(reserve_ids(tx, name, 0).await? - 1)
}
