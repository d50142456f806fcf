//! Several servers ask once, and file once.

use super::*;
use smm_panel_server::provider::Client;
use smm_panel_server::workers::Workers;

#[apply(story)]
async fn two_servers_ask_once_and_file_once() {
    let watch = Watch::start().await;
    let other = open_another(&watch.panel).await;
    let workers = Workers::new(&other, Client::new(true).unwrap());
    let links: Vec<String> = (0..40).map(|n| format!("https://x.test/{n}")).collect();
    for link in &links {
        watch
            .panel
            .provider
            .script_next(1, Script::Deliver { over_ms: 0 });
        watch.panel.order(link, 100).await;
        watch.panel.provider.drop_units(link, 30);
    }
    watch.panel.work().await;
    watch.later(MINUTE).await;
    watch.panel.advance(DAY);
    let (one, two) = tokio::join!(watch.panel.work(), workers.run_until_quiet());
    two.unwrap();
    let () = one;
    let mut asked = watch.asked();
    asked.sort();
    let mut expected = links.clone();
    expected.sort();
    assert_eq!(asked, expected);
    let filed = "SELECT CAST(order_id AS TEXT) FROM refills WHERE automatic ORDER BY order_id";
    assert_eq!(texts(&watch.panel, filed).await.len(), links.len());
    assert_eq!(watch.forwarded(), links.len());
    watch.panel.finish().await;
}

#[apply(story)]
async fn what_is_heard_after_the_lease_counts_for_nothing() {
    let watch = Watch::start().await;
    let order = watch.delivered(LINK).await;
    let other = open_another(&watch.panel).await;
    let workers = Workers::new(&other, Client::new(true).unwrap());
    // What a server does once, when it starts, takes none of the time that the first waits.
    workers.run_until_quiet().await.unwrap();
    watch.panel.provider.drop_units(LINK, 300);
    watch.panel.advance(DAY);
    watch.panel.provider.fail_next("count", Fault::Hang);
    // While the first still waits, its lease runs out and another server asks.
    let second = async {
        while watch.asked().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        watch.panel.advance(MINUTE);
        workers.run_until_quiet().await
    };
    let ((), second) = tokio::join!(watch.panel.work(), second);
    second.unwrap();
    assert_eq!(watch.looks(order).await, ["300: refill 1"]);
    assert_eq!(watch.asked().len(), 2);
    watch.panel.finish().await;
}
