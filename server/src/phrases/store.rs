//! The statements on `provider_phrases` and on the version of the phrasebook.

use sea_orm::{ConnectionTrait, QueryResult, Value};
use sha2::{Digest, Sha256};

use super::list::{Phrase, PhraseFilter, Sorting};
use super::{Class, PhraseKind};
use crate::clock::Time;
use crate::db::{Rows, Sql, Tx, execute, locked, query};
use crate::error::{Failure, Result};
use crate::ids::{PhraseId, ProviderId};
use crate::orders::WaitingGroup;

pub(super) mod decisions;

/// So many phrases are kept of one provider by themselves; one whose every answer is another
/// sentence fills no table.
const MAX_OF_PROVIDER: i64 = 5_000;

/// What an index is made of, in place of the phrase.
pub(super) fn digest(phrase: &str) -> String {
    hex::encode(Sha256::digest(phrase))
}

pub(super) async fn version(on: &impl ConnectionTrait) -> Result<i64> {
    let rows = query(on, "SELECT phrases_version FROM panel", []).await?;
    let missing = || Failure::Stored("the panel's own row is missing".to_owned());
    Ok(rows.first().ok_or_else(missing)?.try_get_by_index(0)?)
}

/// Makes every server read the phrasebook again.
pub(super) async fn bump_version(tx: &Tx) -> Result<()> {
    let sql = "UPDATE panel SET phrases_version = phrases_version + 1";
    execute(tx, sql, []).await?;
    Ok(())
}

/// A phrase that an operator has sorted.
pub(super) struct SortedPhrase {
    pub(super) provider: Option<ProviderId>,
    pub(super) kind: PhraseKind,
    pub(super) phrase: String,
    pub(super) class: String,
    pub(super) at: Time,
}

pub(super) async fn sorted(on: &impl ConnectionTrait) -> Result<Vec<SortedPhrase>> {
    let sql = "SELECT provider_id, kind, phrase, class, sorted_at_ms FROM provider_phrases \
               WHERE class IS NOT NULL AND sorted_at_ms IS NOT NULL";
    let read = |row: &QueryResult| {
        Ok(SortedPhrase {
            provider: row.try_get_by_index(0)?,
            kind: row.try_get_by_index(1)?,
            phrase: row.try_get_by_index(2)?,
            class: row.try_get_by_index(3)?,
            at: row.try_get_by_index(4)?,
        })
    };
    query(on, sql, []).await?.iter().map(read).collect()
}

/// How often a phrase was seen since that was last written.
pub(super) struct SeenPhrase {
    pub(super) provider: ProviderId,
    pub(super) kind: PhraseKind,
    pub(super) phrase: String,
    pub(super) example: String,
    pub(super) times: i64,
    pub(super) first: Time,
    pub(super) last: Time,
}

/// Adds what was seen to the rows of its providers. There must be some.
pub(super) async fn add_seen(tx: &Tx, seen: &[SeenPhrase]) -> Result<()> {
    let rows = seen.iter().map(|one| -> [Value; 8] {
        [
            one.provider.into(),
            one.kind.into(),
            one.phrase.as_str().into(),
            digest(&one.phrase).into(),
            one.example.as_str().into(),
            one.times.into(),
            one.first.into(),
            one.last.into(),
        ]
    });
    let rows = Rows::table(tx, 1, rows);
    let sql = [
        "INSERT INTO provider_phrases (provider_id, kind, phrase, phrase_digest, example, \
         times_seen, first_seen_ms, last_seen_ms) SELECT v.column1, v.column2, v.column3, \
         v.column4, v.column5, v.column6, v.column7, v.column8 FROM ",
        &rows.text,
        " WHERE (SELECT COUNT(*) FROM provider_phrases p WHERE p.provider_id = v.column1) < $1 \
         OR EXISTS (SELECT 1 FROM provider_phrases p WHERE p.provider_id = v.column1 \
         AND p.kind = v.column2 AND p.phrase_digest = v.column4) \
         ON CONFLICT (provider_id, kind, phrase_digest) WHERE provider_id IS NOT NULL \
         DO UPDATE SET example = CASE WHEN provider_phrases.times_seen = 0 \
         THEN excluded.example ELSE provider_phrases.example END, \
         times_seen = provider_phrases.times_seen + excluded.times_seen, \
         first_seen_ms = COALESCE(provider_phrases.first_seen_ms, excluded.first_seen_ms), \
         last_seen_ms = excluded.last_seen_ms",
    ]
    .concat();
    let values = std::iter::once(MAX_OF_PROVIDER.into()).chain(rows.values);
    execute(tx, &sql, values).await?;
    Ok(())
}

