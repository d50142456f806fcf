//! How a provider is asked is learned.

use harness::staff;
use reqwest::Method;
use serde_json::{Value, json};
use smm_panel_server::actor::Role;
use smm_panel_server::clock::Period;

use super::*;

/// Orders that were sent, `count` of them, each delivered at once; the next minute has come.
async fn sent(panel: &TestPanel, count: usize) -> Vec<i64> {
    panel.provider.set_script(1, Script::Deliver { over_ms: 0 });
    let mut placed = Vec::with_capacity(count);
    for n in 0..count {
        placed.push(panel.order(&format!("https://x.test/{n}"), 1000).await);
    }
    panel.work().await;
    panel.advance(MINUTE);
    placed
}

/// How many orders have not ended.
async fn open(panel: &TestPanel) -> String {
    let sql = "SELECT CAST(COUNT(*) AS TEXT) FROM orders WHERE settled_at_ms IS NULL";
    texts(panel, sql).await.remove(0)
}

async fn learned(panel: &TestPanel) -> Vec<String> {
    let sql = "SELECT action || ' ' || COALESCE(many, '-') || ' ' || \
               COALESCE(CAST(largest AS TEXT), '-') || ' ' || COALESCE(one, '-') \
               FROM provider_asking ORDER BY action";
    texts(panel, sql).await
}

#[apply(story)]
async fn a_provider_that_understands_one_order_at_a_time_is_asked_so() {
    let panel = TestPanel::start().await;
    panel.provider.speak(Dialect::OnlyOne);
    sent(&panel, 3).await;
    panel.work().await;
    assert_eq!(open(&panel).await, "0");
    assert_eq!(
        asked(&panel, "status"),
        [
            "orders=5000001,5000002,5000003",
            "order=5000001",
            "order=5000002",
            "orders=5000001,5000002",
            "order=5000003",
        ]
    );
    assert_eq!(learned(&panel).await, ["status refused - singular"]);
    // From now on it is not asked otherwise, for a day.
    sent(&panel, 2).await;
    panel.work().await;
    assert_eq!(
        asked(&panel, "status")[5..],
        ["order=5000004", "order=5000005"]
    );
    panel.provider.speak(Dialect::Standard);
    panel.advance(24 * HOUR);
    sent(&panel, 2).await;
    panel.work().await;
    assert_eq!(asked(&panel, "status")[7..], ["orders=5000006,5000007"]);
    assert_eq!(learned(&panel).await, ["status works - singular"]);
    assert_eq!(open(&panel).await, "0");
    assert_eq!(alert_kinds(&panel).await, [""; 0]);
    panel.finish().await;
}

#[apply(story)]
async fn one_order_alone_is_followed_whatever_field_is_understood() {
    for dialect in [Dialect::OnlyOne, Dialect::AllOrNothing, Dialect::TableList] {
        let panel = TestPanel::start().await;
        panel.provider.speak(dialect);
        sent(&panel, 1).await;
        panel.work().await;
        assert_eq!(open(&panel).await, "0", "{dialect:?}");
        panel.finish().await;
    }
}

#[apply(story)]
async fn what_one_odd_answer_taught_keeps_no_order_from_being_followed() {
    let panel = TestPanel::start().await;
    panel.provider.speak(Dialect::OnlyOne);
    sent(&panel, 1).await;
    let odd = r#"{"5000001":{"status":"In progress","charge":"0.3","remains":"1000"}}"#;
    panel
        .provider
        .fail_next("status", Fault::Http(200, odd.to_owned()));
    panel.work().await;
    assert_eq!(learned(&panel).await, ["status - - plural"]);
    panel.advance(MINUTE);
    panel.work().await;
    assert_eq!(open(&panel).await, "0");
    assert_eq!(learned(&panel).await, ["status - - singular"]);
    panel.finish().await;
}

