//! The checker finds nothing in a panel that is right, and every seeded corruption in one that is
//! not.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use super::rows::PAGE;
use super::{INVARIANTS, Progress, Report, check};
use crate::secrets::Secrets;

mod accused;
mod base;
mod broken_marks;
mod broken_money;
mod broken_orders;
mod broken_suspensions;
mod corrected;
mod counted;
mod deposited;
mod disputed;
mod imported;
mod said;
mod sealed;
mod suspended;
mod ticketed;

use base::NOW;
use sealed::SECRETS;

/// A change that breaks the base panel, and everything that must be found then: the number of the
/// invariant and the row.
struct Corruption {
    name: &'static str,
    sql: &'static str,
    found: &'static [(u8, &'static str)],
}

/// Every corruption that is tried.
fn corruptions() -> impl Iterator<Item = &'static Corruption> {
    broken_money::CORRUPTIONS
        .iter()
        .chain(broken_orders::CORRUPTIONS)
        .chain(broken_suspensions::CORRUPTIONS)
        .chain(broken_marks::CORRUPTIONS)
        .chain(deposited::CORRUPTIONS)
        .chain(disputed::CORRUPTIONS)
        .chain(ticketed::CORRUPTIONS)
        .chain(counted::CORRUPTIONS)
        .chain(accused::CORRUPTIONS)
        .chain(said::CORRUPTIONS)
        .chain(corrected::CORRUPTIONS)
        .chain(imported::CORRUPTIONS)
        .chain(sealed::CORRUPTIONS)
}

/// Changes after which the panel is still right.
const HARMLESS: &[(&str, &str)] = &[
    ("nothing", "SELECT 1"),
    ("an order of another panel", imported::IMPORTED),
    (
        "a lease ended just within the grace",
        "UPDATE dispatches SET lease_until_ms = 700000 WHERE id = 8",
    ),
    (
        "an order was delivered without a provider",
        "DELETE FROM dispatches WHERE order_id IN (1, 2)",
    ),
    (
        "orders overlapped and nothing was left to refund",
        "UPDATE orders SET remains = 0, withheld = FALSE WHERE id = 5;
         UPDATE refunds SET remains = 0, formula_nano = 0 WHERE id = 4;
         UPDATE dispatches SET remains = 0 WHERE id = 5",
    ),
    ("an operator lifted a mark", broken_marks::LIFTED),
    (
        "the next run of a drip-feed is due and could not be written",
        said::RUN_IS_DUE,
    ),
    (
        "an operator said that a run is another order than its provider was asked about",
        "INSERT INTO provider_exchanges (id, dispatch_id, attempt, action, request, reply, created_at_ms)
             VALUES (901, 1, 1, 'status', 'order=499', 'order=499 status=Completed', 9)",
    ),
    (
        "the newest line of a run names its own order, as an older one did not",
        "INSERT INTO provider_exchanges (id, dispatch_id, attempt, action, request, reply, created_at_ms)
             VALUES (901, 1, 1, 'status', 'orders=501,502', '{\"order\":502}', 9),
                    (902, 1, 1, 'status', 'order=501', '{\"order_id\":\"501.0\"}', 10)",
    ),
    (
        "what was sent back while its account was suspended was forfeited before",
        said::TAKEN_FROM_FORFEITED,
    ),
    (
        "an operator lifted the mark of an order that has not ended",
        "INSERT INTO order_overlaps (order_id, other_id, lifted_at_ms) VALUES (6, 5, 10)",
    ),
    (
        "a second chargeback took what was kept beside the wallet",
        broken_suspensions::KEPT_AND_COUNTED,
    ),
    ("another part of a credit is taken back", corrected::ANOTHER),
    (
        "a case is confirmed, and what was done stands",
        accused::CONFIRMED,
    ),
    (
        "an order is marked",
        "INSERT INTO order_overlaps (order_id, other_id) VALUES (5, 6), (6, 5)",
    ),
    (
        "comments are sold by the package",
        "UPDATE orders SET service_type = 'Custom Comments Package' WHERE id = 8",
    ),
    (
        "more was delivered than ordered",
        "UPDATE dispatches SET state = 'partial', remains = -5 WHERE id = 1",
    ),
];

