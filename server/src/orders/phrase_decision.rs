//! What becomes of the orders that wait on a sentence, once an operator has sorted it or has decided
//! about them.
//!
//! "A decision applies to a dispatch only if that sentence is its only evidence and its attempt the
//! current one": a run is decided only while it is parked and names that sentence, which every new
//! attempt takes away; an id that was seen, or that another run has, is evidence of something else.
//! Runs are decided in pieces, each in one transaction, and a run that was decided is not parked any
//! more, so that a decision that was broken off is simply carried out again.

use std::collections::{HashMap, HashSet};

use sea_orm::ConnectionTrait;

use super::record::{move_on, stop_if_stopped};
use super::rules::DispatchState;
use super::settle::advance_in_tx;
use super::stop::stop_cause;
use super::store;
use super::store::provider_orders::KnownOrders;
use super::store::runs::Exchange;
use super::told::{Cause, CausedBy};
use crate::catalog::{self, Offer};
use crate::clock::Time;
use crate::db::Tx;
use crate::entity::{dispatch, order};
use crate::error::Result;
use crate::ids::{DispatchId, OrderId, ProviderId, ServiceId};
use crate::money::Money;
use crate::panel::Panel;
use crate::protocol::upstream::PhraseClass;
use crate::vocabulary::words;

/// Runs that are decided in one transaction at most.
pub(super) const PIECE: usize = 200;
/// Runs that are looked at to say what a decision will do; of more, their number is said.
const MAX_PREVIEWED: usize = 10_000;

words! {
    /// What becomes of a run that waits on a sentence.
    pub enum PhraseExit {
        /// The provider did not take it: it is sent there again.
        SendAgain = "send_again",
        /// The provider did not take it, and waits for another order on the link: so does the run.
        WaitForLink = "wait_for_link",
        /// The provider will not take it: the service's next one is asked, else it is rejected.
        NextProvider = "next_provider",
        /// The provider did not take it, and nobody else shall: it is rejected.
        Refund = "refund",
        /// The provider took it, under the id that was seen in its answer.
        Accepted = "accepted",
        /// It stays parked: the sentence says nothing about the order.
        Stay = "stay",
    }
}

impl PhraseExit {
    /// What a sentence of this class means for runs that wait on it.
    pub const fn of(class: PhraseClass) -> PhraseExit {
        match class {
            PhraseClass::OrderFault | PhraseClass::ServiceNotSold => PhraseExit::NextProvider,
            PhraseClass::OurFunds | PhraseClass::OurAccount | PhraseClass::TooManyRequests => {
                PhraseExit::SendAgain
            }
            PhraseClass::WaitForLink => PhraseExit::WaitForLink,
            PhraseClass::RequestIdConflict
            | PhraseClass::ServerFault
            | PhraseClass::NotARefusal => PhraseExit::Stay,
        }
    }
}

/// What waits on one sentence of one provider.
#[derive(Debug, Clone)]
pub struct WaitingGroup {
    /// The provider.
    pub provider: ProviderId,
    /// The normalised sentence.
    pub phrase: String,
    /// How many orders.
    pub orders: i64,
    /// What they hold, together.
    pub held: Money,
    /// Since when the first of them waits.
    pub oldest: Option<Time>,
    /// How many of them their customers asked to cancel.
    pub canceled: i64,
    /// How many of those are drip-feeds, which end by nothing else.
    pub canceled_drip_feeds: i64,
    /// What one of them was answered.
    pub example: String,
}

/// Which runs a decision is about: those that wait on `phrase` at one of `providers`, and of which it
/// is not known since the given time (inclusive, exclusive).
#[derive(Debug, Clone, Copy)]
pub(crate) struct WaitingRuns<'a> {
    pub(crate) providers: &'a [ProviderId],
    pub(crate) phrase: &'a str,
    pub(crate) since: Option<Time>,
    pub(crate) until: Option<Time>,
}

