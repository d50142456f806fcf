//! What the schema itself keeps from happening twice.

use sea_orm_migration::prelude::*;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0005_paid_once"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        connection.execute_unprepared(ONCE).await?;
        Ok(())
    }
}

const ONCE: &str = "
-- A proposal that repeats an open one is undecided for ever: of two that are open, the first stays.
UPDATE adjustment_proposals SET accepted = FALSE, decided_by = 'panel',
    decision_reason = 'another open proposal had the same reference',
    decided_at_ms = created_at_ms
    WHERE decided_at_ms IS NULL AND EXISTS (SELECT 1 FROM adjustment_proposals other
        WHERE other.reference = adjustment_proposals.reference AND other.decided_at_ms IS NULL
        AND other.id < adjustment_proposals.id);
CREATE UNIQUE INDEX adjustment_proposals_open_once ON adjustment_proposals (reference)
    WHERE decided_at_ms IS NULL;
-- What was withheld for an overlap is paid once an order.
CREATE UNIQUE INDEX refunds_lifted_once ON refunds (order_id) WHERE reason = 'overlap_lifted';
";
