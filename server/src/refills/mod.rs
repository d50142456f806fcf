//! Refills: topping up what dropped after an order was completed.
//!
//! Owns the tables `refills`, `refill_dispatches` and `count_checks`. A refill is forwarded to every
//! provider that delivered a run of the order, each at most once: the request is claimed on disk
//! before it is sent; what is not known to have been taken is parked for an operator. No money moves.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::accounts::{Caller, Credential};
use crate::actor::Actor;
use crate::alerts::{Alert, AlertKind, raise_in_tx};
use crate::audit::{self, Deed, Entry};
use crate::catalog::Provider;
use crate::clock::Time;
use crate::db::{Db, PIECE, Tx};
use crate::error::{Refusal, Result};
use crate::ids::{AccountId, OrderId, ProviderId, RefillDispatchId, RefillId, ServiceId};
use crate::orders::{self, verdict::ASKED_TO_WAIT};
use crate::panel::Panel;
use crate::protocol::RefillWord;
use crate::protocol::upstream::{PhraseClass, RefillReply};
use crate::wording;

pub mod automatic;
mod counted;
mod manual;
mod restored;
pub mod rules;
mod store;
mod stuck;

pub use counted::{CountCheck, checks};
pub(crate) use counted::{first_checks, record_count, take_counts};
pub use manual::{end, manual};
pub(crate) use restored::doubt_in_tx;
pub use stuck::{StuckRefill, stuck};

use store::Due;

use rules::{RefillState, RefillStatus};

/// Asks for refills of orders of `account`; gives an answer for each of `ids`, in order.
pub async fn request(
    panel: &Panel,
    account: AccountId,
    ids: &[OrderId],
) -> Result<Vec<std::result::Result<RefillId, Refusal>>> {
    let tx = panel.db.begin().await?;
    let mut answers = request_in_tx(&tx, panel, account, ids).await?;
    let instead = |_| Refusal::RefillDisabled;
    orders::imported::answered(&tx, account, ids, &mut answers, instead).await?;
    tx.commit().await?;
    Ok(answers)
}

/// The same within a transaction, which keeps the orders locked.
pub(crate) async fn request_in_tx(
    tx: &Tx,
    panel: &Panel,
    account: AccountId,
    ids: &[OrderId],
) -> Result<Vec<std::result::Result<RefillId, Refusal>>> {
    let now = panel.now();
    let orders = orders::delivered_in_tx(tx, account, ids).await?;
    let mut answers = Vec::with_capacity(ids.len());
    for id in ids {
        let Some(order) = orders.get(id) else {
            answers.push(Err(Refusal::OrderUnknown));
            continue;
        };
        let history = store::history(tx, *id).await?;
        let asking = history.asking(order.guarantee, order.overlapping);
        answers.push(
            match rules::can_refill(asking, now, panel.config.refill_wait_ms) {
                Ok(()) => Ok(store::insert(tx, now, *id, &order.runs, false).await?),
                Err(refusal) => Err(refusal),
            },
        );
    }
    Ok(answers)
}

/// A customer's right to a refill of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    /// What asking for one now would be answered.
    pub now: std::result::Result<(), Refusal>,
    /// Until when the guarantee holds; none before the order has ended, and none for a lifetime.
    pub until: Option<Time>,
}

/// What asking for a refill of `order` would be answered now.
pub async fn right(panel: &Panel, order: &orders::read::Order) -> Result<Right> {
    let history = store::history(panel.db.read(), order.id).await?;
    let asking = history.asking(order.guarantee(), order.is_overlapping);
    let wait_ms = panel.config.refill_wait_ms;
    Ok(Right {
        now: rules::can_refill(asking, panel.now(), wait_ms),
        until: asking.until(),
    })
}

/// The refills of an order of `account`, oldest first; [`Refusal::OrderUnknown`] if it is not theirs.
pub async fn of_order(db: &Db, account: AccountId, order: OrderId) -> Result<Vec<Refill>> {
    orders::read::read(db, account, order).await?;
    all_of_order(db.read(), order).await
}

