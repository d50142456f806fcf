//! An operator ends every order that has not ended, whatever its service allows its customers.

use harness::{HOUR, MINUTE, START, offer, terms};
use smm_panel_server::demo::provider::Script;
use smm_panel_server::protocol::ServiceType;

use super::*;

impl Desk {
    /// A service whose customers cannot cancel what was sent, and which the provider delivers.
    async fn strict(&self) -> i64 {
        let strict = smm_panel_server::catalog::Terms {
            cancel: false,
            dripfeed: true,
            ..terms(ServiceType::Default, "0.90")
        };
        let offers = vec![offer(self.panel.provider_id, 1, &strict)];
        self.panel.service(strict, offers).await
    }

    async fn ends(&self, order: i64, body: Value) -> Value {
        let (status, json) = self.post(&format!("/orders/{order}/end"), body).await;
        assert_eq!(status, 200, "{json}");
        json
    }

    async fn ends_not(&self, order: i64, body: Value) -> String {
        self.no(Method::POST, &format!("/orders/{order}/end"), body)
            .await
    }
}

fn because() -> Value {
    json!({"reason": "the customer wrote"})
}

fn remain(remains: i64) -> Value {
    json!({"reason": "the provider says so", "remains": remains})
}

/// The states of the dispatches that an ended order waits for.
fn open(ended: &Value) -> Vec<&str> {
    let open = ended["open_dispatches"].as_array().unwrap().iter();
    open.map(|run| run["state"].as_str().unwrap()).collect()
}

#[apply(story)]
async fn what_was_not_sent_ends_at_once_and_is_refunded_whole() {
    let desk = Desk::start().await;
    let panel = &desk.panel;
    let service = desk.strict().await;
    let queued = panel.order_of(service, "https://x.test/queued", 1000).await;
    let path = format!("/orders/{queued}/end");
    desk.is_for_operators(Method::POST, &path, because()).await;
    let ended = desk.ends(queued, because()).await;
    assert_eq!(ended["order"]["status"], "canceled", "{ended}");
    assert_eq!(open(&ended), [""; 0]);
    assert_eq!(panel.shown(queued).await, "Canceled 0.00 1000");
    // One that waits for a review of its account.
    let hold = format!(
        "UPDATE accounts SET held_at_ms = 1 WHERE id = {}",
        panel.account
    );
    panel.sql(&hold).await;
    let held = panel.order_of(service, "https://x.test/held", 1000).await;
    panel.work().await;
    let ended = desk.ends(held, because()).await;
    assert_eq!(ended["order"]["status"], "canceled", "{ended}");
    panel.sql("UPDATE accounts SET held_at_ms = NULL").await;
    panel.pass(HOUR).await;
    assert_eq!(panel.balance().await, "100.00");
    assert_eq!(panel.provider.orders().len(), 0);
    // What has ended never changes.
    assert_eq!(desk.ends_not(held, because()).await, "409 state_conflict -");
    assert_eq!(desk.ends_not(99, because()).await, "404 order_unknown -");
    let deeds = desk.deeds().await;
    let kept = deeds.iter().filter(|deed| deed.contains("order_ended"));
    assert_eq!(kept.count(), 2, "{deeds:?}");
    desk.panel.finish().await;
}

#[apply(story)]
async fn a_drip_feed_ends_between_two_runs_and_while_it_waits_for_an_offer() {
    let desk = Desk::start().await;
    let panel = &desk.panel;
    let service = desk.strict().await;
    panel
        .provider
        .set_script(1, Script::Deliver { over_ms: MINUTE });
    let mut orders = Vec::new();
    for link in ["https://x.test/one", "https://x.test/two"] {
        let fields = [
            ("action", "add"),
            ("service", &*service.to_string()),
            ("link", link),
            ("quantity", "100"),
            ("runs", "3"),
            ("interval", "10"),
        ];
        orders.push(panel.v2(&fields).await.order());
    }
    // The first waits for its next run, and the service of the second loses its offers before.
    panel.work().await;
    let (between, without_offer) = (orders[0], orders[1]);
    let lose = format!(
        "DELETE FROM dispatches WHERE order_id = {without_offer} AND run = 2;
         INSERT INTO missing_runs (order_id, due_at_ms) VALUES ({without_offer}, {});
         DELETE FROM offers WHERE service_id = {service}",
        START.plus_ms(10 * MINUTE).ms()
    );
    for sql in lose.split(';') {
        panel.sql(sql).await;
    }
    panel.pass(5 * MINUTE).await;
    let attention = desk.get("/orders?needs_attention=true").await;
    assert_eq!(attention["orders"][0]["order_id"], without_offer);
    for order in [between, without_offer] {
        let cancel = panel
            .v2(&[("action", "cancel"), ("order", &order.to_string())])
            .await;
        assert!(cancel.body.contains("error"), "{}", cancel.body);
        let ended = desk.ends(order, because()).await;
        assert_eq!(ended["order"]["status"], "partial", "{ended}");
        assert_eq!(open(&ended), [""; 0]);
        assert_eq!(panel.shown(order).await, "Partial 0.09 200");
    }
    panel.pass(HOUR).await;
    assert_eq!(panel.provider.orders().len(), 2);
    assert_eq!(panel.balance().await, "99.82");
    desk.panel.finish().await;
}

