//! Anybody's orders: finding, reading, and what is decided of them.

use harness::{DELIVERY, HOUR, MINUTE, account};
use smm_panel_server::demo::provider::Script;

use super::*;

const LIFT: &str = "the second one was a test";

fn says(status: &str, remains: i64) -> Script {
    Script::Says(format!(
        r#"{{"charge":"0","start_count":"5","status":"{status}","remains":"{remains}","currency":"USD"}}"#
    ))
}

/// Two orders on one link, the first of which ended partial while the other was being delivered, so
/// that its refund is withheld. Gives both.
async fn withheld(desk: &Desk) -> (i64, i64) {
    let panel = &desk.panel;
    let order = marked(desk).await;
    panel.pass(2 * MINUTE).await;
    assert_eq!(panel.shown(order.0).await, "Partial 0.90 0");
    order
}

/// The same before the first has ended.
async fn marked(desk: &Desk) -> (i64, i64) {
    let panel = &desk.panel;
    panel.provider.script_next(1, says("Partial", 400));
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    let other = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    (order, other)
}

async fn lifts(desk: &Desk, order: i64) -> (u16, Value) {
    let path = format!("/orders/{order}/lift-overlap");
    desk.post(&path, json!({"reason": LIFT})).await
}

async fn v3(desk: &Desk, path: &str) -> Value {
    let (panel, path) = (&desk.panel, format!("/api/v3{path}"));
    panel.ask(&panel.key, Method::GET, &path, None).await.json()
}

#[apply(story)]
async fn lifting_a_mark_pays_once_what_was_withheld_and_changes_nothing_else() {
    let desk = Desk::start().await;
    let (order, other) = withheld(&desk).await;
    assert_eq!(desk.panel.balance().await, "98.20");
    let path = format!("/orders/{order}/lift-overlap");
    desk.is_for_operators(Method::POST, &path, json!({"reason": LIFT}))
        .await;
    let (status, lifted) = lifts(&desk, order).await;
    assert_eq!(status, 200, "{lifted}");
    assert_eq!(
        (&lifted["paid"], &lifted["refund_id"]),
        (&json!("0.36"), &json!(2))
    );
    assert_eq!(lifted["order"]["overlapping"], false);
    assert_eq!(desk.panel.balance().await, "98.56");
    // "A terminal status never changes, nor do the charge and remains that v2 shows with it."
    assert_eq!(desk.panel.shown(order).await, "Partial 0.90 0");

    let typed = v3(&desk, &format!("/orders/{order}")).await;
    assert_eq!(
        (&typed["refunded"], &typed["remains"]),
        (&json!("0.36"), &json!(400))
    );
    assert_eq!(typed["refund_eligibility"]["reason"], "refunded_remains");
    assert_eq!(
        (&typed["overlapping"], &typed["overlaps"]),
        (&json!(false), &json!([]))
    );
    let feed = v3(&desk, "/refunds").await;
    let paid = &feed["refunds"][1];
    assert_eq!(
        (&paid["reason"], &paid["amount"], &paid["formula"]),
        (
            &json!("overlap_lifted"),
            &json!("0.36"),
            &json!("(400 / 1000) * 0.90")
        )
    );
    let entries = v3(&desk, "/wallet/entries").await;
    let entry = entries["entries"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    assert_eq!(
        (&entry["kind"], &entry["reference"], &entry["amount"]),
        (&json!("order_refund"), &json!("refund:2"), &json!("0.36"))
    );

    let (status, again) = lifts(&desk, order).await;
    assert_eq!((status, &again["code"]), (409, &json!("state_conflict")));
    assert_eq!(desk.panel.balance().await, "98.56");
    let file = desk.get(&format!("/orders/{order}")).await;
    assert_eq!(file["overlaps"][0]["order_id"], other);
    assert!(file["overlaps"][0]["lifted_at"].is_string());
    // The other one's mark is its own.
    let file = desk.get(&format!("/orders/{other}")).await;
    assert!(file["overlaps"][0].get("lifted_at").is_none());
    let kept = "SELECT reason || ' ' || became FROM audit_log WHERE action = 'overlap_lifted'";
    let kept = texts(&desk.panel, kept).await;
    assert_eq!(
        kept,
        [format!(
            r#"{LIFT} {{"overlaps":[],"paid":"0.36","refund_id":2}}"#
        )]
    );
    desk.panel.finish().await;
}

#[apply(story)]
async fn two_operators_who_lift_one_mark_at_once_pay_once() {
    let desk = Desk::start().await;
    let (order, _) = withheld(&desk).await;
    let (one, two) = tokio::join!(lifts(&desk, order), lifts(&desk, order));
    let mut statuses = [one.0, two.0];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "{one:?} {two:?}");
    assert_eq!(desk.panel.balance().await, "98.56");
    desk.panel.finish().await;
}