/// The refills of an order, oldest first, whoever's it is.
pub(crate) async fn all_of_order(on: &impl ConnectionTrait, order: OrderId) -> Result<Vec<Refill>> {
    store::of_order(on, order).await
}

/// How refills of a service ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// The service.
    pub service: ServiceId,
    /// Its name.
    pub name: String,
    /// How many were asked for.
    pub requested: i64,
    /// How many of them were done.
    pub completed: i64,
    /// How many its providers would not do.
    pub rejected: i64,
    /// How many ended without result.
    pub canceled: i64,
}

/// How the refills ended of each service that has any, the most asked for first, at most `limit`.
pub async fn counts(db: &Db, limit: usize) -> Result<Vec<Counts>> {
    store::counts(db.read(), limit).await
}

/// Authenticates and reads the refills `ids` of that account, by id, in one statement.
pub async fn view(
    panel: &Panel,
    credential: Credential,
    ids: &[i64],
) -> Result<(Caller, HashMap<i64, RefillStatus>)> {
    store::view(panel, credential, ids).await
}

/// A refill as its customer sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refill {
    /// Its number.
    pub id: RefillId,
    /// The order that is topped up.
    pub order: OrderId,
    /// What has become of it.
    pub status: RefillStatus,
    /// When it was asked for.
    pub created_at: Time,
    /// When it ended.
    pub ended_at: Option<Time>,
    /// Whether the panel filed it by itself, because it counted a drop.
    pub automatic: bool,
}

/// The refill `id` of an order of `account`; [`Refusal::RefillUnknown`] for a missing one and for
/// anybody else's alike.
pub async fn read(db: &Db, account: AccountId, id: RefillId) -> Result<Refill> {
    let found = store::read(db, account, id).await?;
    Ok(found.ok_or(Refusal::RefillUnknown)?)
}

/// A share of a refill on its way to its provider.
#[derive(Debug, Clone)]
pub(crate) struct Claimed {
    /// The share.
    pub(crate) share: RefillDispatchId,
    /// The order at the provider that is to be topped up, or the refill there to ask about.
    pub(crate) provider_id: String,
}

/// What a provider has to do about refills.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Busy {
    /// Shares wait to be forwarded, those of suspended accounts among them.
    pub(crate) forwards: bool,
    /// Accepted shares are to be asked about.
    pub(crate) polls: bool,
}

/// The providers that have something to do about refills.
pub(crate) async fn busy_providers(panel: &Panel) -> Result<HashMap<ProviderId, Busy>> {
    store::busy_providers(&panel.db, panel.now()).await
}

/// Claims the next share that is to be forwarded to `provider`, if there is one.
pub(crate) async fn claim(panel: &Panel, provider: &Provider) -> Result<Option<Claimed>> {
    let now = panel.now();
    let due = Due::Queued(provider.id);
    if !store::is_due(&panel.db, due, now).await? {
        return Ok(None);
    }
    let tx = panel.db.begin().await?;
    let shares = store::due(&tx, due, now, 1).await?;
    let runs: Vec<_> = shares.iter().map(|share| share.dispatch_id).collect();
    let mut known = orders::provider_orders_in_tx(&tx, &runs).await?;
    let lease = now.plus_ms(
        provider
            .timeout_ms
            .saturating_add(panel.config.lease_margin_ms),
    );
    let mut claimed = None;
    for share in shares {
        if let Some(provider_id) = known.remove(&share.dispatch_id) {
            claimed = Some(Claimed {
                share: share.id,
                provider_id,
            });
            store::lease(&tx, share.id, lease).await?;
        }
    }
    tx.commit().await?;
    Ok(claimed)
}

