//! How a provider is asked about what it accepted, as far as that was learned: whether it answers
//! lists of ids, how long they may be, and in which field one id goes.
//!
//! "How to ask is learned ... and tried anew once a day": what an operator has set is not.

use sea_orm::{ConnectionTrait, QueryResult};

use super::store::{asking as store, lock_provider};
use crate::clock::Time;
use crate::db::{Db, Tx};
use crate::error::{Refusal, Result};
use crate::ids::ProviderId;
use crate::panel::Panel;
use crate::protocol::MAX_IDS;
use crate::vocabulary::words;

words! {
    /// A question that is asked about many ids.
    pub enum AskedAction {
        /// How orders are.
        Status = "status",
        /// How refills are.
        RefillStatus = "refill_status",
        /// To cancel orders.
        Cancel = "cancel",
    }
}

words! {
    /// Whether a list of several ids is answered.
    pub enum Many {
        /// It is.
        Works = "works",
        /// It is refused, or its lines do not say which order each is about.
        Refused = "refused",
    }
}

words! {
    /// The field that one id goes in.
    pub enum OneId {
        /// The list's: `orders=7`.
        Plural = "plural",
        /// Its own: `order=7`.
        Singular = "singular",
    }
}

/// For how long what was learned holds before it is tried anew, in ms: a day.
const LEARNED_FOR_MS: i64 = 24 * 3_600_000;

/// For how long nothing could be read before an operator is told, in ms: an hour.
const FAILING_MS: i64 = 3_600_000;

/// What is known of one question to one provider.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asking {
    /// Whether lists are answered, if that is known.
    pub many: Option<Many>,
    /// How many ids a list has at most, if that is fewer than the protocol allows.
    pub largest: Option<i64>,
    /// Where one id goes, if that is known.
    pub one: Option<OneId>,
    /// When it was learned.
    pub learned_at: Option<Time>,
    /// What it was learned from.
    pub learned_from: Option<String>,
    /// Whether an operator has set it: then nothing is learned over it.
    pub is_set: bool,
    /// Since when nothing could be read at all.
    pub failing_since: Option<Time>,
    /// What was seen instead.
    pub failure: Option<String>,
    /// When an operator was told of that last.
    pub alerted_at: Option<Time>,
}

impl Asking {
    /// How many ids are asked about in one request: 1 where lists are refused. Once a day what was
    /// learned against lists is not held against them.
    pub fn list_size(&self, now: Time) -> usize {
        let is_old = !self.is_set
            && self
                .learned_at
                .is_none_or(|at| now >= at.plus_ms(LEARNED_FOR_MS));
        match (self.many, self.largest) {
            (Some(Many::Refused), _) if !is_old => 1,
            (Some(Many::Works) | None, _) if !is_old => self.largest_list(),
            (Some(Many::Refused | Many::Works) | None, _) => MAX_IDS,
        }
    }

    /// How many ids a list may have where lists are answered, as far as that is known.
    pub fn largest_list(&self) -> usize {
        let largest = self.largest.and_then(|ids| usize::try_from(ids).ok());
        largest.unwrap_or(MAX_IDS).clamp(1, MAX_IDS)
    }

    /// Takes in what was learned about lists of several ids.
    pub fn learn_many(&mut self, now: Time, many: Many, largest: Option<usize>, from: String) {
        let largest = largest.and_then(|ids| i64::try_from(ids).ok());
        let is_news = self.many != Some(many) || self.largest != largest;
        // That lists work is no news each minute; that they do not is, because it is tried anew.
        if !self.is_set && (is_news || many == Many::Refused || largest.is_some()) {
            (self.many, self.largest) = (Some(many), largest);
            (self.learned_at, self.learned_from) = (Some(now), Some(from));
        }
    }

