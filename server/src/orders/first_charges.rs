//! The first orders of an offer: few of them are under way until its first charge is known, so that a
//! misread price loses at most what those lose.
//!
//! Owns the table `first_runs`: what was sent to an offer before its first charge was known. A run
//! counts as under way while it may still be charged for: sending, accepted, unknown or parked; but not
//! while all that is known of it is a sentence that nobody has sorted, most often a refusal: no single
//! customer's links hold an offer up for everybody. What is
//! beyond [`FIRST_ORDERS`] stays queued, and nothing of that offer is due until a charge is known or
//! one of the first has ended. Those that were accepted are then asked about at once, once, instead of
//! after the usual interval.

use std::collections::{BTreeSet, HashMap};

use super::rules::DispatchState;
use super::store;
use super::store::runs::DueToSend;
use crate::actor::Actor;
use crate::alerts::{Alert, AlertKind, raise_in_tx};
use crate::audit::{self, Deed, Entry};
use crate::catalog::charges::{self, FirstReport, OfferCharges, OfferKey, Once};
use crate::catalog::{self, Provider};
use crate::clock::Time;
use crate::db::Tx;
use crate::entity::dispatch;
use crate::error::{Refusal, Result};
use crate::ids::{DispatchId, ProviderId};
use crate::panel::Panel;
use crate::protocol::OrderWord;
use crate::protocol::upstream::StatusReply;

/// How many orders of an offer are under way at most until its first charge is known.
const FIRST_ORDERS: usize = 10;

/// How long an offer waits for its first charge before an operator is told.
const TOLD_AFTER_MS: i64 = 10 * 60 * 1_000;

/// Among how many of the newest charged runs of an offer one is looked for whose charge says something.
const LOOKED_AT: u64 = 10;

/// Opens the offers of `provider` again of whose first orders some have ended; the others are asked
/// about at once, and after a while an operator is told.
pub(super) async fn reopen_in_tx(tx: &Tx, provider: &Provider, now: Time) -> Result<()> {
    let waiting = charges::waiting(tx, provider.id).await?;
    if waiting.is_empty() {
        return Ok(());
    }
    let names = waiting.iter().map(|one| one.service.as_str());
    let under_way = store::first_runs::under_way(tx, provider.id, names).await?;
    let is_open = |service: &str| {
        let many = under_way.get(service).copied().unwrap_or_default();
        many < FIRST_ORDERS || !provider.dialect.compares_charges
    };
    let (mut open, mut hurried, mut told) = (Vec::new(), Vec::new(), Vec::new());
    for one in &waiting {
        let service = one.service.as_str();
        if is_open(service) {
            open.push(service);
            continue;
        }
        if !one.is_hurried && store::first_runs::hurry(tx, provider.id, service, now).await? {
            hurried.push(service);
        }
        if !one.is_told && now.ms_since(one.held_at) >= TOLD_AFTER_MS {
            told.push(service);
        }
    }
    if !open.is_empty() {
        charges::reopen_in_tx(tx, provider.id, &open).await?;
    }
    charges::done_in_tx(tx, provider.id, now, Once::Hurried, &hurried).await?;
    charges::done_in_tx(tx, provider.id, now, Once::Told, &told).await?;
    let alerts = told.iter().map(|service| {
        let name = &provider.name;
        let message = format!(
            "{FIRST_ORDERS} orders of service {service} of {name} are under way and it has reported \
             no charge: the others wait. If it reports none: provider set {name} \
             --compares-charges false, or provider resume-offer {name} {service} \
             --without-comparison"
        );
        Alert::new(AlertKind::FirstChargeMissing, message)
    });
    raise_in_tx(tx, now, alerts.collect()).await
}

