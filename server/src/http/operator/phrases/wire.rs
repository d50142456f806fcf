//! The phrasebook as JSON.

use poem_openapi::Object;
use serde::Serialize;

use crate::clock::Time;
use crate::http::operator::dispatches::UncertainDispatch;
use crate::money::Money;
use crate::orders::{self, PhraseExit};
use crate::phrases::{self, Class, DecisionState, Deed, Origin, PhraseKind};

/// A sentence or a status word of a provider, and what it means.
#[derive(Debug, Object, Serialize)]
pub(super) struct Phrase {
    /// The number of the phrase, unique in this panel.
    phrase_id: i64,
    /// The number of the provider that used the phrase; absent if the phrase is for all providers.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_id: Option<i64>,
    /// The name of the provider; absent if the phrase is for all providers.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_name: Option<String>,
    /// Whether the phrase is a refusal or a status word.
    kind: PhraseKind,
    /// The normalised sentence, by which answers are compared, or the folded status word.
    phrase: String,
    /// One original spelling of the phrase, at most 500 characters.
    example: String,
    /// The class, which says what the phrase means for an order; absent if it has none yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<Class>,
    /// Where the class comes from; absent if the phrase has no class.
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<Origin>,
    /// Who gave the class here, such as `operator:3`; absent if nobody has.
    #[serde(skip_serializing_if = "Option::is_none")]
    sorted_by: Option<String>,
    /// When the class took effect, UTC; absent if no operator gave one.
    #[serde(skip_serializing_if = "Option::is_none")]
    sorted_at: Option<Time>,
    /// Why the class was given, or from where it is known; absent if that is not recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    /// The number of times that the phrase was seen; updated once a minute.
    times_seen: i64,
    /// When the phrase was first seen, UTC; absent if it never was.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_seen: Option<Time>,
    /// When the phrase was last seen, UTC; absent if it never was.
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

/// One page of the list of phrases.
#[derive(Debug, Object, Serialize)]
pub(super) struct PhrasePage {
    /// The phrases of this page, in ascending order of `phrase_id`.
    pub(super) phrases: Vec<Phrase>,
    /// The `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_cursor: Option<String>,
}

/// The orders that wait on a phrase.
#[derive(Debug, Object, Serialize)]
struct PhraseWaiting {
    /// The number of orders that wait on the sentence, or that have the status word.
    orders: i64,
    /// The amount that these orders hold, in USD with 2 to 9 decimals.
    held: Money,
    /// Since when the oldest of these orders has waited, UTC; absent if it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    oldest: Option<Time>,
    /// The number of these orders whose customers requested a cancel.
    canceled: i64,
    /// The number of drip-feeds among the orders with a requested cancel.
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

/// One phrase of one provider that orders wait on.
#[derive(Debug, Object, Serialize)]
pub(super) struct PhraseWorkItem {
    /// The phrase that the orders wait on.
    phrase: Phrase,
    /// The orders that wait on the phrase.
    waiting: PhraseWaiting,
    /// The number of the decision about the phrase, for its provider or for all, that has not taken effect;
    /// absent if there is none.
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

/// All phrases that orders wait on.
#[derive(Debug, Object, Serialize)]
pub(super) struct PhraseWorkList {
    /// The phrases with their waiting orders, the most urgent first.
    pub(super) work_items: Vec<PhraseWorkItem>,
}

/// The effects of a decision on the parked dispatches of the waiting orders: the number of dispatches, and
/// the amount that their orders hold.
#[derive(Debug, Object, Serialize)]
struct PhraseOutlook {
    /// The number of dispatches sent again to the same provider, at once or when the link is free.
    sent_again: i64,
    /// The amount that the orders of the dispatches sent again hold, in USD with 2 to 9 decimals.
    sent_again_held: Money,
    /// The number of dispatches sent to the service's next provider.
    next_provider: i64,
    /// The amount that the orders of these dispatches hold, in USD with 2 to 9 decimals.
    next_provider_held: Money,
    /// The number of rejected dispatches: refunded when the order ends, at once if it has no other runs.
    rejected: i64,
    /// The amount that the orders of the rejected dispatches hold, in USD with 2 to 9 decimals.
    rejected_held: Money,
    /// The number of dispatches canceled for a customer's cancel or a suspension, instead of being sent.
    canceled: i64,
    /// The amount that the orders of the canceled dispatches hold, in USD with 2 to 9 decimals.
    canceled_held: Money,
    /// The number of dispatches followed at the provider, under the id in its answer.
    accepted: i64,
    /// The amount that the orders of the accepted dispatches hold, in USD with 2 to 9 decimals.
    accepted_held: Money,
    /// The number of dispatches that stay parked, for a decision about each.
    stays: i64,
    /// The amount that the orders of the parked dispatches hold, in USD with 2 to 9 decimals.
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

/// The orders about which the provider is asked again.
#[derive(Debug, Object, Serialize)]
struct PhraseOrdersAsked {
    /// The number of orders about which the provider is asked again.
    orders: i64,
    /// The amount that these orders hold, in USD with 2 to 9 decimals.
    held: Money,
}

/// The effects of one class on the waiting orders.
#[derive(Debug, Object, Serialize)]
struct PhraseClassOutlook {
    /// The class whose effects are shown.
    class: Class,
    /// The effects on the waiting dispatches; absent for a status word.
    #[serde(skip_serializing_if = "Option::is_none")]
    outlook: Option<PhraseOutlook>,
    /// The orders about which the provider is asked again at once; only for a status word.
    #[serde(skip_serializing_if = "Option::is_none")]
    asked_again: Option<PhraseOrdersAsked>,
}

/// The effects of one decision about the waiting orders alone.
#[derive(Debug, Object, Serialize)]
struct PhraseResolutionOutlook {
    /// The decision whose effects are shown.
    decision: PhraseExit,
    /// The effects of the decision on the waiting dispatches.
    outlook: PhraseOutlook,
}

/// A phrase with the possible decisions about it and their effects.
#[derive(Debug, Object, Serialize)]
pub(super) struct PhrasePreview {
    /// The phrase itself, with its class.
    phrase: Phrase,
    /// The orders that wait on the phrase.
    waiting: PhraseWaiting,
    /// The oldest dispatches that wait on the phrase, at most 100, to ask the provider about.
    dispatches: Vec<UncertainDispatch>,
    /// The number of all dispatches that wait on the phrase.
    dispatch_count: i64,
    /// The classes that can be given to the phrase, with the effects of each.
    classes: Vec<PhraseClassOutlook>,
    /// The possible decisions about the waiting orders alone, with the effects of each.
    resolutions: Vec<PhraseResolutionOutlook>,
    /// Whether all waiting dispatches were counted: of more than 10000, only the first are.
    complete: bool,
    /// The number of the decision about the phrase, for its provider or for all, that has not taken effect;
    /// absent if there is none.
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

/// A decision about a phrase or about its waiting orders.
#[derive(Debug, Object, Serialize)]
pub(super) struct PhraseDecision {
    /// The number of the decision, unique in this panel.
    decision_id: i64,
    /// Whether the decision gives a class to the phrase, or decides its waiting orders.
    deed: Deed,
    /// The number of the phrase that the decision is about.
    phrase_id: i64,
    /// Whether the phrase is a refusal or a status word.
    kind: PhraseKind,
    /// One original spelling of the phrase.
    example: String,
    /// The number of the provider; absent for all providers that have no class of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_id: Option<i64>,
    /// The name of the provider; absent if the decision is for all providers.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_name: Option<String>,
    /// The class that is given, or what is done with the orders.
    decision: String,
    /// Only orders that have waited since this time or a later one, UTC; absent for no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Time>,
    /// Only orders that have waited since before this time, UTC; absent for no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Time>,
    /// The reason that the operator gave for the decision.
    reason: String,
    /// The number of orders that waited when the decision was made.
    orders: i64,
    /// The amount that these orders held, in USD with 2 to 9 decimals.
    held: Money,
    /// The state of the decision: `to_confirm`, `pending`, `applied` or `undone`.
    state: DecisionState,
    /// Who made the decision, such as `operator:3`.
    decided_by: String,
    /// When the decision was made, UTC.
    decided_at: Time,
    /// Who confirmed the decision; absent if nobody has.
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed_by: Option<String>,
    /// When the decision was confirmed, UTC; absent if it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed_at: Option<Time>,
    /// When the decision takes effect, UTC; absent while it waits for a confirmation.
    #[serde(skip_serializing_if = "Option::is_none")]
    effective_at: Option<Time>,
    /// When the decision took effect or was undone, UTC; absent before that.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Time>,
    /// Who undid the decision, or `panel` if it took effect; absent before that.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_by: Option<String>,
    /// When all waiting orders had been processed, UTC; absent before that.
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

/// One page of the list of decisions.
#[derive(Debug, Object, Serialize)]
pub(super) struct PhraseDecisionPage {
    /// The decisions of this page, oldest first.
    pub(super) decisions: Vec<PhraseDecision>,
    /// The `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_cursor: Option<String>,
}

/// A phrase that is built into the program.
#[derive(Debug, Object, Serialize)]
pub(super) struct ShippedPhrase {
    /// Whether the phrase is a refusal or a status word.
    kind: PhraseKind,
    /// The class, which says what the phrase means for an order.
    class: Class,
    /// The language in which the phrase is written.
    language: String,
    /// The text of the phrase as it is compared.
    sentence: String,
    /// Where the phrase was found.
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

/// The phrases that are built into the program.
#[derive(Debug, Object, Serialize)]
pub(super) struct ShippedPhraseList {
    /// The phrases in the order of the program's file.
    pub(super) shipped_phrases: Vec<ShippedPhrase>,
}

/// The phrases as a CSV file.
#[derive(Debug, Object, Serialize)]
pub(super) struct PhraseFile {
    /// The CSV text with the columns provider, kind, class, language, sentence, source and phrase.
    pub(super) csv: String,
}

/// A row of the file that was not imported.
#[derive(Debug, Object, Serialize)]
struct PhraseRowRefused {
    /// The number of the row in the file, where the heading is row 1.
    row: i64,
    /// Why the row was not imported.
    message: String,
}

/// The result of an import of phrases.
#[derive(Debug, Object, Serialize)]
pub(super) struct PhraseImport {
    /// The number of rows whose phrase got its class.
    sorted: i64,
    /// The number of rows whose phrase already had the class.
    unchanged: i64,
    /// The number of rows that became decisions, because orders wait on their phrases.
    decided: i64,
    /// The rows that were not imported, each with the reason.
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
