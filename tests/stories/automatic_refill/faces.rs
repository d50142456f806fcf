//! What operators set, and what everybody is told.

use super::*;
use smm_panel_server::ids::OrderId;
use smm_panel_server::orders::{self, ByHand};

#[apply(story)]
async fn a_count_source_is_checked_and_kept_in_the_audit_log() {
    let watch = Watch::start().await;
    for (change, field) in [
        (
            json!({"count_source": "https://counts.example/"}),
            "count_source",
        ),
        (
            json!({"count_source": "http://counts.example/{link}"}),
            "count_source",
        ),
        (
            json!({"count_source": "https://{link}.example/"}),
            "count_source",
        ),
        (
            json!({"count_source": "https://10.0.0.1/{link}"}),
            "count_source",
        ),
        (json!({"drop_tolerance": "100.01"}), "drop_tolerance"),
    ] {
        let no = watch.change(1, change.clone()).await;
        assert_eq!(no.status, 422, "{change}: {}", no.body);
        assert_eq!(no.json()["details"]["field"], field, "{change}");
    }
    for change in [
        json!({"drop_tolerance": "-1"}),
        json!({"drop_tolerance": "1.001"}),
        json!({"drop_tolerance": 5}),
        json!({"refill_automatically": "yes"}),
        json!({"counting": {}}),
        json!({"count_source": format!("https://counts.example/{{link}}{}", "a".repeat(2048))}),
    ] {
        let no = watch.change(1, change.clone()).await;
        assert!([400, 422].contains(&no.status), "{change}: {}", no.body);
    }
    // The units of a package are not counted.
    let source = watch.panel.provider.count_source();
    let package = watch.change(3, json!({"count_source": source})).await;
    assert_eq!(package.json()["details"]["field"], "count_source");
    let kept = "SELECT became FROM audit_log WHERE action = 'service_changed'";
    let kept = texts(&watch.panel, kept).await;
    assert_eq!(kept.len(), 1);
    assert!(kept[0].contains("/count?link={link}"), "{}", kept[0]);
    let path = "/operator/v1/services/1";
    let shown = watch
        .panel
        .ask(&watch.support, Method::GET, path, None)
        .await;
    let shown = shown.json();
    assert_eq!(shown["count_source"], source);
    assert_eq!(shown["drop_tolerance"], "0");
    assert_eq!(shown["refill_automatically"], true);
    let sold = json!({"name": "New", "category": "Other", "service_type": "Default", "rate": "1",
        "min": 1, "max": 10, "refill": true, "count_source": source, "drop_tolerance": "2.5",
        "refill_automatically": false});
    let path = "/operator/v1/services";
    let made = watch
        .panel
        .ask(&watch.operator, Method::POST, path, Some(sold))
        .await;
    assert_eq!(made.status, 201, "{}", made.body);
    let made = made.json();
    assert_eq!(made["drop_tolerance"], "2.5");
    assert_eq!(made["refill_automatically"], false);
    watch.panel.finish().await;
}

#[apply(story)]
async fn only_operators_change_it_and_only_staff_reads_what_was_counted() {
    let watch = Watch::start().await;
    let order = watch.delivered(LINK).await;
    watch.later(DAY).await;
    let checks = format!("/operator/v1/orders/{order}/count-checks");
    let account = format!("/operator/v1/accounts/{}", watch.panel.account);
    let off = || Some(json!({"automatic_refills": false}));
    for (key, method, path, body) in [
        (&watch.panel.key, Method::GET, checks.as_str(), None),
        (&watch.panel.key, Method::PATCH, account.as_str(), off()),
        (&watch.support, Method::PATCH, account.as_str(), off()),
    ] {
        let no = watch.panel.ask(key, method, path, body).await;
        assert_eq!(no.status, 403, "{path}: {}", no.body);
    }
    let unknown = "/operator/v1/orders/999/count-checks";
    let unknown = watch
        .panel
        .ask(&watch.operator, Method::GET, unknown, None)
        .await;
    assert_eq!(unknown.json()["code"], "order_unknown");
    let staff = "/operator/v1/accounts/2";
    let staff = watch
        .panel
        .ask(&watch.operator, Method::PATCH, staff, off())
        .await;
    assert_eq!(staff.json()["code"], "state_conflict", "{}", staff.body);
    let page = format!("{checks}?limit=1");
    watch.later(DAY).await;
    let page = watch
        .panel
        .ask(&watch.operator, Method::GET, &page, None)
        .await
        .json();
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = format!("{checks}?limit=1&cursor={cursor}");
    let rest = watch
        .panel
        .ask(&watch.operator, Method::GET, &rest, None)
        .await
        .json();
    assert_eq!(rest["count_checks"].as_array().unwrap().len(), 1);
    assert_eq!(rest.get("next_cursor"), None);
    watch.panel.finish().await;
}