    /// Takes in where one id goes.
    pub fn learn_one(&mut self, now: Time, one: OneId) {
        if !self.is_set && self.one != Some(one) {
            self.one = Some(one);
            if self.learned_at.is_none() {
                self.learned_at = Some(now);
                self.learned_from = Some("one id alone was answered".to_owned());
            }
        }
    }

    /// Takes in whether anything could be read; `failure` says what was seen instead. Gives the
    /// time since when it fails, if an operator is to be told of it now: at once where it
    /// `is_final`, else after an hour, and then once a day.
    pub fn note_failure(
        &mut self,
        now: Time,
        failure: Option<&str>,
        is_final: bool,
    ) -> Option<Time> {
        let Some(failure) = failure else {
            (self.failing_since, self.failure) = (None, None);
            return None;
        };
        let since = *self.failing_since.get_or_insert(now);
        if self.failure.is_none() || is_final {
            self.failure = Some(failure.to_owned());
        }
        let is_due = is_final || now >= since.plus_ms(FAILING_MS);
        let was_told = self
            .alerted_at
            .is_some_and(|at| now < at.plus_ms(LEARNED_FOR_MS));
        if !is_due || was_told {
            return None;
        }
        self.alerted_at = Some(now);
        Some(since)
    }
}

/// How an operator wants a question to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WayToAsk {
    /// In lists of at most so many ids.
    Lists(i64),
    /// One by one, the id in this field.
    OneByOne(OneId),
    /// As it is learned: what was set or learned before is forgotten.
    Learned,
}

impl WayToAsk {
    /// In lists of at most `largest` ids, from 2 to 100; 100 without one.
    pub fn lists(largest: Option<i64>) -> std::result::Result<WayToAsk, Refusal> {
        let most = i64::try_from(MAX_IDS).unwrap_or(i64::MAX);
        match largest.unwrap_or(most) {
            largest if (2..=most).contains(&largest) => Ok(WayToAsk::Lists(largest)),
            _ => Err(Refusal::FieldInvalid {
                field: "largest_list",
                expected: "from 2 to 100",
            }),
        }
    }
}

/// What is known of a question to a provider.
pub async fn asking(db: &Db, provider: ProviderId, action: AskedAction) -> Result<Asking> {
    store::read(db.read(), provider, action).await
}

/// What is known of every question to a provider, in the order of [`AskedAction::ALL`]; of one that
/// was never asked nothing is.
pub async fn askings(
    on: &impl ConnectionTrait,
    provider: ProviderId,
) -> Result<Vec<(AskedAction, Asking)>> {
    let mut known = store::list(on, provider).await?;
    let all = AskedAction::ALL.iter();
    Ok(all
        .map(|action| (*action, known.remove(action).unwrap_or_default()))
        .collect())
}

/// Has a question to a provider, whose row is locked, asked as an operator wants it.
pub(super) async fn set_in_tx(
    tx: &Tx,
    provider: ProviderId,
    action: AskedAction,
    way: WayToAsk,
) -> Result<()> {
    let known = store::read(tx, provider, action).await?;
    let nothing_learned = Asking {
        failing_since: known.failing_since,
        failure: known.failure,
        alerted_at: known.alerted_at,
        ..Asking::default()
    };
    let (many, largest, one, is_set) = match way {
        // Where one id goes may be known by now.
        WayToAsk::Lists(largest) => (Some(Many::Works), Some(largest), known.one, true),
        WayToAsk::OneByOne(one) => (Some(Many::Refused), None, Some(one), true),
        WayToAsk::Learned => (None, None, None, false),
    };
    let asking = Asking {
        many,
        largest,
        one,
        is_set,
        ..nothing_learned
    };
    store::write(tx, provider, action, &asking).await
}

