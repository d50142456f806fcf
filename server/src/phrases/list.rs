//! What is known of phrases, which of them orders wait on, and what a class would do with those.

use std::collections::{HashMap, HashSet};

use sea_orm::ConnectionTrait;

use super::decide::{Decision, open_decision, open_decisions};
use super::store::{self, NewPhrase};
use super::to_ask::{ToAsk, to_ask};
use super::{Class, PhraseKind, cut_example, shipped};
use crate::actor::Actor;
use crate::clock::{Period, Time};
use crate::db::PIECE;
use crate::error::{Refusal, Result};
use crate::ids::{PhraseId, ProviderId};
use crate::money::Money;
use crate::orders::{self, Outlook, PhraseExit, WaitingGroup, WaitingRuns};
use crate::panel::Panel;
use crate::protocol::upstream::{CONTRADICTED, PhraseClass, has_server_fault_marks};
use crate::vocabulary::words;
use crate::{catalog, wording};

/// What somebody sorted a phrase as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sorting {
    /// What it means.
    pub class: Class,
    /// Where that is known from, in the words of who sorted it.
    pub source: Option<String>,
    /// Who sorted it, as the audit log names them.
    pub by: String,
    /// When it took effect.
    pub at: Time,
}

words! {
    /// Whose sorting says what a phrase means.
    pub enum Origin {
        /// An operator's, for this provider.
        Provider = "provider",
        /// An operator's, for every provider that has none of its own.
        All = "all",
        /// The program's: a sentence that it ships, or the marks of a server's fault.
        Shipped = "shipped",
    }
}

/// What providers said, and what it means.
#[derive(Debug, Clone)]
pub struct Phrase {
    /// Its number.
    pub id: PhraseId,
    /// Whose words these are; `None` for what holds for every provider.
    pub provider: Option<ProviderId>,
    /// That provider's name.
    pub provider_name: Option<String>,
    /// Whether it refuses, or is a status.
    pub kind: PhraseKind,
    /// The normalised sentence, or the folded word.
    pub phrase: String,
    /// One as it was seen.
    pub example: String,
    /// What an operator sorted it as here.
    pub sorting: Option<Sorting>,
    /// What an operator sorted it as for all providers.
    pub class_for_all: Option<Class>,
    /// How often it was seen here.
    pub times_seen: i64,
    /// When it was seen first.
    pub first_seen: Option<Time>,
    /// When it was seen last.
    pub last_seen: Option<Time>,
    /// How often somebody was alerted since orders wait on it.
    pub(super) alerts: i64,
    /// When that is due again.
    pub(super) alert_due: Option<Time>,
}

impl Phrase {
    /// What it means, and whose sorting says so; `None` while nobody has sorted it.
    pub fn meaning(&self) -> Option<(Class, Origin)> {
        let own = match self.provider {
            Some(_) => Origin::Provider,
            None => Origin::All,
        };
        let sorted = self.sorting.as_ref().map(|sorting| (sorting.class, own));
        sorted
            .or_else(|| Some((self.class_for_all?, Origin::All)))
            .or_else(|| Some((shipped::class_of(self.kind, &self.phrase)?, Origin::Shipped)))
            .or_else(|| Some((self.only_class()?, Origin::Shipped)))
    }

    /// The only class that it can be sorted as, if it is one sentence of a server's fault: "a sentence
    /// with marks of a server fault can only be sorted as one".
    pub fn only_class(&self) -> Option<Class> {
        let marked = self.kind == PhraseKind::Refusal
            && (has_server_fault_marks(&self.phrase)
                // What was sent stands in the example as it was: a link may have any words.
                || (has_server_fault_marks(&self.example) && !self.phrase.contains('{')));
        let only = if marked {
            Some(PhraseClass::ServerFault)
        } else if self.phrase.ends_with(CONTRADICTED) {
            Some(PhraseClass::NotARefusal)
        } else {
            None
        };
        only.map(Class::Refusal)
    }
}

