//! What a provider's refusal means, sentence by sentence. A sentence is known whole or not at all.

use super::*;

/// Orders wait for our account there; what a second answer of the provider says is held against it.
async fn waits_and_rests(panel: &TestPanel, n: usize, text: &str) {
    let order = panel.order(&format!("https://x.test/{n}"), 1000).await;
    panel.work().await;
    assert_eq!(states(panel, order).await, ["queued"], "{text}");
    assert_eq!(panel.shown(order).await, "Pending 0.90 1000", "{text}");
    // An acceptance ended the trouble before.
    assert_eq!(
        alert_kinds(panel).await,
        vec!["provider_trouble"; n],
        "{text}"
    );
    let sent = adds(&panel.provider);
    // It rests five minutes, for other orders too.
    let other = panel.order(&format!("https://x.test/{n}/b"), 1000).await;
    panel.advance(5 * MINUTE - 1);
    panel.work().await;
    assert_eq!(adds(&panel.provider), sent, "{text}");
    panel
        .provider
        .set_balance(Money::from_nano(100_000_000_000));
    panel.advance(1);
    panel.work().await;
    assert_eq!(adds(&panel.provider), sent + 2, "{text}");
    assert_eq!(panel.shown(order).await, "Processing 0.90 1000", "{text}");
    assert_eq!(panel.shown(other).await, "Processing 0.90 1000", "{text}");
}

#[apply(story)]
async fn a_provider_that_refuses_our_funds_keeps_the_order_queued_and_rests() {
    let panel = TestPanel::start().await;
    let mut n = 0;
    for text in [
        FUNDS,
        "not  enough FUNDS, on balance!",
        "Not enough funds",
        "Not\u{a0}enough funds.",
    ] {
        n += 1;
        // What the order costs there is 0.30.
        panel.provider.set_balance(Money::from_nano(299_999_999));
        panel.provider.script_next(1, Script::Refuse(text));
        waits_and_rests(&panel, n, text).await;
    }
    panel.finish().await;
}

