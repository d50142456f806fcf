//! Killed with `kill -9` inside of a suspension, of a piece of its orders, or of a reinstatement:
//! it happened whole or not at all, and whoever comes next goes on.

use harness::child::ChildPanel;
use harness::{ANYWHERE, START, account, check_clean, open_with, process_config};
use smm_panel_server::catalog;
use smm_panel_server::clock::{Clock, Period};
use smm_panel_server::demo::provider::SimulatedProvider;
use smm_panel_server::panel::Panel;
use smm_panel_server::secrets::Secrets;
use smm_panel_server::suspensions;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_panel-under-test");

async fn opened(folder: &TempDir) -> Panel {
    let config = process_config(folder.path());
    let secrets = Secrets::load_or_create(&config).unwrap();
    open_with(config, Clock::manual(START), secrets).await
}

/// Suspends a customer with 120 orders that wait, has the orders stopped, and reinstates it, with
/// the panel killed at `point` on the way.
async fn survive(point: &str) {
    let folder = TempDir::new().unwrap();
    let provider = SimulatedProvider::start(Clock::manual(START), ANYWHERE)
        .await
        .unwrap();
    let panel = opened(&folder).await;
    let (customer, key) = account(&panel, "reseller", "100").await;
    let at = harness::connect(&panel, "upstream", &provider).await;
    let terms = harness::services().swap_remove(0);
    provider.set_services(vec![harness::provided(1, &terms)]);
    let offer = harness::offer(at, 1, &terms);
    let sold = vec![(terms, vec![offer])];
    catalog::import(&panel.db, panel.now(), sold).await.unwrap();
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
    for word in ["suspend", "work", "reinstate"] {
        let line = match word {
            "work" => word.to_owned(),
            other => format!("{other} {customer}"),
        };
        while child.tell(&line).is_err() {
            child.start(START, None);
        }
    }
    assert_eq!(child.deaths, 1, "{point} killed it once");
    child.stop();
    assert_eq!(provider.accepted_links(), Vec::<String>::new(), "{point}");
    let panel = opened(&folder).await;
    check_clean(&panel).await;
    let all = suspensions::list(&panel.db, None, Period::default(), None, 10)
        .await
        .unwrap();
    assert_eq!(all.len(), 1, "{point}");
    assert!(all[0].lifted.is_some() && all[0].orders_stopped_at.is_some());
    let sql = "SELECT CAST(balance_nano AS TEXT) FROM wallets";
    let balance = harness::column(&panel, sql).await;
    assert_eq!(balance, ["100000000000"], "{point}");
    panel.db.close().await.unwrap();
    provider.stop().await;
}

#[apply(story_on_threads)]
async fn a_panel_that_dies_inside_a_suspension_has_suspended_nobody() {
    survive("C14").await;
}

#[apply(story_on_threads)]
async fn a_panel_that_dies_inside_a_reinstatement_has_reinstated_nobody() {
    survive("C15").await;
}

#[apply(story_on_threads)]
async fn a_panel_that_dies_inside_a_piece_of_the_orders_goes_on_with_it() {
    survive("C16").await;
}

#[apply(story_on_threads)]
async fn a_panel_that_dies_between_two_pieces_of_the_orders_goes_on_with_the_second() {
    survive("C16:2").await;
}
