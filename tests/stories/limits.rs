//! Limits as customers meet them: nobody who resells as usual notices them, and whoever goes beyond
//! them is told when to come again, in a way that no software takes for the end of an order.

use harness::{Reply, TestPanel};
use reqwest::Method;
use smm_panel_server::config::Config;
use smm_panel_server::limits::LimitTier;
use smm_panel_server::networks::Networks;

mod addresses;
mod code_blind;
mod load;
mod sdk;
mod servers;
mod tiers;

const LINK: &str = "https://x.test/p";

/// The limits that a panel has by itself.
fn usual(config: &mut Config) {
    let default = Config::default();
    config.limit_address = default.limit_address;
    config.limit_failed_keys = default.limit_failed_keys;
    config.limits_default = LimitTier::Reseller;
}

/// The same, but whatever comes from this machine: for what is not about addresses.
fn of_keys(config: &mut Config) {
    usual(config);
    config.unlimited_networks = Networks::parse("127.0.0.0/8").unwrap();
}

/// The same for starters.
fn of_starters(config: &mut Config) {
    of_keys(config);
    config.limits_default = LimitTier::Starter;
}

fn header<'r>(reply: &'r Reply, name: &str) -> &'r str {
    let value = reply.headers.get(name);
    value.map_or("", |value| value.to_str().unwrap())
}

/// Asks for the balance until it is refused; gives how often it was answered, and the refusal.
async fn until_limited(panel: &TestPanel, fields: &[(&str, &str)]) -> (usize, Reply) {
    for answered in 0..1_000 {
        let reply = panel.v2(fields).await;
        if reply.status != 200 {
            return (answered, reply);
        }
    }
    panic!("{fields:?} was never limited");
}

#[apply(story)]
async fn on_every_action_but_two_the_sentence_says_it_and_on_those_nothing_does() {
    let panel = TestPanel::start_with(of_starters).await;
    let order = panel.order(LINK, 1_000).await.to_string();
    for (fields, usual, body) in [
        (&[("action", "services")][..], 12, ""),
        (&[("action", "status"), ("order", &order)], 12, ""),
        (
            &[("action", "balance")],
            6,
            r#"{"error":"Rate limit exceeded"}"#,
        ),
        (
            &[("action", "cancel"), ("orders", &order)],
            6,
            r#"{"error":"Rate limit exceeded"}"#,
        ),
    ] {
        let (answered, reply) = until_limited(&panel, fields).await;
        assert_eq!((answered, reply.status), (usual, 429), "{fields:?}");
        assert_eq!(reply.body, body, "{fields:?}");
        let wait: i64 = header(&reply, "retry-after").parse().unwrap();
        assert!((1..=300).contains(&wait), "{fields:?}: {wait}");
        assert_eq!(header(&reply, "x-panel-extensions"), "request_id");
        // Who comes when it was told to is answered.
        panel.advance(wait * 1_000);
        assert_eq!(panel.v2(fields).await.status, 200, "{fields:?}");
    }
    // Nothing was canceled more than once, and nothing that was limited was done.
    assert_eq!(panel.balance().await, "100.00");
    panel.finish().await;
}

#[apply(story)]
async fn every_answer_says_what_is_left() {
    let panel = TestPanel::start_with(of_keys).await;
    let reply = panel.v2(&[("action", "balance")]).await;
    let policy = r#""balance";q=60;w=60, "points";q=6000;w=60"#;
    assert_eq!(header(&reply, "ratelimit-policy"), policy);
    assert_eq!(
        header(&reply, "ratelimit"),
        r#""balance";r=59;t=1, "points";r=5999;t=1"#
    );
    // Refused for another reason, it says so too.
    let reply = panel.v2(&[("action", "status"), ("order", "999")]).await;
    assert_eq!(reply.error(), "Incorrect order ID");
    assert_eq!(
        header(&reply, "ratelimit"),
        r#""status";r=119;t=1, "points";r=5998;t=1"#
    );
    // The typed API counts among the same: it is the same key.
    let reply = panel
        .ask(&panel.key, Method::GET, "/api/v3/wallet", None)
        .await;
    assert_eq!(
        header(&reply, "ratelimit"),
        r#""balance";r=58;t=2, "points";r=5997;t=1"#
    );
    let (_, staff) =
        harness::staff(&panel.panel, smm_panel_server::actor::Role::Support, "s").await;
    let reply = panel
        .ask(&staff, Method::GET, "/operator/v1/orders", None)
        .await;
    assert_eq!(
        header(&reply, "ratelimit"),
        r#""points";r=5999;t=1"#,
        "{}",
        reply.body
    );
    panel.finish().await;
}

#[apply(story)]
async fn the_typed_api_tells_by_its_code_and_a_batch_is_as_many_orders() {
    let panel = TestPanel::start_with(of_starters).await;
    let order = serde_json::json!({"order": {"service_id": 1, "link": LINK, "quantity": 50}});
    let batch = |many| serde_json::json!({"orders": vec![order.clone(); many]});
    let post = async |many| {
        let path = "/api/v3/orders/batch";
        panel
            .ask(&panel.key, Method::POST, path, Some(batch(many)))
            .await
    };
    assert_eq!(post(30).await.status, 200);
    let reply = post(7).await;
    assert_eq!(reply.status, 429);
    let error = reply.json();
    assert_eq!(error["code"], "rate_limited");
    assert_eq!(
        error["message"],
        "too many requests: the limit `add` is used up; ask again in 1 seconds"
    );
    assert_eq!(error["details"]["retry_after_seconds"], 1);
    assert_eq!(header(&reply, "retry-after"), "1");
    assert_eq!(header(&reply, "ratelimit"), r#""add";r=0;t=36"#);
    // None of the seven was placed.
    assert_eq!(panel.balance().await, "98.65");
    // More than there can ever be at one moment is placed when all of it is there.
    panel.advance(harness::MINUTE);
    let reply = post(100).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(
        header(&reply, "ratelimit"),
        r#""add";r=0;t=36, "points";r=100;t=50"#
    );
    assert_eq!(post(1).await.status, 429);
    panel.finish().await;
}
