//! How each provider is asked about what it accepted, as far as that was learned; and what a
//! provider reported first of a run before it was asked once more.

use sea_orm_migration::prelude::*;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0014_following"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        connection.execute_unprepared(FOLLOWING).await?;
        Ok(())
    }
}

const FOLLOWING: &str = "
-- One row for each of status, refill_status and cancel that was learned of a provider.
CREATE TABLE provider_asking (
    provider_id BIGINT NOT NULL REFERENCES providers (id),
    action TEXT NOT NULL,
    -- Whether a list of several ids is answered: 'works', 'refused', or not known.
    many TEXT,
    -- How many ids a list has at most; 100 where it is not known.
    largest BIGINT,
    -- The field that one id goes in: 'plural' (orders=7), 'singular' (order=7), or not known.
    one TEXT,
    learned_at_ms BIGINT,
    learned_from TEXT,
    -- Whether an operator has set it: then nothing is learned over it.
    is_set BOOLEAN NOT NULL DEFAULT FALSE,
    -- Since when nothing at all could be read, and what was seen instead.
    failing_since_ms BIGINT,
    failure TEXT,
    -- When an operator was told of it last.
    alerted_at_ms BIGINT,
    PRIMARY KEY (provider_id, action)
);

-- The last status that was understood, as the protocol spells it.
ALTER TABLE dispatches ADD COLUMN provider_word TEXT;
-- 'A refund is asked twice': the end that was reported first, until it is confirmed.
ALTER TABLE dispatches ADD COLUMN end_word TEXT;
ALTER TABLE dispatches ADD COLUMN end_remains BIGINT;
-- When that was; it stays as the time at which the run ended.
ALTER TABLE dispatches ADD COLUMN end_seen_at_ms BIGINT;
ALTER TABLE dispatches ADD COLUMN end_is_keyed BOOLEAN NOT NULL DEFAULT FALSE;
-- How often a reported end was taken back or changed.
ALTER TABLE dispatches ADD COLUMN contradictions BIGINT NOT NULL DEFAULT 0;
-- Since when no answer about the run could be understood.
ALTER TABLE dispatches ADD COLUMN unclear_since_ms BIGINT;
-- How often its cancel was forwarded without a clear answer.
ALTER TABLE dispatches ADD COLUMN cancel_asks BIGINT NOT NULL DEFAULT 0;
";
