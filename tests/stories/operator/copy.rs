//! The whole panel copied into another database.

use harness::database::current;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use smm_panel_migrations::{Migrator, MigratorTrait};
use smm_panel_server::clock::Clock;
use smm_panel_server::copy::{self, CopyError, Doing};

use super::{MANUAL, Operator, order};

/// What no command writes, but a table may hold: texts that a copy could mistake for something
/// else, bytes, the ends of integers, true, false and NULL; and more rows than a page has.
const CURIOUS: &str = r#"
    INSERT INTO alerts (kind, message, created_at_ms) VALUES
        ('nul', 'a' || char(0) || 'b' || char(0), -9223372036854775808),
        ('copy', '\N', 9223372036854775807), ('copy', '\.', 0), ('copy', '', 0),
        ('copy', char(9, 10, 13, 92, 92) || ' 😀 ''$1'' "?"', -1);
    INSERT INTO alerts (id, kind, message, created_at_ms)
        WITH RECURSIVE many (n) AS (SELECT 100 UNION ALL SELECT n + 3 FROM many WHERE n < 30000)
        SELECT n, 'many', 'x' || n, n FROM many;
    INSERT INTO order_requests (account_id, request_id, fingerprint, order_id)
        VALUES (1, 'R', X'00FF5C78', 1);
    INSERT INTO tickets (id, order_id, account_id, description, state, created_at_ms)
        VALUES (1, 1, 1, 'Its pictures are larger than a page of a copy.', 'open', 0);
    INSERT INTO ticket_screenshots (ticket_id, number, picture, created_at_ms)
        VALUES (1, 1, zeroblob(17000000), 0), (1, 2, X'00', 0), (1, 3, X'FF', 0);"#;

impl Operator {
    /// The URL of this panel's database.
    fn url(&self) -> &str {
        &self.env["SMM_PANEL_DATABASE_URL"]
    }

    /// The URL of another database in the same folder.
    fn beside(&self, name: &str) -> String {
        format!("sqlite:{}", self.path(name).display())
    }

    /// The same folder and secrets with another database.
    fn moved_to(self, url: &str) -> Operator {
        self.with("SMM_PANEL_DATABASE_URL", url)
    }

