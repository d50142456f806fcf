//! Killed with `kill -9` after a case was confirmed and before all of its orders were canceled: whoever comes
//! next goes on, or whoever confirms it again, and the audit log says who did it.

use harness::child::ChildPanel;
use harness::{ANYWHERE, START, account, check_clean, open_with, process_config};
use smm_panel_server::catalog;
use smm_panel_server::clock::Clock;
use smm_panel_server::demo::provider::SimulatedProvider;
use smm_panel_server::panel::Panel;
use smm_panel_server::secrets::Secrets;
use tempfile::TempDir;

use super::*;

const PROGRAM: &str = env!("CARGO_BIN_EXE_panel-under-test");

async fn opened(folder: &TempDir) -> Panel {
    let config = process_config(folder.path());
    let secrets = Secrets::load_or_create(&config).unwrap();
    open_with(config, Clock::manual(START), secrets).await
}

/// How it goes on after the kill.
#[derive(Clone, Copy, PartialEq)]
enum Then {
    /// Nobody does anything: the panel starts again.
    Start,
    /// The case is confirmed again.
    Repeat,
}

/// Confirms a case for which 120 orders wait, with the panel killed at `point` on the way.
async fn survive(point: &str, then: Then) {
    let folder = TempDir::new().unwrap();
    let provider = SimulatedProvider::start(Clock::manual(START), ANYWHERE)
        .await
        .unwrap();
    let panel = opened(&folder).await;
    let (customer, key) = account(&panel, "reseller", "100").await;
    let (_, operator) = staff(&panel, Role::Operator, "olga").await;
    let at = harness::connect(&panel, "upstream", &provider).await;
    let terms = harness::services().swap_remove(0);
    provider.set_services(vec![harness::provided(1, &terms)]);
    let sold = vec![(terms.clone(), vec![harness::offer(at, 1, &terms)])];
    catalog::import(&panel.db, panel.now(), sold).await.unwrap();
    let found = Finding {
        detector: Detector::CancelLoop,
        subject: Subject::Account(customer),
        account: Some(customer),
        key: None,
        score: 900,
        action: Action::Hold,
        notice: None,
        evidence: Vec::new(),
    };
    let case = abuse::act(&panel, vec![found]).await.unwrap()[0];
    panel.db.close().await.unwrap();

    let mut child = ChildPanel::new(PROGRAM, folder.path());
    child.start(START, Some(point));
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for n in 0..120 {
        let link = format!("https://x.test/{n}");
        let form = [
            ("key", key.as_str()),
            ("action", "add"),
            ("service", "1"),
            ("link", &link),
            ("quantity", "50"),
        ];
        let reply = http.post(child.url()).form(&form).send().await.unwrap();
        assert!(reply.text().await.unwrap().contains("order"));
    }
    let decide = |url: String| {
        let url = url.replace("/api/v2", &format!("/operator/v1/cases/{case}/confirm"));
        let body = json!({"reason": "it was"});
        http.post(url).bearer_auth(&operator).json(&body).send()
    };
    decide(child.url()).await.unwrap_err();
    assert!(child.tell("work").is_err(), "{point} killed it");
    child.start(START, None);
    if then == Then::Repeat {
        let again = decide(child.url()).await.unwrap();
        assert_eq!(again.status(), 200, "{point}");
    }
    child.tell("work").unwrap();
    assert_eq!(child.deaths, 1, "{point} killed it once");
    child.stop();

    assert_eq!(provider.accepted_links(), Vec::<String>::new(), "{point}");
    let panel = opened(&folder).await;
    check_clean(&panel).await;
    let column = async |sql: &str| harness::column(&panel, sql).await;
    let balance = "SELECT CAST(balance_nano AS TEXT) FROM wallets";
    assert_eq!(column(balance).await, ["100000000000"], "{point}");
    let held = "SELECT name FROM accounts WHERE held_at_ms IS NOT NULL";
    assert!(column(held).await.is_empty(), "{point}");
    let state = "SELECT state || ' ' || decided_by FROM abuse_cases";
    assert_eq!(column(state).await, ["confirmed operator:2"], "{point}");
    let deeds = "SELECT actor || ' ' || action || ' ' || COALESCE(reason, '-') || ' ' || \
                 CAST(COUNT(*) AS TEXT) FROM audit_log WHERE actor = 'operator:2' \
                 GROUP BY actor, action, reason ORDER BY action";
    let expected = [
        "operator:2 case_confirmed it was 1",
        "operator:2 order_canceled it was 120",
    ];
    assert_eq!(column(deeds).await, expected, "{point}");
    panel.db.close().await.unwrap();
    provider.stop().await;
}

#[apply(story_on_threads)]
async fn a_panel_that_dies_between_the_decision_and_the_cancels_goes_on_when_it_starts() {
    survive("C19", Then::Start).await;
}

#[apply(story_on_threads)]
async fn a_panel_that_dies_between_the_decision_and_the_cancels_goes_on_when_it_is_repeated() {
    survive("C19", Then::Repeat).await;
}

#[apply(story_on_threads)]
async fn a_panel_that_dies_inside_a_piece_of_the_cancels_goes_on_with_it() {
    survive("C20", Then::Start).await;
}

#[apply(story_on_threads)]
async fn a_panel_that_dies_between_two_pieces_of_the_cancels_goes_on_with_the_second() {
    survive("C20:2", Then::Repeat).await;
}
