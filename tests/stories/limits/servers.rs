//! Two servers of one panel, and what a key gets of both.

use harness::redis::Redis;
use harness::{ANYWHERE, Reply, TestPanel, open_another};
use reqwest::Client;
use smm_panel_server::app::{self, Background, Running};
use smm_panel_server::config::Config;

use super::of_starters;

/// A second server of `panel`, and where it takes the panel protocol.
async fn another(panel: &TestPanel) -> (Running, String) {
    let server = app::start(open_another(panel).await, ANYWHERE, Background::Nobody);
    let server = server.await.unwrap();
    let url = format!("http://{}/api/v2", server.address);
    (server, url)
}

async fn balance(panel: &TestPanel, client: &Client, url: &str) -> Reply {
    let form = [("key", panel.key.as_str()), ("action", "balance")];
    panel.send(client.post(url).form(&form)).await
}

/// How many balances a key gets when it asks one server after the other.
async fn answered(panel: &TestPanel, other: &str) -> usize {
    let mut answered = 0;
    for _ in 0..20 {
        for url in [panel.url.as_str(), other] {
            let reply = balance(panel, panel.http(), url).await;
            answered += usize::from(reply.status == 200);
        }
    }
    answered
}

/// "Redis away = local only": by Redis a key has its six balances once, and without it at each server.
#[apply(story_on_threads)]
async fn a_key_has_its_limits_once_by_redis_and_at_each_server_without_it() {
    let Some(redis) = Redis::start() else { return };
    let panel = TestPanel::start_with(|config: &mut Config| {
        of_starters(config);
        config.redis_url = Some(redis.url());
        config.metrics_listen = Some(ANYWHERE);
    })
    .await;
    let (server, other) = another(&panel).await;
    let metrics = panel.metrics_url.clone().unwrap();
    let shared = async |connected: &str| {
        let line = format!("smm_panel_limits_shared {connected}\n");
        for _ in 0..2_000 {
            let text = panel.send(panel.http().get(&metrics)).await.body;
            if text.contains(&line) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        panic!("it was never shared: {connected}");
    };
    shared("1").await;
    // The first request of a key at each server is counted by that server alone.
    assert_eq!(answered(&panel, &other).await, 6 + 2);
    drop(redis);
    panel.advance(3_600_000);
    assert_eq!(answered(&panel, &other).await, 6 + 6);
    shared("0").await;
    server.stop().await.unwrap();
    panel.finish().await;
}
