//! The database: one writer and a pool of readers over one URL.
//!
//! On SQLite every change goes through one connection, so that writers queue in the program and
//! never collide in the file (a deferred read-then-write fails three times in four under eight
//! writers). Statements are written once for SQLite and PostgreSQL, with `$1` placeholders.

use std::fmt::Write;
use std::path::Path;

use sea_orm::sqlx::{Connection, PgPool};
use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction,
    DbBackend, DbErr, IsolationLevel, QueryResult, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait, Value,
};
use smm_panel_migrations::{Migrator, MigratorTrait};

/// How many rows one transaction touches at most, so that the writer is never held for long.
pub const PIECE: usize = 500;

/// The panel's database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    read: DatabaseConnection,
    write: DatabaseConnection,
}

/// A transaction on the one writer; dropped without [`commit`](DatabaseTransaction::commit) it is
/// rolled back.
pub type Tx = DatabaseTransaction;

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL has a scheme the panel does not speak.
    #[error("database_url must begin with sqlite: or postgres:")]
    Scheme,
    /// There is no such SQLite file, and the command does not make one.
    #[error("there is no database {0}; the setting database_url says where it is")]
    Missing(String),
    /// The database did not answer as a database.
    #[error("the database cannot be opened: {0}")]
    Unreachable(DbErr),
    /// A later version of the program has changed the schema.
    #[error(
        "the database is newer than this program: it has the change {0}, which this version does \
         not know; start the version of smm-panel that made it"
    )]
    Newer(String),
    /// The schema lacks changes that this program needs.
    #[error("the database is {0} change(s) behind this program; run `smm-panel migrate` first")]
    Older(usize),
}

impl Db {
    /// Opens `url` (`sqlite:path` or `postgres://...`) with `readers` reading connections. A
    /// missing SQLite file is created.
    pub async fn open(url: &str, readers: u32) -> Result<Db, OpenError> {
        Db::connect(url, readers, true).await
    }

    /// The same, but a missing SQLite file is an error: for commands that only look.
    pub async fn open_existing(url: &str, readers: u32) -> Result<Db, OpenError> {
        Db::connect(url, readers, false).await
    }

    async fn connect(url: &str, readers: u32, create: bool) -> Result<Db, OpenError> {
        if !["sqlite:", "postgres:", "postgresql:"]
            .iter()
            .any(|scheme| url.starts_with(scheme))
        {
            return Err(OpenError::Scheme);
        }
        let file = url
            .strip_prefix("sqlite:")
            .map(|path| path.trim_start_matches("//"));
        if let Some(file) = file.filter(|file| !create && !Path::new(file).exists()) {
            return Err(OpenError::Missing(file.to_owned()));
        }
        let writer = pool(url, Role::Writer, create)
            .await
            .map_err(OpenError::Unreachable)?;
        let reader = pool(url, Role::Readers(readers), create)
            .await
            .map_err(OpenError::Unreachable)?;
        Ok(Db {
            read: reader,
            write: writer,
        })
    }

    /// Brings the schema up to date. Gives the number of changes applied.
    pub async fn migrate(&self) -> Result<usize, OpenError> {
        let pending = self.pending().await?;
        Migrator::up(&self.write, None)
            .await
            .map_err(OpenError::Unreachable)?;
        Ok(pending)
    }

    /// Checks that the schema is the one this program was written for. An empty database is
    /// given it; one that is older or newer is refused and left as it is.
    pub async fn require_current(&self) -> Result<(), OpenError> {
        if self.pending().await? == Migrator::migrations().len() {
            self.migrate().await?;
        }
        self.require_migrated().await
    }

    /// The same, but an empty database counts as an older one.
    pub async fn require_migrated(&self) -> Result<(), OpenError> {
        match self.pending().await? {
            0 => Ok(()),
            pending => Err(OpenError::Older(pending)),
        }
    }

    /// How many changes are not applied yet; an error if one is applied that is not known.
    async fn pending(&self) -> Result<usize, OpenError> {
        Migrator::install(&self.write)
            .await
            .map_err(OpenError::Unreachable)?;
        let known: Vec<String> = Migrator::migrations()
            .iter()
            .map(|change| change.name().to_owned())
            .collect();
        let rows = self
            .write
            .query_all_raw(self.statement("SELECT version FROM seaql_migrations", []))
            .await
            .map_err(OpenError::Unreachable)?;
        let mut applied = Vec::with_capacity(rows.len());
        for row in rows {
            applied.push(
                row.try_get::<String>("", "version")
                    .map_err(OpenError::Unreachable)?,
            );
        }
        match applied.iter().find(|version| !known.contains(version)) {
            Some(unknown) => Err(OpenError::Newer(unknown.clone())),
            None => Ok(known.iter().filter(|name| !applied.contains(name)).count()),
        }
    }

