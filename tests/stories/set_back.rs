//! A clock that is set back by a day: what was due soon is due soon again, and never at once.

use harness::{HOUR, MINUTE, START, TestPanel, texts};
use smm_panel_server::demo::provider::Script;

const DAY: i64 = 24 * HOUR;

/// How many `add` requests reached the provider.
fn adds(panel: &TestPanel) -> usize {
    let requests = panel.provider.requests();
    requests.iter().filter(|seen| seen.action == "add").count()
}

async fn one(panel: &TestPanel, sql: &str) -> i64 {
    let found = texts(panel, &format!("SELECT CAST(({sql}) AS TEXT)")).await;
    found[0].parse().unwrap()
}

#[apply(story)]
async fn an_order_that_was_accepted_before_is_followed_within_the_longest_interval() {
    let panel = TestPanel::start().await;
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    assert_eq!(adds(&panel), 1);
    panel.advance(-DAY);
    panel.work().await;
    let asked = |panel: &TestPanel| {
        let requests = panel.provider.requests();
        requests.iter().filter(|one| one.action == "status").count()
    };
    assert_eq!(asked(&panel), 0);
    // An hour is the longest between two questions.
    panel.advance(HOUR);
    panel.work().await;
    assert_eq!(asked(&panel), 1);
    // The provider shares the clock: it ends the order when that has made up for the day.
    panel.pass(HOUR).await;
    panel.advance(DAY);
    panel.pass(2 * HOUR).await;
    assert_eq!(panel.shown(order).await, "Completed 0.90 0");
    panel.finish().await;
}

#[apply(story)]
async fn an_order_that_waits_for_its_provider_is_tried_again_soon() {
    let panel = TestPanel::start().await;
    panel
        .provider
        .script_next(1, Script::Refuse("Rate limit exceeded"));
    panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    assert_eq!(adds(&panel), 1);
    panel.advance(-DAY);
    panel.work().await;
    assert_eq!(adds(&panel), 1, "not at once");
    panel.pass(11 * MINUTE).await;
    assert_eq!(adds(&panel), 2);
    panel.finish().await;
}

#[apply(story)]
async fn what_a_provider_asked_for_is_kept_within_its_bound() {
    let panel = TestPanel::start().await;
    let retry_after_s = 7_200;
    panel
        .provider
        .script_next(1, Script::RateLimited { retry_after_s });
    panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    let due = "SELECT due_at_ms FROM dispatches";
    let paused = "SELECT paused_until_ms FROM providers";
    let asked = START.plus_ms(2 * HOUR).ms();
    assert_eq!(
        (one(&panel, due).await, one(&panel, paused).await),
        (asked, asked)
    );
    // Ten minutes more are within what it may ask for, which is a day.
    panel.advance(-10 * MINUTE);
    panel.work().await;
    assert_eq!(
        (one(&panel, due).await, one(&panel, paused).await),
        (asked, asked)
    );
    panel.advance(-2 * DAY);
    panel.work().await;
    let latest = START.plus_ms(-10 * MINUTE - DAY).ms();
    assert_eq!(
        (one(&panel, due).await, one(&panel, paused).await),
        (latest, latest)
    );
    panel.advance(DAY - 1);
    panel.work().await;
    assert_eq!(adds(&panel), 1);
    panel.advance(1);
    panel.work().await;
    assert_eq!(adds(&panel), 2);
    panel.finish().await;
}

#[apply(story)]
async fn a_run_of_a_drip_feed_comes_an_interval_after_the_last_acceptance() {
    let panel = TestPanel::start().await;
    let fields = [
        ("action", "add"),
        ("service", "1"),
        ("link", "https://x.test/p"),
        ("quantity", "100"),
        ("runs", "2"),
        ("interval", "600"),
    ];
    panel.v2(&fields).await.order();
    panel.work().await;
    panel.advance(MINUTE);
    panel.work().await;
    assert_eq!(adds(&panel), 1);
    panel.advance(-DAY);
    panel.work().await;
    panel.advance(10 * HOUR - 1);
    panel.work().await;
    assert_eq!(adds(&panel), 1, "not before its interval");
    panel.advance(1);
    panel.work().await;
    assert_eq!(adds(&panel), 2);
    panel.finish().await;
}

#[apply(story)]
async fn a_run_whose_interval_is_long_is_not_pulled_in_without_need() {
    let panel = TestPanel::start().await;
    let fields = [
        ("action", "add"),
        ("service", "1"),
        ("link", "https://x.test/p"),
        ("quantity", "100"),
        ("runs", "2"),
        ("interval", "10080"),
    ];
    panel.v2(&fields).await.order();
    panel.work().await;
    panel.advance(DAY);
    panel.work().await;
    panel.advance(-HOUR);
    panel.work().await;
    let due = one(&panel, "SELECT due_at_ms FROM dispatches WHERE run = 2").await;
    assert_eq!(due, START.plus_ms(7 * DAY).ms());
    panel.finish().await;
}

#[apply(story)]
async fn a_lost_answer_counts_as_lost_just_now_and_not_for_a_day() {
    let panel = TestPanel::start().await;
    panel.provider.script_next(1, Script::BrokenJson);
    panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    let unknown = "SELECT MAX(unknown_at_ms) FROM dispatches";
    let lost = "SELECT MAX(COALESCE(lost_at_ms, 0)) FROM dispatches";
    assert_eq!(one(&panel, unknown).await, START.ms());
    panel.advance(-DAY);
    panel.work().await;
    let now = START.plus_ms(-DAY).ms();
    assert_eq!(one(&panel, unknown).await, now);
    assert!(one(&panel, lost).await <= now);
    panel.finish().await;
}

/// Every other time, each set as it would be set just before the clock goes back.
#[apply(story)]
async fn leases_pauses_and_looks_end_within_their_longest_interval() {
    let panel = TestPanel::start().await;
    panel.work().await;
    let at = |ms: i64| START.plus_ms(ms).ms();
    let soon = at(MINUTE);
    let set = [
        format!(
            "UPDATE providers SET pause_reason = 'circuit_open', paused_until_ms = {soon}, \
             sync_due_at_ms = {soon}, sync_lease_until_ms = {soon}"
        ),
        format!(
            "UPDATE ledger_check SET lease_until_ms = {soon}, finished_at_ms = {}",
            at(0)
        ),
        format!("UPDATE api_keys SET throttled_until_ms = {soon}"),
    ];
    for sql in &set {
        panel.sql(sql).await;
    }
    panel.advance(-DAY);
    panel.work().await;
    let now = at(-DAY);
    for (sql, longest) in [
        ("SELECT MAX(sync_due_at_ms) FROM providers", 30 * MINUTE),
        ("SELECT MAX(sync_lease_until_ms) FROM providers", HOUR),
        ("SELECT MAX(paused_until_ms) FROM providers", MINUTE),
        ("SELECT MAX(lease_until_ms) FROM ledger_check", HOUR),
        ("SELECT MAX(finished_at_ms) FROM ledger_check", 0),
        ("SELECT MAX(throttled_until_ms) FROM api_keys", HOUR),
        ("SELECT MAX(seen_at_ms) FROM servers", 0),
    ] {
        let found = one(&panel, sql).await;
        assert!(found <= now + longest, "{sql}: {} ms", found - now);
    }
    panel.finish().await;
}
