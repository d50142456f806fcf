//! Refills that the panel files by itself: who is asked for a target's count, what was counted, and
//! the switches of services and accounts.

use sea_orm_migration::prelude::*;

use crate::Dialect;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0009_automatic_refills"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager);
        let connection = manager.get_connection();
        connection
            .execute_unprepared(&dialect.spell(COUNTS))
            .await?;
        connection
            .execute_unprepared(&dialect.append_only("count_checks"))
            .await?;
        Ok(())
    }
}

const COUNTS: &str = "
-- Who knows the count of a target: an address with {link} in it. Nobody: refills by hand only.
ALTER TABLE services ADD COLUMN count_source TEXT;
-- How much of what was delivered may be missing, in hundredths of a percent.
ALTER TABLE services ADD COLUMN drop_tolerance_hundredths BIGINT NOT NULL DEFAULT 0
    CHECK (drop_tolerance_hundredths BETWEEN 0 AND 10000);
ALTER TABLE services ADD COLUMN refill_automatically BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE accounts ADD COLUMN automatic_refills BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE refills ADD COLUMN automatic BOOLEAN NOT NULL DEFAULT FALSE;

-- Orders whose counts are looked at; due_at_ms is the end of the lease while somebody asks.
CREATE TABLE count_watches (
    order_id {id} REFERENCES orders (id),
    due_at_ms BIGINT NOT NULL,
    faults_in_a_row BIGINT NOT NULL
);
CREATE INDEX count_watches_due ON count_watches (due_at_ms);

-- Every look: what was counted or what came instead, and what was done, or why nothing was.
CREATE TABLE count_checks (
    id {auto_id},
    order_id BIGINT NOT NULL REFERENCES orders (id),
    checked_at_ms BIGINT NOT NULL,
    start_count BIGINT,
    delivered BIGINT NOT NULL,
    current_count BIGINT,
    fault TEXT,
    dropped BIGINT,
    not_filed TEXT,
    refill_id BIGINT UNIQUE REFERENCES refills (id),
    CHECK (current_count IS NULL OR fault IS NULL),
    CHECK (refill_id IS NULL OR (dropped > 0 AND not_filed IS NULL))
);
CREATE INDEX count_checks_of_order ON count_checks (order_id, id);

-- Whether a later order went to the target of one that has ended; placing does not touch it.
CREATE INDEX orders_ended_on_link ON orders (overlap_key, settled_at_ms)
    WHERE settled_at_ms IS NOT NULL;
";
