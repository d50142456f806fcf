//! That the copy knows the whole schema, and how values are written for PostgreSQL.

use super::cell::Cell;
use super::pages::rows_of;
use super::schema;

#[tokio::test]
async fn every_table_comes_after_those_that_it_refers_to_and_none_is_missing() {
    let tables = schema::tables().await.unwrap();
    let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
    let place = |name: &str| names.iter().position(|other| *other == name).unwrap();
    for (parent, child) in [
        ("accounts", "orders"),
        ("services", "orders"),
        ("ledger_transactions", "ledger_entries"),
        ("dispatches", "provider_exchanges"),
        ("ledger_transactions", "refunds"),
    ] {
        assert!(place(parent) < place(child), "{names:?}");
    }
    assert!(!names.contains(&"seaql_migrations") && !names.contains(&"sqlite_sequence"));
    let seeded: Vec<&str> = tables
        .iter()
        .filter(|table| table.seeded > 0)
        .map(|table| table.name.as_str())
        .collect();
    assert_eq!(seeded, ["id_sequences", "ledger_check"]);
}

#[test]
fn a_page_of_pictures_has_few_rows() {
    assert_eq!(rows_of(0), 4_000);
    assert_eq!(rows_of(32), 4_000);
    assert_eq!(rows_of(5 * 1024 * 1024), 6);
    assert_eq!(rows_of(i64::MAX), 1);
}

#[test]
fn values_are_written_as_postgresql_reads_them() {
    let text = |text: &str| Cell::Text(Some(text.to_owned()));
    for (cell, expected, replaced) in [
        (Cell::Integer(Some(i64::MIN)), "-9223372036854775808", 0),
        (Cell::Boolean(Some(true)), "t", 0),
        (Cell::Boolean(Some(false)), "f", 0),
        (Cell::Bytes(Some(vec![0, 255])), "\\\\x00ff", 0),
        (Cell::Bytes(Some(Vec::new())), "\\\\x", 0),
        (Cell::Text(None), "\\N", 0),
        (text(""), "", 0),
        (text("\\N"), "\\\\N", 0),
        (text("\\.\t\r\n"), "\\\\.\\t\\r\\n", 0),
        (text("a\0\u{1f600}\0"), "a\u{fffd}\u{1f600}\u{fffd}", 2),
    ] {
        let mut written = Vec::new();
        assert_eq!(cell.encode(&mut written), replaced);
        assert_eq!(String::from_utf8(written).unwrap(), expected);
    }
}
