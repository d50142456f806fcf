//! By which version of the rules of links orders are placed, and of which the stored keys are.

use sea_orm_migration::prelude::*;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0011_link_rules"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        connection.execute_unprepared(LINK_RULES).await?;
        Ok(())
    }
}

const LINK_RULES: &str = "
-- The version of the rules by which orders are placed; a server of another one places none.
ALTER TABLE panel ADD COLUMN link_rules BIGINT NOT NULL DEFAULT 1;
-- The version that the overlap_key of every active order is of.
ALTER TABLE panel ADD COLUMN links_keyed BIGINT NOT NULL DEFAULT 1;
";
