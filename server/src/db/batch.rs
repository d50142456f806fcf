//! Transactions whose end is known even when the answer to their COMMIT is lost.
//!
//! A connection that breaks after COMMIT was sent says nothing about whether it was done. On
//! PostgreSQL every transaction that writes has a number, and the server can be asked later what
//! became of it. A batch keeps its number until it knows: it stands, or it was undone and can be
//! written again. Without proof its items are answered with "not known", never with a refusal.

use std::time::Duration;

use sea_orm::sqlx;
use sea_orm::{ConnAcquireErr, DatabaseConnection, DbErr, RuntimeErr};

use super::{Db, Tx, query};
use crate::error::{Failure, Result};

/// How long the end of a batch is asked for: about as long as its requests wait.
const LOOKED_UP_FOR: Duration = Duration::from_secs(10);
const BETWEEN_LOOKUPS: Duration = Duration::from_millis(100);

/// A transaction that knows its number.
pub(crate) struct Batch {
    tx: Tx,
    /// PostgreSQL's number of the transaction; SQLite is in this process, and COMMIT with it.
    number: Option<String>,
    lookup: DatabaseConnection,
}

impl Db {
    /// Begins a batch. [`Failure::Transaction`] if none can be begun.
    pub(crate) async fn begin_batch(&self) -> Result<Batch> {
        let batch = |(tx, number)| Batch {
            tx,
            number,
            lookup: self.write.clone(),
        };
        let begun = match self.begin_numbered().await {
            // The connection was lost while it was idle; the next one is new.
            Err(fault) if passes(&fault) && !matches!(fault, DbErr::ConnectionAcquire(_)) => {
                self.begin_numbered().await
            }
            begun => begun,
        };
        Ok(begun.map(batch).map_err(Failure::Transaction)?)
    }

    async fn begin_numbered(&self) -> std::result::Result<(Tx, Option<String>), DbErr> {
        let tx = self.begin().await?;
        if !self.is_postgres() {
            return Ok((tx, None));
        }
        let sql = "SELECT CAST(pg_current_xact_id() AS TEXT)";
        let rows = query(&tx, sql, []).await?;
        let number = rows
            .first()
            .map(|row| row.try_get_by_index(0))
            .transpose()?;
        Ok((tx, number))
    }
}

impl Batch {
    /// The transaction to write in.
    pub(crate) fn tx(&self) -> &Tx {
        &self.tx
    }

    /// Commits. [`Failure::Undone`] says that nothing of it stands, [`Failure::Transaction`] that
    /// this could not be found out.
    pub(crate) async fn commit(self) -> Result<()> {
        let Batch { tx, number, lookup } = self;
        let Err(fault) = tx.commit().await else {
            return Ok(());
        };
        let Some(number) = number else {
            return Err(Failure::Transaction(fault).into());
        };
        tracing::warn!(
            transaction = number,
            "the answer to COMMIT was lost: {fault}"
        );
        let looking = async {
            loop {
                match ended(&lookup, &number).await {
                    Ok(Some(stands)) => return stands,
                    Ok(None) => {}
                    Err(unknown) => {
                        tracing::warn!(transaction = number, "not looked up yet: {unknown}");
                    }
                }
                tokio::time::sleep(BETWEEN_LOOKUPS).await;
            }
        };
        match tokio::time::timeout(LOOKED_UP_FOR, looking).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Failure::Undone(fault).into()),
            Err(_) => Err(Failure::Transaction(fault).into()),
        }
    }
}

/// Whether the transaction stands; `None` while it is under way or forgotten.
async fn ended(on: &DatabaseConnection, number: &str) -> std::result::Result<Option<bool>, DbErr> {
    let sql = "SELECT pg_xact_status(CAST($1 AS xid8))";
    let rows = query(on, sql, [number.into()]).await?;
    let status: Option<Option<String>> = rows
        .first()
        .map(|row| row.try_get_by_index(0))
        .transpose()?;
    Ok(match status.flatten().as_deref() {
        Some("committed") => Some(true),
        Some("aborted") => Some(false),
        _ => None,
    })
}

/// Codes of PostgreSQL that say nothing against what was asked: it stops or starts, or two
/// transactions were in each other's way and this one was chosen to be undone.
const PASSING_CODES: [&str; 7] = [
    "57P01", "57P02", "57P03", // the server stops, has crashed, or starts
    "40001", "40P01", // serialization, deadlock
    "55P03", // a lock was waited for too long
    "25P03", // idle in a transaction for too long
];

/// Whether a fault is of the connection or the moment, so that the same work may succeed later.
pub(crate) fn passes(fault: &DbErr) -> bool {
    if let DbErr::ConnectionAcquire(ConnAcquireErr::Timeout | ConnAcquireErr::ConnectionClosed) =
        fault
    {
        return true;
    }
    let (DbErr::Conn(RuntimeErr::SqlxError(fault))
    | DbErr::Exec(RuntimeErr::SqlxError(fault))
    | DbErr::Query(RuntimeErr::SqlxError(fault))) = fault
    else {
        return false;
    };
    if let sqlx::Error::Database(fault) = fault.as_ref() {
        let code = fault.code();
        return code.is_some_and(|code| PASSING_CODES.contains(&code.as_ref()));
    }
    matches!(
        fault.as_ref(),
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::Protocol(_)
    )
}
