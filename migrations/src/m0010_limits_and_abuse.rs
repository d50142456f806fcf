//! What accounts may ask for, and what is noticed of abuse: cases with their evidence, and what was
//! done about them until a person decides.

use sea_orm_migration::prelude::*;

use crate::Dialect;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0010_limits_and_abuse"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager);
        let connection = manager.get_connection();
        connection.execute_unprepared(&dialect.spell(ABUSE)).await?;
        connection
            .execute_unprepared(&dialect.append_only("abuse_case_notes"))
            .await?;
        Ok(())
    }
}

const ABUSE: &str = "
-- Which limits hold for the account's keys; those of the settings without.
ALTER TABLE accounts ADD COLUMN limits TEXT CHECK (limits IN ('starter', 'reseller', 'unlimited'));
-- Since when new orders of the account wait for a person before they are sent.
ALTER TABLE accounts ADD COLUMN held_at_ms BIGINT;
ALTER TABLE api_keys ADD COLUMN throttled_until_ms BIGINT;
ALTER TABLE api_keys ADD COLUMN blocked_at_ms BIGINT;
CREATE INDEX dispatches_held ON dispatches (order_id) WHERE state = 'held';

CREATE TABLE abuse_cases (
    id {auto_id},
    detector TEXT NOT NULL,
    -- key:1, account:1, network:192.0.2.0/24, service:1
    subject TEXT NOT NULL,
    account_id BIGINT REFERENCES accounts (id),
    key_id BIGINT REFERENCES api_keys (id),
    state TEXT NOT NULL CHECK (state IN ('open', 'released', 'confirmed')),
    -- The strongest thing that was done.
    action TEXT NOT NULL,
    score BIGINT NOT NULL CHECK (score BETWEEN 0 AND 1000),
    -- What the newest finding stands on: [{what, seen}].
    evidence TEXT NOT NULL,
    findings BIGINT NOT NULL CHECK (findings > 0),
    opened_at_ms BIGINT NOT NULL,
    found_at_ms BIGINT NOT NULL,
    -- When the account's owner was told, once.
    told_at_ms BIGINT,
    decided_by TEXT,
    decided_reason TEXT,
    decided_at_ms BIGINT,
    CHECK ((state = 'open') = (decided_at_ms IS NULL)),
    CHECK ((decided_at_ms IS NULL) = (decided_by IS NULL)),
    CHECK ((decided_at_ms IS NULL) = (decided_reason IS NULL))
);
CREATE UNIQUE INDEX abuse_cases_open ON abuse_cases (detector, subject) WHERE state = 'open';
CREATE INDEX abuse_cases_of_account ON abuse_cases (account_id, id);
CREATE INDEX abuse_cases_of_key ON abuse_cases (key_id) WHERE key_id IS NOT NULL;
CREATE INDEX abuse_cases_by_state ON abuse_cases (state, id);

-- What was done by itself for a case; it stands until it is undone.
CREATE TABLE abuse_case_actions (
    case_id BIGINT NOT NULL REFERENCES abuse_cases (id),
    action TEXT NOT NULL CHECK (action IN ('throttle', 'pause_service', 'hold', 'block_network',
        'block_key')),
    done_at_ms BIGINT NOT NULL,
    undone_at_ms BIGINT,
    PRIMARY KEY (case_id, action)
);
CREATE INDEX abuse_case_actions_standing ON abuse_case_actions (action, case_id)
    WHERE undone_at_ms IS NULL;

CREATE TABLE abuse_case_notes (
    id {auto_id},
    case_id BIGINT NOT NULL REFERENCES abuse_cases (id),
    written_by TEXT NOT NULL,
    note TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL
);
CREATE INDEX abuse_case_notes_of_case ON abuse_case_notes (case_id, id);

-- Networks that are not answered for a while, on every server.
CREATE TABLE network_blocks (
    network TEXT PRIMARY KEY,
    until_ms BIGINT NOT NULL,
    -- How often it was blocked: each time is twice as long.
    times BIGINT NOT NULL CHECK (times > 0),
    case_id BIGINT REFERENCES abuse_cases (id)
);

-- From where, and by which software, a key was used: what is new tells a leaked key.
CREATE TABLE key_places (
    key_id BIGINT NOT NULL REFERENCES api_keys (id),
    kind TEXT NOT NULL CHECK (kind IN ('network', 'agent')),
    print BIGINT NOT NULL,
    first_seen_ms BIGINT NOT NULL,
    last_seen_ms BIGINT NOT NULL,
    PRIMARY KEY (key_id, kind, print)
);
CREATE INDEX key_places_by_use ON key_places (last_seen_ms);
";
