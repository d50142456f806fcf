//! The database: its schema, its check, and databases that cannot be used.

use super::Operator;

#[tokio::test]
async fn migrate_makes_the_database_and_says_when_there_is_nothing_to_do() {
    let operator = Operator::new();
    let done = "The schema is up to date; 1 change(s) applied.";
    assert_eq!(operator.ok(&["migrate"]).await, done);
    assert_eq!(operator.ok(&["migrate"]).await, "The schema is up to date.");
    operator.finish().await;
}

#[tokio::test]
async fn check_names_what_is_broken_and_fails() {
    let operator = Operator::new();
    operator.customer().await;
    let clean = operator.ok(&["check"]).await;
    assert_eq!(
        clean
            .lines()
            .filter(|line| line.contains("  holds   "))
            .count(),
        14
    );
    assert!(clean.ends_with("\nno violation"), "{clean}");

    operator
        .sql("UPDATE wallets SET balance_nano = balance_nano + 1")
        .await;
    let ran = operator.run(&["check"], "").await;
    assert_eq!((ran.code, ran.err.as_str()), (Some(1), ""));
    let broken = "  3  BROKEN  the balance stored with a wallet or an order is the sum of its \
                  ledger entries\n               wallet 1: it stores 10000000001, its entries sum to 10000000000\n";
    assert!(ran.out.contains(broken), "{}", ran.out);
    assert!(ran.out.ends_with("\n1 violation\n"), "{}", ran.out);

    operator
        .sql("UPDATE wallets SET balance_nano = balance_nano - 1")
        .await;
    operator.finish().await;
}

#[tokio::test]
async fn a_database_that_is_newer_than_the_program_is_left_as_it_is() {
    let operator = Operator::new();
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

#[tokio::test]
async fn a_file_that_is_no_database_stops_the_start_with_one_sentence() {
    let operator = Operator::new();
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

#[tokio::test]
async fn secrets_of_another_database_stop_the_start_with_one_sentence() {
    let operator = Operator::new();
    operator.ok(&["account", "create", "alice"]).await;
    let secrets = operator.path("panel.secrets");
    let kept = std::fs::read(&secrets).unwrap();
    std::fs::remove_file(&secrets).unwrap();
    let lost = operator.refused(&["key", "create", "alice"]).await;
    assert!(
        lost.contains("start it with the secrets that belong to this database"),
        "{lost}"
    );
    std::fs::write(&secrets, kept).unwrap();
    operator.ok(&["key", "create", "alice"]).await;
    operator.finish().await;
}

#[tokio::test]
async fn a_check_of_no_database_makes_none() {
    let operator = Operator::new();
    let refused = operator.refused(&["check"]).await;
    assert!(refused.starts_with("there is no database "), "{refused}");
    assert!(!operator.path("panel.db").exists());
    operator.ok(&["migrate"]).await;
    operator.finish().await;
}
