//! Counting the targets of ended orders, and refilling by itself what dropped: "if a drop is detected
//! within the refill guarantee period", the panel files the refill.
//!
//! An order that is due is leased, its count is asked for outside of any transaction, and what came is
//! recorded with what follows from it. Nothing but a count that can be believed ever files a refill.

use sea_orm::ConnectionTrait;

use super::automatic::{Case, NotFiled, Verdict, dropped, next_look, not_before, ready, verdict};
use super::rules::Asking;
use super::store::{self, counts};
use crate::alerts::{Alert, AlertKind, raise_anew_in_tx};
use crate::clock::Time;
use crate::db::{Db, Tx};
use crate::error::Result;
use crate::ids::{AccountId, CountCheckId, OrderId, RefillId};
use crate::orders::{self, Watched, desk};
use crate::panel::Panel;

/// How many orders are counted at the same time.
pub(crate) const AT_ONCE: usize = 16;
/// How long a source has for one answer, in ms, unless providers have less.
const LONGEST_MS: i64 = 10_000;
/// After how many faults in a row a person is told.
const FAULTS_TOLD: i64 = 5;
/// How long a person who was told of a source is not told again, in ms: a day.
const TOLD_MS: i64 = 24 * 3_600_000;
/// How much of a fault is kept, in characters.
const FAULT_KEPT: usize = 200;

/// A look at the count of an order's target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountCheck {
    /// Its number.
    pub id: CountCheckId,
    /// The order.
    pub order: OrderId,
    /// When.
    pub checked_at: Time,
    /// The count before delivery began.
    pub start_count: Option<i64>,
    /// How much was delivered.
    pub delivered: i64,
    /// What the target showed; none if nobody was asked, or there was a fault.
    pub current_count: Option<i64>,
    /// What came instead of a count.
    pub fault: Option<String>,
    /// How much fell away.
    pub dropped: Option<i64>,
    /// Why no refill was filed.
    pub not_filed: Option<NotFiled>,
    /// The refill that was filed.
    pub refill: Option<RefillId>,
}

/// The looks at an order's target from behind `after`, oldest first, at most `limit`. Refused:
/// [`Refusal::OrderUnknown`](crate::error::Refusal::OrderUnknown).
pub async fn checks(
    db: &Db,
    order: OrderId,
    after: CountCheckId,
    limit: usize,
) -> Result<Vec<CountCheck>> {
    desk::view(db, order).await?;
    counts::of_order(db.read(), order, after, limit).await
}

/// The first looks at an order's target, at most `limit`.
pub(crate) async fn first_checks(
    on: &impl ConnectionTrait,
    order: OrderId,
    limit: usize,
) -> Result<Vec<CountCheck>> {
    counts::of_order(on, order, CountCheckId::default(), limit).await
}

/// A count that is to be asked for.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    order: OrderId,
    account: AccountId,
    lease: Time,
    /// Who is asked.
    pub(crate) source: String,
    /// About what.
    pub(crate) link: String,
    /// How long it has for its answer, in ms.
    pub(crate) timeout_ms: i64,
}

/// What was taken up.
pub(crate) struct Taken {
    /// Counts to ask for.
    pub(crate) asks: Vec<Ask>,
    /// How many orders were due.
    pub(crate) due: usize,
}

/// Takes up orders that are due: nobody else asks about them until the lease is over. Of those that
/// could not be refilled whatever is counted, it is recorded why, and nobody is asked.
pub(crate) async fn take_counts(panel: &Panel) -> Result<Taken> {
    let (now, config) = (panel.now(), &panel.config);
    let mut taken = Taken {
        asks: Vec::new(),
        due: 0,
    };
    if !orders::is_watched_due(&panel.db, now).await? {
        return Ok(taken);
    }
    let timeout_ms = config.provider_timeout_ms.min(LONGEST_MS);
    let lease = now.plus_ms(timeout_ms.saturating_add(config.lease_margin_ms));
    let tx = panel.db.begin().await?;
    for watched in orders::take_watched_in_tx(&tx, now, lease, AT_ONCE).await? {
        taken.due += 1;
        let case = case(&tx, &watched).await?;
        let from = not_before(&case, now, config.refill_wait_ms);
        if from.is_some_and(|from| from > now) {
            orders::watch_next_in_tx(&tx, watched.order, from, watched.faults_in_a_row).await?;
            continue;
        }
        let refused = ready(&case, now, config.refill_wait_ms).err();
        match (refused, &watched.source) {
            (None, Some(source)) => taken.asks.push(Ask {
                order: watched.order,
                account: watched.account,
                lease,
                source: source.clone(),
                link: watched.link,
                timeout_ms,
            }),
            (not_filed, _) => {
                let seen = Seen {
                    not_filed,
                    ..Seen::of(&watched, now)
                };
                write(panel, &tx, &watched, &case, seen).await?;
            }
        }
    }
    tx.commit().await?;
    Ok(taken)
}

