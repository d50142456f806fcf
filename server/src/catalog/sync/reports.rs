//! What readings of catalogues found, and what operators decide about it.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Value, json};

use super::difference::{Seen, is_price, limits_text, reason, usable};
use super::{DifferenceKind, DifferenceState, records, sold, store};
use crate::actor::Actor;
use crate::audit::{self, Deed, Entry};
use crate::catalog::{Offer, ServicePause, ServiceState, prices};
use crate::clock::{Period, Time};
use crate::db::{Db, PIECE, Tx};
use crate::error::{Refusal, Result};
use crate::ids::{ProviderId, ServiceId};
use crate::money::Rate;
use crate::panel::Panel;

/// One reading of a provider's catalogue.
#[derive(Debug, Clone)]
pub struct Report {
    /// Its number.
    pub id: i64,
    /// Whose catalogue.
    pub provider: ProviderId,
    /// When it was begun.
    pub started_at: Time,
    /// When it was over; not yet, or never, if the server died.
    pub finished_at: Option<Time>,
    /// How many services are listed that can be sold.
    pub listed: i64,
    /// How many rows are not taken.
    pub skipped: i64,
    /// How many were not listed before.
    pub added: i64,
    /// How many are not listed any more.
    pub gone: i64,
    /// Why nothing was changed, or not all of it, if that is so.
    pub error: Option<String>,
    /// How many differences it found for services of ours.
    pub differences: i64,
    /// How many of them nobody has decided.
    pub open: i64,
}

/// What changed for one of our services.
#[derive(Debug, Clone)]
pub struct Difference {
    /// Its number.
    pub id: i64,
    /// The report that it is of.
    pub report: i64,
    /// Whose catalogue.
    pub provider: ProviderId,
    /// Our service.
    pub service: ServiceId,
    /// What that is called now.
    pub service_name: String,
    /// The provider's.
    pub provider_service: String,
    /// What changed.
    pub kind: DifferenceKind,
    /// What it was.
    pub was: String,
    /// What it became.
    pub became: String,
    /// What became of it.
    pub state: DifferenceState,
    /// Who decided it.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Time>,
}

/// Which differences are listed; each that is given must match.
#[derive(Debug, Clone, Copy, Default)]
pub struct DifferenceFilter {
    /// Of this report.
    pub report: Option<i64>,
    /// Of this provider.
    pub provider: Option<ProviderId>,
    /// Of this service.
    pub service: Option<ServiceId>,
    /// Of this kind.
    pub kind: Option<DifferenceKind>,
    /// In this state.
    pub state: Option<DifferenceState>,
    /// Of a reading that began within this time.
    pub read: Period,
}

/// Reports below the number `before`, newest first.
pub async fn reports(
    db: &Db,
    provider: Option<ProviderId>,
    started: Period,
    before: Option<i64>,
    limit: usize,
) -> Result<Vec<Report>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let before = before.unwrap_or(i64::MAX);
    records::reports(db.read(), provider, started, before, limit).await
}

/// A report. Refused: [`Refusal::Unknown`].
pub async fn report(db: &Db, id: i64) -> Result<Report> {
    let found = records::report(db.read(), id).await?;
    Ok(found.ok_or(Refusal::Unknown { what: "report" })?)
}

/// Differences above the number `after` that match, oldest first.
pub async fn differences(
    db: &Db,
    filter: &DifferenceFilter,
    after: i64,
    limit: usize,
) -> Result<Vec<Difference>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    records::differences(db.read(), filter, after, limit).await
}

/// The services that change, with their rates before and after.
type Changed = BTreeMap<ServiceId, (Rate, Rate)>;

