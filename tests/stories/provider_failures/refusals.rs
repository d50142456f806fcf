//! What a provider's refusal means, sentence by sentence.

use super::*;

#[apply(story)]
async fn a_provider_that_refuses_our_account_keeps_the_order_queued_and_rests() {
    let panel = TestPanel::start().await;
    for (n, text) in (1..).zip([
        FUNDS,
        "neworder.error.not_enough_funds",
        "Invalid API key",
        "API key is incorrect",
        "Your account has been suspended.",
        "Your account is inactive",
        "Rate limit exceeded. Slow down.",
    ]) {
        panel.provider.script_next(1, Script::Refuse(text));
        let order = panel.order(&format!("https://x.test/{n}"), 1000).await;
        panel.work().await;
        assert_eq!(states(&panel, order).await, ["queued"], "{text}");
        assert_eq!(panel.shown(order).await, "Pending 0.90 1000", "{text}");
        assert_eq!(alert_kinds(&panel).await.len(), n, "{text}");
        assert_eq!(alert_kinds(&panel).await[n - 1], "provider_trouble");
        let sent = adds(&panel.provider);
        // It rests five minutes, for other orders too.
        let other = panel.order(&format!("https://x.test/{n}/b"), 1000).await;
        panel.advance(5 * MINUTE - 1);
        panel.work().await;
        assert_eq!(adds(&panel.provider), sent, "{text}");
        panel.advance(1);
        panel.work().await;
        assert_eq!(adds(&panel.provider), sent + 2, "{text}");
        assert_eq!(panel.shown(order).await, "Processing 0.90 1000", "{text}");
        assert_eq!(panel.shown(other).await, "Processing 0.90 1000", "{text}");
    }
    panel.finish().await;
}

#[apply(story)]
async fn an_order_that_waits_for_its_link_is_tried_again_and_stops_nobody() {
    let panel = TestPanel::start().await;
    for (n, text) in (1..).zip([
        "You have active order with this link. Please wait until order being completed.",
        "neworder.error.link_duplicate",
    ]) {
        panel.provider.script_next(1, Script::Refuse(text));
        let order = panel.order(&format!("https://x.test/{n}"), 1000).await;
        panel.work().await;
        assert_eq!(states(&panel, order).await, ["queued"], "{text}");
        let other = panel.order(&format!("https://x.test/{n}/b"), 1000).await;
        panel.work().await;
        assert_eq!(panel.shown(other).await, "Processing 0.90 1000", "{text}");
        let sent = adds(&panel.provider);
        panel.advance(10 * MINUTE - 1);
        panel.work().await;
        assert_eq!(adds(&panel.provider), sent, "{text}");
        panel.advance(1);
        panel.work().await;
        assert_eq!(adds(&panel.provider), sent + 1, "{text}");
        assert_eq!(panel.shown(order).await, "Processing 0.90 1000", "{text}");
    }
    assert_eq!(alert_kinds(&panel).await, [""; 0]);
    panel.finish().await;
}

#[apply(story)]
async fn an_order_that_the_only_provider_refuses_fails_and_is_refunded_whole() {
    let panel = TestPanel::start().await;
    for (n, text) in (1..).zip([
        "Bad link",
        "neworder.error.link",
        "neworder.error.invalid_link",
        "Quantity less than minimal 100",
        "neworder.error.min_quantity",
        "Quantity more than maximum 1000",
        "neworder.error.max_quantity",
        "Incorrect service ID",
        "error.incorrect_service_id",
        "neworder.error.comment",
    ]) {
        panel.provider.script_next(1, Script::Refuse(text));
        let order = panel.order(&format!("https://x.test/{n}"), 1000).await;
        assert_eq!(panel.balance().await, "99.10", "{text}");
        panel.work().await;
        assert_eq!(panel.shown(order).await, "Canceled 0.00 1000", "{text}");
        assert_eq!(panel.balance().await, "100.00", "{text}");
        let refund =
            format!("SELECT reason || ' ' || amount_nano FROM refunds WHERE order_id = {order}");
        assert_eq!(texts(&panel, &refund).await, ["failed 900000000"], "{text}");
        panel.advance(48 * HOUR);
        panel.work().await;
        assert_eq!(adds(&panel.provider), n, "{text}");
    }
    assert_eq!(alert_kinds(&panel).await, [""; 0]);
    panel.finish().await;
}

#[apply(story)]
async fn a_refusal_in_unknown_words_refunds_the_order_and_alerts_the_operator() {
    let panel = TestPanel::start().await;
    panel
        .provider
        .script_next(1, Script::Refuse("Mercury is in retrograde"));
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    assert_eq!(panel.shown(order).await, "Canceled 0.00 1000");
    assert_eq!(panel.balance().await, "100.00");
    let alerts = alerts::list(&panel.panel.db, 10).await.unwrap();
    assert_eq!(alerts.len(), 1);
    assert_eq!(alerts[0].kind, "unlisted_refusal");
    assert!(alerts[0].message.contains("Mercury is in retrograde"));
    panel.finish().await;
}
