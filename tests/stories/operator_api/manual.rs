//! Orders that are delivered by hand.

use harness::{HOUR, MINUTE, terms};
use smm_panel_server::protocol::ServiceType;

use super::*;

/// A manual service and an order of 1000 units for 0.90 USD.
async fn with_an_order(desk: &Desk) -> (i64, i64) {
    let service = desk
        .panel
        .service(terms(ServiceType::Default, "0.90"), Vec::new())
        .await;
    let order = desk.panel.order_of(service, "https://x.test/m", 1000).await;
    (service, order)
}

fn path(order: i64) -> String {
    format!("/manual-orders/{order}/progress")
}

async fn writes(desk: &Desk, order: i64, body: Value) -> Value {
    let (status, json) = desk.post(&path(order), body).await;
    assert_eq!(status, 200, "{json}");
    json
}

#[apply(story)]
async fn the_work_is_listed_oldest_first_and_by_service() {
    let desk = Desk::start().await;
    let (service, first) = with_an_order(&desk).await;
    let (_, second) = with_an_order(&desk).await;
    let third = desk.panel.order_of(service, "https://x.test/n", 1000).await;
    desk.panel
        .order(
            "https://x.test/of a provider".replace(' ', "-").as_str(),
            1000,
        )
        .await;
    let ids = |page: Value| -> Vec<i64> {
        let orders = page["orders"].as_array().unwrap().iter();
        orders
            .map(|order| order["order_id"].as_i64().unwrap())
            .collect()
    };
    assert_eq!(
        ids(desk.get("/manual-orders").await),
        [first, second, third]
    );
    let of_service = format!("/manual-orders?service_id={service}&limit=1");
    let page = desk.get(&of_service).await;
    let next = page["next_cursor"].as_str().unwrap().to_owned();
    assert_eq!(ids(page), [first]);
    let rest = desk.get(&format!("{of_service}&cursor={next}")).await;
    assert_eq!(ids(rest), [third]);
    writes(&desk, first, json!({"status": "completed"})).await;
    assert_eq!(ids(desk.get("/manual-orders").await), [second, third]);
    desk.panel.finish().await;
}

#[apply(story)]
async fn a_manual_order_is_begun_and_delivered_in_part_and_refunded_by_the_formula() {
    let desk = Desk::start().await;
    let (_, order) = with_an_order(&desk).await;
    let begin = json!({"status": "in_progress", "start_count": 17});
    desk.is_for_operators(Method::POST, &path(order), begin.clone())
        .await;
    assert_eq!(desk.panel.shown(order).await, "Pending 0.90 1000");
    let begun = writes(&desk, order, begin).await;
    assert_eq!(
        (&begun["status"], &begun["start_count"]),
        (&json!("in_progress"), &json!(17))
    );
    writes(
        &desk,
        order,
        json!({"status": "in_progress", "remains": 700}),
    )
    .await;
    assert_eq!(desk.panel.shown(order).await, "In progress 0.90 700");
    desk.panel.pass(MINUTE).await;
    let ended = json!({"status": "partial", "remains": 400, "reason": "no more to give"});
    let ended = writes(&desk, order, ended).await;
    assert_eq!(
        (&ended["status"], &ended["refunded"]),
        (&json!("partial"), &json!("0.36"))
    );
    assert_eq!(desk.panel.shown(order).await, "Partial 0.54 400");
    assert_eq!(desk.panel.status(order).await["start_count"], "17");
    assert_eq!(desk.panel.balance().await, "99.46");
    for again in ["in_progress", "completed", "canceled"] {
        let no = desk
            .no(Method::POST, &path(order), json!({"status": again}))
            .await;
        assert_eq!(no, "409 state_conflict -", "{again}");
    }
    assert_eq!(desk.panel.balance().await, "99.46");
    let sql =
        "SELECT action || ' ' || was || ' ' || became FROM audit_log WHERE reason IS NOT NULL";
    let kept = texts(&desk.panel, sql).await;
    let last = r#"order_changed {"status":"in_progress","remains":700,"start_count":17} {"status":"partial","remains":400,"start_count":17}"#;
    assert_eq!(kept.last().map(String::as_str), Some(last));
    desk.panel.finish().await;
}

#[apply(story)]
async fn each_end_of_a_manual_order_gives_back_what_the_policy_says() {
    let desk = Desk::start().await;
    for (body, shown) in [
        (json!({"status": "completed"}), "Completed 0.90 0"),
        (json!({"status": "canceled"}), "Canceled 0.00 1000"),
        (json!({"status": "partial", "remains": 0}), "Partial 0.90 0"),
        (
            json!({"status": "partial", "remains": 1}),
            "Partial 0.8991 1",
        ),
        (
            json!({"status": "partial", "remains": 1000}),
            "Canceled 0.00 1000",
        ),
    ] {
        let (_, order) = with_an_order(&desk).await;
        writes(&desk, order, body.clone()).await;
        assert_eq!(desk.panel.shown(order).await, shown, "{body}");
    }
    desk.panel.finish().await;
}

