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

/// A sentence or a status word to be known before a provider says it.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPhrase {
    /// The provider that says it; absent for every provider.
    provider_id: Option<i64>,
    /// Whether it refuses, or is a status.
    kind: PhraseKind,
    /// The whole sentence or word: 1 to 2000 printable characters.
    sentence: String,
}

/// How a phrase is to be sorted.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct PhraseSorting {
    /// What it means.
    class: Class,
    /// Whether for every provider that has no sorting of its own; `false` unless given.
    for_all: Option<bool>,
    /// Why, in your words, for the audit log: 1 to 1000 printable characters.
    reason: String,
    /// The exact number of orders that wait on it. With it the sorting takes effect at once; without
    /// it after the delay of the settings.
    orders: Option<i64>,
}

/// What shall become of the orders that wait on a sentence, after asking the provider.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct PhraseResolutionGiven {
    /// What becomes of them.
    decision: PhraseExit,
    /// Only orders that wait since this time or later.
    since: Option<Time>,
    /// Only orders that wait since before this time.
    until: Option<Time>,
    /// How it was found out, for the audit log: 1 to 1000 printable characters.
    reason: String,
    /// The exact number of orders that this is about.
    orders: i64,
}

/// The confirmation of a decision by a second operator.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct PhraseConfirmation {
    /// The exact number of orders that wait. With it the decision takes effect at once.
    orders: Option<i64>,
}

/// A file to take over.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct PhraseImportGiven {
    /// CSV with the columns that `phrase_export` writes; `class` and `sentence` are needed.
    csv: String,
    /// Why, for the audit log: 1 to 1000 printable characters.
    reason: String,
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Phrases")]
impl Phrases {
    /// List phrases
    ///
    /// What providers said, each sentence once for a provider, with what it means and how often it was
    /// seen. Filters are combined.
    #[oai(path = "/phrases", method = "get", operation_id = "phrase_list")]
    #[expect(clippy::too_many_arguments, reason = "one per filter")]
    async fn list(
        &self,
        _staff: Staff,
        /// Only those that nobody has sorted.
        unsorted: Query<Option<bool>>,
        /// Only those of this kind.
        kind: Query<Option<PhraseKind>>,
        /// Only those of this provider.
        provider_id: Query<Option<i64>>,
        /// Only phrases that were seen first at this time or later.
        created_from: Query<Option<Time>>,
        /// Only phrases that were seen first before this time.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the page before.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// Phrases per page.
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

    /// List the sentences and status words that orders wait on
    ///
    /// Each sentence and each unsorted status word of a provider once, however many orders wait on
    /// it: drip-feeds whose customer canceled stand first, then what nobody has sorted, then the oldest.
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

    /// List the sentences that come with the program
    ///
    /// With the language and the source of each. What an operator sorts outranks them.
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
    /// A sentence that no provider has said yet, so that it can be sorted. One that is known already
    /// is given back as it is.
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
    /// With the orders that wait on it, what they hold, and what each class would do with them.
    #[oai(
        path = "/phrases/:phrase_id",
        method = "get",
        operation_id = "phrase_view"
    )]
    async fn view(
        &self,
        _staff: Staff,
        /// The phrase's number.
        phrase_id: Path<i64>,
        /// Whether to show what sorting it for every provider would do.
        for_all: Query<Option<bool>>,
    ) -> Result<Answer<PhrasePreview>, Fault<Reading>> {
        let for_all = for_all.0.unwrap_or_default();
        let view = read_phrase(&self.panel, PhraseId(phrase_id.0), for_all).await?;
        Ok(Answer(view.into()))
    }

    /// Sort a phrase
    ///
    /// From when it takes effect, answers with this sentence mean `class`, and the orders that wait on
    /// it alone go on accordingly: an order that was canceled, or whose account is suspended, ends
    /// instead of being sent. It takes effect after a delay and can be undone until then, or at once
    /// where `orders` is the exact number that wait: the answer is `applied` then, and the orders follow
    /// within moments. Above a sum of held money a second operator must
    /// confirm it. A sentence that speaks of a fault of the provider's software can only be sorted as
    /// `server_fault`.
    #[oai(
        path = "/phrases/:phrase_id/sorting",
        method = "post",
        operation_id = "phrase_sort"
    )]
    async fn sort(
        &self,
        operator: Operator,
        /// The phrase's number.
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
    /// All of one provider, or those of a time, without sorting the sentence: of a fault of the
    /// provider's software, what became of the orders is asked of the provider. An order of which an
    /// id was seen is only decided by `accepted`; what is left over stays on the list of dispatches.
    #[oai(
        path = "/phrases/:phrase_id/resolution",
        method = "post",
        operation_id = "phrase_resolve"
    )]
    async fn resolve(
        &self,
        operator: Operator,
        /// The phrase's number.
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
    /// Oldest first; filters are combined.
    #[oai(
        path = "/phrase-decisions",
        method = "get",
        operation_id = "phrase_decision_list"
    )]
    #[expect(clippy::too_many_arguments, reason = "one per filter")]
    async fn decisions(
        &self,
        _staff: Staff,
        /// Only those that have not taken effect.
        open: Query<Option<bool>>,
        /// Only those about this phrase.
        phrase_id: Query<Option<i64>>,
        /// Only decisions that were taken at this time or later.
        created_from: Query<Option<Time>>,
        /// Only decisions that were taken before this time.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the page before.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// Decisions per page.
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
    /// As the second operator, where much held money waits. The body may be left out: a sorting
    /// takes effect after its delay then.
    #[oai(
        path = "/phrase-decisions/:decision_id/confirmation",
        method = "post",
        operation_id = "phrase_decision_confirm"
    )]
    async fn confirm(
        &self,
        operator: Operator,
        /// The decision's number.
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
    /// Before it takes effect.
    #[oai(
        path = "/phrase-decisions/:decision_id/undo",
        method = "post",
        operation_id = "phrase_decision_undo"
    )]
    async fn undo(
        &self,
        operator: Operator,
        /// The decision's number.
        decision_id: Path<i64>,
    ) -> Result<Answer<PhraseDecision>, Fault<Changing>> {
        let (panel, id) = (&self.panel, PhraseDecisionId(decision_id.0));
        let decision = phrases::undo_decision(panel, &operator.0, id).await?;
        Ok(Answer(decision.into()))
    }

    /// Export the phrasebook
    ///
    /// What operators have sorted, as CSV that `phrase_import` takes.
    #[oai(path = "/phrase-file", method = "get", operation_id = "phrase_export")]
    async fn export(
        &self,
        _staff: Staff,
        /// Whether to write the sentences that come with the program too.
        shipped: Query<Option<bool>>,
    ) -> Result<Answer<PhraseFile>, Fault<Listing>> {
        let with_shipped = shipped.0.unwrap_or_default();
        let csv = phrases::export_phrases(&self.panel, with_shipped).await?;
        Ok(Answer(PhraseFile { csv }))
    }

    /// Import phrases
    ///
    /// Every row is taken by itself; one that is sorted so already changes nothing. A row that orders
    /// wait on becomes a decision that takes effect after the delay.
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
