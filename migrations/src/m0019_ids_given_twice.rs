//! Ids that a provider gives twice, in one spelling or two: `01001` and `1001.0` are found beside `1001`,
//! and a run knows to which other one its id was given too.

use sea_orm_migration::prelude::*;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0019_ids_given_twice"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        connection.execute_unprepared(IDS).await?;
        Ok(())
    }
}

/// Only ids that may be another's in another spelling stand in the index: at most providers none.
const IDS: &str = "
ALTER TABLE dispatches ADD COLUMN given_again_to BIGINT;

CREATE INDEX dispatches_odd_ids ON dispatches (
    ltrim(CASE WHEN replace(provider_order, '.', '') <> provider_order
    THEN rtrim(rtrim(provider_order, '0'), '.') ELSE provider_order END, '0'))
    WHERE (substr(provider_order, 1, 1) = '0' OR replace(provider_order, '.', '') <> provider_order);
";
