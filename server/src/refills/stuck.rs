//! Shares of refills that do not end by themselves.

use super::rules::RefillState;
use super::store;
use crate::clock::Period;
use crate::error::Result;
use crate::ids::{RefillDispatchId, RefillId};
use crate::panel::Panel;

/// After how long without an end a share is on the operator's list, in ms: a day.
const STALE_MS: i64 = 24 * 3_600_000;

/// A share that an operator may have to decide.
#[derive(Debug, Clone)]
pub struct StuckRefill {
    /// Its number, by which it is resolved.
    pub id: RefillDispatchId,
    /// The refill it belongs to.
    pub refill: RefillId,
    /// Where it stands.
    pub state: RefillState,
    /// What was seen instead of an answer.
    pub reason: String,
}

/// Shares that are parked or did not end within a day, of refills asked for within `asked`, oldest first,
/// behind `after`, at most `limit`.
pub async fn stuck(
    panel: &Panel,
    asked: Period,
    after: Option<RefillDispatchId>,
    limit: usize,
) -> Result<Vec<StuckRefill>> {
    let stale = panel.now().plus_ms(-STALE_MS);
    let limit = u64::try_from(limit).unwrap_or(u64::MAX);
    store::stuck(&panel.db, stale, asked, after.unwrap_or_default(), limit).await
}
