//! An order is taken, delivered, and what was not delivered is refunded.

use harness::{DELIVERY, TestPanel};
use smm_panel_server::demo::provider::Script;

#[apply(story)]
async fn an_order_is_charged_sent_and_completed() {
    let panel = TestPanel::start().await;
    let order = panel.order("https://x.test/p", 1000).await;
    assert_eq!(panel.balance().await, "99.10");
    assert_eq!(panel.shown(order).await, "Pending 0.90 1000");
    panel.work().await;
    assert_eq!(panel.shown(order).await, "Processing 0.90 1000");
    panel.pass(DELIVERY / 2).await;
    assert_eq!(panel.shown(order).await, "In progress 0.90 556");
    panel.pass(DELIVERY).await;
    assert_eq!(panel.shown(order).await, "Completed 0.90 0");
    assert_eq!(panel.balance().await, "99.10");
    assert_eq!(panel.provider.times_accepted("https://x.test/p"), 1);
    panel.finish().await;
}

#[apply(story)]
async fn a_partial_order_refunds_what_was_not_delivered_once() {
    let panel = TestPanel::start().await;
    panel.provider.set_script(
        1,
        Script::Partial {
            over_ms: DELIVERY,
            delivered_percent: 75,
        },
    );
    let order = panel.order("https://x.test/p", 1000).await;
    panel.pass(3 * DELIVERY).await;
    assert_eq!(panel.shown(order).await, "Partial 0.675 250");
    assert_eq!(panel.balance().await, "99.325");
    panel.pass(3 * DELIVERY).await;
    assert_eq!(panel.balance().await, "99.325");
    panel.finish().await;
}