#[apply(story)]
async fn a_customer_cancels_at_once_what_was_not_begun_and_asks_for_the_rest() {
    let desk = Desk::start().await;
    let (_, waiting) = with_an_order(&desk).await;
    let (_, begun) = with_an_order(&desk).await;
    writes(
        &desk,
        begun,
        json!({"status": "in_progress", "remains": 600}),
    )
    .await;
    let orders = format!("{waiting},{begun}");
    desk.panel
        .v2(&[("action", "cancel"), ("orders", &orders)])
        .await;
    assert_eq!(desk.panel.shown(waiting).await, "Canceled 0.00 1000");
    assert_eq!(desk.panel.shown(begun).await, "In progress 0.90 600");
    let page = desk.get("/manual-orders").await;
    assert!(page["orders"][0]["cancel_requested_at"].is_string());
    let attention = desk.get("/orders?needs_attention=true").await;
    assert_eq!(attention["orders"][0]["order_id"], begun);
    writes(&desk, begun, json!({"status": "partial", "remains": 600})).await;
    assert_eq!(desk.panel.shown(begun).await, "Partial 0.36 600");
    desk.panel.pass(HOUR).await;
    desk.panel.finish().await;
}

#[apply(story)]
async fn what_is_no_progress_is_refused_and_changes_nothing() {
    let desk = Desk::start().await;
    let (_, order) = with_an_order(&desk).await;
    let sent = desk.panel.order("https://x.test/a", 1000).await;
    let deeds = desk.deeds().await;
    for (body, no) in [
        (json!({"status": "partial"}), "422 field_invalid remains"),
        (
            json!({"status": "partial", "remains": -1}),
            "422 field_invalid remains",
        ),
        (
            json!({"status": "partial", "remains": 1001}),
            "422 field_invalid remains",
        ),
        (
            json!({"status": "in_progress", "remains": 1001}),
            "422 field_invalid remains",
        ),
        (
            json!({"status": "completed", "remains": 0}),
            "422 field_invalid remains",
        ),
        (
            json!({"status": "completed", "start_count": -1}),
            "422 field_invalid start_count",
        ),
        (
            json!({"status": "completed", "reason": ""}),
            "422 field_invalid reason",
        ),
        (json!({"status": "failed"}), "400 request_invalid status"),
        (
            json!({"status": "completed", "charge": "0"}),
            "400 request_invalid charge",
        ),
        (
            json!({"status": "completed", "refunded_nano": 0}),
            "400 request_invalid refunded_nano",
        ),
        (json!({}), "400 request_invalid -"),
    ] {
        assert_eq!(
            desk.no(Method::POST, &path(order), body.clone()).await,
            no,
            "{body}"
        );
    }
    let completed = json!({"status": "completed"});
    let no = desk.no(Method::POST, &path(sent), completed.clone()).await;
    assert_eq!(no, "409 state_conflict -");
    assert_eq!(
        desk.no(Method::POST, &path(99), completed).await,
        "404 order_unknown -"
    );
    assert_eq!(desk.panel.shown(order).await, "Pending 0.90 1000");
    assert_eq!(desk.panel.shown(sent).await, "Pending 0.90 1000");
    assert_eq!(desk.deeds().await, deeds);
    desk.panel.finish().await;
}

#[apply(story)]
async fn two_operators_who_end_an_order_at_once_end_it_once() {
    let desk = Desk::start().await;
    for _ in 0..3 {
        let (_, order) = with_an_order(&desk).await;
        let path = path(order);
        let (one, two) = tokio::join!(
            desk.post(&path, json!({"status": "canceled"})),
            desk.post(&path, json!({"status": "partial", "remains": 500}))
        );
        let mut statuses = [one.0, two.0];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "{one:?} {two:?}");
    }
    desk.panel.finish().await;
}

#[apply(story)]
async fn a_refill_of_a_manual_order_is_ended_by_an_operator() {
    let desk = Desk::start().await;
    let panel = &desk.panel;
    let (_, order) = with_an_order(&desk).await;
    writes(&desk, order, json!({"status": "completed"})).await;
    let id = order.to_string();
    for (n, (done, shown)) in [(true, "Completed"), (false, "Rejected")]
        .into_iter()
        .enumerate()
    {
        panel.advance(25 * HOUR);
        let refill = panel
            .v2(&[("action", "refill"), ("order", &id)])
            .await
            .json();
        let refill = refill["refill"].as_str().unwrap().to_owned();
        assert_eq!(refill, (n + 1).to_string());
        panel.pass(MINUTE).await;
        let listed = desk.get("/manual-refills").await;
        assert_eq!(listed["refills"][0]["order_id"], order);
        let path = format!("/manual-refills/{refill}/end");
        let end = json!({"done": done, "reason": "looked"});
        desk.is_for_operators(Method::POST, &path, end.clone())
            .await;
        let (status, ended) = desk.post(&path, end.clone()).await;
        assert_eq!(status, 200, "{ended}");
        let status = [("action", "refill_status"), ("refill", &*refill)];
        assert_eq!(panel.v2(&status).await.json()["status"], shown);
        assert_eq!(
            desk.no(Method::POST, &path, end.clone()).await,
            "409 state_conflict -"
        );
        for (path, body, no) in [
            ("/manual-refills/99/end", end, "404 refill_unknown -"),
            (
                &path,
                json!({"done": true, "reason": ""}),
                "422 field_invalid reason",
            ),
            (&path, json!({"done": true}), "400 request_invalid -"),
        ] {
            assert_eq!(desk.no(Method::POST, path, body).await, no, "{path}");
        }
    }
    assert_eq!(desk.get("/manual-refills").await, json!({"refills": []}));
    desk.panel.finish().await;
}