/// Which phrases a list has: all that match everything given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PhraseFilter {
    /// Only those that nobody has sorted.
    pub unsorted: bool,
    /// Only those of this kind.
    pub kind: Option<PhraseKind>,
    /// Only those of this provider.
    pub provider: Option<ProviderId>,
    /// Only those that were seen first within this time.
    pub first_seen: Period,
}

/// The phrases that match `filter` with numbers above `after`, lowest first, at most `limit`.
pub async fn list_phrases(
    panel: &Panel,
    filter: &PhraseFilter,
    after: PhraseId,
    limit: usize,
) -> Result<Vec<Phrase>> {
    let (mut found, mut after) = (Vec::new(), after);
    loop {
        let page = store::list(panel.db.read(), filter, after, PIECE).await?;
        let Some(last) = page.last() else {
            return Ok(found);
        };
        after = last.id;
        // What is shipped, and what is sorted for all, is known by the program and by another row.
        let fits = |phrase: &Phrase| !filter.unsorted || phrase.meaning().is_none();
        found.extend(page.into_iter().filter(fits));
        if found.len() >= limit {
            found.truncate(limit);
            return Ok(found);
        }
    }
}

/// What waits on one phrase.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Where orders wait on it; for a status, where runs have it.
    pub(super) providers: Vec<ProviderId>,
    /// Of a status: how the providers spelled it.
    pub(super) spelled: Vec<(ProviderId, String)>,
    /// How many orders.
    pub orders: i64,
    /// What they hold, in USD.
    pub held: Money,
    /// Since when the oldest waits.
    pub oldest: Option<Time>,
    /// How many of them their customers asked to cancel.
    pub canceled: i64,
    /// How many of those are drip-feeds.
    pub canceled_drip_feeds: i64,
}

impl Waiting {
    fn none() -> Waiting {
        Waiting {
            providers: Vec::new(),
            spelled: Vec::new(),
            orders: 0,
            held: Money::ZERO,
            oldest: None,
            canceled: 0,
            canceled_drip_feeds: 0,
        }
    }

    fn add(&mut self, group: &WaitingGroup) -> Result<()> {
        self.providers.push(group.provider);
        self.orders = self.orders.saturating_add(group.orders);
        self.held = self.held.plus(group.held)?;
        self.oldest = match (self.oldest, group.oldest) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        self.canceled = self.canceled.saturating_add(group.canceled);
        let drip_feeds = group.canceled_drip_feeds;
        self.canceled_drip_feeds = self.canceled_drip_feeds.saturating_add(drip_feeds);
        Ok(())
    }
}

/// What a sorting of `phrase` would reach: what waits on it at its provider, or, for all, at every
/// provider that has no sorting of its own.
pub(super) async fn waiting_on(
    on: &impl ConnectionTrait,
    phrase: &Phrase,
    for_all: bool,
) -> Result<Waiting> {
    let one = if for_all { None } else { phrase.provider };
    let groups = match phrase.kind {
        PhraseKind::Refusal => orders::waiting_on_phrases(on).await?,
        PhraseKind::Status => orders::taken_by_status(on, one).await?,
    };
    let apart: HashSet<ProviderId> = match one {
        Some(_) => HashSet::new(),
        None => {
            let sorted = store::providers_that_sort(on, phrase.kind, &phrase.phrase).await?;
            sorted.into_iter().collect()
        }
    };
    let mut waiting = Waiting::none();
    for group in groups {
        let here = match one {
            Some(provider) => group.provider == provider,
            None => !apart.contains(&group.provider),
        };
        let is_it = match phrase.kind {
            PhraseKind::Refusal => group.phrase == phrase.phrase,
            PhraseKind::Status => phrase.kind.phrase_of(&group.phrase) == phrase.phrase,
        };
        if here && is_it {
            waiting.add(&group)?;
            if phrase.kind == PhraseKind::Status {
                waiting.spelled.push((group.provider, group.phrase));
            }
        }
    }
    Ok(waiting)
}

