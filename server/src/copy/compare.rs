//! Whether two databases hold the same: every column of a table counted and summed, by each
//! database itself.

use sea_orm::{DbBackend, DbErr, QueryResult};

use super::CopyError;
use super::schema::{Kind, Table, quoted};
use super::target::Target;
use crate::db::{Tx, query};

/// Sums are taken of the high and of the low half of a number, because SQLite's end at 64 bits.
const HALF: i128 = 1 << 32;

/// The figures of a table.
struct Tally {
    rows: i64,
    /// Of each column, how many values are not NULL, and their sum. Of texts and bytes it is the
    /// sum of their lengths in bytes, of booleans how many are true.
    columns: Vec<(i64, i128)>,
}

/// Fails with the first figure of the table that is not the same in both, but for the characters
/// that were `replaced` in each column on the way.
pub(super) async fn require_equal(
    from: &Tx,
    to: &mut Target,
    table: &Table,
    replaced: &[u64],
) -> Result<(), CopyError> {
    let there = statement(table, sea_orm::ConnectionTrait::get_database_backend(from));
    let here = statement(table, to.backend());
    let (there, here) = tokio::join!(query(from, &there, []), to.query(&here));
    let there = there.and_then(|rows| tally(&rows, table));
    let here = here.and_then(|rows| tally(&rows, table));
    let (there, here) = (there.map_err(table.fault())?, here.map_err(table.fault())?);

    let differs = |what: String, source_has: i128, target_has: i128| {
        let table = table.name.clone();
        (source_has != target_has).then_some(CopyError::Differs {
            table,
            what,
            source_has,
            target_has,
        })
    };
    let rows = "the number of rows".to_owned();
    let mut differences = vec![differs(rows, there.rows.into(), here.rows.into())];
    let columns = table.columns.iter().zip(replaced);
    let figures = there.columns.iter().zip(&here.columns);
    for ((column, replaced), (there, here)) in columns.zip(figures) {
        let name = &column.name;
        let filled = format!("the number of values in {name}");
        differences.push(differs(filled, there.0.into(), here.0.into()));
        // U+FFFD has two bytes more than U+0000.
        let expected = there.1 + 2 * i128::from(*replaced);
        differences.push(differs(format!("the sum of {name}"), expected, here.1));
    }
    differences.into_iter().flatten().next().map_or(Ok(()), Err)
}

fn statement(table: &Table, backend: DbBackend) -> String {
    let mut sql = "SELECT COUNT(*)".to_owned();
    for column in &table.columns {
        let name = quoted(&column.name);
        let (high, low) = match (column.kind, backend) {
            (Kind::Integer, _) => (format!("{name} / {HALF}"), format!("{name} % {HALF}")),
            (Kind::Boolean, _) => none_and(format!("CASE WHEN {name} THEN 1 ELSE 0 END")),
            // The length of a text ends at its first U+0000.
            (Kind::Text | Kind::Bytes, DbBackend::Sqlite) => {
                none_and(format!("LENGTH(CAST({name} AS BLOB))"))
            }
            (Kind::Text | Kind::Bytes, _) => none_and(format!("OCTET_LENGTH({name})")),
        };
        sql.push_str(&format!(", COUNT({name})"));
        for half in [high, low] {
            // PostgreSQL's sums are of another type than what they sum.
            sql.push_str(&format!(", CAST(COALESCE(SUM({half}), 0) AS BIGINT)"));
        }
    }
    sql.push_str(" FROM ");
    sql.push_str(&table.quoted());
    sql
}

fn none_and(low: String) -> (String, String) {
    ("0".to_owned(), low)
}

fn tally(rows: &[QueryResult], table: &Table) -> Result<Tally, DbErr> {
    let row = rows
        .first()
        .ok_or_else(|| DbErr::RecordNotFound(table.name.clone()))?;
    let mut columns = Vec::with_capacity(table.columns.len());
    for at in 0..table.columns.len() {
        let first = 1 + 3 * at;
        let figure = |index| row.try_get_by_index::<i64>(index);
        let (high, low) = (figure(first + 1)?, figure(first + 2)?);
        columns.push((figure(first)?, i128::from(high) * HALF + i128::from(low)));
    }
    Ok(Tally {
        rows: row.try_get_by_index(0)?,
        columns,
    })
}
