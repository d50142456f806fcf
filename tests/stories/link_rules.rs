//! A version of the program that knows more spellings of links than the one before: orders that were
//! placed under the old rules are found by new ones, and nobody places by the old ones meanwhile.

use harness::{ANYWHERE, MINUTE, Reply, TestPanel, open_another, texts};
use reqwest::Method;
use serde_json::{Value, json};
use smm_panel_server::app::{self, Background};
use smm_panel_server::demo::provider::Script;

/// Makes all that is stored look as a program with other rules left it: keys that are as equal to each
/// other as they are now, and equal to none of ours.
const OF_BEFORE: [&str; 3] = [
    "UPDATE orders SET overlap_key = overlap_key - 1",
    "UPDATE dispatches SET waits_for_link = waits_for_link - 1",
    "UPDATE panel SET link_rules = 1, links_keyed = 1",
];
const RULES: &str =
    "SELECT CAST(link_rules AS TEXT) || ' ' || CAST(links_keyed AS TEXT) FROM panel";
const MARKS: &str = "SELECT CAST(order_id AS TEXT) || ' ' || CAST(other_id AS TEXT) \
                     FROM order_overlaps ORDER BY order_id, other_id";

async fn leave_as_before(panel: &TestPanel) {
    for sql in OF_BEFORE {
        panel.sql(sql).await;
    }
}

/// Starts a server of this program on the panel's database, and stops it again.
async fn upgrade(panel: &TestPanel) {
    let other = open_another(panel).await;
    let running = app::start(other, ANYWHERE, Background::Nobody).await;
    running.unwrap().stop().await.unwrap();
}

/// The keys of these orders.
async fn keys(panel: &TestPanel, orders: &[i64]) -> Vec<String> {
    let ids: Vec<String> = orders.iter().map(i64::to_string).collect();
    let sql = format!(
        "SELECT CAST(overlap_key AS TEXT) FROM orders WHERE id IN ({}) ORDER BY id",
        ids.join(", ")
    );
    texts(panel, &sql).await
}

async fn add(panel: &TestPanel, link: &str) -> Reply {
    let fields = [
        ("action", "add"),
        ("service", "1"),
        ("link", link),
        ("quantity", "100"),
    ];
    panel.v2(&fields).await
}

async fn overlaps(panel: &TestPanel, order: i64) -> Value {
    let path = format!("/api/v3/orders/{order}");
    let reply = panel.ask(&panel.key, Method::GET, &path, None).await;
    reply.json()["overlaps"].clone()
}

#[apply(story)]
async fn an_order_of_before_is_found_by_a_new_one_and_what_has_ended_keeps_its_key() {
    let panel = TestPanel::start().await;
    let ended = panel
        .ended(1, "youtu.be/abc", Script::CancelAfter { ms: 0 })
        .await;
    let active = panel.order("https://youtu.be/abc", 100).await;
    let marked = panel.order("https://youtu.be/marked", 100).await;
    let marked_too = panel.order("https://youtu.be/marked?si=1", 100).await;
    let marks = texts(&panel, MARKS).await;
    assert_eq!(marks.len(), 2);
    let of_now = keys(&panel, &[ended, active, marked, marked_too]).await;
    leave_as_before(&panel).await;
    let of_before = keys(&panel, &[ended]).await;
    upgrade(&panel).await;
    assert_eq!(texts(&panel, RULES).await, ["3 3"]);
    let keys = keys(&panel, &[ended, active, marked, marked_too]).await;
    assert_eq!((&keys[..1], &keys[1..]), (&of_before[..], &of_now[1..]));
    assert_eq!(texts(&panel, MARKS).await, marks);

    let new = add(&panel, "https://www.youtube-nocookie.com/embed/abc?rel=0").await;
    assert_eq!(overlaps(&panel, new.order()).await, json!([active]));
    assert_eq!(overlaps(&panel, active).await, json!([new.order()]));
    panel.finish().await;
}

