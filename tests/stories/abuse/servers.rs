//! Several servers of one panel: what one finds, all act on, and a restart forgets nothing that counts.

use super::*;
use harness::ANYWHERE;
use smm_panel_server::app::{self, Background};
use smm_panel_server::provider::Client;
use smm_panel_server::workers::Workers;

#[apply(story)]
async fn what_one_server_finds_holds_on_the_other() {
    let watch = Watch::start().await;
    let panel = &watch.panel;
    let other = harness::open_another(panel).await;
    let running = app::start(other.clone(), ANYWHERE, Background::Nobody)
        .await
        .unwrap();
    let url = format!("http://{}/api/v2", running.address);
    let workers = Workers::new(&other, Client::new(true).unwrap());
    let there = async |fields: &[(&str, &str)]| {
        let mut form = vec![("key", panel.key.as_str())];
        form.extend_from_slice(fields);
        panel.send(panel.http().post(&url).form(&form)).await
    };
    let add = [
        ("action", "add"),
        ("service", "1"),
        ("link", "https://x.test/a"),
        ("quantity", "1000"),
    ];
    let balance = [("action", "balance")];
    // Hold: placed there, it waits, whoever sends.
    let hold = watch
        .found(watch.of_account(Detector::CancelLoop, Action::Hold))
        .await;
    let order = there(&add).await.order();
    workers.run_until_quiet().await.unwrap();
    panel.pass(HOUR).await;
    assert_eq!(panel.shown(order).await, "Pending 0.90 1000");
    watch.release(hold).await;
    workers.run_until_quiet().await.unwrap();
    panel.pass(HOUR).await;
    assert_eq!(panel.shown(order).await, "Completed 0.90 0");
    // Block: the very next request is refused there.
    assert!(!there(&balance).await.body.contains("error"));
    let block = watch
        .found(watch.finding(Detector::LeakedKey, Action::BlockKey))
        .await;
    assert_eq!(there(&balance).await.error(), "Invalid API key");
    watch.release(block).await;
    assert!(!there(&balance).await.body.contains("error"));
    // Networks: within some seconds.
    let network = Finding {
        subject: Subject::Network("192.0.2.0/24".parse().unwrap()),
        account: None,
        key: None,
        ..watch.finding(Detector::KeyStuffing, Action::BlockNetwork)
    };
    let case = watch.found(network).await;
    let blocked = || {
        other
            .abuse
            .blocked_until("192.0.2.1".parse().unwrap())
            .is_some()
    };
    assert!(!blocked());
    panel.advance(3_000);
    workers.run_until_quiet().await.unwrap();
    assert!(blocked());
    watch.release(case).await;
    panel.advance(3_000);
    workers.run_until_quiet().await.unwrap();
    assert!(!blocked());
    // Found on both about the same key: one case.
    let found = watch.finding(Detector::ForeignIds, Action::Throttle);
    let here = watch.found(found.clone()).await;
    let cases = abuse::act(&other, vec![found]).await.unwrap();
    assert_eq!(cases[0].0, here);
    assert_eq!(watch.case(here).await["case"]["findings"], 2);
    running.stop().await.unwrap();
    watch.finish().await;
}

#[apply(story_on_threads)]
async fn two_servers_that_find_the_same_at_once_open_one_case() {
    let watch = Watch::start().await;
    let other = harness::open_another(&watch.panel).await;
    let findings = || {
        vec![
            watch.finding(Detector::ForeignIds, Action::Throttle),
            watch.of_account(Detector::CancelLoop, Action::Hold),
        ]
    };
    for _ in 0..20 {
        let (here, there) = tokio::join!(
            abuse::act(&watch.panel.panel, findings()),
            abuse::act(&other, findings()),
        );
        assert_eq!(here.unwrap(), there.unwrap());
    }
    let sql = "SELECT CAST(findings AS TEXT) FROM abuse_cases ORDER BY id";
    assert_eq!(texts(&watch.panel, sql).await, ["40", "40"]);
    other.db.close().await.unwrap();
    watch.finish().await;
}

#[apply(story_on_threads)]
async fn of_two_cases_that_are_released_at_once_the_last_undoes_what_both_asked_for() {
    let watch = Watch::start().await;
    let other = harness::open_another(&watch.panel).await;
    let actor = smm_panel_server::actor::Actor::command();
    for _ in 0..10 {
        let mut open = Vec::new();
        for detector in [Detector::ForeignIds, Detector::LeakedKey] {
            let finding = watch.finding(detector, Action::BlockKey);
            open.extend(abuse::act(&other, vec![finding]).await.unwrap());
        }
        let release = |panel, id| abuse::cases::release(panel, &actor, id, "a mistake");
        let (one, two) = tokio::join!(
            release(&watch.panel.panel, open[0]),
            release(&other, open[1]),
        );
        one.unwrap();
        two.unwrap();
        assert_eq!(watch.panel.balance().await, "100.00");
        watch.panel.check().await;
    }
    other.db.close().await.unwrap();
    watch.finish().await;
}