#[apply(story)]
async fn a_customer_may_ask_for_refills_themselves() {
    let watch = Watch::start().await;
    let (_, session) = harness::person(&watch.panel, "ann@example.com").await;
    let settings = async |key: &str, method: Method, change: Option<Value>| {
        watch
            .panel
            .ask(key, method, "/api/v3/account", change)
            .await
    };
    let read = settings(&session, Method::GET, None).await.json();
    assert_eq!(read["automatic_refills"], true);
    let off = || Some(json!({"automatic_refills": false}));
    let changed = settings(&session, Method::PATCH, off()).await;
    assert_eq!(
        changed.json()["automatic_refills"],
        false,
        "{}",
        changed.body
    );
    let same = settings(&session, Method::PATCH, Some(json!({}))).await;
    assert_eq!(same.json()["automatic_refills"], false);
    // Not by a key, and nothing else of the account.
    let no = settings(&watch.panel.key, Method::PATCH, off()).await;
    assert_eq!(no.json()["code"], "session_needed");
    for field in ["daily_cap", "tier_id", "name", "role", "balance"] {
        let no = settings(&session, Method::PATCH, Some(json!({field: null}))).await;
        assert_eq!(no.status, 400, "{field}: {}", no.body);
    }
    watch.panel.finish().await;
}

#[apply(story)]
async fn customers_are_told_which_services_refill_by_themselves() {
    let watch = Watch::start().await;
    let told = async || {
        let list = watch
            .panel
            .ask(&watch.panel.key, Method::GET, "/api/v3/services", None)
            .await;
        let list = list.json();
        let services = list["services"].as_array().unwrap().iter();
        services
            .map(|service| service["refill_automatic"].as_bool().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(told().await, [true, false, false]);
    watch.set(1, json!({"refill_automatically": false})).await;
    assert_eq!(told().await, [false, false, false]);
    watch
        .set(1, json!({"refill_automatically": true, "refill": false}))
        .await;
    assert_eq!(told().await, [false, false, false]);
    watch.panel.finish().await;
}

#[apply(story)]
async fn what_was_counted_is_evidence_of_a_dispute() {
    let watch = Watch::start().await;
    let order = watch.delivered(LINK).await;
    watch
        .panel
        .provider
        .fail_next("count", Fault::Http(500, "secret".to_owned()));
    watch.later(DAY).await;
    watch.panel.provider.drop_units(LINK, 300);
    watch.later(HOUR).await;
    let body = json!({"reason": "not_delivered", "amount": "0.27",
        "description": "Three hundred of them are gone again."});
    let path = format!("/api/v3/orders/{order}/disputes");
    let opened = watch
        .panel
        .ask(&watch.panel.key, Method::POST, &path, Some(body))
        .await;
    assert_eq!(opened.status, 201, "{}", opened.body);
    let dispute = opened.json()["dispute_id"].clone();
    for (key, path) in [
        (
            &watch.panel.key,
            format!("/api/v3/disputes/{dispute}/evidence"),
        ),
        (
            &watch.support,
            format!("/operator/v1/disputes/{dispute}/evidence"),
        ),
    ] {
        let evidence = watch.panel.ask(key, Method::GET, &path, None).await.json();
        let checks = &evidence["bundle"]["count_checks"];
        assert_eq!(checks[0]["current_count"], Value::Null, "{evidence}");
        assert_eq!(checks[1]["dropped"], 300, "{evidence}");
        assert_eq!(checks[1]["refill_id"], 1);
        assert_eq!(evidence["bundle"]["refills"][0]["automatic"], true);
    }
    watch.panel.finish().await;
}

#[apply(story)]
async fn a_service_that_is_delivered_by_hand_is_counted_too() {
    let watch = Watch::start().await;
    let manual = watch
        .panel
        .service(terms(ServiceType::Default, "1"), Vec::new())
        .await;
    let source = watch.panel.provider.count_source();
    watch.set(manual, json!({"count_source": source})).await;
    let order = watch.panel.order_of(manual, LINK, 1000).await;
    let start = Some(watch.panel.provider.target(LINK));
    let (actor, id) = (Actor::command(), OrderId(order));
    let done = orders::progress(
        &watch.panel.panel,
        &actor,
        id,
        ByHand::Completed,
        start,
        None,
    );
    done.await.unwrap();
    watch.panel.provider.drop_units(LINK, -900);
    watch.later(DAY).await;
    assert_eq!(watch.looks(order).await, ["100: refill 1"]);
    // It waits for a person, as one that was asked for.
    assert_eq!(watch.refills(order).await, [r#""pending" true"#]);
    watch.panel.finish().await;
}
