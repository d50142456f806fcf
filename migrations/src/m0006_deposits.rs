//! Deposits: what was asked for, the payments that gateways tell of, what was credited of them, and
//! what a person has to look at.

use sea_orm_migration::prelude::*;

use crate::Dialect;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0006_deposits"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager);
        let connection = manager.get_connection();
        connection
            .execute_unprepared(&dialect.spell(DEPOSITS))
            .await?;
        for table in ["payment_callbacks", "deposit_credits", "deposit_returns"] {
            let sql = dialect.append_only(table);
            connection.execute_unprepared(&sql).await?;
        }
        Ok(())
    }
}

const DEPOSITS: &str = "
CREATE TABLE deposits (
    id {auto_id},
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    gateway TEXT NOT NULL,
    -- What the gateway calls our order, which nobody can guess; of a manual one, what a person calls it.
    reference TEXT NOT NULL,
    amount_nano BIGINT NOT NULL CHECK (amount_nano > 0),
    -- The only coin that it may be paid with, and what the gateway said of it.
    coin TEXT,
    coin_estimate TEXT,
    coin_minimum TEXT,
    invoice_id TEXT,
    invoice_url TEXT,
    status TEXT NOT NULL,
    credited_nano BIGINT NOT NULL DEFAULT 0 CHECK (credited_nano >= 0),
    created_at_ms BIGINT NOT NULL,
    -- Payments to its invoice are looked for at this time; never, once it is too old.
    look_at_ms BIGINT,
    UNIQUE (gateway, reference)
);
CREATE INDEX deposits_of_account ON deposits (account_id, id);
CREATE INDEX deposits_looked_for ON deposits (look_at_ms) WHERE look_at_ms IS NOT NULL;

-- What a gateway says of one payment; its numbers are kept as it spelled them.
CREATE TABLE payments (
    id {auto_id},
    gateway TEXT NOT NULL,
    gateway_payment TEXT NOT NULL,
    deposit_id BIGINT REFERENCES deposits (id),
    parent TEXT,
    status TEXT,
    pay_currency TEXT,
    pay_amount TEXT,
    actually_paid TEXT,
    updated_at_ms BIGINT,
    credited_nano BIGINT NOT NULL DEFAULT 0 CHECK (credited_nano >= 0),
    credits BIGINT NOT NULL DEFAULT 0,
    seen_at_ms BIGINT NOT NULL,
    -- The gateway is asked at this time; never, once nothing more is to come.
    ask_at_ms BIGINT,
    asks_failed BIGINT NOT NULL DEFAULT 0,
    UNIQUE (gateway, gateway_payment)
);
CREATE INDEX payments_of_deposit ON payments (deposit_id);
CREATE INDEX payments_asked_for ON payments (ask_at_ms) WHERE ask_at_ms IS NOT NULL;

-- Genuine callbacks as they came, each once.
CREATE TABLE payment_callbacks (
    id {auto_id},
    gateway TEXT NOT NULL,
    digest TEXT NOT NULL,
    gateway_payment TEXT,
    body TEXT NOT NULL,
    received_at_ms BIGINT NOT NULL,
    UNIQUE (gateway, digest)
);
CREATE INDEX payment_callbacks_of_payment ON payment_callbacks (gateway, gateway_payment);

-- What came into a wallet: by a payment, in parts as the gateway proves them, or by a person.
CREATE TABLE deposit_credits (
    id {auto_id},
    deposit_id BIGINT NOT NULL REFERENCES deposits (id),
    payment_id BIGINT REFERENCES payments (id),
    number BIGINT NOT NULL,
    amount_nano BIGINT NOT NULL CHECK (amount_nano > 0),
    ledger_transaction_id BIGINT NOT NULL UNIQUE REFERENCES ledger_transactions (id),
    decided_by TEXT,
    reason TEXT,
    created_at_ms BIGINT NOT NULL,
    UNIQUE (payment_id, number)
);
CREATE INDEX deposit_credits_of_deposit ON deposit_credits (deposit_id);

-- Credited payments that the gateway sent back: what was taken out of the wallet, and what was not
-- there any more.
CREATE TABLE deposit_returns (
    id {auto_id},
    payment_id BIGINT NOT NULL UNIQUE REFERENCES payments (id),
    taken_nano BIGINT NOT NULL CHECK (taken_nano >= 0),
    shortfall_nano BIGINT NOT NULL CHECK (shortfall_nano >= 0),
    ledger_transaction_id BIGINT UNIQUE REFERENCES ledger_transactions (id),
    created_at_ms BIGINT NOT NULL
);

CREATE TABLE deposit_reviews (
    id {auto_id},
    payment_id BIGINT NOT NULL REFERENCES payments (id),
    reason TEXT NOT NULL,
    -- What the gateway proves the whole payment is worth; unknown without a number.
    proved_nano BIGINT,
    state TEXT NOT NULL CHECK (state IN ('open', 'held', 'credited', 'rejected', 'settled')),
    credited_nano BIGINT,
    decided_by TEXT,
    decision_reason TEXT,
    decided_at_ms BIGINT,
    created_at_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX deposit_reviews_undecided ON deposit_reviews (payment_id, reason)
    WHERE state IN ('open', 'held');
CREATE INDEX deposit_reviews_by_state ON deposit_reviews (state, id);
";
