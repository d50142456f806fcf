//! Status words that nobody has sorted are found without reading the whole phrasebook.

use sea_orm_migration::prelude::*;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0018_status_words"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        connection.execute_unprepared(WORDS).await?;
        Ok(())
    }
}

const WORDS: &str = "
CREATE INDEX provider_phrases_unsorted_words ON provider_phrases (id)
    WHERE kind = 'status' AND class IS NULL;
";