    /// The reading side: every statement sees what is committed.
    pub fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// Begins a transaction on the writer. It waits for its turn; on SQLite it takes the write
    /// lock at once, so that what it reads stays true until it commits.
    pub async fn begin(&self) -> Result<Tx, DbErr> {
        self.write
            .begin_with_options(TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            })
            .await
    }

    /// Begins a reading transaction: everything read through it is of one moment.
    pub async fn snapshot(&self) -> Result<Tx, DbErr> {
        let is_sqlite = self.read.get_database_backend() == DbBackend::Sqlite;
        self.read
            .begin_with_options(TransactionOptions {
                // SQLite's transactions are of one moment anyway, and know no such words.
                isolation_level: (!is_sqlite).then_some(IsolationLevel::RepeatableRead),
                access_mode: (!is_sqlite).then_some(AccessMode::ReadOnly),
                ..TransactionOptions::default()
            })
            .await
    }

    /// The driver's own connections to PostgreSQL, for what only it can do; none on SQLite.
    pub(crate) fn postgres(&self) -> Option<&PgPool> {
        let is_postgres = self.write.get_database_backend() == DbBackend::Postgres;
        is_postgres.then(|| self.write.get_postgres_connection_pool())
    }

    fn statement(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
        Statement::from_sql_and_values(self.write.get_database_backend(), sql, values)
    }

    /// Closes every connection, the write-ahead log folded in.
    pub async fn close(self) -> Result<(), DbErr> {
        self.read.close().await?;
        self.write.close().await
    }
}

/// What the connections of a pool are for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// The one that changes.
    Writer,
    /// Those that only read, so many.
    Readers(u32),
}

async fn pool(url: &str, role: Role, create: bool) -> Result<DatabaseConnection, DbErr> {
    let connections = match role {
        Role::Writer => 1,
        Role::Readers(count) => count,
    };
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .test_before_acquire(!url.starts_with("sqlite:"))
        .map_sqlx_sqlite_pool_opts(move |pool| {
            // After a failed write SQLite may have ended a transaction by itself; the driver still
            // counts it, and would make every later one a savepoint of it that is never committed.
            pool.after_release(move |connection, _| {
                Box::pin(async move {
                    // A rollback that is under way is finished first. Readers hand theirs in
                    // finished, and are too many a second to be asked.
                    if role == Role::Writer {
                        connection.ping().await?;
                    }
                    Ok(!connection.is_in_transaction())
                })
            })
        })
        .map_sqlx_sqlite_opts(move |sqlite| {
            sqlite
                .create_if_missing(create)
                .pragma("journal_mode", "WAL")
                // Deposits are money: a commit is on disk before it is answered.
                .pragma("synchronous", "FULL")
                .pragma("foreign_keys", "ON")
                .pragma("busy_timeout", "10000")
                .pragma("journal_size_limit", "67108864")
                .statement_cache_capacity(256)
        });
    Database::connect(options).await
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

/// The text and the values of a `VALUES` list or an `IN` list, numbered from `$1`. Both databases
/// call the columns of such a list `column1`, `column2`, ...
pub(crate) struct Rows {
    /// `($1, $2), ($3, $4)`.
    pub(crate) placeholders: String,
    /// The values in the order of the placeholders.
    pub(crate) values: Vec<Value>,
}

impl Rows {
    /// A list of `rows`, each of the same width, whose placeholders begin after `$before`.
    pub(crate) fn after<const WIDTH: usize>(
        before: usize,
        rows: impl IntoIterator<Item = [Value; WIDTH]>,
    ) -> Rows {
        let mut list = Rows {
            placeholders: String::new(),
            values: Vec::new(),
        };
        for row in rows {
            if !list.values.is_empty() {
                list.placeholders.push_str(", ");
            }
            for (column, value) in row.into_iter().enumerate() {
                let opening = if column == 0 { "(" } else { ", " };
                list.values.push(value);
                // Writing to a String cannot fail.
                let _ = write!(
                    list.placeholders,
                    "{opening}${}",
                    before + list.values.len()
                );
            }
            list.placeholders.push(')');
        }
        list
    }
}

/// Reserves `count` ids of the sequence `name` and gives the first. Ids are handed out under the
/// writer, so they are in commit order: a reader that has seen an id will never see a lower one
/// appear later.
pub(crate) async fn reserve_ids(tx: &Tx, name: &str, count: usize) -> Result<i64, DbErr> {
    let count = i64::try_from(count).map_err(|e| DbErr::Custom(e.to_string()))?;
    let sql = "UPDATE id_sequences SET last_id = last_id + $1 WHERE name = $2 RETURNING last_id";
    let rows = query(tx, sql, [count.into(), name.into()]).await?;
    let row = rows
        .first()
        .ok_or_else(|| DbErr::RecordNotFound(format!("id sequence {name}")))?;
    Ok(row.try_get_by_index::<i64>(0)? - count + 1)
}
