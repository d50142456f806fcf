//! The database that is written: one transaction, and the fastest way into it. PostgreSQL is
//! given pages by `COPY`, SQLite by statements of many rows.

use std::sync::Arc;

use sea_orm::sqlx::{self, AssertSqlSafe, PgConnection, Postgres};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, RuntimeErr, Value};

use super::cell::Cell;
use super::pages::{Page, count_of};
use super::schema::Table;
use crate::db::{Assigned, Db, Tx, execute, query};

/// Parameters of one statement on SQLite, which takes 32,766: more would not be faster.
const PARAMETERS: usize = 4_000;

/// The transaction that is written; dropped without a commit it leaves nothing.
pub(super) enum Target {
    Sqlite(Tx),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

/// What the operator's server may have been told to stop long work by.
const PATIENT: &str = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; \
    SET LOCAL idle_in_transaction_session_timeout = 0";

impl Target {
    /// Begins the transaction.
    pub(super) async fn begin(db: &Db) -> Result<Target, DbErr> {
        let Some(pool) = db.postgres() else {
            return Ok(Target::Sqlite(db.begin().await?));
        };
        let mut tx = pool.begin().await.map_err(told)?;
        sqlx::raw_sql(PATIENT)
            .execute(&mut *tx)
            .await
            .map_err(told)?;
        Ok(Target::Postgres(tx))
    }

    /// Which kind of database it is.
    pub(super) fn backend(&self) -> DbBackend {
        match self {
            Target::Sqlite(tx) => tx.get_database_backend(),
            Target::Postgres(_) => DbBackend::Postgres,
        }
    }

    /// The rows of a query without parameters.
    pub(super) async fn query(&mut self, sql: &str) -> Result<Vec<QueryResult>, DbErr> {
        match self {
            Target::Sqlite(tx) => query(tx, sql, []).await,
            Target::Postgres(tx) => {
                let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut **tx).await;
                Ok(rows.map_err(told)?.into_iter().map(Into::into).collect())
            }
        }
    }

    /// How many rows the table has.
    pub(super) async fn count(&mut self, table: &Table) -> Result<u64, DbErr> {
        let rows = self.query(&count_of(table)).await?;
        let count: i64 = match rows.first() {
            Some(row) => row.try_get_by_index(0)?,
            None => 0,
        };
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// Takes away the rows that the migrations wrote.
    pub(super) async fn clear(&mut self, table: &Table) -> Result<(), DbErr> {
        let sql = ["DELETE FROM ", &table.quoted()].concat();
        self.query(&sql).await.map(drop)
    }

    /// Writes the rows of a page, and counts the characters that had to be replaced by column.
    pub(super) async fn write(
        &mut self,
        table: &Table,
        page: &Page,
        replaced: &mut [u64],
    ) -> Result<(), DbErr> {
        match self {
            Target::Sqlite(tx) => insert(tx, table, page).await,
            Target::Postgres(tx) => stream(tx, table, page, replaced).await.map_err(told),
        }
    }

    /// Has the ids that the database assigns go on after `last`, which is not below any that was
    /// copied.
    pub(super) async fn continue_ids(&mut self, table: &Table, last: i64) -> Result<(), DbErr> {
        for sql in Assigned::statements(self.backend(), &table.name, last) {
            self.query(&sql).await?;
        }
        Ok(())
    }

    /// Has PostgreSQL look at what it was given: without figures it plans for empty tables.
    pub(super) async fn analyze(&mut self, table: &Table) -> Result<(), DbErr> {
        if self.backend() == DbBackend::Postgres {
            let sql = ["ANALYZE ", &table.quoted()].concat();
            self.query(&sql).await?;
        }
        Ok(())
    }

    /// Keeps what was written.
    pub(super) async fn commit(self) -> Result<(), DbErr> {
        match self {
            Target::Sqlite(tx) => tx.commit().await,
            Target::Postgres(tx) => tx.commit().await.map_err(told),
        }
    }
}

/// The driver's error as that of the layer that all others go through.
fn told(fault: sqlx::Error) -> DbErr {
    DbErr::Exec(RuntimeErr::SqlxError(Arc::new(fault)))
}

async fn insert(tx: &Tx, table: &Table, page: &Page) -> Result<(), DbErr> {
    let width = table.columns.len().max(1);
    for rows in page.chunks((PARAMETERS / width).max(1)) {
        let row = ["(", &vec!["?"; width].join(", "), ")"].concat();
        let mut sql = ["INSERT INTO ", &table.quoted(), " ("].concat();
        sql.push_str(&table.listed());
        sql.push_str(") VALUES ");
        sql.push_str(&vec![row; rows.len()].join(", "));
        let values: Vec<Value> = rows.iter().flatten().map(Cell::value).collect();
        execute(tx, &sql, values).await?;
    }
    Ok(())
}

async fn stream(
    connection: &mut PgConnection,
    table: &Table,
    page: &Page,
    replaced: &mut [u64],
) -> Result<(), sqlx::Error> {
    let mut text = Vec::new();
    for row in page {
        for (at, (cell, replaced)) in row.iter().zip(replaced.iter_mut()).enumerate() {
            if at > 0 {
                text.push(b'\t');
            }
            *replaced += cell.encode(&mut text);
        }
        text.push(b'\n');
    }
    let sql = format!("COPY {} ({}) FROM STDIN", table.quoted(), table.listed());
    let mut copy = connection.copy_in_raw(&sql).await?;
    copy.send(text).await?;
    copy.finish().await?;
    Ok(())
}