/// Records what came of asking, and files the refill if units are missing. The order may have changed
/// while its source was asked: what is decided is decided on what holds now.
pub(crate) async fn record_count(
    panel: &Panel,
    ask: &Ask,
    said: std::result::Result<i64, String>,
) -> Result<()> {
    let (now, wait_ms) = (panel.now(), panel.config.refill_wait_ms);
    let tx = panel.db.begin().await?;
    let mut delivered = orders::delivered_in_tx(&tx, ask.account, &[ask.order]).await?;
    let watched = orders::watched_in_tx(&tx, ask.order, ask.lease).await?;
    let (Some(order), Some(watched)) = (delivered.remove(&ask.order), watched) else {
        // Somebody else has taken it up: what they hear counts.
        return Ok(());
    };
    let mut case = case(&tx, &watched).await?;
    let mut seen = Seen::of(&watched, now);
    match said {
        Ok(count) => {
            seen.count = Some(count);
            seen.dropped = dropped(&case, count);
            match verdict(&case, count, now, wait_ms) {
                Verdict::Whole => {}
                Verdict::Not(why) => seen.not_filed = Some(why),
                Verdict::File => {
                    let filed = store::insert(&tx, now, ask.order, &order.runs, true).await?;
                    seen.refill = Some(filed);
                    case.asking.last_asked_at = Some(now);
                }
            }
        }
        Err(fault) => {
            let printable = fault.chars().filter(|c| !c.is_control());
            seen.fault = Some(printable.take(FAULT_KEPT).collect());
        }
    }
    let (refill, dropped) = (seen.refill, seen.dropped);
    write(panel, &tx, &watched, &case, seen).await?;
    tx.commit().await?;
    if let (Some(refill), Some(dropped)) = (refill, dropped) {
        tracing::info!(order = %ask.order, %refill, dropped, "an order dropped and is refilled");
    }
    Ok(())
}

/// What an automatic refill of an order depends on.
async fn case(tx: &Tx, watched: &Watched) -> Result<Case> {
    let history = store::history(tx, watched.order).await?;
    let asking: Asking = history.asking(watched.guarantee, watched.overlapping);
    Ok(Case {
        asking,
        start_count: watched.start_count,
        has_later: watched.later_delivered || watched.later_active,
        service_refills: watched.source.is_some() && watched.service_refills,
        account_wants: watched.account_wants,
        is_suspended: watched.is_suspended,
        tolerance_hundredths: watched.tolerance_hundredths,
    })
}

/// What was seen of an order's target, about to be written.
pub(super) struct Seen {
    pub(super) order: OrderId,
    pub(super) at: Time,
    pub(super) start_count: Option<i64>,
    pub(super) delivered: i64,
    pub(super) count: Option<i64>,
    pub(super) fault: Option<String>,
    pub(super) dropped: Option<i64>,
    pub(super) not_filed: Option<NotFiled>,
    pub(super) refill: Option<RefillId>,
}

impl Seen {
    fn of(watched: &Watched, now: Time) -> Seen {
        Seen {
            order: watched.order,
            at: now,
            start_count: watched.start_count,
            delivered: watched.guarantee.delivered,
            count: None,
            fault: None,
            dropped: None,
            not_filed: None,
            refill: None,
        }
    }
}

/// Writes what was seen, and when the order is looked at next.
async fn write(panel: &Panel, tx: &Tx, watched: &Watched, case: &Case, seen: Seen) -> Result<()> {
    let (now, config) = (seen.at, &panel.config);
    let faults = match (&seen.fault, seen.count) {
        (Some(_), _) => watched.faults_in_a_row.saturating_add(1),
        (None, Some(_)) => 0,
        (None, None) => watched.faults_in_a_row,
    };
    let tried_again = if seen.fault.is_some() { faults } else { 0 };
    let (wait_ms, interval_ms) = (config.refill_wait_ms, config.count_check_interval_ms);
    // A guarantee does not begin again, and a count never comes apart from a later order's.
    let ends = seen.not_filed == Some(NotFiled::GuaranteeOver)
        || (seen.not_filed == Some(NotFiled::LaterOrder) && watched.later_delivered);
    let next = next_look(case, now, wait_ms, interval_ms, tried_again).filter(|_| !ends);
    orders::watch_next_in_tx(tx, watched.order, next, faults).await?;
    if let Some(fault) = seen.fault.as_ref().filter(|_| faults == FAULTS_TOLD) {
        tracing::warn!(order = %watched.order, fault, "a count source does not count");
        let service = watched.service;
        let message = format!(
            "the count source of service {service} gave no count {FAULTS_TOLD} times in a row for \
             an order: see the count checks of its orders"
        );
        let alert = Alert::new(
            AlertKind::CountSourceFails,
            format!("service {service}"),
            message,
        );
        raise_anew_in_tx(tx, now, now.plus_ms(-TOLD_MS), alert).await?;
    }
    counts::insert(tx, seen).await
}
