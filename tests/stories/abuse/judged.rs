//! What a person has judged never counts again: not with the next order, not after a restart, and not on
//! another server.

use harness::{ANYWHERE, open_another};
use smm_panel_server::app::{self, Background};
use smm_panel_server::limits::LimitTier;
use smm_panel_server::panel::Panel;
use smm_panel_server::provider::Client;
use smm_panel_server::workers::Workers;

use super::*;

/// A panel where nobody meets a limit.
async fn watch() -> Watch {
    Watch::start_with(|config| config.limits_default = LimitTier::Unlimited).await
}

/// Orders at `url` and cancels at once, twenty times.
async fn loop_at(watch: &Watch, url: &str, round: &str) {
    for number in 0..20 {
        let link = format!("https://x.test/{round}/{number}");
        let order = order_at(watch, url, &link).await.to_string();
        let cancel = [("action", "cancel"), ("orders", order.as_str())];
        assert_eq!(ask_at(watch, url, &cancel).await.status, 200);
        watch.panel.advance(1_000);
    }
}

async fn ask_at(watch: &Watch, url: &str, fields: &[(&str, &str)]) -> Reply {
    let mut form = vec![("key", watch.panel.key.as_str())];
    form.extend_from_slice(fields);
    let panel = &watch.panel;
    panel.send(panel.http().post(url).form(&form)).await
}

async fn order_at(watch: &Watch, url: &str, link: &str) -> i64 {
    let add = [
        ("action", "add"),
        ("service", "1"),
        ("link", link),
        ("quantity", "100"),
    ];
    ask_at(watch, url, &add).await.order()
}

/// Has the workers of a server work until nothing is due.
async fn work_of(panel: &Panel) {
    let workers = Workers::new(panel, Client::new(true).unwrap());
    workers.run_until_quiet().await.unwrap();
}

/// The only open case of the loop.
async fn only_case(watch: &Watch) -> i64 {
    let cases = watch.open_cases("cancel_loop").await;
    assert_eq!(cases.len(), 1, "{cases:?}");
    cases[0]["case_id"].as_i64().unwrap()
}

#[apply(story)]
async fn a_released_or_confirmed_case_does_not_come_back_with_the_next_order() {
    for is_released in [true, false] {
        let watch = watch().await;
        let panel = &watch.panel;
        let url = panel.url.clone();
        loop_at(&watch, &url, "first").await;
        panel.work().await;
        let case = only_case(&watch).await;
        if is_released {
            watch.release(case).await;
        } else {
            watch.confirm(case, false).await;
        }
        panel.advance(10 * MINUTE);
        let order = panel.order("https://x.test/next", 100).await;
        panel.pass(HOUR).await;
        assert!(watch.open_cases("cancel_loop").await.is_empty());
        assert_eq!(panel.shown(order).await, "Completed 0.09 0");
        // What is new is found, by what is new alone.
        loop_at(&watch, &url, "second").await;
        panel.work().await;
        let second = only_case(&watch).await;
        assert!(second > case);
        watch.release(second).await;
        watch.finish().await;
    }
}

#[apply(story)]
async fn a_released_case_does_not_come_back_after_a_restart() {
    let watch = watch().await;
    let panel = &watch.panel;
    let url = panel.url.clone();
    loop_at(&watch, &url, "first").await;
    panel.work().await;
    let case = only_case(&watch).await;
    watch.release(case).await;
    panel.advance(10 * MINUTE);
    // One that has just begun is told what the database knows.
    let other = open_another(panel).await;
    let server = app::start(other.clone(), ANYWHERE, Background::Nobody)
        .await
        .unwrap();
    let there = format!("http://{}/api/v2", server.address);
    work_of(&other).await;
    order_at(&watch, &there, "https://x.test/next").await;
    work_of(&other).await;
    assert!(watch.open_cases("cancel_loop").await.is_empty());
    loop_at(&watch, &there, "second").await;
    work_of(&other).await;
    watch.release(only_case(&watch).await).await;
    server.stop().await.unwrap();
    watch.finish().await;
}

#[apply(story)]
async fn what_is_judged_on_one_server_does_not_count_on_another_that_saw_it() {
    let watch = watch().await;
    let panel = &watch.panel;
    let other = open_another(panel).await;
    let server = app::start(other.clone(), ANYWHERE, Background::Nobody)
        .await
        .unwrap();
    let there = format!("http://{}/api/v2", server.address);
    work_of(&other).await;
    loop_at(&watch, &there, "first").await;
    work_of(&other).await;
    watch.release(only_case(&watch).await).await;
    panel.advance(1);
    // The very next order there, whose detectors still have all of it in memory.
    order_at(&watch, &there, "https://x.test/next").await;
    work_of(&other).await;
    assert!(watch.open_cases("cancel_loop").await.is_empty());
    panel.advance(11 * MINUTE);
    order_at(&watch, &there, "https://x.test/later").await;
    work_of(&other).await;
    assert!(watch.open_cases("cancel_loop").await.is_empty());
    server.stop().await.unwrap();
    watch.finish().await;
}
