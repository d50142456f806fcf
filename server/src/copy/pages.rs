//! Reading a whole table in the order of its primary key, a page at a time.

use sea_orm::{ConnectionTrait, DbErr, Value};

use super::cell::Cell;
use super::schema::{Table, quoted};
use crate::db::{Tx, query};

/// Rows per page: few statements for a large table, little memory for one with long texts.
const PAGE: usize = 4_000;

/// Some rows, each with the cells of the table's columns.
pub(super) type Page = Vec<Vec<Cell>>;

/// How many rows the table has.
pub(super) async fn count(on: &impl ConnectionTrait, table: &Table) -> Result<u64, DbErr> {
    let rows = query(on, &count_of(table), []).await?;
    let count: i64 = match rows.first() {
        Some(row) => row.try_get_by_index(0)?,
        None => 0,
    };
    Ok(u64::try_from(count).unwrap_or_default())
}

/// The statement that counts them.
pub(super) fn count_of(table: &Table) -> String {
    ["SELECT COUNT(*) FROM ", &table.quoted()].concat()
}

/// The first rows of the table; none if it is empty.
pub(super) async fn first(from: &Tx, table: &Table) -> Result<Page, DbErr> {
    read(from, table, "", Vec::new()).await
}

/// The rows that follow those of `page`; none after the last.
pub(super) async fn after(from: &Tx, table: &Table, page: &Page) -> Result<Page, DbErr> {
    let Some(last) = page.last().filter(|_| page.len() == PAGE) else {
        return Ok(Page::new());
    };
    let values: Vec<Value> = table
        .key
        .iter()
        .filter_map(|at| last.get(*at).map(Cell::value))
        .collect();
    let places: Vec<String> = (1..=values.len()).map(|n| format!("${n}")).collect();
    let condition = format!(" WHERE ({}) > ({})", key(table), places.join(", "));
    read(from, table, &condition, values).await
}

/// The columns of the primary key as statements list them.
fn key(table: &Table) -> String {
    let columns = table.key.iter().filter_map(|at| table.columns.get(*at));
    let names: Vec<String> = columns.map(|column| quoted(&column.name)).collect();
    names.join(", ")
}

async fn read(
    from: &Tx,
    table: &Table,
    condition: &str,
    values: Vec<Value>,
) -> Result<Page, DbErr> {
    let mut sql = ["SELECT ", &table.listed(), " FROM ", &table.quoted()].concat();
    sql.push_str(condition);
    sql.push_str(&format!(" ORDER BY {} LIMIT {PAGE}", key(table)));
    let rows = query(from, &sql, values).await?;
    let cells = |row| {
        let columns = table.columns.iter().enumerate();
        columns
            .map(|(at, column)| Cell::read(row, at, column.kind))
            .collect()
    };
    rows.iter().map(cells).collect()
}
