//! What was taken over from another panel: which accounts, and the orders, which are only read here; and
//! what may be erased of rows that otherwise never change.

use sea_orm_migration::prelude::*;

use crate::Dialect;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0026_imports"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager);
        let connection = manager.get_connection();
        let last = ["completed", "partial", "canceled", "failed"];
        for sql in [
            dialect.spell(TABLES),
            dialect.never_leaves("imported_orders", "status", &last),
        ] {
            connection.execute_unprepared(&sql).await?;
        }
        for (table, others, erased) in ERASABLE {
            connection
                .execute_unprepared(&dialect.changeable(table))
                .await?;
            connection
                .execute_unprepared(&dialect.erasable(table, others, erased))
                .await?;
        }
        Ok(())
    }
}

const TABLES: &str = "
-- Which account a customer of the other panel has here, by the number there.
CREATE TABLE imported_accounts (
    old_id {id},
    account_id BIGINT NOT NULL UNIQUE REFERENCES accounts (id)
);

-- Orders of the other panel, by their number there, which no order has here. Nothing is sent, asked or
-- paid for them.
CREATE TABLE imported_orders (
    id {id},
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    service_id BIGINT NOT NULL REFERENCES services (id),
    service_type TEXT NOT NULL,
    link TEXT NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    charge_nano BIGINT NOT NULL CHECK (charge_nano >= 0),
    start_count BIGINT CHECK (start_count >= 0),
    remains BIGINT NOT NULL CHECK (remains >= 0 AND remains <= quantity),
    status TEXT NOT NULL CHECK (status IN ('pending', 'processing', 'in_progress', 'completed',
        'partial', 'canceled', 'failed')),
    created_at_ms BIGINT NOT NULL
);
CREATE INDEX imported_orders_of_account ON imported_orders (account_id, created_at_ms, id);

-- Since when nothing personal is kept of its owner.
ALTER TABLE accounts ADD COLUMN erased_at_ms BIGINT;

-- Keys that another panel made begin with nothing of ours.
CREATE INDEX api_keys_of_another_panel ON api_keys (id) WHERE prefix = '';
";

/// Tables whose rows are only added, the columns that never change, and what the others must become for
/// an update to be taken: nothing of what they said.
const ERASABLE: [(&str, &[&str], &str); 5] = [
    (
        "order_events",
        &["id", "order_id", "status", "cause", "created_at_ms"],
        "NEW.evidence = 'erased'",
    ),
    (
        "ticket_messages",
        &["id", "ticket_id", "author", "by_staff", "created_at_ms"],
        "NEW.message = 'erased'",
    ),
    (
        "ticket_screenshots",
        &["ticket_id", "number", "created_at_ms"],
        "LENGTH(NEW.picture) = 0",
    ),
    (
        "count_checks",
        &[
            "id",
            "order_id",
            "checked_at_ms",
            "start_count",
            "delivered",
            "current_count",
            "dropped",
            "not_filed",
            "refill_id",
        ],
        "NEW.fault = 'erased'",
    ),
    (
        "abuse_case_notes",
        &["id", "case_id", "written_by", "created_at_ms"],
        "NEW.note = 'erased'",
    ),
];
