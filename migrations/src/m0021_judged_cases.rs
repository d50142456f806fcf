//! Cases that stay judged: until when a person has judged what was found, which cancels a confirmed case
//! still has to see done, and remarks, which are what nobody has to decide.

use sea_orm_migration::prelude::*;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0021_judged_cases"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        connection.execute_unprepared(JUDGED).await?;
        Ok(())
    }
}

const JUDGED: &str = "
-- Until when a person has judged what the case is about: none of it counts again.
ALTER TABLE abuse_cases ADD COLUMN judged_at_ms BIGINT;
UPDATE abuse_cases SET judged_at_ms = decided_at_ms WHERE decided_at_ms IS NOT NULL;
CREATE INDEX abuse_cases_judged ON abuse_cases (judged_at_ms) WHERE judged_at_ms IS NOT NULL;

-- What a confirmed case still has to see done: the orders of its account that wait, up to a number,
-- are canceled piece by piece, and then the hold ends.
CREATE TABLE abuse_case_cancels (
    case_id BIGINT PRIMARY KEY REFERENCES abuse_cases (id),
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    through_id BIGINT NOT NULL,
    keeps_hold BOOLEAN NOT NULL,
    done_at_ms BIGINT
);
CREATE INDEX abuse_case_cancels_due ON abuse_case_cancels (case_id) WHERE done_at_ms IS NULL;

-- What was noticed about an account and nothing is done about: one row for each detector and key.
CREATE TABLE abuse_remarks (
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    detector TEXT NOT NULL,
    -- key:1 or account:1
    subject TEXT NOT NULL,
    -- What the newest finding stands on: [{what, seen}].
    evidence TEXT NOT NULL,
    findings BIGINT NOT NULL CHECK (findings > 0),
    first_at_ms BIGINT NOT NULL,
    last_at_ms BIGINT NOT NULL,
    PRIMARY KEY (account_id, detector, subject)
);
CREATE INDEX abuse_remarks_by_time ON abuse_remarks (last_at_ms);
";
