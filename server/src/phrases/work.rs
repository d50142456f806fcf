//! What happens to phrases without a request: decisions take effect at their time, the orders that
//! wait follow, and somebody is alerted while orders wait on a sentence.
//!
//! Every server does all of it. Each step is conditional on what it changes, so that two servers, or
//! one that died half-way, do nothing twice.

use std::collections::HashSet;

use serde_json::json;

use super::decide::{Decision, Deed, needs_second_person, subject};
use super::list::{Phrase, Waiting, unsorted_words, waiting_on, work_items};
use super::memory::{reload_if_changed, write_seen_phrases};
use super::store::{self, NewPhrase, decisions};
use super::{Class, PhraseKind, Sorting, cut_example};
use crate::actor::Actor;
use crate::alerts::{Alert, AlertKind, raise_in_tx};
use crate::audit::{self, Entry};
use crate::catalog::{self, Pause};
use crate::clock::Time;
use crate::db::Tx;
use crate::error::Result;
use crate::ids::{DispatchId, PhraseId};
use crate::orders::{self, PhraseExit, WaitingGroup, WaitingRuns};
use crate::panel::Panel;

const HOUR: i64 = 3_600_000;

/// After how long somebody is alerted again while orders wait: each time later, then daily.
const ALERT_AGAIN: [i64; 3] = [HOUR, 4 * HOUR, LONGEST_ALERT_MS];
/// The longest until then.
pub(crate) const LONGEST_ALERT_MS: i64 = 24 * HOUR;

/// One round, as often as servers do it. Gives how much there was to do.
pub async fn work(panel: &Panel) -> Result<usize> {
    step(panel, false).await
}

/// The same, and looks at once at everything that waits.
pub(crate) async fn work_now(panel: &Panel) -> Result<usize> {
    step(panel, true).await
}

async fn step(panel: &Panel, look_at_all: bool) -> Result<usize> {
    // Almost always there is none of it: one statement.
    let there = decisions::look(panel.db.read(), panel.now()).await?;
    let mut changed = reload_if_changed(panel, there.version).await?;
    let mut done = 0;
    if there.is_due {
        done += apply_due(panel).await?;
        let version = store::version(panel.db.read()).await?;
        changed |= reload_if_changed(panel, version).await?;
    }
    if there.is_under_way || done > 0 {
        done += carry_out(panel).await?;
    }
    if changed || look_at_all || panel.phrasebook.takes_look(panel.now()) {
        done += decide_sorted(panel).await?;
        resume_sorted(panel).await?;
        done += alert_of_waiting(panel).await?;
    }
    Ok(done)
}

/// Has decisions take effect whose time has come. Gives how many there were.
async fn apply_due(panel: &Panel) -> Result<usize> {
    let due = decisions::due(panel.db.read(), panel.now()).await?;
    let count = due.len();
    for decision in due {
        apply(panel, decision).await?;
    }
    Ok(count)
}

/// Has a decision take effect, unless it has or was undone; or asks a second person, where more waits
/// by now than one may decide.
pub(super) async fn apply(panel: &Panel, decision: Decision) -> Result<()> {
    let now = panel.now();
    let tx = panel.db.begin().await?;
    store::lock(&tx, decision.phrase_id).await?;
    let Some(phrase) = store::phrase(&tx, decision.phrase_id).await? else {
        return Ok(());
    };
    if decision.deed == Deed::Sort {
        let waiting = waiting_on(&tx, &phrase, phrase.provider.is_none()).await?;
        // More may wait by now than when it was decided.
        if decision.confirmed_by.is_none() && needs_second_person(panel, waiting.held) {
            let (id, orders) = (decision.id, waiting.orders);
            if decisions::ask_second(&tx, id, orders, waiting.held).await? {
                alert_second_person(&tx, now, &decision).await?;
            }
            tx.commit().await?;
            return Ok(());
        }
    }
    let by = Actor::panel();
    if !decisions::apply(&tx, decision.id, &by.to_string(), now).await? {
        return Ok(());
    }
    if let (Deed::Sort, Some(class)) = (decision.deed, class_of(&decision)) {
        let sorting = Sorting {
            class,
            source: Some(decision.reason.clone()),
            by: decision.decided_by.clone(),
            at: now,
        };
        store::set_class(&tx, decision.phrase_id, &sorting).await?;
        store::bump_version(&tx).await?;
    }
    let was = phrase.sorting.as_ref().map(|sorting| sorting.class.word());
    let entry = Entry::new(audit::Deed::PhraseApplied, subject(&decision))
        .was(json!({"class": was}))
        .became(json!({"decision_id": decision.id.0, "decision": decision.word}));
    audit::record_in_tx(&tx, &panel.secrets, now, &by, entry).await?;
    tx.commit().await?;
    Ok(())
}

