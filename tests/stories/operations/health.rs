//! `/health/live` and `/health/ready`.

use harness::{ANYWHERE, START, TestPanel, config, open, texts};
use serde_json::{Value, json};
use smm_panel_server::app::{self, Background};
use smm_panel_server::clock::Clock;
use smm_panel_server::db::Db;
use tempfile::TempDir;

use super::{at, get};

fn ready() -> Value {
    json!({
        "status": "ready",
        "database": "ok",
        "writes": "ok",
        "migrations": "ok",
        "batcher": "ok",
        "stopping": "no",
    })
}

/// Waits until `/health/ready` says `expected`: what can be written is tried each 5 seconds.
async fn until_it_says(url: &str, expected: &(u16, Value)) {
    let mut said = None;
    for _ in 0..400 {
        let reply = get(url).await;
        let now = (reply.status, reply.json());
        if now == *expected {
            return;
        }
        said = Some(now);
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{said:?}");
}

#[apply(story)]
async fn a_panel_that_serves_is_live_and_ready() {
    let panel = TestPanel::start().await;
    let live = get(&at(&panel, "/health/live")).await;
    assert_eq!((live.status, live.json()), (200, json!({"status": "live"})));
    let is_ready = get(&at(&panel, "/health/ready")).await;
    assert_eq!((is_ready.status, is_ready.json()), (200, ready()));
    for reply in [live, is_ready] {
        assert_eq!(reply.headers["content-type"], "application/json");
        assert_eq!(reply.headers["cache-control"], "no-store");
    }
    panel.finish().await;
}

#[apply(story)]
async fn a_schema_of_another_version_is_not_ready() {
    let panel = TestPanel::start().await;
    let url = at(&panel, "/health/ready");
    let is = |migrations: &str| {
        let mut expected = ready();
        expected["status"] = "not_ready".into();
        expected["migrations"] = migrations.into();
        (503, expected)
    };
    let later = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later', 0)";
    panel.sql(later).await;
    let reply = get(&url).await;
    assert_eq!((reply.status, reply.json()), is("unknown"));
    panel
        .sql("UPDATE seaql_migrations SET version = 'x' WHERE version = 'm0002_typed_api'")
        .await;
    panel
        .sql("DELETE FROM seaql_migrations WHERE version IN ('x', 'm9999_later')")
        .await;
    let reply = get(&url).await;
    assert_eq!((reply.status, reply.json()), is("pending"));
    panel
        .sql("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m0002_typed_api', 0)")
        .await;
    assert_eq!(get(&url).await.status, 200);
    panel.finish().await;
}

#[apply(story)]
async fn without_its_database_a_panel_is_live_but_not_ready_and_does_not_say_why() {
    let folder = TempDir::new().unwrap();
    let panel = open(config(&folder), Clock::manual(START)).await;
    let running = app::start(panel.clone(), ANYWHERE, Background::Nobody)
        .await
        .unwrap();
    let url = |path: &str| format!("http://{}{path}", running.address);
    assert_eq!(get(&url("/health/ready")).await.status, 200);
    panel.db.clone().close().await.unwrap();
    let reply = get(&url("/health/ready")).await;
    let mut expected = json!({
        "status": "not_ready",
        "database": "unreachable",
        "writes": "ok",
        "migrations": "unchecked",
        "batcher": "ok",
        "stopping": "no",
    });
    // What was written just before counts for 5 seconds.
    let said = reply.json();
    expected["writes"] = said["writes"].clone();
    assert_eq!((reply.status, said), (503, expected));
    assert_eq!(get(&url("/health/live")).await.status, 200);
    running.stop().await.unwrap();
}

/// What is true of a database that can be read and not be written.
async fn is_read_only(panel: TestPanel) {
    let mut failing = ready();
    failing["status"] = "not_ready".into();
    failing["writes"] = "failing".into();
    until_it_says(&at(&panel, "/health/ready"), &(503, failing)).await;
    let reply = panel.v2(&[("action", "status"), ("order", "1")]).await;
    assert_eq!(reply.json()["status"], "Pending", "{}", reply.body);
    assert_eq!(panel.balance().await, "99.10");
    let fields = [
        ("action", "add"),
        ("service", "1"),
        ("link", "https://instagram.com/p/two"),
        ("quantity", "1000"),
    ];
    let refused = panel.v2(&fields).await;
    assert_eq!((refused.status, refused.body.as_str()), (503, ""));
    assert_eq!(panel.balance().await, "99.10");
    panel.finish().await;
}

#[apply(story_of_sqlite)]
async fn a_file_that_may_only_be_read_is_not_ready_and_its_orders_are_still_shown() {
    let panel = TestPanel::start().await;
    panel.order("https://instagram.com/p/one", 1000).await;
    panel.sql("PRAGMA query_only = 1").await;
    is_read_only(panel).await;
}

#[apply(story_of_postgres)]
async fn a_database_that_may_only_be_read_is_not_ready_and_its_orders_are_still_shown() {
    let panel = TestPanel::start().await;
    panel.order("https://instagram.com/p/one", 1000).await;
    panel
        .sql(
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = \
             on', current_database()); PERFORM pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid(); END $$; \
             SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
        )
        .await;
    is_read_only(panel).await;
}

#[apply(story)]
async fn a_server_says_that_it_is_there_until_it_stops() {
    let panel = TestPanel::start().await;
    let servers = async || {
        let sql = "SELECT CAST(seen_at_ms AS TEXT) FROM servers";
        texts(&panel, sql).await
    };
    let start = START.ms().to_string();
    assert_eq!(servers().await, [start.as_str()]);
    let url = panel.panel.config.database_url.expose();
    let db = Db::open_existing(url, panel.panel.config.pools()).await;
    let beside = panel.panel.beside(db.unwrap());
    let other = app::start(beside, ANYWHERE, Background::Nobody)
        .await
        .unwrap();
    assert_eq!(servers().await, [start.as_str(), start.as_str()]);
    other.stop().await.unwrap();
    assert_eq!(servers().await, [start.as_str()]);
    panel.finish().await;
}
