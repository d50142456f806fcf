//! What may be ordered on one day.

use harness::{HOUR, Reply, TestPanel};
use reqwest::Method;
use serde_json::{Value, json};

use super::{ANN, customer, get, key_with, no, post, refused, text};

/// Orders for 0.90 USD by the panel protocol.
async fn add(panel: &TestPanel, key: &str, link: &str) -> Reply {
    let link = format!("https://x.test/{link}");
    let fields = [
        ("action", "add"),
        ("service", "1"),
        ("link", &link),
        ("quantity", "1000"),
    ];
    panel.v2_as(key, &fields).await
}

fn order(link: &str) -> Value {
    json!({"service_id": 1, "link": format!("https://x.test/{link}"), "quantity": 1000})
}

/// The same by the typed API.
async fn place(panel: &TestPanel, key: &str, link: &str) -> Reply {
    panel
        .ask(key, Method::POST, "/api/v3/orders", Some(order(link)))
        .await
}

async fn spent(panel: &TestPanel, session: &str) -> String {
    let page = get(panel, session, "/keys").await.json();
    text(&page["keys"][0], "spent_today")
}

#[apply(story)]
async fn a_keys_cap_holds_for_a_day_on_both_faces() {
    let panel = TestPanel::start().await;
    let (_, session) = customer(&panel, ANN).await;
    let (_, key) = key_with(&panel, &session, json!({"daily_cap": "2"})).await;
    let (_, free) = key_with(&panel, &session, json!({})).await;
    add(&panel, &key, "a").await.order();
    assert_eq!(place(&panel, &key, "b").await.status, 201);
    assert_eq!(spent(&panel, &session).await, "1.80");

    let over = place(&panel, &key, "c").await;
    assert_eq!(refused(&over), no(402, "spend_cap_reached"));
    let details = over.json()["details"].clone();
    for (field, value) in [
        ("charge", "0.90"),
        ("cap", "2.00"),
        ("spent", "1.80"),
        ("available_from", "2026-11-02T00:00:00.000Z"),
    ] {
        assert_eq!(details[field], value, "{details}");
    }
    // Consumers of the panel protocol keep such an order and try again.
    assert_eq!(
        add(&panel, &key, "c").await.error(),
        "Not enough funds on balance"
    );
    // A smaller one still fits; other keys and the session are not bounded.
    let small = json!({"service_id": 1, "link": "https://x.test/s", "quantity": 200});
    let small = panel
        .ask(&key, Method::POST, "/api/v3/orders", Some(small))
        .await;
    assert_eq!(small.status, 201, "{}", small.body);
    add(&panel, &free, "d").await.order();
    assert_eq!(place(&panel, &session, "e").await.status, 201);

    panel.advance(24 * HOUR);
    let session = super::sign_in(&panel, ANN).await;
    assert_eq!(spent(&panel, &session).await, "0.00");
    add(&panel, &key, "f").await.order();
    assert_eq!(spent(&panel, &session).await, "0.90");
    panel.finish().await;
}

#[apply(story)]
async fn orders_of_one_batch_are_decided_in_their_sequence() {
    let panel = TestPanel::start().await;
    let (_, session) = customer(&panel, ANN).await;
    let (_, key) = key_with(&panel, &session, json!({"daily_cap": "1.80"})).await;
    let orders: Vec<Value> = ["a", "b", "c"]
        .map(|link| json!({"order": order(link)}))
        .into();
    let path = "/api/v3/orders/batch";
    let reply = panel
        .ask(&key, Method::POST, path, Some(json!({"orders": orders})))
        .await;
    let results = reply.json()["results"].clone();
    assert!(
        results[0]["placed"].is_object() && results[1]["placed"].is_object(),
        "{results}"
    );
    assert_eq!(
        results[2]["error"]["code"], "spend_cap_reached",
        "{results}"
    );
    assert_eq!(results[2]["error"]["details"]["spent"], "1.80");
    assert_eq!(spent(&panel, &session).await, "1.80");
    panel.finish().await;
}