/// Makes services follow differences: all of `ids`, or none. Refused: [`Refusal::Unknown`],
/// [`Refusal::Conflict`] where one was decided before, or cannot be followed.
pub async fn apply(panel: &Panel, actor: &Actor, ids: &[i64]) -> Result<Vec<Difference>> {
    actor.only_operators()?;
    let tx = panel.db.begin().await?;
    let (found, mut services) = open_ones(&tx, ids).await?;
    let before: Vec<_> = services.values().map(sold).collect();
    let mut changed = Changed::new();
    for difference in &found {
        let unknown = Refusal::Unknown { what: "service" };
        let service = services.get_mut(&difference.service).ok_or(unknown)?;
        let before = service.clone();
        follow(service, difference)?;
        if before != *service {
            let (was, _) = changed
                .get(&service.id)
                .copied()
                .unwrap_or((before.rate, before.rate));
            changed.insert(service.id, (was, service.rate));
        }
    }
    let after = services
        .values()
        .filter(|one| changed.contains_key(&one.id));
    store::write_services(&tx, after).await?;
    let decided = decide(panel, tx, actor, found, DifferenceState::Applied, &changed).await?;
    prices::tell_moved(panel, before, services.values().map(sold));
    Ok(decided)
}

/// Leaves services as they are: all of `ids`, or none. A service that could be sold again and is not
/// wanted back is hidden. Refused as by [`apply`].
pub async fn dismiss(panel: &Panel, actor: &Actor, ids: &[i64]) -> Result<Vec<Difference>> {
    actor.only_operators()?;
    let tx = panel.db.begin().await?;
    let (found, mut services) = open_ones(&tx, ids).await?;
    let mut changed = Changed::new();
    let returned = found
        .iter()
        .filter(|difference| difference.kind == DifferenceKind::Returned);
    for difference in returned {
        if let Some(service) = services.get_mut(&difference.service)
            && service.state == ServiceState::Paused
        {
            service.state = ServiceState::Hidden;
            service.pause = None;
            changed.insert(service.id, (service.rate, service.rate));
        }
    }
    let after = services
        .values()
        .filter(|one| changed.contains_key(&one.id));
    store::write_services(&tx, after).await?;
    let state = DifferenceState::Dismissed;
    decide(panel, tx, actor, found, state, &changed).await
}

/// The open differences of these numbers and their services, under the catalogue's lock.
async fn open_ones(tx: &Tx, ids: &[i64]) -> Result<(Vec<Difference>, HashMap<ServiceId, Seen>)> {
    let ids: HashSet<i64> = ids.iter().copied().collect();
    if ids.is_empty() || ids.len() > PIECE {
        return Err(Refusal::FieldInvalid {
            field: "difference_ids",
            expected: "1 to 500 numbers of differences",
        }
        .into());
    }
    let ids: Vec<i64> = ids.into_iter().collect();
    crate::catalog::store::lock_catalogue(tx).await?;
    let found = records::numbered(tx, &ids).await?;
    if found.len() < ids.len() {
        let what = "difference";
        return Err(Refusal::Unknown { what }.into());
    }
    if let Some(decided) = found
        .iter()
        .find(|difference| difference.state != DifferenceState::Open)
    {
        let why = format!(
            "difference {} is {} already; nothing was changed",
            decided.id, decided.state
        );
        return Err(Refusal::Conflict { why }.into());
    }
    let services: HashSet<ServiceId> = found.iter().map(|one| one.service).collect();
    let services: Vec<ServiceId> = services.into_iter().collect();
    let seen = store::seen(tx, &services).await?;
    Ok((found, seen.into_iter().map(|one| (one.id, one)).collect()))
}

