//! What follows from a change of an order's runs: its progress, its next run, and its settlement.
//! The only path by which an order ends, and the only one that refunds.

use std::collections::HashMap;

use super::rules::{self, Delivery, DispatchState, OrderStatus};
use super::standing::{Run, Standing, Whole, standing};
use super::stop::is_stopped;
use super::store::endings::{self, Ending};
use super::store::runs::new_run;
use super::store::{self, Progress};
use super::told::CausedBy;
use crate::abuse::facts::Fact;
use crate::alerts::{Alert, AlertKind, raise_in_tx};
use crate::catalog::{self, Offer};
use crate::clock::Time;
use crate::db::Tx;
use crate::entity::{dispatch, order};
use crate::error::Result;
use crate::ids::{OrderId, ProviderId, ServiceId};
use crate::money::{Money, Rate, parse_provider_amount};
use crate::panel::Panel;
use crate::protocol::upstream::named_amount;
use crate::protocol::{OrderWord, ServiceType};
use crate::wallet;

/// Orders that a transaction has ended: to be told of once it is committed.
#[derive(Default)]
#[must_use]
pub(super) struct Ended(Vec<Fact>);

impl Ended {
    /// Tells the detectors of abuse, after the commit.
    pub(super) fn tell(self, panel: &Panel) {
        for fact in self.0 {
            panel.abuse.note(fact);
        }
    }
}

/// Brings orders up to date with their runs, after some of them changed. `causes` says for each
/// order why; it becomes part of the order's history.
pub(super) async fn advance_in_tx(
    tx: &Tx,
    now: Time,
    causes: HashMap<OrderId, CausedBy>,
) -> Result<Ended> {
    let locked = Locked {
        orders: store::lock_orders(tx, causes.keys().copied()).await?,
        ..Locked::default()
    };
    advance_locked_in_tx(tx, now, causes, locked).await
}

/// What a step has in memory of the orders that it advances: locked in its transaction, and as it was
/// written there.
#[derive(Default)]
pub(super) struct Locked {
    /// The orders, those of all causes among them, by id.
    pub(super) orders: Vec<order::Model>,
    /// Runs of them.
    pub(super) runs: Vec<dispatch::Model>,
    /// When orders ended whose end was reported before now: "the order ends at the time of the first
    /// report" of its end, and what overlapped it is judged by that.
    pub(super) ends: HashMap<OrderId, Time>,
}

/// The same where the orders are locked already: what is in memory is not read again.
pub(super) async fn advance_locked_in_tx(
    tx: &Tx,
    now: Time,
    mut causes: HashMap<OrderId, CausedBy>,
    locked: Locked,
) -> Result<Ended> {
    let mut orders = locked.orders;
    orders.retain(|order| causes.contains_key(&order.id) && !order.status.is_terminal());
    if orders.is_empty() {
        return Ok(Ended::default());
    }
    let mut runs = runs_of(tx, &orders, locked.runs).await?;
    let mut step = Step {
        foreign: catalog::foreign_in_tx(tx).await?,
        ends: locked.ends,
        ..Step::default()
    };
    let mut standings = Vec::with_capacity(orders.len());
    for order in orders {
        let runs = runs.remove(&order.id).unwrap_or_default();
        let parts: Vec<Run> = runs.iter().map(run).collect();
        let standing = standing(whole(&order), &parts, now);
        step.reached.insert(order.id, standing.status);
        standings.push((order, runs, standing));
    }
    for (order, runs, standing) in standings {
        // `orders` are those that `causes` names.
        if let Some(cause) = causes.remove(&order.id) {
            step.take(tx, now, order, &runs, standing, cause).await?;
        }
    }
    step.write(tx, now).await
}

/// Every run of `orders`. One that is the only run of its order is not read if it is among `known`.
async fn runs_of(
    tx: &Tx,
    orders: &[order::Model],
    known: Vec<dispatch::Model>,
) -> Result<HashMap<OrderId, Vec<dispatch::Model>>> {
    let mut runs: HashMap<OrderId, Vec<dispatch::Model>> = known
        .into_iter()
        .map(|run| (run.order_id, vec![run]))
        .collect();
    let several = orders
        .iter()
        .filter(|order| order.runs > 1 || !runs.contains_key(&order.id));
    let several: Vec<OrderId> = several.map(|order| order.id).collect();
    if several.is_empty() {
        return Ok(runs);
    }
    for order in &several {
        runs.remove(order);
    }
    for run in store::runs::lock_of_orders(tx, several).await? {
        runs.entry(run.order_id).or_default().push(run);
    }
    Ok(runs)
}

/// Brings an order without runs to the `standing` that an operator gave it; `order` is locked.
pub(super) async fn advance_by_hand_in_tx(
    tx: &Tx,
    now: Time,
    order: order::Model,
    standing: Standing,
    cause: CausedBy,
) -> Result<Ended> {
    let mut step = Step::default();
    step.reached.insert(order.id, standing.status);
    step.take(tx, now, order, &[], standing, cause).await?;
    step.write(tx, now).await
}

