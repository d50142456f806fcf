//! What several servers on one database need: that placing an order changes no other order.

use sea_orm_migration::prelude::*;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0003_several_servers"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        connection.execute_unprepared(CHANGES).await?;
        Ok(())
    }
}

const CHANGES: &str = "
-- An order overlaps others exactly when `order_overlaps` names it. The mark beside that had to be
-- written into orders that another server may be settling.
ALTER TABLE orders DROP COLUMN overlapping;
";
