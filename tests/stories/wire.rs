//! The panel protocol to the letter: what clients that were written for other panels send, and the
//! exact text they get. Consumers compare these texts and types, so they are compared here.

use futures::future::join_all;
use harness::{DELIVERY, HOUR, MINUTE, Reply, TestPanel, account, terms};
use insta::assert_snapshot;
use sea_orm::{ConnectionTrait, Statement};
use smm_panel_server::demo::provider::Script;
use smm_panel_server::protocol::ServiceType;

mod encodings;
mod listing;
mod order_types;
mod request_ids;

const LINK: &str = "https://x.test/p";
const UNKNOWN_ORDER: &str = r#"{"error":"Incorrect order ID"}"#;

/// Sends `body` under this media type, or under none.
async fn post(panel: &TestPanel, media: Option<&str>, body: impl Into<reqwest::Body>) -> Reply {
    let mut request = panel.http().post(&panel.url).body(body);
    if let Some(media) = media {
        request = request.header("content-type", media);
    }
    panel.send(request).await
}

/// Sends a form with the panel's key and gives the answer's text.
async fn body(panel: &TestPanel, fields: &[(&str, &str)]) -> String {
    let reply = panel.v2(fields).await;
    assert_eq!(reply.status, 200, "{fields:?}: {}", reply.body);
    reply.body
}

/// The answer to an `add` of service 1 with `more` fields.
async fn add(panel: &TestPanel, more: &[(&str, &str)]) -> String {
    let mut fields = vec![("action", "add"), ("service", "1")];
    fields.extend_from_slice(more);
    body(panel, &fields).await
}

/// The answer to `action` about one order.
async fn about(panel: &TestPanel, action: &str, order: i64) -> String {
    body(panel, &[("action", action), ("order", &order.to_string())]).await
}