/// What is to be written of several orders.
#[derive(Default)]
struct Step {
    /// The status that each order of the step has after it: what is stored may be older.
    reached: HashMap<OrderId, OrderStatus>,
    /// What one unit of the currency of a provider is worth, in nano-USD, where that is not USD.
    foreign: HashMap<ProviderId, i64>,
    /// When orders ended whose end was reported before now.
    ends: HashMap<OrderId, Time>,
    progress: Vec<Progress>,
    endings: Vec<Ending>,
    events: Vec<(OrderId, OrderStatus, CausedBy)>,
    next_runs: Vec<NextRun>,
    alerts: Vec<Alert>,
}

struct NextRun {
    order: OrderId,
    service: ServiceId,
    service_type: ServiceType,
    rate: Rate,
    run: i64,
    quantity: i64,
    due: Time,
}

impl Step {
    async fn take(
        &mut self,
        tx: &Tx,
        now: Time,
        order: order::Model,
        runs: &[dispatch::Model],
        standing: Standing,
        cause: CausedBy,
    ) -> Result<()> {
        if let Some(due) = standing.next_run_at {
            self.next_runs.push(NextRun {
                order: order.id,
                service: order.service_id,
                service_type: order.service_type,
                rate: order.rate_micro,
                run: i64::try_from(runs.len())
                    .unwrap_or(i64::MAX)
                    .saturating_add(1),
                quantity: order.quantity / order.runs,
                due,
            });
        }
        if standing.status != order.status {
            self.events.push((order.id, standing.status, cause));
        }
        if standing.status.is_terminal() {
            self.end(tx, now, order, runs, standing).await
        } else {
            self.go_on(now, &order, standing);
            Ok(())
        }
    }

    fn go_on(&mut self, now: Time, order: &order::Model, standing: Standing) {
        let starts = order.started_at_ms.is_none() && standing.status != OrderStatus::Pending;
        let changed = starts
            || standing.status != order.status
            || standing.remains != order.remains
            || (standing.start_count.is_some() && standing.start_count != order.start_count);
        if changed {
            self.progress.push(Progress {
                id: order.id,
                status: standing.status,
                remains: standing.remains,
                start_count: standing.start_count,
                started_at: starts.then_some(now),
            });
        }
    }

    async fn end(
        &mut self,
        tx: &Tx,
        now: Time,
        order: order::Model,
        runs: &[dispatch::Model],
        standing: Standing,
    ) -> Result<()> {
        let started = order
            .started_at_ms
            .or_else(|| runs.iter().filter_map(|run| run.accepted_at_ms).min());
        let ended_at = self.ended_at(now, &order, runs);
        let overlapped = standing.status == OrderStatus::Partial
            && store::overlapping_deliveries(tx, order.id)
                .await?
                .into_iter()
                .any(|(id, other)| {
                    let status = self.reached.get(&id).copied().unwrap_or(other.status);
                    rules::delivered_meanwhile(started, ended_at, Delivery { status, ..other })
                });
        let settlement = rules::settlement(
            standing.status,
            order.charge_nano,
            standing.remains,
            order.quantity,
            overlapped,
        )?;
        self.alerts
            .extend(below_cost(&order, runs, settlement.revenue, &self.foreign));
        self.endings.push(Ending {
            order,
            settlement,
            start_count: standing.start_count,
            ended_at,
        });
        Ok(())
    }

    /// When an order ends that ends in this step: with its last run, by the first report of that.
    fn ended_at(&self, now: Time, order: &order::Model, runs: &[dispatch::Model]) -> Time {
        let Some(reported) = self.ends.get(&order.id) else {
            return now;
        };
        let others = runs.iter().filter_map(|run| run.end_seen_at_ms);
        others.fold(*reported, Time::max).min(now)
    }

    async fn write(self, tx: &Tx, now: Time) -> Result<Ended> {
        store::write_progress(tx, &self.progress).await?;
        write_next_runs(tx, now, &self.next_runs).await?;
        settle_in_tx(tx, now, &self.endings).await?;
        store::insert_events(tx, now, self.events).await?;
        raise_in_tx(tx, now, self.alerts).await?;
        Ok(Ended(self.endings.iter().map(fact).collect()))
    }
}

/// What detectors are told of an order that has ended.
fn fact(ending: &Ending) -> Fact {
    let order = &ending.order;
    Fact::Ended {
        account: order.account_id,
        order: order.id,
        service: order.service_id,
        link: order.overlap_key,
        charge: order.charge_nano.nano(),
        refunded: ending.settlement.refund.nano(),
    }
}

