//! The phrasebook as a file: what operators have sorted, to be looked through, kept, and taken over by
//! another panel.
//!
//! Providers are told apart by their names. A row that is sorted so already changes nothing, so that a
//! file may be imported again. A row that orders wait on becomes a decision like any other: it takes
//! effect after its delay.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::decide::{NewSorting, require_class, sort_phrase};
use super::list::{Phrase, PhraseFilter, Sorting, waiting_on};
use super::store::{self, NewPhrase};
use super::{Class, PhraseKind, cut_example, list_phrases, shipped_phrases};
use crate::actor::Actor;
use crate::audit::{self, Entry};
use crate::catalog;
use crate::error::{Error, Failure, Refusal, Result};
use crate::ids::{PhraseId, ProviderId};
use crate::panel::Panel;
use crate::wording;

/// The language of sentences that are not shipped: nobody has said it.
const NO_LANGUAGE: &str = "-";

/// A row of the file.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Row {
    /// The provider's name; empty for all.
    #[serde(default)]
    provider: String,
    /// `refusal` or `status`; a refusal if it is empty.
    #[serde(default)]
    kind: String,
    class: String,
    #[serde(default)]
    language: String,
    sentence: String,
    #[serde(default)]
    source: String,
    /// The normalised form, where the sentence alone does not give it.
    #[serde(default)]
    phrase: String,
}

/// The phrases that operators have sorted, as a file; with what is shipped, if `with_shipped`.
pub async fn export_phrases(panel: &Panel, with_shipped: bool) -> Result<String> {
    let filter = PhraseFilter::default();
    let phrases = list_phrases(panel, &filter, PhraseId(0), usize::MAX).await?;
    let own = phrases.iter().filter_map(row_of);
    let shipped = shipped_phrases().iter().filter(|_| with_shipped);
    let shipped = shipped.map(|shipped| Row {
        provider: String::new(),
        kind: shipped.kind.word().to_owned(),
        class: shipped.class.word().to_owned(),
        language: shipped.language.clone(),
        sentence: shipped.sentence.clone(),
        source: format!("shipped: {}", shipped.source),
        phrase: shipped.phrase.clone(),
    });
    let mut writer = csv::Writer::from_writer(Vec::new());
    let unwritten = |fault: &dyn std::fmt::Display| Failure::Stored(format!("an export: {fault}"));
    for row in own.chain(shipped) {
        writer.serialize(row).map_err(|fault| unwritten(&fault))?;
    }
    let bytes = writer.into_inner().map_err(|fault| unwritten(&fault))?;
    Ok(String::from_utf8(bytes).map_err(|fault| unwritten(&fault))?)
}

fn row_of(phrase: &Phrase) -> Option<Row> {
    let sorting = phrase.sorting.as_ref()?;
    Some(Row {
        provider: phrase.provider_name.clone().unwrap_or_default(),
        kind: phrase.kind.word().to_owned(),
        class: sorting.class.word().to_owned(),
        language: NO_LANGUAGE.to_owned(),
        sentence: phrase.example.clone(),
        source: sorting.source.clone().unwrap_or_default(),
        phrase: phrase.phrase.clone(),
    })
}

/// What became of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// Rows that were sorted, for answers to come.
    pub sorted: usize,
    /// Rows that were sorted so already.
    pub unchanged: usize,
    /// Rows that orders wait on: decisions that take effect after their delay.
    pub decided: usize,
    /// Rows that were not taken: the line in the file, and why.
    pub refused: Vec<(u64, String)>,
}