/// The one number that a query gives.
async fn number(panel: &TestPanel, sql: &str) -> i64 {
    let db = panel.panel.db.read();
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(statement).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

/// An order of service 1 that was delivered whole.
async fn completed(panel: &TestPanel) -> i64 {
    let order = panel.order(LINK, 1000).await;
    panel.pass(2 * DELIVERY).await;
    assert_eq!(panel.shown(order).await, "Completed 0.90 0");
    order
}

#[tokio::test]
async fn a_request_needs_a_key_and_a_known_action() {
    let panel = TestPanel::start().await;
    let (incorrect, invalid) = (
        r#"{"error":"Incorrect request"}"#,
        r#"{"error":"Invalid API key"}"#,
    );
    let key = format!("key={}", panel.key);
    for (form, answer) in [
        (String::new(), incorrect),
        (key.clone(), incorrect),
        (format!("{key}&action="), incorrect),
        (format!("{key}&action=nope"), incorrect),
        ("action=balance".to_owned(), incorrect),
        ("key=&action=balance".to_owned(), incorrect),
        ("key=BAD&action=balance".to_owned(), invalid),
        ("key=BAD&action=nope".to_owned(), invalid),
        ("key=BAD&action=add&service=1".to_owned(), invalid),
        (format!("{key}x&action=balance"), invalid),
    ] {
        let reply = post(&panel, Some("application/x-www-form-urlencoded"), form).await;
        assert_eq!((reply.status, reply.body.as_str()), (200, answer));
    }
    panel.finish().await;
}

#[tokio::test]
async fn the_balance_is_text_and_falls_when_an_order_is_placed() {
    let panel = TestPanel::start().await;
    let balance = [("action", "balance")];
    assert_snapshot!(body(&panel, &balance).await, @r#"{"balance":"100.00","currency":"USD"}"#);
    assert_snapshot!(body(&panel, &[("action", "Balance")]).await,
        @r#"{"balance":"100.00","currency":"USD"}"#);
    assert_snapshot!(add(&panel, &[("link", LINK), ("quantity", "1000")]).await, @r#"{"order":1}"#);
    assert_snapshot!(body(&panel, &balance).await, @r#"{"balance":"99.10","currency":"USD"}"#);
    panel.finish().await;
}

#[tokio::test]
async fn fields_that_libraries_fill_with_nothing_are_absent() {
    let panel = TestPanel::start().await;
    let junk = [
        ("link", LINK),
        ("quantity", " 1000 "),
        ("runs", "undefined"),
        ("interval", "None"),
        ("comments", ""),
        ("username", "null"),
    ];
    assert_snapshot!(add(&panel, &junk).await, @r#"{"order":1}"#);
    assert_eq!(panel.shown(1).await, "Pending 0.90 1000");
    panel.work().await;
    let sent = panel.provider.orders();
    let sent: Vec<_> = sent.iter().map(|o| (o.quantity, &o.details)).collect();
    assert_eq!(sent, [(1000, &Vec::new())], "one run, and nothing else");
    panel.finish().await;
}

#[tokio::test]
async fn an_order_that_cannot_be_taken_is_refused_in_the_classic_sentence() {
    let panel = TestPanel::start().await;
    let (link, good) = (("link", LINK), ("quantity", "1000"));
    let service = |id: &'static str| vec![("service", id), link, good];
    let linked = |to: &'static str| vec![("service", "1"), ("link", to), good];
    let quantity = |text: &'static str| vec![("service", "1"), link, ("quantity", text)];
    let runs = |runs: &'static str, interval: &'static str| {
        vec![
            ("service", "1"),
            link,
            ("quantity", "100"),
            ("runs", runs),
            ("interval", interval),
        ]
    };
    let (below, above) = (
        "Quantity less than minimal 50",
        "Quantity more than maximum 10000",
    );
    for (fields, sentence) in [
        (vec![link, good], "Incorrect service ID"),
        (service("999999"), "Incorrect service ID"),
        (service("abc"), "Incorrect service ID"),
        (service("4"), "Incorrect service ID"),
        (vec![("service", "1"), good], "Bad link"),
        (linked(""), "Bad link"),
        (linked("   "), "Bad link"),
        (vec![("service", "1"), link], below),
        (quantity("49"), below),
        (quantity("0"), below),
        (quantity("abc"), below),
        (quantity("-5"), below),
        (quantity("+100"), below),
        (quantity("1e3"), below),
        (quantity("1,000"), below),
        (quantity("100.0"), below),
        (quantity("10001"), above),
        (quantity("99999999999999999999"), above),
        (runs("2", ""), "Incorrect request"),
        (runs("", "60"), "Incorrect request"),
        (runs("101", "60"), above),
    ] {
        let mut form = vec![("action", "add")];
        form.extend_from_slice(&fields);
        assert_eq!(panel.v2(&form).await.error(), sentence, "{fields:?}");
    }
    assert_eq!(panel.balance().await, "100.00");
    assert_eq!(number(&panel, "SELECT count(*) FROM orders").await, 0);
    panel.finish().await;
}

#[tokio::test]
async fn an_order_above_the_balance_leaves_no_trace() {
    let panel = TestPanel::start().await;
    let (_, poor) = account(&panel.panel, "poor", "0.89").await;
    let fields = [
        ("action", "add"),
        ("service", "1"),
        ("link", LINK),
        ("quantity", "1000"),
    ];
    let refused = panel.v2_as(&poor, &fields).await;
    assert_snapshot!(refused.body, @r#"{"error":"Not enough funds on balance"}"#);
    assert_eq!(number(&panel, "SELECT count(*) FROM orders").await, 0);
    let balance = panel.v2_as(&poor, &[("action", "balance")]).await;
    assert_snapshot!(balance.body, @r#"{"balance":"0.89","currency":"USD"}"#);
    panel.finish().await;
}

#[tokio::test]
async fn a_service_can_take_one_active_order_per_link() {
    let panel = TestPanel::start().await;
    let strict = harness::services().swap_remove(0);
    let strict = smm_panel_server::catalog::Terms {
        rejects_same_link: true,
        ..strict
    };
    let deliver = Script::Deliver { over_ms: DELIVERY };
    let service = panel.offered(strict, 50, deliver).await.to_string();
    let place = async |link| {
        let fields = [
            ("action", "add"),
            ("service", service.as_str()),
            ("link", link),
            ("quantity", "1000"),
        ];
        body(&panel, &fields).await
    };
    assert_snapshot!(place(LINK).await, @r#"{"order":1}"#);
    for same in [LINK, "http://www.x.test/p/?utm_source=a"] {
        let refused = r#"{"error":"You have active order with this link. Please wait until order being completed."}"#;
        assert_eq!(place(same).await, refused, "{same}");
    }
    assert_snapshot!(place("https://x.test/other").await, @r#"{"order":2}"#);
    assert_eq!(panel.balance().await, "98.20");
    panel.pass(2 * DELIVERY).await;
    assert_snapshot!(place(LINK).await, @r#"{"order":3}"#);
    panel.finish().await;
}

#[tokio::test]
async fn comments_are_counted_by_line_and_packages_are_one() {
    let panel = TestPanel::start().await;
    let comments = [
        ("action", "add"),
        ("service", "2"),
        ("link", LINK),
        ("comments", "good pic\ngreat\r\n\nlast"),
    ];
    assert_snapshot!(body(&panel, &comments).await, @r#"{"order":1}"#);
    assert_eq!(panel.shown(1).await, "Pending 0.024 3");
    let package = [("action", "add"), ("service", "3"), ("link", LINK)];
    assert_snapshot!(body(&panel, &package).await, @r#"{"order":2}"#);
    assert_eq!(panel.shown(2).await, "Pending 31.60 1");
    assert_eq!(panel.balance().await, "68.376");
    panel.finish().await;
}

#[tokio::test]
async fn a_drip_feed_costs_all_its_runs() {
    let panel = TestPanel::start().await;
    let drip = [
        ("link", LINK),
        ("quantity", "100"),
        ("runs", "10"),
        ("interval", "60"),
    ];
    assert_snapshot!(add(&panel, &drip).await, @r#"{"order":1}"#);
    assert_snapshot!(about(&panel, "status", 1).await, @r#"{"charge":"0.90","start_count":"0","status":"Pending","remains":"1000","currency":"USD"}"#);
    assert_eq!(panel.balance().await, "99.10");
    panel.finish().await;
}

#[tokio::test]
async fn drip_feed_needs_a_service_that_has_it() {
    let panel = TestPanel::start().await;
    let plain = smm_panel_server::catalog::Terms {
        dripfeed: false,
        ..terms(ServiceType::Default, "0.90")
    };
    let service = panel.service(plain, Vec::new()).await.to_string();
    let place = async |runs: &str, interval: &str| {
        let fields = [
            ("action", "add"),
            ("service", &service),
            ("link", LINK),
            ("quantity", "100"),
            ("runs", runs),
            ("interval", interval),
        ];
        body(&panel, &fields).await
    };
    assert_snapshot!(place("10", "60").await, @r#"{"error":"Drip-feed is disabled for this service"}"#);
    assert_eq!(panel.balance().await, "100.00");
    assert_snapshot!(place("0", "0").await, @r#"{"order":1}"#);
    assert_eq!(panel.shown(1).await, "Pending 0.09 100");
    panel.finish().await;
}

#[tokio::test]
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

#[tokio::test]
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

#[tokio::test]
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

#[tokio::test]
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

#[tokio::test]
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

#[tokio::test]
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

#[tokio::test]
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

#[tokio::test]
async fn a_service_without_refill_and_cancel_refuses_both() {
    let panel = TestPanel::start().await;
    let bare = smm_panel_server::catalog::Terms {
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

#[tokio::test]
async fn a_cancel_is_a_request_and_is_answered_for_each_order() {
    let panel = TestPanel::start().await;
    let done = completed(&panel).await;
    assert_snapshot!(about(&panel, "cancel", done).await, @r#"{"error":"The order cannot be canceled"}"#);
    panel.order("https://x.test/sent", 1000).await;
    panel.work().await;
    panel.order("https://x.test/unsent", 1000).await;
    let cancel = [("action", "cancel"), ("orders", "3,999,1,2")];
    let answer = body(&panel, &cancel).await;
    assert_snapshot!(answer, @r#"[{"order":3,"cancel":1},{"order":999,"cancel":{"error":"Incorrect order ID"}},{"order":1,"cancel":{"error":"The order cannot be canceled"}},{"order":2,"cancel":1}]"#);
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

#[tokio::test(flavor = "multi_thread")]
async fn twenty_cancels_at_once_refund_once() {
    let panel = TestPanel::start().await;
    let order = panel.order(LINK, 1000).await;
    let answers = join_all((0..20).map(|_| about(&panel, "cancel", order))).await;
    assert_eq!(answers, vec![r#"{"order":1,"cancel":1}"#; 20]);
    assert_eq!(panel.balance().await, "100.00");
    assert_eq!(number(&panel, "SELECT count(*) FROM refunds").await, 1);
    panel.finish().await;
}

#[tokio::test]
async fn a_suspended_account_gets_one_answer_to_everything() {
    let panel = TestPanel::start().await;
    panel.order(LINK, 1000).await;
    panel.sql("UPDATE accounts SET suspended_at_ms = 1").await;
    let suspended = r#"{"error":"Your account has been suspended."}"#;
    let add = [("service", "1"), ("link", LINK), ("quantity", "1000")];
    for (action, fields) in [
        ("balance", &[][..]),
        ("services", &[]),
        ("add", &add),
        ("add", &[]),
        ("status", &[("order", "1")]),
        ("status", &[("orders", "1,2")]),
        ("status", &[]),
        ("refill", &[("order", "1")]),
        ("refill", &[("orders", "1,2")]),
        ("refill_status", &[("refill", "1")]),
        ("refill_status", &[("refills", "1,2")]),
        ("cancel", &[("order", "1")]),
        ("cancel", &[("orders", "1,2")]),
        ("nope", &[]),
    ] {
        let mut form = vec![("action", action)];
        form.extend_from_slice(fields);
        assert_eq!(body(&panel, &form).await, suspended, "{form:?}");
    }
    panel
        .sql("UPDATE accounts SET suspended_at_ms = NULL")
        .await;
    assert_eq!(panel.balance().await, "99.10");
    assert_eq!(panel.shown(1).await, "Pending 0.90 1000");
    panel.finish().await;
}

#[tokio::test]
async fn every_answer_has_the_protocols_headers_and_no_success_has_an_error() {
    let panel = TestPanel::start().await;
    completed(&panel).await;
    panel.pass(24 * HOUR).await;
    let add = [("service", "1"), ("link", LINK), ("quantity", "1000")];
    for (action, fields) in [
        ("balance", &[][..]),
        ("services", &[]),
        ("refill", &[("order", "1")]),
        ("refill_status", &[("refill", "1")]),
        ("add", &add),
        ("status", &[("order", "1")]),
        ("status", &[("orders", "1,2")]),
        ("cancel", &[("order", "2")]),
    ] {
        let mut form = vec![("action", action)];
        form.extend_from_slice(fields);
        let reply = panel.v2(&form).await;
        assert!(!reply.body.contains("error"), "{form:?}: {}", reply.body);
        expect_headers(&reply);
    }
    for form in [&[("action", "nope")][..], &[("action", "status")]] {
        let reply = panel.v2(form).await;
        reply.error();
        expect_headers(&reply);
    }
    panel.finish().await;
}

/// The headers of every answer, in exactly the text that clients compare.
fn expect_headers(reply: &Reply) {
    assert_eq!(reply.status, 200);
    for (name, value) in [
        ("content-type", "application/json"),
        ("cache-control", "no-store"),
        ("x-panel-extensions", "request_id"),
    ] {
        let values: Vec<_> = reply.headers.get_all(name).iter().collect();
        assert_eq!(values, [value], "{name}");
    }
}
