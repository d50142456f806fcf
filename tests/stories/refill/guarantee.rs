//! "Within the specified refill period": what was sold, until when, and what its customer can see of it.

use harness::staff;
use reqwest::Method;
use serde_json::{Value, json};
use smm_panel_server::actor::Role;

use super::*;

#[apply(story)]
async fn the_guarantee_is_that_of_the_day_of_the_order_and_ends_with_its_days() {
    let panel = TestPanel::start().await;
    let sold = Terms {
        refill_days: Some(2),
        ..terms(ServiceType::Default, "0.90")
    };
    let script = Script::Deliver { over_ms: 0 };
    let service = panel.offered(sold, 77, script).await;
    let order = panel.order_of(service, "https://x.test/p", 1000).await;
    panel.work().await;
    panel.advance(MINUTE);
    panel.work().await;
    // What the service promises from now on is no promise of this order.
    let sql = format!("UPDATE services SET refill_days = 30 WHERE id = {service}");
    panel.sql(&sql).await;
    panel.advance(25 * HOUR);
    assert_eq!(refill(&panel, order).await, r#"{"refill":"1"}"#);
    panel.work().await;
    panel.advance(23 * HOUR + MINUTE);
    panel.work().await;
    assert_eq!(
        refill(&panel, order).await,
        sentence("Refill days are over")
    );
    let path = format!("/api/v3/orders/{order}/refill");
    let typed = panel
        .ask(&panel.key, reqwest::Method::POST, &path, None)
        .await;
    assert_eq!(typed.json()["code"], "refill_period_over", "{}", typed.body);
    let ended = texts(
        &panel,
        "SELECT CAST(settled_at_ms + 2 * 86400000 AS TEXT) FROM orders",
    )
    .await;
    let told = typed.json()["details"]["available_until"]
        .as_str()
        .unwrap()
        .to_owned();
    let told = smm_panel_server::clock::Time::parse(&told).unwrap();
    assert_eq!(ended, [told.ms().to_string()]);
    panel.finish().await;
}

#[apply(story)]
async fn what_was_delivered_of_a_partial_order_is_refilled() {
    let panel = TestPanel::start().await;
    let script = Script::Partial {
        over_ms: 0,
        delivered_percent: 60,
    };
    panel.provider.script_next(1, script);
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    panel.advance(MINUTE);
    panel.work().await;
    assert_eq!(panel.shown(order).await, "Partial 0.54 400");
    panel.advance(25 * HOUR);
    assert_eq!(refill(&panel, order).await, r#"{"refill":"1"}"#);
    panel.work().await;
    assert_eq!(forwarded(&panel).len(), 1);
    assert_eq!(panel.balance().await, "99.46");
    panel.finish().await;
}

/// Reads as the customer; `path` follows `/api/v3`.
async fn get(panel: &TestPanel, path: &str) -> Value {
    let path = format!("/api/v3{path}");
    let reply = panel.ask(&panel.key, Method::GET, &path, None).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.json()
}

/// What an order says of one right of its customer, as one line.
async fn right(panel: &TestPanel, order: i64, name: &str) -> String {
    let order = get(panel, &format!("/orders/{order}")).await;
    let right = &order[name];
    let word = |field: &str| right[field].as_str().unwrap_or("-").to_owned();
    format!(
        "{} {} {} {}",
        right["allowed"],
        word("code"),
        word("from"),
        word("until")
    )
}

#[apply(story)]
async fn an_order_says_what_its_customer_can_still_do_and_until_when() {
    let panel = TestPanel::start().await;
    let order = panel.order("https://x.test/p", 1000).await;
    let says = async |name: &'static str| right(&panel, order, name).await;
    let disputable = "true - - 2026-11-03T00:00:00.000Z";
    assert_eq!(says("can_cancel").await, "true - - -");
    assert_eq!(says("can_refill").await, "false order_not_completed - -");
    assert_eq!(says("can_dispute").await, disputable);
    panel.pass(DELIVERY + MINUTE).await;
    assert_eq!(panel.shown(order).await, "Completed 0.90 0");
    assert_eq!(says("can_cancel").await, "false order_not_cancelable - -");
    let ended = get(&panel, &format!("/orders/{order}")).await["ended_at"].take();
    let ended = smm_panel_server::clock::Time::parse(ended.as_str().unwrap()).unwrap();
    let (from, until) = (ended.plus_ms(24 * HOUR), ended.plus_ms(30 * 24 * HOUR));
    let soon = format!("false refill_too_soon {from} {until}");
    assert_eq!(says("can_refill").await, soon);
    panel.advance(24 * HOUR);
    assert_eq!(says("can_refill").await, format!("true - - {until}"));
    // As it says, so it is.
    assert_eq!(refill(&panel, order).await, r#"{"refill":"1"}"#);
    panel.advance(24 * HOUR);
    let over = "false dispute_period_over - 2026-11-03T00:00:00.000Z";
    assert_eq!(says("can_dispute").await, over);
    panel.advance(30 * 24 * HOUR);
    let over = format!("false refill_period_over - {until}");
    assert_eq!(says("can_refill").await, over);
    // Lists have the time, and not the rights.
    let listed = get(&panel, "/orders").await["orders"][0].take();
    assert_eq!(listed["dispute_until"], "2026-11-03T00:00:00.000Z");
    assert_eq!(listed["can_refill"], Value::Null);
    panel.finish().await;
}

#[apply(story)]
async fn a_refusal_has_the_dates_and_the_days_that_are_left() {
    let panel = TestPanel::start().await;
    let order = panel.order("https://x.test/p", 1000).await;
    panel.pass(DELIVERY + MINUTE).await;
    panel.advance(24 * HOUR);
    assert_eq!(refill(&panel, order).await, r#"{"refill":"1"}"#);
    panel.advance(HOUR);
    let path = format!("/api/v3/orders/{order}/refill");
    let no = panel.ask(&panel.key, Method::POST, &path, None).await;
    assert_eq!(
        (no.status, &no.json()["code"]),
        (409, &json!("refill_too_soon"))
    );
    let details = &no.json()["details"];
    assert_eq!(details["days_left"], 29);
    for date in ["available_from", "available_until"] {
        assert!(details[date].is_string(), "{details}");
    }
    panel.finish().await;
}

#[apply(story)]
async fn refills_are_listed_by_order_and_counted_by_service() {
    let panel = TestPanel::start().await;
    let order = panel.order("https://x.test/p", 1000).await;
    panel.pass(DELIVERY + MINUTE).await;
    for id in ["1", "2"] {
        panel.advance(24 * HOUR);
        assert_eq!(
            refill(&panel, order).await,
            format!(r#"{{"refill":"{id}"}}"#)
        );
        panel.pass(2 * HOUR).await;
    }
    let refills = get(&panel, &format!("/orders/{order}/refills")).await;
    let statuses: Vec<&Value> = refills["refills"]
        .as_array()
        .unwrap()
        .iter()
        .map(|refill| &refill["status"])
        .collect();
    assert_eq!(statuses, ["completed", "completed"]);
    let (_, olga) = staff(&panel.panel, Role::Operator, "olga").await;
    let path = "/operator/v1/refill-counts";
    let counts = panel.ask(&olga, Method::GET, path, None).await.json();
    assert_eq!(
        counts["services"],
        json!([{
            "service_id": 1, "service_name": "Followers", "requested": 2, "completed": 2,
            "rejected": 0, "canceled": 0
        }])
    );
    panel.finish().await;
}
