//! Cancels that are taken, and those that are not clear; refills that met a fault.

use super::*;

async fn cancel(panel: &TestPanel, order: i64) {
    let order = order.to_string();
    let reply = panel.v2(&[("action", "cancel"), ("order", &order)]).await;
    assert!(reply.body.contains(r#""cancel":1"#), "{}", reply.body);
}

#[apply(story)]
async fn every_way_of_taking_a_cancel_is_understood() {
    for body in [
        r#"{"success":"Cancel request submitted"}"#,
        r#"{"success":true}"#,
        r#"{"ok":true}"#,
        r#"{"status":"success"}"#,
        r#"{"status":"Success","message":"Your cancel request was sent"}"#,
        r#"[{"order":5000001,"cancel":1}]"#,
        r#"{"5000001":{"cancel":"1"}}"#,
        r#"{"status":"success","data":[{"order_id":"5000001","cancel":true}]}"#,
    ] {
        let panel = TestPanel::start().await;
        let order = panel.order("https://x.test/p", 1000).await;
        panel.work().await;
        panel
            .provider
            .fail_next("cancel", Fault::Http(200, body.to_owned()));
        cancel(&panel, order).await;
        panel.pass(5 * MINUTE).await;
        assert_eq!(asked(&panel, "cancel").len(), 1, "{body}");
        let kept = "SELECT reply FROM provider_exchanges WHERE action = 'cancel'";
        assert_eq!(texts(&panel, kept).await, ["cancel taken"], "{body}");
        assert_eq!(alert_kinds(&panel).await, [""; 0], "{body}");
        panel.finish().await;
    }
}

#[apply(story)]
async fn an_unclear_cancel_is_repeated_later_each_time_and_not_more_than_eight_times() {
    for body in [
        r#"{"cancel":0}"#,
        r#"{"order":999999,"cancel":1}"#,
        r#"{"status":"queued"}"#,
    ] {
        let panel = TestPanel::start().await;
        panel
            .provider
            .script_next(1, says(r#"{"status":"In progress","remains":"900"}"#));
        let order = panel.order("https://x.test/p", 1000).await;
        panel.work().await;
        for _ in 0..40 {
            panel
                .provider
                .fail_next("cancel", Fault::Http(200, body.to_owned()));
        }
        cancel(&panel, order).await;
        let mut times = Vec::new();
        for minute in 0..400 {
            panel.work().await;
            let told = "SELECT CAST(COUNT(*) AS TEXT) FROM provider_exchanges \
                        WHERE action = 'cancel'";
            let count: usize = texts(&panel, told).await[0].parse().unwrap();
            while times.len() < count {
                times.push(minute);
            }
            panel.advance(MINUTE);
        }
        assert_eq!(times, [0, 1, 3, 7, 15, 31, 63, 123], "{body}");
        assert_eq!(alert_kinds(&panel).await, ["cancel_unclear"], "{body}");
        let alert = alerts::list(&panel.panel.db, alerts::Search::default(), 1)
            .await
            .unwrap()
            .remove(0);
        assert!(
            alert.message.contains(&format!("order {order}")),
            "{}",
            alert.message
        );
        panel.finish().await;
    }
}

#[apply(story)]
async fn cancels_are_asked_for_one_by_one_where_only_that_is_understood() {
    let panel = TestPanel::start().await;
    panel.provider.speak(Dialect::OnlyOne);
    let mut placed = Vec::new();
    for n in 0..3 {
        placed.push(panel.order(&format!("https://x.test/{n}"), 1000).await);
    }
    panel.work().await;
    for order in &placed {
        cancel(&panel, *order).await;
    }
    panel.work().await;
    panel.pass(2 * MINUTE).await;
    for order in placed {
        assert_eq!(panel.shown(order).await, "Canceled 0.00 1000");
    }
    assert_eq!(panel.balance().await, "100.00");
    panel.finish().await;
}

#[apply(story)]
async fn a_refill_that_met_a_fault_is_not_rejected() {
    for text in [
        "SQLSTATE[23000]: Integrity constraint violation",
        "cURL error 28: Operation timed out",
        "An error occurred while placing your refill",
        "Something went wrong, try again later",
    ] {
        let panel = TestPanel::start().await;
        let order = panel
            .ended(1, "https://x.test/p", Script::Deliver { over_ms: 0 })
            .await;
        panel.advance(25 * HOUR);
        let body = format!(r#"{{"error":"{text}"}}"#);
        panel.provider.fail_next("refill", Fault::Http(200, body));
        let order = order.to_string();
        let asked_for = panel.v2(&[("action", "refill"), ("order", &order)]).await;
        assert_eq!(asked_for.body, r#"{"refill":"1"}"#);
        panel.work().await;
        let states = "SELECT state FROM refill_dispatches";
        assert_eq!(texts(&panel, states).await, ["parked"], "{text}");
        assert_eq!(asked(&panel, "refill").len(), 1, "{text}");
        panel.finish().await;
    }
}

#[apply(story)]
async fn refills_are_followed_one_by_one_where_only_that_is_understood() {
    let panel = TestPanel::start().await;
    panel.provider.set_script(1, Script::Deliver { over_ms: 0 });
    let mut placed = Vec::new();
    for n in 0..3 {
        placed.push(panel.order(&format!("https://x.test/{n}"), 1000).await);
    }
    panel.pass(MINUTE).await;
    panel.advance(25 * HOUR);
    for order in placed {
        let order = order.to_string();
        panel.v2(&[("action", "refill"), ("order", &order)]).await;
    }
    panel.provider.speak(Dialect::OnlyOne);
    panel.pass(3 * MINUTE).await;
    let done = "SELECT status FROM refills ORDER BY id";
    assert_eq!(texts(&panel, done).await, ["completed"; 3]);
    panel.finish().await;
}
