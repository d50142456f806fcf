//! The phrasebook: what providers say, sorted once as data, and the decisions of operators about it.

use sea_orm_migration::prelude::*;

use crate::Dialect;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0013_phrasebook"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager);
        let connection = manager.get_connection();
        connection
            .execute_unprepared(&dialect.spell(PHRASEBOOK))
            .await?;
        Ok(())
    }
}

const PHRASEBOOK: &str = "
-- Raised by every change of a class: servers read the phrasebook again when it differs.
ALTER TABLE panel ADD COLUMN phrases_version BIGINT NOT NULL DEFAULT 1;

CREATE TABLE provider_phrases (
    id {auto_id},
    -- NULL: what holds for every provider that has no sorting of its own.
    provider_id BIGINT REFERENCES providers (id),
    kind TEXT NOT NULL CHECK (kind IN ('refusal', 'status')),
    -- The normalised sentence, or the folded status word.
    phrase TEXT NOT NULL,
    -- SHA-256 of the phrase: an index takes no text of any length.
    phrase_digest TEXT NOT NULL,
    -- NULL: nobody has sorted it here.
    class TEXT,
    source TEXT,
    sorted_by TEXT,
    sorted_at_ms BIGINT,
    -- One sentence as it was seen, for people.
    example TEXT NOT NULL,
    times_seen BIGINT NOT NULL DEFAULT 0 CHECK (times_seen >= 0),
    first_seen_ms BIGINT,
    last_seen_ms BIGINT,
    -- How often somebody was alerted while orders waited on it, and when that is due again.
    alerts BIGINT NOT NULL DEFAULT 0 CHECK (alerts >= 0),
    alert_due_ms BIGINT,
    CHECK ((class IS NULL) = (sorted_by IS NULL)),
    CHECK ((class IS NULL) = (sorted_at_ms IS NULL))
);
CREATE UNIQUE INDEX provider_phrases_of_provider
    ON provider_phrases (provider_id, kind, phrase_digest) WHERE provider_id IS NOT NULL;
CREATE UNIQUE INDEX provider_phrases_of_all
    ON provider_phrases (kind, phrase_digest) WHERE provider_id IS NULL;
CREATE INDEX provider_phrases_sorted ON provider_phrases (id) WHERE class IS NOT NULL;

-- What an operator decided about a phrase. It takes effect later, and can be undone until then.
CREATE TABLE phrase_decisions (
    id {auto_id},
    -- sort: what the phrase means from then on. resolve: what becomes of the orders that wait.
    deed TEXT NOT NULL CHECK (deed IN ('sort', 'resolve')),
    phrase_id BIGINT NOT NULL REFERENCES provider_phrases (id),
    -- Of sort: the class. Of resolve: send_again, next_provider, refund, accepted.
    decision TEXT NOT NULL,
    -- Of resolve: only runs of which it is not known since then (inclusive, exclusive).
    since_ms BIGINT,
    until_ms BIGINT,
    reason TEXT NOT NULL,
    -- What was shown when it was decided.
    orders BIGINT NOT NULL,
    held_nano BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('to_confirm', 'pending', 'applied', 'undone')),
    decided_by TEXT NOT NULL,
    decided_at_ms BIGINT NOT NULL,
    confirmed_by TEXT,
    confirmed_at_ms BIGINT,
    -- From when on it counts; NULL while a second person has to confirm it.
    effective_at_ms BIGINT,
    ended_by TEXT,
    ended_at_ms BIGINT,
    -- When nothing was left to do about the orders that waited.
    done_at_ms BIGINT,
    CHECK ((state IN ('to_confirm', 'pending')) = (ended_at_ms IS NULL)),
    CHECK ((confirmed_by IS NULL) = (confirmed_at_ms IS NULL)),
    CHECK (state = 'undone' OR (state = 'to_confirm') = (effective_at_ms IS NULL))
);
CREATE INDEX phrase_decisions_open ON phrase_decisions (id)
    WHERE state IN ('to_confirm', 'pending');
CREATE INDEX phrase_decisions_under_way ON phrase_decisions (id)
    WHERE state = 'applied' AND done_at_ms IS NULL;
CREATE INDEX phrase_decisions_of_phrase ON phrase_decisions (phrase_id, id);
";
