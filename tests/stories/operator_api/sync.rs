//! Providers' catalogues: imported, followed, and never followed blindly.

use harness::{
    HOUR, MINUTE, Reply, TestPanel, alert_kinds, open_another, provided, services, staff, terms,
};
use reqwest::Method;
use serde_json::{Value, json};
use smm_panel_server::actor::Role;
use smm_panel_server::catalog::sync;
use smm_panel_server::demo::provider::{Fault, ProviderService};
use smm_panel_server::money::Rate;
use smm_panel_server::protocol::ServiceType;

use super::{ask_as, refused};

mod doubt;

/// A panel whose provider sells what the story says, and an operator.
struct Market {
    panel: TestPanel,
    key: String,
    sold: Vec<ProviderService>,
}

/// A service of the provider at this cost, with limits of 10 to 10,000. Its id is beyond those of the
/// services that every story sells.
fn row(id: i64, cost: &str) -> ProviderService {
    ProviderService {
        id: 10 + id,
        name: format!("Service {id} of the provider"),
        rate: Rate::parse(cost).unwrap(),
        min: 10,
        max: 10_000,
        category: "Imported".to_owned(),
        ..provided(id, &terms(ServiceType::Default, "1"))
    }
}

impl Market {
    async fn open(sold: Vec<ProviderService>) -> Market {
        let panel = TestPanel::start().await;
        let (_, key) = staff(&panel.panel, Role::Operator, "olga").await;
        let market = Market { panel, key, sold };
        market.list();
        market
    }

    /// One whose category `Imported` is on sale at cost + 50 %.
    async fn imported(sold: Vec<ProviderService>) -> Market {
        let market = Market::open(sold).await;
        let made = market
            .import(json!({"categories": ["Imported"], "markup_percent": "50"}))
            .await;
        assert_eq!(made.status, 201, "{}", made.body);
        market
    }

    /// The provider lists what it sells, and what every story sells.
    fn list(&self) {
        let always = (1..)
            .zip(services())
            .map(|(id, terms)| provided(id, &terms));
        let all = always.chain(self.sold.iter().cloned());
        self.panel.provider.set_services(all.collect());
    }

    async fn ask(&self, method: Method, path: &str, body: Value) -> Reply {
        let body = (!body.is_null()).then_some(body);
        ask_as(&self.panel, &self.key, method, path, body).await
    }

    async fn get(&self, path: &str) -> Value {
        let reply = self.ask(Method::GET, path, Value::Null).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.json()
    }

    async fn import(&self, body: Value) -> Reply {
        let path = format!("/providers/{}/import", self.panel.provider_id);
        self.ask(Method::POST, &path, body).await
    }

    async fn rules(&self, kinds: &[&str]) {
        let path = format!("/providers/{}", self.panel.provider_id);
        let body = json!({"sync_applies": kinds});
        let done = self.ask(Method::PATCH, &path, body).await;
        assert_eq!(done.json()["sync_applies"], json!(kinds), "{}", done.body);
    }

    /// The provider changes what it sells under this id.
    fn provider_changes(&mut self, id: i64, change: impl FnOnce(&mut ProviderService)) {
        let found = self.sold.iter_mut().find(|one| one.id == 10 + id);
        change(found.unwrap());
        self.list();
    }

    fn provider_drops(&mut self, id: i64) {
        self.sold.retain(|one| one.id != 10 + id);
        self.list();
    }

    /// Reads the catalogue as the schedule does.
    async fn half_an_hour(&self) {
        self.panel.advance(30 * MINUTE);
        self.panel.work().await;
    }

    async fn sync(&self, body: Value) -> Value {
        let path = format!("/providers/{}/sync", self.panel.provider_id);
        let reply = self.ask(Method::POST, &path, body).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.json()
    }

    /// The differences in this state: id, kind, was, became.
    async fn differences(&self, state: &str) -> Vec<(i64, String, String, String)> {
        let path = format!("/sync-differences?state={state}");
        let page = self.get(&path).await;
        let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
        let found = page["differences"].as_array().unwrap().iter();
        found
            .map(|one| {
                let id = one["difference_id"].as_i64().unwrap();
                (id, text(one, "kind"), text(one, "was"), text(one, "became"))
            })
            .collect()
    }

    /// The only open difference.
    async fn open_one(&self) -> (i64, String, String, String) {
        let open = self.differences("open").await;
        assert_eq!(open.len(), 1, "{open:?}");
        open.into_iter().next().unwrap()
    }