/// What each class, and each decision about the orders alone, would do with the orders that wait.
#[derive(Debug, Clone)]
pub struct Outlooks {
    /// What waits.
    pub waiting: Waiting,
    /// By class. Of a status nothing is counted: its orders are asked about again.
    pub by_class: Vec<(Class, Option<Outlook>)>,
    /// By decision.
    pub by_exit: Vec<(PhraseExit, Outlook)>,
    /// Whether every run that waits was looked at; of more than 10,000 only the first are.
    pub is_whole: bool,
}

/// The decisions about the orders that wait, without sorting their sentence.
pub(super) const EXITS: [PhraseExit; 4] = [
    PhraseExit::SendAgain,
    PhraseExit::NextProvider,
    PhraseExit::Refund,
    PhraseExit::Accepted,
];

/// What would be done with what waits on `phrase`: at its provider, or at all.
pub(super) async fn outlooks(panel: &Panel, phrase: &Phrase, for_all: bool) -> Result<Outlooks> {
    let waiting = waiting_on(panel.db.read(), phrase, for_all).await?;
    let classes = match phrase.only_class() {
        Some(class) => vec![class],
        None => Class::all_of(phrase.kind).collect(),
    };
    if phrase.kind == PhraseKind::Status {
        return Ok(Outlooks {
            waiting,
            by_class: classes.into_iter().map(|class| (class, None)).collect(),
            by_exit: Vec::new(),
            is_whole: true,
        });
    }
    let runs = WaitingRuns {
        providers: &waiting.providers,
        phrase: &phrase.phrase,
        since: None,
        until: None,
    };
    let all = PhraseExit::ALL;
    let (found, is_whole) = orders::outlooks(panel, &runs, all).await?;
    let found: HashMap<PhraseExit, Outlook> = all.iter().copied().zip(found).collect();
    let of = |exit| found.get(&exit).copied().unwrap_or_default();
    let by_class = classes.into_iter().map(|class| {
        let outlook = match class {
            Class::Refusal(refusal) => Some(of(PhraseExit::of(refusal))),
            Class::Status(_) => None,
        };
        (class, outlook)
    });
    Ok(Outlooks {
        by_class: by_class.collect(),
        by_exit: EXITS.into_iter().map(|exit| (exit, of(exit))).collect(),
        is_whole,
        waiting,
    })
}

/// A phrase with what its sorting would do.
#[derive(Debug, Clone)]
pub struct PhraseView {
    /// The phrase.
    pub phrase: Phrase,
    /// The only class it can be sorted as, if there is but one.
    pub only_class: Option<Class>,
    /// What would be done with what waits on it.
    pub outlooks: Outlooks,
    /// What its provider is asked about.
    pub to_ask: ToAsk,
    /// The decision about it that has not taken effect yet.
    pub open_decision: Option<Decision>,
}

/// The phrase `id`, and what sorting it would do: for its provider, or `for_all`. Refused:
/// [`Refusal::Unknown`].
pub async fn read_phrase(panel: &Panel, id: PhraseId, for_all: bool) -> Result<PhraseView> {
    let found = store::phrase(panel.db.read(), id).await?;
    let phrase = found.ok_or(Refusal::Unknown { what: "phrase" })?;
    let outlooks = outlooks(panel, &phrase, for_all).await?;
    Ok(PhraseView {
        only_class: phrase.only_class(),
        to_ask: to_ask(panel, &phrase, &outlooks.waiting).await?,
        outlooks,
        open_decision: open_decision(&open_decisions(panel.db.read()).await?, &phrase).cloned(),
        phrase,
    })
}

