//! What running a panel by its API needs: people who sign in and their roles, what keys may do,
//! price tiers, notices, the catalogue's synchronisation with providers, suspensions, and the log
//! of what operators did.

use sea_orm_migration::prelude::*;

use crate::Dialect;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0004_operators_side"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager);
        let connection = manager.get_connection();
        for sql in [ACCOUNTS, CATALOGUE, SUSPENSIONS, AUDIT] {
            let sql = dialect.spell(sql);
            connection.execute_unprepared(&sql).await?;
        }
        for table in ["audit_log", "chargebacks"] {
            let sql = dialect.append_only(table);
            connection.execute_unprepared(&sql).await?;
        }
        Ok(())
    }
}

const ACCOUNTS: &str = "
-- A price list of its own: the catalogue's rates and this many hundredths of a percent.
CREATE TABLE tiers (
    id {auto_id},
    name TEXT NOT NULL UNIQUE,
    percent_hundredths BIGINT NOT NULL CHECK (percent_hundredths > -10000),
    created_at_ms BIGINT NOT NULL
);

-- Support and operators have no wallet. Those who sign in have an address and a password.
ALTER TABLE accounts ADD COLUMN role TEXT NOT NULL DEFAULT 'reseller'
    CHECK (role IN ('reseller', 'support', 'operator'));
ALTER TABLE accounts ADD COLUMN email TEXT;
ALTER TABLE accounts ADD COLUMN password_hash TEXT;
ALTER TABLE accounts ADD COLUMN totp_sealed TEXT;
ALTER TABLE accounts ADD COLUMN totp_confirmed_at_ms BIGINT;
-- A code is good once: the last time step that was used.
ALTER TABLE accounts ADD COLUMN totp_last_step BIGINT;
ALTER TABLE accounts ADD COLUMN tier_id BIGINT REFERENCES tiers (id);
-- What all keys of the account together may spend a day (UTC), and what was spent on the last one.
ALTER TABLE accounts ADD COLUMN daily_cap_nano BIGINT CHECK (daily_cap_nano > 0);
ALTER TABLE accounts ADD COLUMN spent_day BIGINT NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN spent_nano BIGINT NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX accounts_by_email ON accounts (email) WHERE email IS NOT NULL;

ALTER TABLE api_keys ADD COLUMN scopes TEXT NOT NULL DEFAULT 'read order cancel';
-- The networks that may use it, separated by spaces; any if there are none.
ALTER TABLE api_keys ADD COLUMN addresses TEXT;
ALTER TABLE api_keys ADD COLUMN daily_cap_nano BIGINT CHECK (daily_cap_nano > 0);
ALTER TABLE api_keys ADD COLUMN spent_day BIGINT NOT NULL DEFAULT 0;
ALTER TABLE api_keys ADD COLUMN spent_nano BIGINT NOT NULL DEFAULT 0;
ALTER TABLE api_keys ADD COLUMN expires_at_ms BIGINT;
ALTER TABLE api_keys ADD COLUMN last_used_at_ms BIGINT;
ALTER TABLE api_keys ADD COLUMN last_used_address TEXT;
CREATE INDEX api_keys_of_account ON api_keys (account_id, id);

CREATE TABLE sessions (
    id {auto_id},
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    digest {bytes} NOT NULL UNIQUE,
    created_at_ms BIGINT NOT NULL,
    last_used_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    ended_at_ms BIGINT,
    address TEXT
);
CREATE INDEX sessions_of_account ON sessions (account_id, id);

-- What the panel has to say to an account.
CREATE TABLE notices (
    id {auto_id},
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    message TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    read_at_ms BIGINT
);
CREATE INDEX notices_of_account ON notices (account_id, id);

-- Credits that support staff propose, for an operator to decide.
CREATE TABLE adjustment_proposals (
    id {auto_id},
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    amount_nano BIGINT NOT NULL CHECK (amount_nano > 0),
    reference TEXT NOT NULL,
    reason TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    accepted BOOLEAN,
    decided_by TEXT,
    decision_reason TEXT,
    decided_at_ms BIGINT
);
CREATE INDEX adjustment_proposals_open ON adjustment_proposals (id) WHERE decided_at_ms IS NULL;
";

const CATALOGUE: &str = "
ALTER TABLE services ADD COLUMN state TEXT NOT NULL DEFAULT 'on_sale'
    CHECK (state IN ('on_sale', 'hidden', 'paused'));
ALTER TABLE services ADD COLUMN pause_reason TEXT;
-- Lists go by it, then by number.
ALTER TABLE services ADD COLUMN position BIGINT NOT NULL DEFAULT 0;
-- The refill guarantee in days; without a number it is for life.
ALTER TABLE services ADD COLUMN refill_days BIGINT CHECK (refill_days > 0);
UPDATE services SET refill_days = 30 WHERE refill;
-- How the rate follows from the first offer's cost; a rate without a markup was set by hand.
ALTER TABLE services ADD COLUMN markup_hundredths BIGINT;
ALTER TABLE services ADD COLUMN markup_fixed_micro BIGINT;

-- Costs are converted into USD: how many nano-USD one unit of the provider's currency is worth.
ALTER TABLE providers ADD COLUMN currency TEXT NOT NULL DEFAULT 'USD';
ALTER TABLE providers ADD COLUMN exchange_nano BIGINT NOT NULL DEFAULT 1000000000
    CHECK (exchange_nano > 0);