/// What came of forwarding a share.
#[derive(Debug, Clone)]
pub(crate) enum Forwarded {
    /// The provider answered; what its refusal means, if its sentence is sorted.
    Replied(RefillReply, Option<PhraseClass>),
    /// Provably not sent.
    NotSent,
    /// The request may have arrived, but no answer did.
    Unanswered(String),
}

/// Records what came of forwarding shares.
pub(crate) async fn record(
    panel: &Panel,
    forwarded: Vec<(RefillDispatchId, Forwarded)>,
) -> Result<()> {
    let now = panel.now();
    let config = &panel.config;
    let tx = panel.db.begin().await?;
    let mut alerts = Vec::new();
    for (share, outcome) in forwarded {
        let Some(mut share) = store::lock_share(&tx, share).await? else {
            continue;
        };
        if !matches!(share.state, RefillState::Sending | RefillState::Parked) {
            continue;
        }
        let again = |wait_ms| (RefillState::Queued, now.plus_ms(wait_ms), None);
        let (state, due, reason) = match outcome {
            Forwarded::Replied(RefillReply::Accepted { refill }, _) => {
                share.provider_refill = Some(refill);
                (
                    RefillState::Accepted,
                    now.plus_ms(config.sync_interval_ms),
                    None,
                )
            }
            Forwarded::Replied(RefillReply::TryAfter { ms }, _) => {
                let wait_ms = ms.unwrap_or(config.provider_pause_ms);
                let (state, due, _) = again(
                    wait_ms
                        .max(config.backoff_first_ms)
                        .min(config.queued_max_ms),
                );
                (state, due, Some(ASKED_TO_WAIT.to_owned()))
            }
            // "A refill answered by a server fault is unknown, not rejected."
            Forwarded::Replied(RefillReply::Refused(says), class) => match class {
                Some(class) if class.is_about_us() => again(config.provider_pause_ms),
                Some(PhraseClass::ServerFault | PhraseClass::NotARefusal) => {
                    (RefillState::Parked, now, Some(says.text))
                }
                Some(_) | None => (RefillState::Rejected, now, Some(says.text)),
            },
            Forwarded::NotSent => again(config.backoff_max_ms),
            Forwarded::Replied(RefillReply::Unclear(why), _) | Forwarded::Unanswered(why) => {
                (RefillState::Parked, now, Some(why))
            }
        };
        (share.state, share.due_at_ms, share.reason) = (state, due, reason);
        share.lease_until_ms = None;
        if state == RefillState::Parked {
            alerts.push(parked_alert(share.id, share.reason.as_deref()));
        }
        let refill = share.refill_id;
        store::write_share(&tx, share).await?;
        store::update_status(&tx, now, refill, false).await?;
    }
    raise_in_tx(&tx, now, alerts).await?;
    tx.commit().await?;
    Ok(())
}

fn parked_alert(share: RefillDispatchId, reason: Option<&str>) -> Alert {
    let cause = format!("refill dispatch {share}");
    let reason = reason.unwrap_or("no answer");
    let message = format!("{cause} waits for an operator: {reason}");
    Alert::new(AlertKind::Parked, cause, message)
}

/// Parks shares whose lease ran out: whether they were taken is not known.
pub(crate) async fn expire_leases(panel: &Panel) -> Result<usize> {
    let now = panel.now();
    if !store::is_due(&panel.db, Due::LeaseOver, now).await? {
        return Ok(0);
    }
    let tx = panel.db.begin().await?;
    let most = u64::try_from(PIECE).unwrap_or(u64::MAX);
    let shares = store::due(&tx, Due::LeaseOver, now, most).await?;
    let count = shares.len();
    let mut alerts = Vec::with_capacity(count);
    for mut share in shares {
        share.state = RefillState::Parked;
        share.lease_until_ms = None;
        share.reason = Some("its sender stopped before the answer was recorded".to_owned());
        alerts.push(parked_alert(share.id, share.reason.as_deref()));
        store::write_share(&tx, share).await?;
    }
    raise_in_tx(&tx, now, alerts).await?;
    tx.commit().await?;
    Ok(count)
}

