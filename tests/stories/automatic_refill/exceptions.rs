//! Why no refill is filed although units are missing.

use super::*;
use harness::ANYWHERE;
use smm_panel_server::app::{self, Background};
use smm_panel_server::{personal, suspensions};

#[apply(story)]
async fn a_later_order_to_the_target_ends_the_watch_of_the_one_before() {
    let watch = Watch::start().await;
    let (_, other) = account(&watch.panel.panel, "other", "10").await;
    let first = watch.delivered(LINK).await;
    // Somebody else's, of another spelling.
    let provider = &watch.panel.provider;
    provider.script_next(1, Script::Deliver { over_ms: 36 * HOUR });
    let fields = [
        ("action", "add"),
        ("service", "1"),
        ("link", "https://X.test/p/"),
        ("quantity", "500"),
    ];
    let later = watch.panel.v2_as(&other, &fields).await.order();
    watch.panel.work().await;
    provider.drop_units(LINK, 300);
    watch.later(DAY).await;
    assert_eq!(watch.looks(first).await, ["-: later_order"]);
    assert_eq!(watch.watched().await, "1");
    watch.later(13 * HOUR).await;
    watch.later(11 * HOUR).await;
    watch.later(DAY).await;
    let looks = ["-: later_order", "-: later_order"];
    assert_eq!(watch.looks(first).await, looks);
    // The later one is watched in its place.
    assert_eq!(watch.watched().await, "1");
    assert_eq!(watch.looks(later).await.len(), 1);
    assert_eq!(watch.refills(first).await, [""; 0]);
    watch.panel.finish().await;
}

#[apply(story)]
async fn a_later_order_ends_the_watch_though_its_owner_is_erased() {
    let mut watch = Watch::start().await;
    let (zoe, mut key) = account(&watch.panel.panel, "zoe", "0.90").await;
    let first = watch.delivered(LINK).await;
    std::mem::swap(&mut watch.panel.key, &mut key);
    watch.delivered("https://X.test/p/").await;
    std::mem::swap(&mut watch.panel.key, &mut key);
    watch.panel.provider.drop_units(LINK, 300);
    personal::erase(&watch.panel.panel, &Actor::command(), zoe, "asked for")
        .await
        .unwrap();
    assert_eq!(watch.watched().await, "0");
    watch.later(DAY).await;
    watch.later(DAY).await;
    assert_eq!(watch.refills(first).await, [""; 0]);
    watch.panel.finish().await;
}

#[apply(story)]
async fn a_later_order_that_delivered_nothing_and_an_earlier_one_do_not_matter() {
    let watch = Watch::start().await;
    let earlier = watch.delivered(LINK).await;
    let order = watch.delivered(LINK).await;
    watch.ended(1, LINK, Script::CancelAfter { ms: 0 }).await;
    watch.ended(1, LINK, Script::Refuse("Bad link")).await;
    // The provider counts from before all orders: what the first one brought is there as well.
    watch.panel.provider.drop_units(LINK, 1_300);
    watch.later(DAY).await;
    assert_eq!(watch.looks(order).await, ["300: refill 1"]);
    assert_eq!(watch.looks(earlier).await, ["-: later_order"]);
    watch.panel.finish().await;
}

#[apply(story)]
async fn overlapping_orders_have_no_count_until_the_mark_is_lifted() {
    let watch = Watch::start().await;
    let one = watch.panel.order(LINK, 1000).await;
    let two = watch.panel.order("https://X.test/p/", 1000).await;
    watch.panel.pass(harness::DELIVERY + MINUTE).await;
    watch.panel.provider.drop_units("https://X.test/p/", 300);
    watch.later(DAY).await;
    for order in [one, two] {
        assert_eq!(watch.looks(order).await, ["-: overlapping_order"]);
    }
    let path = format!("/operator/v1/orders/{two}/lift-overlap");
    let why = Some(json!({"reason": "two profiles"}));
    let lifted = watch.panel.ask(&watch.operator, Method::POST, &path, why);
    assert_eq!(lifted.await.status, 200);
    watch.later(DAY).await;
    assert_eq!(watch.looks(one).await[1], "-: overlapping_order");
    assert_eq!(watch.looks(two).await[1], "300: refill 1");
    watch.panel.finish().await;
}

