//! `/health/live` and `/health/ready`.

use harness::{ANYWHERE, START, TestPanel, config, open};
use serde_json::{Value, json};
use smm_panel_server::app::{self, Background};
use smm_panel_server::clock::Clock;
use tempfile::TempDir;

use super::{at, get};

fn ready() -> Value {
    json!({
        "status": "ready",
        "database": "ok",
        "migrations": "ok",
        "batcher": "ok",
        "stopping": "no",
    })
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
    let expected = json!({
        "status": "not_ready",
        "database": "unreachable",
        "migrations": "unchecked",
        "batcher": "ok",
        "stopping": "no",
    });
    assert_eq!((reply.status, reply.json()), (503, expected));
    assert_eq!(get(&url("/health/live")).await.status, 200);
    running.stop().await.unwrap();
}
