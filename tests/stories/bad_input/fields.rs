//! Actions, keys, quantities and links that are none.

use futures::future::join_all;
use harness::{TestPanel, account};
use reqwest::Method;
use serde_json::json;

use super::{FORM, JSON, LINK, busy, post, refused, row, state};

#[apply(story)]
async fn a_missing_or_unknown_action_and_a_bad_key_change_nothing() {
    let panel = busy().await;
    let before = state(&panel).await;
    let order = "service=1&link=https://x.test/new&quantity=1000&order=2&orders=2";
    let long = "k".repeat(100_000);
    let key = &panel.key;
    let nearly = &key[..key.len() - 1];
    for (form, sentence) in [
        (format!("key={key}&{order}"), "Incorrect request"),
        (format!("key={key}&action=&{order}"), "Incorrect request"),
        (
            format!("key={key}&action=Add+order&{order}"),
            "Incorrect request",
        ),
        (
            format!("key={key}&action=add%00&{order}"),
            "Incorrect request",
        ),
        (
            format!("key={key}&action={long}&{order}"),
            "Incorrect request",
        ),
        (format!("action=add&{order}"), "Incorrect request"),
        (format!("key=&action=cancel&{order}"), "Incorrect request"),
        (
            format!("key={nearly}&action=add&{order}"),
            "Invalid API key",
        ),
        (
            format!("key={}&action=add&{order}", key.to_uppercase()),
            "Invalid API key",
        ),
        (format!("key={long}&action=add&{order}"), "Invalid API key"),
        (
            format!("key={key}%00&action=add&{order}"),
            "Invalid API key",
        ),
        (
            format!("key=%27+OR+1=1+--&action=add&{order}"),
            "Invalid API key",
        ),
        (format!("key=%25&action=cancel&{order}"), "Invalid API key"),
        (
            format!("key[0]={nearly}&action=add&{order}"),
            "Invalid API key",
        ),
    ] {
        let reply = post(&panel, FORM, form).await;
        assert_eq!(refused(&reply), sentence);
    }
    assert_eq!(state(&panel).await, before);
    panel.finish().await;
}

#[apply(story)]
async fn quantities_and_runs_that_are_no_plain_numbers_change_nothing() {
    let panel = busy().await;
    let before = state(&panel).await;
    for text in [
        "-5",
        "-1000",
        "+1000",
        "1e3",
        "1E3",
        "1,000",
        "1.000",
        "1 000",
        "1_000",
        "1'000",
        "1000.0",
        "1000.5",
        "0x3e8",
        "1000abc",
        "abc",
        "",
        " ",
        "١٠٠٠",
        "１０００",
        "1000\u{0}",
        "NaN",
        "inf",
        "-0",
        "0",
        "99999999999999999999999999",
        "9223372036854775807",
        "1000;1000",
    ] {
        let add = [
            ("action", "add"),
            ("service", "1"),
            ("link", "https://x.test/new"),
        ];
        let mut fields = add.to_vec();
        fields.push(("quantity", text));
        refused(&panel.v2(&fields).await);
        if matches!(text, "" | " " | "0" | "NaN") {
            continue;
        }
        for (runs, interval) in [(text, "60"), ("2", text)] {
            let mut fields = add.to_vec();
            fields.extend([("quantity", "100"), ("runs", runs), ("interval", interval)]);
            refused(&panel.v2(&fields).await);
        }
    }
    let key = &panel.key;
    for number in [
        "-1000",
        "1e3",
        "1000.5",
        "1E+3",
        "1e999999999",
        "-0",
        "[]",
        "{}",
        "true",
        "null",
        "1000000000000000000000000000000000000000",
    ] {
        let body = format!(
            r#"{{"key":"{key}","action":"add","service":1,"link":"{LINK}","quantity":{number}}}"#
        );
        refused(&post(&panel, JSON, body).await);
    }
    assert_eq!(state(&panel).await, before);
    panel.finish().await;
}

