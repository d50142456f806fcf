//! Ids of providers that are one number in two spellings are found: `01001` and `1001.0` beside `1001`.

use sea_orm_migration::prelude::*;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0019_odd_ids"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        connection.execute_unprepared(ODD_IDS).await?;
        Ok(())
    }
}

/// Only ids that may be another's in another spelling stand in it: at most providers none.
const ODD_IDS: &str = "
CREATE INDEX dispatches_odd_ids ON dispatches (
    ltrim(CASE WHEN replace(provider_order, '.', '') <> provider_order
    THEN rtrim(rtrim(provider_order, '0'), '.') ELSE provider_order END, '0'))
    WHERE (substr(provider_order, 1, 1) = '0' OR replace(provider_order, '.', '') <> provider_order);
";
