//! Answers that decide nothing, or come too late to.

use smm_panel_server::actor::Actor;
use smm_panel_server::clock::Period;

use super::*;

#[apply(story)]
async fn an_unknown_status_is_kept_shown_to_the_operator_once_and_settles_nothing() {
    for word in ["Exploded", "Error"] {
        let panel = TestPanel::start().await;
        let text = format!(r#"{{"charge":"0","status":"{word}","remains":"0"}}"#);
        panel.provider.script_next(1, Script::Says(text));
        let order = panel.order("https://x.test/p", 1000).await;
        panel.pass(30 * MINUTE).await;
        assert_eq!(panel.shown(order).await, "Processing 0.90 1000", "{word}");
        assert_eq!(panel.balance().await, "99.10", "{word}");
        let stored = "SELECT state || ' ' || provider_status FROM dispatches";
        let expected = format!("accepted {word}");
        assert_eq!(texts(&panel, stored).await, [expected], "{word}");
        let alerts = alerts::list(&panel.panel.db, alerts::Search::default(), 10)
            .await
            .unwrap();
        assert_eq!(alerts.len(), 1, "{word}");
        assert_eq!(alerts[0].kind, "unknown_status", "{word}");
        assert!(alerts[0].message.contains(word), "{}", alerts[0].message);
        panel.finish().await;
    }
}

#[apply(story)]
async fn completed_with_units_left_is_final_and_shown_to_the_operator() {
    let panel = TestPanel::start().await;
    let text = r#"{"charge":"0.3","status":"Completed","remains":"20"}"#;
    panel.provider.script_next(1, Script::Says(text.to_owned()));
    let order = panel.order("https://x.test/p", 1000).await;
    panel.pass(5 * MINUTE).await;
    assert_eq!(panel.shown(order).await, "Completed 0.90 0");
    assert_eq!(panel.balance().await, "99.10");
    assert_eq!(alert_kinds(&panel).await, ["completed_with_remains"]);
    panel.finish().await;
}

#[apply(story)]
async fn an_ended_order_is_not_asked_about_again_and_a_later_word_changes_nothing() {
    let panel = TestPanel::start().await;
    let text = r#"{"charge":"0.3","status":"Partial","remains":"400"}"#;
    panel.provider.script_next(1, Script::Says(text.to_owned()));
    let ended = panel.order("https://x.test/ended", 1000).await;
    panel.work().await;
    panel.advance(MINUTE);
    panel.work().await;
    assert_eq!(panel.shown(ended).await, "Partial 0.54 400");
    let asked = statuses_asked(&panel);
    panel.pass(5 * MINUTE).await;
    assert_eq!(statuses_asked(&panel), asked);
    // A provider that speaks of it unasked, in the answer about another order.
    let open = panel.order("https://x.test/open", 1000).await;
    panel.work().await;
    let ids: Vec<i64> = panel.provider.orders().iter().map(|seen| seen.id).collect();
    let both = format!(
        "{{\"{}\":{{\"status\":\"In progress\",\"remains\":\"9\"}},\
         \"{}\":{{\"status\":\"In progress\",\"remains\":\"800\"}}}}",
        ids[0], ids[1]
    );
    panel.provider.fail_next("status", Fault::Http(200, both));
    panel.advance(MINUTE);
    panel.work().await;
    assert_eq!(panel.shown(open).await, "In progress 0.90 800");
    assert_eq!(panel.shown(ended).await, "Partial 0.54 400");
    panel.finish().await;
}

#[apply(story)]
async fn an_order_in_progress_does_not_go_back_to_pending() {
    let panel = TestPanel::start().await;
    let order = panel.order("https://x.test/p", 1000).await;
    panel.pass(5 * MINUTE).await;
    assert_eq!(panel.shown(order).await, "In progress 0.90 556");
    let id = panel.provider.orders()[0].id;
    let back = format!(r#"{{"{id}":{{"status":"Pending","remains":"1000"}}}}"#);
    panel.provider.fail_next("status", Fault::Http(200, back));
    panel.pass(MINUTE).await;
    let shown = panel.shown(order).await;
    assert!(shown.starts_with("In progress 0.90 "), "{shown}");
    panel.pass(DELIVERY).await;
    assert_eq!(panel.shown(order).await, "Completed 0.90 0");
    panel.finish().await;
}

#[apply(story)]
async fn an_answer_that_cannot_be_read_is_asked_for_again_a_minute_later() {
    let panel = TestPanel::start().await;
    panel.provider.set_script(1, Script::Deliver { over_ms: 0 });
    for (n, fault) in (0..).zip([
        Fault::Http(502, "<html><h1>502 Bad Gateway</h1></html>".to_owned()),
        Fault::Http(200, "<html>Checking your browser</html>".to_owned()),
        Fault::Http(200, String::new()),
        Fault::Http(200, r#"{"error":"Invalid API key"}"#.to_owned()),
        Fault::Http(200, r#"{"5000001":{"status":"#.to_owned()),
        Fault::Http(429, String::new()),
        Fault::Http(200, "x".repeat(2 * 1024 * 1024)),
        Fault::Http(200, "[".repeat(100_000)),
        Fault::Drop,
        Fault::Hang,
    ]) {
        panel.provider.fail_next("status", fault.clone());
        let order = panel.order(&format!("https://x.test/{n}"), 1000).await;
        panel.work().await;
        panel.advance(MINUTE);
        panel.work().await;
        assert_eq!(panel.shown(order).await, "Processing 0.90 1000", "case {n}");
        panel.advance(MINUTE);
        panel.work().await;
        assert_eq!(panel.shown(order).await, "Completed 0.90 0", "case {n}");
    }
    assert_eq!(alert_kinds(&panel).await, [""; 0]);
    panel.finish().await;
}

#[apply(story)]
async fn an_answer_that_is_about_nothing_is_asked_for_in_the_other_field_at_once() {
    let panel = TestPanel::start().await;
    panel.provider.set_script(1, Script::Deliver { over_ms: 0 });
    for body in ["[]", "{}"] {
        panel
            .provider
            .fail_next("status", Fault::Http(200, body.to_owned()));
        let order = panel.order("https://x.test/p", 1000).await;
        panel.work().await;
        panel.advance(MINUTE);
        panel.work().await;
        assert_eq!(panel.shown(order).await, "Completed 0.90 0", "{body}");
    }
    assert_eq!(alert_kinds(&panel).await, [""; 0]);
    panel.finish().await;
}

#[apply(story)]
async fn a_character_that_no_database_should_have_to_hold_stops_nothing() {
    let panel = TestPanel::start().await;
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    let id = panel.provider.orders()[0].id;
    let odd =
        format!(r#"{{"{id}":{{"status":"Odd\u0000word","charge":"1\u0000","remains":"900"}}}}"#);
    panel.provider.fail_next("status", Fault::Http(200, odd));
    panel.pass(MINUTE).await;
    assert_eq!(alert_kinds(&panel).await, ["unknown_status"]);
    panel.provider.script_next(1, Script::Refuse("no\0pe"));
    let refused = panel.order("https://x.test/q", 1000).await;
    panel.pass(DELIVERY).await;
    assert_eq!(panel.shown(order).await, "Completed 0.90 0");
    // Nobody has sorted what is left of the sentence.
    assert_eq!(panel.shown(refused).await, "Pending 0.90 1000");
    let order = order.to_string();
    panel.advance(25 * 60 * MINUTE);
    let asked = panel.v2(&[("action", "refill"), ("order", &order)]).await;
    assert_eq!(asked.body, r#"{"refill":"1"}"#);
    let no = r#"{"error":"no\u0000pe"}"#.to_owned();
    panel.provider.fail_next("refill", Fault::Http(200, no));
    panel.work().await;
    let status = panel
        .v2(&[("action", "refill_status"), ("refill", "1")])
        .await;
    assert_eq!(status.body, r#"{"status":"Rejected"}"#);
    panel.finish().await;
}

#[apply(story)]
async fn an_order_that_its_provider_denies_is_parked_and_an_operator_can_refund_it() {
    let panel = TestPanel::start().await;
    let text = r#"{"error":"Incorrect order ID"}"#;
    panel.provider.script_next(1, Script::Says(text.to_owned()));
    let order = panel.order("https://x.test/p", 1000).await;
    panel.pass(11 * MINUTE).await;
    let parked = orders::uncertain(&panel.panel, Period::default(), None, 10)
        .await
        .unwrap();
    assert_eq!(parked.len(), 1);
    assert_eq!(alert_kinds(&panel).await, ["parked"]);
    assert_eq!(panel.shown(order).await, "Processing 0.90 1000");
    let refund = orders::resolve(
        &panel.panel,
        &Actor::command(),
        parked[0].id,
        Resolution::Refund,
        None,
    )
    .await;
    assert_eq!(refund.unwrap(), Ok(()));
    assert_eq!(panel.shown(order).await, "Canceled 0.00 1000");
    assert_eq!(panel.balance().await, "100.00");
    panel.finish().await;
}