#[apply(story)]
async fn what_is_on_its_way_is_not_refunded_before_it_is_known() {
    let desk = Desk::start().await;
    let panel = &desk.panel;
    let service = desk.strict().await;
    let order = panel.order_of(service, "https://x.test/p", 1000).await;
    let lease = START.plus_ms(MINUTE).ms();
    let sending = format!(
        "UPDATE dispatches SET state = 'sending', attempt = 1, lease_until_ms = {lease} \
         WHERE order_id = {order}"
    );
    panel.sql(&sending).await;
    let ended = desk.ends(order, because()).await;
    assert_eq!(open(&ended), ["sending"]);
    assert_eq!(panel.shown(order).await, "Pending 0.90 1000");
    for remains in [0, 1000] {
        let no = desk.ends_not(order, remain(remains)).await;
        assert_eq!(no, "409 state_conflict -");
    }
    assert_eq!(panel.balance().await, "99.10");
    // A request that is being repeated may arrive too.
    let repeated = format!(
        "UPDATE dispatches SET state = 'unknown', lease_until_ms = NULL, unknown_at_ms = {}, \
         due_at_ms = {lease} WHERE order_id = {order}",
        START.ms()
    );
    panel.sql(&repeated).await;
    let no = desk.ends_not(order, remain(1000)).await;
    assert_eq!(no, "409 state_conflict -");
    panel.advance(MINUTE);
    assert_eq!(open(&desk.ends(order, because()).await), ["unknown"]);
    // Nothing shows that anything was delivered.
    assert_eq!(
        desk.ends_not(order, remain(999)).await,
        "409 state_conflict -"
    );
    let ended = desk.ends(order, remain(1000)).await;
    assert_eq!(ended["order"]["status"], "failed", "{ended}");
    assert_eq!(panel.balance().await, "100.00");
    panel.pass(HOUR).await;
    assert_eq!(panel.provider.orders().len(), 0);
    desk.panel.finish().await;
}

#[apply(story)]
async fn what_is_parked_is_decided_by_its_dispatch_or_by_what_the_operator_states() {
    let desk = Desk::start().await;
    let panel = &desk.panel;
    let service = desk.strict().await;
    let mut orders = Vec::new();
    for n in 1..=3 {
        panel.provider.script_next(1, Script::AcceptThenHtml502);
        let link = format!("https://x.test/{n}");
        orders.push(panel.order_of(service, &link, 1000).await);
        panel.work().await;
        panel.advance(MINUTE + 1);
    }
    for &order in &orders {
        assert_eq!(open(&desk.ends(order, because()).await), ["parked"]);
        assert_eq!(panel.shown(order).await, "Pending 0.90 1000");
    }
    let dispatches = desk.get("/dispatches").await;
    let run = |n: usize| dispatches["dispatches"][n]["dispatch_id"].as_i64().unwrap();
    // One by one: it was not taken.
    let resolve = format!("/dispatches/{}/resolution", run(0));
    let refund = json!({"decision": "refund", "reason": "asked them"});
    assert_eq!(desk.post(&resolve, refund).await.0, 200);
    assert_eq!(panel.shown(orders[0]).await, "Canceled 0.00 1000");
    // By a statement: it was not taken either.
    let ended = desk.ends(orders[1], remain(1000)).await;
    assert_eq!(ended["order"]["status"], "failed", "{ended}");
    // It was taken, and its id is known: then a part of it may have been delivered.
    let no = desk.ends_not(orders[2], remain(250)).await;
    assert_eq!(no, "409 state_conflict -");
    let resolve = format!("/dispatches/{}/resolution", run(2));
    let id = panel.provider.orders()[2].id.to_string();
    let accepted = json!({"decision": "accepted", "provider_order_id": id, "reason": "asked them"});
    assert_eq!(desk.post(&resolve, accepted).await.0, 200);
    let ended = desk.ends(orders[2], remain(250)).await;
    assert_eq!(ended["order"]["status"], "partial", "{ended}");
    assert_eq!(panel.shown(orders[2]).await, "Partial 0.675 250");
    assert_eq!(panel.balance().await, "99.325");
    panel.pass(HOUR).await;
    assert_eq!(panel.shown(orders[2]).await, "Partial 0.675 250");
    desk.panel.finish().await;
}