#[apply(story)]
async fn a_mark_that_is_lifted_before_the_order_ends_withholds_nothing() {
    let desk = Desk::start().await;
    let (order, _) = marked(&desk).await;
    let (status, lifted) = lifts(&desk, order).await;
    assert_eq!((status, &lifted["paid"]), (200, &json!("0.00")));
    assert!(lifted.get("refund_id").is_none());
    desk.panel.pass(2 * MINUTE).await;
    assert_eq!(desk.panel.shown(order).await, "Partial 0.54 400");
    assert_eq!(desk.panel.balance().await, "98.56");
    desk.panel.finish().await;
}

#[apply(story)]
async fn a_completed_order_can_be_refilled_once_its_mark_is_lifted() {
    let desk = Desk::start().await;
    let panel = &desk.panel;
    let order = panel.order("https://x.test/p", 1000).await;
    panel.order("https://x.test/p", 1000).await;
    panel.pass(2 * DELIVERY).await;
    assert_eq!(panel.shown(order).await, "Completed 0.90 0");
    panel.advance(25 * HOUR);
    let ask = async || {
        panel
            .v2(&[("action", "refill"), ("order", &order.to_string())])
            .await
    };
    assert!(ask().await.json().get("error").is_some());
    assert_eq!(lifts(&desk, order).await.0, 200);
    assert_eq!(ask().await.json()["refill"], "1");
    panel.pass(HOUR).await;
    desk.panel.finish().await;
}

#[apply(story)]
async fn what_cannot_be_lifted_is_refused_and_changes_nothing() {
    let desk = Desk::start().await;
    let (order, _) = withheld(&desk).await;
    let lone = desk.panel.order("https://x.test/lone", 1000).await;
    let deeds = desk.deeds().await;
    let path = |order: i64| format!("/orders/{order}/lift-overlap");
    for (path, body, no) in [
        (path(lone), json!({"reason": "x"}), "409 state_conflict -"),
        (path(99), json!({"reason": "x"}), "404 order_unknown -"),
        (
            path(order),
            json!({"reason": ""}),
            "422 field_invalid reason",
        ),
        (path(order), json!({}), "400 request_invalid -"),
        (
            path(order),
            json!({"reason": "x", "amount": "9"}),
            "400 request_invalid amount",
        ),
    ] {
        assert_eq!(
            desk.no(Method::POST, &path, body.clone()).await,
            no,
            "{path} {body}"
        );
    }
    desk.panel
        .sql("UPDATE accounts SET suspended_at_ms = 1 WHERE id = 1")
        .await;
    let no = desk
        .no(Method::POST, &path(order), json!({"reason": "x"}))
        .await;
    assert_eq!(no, "409 state_conflict -");
    desk.panel
        .sql("UPDATE accounts SET suspended_at_ms = NULL WHERE id = 1")
        .await;
    assert_eq!(desk.deeds().await, deeds);
    assert_eq!(desk.panel.balance().await, "97.30");
    assert_eq!(lifts(&desk, order).await.0, 200);
    desk.panel.finish().await;
}