/// Makes `service` follow one difference, by what its offers are now. Pure.
fn follow(service: &mut Seen, difference: &Difference) -> std::result::Result<(), Refusal> {
    let (number, id) = (difference.id, service.id);
    let conflict = |why: String| Refusal::Conflict {
        why: format!("difference {number} cannot be applied: {why}; nothing was changed"),
    };
    let nobody = || conflict(format!("nobody sells service {id} at present"));
    match difference.kind {
        DifferenceKind::Dearer | DifferenceKind::Cheaper | DifferenceKind::BelowCost => {
            let by_hand = || {
                conflict(format!(
                    "the rate of service {id} was set by hand: change it with \
                     operator_service_change, or dismiss the difference"
                ))
            };
            let markup = service.markup.ok_or_else(by_hand)?;
            let offer = usable(&service.offers).ok_or_else(nobody)?;
            let cost = offer.cost;
            if !is_of(offer, difference) || cost.to_string() != difference.became {
                let now = orders_go_to(offer, &format!("at {cost} USD"));
                return Err(conflict(now));
            }
            let none = || conflict(format!("the markup leaves no price of {cost} USD"));
            service.rate = markup.of(cost).ok_or_else(none)?;
        }
        DifferenceKind::Limits => {
            let offer = usable(&service.offers).ok_or_else(nobody)?;
            let limits = limits_text(offer.min, offer.max);
            if !is_of(offer, difference) || limits != difference.became {
                return Err(conflict(orders_go_to(offer, &limits)));
            }
            (service.min, service.max) = (offer.min, offer.max);
        }
        DifferenceKind::Renamed => service.name.clone_from(&difference.became),
        DifferenceKind::Returned => {
            if let (ServiceState::Paused, Some(reason)) = (service.state, reason(service)) {
                return Err(conflict(format!("service {id} is still held by: {reason}")));
            }
        }
        DifferenceKind::Gone => {}
    }
    let ends = match service.pause {
        Some(ServicePause::BelowCost | ServicePause::CostJump) => {
            is_price(difference.kind) || difference.kind == DifferenceKind::Returned
        }
        Some(ServicePause::Limits) => {
            matches!(
                difference.kind,
                DifferenceKind::Limits | DifferenceKind::Returned
            )
        }
        // Only a decision about the case does, or whoever puts it on sale again.
        Some(ServicePause::Review) => false,
        Some(ServicePause::Gone) | None => difference.kind == DifferenceKind::Returned,
    };
    if service.state == ServiceState::Paused && ends && reason(service).is_none() {
        service.state = ServiceState::OnSale;
        service.pause = None;
    }
    Ok(())
}

/// Whether it is about this offer.
fn is_of(offer: &Offer, difference: &Difference) -> bool {
    offer.provider == difference.provider && offer.provider_service == difference.provider_service
}

/// Why a difference is not what is true by now.
fn orders_go_to(offer: &Offer, terms: &str) -> String {
    let (id, provider) = (&offer.provider_service, offer.provider);
    format!("by now orders go to service {id} of provider {provider}, {terms}")
}

/// Writes who decided, and commits.
async fn decide(
    panel: &Panel,
    tx: Tx,
    actor: &Actor,
    mut found: Vec<Difference>,
    state: DifferenceState,
    changed: &Changed,
) -> Result<Vec<Difference>> {
    let now = panel.now();
    let by = actor.to_string();
    let ids: Vec<i64> = found.iter().map(|difference| difference.id).collect();
    records::decide(&tx, &ids, state, &by, now).await?;
    if !changed.is_empty() {
        crate::catalog::store::bump_version(&tx).await?;
    }
    let rates = |which: fn(&(Rate, Rate)) -> Rate| -> Vec<Value> {
        let rows = changed
            .iter()
            .map(|(id, rates)| (id.0, which(rates).to_string()));
        rows.map(|(id, rate)| json!({"service_id": id, "rate": rate}))
            .collect()
    };
    let entry = Entry::new(Deed::DifferencesDecided, "differences")
        .was(json!({"services": rates(|rates| rates.0)}))
        .became(json!({
            "state": state.word(), "difference_ids": ids, "services": rates(|rates| rates.1),
        }));
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    for difference in &mut found {
        difference.state = state;
        difference.decided_by = Some(by.clone());
        difference.decided_at = Some(now);
    }
    Ok(found)
}
