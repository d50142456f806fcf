//! What the typed API needs: customers' own references, causes of status changes as closed words,
//! refunds numbered in commit order, and the indices that its lists walk.

use sea_orm_migration::prelude::*;

use crate::Dialect;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0002_typed_api"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager);
        let connection = manager.get_connection();
        for sql in [
            CHANGES.to_owned(),
            dialect.changeable("order_events"),
            CAUSES.to_owned(),
            dialect.append_only("order_events"),
        ] {
            connection.execute_unprepared(&sql).await?;
        }
        Ok(())
    }
}

const CHANGES: &str = "
ALTER TABLE orders ADD COLUMN reference TEXT;

-- Lists go by time, newest first; the same index finds all orders of an account.
DROP INDEX orders_of_account;
CREATE INDEX orders_of_account ON orders (account_id, created_at_ms, id);
CREATE INDEX orders_by_reference ON orders (account_id, reference, created_at_ms, id)
    WHERE reference IS NOT NULL;
-- What an account has in holds is a sum over this index alone.
CREATE INDEX orders_held ON orders (account_id, held_nano) WHERE settled_at_ms IS NULL;

-- The feed of refunds goes by number: a reader that has seen one never misses a lower one.
INSERT INTO id_sequences (name, last_id) SELECT 'refunds', COALESCE(MAX(id), 0) FROM refunds;
CREATE INDEX refunds_of_account ON refunds (account_id, id);

-- The movements of a wallet; those of holds are never listed.
CREATE INDEX ledger_entries_of_wallet ON ledger_entries (account, transaction_id)
    WHERE account >= 'wallet:' AND account < 'wallet;';

-- What was seen is for operators; customers are told a closed word.
ALTER TABLE order_events RENAME COLUMN cause TO evidence;
ALTER TABLE order_events ADD COLUMN cause TEXT NOT NULL DEFAULT 'reported';
";

/// Gives every event of before its word, by the texts that were written until then.
const CAUSES: &str = "
UPDATE order_events SET cause = CASE
    WHEN evidence LIKE 'accepted by the provider%' THEN 'accepted'
    WHEN evidence LIKE 'canceled by the customer%' THEN 'canceled_by_customer'
    WHEN evidence LIKE 'refused by the provider%' THEN 'refused'
    WHEN evidence LIKE 'no provider took it%' THEN 'not_taken_in_time'
    WHEN evidence LIKE 'an operator%' THEN 'decided_by_operator'
    ELSE 'reported' END;
";