/// A phrase that is about to be written.
pub(super) struct NewPhrase<'a> {
    pub(super) provider: Option<ProviderId>,
    pub(super) kind: PhraseKind,
    pub(super) phrase: &'a str,
    pub(super) example: &'a str,
}

/// The row of a phrase, which is made if there is none.
pub(super) async fn find_or_insert(tx: &Tx, new: &NewPhrase<'_>) -> Result<PhraseId> {
    let target = match new.provider {
        Some(_) => "(provider_id, kind, phrase_digest) WHERE provider_id IS NOT NULL",
        None => "(kind, phrase_digest) WHERE provider_id IS NULL",
    };
    // The update changes nothing: without one the row that is there already is not returned.
    let sql = [
        "INSERT INTO provider_phrases (provider_id, kind, phrase, phrase_digest, example) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT ",
        target,
        " DO UPDATE SET kind = excluded.kind RETURNING id",
    ]
    .concat();
    let values = [
        new.provider.into(),
        new.kind.into(),
        new.phrase.into(),
        digest(new.phrase).into(),
        new.example.into(),
    ];
    let rows = query(tx, &sql, values).await?;
    let none = || Failure::Stored("a phrase was written without an id".to_owned());
    Ok(rows.first().ok_or_else(none)?.try_get_by_index(0)?)
}

const PHRASE: &str = "SELECT f.id, f.provider_id, (SELECT p.name FROM providers p \
     WHERE p.id = f.provider_id), f.kind, f.phrase, f.example, f.class, f.source, f.sorted_by, \
     f.sorted_at_ms, f.times_seen, f.first_seen_ms, f.last_seen_ms, f.alerts, f.alert_due_ms, \
     (SELECT a.class FROM provider_phrases a WHERE a.provider_id IS NULL AND a.kind = f.kind \
     AND a.phrase_digest = f.phrase_digest) FROM provider_phrases f ";

fn read(row: &QueryResult) -> Result<Phrase> {
    let kind = row.try_get_by_index(3)?;
    let class = |word: Option<String>| word.and_then(|word| Class::of_kind(kind, &word));
    let sorting = match (class(row.try_get_by_index(6)?), row.try_get_by_index(9)?) {
        (Some(class), Some(at)) => Some(Sorting {
            class,
            source: row.try_get_by_index(7)?,
            by: row.try_get_by_index(8)?,
            at,
        }),
        (_, _) => None,
    };
    Ok(Phrase {
        id: row.try_get_by_index(0)?,
        provider: row.try_get_by_index(1)?,
        provider_name: row.try_get_by_index(2)?,
        kind,
        phrase: row.try_get_by_index(4)?,
        example: row.try_get_by_index(5)?,
        sorting,
        times_seen: row.try_get_by_index(10)?,
        first_seen: row.try_get_by_index(11)?,
        last_seen: row.try_get_by_index(12)?,
        alerts: row.try_get_by_index(13)?,
        alert_due: row.try_get_by_index(14)?,
        class_for_all: class(row.try_get_by_index(15)?),
    })
}

pub(super) async fn phrase(on: &impl ConnectionTrait, id: PhraseId) -> Result<Option<Phrase>> {
    let sql = [PHRASE, "WHERE f.id = $1"].concat();
    let rows = query(on, &sql, [id.into()]).await?;
    rows.first().map(read).transpose()
}

/// The row of this phrase at this provider, or that for all.
pub(super) async fn find(
    on: &impl ConnectionTrait,
    provider: Option<ProviderId>,
    kind: PhraseKind,
    phrase: &str,
) -> Result<Option<Phrase>> {
    let mut sql = Sql::new(PHRASE);
    sql.value("WHERE f.kind = ", kind);
    sql.value(" AND f.phrase_digest = ", digest(phrase));
    match provider {
        Some(provider) => sql.value(" AND f.provider_id = ", provider),
        None => sql.text(" AND f.provider_id IS NULL"),
    }
    let rows = query(on, &sql.text, sql.values).await?;
    rows.first().map(read).transpose()
}

/// The providers that have a sorting of their own of this phrase.
pub(super) async fn providers_that_sort(
    on: &impl ConnectionTrait,
    kind: PhraseKind,
    phrase: &str,
) -> Result<Vec<ProviderId>> {
    let sql = "SELECT provider_id FROM provider_phrases WHERE provider_id IS NOT NULL \
               AND class IS NOT NULL AND kind = $1 AND phrase_digest = $2";
    let rows = query(on, sql, [kind.into(), digest(phrase).into()]).await?;
    let read = |row: &QueryResult| Ok(row.try_get_by_index(0)?);
    rows.iter().map(read).collect()
}

