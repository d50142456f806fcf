//! What operators decide about phrases: shown before, undone within its delay, confirmed by a second
//! person where much money waits, all audited.
//!
//! A decision is a row. It is `pending` until its time has come; an operator who gives the exact number
//! of orders that wait has it take effect at once. It is carried out by `work`. Above
//! `phrase_second_person_usd` it is `to_confirm` first, by somebody else.

use sea_orm::ConnectionTrait;
use serde_json::json;

use super::list::{Phrase, Waiting, waiting_on};
use super::resolve::sum;
use super::store::{self, NewPhrase, decisions};
use super::work::{alert_second_person, apply};
use super::{Class, PhraseKind};
use crate::actor::Actor;
use crate::audit::{self, Entry};
use crate::clock::{Period, Time};
use crate::db::Tx;
use crate::error::{Refusal, Result};
use crate::ids::{PhraseDecisionId, PhraseId, ProviderId};
use crate::money::Money;
use crate::panel::Panel;
use crate::protocol::upstream::PhraseClass;
use crate::vocabulary::words;
use crate::wording;

words! {
    /// What a decision is about.
    pub enum Deed {
        /// What the phrase means from then on; the orders that wait follow.
        Sort = "sort",
        /// What becomes of the orders that wait, without sorting their sentence.
        Resolve = "resolve",
    }
}

words! {
    /// Where a decision stands.
    pub enum DecisionState {
        /// A second person has to confirm it.
        ToConfirm = "to_confirm",
        /// It takes effect at its time, and can be undone until then.
        Pending = "pending",
        /// It took effect.
        Applied = "applied",
        /// It was taken back.
        Undone = "undone",
    }
}

/// A decision about a phrase.
#[derive(Debug, Clone)]
pub struct Decision {
    /// Its number.
    pub id: PhraseDecisionId,
    /// What it is about.
    pub deed: Deed,
    /// The phrase.
    pub phrase_id: PhraseId,
    /// Whether that refuses, or is a status.
    pub kind: PhraseKind,
    /// Its normalised form.
    pub phrase: String,
    /// One as it was seen.
    pub example: String,
    /// For which provider; `None` for every one that has no sorting of its own.
    pub provider: Option<ProviderId>,
    /// That provider's name.
    pub provider_name: Option<String>,
    /// The class, or what becomes of the orders.
    pub word: String,
    /// Only orders that wait since this time or later.
    pub since: Option<Time>,
    /// Only orders that wait since before this time.
    pub until: Option<Time>,
    /// Why, in the words of who decided.
    pub reason: String,
    /// How many orders waited when it was decided.
    pub orders: i64,
    /// What they held, in USD.
    pub held: Money,
    /// Where it stands.
    pub state: DecisionState,
    /// Who decided, as the audit log names them.
    pub decided_by: String,
    /// When.
    pub decided_at: Time,
    /// Who confirmed it.
    pub confirmed_by: Option<String>,
    /// When.
    pub confirmed_at: Option<Time>,
    /// When it takes effect; `None` while it has to be confirmed.
    pub effective_at: Option<Time>,
    /// Who took it back, or had it take effect.
    pub ended_by: Option<String>,
    /// When.
    pub ended_at: Option<Time>,
    /// When nothing was left to do about the orders that waited.
    pub done_at: Option<Time>,
}

impl Decision {
    /// Whether it is about `phrase`: itself, or as one of all providers that have no sorting of their
    /// own.
    pub fn is_about(&self, phrase: &Phrase) -> bool {
        let is_for_all = self.provider.is_none() && phrase.sorting.is_none();
        let is_same = (self.kind, &self.phrase) == (phrase.kind, &phrase.phrase);
        self.phrase_id == phrase.id || (is_for_all && is_same)
    }

    /// How a second person confirms it: everybody who uses the command is the same person.
    pub fn how_to_confirm(&self) -> String {
        let id = self.id;
        if self.decided_by == Actor::command().to_string() {
            return format!(
                "an operator confirms it: POST /operator/v1/phrase-decisions/{id}/confirmation, page \
                 /docs/operator"
            );
        }
        format!("smm-panel phrase confirm {id}")
    }
}