    /// A panel with a customer, the order 1 and curious rows; gives the customer's key.
    async fn with_a_past(&self) -> String {
        self.customer().await;
        let key = self.ok(&["key", "create", "alice"]).await;
        self.ok(&MANUAL).await;
        let opened = self.opened().await;
        let placed = order(&opened.url, &key, "https://instagram.com/a").await;
        assert_eq!(placed, r#"{"order":1}"#);
        opened.stop().await;
        self.sql(CURIOUS).await;
        key
    }
}

/// The rows that the first column of a query gives.
async fn texts(db: &DatabaseConnection, sql: &str) -> Vec<String> {
    let rows = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
        .await
        .unwrap();
    rows.iter()
        .map(|row| row.try_get_by_index(0).unwrap())
        .collect()
}

/// Every table that the database has.
async fn tables(db: &DatabaseConnection) -> Vec<String> {
    let sql = if db.get_database_backend() == DbBackend::Sqlite {
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' \
         ESCAPE '~' ORDER BY name"
    } else {
        "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = \
         current_schema() ORDER BY 1"
    };
    let mut tables = texts(db, sql).await;
    tables.retain(|table| table != "seaql_migrations");
    tables
}

/// How many rows of `table` the database has.
async fn count(db: &DatabaseConnection, table: &str) -> String {
    let sql = format!("SELECT CAST(COUNT(*) AS TEXT) FROM {table}");
    texts(db, &sql).await.remove(0)
}

#[apply(story_of_sqlite)]
async fn a_copy_has_every_row_of_every_table_and_goes_on_where_the_panel_stopped() {
    let operator = Operator::new();
    let key = operator.with_a_past().await;
    let (from, to) = (operator.url().to_owned(), operator.beside("copy.db"));
    let ran = operator
        .run(&["copy", "--from", &from, "--to", &to], "")
        .await;
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    assert!(ran.out.starts_with("Copied "), "{}", ran.out);
    assert!(ran.out.contains("\nno violation\n"), "{}", ran.out);
    assert!(ran.out.contains("\nNext: set database_url"), "{}", ran.out);
    assert!(ran.err.contains(" alerts: 9973 rows\n"), "{}", ran.err);

    let db = Database::connect(&from).await.unwrap();
    let tables = tables(&db).await;
    assert!(tables.len() >= 20, "{tables:?}");
    let attach = format!(
        "ATTACH DATABASE '{}' AS other",
        operator.path("copy.db").display()
    );
    db.execute_unprepared(&attach).await.unwrap();
    for table in &tables {
        for (one, two) in [("main", "other"), ("other", "main")] {
            let sql = format!(
                "SELECT CAST(COUNT(*) AS TEXT) FROM (SELECT * FROM {one}.{table} \
                 EXCEPT SELECT * FROM {two}.{table})"
            );
            assert_eq!(texts(&db, &sql).await, ["0"], "{table}");
        }
        let copied = count(&db, &format!("other.{table}")).await;
        assert_eq!(copied, count(&db, table).await, "{table}");
        assert!(ran.err.contains(&format!(" {table}: {copied} rows\n")));
    }
    db.close().await.unwrap();

    let operator = operator.moved_to(&to);
    let opened = operator.opened().await;
    let next = order(&opened.url, &key, "https://instagram.com/b").await;
    assert_eq!(next, r#"{"order":2}"#);
    opened.stop().await;
    operator.finish().await;
}

#[apply(story_of_postgres)]
async fn a_panel_moves_to_postgresql_and_back() {
    let empty = Operator::new();
    let to = empty.url().to_owned();
    let from = empty.beside("panel.db");
    let operator = empty.moved_to(&from);
    let key = operator.with_a_past().await;
    let said = operator.ok(&["copy", "--from", &from, "--to", &to]).await;
    let replaced = "\n2 character(s) U+0000, which PostgreSQL cannot hold, became U+FFFD.\n";
    assert!(said.contains(replaced), "{said}");
    assert!(said.contains("\nno violation\n"), "{said}");

    let (source, copy) = (
        Database::connect(&from).await.unwrap(),
        Database::connect(&to).await.unwrap(),
    );
    let tables = tables(&source).await;
    assert_eq!(self::tables(&copy).await, tables);
    for table in &tables {
        let copied = count(&copy, table).await;
        assert_eq!(copied, count(&source, table).await, "{table}");
    }
    let nul = texts(&copy, "SELECT message FROM alerts WHERE kind = 'nul'").await;
    assert_eq!(nul, ["a\u{fffd}b\u{fffd}"]);
    let curious =
        "SELECT message || created_at_ms FROM alerts WHERE kind <> 'nul' AND id < 100 ORDER BY id";
    assert_eq!(texts(&copy, curious).await, texts(&source, curious).await);
    let bytes = "SELECT UPPER(ENCODE(fingerprint, 'hex')) FROM order_requests";
    assert_eq!(texts(&copy, bytes).await, ["00FF5C78"]);
    source.close().await.unwrap();
    copy.close().await.unwrap();

    // Ids that the database assigns go on after those that were copied.
    let operator = operator.moved_to(&to);
    operator.ok(&["account", "create", "bob"]).await;
    let opened = operator.opened().await;
    let next = order(&opened.url, &key, "https://instagram.com/b").await;
    assert_eq!(next, r#"{"order":2}"#);
    opened.stop().await;

    let again = ["copy", "--from", &to, "--to", &from];
    let full = "the database to copy to is not empty: its table panel has 1 row(s)";
    assert_eq!(operator.refused(&again).await, full);
    let back = operator.beside("back.db");
    operator.ok(&["copy", "--from", &to, "--to", &back]).await;
    let operator = operator.moved_to(&back);
    operator.ok(&["account", "create", "carol"]).await;
    operator.finish().await;
}

#[apply(story_of_sqlite)]
async fn a_target_with_rows_is_refused_and_left_as_it_is() {
    let operator = Operator::new();
    operator.customer().await;
    let (from, to) = (operator.url().to_owned(), operator.beside("copy.db"));
    let operator = operator.moved_to(&to);
    operator.ok(&["account", "create", "bob"]).await;
    let full = "the database to copy to is not empty: its table panel has 1 row(s)";
    let copy = ["copy", "--from", &from, "--to", &to];
    assert_eq!(operator.refused(&copy).await, full);

    let db = Database::connect(&to).await.unwrap();
    db.execute_unprepared("DELETE FROM panel").await.unwrap();
    let full = "the database to copy to is not empty: its table accounts has 1 row(s)";
    assert_eq!(operator.refused(&copy).await, full);
    assert_eq!(texts(&db, "SELECT name FROM accounts").await, ["bob"]);

    // With its schema and nothing else it is empty.
    db.execute_unprepared("DELETE FROM wallets; DELETE FROM accounts; DROP TRIGGER audit_log_no_delete; DELETE FROM audit_log")
        .await
        .unwrap();
    operator.ok(&copy).await;
    assert_eq!(texts(&db, "SELECT name FROM accounts").await, ["alice"]);
    db.close().await.unwrap();
    operator.finish().await;
}

#[apply(story)]
async fn a_source_on_which_a_server_lives_is_refused_with_what_to_do() {
    let operator = Operator::new();
    operator.customer().await;
    let (from, to) = (operator.url().to_owned(), operator.beside("copy.db"));
    let copy = ["copy", "--from", &from, "--to", &to];
    let opened = operator.opened().await;
    let lives = operator.refused(&copy).await;
    let begins = "--from: a server lives on the database (server ";
    assert!(lives.starts_with(begins), "{lives}");
    for says in [
        ", last seen ",
        " s ago): stop it first; if it was killed, wait ",
    ] {
        assert!(lives.contains(says), "{lives}");
    }
    opened.stop().await;
    // One that was killed has left its row behind.
    operator
        .sql("INSERT INTO servers (id, started_at_ms, seen_at_ms) VALUES ('killed', 0, 1)")
        .await;
    operator.ok(&copy).await;
    operator.moved_to(&to).finish().await;
}

/// Runs statements on a database while a copy is under way.
fn meanwhile(url: &str, sql: &str) -> Result<(), String> {
    let (url, sql) = (url.to_owned(), sql.to_owned());
    let run = move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let db = Database::connect(url).await.unwrap();
            let done = db.execute_unprepared(&sql).await;
            db.close().await.unwrap();
            done.map(drop).map_err(|fault| fault.to_string())
        })
    };
    std::thread::spawn(run).join().unwrap()
}

