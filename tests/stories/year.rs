//! A simulated year: 10,000 orders that are delivered, fail, end in part or drop, with refills, tickets
//! and disputes, under the injected clock. In the end every invariant holds, and no order has given back
//! more than it was charged.

use std::collections::BTreeMap;
use std::time::Instant;

use harness::{HOUR, TestPanel, staff, texts};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use reqwest::Method;
use serde_json::{Value, json};
use smm_panel_server::actor::{Actor, Role};
use smm_panel_server::demo::provider::Script;
use smm_panel_server::money::Money;
use smm_panel_server::protocol::ServiceType;
use smm_panel_server::wallet;

const ORDERS: usize = 10_000;
const DAYS: usize = 365;
/// The provider's service whose targets are counted, and which order of so many is of it.
const COUNTED: i64 = 77;
const ONE_IN: usize = 20;

/// The year of one reseller and of the operator who decides.
struct Year {
    panel: TestPanel,
    operator: String,
    /// The service whose targets are counted.
    counted: i64,
    chance: StdRng,
    orders: Vec<i64>,
    /// How often what happened.
    seen: BTreeMap<String, usize>,
}

impl Year {
    async fn start() -> Year {
        let panel = TestPanel::start().await;
        panel.provider.keep_requests(false);
        let (actor, funds) = (Actor::command(), Money::parse("100000").unwrap());
        wallet::credit(&panel.panel, &actor, panel.account, funds, "year", "a year")
            .await
            .unwrap();
        let (_, operator) = staff(&panel.panel, Role::Operator, "olga").await;
        let terms = harness::terms(ServiceType::Default, "0.90");
        let counted = panel
            .offered(terms, COUNTED, Script::Deliver { over_ms: 0 })
            .await;
        let change = json!({"count_source": panel.provider.count_source()});
        let path = format!("/operator/v1/services/{counted}");
        let changed = panel
            .ask(&operator, Method::PATCH, &path, Some(change))
            .await;
        assert_eq!(changed.status, 200, "{}", changed.body);
        Year {
            panel,
            operator,
            counted,
            chance: StdRng::seed_from_u64(2026),
            orders: Vec::with_capacity(ORDERS),
            seen: BTreeMap::new(),
        }
    }

    fn note(&mut self, what: impl Into<String>) {
        *self.seen.entry(what.into()).or_default() += 1;
    }

    /// How an order goes.
    fn script(&mut self) -> Script {
        let over_ms = self.chance.random_range(0..6) * HOUR;
        match self.chance.random_range(0..100) {
            0..10 => Script::Partial {
                over_ms,
                delivered_percent: self.chance.random_range(0..100),
            },
            10..18 => Script::CancelAfter { ms: over_ms },
            18..23 => Script::Refuse("Incorrect service ID"),
            23..50 => Script::DropLater {
                over_ms,
                drop_percent: self.chance.random_range(1..50),
                refill_ms: HOUR,
            },
            _ => Script::Deliver { over_ms },
        }
    }

    async fn ask(&self, key: &str, path: &str, body: Value) -> (u16, Value) {
        let reply = self.panel.ask(key, Method::POST, path, Some(body)).await;
        (reply.status, reply.json())
    }

    /// Places `count` orders; one in ten goes to the link of another of that day.
    async fn order(&mut self, day: usize, count: usize) {
        let mut wanted = Vec::with_capacity(count);
        for number in 0..count {
            let script = self.script();
            let (service, provided) = match number % ONE_IN {
                0 => (self.counted, COUNTED),
                _ => (1, 1),
            };
            self.panel.provider.script_next(provided, script);
            let of = match self.chance.random_range(0..10) {
                0 => 0,
                _ => number,
            };
            let quantity = self.chance.random_range(50..5_000);
            let link = format!("https://x.test/{day}/{of}");
            let order = json!({"service_id": service, "link": link, "quantity": quantity});
            wanted.push(json!({ "order": order }));
        }
        let body = json!({ "orders": wanted });
        let (status, placed) = self
            .ask(&self.panel.key, "/api/v3/orders/batch", body)
            .await;
        assert_eq!(status, 200, "{placed}");
        for result in placed["results"].as_array().unwrap() {
            let order = result["placed"]["order_id"].as_i64();
            self.orders
                .push(order.unwrap_or_else(|| panic!("{result}")));
        }
    }

    /// Asks for refills of some orders of the last six weeks.
    async fn refill(&mut self) {
        let recent = self.orders.len().saturating_sub(42 * ORDERS / DAYS);
        let mut ids = Vec::new();
        for _ in 0..8 {
            let chosen = self.chance.random_range(recent..self.orders.len());
            ids.push(self.orders[chosen].to_string());
        }
        let fields = [("action", "refill"), ("orders", &ids.join(","))];
        let answers = self.panel.v2(&fields).await.json();
        for answer in answers.as_array().unwrap() {
            let refused = answer["refill"]["error"].as_str();
            self.note(format!("refill: {}", refused.unwrap_or("taken")));
        }
    }