#[apply(story)]
async fn one_unknown_id_keeps_no_other_order_from_being_followed() {
    let panel = TestPanel::start().await;
    panel.provider.speak(Dialect::AllOrNothing);
    for n in 0..40 {
        let body = match n {
            17 => r#"{"order":"1234567"}"#,
            31 => r#"{"order":"no-such-order-5"}"#,
            _ => r#"{"order":<order>}"#,
        };
        panel.provider.script_next(
            1,
            Script::AddSays {
                status: 200,
                body: body.to_owned(),
                record: !matches!(n, 17 | 31),
            },
        );
        panel.order(&format!("https://x.test/{n}"), 1000).await;
    }
    panel.work().await;
    panel.advance(MINUTE);
    panel.work().await;
    assert_eq!(open(&panel).await, "2");
    let asks = asked(&panel, "status").len();
    assert!(asks < 40, "{asks}");
    assert_eq!(alert_kinds(&panel).await, [""; 0]);
    panel.pass(15 * MINUTE).await;
    assert_eq!(alert_kinds(&panel).await, ["parked"; 2]);
    panel.finish().await;
}

/// "One bad id never keeps the others from being followed": not one either that breaks each answer.
#[apply(story)]
async fn one_order_that_breaks_each_answer_keeps_no_other_from_being_followed() {
    for place in [0, 3, 6] {
        let panel = TestPanel::start().await;
        panel.provider.set_script(1, Script::Deliver { over_ms: 0 });
        for n in 0..7 {
            if n == place {
                // Longer than any answer is read.
                let long = "x".repeat(3 * 1024 * 1024);
                let line = format!(r#"{{"status":"In progress","charge":"0","note":"{long}"}}"#);
                panel.provider.script_next(1, says(&line));
            }
            panel.order(&format!("https://x.test/{n}"), 1000).await;
        }
        panel.work().await;
        panel.pass(4 * MINUTE).await;
        assert_eq!(open(&panel).await, "1", "{place}");
        let left = orders::uncertain(&panel.panel, Period::default(), None, 10)
            .await
            .unwrap();
        assert_eq!(left.len(), 1, "{place}");
        panel.finish().await;
    }
}

#[apply(story)]
async fn a_list_that_is_too_long_is_shortened() {
    let panel = TestPanel::start().await;
    panel.provider.speak(Dialect::AtMost(30));
    sent(&panel, 60).await;
    panel.work().await;
    assert_eq!(open(&panel).await, "0");
    let known = learned(&panel).await.remove(0);
    let most = known.split(' ').nth(2).and_then(|most| most.parse().ok());
    let most: usize = most.unwrap_or_else(|| panic!("{known}"));
    assert!((10..=30).contains(&most), "{known}");
    let so_far = asked(&panel, "status").len();
    sent(&panel, 40).await;
    panel.work().await;
    let sizes: Vec<usize> = asked(&panel, "status")
        .split_off(so_far)
        .iter()
        .map(|ids| ids.split(',').count())
        .collect();
    assert!(sizes.iter().all(|size| *size <= most), "{sizes:?}");
    assert_eq!(sizes.iter().sum::<usize>(), 40, "{sizes:?}");
    assert_eq!(open(&panel).await, "0");
    panel.finish().await;
}

#[apply(story)]
async fn lines_that_do_not_say_whose_they_are_are_not_used() {
    for dialect in [
        Dialect::TableList,
        Dialect::PositionalList,
        Dialect::KeyedByPosition,
    ] {
        let panel = TestPanel::start().await;
        panel.provider.speak(dialect);
        let (ended, open) = (
            Script::CancelAfter { ms: 0 },
            Script::Deliver { over_ms: DELIVERY },
        );
        let mut placed = Vec::new();
        for n in 0..6 {
            let script = if n % 2 == 0 {
                ended.clone()
            } else {
                open.clone()
            };
            panel.provider.script_next(1, script);
            placed.push(panel.order(&format!("https://x.test/{n}"), 1000).await);
        }
        panel.work().await;
        panel.pass(2 * MINUTE).await;
        for (n, order) in placed.iter().enumerate() {
            let shown = panel.shown(*order).await;
            let is_canceled = shown.starts_with("Canceled");
            assert_eq!(is_canceled, n % 2 == 0, "{dialect:?} {n}: {shown}");
        }
        panel.pass(DELIVERY).await;
        assert_eq!(panel.balance().await, "97.30", "{dialect:?}");
        let known = learned(&panel).await;
        assert!(
            known[0].starts_with("status refused - "),
            "{dialect:?} {known:?}"
        );
        panel.finish().await;
    }
}

#[apply(story)]
async fn a_line_of_another_order_ends_none() {
    for body in [
        r#"{"order":999999,"status":"Canceled","charge":"0","remains":"1000"}"#,
        r#"{"5000001":{"order":999999,"status":"Canceled","charge":"0"}}"#,
        r#"[{"order_id":"999999","status":"Completed","charge":"0.3"}]"#,
        r#"{"status":"fail","reason":"Too many requests"}"#,
        r#"{"status":"failed","code":500}"#,
        r#"{"status":"complete"}"#,
        r#"{"status":"complete","data":{"status":"In progress","charge":"0.3","remains":"700"}}"#,
    ] {
        let panel = TestPanel::start().await;
        let order = panel.order("https://x.test/p", 1000).await;
        panel.work().await;
        panel.advance(MINUTE);
        for _ in 0..4 {
            panel
                .provider
                .fail_next("status", Fault::Http(200, body.to_owned()));
        }
        panel.pass(MINUTE).await;
        assert_eq!(panel.balance().await, "99.10", "{body}");
        let shown = panel.shown(order).await;
        let goes_on = shown.starts_with("Processing ") || shown.starts_with("In progress ");
        assert!(goes_on, "{body}: {shown}");
        panel.pass(DELIVERY + 2 * MINUTE).await;
        assert_eq!(panel.shown(order).await, "Completed 0.90 0", "{body}");
        panel.finish().await;
    }
}

#[apply(story)]
async fn an_order_of_which_nothing_is_ever_said_waits_for_an_operator_after_a_day() {
    let panel = TestPanel::start().await;
    let text = r#"{"order":999999,"status":"Canceled","charge":"0","remains":"1000"}"#;
    panel.provider.script_next(1, says(text));
    let order = panel.order("https://x.test/p", 1000).await;
    panel.pass(2 * MINUTE).await;
    let shown = orders::uncertain(&panel.panel, Period::default(), None, 10)
        .await
        .unwrap();
    assert_eq!(shown.len(), 1);
    for _ in 0..30 {
        panel.advance(HOUR);
        panel.work().await;
    }
    assert_eq!(alert_kinds(&panel).await, ["parked"]);
    assert!(panel.shown(order).await.ends_with(" 0.90 1000"));
    panel.finish().await;
}

#[apply(story)]
async fn a_number_that_is_none_and_a_notice_behind_are_no_hindrance() {
    for dialect in [
        Dialect::NanInOneLine,
        Dialect::NoticeBehind,
        Dialect::Enveloped,
    ] {
        for count in [1, 4] {
            let panel = TestPanel::start().await;
            panel.provider.speak(dialect);
            sent(&panel, count).await;
            panel.work().await;
            assert_eq!(open(&panel).await, "0", "{dialect:?} {count}");
            panel.finish().await;
        }
    }
}

#[apply(story)]
async fn what_is_refused_in_any_form_is_an_alert_with_the_number_of_orders() {
    let panel = TestPanel::start().await;
    sent(&panel, 8).await;
    let refuse = || {
        for _ in 0..20 {
            let body = r#"{"error":"Unknown method"}"#.to_owned();
            panel.provider.fail_next("status", Fault::Http(200, body));
        }
    };
    refuse();
    panel.work().await;
    let first = asked(&panel, "status");
    assert_eq!(
        first,
        [
            "orders=5000001,5000002,5000003,5000004,5000005,5000006,5000007,5000008",
            "order=5000001",
            "orders=5000001",
            "order=5000002",
            "order=5000003",
        ]
    );
    assert_eq!(alert_kinds(&panel).await, ["cannot_follow"]);
    let alert = alerts::list(&panel.panel.db, alerts::Search::default(), 1)
        .await
        .unwrap()
        .remove(0);
    assert!(alert.message.contains("8 orders"), "{}", alert.message);
    assert!(
        alert.message.contains("Unknown method"),
        "{}",
        alert.message
    );
    // One alert a day, and no flood of requests.
    panel.pass(2 * MINUTE).await;
    assert_eq!(alert_kinds(&panel).await, ["cannot_follow"]);
    assert!(
        asked(&panel, "status").len() <= 5 * 4,
        "{:?}",
        asked(&panel, "status")
    );
    panel.pass(10 * MINUTE).await;
    assert_eq!(open(&panel).await, "0");
    panel.finish().await;
}

#[apply(story)]
async fn what_passes_is_no_reason_to_ask_one_by_one() {
    for (status, body) in [
        (429, ""),
        (500, r#"{"error":"Unknown method"}"#),
        (200, r#"{"error":"Rate limit exceeded"}"#),
        (200, r#"{"error":"Invalid API key"}"#),
        (200, r#"{"error":"Not enough funds on balance"}"#),
        (
            200,
            r#"{"error":"SQLSTATE[HY000]: General error: 2006 MySQL server has gone away"}"#,
        ),
        (200, r#"{"status":"fail","reason":"Account suspended"}"#),
        (503, "<html>maintenance</html>"),
    ] {
        let panel = TestPanel::start().await;
        sent(&panel, 3).await;
        panel
            .provider
            .fail_next("status", Fault::Http(status, body.to_owned()));
        panel.work().await;
        assert_eq!(asked(&panel, "status").len(), 1, "{status} {body}");
        assert_eq!(open(&panel).await, "3", "{status} {body}");
        panel.pass(MINUTE).await;
        assert_eq!(open(&panel).await, "0", "{status} {body}");
        assert_eq!(asked(&panel, "status").len(), 2, "{status} {body}");
        assert_eq!(alert_kinds(&panel).await, [""; 0], "{status} {body}");
        panel.finish().await;
    }
}

#[apply(story)]
async fn a_provider_that_answers_nothing_for_an_hour_is_an_alert() {
    let panel = TestPanel::start().await;
    sent(&panel, 2).await;
    for _ in 0..200 {
        panel
            .provider
            .fail_next("status", Fault::Http(500, String::new()));
    }
    panel.pass(50 * MINUTE).await;
    assert_eq!(alert_kinds(&panel).await, [""; 0]);
    panel.pass(30 * MINUTE).await;
    assert_eq!(alert_kinds(&panel).await, ["cannot_follow"]);
    let alert = alerts::list(&panel.panel.db, alerts::Search::default(), 1)
        .await
        .unwrap()
        .remove(0);
    assert!(alert.message.contains("2 orders"), "{}", alert.message);
    panel.finish().await;
}

#[apply(story)]
async fn a_refusal_with_words_about_us_in_it_is_one_until_its_whole_sentence_is_sorted() {
    for sentence in [
        "Several orders at once are forbidden for your plan, only one may be checked",
        "Too many orders: check the balance of one order at a time",
        "This API key has no access to multi status",
    ] {
        let panel = TestPanel::start().await;
        let refusal = || Fault::Http(200, format!(r#"{{"error":"{sentence}"}}"#));
        sent(&panel, 2).await;
        // The list is refused, and the list of those that were answered alone.
        panel.provider.speak(Dialect::OnlyOne);
        panel.provider.fail_next("status", refusal());
        panel.work().await;
        assert_eq!(open(&panel).await, "0", "{sentence}");
        assert_eq!(learned(&panel).await, ["status refused - singular"]);
        let from = "SELECT learned_from FROM provider_asking";
        let told = format!("a list was refused: {sentence}");
        assert_eq!(texts(&panel, from).await, [told]);
        panel.finish().await;

        // Once an operator has sorted it, it is no reason to ask otherwise.
        let panel = TestPanel::start().await;
        sort_at_once(&panel, sentence, "too_many_requests").await;
        sent(&panel, 2).await;
        panel.provider.fail_next("status", refusal());
        panel.work().await;
        assert_eq!(asked(&panel, "status").len(), 1, "{sentence}");
        assert_eq!(open(&panel).await, "2", "{sentence}");
        panel.pass(MINUTE).await;
        assert_eq!(open(&panel).await, "0", "{sentence}");
        assert_eq!(learned(&panel).await, ["status works - -"], "{sentence}");
        panel.finish().await;
    }
}

/// An operator says what a sentence means that no order waits on.
async fn sort_at_once(panel: &TestPanel, sentence: &str, class: &str) {
    let (_, key) = staff(&panel.panel, Role::Operator, "olga").await;
    let post = async |path: String, body: Value| {
        let reply = panel.ask(&key, Method::POST, &path, Some(body)).await;
        assert!(reply.status < 300, "{}", reply.body);
        reply.json()
    };
    let phrases = "/operator/v1/phrases".to_owned();
    let new = json!({"kind": "refusal", "sentence": sentence});
    let phrase = post(phrases.clone(), new).await["phrase_id"].clone();
    let sorting = json!({"class": class, "reason": "asked them", "orders": 0});
    post(format!("{phrases}/{phrase}/sorting"), sorting).await;
    panel.work().await;
}