/// Tells that a decision waits for a second person.
pub(super) async fn alert_second_person(tx: &Tx, now: Time, decision: &Decision) -> Result<()> {
    let message = format!(
        "decision {} of {} about the phrase {:?} waits for a second person: {}",
        decision.id,
        decision.decided_by,
        decision.example,
        decision.how_to_confirm()
    );
    let alert = Alert::new(
        AlertKind::UnsortedSentence,
        format!("phrase decision {}", decision.id),
        message,
    );
    raise_in_tx(tx, now, vec![alert]).await
}

fn class_of(decision: &Decision) -> Option<Class> {
    Class::of_kind(decision.kind, &decision.word)
}

/// Carries out what took effect. Gives how many runs were decided.
async fn carry_out(panel: &Panel) -> Result<usize> {
    let mut done = 0;
    for decision in decisions::under_way(panel.db.read()).await? {
        done += carry_out_one(panel, &decision).await?;
        fail::fail_point!("C18");
        let tx = panel.db.begin().await?;
        decisions::finish(&tx, decision.id, panel.now()).await?;
        tx.commit().await?;
    }
    Ok(done)
}

async fn carry_out_one(panel: &Panel, decision: &Decision) -> Result<usize> {
    let Some(phrase) = store::phrase(panel.db.read(), decision.phrase_id).await? else {
        return Ok(0);
    };
    let exit = match (decision.deed, class_of(decision)) {
        (Deed::Resolve, _) => PhraseExit::from_word(&decision.word),
        (Deed::Sort, Some(Class::Refusal(class))) => Some(PhraseExit::of(class)),
        (Deed::Sort, Some(Class::Status(_)) | None) => None,
    };
    let by = &decision.decided_by;
    let evidence = match decision.deed {
        Deed::Sort => format!(
            "{by} sorted the answer as {}: {}",
            decision.word, decision.reason
        ),
        Deed::Resolve => format!("{by} decided {}: {}", decision.word, decision.reason),
    };
    let waiting = waiting_on(panel.db.read(), &phrase, phrase.provider.is_none()).await?;
    let Some(exit) = exit else {
        let mut asked = waiting.spelled.len();
        for (provider, status) in waiting.spelled {
            asked += orders::follow_again(panel, provider, &status, &evidence).await?;
        }
        return Ok(asked);
    };
    let runs = WaitingRuns {
        providers: &waiting.providers,
        phrase: &phrase.phrase,
        since: decision.since,
        // What is parked later was answered by a provider that the sorting was known of.
        until: decision.until.or(decision.ended_at.map(|at| at.plus_ms(1))),
    };
    if exit == PhraseExit::Stay
        && let Some(Class::Refusal(class)) = class_of(decision)
    {
        orders::note_sorted(panel, &runs, class).await?;
        return Ok(0);
    }
    decide_all(panel, &runs, exit, &evidence).await
}

/// Decides every run that waits, piece by piece. Gives how many were.
async fn decide_all(
    panel: &Panel,
    runs: &WaitingRuns<'_>,
    exit: PhraseExit,
    evidence: &str,
) -> Result<usize> {
    let (mut after, mut done) = (DispatchId(0), 0);
    while let Some(piece) = orders::decide_piece(panel, runs, exit, evidence, after).await? {
        after = piece.last;
        done += piece.decided;
    }
    Ok(done)
}

/// Until how long after a sorting runs are parked that it decides, in ms: those of a server that had not
/// read it yet. What is parked on it later was not parked because nobody had sorted it, and is never
/// sent again by itself.
const RELOAD_MS: i64 = 60_000;

/// Decides runs whose sentence an operator has sorted: those that were parked while a server did not
/// know it yet, or before a decision was finished. What is shipped decides only answers to come: what
/// waits for a person is not sent because of an update. Gives how many there were.
async fn decide_sorted(panel: &Panel) -> Result<usize> {
    let mut done = 0;
    for group in orders::waiting_on_phrases(panel.db.read()).await? {
        let book = &panel.phrasebook;
        let Some((class, at)) = book.sorted_refusal_class(group.provider, &group.phrase) else {
            continue;
        };
        let exit = PhraseExit::of(class);
        if exit == PhraseExit::Stay {
            continue;
        }
        let runs = WaitingRuns {
            providers: &[group.provider],
            phrase: &group.phrase,
            since: None,
            until: Some(at.plus_ms(RELOAD_MS)),
        };
        let evidence = format!("the answer is sorted as {class}");
        done += decide_all(panel, &runs, exit, &evidence).await?;
    }
    Ok(done)
}

