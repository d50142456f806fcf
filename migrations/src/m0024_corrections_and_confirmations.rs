//! Corrections of credits that were wrong, each with the credit that it takes from; scopes and limits of
//! keys of staff, and when somebody last proved who they are.

use sea_orm_migration::prelude::*;

use crate::Dialect;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0024_corrections_and_confirmations"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager);
        let connection = manager.get_connection();
        for sql in [
            dialect.spell(CORRECTIONS),
            dialect.append_only("corrections"),
            STAFF_KEYS.to_owned(),
        ] {
            connection.execute_unprepared(&sql).await?;
        }
        Ok(())
    }
}

const CORRECTIONS: &str = "
-- What was taken back of a credit that was wrong. Both are transactions of the ledger.
CREATE TABLE corrections (
    id {auto_id},
    transaction_id BIGINT NOT NULL UNIQUE REFERENCES ledger_transactions (id),
    credit_id BIGINT NOT NULL REFERENCES ledger_transactions (id),
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    amount_nano BIGINT NOT NULL CHECK (amount_nano > 0)
);
CREATE INDEX corrections_of_credit ON corrections (credit_id);

-- The credit that a proposal takes from; without one it is to be a credit itself.
ALTER TABLE adjustment_proposals ADD COLUMN corrects_id BIGINT REFERENCES ledger_transactions (id);
";

/// Keys of staff that stand keep what they may do: everything that their role allows, with every amount.
const STAFF_KEYS: &str = "
ALTER TABLE api_keys ADD COLUMN action_limit_nano BIGINT CHECK (action_limit_nano > 0);
UPDATE api_keys SET scopes = 'read support money catalogue accounts',
    action_limit_nano = 1000000000000000000 WHERE prefix = 'smp_op_';
-- Without one, the owner of a session has proved who they are when it began.
ALTER TABLE sessions ADD COLUMN confirmed_at_ms BIGINT;
";
