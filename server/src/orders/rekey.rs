//! Bringing the keys by which overlapping orders are found up to the rules of this program, when a
//! server starts that knows newer ones than the last.
//!
//! Keys of different rules never meet, so from the first moment on nobody places by the old ones:
//!
//! 1. `panel.link_rules` is raised under the lock of the sequence of orders. Whoever places looks at
//!    it under the same lock, so what was placed before is there to be keyed, and a server of other
//!    rules that still runs answers "not now" (503) to new orders instead of missing an overlap.
//! 2. Every key is made anew from its order's link and service, in pieces; doing it twice, or on
//!    two servers at once, does no harm.
//! 3. `panel.links_keyed` says that it is done. Until then no server with the new rules serves.
//!
//! Keyed anew are the orders that have not ended, and of those that have: whose targets are counted,
//! and later ones on the same targets, because a later order ends automatic refills. All others keep
//! the keys of their time. Marks of overlaps are facts of their time too, and stay.

use std::collections::HashMap;

use super::draft::overlap_key;
use super::link::{Link, NORMALISATION_VERSION};
use super::store::keys;
use crate::catalog::{self, Service};
use crate::clock::Stopwatch;
use crate::db::{Db, PIECE};
use crate::error::{Failure, Result};
use crate::ids::{OrderId, ServiceId};
use crate::panel::Panel;

/// After how many orders it is said how far it is.
const WORTH_TELLING: usize = 20 * PIECE;

/// The rules of this program, as the panel's row has them.
pub(crate) fn link_rules() -> i64 {
    i64::from(NORMALISATION_VERSION)
}

/// Whether orders are placed by the rules of this program, and every active order has its key.
pub(crate) async fn has_keys_of_now(db: &Db) -> Result<bool> {
    Ok(keys::rules(db.read()).await? == (link_rules(), link_rules()))
}

/// Makes the keys of active orders those of this program's rules; to be called before any order is
/// placed. Gives how many changed. [`Failure::LinkRules`] if they are of newer rules already.
pub(crate) async fn rekey(panel: &Panel) -> Result<usize> {
    if has_keys_of_now(&panel.db).await? {
        return Ok(0);
    }
    let tx = panel.db.begin().await?;
    let placing = keys::begin(&tx, link_rules()).await?;
    if placing != link_rules() {
        return Err(Failure::LinkRules { placing }.into());
    }
    tx.commit().await?;
    // The later first: if this breaks off, what is left of a target still has one key.
    let mut ids = keys::to_change(panel.db.read()).await?;
    ids.sort_unstable_by(|one, other| other.cmp(one));
    ids.dedup();
    let (stopwatch, total) = (Stopwatch::start(), ids.len());
    let (mut seen, mut changed) = (0, 0);
    for piece in ids.chunks(PIECE) {
        changed += rekey_piece(panel, piece).await?;
        seen += piece.len();
        if seen % WORTH_TELLING == 0 {
            tracing::info!("links are compared by new rules: {seen} of {total} orders are done");
        }
    }
    let tx = panel.db.begin().await?;
    keys::finish(&tx, link_rules()).await?;
    tx.commit().await?;
    let seconds = stopwatch.elapsed().as_secs();
    tracing::info!(
        orders = total,
        changed,
        seconds,
        "links are compared by new rules"
    );
    Ok(changed)
}

/// The same of these orders, in one transaction.
async fn rekey_piece(panel: &Panel, ids: &[OrderId]) -> Result<usize> {
    let tx = panel.db.begin().await?;
    let stored = keys::lock(&tx, ids).await?;
    let services: Vec<ServiceId> = stored.iter().map(|order| order.service).collect();
    let services = catalog::services_in_tx(&tx, &services).await?;
    let changed: Vec<(OrderId, i64)> = stored
        .iter()
        .filter_map(|order| {
            let key = key_of(order, &services)?;
            (key != order.key).then_some((order.id, key))
        })
        .collect();
    keys::write(&tx, &changed).await?;
    tx.commit().await?;
    Ok(changed.len())
}

/// The key of an order now; `None` leaves it the one that it has.
fn key_of(order: &keys::Keyed, services: &HashMap<ServiceId, Service>) -> Option<i64> {
    let service = services.get(&order.service)?;
    let link = Link::parse(&order.link).ok()?;
    Some(overlap_key(&service.terms, &link))
}
