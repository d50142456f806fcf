//! Orders of a database that was put back from a backup: the server that is lost may have sent, between
//! the backup and its end, whatever waited to be sent. Nobody knows, so all of it waits for a person, and
//! nothing of it is sent by itself: not by a repetition, nor by a sentence that is sorted, nor as the next
//! run of a drip-feed.

use std::collections::HashMap;

use super::settle::awaits_next_run;
use super::store::{self, restored as rows};
use crate::clock::Time;
use crate::db::{PIECE, Tx};
use crate::entity::{dispatch, order};
use crate::error::Result;
use crate::ids::OrderId;

/// What was found in doubt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Doubted {
    /// Runs that waited, were on their way or not known to be taken.
    pub runs: u64,
    /// Runs of drip-feeds that were not written yet, and had their time since.
    pub later_runs: u64,
}

/// How many runs after one at `first` had their time by `now`, at least `interval_minutes` apart.
fn later(first: Time, interval_minutes: i64, now: Time) -> i64 {
    now.ms_since(first).max(0) / interval_minutes.saturating_mul(60_000).max(1)
}

/// Makes everything unknown that may have been sent between the backup and `now`. Nothing was sent in
/// that time before `since`, when a server is known to have lived with the database as it is.
pub(crate) async fn doubt_in_tx(tx: &Tx, now: Time, since: Option<Time>) -> Result<Doubted> {
    rows::lock_open_orders(tx).await?;
    let runs = rows::doubt(tx, now).await?;
    let no_earlier = |at: Time| at.max(since.unwrap_or(at)).min(now);
    let mut written = Vec::new();

    let missing = rows::missing(tx, now).await?;
    let due: HashMap<OrderId, Time> = missing.into_iter().collect();
    let orders = by_id(store::lock_orders(tx, due.keys().copied()).await?);
    let mut of_orders: HashMap<OrderId, Vec<dispatch::Model>> = HashMap::new();
    for run in store::runs::lock_of_orders(tx, due.keys().copied()).await? {
        of_orders.entry(run.order_id).or_default().push(run);
    }
    for (id, runs) in &of_orders {
        let (Some(order), Some(last), Some(due)) = (orders.get(id), runs.last(), due.get(id))
        else {
            continue;
        };
        if awaits_next_run(order, runs, now) {
            let first = no_earlier(*due);
            let most = order.runs - last.run;
            let count = (later(first, order.interval_minutes, now) + 1).min(most);
            written.extend(series(order, last, first, 0..count, now));
        }
    }
    store::missing::forget(tx, due.into_keys()).await?;

    let last = rows::last_in_doubt(tx).await?;
    let last = store::runs::lock(tx, last).await?;
    let orders = by_id(store::runs::orders(tx, last.iter().map(|run| run.order_id)).await?);
    for last in &last {
        let Some(order) = orders.get(&last.order_id) else {
            continue;
        };
        let first = no_earlier(last.queued_at_ms);
        let count = later(first, order.interval_minutes, now).min(order.runs - last.run);
        written.extend(series(order, last, first, 1..=count, now));
    }

    let later_runs = u64::try_from(written.len()).unwrap_or(u64::MAX);
    while !written.is_empty() {
        let rest = written.split_off(PIECE.min(written.len()));
        store::runs::insert(tx, written).await?;
        written = rest;
    }
    Ok(Doubted { runs, later_runs })
}

/// Runs after `last`, the first of which may have been sent at `first` plus as many intervals as
/// `intervals` begins with.
fn series<I: Iterator<Item = i64>>(
    order: &order::Model,
    last: &dispatch::Model,
    first: Time,
    intervals: I,
    now: Time,
) -> impl Iterator<Item = dispatch::ActiveModel> {
    let interval_ms = order.interval_minutes.saturating_mul(60_000);
    (last.run + 1..).zip(intervals).map(move |(run, passed)| {
        let due = first.plus_ms(passed.saturating_mul(interval_ms));
        rows::in_doubt(last, run, due, now)
    })
}

fn by_id(orders: Vec<order::Model>) -> HashMap<OrderId, order::Model> {
    orders.into_iter().map(|order| (order.id, order)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_runs_may_have_been_sent_as_intervals_have_passed() {
        const MINUTE: i64 = 60_000;
        let first = Time::from_ms(1_000);
        let after = |ms| later(first, 10, first.plus_ms(ms));
        assert_eq!(after(-1), 0);
        assert_eq!(after(0), 0);
        assert_eq!(after(10 * MINUTE - 1), 0);
        assert_eq!(after(10 * MINUTE), 1);
        assert_eq!(after(25 * MINUTE), 2);
    }
}
