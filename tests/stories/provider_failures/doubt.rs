//! Orders that may have been taken: held, proved by repetition, or decided by an operator.

use super::*;

/// Every answer to `add` that leaves open whether the order was taken.
fn unclear() -> Vec<(&'static str, Script)> {
    vec![
        ("HTML 502", Script::AcceptThenHtml502),
        ("broken JSON", Script::BrokenJson),
        ("no id", custom(200, r#"{"status":"success"}"#)),
        ("nothing", custom(200, "")),
        ("500 with an error", custom(500, r#"{"error":"Bad link"}"#)),
        (
            "503 without Retry-After",
            custom(503, r#"{"error":"busy"}"#),
        ),
        ("time-out after acceptance", Script::AcceptThenHang),
        ("time-out before acceptance", Script::HangBeforeAccept),
    ]
}

#[apply(story)]
async fn an_order_that_may_have_been_taken_is_held_for_an_operator_and_never_sent_again() {
    let panel = TestPanel::start().await;
    compare_no_charges(&panel).await;
    let mut placed = Vec::new();
    for (n, (case, script)) in (1..).zip(unclear()) {
        panel.provider.script_next(1, script);
        let order = panel.order(&format!("https://x.test/{n}"), 1000).await;
        panel.work().await;
        assert_eq!(states(&panel, order).await, ["parked"], "{case}");
        assert_eq!(adds(&panel.provider), n, "{case}");
        placed.push(order);
        // Not five in a minute: that is another story.
        panel.advance(MINUTE + 1);
    }
    panel.provider.fail_next("add", Fault::Drop);
    placed.push(panel.order("https://x.test/dropped", 1000).await);
    panel.work().await;
    assert_eq!(adds(&panel.provider), 9);
    for wait in [15 * MINUTE, 25 * HOUR, 30 * 24 * HOUR] {
        panel.advance(wait);
        panel.work().await;
    }
    assert_eq!(adds(&panel.provider), 9);
    for order in placed {
        assert_eq!(panel.shown(order).await, "Pending 0.90 1000");
    }
    assert_eq!(panel.balance().await, "91.90");
    assert_eq!(alert_kinds(&panel).await, ["parked"; 9]);
    assert_eq!(uncertain(&panel).await.len(), 9);
    panel.finish().await;
}

#[apply(story)]
async fn an_operator_who_finds_the_order_at_the_provider_has_it_followed_to_its_end() {
    let panel = TestPanel::start().await;
    panel.provider.script_next(1, Script::AcceptThenHtml502);
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    let run = uncertain(&panel).await[0];
    let id = panel.provider.orders()[0].id.to_string();
    assert_eq!(resolve(&panel, run, Resolution::Accepted(id)).await, Ok(()));
    panel.work().await;
    assert_eq!(panel.shown(order).await, "Processing 0.90 1000");
    panel.advance(MINUTE);
    panel.work().await;
    assert_eq!(panel.shown(order).await, "Completed 0.90 0");
    assert_eq!(panel.balance().await, "99.10");
    assert_eq!(panel.provider.times_accepted("https://x.test/p"), 1);
    let again = resolve(&panel, run, Resolution::SendAgain).await;
    assert_eq!(again, Err(Unresolved::NotParked));
    panel.finish().await;
}

#[apply(story)]
async fn an_operator_who_finds_nothing_at_the_provider_has_the_order_sent_again_or_refunded() {
    let panel = TestPanel::start().await;
    for _ in 0..2 {
        panel.provider.script_next(1, custom(200, ""));
    }
    let again = panel.order("https://x.test/again", 1000).await;
    panel.work().await;
    let refunded = panel.order("https://x.test/refunded", 1000).await;
    panel.work().await;
    let runs = uncertain(&panel).await;
    assert_eq!(
        resolve(&panel, runs[0], Resolution::SendAgain).await,
        Ok(())
    );
    assert_eq!(resolve(&panel, runs[1], Resolution::Refund).await, Ok(()));
    assert_eq!(panel.shown(refunded).await, "Canceled 0.00 1000");
    assert_eq!(panel.balance().await, "99.10");
    panel.work().await;
    assert_eq!(panel.shown(again).await, "Processing 0.90 1000");
    assert_eq!(panel.provider.accepted_links(), ["https://x.test/again"]);
    let none = resolve(&panel, DispatchId(999), Resolution::Refund).await;
    assert_eq!(none, Err(Unresolved::NoSuchRun));
    panel.finish().await;
}

#[apply(story)]
async fn a_provider_that_keeps_request_ids_is_asked_again_and_takes_the_order_once() {
    for (case, script) in unclear() {
        let panel = TestPanel::start().await;
        panel.provider.keep_request_ids(true);
        harness::keeps_request_ids(&panel.panel, panel.provider_id, true).await;
        panel.provider.script_next(1, script);
        let order = panel.order("https://x.test/p", 1000).await;
        panel.work().await;
        assert_eq!(panel.shown(order).await, "Processing 0.90 1000", "{case}");
        assert_eq!(
            panel.provider.times_accepted("https://x.test/p"),
            1,
            "{case}"
        );
        let requests = panel.provider.requests();
        let actions: Vec<&str> = requests.iter().map(|seen| &*seen.action).collect();
        assert_eq!(actions, ["add", "balance", "add"], "{case}");
        assert_eq!(requests[0].fields, requests[2].fields, "{case}");
        let id = requests[0]
            .fields
            .iter()
            .find(|(name, _)| name == "request_id");
        assert!(id.is_some_and(|(_, id)| !id.is_empty()), "{case}");
        assert_eq!(uncertain(&panel).await, [], "{case}");
        panel.finish().await;
    }
}

#[apply(story_on_threads)]
async fn a_repetition_that_has_waited_longer_than_its_lease_is_not_sent() {
    let panel = with_replays().await;
    panel.sql("UPDATE providers SET concurrency = 1").await;
    panel.provider.script_next(1, Script::BrokenJson);
    let first = panel.order("https://x.test/1", 1000).await;
    // The first becomes unknown, and the provider cannot show yet that it keeps request ids.
    panel.provider.fail_next("balance", Fault::Drop);
    panel.work().await;
    assert_eq!(states(&panel, first).await, ["unknown"]);
    panel.provider.script_next(1, Script::HangBeforeAccept);
    panel.order("https://x.test/2", 1000).await;
    panel.advance(MINUTE);
    let wait = async {
        // The first is taken up; its repetition waits while the second has the only slot.
        let requests = || panel.provider.requests();
        while requests().iter().filter(|r| r.action == "balance").count() < 2 {
            tokio::task::yield_now().await;
        }
        panel.advance(25 * HOUR);
    };
    tokio::join!(panel.work(), wait);
    assert_eq!(states(&panel, first).await, ["parked"]);
    let link = ("link".to_owned(), "https://x.test/1".to_owned());
    let requests = panel.provider.requests();
    let sent = requests.iter().filter(|r| r.fields.contains(&link));
    assert_eq!(sent.count(), 1, "nobody waits for the answer any more");
    panel.finish().await;
}

/// A panel whose provider keeps request ids, as far as the panel knows.
async fn with_replays() -> TestPanel {
    let panel = TestPanel::start().await;
    panel.provider.keep_request_ids(true);
    harness::keeps_request_ids(&panel.panel, panel.provider_id, true).await;
    panel
}

#[apply(story)]
async fn a_repetition_that_is_refused_proves_that_the_order_was_not_taken() {
    let panel = with_replays().await;
    panel.provider.fail_next("add", page(502));
    panel.provider.script_next(1, Script::Refuse("Bad link"));
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    assert_eq!(panel.shown(order).await, "Canceled 0.00 1000");
    assert_eq!(panel.balance().await, "100.00");
    assert_eq!(panel.provider.orders(), []);
    panel.finish().await;
}

#[apply(story)]
async fn a_repetition_without_an_answer_is_tried_for_a_day_and_then_parked() {
    let panel = with_replays().await;
    panel.provider.script_next(1, Script::AcceptThenHtml502);
    let order = panel.order("https://x.test/p", 1000).await;
    for _ in 0..100 {
        panel.provider.fail_next("balance", Fault::Drop);
    }
    panel.work().await;
    assert_eq!(states(&panel, order).await, ["unknown"]);
    panel.pass(HOUR).await;
    // Each time later: "with back-off".
    let asked = count(&panel.provider, "balance");
    assert!(asked < 15, "{asked}");
    panel.advance(23 * HOUR - MINUTE);
    panel.work().await;
    assert_eq!(states(&panel, order).await, ["unknown"]);
    panel.advance(MINUTE);
    panel.work().await;
    assert_eq!(states(&panel, order).await, ["parked"]);
    assert_eq!(panel.shown(order).await, "Pending 0.90 1000");
    assert_eq!(adds(&panel.provider), 1);
    assert_eq!(alert_kinds(&panel).await, ["parked"]);
    panel.finish().await;
}

#[apply(story)]
async fn nothing_is_repeated_at_a_provider_that_no_longer_names_the_extension() {
    let panel = with_replays().await;
    panel.provider.keep_request_ids(false);
    panel.provider.script_next(1, Script::AcceptThenHtml502);
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    panel.advance(MINUTE);
    panel.work().await;
    assert_eq!(states(&panel, order).await, ["parked"]);
    assert_eq!(adds(&panel.provider), 1);
    assert_eq!(panel.shown(order).await, "Pending 0.90 1000");
    panel.finish().await;
}

#[apply(story)]
async fn a_gateway_error_in_front_of_a_provider_says_nothing_about_its_extensions() {
    let panel = with_replays().await;
    panel.provider.keep_request_ids(false);
    panel.provider.fail_next("add", page(502));
    panel.provider.fail_next("balance", page(502));
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    assert_eq!(states(&panel, order).await, ["unknown"]);
    panel.provider.keep_request_ids(true);
    panel.pass(MINUTE).await;
    assert_eq!(panel.shown(order).await, "Processing 0.90 1000");
    assert_eq!(panel.provider.times_accepted("https://x.test/p"), 1);
    panel.finish().await;
}

/// Refusals that a provider gives before it looks whether it knows the `request_id`, and others
/// that say nothing about the order that may be there already.
const PROVES_NOTHING: [(u16, &str); 5] = [
    (200, r#"{"error":"Your account has been suspended."}"#),
    (200, r#"{"error":"Invalid API key"}"#),
    (429, r#"{"error":"Rate limit exceeded"}"#),
    (200, r#"{"error":"Mercury is in retrograde"}"#),
    (200, r#"{"error":"request_id was used for another order"}"#),
];

#[apply(story)]
async fn a_repetition_that_is_turned_away_at_the_door_leaves_the_order_unknown() {
    for (status, body) in PROVES_NOTHING {
        let (panel, other, service) = with_two_providers().await;
        panel.provider.keep_request_ids(true);
        harness::keeps_request_ids(&panel.panel, panel.provider_id, true).await;
        panel.provider.script_next(1, Script::AcceptThenHang);
        let order = panel.order_of(service, "https://x.test/p", 1000).await;
        let turned_away = move |provider: &SimulatedProvider| {
            for _ in 0..50 {
                provider.fail_next("add", Fault::Http(status, body.to_owned()));
            }
        };
        let (workers, arrived) = (panel.work(), async {
            // Faults come before scripts, so they are set when the first request has been taken.
            while panel.provider.orders().is_empty() {
                tokio::task::yield_now().await;
            }
            turned_away(&panel.provider);
        });
        tokio::join!(workers, arrived);
        assert_eq!(states(&panel, order).await, ["unknown"], "{body}");
        panel.pass(20 * MINUTE).await;
        assert_eq!(states(&panel, order).await, ["unknown"], "{body}");
        panel.advance(24 * HOUR);
        panel.work().await;
        assert_eq!(states(&panel, order).await, ["parked"], "{body}");
        for _ in 0..3 {
            panel.advance(25 * HOUR);
            panel.work().await;
        }
        assert_eq!(panel.shown(order).await, "Pending 0.90 1000", "{body}");
        assert_eq!(
            panel.provider.times_accepted("https://x.test/p"),
            1,
            "{body}"
        );
        assert_eq!(adds(&other), 0, "{body}");
        other.stop().await;
        panel.finish().await;
    }
}

/// Who stops an order while nobody knows whether its provider took it.
#[derive(Debug, Clone, Copy)]
enum Stopper {
    Customer,
    OperatorEnds,
    OperatorCancels,
    Suspension,
    CustomerThenOperator,
}

impl Stopper {
    async fn stop(self, panel: &TestPanel, order: i64) {
        let (actor, id, why) = (Actor::command(), OrderId(order), "they wrote");
        let customer = async || {
            let canceled = orders::cancel(&panel.panel, panel.account, &[id]).await;
            assert_eq!(canceled.unwrap(), [Ok(())], "{self:?}");
        };
        let ends = async || {
            let open = orders::end(&panel.panel, &actor, id, None, why).await;
            assert_eq!(open.unwrap().len(), 1, "{self:?}");
        };
        match self {
            Stopper::Customer => customer().await,
            Stopper::OperatorEnds => ends().await,
            Stopper::OperatorCancels => {
                let done = orders::cancel_for_customer(&panel.panel, &actor, id, why).await;
                done.unwrap();
            }
            Stopper::Suspension => {
                let account = panel.account;
                let done = suspensions::suspend(&panel.panel, &actor, account, why).await;
                done.unwrap();
                panel.work().await;
                let done = suspensions::reinstate(&panel.panel, &actor, account, why).await;
                done.unwrap();
                panel.work().await;
            }
            Stopper::CustomerThenOperator => {
                customer().await;
                ends().await;
            }
        }
    }
}

#[apply(story)]
async fn the_history_names_who_stopped_an_order_that_proves_not_to_be_taken() {
    for (stopper, told) in [
        (
            Stopper::Customer,
            "canceled_by_customer: canceled by the customer, and not taken by the provider",
        ),
        (
            Stopper::OperatorEnds,
            "decided_by_operator: ended by an operator, and not taken by the provider",
        ),
        (
            Stopper::OperatorCancels,
            "decided_by_operator: ended by an operator, and not taken by the provider",
        ),
        (
            Stopper::Suspension,
            "account_suspended: stopped with its account, and not taken by the provider",
        ),
        (
            Stopper::CustomerThenOperator,
            "canceled_by_customer: canceled by the customer, and not taken by the provider",
        ),
    ] {
        let (panel, other, service) = with_two_providers().await;
        panel.provider.keep_request_ids(true);
        harness::keeps_request_ids(&panel.panel, panel.provider_id, true).await;
        panel.provider.fail_next("add", page(502));
        panel.provider.fail_next("balance", Fault::Drop);
        let order = panel.order_of(service, "https://x.test/p", 1000).await;
        panel.work().await;
        assert_eq!(states(&panel, order).await, ["unknown"], "{stopper:?}");
        stopper.stop(&panel, order).await;
        // The repetition is refused: the service's next provider would be asked.
        panel.provider.script_next(1, Script::Refuse("Bad link"));
        panel.pass(5 * MINUTE).await;
        assert_eq!(
            panel.shown(order).await,
            "Canceled 0.00 1000",
            "{stopper:?}"
        );
        let last = format!(
            "SELECT cause || ': ' || evidence FROM order_events WHERE order_id = {order} \
             ORDER BY id DESC LIMIT 1"
        );
        assert_eq!(texts(&panel, &last).await, [told], "{stopper:?}");
        assert_eq!(adds(&other), 0, "{stopper:?}");
        other.stop().await;
        panel.finish().await;
    }
}

/// Whoever took it up for too long does not send it, and says so: nothing is in doubt.
#[apply(story)]
async fn an_order_whose_turn_came_too_late_is_not_sent_and_waits_for_the_next() {
    let panel = TestPanel::start_with(|config| {
        config.lease_margin_ms = -1;
        config.not_sent_max = 3;
    })
    .await;
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    assert_eq!(states(&panel, order).await, ["queued"]);
    let why = texts(&panel, "SELECT reason FROM dispatches").await;
    assert_eq!(why, ["its lease is almost over: not sent"]);
    assert_eq!(adds(&panel.provider), 0);
    panel.pass(HOUR).await;
    assert_eq!(adds(&panel.provider), 0);
    assert_eq!(panel.shown(order).await, "Canceled 0.00 1000");
    panel.finish().await;
}
