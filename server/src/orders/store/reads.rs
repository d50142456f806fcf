//! The statements that read orders and refunds for their customers. Every one of them names the
//! account, or an order that was found to be the account's.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, QueryResult, Value};

use crate::clock::Time;
use crate::db::{Rows, Sql, query};
use crate::error::{Failure, Result};
use crate::ids::{AccountId, OrderId, RefundId, TransactionId};
use crate::money::Money;
use crate::orders::read::{Event, Filter, Order, Place, Refund};
use crate::orders::rules::{DispatchState, OrderStatus, RefundReason};
use crate::wallet::Destination;

/// How many orders one page of a list looks at where it cannot go by an index.
pub(super) const SCANNED: usize = 5_000;

/// What of an order its customer is told.
pub(super) const ORDER_COLUMNS: &str = "SELECT id, reference, service_id, service_type, link, \
     status, quantity, runs, interval_minutes, charge_nano, refunded_nano, start_count, remains, \
     EXISTS (SELECT 1 FROM order_overlaps v WHERE v.order_id = orders.id \
     AND v.lifted_at_ms IS NULL), withheld, \
     cancel_requested_at_ms, created_at_ms, started_at_ms, settled_at_ms, refill, refill_days, \
     cancel";
/// How many those are.
pub(super) const ORDER_WIDTH: usize = 22;
const FROM: &str = " FROM orders ";

pub(super) fn read_order(row: &QueryResult) -> Result<Order> {
    Ok(Order {
        id: row.try_get_by_index(0)?,
        reference: row.try_get_by_index(1)?,
        service: row.try_get_by_index(2)?,
        service_type: row.try_get_by_index(3)?,
        link: row.try_get_by_index(4)?,
        status: row.try_get_by_index(5)?,
        total_quantity: row.try_get_by_index(6)?,
        runs: row.try_get_by_index(7)?,
        interval_minutes: row.try_get_by_index(8)?,
        charge: row.try_get_by_index(9)?,
        refunded: row.try_get_by_index(10)?,
        start_count: row.try_get_by_index(11)?,
        remains: row.try_get_by_index(12)?,
        is_overlapping: row.try_get_by_index(13)?,
        is_withheld: row.try_get_by_index(14)?,
        cancel_requested_at: row.try_get_by_index(15)?,
        created_at: row.try_get_by_index(16)?,
        started_at: row.try_get_by_index(17)?,
        settled_at: row.try_get_by_index(18)?,
        refill: row.try_get_by_index(19)?,
        refill_days: row.try_get_by_index(20)?,
        cancel: row.try_get_by_index(21)?,
        is_imported: false,
    })
}

pub(in crate::orders) async fn order(
    on: &impl ConnectionTrait,
    account: AccountId,
    id: OrderId,
) -> Result<Option<Order>> {
    let sql = [ORDER_COLUMNS, FROM, "WHERE id = $1 AND account_id = $2"].concat();
    let rows = query(on, &sql, [id.into(), account.into()]).await?;
    rows.first().map(read_order).transpose()
}

