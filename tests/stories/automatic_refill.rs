//! Refills that nobody asked for: the panel counts what its orders' targets show, and files the refill
//! of what dropped. Money never moves.

use harness::{
    HOUR, MINUTE, Reply, TestPanel, account, alert_kinds, open_another, staff, terms, texts,
};
use reqwest::Method;
use serde_json::{Value, json};
use smm_panel_server::actor::{Actor, Role};
use smm_panel_server::demo::provider::{Fault, Script};
use smm_panel_server::protocol::ServiceType;

mod exceptions;
mod faces;
mod looks;
mod sources;
mod two_servers;

const DAY: i64 = 24 * HOUR;
const LINK: &str = "https://x.test/p";

/// A panel whose first service has a count source, and its staff.
struct Watch {
    panel: TestPanel,
    operator: String,
    support: String,
}

impl Watch {
    async fn start() -> Watch {
        let panel = TestPanel::start_with(|config| config.provider_timeout_ms = 300).await;
        let (_, operator) = staff(&panel.panel, Role::Operator, "olga").await;
        let (_, support) = staff(&panel.panel, Role::Support, "sue").await;
        let watch = Watch {
            panel,
            operator,
            support,
        };
        let source = watch.panel.provider.count_source();
        watch.set(1, json!({"count_source": source})).await;
        watch
    }

    /// Changes a service.
    async fn set(&self, service: i64, change: Value) -> Value {
        let changed = self.change(service, change).await;
        assert_eq!(changed.status, 200, "{}", changed.body);
        changed.json()
    }

    async fn change(&self, service: i64, change: Value) -> Reply {
        let path = format!("/operator/v1/services/{service}");
        let key = &self.operator;
        self.panel
            .ask(key, Method::PATCH, &path, Some(change))
            .await
    }

    /// An order of 1000 to this link that was delivered a minute ago.
    async fn delivered(&self, link: &str) -> i64 {
        self.ended(1, link, Script::Deliver { over_ms: 0 }).await
    }

    /// The same of this service, as `script` says.
    async fn ended(&self, service: i64, link: &str, script: Script) -> i64 {
        self.panel.ended(service, link, script).await
    }

    /// Lets time pass, and does what is due then.
    async fn later(&self, ms: i64) {
        self.panel.advance(ms);
        self.panel.work().await;
    }

    /// What was seen of an order's target, a look on a line: what fell away, or what came instead of a
    /// count; the refill, or why there is none.
    async fn looks(&self, order: i64) -> Vec<String> {
        let path = format!("/operator/v1/orders/{order}/count-checks");
        let reply = self
            .panel
            .ask(&self.support, Method::GET, &path, None)
            .await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let reply = reply.json();
        let line = |check: &Value| {
            let seen = match (&check["dropped"], &check["fault"]) {
                (Value::Null, Value::Null) => "-".to_owned(),
                (Value::Null, fault) => fault.as_str().unwrap().to_owned(),
                (dropped, _) => dropped.to_string(),
            };
            let done = match (&check["refill_id"], &check["not_filed"]) {
                (Value::Null, Value::Null) => "-".to_owned(),
                (Value::Null, why) => why.as_str().unwrap().to_owned(),
                (refill, _) => format!("refill {refill}"),
            };
            format!("{seen}: {done}")
        };
        let checks = reply["count_checks"].as_array().unwrap().iter();
        checks.map(line).collect()
    }

    /// The links that the source was asked about.
    fn asked(&self) -> Vec<String> {
        let requests = self.panel.provider.requests();
        let counts = requests.iter().filter(|seen| seen.action == "count");
        counts.map(|seen| seen.fields[0].1.clone()).collect()
    }

    /// The refills of an order, as its customer reads them.
    async fn refills(&self, order: i64) -> Vec<String> {
        let path = format!("/api/v3/orders/{order}/refills");
        let reply = self
            .panel
            .ask(&self.panel.key, Method::GET, &path, None)
            .await;
        let reply = reply.json();
        let line = |refill: &Value| format!("{} {}", refill["status"], refill["automatic"]);
        let refills = reply["refills"].as_array().unwrap().iter();
        refills.map(line).collect()
    }

    /// How many refills were asked for at the provider.
    fn forwarded(&self) -> usize {
        let requests = self.panel.provider.requests();
        requests
            .iter()
            .filter(|seen| seen.action == "refill")
            .count()
    }