/// The one of `open` that is about `phrase`; one of its own stands before one for all providers.
pub fn open_decision<'a>(open: &'a [Decision], phrase: &Phrase) -> Option<&'a Decision> {
    let own = open.iter().find(|one| one.phrase_id == phrase.id);
    own.or_else(|| open.iter().find(|one| one.is_about(phrase)))
}

/// The decisions that have not taken effect.
pub(super) async fn open_decisions(on: &impl ConnectionTrait) -> Result<Vec<Decision>> {
    let open = DecisionFilter {
        open: true,
        ..DecisionFilter::default()
    };
    decisions::list(on, open, PhraseDecisionId(0), usize::MAX).await
}

/// What an operator sorts.
#[derive(Debug, Clone)]
pub struct NewSorting {
    /// The phrase.
    pub phrase: PhraseId,
    /// What it means.
    pub class: Class,
    /// Whether for every provider that has no sorting of its own; else for the phrase's own.
    pub for_all: bool,
    /// Why.
    pub reason: String,
    /// How many orders wait, given by who decides: then it takes effect at once.
    pub orders: Option<i64>,
}

/// Sorts a phrase. Refused: [`Refusal::Unknown`], [`Refusal::FieldInvalid`] (a class that it cannot
/// have), [`Refusal::Conflict`] (it is sorted so; another decision is open; another number of orders
/// waits).
pub async fn sort_phrase(panel: &Panel, actor: &Actor, new: &NewSorting) -> Result<Decision> {
    actor.only_operators()?;
    let reason = wording::reason(&new.reason)?;
    let tx = panel.db.begin().await?;
    let given = require_phrase(&tx, new.phrase).await?;
    require_class(&given, new.class)?;
    let target = if new.for_all && given.provider.is_some() {
        let row = NewPhrase {
            provider: None,
            kind: given.kind,
            phrase: &given.phrase,
            example: &given.example,
        };
        let id = store::find_or_insert(&tx, &row).await?;
        require_phrase(&tx, id).await?
    } else {
        given
    };
    store::lock(&tx, target.id).await?;
    let sorted = target.sorting.as_ref().map(|sorting| sorting.class);
    if sorted == Some(new.class) {
        let why = format!("it is sorted as {} already", new.class);
        return Err(Refusal::Conflict { why }.into());
    }
    let waiting = waiting_on(&tx, &target, target.provider.is_none()).await?;
    let terms = DecisionTerms {
        deed: Deed::Sort,
        word: new.class.word(),
        reason,
        at_once: new.orders,
        window: (None, None),
    };
    let id = insert(panel, &tx, actor, &target, &waiting, terms).await?;
    let entry = Entry::new(audit::Deed::PhraseSorted, format!("phrase:{}", target.id))
        .because(reason)
        .was(json!({"class": sorted.map(Class::word)}))
        .became(json!({
            "class": new.class.word(), "decision_id": id.0, "provider_id": target.provider,
            "phrase": target.phrase, "orders": waiting.orders, "held": waiting.held.to_string(),
        }));
    audit::record_in_tx(&tx, &panel.secrets, panel.now(), actor, entry).await?;
    tx.commit().await?;
    decided(panel, id).await
}

/// A decision that was just made or confirmed, as it stands: one that takes effect at once has done so.
/// The orders that wait follow as soon as a server has time for them.
pub(super) async fn decided(panel: &Panel, id: PhraseDecisionId) -> Result<Decision> {
    let decision = require_decision(panel.db.read(), id).await?;
    let is_due = decision.effective_at.is_some_and(|at| at <= panel.now());
    if decision.state != DecisionState::Pending || !is_due {
        return Ok(decision);
    }
    apply(panel, decision).await?;
    require_decision(panel.db.read(), id).await
}

