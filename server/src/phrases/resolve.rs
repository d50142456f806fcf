//! What operators decide about the orders that wait on a sentence, without sorting it: of a fault of
//! the provider's software, somebody has to ask the provider, once for many orders.

use sea_orm::ConnectionTrait;
use serde_json::json;

use super::PhraseKind;
use super::decide::{Decision, DecisionTerms, Deed, decided, insert, require_phrase};
use super::list::{EXITS, Phrase, Waiting, waiting_on};
use super::store;
use crate::actor::Actor;
use crate::audit::{self, Entry};
use crate::clock::Time;
use crate::error::{Refusal, Result};
use crate::ids::{PhraseId, ProviderId};
use crate::money::Money;
use crate::orders::{self, Outlook, PhraseExit, WaitingRuns};
use crate::panel::Panel;
use crate::wording;

/// What an operator decides about the orders that wait on a sentence, without sorting it.
#[derive(Debug, Clone)]
pub struct NewResolution {
    /// The phrase; of a provider, not of all.
    pub phrase: PhraseId,
    /// What becomes of the orders.
    pub exit: PhraseExit,
    /// Only orders that wait since this time or later.
    pub since: Option<Time>,
    /// Only orders that wait since before this time; those that come later than now never.
    pub until: Option<Time>,
    /// How it was found out.
    pub reason: String,
    /// How many orders that are, given by who decides.
    pub orders: i64,
}

/// How many orders [`resolve_waiting`] would be about, and what they hold.
pub async fn count_waiting(
    panel: &Panel,
    phrase: PhraseId,
    since: Option<Time>,
    until: Option<Time>,
) -> Result<(i64, Money)> {
    let phrase = require_phrase(panel.db.read(), phrase).await?;
    let (orders, held, _) = sum(panel.db.read(), &phrase, since, until).await?;
    Ok((orders, held))
}

/// What a decision about the orders that wait would do.
#[derive(Debug, Clone)]
pub struct ResolutionPreview {
    /// How many orders it would be about.
    pub orders: i64,
    /// What they hold, in USD.
    pub held: Money,
    /// What would become of their dispatches.
    pub outlook: Outlook,
    /// Whether all of them were looked at.
    pub is_whole: bool,
}

/// What [`resolve_waiting`] would do with the orders that wait in a time. Refused:
/// [`Refusal::Unknown`].
pub async fn preview_resolution(
    panel: &Panel,
    phrase: PhraseId,
    exit: PhraseExit,
    since: Option<Time>,
    until: Option<Time>,
) -> Result<ResolutionPreview> {
    let phrase = require_phrase(panel.db.read(), phrase).await?;
    let (orders, held, _) = sum(panel.db.read(), &phrase, since, until).await?;
    let providers: Vec<ProviderId> = phrase.provider.into_iter().collect();
    let runs = WaitingRuns {
        providers: &providers,
        phrase: &phrase.phrase,
        since,
        until,
    };
    let (outlooks, is_whole) = orders::outlooks(panel, &runs, &[exit]).await?;
    Ok(ResolutionPreview {
        orders,
        held,
        outlook: outlooks.first().copied().unwrap_or_default(),
        is_whole,
    })
}

pub(super) async fn sum(
    on: &impl ConnectionTrait,
    phrase: &Phrase,
    since: Option<Time>,
    until: Option<Time>,
) -> Result<(i64, Money, Option<Time>)> {
    let providers: Vec<ProviderId> = phrase.provider.into_iter().collect();
    let runs = WaitingRuns {
        providers: &providers,
        phrase: &phrase.phrase,
        since,
        until,
    };
    orders::sum_waiting(on, &runs).await
}

/// Decides about the orders that wait on a sentence: "bulk decision by (provider, sentence, time
/// window)". Takes effect at once, because the number of orders is given; above the sum it waits for a
/// second person. Refused: as [`sort_phrase`](super::sort_phrase).
pub async fn resolve_waiting(
    panel: &Panel,
    actor: &Actor,
    new: &NewResolution,
) -> Result<Decision> {
    actor.only_operators()?;
    let reason = wording::reason(&new.reason)?;
    let invalid = |field, expected| Refusal::FieldInvalid { field, expected };
    if !EXITS.contains(&new.exit) {
        let expected = "one of send_again, next_provider, refund, accepted";
        return Err(invalid("decision", expected).into());
    }
    let now = panel.now();
    // What is parked after this moment was not looked at.
    let until = new
        .until
        .map_or(now.plus_ms(1), |until| until.min(now.plus_ms(1)));
    let tx = panel.db.begin().await?;
    store::lock(&tx, new.phrase).await?;
    let phrase = require_phrase(&tx, new.phrase).await?;
    if phrase.kind == PhraseKind::Status || phrase.provider.is_none() {
        let expected = "a sentence of one provider that orders wait on";
        return Err(invalid("phrase", expected).into());
    }
    let (orders, held, oldest) = sum(&tx, &phrase, new.since, Some(until)).await?;
    let waiting = Waiting {
        orders,
        held,
        oldest,
        ..waiting_on(&tx, &phrase, false).await?
    };
    let terms = DecisionTerms {
        deed: Deed::Resolve,
        word: new.exit.word(),
        reason,
        at_once: Some(new.orders),
        window: (new.since, Some(until)),
    };
    let id = insert(panel, &tx, actor, &phrase, &waiting, terms).await?;
    let entry = Entry::new(audit::Deed::PhraseResolved, format!("phrase:{}", phrase.id))
        .because(reason)
        .became(json!({
            "decision": new.exit.word(), "decision_id": id.0, "provider_id": phrase.provider,
            "phrase": phrase.phrase, "orders": orders, "held": held.to_string(),
            "since": new.since.map(|time| time.to_string()), "until": until.to_string(),
        }));
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    decided(panel, id).await
}