    async fn decide(&self, how: &str, id: i64) -> Reply {
        let path = format!("/sync-differences/{how}");
        self.ask(Method::POST, &path, json!({"difference_ids": [id]}))
            .await
    }

    /// What customers see of the service: its rate and limits, if it is listed.
    async fn seen(&self, service: i64) -> Option<(String, String, String)> {
        let list = self.panel.v2(&[("action", "services")]).await.json();
        let found = list.as_array().unwrap().iter();
        let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
        found
            .filter(|one| one["service"] == service)
            .map(|one| (text(one, "rate"), text(one, "min"), text(one, "max")))
            .next()
    }

    async fn rate(&self, service: i64) -> Option<String> {
        self.seen(service).await.map(|(rate, _, _)| rate)
    }

    async fn place(&self, service: i64, quantity: &str) -> Reply {
        let (panel, service) = (&self.panel, service.to_string());
        panel
            .v2(&[
                ("action", "add"),
                ("service", &service),
                ("link", "https://x.test/p"),
                ("quantity", quantity),
            ])
            .await
    }

    async fn pause_of(&self, service: i64) -> Value {
        let path = format!("/services/{service}");
        self.get(&path).await["pause_reason"].clone()
    }
}

/// The first imported service: the four of the harness come before it.
const FIRST: i64 = 5;

#[apply(story)]
async fn what_a_provider_sells_is_imported_with_a_markup_and_delivered() {
    let market = Market::open(vec![
        row(1, "1.00"),
        row(2, "0.000001"),
        row(3, "0"),
        ProviderService {
            service_type: ServiceType::Subscriptions,
            ..row(4, "1")
        },
        ProviderService {
            refill: false,
            category: "Other".to_owned(),
            ..row(6, "2")
        },
    ])
    .await;
    let body = json!({
        "categories": ["Imported"], "provider_services": ["16"], "markup_percent": "10",
        "markup_fixed": "0.05"
    });
    let made = market.import(body.clone()).await.json();
    assert_eq!(made["service_ids"], json!([5, 6, 7]));
    assert_eq!(made["skipped"]["subscriptions"], 2);
    assert_eq!(made["skipped"]["unpriced"], 1);
    assert_eq!(market.rate(5).await.as_deref(), Some("1.15"));
    assert_eq!(market.rate(6).await.as_deref(), Some("0.050002"));
    let first = market.get("/services/5").await;
    assert_eq!(first["refill_days"], "30");
    assert_eq!(first["name"], "Service 1 of the provider");
    assert_eq!(market.get("/services/7").await.get("refill_days"), None);
    // Again: nothing is made, and nothing changes.
    let again = market.import(body).await.json();
    assert_eq!(
        (&again["service_ids"], &again["already_sold"]),
        (&json!([]), &json!(3))
    );
    let order = market.place(5, "1000").await.order();
    market.panel.pass(2 * harness::DELIVERY).await;
    let order = order.to_string();
    let status = market
        .panel
        .v2(&[("action", "status"), ("order", &order)])
        .await;
    assert_eq!(status.json()["status"], "Completed");
    // What it sells is there to choose from.
    let path = format!(
        "/providers/{}/offers?search=PROVIDER&limit=2",
        market.panel.provider_id
    );
    let page = market.get(&path).await;
    assert_eq!(page["services"].as_array().unwrap().len(), 2);
    assert_eq!(page["next_cursor"], "12");
    market.panel.finish().await;
}

#[apply(story)]
async fn a_dearer_provider_is_reported_and_the_price_moves_when_it_is_applied() {
    let mut market = Market::imported(vec![row(1, "1.00")]).await;
    assert_eq!(market.rate(FIRST).await.as_deref(), Some("1.50"));
    market.provider_changes(1, |one| one.rate = Rate::parse("1.10").unwrap());
    market.half_an_hour().await;
    assert_eq!(market.rate(FIRST).await.as_deref(), Some("1.50"));
    // Up again: one difference, from where an operator last saw it.
    market.provider_changes(1, |one| one.rate = Rate::parse("1.15").unwrap());
    market.half_an_hour().await;
    let (id, kind, was, became) = market.open_one().await;
    assert_eq!((&*kind, &*was, &*became), ("dearer", "1.00", "1.15"));
    let service = market.get("/services/5").await;
    assert_eq!(service["offers"][0]["cost"], "1.15");
    market.place(FIRST, "100").await.order();
    let done = market.decide("apply", id).await;
    assert_eq!(done.status, 200, "{}", done.body);
    assert_eq!(market.rate(FIRST).await.as_deref(), Some("1.725"));
    let twice = market.decide("apply", id).await;
    assert_eq!(refused(&twice), (409, "state_conflict".to_owned()));
    // What it was is not a difference any more.
    market.provider_changes(1, |one| one.rate = Rate::parse("1.00").unwrap());
    market.half_an_hour().await;
    let (id, kind, ..) = market.open_one().await;
    assert_eq!(kind, "cheaper");
    assert_eq!(market.decide("dismiss", id).await.status, 200);
    assert_eq!(market.rate(FIRST).await.as_deref(), Some("1.725"));
    assert_eq!(alert_kinds(&market.panel).await, [""; 0]);
    market.panel.finish().await;
}

