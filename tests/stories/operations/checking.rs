//! The regular check of the stored data.

use harness::{HOUR, TestPanel, alert_kinds};
use smm_panel_server::inspection::{self, Finding};

/// Runs the check as a server's worker does that nobody stops.
async fn check(panel: &TestPanel) -> Option<i64> {
    let found = inspection::run_if_due(&panel.panel, std::future::pending());
    found.await.unwrap().map(|found| found.violations)
}

#[apply(story)]
async fn the_stored_data_is_checked_once_a_day_and_a_broken_invariant_raises_an_alert() {
    let panel = TestPanel::start().await;
    panel.order("https://instagram.com/p/one", 1000).await;
    assert_eq!(check(&panel).await, Some(0));
    assert_eq!(check(&panel).await, None, "once a day");
    panel.advance(23 * HOUR);
    assert_eq!(check(&panel).await, None, "not yet");
    panel
        .sql("UPDATE wallets SET balance_nano = balance_nano + 1")
        .await;
    panel.advance(HOUR);
    assert_eq!(check(&panel).await, Some(1));
    let last = inspection::last(&panel.panel.db).await.unwrap();
    let finished_at = panel.panel.now();
    assert_eq!(
        last,
        Some(Finding {
            finished_at,
            violations: 1
        })
    );
    assert_eq!(alert_kinds(&panel).await, ["check_failed"]);
    panel
        .sql("UPDATE wallets SET balance_nano = balance_nano - 1")
        .await;
    panel.finish().await;
}

#[apply(story)]
async fn only_one_server_checks_and_one_that_is_stopped_gives_the_check_back() {
    let panel = TestPanel::start().await;
    let stopped = inspection::run_if_due(&panel.panel, std::future::ready(()));
    assert_eq!(stopped.await.unwrap(), None);
    // Another server has taken it and was not heard of since.
    let lease = panel.panel.now().plus_ms(HOUR).ms();
    panel
        .sql(
            &[
                "UPDATE ledger_check SET lease_until_ms = ",
                &lease.to_string(),
            ]
            .concat(),
        )
        .await;
    assert_eq!(check(&panel).await, None);
    panel.advance(HOUR);
    assert_eq!(check(&panel).await, Some(0));
    panel.finish().await;
}

#[apply(story)]
async fn a_panel_that_never_checks_does_not() {
    let panel = TestPanel::start_with(|config| config.check_interval_ms = 0).await;
    assert_eq!(check(&panel).await, None);
    panel.finish().await;
}
