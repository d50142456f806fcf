//! The phrasebook as JSON.

use poem_openapi::Object;
use serde::Serialize;

use crate::clock::Time;
use crate::http::operator::dispatches::UncertainDispatch;
use crate::money::Money;
use crate::orders::{self, PhraseExit};
use crate::phrases::{self, Class, DecisionState, Deed, Origin, PhraseKind};

/// What a provider said, and what it means.
#[derive(Debug, Object, Serialize)]
pub(super) struct Phrase {
    /// Its number.
    phrase_id: i64,
    /// The provider that said it; absent for what holds for every provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_id: Option<i64>,
    /// That provider's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_name: Option<String>,
    /// Whether it refuses, or is a status.
    kind: PhraseKind,
    /// The normalised sentence by which answers are compared, or the folded word.
    phrase: String,
    /// One as it was seen, at most 500 characters.
    example: String,
    /// What it means; absent while nobody has sorted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<Class>,
    /// Whose sorting says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<Origin>,
    /// Who sorted it here, such as `operator:3`.
    #[serde(skip_serializing_if = "Option::is_none")]
    sorted_by: Option<String>,
    /// When that took effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    sorted_at: Option<Time>,
    /// Why it was sorted so, or where it is known from.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    /// How often it was seen; written once a minute.
    times_seen: i64,
    /// When it was seen first.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_seen: Option<Time>,
    /// When it was seen last.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_seen: Option<Time>,
}

impl From<phrases::Phrase> for Phrase {
    fn from(phrase: phrases::Phrase) -> Phrase {
        let meaning = phrase.meaning();
        let sorting = phrase.sorting;
        Phrase {
            phrase_id: phrase.id.0,
            provider_id: phrase.provider.map(|provider| provider.0),
            provider_name: phrase.provider_name,
            kind: phrase.kind,
            phrase: phrase.phrase,
            example: phrase.example,
            class: meaning.map(|(class, _)| class),
            origin: meaning.map(|(_, origin)| origin),
            sorted_by: sorting.as_ref().map(|sorting| sorting.by.clone()),
            sorted_at: sorting.as_ref().map(|sorting| sorting.at),
            source: sorting.and_then(|sorting| sorting.source),
            times_seen: phrase.times_seen,
            first_seen: phrase.first_seen,
            last_seen: phrase.last_seen,
        }
    }
}

/// A page of phrases.
#[derive(Debug, Object, Serialize)]
pub(super) struct PhrasePage {
    /// In the order of their numbers.
    pub(super) phrases: Vec<Phrase>,
    /// The `cursor` of the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_cursor: Option<String>,
}

/// What waits on a phrase.
#[derive(Debug, Object, Serialize)]
struct PhraseWaiting {
    /// How many orders; of a status, how many have it.
    orders: i64,
    /// What they hold, in USD.
    held: Money,
    /// Since when the oldest waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    oldest: Option<Time>,
    /// How many of them their customers asked to cancel.
    canceled: i64,
    /// How many of those are drip-feeds.
    canceled_drip_feeds: i64,
}

impl From<phrases::Waiting> for PhraseWaiting {
    fn from(waiting: phrases::Waiting) -> PhraseWaiting {
        PhraseWaiting {
            orders: waiting.orders,
            held: waiting.held,
            oldest: waiting.oldest,
            canceled: waiting.canceled,
            canceled_drip_feeds: waiting.canceled_drip_feeds,
        }
    }
}

/// One sentence of one provider that orders wait on.
#[derive(Debug, Object, Serialize)]
pub(super) struct PhraseWorkItem {
    /// The sentence.
    phrase: Phrase,
    /// What waits on it.
    waiting: PhraseWaiting,
    /// The decision about it, or about it for all providers, that has not taken effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    open_decision_id: Option<i64>,
}

impl From<phrases::WorkItem> for PhraseWorkItem {
    fn from(item: phrases::WorkItem) -> PhraseWorkItem {
        PhraseWorkItem {
            phrase: item.phrase.into(),
            waiting: item.waiting.into(),
            open_decision_id: item.open_decision.map(|open| open.id.0),
        }
    }
}

/// Everything that waits.
#[derive(Debug, Object, Serialize)]
pub(super) struct PhraseWorkList {
    /// The most urgent first.
    pub(super) work_items: Vec<PhraseWorkItem>,
}

