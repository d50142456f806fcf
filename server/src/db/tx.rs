//! A transaction whose commit counts only if the database is still in its file.

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement,
};

use super::file::DatabaseFile;

/// A transaction; dropped without [`commit`](Tx::commit) it is rolled back.
pub struct Tx {
    on: DatabaseTransaction,
    file: Option<DatabaseFile>,
}

impl Tx {
    pub(super) fn new(on: DatabaseTransaction, file: Option<DatabaseFile>) -> Tx {
        Tx { on, file }
    }

    /// Commits, and looks whether the file that was committed to is the one at its path: only then
    /// anybody may be told.
    pub async fn commit(self) -> Result<(), DbErr> {
        self.on.commit().await?;
        self.file.map_or(Ok(()), |file| file.require_committed())
    }

    /// Undoes it.
    pub async fn rollback(self) -> Result<(), DbErr> {
        self.on.rollback().await
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Tx {
    fn get_database_backend(&self) -> DbBackend {
        self.on.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.on.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.on.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.on.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.on.query_all_raw(statement).await
    }
}
