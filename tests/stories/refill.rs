//! Refills: who may ask for one, and what providers make of it. Money never moves.

use harness::{DELIVERY, HOUR, MINUTE, TestPanel, account, offer, terms, texts};
use smm_panel_server::actor::Actor;
use smm_panel_server::alerts;
use smm_panel_server::catalog::Terms;
use smm_panel_server::clock::Period;
use smm_panel_server::demo::provider::{Fault, Script};
use smm_panel_server::orders::Resolution;
use smm_panel_server::protocol::ServiceType;
use smm_panel_server::refills;

mod guarantee;

const TOO_SOON: &str = "The order was completed or refill was requested less than 24 hours ago";

/// The answer to `refill` of one order.
async fn refill(panel: &TestPanel, order: i64) -> String {
    let order = order.to_string();
    panel
        .v2(&[("action", "refill"), ("order", &order)])
        .await
        .body
}

/// The answer to `refill_status` of one refill.
async fn refill_status(panel: &TestPanel, refill: i64) -> String {
    let refill = refill.to_string();
    panel
        .v2(&[("action", "refill_status"), ("refill", &refill)])
        .await
        .body
}

fn sentence(text: &str) -> String {
    format!(r#"{{"error":"{text}"}}"#)
}

fn status(word: &str) -> String {
    format!(r#"{{"status":"{word}"}}"#)
}

/// The orders at the provider of which a refill was asked for there.
fn forwarded(panel: &TestPanel) -> Vec<String> {
    let requests = panel.provider.requests();
    let refills = requests.iter().filter(|seen| seen.action == "refill");
    refills.map(|seen| seen.fields[0].1.clone()).collect()
}

/// A panel with an order (number 1) that was completed a day ago.
async fn with_a_completed_order() -> (TestPanel, i64) {
    let panel = TestPanel::start().await;
    panel
        .provider
        .script_next(1, Script::Deliver { over_ms: 0 });
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    panel.advance(MINUTE);
    panel.work().await;
    assert_eq!(panel.shown(order).await, "Completed 0.90 0");
    panel.advance(24 * HOUR);
    (panel, order)
}

#[apply(story)]
async fn a_refill_is_forwarded_once_and_followed_to_its_end() {
    let panel = TestPanel::start().await;
    panel.provider.script_next(
        1,
        Script::DropLater {
            over_ms: MINUTE,
            drop_percent: 30,
            refill_ms: 20 * MINUTE,
        },
    );
    let order = panel.order("https://x.test/p", 1000).await;
    panel.pass(2 * MINUTE).await;
    assert_eq!(panel.shown(order).await, "Completed 0.90 0");
    panel.advance(24 * HOUR);
    let at_provider = panel.provider.orders()[0].id;
    let full = panel.provider.count(at_provider).unwrap() + 300;
    assert_eq!(refill(&panel, order).await, r#"{"refill":"1"}"#);
    assert_eq!(refill_status(&panel, 1).await, status("Pending"));
    panel.work().await;
    assert_eq!(forwarded(&panel), [at_provider.to_string()]);
    assert_eq!(refill_status(&panel, 1).await, status("Pending"));
    panel.pass(5 * MINUTE).await;
    assert_eq!(refill_status(&panel, 1).await, status("In progress"));
    panel.pass(20 * MINUTE).await;
    assert_eq!(refill_status(&panel, 1).await, status("Completed"));
    assert_eq!(panel.provider.count(at_provider), Some(full));
    assert_eq!(forwarded(&panel).len(), 1);
    assert_eq!(panel.balance().await, "99.10");
    panel.finish().await;
}

#[apply(story)]
async fn a_refill_waits_a_day_after_completion_and_a_day_after_the_last_one() {
    let (panel, order) = with_a_completed_order().await;
    // One millisecond before the day is over.
    panel.advance(-1);
    assert_eq!(refill(&panel, order).await, sentence(TOO_SOON));
    panel.advance(1);
    assert_eq!(refill(&panel, order).await, r#"{"refill":"1"}"#);
    assert_eq!(refill(&panel, order).await, sentence(TOO_SOON));
    panel.work().await;
    panel.pass(2 * MINUTE).await;
    assert_eq!(refill_status(&panel, 1).await, status("Completed"));
    panel.advance(24 * HOUR - 2 * MINUTE - 1);
    assert_eq!(refill(&panel, order).await, sentence(TOO_SOON));
    panel.advance(1);
    assert_eq!(refill(&panel, order).await, r#"{"refill":"2"}"#);
    panel.finish().await;
}

#[apply(story)]
async fn a_refill_that_is_still_open_keeps_the_next_one_away() {
    let (panel, order) = with_a_completed_order().await;
    panel.provider.clone().stop().await;
    assert_eq!(refill(&panel, order).await, r#"{"refill":"1"}"#);
    panel.advance(48 * HOUR);
    assert_eq!(refill(&panel, order).await, sentence(TOO_SOON));
    assert_eq!(refill_status(&panel, 1).await, status("Pending"));
    panel.finish().await;
}

#[apply(story)]
async fn only_what_was_delivered_by_services_that_refill_is_refilled() {
    let panel = TestPanel::start().await;
    let none = Terms {
        refill: false,
        ..terms(ServiceType::Default, "0.90")
    };
    let offers = vec![offer(panel.provider_id, 1, &none)];
    let none = panel.service(none, offers).await;
    let unguaranteed = panel.order_of(none, "https://x.test/none", 1000).await;
    panel.work().await;
    panel.provider.script_next(1, Script::CancelAfter { ms: 0 });
    let canceled = panel.order("https://x.test/canceled", 1000).await;
    panel.work().await;
    panel.provider.script_next(
        1,
        Script::Deliver {
            over_ms: 1000 * HOUR,
        },
    );
    let running = panel.order("https://x.test/running", 1000).await;
    panel.pass(DELIVERY + MINUTE).await;
    assert_eq!(panel.shown(unguaranteed).await, "Completed 0.90 0");
    assert_eq!(panel.shown(canceled).await, "Canceled 0.00 1000");
    panel.advance(48 * HOUR);
    let disabled = sentence("Refill is disabled for this service");
    assert_eq!(refill(&panel, unguaranteed).await, disabled);
    let not_completed = sentence("The order is not completed");
    for order in [canceled, running] {
        assert_eq!(refill(&panel, order).await, not_completed);
    }
    panel.work().await;
    assert_eq!(forwarded(&panel), [""; 0]);
    panel.finish().await;
}

#[apply(story)]
async fn overlapping_orders_have_no_count_to_refill_up_to() {
    let panel = TestPanel::start().await;
    let one = panel.order("https://x.test/p", 1000).await;
    let two = panel.order("https://X.test/p/", 1000).await;
    panel.pass(DELIVERY + MINUTE).await;
    panel.advance(24 * HOUR);
    for order in [one, two] {
        assert_eq!(panel.shown(order).await, "Completed 0.90 0");
        let disabled = sentence("Refill is disabled for this service");
        assert_eq!(refill(&panel, order).await, disabled);
    }
    panel.finish().await;
}

#[apply(story)]
async fn a_refill_ends_as_its_provider_says() {
    for (word, shown) in [
        ("Pending", "Pending"),
        ("Awaiting", "Pending"),
        ("In progress", "In progress"),
        ("Inprogress", "In progress"),
        ("tasks.status.completed", "Completed"),
        ("Completed", "Completed"),
        ("Rejected", "Rejected"),
        ("Canceled", "Canceled"),
        ("Error", "Pending"),
    ] {
        let (panel, order) = with_a_completed_order().await;
        panel
            .provider
            .fail_next("refill", Fault::Http(200, r#"{"refill":"55"}"#.to_owned()));
        refill(&panel, order).await;
        panel.work().await;
        let said = format!(r#"[{{"refill":55,"status":"{word}"}}]"#);
        panel
            .provider
            .fail_next("refill_status", Fault::Http(200, said));
        panel.advance(MINUTE);
        panel.work().await;
        assert_eq!(refill_status(&panel, 1).await, status(shown), "{word}");
        panel.finish().await;
    }
}

#[apply(story)]
async fn a_refill_that_the_provider_refuses_is_rejected_and_may_be_asked_for_a_day_later() {
    for body in [
        r#"{"error":"Refill days are over"}"#,
        r#"{"refill":{"error":"Refill days are over"}}"#,
        r#"[{"order":5000001,"refill":{"error":"Incorrect order ID"}}]"#,
    ] {
        let (panel, order) = with_a_completed_order().await;
        panel
            .provider
            .fail_next("refill", Fault::Http(200, body.to_owned()));
        assert_eq!(refill(&panel, order).await, r#"{"refill":"1"}"#);
        panel.work().await;
        assert_eq!(refill_status(&panel, 1).await, status("Rejected"), "{body}");
        panel.pass(2 * MINUTE).await;
        assert_eq!(forwarded(&panel).len(), 1, "{body}");
        panel.advance(24 * HOUR);
        assert_eq!(refill(&panel, order).await, r#"{"refill":"2"}"#, "{body}");
        panel.finish().await;
    }
}

#[apply(story)]
async fn a_refill_that_may_have_been_taken_is_parked_and_decided_by_an_operator() {
    let faults = [
        Fault::Http(502, "<html>Bad Gateway</html>".to_owned()),
        Fault::Http(200, r#"{"status":"Success","message":"ok"}"#.to_owned()),
        Fault::Http(200, r#"{"refill":"#.to_owned()),
        Fault::Drop,
    ];
    for fault in faults {
        for (how, shown, sent) in [
            (Resolution::Accepted("700001".to_owned()), "Pending", 1),
            (Resolution::SendAgain, "Pending", 2),
            (Resolution::Refund, "Rejected", 1),
        ] {
            let (panel, order) = with_a_completed_order().await;
            panel.provider.fail_next("refill", fault.clone());
            refill(&panel, order).await;
            panel.work().await;
            panel.advance(25 * HOUR);
            panel.work().await;
            assert_eq!(forwarded(&panel).len(), 1, "{fault:?}");
            assert_eq!(
                refill_status(&panel, 1).await,
                status("Pending"),
                "{fault:?}"
            );
            let kinds = alerts::list(&panel.panel.db, alerts::Search::default(), 10)
                .await
                .unwrap();
            let kinds: Vec<&str> = kinds.iter().map(|alert| &*alert.kind).collect();
            assert_eq!(kinds, ["parked"], "{fault:?}");
            let parked = refills::stuck(&panel.panel, Period::default(), None, 10)
                .await
                .unwrap();
            assert_eq!(parked.len(), 1, "{fault:?}");
            let run = parked[0].id;
            let actor = Actor::command();
            let resolve = || refills::resolve(&panel.panel, &actor, run, &how, None);
            resolve().await.unwrap();
            panel.work().await;
            assert_eq!(
                refill_status(&panel, 1).await,
                status(shown),
                "{fault:?} {how:?}"
            );
            assert_eq!(forwarded(&panel).len(), sent, "{fault:?} {how:?}");
            assert!(resolve().await.is_err(), "{how:?}");
            panel.finish().await;
        }
    }
}

#[apply(story)]
async fn a_refill_waits_for_a_provider_that_has_no_time_for_it() {
    for (status_code, body) in [(429, "{}"), (200, r#"{"error":"Invalid API key"}"#)] {
        let (panel, order) = with_a_completed_order().await;
        panel
            .provider
            .fail_next("refill", Fault::Http(status_code, body.to_owned()));
        refill(&panel, order).await;
        panel.work().await;
        assert_eq!(refill_status(&panel, 1).await, status("Pending"), "{body}");
        panel.pass(5 * MINUTE).await;
        assert_eq!(forwarded(&panel).len(), 2, "{body}");
        panel.pass(2 * MINUTE).await;
        assert_eq!(
            refill_status(&panel, 1).await,
            status("Completed"),
            "{body}"
        );
        panel.finish().await;
    }
}

#[apply(story)]
async fn a_refill_of_a_drip_feed_is_asked_for_at_every_run() {
    let panel = TestPanel::start().await;
    panel.provider.set_script(1, Script::Deliver { over_ms: 0 });
    let fields = [
        ("action", "add"),
        ("service", "1"),
        ("link", "https://x.test/p"),
        ("quantity", "100"),
        ("runs", "3"),
        ("interval", "1"),
    ];
    let order = panel.v2(&fields).await.order();
    panel.pass(5 * MINUTE).await;
    assert_eq!(panel.shown(order).await, "Completed 0.27 0");
    panel.advance(24 * HOUR);
    refill(&panel, order).await;
    panel.work().await;
    let mut asked = forwarded(&panel);
    asked.sort();
    let ids: Vec<String> = panel
        .provider
        .orders()
        .iter()
        .map(|run| run.id.to_string())
        .collect();
    assert_eq!(asked, ids);
    assert_eq!(refill_status(&panel, 1).await, status("Pending"));
    panel.pass(2 * MINUTE).await;
    assert_eq!(refill_status(&panel, 1).await, status("Completed"));
    let shares = "SELECT state FROM refill_dispatches ORDER BY id";
    assert_eq!(texts(&panel, shares).await, ["completed"; 3]);
    panel.finish().await;
}

#[apply(story)]
async fn many_refills_answer_each_order_and_foreign_ones_are_unknown() {
    let (panel, order) = with_a_completed_order().await;
    let young = panel.order("https://x.test/young", 1000).await;
    let many = |ids: String| async {
        let ids = ids;
        panel
            .v2(&[("action", "refill"), ("orders", &ids)])
            .await
            .body
    };
    let expected = format!(
        "[{{\"order\":{order},\"refill\":1}},\
         {{\"order\":999,\"refill\":{{\"error\":\"Incorrect order ID\"}}}},\
         {{\"order\":{young},\"refill\":{{\"error\":\"The order is not completed\"}}}}]"
    );
    assert_eq!(many(format!("{order},999,{young}")).await, expected);
    let statuses = panel
        .v2(&[("action", "refill_status"), ("refills", "1,9")])
        .await;
    assert_eq!(
        statuses.body,
        r#"[{"refill":1,"status":"Pending"},{"refill":9,"status":{"error":"Refill not found"}}]"#
    );
    let (_, foreign) = account(&panel.panel, "somebody else", "1").await;
    let id = order.to_string();
    let asked = panel
        .v2_as(&foreign, &[("action", "refill"), ("order", &id)])
        .await;
    assert_eq!(asked.body, sentence("Incorrect order ID"));
    let read = panel
        .v2_as(&foreign, &[("action", "refill_status"), ("refill", "1")])
        .await;
    assert_eq!(read.body, sentence("Refill not found"));
    panel.finish().await;
}

#[apply(story_on_threads)]
async fn a_refill_is_claimed_when_its_turn_comes_and_not_before() {
    let panel = TestPanel::start_with(|config| config.refill_wait_ms = 0).await;
    panel.provider.set_script(1, Script::Deliver { over_ms: 0 });
    for link in ["https://x.test/p", "https://x.test/q"] {
        panel.order(link, 1000).await;
    }
    panel.pass(2 * MINUTE).await;
    panel.sql("UPDATE providers SET timeout_ms = 1000").await;
    for order in [1, 2] {
        refill(&panel, order).await;
    }
    panel.provider.fail_next("refill", Fault::Hang);
    let mut work = Box::pin(panel.work());
    let mut seen = false;
    loop {
        // The first one hangs at the provider; the second is claimed when that has ended.
        let states = texts(&panel, "SELECT state FROM refill_dispatches ORDER BY id");
        tokio::select! {
            () = &mut work => break,
            states = states => {
                seen |= states == ["sending", "queued"];
                assert_ne!(states, ["sending", "sending"]);
            }
        }
    }
    drop(work);
    assert!(seen);
    assert_eq!(forwarded(&panel).len(), 2);
    panel.finish().await;
}
