//! What a person should look at: once for each cause, until it ends or somebody has looked at it.

use harness::{HOUR, MINUTE, terms};
use smm_panel_server::conditions::{IdleWorker, look_at_workers};
use smm_panel_server::ids::OrderId;
use smm_panel_server::protocol::ServiceType;
use smm_panel_server::provider::Client;
use smm_panel_server::workers::Workers;
use smm_panel_server::{conditions, tickets};

use super::dispatches::{found, parked};
use super::*;

impl Desk {
    async fn look(&self) {
        conditions::look(&self.panel.panel).await.unwrap();
    }

    /// Kind, cause and state of the alerts, oldest first.
    async fn alerts(&self, query: &str) -> Vec<String> {
        let page = self.get(&format!("/alerts{query}")).await;
        let alerts = page["alerts"].as_array().unwrap().iter().rev();
        let told = alerts.map(|alert| {
            let text = |field: &str| alert[field].as_str().unwrap();
            format!("{} {} {}", text("kind"), text("cause"), text("state"))
        });
        told.collect()
    }
}

#[apply(story)]
async fn an_alert_about_something_that_lasts_ends_with_it_and_is_acknowledged_before() {
    let desk = Desk::start().await;
    let (order, _) = parked(&desk, "https://x.test/1").await;
    assert_eq!(desk.alerts("").await, ["parked dispatch 1 open"]);
    desk.look().await;
    assert_eq!(desk.alerts("?state=open").await, ["parked dispatch 1 open"]);
    let path = "/alerts/1/acknowledgement";
    let body = json!({"note": "I ask them."});
    let sue = ask_as(
        &desk.panel,
        &desk.support,
        Method::POST,
        path,
        Some(body.clone()),
    )
    .await;
    assert_eq!(sue.status, 200, "{}", sue.body);
    let alert = desk.get("/alerts/1").await;
    assert_eq!(alert["note"], "I ask them.");
    assert!(
        alert["acknowledged_by"]
            .as_str()
            .unwrap()
            .starts_with("support:"),
        "{alert}"
    );
    desk.look().await;
    assert_eq!(
        desk.alerts("").await,
        ["parked dispatch 1 acknowledged"],
        "it lasts"
    );
    assert!(desk.alerts("?state=open").await.is_empty());
    let (status, told) = desk.post("/dispatches/1/resolution", found("refund")).await;
    assert_eq!(status, 200, "{told}");
    desk.look().await;
    assert_eq!(desk.alerts("").await, ["parked dispatch 1 ended"]);
    assert_eq!(
        desk.no(Method::POST, path, body).await,
        "409 state_conflict -"
    );
    let deeds = texts(
        &desk.panel,
        "SELECT action || ' ' || subject FROM audit_log WHERE action LIKE 'alert%'",
    )
    .await;
    assert_eq!(deeds, ["alert_acknowledged alert:1"]);
    assert_eq!(desk.panel.shown(order).await, "Canceled 0.00 1000");
    desk.panel.finish().await;
}

#[apply(story)]
async fn what_was_seen_again_is_one_alert_and_what_happened_ends_when_it_was_looked_at() {
    let desk = Desk::start().await;
    let panel = &desk.panel;
    for at in 1..=3 {
        let sql = format!(
            "INSERT INTO alerts (kind, cause, message, created_at_ms, last_seen_at_ms) \
             VALUES ('sold_below_cost', 'service 1', 'order {at}: too cheap', {at}, {at})"
        );
        panel.sql(&sql).await;
    }
    let one = ["sold_below_cost service 1 open"];
    assert_eq!(desk.alerts("").await, one, "before it is folded too");
    desk.look().await;
    desk.look().await;
    assert_eq!(desk.alerts("?kind=sold_below_cost").await, one);
    let alert = desk.get("/alerts/1").await;
    assert_eq!(alert["times_seen"], 3, "{alert}");
    assert_eq!(alert["message"], "order 3: too cheap");
    let (status, alert) = desk.post("/alerts/1/acknowledgement", json!({})).await;
    assert_eq!((status, &alert["state"]), (200, &json!("ended")), "{alert}");
    assert_eq!(
        desk.no(Method::POST, "/alerts/77/acknowledgement", json!({}))
            .await,
        "404 object_unknown alert"
    );
    let reply = ask_as(panel, &desk.operator, Method::GET, "/alerts?kind=so", None).await;
    assert_eq!(reply.status, 400, "{}", reply.body);
    desk.panel.finish().await;
}

