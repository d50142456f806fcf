//! Mail that waits to be sent, and the links in it by which people choose a password, open an account
//! or take another address back.

use sea_orm_migration::prelude::*;

use crate::Dialect;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0025_links_and_mail"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager);
        let connection = manager.get_connection();
        for sql in [BEHIND_LINKS, LINKS, MAILS] {
            connection.execute_unprepared(&dialect.spell(sql)).await?;
        }
        Ok(())
    }
}

const BEHIND_LINKS: &str = "
-- Accounts that are opened once the owner of the address has followed the link.
CREATE TABLE sign_ups (
    id {auto_id},
    email TEXT NOT NULL,
    name TEXT,
    password_hash TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL
);
CREATE INDEX sign_ups_by_time ON sign_ups (expires_at_ms);

-- The address was entered by who had the password; nobody has shown yet that they read its mail.
ALTER TABLE accounts ADD COLUMN email_unproven BOOLEAN NOT NULL DEFAULT FALSE;

-- Addresses that were replaced, for as long as that can be undone.
CREATE TABLE address_changes (
    id {auto_id},
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    old_email TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    undo_until_ms BIGINT NOT NULL,
    undone_at_ms BIGINT
);
CREATE INDEX address_changes_of_account ON address_changes (account_id, id);
CREATE INDEX address_changes_by_time ON address_changes (undo_until_ms);
";

/// The text of a link is nowhere: who has only the database cannot follow one.
const LINKS: &str = "
CREATE TABLE account_links (
    id {auto_id},
    kind TEXT NOT NULL,
    digest {bytes} NOT NULL UNIQUE,
    account_id BIGINT REFERENCES accounts (id),
    sign_up_id BIGINT REFERENCES sign_ups (id) ON DELETE CASCADE,
    address_change_id BIGINT REFERENCES address_changes (id) ON DELETE CASCADE,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    ended_at_ms BIGINT
);
CREATE INDEX account_links_of_account ON account_links (account_id);
CREATE INDEX account_links_of_sign_up ON account_links (sign_up_id);
CREATE INDEX account_links_of_change ON account_links (address_change_id);
CREATE INDEX account_links_by_time ON account_links (expires_at_ms);
";

/// What a mail says is written when it is sent, and a row is gone once it was.
const MAILS: &str = "
CREATE TABLE mails (
    id {auto_id},
    kind TEXT NOT NULL,
    recipient TEXT NOT NULL,
    account_id BIGINT REFERENCES accounts (id),
    sign_up_id BIGINT,
    address_change_id BIGINT,
    created_at_ms BIGINT NOT NULL,
    due_at_ms BIGINT NOT NULL,
    lease_until_ms BIGINT,
    tries BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX mails_due ON mails (due_at_ms, id);
CREATE INDEX mails_to ON mails (recipient, kind);
";