/// Those of the runs that are `due` at `provider` and locked that may be sent. Where the charges of all
/// offers are known this costs no statement.
pub(super) async fn admit_in_tx(
    tx: &Tx,
    provider: &Provider,
    now: Time,
    due: Vec<DueToSend>,
) -> Result<Vec<dispatch::Model>> {
    let services: BTreeSet<String> = due
        .iter()
        .filter(|due| due.charge_is_known != Some(true))
        .map(|due| due.run.provider_service.clone())
        .collect();
    let mut runs: Vec<dispatch::Model> = due.into_iter().map(|due| due.run).collect();
    let unknown = charges::lock_unknown_in_tx(tx, provider, &services).await?;
    if unknown.is_empty() {
        return Ok(runs);
    }
    let names = unknown.iter().map(|one| one.service.as_str());
    let under_way = store::first_runs::under_way(tx, provider.id, names).await?;
    let mut room: HashMap<String, usize> = HashMap::new();
    for one in &unknown {
        let many = under_way.get(&one.service).copied().unwrap_or_default();
        let left = if one.is_held {
            0
        } else {
            FIRST_ORDERS.saturating_sub(many)
        };
        room.insert(one.service.clone(), left);
    }
    let mut full: BTreeSet<String> = BTreeSet::new();
    runs.retain(|run| match room.get_mut(&run.provider_service) {
        None => true,
        Some(0) => {
            full.insert(run.provider_service.clone());
            false
        }
        Some(left) => {
            *left -= 1;
            true
        }
    });
    let first = runs
        .iter()
        .filter(|run| room.contains_key(&run.provider_service));
    let first: Vec<&dispatch::Model> = first.collect();
    store::first_runs::insert(tx, &first).await?;
    if !full.is_empty() {
        let full: Vec<&str> = full.iter().map(String::as_str).collect();
        charges::hold_in_tx(tx, provider.id, now, &full).await?;
    }
    Ok(runs)
}

/// The charges that were reported with the acceptance of these runs, if they were accepted at `now`.
pub(super) fn charged_at_once<'r>(
    now: Time,
    runs: impl Iterator<Item = &'r dispatch::Model>,
) -> Vec<FirstReport> {
    let accepted =
        runs.filter(|run| run.state == DispatchState::Accepted && run.accepted_at_ms == Some(now));
    accepted
        .filter_map(|run| {
            let charge = run.provider_charge.clone();
            Some(report(
                run,
                charge.filter(|charge| says_something(charge))?,
                None,
            ))
        })
        .collect()
}

/// The charges that are reported for the first time, `runs` being as they were before and `reply_to`
/// giving what was said of each. What a canceled order was charged is no evidence of a price.
pub(super) fn newly_charged<'r>(
    runs: &[dispatch::Model],
    reply_to: impl Fn(DispatchId) -> Option<&'r StatusReply>,
) -> Vec<FirstReport> {
    let of = |run: &dispatch::Model| {
        let known = run.provider_charge.as_deref().is_some_and(says_something);
        match reply_to(run.id) {
            Some(StatusReply::Known {
                word,
                charge: Some(charge),
                currency,
                ..
            }) if !known
                && run.state == DispatchState::Accepted
                && *word != Some(OrderWord::Canceled)
                && says_something(charge) =>
            {
                Some(report(run, charge.clone(), currency.clone()))
            }
            Some(_) | None => None,
        }
    };
    runs.iter().filter_map(of).collect()
}

/// Whether a charge is more than what panels print until they have charged.
fn says_something(charge: &str) -> bool {
    charge.contains(|c: char| matches!(c, '1'..='9'))
}

fn report(run: &dispatch::Model, charge: String, currency: Option<String>) -> FirstReport {
    FirstReport {
        offer: (run.provider_id, run.provider_service.clone()),
        quantity: run.quantity,
        charge,
        currency,
        run: format!("dispatch {} of order {}", run.id, run.order_id),
    }
}

