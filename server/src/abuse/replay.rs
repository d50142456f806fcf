//! After a start the detectors know nothing: they are told again what the database says has happened.
//! What they find of it was found before, and is dropped.

use super::detectors::Detectors;
use super::facts::Event;
use super::judged::Decisions;
use super::store::history;
use crate::error::Result;
use crate::panel::Panel;

/// How far back: no detector looks further, but for what the database cannot tell.
const SINCE_MS: i64 = 7 * 24 * 3_600_000;

/// Detectors that know what the database can tell them, and the decisions that they know.
pub(super) async fn detectors(panel: &Panel) -> Result<(Detectors, Decisions)> {
    let mut detectors = Detectors::new(&panel.config.watches());
    let mut decisions = Decisions::since(panel.now().plus_ms(-SINCE_MS));
    // Read first: what is decided from now on is learned before the next fact.
    for judgement in decisions.learn(panel.db.read()).await? {
        detectors.judge(&judgement);
    }
    for event in remembered(panel).await? {
        drop(detectors.observe(&event));
    }
    Ok((detectors, decisions))
}

/// What the database says has happened, in the order of time: what detectors are told after a start.
pub async fn remembered(panel: &Panel) -> Result<Vec<Event>> {
    let (db, since) = (panel.db.read(), panel.now().plus_ms(-SINCE_MS));
    let mut events = history::of_orders(db, since).await?;
    events.extend(history::of_disputes(db, since).await?);
    events.extend(history::of_payments(db, since).await?);
    // Stable: an order is placed before it ends, even at the same moment.
    events.sort_by_key(|event| event.at);
    Ok(events)
}
