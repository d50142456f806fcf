//! Every dialect that providers speak, end to end: whatever the spelling, the order ends right,
//! and what decides nothing settles nothing.

mod vague;

use harness::{DELIVERY, HOUR, MINUTE, TestPanel, alert_kinds, texts};
use smm_panel_server::alerts;
use smm_panel_server::demo::provider::{Dialect, Fault, Script};
use smm_panel_server::orders::{self, Resolution};

fn statuses_asked(panel: &TestPanel) -> usize {
    let requests = panel.provider.requests();
    requests
        .iter()
        .filter(|seen| seen.action == "status")
        .count()
}

#[apply(story)]
async fn orders_end_right_in_every_dialect_alone_and_together() {
    for dialect in [
        Dialect::Standard,
        Dialect::PositionalList,
        Dialect::Numbers,
        Dialect::Spellings,
        Dialect::BareErrors,
        Dialect::PhpWarning,
        Dialect::TableList,
        Dialect::IdList,
        Dialect::OrderIdList,
        Dialect::KeyedByPosition,
        Dialect::OnlyOne,
        Dialect::AllOrNothing,
        Dialect::AtMost(2),
        Dialect::NoticeBehind,
        Dialect::Enveloped,
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
        // "Asked again, then parked": an operator decides about the one that is denied, and about
        // one of which the provider says nothing for a day.
        if alert_kinds(&panel).await.is_empty() {
            for _ in 0..26 {
                panel.advance(HOUR);
                panel.work().await;
            }
        }
        assert_eq!(alert_kinds(&panel).await, ["parked"], "{dialect:?}");
        panel.finish().await;
    }
}

#[apply(story)]
async fn statuses_are_asked_for_up_to_a_hundred_orders_at_once() {
    let panel = TestPanel::start().await;
    panel.provider.set_script(1, Script::Deliver { over_ms: 0 });
    for n in 0..115 {
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
    // The first ten are asked about at once, because no charge of that offer is known yet.
    assert_eq!(sizes, [10, 100, 5]);
    let open = "SELECT CAST(COUNT(*) AS TEXT) FROM orders WHERE status <> 'completed'";
    assert_eq!(texts(&panel, open).await, ["0"]);
    panel.finish().await;
}

#[apply(story)]
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
        // Of two words under one name neither counts.
        (
            r#"{"status":"Pending","status":"Completed","remains":"0"}"#,
            "Processing 0.90 1000",
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
            "In progress 0.90 1000",
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

#[apply(story)]
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
        (200, r#"{"order_id":7,"order":<order>}"#),
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

#[apply(story)]
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
        (422, r#"{"errors":{"link":["neworder.error.link"]}}"#),
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