/// Everything that waits on sentences.
pub(crate) async fn waiting_on_phrases(on: &impl ConnectionTrait) -> Result<Vec<WaitingGroup>> {
    store::phrases::groups(on).await
}

/// How many orders wait, what they hold, and since when the oldest waits.
pub(crate) async fn sum_waiting(
    on: &impl ConnectionTrait,
    waiting: &WaitingRuns<'_>,
) -> Result<(i64, Money, Option<Time>)> {
    store::phrases::sum(on, waiting).await
}

/// Runs with the same fate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fate {
    /// How many runs.
    pub runs: i64,
    /// What their orders hold, in USD; an order of several such runs once.
    pub held: Money,
}

/// What a decision would do with the runs that wait.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outlook {
    /// Sent again to the same provider, at once or when the link is free.
    pub sent_again: Fate,
    /// Sent to the service's next provider.
    pub next_provider: Fate,
    /// Rejected: its units count as not delivered, and are refunded when the order ends.
    pub rejected: Fate,
    /// Canceled instead of being sent: the customer asked for it, or the account is suspended.
    pub canceled: Fate,
    /// Followed at the provider, under the id that was seen.
    pub accepted: Fate,
    /// Left parked, to be decided one by one.
    pub stays: Fate,
}

impl Outlook {
    fn add(&mut self, became: Became, held: Money) -> Result<()> {
        let fate = match became {
            Became::SentAgain => &mut self.sent_again,
            Became::MovedOn => &mut self.next_provider,
            Became::Rejected => &mut self.rejected,
            Became::Canceled => &mut self.canceled,
            Became::Accepted => &mut self.accepted,
            Became::Stays => &mut self.stays,
        };
        fate.runs = fate.runs.saturating_add(1);
        fate.held = fate.held.plus(held)?;
        Ok(())
    }
}

/// What each of `exits` would do with the parked runs among `waiting`, and whether all were looked
/// at. Nothing is changed.
pub(crate) async fn outlooks(
    panel: &Panel,
    waiting: &WaitingRuns<'_>,
    exits: &[PhraseExit],
) -> Result<(Vec<Outlook>, bool)> {
    let now = panel.now();
    let on = panel.db.read();
    let mut sums = vec![Outlook::default(); exits.len()];
    let mut counted: HashSet<OrderId> = HashSet::new();
    let (mut after, mut looked_at) = (DispatchId(0), 0);
    while looked_at < MAX_PREVIEWED {
        let listed = store::phrases::parked(on, waiting, after, PIECE).await?;
        let Some(&(last, _)) = listed.last() else {
            return Ok((sums, true));
        };
        (after, looked_at) = (last, looked_at + listed.len());
        let runs = store::phrases::runs(on, listed.iter().map(|(run, _)| *run)).await?;
        let ids: HashSet<OrderId> = listed.iter().map(|(_, order)| *order).collect();
        let orders = store::runs::orders(on, ids).await?;
        let orders: HashMap<OrderId, _> = orders.into_iter().map(|one| (one.id, one)).collect();
        let offers = offers_of(on, orders.values()).await?;
        for run in &runs {
            let Some(order) = orders.get(&run.order_id) else {
                continue;
            };
            let offers = offers.get(&order.service_id).map_or(&[][..], Vec::as_slice);
            let held = match counted.insert(order.id) {
                true => order.held_nano,
                false => Money::ZERO,
            };
            for (&exit, sum) in exits.iter().zip(&mut sums) {
                let retry_ms = panel.config.active_link_retry_ms;
                let became = decide(&mut run.clone(), order, offers, exit, now, retry_ms);
                sum.add(became, held)?;
            }
        }
    }
    Ok((sums, false))
}