#[apply(story)]
async fn a_server_of_other_rules_places_nothing_and_is_not_ready() {
    let panel = TestPanel::start().await;
    let before = panel.order("https://x.test/p", 100).await;
    let ready = async || {
        let url = panel.url.replace("/api/v2", "/health/ready");
        panel.send(panel.http().get(url)).await.status
    };
    assert_eq!(ready().await, 200);
    // A server of the next version has begun.
    panel.sql("UPDATE panel SET link_rules = 4").await;
    let refused = add(&panel, "https://x.test/q").await;
    // No `error`, which would be the end of the customer's order.
    assert_eq!((refused.status, refused.body.as_str()), (503, ""));
    let order = json!({"service_id": 1, "link": "https://x.test/q", "quantity": 100});
    let refused = panel
        .ask(&panel.key, Method::POST, "/api/v3/orders", Some(order))
        .await;
    assert_eq!(refused.status, 503, "{}", refused.body);
    assert_eq!(refused.json()["code"], "unavailable");
    assert_eq!(ready().await, 503);
    // Everything else goes on.
    assert_eq!(panel.status(before).await["status"], "Pending");
    assert_eq!(panel.balance().await, "99.91");

    let other = open_another(&panel).await;
    let started = app::start(other, ANYWHERE, Background::Nobody).await;
    let why = started.err().unwrap().to_string();
    assert!(
        why.starts_with("orders are placed by version 4 of the rules of links"),
        "{why}"
    );
    assert_eq!(texts(&panel, RULES).await, ["4 3"]);
    panel.sql("UPDATE panel SET link_rules = 3").await;
    add(&panel, "https://x.test/q").await.order();
    assert_eq!(ready().await, 200);
    panel.finish().await;
}

#[apply(story_on_threads)]
async fn two_servers_that_start_at_once_key_everything_and_lose_nothing() {
    let panel = TestPanel::start().await;
    let mut placed = Vec::new();
    for batch in 0..7 {
        let order = |n| {
            let link = format!("https://youtu.be/v{batch}x{n}");
            let order = json!({"service_id": 1, "link": link, "quantity": 50});
            json!({"idempotency_key": format!("{batch}-{n}"), "order": order})
        };
        let orders: Vec<Value> = (0..100).map(order).collect();
        let reply = panel
            .ask(
                &panel.key,
                Method::POST,
                "/api/v3/orders/batch",
                Some(json!({"orders": orders})),
            )
            .await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let results = reply.json()["results"].clone();
        let ids = results.as_array().unwrap().iter();
        placed.extend(ids.map(|result| result["placed"]["order_id"].as_i64().unwrap()));
    }
    let of_now = keys(&panel, &placed).await;
    leave_as_before(&panel).await;
    tokio::join!(upgrade(&panel), upgrade(&panel));
    assert_eq!(keys(&panel, &placed).await, of_now);
    assert_eq!(texts(&panel, RULES).await, ["3 3"]);
    // One that dies in the middle leaves the rest to the next.
    panel
        .sql("UPDATE orders SET overlap_key = 0 WHERE id < 300")
        .await;
    panel.sql("UPDATE panel SET links_keyed = 1").await;
    upgrade(&panel).await;
    assert_eq!(keys(&panel, &placed).await, of_now);
    panel.finish().await;
}

#[apply(story)]
async fn a_run_that_waits_for_its_link_still_hears_of_its_end() {
    let panel = TestPanel::start_with(|config| config.active_link_retry_ms = 600 * MINUTE).await;
    let first = panel.order("https://youtu.be/abc", 1000).await;
    panel.work().await;
    let busy = "You have active order with this link. Please wait until order being completed.";
    panel.provider.script_next(1, Script::Refuse(busy));
    let second = panel.order("https://youtu.be/abc", 1000).await;
    panel.work().await;
    leave_as_before(&panel).await;
    upgrade(&panel).await;
    panel.pass(harness::DELIVERY + MINUTE).await;
    assert_eq!(panel.shown(first).await, "Completed 0.90 0");
    panel.pass(harness::DELIVERY + MINUTE).await;
    assert_eq!(panel.shown(second).await, "Completed 0.90 0");
    panel.finish().await;
}
