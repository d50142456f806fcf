//! Ended orders whose targets are counted, so that a drop is found without their customer: which are
//! due, and what is known of them. What follows from a count is decided by refills.

use super::rules::Guarantee;
use super::store::watching as rows;
use crate::clock::Time;
use crate::db::{Db, Tx};
use crate::error::Result;
use crate::ids::{AccountId, OrderId, ServiceId};

/// An order that is watched, with what an automatic refill of it depends on.
#[derive(Debug, Clone)]
pub(crate) struct Watched {
    /// The order.
    pub(crate) order: OrderId,
    /// Whose it is.
    pub(crate) account: AccountId,
    /// What was ordered.
    pub(crate) service: ServiceId,
    /// Where it was delivered.
    pub(crate) link: String,
    /// The count before delivery began, where somebody said one.
    pub(crate) start_count: Option<i64>,
    /// What was bought, and what has become of it.
    pub(crate) guarantee: Guarantee,
    /// Whether another order on its link made its count unreliable.
    pub(crate) overlapping: bool,
    /// Whether a later order, of whomever, was delivered to its target.
    pub(crate) later_delivered: bool,
    /// Whether a later order, of whomever, may be delivered to its target yet.
    pub(crate) later_active: bool,
    /// Who is asked for the count.
    pub(crate) source: Option<String>,
    /// How much may be missing, in hundredths of a percent.
    pub(crate) tolerance_hundredths: i64,
    /// Whether its service files refills without being asked for.
    pub(crate) service_refills: bool,
    /// Whether its account wants that.
    pub(crate) account_wants: bool,
    /// Whether its account is suspended.
    pub(crate) is_suspended: bool,
    /// How often there was no count, since there was one.
    pub(crate) faults_in_a_row: i64,
}

/// Whether any watched order is due at `now`.
pub(crate) async fn is_watched_due(db: &Db, now: Time) -> Result<bool> {
    rows::is_due(db.read(), now).await
}

/// Takes up to `most` orders that are due at `now`: until `lease` nobody else takes them.
pub(crate) async fn take_watched_in_tx(
    tx: &Tx,
    now: Time,
    lease: Time,
    most: usize,
) -> Result<Vec<Watched>> {
    let ids = rows::take(tx, now, lease, most).await?;
    rows::facts(tx, &ids).await
}

/// The order `id` under this lease, whose watch is locked until the transaction ends; none if the
/// lease ran out and somebody else has taken it.
pub(crate) async fn watched_in_tx(tx: &Tx, id: OrderId, lease: Time) -> Result<Option<Watched>> {
    if !rows::hold(tx, id, lease).await? {
        return Ok(None);
    }
    Ok(rows::facts(tx, &[id]).await?.pop())
}

/// Says when an order is looked at next, after how many faults in a row; never again without a time.
pub(crate) async fn watch_next_in_tx(
    tx: &Tx,
    id: OrderId,
    next: Option<Time>,
    faults_in_a_row: i64,
) -> Result<()> {
    rows::next(tx, id, next, faults_in_a_row).await
}