    /// Opens a ticket about an order of the last weeks, and decides those of yesterday: a refund, a
    /// refill, or nothing.
    async fn ticket(&mut self) {
        let recent = self.orders.len().saturating_sub(14 * ORDERS / DAYS);
        let order = self.orders[self.chance.random_range(recent..self.orders.len())];
        let what = json!({"description": "Fewer came than the order says, see the profile."});
        let path = format!("/api/v3/orders/{order}/tickets");
        let (status, filed) = self.ask(&self.panel.key, &path, what).await;
        assert!(status == 201 || status == 409, "{filed}");
        self.note(format!("ticket: {status}"));
        let path = "/operator/v1/tickets?state=open&limit=1000";
        let open = self
            .panel
            .ask(&self.operator, Method::GET, path, None)
            .await;
        for ticket in open.json()["tickets"].as_array().unwrap() {
            let id = ticket["ticket_id"].as_i64().unwrap();
            let decided = match id % 3 {
                0 => json!({"outcome": "refund", "amount": "0.05", "reason": "counted"}),
                1 => json!({"outcome": "refill", "reason": "counted"}),
                _ => json!({"outcome": "decline", "reason": "counted"}),
            };
            let path = format!("/operator/v1/tickets/{id}/decision");
            let (status, said) = self.ask(&self.operator, &path, decided.clone()).await;
            assert!(status < 500, "{said}");
            self.note(format!("ticket: {} {status}", decided["outcome"]));
            if status != 200 {
                let declined = json!({"outcome": "decline", "reason": "it cannot be"});
                let (status, said) = self.ask(&self.operator, &path, declined).await;
                assert_eq!(status, 200, "{said}");
            }
        }
    }

    /// Disputes the charges of some orders of the last days.
    async fn dispute(&mut self) {
        for _ in 0..2 {
            let recent = self.orders.len().saturating_sub(3 * ORDERS / DAYS);
            let chosen = self.chance.random_range(recent..self.orders.len());
            let cents = self.chance.random_range(1..200);
            let body = json!({
                "reason": (["wrong_charge", "not_delivered", "other"])[chosen % 3],
                "amount": format!("{}.{:02}", cents / 100, cents % 100),
                "description": "It is not what was ordered, see the counts.",
            });
            let path = format!("/api/v3/orders/{}/disputes", self.orders[chosen]);
            let (status, filed) = self.ask(&self.panel.key, &path, body).await;
            let code = filed["code"].as_str().unwrap_or("filed");
            assert!(status == 201 || status == 409, "{filed}");
            self.note(format!("dispute: {code}"));
        }
    }

    /// Decides every open dispute, every second one for the customer.
    async fn decide(&mut self) {
        let path = "/operator/v1/disputes?state=open&limit=1000";
        let open = self
            .panel
            .ask(&self.operator, Method::GET, path, None)
            .await;
        for dispute in open.json()["disputes"].as_array().unwrap() {
            let id = dispute["dispute_id"].as_i64().unwrap();
            let outcome = if id % 2 == 0 { "uphold" } else { "reject" };
            let body = json!({"outcome": outcome, "reason": "seen in the records"});
            let path = format!("/operator/v1/disputes/{id}/decision");
            let (status, decided) = self.ask(&self.operator, &path, body).await;
            // What was given back by itself meanwhile leaves nothing to uphold.
            assert!(status == 200 || status == 409 || status == 422, "{decided}");
            self.note(format!("decision: {status} {outcome}"));
        }
    }
}

#[apply(story)]
async fn a_year_of_ten_thousand_orders_refunds_no_more_than_it_charged() {
    #[expect(
        clippy::disallowed_methods,
        reason = "it is about the test, not the panel"
    )]
    let began = Instant::now();
    let mut year = Year::start().await;
    for day in 0..DAYS {
        let due = (day + 1) * ORDERS / DAYS;
        year.order(day, due - year.orders.len()).await;
        year.panel.work().await;
        year.panel.advance(8 * HOUR);
        year.panel.work().await;
        year.refill().await;
        year.dispute().await;
        year.ticket().await;
        if day % 3 == 2 {
            year.decide().await;
        }
        year.panel.work().await;
        year.panel.advance(16 * HOUR);
        year.panel.work().await;
    }
    assert_eq!(year.orders.len(), ORDERS);
    let ended = "SELECT status || ' ' || COUNT(*) FROM orders GROUP BY status ORDER BY status";
    let ended = texts(&year.panel, ended).await;
    let refunded = "SELECT reason || ' ' || COUNT(*) FROM refunds GROUP BY reason ORDER BY reason";
    let refunded = texts(&year.panel, refunded).await;
    let by_itself = "SELECT CAST(COUNT(*) AS TEXT) FROM refills WHERE automatic";
    let by_itself = texts(&year.panel, by_itself).await;
    assert_ne!(by_itself, ["0"]);
    let above = "SELECT CAST(id AS TEXT) FROM orders WHERE refunded_nano > charge_nano";
    assert_eq!(texts(&year.panel, above).await, Vec::<String>::new());
    for happened in [
        "refill: taken",
        "refill: Refill days are over",
        "refill: The order is not completed",
        "dispute: filed",
        "dispute: dispute_open",
        "dispute: amount_above_left",
        "decision: 200 uphold",
        "decision: 200 reject",
        "ticket: 201",
        "ticket: \"refund\" 200",
        "ticket: \"refill\" 200",
        "ticket: \"decline\" 200",
    ] {
        let times = year.seen.get(happened).copied().unwrap_or_default();
        assert!(times > 0, "never {happened}: {:#?}", year.seen);
    }
    year.panel.finish().await;
    println!(
        "{ended:?}\n{refunded:?}\n{by_itself:?} refills by itself\n{:#?}\n10,000 orders in {:.1} s",
        year.seen,
        began.elapsed().as_secs_f64()
    );
}
