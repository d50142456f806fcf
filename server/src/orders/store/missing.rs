//! The statements on runs that no offer could take when they were to be written.

use sea_orm::ActiveValue::Set;
use sea_orm::{ConnectionTrait, QueryResult};

use super::runs::{At, run_at};
use crate::clock::Time;
use crate::db::{Rows, Tx, execute, query};
use crate::entity::dispatch;
use crate::error::Result;
use crate::ids::OrderId;
use crate::orders::rules::DispatchState;

/// Keeps that the next run of each order is missing and when it is due, unless that is known.
pub(in crate::orders) async fn note(tx: &Tx, missing: &[(OrderId, Time)]) -> Result<()> {
    for &(order, due) in missing {
        let sql = "INSERT INTO missing_runs (order_id, due_at_ms) VALUES ($1, $2) \
                   ON CONFLICT (order_id) DO NOTHING";
        execute(tx, sql, [order.into(), due.into()]).await?;
    }
    Ok(())
}

/// Forgets it of orders whose next run is written.
pub(in crate::orders) async fn forget(
    tx: &Tx,
    orders: impl IntoIterator<Item = OrderId>,
) -> Result<()> {
    let orders = Rows::is_in(tx, 0, orders.into_iter().map(Into::into));
    let sql = ["DELETE FROM missing_runs WHERE order_id", &orders.text].concat();
    execute(tx, &sql, orders.values).await?;
    Ok(())
}

/// The orders whose missing run is due at `now`, longest first, at most `limit`; not locked.
pub(in crate::orders) async fn due(
    on: &impl ConnectionTrait,
    now: Time,
    limit: usize,
) -> Result<Vec<OrderId>> {
    let sql = "SELECT order_id FROM missing_runs WHERE due_at_ms <= $1 \
               ORDER BY due_at_ms, order_id LIMIT $2";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = query(on, sql, [now.into(), limit.into()]).await?;
    let read = |row: &QueryResult| Ok(row.try_get_by_index(0)?);
    rows.iter().map(read).collect()
}

/// Takes those of `orders`, which are locked, whose missing run is still due at `now`, with when it
/// was due.
pub(in crate::orders) async fn take(
    tx: &Tx,
    now: Time,
    orders: impl IntoIterator<Item = OrderId>,
) -> Result<Vec<(OrderId, Time)>> {
    let orders = Rows::is_in(tx, 1, orders.into_iter().map(Into::into));
    let sql = [
        "DELETE FROM missing_runs WHERE due_at_ms <= $1 AND order_id",
        &orders.text,
        " RETURNING order_id, due_at_ms",
    ]
    .concat();
    let values = std::iter::once(now.into()).chain(orders.values);
    let rows = query(tx, &sql, values).await?;
    let read = |row: &QueryResult| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
    rows.iter().map(read).collect()
}

/// The run after `last` as one that was due and could not be sent, for the reason `why`: no offer was
/// there to take it, so it names the provider of the run before it.
pub(in crate::orders) fn never_sent(
    last: &dispatch::Model,
    now: Time,
    due: Time,
    why: &str,
) -> dispatch::ActiveModel {
    let at = At {
        provider: last.provider_id,
        position: last.position,
        service: &last.provider_service,
    };
    let number = last.run.saturating_add(1);
    let mut run = run_at(last.order_id, number, last.quantity, at, now, due);
    run.state = Set(DispatchState::Rejected);
    run.queued_at_ms = Set(now);
    run.reason = Set(Some(why.to_owned()));
    run
}
