//! The phrasebook as each server has it in memory: looking a sentence up costs no statement. It is
//! read at the start, and again when its version in the database has changed.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::shipped;
use super::store::{self, SeenPhrase};
use super::{Class, PhraseKind, cut_example};
use crate::clock::Time;
use crate::db::{Db, PIECE};
use crate::error::Result;
use crate::ids::ProviderId;
use crate::panel::Panel;
use crate::protocol::OrderWord;
use crate::protocol::upstream::PhraseClass;

/// How many different phrases wait to be counted at most; those beyond are not counted.
const MAX_UNWRITTEN: usize = 10_000;

/// How often everything that waits is looked at, in ms: what took effect is carried out before that.
const LOOK_MS: i64 = 5_000;

/// What every sentence means, by its normalised form, and how often each was seen since that was
/// last written.
pub(crate) struct Phrasebook {
    sorted: RwLock<Arc<Sorted>>,
    seen: Mutex<HashMap<SeenKey, SeenCount>>,
    looked_at: AtomicI64,
}

type SeenKey = (ProviderId, PhraseKind, String);

struct SeenCount {
    example: String,
    times: i64,
    first: Time,
    last: Time,
}

/// What operators have sorted.
#[derive(Default)]
struct Sorted {
    version: i64,
    of_provider: HashMap<ProviderId, Classes>,
    of_all: Classes,
}

#[derive(Default)]
struct Classes {
    refusals: HashMap<String, (PhraseClass, Time)>,
    statuses: HashMap<String, OrderWord>,
}

impl Classes {
    fn insert(&mut self, phrase: String, class: Class, at: Time) {
        match class {
            Class::Refusal(class) => {
                self.refusals.insert(phrase, (class, at));
            }
            Class::Status(word) => {
                self.statuses.insert(phrase, word);
            }
        }
    }
}

impl Phrasebook {
    /// The phrasebook as it is stored at this moment.
    pub(crate) async fn open(db: &Db) -> Result<Phrasebook> {
        Ok(Phrasebook {
            sorted: RwLock::new(Arc::new(read_sorted(db).await?)),
            seen: Mutex::default(),
            looked_at: AtomicI64::new(0),
        })
    }

    /// The same as another server has it that starts at this moment.
    pub(crate) fn beside(&self) -> Phrasebook {
        Phrasebook {
            sorted: RwLock::new(self.sorted()),
            seen: Mutex::default(),
            looked_at: AtomicI64::new(0),
        }
    }

    fn sorted(&self) -> Arc<Sorted> {
        let sorted = self.sorted.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&sorted)
    }

    /// What the normalised sentence `phrase` means where `provider` says it; `None` where nobody has
    /// sorted it. "The provider's own sorting outranks the one for all"; both outrank what is shipped.
    pub(crate) fn refusal_class(&self, provider: ProviderId, phrase: &str) -> Option<PhraseClass> {
        self.sorted_refusal_class(provider, phrase)
            .map(|(class, _)| class)
            .or_else(|| shipped::refusal_class(phrase))
    }

    /// The same by the sortings of operators alone, and since when.
    pub(super) fn sorted_refusal_class(
        &self,
        provider: ProviderId,
        phrase: &str,
    ) -> Option<(PhraseClass, Time)> {
        let sorted = self.sorted();
        let own = sorted.of_provider.get(&provider);
        own.and_then(|own| own.refusals.get(phrase))
            .or_else(|| sorted.of_all.refusals.get(phrase))
            .copied()
    }

    /// What the folded status word means where `provider` says it; `None` where nobody has sorted it.
    pub(crate) fn status_word(&self, provider: ProviderId, folded_word: &str) -> Option<OrderWord> {
        let sorted = self.sorted();
        let own = sorted.of_provider.get(&provider);
        own.and_then(|own| own.statuses.get(folded_word))
            .or_else(|| sorted.of_all.statuses.get(folded_word))
            .copied()
            .or_else(|| shipped::status_word(folded_word))
    }

    /// Counts that `provider` said this; `example` is the text as it came, for people. Nothing is
    /// written before the next minute.
    pub(crate) fn count_seen(
        &self,
        provider: ProviderId,
        kind: PhraseKind,
        phrase: &str,
        example: &str,
        now: Time,
    ) {
        let key = (provider, kind, phrase.to_owned());
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = seen.get_mut(&key) {
            count.times = count.times.saturating_add(1);
            count.last = count.last.max(now);
        } else if seen.len() < MAX_UNWRITTEN {
            let count = SeenCount {
                example: cut_example(example),
                times: 1,
                first: now,
                last: now,
            };
            seen.insert(key, count);
        }
    }

    /// Whether a status word was seen of which `known` has no row.
    pub(super) fn has_new_word(&self, known: &HashSet<(ProviderId, &str)>) -> bool {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.keys().any(|(provider, kind, word)| {
            *kind == PhraseKind::Status && !known.contains(&(*provider, word.as_str()))
        })
    }

    /// Whether it is time to look at everything that waits; then the next time is later.
    pub(super) fn takes_look(&self, now: Time) -> bool {
        let last = self.looked_at.load(Ordering::Relaxed);
        let due = now.ms().saturating_sub(last) >= LOOK_MS;
        if due {
            self.looked_at.store(now.ms(), Ordering::Relaxed);
        }
        due
    }

    fn take_seen(&self) -> HashMap<SeenKey, SeenCount> {
        std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Writes how often phrases were seen. Gives how many phrases those were.
pub(crate) async fn write_seen_phrases(panel: &Panel) -> Result<usize> {
    let mut seen: Vec<_> = panel.phrasebook.take_seen().into_iter().collect();
    // In order, so that two servers that write the same rows do not wait for each other.
    seen.sort_unstable_by(|(one, _), (other, _)| {
        let key = |key: &SeenKey| (key.0, key.1.word());
        key(one).cmp(&key(other)).then_with(|| one.2.cmp(&other.2))
    });
    let rows: Vec<SeenPhrase> = seen
        .into_iter()
        .map(|((provider, kind, phrase), count)| SeenPhrase {
            provider,
            kind,
            phrase,
            example: count.example,
            times: count.times,
            first: count.first,
            last: count.last,
        })
        .collect();
    for piece in rows.chunks(PIECE) {
        let tx = panel.db.begin().await?;
        store::add_seen(&tx, piece).await?;
        tx.commit().await?;
    }
    Ok(rows.len())
}

/// Reads the phrasebook again if it is another than the `stored` version. Gives whether it was.
pub(super) async fn reload_if_changed(panel: &Panel, stored: i64) -> Result<bool> {
    if stored == panel.phrasebook.sorted().version {
        return Ok(false);
    }
    let sorted = Arc::new(read_sorted(&panel.db).await?);
    let book = &panel.phrasebook.sorted;
    *book.write().unwrap_or_else(PoisonError::into_inner) = sorted;
    Ok(true)
}

async fn read_sorted(db: &Db) -> Result<Sorted> {
    // The version is read first: a change in between is read again, never missed.
    let version = store::version(db.read()).await?;
    let mut sorted = Sorted {
        version,
        ..Sorted::default()
    };
    for row in store::sorted(db.read()).await? {
        let classes = match row.provider {
            Some(provider) => sorted.of_provider.entry(provider).or_default(),
            None => &mut sorted.of_all,
        };
        // A class that this version does not know is one that nobody has sorted.
        if let Some(class) = Class::of_kind(row.kind, &row.class) {
            classes.insert(row.phrase, class, row.at);
        }
    }
    Ok(sorted)
}