#[apply(story)]
async fn orders_are_found_by_whatever_is_known_of_them() {
    let desk = Desk::start().await;
    let panel = &desk.panel;
    let first = panel
        .order("https://x.test/Some/path?a=1&utm_source=b", 1000)
        .await;
    let package = panel.v2(&[
        ("action", "add"),
        ("service", "3"),
        ("link", "https://x.test/b%c"),
    ]);
    let package = package.await.order();
    panel.work().await;
    let (other, key) = account(&panel.panel, "other", "10").await;
    let fields = [
        ("action", "add"),
        ("service", "1"),
        ("link", "http://X.test/Some/path/?a=1"),
        ("quantity", "100"),
    ];
    let theirs = panel.v2_as(&key, &fields).await.order();
    let at_provider = "SELECT provider_order FROM dispatches WHERE order_id = 1";
    let at_provider = texts(panel, at_provider).await.remove(0);
    for (query, found) in [
        (String::new(), vec![theirs, package, first]),
        (format!("?order_id={package}"), vec![package]),
        (format!("?account_id={other}"), vec![theirs]),
        ("?account_id=1&status=pending".to_owned(), vec![]),
        ("?service_id=3".to_owned(), vec![package]),
        ("?status=pending".to_owned(), vec![theirs]),
        ("?link=SOME%2Fpath".to_owned(), vec![theirs, first]),
        ("?link=b%25c".to_owned(), vec![package]),
        ("?link=b_c".to_owned(), vec![]),
        (
            "?target=x.test%2FSome%2Fpath%3Fa%3D1".to_owned(),
            vec![theirs, first],
        ),
        (format!("?provider_order={at_provider}"), vec![first]),
        ("?provider_order=none%00".to_owned(), vec![]),
        ("?needs_attention=true".to_owned(), vec![]),
    ] {
        let page = desk.get(&format!("/orders{query}")).await;
        let orders = page["orders"].as_array().unwrap().iter();
        let ids: Vec<i64> = orders
            .map(|one| one["order_id"].as_i64().unwrap())
            .collect();
        assert_eq!(ids, found, "{query}");
        assert!(page.get("next_cursor").is_none(), "{query}");
    }
    let page = desk.get("/orders?limit=2").await;
    assert_eq!(page["next_cursor"], package.to_string());
    let page = desk.get(&format!("/orders?limit=2&cursor={package}")).await;
    assert_eq!(page["orders"][0]["order_id"], first);
    let no = ask_as(
        panel,
        &desk.operator,
        Method::GET,
        "/orders?target=%20",
        None,
    )
    .await;
    assert_eq!(refused(&no), (422, "link_bad".to_owned()));
    let no = ask_as(panel, &panel.key, Method::GET, "/orders", None).await;
    assert_eq!(refused(&no), (403, "forbidden".to_owned()));
    desk.panel.finish().await;
}

#[apply(story)]
async fn everything_about_an_order_is_shown_but_the_providers_key() {
    let desk = Desk::start().await;
    let (order, other) = withheld(&desk).await;
    let panel = &desk.panel;
    let (_, key) = account(&panel.panel, "neighbour", "10").await;
    let fields = [
        ("action", "add"),
        ("service", "1"),
        ("link", "https://x.test/p"),
        ("quantity", "100"),
    ];
    let theirs = panel.v2_as(&key, &fields).await.order();
    let reply = ask_as(
        panel,
        &desk.support,
        Method::GET,
        &format!("/orders/{order}"),
        None,
    )
    .await;
    assert!(!reply.body.contains(panel.provider.key()));
    let file = reply.json();
    assert_eq!(file["order"]["account_name"], "reseller");
    assert_eq!(
        (
            &file["order"]["status"],
            &file["order"]["withheld"],
            &file["order"]["remains"]
        ),
        (&json!("partial"), &json!(true), &json!(400))
    );
    assert_eq!(file["dispatches"][0]["state"], "partial");
    assert_eq!(file["dispatches"][0]["provider_name"], "simulated");
    let add = file["exchanges"][0].clone();
    assert_eq!(add["action"], "add");
    assert!(
        add["request"]
            .as_str()
            .unwrap()
            .contains("link=https://x.test/p")
    );
    let timeline = file["timeline"].as_array().unwrap();
    assert!(timeline.iter().any(|event| {
        event["evidence"]
            .as_str()
            .unwrap()
            .contains("accepted by the provider as")
    }));
    assert_eq!(file["refunds"][0]["reason"], "overlapping_order");
    assert_eq!(file["overlaps"][0]["order_id"], other);
    assert_eq!(file["neighbours"][0]["order_id"], theirs);
    assert_eq!(file["neighbours"].as_array().unwrap().len(), 1);
    let missing = ask_as(panel, &desk.operator, Method::GET, "/orders/99", None).await;
    assert_eq!(refused(&missing), (404, "order_unknown".to_owned()));
    desk.panel.finish().await;
}