/// Up to `most` accepted shares of `provider` to ask about now; due again after one interval.
pub(crate) async fn take_due(
    panel: &Panel,
    provider: &Provider,
    most: usize,
) -> Result<Vec<Claimed>> {
    let now = panel.now();
    let due = Due::Polled(provider.id);
    let tx = panel.db.begin().await?;
    let most = u64::try_from(most).unwrap_or(u64::MAX);
    let mut asked = Vec::new();
    for mut share in store::due(&tx, due, now, most).await? {
        share.due_at_ms = now.plus_ms(panel.config.sync_interval_ms);
        if let Some(provider_id) = share.provider_refill.clone() {
            asked.push(Claimed {
                share: share.id,
                provider_id,
            });
        }
        store::write_share(&tx, share).await?;
    }
    tx.commit().await?;
    Ok(asked)
}

/// Applies what a provider said about refills.
pub(crate) async fn apply(
    panel: &Panel,
    mut said: Vec<(RefillDispatchId, RefillWord)>,
) -> Result<()> {
    let now = panel.now();
    // Shares of the same refills at different providers are locked in the same order.
    said.sort_unstable_by_key(|(share, _)| *share);
    let tx = panel.db.begin().await?;
    for (share, word) in said {
        let Some(mut share) = store::lock_share(&tx, share).await? else {
            continue;
        };
        if share.state != RefillState::Accepted {
            continue;
        }
        share.state = rules::state_of(word);
        let refill = share.refill_id;
        store::write_share(&tx, share).await?;
        store::update_status(&tx, now, refill, word == RefillWord::InProgress).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// An operator's decision about a share. A parked one: accepted under an id, to be sent again,
/// refused, or ended with this many units missing; one that does not end: refused or ended.
/// Refused: [`Refusal::Unknown`], [`Refusal::Conflict`], [`Refusal::FieldInvalid`].
pub async fn resolve(
    panel: &Panel,
    actor: &Actor,
    id: RefillDispatchId,
    resolution: &orders::Resolution,
    reason: Option<&str>,
) -> Result<()> {
    use orders::Resolution;
    let reason = reason.map(wording::reason).transpose()?;
    let now: Time = panel.now();
    let tx = panel.db.begin().await?;
    let share = store::lock_share(&tx, id).await?;
    let mut share = share.ok_or(Refusal::Unknown {
        what: "refill dispatch",
    })?;
    let was = share.state;
    let parked = was == RefillState::Parked;
    share.state = match resolution {
        Resolution::Accepted(provider_refill) if parked => {
            share.provider_refill = Some(provider_refill.clone());
            RefillState::Accepted
        }
        Resolution::SendAgain if parked => RefillState::Queued,
        Resolution::Accepted(_) | Resolution::SendAgain => {
            let why = format!("the refill dispatch is {was}: only a parked one can be resolved so");
            return Err(Refusal::Conflict { why }.into());
        }
        // A request on the wire is not decided before it is known what came of it.
        Resolution::Refund | Resolution::Ended(_)
            if was.is_terminal() || was == RefillState::Sending =>
        {
            let why = format!("the refill dispatch is {was}: it has ended, or is on its way");
            return Err(Refusal::Conflict { why }.into());
        }
        Resolution::Ended(0) => RefillState::Completed,
        Resolution::Refund | Resolution::Ended(_) => RefillState::Rejected,
    };
    share.due_at_ms = now;
    let refill = share.refill_id;
    let mut entry = Entry::new(Deed::RefillResolved, format!("refill_dispatch:{id}"))
        .was(json!({"state": was.word()}))
        .became(json!({
            "state": share.state.word(),
            "refill_id": refill.0,
            "provider_refill": share.provider_refill,
        }));
    if let Some(reason) = reason {
        entry = entry.because(reason);
    }
    store::write_share(&tx, share).await?;
    store::update_status(&tx, now, refill, false).await?;
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    Ok(())
}