    /// How many orders are watched.
    async fn watched(&self) -> String {
        let sql = "SELECT CAST(COUNT(*) AS TEXT) FROM count_watches";
        texts(&self.panel, sql).await.remove(0)
    }
}

#[apply(story)]
async fn an_order_that_drops_is_refilled_without_being_asked_for() {
    let watch = Watch::start().await;
    let order = watch.delivered(LINK).await;
    let full = watch.panel.provider.target(LINK);
    watch.panel.provider.drop_units(LINK, 300);
    // "At least 24 h after completion": nobody is asked before.
    watch.later(DAY - MINUTE - 1).await;
    assert_eq!(watch.asked(), [""; 0]);
    assert_eq!(watch.looks(order).await, [""; 0]);
    watch.later(MINUTE + 1).await;
    assert_eq!(watch.asked(), [LINK]);
    assert_eq!(watch.looks(order).await, ["300: refill 1"]);
    assert_eq!(watch.forwarded(), 1);
    watch.panel.pass(2 * MINUTE).await;
    assert_eq!(watch.refills(order).await, [r#""completed" true"#]);
    assert_eq!(watch.panel.provider.target(LINK), full);
    // Whole again, and looked at every day.
    watch.later(DAY).await;
    watch.later(DAY).await;
    let looks = ["300: refill 1", "0: -", "0: -"];
    assert_eq!(watch.looks(order).await, looks);
    watch.panel.provider.drop_units(LINK, 1);
    watch.later(DAY).await;
    assert_eq!(watch.looks(order).await[3], "1: refill 2");
    assert_eq!(watch.panel.balance().await, "99.10");
    watch.panel.finish().await;
}

#[apply(story)]
async fn more_than_was_ordered_is_a_bonus() {
    let watch = Watch::start().await;
    let order = watch.delivered(LINK).await;
    watch.panel.provider.drop_units(LINK, -50);
    watch.later(DAY).await;
    assert_eq!(watch.looks(order).await, ["0: -"]);
    assert_eq!(watch.forwarded(), 0);
    watch.panel.finish().await;
}

#[apply(story)]
async fn what_its_service_tolerates_is_not_refilled() {
    let watch = Watch::start().await;
    let set = watch.set(1, json!({"drop_tolerance": "12.5"})).await;
    assert_eq!(set["drop_tolerance"], "12.5");
    let order = watch.delivered(LINK).await;
    watch.panel.provider.drop_units(LINK, 125);
    watch.later(DAY).await;
    watch.panel.provider.drop_units(LINK, 1);
    watch.later(DAY).await;
    let looks = ["125: within_tolerance", "126: refill 1"];
    assert_eq!(watch.looks(order).await, looks);
    watch.panel.finish().await;
}

#[apply(story)]
async fn of_a_partial_order_what_was_delivered_is_kept() {
    let watch = Watch::start().await;
    let script = Script::Partial {
        over_ms: 0,
        delivered_percent: 60,
    };
    let order = watch.ended(1, LINK, script).await;
    assert_eq!(watch.panel.shown(order).await, "Partial 0.54 400");
    watch.later(DAY).await;
    assert_eq!(watch.looks(order).await, ["0: -"]);
    watch.panel.provider.drop_units(LINK, 600);
    watch.later(DAY).await;
    assert_eq!(watch.looks(order).await[1], "600: refill 1");
    assert_eq!(watch.panel.balance().await, "99.46");
    watch.panel.finish().await;
}

#[apply(story)]
async fn only_what_can_be_refilled_is_watched() {
    let watch = Watch::start().await;
    watch.ended(1, LINK, Script::CancelAfter { ms: 0 }).await;
    watch.ended(1, LINK, Script::Refuse("Bad link")).await;
    let nothing = Script::Partial {
        over_ms: 0,
        delivered_percent: 0,
    };
    watch.ended(1, LINK, nothing).await;
    assert_eq!(watch.watched().await, "0");
    for change in [
        json!({"refill": false}),
        json!({"refill": true, "refill_automatically": false}),
        json!({"refill_automatically": true, "count_source": ""}),
    ] {
        watch.set(1, change.clone()).await;
        watch.delivered(LINK).await;
        assert_eq!(watch.watched().await, "0", "{change}");
    }
    // Of orders that end from then on.
    let source = watch.panel.provider.count_source();
    watch.set(1, json!({"count_source": source})).await;
    assert_eq!(watch.watched().await, "0");
    watch.delivered(LINK).await;
    assert_eq!(watch.watched().await, "1");
    watch.panel.finish().await;
}