/// What a new decision says.
pub(super) struct DecisionTerms<'a> {
    pub(super) deed: Deed,
    pub(super) word: &'a str,
    pub(super) reason: &'a str,
    /// How many orders wait, as was given.
    pub(super) at_once: Option<i64>,
    pub(super) window: (Option<Time>, Option<Time>),
}

/// Writes a decision about `phrase`, which is locked.
pub(super) async fn insert(
    panel: &Panel,
    tx: &Tx,
    actor: &Actor,
    phrase: &Phrase,
    waiting: &Waiting,
    terms: DecisionTerms<'_>,
) -> Result<PhraseDecisionId> {
    if let Some(open) = decisions::open_of(tx, phrase.id).await? {
        let why = format!("decision {open} about this phrase is open: undo it first");
        return Err(Refusal::Conflict { why }.into());
    }
    require_count(terms.at_once, waiting.orders)?;
    let now = panel.now();
    let needs_second = needs_second_person(panel, waiting.held);
    let new = Decision {
        id: PhraseDecisionId(0),
        deed: terms.deed,
        phrase_id: phrase.id,
        kind: phrase.kind,
        phrase: phrase.phrase.clone(),
        example: phrase.example.clone(),
        provider: phrase.provider,
        provider_name: None,
        word: terms.word.to_owned(),
        since: terms.window.0,
        until: terms.window.1,
        reason: terms.reason.to_owned(),
        orders: waiting.orders,
        held: waiting.held,
        state: match needs_second {
            true => DecisionState::ToConfirm,
            false => DecisionState::Pending,
        },
        decided_by: actor.to_string(),
        decided_at: now,
        confirmed_by: None,
        confirmed_at: None,
        effective_at: (!needs_second).then(|| effective_at(panel, now, terms.at_once)),
        ended_by: None,
        ended_at: None,
        done_at: None,
    };
    let id = decisions::insert(tx, &new).await?;
    if needs_second {
        alert_second_person(tx, now, &Decision { id, ..new }).await?;
    }
    Ok(id)
}

/// "Above a sum (setting) a second person confirms."
pub(super) fn needs_second_person(panel: &Panel, held: Money) -> bool {
    const NANO: i64 = 1_000_000_000;
    let sum = panel.config.phrase_second_person_usd;
    sum > 0 && held.nano() > sum.saturating_mul(NANO)
}

/// At once where the number of orders was given, else after the delay.
fn effective_at(panel: &Panel, now: Time, at_once: Option<i64>) -> Time {
    match at_once {
        Some(_) => now,
        None => now.plus_ms(panel.config.phrase_apply_ms),
    }
}

/// "At once on a typed count": who gives a number has seen what waits.
fn require_count(given: Option<i64>, waiting: i64) -> std::result::Result<(), Refusal> {
    match given {
        Some(given) if given != waiting => Err(Refusal::Conflict {
            why: format!("{waiting} orders wait on it, not {given}: look at what it does again"),
        }),
        Some(_) | None => Ok(()),
    }
}

/// "A sentence with marks of a server fault can only be sorted as one."
pub(super) fn require_class(phrase: &Phrase, class: Class) -> std::result::Result<(), Refusal> {
    let expected = match (phrase.only_class(), phrase.kind, class) {
        (Some(only), _, class)
            if only != class && only == Class::Refusal(PhraseClass::NotARefusal) =>
        {
            "not_a_refusal: the provider's balance contradicts the sentence; decide its orders instead"
        }
        (Some(only), _, class) if only != class => {
            "server_fault: the sentence speaks of a fault of the provider's software"
        }
        (_, PhraseKind::Refusal, Class::Status(_)) => "a class of a sentence that refuses",
        (_, PhraseKind::Status, Class::Refusal(_)) => "a status",
        (_, PhraseKind::Refusal, Class::Refusal(_)) | (_, PhraseKind::Status, Class::Status(_)) => {
            return Ok(());
        }
    };
    let field = "class";
    Err(Refusal::FieldInvalid { field, expected })
}

