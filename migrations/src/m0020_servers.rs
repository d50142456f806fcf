//! Which servers live on the database: each writes when it was there last.

use sea_orm_migration::prelude::*;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0020_servers"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        connection.execute_unprepared(SERVERS).await?;
        Ok(())
    }
}

/// One row for each server since it was started, until it stops in order. One that was killed leaves
/// its row behind, which grows old.
const SERVERS: &str = "
CREATE TABLE servers (
    id TEXT PRIMARY KEY,
    started_at_ms BIGINT NOT NULL,
    seen_at_ms BIGINT NOT NULL
);
";