#[apply(story)]
async fn what_waits_for_a_person_and_nothing_told_of_is_alerted() {
    let desk = Desk::start().await;
    let panel = &desk.panel;
    let manual = panel
        .service(terms(ServiceType::Default, "0.90"), Vec::new())
        .await;
    let order = panel.order_of(manual, "https://x.test/m", 1000).await;
    panel.order_of(manual, "https://x.test/n", 1000).await;
    desk.look().await;
    let waits = format!("manual_orders_wait service {manual}");
    assert_eq!(desk.alerts("").await, [format!("{waits} open")]);
    for id in [order, order + 1] {
        let path = format!("/manual-orders/{id}/progress");
        let (status, told) = desk.post(&path, json!({"status": "completed"})).await;
        assert_eq!(status, 200, "{told}");
    }
    let what = "It is completed, but nobody follows.";
    let filed = tickets::open(&panel.panel, panel.account, OrderId(order), what).await;
    assert_eq!(filed.unwrap().id.0, 1);
    panel.advance(24 * HOUR - MINUTE);
    desk.look().await;
    assert_eq!(desk.alerts("").await, [format!("{waits} ended")]);
    panel.advance(MINUTE);
    desk.look().await;
    assert_eq!(
        desk.alerts("?state=open").await,
        ["ticket_due ticket 1 open"]
    );
    let decline = json!({"outcome": "decline", "reason": "they follow"});
    let (status, told) = desk.post("/tickets/1/decision", decline).await;
    assert_eq!(status, 200, "{told}");
    desk.look().await;
    assert!(desk.alerts("?state=open").await.is_empty());
    desk.panel.finish().await;
}

#[apply(story)]
async fn a_disk_with_too_little_left_is_alerted_once_and_until_it_has_more() {
    let panel = TestPanel::start_with(|config| config.disk_free_min_bytes = 1 << 40).await;
    let is_file = panel
        .panel
        .config
        .database_url
        .expose()
        .starts_with("sqlite:");
    for _ in 0..2 {
        conditions::look(&panel.panel).await.unwrap();
    }
    let told = texts(
        &panel,
        "SELECT message FROM alerts WHERE kind = 'disk_nearly_full'",
    )
    .await;
    assert_eq!(told.len(), usize::from(is_file), "{told:?}");
    panel.finish().await;
}

#[apply(story)]
async fn a_provider_where_little_is_left_is_alerted_until_it_was_topped_up() {
    let desk = Desk::start().await;
    let panel = &desk.panel;
    let now = panel.clock.now().ms();
    let set =
        |nano: i64| format!("UPDATE providers SET balance_nano = {nano}, balance_at_ms = {now}");
    panel.sql(&set(999_999_999)).await;
    desk.look().await;
    let open = desk.alerts("?state=open").await;
    assert_eq!(open.len(), 1, "{open:?}");
    assert!(
        open[0].starts_with("provider_balance_low provider "),
        "{open:?}"
    );
    panel.sql(&set(1_000_000_000)).await;
    desk.look().await;
    assert!(desk.alerts("?state=open").await.is_empty());
    desk.panel.finish().await;
}

#[apply(story)]
async fn a_worker_that_stands_still_is_alerted_until_it_goes_on_or_its_server_is_gone() {
    let desk = Desk::start().await;
    let panel = &desk.panel;
    let now = panel.clock.now().ms();
    for server in ["a", "b"] {
        let insert = format!("INSERT INTO servers VALUES ('{server}', {now}, {now})");
        panel.sql(&insert).await;
    }
    let mail = [IdleWorker {
        name: "mail",
        minutes: 7,
    }];
    let look = async |server, still: &[IdleWorker]| {
        let changed = look_at_workers(&panel.panel, server, still).await;
        changed.unwrap()
    };
    assert_eq!(look("a", &mail).await, 1);
    assert_eq!(look("b", &mail).await, 1);
    // Each server speaks of its own workers only, and once.
    assert_eq!(look("a", &mail).await, 0);
    let open = desk.alerts("?state=open").await;
    assert_eq!(open.len(), 2, "{open:?}");
    // It lasts: who looks after it is not told again.
    let (status, told) = desk.post("/alerts/2/acknowledgement", json!({})).await;
    assert_eq!(
        (status, &told["state"]),
        (200, &json!("acknowledged")),
        "{told}"
    );
    assert_eq!(look("b", &mail).await, 0);
    assert_eq!(look("a", &[]).await, 1);
    // The server that is gone has no worker that stands still.
    panel.sql("DELETE FROM servers WHERE id = 'b'").await;
    assert_eq!(look("a", &[]).await, 1);
    assert!(desk.alerts("?state=open").await.is_empty());
    assert!(desk.alerts("?state=acknowledged").await.is_empty());
    desk.panel.finish().await;
}

#[apply(story)]
async fn what_orders_cost_at_a_provider_in_a_day_is_counted_when_its_balance_is_read() {
    let panel = TestPanel::start().await;
    panel.advance(HOUR);
    for link in ["https://x.test/1", "https://x.test/2"] {
        panel.order(link, 1000).await;
    }
    panel.work().await;
    let workers = Workers::new(&panel.panel, Client::new(true).unwrap());
    panel.advance(HOUR);
    workers.read_balances().await.unwrap();
    // Each costs 0.30 USD there, and the provider was added two hours ago.
    let counted = "SELECT CAST(daily_cost_nano AS TEXT) FROM providers";
    assert_eq!(texts(&panel, counted).await, ["7200000000"]);
    panel.advance(23 * HOUR);
    workers.read_balances().await.unwrap();
    assert_eq!(texts(&panel, counted).await, ["576000000"]);
    panel.finish().await;
}
