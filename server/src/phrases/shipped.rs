//! The sentences that come with the program: `shipped.csv`, read once.
//!
//! Each was seen in a named source, which stands beside it. "Shipped are only sentences seen in a
//! named source; none is translated or invented." A class that sends again or refunds is shipped only
//! where that source checks before it stores.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::{Class, PhraseKind};
use crate::protocol::OrderWord;
use crate::protocol::upstream::{PhraseClass, SentValues, normalize_phrase};

const FILE: &str = include_str!("shipped.csv");

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

/// A row of the file. A class of a status is written `status:completed`.
#[derive(Debug, Deserialize)]
struct Row {
    class: String,
    language: String,
    sentence: String,
    source: String,
}

impl Row {
    fn read(self) -> Option<ShippedPhrase> {
        let (kind, word) = match self.class.strip_prefix("status:") {
            Some(word) => (PhraseKind::Status, word),
            None => (PhraseKind::Refusal, self.class.as_str()),
        };
        Some(ShippedPhrase {
            kind,
            class: Class::of_kind(kind, word)?,
            phrase: kind.phrase_of(&self.sentence),
            language: self.language,
            sentence: self.sentence,
            source: self.source,
        })
    }
}

impl PhraseKind {
    /// The key of a sentence or a status word that stands for itself, without an order's values.
    pub(super) fn phrase_of(self, text: &str) -> String {
        match self {
            PhraseKind::Refusal => normalize_phrase(text, &SentValues::default()),
            PhraseKind::Status => fold_status(text),
        }
    }
}

/// A status word as it is compared: lower case without blanks, underscores and hyphens, and without
/// the key of a translation before it.
fn fold_status(word: &str) -> String {
    let folded: String = word
        .chars()
        .filter(|c| !(c.is_whitespace() || matches!(c, '_' | '-')))
        .flat_map(char::to_lowercase)
        .collect();
    let bare = ["tasks.status.", "order.status."]
        .iter()
        .find_map(|prefix| folded.strip_prefix(prefix));
    bare.map(str::to_owned).unwrap_or(folded)
}

static SHIPPED: LazyLock<Vec<ShippedPhrase>> = LazyLock::new(|| {
    let mut reader = csv::Reader::from_reader(FILE.as_bytes());
    // A row that cannot be read says nothing; the tests show it.
    let rows = reader.deserialize::<Row>();
    rows.filter_map(|row| row.ok()?.read()).collect()
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

/// Every sentence that comes with the program, in the order of the file.
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
        let mut reader = csv::Reader::from_reader(FILE.as_bytes());
        let rows = reader.deserialize::<Row>();
        rows.map(|row| {
            let row = row.unwrap();
            let told = format!("{row:?}");
            row.read().unwrap_or_else(|| panic!("no class: {told}"))
        })
        .collect()
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
