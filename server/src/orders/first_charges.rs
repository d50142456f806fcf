//! The first orders of an offer: few of them are under way until its first charge is known, so that a
//! misread price loses at most what those lose.
//!
//! Owns the table `first_runs`: what was sent to an offer before its first charge was known. A run
//! counts as under way while it may still be charged for: sending, accepted, unknown or parked; but not
//! while all that is known of it is a sentence that nobody has sorted, most often a refusal. Of one
//! account at most [`UNPROVEN`] are on their way or doubtful, and its others wait: no single customer's
//! links hold an offer up for everybody. What is
//! beyond [`FIRST_ORDERS`] stays queued, and nothing of that offer is due until a charge is known or
//! one of the first has ended. Those that were accepted are then asked about at once, once, instead of
//! after the usual interval.

use std::collections::{BTreeSet, HashMap};

use super::rules::DispatchState;
use super::store;
use super::store::first_runs::UnderWay;
use super::store::runs::{DueToSend, Postponed};
use crate::actor::Actor;
use crate::alerts::{Alert, AlertKind, raise_in_tx};
use crate::audit::{self, Deed, Entry};
use crate::catalog::charges::{self, FirstReport, OfferCharges, OfferKey, Once};
use crate::catalog::{self, Provider};
use crate::clock::Time;
use crate::db::Tx;
use crate::entity::{dispatch, order};
use crate::error::{Refusal, Result};
use crate::ids::{AccountId, DispatchId, OrderId, ProviderId};
use crate::panel::Panel;
use crate::protocol::OrderWord;
use crate::protocol::upstream::StatusReply;

/// How many orders of an offer are under way at most until its first charge is known.
const FIRST_ORDERS: usize = 10;

/// How many of them are on their way, or may or may not have been taken, for one account at most.
const UNPROVEN: usize = 5;

/// How long an account's orders of an offer wait that has so many doubtful ones there.
const UNPROVEN_WAIT_MS: i64 = 60_000;

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
        let many = under_way.get(service).map_or(0, UnderWay::count);
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
        let doubtful = under_way.get(*service).map_or(0, UnderWay::doubtful);
        let message = no_charge_yet(&provider.name, service, doubtful);
        Alert::new(
            AlertKind::FirstChargeMissing,
            charges::alert_cause(provider.id, service),
            message,
        )
    });
    raise_in_tx(tx, now, alerts.collect()).await
}

/// What an operator is told of an offer whose orders wait for its first charge; of `doubtful` of its
/// first orders nobody knows whether they were taken.
fn no_charge_yet(provider: &str, service: &str, doubtful: usize) -> String {
    let waiting = format!(
        "{FIRST_ORDERS} orders of service {service} of {provider} are under way and it has reported no \
         charge: the others wait."
    );
    let reports_none = format!(
        "provider set {provider} --compares-charges false, or provider resume-offer {provider} \
         {service} --without-comparison"
    );
    match doubtful {
        0 => format!("{waiting} If it reports none: {reports_none}"),
        _ => format!(
            "{waiting} Of {doubtful} of them nobody knows whether they were taken: decide those first \
             (dispatch list). If it reports no charge of the others either: {reports_none}"
        ),
    }
}

/// What of the runs that were due is sent.
pub(super) enum Admitted {
    /// These.
    These(Vec<dispatch::Model>),
    /// Those of an account were postponed: what is due now has to be read again.
    OthersFirst,
}