#[apply(story)]
async fn without_a_start_count_nothing_can_have_dropped() {
    let watch = Watch::start().await;
    let order = watch.delivered(LINK).await;
    let known = texts(&watch.panel, "SELECT CAST(start_count AS TEXT) FROM orders").await;
    watch
        .panel
        .sql("UPDATE orders SET start_count = NULL")
        .await;
    watch.panel.provider.drop_units(LINK, 300);
    watch.later(DAY).await;
    assert_eq!(watch.looks(order).await, ["-: start_count_unknown"]);
    assert_eq!(watch.asked(), [""; 0]);
    let sql = format!("UPDATE orders SET start_count = {}", known[0]);
    watch.panel.sql(&sql).await;
    watch.later(DAY).await;
    assert_eq!(watch.looks(order).await[1], "300: refill 1");
    watch.panel.finish().await;
}

#[apply(story)]
async fn services_and_accounts_have_a_switch_each() {
    let watch = Watch::start().await;
    let order = watch.delivered(LINK).await;
    watch.panel.provider.drop_units(LINK, 300);
    let source = watch.panel.provider.count_source();
    let account = format!("/operator/v1/accounts/{}", watch.panel.account);
    let wants = async |wants: bool| {
        let change = Some(json!({"automatic_refills": wants}));
        let changed = watch
            .panel
            .ask(&watch.operator, Method::PATCH, &account, change);
        assert_eq!(changed.await.json()["automatic_refills"], wants);
    };
    watch.set(1, json!({"refill_automatically": false})).await;
    watch.later(DAY).await;
    watch
        .set(1, json!({"refill_automatically": true, "count_source": ""}))
        .await;
    watch.later(DAY).await;
    watch.set(1, json!({"count_source": source})).await;
    wants(false).await;
    watch.later(DAY).await;
    assert_eq!(watch.asked(), [""; 0]);
    wants(true).await;
    watch.later(DAY).await;
    let looks = [
        "-: service_switched_off",
        "-: service_switched_off",
        "-: account_switched_off",
        "300: refill 1",
    ];
    assert_eq!(watch.looks(order).await, looks);
    watch.panel.finish().await;
}

#[apply(story)]
async fn suspension_stops_automatic_refills_too() {
    let watch = Watch::start().await;
    let order = watch.delivered(LINK).await;
    watch.panel.provider.drop_units(LINK, 300);
    let (panel, actor, account) = (&watch.panel.panel, Actor::command(), watch.panel.account);
    suspensions::suspend(panel, &actor, account, "resold")
        .await
        .unwrap();
    watch.later(DAY).await;
    assert_eq!(watch.looks(order).await, ["-: account_suspended"]);
    assert_eq!(watch.asked(), [""; 0]);
    suspensions::reinstate(panel, &actor, account, "a mistake")
        .await
        .unwrap();
    watch.later(DAY).await;
    assert_eq!(watch.looks(order).await[1], "300: refill 1");
    watch.panel.finish().await;
}

#[apply(story)]
async fn what_changes_while_the_source_is_asked_is_heeded() {
    let watch = Watch::start().await;
    let order = watch.delivered(LINK).await;
    watch.panel.provider.drop_units(LINK, 300);
    watch.panel.advance(DAY);
    watch.panel.provider.fail_next("count", Fault::Hang);
    // The source hangs for its whole time; meanwhile the customer asks.
    let asks = async {
        while watch.asked().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        let order = order.to_string();
        watch
            .panel
            .v2(&[("action", "refill"), ("order", &order)])
            .await
    };
    let ((), refill) = tokio::join!(watch.panel.work(), asks);
    assert_eq!(refill.body, r#"{"refill":"1"}"#);
    assert_eq!(watch.refills(order).await.len(), 1);
    watch.panel.finish().await;
}

#[apply(story)]
async fn a_later_order_is_known_under_newer_rules_of_links_too() {
    let watch = Watch::start().await;
    let first = watch.delivered("https://youtu.be/abc").await;
    let later = watch.delivered("https://youtu.be/abc?si=1").await;
    // Only the first is watched, and both have keys of an older program.
    for sql in [
        &format!("DELETE FROM count_watches WHERE order_id = {later}"),
        "UPDATE orders SET overlap_key = overlap_key - 1",
        "UPDATE panel SET link_rules = 1, links_keyed = 1",
    ] {
        watch.panel.sql(sql).await;
    }
    let other = open_another(&watch.panel).await;
    let upgraded = app::start(other, ANYWHERE, Background::Nobody).await;
    upgraded.unwrap().stop().await.unwrap();
    watch.later(DAY).await;
    assert_eq!(watch.looks(first).await, ["-: later_order"]);
    watch.panel.finish().await;
}
