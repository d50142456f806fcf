//! The runs of an order: what was sent to providers, and how much of the order came of it.

use std::collections::HashSet;

use sea_orm::{DbErr, QueryResult};

use super::orders::Order;
use super::rows::{Inspector, Owned, Row};
use super::{
    CAUSE, CHARGE_OF_RATE, GOES_ON, Invariant, LEASE, LEASE_GRACE, ONE_PROVIDER_ORDER,
    REFUND_OF_OUTCOME, Report, TERMINAL_STAYS,
};
use crate::clock::Time;

/// States before any provider has accepted the run.
const NOT_ACCEPTED: [&str; 3] = ["held", "queued", "sending"];
/// States that only an accepted run has.
const ACCEPTED: [&str; 3] = ["accepted", "completed", "partial"];
/// States in which a run has ended.
const ENDED: [&str; 4] = ["completed", "partial", "canceled", "rejected"];

/// A row of `dispatches`: one run of an order.
pub(super) struct Dispatch {
    id: i64,
    order: i64,
    run: i64,
    quantity: i128,
    state: String,
    provider_order: Option<String>,
    remains: Option<i64>,
}

impl Row for Dispatch {
    const TABLE: &'static str = "dispatches";
    const SELECT: &'static str = "SELECT order_id, id, run, quantity, state, provider_order, \
         remains FROM dispatches";
    const KEY: &'static [&'static str] = &["order_id", "id"];

    fn read(row: &QueryResult) -> Result<Dispatch, DbErr> {
        Ok(Dispatch {
            order: row.try_get_by_index(0)?,
            id: row.try_get_by_index(1)?,
            run: row.try_get_by_index(2)?,
            quantity: i128::from(row.try_get_by_index::<i64>(3)?),
            state: row.try_get_by_index(4)?,
            provider_order: row.try_get_by_index(5)?,
            remains: row.try_get_by_index(6)?,
        })
    }

    fn key(&self) -> [i64; 2] {
        [self.order, self.id]
    }
}

impl Owned for Dispatch {
    const OWNER: &'static str = "order";
    const ORPHAN: Invariant = CAUSE;

    fn name(&self) -> String {
        format!("dispatch {}", self.id)
    }
}

impl Dispatch {
    fn is(&self, states: &[&str]) -> bool {
        states.contains(&self.state.as_str())
    }

    fn breaks(&self, invariant: Invariant, what: std::fmt::Arguments<'_>, report: &mut Report) {
        let Dispatch { id, order, run, .. } = self;
        let row = format_args!("dispatch {id}");
        report.add(
            invariant,
            row,
            format_args!("run {run} of order {order}: {what}"),
        );
    }

    /// What came of an ended run: a completed one whole, a partial one without its remains, any
    /// other nothing.
    fn delivered(&self) -> i128 {
        match self.state.as_str() {
            "completed" => self.quantity,
            "partial" => {
                let remains = self.remains.map_or(0, i128::from);
                self.quantity - remains.clamp(0, self.quantity.max(0))
            }
            _ => 0,
        }
    }
}

/// Checks the runs of `order`, and gives how much of an ended order they have not delivered (a
/// run that was never written counts whole). Nothing is known of it while the order is open, or
/// if it was delivered without any run.
pub(super) fn check(order: &Order, dispatches: &[Dispatch], report: &mut Report) -> Option<i128> {
    let mut runs = HashSet::new();
    for dispatch in dispatches {
        check_provider_order(dispatch, report);
        let Dispatch {
            run,
            quantity,
            state,
            ..
        } = dispatch;
        if quantity * order.runs != order.quantity {
            let what = format_args!(
                "it sends {quantity}; the order is {} in {} runs",
                order.quantity, order.runs
            );
            dispatch.breaks(CHARGE_OF_RATE, what, report);
        }
        if !runs.insert(*run) {
            let what = format_args!("this run is dispatched a second time");
            dispatch.breaks(ONE_PROVIDER_ORDER, what, report);
        }
        if order.is_terminal() && !dispatch.is(&ENDED) {
            let what = format_args!("{state}, but the order is {}", order.status);
            dispatch.breaks(TERMINAL_STAYS, what, report);
        }
    }
    if i128::try_from(dispatches.len()).is_ok_and(|count| count > order.runs) {
        let what = format_args!("{} dispatches for {} runs", dispatches.len(), order.runs);
        order.breaks(CHARGE_OF_RATE, what, report);
    }
    let all_ended = dispatches.iter().all(|dispatch| dispatch.is(&ENDED));
    if !order.is_terminal() && !dispatches.is_empty() && all_ended && !order.run_is_due {
        let what = format_args!(
            "{}, and each of its {} runs has ended",
            order.status,
            dispatches.len()
        );
        order.breaks(GOES_ON, what, report);
    }
    let known = order.is_terminal() && !dispatches.is_empty();
    known.then(|| order.quantity - dispatches.iter().map(Dispatch::delivered).sum::<i128>())
}

fn check_provider_order(dispatch: &Dispatch, report: &mut Report) {
    let Dispatch {
        state,
        provider_order,
        remains,
        ..
    } = dispatch;
    match provider_order {
        None if dispatch.is(&ACCEPTED) => {
            let what = format_args!("{state} without a provider order");
            dispatch.breaks(ONE_PROVIDER_ORDER, what, report);
        }
        // It would be sent again, and then there were two.
        Some(accepted) if dispatch.is(&NOT_ACCEPTED) => {
            let what = format_args!("{state}, although provider order {accepted:?} exists");
            dispatch.breaks(ONE_PROVIDER_ORDER, what, report);
        }
        None | Some(_) => {}
    }
    if state == "partial" && remains.is_none() {
        let what = format_args!("partial without remains, the refund of which is unknown");
        dispatch.breaks(REFUND_OF_OUTCOME, what, report);
    }
}

/// Reports the requests to providers, for orders and for refills, whose lease ended more than
/// [`LEASE_GRACE`] before `now` or was never written.
pub(super) async fn inspect_leases(inspector: &mut Inspector<'_>, now: Time) -> Result<(), DbErr> {
    let grace_ms = i64::try_from(LEASE_GRACE.as_millis()).unwrap_or(i64::MAX);
    let latest = now.plus_ms(grace_ms.saturating_neg());
    for (table, row_name) in [
        ("dispatches", "dispatch"),
        ("refill_dispatches", "refill dispatch"),
    ] {
        let sql = format!(
            "SELECT id, lease_until_ms FROM {table} WHERE state = 'sending' AND \
             (lease_until_ms IS NULL OR lease_until_ms < $1) ORDER BY id"
        );
        for row in inspector.query(&sql, [latest.ms().into()]).await? {
            let id: i64 = row.try_get_by_index(0)?;
            let lease_until_ms: Option<i64> = row.try_get_by_index(1)?;
            let row = format_args!("{row_name} {id}");
            match lease_until_ms {
                None => inspector
                    .report
                    .add(LEASE, row, format_args!("sending without a lease")),
                Some(until) => inspector.report.add(
                    LEASE,
                    row,
                    format_args!(
                        "sending {} s after its lease; a worker should have made it unknown",
                        now.ms_since(Time::from_ms(until)) / 1000
                    ),
                ),
            }
        }
    }
    Ok(())
}
