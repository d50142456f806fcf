//! The first schema: accounts, keys, wallets, the ledger, the catalogue, orders and what is sent
//! to providers. Amounts are nano-USD, rates micro-USD per 1000, times milliseconds since 1970.

use sea_orm_migration::prelude::*;

use crate::Dialect;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0001_orders_and_ledger"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager);
        let connection = manager.get_connection();
        connection
            .execute_unprepared(&dialect.spell(TABLES))
            .await?;
        for table in [
            "ledger_transactions",
            "ledger_entries",
            "refunds",
            "order_events",
        ] {
            connection
                .execute_unprepared(&dialect.append_only(table))
                .await?;
        }
        let last = ["completed", "partial", "canceled", "failed"];
        connection
            .execute_unprepared(&dialect.never_leaves("orders", "status", &last))
            .await?;
        Ok(())
    }
}

const TABLES: &str = "
-- One row: what is true of the whole panel.
CREATE TABLE panel (
    id {id} CHECK (id = 1),
    instance TEXT NOT NULL,
    seal TEXT NOT NULL,
    catalog_version BIGINT NOT NULL
);

-- Ids that the program assigns before it inserts, in blocks, in commit order.
CREATE TABLE id_sequences (
    name TEXT PRIMARY KEY,
    last_id BIGINT NOT NULL
);
INSERT INTO id_sequences (name, last_id) VALUES ('orders', 0), ('ledger_transactions', 0);

CREATE TABLE accounts (
    id {auto_id},
    name TEXT NOT NULL UNIQUE,
    suspended_at_ms BIGINT,
    created_at_ms BIGINT NOT NULL
);

CREATE TABLE api_keys (
    id {auto_id},
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    digest {bytes} NOT NULL UNIQUE,
    prefix TEXT NOT NULL,
    last4 TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    revoked_at_ms BIGINT
);

CREATE TABLE wallets (
    account_id {id} REFERENCES accounts (id),
    balance_nano BIGINT NOT NULL CHECK (balance_nano >= 0)
);

CREATE TABLE ledger_transactions (
    id {id},
    kind TEXT NOT NULL,
    reference TEXT NOT NULL,
    note TEXT,
    created_at_ms BIGINT NOT NULL,
    UNIQUE (kind, reference)
);

CREATE TABLE ledger_entries (
    transaction_id BIGINT NOT NULL REFERENCES ledger_transactions (id),
    line BIGINT NOT NULL,
    account TEXT NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('debit', 'credit')),
    amount_nano BIGINT NOT NULL CHECK (amount_nano > 0),
    PRIMARY KEY (transaction_id, line)
);

CREATE TABLE providers (
    id {auto_id},
    name TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    key_sealed TEXT NOT NULL,
    timeout_ms BIGINT NOT NULL CHECK (timeout_ms > 0),
    concurrency BIGINT NOT NULL CHECK (concurrency > 0),
    replays_requests BOOLEAN NOT NULL,
    paused_until_ms BIGINT,
    pause_reason TEXT,
    unlisted_in_a_row BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL
);

CREATE TABLE services (
    id {auto_id},
    name TEXT NOT NULL,
    category TEXT NOT NULL,
    description TEXT,
    service_type TEXT NOT NULL,
    rate_micro BIGINT NOT NULL CHECK (rate_micro > 0),
    min BIGINT NOT NULL CHECK (min > 0),
    max BIGINT NOT NULL CHECK (max >= min),
    dripfeed BOOLEAN NOT NULL,
    refill BOOLEAN NOT NULL,
    cancel BOOLEAN NOT NULL,
    family TEXT NOT NULL,
    same_link TEXT NOT NULL CHECK (same_link IN ('flag', 'reject')),
    created_at_ms BIGINT NOT NULL
);

-- A provider's service that can deliver one of ours; position 0 is asked first.
CREATE TABLE offers (
    service_id BIGINT NOT NULL REFERENCES services (id),
    position BIGINT NOT NULL,
    provider_id BIGINT NOT NULL REFERENCES providers (id),
    provider_service TEXT NOT NULL,
    service_type TEXT NOT NULL,
    cost_micro BIGINT NOT NULL CHECK (cost_micro >= 0),
    min BIGINT NOT NULL,
    max BIGINT NOT NULL,
    PRIMARY KEY (service_id, position)
);

CREATE TABLE orders (
    id {id},
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    service_id BIGINT NOT NULL REFERENCES services (id),
    service_type TEXT NOT NULL,
    refill BOOLEAN NOT NULL,
    cancel BOOLEAN NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'processing', 'in_progress', 'completed',
        'partial', 'canceled', 'failed')),
    link TEXT NOT NULL,
    overlap_key BIGINT NOT NULL,
    overlapping BOOLEAN NOT NULL,
    details TEXT NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    runs BIGINT NOT NULL CHECK (runs BETWEEN 1 AND 1000),
    interval_minutes BIGINT NOT NULL,
    rate_micro BIGINT NOT NULL,
    charge_nano BIGINT NOT NULL CHECK (charge_nano > 0),
    held_nano BIGINT NOT NULL CHECK (held_nano >= 0),
    refunded_nano BIGINT NOT NULL CHECK (refunded_nano >= 0 AND refunded_nano <= charge_nano),
    settled_refund_nano BIGINT NOT NULL,
    withheld BOOLEAN NOT NULL,
    start_count BIGINT,
    remains BIGINT NOT NULL CHECK (remains >= 0 AND remains <= quantity),
    cancel_requested_at_ms BIGINT,
    created_at_ms BIGINT NOT NULL,
    started_at_ms BIGINT,
    settled_at_ms BIGINT
);
CREATE INDEX orders_of_account ON orders (account_id, id);
CREATE INDEX orders_active_on_link ON orders (overlap_key) WHERE settled_at_ms IS NULL;