/// Writes what was learned of a question to a provider since it was `known`. What an operator has set
/// meanwhile stays.
pub(crate) async fn write_learned(
    panel: &Panel,
    provider: ProviderId,
    action: AskedAction,
    known: &Asking,
    learned: Asking,
) -> Result<()> {
    let tx = panel.db.begin().await?;
    // Who sets it holds the same lock.
    lock_provider(&tx, &panel.secrets, provider).await?;
    let stored = store::read(&tx, provider, action).await?;
    let asking = if stored.is_set || known.is_set {
        Asking {
            failing_since: learned.failing_since,
            failure: learned.failure,
            alerted_at: learned.alerted_at,
            ..stored
        }
    } else {
        learned
    };
    store::write(&tx, provider, action, &asking).await?;
    tx.commit().await?;
    Ok(())
}

/// A row of the store: everything from the column `first` on.
pub(super) fn read_row(row: &QueryResult, first: usize) -> Result<Asking> {
    let word =
        |column: usize| -> Result<Option<String>> { Ok(row.try_get_by_index(first + column)?) };
    Ok(Asking {
        many: word(0)?.as_deref().and_then(Many::from_word),
        largest: row.try_get_by_index(first + 1)?,
        one: word(2)?.as_deref().and_then(OneId::from_word),
        learned_at: row.try_get_by_index(first + 3)?,
        learned_from: row.try_get_by_index(first + 4)?,
        is_set: row.try_get_by_index(first + 5)?,
        failing_since: row.try_get_by_index(first + 6)?,
        failure: row.try_get_by_index(first + 7)?,
        alerted_at: row.try_get_by_index(first + 8)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = LEARNED_FOR_MS;

    fn at(ms: i64) -> Time {
        Time::from_ms(ms)
    }

    #[test]
    fn what_was_learned_against_lists_holds_for_a_day() {
        let mut asking = Asking::default();
        assert_eq!(asking.list_size(at(0)), MAX_IDS);
        asking.learn_many(at(0), Many::Refused, None, "a refusal".to_owned());
        assert_eq!(asking.list_size(at(DAY - 1)), 1);
        assert_eq!(asking.list_size(at(DAY)), MAX_IDS);
        asking.learn_many(at(DAY), Many::Refused, None, "a refusal".to_owned());
        assert_eq!(asking.list_size(at(2 * DAY - 1)), 1);
        asking.learn_many(
            at(2 * DAY),
            Many::Works,
            Some(20),
            "a list of 20".to_owned(),
        );
        assert_eq!(asking.list_size(at(2 * DAY + 5)), 20);
        assert_eq!(asking.list_size(at(3 * DAY)), MAX_IDS);
        let set = Asking {
            many: Some(Many::Refused),
            is_set: true,
            ..Asking::default()
        };
        assert_eq!(set.list_size(at(9 * DAY)), 1);
    }

    #[test]
    fn what_an_operator_has_set_is_not_learned_over() {
        let mut asking = Asking {
            many: Some(Many::Works),
            one: Some(OneId::Singular),
            is_set: true,
            ..Asking::default()
        };
        let set = asking.clone();
        asking.learn_many(at(0), Many::Refused, None, "x".to_owned());
        asking.learn_one(at(0), OneId::Plural);
        assert_eq!(asking, set);
    }

    #[test]
    fn an_operator_is_told_after_an_hour_or_at_once_and_then_once_a_day() {
        let mut asking = Asking::default();
        let why = Some("time-out");
        assert_eq!(asking.note_failure(at(0), why, false), None);
        assert_eq!(asking.note_failure(at(FAILING_MS - 1), why, false), None);
        assert_eq!(asking.note_failure(at(FAILING_MS), why, false), Some(at(0)));
        assert_eq!(asking.note_failure(at(FAILING_MS + 1), why, true), None);
        assert_eq!(
            asking.note_failure(at(FAILING_MS + DAY), why, false),
            Some(at(0))
        );
        assert_eq!(asking.note_failure(at(3 * DAY), None, false), None);
        assert_eq!(asking.failing_since, None);
        let refused = Some("no such method");
        assert_eq!(
            asking.note_failure(at(5 * DAY), refused, true),
            Some(at(5 * DAY))
        );
    }
}