async fn checked(db: &DatabaseConnection) -> Report {
    check(db, &SECRETS, NOW, |_| {}).await.unwrap()
}

/// Copies every table without its constraints, triggers and indexes, so that any row can be
/// written.
async fn unguard(db: &DatabaseConnection) {
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'";
    let tables = Statement::from_string(DbBackend::Sqlite, tables);
    for row in db.query_all_raw(tables).await.unwrap() {
        let table: String = row.try_get_by_index(0).unwrap();
        let sql = format!(
            "CREATE TABLE bare AS SELECT * FROM {table}; DROP TABLE {table};
             ALTER TABLE bare RENAME TO {table};"
        );
        db.execute_unprepared(&sql).await.unwrap();
    }
}

/// Writes the base panel into a file, unguarded.
async fn unguarded_base(folder: &Path) -> PathBuf {
    let path = base_file(folder).await;
    let db = base::open(&path).await;
    unguard(&db).await;
    db.close().await.unwrap();
    path
}

/// Opens a fresh copy of the database file `base`.
async fn copy(base: &Path) -> DatabaseConnection {
    let path = base.with_extension("copy");
    std::fs::copy(base, &path).unwrap();
    base::open(&path).await
}

/// Writes the base panel into a file, guarded as the migrations made it.
async fn base_file(folder: &Path) -> PathBuf {
    let path = folder.join("base.sqlite");
    let db = base::open(&path).await;
    base::write(&db).await;
    db.close().await.unwrap();
    path
}

#[tokio::test]
async fn a_panel_that_is_right_has_no_violation() {
    let folder = tempfile::tempdir().unwrap();
    let db = base::open(&base_file(folder.path()).await).await;
    let report = checked(&db).await;
    assert!(report.is_clean(), "{report}");
    assert_eq!(
        (report.read["orders"], report.read["ledger_transactions"]),
        (12, 38)
    );
    assert_eq!(
        (report.read["ledger_entries"], report.read["dispatches"]),
        (78, 14)
    );
}

#[tokio::test]
async fn an_empty_panel_has_no_violation() {
    use smm_panel_migrations::{Migrator, MigratorTrait};
    let folder = tempfile::tempdir().unwrap();
    let db = base::open(&folder.path().join("empty.sqlite")).await;
    Migrator::up(&db, None).await.unwrap();
    let report = checked(&db).await;
    assert!(report.is_clean(), "{report}");
}

#[tokio::test]
async fn with_other_secrets_nothing_that_is_sealed_opens_and_nothing_of_it_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let db = base::open(&base_file(folder.path()).await).await;
    let report = check(&db, &Secrets::ephemeral(), NOW, |_| {})
        .await
        .unwrap();
    assert_eq!(report.found, [(22, 3)].into(), "{report}");
    let shown = report.to_string();
    assert!(shown.contains("was sealed with the master key"), "{shown}");
    assert!(!shown.contains(sealed::PLAIN), "{shown}");
}

