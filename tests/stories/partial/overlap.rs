//! Simultaneous orders on one target.

use super::*;

/// Terms whose links are names and profiles of a platform.
fn instagram() -> Terms {
    Terms {
        name: "Instagram Followers".to_owned(),
        category: "Instagram".to_owned(),
        family: "instagram followers".to_owned(),
        ..terms(ServiceType::Default, "0.90")
    }
}

/// Which orders each order overlaps.
async fn overlaps(panel: &TestPanel) -> Vec<String> {
    let sql = "SELECT order_id || '-' || other_id FROM order_overlaps ORDER BY order_id, other_id";
    texts(panel, sql).await
}

#[apply(story)]
async fn two_orders_on_one_target_are_both_marked_however_the_link_is_spelled() {
    let panel = TestPanel::start().await;
    let service = panel
        .offered(instagram(), 100, Script::Deliver { over_ms: DELIVERY })
        .await;
    let mut expected = Vec::new();
    for (case, one, other) in [
        (
            "the same",
            "https://instagram.com/a1",
            "https://instagram.com/a1",
        ),
        (
            "host's case",
            "https://INSTAGRAM.com/a2",
            "https://instagram.com/a2",
        ),
        (
            "www and mobile host",
            "https://www.instagram.com/a3",
            "https://m.instagram.com/a3",
        ),
        (
            "tracking",
            "https://instagram.com/a4?igsh=x&utm_source=y",
            "https://instagram.com/a4",
        ),
        (
            "slash",
            "https://instagram.com/a5/",
            "https://instagram.com/a5",
        ),
        ("scheme", "http://instagram.com/a6", "instagram.com/a6"),
        ("name and profile", "@a7", "https://www.instagram.com/a7/"),
        ("bare name", "a8", "@A8"),
        (
            "fragment",
            "https://instagram.com/a9#top",
            "https://instagram.com/a9",
        ),
        (
            "another host",
            "https://x.test/p?b=2&a=1",
            "https://x.test/p/?a=1&b=2&fbclid=z",
        ),
    ] {
        let one = panel.order_of(service, one, 100).await;
        let other = panel.order_of(service, other, 100).await;
        expected.extend([(one, other), (other, one)]);
        let mut shown: Vec<String> = expected.iter().map(|(a, b)| format!("{a}-{b}")).collect();
        shown.sort();
        let mut marked = overlaps(&panel).await;
        marked.sort();
        assert_eq!(marked, shown, "{case}");
        let both = format!(
            "SELECT CAST(COUNT(*) AS TEXT) FROM order_overlaps WHERE order_id IN ({one}, {other})"
        );
        assert_eq!(texts(&panel, &both).await, ["2"], "{case}");
    }
    panel.finish().await;
}

#[apply(story)]
async fn orders_on_different_targets_are_not_marked() {
    let panel = TestPanel::start().await;
    let service = panel
        .offered(instagram(), 100, Script::Deliver { over_ms: DELIVERY })
        .await;
    for link in [
        "https://instagram.com/a",
        "https://instagram.com/b",
        "https://instagram.com/p/AbC",
        "https://instagram.com/p/aBC",
        "https://x.test/p?id=1",
        "https://x.test/p?id=2",
        "https://x.test/P",
    ] {
        panel.order_of(service, link, 100).await;
    }
    assert_eq!(overlaps(&panel).await, [""; 0]);
    panel.finish().await;
}

/// Places two orders on one link, the first of which ends as `script` says a minute after it was
/// sent while the other is being delivered. Gives the first.
async fn beside_another(panel: &TestPanel, script: Script) -> i64 {
    panel.provider.script_next(1, script);
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    let other = panel.order("https://X.test/p/?utm_source=a", 1000).await;
    settle(panel).await;
    assert_eq!(panel.shown(other).await, "In progress 0.90 1000");
    order
}

#[apply(story)]
async fn the_partial_refund_of_an_overlapping_order_is_withheld_and_shown_as_charged() {
    let panel = TestPanel::start().await;
    let order = beside_another(&panel, says("Partial", 400)).await;
    assert_eq!(panel.shown(order).await, "Partial 0.90 0");
    assert_eq!(panel.balance().await, "98.20");
    let row = "overlapping_order: charge 900000000, 400 of 1000, formula 360000000, paid 0";
    assert_eq!(refunds(&panel, order).await, [row]);
    let kept = format!("SELECT CAST(remains AS TEXT) FROM orders WHERE id = {order}");
    assert_eq!(texts(&panel, &kept).await, ["400"]);
    panel.pass(2 * DELIVERY).await;
    assert_eq!(panel.balance().await, "98.20");
    panel.finish().await;
}