#[apply(story)]
async fn a_source_that_changes_while_it_is_copied_fails_the_copy_and_nothing_is_kept() {
    let operator = Operator::new();
    operator.customer().await;
    let (from, to) = (operator.url().to_owned(), operator.beside("copy.db"));
    let clock = Clock::system();
    let server = clock.now().ms();
    let starts =
        format!("INSERT INTO servers (id, started_at_ms, seen_at_ms) VALUES ('s', 1, {server})");
    for (change, says) in [
        // As long as before, so that every count and sum is the same.
        (
            "UPDATE accounts SET name = 'clara' WHERE id = 1",
            "accounts",
        ),
        (
            "INSERT INTO alerts (kind, message, created_at_ms) VALUES ('x', 'y', 0)",
            "alerts",
        ),
        ("DELETE FROM alerts", "alerts"),
        (&starts, "server s, started "),
    ] {
        let ends = copy::open(&from, &to).await.unwrap();
        let mut changed = false;
        let failed = copy::copy(&ends, &clock, |progress| {
            // Every row of them was read by then.
            let is_read = progress.table == "wallets" && progress.doing == Doing::Copying;
            if is_read && !std::mem::replace(&mut changed, true) {
                meanwhile(&from, change).unwrap();
            }
        });
        let failed = failed.await.unwrap_err();
        assert!(changed, "{change}");
        let said = failed.to_string();
        assert!(said.contains(says), "{change}: {said}");
        if let CopyError::Changed { table } = &failed {
            assert_eq!(table, says, "{change}");
            let sentence = format!(
                "the source changed while it was copied, nothing was kept: its table {says} is not \
                 what it was; stop whoever writes to it, and copy again"
            );
            assert_eq!(said, sentence);
        }
        ends.close().await.unwrap();
        let target = Database::connect(&to).await.unwrap();
        assert_eq!(count(&target, "accounts").await, "0", "{change}");
        target.close().await.unwrap();
    }

    operator.sql("DELETE FROM servers").await;
    let ends = copy::open(&from, &to).await.unwrap();
    let mut refused = Vec::new();
    let impatient = match current() {
        harness::database::Database::Sqlite => "PRAGMA busy_timeout = 0; ",
        harness::database::Database::Postgres => "SET lock_timeout = '50ms'; ",
    };
    let write = format!("{impatient}UPDATE accounts SET name = 'alice' WHERE id = 1");
    let copied = copy::copy(&ends, &clock, |progress| {
        if progress.table == "accounts" && progress.doing == Doing::Comparing {
            refused.push(meanwhile(&from, &write));
        }
    });
    copied.await.unwrap();
    assert!(matches!(&refused[..], [Err(_), ..]), "{refused:?}");
    ends.close().await.unwrap();
    operator.moved_to(&to).finish().await;
}

