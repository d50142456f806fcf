//! Status words, and the numbers beside them.

use super::*;
use smm_panel_server::clock::Period;

#[apply(story)]
async fn a_word_that_nobody_sorted_settles_nothing_and_waits_for_an_operator_after_a_day() {
    for word in [
        "3",
        "Error",
        "Terminé de livrer",
        "Gönderildi mi",
        "Partially refunded",
    ] {
        let panel = TestPanel::start().await;
        let text = format!(r#"{{"charge":"0","status":"{word}","remains":"0"}}"#);
        panel.provider.script_next(1, says(&text));
        let order = panel.order("https://x.test/p", 1000).await;
        panel.pass(2 * MINUTE).await;
        let shown = orders::uncertain(&panel.panel, Period::default(), None, 10)
            .await
            .unwrap();
        assert_eq!(shown.len(), 1, "{word}");
        assert!(shown[0].reason.contains(word), "{}", shown[0].reason);
        assert_eq!(alert_kinds(&panel).await, ["unknown_status"], "{word}");
        for _ in 0..30 {
            panel.advance(HOUR);
            panel.work().await;
        }
        assert_eq!(panel.shown(order).await, "Processing 0.90 1000", "{word}");
        let runs = runs(&panel).await;
        assert!(runs[0].starts_with("parked: its status"), "{runs:?}");
        // One work item, however many orders there are; told of at growing intervals.
        let kinds = alert_kinds(&panel).await;
        assert_eq!(kinds, ["unknown_status"; 4], "{word}");
        let so_far = asked(&panel, "status").len();
        panel.advance(50 * HOUR);
        panel.work().await;
        assert_eq!(asked(&panel, "status").len(), so_far, "{word}");
        assert_eq!(panel.balance().await, "99.10", "{word}");
        panel.finish().await;
    }
}

#[apply(story)]
async fn a_word_that_is_understood_again_ends_the_wait() {
    let panel = TestPanel::start().await;
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    let odd = r#"{"5000001":{"status":"Hmm","charge":"0.3","remains":"100"}}"#;
    panel
        .provider
        .fail_next("status", Fault::Http(200, odd.to_owned()));
    panel.pass(MINUTE).await;
    assert_eq!(
        orders::uncertain(&panel.panel, Period::default(), None, 10)
            .await
            .unwrap()
            .len(),
        1
    );
    panel.pass(MINUTE).await;
    assert_eq!(
        orders::uncertain(&panel.panel, Period::default(), None, 10)
            .await
            .unwrap()
            .len(),
        0
    );
    assert_eq!(runs(&panel).await, ["accepted"]);
    panel.pass(DELIVERY).await;
    assert_eq!(panel.shown(order).await, "Completed 0.90 0");
    panel.finish().await;
}

#[apply(story)]
async fn words_in_any_capitals_and_with_any_prefix_mean_what_they_mean() {
    for (word, end) in [
        ("REFUND", "Canceled 0.00 1000"),
        ("Refunds", "Canceled 0.00 1000"),
        ("order.status.refunded", "Canceled 0.00 1000"),
        ("oRdEr.StAtUs.CoMpLeTeD", "Completed 0.90 0"),
        ("Process", "Processing 0.90 400"),
        ("order.status.in_progress", "In progress 0.90 400"),
        ("PARTIALLY_COMPLETED", "Partial 0.54 400"),
    ] {
        let panel = TestPanel::start().await;
        let text = format!(r#"{{"charge":"0.1","status":"{word}","remains":"400"}}"#);
        panel.provider.script_next(1, says(&text));
        let order = panel.order("https://x.test/p", 1000).await;
        panel.pass(MINUTE).await;
        assert_eq!(panel.shown(order).await, end, "{word}");
        panel.finish().await;
    }
}

#[apply(story)]
async fn nothing_left_of_an_order_that_goes_on_means_that_it_is_not_known() {
    for (remains, word) in [
        ("0", "In progress"),
        (r#""0""#, "In progress"),
        (r#""0.0""#, "Processing"),
        (r#""""#, "In progress"),
        (r#""N/A""#, "In progress"),
        ("null", "Pending"),
        (r#""-3""#, "In progress"),
    ] {
        let panel = TestPanel::start().await;
        let line = |left: &str| format!(r#"{{"charge":"0","status":"{word}","remains":{left}}}"#);
        panel.provider.script_next(1, says(&line(remains)));
        let order = panel.order("https://x.test/p", 1000).await;
        panel.pass(MINUTE).await;
        let left = |shown: String| shown.rsplit(' ').next().unwrap().to_owned();
        assert_eq!(left(panel.shown(order).await), "1000", "{word} {remains}");
        let known = format!(r#"{{"5000001":{}}}"#, line("250"));
        panel.provider.fail_next("status", Fault::Http(200, known));
        panel.pass(MINUTE).await;
        assert_eq!(left(panel.shown(order).await), "250", "{word} {remains}");
        panel.pass(2 * MINUTE).await;
        assert_eq!(left(panel.shown(order).await), "250", "{word} {remains}");
        let path = format!("/api/v3/orders/{order}");
        let view = panel
            .ask(&panel.key, reqwest::Method::GET, &path, None)
            .await;
        assert_eq!(view.json()["remains"], 250, "{}", view.body);
        panel.finish().await;
    }
}