-- Its catalogue is read again at this time; never, until it was imported from.
ALTER TABLE providers ADD COLUMN sync_due_at_ms BIGINT;
ALTER TABLE providers ADD COLUMN sync_lease_until_ms BIGINT;
-- The kinds of difference that are applied without a person, separated by spaces.
ALTER TABLE providers ADD COLUMN sync_applies TEXT NOT NULL DEFAULT '';

-- What a provider sells, as it last said, in its own currency's USD.
CREATE TABLE provider_services (
    provider_id BIGINT NOT NULL REFERENCES providers (id),
    provider_service TEXT NOT NULL,
    name TEXT NOT NULL,
    category TEXT NOT NULL,
    description TEXT,
    service_type TEXT NOT NULL,
    cost_micro BIGINT NOT NULL,
    min BIGINT NOT NULL,
    max BIGINT NOT NULL,
    dripfeed BOOLEAN NOT NULL,
    refill BOOLEAN NOT NULL,
    cancel BOOLEAN NOT NULL,
    seen_at_ms BIGINT NOT NULL,
    gone_at_ms BIGINT,
    PRIMARY KEY (provider_id, provider_service)
);
-- The provider does not sell it at present: it is passed over.
ALTER TABLE offers ADD COLUMN gone BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX offers_of_provider ON offers (provider_id, provider_service);

-- One reading of a provider's catalogue, and what had changed.
CREATE TABLE sync_reports (
    id {auto_id},
    provider_id BIGINT NOT NULL REFERENCES providers (id),
    started_at_ms BIGINT NOT NULL,
    finished_at_ms BIGINT,
    listed BIGINT NOT NULL,
    skipped BIGINT NOT NULL,
    added BIGINT NOT NULL,
    gone BIGINT NOT NULL,
    error TEXT
);
CREATE INDEX sync_reports_of_provider ON sync_reports (provider_id, id);
CREATE TABLE sync_differences (
    id {auto_id},
    report_id BIGINT NOT NULL REFERENCES sync_reports (id),
    provider_id BIGINT NOT NULL REFERENCES providers (id),
    service_id BIGINT NOT NULL REFERENCES services (id),
    provider_service TEXT NOT NULL,
    kind TEXT NOT NULL,
    was TEXT NOT NULL,
    became TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'applied', 'dismissed', 'superseded')),
    decided_by TEXT,
    decided_at_ms BIGINT
);
CREATE INDEX sync_differences_of_report ON sync_differences (report_id, id);
CREATE INDEX sync_differences_open ON sync_differences (service_id) WHERE state = 'open';
";

const SUSPENSIONS: &str = "
-- Positions are numbers of ledger transactions: what came after, came after the suspension.
CREATE TABLE suspensions (
    id {auto_id},
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    kind TEXT NOT NULL CHECK (kind IN ('ordinary', 'chargeback')),
    reason TEXT NOT NULL,
    suspended_by TEXT NOT NULL,
    suspended_at_ms BIGINT NOT NULL,
    suspended_position BIGINT NOT NULL,
    -- The account's open orders are stopped in pieces: up to which, and when all were.
    stopped_through BIGINT NOT NULL DEFAULT 0,
    orders_stopped_at_ms BIGINT,
    lifted_by TEXT,
    lift_reason TEXT,
    lifted_at_ms BIGINT,
    lifted_position BIGINT
);
CREATE UNIQUE INDEX suspensions_open ON suspensions (account_id) WHERE lifted_at_ms IS NULL;
CREATE INDEX suspensions_stopping ON suspensions (id)
    WHERE lifted_at_ms IS NULL AND orders_stopped_at_ms IS NULL;
-- No further run of it is sent: its account was suspended.
ALTER TABLE orders ADD COLUMN stopped_at_ms BIGINT;
CREATE INDEX suspensions_of_account ON suspensions (account_id, id);

-- Permanent records: what was charged back, and how much of it the wallet did not cover.
CREATE TABLE chargebacks (
    id {auto_id},
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    suspension_id BIGINT NOT NULL REFERENCES suspensions (id),
    reference TEXT NOT NULL UNIQUE,
    amount_nano BIGINT NOT NULL CHECK (amount_nano > 0),
    covered_nano BIGINT NOT NULL CHECK (covered_nano >= 0),
    shortfall_nano BIGINT NOT NULL CHECK (shortfall_nano >= 0),
    reason TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL
);
CREATE INDEX chargebacks_of_account ON chargebacks (account_id, id);

-- What was forfeited under one suspension is the sum of an account of the ledger.
CREATE INDEX ledger_entries_of_forfeited ON ledger_entries (account, transaction_id)
    WHERE account >= 'forfeited:' AND account < 'forfeited;';
CREATE INDEX ledger_entries_of_suspense ON ledger_entries (account, transaction_id)
    WHERE account >= 'suspense:' AND account < 'suspense;';

-- A mark that an operator has lifted withholds nothing any more.
ALTER TABLE order_overlaps ADD COLUMN lifted_at_ms BIGINT;
";

const AUDIT: &str = "
-- Numbered in commit order; each row's hash covers the one before it, the seal proves who wrote it.
CREATE TABLE audit_log (
    id {id},
    created_at_ms BIGINT NOT NULL,
    actor TEXT NOT NULL,
    address TEXT,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    reason TEXT,
    was TEXT,
    became TEXT,
    hash {bytes} NOT NULL,
    seal {bytes} NOT NULL
);
CREATE INDEX audit_log_of_subject ON audit_log (subject, id);
INSERT INTO id_sequences (name, last_id) VALUES ('audit_log', 0);
";
