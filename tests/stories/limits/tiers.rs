//! What the keys of an account may ask for.

use futures::future::join_all;
use harness::{HOUR, TestPanel, staff};
use reqwest::Method;
use serde_json::json;
use smm_panel_server::actor::Role;

use super::{LINK, of_keys, of_starters, until_limited};

/// "300 of them in one second", and 100 statuses of 100 ids all at once.
#[apply(story_on_threads)]
async fn the_burst_of_a_usual_cron_is_never_limited() {
    let panel = TestPanel::start_with(of_keys).await;
    let adds = (0..300).map(async |number| {
        let link = format!("https://x.test/{number}");
        panel.order(&link, 50).await
    });
    let orders: Vec<String> = join_all(adds).await.iter().map(i64::to_string).collect();
    let hundreds: Vec<String> = orders.chunks(100).map(|ids| ids.join(",")).collect();
    for _ in 0..3 {
        let statuses = (0..100).map(async |number: usize| {
            let ids = &hundreds[number % hundreds.len()];
            let reply = panel.v2(&[("action", "status"), ("orders", ids)]).await;
            assert_eq!(reply.status, 200, "{}", reply.body);
            reply.json().as_object().unwrap().len()
        });
        assert_eq!(join_all(statuses).await, [100; 100]);
        panel.advance(harness::MINUTE);
    }
    for _ in 0..6 {
        assert_eq!(panel.v2(&[("action", "services")]).await.status, 200);
        panel.advance(HOUR / 6);
    }
    assert_eq!(panel.balance().await, "86.50");
    panel.finish().await;
}

#[apply(story)]
async fn operators_say_what_an_account_may_ask_for() {
    let panel = TestPanel::start_with(of_starters).await;
    let (_, operator) = staff(&panel.panel, Role::Operator, "o").await;
    let balance = [("action", "balance")];
    assert_eq!(until_limited(&panel, &balance).await.0, 6);
    let path = format!("/operator/v1/accounts/{}", panel.account);
    let set = async |limits: serde_json::Value| {
        let body = json!({ "limits": limits });
        let reply = panel.ask(&operator, Method::PATCH, &path, Some(body)).await;
        (reply.status, reply.json()["limits"].clone())
    };
    assert_eq!(set(json!("reseller")).await, (200, json!("reseller")));
    // The first request is still counted among the limits that it had.
    panel.advance(HOUR);
    assert_eq!(until_limited(&panel, &balance).await.0, 61);
    assert_eq!(set(json!("unlimited")).await, (200, json!("unlimited")));
    panel.advance(HOUR);
    for _ in 0..200 {
        assert_eq!(panel.v2(&balance).await.status, 200);
    }
    assert_eq!(set(json!("none")).await.0, 400);
    assert_eq!(set(json!(null)).await, (200, json!(null)));
    let reply = panel.ask(&operator, Method::GET, &path, None).await;
    assert_eq!(reply.json().get("limits"), None, "{}", reply.body);
    panel.finish().await;
}

/// One key's limits are not another's, of the same account or not.
#[apply(story)]
async fn each_key_has_its_own() {
    let panel = TestPanel::start_with(of_starters).await;
    let other = harness::key(&panel.panel, panel.account).await;
    let balance = [("action", "balance")];
    assert_eq!(until_limited(&panel, &balance).await.0, 6);
    assert_eq!(panel.v2_as(&other, &balance).await.status, 200);
    let add = [
        ("action", "add"),
        ("service", "1"),
        ("link", LINK),
        ("quantity", "50"),
    ];
    assert_eq!(panel.v2(&add).await.status, 200);
    panel.finish().await;
}
