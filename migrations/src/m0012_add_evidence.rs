//! What is kept of an answer to `add` that leaves open whether the order was taken.

use sea_orm_migration::prelude::*;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0012_add_evidence"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        connection.execute_unprepared(EVIDENCE).await?;
        Ok(())
    }
}

const EVIDENCE: &str = "
-- The normalised sentence that is all that is known of what became of the run: it waits until
-- somebody sorts that sentence.
ALTER TABLE dispatches ADD COLUMN phrase TEXT;
-- The id that stood in an answer that is no acceptance; its status is asked.
ALTER TABLE dispatches ADD COLUMN seen_order TEXT;
-- When its answer was lost or could not be read; the breaker counts these.
ALTER TABLE dispatches ADD COLUMN lost_at_ms BIGINT;
-- How many attempts at its present provider were answered, and sent again after that answer.
ALTER TABLE dispatches ADD COLUMN answered_attempts BIGINT NOT NULL DEFAULT 0;

CREATE INDEX dispatches_waiting_for_phrase ON dispatches (provider_id, phrase)
    WHERE phrase IS NOT NULL;
DROP INDEX dispatches_went_unknown;
CREATE INDEX dispatches_lost ON dispatches (provider_id, lost_at_ms) WHERE lost_at_ms IS NOT NULL;
";
