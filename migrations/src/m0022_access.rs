//! Who may try to get in: the networks where accounts signed in, wrong codes, and what was tried too
//! often, for all servers and across restarts; and what names of accounts are compared by.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, Statement};

use crate::Dialect;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0022_access"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager);
        let connection = manager.get_connection();
        connection
            .execute_unprepared(&dialect.spell(ATTEMPTS))
            .await?;
        connection.execute_unprepared(NAMES).await?;
        note_sign_ins(connection).await
    }
}

const ATTEMPTS: &str = "
-- Where an account signed in, as the /24 or /48 of the address, and when last.
CREATE TABLE sign_in_networks (
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    network TEXT NOT NULL,
    last_at_ms BIGINT NOT NULL,
    PRIMARY KEY (account_id, network)
);
CREATE INDEX sign_in_networks_by_time ON sign_in_networks (last_at_ms);

-- Wrong codes behind a right password; all networks that the account does not know count together.
CREATE TABLE wrong_codes (
    id {auto_id},
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    known_network TEXT,
    created_at_ms BIGINT NOT NULL
);
CREATE INDEX wrong_codes_of_account ON wrong_codes (account_id, created_at_ms);
CREATE INDEX wrong_codes_by_time ON wrong_codes (created_at_ms);

-- Failed sign-ins and opened accounts: when all of a quota is there again. Who tried is a digest.
CREATE TABLE attempts (
    who TEXT NOT NULL,
    quota TEXT NOT NULL,
    full_at_ms BIGINT NOT NULL,
    PRIMARY KEY (who, quota)
);
CREATE INDEX attempts_by_time ON attempts (full_at_ms);
";

/// The program fills them, for it knows the letters of all scripts: the key is one for all forms of a
/// name, the skeleton for all that look alike. Of accounts that had one name in several forms before,
/// the first alone has the key.
const NAMES: &str = "
ALTER TABLE accounts ADD COLUMN name_key TEXT;
ALTER TABLE accounts ADD COLUMN name_skeleton TEXT;
ALTER TABLE accounts ADD COLUMN email_skeleton TEXT;
CREATE UNIQUE INDEX accounts_by_name_key ON accounts (name_key) WHERE name_key IS NOT NULL;
CREATE INDEX accounts_by_name_skeleton ON accounts (name_skeleton);
CREATE INDEX accounts_by_email_skeleton ON accounts (email_skeleton)
    WHERE email_skeleton IS NOT NULL;
CREATE INDEX accounts_unkeyed ON accounts (id) WHERE name_skeleton IS NULL;
";

/// Takes over from the audit log where accounts have signed in so far.
async fn note_sign_ins(connection: &SchemaManagerConnection<'_>) -> Result<(), DbErr> {
    const READ: &str = "SELECT a.id, l.address, MAX(l.created_at_ms) AS last_at_ms \
         FROM audit_log l JOIN accounts a ON l.subject = 'account:' || CAST(a.id AS TEXT) \
         WHERE l.action = 'signed_in' AND l.address IS NOT NULL GROUP BY a.id, l.address";
    const WRITE: &str = "INSERT INTO sign_in_networks (account_id, network, last_at_ms) \
         VALUES ($1, $2, $3) ON CONFLICT (account_id, network) DO UPDATE SET last_at_ms = \
         CASE WHEN excluded.last_at_ms > sign_in_networks.last_at_ms THEN excluded.last_at_ms \
         ELSE sign_in_networks.last_at_ms END";
    let backend = connection.get_database_backend();
    let read = Statement::from_string(backend, READ);
    for row in connection.query_all_raw(read).await? {
        let account: i64 = row.try_get_by_index(0)?;
        let address: String = row.try_get_by_index(1)?;
        let last: i64 = row.try_get_by_index(2)?;
        let Some(network) = network_of(&address) else {
            continue;
        };
        let values = [account.into(), network.into(), last.into()];
        let write = Statement::from_sql_and_values(backend, WRITE, values);
        connection.execute_raw(write).await?;
    }
    Ok(())
}

/// The /24 of an IPv4 address, the /48 of an IPv6 one.
fn network_of(address: &str) -> Option<String> {
    Some(match address.parse::<IpAddr>().ok()?.to_canonical() {
        IpAddr::V4(address) => {
            let first = address.to_bits() >> 8 << 8;
            format!("{}/24", Ipv4Addr::from_bits(first))
        }
        IpAddr::V6(address) => {
            let first = address.to_bits() >> 80 << 80;
            format!("{}/48", Ipv6Addr::from_bits(first))
        }
    })
}
