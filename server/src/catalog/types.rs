//! Words for types that a provider uses and nobody has applied a type to: what is proposed for each,
//! as of its last reading. Nothing of such a type is sold.

use std::collections::BTreeMap;

use sea_orm::ConnectionTrait;

use super::dialect::proposed;
use super::rules::MAX_NAME;
use crate::clock::Time;
use crate::db::{Db, Rows, Tx, execute, query};
use crate::error::Result;
use crate::ids::ProviderId;
use crate::protocol::ServiceType;
use crate::protocol::upstream::Catalogue;

/// How many words of one provider are kept.
const MAX_WORDS: usize = 100;

/// A word for a type that nobody has applied a type to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownType {
    /// The word, see [`ServiceType::provider_word`].
    pub word: String,
    /// What the panel proposes, if it knows.
    pub proposed: Option<ServiceType>,
    /// How many services have it.
    pub services: i64,
    /// The name of one of them.
    pub example: String,
}

/// The unknown words of a catalogue, the most frequent first.
pub fn unknown(catalogue: &Catalogue) -> Vec<UnknownType> {
    let mut words: BTreeMap<String, UnknownType> = BTreeMap::new();
    let unknown = catalogue.services.iter();
    for row in unknown.filter(|row| row.service_type.is_none()) {
        let word = ServiceType::provider_word(&row.type_word);
        let found = words.entry(word).or_insert_with_key(|word| UnknownType {
            proposed: proposed(word),
            word: word.clone(),
            services: 0,
            example: row
                .name
                .chars()
                .take(MAX_NAME)
                .map(|c| if c.is_control() { ' ' } else { c })
                .collect(),
        });
        found.services = found.services.saturating_add(1);
    }
    let mut words: Vec<UnknownType> = words.into_values().collect();
    words.sort_by_key(|found| std::cmp::Reverse(found.services));
    words.truncate(MAX_WORDS);
    words
}

/// What to do about them, as one sentence; empty without any.
pub fn advice(provider: &str, unknown: &[UnknownType]) -> String {
    let Some(first) = unknown.first() else {
        return String::new();
    };
    let proposed = first.proposed.map_or("TYPE", ServiceType::word);
    let word = &first.word;
    let others = match unknown.len() {
        1 => String::new(),
        all => format!(" ({} more words in `provider show {provider}`)", all - 1),
    };
    format!(
        "{} services have the type {word:?}, which nobody has applied a type to{others}: \
         provider set {provider} --type '{word}={proposed}'",
        first.services
    )
}

/// What was unknown when a provider's catalogue was last read, and when that was.
pub async fn last_unknown(db: &Db, provider: ProviderId) -> Result<Vec<(UnknownType, Time)>> {
    read(db.read(), provider).await
}

async fn read(on: &impl ConnectionTrait, provider: ProviderId) -> Result<Vec<(UnknownType, Time)>> {
    let sql = "SELECT word, proposed, service_count, example, seen_at_ms FROM provider_types \
               WHERE provider_id = $1 ORDER BY service_count DESC, word";
    let rows = query(on, sql, [provider.into()]).await?;
    rows.iter()
        .map(|row| {
            let proposed: Option<String> = row.try_get_by_index(1)?;
            let unknown = UnknownType {
                word: row.try_get_by_index(0)?,
                proposed: proposed.as_deref().and_then(ServiceType::from_word),
                services: row.try_get_by_index(2)?,
                example: row.try_get_by_index(3)?,
            };
            Ok((unknown, row.try_get_by_index(4)?))
        })
        .collect()
}

/// Keeps what is unknown by a reading, in place of what was by the one before.
pub(super) async fn keep_in_tx(
    tx: &Tx,
    provider: ProviderId,
    now: Time,
    unknown: &[UnknownType],
) -> Result<()> {
    let before = read(tx, provider).await?;
    // Most readings find what the one before has found: nothing is written.
    if before.len() == unknown.len() && unknown.iter().all(|one| before.iter().any(|b| b.0 == *one))
    {
        return Ok(());
    }
    let sql = "DELETE FROM provider_types WHERE provider_id = $1";
    execute(tx, sql, [provider.into()]).await?;
    if unknown.is_empty() {
        return Ok(());
    }
    let rows = unknown.iter().cloned().map(|one| {
        [
            provider.into(),
            one.word.into(),
            one.proposed
                .map(|proposed| proposed.word().to_owned())
                .into(),
            one.services.into(),
            one.example.into(),
            now.into(),
        ]
    });
    let rows = Rows::table(tx, 0, rows);
    let sql = [
        "INSERT INTO provider_types (provider_id, word, proposed, service_count, example, \
         seen_at_ms) SELECT * FROM ",
        &rows.text,
    ]
    .concat();
    execute(tx, &sql, rows.values).await?;
    Ok(())
}

/// Forgets a word that a type was applied to.
pub(super) async fn forget_in_tx(tx: &Tx, provider: ProviderId, words: &[String]) -> Result<()> {
    if words.is_empty() {
        return Ok(());
    }
    let of = Rows::is_in(tx, 1, words.iter().map(|word| word.as_str().into()));
    let sql = [
        "DELETE FROM provider_types WHERE provider_id = $1 AND word",
        &of.text,
    ]
    .concat();
    execute(tx, &sql, std::iter::once(provider.into()).chain(of.values)).await?;
    Ok(())
}