/// What a decision would do with the parked dispatches of the orders that wait: how many of them, and
/// what their orders hold.
#[derive(Debug, Object, Serialize)]
struct PhraseOutlook {
    /// Sent again to the same provider, at once or when the link is free.
    sent_again: i64,
    /// What the orders of those hold, in USD.
    sent_again_held: Money,
    /// Sent to the service's next provider.
    next_provider: i64,
    /// What the orders of those hold, in USD.
    next_provider_held: Money,
    /// Rejected: refunded when the order ends, which is at once unless it has other runs.
    rejected: i64,
    /// What the orders of those hold, in USD.
    rejected_held: Money,
    /// Canceled instead of being sent: the customer asked for it, or the account is suspended.
    canceled: i64,
    /// What the orders of those hold, in USD.
    canceled_held: Money,
    /// Followed at the provider, under the id that was seen.
    accepted: i64,
    /// What the orders of those hold, in USD.
    accepted_held: Money,
    /// Left parked, for a decision about each.
    stays: i64,
    /// What the orders of those hold, in USD.
    stays_held: Money,
}

impl From<orders::Outlook> for PhraseOutlook {
    fn from(outlook: orders::Outlook) -> PhraseOutlook {
        PhraseOutlook {
            sent_again: outlook.sent_again.runs,
            sent_again_held: outlook.sent_again.held,
            next_provider: outlook.next_provider.runs,
            next_provider_held: outlook.next_provider.held,
            rejected: outlook.rejected.runs,
            rejected_held: outlook.rejected.held,
            canceled: outlook.canceled.runs,
            canceled_held: outlook.canceled.held,
            accepted: outlook.accepted.runs,
            accepted_held: outlook.accepted.held,
            stays: outlook.stays.runs,
            stays_held: outlook.stays.held,
        }
    }
}

/// The orders that are asked about again.
#[derive(Debug, Object, Serialize)]
struct PhraseOrdersAsked {
    /// How many.
    orders: i64,
    /// What they hold, in USD.
    held: Money,
}

/// What a class would do.
#[derive(Debug, Object, Serialize)]
struct PhraseClassOutlook {
    /// The class.
    class: Class,
    /// What becomes of what waits; absent of a status, whose orders are asked about again.
    #[serde(skip_serializing_if = "Option::is_none")]
    outlook: Option<PhraseOutlook>,
    /// Of a status: the orders that are asked about again at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    asked_again: Option<PhraseOrdersAsked>,
}

/// What a decision about the orders alone would do.
#[derive(Debug, Object, Serialize)]
struct PhraseResolutionOutlook {
    /// The decision.
    decision: PhraseExit,
    /// What becomes of what waits.
    outlook: PhraseOutlook,
}

/// A phrase with what can be decided about it.
#[derive(Debug, Object, Serialize)]
pub(super) struct PhrasePreview {
    /// The phrase.
    phrase: Phrase,
    /// What waits on it.
    waiting: PhraseWaiting,
    /// The oldest dispatches that wait on it, at most 100: what its provider is asked about.
    dispatches: Vec<UncertainDispatch>,
    /// How many dispatches wait on it.
    dispatch_count: i64,
    /// The classes that it can be sorted as, with what each would do.
    classes: Vec<PhraseClassOutlook>,
    /// The decisions about the orders alone, with what each would do.
    resolutions: Vec<PhraseResolutionOutlook>,
    /// Whether everything that waits was counted; of more than 10,000 dispatches the first are.
    complete: bool,
    /// The decision about it, or about it for all providers, that has not taken effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    open_decision_id: Option<i64>,
}

impl From<phrases::PhraseView> for PhrasePreview {
    fn from(view: phrases::PhraseView) -> PhrasePreview {
        let outlooks = view.outlooks;
        let (waiting, held) = (outlooks.waiting.orders, outlooks.waiting.held);
        let class = |(class, outlook): (Class, Option<orders::Outlook>)| PhraseClassOutlook {
            class,
            asked_again: outlook.is_none().then_some(PhraseOrdersAsked {
                orders: waiting,
                held,
            }),
            outlook: outlook.map(PhraseOutlook::from),
        };
        let exit = |(decision, outlook): (PhraseExit, orders::Outlook)| PhraseResolutionOutlook {
            decision,
            outlook: outlook.into(),
        };
        let dispatches = view.to_ask.dispatches.into_iter();
        PhrasePreview {
            phrase: view.phrase.into(),
            waiting: outlooks.waiting.into(),
            dispatches: dispatches.map(UncertainDispatch::from).collect(),
            dispatch_count: view.to_ask.count,
            classes: outlooks.by_class.into_iter().map(class).collect(),
            resolutions: outlooks.by_exit.into_iter().map(exit).collect(),
            complete: outlooks.is_whole,
            open_decision_id: view.open_decision.map(|open| open.id.0),
        }
    }
}

