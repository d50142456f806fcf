//! Services: what operators sell, change, hide and put in order.

use harness::{Reply, TestPanel, staff, terms, texts};
use reqwest::Method;
use serde_json::{Value, json};
use smm_panel_server::actor::Role;
use smm_panel_server::protocol::ServiceType;

use super::{ask_as, refused};

/// A request of an operator.
async fn ask(panel: &TestPanel, key: &str, method: Method, path: &str, body: Value) -> Reply {
    let body = (!body.is_null()).then_some(body);
    ask_as(panel, key, method, path, body).await
}

async fn change(panel: &TestPanel, key: &str, id: i64, body: Value) -> Reply {
    let path = format!("/services/{id}");
    ask(panel, key, Method::PATCH, &path, body).await
}

/// The ids that customers see, in order.
async fn listed(panel: &TestPanel) -> Vec<i64> {
    let services = panel.v2(&[("action", "services")]).await.json();
    let ids = services.as_array().unwrap().iter();
    ids.map(|service| service["service"].as_i64().unwrap())
        .collect()
}

async fn place(panel: &TestPanel, service: i64) -> Reply {
    let service = service.to_string();
    panel
        .v2(&[
            ("action", "add"),
            ("service", &service),
            ("link", "https://x.test/p"),
            ("quantity", "1000"),
        ])
        .await
}

#[apply(story)]
async fn a_hidden_service_is_neither_listed_nor_ordered_and_its_orders_go_on() {
    let panel = TestPanel::start().await;
    let (_, key) = staff(&panel.panel, Role::Operator, "olga").await;
    let order = place(&panel, 1).await.order();
    let hidden = change(&panel, &key, 1, json!({"state": "hidden"})).await;
    assert_eq!(
        (hidden.status, &hidden.json()["state"]),
        (200, &"hidden".into())
    );
    assert_eq!(listed(&panel).await, [2, 3]);
    assert_eq!(place(&panel, 1).await.error(), "Incorrect service ID");
    panel.pass(2 * harness::DELIVERY).await;
    let order = order.to_string();
    let status = panel.v2(&[("action", "status"), ("order", &order)]).await;
    assert_eq!(status.json()["status"], "Completed");
    change(&panel, &key, 1, json!({"state": "on_sale"})).await;
    assert_eq!(listed(&panel).await, [1, 2, 3]);
    place(&panel, 1).await.order();
    let deeds = texts(
        &panel,
        "SELECT action FROM audit_log WHERE subject = 'service:1' ORDER BY id",
    );
    assert_eq!(deeds.await, ["service_changed", "service_changed"]);
    panel.finish().await;
}

#[apply(story)]
async fn a_service_is_sold_by_hand_or_by_a_markup_and_never_below_its_cost_unless_told_so() {
    let panel = TestPanel::start().await;
    let (_, key) = staff(&panel.panel, Role::Operator, "olga").await;
    let create = async |body: Value| ask(&panel, &key, Method::POST, "/services", body).await;
    let offer = json!([{"provider_id": panel.provider_id.0, "provider_service": "1"}]);
    // The provider charges 0.30.
    let made = create(json!({"offers": offer, "markup_percent": "12.5", "markup_fixed": "0.01"}));
    let made = made.await;
    assert_eq!(made.status, 201, "{}", made.body);
    let made = made.json();
    assert_eq!(made["rate"], "0.3475");
    assert_eq!(
        (&made["markup_percent"], &made["refill_days"]),
        (&"12.5".into(), &"30".into())
    );
    assert_eq!(made["offers"][0]["cost"], "0.30");
    let id = made["service_id"].as_i64().unwrap();
    let order = place(&panel, id).await.order();
    panel.work().await;
    assert_eq!(panel.provider.orders().len(), 1);
    assert!(order > 0);

    let below = json!({"offers": offer, "rate": "0.29"});
    assert_eq!(
        refused(&create(below).await),
        (409, "state_conflict".to_owned())
    );
    let below = json!({"offers": offer, "rate": "0.29", "below_cost": true});
    assert_eq!(create(below).await.status, 201);
    assert_eq!(
        refused(&change(&panel, &key, id, json!({"rate": "0.2"})).await),
        (409, "state_conflict".to_owned())
    );
    let by_hand = change(
        &panel,
        &key,
        id,
        json!({"rate": "0.5", "refill_days": "lifetime"}),
    )
    .await;
    let by_hand = by_hand.json();
    assert_eq!(
        (&by_hand["rate"], &by_hand["refill_days"]),
        (&"0.50".into(), &"lifetime".into())
    );
    assert_eq!(by_hand.get("markup_percent"), None);

    let manual = create(json!({
        "name": "By hand", "category": "Other", "service_type": "Default", "rate": "1",
        "min": 1, "max": 10
    }));
    assert_eq!(manual.await.json()["offers"], json!([]));
    panel.finish().await;
}

