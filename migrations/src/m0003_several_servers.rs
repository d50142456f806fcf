//! What several servers on one database need: that placing an order changes no other order, and
//! which of them runs the regular check of the stored data.

use sea_orm_migration::prelude::*;

use crate::Dialect;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0003_several_servers"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = Dialect::of(manager).spell(CHANGES);
        manager.get_connection().execute_unprepared(&sql).await?;
        Ok(())
    }
}

const CHANGES: &str = "
-- An order overlaps others exactly when `order_overlaps` names it. The mark beside that had to be
-- written into orders that another server may be settling.
ALTER TABLE orders DROP COLUMN overlapping;

-- One row. A server that checks has it under a lease, so that no other does meanwhile.
CREATE TABLE ledger_check (
    id {id} CHECK (id = 1),
    lease_until_ms BIGINT NOT NULL,
    finished_at_ms BIGINT,
    violations BIGINT
);
INSERT INTO ledger_check (id, lease_until_ms) VALUES (1, 0);
";