#[apply(story)]
async fn a_service_below_its_cost_is_paused_at_once_and_sold_again_when_it_is_decided() {
    let mut market = Market::imported(vec![row(1, "1.00"), row(2, "1.00")]).await;
    market.provider_changes(1, |one| one.rate = Rate::parse("2.00").unwrap());
    // Above its cost still, and yet a jump of a quarter.
    market.provider_changes(2, |one| one.rate = Rate::parse("1.25").unwrap());
    market.half_an_hour().await;
    assert_eq!(market.rate(FIRST).await, None);
    assert_eq!(market.pause_of(FIRST).await, "below_cost");
    assert_eq!(market.pause_of(FIRST + 1).await, "cost_jump");
    assert_eq!(
        market.place(FIRST, "100").await.error(),
        "Incorrect service ID"
    );
    assert_eq!(
        alert_kinds(&market.panel).await,
        ["service_paused", "service_paused"]
    );
    let open = market.differences("open").await;
    let kinds: Vec<&str> = open.iter().map(|one| one.1.as_str()).collect();
    assert_eq!(kinds, ["below_cost", "dearer"]);
    market.decide("apply", open[0].0).await;
    market.decide("apply", open[1].0).await;
    assert_eq!(market.rate(FIRST).await.as_deref(), Some("3.00"));
    assert_eq!(market.rate(FIRST + 1).await.as_deref(), Some("1.875"));
    market.place(FIRST, "100").await.order();

    // The provider takes it back by itself: the service waits for somebody.
    market.provider_changes(1, |one| one.rate = Rate::parse("4.00").unwrap());
    market.half_an_hour().await;
    assert_eq!(market.pause_of(FIRST).await, "below_cost");
    market.provider_changes(1, |one| one.rate = Rate::parse("2.00").unwrap());
    market.half_an_hour().await;
    let (id, kind, ..) = market.open_one().await;
    assert_eq!(kind, "returned");
    assert_eq!(market.rate(FIRST).await, None);
    market.decide("apply", id).await;
    assert_eq!(market.rate(FIRST).await.as_deref(), Some("3.00"));
    market.panel.finish().await;
}

#[apply(story)]
async fn what_is_gone_is_paused_and_comes_back_when_it_is_decided() {
    let mut market = Market::imported(vec![row(1, "1.00"), row(2, "1.00")]).await;
    let order = market.place(FIRST, "100").await.order();
    market.panel.work().await;
    let one = market.sold[0].clone();
    market.provider_drops(1);
    market.half_an_hour().await;
    assert_eq!(market.pause_of(FIRST).await, "gone");
    assert_eq!(market.rate(FIRST).await, None);
    let report = &market.get("/sync-reports").await["reports"][0];
    assert_eq!((&report["gone"], &report["listed"]), (&json!(1), &json!(4)));
    // The order that was sent goes on.
    market.panel.pass(HOUR).await;
    let order = order.to_string();
    let status = market
        .panel
        .v2(&[("action", "status"), ("order", &order)])
        .await;
    assert_eq!(status.json()["status"], "Completed");
    let on_sale = json!({"state": "on_sale"});
    let no = market.ask(Method::PATCH, "/services/5", on_sale).await;
    assert_eq!(refused(&no), (409, "state_conflict".to_owned()));

    market.sold.insert(0, one);
    market.list();
    market.half_an_hour().await;
    let (id, kind, ..) = market.open_one().await;
    assert_eq!(kind, "returned");
    assert_eq!(market.rate(FIRST).await, None);
    market.decide("apply", id).await;
    assert_eq!(market.rate(FIRST).await.as_deref(), Some("1.50"));
    // Another type under the same id is not what was sold.
    market.provider_changes(1, |one| one.service_type = ServiceType::Poll);
    market.half_an_hour().await;
    assert_eq!(market.pause_of(FIRST).await, "gone");
    market.panel.finish().await;
}