/// Settles orders: empties their holds, credits the refunds, writes the terminal status and the
/// refund rows, all in the caller's transaction, so that a status is never seen without its money.
async fn settle_in_tx(tx: &Tx, now: Time, endings: &[Ending]) -> Result<()> {
    if endings.is_empty() {
        return Ok(());
    }
    let releases: Vec<wallet::Release> = endings
        .iter()
        .map(|ending| wallet::Release {
            account: ending.order.account_id,
            order: ending.order.id,
            refund: ending.settlement.refund,
            revenue: ending.settlement.revenue,
        })
        .collect();
    let released = wallet::release_in_tx(tx, now, &releases).await?;
    endings::write_settlements(tx, endings).await?;
    endings::insert_refunds(tx, now, endings, &released).await?;
    store::watching::begin(tx, now, endings).await?;
    let links = endings
        .iter()
        .map(|ending| ending.order.overlap_key)
        .collect();
    store::runs::wake_waiting(tx, now, links).await?;
    fail::fail_point!("C8");
    Ok(())
}

async fn write_next_runs(tx: &Tx, now: Time, next: &[NextRun]) -> Result<()> {
    if next.is_empty() {
        return Ok(());
    }
    let services: Vec<ServiceId> = next.iter().map(|run| run.service).collect();
    let offers = catalog::offers(tx, &services).await?;
    let first = |next: &NextRun| {
        let offers: &Vec<Offer> = offers.get(&next.service)?;
        catalog::first_to_ask(offers, next.service_type, next.quantity, next.rate)
    };
    let (mut rows, mut written, mut missing) = (Vec::new(), Vec::new(), Vec::new());
    for next in next {
        let Some((position, offer)) = first(next) else {
            // Its service has lost its offers since the order was placed: see `missing`.
            missing.push((next.order, next.due));
            continue;
        };
        written.push(next.order);
        rows.push(new_run(
            next.order,
            next.run,
            next.quantity,
            offer,
            position,
            now,
            next.due,
        ));
    }
    store::missing::forget(tx, written).await?;
    store::runs::insert(tx, rows).await?;
    store::missing::note(tx, &missing).await
}

/// What surely remains of an order with these `runs` that ends now: what has ended undelivered, and what
/// was not sent. Nothing of a run that may be at its provider is sure.
pub(super) fn certain_remains(order: &order::Model, runs: &[dispatch::Model], now: Time) -> i64 {
    let ended = |run: &dispatch::Model| Run {
        state: if run.state.is_terminal() {
            run.state
        } else if run.state.is_unsent() {
            DispatchState::Canceled
        } else {
            DispatchState::Completed
        },
        ..self::run(run)
    };
    let runs: Vec<Run> = runs.iter().map(ended).collect();
    standing(whole(order), &runs, now).remains
}

/// Whether the next run of an order with these `runs` is to be written.
pub(super) fn awaits_next_run(order: &order::Model, runs: &[dispatch::Model], now: Time) -> bool {
    let runs: Vec<Run> = runs.iter().map(run).collect();
    !order.status.is_terminal() && standing(whole(order), &runs, now).next_run_at.is_some()
}

pub(super) fn whole(order: &order::Model) -> Whole {
    Whole {
        quantity: order.quantity,
        runs: order.runs,
        interval_minutes: order.interval_minutes,
        status: order.status,
        remains: order.remains,
        cancel_requested: is_stopped(order),
    }
}

fn run(run: &dispatch::Model) -> Run {
    let word = match &run.provider_word {
        Some(word) => OrderWord::from_word(word),
        None => run
            .provider_status
            .as_deref()
            .and_then(OrderWord::from_provider_word),
    };
    Run {
        state: run.state,
        quantity: run.quantity,
        remains: run.remains,
        start_count: run.start_count,
        is_delivering: word == Some(OrderWord::InProgress),
        accepted_at: run.accepted_at_ms,
    }
}

/// "A refund larger than the provider's refund plus our margin raises an alert": the same as
/// keeping less than the provider finally charged.
fn below_cost(
    order: &order::Model,
    runs: &[dispatch::Model],
    kept: Money,
    foreign: &HashMap<ProviderId, i64>,
) -> Option<Alert> {
    let mut cost = Money::ZERO;
    for run in runs {
        let Some(charge) = run.provider_charge.as_deref() else {
            continue;
        };
        // The answer to `add` is kept with the currency that it names.
        let (charge, _) = named_amount(charge)?;
        let charge = parse_provider_amount(charge).ok()?;
        let charge = match foreign.get(&run.provider_id) {
            Some(&nano_usd) => charge.converted(nano_usd).ok()?,
            None => charge,
        };
        cost = cost.plus(charge).ok()?;
    }
    (cost > kept).then(|| {
        Alert::new(
            AlertKind::SoldBelowCost,
            format!("service {}", order.service_id),
            format!(
                "order {}: {kept} USD is kept, its provider charged {cost} USD",
                order.id
            ),
        )
    })
}
