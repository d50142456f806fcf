//! What each class does with the orders that wait, and which orders it does not touch.

use harness::{ANYWHERE, connect, offer, provided, terms};
use smm_panel_server::actor::Actor;
use smm_panel_server::demo::provider::SimulatedProvider;
use smm_panel_server::protocol::ServiceType;
use smm_panel_server::suspensions;

use super::*;

/// A panel whose service 5 is sold by two providers, one after the other.
async fn with_two_providers() -> (Book, SimulatedProvider, i64) {
    let panel = TestPanel::start().await;
    let terms = terms(ServiceType::Default, "0.90");
    let other = SimulatedProvider::start(panel.clock.clone(), ANYWHERE)
        .await
        .unwrap();
    let second = connect(&panel.panel, "second", &other).await;
    other.set_services(vec![provided(1, &terms)]);
    let offers = vec![
        offer(panel.provider_id, 1, &terms),
        offer(second, 1, &terms),
    ];
    let service = panel.service(terms, offers).await;
    (Book::of(panel).await, other, service)
}

fn says(sentence: &str) -> Script {
    Script::AddSays {
        status: 200,
        body: json!({"error": sentence}).to_string(),
        record: false,
    }
}

#[apply(story)]
async fn an_orders_own_fault_goes_to_the_next_provider() {
    let (book, other, service) = with_two_providers().await;
    book.panel.provider.script_next(1, says(NEW));
    let order = book.panel.order_of(service, "https://x.test/a", 1000).await;
    book.panel.work().await;
    let phrase = book.the_phrase().await;
    let shown = book.get(&format!("/phrases/{phrase}")).await;
    assert_eq!(shown["classes"][0]["class"], "order_fault");
    assert_eq!(shown["classes"][0]["outlook"]["next_provider"], 1);
    book.sort_at_once(phrase, "order_fault", 1).await;
    assert_eq!(book.shown(order).await, "Processing 0.90 1000");
    assert_eq!(other.times_accepted("https://x.test/a"), 1);
    assert_eq!(book.panel.provider.times_accepted("https://x.test/a"), 0);
    book.panel.finish().await;
    other.stop().await;
}

