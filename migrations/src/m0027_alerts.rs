//! What an alert is about, whether that lasts, and who has looked at it.

use sea_orm_migration::prelude::*;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0027_alerts"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(ALERTS).await?;
        Ok(())
    }
}

/// Alerts of before do not say what they are about: they are over. What lasts is alerted again.
const ALERTS: &str = "
-- What it is about, such as 'dispatch 7': alerts of one kind with one cause are one.
ALTER TABLE alerts ADD COLUMN cause TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN times_seen BIGINT NOT NULL DEFAULT 1 CHECK (times_seen > 0);
ALTER TABLE alerts ADD COLUMN last_seen_at_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE alerts ADD COLUMN acknowledged_by TEXT;
ALTER TABLE alerts ADD COLUMN acknowledged_at_ms BIGINT;
ALTER TABLE alerts ADD COLUMN note TEXT;
ALTER TABLE alerts ADD COLUMN ended_at_ms BIGINT;
UPDATE alerts SET last_seen_at_ms = created_at_ms, ended_at_ms = created_at_ms;
CREATE INDEX alerts_open ON alerts (kind, cause) WHERE ended_at_ms IS NULL;
-- When those of the staff who want it were told by mail.
ALTER TABLE alerts ADD COLUMN mailed_at_ms BIGINT;
ALTER TABLE accounts ADD COLUMN alerts_by_mail BOOLEAN NOT NULL DEFAULT FALSE;
-- Our balance there as it was read last, in nano-USD, and when it was asked for.
ALTER TABLE providers ADD COLUMN balance_nano BIGINT;
ALTER TABLE providers ADD COLUMN balance_at_ms BIGINT;
ALTER TABLE providers ADD COLUMN balance_asked_at_ms BIGINT;
-- What orders cost there in a day, in nano-USD, as it was counted then.
ALTER TABLE providers ADD COLUMN daily_cost_nano BIGINT NOT NULL DEFAULT 0;
CREATE INDEX alerts_by_kind ON alerts (kind, id);
";