/// Compares what was charged with what was quoted; gives what a person should look at.
pub(super) async fn compare_in_tx(
    tx: &Tx,
    now: Time,
    reports: Vec<FirstReport>,
) -> Result<Vec<Alert>> {
    if reports.is_empty() {
        return Ok(Vec::new());
    }
    let compared = charges::compare_in_tx(tx, now, reports).await?;
    for offer in &compared.known {
        store::first_runs::forget(tx, offer).await?;
    }
    let alert = |paused: charges::Paused| Alert::new(AlertKind::ChargedAboveQuote, paused.message);
    Ok(compared.paused.into_iter().map(alert).collect())
}

/// What is exceptional about an offer's charges, and what waits for it.
#[derive(Debug, Clone)]
pub struct OfferState {
    /// What is known of its charges.
    pub charges: OfferCharges,
    /// How many orders are queued for it.
    pub queued: i64,
    /// Of an offer that was resumed just now: why it will be paused again, if its price is still read
    /// as it was.
    pub warning: Option<String>,
}

/// The offers of a provider that nothing is sent to at present, or whose charges are not compared.
pub async fn offer_states(panel: &Panel, provider: ProviderId) -> Result<Vec<OfferState>> {
    let found = charges::exceptional(panel.db.read(), provider, None).await?;
    let mut states = Vec::with_capacity(found.len());
    for charges in found {
        let service = &charges.provider_service;
        let queued = store::first_runs::queued(panel.db.read(), provider, service).await?;
        states.push(OfferState {
            charges,
            queued,
            warning: None,
        });
    }
    Ok(states)
}

/// Sends to an offer again, from its first orders on. With `compares` its charges are compared as if
/// none had been seen, and it is said if the last one would pause it again; without, they are not
/// compared any more, and any number of its orders is under way. Refused: [`Refusal::Unknown`].
pub async fn resume_offer(
    panel: &Panel,
    actor: &Actor,
    provider: ProviderId,
    service: &str,
    compares: bool,
) -> Result<OfferState> {
    actor.only_operators()?;
    catalog::provider(&panel.db, &panel.secrets, provider).await?;
    let tx = panel.db.begin().await?;
    let before = charges::exceptional(&tx, provider, Some(service)).await?;
    let before = before.first();
    let key: OfferKey = (provider, service.to_owned());
    let is_paused = before.is_some_and(|before| before.pause_reason.is_some());
    let warning = match compares && is_paused {
        true => pauses_again_in_tx(&tx, &key).await?,
        false => None,
    };
    if !charges::resume_in_tx(&tx, (provider, service), compares).await? {
        return Err(Refusal::Unknown { what: "offer" }.into());
    }
    store::first_runs::forget(&tx, &key).await?;
    let entry = Entry::new(Deed::OfferResumed, format!("provider:{provider}"))
        .was(serde_json::json!({
            "provider_service": service,
            "pause": before.and_then(|before| before.pause_reason.as_deref()),
            "compares_charges": before.is_none_or(|before| before.compares),
        }))
        .became(serde_json::json!({
            "provider_service": service, "pause": null, "compares_charges": compares,
        }));
    audit::record_in_tx(&tx, &panel.secrets, panel.now(), actor, entry).await?;
    tx.commit().await?;
    let states = charges::exceptional(panel.db.read(), provider, Some(service)).await?;
    let charges = states.into_iter().next();
    let charges = charges.ok_or(Refusal::Unknown { what: "offer" })?;
    let queued = store::first_runs::queued(panel.db.read(), provider, service).await?;
    Ok(OfferState {
        charges,
        queued,
        warning,
    })
}

/// Why a paused offer will be paused again, if its last charge says so.
async fn pauses_again_in_tx(tx: &Tx, offer: &OfferKey) -> Result<Option<String>> {
    let runs = store::first_runs::last_charged(tx, offer, LOOKED_AT).await?;
    let last = runs.iter().find_map(|run| {
        let charge = run.provider_charge.clone();
        Some(report(
            run,
            charge.filter(|charge| says_something(charge))?,
            None,
        ))
    });
    match last {
        Some(last) => charges::pauses_again_in_tx(tx, &last).await,
        None => Ok(None),
    }
}
