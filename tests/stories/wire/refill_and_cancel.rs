//! `refill`, `refill_status` and `cancel`: requests, whose outcome is told by the statuses.

use futures::future::join_all;
use harness::{DELIVERY, HOUR, MINUTE, TestPanel, account, terms};
use smm_panel_server::catalog::Terms;
use smm_panel_server::demo::provider::Script;
use smm_panel_server::protocol::ServiceType;

use super::{LINK, about, body, completed, number};

#[apply(story)]
async fn a_completed_order_is_refilled_a_day_later() {
    let panel = TestPanel::start().await;
    let drops = Script::DropLater {
        over_ms: DELIVERY,
        drop_percent: 20,
        refill_ms: DELIVERY,
    };
    panel.provider.set_script(1, drops);
    let too_soon =
        r#"{"error":"The order was completed or refill was requested less than 24 hours ago"}"#;
    let pending = panel.order("https://x.test/other", 1000).await;
    assert_snapshot!(about(&panel, "refill", pending).await, @r#"{"error":"The order is not completed"}"#);
    let order = completed(&panel).await;
    assert_eq!(about(&panel, "refill", order).await, too_soon);
    panel.pass(24 * HOUR).await;
    assert_snapshot!(about(&panel, "refill", order).await, @r#"{"refill":"1"}"#);
    assert_eq!(about(&panel, "refill", order).await, too_soon);

    let status =
        async |refill| body(&panel, &[("action", "refill_status"), ("refill", refill)]).await;
    assert_snapshot!(status("1").await, @r#"{"status":"Pending"}"#);
    let many = [("action", "refill_status"), ("refills", "1,999")];
    assert_snapshot!(body(&panel, &many).await, @r#"[{"refill":1,"status":"Pending"},{"refill":999,"status":{"error":"Refill not found"}}]"#);
    for unknown in ["999", "abc", ""] {
        assert_eq!(status(unknown).await, r#"{"error":"Refill not found"}"#);
    }
    let (_, other) = account(&panel.panel, "other", "0").await;
    let foreign = panel.v2_as(&other, &[("action", "refill_status"), ("refill", "1")]);
    assert_snapshot!(foreign.await.body, @r#"{"error":"Refill not found"}"#);
    panel.pass(DELIVERY / 2).await;
    assert_snapshot!(status("1").await, @r#"{"status":"In progress"}"#);
    panel.pass(DELIVERY).await;
    assert_snapshot!(status("1").await, @r#"{"status":"Completed"}"#);
    assert_eq!(panel.balance().await, "98.20", "a refill costs nothing");
    panel.finish().await;
}

#[apply(story)]
async fn many_refills_are_answered_as_a_list_of_numbers() {
    let panel = TestPanel::start().await;
    let order = completed(&panel).await;
    panel.pass(24 * HOUR).await;
    panel.order("https://x.test/other", 1000).await;
    assert_eq!(order, 1);
    let refills = [("action", "refill"), ("orders", "1,999,2,abc")];
    assert_snapshot!(body(&panel, &refills).await, @r#"[{"order":1,"refill":1},{"order":999,"refill":{"error":"Incorrect order ID"}},{"order":2,"refill":{"error":"The order is not completed"}},{"order":"abc","refill":{"error":"Incorrect order ID"}}]"#);
    panel.finish().await;
}

#[apply(story)]
async fn a_service_without_refill_and_cancel_refuses_both() {
    let panel = TestPanel::start().await;
    let bare = Terms {
        refill: false,
        cancel: false,
        ..terms(ServiceType::Default, "0.90")
    };
    let deliver = Script::Deliver { over_ms: DELIVERY };
    let service = panel.offered(bare, 50, deliver).await;
    let order = panel.order_of(service, LINK, 1000).await;
    panel.work().await;
    assert_snapshot!(about(&panel, "cancel", order).await, @r#"{"error":"Cancel is disabled for this service"}"#);
    let many = [("action", "cancel"), ("orders", "1,999")];
    assert_snapshot!(body(&panel, &many).await, @r#"[{"order":1,"cancel":{"error":"Cancel is disabled for this service"}},{"order":999,"cancel":{"error":"Incorrect order ID"}}]"#);
    panel.pass(2 * DELIVERY + 24 * HOUR).await;
    assert_eq!(panel.shown(order).await, "Completed 0.90 0");
    assert_snapshot!(about(&panel, "refill", order).await, @r#"{"error":"Refill is disabled for this service"}"#);
    assert_eq!(panel.balance().await, "99.10");
    let forwarded = panel.provider.requests();
    let forwarded = forwarded
        .iter()
        .filter(|r| matches!(r.action.as_str(), "cancel" | "refill"));
    assert_eq!(forwarded.count(), 0, "a refusal is not forwarded");
    panel.finish().await;
}

#[apply(story)]
async fn a_cancel_is_a_request_and_is_answered_for_each_order() {
    let panel = TestPanel::start().await;
    let done = completed(&panel).await;
    assert_snapshot!(about(&panel, "cancel", done).await, @r#"{"error":"The order cannot be canceled"}"#);
    panel.order("https://x.test/sent", 1000).await;
    panel.work().await;
    panel.order("https://x.test/unsent", 1000).await;
    let cancel = [("action", "cancel"), ("orders", "3,999,1,2")];
    let answer = body(&panel, &cancel).await;
    assert_snapshot!(&answer, @r#"[{"order":3,"cancel":1},{"order":999,"cancel":{"error":"Incorrect order ID"}},{"order":1,"cancel":{"error":"The order cannot be canceled"}},{"order":2,"cancel":1}]"#);
    assert_eq!(body(&panel, &cancel).await, answer, "asked again");
    assert_eq!(panel.shown(3).await, "Canceled 0.00 1000");
    assert_eq!(panel.shown(2).await, "Processing 0.90 1000", "not yet");
    assert_eq!(panel.balance().await, "98.20");
    panel.pass(10 * MINUTE).await;
    assert_eq!(panel.shown(2).await, "Canceled 0.00 1000");
    assert_eq!(panel.shown(1).await, "Completed 0.90 0");
    assert_eq!(panel.balance().await, "99.10");
    panel.finish().await;
}

#[apply(story_on_threads)]
async fn twenty_cancels_at_once_refund_once() {
    let panel = TestPanel::start().await;
    let order = panel.order(LINK, 1000).await;
    let answers = join_all((0..20).map(|_| about(&panel, "cancel", order))).await;
    assert_eq!(answers, vec![r#"{"order":1,"cancel":1}"#; 20]);
    assert_eq!(panel.balance().await, "100.00");
    assert_eq!(number(&panel, "SELECT count(*) FROM refunds").await, 1);
    panel.finish().await;
}
