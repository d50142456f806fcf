//! The database: its schema, its check, and databases that cannot be used.

use harness::database::{Database::Sqlite, current};
use sea_orm::{ConnectionTrait, Database, Statement};
use smm_panel_migrations::{Migrator, MigratorTrait};

use super::Operator;

#[apply(story)]
async fn migrate_makes_the_database_and_says_when_there_is_nothing_to_do() {
    let operator = Operator::without_schema();
    let changes = Migrator::migrations().len();
    let done = format!("The schema is up to date; {changes} change(s) applied.");
    assert_eq!(operator.ok(&["migrate"]).await, done);
    for nothing_to_do in [&["migrate"][..], &["migrate", "--check"]] {
        let said = operator.ok(nothing_to_do).await;
        assert_eq!(said, "The schema is up to date.");
    }
    operator.finish().await;
}

/// What a panel of before the typed API may hold: an order that its customer canceled.
const OF_BEFORE: &str = "
    INSERT INTO services (id, name, category, service_type, rate_micro, min, max, dripfeed, refill,
        cancel, family, same_link, created_at_ms)
    VALUES (1, 's', 'c', 'Default', 900000, 1, 1000, FALSE, FALSE, FALSE, 'f', 'flag', 0);
    INSERT INTO accounts (id, name, created_at_ms) VALUES (1, 'alice', 0);
    INSERT INTO wallets (account_id, balance_nano) VALUES (1, 0);
    INSERT INTO orders (id, account_id, service_id, service_type, refill, cancel, status, link,
        overlap_key, overlapping, details, quantity, runs, interval_minutes, rate_micro,
        charge_nano, held_nano, refunded_nano, settled_refund_nano, withheld, remains,
        created_at_ms, settled_at_ms)
    VALUES (1, 1, 1, 'Default', FALSE, FALSE, 'canceled', 'x', 1, FALSE, '{}', 10, 1, 0, 900000,
        9000000, 0, 9000000, 9000000, FALSE, 10, 0, 0);
    INSERT INTO order_events (order_id, status, cause, created_at_ms)
    VALUES (1, 'processing', 'accepted by the provider as 77', 0),
        (1, 'canceled', 'canceled by the customer', 0);
    INSERT INTO refunds (id, order_id, account_id, reason, charge_nano, remains, quantity,
        formula_nano, amount_nano, destination, created_at_ms)
    VALUES (41, 1, 1, 'canceled', 9000000, 10, 10, 9000000, 9000000, 'wallet', 0);";

#[apply(story)]
async fn an_older_database_is_refused_until_it_is_migrated_and_keeps_its_history() {
    let operator = Operator::without_schema();
    let mut url = operator.env["SMM_PANEL_DATABASE_URL"].clone();
    if current() == Sqlite {
        url.push_str("?mode=rwc");
    }
    let old = Database::connect(url).await.unwrap();
    Migrator::up(&old, Some(1)).await.unwrap();
    old.execute_unprepared(OF_BEFORE).await.unwrap();
    old.close().await.unwrap();
    let later = Migrator::migrations().len() - 1;
    for command in [
        &["serve"][..],
        &["check"],
        &["migrate", "--check"],
        &["account", "create", "bob"],
    ] {
        let ran = operator.run(command, "").await;
        let behind = format!(
            "the database is {later} change(s) behind this program; run `smm-panel migrate` first"
        );
        assert_eq!(ran.code, Some(1), "{}", ran.out);
        assert!(ran.err.contains(&behind), "{command:?}: {}", ran.err);
    }
    let done = format!("The schema is up to date; {later} change(s) applied.");
    assert_eq!(operator.ok(&["migrate"]).await, done);
    let new = Database::connect(&operator.env["SMM_PANEL_DATABASE_URL"])
        .await
        .unwrap();
    let row = new
        .query_one_raw(Statement::from_string(
            new.get_database_backend(),
            "SELECT (SELECT string_agg(cause, ' ') FROM (SELECT cause FROM order_events ORDER BY \
             id) AS events), (SELECT last_id FROM id_sequences WHERE name = 'refunds')",
        ))
        .await
        .unwrap()
        .unwrap();
    let causes: String = row.try_get_by_index(0).unwrap();
    let last: i64 = row.try_get_by_index(1).unwrap();
    assert_eq!(
        (causes.as_str(), last),
        ("accepted canceled_by_customer", 41)
    );
    let change = new
        .execute_unprepared("UPDATE order_events SET cause = 'x'")
        .await;
    assert!(change.unwrap_err().to_string().contains("append-only"));
    new.close().await.unwrap();
}

#[apply(story)]
async fn check_names_what_is_broken_and_fails() {
    let operator = Operator::without_schema();
    operator.customer().await;
    let clean = operator.ok(&["check"]).await;
    assert_eq!(
        clean
            .lines()
            .filter(|line| line.contains("  holds   "))
            .count(),
        smm_panel_server::check::INVARIANTS.len()
    );
    assert!(clean.ends_with("\nno violation"), "{clean}");

    operator
        .sql("UPDATE wallets SET balance_nano = balance_nano + 1")
        .await;
    let ran = operator.run(&["check"], "").await;
    assert_eq!((ran.code, ran.err.as_str()), (Some(1), ""));
    let broken = "  3  BROKEN  the balance stored with a wallet or an order, and what a chargeback \
                  says was covered, is that of the ledger\n               wallet 1: it stores 10000000001, its entries sum to 10000000000\n";
    assert!(ran.out.contains(broken), "{}", ran.out);
    assert!(ran.out.ends_with("\n1 violation\n"), "{}", ran.out);

    operator
        .sql("UPDATE wallets SET balance_nano = balance_nano - 1")
        .await;
    operator.finish().await;
}

#[apply(story)]
async fn a_database_that_is_newer_than_the_program_is_left_as_it_is() {
    let operator = Operator::without_schema();
    operator.ok(&["account", "create", "alice"]).await;
    operator
        .sql("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later', 0)")
        .await;
    let newer = "the database is newer than this program: it has the change m9999_later, which \
                 this version does not know; start the version of smm-panel that made it";
    for command in [
        &["serve"][..],
        &["migrate"],
        &["check"],
        &["account", "create", "bob"],
        &["dispatch", "list"],
    ] {
        let ran = operator.run(command, "").await;
        assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{command:?}");
        assert_eq!(ran.err, format!("smm-panel: {newer}\n"), "{command:?}");
    }
    operator
        .sql("DELETE FROM seaql_migrations WHERE version = 'm9999_later'")
        .await;
    operator.finish().await;
}

#[apply(story_of_sqlite)]
async fn a_file_that_is_no_database_stops_the_start_with_one_sentence() {
    let operator = Operator::without_schema();
    std::fs::write(
        operator.path("panel.db"),
        "this is a text, not a database\n".repeat(200),
    )
    .unwrap();
    let said = operator.refused(&["serve"]).await;
    assert!(
        said.starts_with("the database cannot be opened: "),
        "{said}"
    );
}

#[apply(story_of_sqlite)]
async fn a_check_of_no_database_makes_none() {
    let operator = Operator::without_schema();
    let refused = operator.refused(&["check"]).await;
    assert!(refused.starts_with("there is no database "), "{refused}");
    assert!(!operator.path("panel.db").exists());
    operator.ok(&["migrate"]).await;
    operator.finish().await;
}