async fn offers_of(
    on: &impl ConnectionTrait,
    orders: impl Iterator<Item = &order::Model>,
) -> Result<HashMap<ServiceId, Vec<Offer>>> {
    let services: HashSet<ServiceId> = orders.map(|order| order.service_id).collect();
    let services: Vec<ServiceId> = services.into_iter().collect();
    catalog::offers(on, &services).await
}

/// What a piece of a decision did.
pub(crate) struct DecidedPiece {
    /// Where the next piece begins: behind this run.
    pub(crate) last: DispatchId,
    /// How many runs were decided.
    pub(crate) decided: usize,
}

/// Decides the next runs among `waiting` behind `after`; none if there are no more. `evidence` says by
/// whom and why, for operators.
pub(crate) async fn decide_piece(
    panel: &Panel,
    waiting: &WaitingRuns<'_>,
    exit: PhraseExit,
    evidence: &str,
    after: DispatchId,
) -> Result<Option<DecidedPiece>> {
    let listed = store::phrases::parked(panel.db.read(), waiting, after, PIECE).await?;
    let Some(&(last, _)) = listed.last() else {
        return Ok(None);
    };
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let orders = store::lock_orders(&tx, listed.iter().map(|(_, order)| *order)).await?;
    let orders: HashMap<OrderId, _> = orders.into_iter().map(|one| (one.id, one)).collect();
    let mut runs = store::runs::lock(&tx, listed.iter().map(|(run, _)| *run)).await?;
    // Somebody may have decided one meanwhile, or a late answer has.
    runs.retain(|run| waits_still(run, waiting));
    if exit == PhraseExit::Accepted {
        keep_free_ids(&tx, &mut runs).await?;
    }
    if exit == PhraseExit::WaitForLink {
        keep_first_attempts(&tx, &mut runs, &orders).await?;
    }
    let offers = offers_of(&tx, orders.values()).await?;
    let (mut changed, mut causes, mut exchanges) = (Vec::new(), HashMap::new(), Vec::new());
    for mut run in runs {
        let Some(order) = orders.get(&run.order_id) else {
            continue;
        };
        let offers = offers.get(&order.service_id).map_or(&[][..], Vec::as_slice);
        let retry_ms = panel.config.active_link_retry_ms;
        let one = decide(&mut run, order, offers, exit, now, retry_ms);
        if one == Became::Stays {
            continue;
        }
        causes.insert(run.order_id, cause_of(one, exit, order, evidence));
        exchanges.push(Exchange {
            run: run.id,
            attempt: run.attempt,
            action: "resolve",
            request: exit.word().to_owned(),
            reply: evidence.to_owned(),
        });
        changed.push(run);
    }
    store::writes::write(&tx, &changed).await?;
    store::runs::insert_exchanges(&tx, now, exchanges).await?;
    let ended = advance_in_tx(&tx, now, causes).await?;
    fail::fail_point!("C17");
    tx.commit().await?;
    ended.tell(panel);
    let decided = changed.len();
    Ok(Some(DecidedPiece { last, decided }))
}

/// Leaves out those of `runs` whose seen id another run has, or none was seen.
async fn keep_free_ids(tx: &Tx, runs: &mut Vec<dispatch::Model>) -> Result<()> {
    let ids: Vec<(ProviderId, &str)> = runs
        .iter()
        .filter_map(|run| Some((run.provider_id, run.seen_order.as_deref()?)))
        .collect();
    let mut known = KnownOrders::read(tx, &ids).await?;
    runs.retain(|run| {
        let Some(id) = &run.seen_order else {
            return false;
        };
        let is_free = known.another(run.provider_id, id, run.id).is_none();
        if is_free {
            known.add(run.provider_id, id, run.id);
        }
        is_free
    });
    Ok(())
}

