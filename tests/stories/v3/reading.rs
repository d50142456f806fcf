//! Reading one order: what it says while it goes on, and how it ended.

use harness::{DELIVERY, MINUTE, TestPanel, account, terms};
use reqwest::Method;
use serde_json::json;
use smm_panel_server::demo::provider::Script;
use smm_panel_server::protocol::ServiceType;

use super::{LINK, ask, ask_as, get, place, refused};

async fn partial_service(panel: &TestPanel) -> i64 {
    let script = Script::Partial {
        over_ms: DELIVERY,
        delivered_percent: 60,
    };
    panel
        .offered(terms(ServiceType::Default, "0.90"), 50, script)
        .await
}

#[apply(story)]
async fn a_partial_order_tells_its_story_and_its_refund_by_the_formula() {
    let panel = TestPanel::start().await;
    let service = partial_service(&panel).await;
    let order = panel.order_of(service, LINK, 1000).await;
    let open = get(&panel, &format!("/api/v3/orders/{order}")).await;
    assert_eq!(open["status"], "pending");
    assert_eq!(open["refund_eligibility"]["eligible"], true);
    assert_eq!(open["refund_eligibility"]["reason"], "open");
    assert_eq!(open["timeline"].as_array().unwrap().len(), 1);

    panel.pass(2 * DELIVERY).await;
    let ended = get(&panel, &format!("/api/v3/orders/{order}")).await;
    assert_eq!(ended["status"], "partial");
    assert_eq!(ended["charge"], "0.90");
    assert_eq!(ended["refunded"], "0.36");
    assert_eq!(ended["remains"], 400);
    assert_eq!(ended["total_quantity"], 1000);
    assert_eq!(ended["refund_eligibility"]["reason"], "refunded_remains");
    let told: Vec<String> = ended["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| format!("{} {}", event["status"], event["cause"]).replace('"', ""))
        .collect();
    assert_eq!(
        told,
        [
            "pending placed",
            "processing accepted",
            "in_progress reported",
            "partial reported"
        ]
    );
    // What the provider charged is the operator's business.
    let whole = ended.to_string();
    assert!(
        !whole.contains("charge=") && !whole.contains("0.30"),
        "{whole}"
    );

    let refunds = get(&panel, &format!("/api/v3/orders/{order}/refunds")).await;
    let refund = &refunds["refunds"][0];
    assert_eq!(refund["reason"], "partial");
    assert_eq!(refund["formula"], "(400 / 1000) * 0.90");
    assert_eq!(refund["formula_result"], "0.36");
    assert_eq!(refund["amount"], "0.36");
    assert!(refund["transaction_id"].as_i64().unwrap() > 0);
    assert_eq!(
        get(&panel, "/api/v3/wallet").await,
        json!({"balance": "99.46", "held": "0.00", "currency": "USD"})
    );
    panel.finish().await;
}

#[apply(story)]
async fn a_withheld_refund_says_so_with_the_true_remains() {
    let panel = TestPanel::start().await;
    let service = partial_service(&panel).await;
    let one = panel.order_of(service, LINK, 1000).await;
    let two = panel
        .order_of(service, "instagram.com/p/one?utm_source=x", 1000)
        .await;
    let open = get(&panel, &format!("/api/v3/orders/{two}")).await;
    assert_eq!(open["overlapping"], true);
    assert_eq!(open["overlaps"], json!([one]));
    assert_eq!(open["refund_eligibility"]["reason"], "open_overlapping");
    panel.pass(2 * DELIVERY).await;
    let ended = get(&panel, &format!("/api/v3/orders/{two}")).await;
    assert_eq!(ended["status"], "partial");
    assert_eq!(
        (&ended["refunded"], &ended["remains"]),
        (&json!("0.00"), &json!(400))
    );
    assert_eq!(ended["refund_eligibility"]["reason"], "overlapping_order");
    let refunds = get(&panel, &format!("/api/v3/orders/{two}/refunds")).await;
    let refund = &refunds["refunds"][0];
    assert_eq!(refund["amount"], "0.00");
    assert_eq!(refund["formula_result"], "0.36");
    assert_eq!(refund["reason"], "overlapping_order");
    assert!(refund.get("transaction_id").is_none());
    panel.finish().await;
}

#[apply(story)]
async fn canceling_before_it_is_sent_refunds_whole_at_once_and_is_done_once() {
    let panel = TestPanel::start().await;
    let order = place(&panel, LINK, 1000).await;
    let path = format!("/api/v3/orders/{order}/cancel");
    for _ in 0..3 {
        let reply = ask(&panel, Method::POST, &path, None).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        assert_eq!(reply.json()["status"], "canceled");
        assert_eq!(reply.json()["refunded"], "0.90");
    }
    let timeline = get(&panel, &format!("/api/v3/orders/{order}")).await["timeline"].clone();
    assert_eq!(timeline[1]["cause"], "canceled_by_customer");
    assert_eq!(panel.balance().await, "100.00");
    panel.finish().await;
}

#[apply(story)]
async fn a_completed_order_is_not_canceled_and_is_refilled_after_a_day() {
    let panel = TestPanel::start().await;
    let order = place(&panel, LINK, 1000).await;
    panel.pass(2 * DELIVERY).await;
    let at = |what: &str| format!("/api/v3/orders/{order}/{what}");
    let reply = ask(&panel, Method::POST, &at("cancel"), None).await;
    assert_eq!(refused(&reply), (409, "order_not_cancelable".to_owned()));
    assert_eq!(reply.json()["details"], json!({"status": "completed"}));
    let early = ask(&panel, Method::POST, &at("refill"), None).await;
    assert_eq!(refused(&early), (409, "refill_too_soon".to_owned()));
    let from = early.json()["details"]["available_from"].clone();
    assert!(
        from.as_str().unwrap().starts_with("2026-11-02T00:"),
        "{from}"
    );
    panel.advance(24 * 60 * MINUTE);
    let taken = ask(&panel, Method::POST, &at("refill"), None).await;
    assert_eq!(taken.status, 201, "{}", taken.body);
    let refill = taken.json()["refill_id"].as_i64().unwrap();
    let seen = get(&panel, &format!("/api/v3/refills/{refill}")).await;
    assert_eq!(seen, taken.json());
    let (_, other) = account(&panel.panel, "other", "1").await;
    let foreign = format!("/api/v3/refills/{refill}");
    for path in [foreign.as_str(), "/api/v3/refills/999"] {
        let reply = ask_as(&panel, &other, Method::GET, path, None).await;
        assert_eq!(
            refused(&reply),
            (404, "refill_unknown".to_owned()),
            "{path}"
        );
    }
    panel.pass(DELIVERY * 3).await;
    let seen = get(&panel, &format!("/api/v3/refills/{refill}")).await;
    assert_eq!(seen["status"], "completed");
    assert_eq!(seen["order_id"], order);
    panel.finish().await;
}

#[apply(story)]
async fn the_catalogue_is_listed_filtered_and_not_sent_twice() {
    let panel = TestPanel::start().await;
    let url = panel.url.replace("/api/v2", "/api/v3/services");
    let reply = panel
        .send(panel.http().get(&url).bearer_auth(&panel.key))
        .await;
    assert_eq!(reply.json()["services"].as_array().unwrap().len(), 3);
    assert_eq!(
        reply.json()["services"][0],
        json!({"service_id": 1, "name": "Followers", "category": "First Category",
               "service_type": "Default", "rate": "0.90", "min": 50, "max": 10000,
               "dripfeed": true, "refill": true, "refill_automatic": false, "cancel": true})
    );
    let tag = reply.headers["etag"].to_str().unwrap().to_owned();
    let again = panel.http().get(&url).bearer_auth(&panel.key);
    let again = panel.send(again.header("If-None-Match", &tag)).await;
    assert_eq!((again.status, again.body.as_str()), (304, ""));

    let filtered = get(&panel, "/api/v3/services?service_type=Package").await;
    assert_eq!(filtered["services"][0]["service_id"], 3);
    assert_eq!(filtered["services"].as_array().unwrap().len(), 1);
    let none = get(&panel, "/api/v3/services?search=LIKES").await;
    assert_eq!(none, json!({"services": []}));

    panel
        .service(terms(ServiceType::Default, "2"), Vec::new())
        .await;
    let changed = panel.http().get(&url).bearer_auth(&panel.key);
    let changed = panel.send(changed.header("If-None-Match", &tag)).await;
    assert_eq!(changed.status, 200);
    panel.finish().await;
}

#[apply(story)]
async fn the_pages_and_the_documents_are_served_to_anybody() {
    let panel = TestPanel::start().await;
    for (path, media, beginning) in [
        ("/", "text/html; charset=utf-8", "<!doctype html>"),
        ("/docs", "text/html; charset=utf-8", "<!doctype html>"),
        (
            "/docs/operator",
            "text/html; charset=utf-8",
            "<!doctype html>",
        ),
        (
            "/openapi.json",
            "application/json",
            "{\"openapi\":\"3.0.0\"",
        ),
        (
            "/customer.json",
            "application/json",
            "{\"openapi\":\"3.0.0\"",
        ),
        (
            "/operator.json",
            "application/json",
            "{\"openapi\":\"3.0.0\"",
        ),
        ("/sdk.json", "application/json", "{\"openapi\":\"3.0.0\""),
    ] {
        let url = panel.url.replace("/api/v2", path);
        let reply = panel.send(panel.http().get(url)).await;
        assert_eq!(
            (reply.status, &reply.headers["content-type"]),
            (200, &media.parse().unwrap())
        );
        assert!(
            reply.body.starts_with(beginning),
            "{path}: {:.80}",
            reply.body
        );
        assert!(
            reply.headers["content-security-policy"]
                .to_str()
                .unwrap()
                .starts_with("default-src 'none'")
        );
    }
    panel.finish().await;
}
