//! Placing orders: one, many, and again.

use harness::{TestPanel, account, alert_kinds, texts};
use reqwest::Method;
use serde_json::{Value, json};

use super::{LINK, ask, get, refused};

fn order() -> Value {
    json!({"service_id": 1, "link": LINK, "quantity": 1000, "reference": "invoice 7"})
}

async fn place_keyed(panel: &TestPanel, key: &str, body: &Value) -> harness::Reply {
    let url = panel.url.replace("/api/v2", "/api/v3/orders");
    let request = panel.http().post(url).bearer_auth(&panel.key);
    panel
        .send(request.header("Idempotency-Key", key).json(body))
        .await
}

#[apply(story)]
async fn an_order_is_charged_exactly_and_named_by_its_reference() {
    let panel = TestPanel::start().await;
    let reply = ask(&panel, Method::POST, "/api/v3/orders", Some(order())).await;
    assert_eq!(reply.status, 201);
    assert_eq!(
        reply.json(),
        json!({"order_id": 1, "charge": "0.90", "total_quantity": 1000,
               "created_at": "2026-11-01T00:00:00.000Z", "replayed": false})
    );
    assert_eq!(panel.balance().await, "99.10");
    assert_eq!(
        get(&panel, "/api/v3/wallet").await,
        json!({"balance": "99.10", "held": "0.90", "currency": "USD"})
    );
    assert_eq!(
        get(&panel, "/api/v3/orders/1").await["reference"],
        "invoice 7"
    );
    panel.finish().await;
}

#[apply(story)]
async fn the_same_key_and_body_are_the_same_order_and_another_body_is_refused() {
    let panel = TestPanel::start().await;
    let first = place_keyed(&panel, "k-1", &order()).await.json();
    let again = place_keyed(&panel, "k-1", &order()).await;
    assert_eq!(again.status, 201);
    assert_eq!(again.json()["order_id"], first["order_id"]);
    assert_eq!(again.json()["charge"], "0.90");
    assert_eq!(again.json()["replayed"], true);
    for change in [
        json!({"quantity": 1001}),
        json!({"link": "https://instagram.com/p/two"}),
        json!({"reference": "invoice 8"}),
        json!({"reference": null}),
    ] {
        let mut other = order();
        let fields = other.as_object_mut().unwrap();
        fields.extend(change.as_object().unwrap().clone());
        let reply = place_keyed(&panel, "k-1", &other).await;
        assert_eq!(refused(&reply), (422, "idempotency_key_reused".to_owned()));
    }
    assert_eq!(panel.balance().await, "99.10");
    panel.finish().await;
}

#[apply(story)]
async fn both_protocols_share_one_store_of_keys() {
    let panel = TestPanel::start().await;
    let body = json!({"service_id": 1, "link": LINK, "quantity": 1000});
    let typed = place_keyed(&panel, "shared", &body).await.json();
    let fields = [
        ("action", "add"),
        ("service", "1"),
        ("link", LINK),
        ("quantity", "1000"),
        ("request_id", "shared"),
    ];
    assert_eq!(
        panel.v2(&fields).await.order(),
        typed["order_id"].as_i64().unwrap()
    );
    let fields = [
        ("action", "add"),
        ("service", "1"),
        ("link", LINK),
        ("quantity", "1000"),
        ("request_id", "from v2"),
    ];
    let order = panel.v2(&fields).await.order();
    let again = place_keyed(&panel, "from v2", &body).await.json();
    assert_eq!(again["order_id"].as_i64(), Some(order));
    assert_eq!(panel.balance().await, "98.20");
    panel.finish().await;
}

#[apply(story)]
async fn the_same_request_twenty_times_at_once_is_one_order() {
    let panel = TestPanel::start().await;
    let (key, body) = ("at once", order());
    let all = (0..20).map(|_| place_keyed(&panel, key, &body));
    let replies = futures::future::join_all(all).await;
    let fresh = replies
        .iter()
        .filter(|reply| reply.json()["replayed"] == false);
    assert_eq!(fresh.count(), 1);
    assert!(replies.iter().all(|reply| reply.json()["order_id"] == 1));
    assert_eq!(panel.balance().await, "99.10");
    panel.finish().await;
}

#[apply(story)]
async fn of_many_orders_each_has_its_own_result() {
    let panel = TestPanel::start().await;
    let one = |key: Value, quantity: i64| {
        json!({"idempotency_key": key,
               "order": {"service_id": 1, "link": LINK, "quantity": quantity}})
    };
    let batch = json!({"orders": [
        one(json!("a"), 1000), one(json!("b"), 49), one(json!("a"), 1000), one(json!("a"), 60),
        one(json!(null), 100), {"order": {"service_id": 77, "link": LINK}},
        {"idempotency_key": " ".repeat(65), "order": {"service_id": 1, "link": LINK, "quantity": 50}},
    ]});
    let reply = ask(&panel, Method::POST, "/api/v3/orders/batch", Some(batch)).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let results = reply.json()["results"].clone();
    let told: Vec<String> = results
        .as_array()
        .unwrap()
        .iter()
        .map(|result| match result["error"]["code"].as_str() {
            Some(code) => code.to_owned(),
            None => format!(
                "{} {}",
                result["placed"]["order_id"], result["placed"]["replayed"]
            ),
        })
        .collect();
    assert_eq!(
        told,
        [
            "1 false",
            "quantity_below_min",
            "1 true",
            "idempotency_key_reused",
            "2 false",
            "service_unknown",
            "field_invalid"
        ]
    );
    assert_eq!(results[1]["error"]["details"], json!({"min": 50}));
    assert_eq!(panel.balance().await, "99.01");
    panel.finish().await;
}

#[apply(story)]
async fn comments_are_counted_as_entries() {
    let panel = TestPanel::start().await;
    let order = json!({"service_id": 2, "link": LINK, "comments": ["good", "great", "last"]});
    let reply = ask(&panel, Method::POST, "/api/v3/orders", Some(order)).await;
    assert_eq!(reply.json()["total_quantity"], 3);
    assert_eq!(reply.json()["charge"], "0.024");
    let broken = json!({"service_id": 2, "link": LINK, "comments": ["two\nlines"]});
    let reply = ask(&panel, Method::POST, "/api/v3/orders", Some(broken)).await;
    assert_eq!(refused(&reply), (422, "field_invalid".to_owned()));
    assert_eq!(reply.json()["details"]["field"], "comments");
    panel.finish().await;
}

#[apply(story)]
async fn a_wallet_that_does_not_cover_the_charge_is_told_both_numbers() {
    let panel = TestPanel::start().await;
    let (_, poor) = account(&panel.panel, "poor", "0.50").await;
    let path = "/api/v3/orders";
    let reply = super::ask_as(&panel, &poor, Method::POST, path, Some(order())).await;
    assert_eq!(refused(&reply), (402, "not_enough_funds".to_owned()));
    assert_eq!(
        reply.json()["details"],
        json!({"charge": "0.90", "balance": "0.50"})
    );
    assert!(texts(&panel, "SELECT status FROM orders").await.is_empty());
    assert!(alert_kinds(&panel).await.is_empty());
    panel.finish().await;
}