/// "On a second attempt of a dispatch, with no other of ours active on that link there, it is evidence
/// that its first attempt was stored": leaves out those of `runs`.
async fn keep_first_attempts(
    tx: &Tx,
    runs: &mut Vec<dispatch::Model>,
    orders: &HashMap<OrderId, order::Model>,
) -> Result<()> {
    let mut left = HashSet::new();
    for run in runs.iter().filter(|run| run.answered_attempts > 0) {
        if let Some(order) = orders.get(&run.order_id)
            && !store::evidence::has_other_on_link(tx, run, order.overlap_key).await?
        {
            left.insert(run.id);
        }
    }
    runs.retain(|run| !left.contains(&run.id));
    Ok(())
}

/// What a decision made of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Became {
    SentAgain,
    MovedOn,
    Rejected,
    Canceled,
    Accepted,
    Stays,
}

/// Whether a run that is locked now is still one of `waiting`.
pub(super) fn waits_still(run: &dispatch::Model, waiting: &WaitingRuns<'_>) -> bool {
    run.state == DispatchState::Parked
        && run.phrase.as_deref() == Some(waiting.phrase)
        && waiting.providers.contains(&run.provider_id)
}

/// Decides one run. An order that was stopped, canceled or whose account is suspended ends instead of
/// being sent.
fn decide(
    run: &mut dispatch::Model,
    order: &order::Model,
    offers: &[Offer],
    exit: PhraseExit,
    now: Time,
    link_retry_ms: i64,
) -> Became {
    let provider = run.provider_id;
    // An id that was seen says something else than the sentence: a person looks at that one.
    let has_id = run.seen_order.is_some() || run.provider_order.is_some();
    match exit {
        PhraseExit::Stay => return Became::Stays,
        PhraseExit::Accepted => {
            let Some(id) = run.seen_order.take() else {
                return Became::Stays;
            };
            run.state = DispatchState::Accepted;
            run.provider_order = Some(id);
            run.accepted_at_ms = run.accepted_at_ms.or(Some(now));
            run.poll_at_ms = Some(now);
            run.vague_answers = 0;
            run.phrase = None;
            run.reason = None;
            return Became::Accepted;
        }
        PhraseExit::SendAgain
        | PhraseExit::WaitForLink
        | PhraseExit::NextProvider
        | PhraseExit::Refund
            if has_id =>
        {
            return Became::Stays;
        }
        PhraseExit::SendAgain => {
            run.answered_attempts = run.answered_attempts.saturating_add(1);
            queue(run, now, now);
        }
        PhraseExit::WaitForLink => {
            queue(run, now, now.plus_ms(link_retry_ms));
            run.waits_for_link = Some(order.overlap_key);
        }
        PhraseExit::NextProvider => {
            let reason = run.reason.take().unwrap_or_default();
            move_on(run, order, offers, now, reason);
        }
        PhraseExit::Refund => run.state = DispatchState::Rejected,
    }
    run.phrase = None;
    if stop_if_stopped(run, order) {
        Became::Canceled
    } else if run.state == DispatchState::Rejected {
        Became::Rejected
    } else if run.provider_id == provider {
        Became::SentAgain
    } else {
        Became::MovedOn
    }
}

/// Queues a run for its provider again. "`queued_at` restarts": it has not waited in the queue.
fn queue(run: &mut dispatch::Model, now: Time, due: Time) {
    run.state = DispatchState::Queued;
    run.queued_at_ms = now;
    run.due_at_ms = due;
    run.lease_until_ms = None;
}

/// What an order's history says of it.
fn cause_of(became: Became, exit: PhraseExit, order: &order::Model, evidence: &str) -> CausedBy {
    let cause = match became {
        // Only what was stopped is canceled.
        Became::Canceled => stop_cause(order).unwrap_or(Cause::DecidedByOperator),
        Became::Accepted => Cause::Accepted,
        Became::Rejected if exit == PhraseExit::NextProvider => Cause::Refused,
        Became::Rejected | Became::SentAgain | Became::MovedOn | Became::Stays => {
            Cause::DecidedByOperator
        }
    };
    CausedBy::new(cause, evidence)
}
