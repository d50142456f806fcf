//! Connections and how they are set up.

use std::time::Duration;

use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::{Connection, PgConnection};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr};

use super::{OpenError, Pools};

/// What every connection asks of PostgreSQL. A server of ours that vanished from the network must
/// not keep its locks: its connection is found dead, or its transaction ends by itself.
const POSTGRES_SETTINGS: [(&str, &str); 3] = [
    ("tcp_keepalives_idle", "10"),
    ("tcp_keepalives_interval", "5"),
    ("tcp_keepalives_count", "3"),
];
/// And those that change. What waits longer for a lock is not waited for by its client any more.
const WRITER_SETTINGS: [(&str, &str); 2] = [
    ("idle_in_transaction_session_timeout", "30s"),
    ("lock_timeout", "10s"),
];

/// What the connections of a pool are for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Those that change; SQLite has one of them, whatever the number.
    Writers(u32),
    /// Those that only read, so many.
    Readers(u32),
}

/// Connects once, to learn at once and in the server's words why it does not work: a pool would
/// try again until it says no more than that it took too long.
pub(super) async fn greet(url: &str) -> Result<(), OpenError> {
    let told = |fault: sea_orm::sqlx::Error| OpenError::Unreachable(fault.to_string());
    let options: PgConnectOptions = url.parse().map_err(told)?;
    let (host, port) = (options.get_host().to_owned(), options.get_port());
    let refused = |fault: String| OpenError::Refused { host, port, fault };
    match tokio::time::timeout(Pools::WAIT * 5, PgConnection::connect_with(&options)).await {
        Ok(Ok(connection)) => connection.close().await.map_err(told),
        Ok(Err(sea_orm::sqlx::Error::Io(fault))) => Err(refused(fault.to_string())),
        Ok(Err(sea_orm::sqlx::Error::Database(fault))) => Err(refused(fault.message().to_owned())),
        Ok(Err(fault)) => Err(refused(fault.to_string())),
        Err(_) => Err(refused("it does not answer".to_owned())),
    }
}

pub(super) async fn pool(
    url: &str,
    role: Role,
    wait: Duration,
    create: bool,
) -> Result<DatabaseConnection, DbErr> {
    let is_sqlite = url.starts_with("sqlite:");
    let connections = match role {
        Role::Writers(_) if is_sqlite => 1,
        Role::Writers(count) | Role::Readers(count) => count,
    };
    let writes = matches!(role, Role::Writers(_));
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .test_before_acquire(false);
    if !is_sqlite {
        // A connection that was idle may have been lost with its server; asking each time would
        // double the way of every statement.
        options
            .acquire_timeout(wait)
            .test_before_acquire_if_idle_for(Duration::from_secs(1));
    }
    options
        .map_sqlx_postgres_opts(move |postgres| {
            let postgres = postgres
                .application_name("smm-panel")
                .statement_cache_capacity(512)
                .options(POSTGRES_SETTINGS);
            if writes {
                postgres.options(WRITER_SETTINGS)
            } else {
                postgres
            }
        })
        .map_sqlx_sqlite_pool_opts(move |pool| {
            // The write-ahead log goes with the last connection, and is watched: none ends for its age.
            let pool = pool.idle_timeout(None).max_lifetime(None);
            // After a failed write SQLite may have ended a transaction by itself; the driver still
            // counts it, and would make every later one a savepoint of it that is never committed.
            pool.after_release(move |connection, _| {
                Box::pin(async move {
                    // A rollback that is under way is finished first. Readers hand theirs in
                    // finished, and are too many a second to be asked.
                    if writes {
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