#[apply(story)]
async fn what_a_provider_delivers_is_ended_there_or_by_what_the_operator_states() {
    let desk = Desk::start().await;
    let panel = &desk.panel;
    let service = desk.strict().await;
    let asked = panel.order_of(service, "https://x.test/asked", 1000).await;
    let stated = panel.order_of(service, "https://x.test/stated", 1000).await;
    panel.work().await;
    // Its service takes no cancel of its customers, and yet its provider is asked.
    let ended = desk.ends(asked, because()).await;
    assert_eq!(open(&ended), ["accepted"]);
    panel.pass(2 * MINUTE).await;
    assert_eq!(panel.shown(asked).await, "Canceled 0.00 1000");
    for remains in [-1, 1001] {
        let no = desk.ends_not(stated, remain(remains)).await;
        assert_eq!(no, "409 state_conflict -", "{remains}");
    }
    let ended = desk.ends(stated, remain(400)).await;
    assert_eq!(ended["order"]["status"], "partial", "{ended}");
    assert_eq!(panel.shown(stated).await, "Partial 0.54 400");
    let whole = panel.order_of(service, "https://x.test/whole", 1000).await;
    let none = panel.order_of(service, "https://x.test/none", 1000).await;
    panel.work().await;
    desk.ends(whole, remain(0)).await;
    desk.ends(none, remain(1000)).await;
    assert_eq!(panel.shown(whole).await, "Completed 0.90 0");
    assert_eq!(panel.shown(none).await, "Canceled 0.00 1000");
    panel.pass(HOUR).await;
    assert_eq!(panel.shown(stated).await, "Partial 0.54 400");
    assert_eq!(panel.balance().await, "98.56");
    desk.panel.finish().await;
}

#[apply(story)]
async fn a_drip_feed_with_runs_in_several_states_ends_by_one_statement() {
    let desk = Desk::start().await;
    let panel = &desk.panel;
    let service = desk.strict().await;
    let fields = [
        ("action", "add"),
        ("service", &*service.to_string()),
        ("link", "https://x.test/p"),
        ("quantity", "100"),
        ("runs", "4"),
        ("interval", "10"),
    ];
    let order = panel.v2(&fields).await.order();
    // The first is delivered, the second is under way, the third is queued, the fourth not written.
    panel.pass(15 * MINUTE).await;
    let states = format!("SELECT state FROM dispatches WHERE order_id = {order} ORDER BY run");
    assert_eq!(
        texts(panel, &states).await,
        ["completed", "accepted", "queued"]
    );
    for remains in [199, 301] {
        let no = desk.ends_not(order, remain(remains)).await;
        assert_eq!(no, "409 state_conflict -", "{remains}");
    }
    let ended = desk.ends(order, remain(230)).await;
    assert_eq!(ended["order"]["status"], "partial", "{ended}");
    assert_eq!(
        texts(panel, &states).await,
        ["completed", "partial", "canceled"]
    );
    assert_eq!(panel.shown(order).await, "Partial 0.153 230");
    panel.pass(HOUR).await;
    assert_eq!(panel.provider.orders().len(), 2);
    desk.panel.finish().await;
}

#[apply(story)]
async fn what_a_person_delivers_ends_at_once_before_it_is_begun_and_by_a_statement_after() {
    let desk = Desk::start().await;
    let panel = &desk.panel;
    let manual = terms(ServiceType::Default, "0.90");
    let service = panel.service(manual, Vec::new()).await;
    let waiting = panel.order_of(service, "https://x.test/a", 1000).await;
    let begun = panel.order_of(service, "https://x.test/b", 1000).await;
    let done = panel.order_of(service, "https://x.test/c", 1000).await;
    for order in [begun, done] {
        let path = format!("/manual-orders/{order}/progress");
        let body = json!({"status": "in_progress"});
        assert_eq!(desk.post(&path, body).await.0, 200);
    }
    desk.ends(waiting, because()).await;
    assert_eq!(panel.shown(waiting).await, "Canceled 0.00 1000");
    assert_eq!(
        desk.ends_not(begun, because()).await,
        "409 state_conflict -"
    );
    assert_eq!(
        desk.ends_not(begun, remain(1001)).await,
        "422 field_invalid remains"
    );
    desk.ends(begun, remain(400)).await;
    desk.ends(done, remain(0)).await;
    assert_eq!(panel.shown(begun).await, "Partial 0.54 400");
    assert_eq!(panel.shown(done).await, "Completed 0.90 0");
    assert_eq!(panel.balance().await, "98.56");
    for (body, no) in [
        (json!({}), "400 request_invalid -"),
        (json!({"reason": ""}), "422 field_invalid reason"),
        (
            json!({"reason": "x", "charge": "0"}),
            "400 request_invalid charge",
        ),
    ] {
        assert_eq!(desk.ends_not(done, body.clone()).await, no, "{body}");
    }
    desk.panel.finish().await;
}
