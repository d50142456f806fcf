//! How long a head may take, and how many connections there may be.

use futures::future::join_all;
use harness::TestPanel;
use smm_panel_server::networks::Networks;
use tokio::io::AsyncWriteExt;

use super::{connect, exchange, head, rest_of};

/// A request that is answered without a key.
const LIVE: &str = "GET /health/live HTTP/1.1\r\nHost: panel\r\n\r\n";

#[apply(story)]
async fn a_connection_whose_head_does_not_come_is_closed() {
    let panel = TestPanel::start_with(|config| config.head_timeout_ms = 100).await;
    for beginning in [
        "P",
        "POST /api/v2 HTTP/1.1\r\nHost: panel\r\nX-Long: aaaa",
        // That of HTTP/2, and nothing more.
        "PRI * HTTP/2.0\r\n\r\nSM\r\n",
    ] {
        let mut slow = connect(&panel, 1).await;
        slow.write_all(beginning.as_bytes()).await.unwrap();
        assert_eq!(rest_of(&mut slow).await, "", "{beginning:?}");
        // The second one of a connection as well, which has its protocol by then.
        if beginning.starts_with("PRI") {
            continue;
        }
        let mut slow = connect(&panel, 1).await;
        let (answer, _) = exchange(&mut slow, LIVE).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        slow.write_all(beginning.as_bytes()).await.unwrap();
        assert_eq!(rest_of(&mut slow).await, "", "{beginning:?}");
    }
    assert_eq!(panel.balance().await, "100.00");
    panel.finish().await;
}

#[apply(story)]
async fn the_head_has_a_bound_in_bytes() {
    let panel = TestPanel::start().await;
    let mut long = connect(&panel, 1).await;
    let text = format!(
        "GET /health/live HTTP/1.1\r\nX-Long: {}",
        "a".repeat(100_000)
    );
    // It is closed in the middle of that.
    let _ = long.write_all(text.as_bytes()).await;
    let answer = rest_of(&mut long).await;
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 431"),
        "{answer}"
    );
    panel.finish().await;
}

#[apply(story)]
async fn an_address_with_its_share_of_connections_closes_its_own() {
    let panel = TestPanel::start_with(|config| config.connections_per_address = 2).await;
    let mut first = connect(&panel, 1).await;
    exchange(&mut first, LIVE).await;
    let mut second = connect(&panel, 1).await;
    exchange(&mut second, LIVE).await;
    let mut third = connect(&panel, 1).await;
    exchange(&mut third, LIVE).await;
    assert_eq!(rest_of(&mut first).await, "");
    exchange(&mut second, LIVE).await;
    // A request whose body is not there yet gives its place up like one that has not begun.
    second
        .write_all(head("/api/v3/orders", 100).as_bytes())
        .await
        .unwrap();
    let mut other = connect(&panel, 2).await;
    exchange(&mut other, LIVE).await;
    exchange(&mut third, LIVE).await;
    exchange(&mut connect(&panel, 1).await, LIVE).await;
    assert_eq!(rest_of(&mut second).await, "");
    panel.finish().await;
}

#[apply(story)]
async fn the_greediest_address_makes_room_for_others() {
    let panel = TestPanel::start_with(|config| config.connections_max = 16).await;
    // An eighth of all is the most of one address.
    let mut all = Vec::new();
    for last in 1..=8 {
        for _ in 0..2 {
            let mut one = connect(&panel, last).await;
            one.write_all(b"POST /api/v2 HTTP/1.1\r\nX-Slow: a")
                .await
                .unwrap();
            all.push(one);
        }
    }
    for last in 9..=20 {
        let mut new = connect(&panel, last).await;
        let (answer, _) = exchange(&mut new, LIVE).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{last}: {answer}");
    }
    assert_eq!(panel.balance().await, "100.00");
    panel.finish().await;
}

#[apply(story)]
async fn whoever_is_behind_a_trusted_proxy_is_not_one_address() {
    let panel = TestPanel::start_with(|config| {
        config.connections_per_address = 2;
        config.trusted_proxies = Networks::parse("127.0.1.1").unwrap();
        config.unlimited_networks = Networks::parse("127.0.1.2").unwrap();
    })
    .await;
    for last in [1, 2] {
        let mut all = join_all((0..20).map(|_| connect(&panel, last))).await;
        for one in &mut all {
            exchange(one, LIVE).await;
        }
        for one in &mut all {
            exchange(one, LIVE).await;
        }
    }
    panel.finish().await;
}