#[apply(story)]
async fn a_provider_that_refuses_our_key_keeps_the_order_queued_and_rests() {
    let panel = TestPanel::start().await;
    let mut n = 0;
    for text in ["Invalid API key", "Your account has been suspended."] {
        n += 1;
        panel.provider.script_next(1, Script::Refuse(text));
        // The key does not work for the balance either.
        let no = format!(r#"{{"error":"{text}"}}"#);
        panel.provider.fail_next("balance", Fault::Http(200, no));
        waits_and_rests(&panel, n, text).await;
    }
    panel.finish().await;
}

#[apply(story)]
async fn a_provider_that_is_asked_too_often_rests() {
    let panel = TestPanel::start().await;
    let text = "Rate limit exceeded";
    panel.provider.script_next(1, Script::Refuse(text));
    waits_and_rests(&panel, 1, text).await;
    panel.finish().await;
}

/// "A good balance above the cost (a key that works) contradicts the sentence: unsorted."
#[apply(story)]
async fn a_good_balance_contradicts_a_refusal_of_our_funds_or_key() {
    let panel = TestPanel::start().await;
    for (n, text) in (1..).zip([FUNDS, "Not enough funds", "Invalid API key"]) {
        panel.provider.script_next(1, Script::Refuse(text));
        let order = panel.order(&format!("https://x.test/{n}"), 1000).await;
        panel.pass(HOUR).await;
        assert_eq!(states(&panel, order).await, ["parked"], "{text}");
        assert_eq!(panel.shown(order).await, "Pending 0.90 1000", "{text}");
        assert_eq!(adds(&panel.provider), n, "{text}");
    }
    let reasons = texts(&panel, "SELECT reason FROM dispatches").await;
    for reason in reasons {
        assert!(reason.contains("its balance contradicts that"), "{reason}");
    }
    let examples = "SELECT example FROM provider_phrases WHERE phrase LIKE '%contradicted%' \
                    ORDER BY example";
    assert_eq!(
        texts(&panel, examples).await,
        ["Invalid API key", "Not enough funds", FUNDS]
    );
    assert!(
        !alert_kinds(&panel)
            .await
            .contains(&"provider_trouble".to_owned())
    );
    panel.finish().await;
}

/// Trouble is told of once for as long as it lasts.
#[apply(story)]
async fn one_alert_is_raised_for_as_long_as_our_funds_are_short() {
    let panel = TestPanel::start().await;
    panel.provider.set_balance(Money::from_nano(1));
    panel.provider.set_script(1, Script::Refuse(FUNDS));
    for n in 0..3 {
        panel.order(&format!("https://x.test/{n}"), 1000).await;
    }
    panel.pass(HOUR).await;
    assert!(adds(&panel.provider) > 3);
    assert_eq!(alert_kinds(&panel).await, ["provider_trouble"]);
    panel.finish().await;
}

#[apply(story)]
async fn an_order_that_waits_for_its_link_is_tried_again_and_stops_nobody() {
    let panel = TestPanel::start().await;
    for (n, text) in (1..).zip([
        "You have active order with this link. Please wait until order being completed.",
        "you have active order with this link, please wait until order being completed",
    ]) {
        panel.provider.script_next(1, Script::Refuse(text));
        let order = panel.order(&format!("https://x.test/{n}"), 1000).await;
        panel.work().await;
        assert_eq!(states(&panel, order).await, ["queued"], "{text}");
        let other = panel.order(&format!("https://x.test/{n}/b"), 1000).await;
        panel.work().await;
        assert_eq!(panel.shown(other).await, "Processing 0.90 1000", "{text}");
        let sent = adds(&panel.provider);
        panel.advance(10 * MINUTE - 1);
        panel.work().await;
        assert_eq!(adds(&panel.provider), sent, "{text}");
        panel.advance(1);
        panel.work().await;
        assert_eq!(adds(&panel.provider), sent + 1, "{text}");
        assert_eq!(panel.shown(order).await, "Processing 0.90 1000", "{text}");
    }
    assert_eq!(alert_kinds(&panel).await, [""; 0]);
    panel.finish().await;
}

#[apply(story)]
async fn an_order_that_the_only_provider_refuses_fails_and_is_refunded_whole() {
    let panel = TestPanel::start().await;
    for (n, text) in (1..).zip([
        "Bad link",
        "BAD LINK !",
        "neworder.error.link",
        "Quantity less than minimal 100",
        "Quantity less than minimal 2,500",
        "neworder.error.min_quantity",
        "Quantity more than maximum 1000",
        "neworder.error.max_quantity",
        // The catalogue has the service, so its offer stays.
        "Incorrect service ID",
        "neworder.error.comment",
    ]) {
        panel.provider.script_next(1, Script::Refuse(text));
        let order = panel.order(&format!("https://x.test/{n}"), 1000).await;
        assert_eq!(panel.balance().await, "99.10", "{text}");
        panel.work().await;
        assert_eq!(panel.shown(order).await, "Canceled 0.00 1000", "{text}");
        assert_eq!(panel.balance().await, "100.00", "{text}");
        let refund =
            format!("SELECT reason || ' ' || amount_nano FROM refunds WHERE order_id = {order}");
        assert_eq!(texts(&panel, &refund).await, ["failed 900000000"], "{text}");
        panel.advance(48 * HOUR);
        panel.work().await;
        assert_eq!(adds(&panel.provider), n, "{text}");
    }
    assert_eq!(alert_kinds(&panel).await, [""; 0]);
    panel.finish().await;
}

#[apply(story)]
async fn an_order_that_is_refused_in_unknown_words_waits_for_somebody_to_sort_them() {
    let panel = TestPanel::start().await;
    for text in [
        "Mercury is in retrograde",
        // Fragments of known sentences.
        "Bad link to the database",
        "Quantity",
        "User not found",
        "Incorrect request",
        "Balance not enough !",
        "Saldo insuficiente",
        "Duplicate order",
        "This link is already in process",
    ] {
        panel.provider.script_next(1, Script::Refuse(text));
        let order = panel
            .order(&format!("https://x.test/{}", text.len()), 1000)
            .await;
        let sent = adds(&panel.provider);
        panel.work().await;
        assert_eq!(panel.shown(order).await, "Pending 0.90 1000", "{text}");
        panel.advance(25 * HOUR);
        panel.work().await;
        assert_eq!(adds(&panel.provider), sent + 1, "{text}");
        assert_ne!(panel.shown(order).await, "Canceled 0.00 1000", "{text}");
    }
    panel.finish().await;
}

/// "`services` is read; only if it lacks the id the offer is paused."
#[apply(story)]
async fn a_service_that_the_catalogue_lacks_is_asked_for_no_more() {
    let (panel, other, service) = with_two_providers().await;
    let text = "Incorrect service ID";
    for (n, still_sold) in [(1, true), (2, false)] {
        if !still_sold {
            let terms = terms(ServiceType::Default, "0.90");
            panel.provider.set_services(vec![provided(9, &terms)]);
        }
        panel.provider.script_next(1, Script::Refuse(text));
        let order = panel
            .order_of(service, &format!("https://x.test/{n}"), 1000)
            .await;
        panel.work().await;
        assert_eq!(states(&panel, order).await, ["accepted"], "{n}");
        panel.advance(2 * MINUTE);
    }
    assert_eq!(adds(&panel.provider), 2);
    panel.order_of(service, "https://x.test/3", 1000).await;
    panel.work().await;
    assert_eq!(adds(&panel.provider), 2);
    assert_eq!(adds(&other), 3);
    assert_eq!(alert_kinds(&panel).await, ["service_paused"]);
    // Services of it alone are taken off the list.
    let refused = panel
        .v2(&[
            ("action", "add"),
            ("service", "1"),
            ("link", "https://x.test/4"),
            ("quantity", "1000"),
        ])
        .await;
    assert_eq!(refused.error(), "Incorrect service ID");
    other.stop().await;
    panel.finish().await;
}