pub(super) async fn require_phrase(on: &impl ConnectionTrait, id: PhraseId) -> Result<Phrase> {
    let found = store::phrase(on, id).await?;
    Ok(found.ok_or(Refusal::Unknown { what: "phrase" })?)
}

pub(super) async fn require_decision(
    on: &impl ConnectionTrait,
    id: PhraseDecisionId,
) -> Result<Decision> {
    let found = decisions::decision(on, id).await?;
    Ok(found.ok_or(Refusal::Unknown { what: "decision" })?)
}

/// Confirms a decision as the second person; it takes effect after the delay, or at once where
/// `orders` is the exact number that wait. Refused: [`Refusal::Unknown`], [`Refusal::Conflict`] (it
/// waits for nobody; the same person decided it; another number waits).
pub async fn confirm_decision(
    panel: &Panel,
    actor: &Actor,
    id: PhraseDecisionId,
    orders: Option<i64>,
) -> Result<Decision> {
    actor.only_operators()?;
    let conflict = |why: String| crate::error::Error::from(Refusal::Conflict { why });
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let decision = require_decision(&tx, id).await?;
    store::lock(&tx, decision.phrase_id).await?;
    let by = actor.to_string();
    if decision.state != DecisionState::ToConfirm {
        let state = decision.state;
        return Err(conflict(format!(
            "decision {id} is {state}: it waits for nobody"
        )));
    }
    if decision.decided_by == by {
        let how = decision.how_to_confirm();
        let why = format!("{by} has decided it: a second person has to confirm it: {how}");
        return Err(conflict(why));
    }
    let phrase = require_phrase(&tx, decision.phrase_id).await?;
    let count = match decision.deed {
        Deed::Sort => {
            waiting_on(&tx, &phrase, phrase.provider.is_none())
                .await?
                .orders
        }
        Deed::Resolve => sum(&tx, &phrase, decision.since, decision.until).await?.0,
    };
    require_count(orders, count)?;
    // What is decided about the orders that wait was given with their number already.
    let at_once = orders.or((decision.deed == Deed::Resolve).then_some(count));
    let effective = effective_at(panel, now, at_once);
    if !decisions::confirm(&tx, id, &by, now, effective).await? {
        return Err(conflict(format!(
            "decision {id} was ended by somebody else"
        )));
    }
    let entry = Entry::new(audit::Deed::PhraseConfirmed, subject(&decision))
        .became(json!({"decision_id": id.0, "orders": count}));
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    decided(panel, id).await
}

/// Takes back a decision that has not taken effect. Refused: [`Refusal::Unknown`],
/// [`Refusal::Conflict`] if it has ended.
pub async fn undo_decision(panel: &Panel, actor: &Actor, id: PhraseDecisionId) -> Result<Decision> {
    actor.only_operators()?;
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let decision = require_decision(&tx, id).await?;
    if !decisions::undo(&tx, id, &actor.to_string(), now).await? {
        let why = format!("decision {id} is {}: it cannot be undone", decision.state);
        return Err(Refusal::Conflict { why }.into());
    }
    let entry = Entry::new(audit::Deed::PhraseUndone, subject(&decision))
        .was(json!({"decision_id": id.0, "decision": decision.word}));
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    require_decision(panel.db.read(), id).await
}

pub(super) fn subject(decision: &Decision) -> String {
    format!("phrase:{}", decision.phrase_id)
}

/// Which decisions a list has: all that match everything given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DecisionFilter {
    /// Only those that have not taken effect.
    pub open: bool,
    /// Only those about this phrase.
    pub phrase: Option<PhraseId>,
    /// Only those that were taken in this period.
    pub decided: Period,
}

/// The decisions that match `filter` with numbers above `after`, lowest first, at most `limit`.
pub async fn list_decisions(
    panel: &Panel,
    filter: DecisionFilter,
    after: PhraseDecisionId,
    limit: usize,
) -> Result<Vec<Decision>> {
    decisions::list(panel.db.read(), filter, after, limit).await
}
