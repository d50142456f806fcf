//! What servers share by a real Redis: counts and facts, and that nothing depends on it being there.

use std::time::Duration;

use harness::redis::Redis;
use smm_panel_server::limits::shared::{Shared, Take, Verdict};
use smm_panel_server::limits::{Quota, Quotas};
use smm_panel_server::metrics::Metrics;

mod counts;
mod facts;
mod gcra;

/// A connection of a server of the panel `instance`, once it is there.
async fn connect(redis: &Redis, instance: &str) -> Shared {
    let shared = Shared::start(&redis.url(), instance, Metrics::new(false).shared());
    let shared = shared.expect("a URL");
    until("it is connected", async || shared.is_connected()).await;
    shared
}

/// Waits for what comes by itself.
async fn until(what: &str, mut is: impl AsyncFnMut() -> bool) {
    for _ in 0..4_000 {
        if is().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("it never came that {what}");
}

fn quota(text: &str) -> Quota {
    *Quotas::parse(text).unwrap().iter().next().unwrap()
}
