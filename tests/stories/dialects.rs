//! Every dialect that providers speak, end to end: whatever the spelling, the order ends right,
//! and what decides nothing settles nothing.

use harness::{DELIVERY, MINUTE, TestPanel};
use sea_orm::{ConnectionTrait, Statement};
use smm_panel_server::alerts;
use smm_panel_server::demo::provider::{Dialect, Fault, Script};
use smm_panel_server::orders::{self, Resolution};

/// The one text column of a query, row by row.
async fn texts(panel: &TestPanel, sql: &str) -> Vec<String> {
    let db = panel.panel.db.read();
    let rows = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
        .await
        .unwrap();
    rows.iter()
        .map(|row| row.try_get_by_index(0).unwrap())
        .collect()
}

/// The kinds of all alerts, oldest first.
async fn alert_kinds(panel: &TestPanel) -> Vec<String> {
    let mut alerts = alerts::list(&panel.panel.db, 1000).await.unwrap();
    alerts.reverse();
    alerts.into_iter().map(|alert| alert.kind).collect()
}

fn statuses_asked(panel: &TestPanel) -> usize {
    let requests = panel.provider.requests();
    requests
        .iter()
        .filter(|seen| seen.action == "status")
        .count()
}

#[tokio::test]
async fn orders_end_right_in_every_dialect_alone_and_together() {
    for dialect in [
        Dialect::Standard,
        Dialect::PositionalList,
        Dialect::Numbers,
        Dialect::Spellings,
        Dialect::BareErrors,
        Dialect::PhpWarning,
    ] {
        let ends = [
            (Script::Deliver { over_ms: DELIVERY }, "Completed 0.90 0"),
            (
                Script::Partial {
                    over_ms: DELIVERY,
                    delivered_percent: 75,
                },
                "Partial 0.675 250",
            ),
            (Script::CancelAfter { ms: DELIVERY }, "Canceled 0.00 1000"),
        ];
        for (script, end) in &ends {
            let panel = TestPanel::start().await;
            panel.provider.speak(dialect);
            panel.provider.script_next(1, script.clone());
            let order = panel.order("https://x.test/p", 1000).await;
            panel.pass(DELIVERY + MINUTE).await;
            assert_eq!(panel.shown(order).await, *end, "{dialect:?}");
            panel.finish().await;
        }
        let panel = TestPanel::start().await;
        panel.provider.speak(dialect);
        // One the provider will deny to know of, in the middle of the batch.
        let lost = Script::AddSays {
            status: 200,
            body: r#"{"order":999}"#.to_owned(),
            record: false,
        };
        let mut placed = Vec::new();
        for (n, script) in [&ends[0].0, &lost, &ends[1].0, &ends[2].0]
            .into_iter()
            .enumerate()
        {
            panel.provider.script_next(1, script.clone());
            placed.push(panel.order(&format!("https://x.test/{n}"), 1000).await);
            panel.work().await;
        }
        panel.pass(DELIVERY + MINUTE).await;
        let mut shown = Vec::new();
        for order in placed {
            shown.push(panel.shown(order).await);
        }
        let expected = [ends[0].1, "Processing 0.90 1000", ends[1].1, ends[2].1];
        assert_eq!(shown, expected, "{dialect:?}");
        assert_eq!(panel.balance().await, "97.525", "{dialect:?}");
        // "Asked again, then parked": an operator decides about the one that is denied.
        assert_eq!(alert_kinds(&panel).await, ["parked"], "{dialect:?}");
        panel.finish().await;
    }
}

#[tokio::test]
async fn statuses_are_asked_for_up_to_a_hundred_orders_at_once() {
    let panel = TestPanel::start().await;
    panel.provider.set_script(1, Script::Deliver { over_ms: 0 });
    for n in 0..105 {
        panel.order(&format!("https://x.test/{n}"), 50).await;
    }
    panel.work().await;
    panel.advance(MINUTE);
    panel.work().await;
    let requests = panel.provider.requests();
    let sizes: Vec<usize> = requests
        .iter()
        .filter(|seen| seen.action == "status")
        .map(|seen| seen.fields[0].1.split(',').count())
        .collect();
    assert_eq!(sizes, [100, 5]);
    let open = "SELECT CAST(COUNT(*) AS TEXT) FROM orders WHERE status <> 'completed'";
    assert_eq!(texts(&panel, open).await, ["0"]);
    panel.finish().await;
}

