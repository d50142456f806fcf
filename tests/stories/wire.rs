//! The panel protocol to the letter: what clients that were written for other panels send, and the
//! exact text they get. Consumers compare these texts and types, so they are compared here.

use harness::{DELIVERY, HOUR, Reply, TestPanel};
use sea_orm::{ConnectionTrait, Statement};

/// Compares with the text that stands in the source, each time the story runs.
macro_rules! assert_snapshot {
    ($value:expr, @$expected:literal $(,)?) => {{
        let value = $value;
        insta::allow_duplicates! { insta::assert_snapshot!(value, @$expected) }
    }};
}

mod encodings;
mod following;
mod listing;
mod order_types;
mod placing;
mod refill_and_cancel;
mod request_ids;
mod steering;

const LINK: &str = "https://x.test/p";

/// Sends `body` under this media type, or under none.
async fn post(panel: &TestPanel, media: Option<&str>, body: impl Into<reqwest::Body>) -> Reply {
    let mut request = panel.http().post(&panel.url).body(body);
    if let Some(media) = media {
        request = request.header("content-type", media);
    }
    panel.send(request).await
}

/// Sends a form with the panel's key and gives the answer's text.
async fn body(panel: &TestPanel, fields: &[(&str, &str)]) -> String {
    let reply = panel.v2(fields).await;
    assert_eq!(reply.status, 200, "{fields:?}: {}", reply.body);
    reply.body
}

/// The answer to `action` about one order.
async fn about(panel: &TestPanel, action: &str, order: i64) -> String {
    body(panel, &[("action", action), ("order", &order.to_string())]).await
}

/// The one number that a query gives.
async fn number(panel: &TestPanel, sql: &str) -> i64 {
    let db = panel.panel.db.read();
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(statement).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

/// An order of service 1 that was delivered whole.
async fn completed(panel: &TestPanel) -> i64 {
    let order = panel.order(LINK, 1000).await;
    panel.pass(2 * DELIVERY).await;
    assert_eq!(panel.shown(order).await, "Completed 0.90 0");
    order
}

#[apply(story)]
async fn a_request_needs_a_key_and_a_known_action() {
    let panel = TestPanel::start().await;
    let (incorrect, invalid) = (
        r#"{"error":"Incorrect request"}"#,
        r#"{"error":"Invalid API key"}"#,
    );
    let key = format!("key={}", panel.key);
    for (form, answer) in [
        (String::new(), incorrect),
        (key.clone(), incorrect),
        (format!("{key}&action="), incorrect),
        (format!("{key}&action=nope"), incorrect),
        ("action=balance".to_owned(), incorrect),
        ("key=&action=balance".to_owned(), incorrect),
        ("key=BAD&action=balance".to_owned(), invalid),
        ("key=BAD&action=nope".to_owned(), invalid),
        ("key=BAD&action=add&service=1".to_owned(), invalid),
        (format!("{key}x&action=balance"), invalid),
    ] {
        let reply = post(&panel, Some("application/x-www-form-urlencoded"), form).await;
        assert_eq!((reply.status, reply.body.as_str()), (200, answer));
    }
    panel.finish().await;
}

#[apply(story)]
async fn a_suspended_account_gets_one_answer_to_everything() {
    let panel = TestPanel::start().await;
    panel.order(LINK, 1000).await;
    panel.sql("UPDATE accounts SET suspended_at_ms = 1").await;
    let suspended = r#"{"error":"Your account has been suspended."}"#;
    let add = [("service", "1"), ("link", LINK), ("quantity", "1000")];
    for (action, fields) in [
        ("balance", &[][..]),
        ("services", &[]),
        ("add", &add),
        ("add", &[]),
        ("status", &[("order", "1")]),
        ("status", &[("orders", "1,2")]),
        ("status", &[]),
        ("refill", &[("order", "1")]),
        ("refill", &[("orders", "1,2")]),
        ("refill_status", &[("refill", "1")]),
        ("refill_status", &[("refills", "1,2")]),
        ("cancel", &[("order", "1")]),
        ("cancel", &[("orders", "1,2")]),
        ("nope", &[]),
    ] {
        let mut form = vec![("action", action)];
        form.extend_from_slice(fields);
        assert_eq!(body(&panel, &form).await, suspended, "{form:?}");
    }
    panel
        .sql("UPDATE accounts SET suspended_at_ms = NULL")
        .await;
    assert_eq!(panel.balance().await, "99.10");
    assert_eq!(panel.shown(1).await, "Pending 0.90 1000");
    panel.finish().await;
}

#[apply(story)]
async fn every_answer_has_the_protocols_headers_and_no_success_has_an_error() {
    let panel = TestPanel::start().await;
    completed(&panel).await;
    panel.pass(24 * HOUR).await;
    let add = [("service", "1"), ("link", LINK), ("quantity", "1000")];
    for (action, fields) in [
        ("balance", &[][..]),
        ("services", &[]),
        ("refill", &[("order", "1")]),
        ("refill_status", &[("refill", "1")]),
        ("add", &add),
        ("status", &[("order", "1")]),
        ("status", &[("orders", "1,2")]),
        ("cancel", &[("order", "2")]),
    ] {
        let mut form = vec![("action", action)];
        form.extend_from_slice(fields);
        let reply = panel.v2(&form).await;
        assert!(!reply.body.contains("error"), "{form:?}: {}", reply.body);
        expect_headers(&reply);
    }
    for form in [&[("action", "nope")][..], &[("action", "status")]] {
        let reply = panel.v2(form).await;
        reply.error();
        expect_headers(&reply);
    }
    panel.finish().await;
}

/// The headers of every answer, in exactly the text that clients compare.
fn expect_headers(reply: &Reply) {
    assert_eq!(reply.status, 200);
    for (name, value) in [
        ("content-type", "application/json"),
        ("cache-control", "no-store"),
        ("x-panel-extensions", "request_id"),
    ] {
        let values: Vec<_> = reply.headers.get_all(name).iter().collect();
        assert_eq!(values, [value], "{name}");
    }
}