#[apply(story)]
async fn orders_at_the_same_time_never_spend_more_than_the_cap() {
    let panel = TestPanel::start().await;
    let (_, session) = customer(&panel, ANN).await;
    let (_, key) = key_with(&panel, &session, json!({"daily_cap": "4.50"})).await;
    let links: Vec<String> = (0..12).map(|number| number.to_string()).collect();
    let asked = links.iter().map(|link| add(&panel, &key, link));
    let replies = futures::future::join_all(asked).await;
    let placed = replies
        .iter()
        .filter(|reply| reply.json()["order"].is_i64())
        .count();
    assert_eq!(placed, 5);
    assert_eq!(spent(&panel, &session).await, "4.50");
    panel.finish().await;
}

#[apply(story)]
async fn a_repetition_is_not_counted_and_a_refund_gives_nothing_back() {
    let panel = TestPanel::start().await;
    let (_, session) = customer(&panel, ANN).await;
    let (_, key) = key_with(&panel, &session, json!({"daily_cap": "1"})).await;
    let fields = [
        ("action", "add"),
        ("service", "1"),
        ("link", "https://x.test/a"),
        ("quantity", "1000"),
        ("request_id", "mine"),
    ];
    let first = panel.v2_as(&key, &fields).await.order();
    assert_eq!(panel.v2_as(&key, &fields).await.order(), first);
    assert_eq!(spent(&panel, &session).await, "0.90");
    let cancel = [("action", "cancel"), ("orders", &first.to_string())];
    panel.v2_as(&key, &cancel).await;
    let balance = panel.v2_as(&key, &[("action", "balance")]).await;
    assert_eq!(balance.json()["balance"], "100.00", "it was refunded");
    assert_eq!(
        add(&panel, &key, "b").await.error(),
        "Not enough funds on balance"
    );
    // A repetition is answered although nothing is left.
    assert_eq!(panel.v2_as(&key, &fields).await.order(), first);
    panel.finish().await;
}

#[apply(story)]
async fn an_accounts_cap_holds_for_all_its_keys_and_sessions() {
    let panel = TestPanel::start().await;
    let (account, session) = customer(&panel, ANN).await;
    let cap = format!("UPDATE accounts SET daily_cap_nano = 2000000000 WHERE id = {account}");
    panel.sql(&cap).await;
    let (_, one) = key_with(&panel, &session, json!({})).await;
    let (_, two) = key_with(&panel, &session, json!({"daily_cap": "50"})).await;
    add(&panel, &one, "a").await.order();
    add(&panel, &two, "b").await.order();
    for token in [&one, &two, &session] {
        let reply = place(&panel, token, "c").await;
        assert_eq!(
            refused(&reply),
            no(402, "spend_cap_reached"),
            "{}",
            reply.body
        );
        assert_eq!(reply.json()["details"]["cap"], "2.00");
    }
    let shown = get(&panel, &session, "").await.json();
    assert_eq!(
        (text(&shown, "daily_cap"), text(&shown, "spent_today")),
        ("2.00".into(), "1.80".into())
    );
    // Of what the account's cap refused, the key's has counted nothing.
    let page = get(&panel, &session, "/keys").await.json();
    assert_eq!(page["keys"][1]["spent_today"], "0.90");
    panel.finish().await;
}

#[apply(story)]
async fn a_new_key_takes_over_what_the_old_one_has_spent() {
    let panel = TestPanel::start().await;
    let (_, session) = customer(&panel, ANN).await;
    let (id, key) = key_with(&panel, &session, json!({"daily_cap": "1"})).await;
    add(&panel, &key, "a").await.order();
    let new = post(&panel, &session, &format!("/keys/{id}/rotate"), json!({})).await;
    assert_eq!(new.json()["key"]["spent_today"], "0.90");
    let new = text(&new.json(), "token");
    assert_eq!(
        refused(&place(&panel, &new, "b").await),
        no(402, "spend_cap_reached")
    );
    panel.finish().await;
}
