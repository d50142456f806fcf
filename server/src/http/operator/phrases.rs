//! The phrasebook: what providers say, what it means, and what becomes of the orders that wait on it.

use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use serde::Deserialize;

use super::Tag;
use super::refusals::{Changing, Listing, Reading};
use super::staff::{Operator, Staff};
use crate::clock::Time;
use crate::http::typed::paging::{cut, limit_of, number_of, page, period};
use crate::http::typed::payload::{Answer, JsonBody, OptionalJsonBody};
use crate::http::typed::problem::Fault;
use crate::ids::{PhraseDecisionId, PhraseId, ProviderId};
use crate::orders::PhraseExit;
use crate::panel::Panel;
use crate::phrases::{
    self, Class, DecisionFilter, NewResolution, NewSorting, PhraseFilter, PhraseKind, list_phrases,
    list_work_items, read_phrase, shipped_phrases,
};

mod wire;

use wire::{
    Phrase, PhraseDecision, PhraseDecisionPage, PhraseFile, PhraseImport, PhrasePage,
    PhrasePreview, PhraseWorkItem, PhraseWorkList, ShippedPhrase, ShippedPhraseList,
};

/// Serves the phrasebook.
pub(super) struct Phrases {
    pub(super) panel: Panel,
}

/// A sentence or a status word to add before a provider uses it.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPhrase {
    /// The number of the provider that uses the phrase; absent for all providers.
    provider_id: Option<i64>,
    /// Whether the phrase is a refusal or a status word.
    kind: PhraseKind,
    /// The whole sentence or word: 1 to 2000 printable characters.
    sentence: String,
}

/// The class to give to a phrase.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct PhraseSorting {
    /// The class, which says what the phrase means for an order.
    class: Class,
    /// Whether the class applies to all providers for which the phrase has no class of its own; `false` if it
    /// is absent.
    for_all: Option<bool>,
    /// The reason, for the audit log: 1 to 1000 printable characters.
    reason: String,
    /// The exact number of orders that wait on the phrase. If it is given, the decision takes effect at once;
    /// if not, after the setting `phrase_apply_ms`.
    orders: Option<i64>,
}

/// What to do with the orders that wait on a sentence, after the provider was asked.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct PhraseResolutionGiven {
    /// The outcome for the orders: `send_again`, `next_provider`, `refund` or `accepted`.
    decision: PhraseExit,
    /// Only orders that have waited since this time or a later one, UTC; absent for no limit.
    since: Option<Time>,
    /// Only orders that have waited since before this time, UTC; absent for no limit.
    until: Option<Time>,
    /// How the outcome was found out, for the audit log: 1 to 1000 printable characters.
    reason: String,
    /// The exact number of orders that the decision is about.
    orders: i64,
}

/// The confirmation of a decision by a second operator.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct PhraseConfirmation {
    /// The exact number of orders that wait. If it is given, the decision takes effect at once.
    orders: Option<i64>,
}

/// A file of phrases to import.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct PhraseImportGiven {
    /// The file as CSV with the columns that `phrase_export` writes; `class` and `sentence` are required.
    csv: String,
    /// The reason, for the audit log: 1 to 1000 printable characters.
    reason: String,
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Phrases")]
impl Phrases {
    /// List phrases
    ///
    /// The sentences and status words of providers, each once for each provider, with its class and how often
    /// it was seen. Filters are combined.
    #[oai(path = "/phrases", method = "get", operation_id = "phrase_list")]
    #[expect(clippy::too_many_arguments, reason = "one per filter")]
    async fn list(
        &self,
        _staff: Staff,
        /// Lists only phrases without a class if `true`.
        unsorted: Query<Option<bool>>,
        /// Lists only phrases of this kind.
        kind: Query<Option<PhraseKind>>,
        /// Lists only phrases of the provider of this number.
        provider_id: Query<Option<i64>>,
        /// Lists only phrases that were first seen at this time or later, UTC.
        created_from: Query<Option<Time>>,
        /// Lists only phrases that were first seen before this time, UTC.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the previous page; absent for the first page.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// The maximum number of phrases in a page, from 1 to 1000; 100 if it is absent.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<PhrasePage>, Fault<Listing>> {
        let filter = PhraseFilter {
            unsorted: unsorted.0.unwrap_or_default(),
            kind: kind.0,
            provider: provider_id.0.map(ProviderId),
            first_seen: period(created_from, created_before),
        };
        let (after, limit) = (PhraseId(number_of(cursor.0)), limit_of(limit.0));
        let mut found = list_phrases(&self.panel, &filter, after, limit + 1).await?;
        let has_more = cut(&mut found, limit);
        let last = found.last().filter(|_| has_more).map(|last| last.id);
        Ok(Answer(PhrasePage {
            next_cursor: last.map(|last| last.to_string()),
            phrases: found.into_iter().map(Phrase::from).collect(),
        }))
    }