#[apply(story)]
async fn links_that_cannot_be_served_are_bad_links_and_change_nothing() {
    let panel = busy().await;
    let before = state(&panel).await;
    let long = format!("https://x.test/{}", "a".repeat(2048));
    for link in [
        "javascript:alert(1)",
        "ftp://x.test/p",
        "file:///etc/passwd",
        "data:text/html,x",
        "mailto:a@x.test",
        "//",
        "https://",
        "https:///p",
        "https://user:secret@x.test/p",
        "https://x.test/a\u{0}b",
        "https://x.test/a\nb",
        "https://x.test/a\r\nHost: evil",
        "https://x.test/\u{1b}[31m",
        "https://x.test/\u{7f}p",
        "https://x.test/\u{85}p",
        "https://x.test/a b",
        "https://x.test\\@localhost/",
        "https://x.test/\u{202e}gpj",
        "http://localhost/p",
        "http://LOCALHOST./p",
        "localhost",
        "http://127.0.0.1/p",
        "127.0.0.1:8080/p",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://0.0.0.0/",
        "http://10.0.0.1/p",
        "http://192.168.1.1/p",
        "http://172.16.0.1/p",
        "http://100.64.0.1/p",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]/p",
        "http://[::ffff:127.0.0.1]/p",
        "http://[fd00::1]/p",
        "http://[fe80::1]/p",
        "http://metadata/p",
        "http://db.internal/p",
        "http://printer.local/p",
        "@",
        "...",
        "",
        "undefined",
        &long,
    ] {
        let fields = [
            ("action", "add"),
            ("service", "1"),
            ("link", link),
            ("quantity", "1000"),
        ];
        assert_eq!(refused(&panel.v2(&fields).await), "Bad link", "{link:?}");
    }
    assert_eq!(state(&panel).await, before);
    panel.finish().await;
}

#[apply(story)]
async fn control_characters_in_any_other_field_change_nothing() {
    let panel = busy().await;
    let before = state(&panel).await;
    for name in [
        "service",
        "quantity",
        "runs",
        "interval",
        "comments",
        "usernames",
        "username",
        "media",
        "country",
        "request_id",
    ] {
        for text in ["1000\u{0}", "a\u{0}b", "\u{1b}[0m", "a\u{7f}"] {
            for service in ["1", "2", "3"] {
                let fields = [
                    ("action", "add"),
                    ("service", service),
                    ("link", "https://x.test/new"),
                    ("quantity", "1000"),
                    ("comments", "good"),
                    (name, text),
                ];
                let refusal = refused(&panel.v2(&fields).await);
                assert_eq!(refusal, "Incorrect request", "{name} {text:?}");
            }
        }
    }
    assert_eq!(state(&panel).await, before);
    panel.finish().await;
}

