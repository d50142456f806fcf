//! How the typed API refuses: one body for every error, a clear place for every mistake, and
//! nothing changed.

use harness::{Reply, TestPanel};
use reqwest::Method;
use serde_json::{Value, json};

use super::{LINK, ask, ask_as, refused};

async fn post(panel: &TestPanel, media: &str, body: impl Into<reqwest::Body>) -> Reply {
    let url = panel.url.replace("/api/v2", "/api/v3/orders");
    let request = panel.http().post(url).bearer_auth(&panel.key);
    panel
        .send(request.header("Content-Type", media).body(body))
        .await
}

#[apply(story)]
async fn a_malformed_body_is_told_where_it_is_wrong() {
    let panel = TestPanel::start().await;
    for (body, field, says) in [
        ("", Value::Null, "EOF"),
        ("[]", Value::Null, "invalid"),
        (r#"[1,"a.com",100]"#, Value::Null, "invalid type: sequence"),
        ("{", Value::Null, "EOF"),
        ("\u{feff}{}", Value::Null, "expected value"),
        (r#"{"service_id":1}"#, Value::Null, "missing field `link`"),
        (
            r#"{"service_id":1,"link":"a.com"} x"#,
            Value::Null,
            "trailing",
        ),
        (
            r#"{"service_id":"1","link":"a.com"}"#,
            json!("service_id"),
            "invalid type",
        ),
        (
            r#"{"service_id":1.5,"link":"a.com"}"#,
            json!("service_id"),
            "invalid type",
        ),
        (
            r#"{"service_id":1e99,"link":"a.com"}"#,
            json!("service_id"),
            "invalid",
        ),
        (
            r#"{"service_id":1,"link":7}"#,
            json!("link"),
            "invalid type",
        ),
        (
            r#"{"service_id":1,"link":"a","charge":"0"}"#,
            json!("charge"),
            "unknown field `charge`",
        ),
        (
            r#"{"service_id":1,"link":"a","comments":["x",2]}"#,
            json!("comments[1]"),
            "invalid type",
        ),
        (
            r#"{"service_id":1,"service_id":2,"link":"a"}"#,
            Value::Null,
            "duplicate field",
        ),
    ] {
        let reply = post(&panel, "application/json", body).await;
        assert_eq!(
            refused(&reply),
            (400, "request_invalid".to_owned()),
            "{body}"
        );
        assert_eq!(
            reply.json()["details"]["field"],
            field,
            "{body}: {}",
            reply.body
        );
        let message = reply.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(says), "{body}: {message}");
        assert!(!message.contains(" at line "), "{body}: {message}");
    }
    // Nor is one taken for an object further in.
    let (path, batch) = (
        "/api/v3/orders/batch",
        json!({"orders": [["key", [1, LINK]]]}),
    );
    let reply = ask(&panel, Method::POST, path, Some(batch)).await;
    assert_eq!(refused(&reply).0, 400, "{}", reply.body);
    assert_eq!(reply.json()["details"]["field"], "orders[0]");
    let deep = "[".repeat(100_000);
    assert_eq!(
        refused(&post(&panel, "application/json", deep).await).0,
        400
    );
    assert_eq!(panel.balance().await, "100.00");
    panel.finish().await;
}

#[apply(story)]
async fn words_and_formats_that_are_not_read_are_told_which_would_be() {
    let panel = TestPanel::start().await;
    let body = "{\n \"link\": ,}";
    let message = message_of(&post(&panel, "application/json", body).await);
    assert_eq!(
        message,
        "the body is not JSON (line 2, column 10): expected value"
    );
    let listed = ask(&panel, Method::GET, "/api/v3/orders?status=done", None).await;
    let message = message_of(&listed);
    assert!(
        message.contains("\"done\" is not one of pending, processing, in_progress, completed"),
        "{message}"
    );
    let listed = ask(
        &panel,
        Method::GET,
        "/api/v3/orders?created_from=yesterday",
        None,
    )
    .await;
    let message = message_of(&listed);
    assert!(message.contains("\"yesterday\" is not"), "{message}");
    panel.finish().await;
}

fn message_of(reply: &Reply) -> String {
    assert_eq!(reply.status, 400, "{}", reply.body);
    reply.json()["message"].as_str().unwrap().to_owned()
}

#[apply(story)]
async fn other_media_types_and_oversize_bodies_are_refused_by_name() {
    let panel = TestPanel::start().await;
    let good = json!({"service_id": 1, "link": LINK, "quantity": 100}).to_string();
    for media in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
    ] {
        let reply = post(&panel, media, good.clone()).await;
        assert_eq!(refused(&reply), (415, "media_type_unsupported".to_owned()));
    }
    let reply = post(&panel, "Application/JSON; charset=utf-8", good.clone()).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    let large = format!("{good}{}", " ".repeat(2 * 1024 * 1024));
    let reply = post(&panel, "application/json", large).await;
    assert_eq!(refused(&reply), (413, "body_too_large".to_owned()));
    assert_eq!(reply.json()["details"]["max"], 1_048_576);
    panel.finish().await;
}

