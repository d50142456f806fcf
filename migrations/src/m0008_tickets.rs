//! Tickets about orders: what was written, what was seen, and what was decided.

use sea_orm_migration::prelude::*;

use crate::Dialect;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0008_tickets"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager);
        let connection = manager.get_connection();
        connection
            .execute_unprepared(&dialect.spell(TICKETS))
            .await?;
        for table in ["ticket_messages", "ticket_screenshots"] {
            let kept = dialect.append_only(table);
            connection.execute_unprepared(&kept).await?;
        }
        let decided = dialect.never_leaves("tickets", "state", &["closed"]);
        connection.execute_unprepared(&decided).await?;
        Ok(())
    }
}

const TICKETS: &str = "
CREATE TABLE tickets (
    id {auto_id},
    order_id BIGINT NOT NULL REFERENCES orders (id),
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    description TEXT NOT NULL,
    -- 'answered': staff wrote last.
    state TEXT NOT NULL CHECK (state IN ('open', 'answered', 'closed')),
    created_at_ms BIGINT NOT NULL,
    -- What the reviewer counted at the target.
    start_count BIGINT CHECK (start_count >= 0),
    current_count BIGINT CHECK (current_count >= 0),
    counted_by TEXT,
    counted_at_ms BIGINT,
    -- 'Support staff propose, an operator posts.'
    proposed_nano BIGINT CHECK (proposed_nano > 0),
    proposed_by TEXT,
    proposal TEXT,
    proposed_at_ms BIGINT,
    outcome TEXT CHECK (outcome IN ('refund', 'refill', 'correction', 'declined')),
    decided_by TEXT,
    decision TEXT,
    decided_at_ms BIGINT,
    refund_id BIGINT UNIQUE REFERENCES refunds (id),
    refill_id BIGINT UNIQUE REFERENCES refills (id),
    CHECK ((start_count IS NULL) = (counted_at_ms IS NULL)),
    CHECK ((current_count IS NULL) = (counted_at_ms IS NULL)),
    CHECK ((proposed_nano IS NULL) = (proposed_at_ms IS NULL)),
    CHECK ((state = 'closed') = (outcome IS NOT NULL)),
    CHECK ((outcome IS NULL) = (decided_at_ms IS NULL)),
    CHECK ((COALESCE(outcome, '') = 'refund') = (refund_id IS NOT NULL)),
    CHECK ((COALESCE(outcome, '') = 'refill') = (refill_id IS NOT NULL))
);
-- One that is not decided per order.
CREATE UNIQUE INDEX tickets_undecided ON tickets (order_id) WHERE state <> 'closed';
CREATE INDEX tickets_of_order ON tickets (order_id, id);
CREATE INDEX tickets_of_account ON tickets (account_id, id);
CREATE INDEX tickets_by_state ON tickets (state, id);

CREATE TABLE ticket_messages (
    id {auto_id},
    ticket_id BIGINT NOT NULL REFERENCES tickets (id),
    author TEXT NOT NULL,
    by_staff BOOLEAN NOT NULL,
    message TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL
);
CREATE INDEX ticket_messages_of_ticket ON ticket_messages (ticket_id, id);

CREATE TABLE ticket_screenshots (
    ticket_id BIGINT NOT NULL REFERENCES tickets (id),
    number BIGINT NOT NULL CHECK (number BETWEEN 1 AND 3),
    -- A PNG of the panel's own making.
    picture {bytes} NOT NULL,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (ticket_id, number)
);
";
