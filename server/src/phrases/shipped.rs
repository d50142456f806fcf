//! What comes with the program, read once: the sentences of `shipped.csv` and the words for statuses of
//! `shipped_status_words.csv`.
//!
//! Each was seen in a named source, which stands beside it. "Shipped are only sentences seen in a
//! named source; none is translated or invented." A class that sends again or refunds is shipped only
//! where that source checks before it stores.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::{Class, PhraseKind};
use crate::protocol::upstream::{PhraseClass, SentValues, normalize_phrase};
use crate::protocol::{OrderWord, provider_word};

const SENTENCES: &str = include_str!("shipped.csv");
const STATUS_WORDS: &str = include_str!("shipped_status_words.csv");

/// A sentence that comes with the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShippedPhrase {
    /// Whether it refuses, or is a status.
    pub kind: PhraseKind,
    /// What it means.
    pub class: Class,
    /// Its language, such as `en`.
    pub language: String,
    /// The sentence as it was seen.
    pub sentence: String,
    /// Its normalised form.
    pub phrase: String,
    /// Where it was seen.
    pub source: String,
}

/// A row of a file.
#[derive(Debug, Deserialize)]
struct Row {
    /// What it means.
    #[serde(alias = "status")]
    class: String,
    language: String,
    /// The sentence, or the word for a status.
    #[serde(alias = "word")]
    sentence: String,
    source: String,
}

impl Row {
    fn read(self, kind: PhraseKind) -> Option<ShippedPhrase> {
        Some(ShippedPhrase {
            kind,
            class: Class::of_kind(kind, &self.class)?,
            phrase: kind.phrase_of(&self.sentence),
            language: self.language,
            sentence: self.sentence,
            source: self.source,
        })
    }
}

impl PhraseKind {
    /// The key of a sentence or a status word that stands for itself, without an order's values.
    pub(crate) fn phrase_of(self, text: &str) -> String {
        match self {
            PhraseKind::Refusal => normalize_phrase(text, &SentValues::default()),
            PhraseKind::Status => provider_word(text),
        }
    }
}

static SHIPPED: LazyLock<Vec<ShippedPhrase>> = LazyLock::new(|| {
    let files = [
        (PhraseKind::Refusal, SENTENCES),
        (PhraseKind::Status, STATUS_WORDS),
    ];
    // A row that cannot be read says nothing; the tests show it.
    let rows = files.into_iter().flat_map(|(kind, file)| {
        let rows = csv::Reader::from_reader(file.as_bytes()).into_deserialize::<Row>();
        rows.filter_map(move |row| row.ok()?.read(kind))
    });
    rows.collect()
});

static REFUSALS: LazyLock<HashMap<&str, PhraseClass>> = LazyLock::new(|| {
    let refusal = |shipped: &'static ShippedPhrase| match shipped.class {
        Class::Refusal(class) => Some((shipped.phrase.as_str(), class)),
        Class::Status(_) => None,
    };
    SHIPPED.iter().filter_map(refusal).collect()
});

static STATUSES: LazyLock<HashMap<&str, OrderWord>> = LazyLock::new(|| {
    let status = |shipped: &'static ShippedPhrase| match shipped.class {
        Class::Status(word) => Some((shipped.phrase.as_str(), word)),
        Class::Refusal(_) => None,
    };
    SHIPPED.iter().filter_map(status).collect()
});

/// Every sentence that comes with the program, in the order of the files.
pub fn shipped_phrases() -> &'static [ShippedPhrase] {
    &SHIPPED
}

pub(super) fn refusal_class(phrase: &str) -> Option<PhraseClass> {
    REFUSALS.get(phrase).copied()
}

pub(super) fn status_word(folded: &str) -> Option<OrderWord> {
    STATUSES.get(folded).copied()
}

/// What a phrase means as it is shipped.
pub(super) fn class_of(kind: PhraseKind, phrase: &str) -> Option<Class> {
    match kind {
        PhraseKind::Refusal => refusal_class(phrase).map(Class::Refusal),
        PhraseKind::Status => status_word(phrase).map(Class::Status),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::upstream::has_server_fault_marks;

    fn rows() -> Vec<ShippedPhrase> {
        let files = [
            (PhraseKind::Refusal, SENTENCES),
            (PhraseKind::Status, STATUS_WORDS),
        ];
        let mut read = Vec::new();
        for (kind, file) in files {
            let rows = csv::Reader::from_reader(file.as_bytes()).into_deserialize::<Row>();
            for row in rows {
                let row = row.unwrap();
                let told = format!("{row:?}");
                read.push(row.read(kind).unwrap_or_else(|| panic!("no class: {told}")));
            }
        }
        read
    }

    #[test]
    fn every_row_says_what_it_means_and_where_it_was_seen() {
        for row in rows() {
            assert!(!row.phrase.is_empty(), "{row:?}");
            assert!(!row.source.trim().is_empty(), "{row:?}");
            let is_language = (2..=8).contains(&row.language.len());
            assert!(is_language, "{row:?}");
        }
        assert_eq!(rows(), shipped_phrases());
    }

    #[test]
    fn no_phrase_stands_twice_with_different_classes() {
        let mut seen: HashMap<(PhraseKind, String), ShippedPhrase> = HashMap::new();
        for row in rows() {
            let key = (row.kind, row.phrase.clone());
            if let Some(before) = seen.insert(key, row.clone()) {
                assert_eq!(before.class, row.class, "{before:?} {row:?}");
            }
        }
    }

    #[test]
    fn a_sentence_with_marks_of_a_server_fault_is_one() {
        for row in rows() {
            if row.kind == PhraseKind::Refusal && has_server_fault_marks(&row.sentence) {
                assert_eq!(
                    row.class,
                    Class::Refusal(PhraseClass::ServerFault),
                    "{row:?}"
                );
            }
        }
    }

    #[test]
    fn no_shipped_status_contradicts_the_protocols_own_words() {
        for row in rows() {
            if let (PhraseKind::Status, Class::Status(word)) = (row.kind, row.class) {
                let known = OrderWord::from_provider_word(&row.sentence);
                assert!(known.is_none_or(|known| known == word), "{row:?}");
            }
        }
    }
}