/// A decision about a phrase.
#[derive(Debug, Object, Serialize)]
pub(super) struct PhraseDecision {
    /// Its number.
    decision_id: i64,
    /// What it is about.
    deed: Deed,
    /// The phrase.
    phrase_id: i64,
    /// Whether that refuses, or is a status.
    kind: PhraseKind,
    /// One as it was seen.
    example: String,
    /// For which provider; absent for every one that has no sorting of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_id: Option<i64>,
    /// That provider's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_name: Option<String>,
    /// The class, or what becomes of the orders.
    decision: String,
    /// Only orders that wait since this time or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Time>,
    /// Only orders that wait since before this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Time>,
    /// Why.
    reason: String,
    /// How many orders waited when it was decided.
    orders: i64,
    /// What they held, in USD.
    held: Money,
    /// Where it stands.
    state: DecisionState,
    /// Who decided, such as `operator:3`.
    decided_by: String,
    /// When.
    decided_at: Time,
    /// Who confirmed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed_by: Option<String>,
    /// When it was confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed_at: Option<Time>,
    /// When it takes effect; absent while it has to be confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    effective_at: Option<Time>,
    /// When it took effect or was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Time>,
    /// Who took it back; `panel` where it took effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_by: Option<String>,
    /// When nothing was left to do about the orders that waited.
    #[serde(skip_serializing_if = "Option::is_none")]
    done_at: Option<Time>,
}

impl From<phrases::Decision> for PhraseDecision {
    fn from(decision: phrases::Decision) -> PhraseDecision {
        PhraseDecision {
            decision_id: decision.id.0,
            deed: decision.deed,
            phrase_id: decision.phrase_id.0,
            kind: decision.kind,
            example: decision.example,
            provider_id: decision.provider.map(|provider| provider.0),
            provider_name: decision.provider_name,
            decision: decision.word,
            since: decision.since,
            until: decision.until,
            reason: decision.reason,
            orders: decision.orders,
            held: decision.held,
            state: decision.state,
            decided_by: decision.decided_by,
            decided_at: decision.decided_at,
            confirmed_by: decision.confirmed_by,
            confirmed_at: decision.confirmed_at,
            effective_at: decision.effective_at,
            ended_at: decision.ended_at,
            ended_by: decision.ended_by,
            done_at: decision.done_at,
        }
    }
}

/// A page of decisions.
#[derive(Debug, Object, Serialize)]
pub(super) struct PhraseDecisionPage {
    /// Oldest first.
    pub(super) decisions: Vec<PhraseDecision>,
    /// The `cursor` of the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_cursor: Option<String>,
}

/// A sentence that comes with the program.
#[derive(Debug, Object, Serialize)]
pub(super) struct ShippedPhrase {
    /// Whether it refuses, or is a status.
    kind: PhraseKind,
    /// What it means.
    class: Class,
    /// Its language.
    language: String,
    /// The sentence.
    sentence: String,
    /// Where it was seen.
    source: String,
}

impl From<&phrases::ShippedPhrase> for ShippedPhrase {
    fn from(shipped: &phrases::ShippedPhrase) -> ShippedPhrase {
        ShippedPhrase {
            kind: shipped.kind,
            class: shipped.class,
            language: shipped.language.clone(),
            sentence: shipped.sentence.clone(),
            source: shipped.source.clone(),
        }
    }
}

/// The sentences that come with the program.
#[derive(Debug, Object, Serialize)]
pub(super) struct ShippedPhraseList {
    /// In the order of the program's file.
    pub(super) shipped_phrases: Vec<ShippedPhrase>,
}

/// The phrasebook as a file.
#[derive(Debug, Object, Serialize)]
pub(super) struct PhraseFile {
    /// CSV with the columns provider, kind, class, language, sentence, source and phrase.
    pub(super) csv: String,
}

/// A row of a file that was not taken.
#[derive(Debug, Object, Serialize)]
struct PhraseRowRefused {
    /// Its number in the file, where the heading is 1.
    row: i64,
    /// Why.
    message: String,
}

/// What became of an import.
#[derive(Debug, Object, Serialize)]
pub(super) struct PhraseImport {
    /// Rows that were sorted, for answers to come.
    sorted: i64,
    /// Rows that were sorted so already.
    unchanged: i64,
    /// Rows that orders wait on: decisions that take effect after their delay.
    decided: i64,
    /// Rows that were not taken.
    refused: Vec<PhraseRowRefused>,
}

impl From<phrases::Imported> for PhraseImport {
    fn from(imported: phrases::Imported) -> PhraseImport {
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let refused = imported.refused.into_iter();
        PhraseImport {
            sorted: count(imported.sorted),
            unchanged: count(imported.unchanged),
            decided: count(imported.decided),
            refused: refused
                .map(|(row, message)| PhraseRowRefused {
                    row: i64::try_from(row).unwrap_or(i64::MAX),
                    message,
                })
                .collect(),
        }
    }
}
