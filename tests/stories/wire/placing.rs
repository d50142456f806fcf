//! `add`: what is charged, and what is refused in which words.

use harness::{DELIVERY, TestPanel, account, terms};
use smm_panel_server::catalog::Terms;
use smm_panel_server::demo::provider::Script;
use smm_panel_server::protocol::ServiceType;

use super::{LINK, about, body, number};

/// The answer to an `add` of service 1 with `more` fields.
async fn add(panel: &TestPanel, more: &[(&str, &str)]) -> String {
    let mut fields = vec![("action", "add"), ("service", "1")];
    fields.extend_from_slice(more);
    body(panel, &fields).await
}

#[apply(story)]
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

#[apply(story)]
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

#[apply(story)]
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

#[apply(story)]
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

#[apply(story)]
async fn a_service_can_take_one_active_order_per_link() {
    let panel = TestPanel::start().await;
    let strict = harness::services().swap_remove(0);
    let strict = Terms {
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

#[apply(story)]
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

#[apply(story)]
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

#[apply(story)]
async fn drip_feed_needs_a_service_that_has_it() {
    let panel = TestPanel::start().await;
    let plain = Terms {
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
