//! Providers that get another address, another key or another price while they have orders.

use harness::staff;
use reqwest::Method;
use serde_json::{Value, json};
use smm_panel_server::actor::{Actor, Role};

use super::*;

/// An operator's key, and a second provider's simulated panel that is nowhere in the panel's books.
async fn with_an_elsewhere() -> (TestPanel, String, SimulatedProvider) {
    let panel = TestPanel::start().await;
    panel.provider.keep_request_ids(true);
    harness::keeps_request_ids(&panel.panel, panel.provider_id, true).await;
    let (_, key) = staff(&panel.panel, Role::Operator, "olga").await;
    let elsewhere = SimulatedProvider::start(panel.clock.clone(), ANYWHERE).await;
    let elsewhere = elsewhere.unwrap();
    elsewhere.keep_request_ids(true);
    elsewhere.set_services(vec![provided(1, &terms(ServiceType::Default, "0.90"))]);
    (panel, key, elsewhere)
}

async fn change(panel: &TestPanel, key: &str, body: Value) -> (u16, Value) {
    let path = format!("/operator/v1/providers/{}", panel.provider_id);
    let reply = panel.ask(key, Method::PATCH, &path, Some(body)).await;
    (reply.status, reply.json())
}

/// Tests the provider, which records whether it keeps request ids.
async fn tested(panel: &TestPanel, key: &str) -> Value {
    let path = format!("/operator/v1/providers/{}/test", panel.provider_id);
    let reply = panel.ask(key, Method::POST, &path, None).await;
    reply.json()["keeps_request_ids"].clone()
}

#[apply(story)]
async fn nothing_is_repeated_at_another_address_than_it_was_sent_to() {
    let (panel, key, elsewhere) = with_an_elsewhere().await;
    panel.provider.script_next(1, Script::AcceptThenHtml502);
    panel.provider.fail_next("balance", Fault::Drop);
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    assert_eq!(states(&panel, order).await, ["unknown"]);
    let there = json!({"url": elsewhere.url(), "key": elsewhere.key()});
    let (status, said) = change(&panel, &key, there.clone()).await;
    assert_eq!((status, &said["code"]), (409, &json!("state_conflict")));
    let mut there = there;
    there["same_panel"] = json!(true);
    assert_eq!(change(&panel, &key, there).await.0, 200);
    assert_eq!(tested(&panel, &key).await, true);
    panel.pass(5 * MINUTE).await;
    assert_eq!(states(&panel, order).await, ["parked"]);
    assert_eq!(elsewhere.orders(), []);
    assert_eq!(panel.provider.times_accepted("https://x.test/p"), 1);
    elsewhere.stop().await;
    panel.finish().await;
}

#[apply(story)]
async fn nothing_is_repeated_with_another_key_than_it_was_sent_with() {
    let (panel, key, elsewhere) = with_an_elsewhere().await;
    panel.provider.script_next(1, Script::BrokenJson);
    panel.provider.fail_next("balance", Fault::Drop);
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    assert_eq!(states(&panel, order).await, ["unknown"]);
    let other = json!({"key": "another-account-at-the-same-panel"});
    assert_eq!(change(&panel, &key, other).await.0, 200);
    // Whatever the panel believes of it by now.
    panel
        .sql("UPDATE providers SET replays_requests = TRUE")
        .await;
    panel.pass(5 * MINUTE).await;
    assert_eq!(states(&panel, order).await, ["parked"]);
    assert_eq!(adds(&panel.provider), 1);
    elsewhere.stop().await;
    panel.finish().await;
}

#[apply(story)]
async fn a_provider_without_orders_moves_without_a_word() {
    let (panel, key, elsewhere) = with_an_elsewhere().await;
    let there = json!({"url": elsewhere.url(), "key": elsewhere.key()});
    assert_eq!(change(&panel, &key, there).await.0, 200);
    panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    assert_eq!(elsewhere.accepted_links(), ["https://x.test/p"]);
    assert_eq!(adds(&panel.provider), 0);
    let back = json!({"url": panel.provider.url()});
    let (status, said) = change(&panel, &key, back).await;
    assert_eq!(status, 409);
    let message = said["message"].as_str().unwrap();
    assert!(message.contains("1 dispatches are at"), "{message}");
    elsewhere.stop().await;
    panel.finish().await;
}

#[apply(story)]
async fn what_was_seen_at_the_old_address_is_not_recorded_of_the_new_one() {
    let (panel, key, elsewhere) = with_an_elsewhere().await;
    let secrets = &panel.panel.secrets;
    let asked = catalog::provider(&panel.panel.db, secrets, panel.provider_id).await;
    let there = json!({"url": elsewhere.url(), "key": elsewhere.key()});
    assert_eq!(change(&panel, &key, there).await.0, 200);
    catalog::providers::record_replays(&panel.panel, &Actor::command(), &asked.unwrap(), true)
        .await
        .unwrap();
    let now = catalog::provider(&panel.panel.db, secrets, panel.provider_id).await;
    assert!(!now.unwrap().replays_requests);
    elsewhere.stop().await;
    panel.finish().await;
}

#[apply(story_on_threads)]
async fn two_operators_who_change_a_provider_at_once_lose_nothing_of_each_other() {
    let (panel, key, elsewhere) = with_an_elsewhere().await;
    for round in 0..20 {
        let timeout = json!({"timeout_ms": 1000 + round});
        let concurrency = json!({"concurrency": 10 + round});
        let (one, two) = tokio::join!(
            change(&panel, &key, timeout),
            change(&panel, &key, concurrency)
        );
        assert_eq!((one.0, two.0), (200, 200));
        let sql = "SELECT CAST(timeout_ms AS TEXT) || ' ' || CAST(concurrency AS TEXT) \
                   FROM providers";
        let kept = texts(&panel, sql).await;
        assert_eq!(kept, [format!("{} {}", 1000 + round, 10 + round)]);
    }
    elsewhere.stop().await;
    panel.finish().await;
}

#[apply(story)]
async fn later_runs_go_to_the_offer_that_the_order_pays_for() {
    let (panel, other, service) = with_two_providers().await;
    let fields = [
        ("action", "add"),
        ("service", &*service.to_string()),
        ("link", "https://x.test/p"),
        ("quantity", "100"),
        ("runs", "3"),
        ("interval", "10"),
    ];
    let order = panel.v2(&fields).await.order();
    let sql = "UPDATE offers SET cost_micro = 1000000 WHERE service_id = ";
    let dearer = |which: &str| format!("{sql}{service}{which}");
    panel.sql(&dearer(" AND position = 0")).await;
    panel.work().await;
    assert_eq!((adds(&panel.provider), adds(&other)), (1, 0));
    // Nobody sells the run after the next for what was paid: it is delivered all the same.
    panel.sql(&dearer("")).await;
    panel.pass(10 * MINUTE).await;
    assert_eq!((adds(&panel.provider), adds(&other)), (1, 1));
    panel.pass(10 * MINUTE).await;
    assert_eq!((adds(&panel.provider), adds(&other)), (2, 1));
    panel.pass(HOUR).await;
    assert_eq!(panel.shown(order).await, "Completed 0.27 0");
    other.stop().await;
    panel.finish().await;
}
