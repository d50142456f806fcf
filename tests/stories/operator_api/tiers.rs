//! Rate tiers: what accounts in them see and pay.

use super::*;

/// Makes a tier and puts the panel's customer into it.
async fn in_tier(desk: &Desk, percent: &str) {
    let body = json!({"name": format!("tier {percent}"), "percent": percent});
    let (status, tier) = desk.post("/tiers", body).await;
    assert_eq!(status, 201, "{tier}");
    let change = json!({"tier_id": tier["tier_id"]});
    let (status, account) = desk.does(Method::PATCH, "/accounts/1", change).await;
    assert_eq!((status, &account["tier_id"]), (200, &tier["tier_id"]));
}

/// The rate of service 1 on both faces, and the catalogue's tag.
async fn rates(desk: &Desk) -> (String, String, String) {
    let panel = &desk.panel;
    let v2 = panel.v2(&[("action", "services")]).await.json();
    let v3 = panel
        .ask(&panel.key, Method::GET, "/api/v3/services", None)
        .await;
    let tag = v3.headers["etag"].to_str().unwrap().to_owned();
    let rate = |value: &Value| value["rate"].as_str().unwrap().to_owned();
    (rate(&v2[0]), rate(&v3.json()["services"][0]), tag)
}

#[apply(story)]
async fn a_tier_changes_what_its_accounts_see_and_pay_from_the_next_request_on() {
    let desk = Desk::start().await;
    let panel = &desk.panel;
    let (_, _, plain) = rates(&desk).await;
    let before = panel.order("https://x.test/before", 1000).await;
    in_tier(&desk, "-10").await;
    let (v2, v3, lower) = rates(&desk).await;
    assert_eq!((v2.as_str(), v3.as_str()), ("0.81", "0.81"));
    assert_ne!(plain, lower);
    let discounted = panel.order("https://x.test/a", 1000).await;
    assert_eq!(panel.shown(discounted).await, "Pending 0.81 1000");
    assert_eq!(panel.shown(before).await, "Pending 0.90 1000");

    let change = json!({"percent": "12.50"});
    desk.is_for_operators(Method::PATCH, "/tiers/1", change.clone())
        .await;
    let (status, tier) = desk.does(Method::PATCH, "/tiers/1", change).await;
    assert_eq!(
        (status, &tier["percent"], &tier["accounts"]),
        (200, &json!("12.50"), &json!(1))
    );
    let (v2, v3, higher) = rates(&desk).await;
    assert_eq!((v2.as_str(), v3.as_str()), ("1.0125", "1.0125"));
    assert_ne!(higher, lower);
    // What a client has kept of the other rates is not what it may keep.
    let kept = panel
        .http()
        .get(panel.url.replace("/api/v2", "/api/v3/services"));
    let kept = kept.bearer_auth(&panel.key).header("if-none-match", &lower);
    assert_eq!(panel.send(kept).await.status, 200);
    let dearer = panel.order("https://x.test/b", 1000).await;
    assert_eq!(panel.shown(dearer).await, "Pending 1.0125 1000");

    // Out of it again, and nobody else ever saw it.
    desk.does(Method::PATCH, "/accounts/1", json!({"tier_id": null}))
        .await;
    let (v2, _, again) = rates(&desk).await;
    assert_eq!((v2.as_str(), again), ("0.90", plain));
    let (_, other) = harness::account(&panel.panel, "somebody else", "5").await;
    let listed = panel.v2_as(&other, &[("action", "services")]).await.json();
    assert_eq!(listed[0]["rate"], "0.90");
    panel.pass(2 * harness::DELIVERY).await;
    assert_eq!(panel.balance().await, "97.2775");
    desk.panel.finish().await;
}

#[apply(story)]
async fn a_refund_goes_by_the_rate_that_was_paid() {
    let desk = Desk::start().await;
    in_tier(&desk, "-33.33").await;
    let panel = &desk.panel;
    // 0.90 * 0.6667 = 0.60003
    let order = panel.order("https://x.test/a", 1000).await;
    let cancel = format!("/orders/{order}/cancel");
    let (status, canceled) = desk.post(&cancel, json!({"reason": "asked by mail"})).await;
    assert_eq!((status, &canceled["refunded"]), (200, &json!("0.60003")));
    assert_eq!(canceled["rate"], "0.60003");
    assert_eq!(panel.balance().await, "100.00");
    desk.panel.finish().await;
}

#[apply(story)]
async fn repeating_an_order_after_a_change_of_tier_gives_the_same_order() {
    let desk = Desk::start().await;
    let panel = &desk.panel;
    let fields = [
        ("action", "add"),
        ("service", "1"),
        ("link", "https://x.test/a"),
        ("quantity", "1000"),
        ("request_id", "once"),
    ];
    let order = panel.v2(&fields).await.order();
    in_tier(&desk, "50").await;
    assert_eq!(panel.v2(&fields).await.order(), order);
    assert_eq!(panel.balance().await, "99.10");
    desk.panel.finish().await;
}

#[apply(story)]
async fn the_highest_discount_is_never_free() {
    let desk = Desk::start().await;
    in_tier(&desk, "-99.99").await;
    let cheap = harness::terms(smm_panel_server::protocol::ServiceType::Default, "0.000001");
    let service = desk.panel.service(cheap, Vec::new()).await;
    let order = desk.panel.order_of(service, "https://x.test/a", 1000).await;
    assert_eq!(desk.panel.shown(order).await, "Pending 0.000001 1000");
    desk.panel.finish().await;
}

#[apply(story)]
async fn what_a_tier_cannot_be_is_refused_and_changes_nothing() {
    let desk = Desk::start().await;
    let first = json!({"name": "first", "percent": "1"});
    desk.is_for_operators(Method::POST, "/tiers", first.clone())
        .await;
    let (_, made) = desk.post("/tiers", first).await;
    let deeds = desk.deeds().await;
    for (body, no) in [
        (json!({"name": "first", "percent": "2"}), "409 name_taken -"),
        (
            json!({"name": "a", "percent": "-100"}),
            "422 field_invalid percent",
        ),
        (
            json!({"name": "a", "percent": "1000.01"}),
            "422 field_invalid percent",
        ),
        (
            json!({"name": "a", "percent": "1.005"}),
            "400 request_invalid percent",
        ),
        (
            json!({"name": "a", "percent": "99999"}),
            "400 request_invalid percent",
        ),
        (
            json!({"name": "a", "percent": 5}),
            "400 request_invalid percent",
        ),
        (
            json!({"name": "a", "percent": "1e2"}),
            "400 request_invalid percent",
        ),
        (
            json!({"name": " ", "percent": "1"}),
            "422 field_invalid name",
        ),
        (
            json!({"name": "a", "percent": "1", "rate": "1"}),
            "400 request_invalid rate",
        ),
        (json!({"name": "a"}), "400 request_invalid -"),
    ] {
        assert_eq!(
            desk.no(Method::POST, "/tiers", body.clone()).await,
            no,
            "{body}"
        );
    }
    let other = json!({"percent": "2"});
    let no = desk.no(Method::PATCH, "/tiers/9", other).await;
    assert_eq!(no, "404 object_unknown tier");
    assert_eq!(desk.get("/tiers").await, json!({"tiers": [made]}));
    assert_eq!(desk.deeds().await, deeds);
    desk.panel.finish().await;
}
