//! How our services follow what a provider sells: in pieces, each under the catalogue's lock.

use std::collections::HashSet;

use serde_json::json;

use super::difference::{self, Step, step};
use super::{Reading, SERVICES_A_PIECE, begin_piece, records, store};
use crate::actor::Actor;
use crate::alerts::{Alert, AlertKind, raise_in_tx};
use crate::audit::{self, Deed, Entry};
use crate::catalog::prices::{self, SoldAt};
use crate::catalog::{Provider, ServicePause, ServiceState};
use crate::db::{PIECE, Pieces};
use crate::error::Result;
use crate::ids::ServiceId;
use crate::panel::Panel;

/// Makes our services follow. First it is looked, beside all writers, which have anything to follow.
/// Gives whether all of them did, before the exchange rate was changed.
pub(super) async fn follow(panel: &Panel, reading: &Reading<'_>, report: i64) -> Result<bool> {
    let ids = store::services_of(panel.db.read(), reading.provider.id).await?;
    let mut concerned: Vec<ServiceId> = Vec::new();
    for piece in ids.chunks(PIECE) {
        let seen = store::seen(panel.db.read(), piece).await?;
        let changes = seen
            .iter()
            .filter(|service| step(service, reading).is_some());
        concerned.extend(changes.map(|service| service.id));
    }
    let mut pieces = Pieces::default();
    for piece in concerned.chunks(SERVICES_A_PIECE) {
        pieces.begin_next().await;
        if !follow_piece(panel, reading, report, piece).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn follow_piece(
    panel: &Panel,
    reading: &Reading<'_>,
    report: i64,
    ids: &[ServiceId],
) -> Result<bool> {
    let now = panel.now();
    let Some(tx) = begin_piece(panel, reading.provider).await? else {
        return Ok(false);
    };
    let before = store::seen(&tx, ids).await?;
    let steps: Vec<Step> = before
        .iter()
        .filter_map(|service| step(service, reading))
        .collect();
    store::write_offers(&tx, &steps).await?;
    store::write_services(&tx, steps.iter().filter(|s| s.service).map(|s| &s.after)).await?;
    records::supersede(&tx, &steps, now).await?;
    records::insert_differences(&tx, report, now, &steps).await?;
    raise_in_tx(&tx, now, alerts(reading.provider, &before, &steps)).await?;
    let changed: Vec<i64> = steps
        .iter()
        .filter(|step| step.service)
        .map(|step| step.after.id.0)
        .collect();
    if !changed.is_empty() {
        crate::catalog::store::bump_version(&tx).await?;
        let provider = format!("provider:{}", reading.provider.id);
        let entry = Entry::new(Deed::DifferencesDecided, provider)
            .because("what the provider's catalogue says, and the rules for it")
            .became(json!({"report_id": report, "changed_services": changed}));
        // Whoever asked for the reading: what follows from it is decided by rules.
        audit::record_in_tx(&tx, &panel.secrets, now, &Actor::panel(), entry).await?;
    }
    tx.commit().await?;
    let after = steps.iter().map(|step| sold(&step.after));
    prices::tell_moved(panel, before.iter().map(sold), after);
    Ok(true)
}

/// What a service is sold at.
pub(super) fn sold(service: &difference::Seen) -> (ServiceId, SoldAt) {
    (service.id, prices::sold_at(service.rate, &service.offers))
}

/// One for each service that was paused.
fn alerts(provider: &Provider, before: &[difference::Seen], steps: &[Step]) -> Vec<Alert> {
    let paused_before: HashSet<ServiceId> = before
        .iter()
        .filter(|service| service.state == ServiceState::Paused)
        .map(|service| service.id)
        .collect();
    let paused = steps.iter().filter(|step| {
        step.after.state == ServiceState::Paused && !paused_before.contains(&step.after.id)
    });
    paused
        .map(|step| {
            let after = &step.after;
            let why = after.pause.map_or("paused", ServicePause::word);
            let cost = difference::usable(&after.offers).map(|offer| offer.cost);
            let cost = cost.map_or("nothing".to_owned(), |cost| format!("{cost} USD"));
            let message = format!(
                "service {} ({}) is paused: {why}; it is sold at {} USD, {} sells it at {cost}",
                after.id, after.name, after.rate, provider.name
            );
            Alert::new(
                AlertKind::ServicePaused,
                format!("service {}", after.id),
                message,
            )
        })
        .collect()
}
