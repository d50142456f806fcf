//! Fields that would change what is delivered, or whether the order is real: to swallow one would charge
//! for an order that was not meant.

use serde_json::{Value, json};

use super::*;

const NO: &str = r#"{"error":"Incorrect request"}"#;

/// The same request in every encoding: form, multipart, JSON and query.
async fn everywhere(panel: &TestPanel, field: (&str, &str)) -> Vec<String> {
    let fields = [
        ("key", panel.key.as_str()),
        ("action", "add"),
        ("service", "1"),
        ("link", LINK),
        ("quantity", "1000"),
        field,
    ];
    let object: serde_json::Map<String, Value> = fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!(value)))
        .collect();
    let (media, parts) = super::encodings::multipart(&fields);
    let query = reqwest::Url::parse_with_params(&panel.url, fields).unwrap();
    let http = panel.http();
    let mut bodies = Vec::new();
    for request in [
        http.post(&panel.url).form(&fields),
        http.post(&panel.url)
            .header("content-type", media)
            .body(parts),
        http.post(&panel.url).json(&object),
        http.get(query),
    ] {
        let reply = panel.send(request).await;
        assert_eq!(reply.status, 200);
        bodies.push(reply.body);
    }
    bodies
}

#[apply(story)]
async fn a_field_that_changes_the_order_is_refused_in_every_encoding_and_nothing_is_charged() {
    let panel = TestPanel::start().await;
    for field in [
        ("is_test", "1"),
        ("test", "true"),
        ("sandbox", "yes"),
        ("dry_run", "1"),
        ("reaction", "love"),
        ("reactions", "👍,🔥"),
        ("schedule", "2026-12-01"),
        ("schedule_time", "12:00"),
        ("IS_TEST", "1"),
        ("Reaction", " love "),
        ("isTest", "1"),
        ("dry-run", "on"),
        ("reactions[]", "love"),
        ("schedule[time]", "12:00"),
    ] {
        assert_eq!(everywhere(&panel, field).await, [NO; 4], "{field:?}");
    }
    // What JSON nests is no text, and is meant all the same.
    for field in [
        json!({"schedule": {"at": 5}}),
        json!({"reactions": [{"love": 3}]}),
        json!({"is_test": true}),
    ] {
        let mut body = json!({"key": panel.key, "action": "add", "service": 1, "link": LINK,
                              "quantity": 1000});
        let (name, value) = field.as_object().unwrap().iter().next().unwrap();
        body[name] = value.clone();
        let reply = post(&panel, Some("application/json"), body.to_string()).await;
        assert_eq!(reply.body, NO, "{field}");
    }
    // In the query, beside a body that has an order.
    let form = [
        ("key", panel.key.as_str()),
        ("action", "add"),
        ("service", "1"),
    ];
    let url = format!("{}?is_test=1&link={LINK}&quantity=1000", panel.url);
    let reply = panel.send(panel.http().post(url).form(&form)).await;
    assert_eq!(reply.body, NO);
    panel.work().await;
    assert_eq!(panel.balance().await, "100.00");
    assert_eq!(panel.provider.orders().len(), 0);
    assert_eq!(number(&panel, "SELECT COUNT(*) FROM orders").await, 0);
    panel.finish().await;
}

#[apply(story)]
async fn a_field_that_is_not_used_and_a_field_that_nobody_knows_are_ignored() {
    let panel = TestPanel::start().await;
    for field in [
        ("is_test", "0"),
        ("test", "false"),
        ("sandbox", ""),
        ("dry_run", "undefined"),
        ("reaction", "null"),
        ("schedule", "None"),
        ("emoji", "love"),
        ("is_tested", "1"),
        ("comment", "test"),
    ] {
        for body in everywhere(&panel, field).await {
            assert!(body.starts_with(r#"{"order":"#), "{field:?}: {body}");
        }
    }
    panel.finish().await;
}

#[apply(story)]
async fn a_request_id_stands_for_an_order_without_such_a_field() {
    let panel = TestPanel::start().await;
    let order = [
        ("action", "add"),
        ("service", "1"),
        ("link", LINK),
        ("quantity", "1000"),
        ("request_id", "a"),
    ];
    let mut test = order.to_vec();
    test.push(("is_test", "1"));
    // Refused, it binds no request_id.
    assert_eq!(body(&panel, &test).await, NO);
    let placed = panel.v2(&order).await.order();
    assert_eq!(panel.v2(&order).await.order(), placed);
    assert!(body(&panel, &test).await.contains("error"));
    assert_eq!(panel.balance().await, "99.10");
    // A wrong service or a bad key is told first.
    let unknown = [("action", "add"), ("service", "99"), ("is_test", "1")];
    assert_eq!(
        body(&panel, &unknown).await,
        r#"{"error":"Incorrect service ID"}"#
    );
    // The typed API refuses whatever it does not know.
    let typed = json!({"service_id": 1, "link": LINK, "quantity": 1000, "is_test": true});
    let path = "/api/v3/orders";
    let reply = panel
        .ask(&panel.key, reqwest::Method::POST, path, Some(typed))
        .await;
    assert_eq!(reply.status, 400, "{}", reply.body);
    panel.finish().await;
}
