//! What only a person can find out.

use harness::{DELIVERY, HOUR, MINUTE};
use smm_panel_server::demo::provider::{Fault, Script};

use super::*;

/// An order whose dispatch is parked: its provider never answered.
pub(super) async fn parked(desk: &Desk, link: &str) -> (i64, i64) {
    let panel = &desk.panel;
    panel
        .provider
        .fail_next("add", Fault::Http(502, String::new()));
    let order = panel.order(link, 1000).await;
    panel.work().await;
    let page = desk.get("/dispatches").await;
    let last = page["dispatches"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    assert_eq!(
        (&last["order_id"], &last["state"]),
        (&order.into(), &json!("parked"))
    );
    (order, last["dispatch_id"].as_i64().unwrap())
}

fn path(dispatch: i64) -> String {
    format!("/dispatches/{dispatch}/resolution")
}

pub(super) fn found(decision: &str) -> Value {
    json!({"decision": decision, "reason": "asked the provider"})
}

#[apply(story)]
async fn a_parked_dispatch_leaves_by_each_of_its_exits() {
    let desk = Desk::start().await;
    let with = |decision, field: &str, value: Value| {
        let mut body = found(decision);
        body[field] = value;
        body
    };
    for (n, (body, shown)) in [
        (found("refund"), "Canceled 0.00 1000"),
        (
            with("send_again", "confirmed", true.into()),
            "Processing 0.90 1000",
        ),
        (
            with("accepted", "provider_order_id", " 4711 ".into()),
            "Processing 0.90 1000",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let (order, dispatch) = parked(&desk, &format!("https://x.test/{n}")).await;
        desk.is_for_operators(Method::POST, &path(dispatch), body.clone())
            .await;
        let (status, resolved) = desk.post(&path(dispatch), body.clone()).await;
        assert_eq!(
            (status, &resolved["dispatch_id"]),
            (200, &dispatch.into()),
            "{resolved}"
        );
        desk.panel.work().await;
        assert_eq!(desk.panel.shown(order).await, shown, "{body}");
        let no = desk
            .no(Method::POST, &path(dispatch), found("refund"))
            .await;
        assert_eq!(no, "409 state_conflict -", "{body}");
        let sql = "SELECT actor || ' ' || action || ' ' || subject || ' ' || reason FROM audit_log \
                   WHERE action = 'dispatch_resolved' ORDER BY id";
        let kept = format!("operator:3 dispatch_resolved dispatch:{dispatch} asked the provider");
        assert_eq!(texts(&desk.panel, sql).await.last(), Some(&kept));
    }
    assert_eq!(desk.get("/dispatches").await, json!({"dispatches": []}));
    desk.panel.finish().await;
}

#[apply(story)]
async fn an_accepted_order_whose_provider_is_gone_ends_by_an_operators_word() {
    let desk = Desk::start().await;
    let service = harness::terms(smm_panel_server::protocol::ServiceType::Default, "0.90");
    let service = desk
        .panel
        .offered(
            service,
            100,
            Script::Deliver {
                over_ms: 1000 * HOUR,
            },
        )
        .await;
    let order = desk.panel.order_of(service, "https://x.test/a", 1000).await;
    desk.panel.work().await;
    assert_eq!(desk.get("/dispatches").await, json!({"dispatches": []}));
    desk.panel.advance(8 * 24 * HOUR);
    let listed = desk.get("/dispatches").await;
    assert_eq!(listed["dispatches"][0]["state"], "accepted");
    let attention = desk.get("/orders?needs_attention=true").await;
    assert_eq!(attention["orders"][0]["order_id"], order);
    let ended = json!({"decision": "ended", "remains": 250, "reason": "it is gone"});
    let (status, resolved) = desk.post(&path(1), ended.clone()).await;
    assert_eq!(status, 200, "{resolved}");
    assert_eq!(desk.panel.shown(order).await, "Partial 0.675 250");
    assert_eq!(
        desk.no(Method::POST, &path(1), ended).await,
        "409 state_conflict -"
    );
    desk.panel.finish().await;
}

#[apply(story)]
async fn dispatches_are_listed_in_pages() {
    let desk = Desk::start().await;
    let (_, first) = parked(&desk, "https://x.test/1").await;
    let (_, second) = parked(&desk, "https://x.test/2").await;
    let page = desk.get("/dispatches?limit=1").await;
    assert_eq!(page["dispatches"][0]["dispatch_id"], first);
    let next = page["next_cursor"].as_str().unwrap();
    let page = desk
        .get(&format!("/dispatches?limit=1&cursor={next}"))
        .await;
    assert_eq!(page["dispatches"][0]["dispatch_id"], second);
    assert!(page.get("next_cursor").is_none());
    desk.panel.finish().await;
}

#[apply(story)]
async fn what_is_no_resolution_is_refused_and_changes_nothing() {
    let desk = Desk::start().await;
    let (order, dispatch) = parked(&desk, "https://x.test/1").await;
    let deeds = desk.deeds().await;
    for (body, no) in [
        (found("accepted"), "422 field_invalid provider_order_id"),
        (
            json!({"decision": "accepted", "provider_order_id": " ", "reason": "r"}),
            "422 field_invalid provider_order_id",
        ),
        (found("send_again"), "422 field_invalid confirmed"),
        (
            json!({"decision": "send_again", "confirmed": false, "reason": "r"}),
            "422 field_invalid confirmed",
        ),
        (found("ended"), "422 field_invalid remains"),
        (
            json!({"decision": "ended", "remains": -1, "reason": "r"}),
            "422 field_invalid remains",
        ),
        (
            json!({"decision": "ended", "remains": 1, "reason": "r"}),
            "409 state_conflict -",
        ),
        (
            json!({"decision": "refund", "remains": 1, "reason": "r"}),
            "422 field_invalid decision",
        ),
        (
            json!({"decision": "refund", "reason": " "}),
            "422 field_invalid reason",
        ),
        (json!({"decision": "refund"}), "400 request_invalid -"),
        (
            json!({"decision": "lost", "reason": "r"}),
            "400 request_invalid decision",
        ),
        (
            json!({"decision": "refund", "reason": "r", "state": "queued"}),
            "400 request_invalid state",
        ),
    ] {
        assert_eq!(
            desk.no(Method::POST, &path(dispatch), body.clone()).await,
            no,
            "{body}"
        );
    }
    let no = desk.no(Method::POST, &path(99), found("refund")).await;
    assert_eq!(no, "404 object_unknown dispatch");
    assert_eq!(desk.panel.shown(order).await, "Pending 0.90 1000");
    assert_eq!(desk.deeds().await, deeds);
    desk.panel.finish().await;
}

#[apply(story)]
async fn a_share_of_a_refill_is_listed_and_resolved() {
    let desk = Desk::start().await;
    let panel = &desk.panel;
    let order = panel.order("https://x.test/a", 1000).await;
    panel.pass(DELIVERY + MINUTE).await;
    assert_eq!(panel.shown(order).await, "Completed 0.90 0");
    panel.advance(25 * HOUR);
    panel
        .provider
        .fail_next("refill", Fault::Http(502, String::new()));
    let refill = panel
        .v2(&[("action", "refill"), ("order", &order.to_string())])
        .await
        .json();
    panel.work().await;
    let listed = desk.get("/refill-dispatches").await;
    let share = listed["refill_dispatches"][0].clone();
    assert_eq!(share["state"], "parked");
    let path = "/refill-dispatches/1/resolution";
    let done = json!({"decision": "ended", "remains": 0, "reason": "seen"});
    desk.is_for_operators(Method::POST, path, done.clone())
        .await;
    let (status, _) = desk.post(path, done.clone()).await;
    assert_eq!(status, 200);
    let id = refill["refill"].as_str().unwrap();
    let status = panel
        .v2(&[("action", "refill_status"), ("refill", id)])
        .await
        .json();
    assert_eq!(status["status"], "Completed");
    assert_eq!(
        desk.no(Method::POST, path, done.clone()).await,
        "409 state_conflict -"
    );
    let unknown = "/refill-dispatches/9/resolution";
    assert_eq!(
        desk.no(Method::POST, unknown, done).await,
        "404 object_unknown refill dispatch"
    );
    let kept = "operator:3 refill_resolved refill_dispatch:1".to_owned();
    assert!(desk.deeds().await.contains(&kept));
    desk.panel.finish().await;
}
