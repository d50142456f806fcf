//! "A refund is asked twice."

use harness::{TestPanel, keeps_request_ids};

use super::*;

/// How long after the first report the second is asked for, unless the settings say otherwise.
const CONFIRM: i64 = 10_000;

/// A panel whose ends are confirmed as in production, with an order of which the provider says
/// `text`.
async fn reported(text: &str) -> (TestPanel, i64) {
    let panel = TestPanel::start_with(|config| config.refund_confirm_ms = CONFIRM).await;
    panel.provider.script_next(1, says(text));
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    panel.advance(MINUTE);
    panel.work().await;
    (panel, order)
}

/// Has the next answer to `status` say this of the only order.
fn next_says(panel: &TestPanel, line: &str) {
    let id = panel.provider.orders()[0].id;
    let body = format!(r#"{{"{id}":{line}}}"#);
    panel.provider.fail_next("status", Fault::Http(200, body));
}

#[apply(story)]
async fn an_end_that_moves_money_is_asked_about_once_more_before_it_does() {
    for (text, end, balance) in [
        (
            r#"{"status":"Canceled","charge":"0","remains":"1000"}"#,
            "Canceled 0.00 1000",
            "100.00",
        ),
        (
            r#"{"status":"Refund","charge":"0","remains":"0"}"#,
            "Canceled 0.00 1000",
            "100.00",
        ),
        (
            r#"{"status":"Fail","charge":"0"}"#,
            "Canceled 0.00 1000",
            "100.00",
        ),
        (
            r#"{"status":"Partial","charge":"0.2","remains":"400"}"#,
            "Partial 0.54 400",
            "99.46",
        ),
        (
            r#"{"status":"Partial","charge":"0.2","remains":0}"#,
            "Partial 0.90 0",
            "99.10",
        ),
        (
            r#"{"status":"Partial","charge":"0.2","remains":"9999"}"#,
            "Canceled 0.00 1000",
            "100.00",
        ),
    ] {
        let (panel, order) = reported(text).await;
        assert_eq!(panel.shown(order).await, "Processing 0.90 1000", "{text}");
        assert_eq!(asked(&panel, "status").len(), 1, "{text}");
        panel.advance(CONFIRM - 1);
        panel.work().await;
        assert_eq!(panel.shown(order).await, "Processing 0.90 1000", "{text}");
        assert_eq!(panel.balance().await, "99.10", "{text}");
        panel.advance(1);
        panel.work().await;
        assert_eq!(panel.shown(order).await, end, "{text}");
        assert_eq!(panel.balance().await, balance, "{text}");
        assert_eq!(asked(&panel, "status").len(), 2, "{text}");
        // "The order ends at the time of the first report."
        let ended = "SELECT CAST(settled_at_ms - created_at_ms AS TEXT) FROM orders";
        assert_eq!(texts(&panel, ended).await, [MINUTE.to_string()], "{text}");
        panel.finish().await;
    }
}

#[apply(story)]
async fn a_completed_order_is_not_asked_about_again() {
    let text = r#"{"status":"Completed","charge":"0.3","remains":"0"}"#;
    let (panel, order) = reported(text).await;
    assert_eq!(panel.shown(order).await, "Completed 0.90 0");
    assert_eq!(asked(&panel, "status").len(), 1);
    panel.finish().await;
}

#[apply(story)]
async fn an_end_that_is_taken_back_ends_nothing() {
    let panel = TestPanel::start_with(|config| config.refund_confirm_ms = CONFIRM).await;
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    panel.advance(MINUTE);
    next_says(
        &panel,
        r#"{"status":"Canceled","charge":"0","remains":"1000"}"#,
    );
    panel.work().await;
    panel.pass(DELIVERY).await;
    assert_eq!(panel.shown(order).await, "Completed 0.90 0");
    assert_eq!(panel.balance().await, "99.10");
    assert_eq!(alert_kinds(&panel).await, [""; 0]);
    panel.finish().await;
}

#[apply(story)]
async fn an_end_that_changes_is_confirmed_as_it_is_last() {
    let (panel, order) = reported(r#"{"status":"Partial","charge":"0.2","remains":"300"}"#).await;
    next_says(
        &panel,
        r#"{"status":"Canceled","charge":"0","remains":"1000"}"#,
    );
    panel.advance(CONFIRM);
    panel.work().await;
    assert_eq!(panel.balance().await, "99.10");
    next_says(
        &panel,
        r#"{"status":"Canceled","charge":"0","remains":"0"}"#,
    );
    panel.advance(CONFIRM);
    panel.work().await;
    assert_eq!(panel.shown(order).await, "Canceled 0.00 1000");
    assert_eq!(panel.balance().await, "100.00");
    panel.finish().await;
}

#[apply(story)]
async fn a_second_contradiction_is_an_operators() {
    for seconds in [
        [
            r#"{"status":"Partial","charge":"0.2","remains":"500"}"#,
            r#"{"status":"Canceled"}"#,
        ],
        [
            r#"{"status":"Completed","charge":"0.3"}"#,
            r#"{"status":"In progress","remains":"9"}"#,
        ],
    ] {
        let (panel, order) =
            reported(r#"{"status":"Partial","charge":"0.2","remains":"300"}"#).await;
        for second in seconds {
            next_says(&panel, second);
            panel.advance(CONFIRM);
            panel.work().await;
            assert_eq!(panel.balance().await, "99.10");
        }
        panel.pass(10 * MINUTE).await;
        assert_eq!(panel.balance().await, "99.10");
        assert!(panel.shown(order).await.ends_with(" 0.90 1000"));
        let runs = runs(&panel).await;
        assert!(
            runs[0].starts_with("parked: the provider contradicts itself"),
            "{runs:?}"
        );
        assert_eq!(alert_kinds(&panel).await, ["parked"]);
        panel.finish().await;
    }
}

#[apply(story)]
async fn numbers_that_contradict_the_status_are_an_operators_before_the_end_is_final() {
    for text in [
        r#"{"status":"Completed","charge":"0","remains":"1000"}"#,
        r#"{"status":"Completed","charge":"0.00","remains":1000}"#,
        r#"{"status":"Partial","charge":"0","remains":"0"}"#,
        r#"{"status":"Partial","charge":0,"remains":"-7"}"#,
    ] {
        let (panel, order) = reported(text).await;
        panel.pass(MINUTE).await;
        assert_eq!(panel.balance().await, "99.10", "{text}");
        assert_eq!(panel.shown(order).await, "Processing 0.90 1000", "{text}");
        let runs = runs(&panel).await;
        assert!(
            runs[0].starts_with("parked: the numbers contradict the status"),
            "{runs:?}"
        );
        panel.finish().await;
    }
}

#[apply(story)]
async fn a_canceled_order_with_a_kept_charge_is_refunded_whole_with_an_alert() {
    let (panel, order) =
        reported(r#"{"status":"Canceled","charge":"0.30","remains":"1000"}"#).await;
    panel.pass(MINUTE).await;
    assert_eq!(panel.shown(order).await, "Canceled 0.00 1000");
    assert_eq!(panel.balance().await, "100.00");
    assert_eq!(alert_kinds(&panel).await, ["sold_below_cost"]);
    panel.finish().await;
}

#[apply(story)]
async fn a_provider_of_our_own_kind_is_believed_at_once() {
    let panel = TestPanel::start_with(|config| config.refund_confirm_ms = CONFIRM).await;
    panel.provider.keep_request_ids(true);
    keeps_request_ids(&panel.panel, panel.provider_id, true).await;
    panel.provider.set_script(1, Script::CancelAfter { ms: 0 });
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    panel.advance(MINUTE);
    panel.work().await;
    assert_eq!(panel.shown(order).await, "Canceled 0.00 1000");
    assert_eq!(asked(&panel, "status").len(), 1);
    // An answer without the header is anybody's, whatever was recorded of the provider.
    panel.provider.keep_request_ids(false);
    let order = panel.order("https://x.test/q", 1000).await;
    panel.work().await;
    panel.advance(MINUTE);
    panel.work().await;
    assert_eq!(panel.shown(order).await, "Processing 0.90 1000");
    panel.advance(CONFIRM);
    panel.work().await;
    assert_eq!(panel.shown(order).await, "Canceled 0.00 1000");
    panel.finish().await;
}

#[apply(story)]
async fn the_second_ask_rides_in_a_list_only_where_lines_are_keyed() {
    for (dialect, rides) in [(Dialect::Standard, true), (Dialect::OrderIdList, false)] {
        let panel = TestPanel::start_with(|config| config.refund_confirm_ms = CONFIRM).await;
        panel.provider.speak(dialect);
        panel.provider.set_script(1, Script::CancelAfter { ms: 0 });
        for n in 0..3 {
            panel.order(&format!("https://x.test/{n}"), 1000).await;
        }
        panel.work().await;
        panel.advance(MINUTE);
        panel.work().await;
        let first = asked(&panel, "status");
        assert_eq!(first, ["orders=5000001,5000002,5000003"], "{dialect:?}");
        panel.advance(CONFIRM);
        panel.work().await;
        let second = asked(&panel, "status").split_off(1);
        let expected = match rides {
            true => vec!["orders=5000001,5000002,5000003"],
            false => vec!["orders=5000001", "orders=5000002", "orders=5000003"],
        };
        assert_eq!(second, expected, "{dialect:?}");
        assert_eq!(panel.balance().await, "100.00", "{dialect:?}");
        panel.finish().await;
    }
}

#[apply(story)]
async fn a_silent_or_unreadable_second_answer_is_asked_for_again() {
    for fault in [
        Fault::Hang,
        Fault::Http(500, r#"{"5000001":{"status":"Canceled"}}"#.to_owned()),
        Fault::Http(404, r#"{"5000001":{"status":"Canceled"}}"#.to_owned()),
        Fault::Http(200, "<html>".to_owned()),
        Fault::Http(200, r#"{"5000001":{"status":"Odd"}}"#.to_owned()),
        Fault::Http(200, r#"{"5000002":{"status":"Canceled"}}"#.to_owned()),
    ] {
        let (panel, order) = reported(r#"{"status":"Canceled","charge":"0"}"#).await;
        panel.provider.fail_next("status", fault.clone());
        panel.advance(CONFIRM);
        panel.work().await;
        let mut shown = panel.shown(order).await;
        if shown.starts_with("Canceled") {
            // The field for one was tried too.
            assert!(matches!(&fault, Fault::Http(200, body) if body.contains("5000002")));
        } else {
            assert_eq!(panel.balance().await, "99.10", "{fault:?}");
            panel.pass(2 * MINUTE).await;
            shown = panel.shown(order).await;
        }
        assert_eq!(shown, "Canceled 0.00 1000", "{fault:?}");
        panel.finish().await;
    }
}

/// Two reports of an end count only one after the other: what decides nothing between them takes the
/// first back. `between` is heard so many times before it counts.
async fn an_end_is_reported_anew_after(between: &str, times: usize, shown: &str) {
    const CANCELED: &str = r#"{"status":"Canceled","charge":"0","remains":"1000"}"#;
    let panel = TestPanel::start_with(|config| config.refund_confirm_ms = CONFIRM).await;
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    let says = async |line: &str, times: usize, after: i64| {
        let so_far = asked(&panel, "status").len();
        for _ in 0..times {
            next_says(&panel, line);
        }
        panel.advance(after);
        panel.work().await;
        assert_eq!(asked(&panel, "status").len(), so_far + times, "{between}");
    };
    says(CANCELED, 1, MINUTE).await;
    says(between, times, CONFIRM).await;
    let reasons = texts(&panel, "SELECT reason FROM dispatches").await;
    assert!(reasons[0].contains(shown), "{between}: {reasons:?}");
    says(CANCELED, 1, MINUTE).await;
    assert_eq!(
        panel.shown(order).await,
        "Processing 0.90 1000",
        "{between}"
    );
    assert_eq!(panel.balance().await, "99.10", "{between}");
    says(CANCELED, 1, CONFIRM).await;
    assert_eq!(panel.shown(order).await, "Canceled 0.00 1000", "{between}");
    assert_eq!(panel.balance().await, "100.00", "{between}");
    // It ends at the time of the report that was confirmed, not of the one that was taken back.
    let ended = "SELECT CAST(settled_at_ms - created_at_ms AS TEXT) FROM orders";
    let third = (2 * MINUTE + CONFIRM).to_string();
    assert_eq!(texts(&panel, ended).await, [third], "{between}");
    panel.finish().await;
}

#[apply(story)]
async fn a_word_that_nobody_sorted_between_two_reports_of_an_end_takes_the_first_back() {
    for between in [
        r#"{"status":"Hmm","charge":"0","remains":"1000"}"#,
        r#"{"status":"Terminé","charge":"0.3","remains":"0"}"#,
    ] {
        an_end_is_reported_anew_after(between, 1, "is not known").await;
    }
}

#[apply(story)]
async fn a_vague_answer_between_two_reports_of_an_end_takes_the_first_back() {
    for (between, times, shown) in [
        // An error is heard in both fields before it counts.
        (
            r#"{"error":"Incorrect order ID"}"#,
            2,
            "the provider answers",
        ),
        (
            r#"{"status":"Partial","charge":"0.2"}"#,
            1,
            "partial without remains",
        ),
        (
            r#"{"status":"Partial","charge":"0.2","remains":"N/A"}"#,
            1,
            "partial without remains",
        ),
    ] {
        an_end_is_reported_anew_after(between, times, shown).await;
    }
}