#[apply(story)]
async fn a_providers_own_sorting_outranks_the_one_for_all() {
    let (book, other, service) = with_two_providers().await;
    book.panel.provider.script_next(1, says(NEW));
    other.script_next(1, says(NEW));
    let order = book.panel.order_of(service, "https://x.test/a", 1000).await;
    book.panel.work().await;
    let first = book.the_phrase().await;
    book.sort_at_once(first, "order_fault", 1).await;
    // It waits at the second provider now, where nobody has sorted the sentence.
    assert_eq!(book.shown(order).await, "Pending 0.90 1000");
    let second = book.the_phrase().await;
    assert_ne!(first, second);
    let body = json!({"class": "our_funds", "for_all": true, "reason": "r", "orders": 1});
    let decision = book.done(&format!("/phrases/{second}/sorting"), body).await;
    assert!(decision.get("provider_id").is_none(), "{decision}");
    book.panel.work().await;
    assert_eq!(book.shown(order).await, "Processing 0.90 1000");
    assert_eq!(other.times_accepted("https://x.test/a"), 1);
    let known = book.get("/phrases").await;
    let meanings: Vec<String> = known["phrases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            format!(
                "{} {}",
                one["class"].as_str().unwrap(),
                one["origin"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        meanings,
        ["order_fault provider", "our_funds all", "our_funds all"]
    );
    let unsorted = book.get("/phrases?unsorted=true").await;
    assert_eq!(unsorted, json!({"phrases": []}));
    book.panel.finish().await;
    other.stop().await;
}

#[apply(story)]
async fn what_waits_for_the_link_waits_there() {
    let book = Book::start().await;
    let orders = book.waiting(1).await;
    let phrase = book.the_phrase().await;
    book.sort_at_once(phrase, "wait_for_link", 1).await;
    let sql = "SELECT state || ' ' || CASE WHEN waits_for_link IS NULL THEN 'free' ELSE 'waits' END \
               FROM dispatches";
    assert_eq!(texts(&book.panel, sql).await, ["queued waits"]);
    assert_eq!(book.adds(), 1);
    book.panel.advance(10 * harness::MINUTE);
    book.panel.work().await;
    assert_eq!(book.shown(orders[0]).await, "Processing 0.90 1000");
    book.panel.finish().await;
}

#[apply(story)]
async fn a_canceled_order_ends_instead_of_being_sent() {
    let book = Book::start().await;
    let orders = book.waiting(2).await;
    let order = orders[0].to_string();
    let view = async |order: &str| {
        let path = format!("/api/v3/orders/{order}");
        let reply = book
            .panel
            .ask(&book.panel.key, Method::GET, &path, None)
            .await;
        reply.json()
    };
    let told = view(&order).await;
    assert_eq!(told["status"], "pending");
    assert_eq!(
        told["awaiting_provider_since"], "2026-11-01T00:00:00.000Z",
        "{told}"
    );
    let asked = book
        .panel
        .v2(&[("action", "cancel"), ("orders", &order)])
        .await;
    assert_eq!(asked.json()[0]["cancel"], 1, "{}", asked.body);
    assert_eq!(
        book.shown(orders[0]).await,
        "Pending 0.90 1000",
        "it is kept"
    );
    let phrase = book.the_phrase().await;
    let shown = book.get(&format!("/phrases/{phrase}")).await;
    assert_eq!(shown["waiting"]["canceled"], 1);
    let funds = &shown["classes"][2];
    assert_eq!(funds["class"], "our_funds");
    assert_eq!(
        (
            &funds["outlook"]["canceled"],
            &funds["outlook"]["sent_again"]
        ),
        (&json!(1), &json!(1))
    );
    book.sort_at_once(phrase, "our_funds", 2).await;
    assert_eq!(book.shown(orders[0]).await, "Canceled 0.00 1000");
    assert_eq!(book.shown(orders[1]).await, "Processing 0.90 1000");
    assert_eq!(book.adds(), 3);
    let told = view(&order).await;
    assert!(told.get("awaiting_provider_since").is_none(), "{told}");
    let last = told["timeline"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["cause"], "canceled_by_customer");
    book.panel.finish().await;
}

#[apply(story)]
async fn an_order_of_a_suspended_account_ends_instead_of_being_sent() {
    let book = Book::start().await;
    let orders = book.waiting(1).await;
    let panel = &book.panel.panel;
    suspensions::suspend(panel, &Actor::command(), book.panel.account, "stolen cards")
        .await
        .unwrap();
    book.panel.work().await;
    let phrase = book.the_phrase().await;
    book.sort_at_once(phrase, "our_account", 1).await;
    assert_eq!(book.adds(), 1, "it is not sent");
    let sql = format!("SELECT status FROM orders WHERE id = {}", orders[0]);
    assert_eq!(texts(&book.panel, &sql).await, ["canceled"]);
    assert_eq!(last_cause(&book, orders[0]).await, "account_suspended");
    book.panel.finish().await;
}

#[apply(story)]
async fn an_order_that_an_operator_ended_is_not_told_to_be_canceled_by_its_customer() {
    let book = Book::start().await;
    let orders = book.waiting(1).await;
    let path = format!("/orders/{}/end", orders[0]);
    let ended = book.done(&path, json!({"reason": "they wrote"})).await;
    assert_eq!(ended["open_dispatches"][0]["state"], "parked", "{ended}");
    let phrase = book.the_phrase().await;
    book.sort_at_once(phrase, "our_funds", 1).await;
    assert_eq!(book.adds(), 1, "it is not sent");
    assert_eq!(book.shown(orders[0]).await, "Canceled 0.00 1000");
    assert_eq!(last_cause(&book, orders[0]).await, "decided_by_operator");
    book.panel.finish().await;
}

/// Why the order has the status that it has.
async fn last_cause(book: &Book, order: i64) -> String {
    let sql =
        format!("SELECT cause FROM order_events WHERE order_id = {order} ORDER BY id DESC LIMIT 1");
    texts(&book.panel, &sql).await.remove(0)
}

#[apply(story)]
async fn only_what_waits_on_that_sentence_alone_is_decided() {
    let book = Book::start().await;
    let other = book
        .answered("https://x.test/other", "Another sentence nobody knows")
        .await;
    let lost = {
        let fault = smm_panel_server::demo::provider::Fault::Http(502, String::new());
        book.panel.provider.fail_next("add", fault);
        let order = book.panel.order("https://x.test/lost", 1000).await;
        book.panel.work().await;
        order
    };
    let named = book.answered("https://x.test/named", NEW).await;
    let sql = format!("UPDATE dispatches SET seen_order = '77' WHERE order_id = {named}");
    book.panel.sql(&sql).await;
    let alone = book.answered("https://x.test/alone", NEW).await;
    let items = book.work_items().await;
    assert_eq!(items.len(), 2, "{items:?}");
    let phrase = &items
        .iter()
        .find(|item| item["waiting"]["orders"] == 2)
        .unwrap()["phrase"];
    book.sort_at_once(phrase["phrase_id"].as_i64().unwrap(), "order_fault", 2)
        .await;
    assert_eq!(book.shown(alone).await, "Canceled 0.00 1000");
    for order in [other, lost, named] {
        assert_eq!(book.shown(order).await, "Pending 0.90 1000");
    }
    book.panel.finish().await;
}