#[apply(story_of_sqlite)]
async fn a_source_that_is_missing_or_older_or_the_target_itself_is_refused() {
    let operator = Operator::without_schema();
    let (from, to) = (operator.url().to_owned(), operator.beside("copy.db"));
    let copy = ["copy", "--from", &from, "--to", &to];
    let path = operator.path("panel.db").display().to_string();
    let missing = format!("there is no database {path} to copy from");
    assert_eq!(operator.refused(&copy).await, missing);
    let scheme = "--to: database_url must begin with sqlite: or postgres:";

    let nothing = Database::connect(format!("{from}?mode=rwc")).await.unwrap();
    nothing.close().await.unwrap();
    let said = operator.refused(&copy).await;
    assert!(said.starts_with("--from: the database is "), "{said}");

    let old = Database::connect(&from).await.unwrap();
    Migrator::up(&old, Some(1)).await.unwrap();
    old.close().await.unwrap();
    let said = operator.refused(&copy).await;
    assert!(
        said.starts_with("--from: the database is ") && said.contains(" behind this program"),
        "{said}"
    );
    assert!(!operator.path("copy.db").exists());

    operator.ok(&["migrate"]).await;
    let other = ["copy", "--from", &from, "--to", "mysql://x"];
    assert_eq!(operator.refused(&other).await, scheme);
    std::os::unix::fs::symlink(operator.path("panel.db"), operator.path("link.db")).unwrap();
    let link = operator.beside("link.db");
    for same in [&from, &link, "sqlite:panel.db", "sqlite://./panel.db"] {
        let copy = ["copy", "--from", &from, "--to", same];
        let said = operator.refused(&copy).await;
        assert_eq!(said, "--from and --to are the same database", "{same}");
    }
    operator.finish().await;
}

#[apply(story_of_sqlite)]
async fn a_copy_that_fails_or_differs_leaves_the_target_empty() {
    let operator = Operator::new();
    operator.customer().await;
    let (from, to) = (operator.url().to_owned(), operator.beside("copy.db"));
    let copy = ["copy", "--from", &from, "--to", &to];
    operator
        .sql(
            "PRAGMA foreign_keys = OFF; INSERT INTO order_events (order_id, status, evidence, \
             created_at_ms) VALUES (99, 'pending', '', 0)",
        )
        .await;
    let said = operator.refused(&copy).await;
    let failed = "copying the table order_events failed, nothing was kept: ";
    assert!(said.starts_with(failed), "{said}");
    operator
        .sql("DROP TRIGGER order_events_no_delete; DELETE FROM order_events")
        .await;

    let db = Database::connect(&to).await.unwrap();
    for table in tables(&db).await {
        let rows = count(&db, &table).await;
        let seeded = ["id_sequences", "ledger_check"].contains(&table.as_str());
        assert!(rows == "0" || seeded, "{table}: {rows}");
    }
    db.execute_unprepared(
        "CREATE TRIGGER one_more AFTER INSERT ON wallets BEGIN UPDATE wallets SET balance_nano = \
         balance_nano + 1 WHERE account_id = NEW.account_id; END",
    )
    .await
    .unwrap();
    let differs = "the copy differs, nothing was kept: the sum of balance_nano of the table \
                   wallets is 10000000000 in the source and 10000000001 in the copy";
    assert_eq!(operator.refused(&copy).await, differs);
    assert_eq!(count(&db, "wallets").await, "0");
    db.execute_unprepared("DROP TRIGGER one_more")
        .await
        .unwrap();
    db.close().await.unwrap();
    operator.ok(&copy).await;
    operator.moved_to(&to).finish().await;
}

#[apply(story_of_sqlite)]
async fn what_is_broken_in_the_source_is_broken_in_the_copy_and_said() {
    let operator = Operator::new();
    operator.customer().await;
    operator
        .sql("UPDATE wallets SET balance_nano = balance_nano + 1")
        .await;
    let (from, to) = (operator.url().to_owned(), operator.beside("copy.db"));
    let ran = operator
        .run(&["copy", "--from", &from, "--to", &to], "")
        .await;
    assert_eq!(ran.code, Some(1), "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("\n  3  BROKEN  "), "{}", ran.out);
    assert!(ran.out.contains("\n1 violation\n"), "{}", ran.out);
    let advice = "The copy is what the source is, so `smm-panel check` fails there too";
    assert!(ran.out.contains(advice), "{}", ran.out);
}
