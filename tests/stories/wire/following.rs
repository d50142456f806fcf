//! `status`: of one order from placing to the refund, and of many.

use harness::{DELIVERY, HOUR, TestPanel, account};
use smm_panel_server::demo::provider::Script;

use super::{LINK, about, body};

const UNKNOWN_ORDER: &str = r#"{"error":"Incorrect order ID"}"#;

#[apply(story)]
async fn the_status_of_an_order_is_all_text_from_the_first_moment_to_the_refund() {
    let panel = TestPanel::start().await;
    let partial = Script::Partial {
        over_ms: DELIVERY,
        delivered_percent: 75,
    };
    panel.provider.set_script(1, partial);
    let order = panel.order("https://x.test/p", 1000).await;
    assert_snapshot!(about(&panel, "status", order).await, @r#"{"charge":"0.90","start_count":"0","status":"Pending","remains":"1000","currency":"USD"}"#);
    panel.work().await;
    assert_snapshot!(about(&panel, "status", order).await, @r#"{"charge":"0.90","start_count":"0","status":"Processing","remains":"1000","currency":"USD"}"#);
    panel.pass(DELIVERY / 2).await;
    assert_snapshot!(about(&panel, "status", order).await, @r#"{"charge":"0.90","start_count":"49338","status":"In progress","remains":"667","currency":"USD"}"#);
    panel.pass(DELIVERY).await;
    assert_snapshot!(about(&panel, "status", order).await, @r#"{"charge":"0.675","start_count":"49338","status":"Partial","remains":"250","currency":"USD"}"#);
    assert_eq!(panel.balance().await, "99.325");
    panel.pass(DELIVERY).await;
    assert_eq!(panel.balance().await, "99.325", "refunded once");
    panel.finish().await;
}

#[apply(story)]
async fn failed_and_canceled_orders_show_canceled_and_are_refunded_whole() {
    let panel = TestPanel::start().await;
    let refused = Script::Refuse("Incorrect service ID");
    panel.provider.script_next(1, refused);
    let failed = panel.order("https://x.test/failed", 1000).await;
    panel.work().await;
    assert_snapshot!(about(&panel, "status", failed).await, @r#"{"charge":"0.00","start_count":"0","status":"Canceled","remains":"1000","currency":"USD"}"#);
    assert_eq!(panel.balance().await, "100.00");

    let canceled = panel.order("https://x.test/canceled", 1000).await;
    assert_eq!(panel.balance().await, "99.10");
    assert_snapshot!(about(&panel, "cancel", canceled).await, @r#"{"order":2,"cancel":1}"#);
    assert_snapshot!(about(&panel, "status", canceled).await, @r#"{"charge":"0.00","start_count":"0","status":"Canceled","remains":"1000","currency":"USD"}"#);
    assert_eq!(panel.balance().await, "100.00");
    panel.pass(HOUR).await;
    assert_eq!(panel.balance().await, "100.00", "refunded once");
    assert_eq!(panel.provider.orders().len(), 0);
    panel.finish().await;
}

#[apply(story)]
async fn an_order_that_is_unknown_or_anothers_has_one_answer() {
    let panel = TestPanel::start().await;
    let order = panel.order(LINK, 1000).await.to_string();
    let (_, other) = account(&panel.panel, "other", "10").await;
    for action in ["status", "refill", "cancel"] {
        for id in ["999999", "0", "-1", "abc", "", "1.0", "9223372036854775808"] {
            assert_eq!(
                body(&panel, &[("action", action), ("order", id)]).await,
                UNKNOWN_ORDER,
                "{action} {id:?}"
            );
        }
        assert_eq!(body(&panel, &[("action", action)]).await, UNKNOWN_ORDER);
        let asked = [("action", action), ("order", order.as_str())];
        let foreign = panel.v2_as(&other, &asked).await;
        assert_eq!(foreign.body, UNKNOWN_ORDER, "{action}");
    }
    assert_eq!(panel.shown(1).await, "Pending 0.90 1000");
    panel.finish().await;
}

#[apply(story)]
async fn many_orders_are_answered_as_an_object_keyed_by_id() {
    let panel = TestPanel::start().await;
    panel.order("https://x.test/1", 1000).await;
    panel.order("https://x.test/2", 500).await;
    let status = async |orders| body(&panel, &[("action", "status"), ("orders", orders)]).await;
    assert_snapshot!(status("1,999,2").await, @r#"{"1":{"charge":"0.90","start_count":"0","status":"Pending","remains":"1000","currency":"USD"},"999":{"error":"Incorrect order ID"},"2":{"charge":"0.45","start_count":"0","status":"Pending","remains":"500","currency":"USD"}}"#);
    assert_snapshot!(status("2").await, @r#"{"2":{"charge":"0.45","start_count":"0","status":"Pending","remains":"500","currency":"USD"}}"#);
    assert_snapshot!(status("abc,1").await, @r#"{"abc":{"error":"Incorrect order ID"},"1":{"charge":"0.90","start_count":"0","status":"Pending","remains":"1000","currency":"USD"}}"#);
    let both = [("action", "status"), ("order", "1"), ("orders", "2")];
    assert_eq!(body(&panel, &both).await, status("2").await, "orders win");
    panel.finish().await;
}

#[apply(story)]
async fn more_than_a_hundred_ids_are_refused_whole() {
    let panel = TestPanel::start().await;
    panel.order(LINK, 1000).await;
    let list = |n: i64| {
        (1..=n)
            .map(|id| id.to_string())
            .collect::<Vec<_>>()
            .join(",")
    };
    for (action, name) in [
        ("status", "orders"),
        ("refill", "orders"),
        ("cancel", "orders"),
        ("refill_status", "refills"),
    ] {
        let refused = body(&panel, &[("action", action), (name, &list(101))]).await;
        assert_eq!(
            refused, r#"{"error":"Too many IDs. Maximum is 100"}"#,
            "{action}"
        );
    }
    assert_eq!(panel.shown(1).await, "Pending 0.90 1000", "not canceled");
    let answered = panel
        .v2(&[("action", "status"), ("orders", &list(100))])
        .await;
    assert_eq!(answered.json().as_object().unwrap().len(), 100);
    panel.finish().await;
}