#[tokio::test]
async fn every_seeded_corruption_is_found_and_named_and_nothing_else_is() {
    let folder = tempfile::tempdir().unwrap();
    let base = unguarded_base(folder.path()).await;
    let mut wrong = String::new();
    for Corruption { name, sql, found } in corruptions() {
        let db = copy(&base).await;
        db.execute_unprepared(sql).await.unwrap();
        let report = checked(&db).await;
        db.close().await.unwrap();
        let rows = report
            .violations
            .iter()
            .map(|found| (found.invariant, found.row.as_str()));
        if rows.collect::<BTreeSet<_>>() != found.iter().copied().collect() {
            wrong.push_str(&format!("\n{name}: expected {found:?} in\n{report}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[tokio::test]
async fn a_harmless_change_is_no_violation() {
    let folder = tempfile::tempdir().unwrap();
    let base = unguarded_base(folder.path()).await;
    for (name, sql) in HARMLESS {
        let db = copy(&base).await;
        db.execute_unprepared(sql).await.unwrap();
        let report = checked(&db).await;
        assert!(report.is_clean(), "{name}:\n{report}");
        db.close().await.unwrap();
    }
}

#[test]
fn every_invariant_has_a_seeded_corruption() {
    let seeded: BTreeSet<u8> = corruptions()
        .flat_map(|corruption| corruption.found)
        .map(|found| found.0)
        .collect();
    let numbers: Vec<u8> = INVARIANTS.iter().map(|(number, _)| *number).collect();
    assert_eq!(seeded.into_iter().collect::<Vec<_>>(), numbers);
    assert_eq!(numbers, (1..=22).collect::<Vec<u8>>());
}

#[tokio::test]
async fn tables_longer_than_a_page_are_read_to_their_end() {
    let folder = tempfile::tempdir().unwrap();
    let base = base_file(folder.path()).await;
    let orders = PAGE + 500;
    let db = base::open(&base).await;
    base::write_more_orders(&db, orders).await;
    let mut steps = Vec::new();
    let report = check(&db, &SECRETS, NOW, |step| steps.push(step))
        .await
        .unwrap();
    assert!(report.is_clean(), "{report}");
    let read = u64::try_from(12 + orders).unwrap();
    assert_eq!(report.read["orders"], read);
    let page = u64::try_from(PAGE).unwrap();
    let orders_read: Vec<&Progress> = steps.iter().filter(|step| step.table == "orders").collect();
    assert_eq!(
        orders_read.iter().map(|step| step.rows).collect::<Vec<_>>(),
        [page, read]
    );

    let last = 1000 + orders;
    let sql = format!("UPDATE orders SET charge_nano = charge_nano + 1 WHERE id = {last}");
    db.execute_unprepared(&sql).await.unwrap();
    let report = checked(&db).await;
    assert!(
        report
            .violations
            .iter()
            .any(|found| (found.invariant, &*found.row) == (8, &*format!("order {last}"))),
        "{report}"
    );
}

#[tokio::test]
async fn many_violations_are_counted_and_the_first_are_shown() {
    let folder = tempfile::tempdir().unwrap();
    let base = base_file(folder.path()).await;
    let db = base::open(&base).await;
    base::write_more_orders(&db, 60).await;
    let sql = "UPDATE orders SET rate_micro = 1 WHERE id > 1000";
    db.execute_unprepared(sql).await.unwrap();
    let report = checked(&db).await;
    assert_eq!(report.found, [(8, 60)].into());
    assert_eq!(report.violations.len(), 50);
    let text = report.to_string();
    assert!(
        text.contains("  8  BROKEN  an order's charge is its rate"),
        "{text}"
    );
    assert!(
        text.contains("order 1001: charged 900000; 1 x 1 is 1\n"),
        "{text}"
    );
    assert!(text.contains("and 10 more"), "{text}");
    assert!(text.ends_with("60 violations"), "{text}");
    assert!(
        text.contains("  7  holds   an order's automatic refund"),
        "{text}"
    );
}

/// The ledger is read before the orders; an order placed between the two must not be seen as one
/// without a charge.
#[tokio::test(flavor = "multi_thread")]
async fn a_check_beside_a_running_panel_sees_one_moment() {
    let folder = tempfile::tempdir().unwrap();
    let base = base_file(folder.path()).await;
    let reader = base::open(&base).await;
    let writer = base::open(&base).await;
    let mut placed = false;
    let report = check(&reader, &SECRETS, NOW, |_| {
        if !std::mem::replace(&mut placed, true) {
            tokio::task::block_in_place(|| {
                let more = base::write_more_orders(&writer, 5);
                tokio::runtime::Handle::current().block_on(more);
            });
        }
    })
    .await
    .unwrap();
    assert!(placed);
    assert!(report.is_clean(), "{report}");
    assert_eq!(report.read["orders"], 12);
    assert_eq!(checked(&reader).await.read["orders"], 17);
}