CREATE TABLE order_requests (
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    request_id TEXT NOT NULL,
    fingerprint {bytes} NOT NULL,
    order_id BIGINT NOT NULL UNIQUE REFERENCES orders (id),
    PRIMARY KEY (account_id, request_id)
);

CREATE TABLE order_overlaps (
    order_id BIGINT NOT NULL REFERENCES orders (id),
    other_id BIGINT NOT NULL REFERENCES orders (id),
    PRIMARY KEY (order_id, other_id)
);

CREATE TABLE order_events (
    id {auto_id},
    order_id BIGINT NOT NULL REFERENCES orders (id),
    status TEXT NOT NULL,
    cause TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL
);
CREATE INDEX order_events_of_order ON order_events (order_id);

-- One row per run of an order: what is to be sent, was sent, and what came of it.
CREATE TABLE dispatches (
    id {auto_id},
    order_id BIGINT NOT NULL REFERENCES orders (id),
    run BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    provider_id BIGINT NOT NULL REFERENCES providers (id),
    position BIGINT NOT NULL,
    provider_service TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('held', 'queued', 'sending', 'unknown', 'parked',
        'accepted', 'completed', 'partial', 'canceled', 'rejected')),
    attempt BIGINT NOT NULL,
    not_sent BIGINT NOT NULL,
    request_id TEXT,
    fingerprint TEXT,
    queued_at_ms BIGINT NOT NULL,
    due_at_ms BIGINT NOT NULL,
    lease_until_ms BIGINT,
    unknown_at_ms BIGINT,
    accepted_at_ms BIGINT,
    provider_order TEXT,
    provider_status TEXT,
    provider_charge TEXT,
    start_count BIGINT,
    remains BIGINT,
    vague_answers BIGINT NOT NULL,
    poll_at_ms BIGINT,
    cancel_at_ms BIGINT,
    waits_for_link BIGINT,
    reason TEXT,
    UNIQUE (order_id, run),
    UNIQUE (provider_id, provider_order)
);
CREATE INDEX dispatches_queued ON dispatches (provider_id, due_at_ms) WHERE state = 'queued';
CREATE INDEX dispatches_leased ON dispatches (lease_until_ms) WHERE state = 'sending';
CREATE INDEX dispatches_uncertain ON dispatches (state) WHERE state IN ('unknown', 'parked');
CREATE INDEX dispatches_went_unknown ON dispatches (provider_id, unknown_at_ms)
    WHERE unknown_at_ms IS NOT NULL;
CREATE INDEX dispatches_polled ON dispatches (provider_id, poll_at_ms) WHERE state = 'accepted';
CREATE INDEX dispatches_canceled ON dispatches (cancel_at_ms) WHERE cancel_at_ms IS NOT NULL;
CREATE INDEX dispatches_waiting_for_link ON dispatches (waits_for_link)
    WHERE waits_for_link IS NOT NULL;

-- The evidence: every exchange with a provider that decided something, without the key.
CREATE TABLE provider_exchanges (
    id {auto_id},
    dispatch_id BIGINT NOT NULL REFERENCES dispatches (id),
    attempt BIGINT NOT NULL,
    action TEXT NOT NULL,
    request TEXT NOT NULL,
    reply TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL
);
CREATE INDEX provider_exchanges_of_dispatch ON provider_exchanges (dispatch_id);

CREATE TABLE refunds (
    id {auto_id},
    order_id BIGINT NOT NULL REFERENCES orders (id),
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    reason TEXT NOT NULL,
    charge_nano BIGINT NOT NULL,
    remains BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    formula_nano BIGINT NOT NULL,
    amount_nano BIGINT NOT NULL CHECK (amount_nano >= 0),
    destination TEXT NOT NULL CHECK (destination IN ('wallet', 'forfeited')),
    ledger_transaction_id BIGINT REFERENCES ledger_transactions (id),
    created_at_ms BIGINT NOT NULL,
    UNIQUE (order_id, reason)
);

CREATE TABLE refills (
    id {auto_id},
    order_id BIGINT NOT NULL REFERENCES orders (id),
    status TEXT NOT NULL CHECK (status IN ('pending', 'in_progress', 'completed', 'rejected',
        'canceled')),
    created_at_ms BIGINT NOT NULL,
    ended_at_ms BIGINT
);
CREATE INDEX refills_of_order ON refills (order_id);
CREATE UNIQUE INDEX refills_open ON refills (order_id) WHERE ended_at_ms IS NULL;

-- One row per provider order that a refill asks to top up.
CREATE TABLE refill_dispatches (
    id {auto_id},
    refill_id BIGINT NOT NULL REFERENCES refills (id),
    dispatch_id BIGINT NOT NULL REFERENCES dispatches (id),
    provider_id BIGINT NOT NULL REFERENCES providers (id),
    state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'parked', 'accepted', 'completed',
        'rejected', 'canceled')),
    due_at_ms BIGINT NOT NULL,
    lease_until_ms BIGINT,
    provider_refill TEXT,
    reason TEXT,
    UNIQUE (refill_id, dispatch_id)
);
CREATE INDEX refill_dispatches_open ON refill_dispatches (due_at_ms)
    WHERE state IN ('queued', 'sending', 'parked', 'accepted');

-- What a person should look at.
CREATE TABLE alerts (
    id {auto_id},
    kind TEXT NOT NULL,
    message TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL
);
";
