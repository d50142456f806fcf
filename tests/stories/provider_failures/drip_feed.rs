//! Orders in runs.

use super::*;

/// Orders 100 units of service 1 in each of three runs, ten minutes apart.
pub(super) async fn drip_feed(panel: &TestPanel) -> i64 {
    let fields = [
        ("action", "add"),
        ("service", "1"),
        ("link", "https://x.test/p"),
        ("quantity", "100"),
        ("runs", "3"),
        ("interval", "10"),
    ];
    panel.v2(&fields).await.order()
}

#[apply(story)]
async fn a_drip_feed_is_sent_run_by_run_an_interval_apart() {
    let panel = TestPanel::start().await;
    let order = drip_feed(&panel).await;
    assert_eq!(panel.shown(order).await, "Pending 0.27 300");
    panel.work().await;
    assert_eq!(panel.shown(order).await, "In progress 0.27 300");
    panel.advance(10 * MINUTE - 1);
    panel.work().await;
    assert_eq!(adds(&panel.provider), 1);
    panel.advance(1);
    panel.work().await;
    assert_eq!(adds(&panel.provider), 2);
    panel.pass(5 * MINUTE).await;
    assert_eq!(panel.shown(order).await, "In progress 0.27 156");
    panel.pass(20 * MINUTE).await;
    assert_eq!(panel.shown(order).await, "Completed 0.27 0");
    assert_eq!(panel.balance().await, "99.73");
    let seen = panel.provider.orders();
    let starts: Vec<i64> = seen
        .iter()
        .map(|run| run.accepted_at.ms_since(seen[0].accepted_at))
        .collect();
    assert_eq!(starts, [0, 10 * MINUTE, 20 * MINUTE]);
    for sent in panel
        .provider
        .requests()
        .iter()
        .filter(|sent| sent.action == "add")
    {
        let fields: Vec<(&str, &str)> = sent.fields.iter().map(|(n, v)| (&**n, &**v)).collect();
        let expected = [
            ("service", "1"),
            ("link", "https://x.test/p"),
            ("quantity", "100"),
        ];
        assert_eq!(fields, expected);
    }
    panel.pass(HOUR).await;
    assert_eq!(adds(&panel.provider), 3);
    panel.finish().await;
}

#[apply(story)]
async fn a_refused_run_of_a_drip_feed_counts_whole_and_the_others_go_on() {
    let panel = TestPanel::start().await;
    panel
        .provider
        .script_next(1, Script::Deliver { over_ms: DELIVERY });
    panel.provider.script_next(1, Script::Refuse("Bad link"));
    let order = drip_feed(&panel).await;
    panel.pass(45 * MINUTE).await;
    assert_eq!(
        states(&panel, order).await,
        ["completed", "rejected", "completed"]
    );
    assert_eq!(panel.shown(order).await, "Partial 0.18 100");
    assert_eq!(panel.balance().await, "99.82");
    panel.finish().await;
}

#[apply(story)]
async fn a_drip_feed_of_which_every_run_is_refused_fails() {
    let panel = TestPanel::start().await;
    panel.provider.set_script(1, Script::Refuse("Bad link"));
    let order = drip_feed(&panel).await;
    panel.pass(25 * MINUTE).await;
    assert_eq!(states(&panel, order).await, ["rejected"; 3]);
    assert_eq!(panel.shown(order).await, "Canceled 0.00 300");
    assert_eq!(panel.balance().await, "100.00");
    let status = format!("SELECT status FROM orders WHERE id = {order}");
    assert_eq!(texts(&panel, &status).await, ["failed"]);
    panel.finish().await;
}

#[apply(story)]
async fn a_run_that_nobody_knows_of_holds_up_the_next_one() {
    let panel = TestPanel::start().await;
    panel.provider.script_next(1, Script::AcceptThenHtml502);
    let order = drip_feed(&panel).await;
    panel.pass(30 * MINUTE).await;
    assert_eq!(states(&panel, order).await, ["parked"]);
    let run = uncertain(&panel).await[0];
    assert_eq!(resolve(&panel, run, Resolution::Refund).await, Ok(()));
    panel.pass(45 * MINUTE).await;
    assert_eq!(
        states(&panel, order).await,
        ["rejected", "completed", "completed"]
    );
    assert_eq!(panel.shown(order).await, "Partial 0.18 100");
    panel.finish().await;
}

#[apply(story)]
async fn a_drip_feed_that_is_canceled_between_two_runs_refunds_those_not_sent() {
    let panel = TestPanel::start().await;
    panel.provider.set_script(
        1,
        Script::Deliver {
            over_ms: 2 * MINUTE,
        },
    );
    let order = drip_feed(&panel).await;
    panel.pass(5 * MINUTE).await;
    let answer = panel
        .v2(&[("action", "cancel"), ("order", &order.to_string())])
        .await;
    assert_eq!(answer.body, format!(r#"{{"order":{order},"cancel":1}}"#));
    assert_eq!(panel.shown(order).await, "Partial 0.09 200");
    assert_eq!(panel.balance().await, "99.91");
    panel.pass(30 * MINUTE).await;
    assert_eq!(adds(&panel.provider), 1);
    assert_eq!(count(&panel.provider, "cancel"), 0);
    panel.finish().await;
}

#[apply(story)]
async fn a_drip_feed_that_is_canceled_within_a_run_waits_for_what_the_provider_says_of_it() {
    let panel = TestPanel::start().await;
    let order = drip_feed(&panel).await;
    panel.pass(15 * MINUTE).await;
    panel
        .v2(&[("action", "cancel"), ("order", &order.to_string())])
        .await;
    assert_eq!(panel.balance().await, "99.73");
    // 44 of the second run's 100 were delivered by then.
    panel.work().await;
    assert_eq!(
        states(&panel, order).await,
        ["completed", "partial", "canceled"]
    );
    assert_eq!(panel.shown(order).await, "Partial 0.1296 156");
    assert_eq!(panel.balance().await, "99.8704");
    panel.pass(30 * MINUTE).await;
    assert_eq!(adds(&panel.provider), 2);
    panel.finish().await;
}
