//! Reading a whole table in the order of its primary key, a page at a time.

use sea_orm::{ConnectionTrait, DbErr, Value};
use sha2::{Digest, Sha256};

use super::cell::Cell;
use super::schema::{Kind, Table, quoted};
use crate::db::{Tx, query};

/// Rows per page at most: few statements for a large table, little memory for one with long texts.
const PAGE: usize = 4_000;

/// How much a page of a table with bytes may have of them: pictures are large.
const PAGE_BYTES: i64 = 32 * 1024 * 1024;

/// Some rows, each with the cells of the table's columns.
pub(super) type Page = Vec<Vec<Cell>>;

/// Takes every cell of a page into a digest.
pub(super) fn digest(page: &Page, into: &mut Sha256) {
    for cell in page.iter().flatten() {
        cell.digest(into);
    }
}

/// Reads the whole table, and says so after every page. Gives the digest of all its cells, in the
/// order of the primary key.
pub(super) async fn read_again(
    from: &Tx,
    table: &Table,
    mut tell: impl FnMut(u64),
) -> Result<Sha256, DbErr> {
    let (mut read, mut rows) = (Sha256::new(), 0);
    let size = size(from, table).await?;
    let mut page = first(from, table, size).await?;
    while !page.is_empty() {
        let next = after(from, table, &page, size).await?;
        digest(&page, &mut read);
        rows += u64::try_from(page.len()).unwrap_or(u64::MAX);
        tell(rows);
        page = next;
    }
    if rows == 0 {
        tell(0);
    }
    Ok(read)
}

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

/// How many rows a page of the table has, so that the longest bytes of it do not fill the memory.
pub(super) async fn size(from: &Tx, table: &Table) -> Result<usize, DbErr> {
    let bytes = table
        .columns
        .iter()
        .filter(|column| column.kind == Kind::Bytes);
    let longest: Vec<String> = bytes
        .map(|column| format!("COALESCE(MAX(LENGTH({})), 0)", quoted(&column.name)))
        .collect();
    if longest.is_empty() {
        return Ok(PAGE);
    }
    let sum = longest.join(" + ");
    let from_table = [" AS BIGINT) FROM ", &table.quoted()].concat();
    let rows = query(from, &["SELECT CAST(", &sum, &from_table].concat(), []).await?;
    let longest: i64 = match rows.first() {
        Some(row) => row.try_get_by_index(0)?,
        None => 0,
    };
    Ok(rows_of(longest))
}

/// How many rows with so many bytes in each a page has.
pub(super) fn rows_of(longest: i64) -> usize {
    let rows = usize::try_from(PAGE_BYTES / longest.max(1)).unwrap_or(PAGE);
    rows.clamp(1, PAGE)
}

/// The first rows of the table, at most `size`; none if it is empty.
pub(super) async fn first(from: &Tx, table: &Table, size: usize) -> Result<Page, DbErr> {
    read(from, table, "", Vec::new(), size).await
}

/// The rows that follow those of `page`, which has `size` unless it is the last; none after that.
pub(super) async fn after(
    from: &Tx,
    table: &Table,
    page: &Page,
    size: usize,
) -> Result<Page, DbErr> {
    let Some(last) = page.last().filter(|_| page.len() == size) else {
        return Ok(Page::new());
    };
    let values: Vec<Value> = table
        .key
        .iter()
        .filter_map(|at| last.get(*at).map(Cell::value))
        .collect();
    let places: Vec<String> = (1..=values.len()).map(|n| format!("${n}")).collect();
    let condition = format!(" WHERE ({}) > ({})", key(table), places.join(", "));
    read(from, table, &condition, values, size).await
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
    size: usize,
) -> Result<Page, DbErr> {
    let mut sql = ["SELECT ", &table.listed(), " FROM ", &table.quoted()].concat();
    sql.push_str(condition);
    sql.push_str(&format!(" ORDER BY {} LIMIT {size}", key(table)));
    let rows = query(from, &sql, values).await?;
    let cells = |row| {
        let columns = table.columns.iter().enumerate();
        columns
            .map(|(at, column)| Cell::read(row, at, column.kind))
            .collect()
    };
    rows.iter().map(cells).collect()
}
