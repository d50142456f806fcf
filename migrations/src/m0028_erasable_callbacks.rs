//! What a payment gateway told us can be erased: it says who has paid.

use sea_orm_migration::prelude::*;

use crate::Dialect;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0028_erasable_callbacks"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager);
        let connection = manager.get_connection();
        // The digest is one of the body, which can be guessed by it: it changes as well.
        let others = ["id", "gateway", "gateway_payment", "received_at_ms"];
        let erased = "NEW.body = 'erased' AND NEW.digest LIKE 'erased:%'";
        for sql in [
            dialect.changeable("payment_callbacks"),
            dialect.erasable("payment_callbacks", &others, erased),
        ] {
            connection.execute_unprepared(&sql).await?;
        }
        Ok(())
    }
}