#[apply(story)]
async fn without_a_good_key_nothing_is_answered() {
    let panel = TestPanel::start().await;
    let url = panel.url.replace("/api/v2", "/api/v3/wallet");
    let mistyped = harness::mistyped(&panel.key);
    for header in [
        None,
        Some(String::new()),
        Some("Bearer".to_owned()),
        Some("Bearer nonsense".to_owned()),
        Some(format!("Bearer {mistyped}")),
        Some(format!("Basic {}", panel.key)),
        Some(panel.key.clone()),
    ] {
        let mut request = panel.http().get(&url);
        if let Some(header) = &header {
            request = request.header("Authorization", header);
        }
        let reply = panel.send(request).await;
        assert_eq!(
            refused(&reply),
            (401, "key_invalid".to_owned()),
            "{header:?}"
        );
        assert_eq!(reply.headers["www-authenticate"], "Bearer");
        // Who has sent none is told how to.
        let has_key = header.is_some_and(|header| header.starts_with("Bearer "));
        let tells = reply
            .body
            .contains("send the header `Authorization: Bearer KEY`");
        assert_eq!(tells, !has_key, "{}", reply.body);
        assert!(!reply.body.contains(&panel.key));
    }
    panel.sql("UPDATE accounts SET suspended_at_ms = 1").await;
    let reply = ask(&panel, Method::GET, "/api/v3/wallet", None).await;
    assert_eq!(refused(&reply), (403, "account_suspended".to_owned()));
    panel
        .sql("UPDATE accounts SET suspended_at_ms = NULL")
        .await;
    panel.finish().await;
}

#[apply(story)]
async fn bad_parameters_are_named() {
    let panel = TestPanel::start().await;
    for (path, field) in [
        ("/api/v3/orders?limit=0", "limit"),
        ("/api/v3/orders?limit=1001", "limit"),
        ("/api/v3/orders?limit=ten", "limit"),
        ("/api/v3/orders?status=done", "status"),
        ("/api/v3/orders?service_id=1.5", "service_id"),
        ("/api/v3/orders?created_from=yesterday", "created_from"),
        ("/api/v3/orders?cursor=17", "cursor"),
        ("/api/v3/orders?cursor=1793491200000-9%27", "cursor"),
        ("/api/v3/orders?reference=", "reference"),
        ("/api/v3/refunds?cursor=-1", "cursor"),
        ("/api/v3/refunds?cursor=x", "cursor"),
        (
            "/api/v3/wallet/entries?cursor=99999999999999999999",
            "cursor",
        ),
        (
            "/api/v3/services?service_type=Subscriptions",
            "service_type",
        ),
        ("/api/v3/services?refill=maybe", "refill"),
        ("/api/v3/orders/abc", "order_id"),
        ("/api/v3/orders/99999999999999999999", "order_id"),
    ] {
        let reply = ask(&panel, Method::GET, path, None).await;
        assert_eq!(
            refused(&reply),
            (400, "request_invalid".to_owned()),
            "{path}"
        );
        assert_eq!(reply.json()["details"]["field"], field, "{path}");
    }
    let url = panel.url.replace("/api/v2", "/api/v3/orders");
    let keyed = |key: &str| {
        let body = json!({"service_id": 1, "link": LINK, "quantity": 100});
        let request = panel.http().post(&url).bearer_auth(&panel.key).json(&body);
        panel.send(request.header("Idempotency-Key", key))
    };
    for key in ["", &"k".repeat(65), "caf\u{e9}"] {
        assert_eq!(
            refused(&keyed(key).await),
            (400, "request_invalid".to_owned()),
            "{key}"
        );
    }
    assert_eq!(panel.balance().await, "100.00");
    panel.finish().await;
}

