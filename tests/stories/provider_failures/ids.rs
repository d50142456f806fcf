//! Ids that a provider gives twice: no two orders are followed by one line.

use super::*;

#[apply(story)]
async fn a_provider_that_gives_one_id_twice_has_the_newcomer_parked() {
    let panel = TestPanel::start().await;
    for _ in 0..2 {
        panel
            .provider
            .script_next(1, custom(200, r#"{"order":77}"#));
    }
    let first = panel.order("https://x.test/first", 1000).await;
    panel.work().await;
    let newcomer = panel.order("https://x.test/newcomer", 1000).await;
    panel.work().await;
    assert_eq!(states(&panel, first).await, ["accepted"]);
    assert_eq!(states(&panel, newcomer).await, ["parked"]);
    assert_eq!(panel.shown(newcomer).await, "Pending 0.90 1000");
    let alerts = alerts::list(&panel.panel.db, 10).await.unwrap();
    assert_eq!(alerts[0].kind, "duplicate_provider_order");
    assert!(alerts[0].message.contains("77"), "{}", alerts[0].message);
    let run = uncertain(&panel).await[0];
    let taken = resolve(&panel, run, Resolution::Accepted("77".to_owned())).await;
    assert_eq!(taken, Err(Unresolved::IdTaken));
    assert_eq!(resolve(&panel, run, Resolution::Refund).await, Ok(()));
    assert_eq!(panel.shown(newcomer).await, "Canceled 0.00 1000");
    panel.finish().await;
}

#[apply(story)]
async fn both_of_two_orders_sent_at_once_do_not_get_one_id() {
    let panel = TestPanel::start().await;
    for _ in 0..2 {
        panel
            .provider
            .script_next(1, custom(200, r#"{"order":77}"#));
    }
    let one = panel.order("https://x.test/one", 1000).await;
    let two = panel.order("https://x.test/two", 1000).await;
    panel.work().await;
    let mut both = [states(&panel, one).await, states(&panel, two).await].concat();
    both.sort();
    assert_eq!(both, ["accepted", "parked"]);
    panel.finish().await;
}