#[apply(story)]
async fn rules_apply_differences_but_never_a_jump_of_the_cost() {
    let mut market = Market::imported(vec![row(1, "1.00"), row(2, "1.00")]).await;
    market
        .rules(&["cheaper", "dearer", "renamed", "returned"])
        .await;
    market.provider_changes(1, |one| {
        one.rate = Rate::parse("1.20").unwrap();
        one.name = "Better followers".to_owned();
    });
    market.half_an_hour().await;
    assert_eq!(market.rate(FIRST).await.as_deref(), Some("1.80"));
    assert_eq!(market.get("/services/5").await["name"], "Better followers");
    let applied = market.differences("applied").await;
    assert_eq!(applied.len(), 2, "{applied:?}");
    for cost in ["0.50", "1.45"] {
        market.provider_changes(2, |one| one.rate = Rate::parse(cost).unwrap());
        market.half_an_hour().await;
        let price = market.get("/services/6").await["rate"].clone();
        assert_eq!(price, "1.50", "a jump to {cost} is a person's business");
    }
    assert_eq!(market.pause_of(FIRST + 1).await, "cost_jump");
    market.provider_changes(2, |one| one.rate = Rate::parse("1.10").unwrap());
    market.half_an_hour().await;
    // The jump is over: by the rules it is sold again, at the price that goes with its cost.
    assert_eq!(market.rate(FIRST + 1).await.as_deref(), Some("1.65"));
    market.panel.finish().await;
}

#[apply(story)]
async fn a_price_that_was_set_by_hand_is_not_moved() {
    let mut market = Market::imported(vec![row(1, "1.00")]).await;
    market.rules(&["cheaper", "dearer"]).await;
    let by_hand = json!({"rate": "1.60", "name": "Mine"});
    market.ask(Method::PATCH, "/services/5", by_hand).await;
    market.provider_changes(1, |one| {
        one.rate = Rate::parse("1.10").unwrap();
        one.name = "Theirs".to_owned();
    });
    market.half_an_hour().await;
    assert_eq!(market.rate(FIRST).await.as_deref(), Some("1.60"));
    assert_eq!(market.get("/services/5").await["name"], "Mine");
    let (id, kind, ..) = market.open_one().await;
    assert_eq!(kind, "dearer");
    let no = market.decide("apply", id).await;
    assert_eq!(refused(&no), (409, "state_conflict".to_owned()));
    assert!(no.json()["message"].as_str().unwrap().contains("by hand"));
    market.decide("dismiss", id).await;
    assert_eq!(market.rate(FIRST).await.as_deref(), Some("1.60"));
    market.panel.finish().await;
}

#[apply(story)]
async fn narrower_limits_hold_at_once_and_wider_ones_when_they_are_applied() {
    let mut market = Market::imported(vec![row(1, "1.00")]).await;
    market.provider_changes(1, |one| (one.min, one.max) = (100, 5_000));
    market.half_an_hour().await;
    let limits = |min: &str, max: &str| Some(("1.50".to_owned(), min.to_owned(), max.to_owned()));
    assert_eq!(market.seen(FIRST).await, limits("100", "5000"));
    assert_eq!(market.differences("open").await, []);
    assert_eq!(
        market.place(FIRST, "50").await.error(),
        "Quantity less than minimal 100"
    );
    market.provider_changes(1, |one| (one.min, one.max) = (10, 20_000));
    market.half_an_hour().await;
    assert_eq!(market.seen(FIRST).await, limits("100", "5000"));
    let (id, kind, was, became) = market.open_one().await;
    assert_eq!(
        (&*kind, &*was, &*became),
        ("limits", "100 to 5000", "10 to 20000")
    );
    market.decide("apply", id).await;
    assert_eq!(market.seen(FIRST).await, limits("10", "20000"));
    // Nothing that both would take: it is not sold.
    market.provider_changes(1, |one| (one.min, one.max) = (30_000, 40_000));
    market.half_an_hour().await;
    assert_eq!(market.pause_of(FIRST).await, "limits");
    market.panel.finish().await;
}