/// Whether any of `order` may have reached a provider; a manual one is sent when it was begun.
pub(in crate::orders) async fn is_sent(on: &impl ConnectionTrait, order: &Order) -> Result<bool> {
    let sql = "SELECT state FROM dispatches WHERE order_id = $1";
    let rows = query(on, sql, [order.id.into()]).await?;
    if rows.is_empty() {
        return Ok(order.status != OrderStatus::Pending);
    }
    for row in rows {
        let state: DispatchState = row.try_get_by_index(0)?;
        if !state.is_unsent() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Since when it is not known whether a provider took a run of this order; `None` if it is.
pub(in crate::orders) async fn awaiting_since(
    on: &impl ConnectionTrait,
    order: OrderId,
) -> Result<Option<Time>> {
    let sql = "SELECT MIN(unknown_at_ms) FROM dispatches WHERE order_id = $1 \
               AND state IN ('unknown', 'parked')";
    let rows = query(on, sql, [order.into()]).await?;
    Ok(rows
        .first()
        .map_or(Ok(None), |row| row.try_get_by_index(0))?)
}

pub(in crate::orders) async fn events(
    on: &impl ConnectionTrait,
    order: OrderId,
) -> Result<Vec<Event>> {
    let sql = "SELECT status, cause, created_at_ms FROM order_events WHERE order_id = $1 \
               ORDER BY id";
    let rows = query(on, sql, [order.into()]).await?;
    rows.iter()
        .map(|row| {
            Ok(Event {
                status: row.try_get_by_index(0)?,
                cause: row.try_get_by_index(1)?,
                at: row.try_get_by_index(2)?,
            })
        })
        .collect()
}

pub(in crate::orders) async fn overlaps(
    on: &impl ConnectionTrait,
    order: OrderId,
) -> Result<Vec<OrderId>> {
    let sql = "SELECT other_id FROM order_overlaps WHERE order_id = $1 AND lifted_at_ms IS NULL \
               ORDER BY other_id";
    let rows = query(on, sql, [order.into()]).await?;
    rows.iter()
        .map(|row| Ok(row.try_get_by_index(0)?))
        .collect()
}

/// The account's orders that can be walked by an index, newest first: those of the reference and
/// the time that are asked for, from behind `after`, at most `most`.
fn walk(
    sql: &mut Sql,
    columns: &str,
    account: AccountId,
    filter: &Filter,
    after: Option<Place>,
    most: usize,
) -> Result<()> {
    sql.text("SELECT ");
    sql.text(columns);
    sql.value(" FROM orders WHERE account_id = ", account);
    if let Some(reference) = &filter.reference {
        sql.value(" AND reference = ", reference.as_str());
    }
    if let Some(from) = filter.from {
        sql.value(" AND created_at_ms >= ", from);
    }
    if let Some(before) = filter.before {
        sql.value(" AND created_at_ms < ", before);
    }
    if let Some(Place { created_at, order }) = after {
        sql.value(" AND created_at_ms <= ", created_at);
        sql.value(" AND (created_at_ms < ", created_at);
        sql.value(" OR id < ", order);
        sql.text(")");
    }
    let most = i64::try_from(most).map_err(|_| Failure::Stored("a page too large".to_owned()))?;
    sql.value(" ORDER BY created_at_ms DESC, id DESC LIMIT ", most);
    Ok(())
}

/// Whether orders that are walked over may not match.
fn passes_over(filter: &Filter) -> bool {
    filter.status.is_some() || filter.service.is_some()
}

pub(in crate::orders) async fn orders(
    on: &impl ConnectionTrait,
    account: AccountId,
    filter: &Filter,
    after: Option<Place>,
    most: usize,
) -> Result<Vec<Order>> {
    let mut sql = Sql::new(ORDER_COLUMNS);
    sql.text(FROM);
    sql.text("WHERE id IN (");
    let walked = if passes_over(filter) { SCANNED } else { most };
    walk(&mut sql, "id", account, filter, after, walked)?;
    sql.text(")");
    if let Some(status) = filter.status {
        sql.value(" AND status = ", status);
    }
    if let Some(service) = filter.service {
        sql.value(" AND service_id = ", service);
    }
    let most = i64::try_from(most).map_err(|_| Failure::Stored("a page too large".to_owned()))?;
    sql.value(" ORDER BY created_at_ms DESC, id DESC LIMIT ", most);
    let rows = query(on, &sql.text, sql.values).await?;
    rows.iter().map(read_order).collect()
}

/// Where a list goes on whose page found too few among the orders it looked at; `None` if it has
/// looked at all.
pub(in crate::orders) async fn passed_over(
    on: &impl ConnectionTrait,
    account: AccountId,
    filter: &Filter,
    after: Option<Place>,
) -> Result<Option<Place>> {
    if !passes_over(filter) {
        return Ok(None);
    }
    let mut sql = Sql::new("SELECT created_at_ms, id FROM (");
    walk(
        &mut sql,
        "created_at_ms, id",
        account,
        filter,
        after,
        SCANNED,
    )?;
    let before_last = i64::try_from(SCANNED - 1).unwrap_or(i64::MAX);
    sql.value(
        ") AS walked ORDER BY created_at_ms DESC, id DESC LIMIT 1 OFFSET ",
        before_last,
    );
    let rows = query(on, &sql.text, sql.values).await?;
    let place = |row: &QueryResult| -> Result<Place> {
        Ok(Place {
            created_at: row.try_get_by_index(0)?,
            order: row.try_get_by_index(1)?,
        })
    };
    rows.first().map(place).transpose()
}

pub(in crate::orders) async fn held(
    on: &impl ConnectionTrait,
    account: AccountId,
) -> Result<Money> {
    let sql = "SELECT CAST(COALESCE(SUM(held_nano), 0) AS BIGINT) FROM orders \
               WHERE account_id = $1 AND settled_at_ms IS NULL";
    let rows = query(on, sql, [account.into()]).await?;
    let none = || Failure::Stored("a sum without a row".to_owned());
    Ok(rows.first().ok_or_else(none)?.try_get_by_index(0)?)
}

/// One refund as text, fields separated by spaces: fetching a row costs more than finding a
/// refund, so a page of them is fetched as one text.
const REFUNDS: &str = "SELECT string_agg(id || ' ' || order_id || ' ' || reason || ' ' || \
     charge_nano || ' ' || remains || ' ' || quantity || ' ' || formula_nano || ' ' || \
     amount_nano || ' ' || COALESCE(ledger_transaction_id, 0) || ' ' || created_at_ms || ' ' || \
     destination, ',') FROM ";

async fn refunds(
    on: &impl ConnectionTrait,
    from: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<Refund>> {
    let rows = query(on, &[REFUNDS, from].concat(), values).await?;
    let lines: Option<Option<String>> = rows
        .first()
        .map(|row| row.try_get_by_index(0))
        .transpose()?;
    let lines = lines.flatten().unwrap_or_default();
    let mut refunds = Vec::new();
    for line in lines.split(',').filter(|line| !line.is_empty()) {
        let unreadable = || Failure::Stored(format!("a refund reads {line:?}"));
        refunds.push(read_refund(line).ok_or_else(unreadable)?);
    }
    // An aggregate promises no order.
    refunds.sort_by_key(|refund| refund.id);
    Ok(refunds)
}

/// The orders that these refunds are of.
pub(in crate::orders) async fn orders_of_refunds(
    on: &impl ConnectionTrait,
    refunds: &[RefundId],
) -> Result<HashMap<RefundId, OrderId>> {
    if refunds.is_empty() {
        return Ok(HashMap::new());
    }
    let among = Rows::is_in(on, 0, refunds.iter().map(|&refund| refund.into()));
    let sql = ["SELECT id, order_id FROM refunds WHERE id", &among.text].concat();
    let rows = query(on, &sql, among.values).await?;
    let read = |row: &QueryResult| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
    rows.iter().map(read).collect()
}

fn read_refund(line: &str) -> Option<Refund> {
    let fields: Vec<&str> = line.split(' ').collect();
    let [
        id,
        order,
        reason,
        charge,
        remains,
        quantity,
        formula,
        amount,
        transaction,
        created,
        destination,
    ] = fields.as_slice()
    else {
        return None;
    };
    let number = |text: &str| text.parse::<i64>().ok();
    let money = |text: &str| number(text).map(Money::from_nano);
    Some(Refund {
        id: RefundId(number(id)?),
        order: OrderId(number(order)?),
        reason: RefundReason::from_word(reason)?,
        charge: money(charge)?,
        remains: number(remains)?,
        total_quantity: number(quantity)?,
        formula_result: money(formula)?,
        amount: money(amount)?,
        transaction: number(transaction).filter(|id| *id > 0).map(TransactionId),
        created_at: number(created).map(Time::from_ms)?,
        destination: Destination::from_word(destination)?,
    })
}

pub(in crate::orders) async fn refunds_of(
    on: &impl ConnectionTrait,
    order: OrderId,
) -> Result<Vec<Refund>> {
    refunds(on, "refunds WHERE order_id = $1", [order.into()]).await
}

pub(in crate::orders) async fn refunds_since(
    on: &impl ConnectionTrait,
    account: AccountId,
    after: RefundId,
    most: usize,
) -> Result<Vec<Refund>> {
    let page = "(SELECT * FROM refunds WHERE account_id = $1 AND id > $2 ORDER BY id LIMIT $3) \
                AS page";
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    refunds(on, page, [account.into(), after.into(), most.into()]).await
}