    /// List the phrases that orders wait on
    ///
    /// Each sentence and each status word without a class once for each provider, however many orders wait on
    /// it: first those with drip-feeds whose customer canceled, then those without a class, then the oldest.
    #[oai(
        path = "/phrase-work-items",
        method = "get",
        operation_id = "phrase_work_item_list"
    )]
    async fn work_items(&self, _staff: Staff) -> Result<Answer<PhraseWorkList>, Fault<Listing>> {
        let items = list_work_items(&self.panel).await?;
        Ok(Answer(PhraseWorkList {
            work_items: items.into_iter().map(PhraseWorkItem::from).collect(),
        }))
    }

    /// List the built-in phrases
    ///
    /// The phrases that the program ships, with the language and the source of each. The class that an
    /// operator gives takes precedence.
    #[oai(
        path = "/shipped-phrases",
        method = "get",
        operation_id = "shipped_phrase_list"
    )]
    async fn shipped(&self, _staff: Staff) -> Result<Answer<ShippedPhraseList>, Fault<Listing>> {
        let shipped = shipped_phrases().iter().map(ShippedPhrase::from);
        Ok(Answer(ShippedPhraseList {
            shipped_phrases: shipped.collect(),
        }))
    }

    /// Add a phrase
    ///
    /// A sentence or a status word that no provider has used yet, so that it can be given a class. A phrase
    /// that is already known is returned as it is.
    #[oai(path = "/phrases", method = "post", operation_id = "phrase_add")]
    async fn add(
        &self,
        operator: Operator,
        phrase: JsonBody<NewPhrase>,
    ) -> Result<Answer<Phrase, 201>, Fault<Changing>> {
        let NewPhrase {
            provider_id,
            kind,
            sentence,
        } = phrase.0;
        let provider = provider_id.map(ProviderId);
        let (panel, actor) = (&self.panel, &operator.0);
        let added = phrases::add_phrase(panel, actor, provider, kind, &sentence).await?;
        Ok(Answer(added.into()))
    }

    /// Read a phrase
    ///
    /// Includes the orders that wait on it, the amount that they hold, and what each class would do with
    /// them.
    #[oai(
        path = "/phrases/:phrase_id",
        method = "get",
        operation_id = "phrase_view"
    )]
    async fn view(
        &self,
        _staff: Staff,
        /// The number of the phrase, which `phrase_list` gives as `phrase_id`.
        phrase_id: Path<i64>,
        /// Whether to show the effects of a decision for all providers; `false` if it is absent.
        for_all: Query<Option<bool>>,
    ) -> Result<Answer<PhrasePreview>, Fault<Reading>> {
        let for_all = for_all.0.unwrap_or_default();
        let view = read_phrase(&self.panel, PhraseId(phrase_id.0), for_all).await?;
        Ok(Answer(view.into()))
    }

    /// Sort a phrase
    ///
    /// Gives a class to a phrase. Once the decision takes effect, answers with this phrase mean `class`, and
    /// the orders that wait on this phrase alone proceed accordingly: an order that was canceled, or whose
    /// account is suspended, ends instead of being sent. The decision takes effect after a delay and can be
    /// undone until then. It takes effect at once if `orders` is the exact number of waiting orders: then the
    /// answer is `applied`, and the orders follow within moments. Above the setting
    /// `phrase_second_person_usd` of held money, a second operator must confirm it. A sentence that reports a
    /// fault of the provider's software can only be sorted as `server_fault`.
    #[oai(
        path = "/phrases/:phrase_id/sorting",
        method = "post",
        operation_id = "phrase_sort"
    )]
    async fn sort(
        &self,
        operator: Operator,
        /// The number of the phrase, which `phrase_list` gives as `phrase_id`.
        phrase_id: Path<i64>,
        sorting: JsonBody<PhraseSorting>,
    ) -> Result<Answer<PhraseDecision>, Fault<Changing>> {
        let new = NewSorting {
            phrase: PhraseId(phrase_id.0),
            class: sorting.0.class,
            for_all: sorting.0.for_all.unwrap_or_default(),
            reason: sorting.0.reason,
            orders: sorting.0.orders,
        };
        let decision = phrases::sort_phrase(&self.panel, &operator.0, &new).await?;
        Ok(Answer(decision.into()))
    }

    /// Decide the orders that wait on a sentence
    ///
    /// Decides all waiting orders of one provider, or those of a period, without giving a class to the
    /// sentence. If the sentence reports a fault of the provider's software, ask the provider first whether
    /// it accepted the orders. An order for which an answer gave an id can be decided as `accepted` only;
    /// other orders stay on the list of dispatches.
    #[oai(
        path = "/phrases/:phrase_id/resolution",
        method = "post",
        operation_id = "phrase_resolve"
    )]
    async fn resolve(
        &self,
        operator: Operator,
        /// The number of the phrase, which `phrase_list` gives as `phrase_id`.
        phrase_id: Path<i64>,
        resolution: JsonBody<PhraseResolutionGiven>,
    ) -> Result<Answer<PhraseDecision>, Fault<Changing>> {
        let PhraseResolutionGiven {
            decision,
            since,
            until,
            reason,
            orders,
        } = resolution.0;
        let new = NewResolution {
            phrase: PhraseId(phrase_id.0),
            exit: decision,
            since,
            until,
            reason,
            orders,
        };
        let decision = phrases::resolve_waiting(&self.panel, &operator.0, &new).await?;
        Ok(Answer(decision.into()))
    }

    /// List decisions about phrases
    ///
    /// Oldest first. Filters are combined.
    #[oai(
        path = "/phrase-decisions",
        method = "get",
        operation_id = "phrase_decision_list"
    )]
    #[expect(clippy::too_many_arguments, reason = "one per filter")]
    async fn decisions(
        &self,
        _staff: Staff,
        /// Lists only decisions in the state `to_confirm` or `pending` if `true`.
        open: Query<Option<bool>>,
        /// Lists only decisions about the phrase of this number.
        phrase_id: Query<Option<i64>>,
        /// Lists only decisions that were made at this time or later, UTC.
        created_from: Query<Option<Time>>,
        /// Lists only decisions that were made before this time, UTC.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the previous page; absent for the first page.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// The maximum number of decisions in a page, from 1 to 1000; 100 if it is absent.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<PhraseDecisionPage>, Fault<Listing>> {
        let filter = DecisionFilter {
            open: open.0.unwrap_or_default(),
            phrase: phrase_id.0.map(PhraseId),
            decided: period(created_from, created_before),
        };
        let (after, limit) = (PhraseDecisionId(number_of(cursor.0)), limit_of(limit.0));
        let mut found = phrases::list_decisions(&self.panel, filter, after, limit + 1).await?;
        let has_more = cut(&mut found, limit);
        let last = found.last().filter(|_| has_more).map(|last| last.id);
        Ok(Answer(PhraseDecisionPage {
            next_cursor: last.map(|last| last.to_string()),
            decisions: found.into_iter().map(PhraseDecision::from).collect(),
        }))
    }

    /// Confirm a decision about a phrase
    ///
    /// For the second operator, where the waiting orders hold much money. The body may be left out: then a
    /// decision to sort a phrase takes effect after its delay.
    #[oai(
        path = "/phrase-decisions/:decision_id/confirmation",
        method = "post",
        operation_id = "phrase_decision_confirm"
    )]
    async fn confirm(
        &self,
        operator: Operator,
        /// The number of the decision, which `phrase_decision_list` gives as `decision_id`.
        decision_id: Path<i64>,
        confirmation: OptionalJsonBody<PhraseConfirmation>,
    ) -> Result<Answer<PhraseDecision>, Fault<Changing>> {
        let (id, orders) = (PhraseDecisionId(decision_id.0), confirmation.0.orders);
        let (panel, actor) = (&self.panel, &operator.0);
        let decision = phrases::confirm_decision(panel, actor, id, orders).await?;
        Ok(Answer(decision.into()))
    }

    /// Undo a decision about a phrase
    ///
    /// A decision can be undone until it takes effect.
    #[oai(
        path = "/phrase-decisions/:decision_id/undo",
        method = "post",
        operation_id = "phrase_decision_undo"
    )]
    async fn undo(
        &self,
        operator: Operator,
        /// The number of the decision, which `phrase_decision_list` gives as `decision_id`.
        decision_id: Path<i64>,
    ) -> Result<Answer<PhraseDecision>, Fault<Changing>> {
        let (panel, id) = (&self.panel, PhraseDecisionId(decision_id.0));
        let decision = phrases::undo_decision(panel, &operator.0, id).await?;
        Ok(Answer(decision.into()))
    }

    /// Export the phrases
    ///
    /// The phrases to which operators gave a class, as CSV that `phrase_import` accepts.
    #[oai(path = "/phrase-file", method = "get", operation_id = "phrase_export")]
    async fn export(
        &self,
        _staff: Staff,
        /// Whether the built-in phrases are exported too; `false` if it is absent.
        shipped: Query<Option<bool>>,
    ) -> Result<Answer<PhraseFile>, Fault<Listing>> {
        let with_shipped = shipped.0.unwrap_or_default();
        let csv = phrases::export_phrases(&self.panel, with_shipped).await?;
        Ok(Answer(PhraseFile { csv }))
    }

    /// Import phrases
    ///
    /// Each row is imported separately; a row whose phrase already has the class changes nothing. A row of a
    /// phrase that orders wait on becomes a decision that takes effect after the delay.
    #[oai(path = "/phrase-file", method = "post", operation_id = "phrase_import")]
    async fn import(
        &self,
        operator: Operator,
        file: JsonBody<PhraseImportGiven>,
    ) -> Result<Answer<PhraseImport>, Fault<Changing>> {
        let PhraseImportGiven { csv, reason } = file.0;
        let imported = phrases::import_phrases(&self.panel, &operator.0, &csv, &reason).await?;
        Ok(Answer(imported.into()))
    }
}
