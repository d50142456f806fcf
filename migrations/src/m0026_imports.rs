//! What was taken over from another panel: which accounts, and the orders, which are only read here.

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

-- Keys that another panel made begin with nothing of ours.
CREATE INDEX api_keys_of_another_panel ON api_keys (id) WHERE prefix = '';
";
