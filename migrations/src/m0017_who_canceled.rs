//! Who asked for the end of an order, so that its history names them when the end comes later.

use sea_orm_migration::prelude::*;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0017_who_canceled"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        connection.execute_unprepared(WHO_CANCELED).await?;
        Ok(())
    }
}

const WHO_CANCELED: &str = "
-- Why the end of the order was asked for first: 'canceled_by_customer' or 'decided_by_operator'.
ALTER TABLE orders ADD COLUMN cancel_cause TEXT;
-- Of open orders the audit log knows what operators did; the rest was their customers.
UPDATE orders SET cancel_cause = CASE WHEN EXISTS (SELECT 1 FROM audit_log a
        WHERE a.subject = 'order:' || CAST(orders.id AS TEXT)
        AND a.action IN ('order_canceled', 'order_ended'))
    THEN 'decided_by_operator' ELSE 'canceled_by_customer' END
WHERE settled_at_ms IS NULL AND cancel_requested_at_ms IS NOT NULL;
";
