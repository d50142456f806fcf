//! The SDK comes again when the panel says so, and not before.

use harness::{ANYWHERE, TestPanel};
use smm_panel_sdk::{Client, NewOrder};

use super::{LINK, of_starters};

#[apply(story_on_threads)]
async fn the_sdk_comes_again_when_it_is_told_to() {
    let panel = TestPanel::start_with(|config| {
        of_starters(config);
        config.metrics_listen = Some(ANYWHERE);
    })
    .await;
    for _ in 0..36 {
        panel.order(LINK, 50).await;
    }
    let client = Client::new(&panel.url.replace("/api/v2", ""), &panel.key).unwrap();
    let order = NewOrder::new(1, LINK).quantity(50);
    let placed = client.place(&order);
    // The panel's second passes once the SDK has been told to wait for it.
    let limited = r#"smm_panel_limited_total{layer="key"} 1"#;
    let url = panel.metrics_url.clone().unwrap();
    let passed = async {
        while !panel
            .send(panel.http().get(&url))
            .await
            .body
            .contains(limited)
        {
            tokio::task::yield_now().await;
        }
        panel.advance(1_000);
    };
    let (placed, ()) = tokio::join!(placed, passed);
    assert!(!placed.unwrap().replayed);
    assert_eq!(panel.balance().await, "98.335");
    panel.finish().await;
}