#[apply(story)]
async fn the_withholding_reaches_the_other_order_too() {
    let panel = TestPanel::start().await;
    panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    panel.provider.script_next(1, says("Partial", 400));
    let second = panel.order("https://x.test/p", 1000).await;
    settle(&panel).await;
    assert_eq!(panel.shown(second).await, "Partial 0.90 0");
    panel.finish().await;
}

#[apply(story)]
async fn failed_and_canceled_overlapping_orders_are_refunded_whole() {
    for (case, script) in [
        ("canceled", says("Canceled", 400)),
        ("partial of nothing", says("Partial", 1000)),
    ] {
        let panel = TestPanel::start().await;
        let order = beside_another(&panel, script).await;
        assert_eq!(panel.shown(order).await, "Canceled 0.00 1000", "{case}");
        assert_eq!(panel.balance().await, "99.10", "{case}");
        panel.finish().await;
    }
    let panel = TestPanel::start().await;
    panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    panel.provider.script_next(1, Script::Refuse("Bad link"));
    let failed = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    assert_eq!(overlaps(&panel).await.len(), 2);
    assert_eq!(panel.shown(failed).await, "Canceled 0.00 1000");
    assert_eq!(panel.balance().await, "99.10");
    panel.finish().await;
}

#[apply(story)]
async fn another_order_that_delivered_nothing_meanwhile_withholds_nothing() {
    // what becomes of the other order, which was placed first
    for (case, script) in [
        ("refused", Script::Refuse("Bad link")),
        ("canceled", says("Canceled", 0)),
        (
            "still queued",
            Script::Refuse("neworder.error.link_duplicate"),
        ),
    ] {
        let panel = TestPanel::start().await;
        panel.provider.script_next(1, script);
        panel.provider.script_next(1, says("Partial", 400));
        panel.order("https://x.test/p", 1000).await;
        // Sent one after the other, so that each gets its own script.
        panel.sql("UPDATE providers SET concurrency = 1").await;
        let order = panel.order("https://x.test/p", 1000).await;
        assert_eq!(overlaps(&panel).await.len(), 2, "{case}");
        settle(&panel).await;
        assert_eq!(panel.shown(order).await, "Partial 0.54 400", "{case}");
        panel.finish().await;
    }
}

#[apply(story)]
async fn orders_one_after_the_other_are_not_simultaneous() {
    let panel = TestPanel::start().await;
    let first = panel.order("https://x.test/p", 1000).await;
    panel.pass(DELIVERY + MINUTE).await;
    assert_eq!(panel.shown(first).await, "Completed 0.90 0");
    panel.provider.script_next(1, says("Partial", 400));
    let second = panel.order("https://x.test/p", 1000).await;
    settle(&panel).await;
    assert_eq!(overlaps(&panel).await, [""; 0]);
    assert_eq!(panel.shown(second).await, "Partial 0.54 400");
    panel.finish().await;
}

#[apply(story)]
async fn orders_of_another_account_or_family_never_void_a_refund() {
    let panel = TestPanel::start().await;
    let (_, key) = account(&panel.panel, "somebody else", "100").await;
    let fields = [
        ("action", "add"),
        ("service", "1"),
        ("link", "https://x.test/p"),
        ("quantity", "1000"),
    ];
    panel.v2_as(&key, &fields).await.order();
    let likes = Terms {
        family: "likes".to_owned(),
        ..terms(ServiceType::Default, "0.90")
    };
    let offers = vec![offer(panel.provider_id, 1, &likes)];
    let likes = panel.service(likes, offers).await;
    panel.order_of(likes, "https://x.test/p", 1000).await;
    panel.work().await;
    panel.provider.script_next(1, says("Partial", 400));
    let order = panel.order("https://x.test/p", 1000).await;
    settle(&panel).await;
    assert_eq!(overlaps(&panel).await, [""; 0]);
    assert_eq!(panel.shown(order).await, "Partial 0.54 400");
    panel.finish().await;
}
