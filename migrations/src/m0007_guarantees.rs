//! What holds after the delivery: the refill guarantee of an order, as it was sold, disputes, and
//! what a chargeback is about.

use sea_orm_migration::prelude::*;

use crate::Dialect;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0007_guarantees"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager);
        let connection = manager.get_connection();
        connection
            .execute_unprepared(&dialect.spell(GUARANTEES))
            .await?;
        let decided = dialect.never_leaves("disputes", "state", &["upheld", "rejected"]);
        connection.execute_unprepared(&decided).await?;
        let kept = dialect.append_only("chargeback_subjects");
        connection.execute_unprepared(&kept).await?;
        Ok(())
    }
}

const GUARANTEES: &str = "
-- In days from its end; for a lifetime, where the order has a guarantee and no days. What its service
-- promises later is no promise of this order.
ALTER TABLE orders ADD COLUMN refill_days BIGINT CHECK (refill_days > 0);
UPDATE orders SET refill_days =
    (SELECT s.refill_days FROM services s WHERE s.id = orders.service_id) WHERE refill;

CREATE TABLE disputes (
    id {auto_id},
    order_id BIGINT NOT NULL REFERENCES orders (id),
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    reason TEXT NOT NULL,
    amount_nano BIGINT NOT NULL CHECK (amount_nano > 0),
    description TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'upheld', 'rejected')),
    created_at_ms BIGINT NOT NULL,
    decided_by TEXT,
    decision TEXT,
    decided_at_ms BIGINT,
    refund_id BIGINT UNIQUE REFERENCES refunds (id),
    -- What it was decided on, as its reviewer and as its customer read it: JSON.
    evidence TEXT,
    evidence_shown TEXT,
    CHECK ((state = 'upheld') = (refund_id IS NOT NULL)),
    CHECK ((state = 'open') = (decided_at_ms IS NULL))
);
-- 'One open dispute per order'; an upheld one is the last.
CREATE UNIQUE INDEX disputes_standing ON disputes (order_id) WHERE state <> 'rejected';
CREATE INDEX disputes_of_order ON disputes (order_id, id);
CREATE INDEX disputes_of_account ON disputes (account_id, id);
CREATE INDEX disputes_by_state ON disputes (state, id);

-- The orders and the deposits that a chargeback is about.
CREATE TABLE chargeback_subjects (
    id {auto_id},
    chargeback_id BIGINT NOT NULL REFERENCES chargebacks (id),
    order_id BIGINT REFERENCES orders (id),
    deposit_id BIGINT REFERENCES deposits (id),
    CHECK ((order_id IS NULL) <> (deposit_id IS NULL)),
    UNIQUE (chargeback_id, order_id),
    UNIQUE (chargeback_id, deposit_id)
);
";