#[apply(story)]
async fn an_order_is_canceled_for_its_customer_by_the_customers_rules() {
    let desk = Desk::start().await;
    let panel = &desk.panel;
    let waiting = panel.order("https://x.test/a", 1000).await;
    let path = |order: i64| format!("/orders/{order}/cancel");
    let why = json!({"reason": "asked by mail"});
    desk.is_for_operators(Method::POST, &path(waiting), why.clone())
        .await;
    let (status, canceled) = desk.post(&path(waiting), why.clone()).await;
    assert_eq!((status, &canceled["status"]), (200, &json!("canceled")));
    assert_eq!(panel.balance().await, "100.00");
    let timeline = v3(&desk, &format!("/orders/{waiting}")).await["timeline"].clone();
    assert_eq!(timeline[1]["cause"], "decided_by_operator");

    let sent = panel.order("https://x.test/b", 1000).await;
    panel.work().await;
    let (status, asked) = desk.post(&path(sent), why.clone()).await;
    assert_eq!((status, &asked["status"]), (200, &json!("processing")));
    assert!(asked["cancel_requested_at"].is_string());
    panel.pass(MINUTE).await;
    assert_eq!(panel.shown(sent).await.split(' ').next(), Some("Canceled"));

    let done = panel.order("https://x.test/c", 1000).await;
    panel.pass(DELIVERY + MINUTE).await;
    for (path, body, no) in [
        (path(done), why.clone(), "409 order_not_cancelable -"),
        (path(99), why.clone(), "404 order_unknown -"),
        (path(done), json!({}), "400 request_invalid -"),
        (
            path(done),
            json!({"reason": " "}),
            "422 field_invalid reason",
        ),
    ] {
        assert_eq!(desk.no(Method::POST, &path, body).await, no, "{path}");
    }
    let canceled = desk.deeds().await;
    let canceled: Vec<&String> = canceled
        .iter()
        .filter(|d| d.contains("order_canceled"))
        .collect();
    assert_eq!(canceled.len(), 2, "{canceled:?}");
    desk.panel.finish().await;
}

#[apply(story)]
async fn a_start_count_is_set_and_shown() {
    let desk = Desk::start().await;
    let order = desk.panel.order("https://x.test/a", 1000).await;
    let path = format!("/orders/{order}/start-count");
    let count = json!({"start_count": 42});
    desk.is_for_operators(Method::PUT, &path, count.clone())
        .await;
    let (status, set) = desk.does(Method::PUT, &path, count).await;
    assert_eq!((status, &set["start_count"]), (200, &json!(42)));
    assert_eq!(desk.panel.status(order).await["start_count"], "42");
    for (body, no) in [
        (json!({"start_count": -1}), "422 field_invalid start_count"),
        (
            json!({"start_count": 1.5}),
            "400 request_invalid start_count",
        ),
        (
            json!({"start_count": 1, "remains": 0}),
            "400 request_invalid remains",
        ),
    ] {
        assert_eq!(
            desk.no(Method::PUT, &path, body.clone()).await,
            no,
            "{body}"
        );
    }
    let unknown = desk
        .no(
            Method::PUT,
            "/orders/99/start-count",
            json!({"start_count": 1}),
        )
        .await;
    assert_eq!(unknown, "404 order_unknown -");
    desk.panel.finish().await;
}