#[apply(story)]
async fn services_are_listed_in_the_order_that_an_operator_gives_them() {
    let panel = TestPanel::start().await;
    let (_, key) = staff(&panel.panel, Role::Operator, "olga").await;
    let order = json!({"service_ids": [3, 1]});
    let done = ask(&panel, &key, Method::POST, "/services/order", order).await;
    assert_eq!(done.json(), json!({"listed": 2}));
    // The second keeps its place.
    assert_eq!(listed(&panel).await, [3, 2, 1]);
    for (ids, expected) in [
        (json!([]), (422, "field_invalid")),
        (json!([1, 1]), (422, "field_invalid")),
        (json!([1, 99]), (404, "object_unknown")),
    ] {
        let body = json!({"service_ids": ids});
        let no = ask(&panel, &key, Method::POST, "/services/order", body).await;
        assert_eq!(refused(&no), (expected.0, expected.1.to_owned()));
    }
    assert_eq!(listed(&panel).await, [3, 2, 1]);
    // Pages go by the same order.
    let mut seen = Vec::new();
    let mut path = "/services?limit=1".to_owned();
    loop {
        let page = ask(&panel, &key, Method::GET, &path, Value::Null)
            .await
            .json();
        let services = page["services"].as_array().unwrap().iter();
        seen.extend(services.map(|one| one["service_id"].as_i64().unwrap()));
        match page["next_cursor"].as_str() {
            Some(next) => path = format!("/services?limit=1&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, [3, 2, 1, 4]);
    panel.finish().await;
}

#[apply(story)]
async fn what_is_wrong_with_a_service_is_said_and_changes_nothing() {
    let panel = TestPanel::start().await;
    let (_, key) = staff(&panel.panel, Role::Operator, "olga").await;
    let (_, support) = staff(&panel.panel, Role::Support, "sue").await;
    let before = ask(&panel, &key, Method::GET, "/services/1", Value::Null)
        .await
        .body;
    let long = "x".repeat(256);
    for (body, expected) in [
        (json!({"charge": "1"}), (400, "request_invalid")),
        (json!({"balance": "1"}), (400, "request_invalid")),
        (json!({"rate": 1}), (400, "request_invalid")),
        (json!({"state": "paused"}), (400, "request_invalid")),
        (json!({"rate": "-1"}), (422, "field_invalid")),
        (json!({"rate": "0"}), (422, "field_invalid")),
        (json!({"rate": "0.0000001"}), (422, "field_invalid")),
        (json!({"rate": "1000001"}), (422, "field_invalid")),
        (
            json!({"rate": "1", "markup_percent": "1"}),
            (422, "field_invalid"),
        ),
        (json!({"markup_percent": "-100"}), (422, "field_invalid")),
        (json!({"markup_percent": "1.001"}), (422, "field_invalid")),
        (json!({"min": 0}), (422, "field_invalid")),
        (json!({"min": 11, "max": 10}), (422, "field_invalid")),
        (json!({"name": ""}), (422, "field_invalid")),
        (json!({"name": "a\u{0}b"}), (422, "field_invalid")),
        (json!({"name": long}), (422, "field_invalid")),
        (json!({"refill_days": "0"}), (422, "field_invalid")),
        (json!({"refill_days": "forever"}), (422, "field_invalid")),
        (
            json!({"offers": [{"provider_id": 99, "provider_service": "1"}]}),
            (404, "object_unknown"),
        ),
        (
            json!({"offers": [{"provider_id": 1, "provider_service": "77"}]}),
            (422, "field_invalid"),
        ),
        // Of another type.
        (
            json!({"offers": [{"provider_id": 1, "provider_service": "3"}]}),
            (422, "field_invalid"),
        ),
    ] {
        let said = format!("{body}");
        let no = change(&panel, &key, 1, body).await;
        assert_eq!(refused(&no), (expected.0, expected.1.to_owned()), "{said}");
    }
    let no = change(&panel, &support, 1, json!({"rate": "2"})).await;
    assert_eq!(refused(&no), (403, "forbidden".to_owned()));
    let no = change(&panel, &panel.key, 1, json!({"rate": "2"})).await;
    assert_eq!(refused(&no), (403, "forbidden".to_owned()));
    let no = change(&panel, &key, 99, json!({"rate": "2"})).await;
    assert_eq!(refused(&no), (404, "object_unknown".to_owned()));
    let read = ask(&panel, &support, Method::GET, "/services/1", Value::Null).await;
    assert_eq!(read.body, before);
    let manual = panel
        .service(terms(ServiceType::Default, "1"), Vec::new())
        .await;
    let no = change(&panel, &key, manual, json!({"markup_percent": "1"})).await;
    assert_eq!(refused(&no), (422, "field_invalid".to_owned()));
    panel.finish().await;
}