/// Takes over the phrases of a file that [`export_phrases`] wrote, or a person did. Every row is taken
/// by itself. Refused: [`Refusal::FieldInvalid`] for what is no such file.
pub async fn import_phrases(
    panel: &Panel,
    actor: &Actor,
    file: &str,
    reason: &str,
) -> Result<Imported> {
    actor.only_operators()?;
    let reason = wording::reason(reason)?;
    let providers = catalog::providers(&panel.db, &panel.secrets).await?;
    let providers: HashMap<String, ProviderId> = providers
        .into_iter()
        .map(|provider| (provider.name, provider.id))
        .collect();
    let mut imported = Imported::default();
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    let headers = reader
        .headers()
        .map(|headers| headers.iter().collect::<Vec<_>>());
    if !headers.is_ok_and(|headers| ["class", "sentence"].iter().all(|it| headers.contains(it))) {
        let expected = "CSV with a heading that names class and sentence";
        let field = "file";
        return Err(Refusal::FieldInvalid { field, expected }.into());
    }
    for (line, row) in (2..).zip(reader.deserialize::<Row>()) {
        let taken = match row {
            Ok(row) => import_row(panel, actor, &providers, &row, reason).await,
            Err(fault) => Ok(Err(fault.to_string())),
        };
        match taken {
            Ok(Ok(Taken::Sorted)) => imported.sorted += 1,
            Ok(Ok(Taken::Unchanged)) => imported.unchanged += 1,
            Ok(Ok(Taken::Decided)) => imported.decided += 1,
            Ok(Err(why)) => imported.refused.push((line, why)),
            Err(Error::Refused(refusal)) => imported.refused.push((line, refusal.to_string())),
            Err(fault @ Error::Failed(_)) => return Err(fault),
        }
    }
    let tx = panel.db.begin().await?;
    let entry = Entry::new(audit::Deed::PhrasesImported, "phrases")
        .because(reason)
        .became(json!({
            "sorted": imported.sorted, "unchanged": imported.unchanged,
            "decided": imported.decided, "refused": imported.refused.len(),
        }));
    audit::record_in_tx(&tx, &panel.secrets, panel.now(), actor, entry).await?;
    tx.commit().await?;
    Ok(imported)
}

enum Taken {
    Sorted,
    Unchanged,
    Decided,
}

async fn import_row(
    panel: &Panel,
    actor: &Actor,
    providers: &HashMap<String, ProviderId>,
    row: &Row,
    reason: &str,
) -> Result<std::result::Result<Taken, String>> {
    let provider = match row.provider.trim() {
        "" => None,
        name => match providers.get(name) {
            Some(id) => Some(*id),
            None => return Ok(Err(format!("there is no provider named {name}"))),
        },
    };
    let kind = match row.kind.trim() {
        "" => Some(PhraseKind::Refusal),
        word => PhraseKind::from_word(word),
    };
    let Some(kind) = kind else {
        return Ok(Err("kind must be refusal or status".to_owned()));
    };
    let Some(class) = Class::of_kind(kind, row.class.trim()) else {
        return Ok(Err(format!("there is no class {} of a {kind}", row.class)));
    };
    let phrase = match row.phrase.trim() {
        "" => kind.phrase_of(&row.sentence),
        phrase => phrase.to_owned(),
    };
    if phrase.is_empty() || phrase.chars().count() > MAX_PHRASE {
        return Ok(Err("the sentence has no words, or too many".to_owned()));
    }
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let new = NewPhrase {
        provider,
        kind,
        phrase: &phrase,
        example: &cut_example(&row.sentence),
    };
    let id = store::find_or_insert(&tx, &new).await?;
    store::lock(&tx, id).await?;
    let stored = store::phrase(&tx, id).await?;
    let stored = stored.ok_or(Refusal::Unknown { what: "phrase" })?;
    require_class(&stored, class)?;
    if stored.sorting.as_ref().is_some_and(|it| it.class == class) {
        return Ok(Ok(Taken::Unchanged));
    }
    let waiting = waiting_on(&tx, &stored, provider.is_none()).await?;
    if waiting.orders > 0 {
        tx.commit().await?;
        let sorting = NewSorting {
            phrase: id,
            class,
            for_all: provider.is_none(),
            reason: reason.to_owned(),
            orders: None,
        };
        sort_phrase(panel, actor, &sorting).await?;
        return Ok(Ok(Taken::Decided));
    }
    let was = stored.sorting.as_ref().map(|sorting| sorting.class.word());
    let source = Some(row.source.trim().to_owned()).filter(|source| !source.is_empty());
    let sorting = Sorting {
        class,
        source: source.clone(),
        by: actor.to_string(),
        at: now,
    };
    store::set_class(&tx, id, &sorting).await?;
    store::bump_version(&tx).await?;
    let entry = Entry::new(audit::Deed::PhraseSorted, format!("phrase:{id}"))
        .because(reason)
        .was(json!({"class": was}))
        .became(json!({
            "class": class.word(), "provider_id": provider, "phrase": phrase,
            "source": source, "orders": 0,
        }));
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    Ok(Ok(Taken::Sorted))
}

/// The longest normalised form, in characters: of the longest text that is normalised.
const MAX_PHRASE: usize = 10_000;