/// Those of the runs that are `due` at `provider` and locked that may be sent, `orders` being theirs.
/// Where the charges of all offers are known this costs no statement.
pub(super) async fn admit_in_tx(
    tx: &Tx,
    provider: &Provider,
    now: Time,
    due: Vec<DueToSend>,
    orders: &HashMap<OrderId, order::Model>,
) -> Result<Admitted> {
    let services: BTreeSet<String> = due
        .iter()
        .filter(|due| due.charge_is_known != Some(true))
        .map(|due| due.run.provider_service.clone())
        .collect();
    let runs: Vec<dispatch::Model> = due.into_iter().map(|due| due.run).collect();
    let unknown = charges::lock_unknown_in_tx(tx, provider, &services).await?;
    if unknown.is_empty() {
        return Ok(Admitted::These(runs));
    }
    let names = unknown.iter().map(|one| one.service.as_str());
    let mut under_way = store::first_runs::under_way(tx, provider.id, names).await?;
    let mut places: HashMap<String, Places> = HashMap::new();
    for one in &unknown {
        let of = under_way.remove(&one.service).unwrap_or_default();
        let left = match one.is_held {
            true => 0,
            false => FIRST_ORDERS.saturating_sub(of.count()),
        };
        let places_of = Places {
            left,
            under_way: of,
        };
        places.insert(one.service.clone(), places_of);
    }
    if postpone_in_tx(tx, provider, now, &runs, &places, orders).await? {
        return Ok(Admitted::OthersFirst);
    }
    let mut full: BTreeSet<String> = BTreeSet::new();
    let mut admitted = Vec::with_capacity(runs.len());
    let mut first = Vec::new();
    for run in runs {
        let account = orders.get(&run.order_id).map(|order| order.account_id);
        let place = places.get_mut(&run.provider_service).zip(account);
        match place.map(|(places, account)| places.take(account)) {
            None => admitted.push(run),
            Some(Place::Taken) => {
                first.push(admitted.len());
                admitted.push(run);
            }
            Some(Place::NoneOfAccount) => {}
            Some(Place::None) => {
                full.insert(run.provider_service);
            }
        }
    }
    let first: Vec<&dispatch::Model> = first.iter().filter_map(|at| admitted.get(*at)).collect();
    store::first_runs::insert(tx, &first).await?;
    if !full.is_empty() {
        let full: Vec<&str> = full.iter().map(String::as_str).collect();
        charges::hold_in_tx(tx, provider.id, now, &full).await?;
    }
    Ok(Admitted::These(admitted))
}

/// How many more orders of an offer may be under way, and which are.
struct Places {
    left: usize,
    under_way: UnderWay,
}

/// Whether one more order may be under way.
enum Place {
    Taken,
    /// None of its account, until more is known of its others.
    NoneOfAccount,
    None,
}

impl Places {
    fn take(&mut self, account: AccountId) -> Place {
        let of = self.under_way.of(account);
        if self.left == 0 {
            return Place::None;
        }
        if of.sending + of.doubtful >= UNPROVEN {
            return Place::NoneOfAccount;
        }
        self.left -= 1;
        self.under_way.send(account);
        Place::Taken
    }
}

/// Postpones the orders of those accounts that have too many doubtful ones at an offer; gives whether
/// there were any.
async fn postpone_in_tx(
    tx: &Tx,
    provider: &Provider,
    now: Time,
    runs: &[dispatch::Model],
    places: &HashMap<String, Places>,
    orders: &HashMap<OrderId, order::Model>,
) -> Result<bool> {
    let mut waiting: BTreeSet<(&str, AccountId)> = BTreeSet::new();
    for run in runs {
        let service = run.provider_service.as_str();
        if let (Some(places), Some(order)) = (places.get(service), orders.get(&run.order_id))
            && places.under_way.of(order.account_id).doubtful >= UNPROVEN
        {
            waiting.insert((service, order.account_id));
        }
    }
    for &(service, account) in &waiting {
        let postponed = Postponed {
            provider: provider.id,
            service: Some(service),
            account,
            until: now.plus_ms(UNPROVEN_WAIT_MS),
            reason: format!(
                "of {UNPROVEN} orders of its account nobody knows whether they were taken, and the \
                 first charge of this service is not known"
            ),
        };
        store::runs::postpone(tx, postponed).await?;
    }
    Ok(!waiting.is_empty())
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
    let alert = |paused: charges::Paused| {
        Alert::new(AlertKind::ChargedAboveQuote, paused.cause, paused.message)
    };
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
/// compared any more, and any number of its orders is under way. Refused: [`Refusal::Unknown`] of a provider;
/// [`Refusal::FieldInvalid`] of a service that it is not offered for.
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
        let expected = "the number at the provider of one of its offers";
        return Err(Refusal::FieldInvalid {
            field: "provider_service",
            expected,
        }
        .into());
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
