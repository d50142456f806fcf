//! Whether the database has the schema that this program was written for.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, TransactionTrait};
use smm_panel_migrations::{Migrator, MigratorTrait};

use super::{Db, execute};

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
    Unreachable(String),
    /// The PostgreSQL server does not let us in.
    #[error("PostgreSQL at {host}:{port} cannot be used: {fault}; see the setting database_url")]
    Refused {
        /// Its host.
        host: String,
        /// Its port.
        port: u16,
        /// What it said, or what the system said of it.
        fault: String,
    },
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

impl From<DbErr> for OpenError {
    fn from(fault: DbErr) -> OpenError {
        OpenError::Unreachable(fault.to_string())
    }
}

/// The number of the lock under which one server at a time changes the schema: "smmpanel".
const LOCK: i64 = 0x736d_6d70_616e_656c;

/// The table in which the migrations keep account of themselves.
const APPLIED: &str = "seaql_migrations";

impl Db {
    /// Brings the schema up to date, in one transaction. Gives the number of changes applied; of
    /// several servers that start at once, one applies them.
    pub async fn migrate(&self) -> Result<usize, OpenError> {
        let tx = self.write.begin().await?;
        if self.is_postgres() {
            // Whoever waits here waits for a whole migration.
            tx.execute_unprepared("SET LOCAL lock_timeout = 0").await?;
            let lock = "SELECT pg_advisory_xact_lock($1)";
            execute(&tx, lock, [LOCK.into()]).await?;
        }
        let pending = pending(&tx).await?;
        if pending > 0 {
            Migrator::up(&tx, None).await?;
        }
        tx.commit().await?;
        Ok(pending)
    }

    /// Checks that the schema is the one this program was written for. An empty database is
    /// given it; one that is older or newer is refused and left as it is.
    pub async fn require_current(&self) -> Result<(), OpenError> {
        if pending(&self.write).await? == Migrator::migrations().len() {
            self.migrate().await?;
        }
        self.require_migrated().await
    }

    /// The same, but an empty database counts as an older one.
    pub async fn require_migrated(&self) -> Result<(), OpenError> {
        match pending(&self.write).await? {
            0 => Ok(()),
            pending => Err(OpenError::Older(pending)),
        }
    }

    /// How many changes a running panel lacks; it only reads.
    pub async fn pending_now(&self) -> Result<usize, OpenError> {
        pending(&self.read).await
    }
}

/// How many changes are not applied yet; an error if one is applied that is not known.
async fn pending<C: ConnectionTrait>(on: &C) -> Result<usize, OpenError> {
    let known: Vec<String> = Migrator::migrations()
        .iter()
        .map(|change| change.name().to_owned())
        .collect();
    let mut applied = Vec::new();
    if has_account(on).await? {
        let sql = ["SELECT version FROM ", APPLIED].concat();
        let statement = Statement::from_string(on.get_database_backend(), sql);
        for row in on.query_all_raw(statement).await? {
            applied.push(row.try_get_by_index::<String>(0)?);
        }
    }
    match applied.iter().find(|version| !known.contains(version)) {
        Some(unknown) => Err(OpenError::Newer(unknown.clone())),
        None => Ok(known.iter().filter(|name| !applied.contains(name)).count()),
    }
}

/// Whether any migration was ever applied. Asking changes nothing.
async fn has_account<C: ConnectionTrait>(on: &C) -> Result<bool, DbErr> {
    let backend = on.get_database_backend();
    let sql = if backend == DbBackend::Postgres {
        "SELECT CAST(to_regclass($1) AS TEXT) WHERE to_regclass($1) IS NOT NULL"
    } else {
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name = $1"
    };
    let statement = Statement::from_sql_and_values(backend, sql, [APPLIED.into()]);
    Ok(on.query_one_raw(statement).await?.is_some())
}