/// Sends again to providers that were paused "until they are sorted", once nothing unsorted waits.
async fn resume_sorted(panel: &Panel) -> Result<()> {
    let providers = catalog::providers(&panel.db, &panel.secrets).await?;
    let paused = providers
        .iter()
        .filter(|provider| provider.pause == Some(Pause::Unsorted))
        .map(|provider| provider.id);
    for provider in paused {
        let groups = orders::waiting_on_phrases(panel.db.read()).await?;
        let waits = groups.iter().any(|group| {
            let class = panel.phrasebook.refusal_class(provider, &group.phrase);
            group.provider == provider && class.is_none()
        });
        if !waits {
            let tx = panel.db.begin().await?;
            catalog::resume_sorted_in_tx(&tx, provider).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

/// Alerts of sentences that orders wait on: one alert for each, however many orders there are, again
/// after longer and longer times. Gives how many alerts there were.
async fn alert_of_waiting(panel: &Panel) -> Result<usize> {
    let groups = orders::waiting_on_phrases(panel.db.read()).await?;
    let mut items = work_items(panel.db.read()).await?;
    if items.len() < groups.len() {
        // What this server has seen is written with the sentence itself as its example.
        write_seen_phrases(panel).await?;
        add_missing(panel, &groups).await?;
        items = work_items(panel.db.read()).await?;
    }
    let words = words_seen(panel).await?;
    let now = panel.now();
    let is_due = |phrase: &Phrase| phrase.alert_due.is_none_or(|due| due <= now);
    let mut raised = 0;
    for item in items.iter().filter(|item| is_due(&item.phrase)) {
        raised += usize::from(raise(panel, now, &item.phrase, &item.waiting).await?);
    }
    for word in words.iter().filter(|word| is_due(word)) {
        let waiting = waiting_on(panel.db.read(), word, false).await?;
        raised += usize::from(raise(panel, now, word, &waiting).await?);
    }
    let open = items.iter().map(|item| item.phrase.id);
    let open: Vec<PhraseId> = open.chain(words.iter().map(|word| word.id)).collect();
    close_alerts(panel, &open).await?;
    Ok(raised)
}

/// The status words that nobody has sorted, those too that no server has counted yet.
async fn words_seen(panel: &Panel) -> Result<Vec<Phrase>> {
    let words = unsorted_words(panel.db.read()).await?;
    let known = words.iter();
    let known = known.filter_map(|word| Some((word.provider?, word.phrase.as_str())));
    if !panel.phrasebook.has_new_word(&known.collect()) {
        return Ok(words);
    }
    write_seen_phrases(panel).await?;
    unsorted_words(panel.db.read()).await
}

/// Writes rows of sentences that orders wait on and that no server has counted yet.
async fn add_missing(panel: &Panel, groups: &[WaitingGroup]) -> Result<()> {
    let items = work_items(panel.db.read()).await?;
    let known: HashSet<_> = items
        .iter()
        .filter_map(|item| Some((item.phrase.provider?, item.phrase.phrase.as_str())))
        .collect();
    let missing: Vec<&WaitingGroup> = groups
        .iter()
        .filter(|group| !known.contains(&(group.provider, group.phrase.as_str())))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let tx = panel.db.begin().await?;
    for group in missing {
        let new = NewPhrase {
            provider: Some(group.provider),
            kind: PhraseKind::Refusal,
            phrase: &group.phrase,
            example: &cut_example(&group.example),
        };
        store::find_or_insert(&tx, &new).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Alerts of a phrase and of what waits on it, unless another server just did. Where nothing waits,
/// nobody is told, and it is looked at again later.
async fn raise(panel: &Panel, now: Time, phrase: &Phrase, waiting: &Waiting) -> Result<bool> {
    let times = usize::try_from(phrase.alerts).unwrap_or(usize::MAX);
    let daily = ALERT_AGAIN.last().copied().unwrap_or(HOUR);
    let again = ALERT_AGAIN.get(times).copied().unwrap_or(daily);
    let tx = panel.db.begin().await?;
    if !store::take_alert(&tx, phrase.id, phrase.alerts, now.plus_ms(again)).await? {
        return Ok(false);
    }
    if waiting.orders == 0 {
        tx.commit().await?;
        return Ok(false);
    }
    let hours = waiting
        .oldest
        .map_or(0, |oldest| now.ms_since(oldest) / HOUR);
    let provider = phrase.provider_name.as_deref().unwrap_or("?");
    let sorted = match phrase.meaning() {
        None => "nobody has sorted".to_owned(),
        Some((class, _)) => format!("is sorted as {class}"),
    };
    let (what, alert) = match phrase.kind {
        PhraseKind::Refusal => ("sentence", AlertKind::UnsortedSentence),
        PhraseKind::Status => ("status word", AlertKind::UnknownStatus),
    };
    let message = format!(
        "{} order(s) with {} USD, the oldest for {hours} h, wait at provider {provider} on a \
         {what} that {sorted}: {:?}; `smm-panel phrase show {}`",
        waiting.orders, waiting.held, phrase.example, phrase.id
    );
    let alert = Alert::new(alert, format!("phrase {}", phrase.id), message);
    raise_in_tx(&tx, now, vec![alert]).await?;
    tx.commit().await?;
    Ok(true)
}

/// Forgets the alerts of phrases that are not among `open`: a sentence that orders wait on anew later
/// is alerted as a new one.
async fn close_alerts(panel: &Panel, open: &[PhraseId]) -> Result<()> {
    let alerted = store::alerted(panel.db.read()).await?;
    if alerted.iter().all(|id| open.contains(id)) {
        return Ok(());
    }
    let tx = panel.db.begin().await?;
    store::close_alerts(&tx, open).await?;
    tx.commit().await?;
    Ok(())
}