pub(super) async fn list(
    on: &impl ConnectionTrait,
    filter: &PhraseFilter,
    after: PhraseId,
    limit: usize,
) -> Result<Vec<Phrase>> {
    let mut sql = Sql::new(PHRASE);
    sql.value("WHERE f.id > ", after);
    if filter.unsorted {
        sql.text(" AND f.class IS NULL");
    }
    if let Some(kind) = filter.kind {
        sql.value(" AND f.kind = ", kind);
    }
    if let Some(provider) = filter.provider {
        sql.value(" AND f.provider_id = ", provider);
    }
    sql.within("f.first_seen_ms", filter.first_seen);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    sql.value(" ORDER BY f.id LIMIT ", limit);
    let rows = query(on, &sql.text, sql.values).await?;
    rows.iter().map(read).collect()
}

/// Locks a phrase until the transaction ends, so that one decision about it is taken at a time.
pub(super) async fn lock(tx: &Tx, id: PhraseId) -> Result<()> {
    let sql = ["SELECT id FROM provider_phrases WHERE id = $1", locked(tx)].concat();
    query(tx, &sql, [id.into()]).await?;
    Ok(())
}

/// Writes what a phrase means from now on.
pub(super) async fn set_class(tx: &Tx, id: PhraseId, sorting: &Sorting) -> Result<()> {
    let sql = "UPDATE provider_phrases SET class = $1, source = $2, sorted_by = $3, \
               sorted_at_ms = $4 WHERE id = $5";
    let values = [
        sorting.class.word().into(),
        sorting.source.clone().into(),
        sorting.by.as_str().into(),
        sorting.at.into(),
        id.into(),
    ];
    execute(tx, sql, values).await?;
    Ok(())
}

/// Records that somebody is alerted the next time, if nobody else did meanwhile; gives whether it
/// did.
pub(super) async fn take_alert(tx: &Tx, id: PhraseId, alerts: i64, due: Time) -> Result<bool> {
    let sql = "UPDATE provider_phrases SET alerts = $1, alert_due_ms = $2 \
               WHERE id = $3 AND alerts = $4";
    let values = [
        alerts.saturating_add(1).into(),
        due.into(),
        id.into(),
        alerts.into(),
    ];
    Ok(execute(tx, sql, values).await? == 1)
}

/// Forgets the alerts of phrases that no order waits on: `open` are those that some wait on.
pub(super) async fn close_alerts(tx: &Tx, open: &[PhraseId]) -> Result<()> {
    let mut sql =
        Sql::new("UPDATE provider_phrases SET alerts = 0, alert_due_ms = NULL WHERE alerts > 0");
    // A list without a value is NULL on SQLite, and so would be its opposite.
    if !open.is_empty() {
        let open = Rows::is_in(tx, 0, open.iter().map(|id| (*id).into()));
        sql.text(" AND NOT (id");
        sql.text(&open.text);
        sql.text(")");
        sql.values = open.values;
    }
    execute(tx, &sql.text, sql.values).await?;
    Ok(())
}

/// The phrases of which somebody was alerted.
pub(super) async fn alerted(on: &impl ConnectionTrait) -> Result<Vec<PhraseId>> {
    let sql = "SELECT id FROM provider_phrases WHERE alerts > 0";
    let rows = query(on, sql, []).await?;
    let read = |row: &QueryResult| Ok(row.try_get_by_index(0)?);
    rows.iter().map(read).collect()
}

/// The rows of status words of providers that have no class of their own there.
pub(super) async fn unsorted_words(on: &impl ConnectionTrait) -> Result<Vec<Phrase>> {
    let sql = [
        PHRASE,
        "WHERE f.kind = 'status' AND f.class IS NULL AND f.provider_id IS NOT NULL ORDER BY f.id",
    ]
    .concat();
    query(on, &sql, []).await?.iter().map(read).collect()
}

/// The rows of sentences that orders wait on.
pub(super) async fn of_groups(
    on: &impl ConnectionTrait,
    groups: &[WaitingGroup],
) -> Result<Vec<Phrase>> {
    let digests = groups.iter().map(|group| digest(&group.phrase).into());
    let digests = Rows::is_in(on, 1, digests);
    let sql = [
        PHRASE,
        "WHERE f.kind = $1 AND f.provider_id IS NOT NULL AND f.phrase_digest",
        &digests.text,
        " ORDER BY f.id",
    ]
    .concat();
    let values = std::iter::once(PhraseKind::Refusal.into()).chain(digests.values);
    query(on, &sql, values).await?.iter().map(read).collect()
}
