//! The statements on `imported_orders`.

use sea_orm::{ConnectionTrait, QueryResult, Value};

use crate::db::{Rows, Sql, Tx, execute, query};
use crate::error::Result;
use crate::ids::{AccountId, OrderId};
use crate::orders::imported::FormerOrder;
use crate::orders::read::{Filter, Place};

const ORDER: &str = "SELECT id, account_id, service_id, service_type, link, quantity, charge_nano, \
     start_count, remains, status, created_at_ms FROM imported_orders WHERE ";

fn read(row: &QueryResult) -> Result<FormerOrder> {
    Ok(FormerOrder {
        id: row.try_get("", "id")?,
        account: row.try_get("", "account_id")?,
        service: row.try_get("", "service_id")?,
        service_type: row.try_get("", "service_type")?,
        link: row.try_get("", "link")?,
        quantity: row.try_get("", "quantity")?,
        charge: row.try_get("", "charge_nano")?,
        start_count: row.try_get("", "start_count")?,
        remains: row.try_get("", "remains")?,
        status: row.try_get("", "status")?,
        created_at: row.try_get("", "created_at_ms")?,
    })
}

async fn orders(
    on: &impl ConnectionTrait,
    which: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<FormerOrder>> {
    let rows = query(on, &[ORDER, which].concat(), values).await?;
    rows.iter().map(read).collect()
}

/// Which of these numbers orders have that were placed here.
pub(in crate::orders) async fn placed(tx: &Tx, ids: &[OrderId]) -> Result<Vec<OrderId>> {
    let among = Rows::is_in(tx, 0, ids.iter().map(|&id| id.into()));
    let sql = ["SELECT id FROM orders WHERE id", &among.text].concat();
    let rows = query(tx, &sql, among.values).await?;
    rows.iter().map(|row| Ok(row.try_get("", "id")?)).collect()
}

/// The imported orders with these numbers.
pub(in crate::orders) async fn imported(tx: &Tx, ids: &[OrderId]) -> Result<Vec<FormerOrder>> {
    let among = Rows::is_in(tx, 0, ids.iter().map(|&id| id.into()));
    orders(tx, &["id", &among.text].concat(), among.values).await
}

/// Those of `ids` that are imported orders of `account`.
pub(in crate::orders) async fn of_account(
    on: &impl ConnectionTrait,
    account: AccountId,
    ids: &[OrderId],
) -> Result<Vec<FormerOrder>> {
    let among = Rows::is_in(on, 1, ids.iter().map(|&id| id.into()));
    let which = ["account_id = $1 AND id", &among.text].concat();
    let values = std::iter::once(account.into()).chain(among.values);
    orders(on, &which, values).await
}

/// The imported order of this number.
pub(in crate::orders) async fn one(
    on: &impl ConnectionTrait,
    id: OrderId,
) -> Result<Option<FormerOrder>> {
    Ok(orders(on, "id = $1", [id.into()]).await?.into_iter().next())
}

/// The imported orders of `account` that match, newest first, from behind `after`, at most `most`.
pub(in crate::orders) async fn list(
    on: &impl ConnectionTrait,
    account: AccountId,
    filter: &Filter,
    after: Option<Place>,
    most: usize,
) -> Result<Vec<FormerOrder>> {
    let mut sql = Sql::new(ORDER);
    sql.value("account_id = ", account);
    if let Some(from) = filter.from {
        sql.value(" AND created_at_ms >= ", from);
    }
    if let Some(before) = filter.before {
        sql.value(" AND created_at_ms < ", before);
    }
    if let Some(status) = filter.status {
        sql.value(" AND status = ", status);
    }
    if let Some(service) = filter.service {
        sql.value(" AND service_id = ", service);
    }
    if let Some(Place { created_at, order }) = after {
        sql.value(" AND created_at_ms <= ", created_at);
        sql.value(" AND (created_at_ms < ", created_at);
        sql.value(" OR id < ", order);
        sql.text(")");
    }
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    sql.value(" ORDER BY created_at_ms DESC, id DESC LIMIT ", most);
    let rows = query(on, &sql.text, sql.values).await?;
    rows.iter().map(read).collect()
}

pub(in crate::orders) async fn insert(tx: &Tx, new: &[FormerOrder]) -> Result<()> {
    let rows = new.iter().map(|order| {
        [
            order.id.into(),
            order.account.into(),
            order.service.into(),
            order.service_type.into(),
            order.link.as_str().into(),
            order.quantity.into(),
            order.charge.into(),
            order.start_count.into(),
            order.remains.into(),
            order.status.into(),
            order.created_at.into(),
        ]
    });
    let rows = Rows::table(tx, 0, rows);
    let sql = [
        "INSERT INTO imported_orders (id, account_id, service_id, service_type, link, quantity, \
         charge_nano, start_count, remains, status, created_at_ms) SELECT * FROM ",
        &rows.text,
    ]
    .concat();
    execute(tx, &sql, rows.values).await?;
    Ok(())
}

/// Writes how far orders are, and what of their charge stands.
pub(in crate::orders) async fn update(tx: &Tx, changed: &[FormerOrder]) -> Result<()> {
    let rows = changed.iter().map(|order| {
        [
            order.id.into(),
            order.charge.into(),
            order.start_count.into(),
            order.remains.into(),
            order.status.into(),
        ]
    });
    let rows = Rows::table(tx, 0, rows);
    let sql = [
        "UPDATE imported_orders SET charge_nano = v.column2, start_count = v.column3, \
         remains = v.column4, status = v.column5 FROM ",
        &rows.text,
        " WHERE imported_orders.id = v.column1",
    ]
    .concat();
    execute(tx, &sql, rows.values).await?;
    Ok(())
}

/// Has orders that are placed from now on higher numbers than `highest`.
pub(in crate::orders) async fn continue_numbers(tx: &Tx, highest: OrderId) -> Result<()> {
    let sql = "UPDATE id_sequences SET last_id = $1 WHERE name = 'orders' AND last_id < $1";
    execute(tx, sql, [highest.into()]).await?;
    Ok(())
}
