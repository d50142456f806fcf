//! Addresses that accounts are to have once somebody who reads their mail has followed a link.

use sea_orm_migration::prelude::*;

use crate::Dialect;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0029_address_requests"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let sql = Dialect::of(manager).spell(REQUESTS);
        connection.execute_unprepared(&sql).await?;
        Ok(())
    }
}

const REQUESTS: &str = "
-- Of each account the newest one alone; gone once the account has the address.
CREATE TABLE address_requests (
    id {auto_id},
    account_id BIGINT NOT NULL UNIQUE REFERENCES accounts (id),
    email TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL
);
CREATE INDEX address_requests_by_time ON address_requests (expires_at_ms);
ALTER TABLE account_links ADD COLUMN address_request_id BIGINT
    REFERENCES address_requests (id) ON DELETE CASCADE;
CREATE INDEX account_links_of_request ON account_links (address_request_id);
ALTER TABLE mails ADD COLUMN address_request_id BIGINT;
";