/// The phrase that `sentence` is, which becomes known by it if nobody has said it yet: to be sorted
/// before that. Refused: [`Refusal::FieldInvalid`], [`Refusal::Unknown`] without such a provider.
pub async fn add_phrase(
    panel: &Panel,
    actor: &Actor,
    provider: Option<ProviderId>,
    kind: PhraseKind,
    sentence: &str,
) -> Result<Phrase> {
    actor.only_operators()?;
    let expected = "1 to 2000 printable characters";
    let sentence = wording::line("sentence", sentence, 2_000, expected)?;
    if let Some(provider) = provider {
        catalog::provider(&panel.db, &panel.secrets, provider).await?;
    }
    let phrase = kind.phrase_of(sentence);
    if phrase.is_empty() {
        let expected = "a sentence with words or numbers";
        return Err(Refusal::FieldInvalid {
            field: "sentence",
            expected,
        }
        .into());
    }
    let known = store::find(panel.db.read(), provider, kind, &phrase).await?;
    if let Some(known) = known {
        return Ok(known);
    }
    let tx = panel.db.begin().await?;
    let new = NewPhrase {
        provider,
        kind,
        phrase: &phrase,
        example: &cut_example(sentence),
    };
    let id = store::find_or_insert(&tx, &new).await?;
    let made = store::phrase(&tx, id).await?;
    tx.commit().await?;
    Ok(made.ok_or(Refusal::Unknown { what: "phrase" })?)
}

/// One sentence of one provider that orders wait on: a single decision, however many they are.
#[derive(Debug, Clone)]
pub struct WorkItem {
    /// The phrase.
    pub phrase: Phrase,
    /// What waits on it.
    pub waiting: Waiting,
    /// The decision about it that has not taken effect yet.
    pub open_decision: Option<Decision>,
}

/// What waits for an operator, sentences and status words: drip-feeds whose customer canceled stand
/// first, then what nobody has sorted, then the oldest.
pub async fn list_work_items(panel: &Panel) -> Result<Vec<WorkItem>> {
    let mut items = work_items(panel.db.read()).await?;
    for phrase in unsorted_words(panel.db.read()).await? {
        let waiting = waiting_on(panel.db.read(), &phrase, false).await?;
        if waiting.orders > 0 {
            items.push(WorkItem {
                phrase,
                waiting,
                open_decision: None,
            });
        }
    }
    let open = open_decisions(panel.db.read()).await?;
    for item in &mut items {
        item.open_decision = open_decision(&open, &item.phrase).cloned();
    }
    items.sort_by_key(|item| {
        (
            item.waiting.canceled_drip_feeds == 0,
            item.phrase.meaning().is_some(),
            item.waiting.oldest,
            item.phrase.id,
        )
    });
    Ok(items)
}

/// The status words that providers said and that nobody has sorted, whether orders wait on them or not.
pub(super) async fn unsorted_words(on: &impl ConnectionTrait) -> Result<Vec<Phrase>> {
    let mut words = store::unsorted_words(on).await?;
    words.retain(|word| word.meaning().is_none());
    Ok(words)
}

/// The sentences that orders wait on, in the order of the phrases, without decisions. A sentence that
/// was seen a moment ago has no row yet, and is missing.
pub(super) async fn work_items(on: &impl ConnectionTrait) -> Result<Vec<WorkItem>> {
    let groups = orders::waiting_on_phrases(on).await?;
    let mut items = Vec::with_capacity(groups.len());
    for piece in groups.chunks(PIECE) {
        let phrases = store::of_groups(on, piece).await?;
        let mut by_key: HashMap<_, Phrase> = phrases
            .into_iter()
            .filter_map(|phrase| Some(((phrase.provider?, phrase.phrase.clone()), phrase)))
            .collect();
        for group in piece {
            let key = (group.provider, group.phrase.clone());
            if let Some(phrase) = by_key.remove(&key) {
                let mut waiting = Waiting::none();
                waiting.add(group)?;
                items.push(WorkItem {
                    phrase,
                    waiting,
                    open_decision: None,
                });
            }
        }
    }
    Ok(items)
}