#[apply(story)]
async fn unknown_paths_and_methods_have_the_same_body() {
    let panel = TestPanel::start().await;
    for path in [
        "/api/v3",
        "/api/v3/",
        "/api/v3/nothing",
        "/nothing",
        "/api/v3/orders/1/x",
    ] {
        let reply = ask(&panel, Method::GET, path, None).await;
        assert_eq!(refused(&reply), (404, "route_unknown".to_owned()), "{path}");
    }
    for (method, path, allow) in [
        (Method::DELETE, "/api/v3/orders/1", "GET"),
        (Method::PUT, "/api/v3/orders", "POST, GET"),
        (Method::GET, "/api/v3/orders/1/cancel", "POST"),
    ] {
        let reply = ask(&panel, method, path, None).await;
        assert_eq!(
            refused(&reply),
            (405, "method_not_allowed".to_owned()),
            "{path}"
        );
        assert_eq!(reply.headers["allow"], allow, "{path}");
    }
    panel.finish().await;
}

#[apply(story)]
async fn every_rule_that_refuses_an_order_has_a_code_of_its_own() {
    let panel = TestPanel::start().await;
    let packages = harness::services().remove(2);
    let once = smm_panel_server::catalog::Terms {
        rejects_same_link: true,
        dripfeed: false,
        ..packages
    };
    let once = panel.service(once, Vec::new()).await;
    let order = |changes: Value| {
        let mut order = json!({"service_id": 1, "link": LINK, "quantity": 100});
        let fields = order.as_object_mut().unwrap();
        fields.extend(changes.as_object().unwrap().clone());
        order
    };
    let of_once = json!({"service_id": once, "link": "a.com/once"});
    ask(
        &panel,
        Method::POST,
        "/api/v3/orders",
        Some(of_once.clone()),
    )
    .await;
    for (body, status, code, details) in [
        (
            order(json!({"service_id": 99})),
            422,
            "service_unknown",
            json!({}),
        ),
        (
            order(json!({"service_id": 4})),
            422,
            "service_unknown",
            json!({}),
        ),
        (
            order(json!({"link": "http://127.0.0.1/"})),
            422,
            "link_bad",
            json!({}),
        ),
        (order(json!({"link": " "})), 422, "link_bad", json!({})),
        (
            order(json!({"quantity": 49})),
            422,
            "quantity_below_min",
            json!({"min": 50}),
        ),
        (
            order(json!({"quantity": -5})),
            422,
            "quantity_below_min",
            json!({"min": 50}),
        ),
        (
            order(json!({"quantity": null})),
            422,
            "quantity_below_min",
            json!({"min": 50}),
        ),
        (
            order(json!({"quantity": 10001})),
            422,
            "quantity_above_max",
            json!({"max": 10000}),
        ),
        (
            order(json!({"runs": 2})),
            422,
            "dripfeed_invalid",
            json!({}),
        ),
        (
            order(json!({"service_id": 3, "runs": 2, "interval_minutes": 5})),
            422,
            "dripfeed_disabled",
            json!({}),
        ),
        (
            json!({"service_id": 2, "link": LINK}),
            422,
            "field_missing",
            json!({"field": "comments"}),
        ),
        (
            order(json!({"reference": ""})),
            422,
            "field_invalid",
            json!({"field": "reference", "expected": "1 to 64 printable characters"}),
        ),
        (of_once, 409, "active_order_on_link", json!({})),
    ] {
        let reply = ask(&panel, Method::POST, "/api/v3/orders", Some(body.clone())).await;
        assert_eq!(refused(&reply), (status, code.to_owned()), "{body}");
        assert_eq!(reply.json()["details"], details, "{body}");
    }
    assert_eq!(panel.balance().await, "68.40");
    panel.finish().await;
}

#[apply(story)]
async fn a_panel_that_cannot_answer_says_so_in_the_same_body() {
    let panel = TestPanel::start().await;
    panel.panel.db.clone().close().await.unwrap();
    let reply = ask_as(&panel, &panel.key, Method::GET, "/api/v3/wallet", None).await;
    assert_eq!(refused(&reply), (503, "unavailable".to_owned()));
    assert!(
        !reply.body.contains("sqlx") && !reply.body.contains("pool"),
        "{}",
        reply.body
    );
    std::mem::forget(panel);
}
