//! What nobody should send: every malformed request gets the protocol's error object with status
//! 200, changes nothing, and tells nothing about the inside.

use harness::{DELIVERY, HOUR, Reply, TestPanel};
use sea_orm::{ConnectionTrait, Statement};

mod bodies;
mod fields;
mod ids;
mod secrets;

const FORM: &str = "application/x-www-form-urlencoded";

const JSON: &str = "application/json";

const LINK: &str = "https://x.test/p";

/// Everything that a request could change, as one row.
const STATE: &str = "SELECT (SELECT CAST(sum(balance_nano) AS BIGINT) FROM wallets), \
    (SELECT count(*) FROM orders), (SELECT count(*) FROM ledger_entries), \
    (SELECT count(*) FROM refills), (SELECT count(*) FROM order_requests), \
    (SELECT count(*) FROM orders WHERE cancel_requested_at_ms IS NOT NULL), \
    (SELECT count(*) FROM order_events), (SELECT catalog_version FROM panel)";

async fn state(panel: &TestPanel) -> Vec<i64> {
    row(panel, STATE, 8).await
}

/// The first `columns` numbers of the one row of a query.
async fn row(panel: &TestPanel, sql: &str, columns: usize) -> Vec<i64> {
    let db = panel.panel.db.read();
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(statement).await.unwrap().unwrap();
    (0..columns)
        .map(|column| row.try_get_by_index(column).unwrap())
        .collect()
}

async fn post(panel: &TestPanel, media: &str, body: impl Into<reqwest::Body>) -> Reply {
    let request = panel.http().post(&panel.url).header("content-type", media);
    panel.send(request.body(body)).await
}

/// Asserts that an answer is one sentence of the protocol, and gives the sentence.
fn refused(reply: &Reply) -> String {
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(reply.headers["content-type"], JSON);
    assert!(reply.body.starts_with(r#"{"error":"#), "{}", reply.body);
    let sentence = reply.error();
    tells_nothing(&sentence);
    sentence
}

/// Asserts that a text holds nothing of the inside: no statement, no path, no place in the source.
fn tells_nothing(text: &str) {
    let lower = text.to_lowercase();
    for inside in [
        "sql",
        "select ",
        "insert ",
        "update ",
        "constraint",
        "column",
        "/",
        "\\",
        ".rs",
        ".db",
        "panic",
        "thread",
        "serde",
        "utf",
        "nano",
        "poem",
        "expected",
    ] {
        assert!(!lower.contains(inside), "{inside:?} in {text:?}");
    }
}

/// A panel with an order that waits, one that was delivered a day ago, and its refill.
async fn busy() -> TestPanel {
    let panel = TestPanel::start().await;
    panel.order("https://x.test/done", 1000).await;
    panel.pass(2 * DELIVERY).await;
    panel.pass(24 * HOUR).await;
    panel.order("https://x.test/waiting", 1000).await;
    let refill = panel.v2(&[("action", "refill"), ("order", "1")]).await;
    assert_eq!(refill.body, r#"{"refill":"1"}"#);
    panel
}