#[apply(story)]
async fn columns_of_the_database_are_no_parameters() {
    let panel = TestPanel::start().await;
    let (stranger, _) = account(&panel.panel, "stranger", "10").await;
    let stranger = stranger.0.to_string();
    for (number, (column, value)) in (1..).zip([
        ("id", "77"),
        ("order_id", "77"),
        ("account_id", stranger.as_str()),
        ("account", &stranger),
        ("user_id", &stranger),
        ("service_id", "3"),
        ("service_type", "Package"),
        ("charge", "0"),
        ("charge_nano", "1"),
        ("price", "0"),
        ("rate", "0.01"),
        ("rate_micro", "1"),
        ("held_nano", "0"),
        ("refunded_nano", "900000000"),
        ("balance", "1000000"),
        ("balance_nano", "1"),
        ("status", "completed"),
        ("remains", "0"),
        ("start_count", "5"),
        ("refill", "0"),
        ("cancel", "0"),
        ("min", "1"),
        ("max", "9"),
        ("withheld", "1"),
        ("overlapping", "1"),
        ("overlap_key", "1"),
        ("created_at_ms", "1"),
        ("settled_at_ms", "1"),
        ("suspended_at_ms", "1"),
        ("provider_id", "99"),
        ("details", "{}"),
        ("is_admin", "1"),
    ]) {
        let link = format!("https://x.test/{number}");
        let fields = [
            ("action", "add"),
            ("service", "1"),
            ("link", &link),
            ("quantity", "1000"),
            (column, value),
        ];
        let expected = format!(r#"{{"order":{number}}}"#);
        assert_eq!(panel.v2(&fields).await.body, expected, "{column}");
        let sql = format!("SELECT * FROM orders WHERE id = {number}");
        let id = number.to_string();
        let asked = panel
            .v2(&[("action", "status"), ("order", &id), (column, value)])
            .await;
        let untouched = r#"{"charge":"0.90","start_count":"0","status":"Pending","remains":"1000","currency":"USD"}"#;
        assert_eq!(asked.body, untouched, "{column}");
        // Every column but the order's own number, link and time is that of the first order.
        let same = "account_id, service_id, rate_micro, charge_nano, held_nano, refunded_nano, \
                    settled_refund_nano, quantity, runs, interval_minutes, created_at_ms";
        let stored = sql.replace('*', same);
        let first = format!("SELECT {same} FROM orders WHERE id = 1");
        assert_eq!(
            row(&panel, &stored, 11).await,
            row(&panel, &first, 11).await,
            "{column}"
        );
    }
    assert_eq!(panel.balance().await, "71.20");
    let others = "SELECT balance_nano FROM wallets ORDER BY account_id DESC";
    assert_eq!(row(&panel, others, 1).await, [10_000_000_000]);
    panel.finish().await;
}

#[apply(story_on_threads)]
async fn bad_requests_at_once_with_good_ones_leave_the_good_ones_alone() {
    let panel = TestPanel::start().await;
    let place = async |number: usize| {
        let (link, bad) = (format!("https://x.test/{number}"), number % 2 == 1);
        let fields = [
            ("action", "add"),
            ("service", "1"),
            (
                "link",
                if number % 4 == 1 {
                    "ftp://x.test/"
                } else {
                    &link
                },
            ),
            ("quantity", if number % 4 == 3 { "1e3" } else { "1000" }),
        ];
        let reply = panel.v2(&fields).await;
        if bad {
            refused(&reply);
        } else {
            reply.order();
        }
    };
    join_all((0..60).map(place)).await;
    assert_eq!(panel.balance().await, "73.00");
    panel.finish().await;
}

/// What is stored and forwarded is paid for by the unit: the text of one is bounded.
#[apply(story)]
async fn texts_that_are_too_long_change_nothing() {
    let panel = busy().await;
    let before = state(&panel).await;
    let add = async |comments: String| {
        let fields = [
            ("action", "add"),
            ("service", "2"),
            ("link", "https://x.test/long"),
            ("comments", comments.as_str()),
        ];
        panel.v2(&fields).await
    };
    let line = "the field comments must be at most 10000 characters in each line";
    for one in [10_001, 300_000] {
        let reply = add("x".repeat(one)).await;
        assert_eq!(refused(&reply), line);
    }
    // Nine comments: 64 kB, and 250 characters for each.
    let all = "the field comments must be shorter: the texts of an order have at most 65536 \
               characters, and 250 more for each unit";
    let reply = add(vec!["x".repeat(10_000); 9].join("\n")).await;
    assert_eq!(refused(&reply), all);
    let order = json!({"service_id": 2, "link": "https://x.test/long",
        "comments": ["x".repeat(10_001)]});
    let path = "/api/v3/orders";
    let reply = panel.ask(&panel.key, Method::POST, path, Some(order)).await;
    assert_eq!(
        (reply.status, reply.json()["code"].as_str()),
        (422, Some("field_invalid"))
    );
    assert_eq!(state(&panel).await, before);
    // What is long and within the bounds is stored once: evidence has its beginning.
    let comments = vec!["y".repeat(10_000); 6].join("\n");
    let order = add(comments.clone()).await.order();
    panel.work().await;
    let sent = panel.provider.orders().into_iter().next_back().unwrap();
    assert_eq!(sent.quantity, 6);
    let requests = panel.provider.requests();
    let add = requests.iter().rfind(|seen| seen.action == "add").unwrap();
    assert!(add.fields.contains(&("comments".to_owned(), comments)));
    let kept = format!(
        "SELECT e.request FROM provider_exchanges e JOIN dispatches d ON d.id = e.dispatch_id \
         WHERE d.order_id = {order} AND e.action = 'add'"
    );
    let kept = harness::texts(&panel, &kept).await;
    assert!(
        kept[0].contains("yyy... (60005 characters, whole in the order)"),
        "{kept:?}"
    );
    assert!(kept[0].len() < 500, "{}", kept[0].len());
    panel.finish().await;
}