#[tokio::test]
async fn every_spelling_of_a_status_is_read_as_what_it_means() {
    let panel = TestPanel::start().await;
    let cases = [
        // Types: numbers, null, missing, more decimals, duplicate keys, other fields.
        (
            r#"{"charge":0.3,"start_count":null,"status":"Completed","remains":0}"#,
            "Completed 0.90 0",
        ),
        (
            r#"{"charge":"0.3","start_count":"","status":"Completed","remains":""}"#,
            "Completed 0.90 0",
        ),
        (r#"{"status":"Completed"}"#, "Completed 0.90 0"),
        (
            r#"{"status":"Pending","status":"Completed","remains":"0"}"#,
            "Completed 0.90 0",
        ),
        (
            r#"{"status":"Completed","remains":"0","currency":"INR","extra":{"a":[1]}}"#,
            "Completed 0.90 0",
        ),
        (r#"{"status":"Partial","remains":250}"#, "Partial 0.675 250"),
        (
            r#"{"status":"Partial","remains":"250"}"#,
            "Partial 0.675 250",
        ),
        (
            r#"{"status":"Partial","remains":250.00}"#,
            "Partial 0.675 250",
        ),
        (
            r#"{"status":"Partial","remains":"250.0"}"#,
            "Partial 0.675 250",
        ),
        // Words.
        (
            r#"{"status":"PARTIAL","remains":"250"}"#,
            "Partial 0.675 250",
        ),
        (
            r#"{"status":"tasks.status.completed","remains":"0"}"#,
            "Completed 0.90 0",
        ),
        (r#"{"status":"complete","remains":"0"}"#, "Completed 0.90 0"),
        (
            r#"{"status":"Cancelled","remains":"1000"}"#,
            "Canceled 0.00 1000",
        ),
        (
            r#"{"status":"canceled","remains":"0"}"#,
            "Canceled 0.00 1000",
        ),
        (
            r#"{"status":"Refunded","remains":"0"}"#,
            "Canceled 0.00 1000",
        ),
        (
            r#"{"status":"Fail","charge":"0","remains":"1000"}"#,
            "Canceled 0.00 1000",
        ),
        (
            r#"{"status":"Failed","charge":"0","remains":"1000"}"#,
            "Canceled 0.00 1000",
        ),
        (
            r#"{"status":"Rejected","remains":"1000"}"#,
            "Canceled 0.00 1000",
        ),
        (
            r#"{"status":"Pending","remains":"1000"}"#,
            "Processing 0.90 1000",
        ),
        (
            r#"{"status":"Processing","remains":"1000"}"#,
            "Processing 0.90 1000",
        ),
        (
            r#"{"status":"Inprogress","remains":"400"}"#,
            "In progress 0.90 400",
        ),
        (
            r#"{"status":"in_progress","remains":"400"}"#,
            "In progress 0.90 400",
        ),
        (
            r#"{"status":"tasks.status.in_progress","remains":400}"#,
            "In progress 0.90 400",
        ),
        // Numbers that cannot be.
        (
            r#"{"status":"In progress","remains":"5000"}"#,
            "In progress 0.90 1000",
        ),
        (
            r#"{"status":"In progress","remains":"-5"}"#,
            "In progress 0.90 0",
        ),
        (
            r#"{"status":"In progress","remains":"99999999999999999999999"}"#,
            "In progress 0.90 1000",
        ),
        (
            r#"{"status":"In progress","remains":1e999}"#,
            "In progress 0.90 1000",
        ),
        (r#"{"status":"Partial","remains":"-5"}"#, "Partial 0.90 0"),
        (
            r#"{"status":"Partial","remains":"1000"}"#,
            "Canceled 0.00 1000",
        ),
        (
            r#"{"status":"Partial","remains":"5000"}"#,
            "Canceled 0.00 1000",
        ),
        // Too large for any order: as good as none.
        (
            r#"{"status":"Partial","remains":"9223372036854775807"}"#,
            "Processing 0.90 1000",
        ),
        (
            r#"{"status":"Partial","remains":"1,000"}"#,
            "Processing 0.90 1000",
        ),
        (
            r#"{"status":"Partial","remains":"many"}"#,
            "Processing 0.90 1000",
        ),
        (
            r#"{"status":"Partial","remains":"12.5"}"#,
            "Processing 0.90 1000",
        ),
        (
            r#"{"status":"Partial","remains":null}"#,
            "Processing 0.90 1000",
        ),
        // Nothing that decides.
        (r#"{"status":"","remains":"0"}"#, "Processing 0.90 1000"),
        (r#"{"error":"Incorrect order ID"}"#, "Processing 0.90 1000"),
        (r#""Incorrect order ID""#, "Processing 0.90 1000"),
        ("null", "Processing 0.90 1000"),
        ("[]", "Processing 0.90 1000"),
    ];
    let mut placed = Vec::new();
    for (n, (body, end)) in cases.into_iter().enumerate() {
        panel.provider.script_next(1, Script::Says(body.to_owned()));
        let order = panel.order(&format!("https://x.test/{n}"), 1000).await;
        panel.work().await;
        placed.push((order, body, end));
    }
    panel.advance(MINUTE);
    panel.work().await;
    for (order, body, end) in placed {
        assert_eq!(panel.shown(order).await, end, "{body}");
    }
    panel.finish().await;
}

#[tokio::test]
async fn every_way_of_saying_that_an_order_was_taken_is_understood() {
    let panel = TestPanel::start().await;
    for (n, (status, body)) in (0..).zip([
        (200, r#"{"order":<order>}"#),
        (200, r#"{"order":"<order>"}"#),
        (200, r#"{"status":"success","order":<order>}"#),
        (200, r#"{"status":"100","order":"<order>"}"#),
        (200, r#"{"order":<order>,"charge":"0.3","currency":"USD"}"#),
        (200, r#"{"order":<order>,"error":null}"#),
        (200, r#"[{"order":<order>}]"#),
        (200, "\u{feff}{\"order\":<order>}"),
        (
            200,
            "<br />\n<b>Warning</b>: x in <b>a.php</b> on line <b>4</b><br />\n{\"order\":<order>}",
        ),
        (200, r#"{"order":7,"order":<order>}"#),
        (201, r#"{"order":<order>}"#),
        (422, r#"{"order":<order>}"#),
    ]) {
        let answer = Script::AddSays {
            status,
            body: body.to_owned(),
            record: true,
        };
        panel.provider.script_next(1, answer);
        let order = panel.order(&format!("https://x.test/{n}"), 1000).await;
        panel.work().await;
        let id = panel.provider.orders()[n].id.to_string();
        let known = format!("SELECT provider_order FROM dispatches WHERE order_id = {order}");
        assert_eq!(texts(&panel, &known).await, [id], "{body}");
        panel.advance(MINUTE);
        panel.work().await;
        assert_eq!(panel.shown(order).await, "Completed 0.90 0", "{body}");
    }
    assert_eq!(alert_kinds(&panel).await, [""; 0]);
    panel.finish().await;
}

#[tokio::test]
async fn every_way_of_refusing_an_order_refunds_it() {
    let panel = TestPanel::start().await;
    for (n, (status, body)) in (0..).zip([
        (200, r#"{"error":"Bad link"}"#),
        (200, r#"{"errors":["Bad link"]}"#),
        (200, r#"{"status":"102","error":"Incorrect service ID"}"#),
        (200, r#"{"status":"error","msg":"Bad link"}"#),
        (200, r#"{"error":"Bad link","order":null}"#),
        (200, "Notice: x in [a.php]\n{\"error\":\"Bad link\"}"),
        (401, r#"{"error":"neworder.error.min_quantity"}"#),
        (422, r#"{"errors":{"link":["The link is invalid"]}}"#),
    ]) {
        let answer = Script::AddSays {
            status,
            body: body.to_owned(),
            record: false,
        };
        panel.provider.script_next(1, answer);
        let order = panel.order(&format!("https://x.test/{n}"), 1000).await;
        panel.work().await;
        assert_eq!(panel.shown(order).await, "Canceled 0.00 1000", "{body}");
        assert_eq!(panel.balance().await, "100.00", "{body}");
    }
    panel.finish().await;
}

#[tokio::test]
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
        let alerts = alerts::list(&panel.panel.db, 10).await.unwrap();
        assert_eq!(alerts.len(), 1, "{word}");
        assert_eq!(alerts[0].kind, "unknown_status", "{word}");
        assert!(alerts[0].message.contains(word), "{}", alerts[0].message);
        panel.finish().await;
    }
}

#[tokio::test]
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

#[tokio::test]
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
        r#"{{"{}":{{"status":"In progress","remains":"9"}},"{}":{{"status":"In progress","remains":"800"}}}}"#,
        ids[0], ids[1]
    );
    panel.provider.fail_next("status", Fault::Http(200, both));
    panel.advance(MINUTE);
    panel.work().await;
    assert_eq!(panel.shown(open).await, "In progress 0.90 800");
    assert_eq!(panel.shown(ended).await, "Partial 0.54 400");
    panel.finish().await;
}

#[tokio::test]
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

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_asked_for_again_a_minute_later() {
    let panel = TestPanel::start().await;
    panel.provider.set_script(1, Script::Deliver { over_ms: 0 });
    for (n, fault) in (0..).zip([
        Fault::Http(502, "<html><h1>502 Bad Gateway</h1></html>".to_owned()),
        Fault::Http(200, "<html>Checking your browser</html>".to_owned()),
        Fault::Http(200, String::new()),
        Fault::Http(200, "[]".to_owned()),
        Fault::Http(200, "{}".to_owned()),
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

#[tokio::test]
async fn an_order_that_its_provider_denies_is_parked_and_an_operator_can_refund_it() {
    let panel = TestPanel::start().await;
    let text = r#"{"error":"Incorrect order ID"}"#;
    panel.provider.script_next(1, Script::Says(text.to_owned()));
    let order = panel.order("https://x.test/p", 1000).await;
    panel.pass(11 * MINUTE).await;
    let parked = orders::uncertain(&panel.panel.db, 10).await.unwrap();
    assert_eq!(parked.len(), 1);
    assert_eq!(alert_kinds(&panel).await, ["parked"]);
    assert_eq!(panel.shown(order).await, "Processing 0.90 1000");
    let refund = orders::resolve(&panel.panel, parked[0].id, Resolution::Refund).await;
    assert_eq!(refund.unwrap(), Ok(()));
    assert_eq!(panel.shown(order).await, "Canceled 0.00 1000");
    assert_eq!(panel.balance().await, "100.00");
    panel.finish().await;
}
