//! The phrasebook: what providers say, sorted once, as data.
//!
//! Owns the tables `provider_phrases` and `phrase_decisions`. "The whole sentence is compared, never a
//! fragment": the key of a row is a whole normalised sentence (or a folded status word), for one
//! provider or for all. What an operator sorted for a provider outranks what was sorted for all, and
//! both outrank what the program ships (`shipped.csv`).
//!
//! | part | what |
//! |---|---|
//! | `memory` | what every server looks sentences up in, and how often each was seen |
//! | `shipped` | the sentences that come with the program |
//! | `list` | what is known of phrases, and the work items: which of them orders wait on |
//! | `to_ask` | the dispatches that wait on a phrase |
//! | `decide` | sorting: shown before, undone within its delay, confirmed by a second person |
//! | `resolve` | deciding the orders that wait on a sentence, without sorting it |
//! | `work` | what takes effect, what is alerted, without a request |
//! | `transfer` | the phrasebook as a file |
//!
//! A class changes what future answers mean, on every server, within a second. For the orders that
//! wait it is carried out in pieces by `orders`, each order on the condition that it still waits on
//! that sentence alone.

use crate::protocol::OrderWord;
use crate::protocol::upstream::PhraseClass;
use crate::vocabulary::words;

mod decide;
mod list;
mod memory;
mod resolve;
mod shipped;
mod store;
mod to_ask;
mod transfer;
mod work;

pub use decide::{
    Decision, DecisionFilter, DecisionState, Deed, NewSorting, confirm_decision, list_decisions,
    open_decision, sort_phrase, undo_decision,
};
pub use list::{
    Origin, Outlooks, Phrase, PhraseFilter, PhraseView, Sorting, Waiting, WorkItem, add_phrase,
    list_phrases, list_work_items, read_phrase,
};
pub(crate) use memory::{Phrasebook, write_seen_phrases};
pub use resolve::{
    NewResolution, ResolutionPreview, count_waiting, preview_resolution, resolve_waiting,
};
pub use shipped::{ShippedPhrase, shipped_phrases};
pub use to_ask::ToAsk;
pub use transfer::{Imported, export_phrases, import_phrases};
pub use work::work;
pub(crate) use work::{LONGEST_ALERT_MS, work_now};

words! {
    /// What a phrase is.
    pub enum PhraseKind {
        /// The sentence of an answer to `add` that refuses, or seems to.
        Refusal = "refusal",
        /// The word for an order's status.
        Status = "status",
    }
}

/// What a phrase means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// What a sentence that refuses means for the order.
    Refusal(PhraseClass),
    /// Which status a word stands for.
    Status(OrderWord),
}

/// The words for statuses, as they are stored and given.
const STATUS_WORDS: [(OrderWord, &str); 6] = [
    (OrderWord::Pending, "pending"),
    (OrderWord::InProgress, "in_progress"),
    (OrderWord::Processing, "processing"),
    (OrderWord::Completed, "completed"),
    (OrderWord::Partial, "partial"),
    (OrderWord::Canceled, "canceled"),
];

impl Class {
    /// Every class, of sentences and of statuses.
    pub const ALL: [Class; 15] = [
        Class::Refusal(PhraseClass::OrderFault),
        Class::Refusal(PhraseClass::ServiceNotSold),
        Class::Refusal(PhraseClass::OurFunds),
        Class::Refusal(PhraseClass::OurAccount),
        Class::Refusal(PhraseClass::TooManyRequests),
        Class::Refusal(PhraseClass::WaitForLink),
        Class::Refusal(PhraseClass::RequestIdConflict),
        Class::Refusal(PhraseClass::ServerFault),
        Class::Refusal(PhraseClass::NotARefusal),
        Class::Status(OrderWord::Pending),
        Class::Status(OrderWord::InProgress),
        Class::Status(OrderWord::Processing),
        Class::Status(OrderWord::Completed),
        Class::Status(OrderWord::Partial),
        Class::Status(OrderWord::Canceled),
    ];

    /// Its one word, as stored and shown.
    pub fn word(self) -> &'static str {
        match self {
            Class::Refusal(class) => class.word(),
            Class::Status(status) => {
                let found = STATUS_WORDS.iter().find(|(known, _)| *known == status);
                found.map_or("", |(_, word)| word)
            }
        }
    }

    /// The class of a word, whatever it is a class of.
    pub fn from_word(word: &str) -> Option<Class> {
        Class::ALL.into_iter().find(|class| class.word() == word)
    }

    /// Of which phrases it is a class.
    pub const fn kind(self) -> PhraseKind {
        match self {
            Class::Refusal(_) => PhraseKind::Refusal,
            Class::Status(_) => PhraseKind::Status,
        }
    }

    /// The class of a word, if phrases of this kind have it.
    pub fn of_kind(kind: PhraseKind, word: &str) -> Option<Class> {
        Class::from_word(word).filter(|class| class.kind() == kind)
    }

    /// Every class that phrases of this kind can have.
    pub fn all_of(kind: PhraseKind) -> impl Iterator<Item = Class> {
        let classes = Class::ALL.into_iter();
        classes.filter(move |class| class.kind() == kind)
    }
}

impl std::fmt::Display for Class {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.word())
    }
}

/// How many characters of a sentence are kept as its example.
const MAX_EXAMPLE: usize = 500;

/// A sentence as it is kept for people: one line, cut.
fn cut_example(text: &str) -> String {
    let plain = text.chars().filter(|c| !c.is_control() || *c == '\n');
    let plain = plain.map(|c| if c == '\n' { ' ' } else { c });
    let cut: String = plain.take(MAX_EXAMPLE).collect();
    cut.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_reads_back_from_its_word() {
        for class in Class::ALL {
            assert_eq!(Class::from_word(class.word()), Some(class));
            assert_eq!(Class::of_kind(class.kind(), class.word()), Some(class));
        }
        let of = |kind| Class::all_of(kind).count();
        assert_eq!(of(PhraseKind::Refusal), PhraseClass::ALL.len());
        assert_eq!(of(PhraseKind::Status), OrderWord::ALL.len());
        assert_eq!(Class::of_kind(PhraseKind::Status, "order_fault"), None);
        assert_eq!(Class::of_kind(PhraseKind::Refusal, "completed"), None);
    }

    #[test]
    fn an_example_is_one_line() {
        assert_eq!(cut_example(" a\nb\0\u{1b}c "), "a bc");
        assert_eq!(cut_example(&"x".repeat(9_000)).len(), MAX_EXAMPLE);
    }
}
