//! How each provider speaks, as data: what its prices are for, the word for its currency, its words
//! for types; and what is known of the first charges of each offer.

use sea_orm_migration::prelude::*;

use crate::Dialect;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0015_dialects"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager);
        let connection = manager.get_connection();
        connection
            .execute_unprepared(&dialect.spell(DIALECTS))
            .await?;
        Ok(())
    }
}

const DIALECTS: &str = "
-- For how many units a row of its catalogue names the price: 1000, 1, or the column that says so.
ALTER TABLE providers ADD COLUMN price_per TEXT NOT NULL DEFAULT '1000';
-- The column of a row that holds the price.
ALTER TABLE providers ADD COLUMN price_column TEXT NOT NULL DEFAULT 'rate';
-- What its balance calls its currency: NULL the code itself, an empty text nothing at all.
ALTER TABLE providers ADD COLUMN currency_word TEXT;
-- The types that a person applied to its words for them: {word: type}.
ALTER TABLE providers ADD COLUMN types TEXT NOT NULL DEFAULT '{}';
-- Whether `id` in a line of a status names the order, where nothing else does.
ALTER TABLE providers ADD COLUMN id_names_order BOOLEAN NOT NULL DEFAULT TRUE;
-- Whether it decodes what it is sent twice, so that a plus sign is lost.
ALTER TABLE providers ADD COLUMN decodes_twice BOOLEAN NOT NULL DEFAULT FALSE;
-- Whether the charges that it reports are compared with what was quoted.
ALTER TABLE providers ADD COLUMN compares_charges BOOLEAN NOT NULL DEFAULT TRUE;

-- The fields beyond those of its type that are handed on to its providers, with blanks between.
ALTER TABLE services ADD COLUMN passed_fields TEXT NOT NULL DEFAULT '';

-- Words for types that nobody has applied a type to, as they stood in the last reading.
CREATE TABLE provider_types (
    provider_id BIGINT NOT NULL REFERENCES providers (id),
    word TEXT NOT NULL,
    -- What the panel proposes, if it knows.
    proposed TEXT,
    -- How many services have it, and the name of one of them.
    service_count BIGINT NOT NULL CHECK (service_count > 0),
    example TEXT NOT NULL,
    seen_at_ms BIGINT NOT NULL,
    PRIMARY KEY (provider_id, word)
);

-- The charges of a provider's service that we offer, beside what it was quoted at.
CREATE TABLE offer_charges (
    provider_id BIGINT NOT NULL REFERENCES providers (id),
    provider_service TEXT NOT NULL,
    -- How many orders had a charge reported that could be compared.
    charges_seen BIGINT NOT NULL DEFAULT 0 CHECK (charges_seen >= 0),
    compares BOOLEAN NOT NULL DEFAULT TRUE,
    -- Since when nothing is sent: until the first charge is known, or paused, if there is a reason.
    held_at_ms BIGINT,
    pause_reason TEXT,
    -- When the orders that wait for a first charge were asked about out of turn.
    hurried_at_ms BIGINT,
    -- When an operator was told that no charge is reported.
    told_at_ms BIGINT,
    CHECK (pause_reason IS NULL OR held_at_ms IS NOT NULL),
    PRIMARY KEY (provider_id, provider_service)
);
CREATE INDEX offer_charges_held ON offer_charges (provider_id) WHERE held_at_ms IS NOT NULL;

-- Runs that were sent before the first charge of their offer was known.
CREATE TABLE first_runs (
    dispatch_id {id} REFERENCES dispatches (id),
    provider_id BIGINT NOT NULL,
    provider_service TEXT NOT NULL
);
CREATE INDEX first_runs_of_offer ON first_runs (provider_id, provider_service);

-- Of what was sent before there was this table, a charge is known where one was reported.
INSERT INTO offer_charges (provider_id, provider_service, charges_seen)
SELECT provider_id, provider_service, 1 FROM dispatches
WHERE provider_charge IS NOT NULL AND provider_charge NOT IN ('0', '0.0', '0.00')
GROUP BY provider_id, provider_service;
";
