//! Members of the staff who were removed: their row stays, because what they did names it.

use sea_orm_migration::prelude::*;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0023_removed_staff"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        connection.execute_unprepared(REMOVED).await?;
        Ok(())
    }
}

const REMOVED: &str = "
ALTER TABLE accounts ADD COLUMN removed_at_ms BIGINT;
-- What they were called, and the address that they signed in with: both can be somebody's again.
ALTER TABLE accounts ADD COLUMN removed_name TEXT;
ALTER TABLE accounts ADD COLUMN removed_email TEXT;
";
