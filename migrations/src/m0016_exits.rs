//! Ways out: drip-feeds whose next run no offer could take, payments that a person bound to a deposit,
//! and where in the ledger a deposit was sent back.

use sea_orm_migration::prelude::*;

use crate::Dialect;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0016_exits"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager);
        let connection = manager.get_connection();
        connection.execute_unprepared(&dialect.spell(EXITS)).await?;
        Ok(())
    }
}

const EXITS: &str = "
-- Open drip-feeds whose next run could not be written, because their service had no offer then, and
-- when that run is due: without an offer it counts as rejected from then on.
CREATE TABLE missing_runs (
    order_id {id} REFERENCES orders (id),
    due_at_ms BIGINT NOT NULL
);
CREATE INDEX missing_runs_due ON missing_runs (due_at_ms);
-- Those that were left without a next run by earlier versions.
INSERT INTO missing_runs (order_id, due_at_ms)
SELECT o.id, COALESCE((SELECT d.accepted_at_ms FROM dispatches d WHERE d.order_id = o.id
    ORDER BY d.run DESC LIMIT 1) + o.interval_minutes * 60000, 0)
FROM orders o
WHERE o.settled_at_ms IS NULL AND o.runs > 1 AND o.cancel_requested_at_ms IS NULL
    AND o.stopped_at_ms IS NULL
    AND EXISTS (SELECT 1 FROM dispatches d WHERE d.order_id = o.id)
    AND NOT EXISTS (SELECT 1 FROM dispatches d WHERE d.order_id = o.id AND (d.run = o.runs
        OR d.state IN ('held', 'queued', 'sending', 'unknown', 'parked')));

-- The deposit that an operator bound the payment to, where the gateway's answer names none or two.
ALTER TABLE payments ADD COLUMN bound_deposit_id BIGINT REFERENCES deposits (id);

-- The last ledger transaction when the return was written, its own included; not known of older ones.
ALTER TABLE deposit_returns ADD COLUMN ledger_position BIGINT;
";
