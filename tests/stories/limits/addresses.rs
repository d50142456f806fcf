//! What is counted by address: requests, and wrong keys.

use harness::{MINUTE, Reply, TestPanel, mistyped};
use smm_panel_server::accounts::{self, KeyTerms};
use smm_panel_server::actor::Actor;
use smm_panel_server::config::Config;
use smm_panel_server::networks::Networks;

use super::{header, usual};

/// Behind a proxy on this machine.
fn proxied(config: &mut Config) {
    usual(config);
    config.trusted_proxies = Networks::parse("127.0.0.1").unwrap();
}

/// Asks for the balance as whoever the proxy says.
async fn balance_from(panel: &TestPanel, address: &str, key: &str) -> Reply {
    let form = [("key", key), ("action", "balance")];
    let request = panel.http().post(&panel.url).form(&form);
    panel.send(request.header("X-Forwarded-For", address)).await
}

#[apply(story)]
async fn an_address_has_its_burst_before_anything_of_it_is_read() {
    let panel = TestPanel::start_with(proxied).await;
    let ask = async |address: &str, key: &str| balance_from(&panel, address, key).await.status;
    // Requests without any key count as well.
    for number in 0..300 {
        assert_eq!(ask("203.0.113.7", "").await, 200, "{number}");
    }
    assert_eq!(ask("203.0.113.7", "").await, 429);
    let limited = balance_from(&panel, "203.0.113.7", &panel.key).await;
    let sentence = r#"{"error":"Rate limit exceeded"}"#;
    assert_eq!((limited.status, limited.body.as_str()), (429, sentence));
    assert_eq!(header(&limited, "retry-after"), "1");
    assert_eq!(
        header(&limited, "ratelimit-policy"),
        r#""address";q=1200;w=60"#
    );
    // Neighbours are not touched, and what strangers write into the header is not believed.
    assert_eq!(ask("203.0.113.8", &panel.key).await, 200);
    assert_eq!(ask("203.0.113.8, 203.0.113.7", &panel.key).await, 429);
    assert_eq!(ask("203.0.113.7, 203.0.113.8", &panel.key).await, 200);
    panel.advance(1_000);
    assert_eq!(ask("203.0.113.7", &panel.key).await, 200);
    panel.finish().await;
}

/// A neighbour behind the same address who floods the panel, with keys or without.
#[apply(story)]
async fn a_flood_of_neighbours_does_not_shut_out_keys_that_were_good_there() {
    let panel = TestPanel::start_with(proxied).await;
    let home = "203.0.113.7";
    assert_eq!(balance_from(&panel, home, &panel.key).await.status, 200);
    for _ in 0..400 {
        balance_from(&panel, home, "").await;
    }
    assert_eq!(balance_from(&panel, home, "").await.status, 429);
    assert_eq!(balance_from(&panel, home, &panel.key).await.status, 200);
    // Nobody gets more than five times as much.
    for _ in 0..1_500 {
        balance_from(&panel, home, "").await;
    }
    let limited = balance_from(&panel, home, &panel.key).await;
    assert_eq!((limited.status, limited.body.as_str()), (429, ""));
    panel.finish().await;
}

/// A thief of a key that is good from its owner's network only uses up nothing of the owner's.
#[apply(story)]
async fn who_is_not_let_in_uses_up_nothing() {
    let panel = TestPanel::start_with(proxied).await;
    let terms = KeyTerms {
        addresses: Networks::parse("203.0.113.0/24").unwrap(),
        ..KeyTerms::named("office")
    };
    let made = accounts::create_key(&panel.panel, &Actor::command(), panel.account, &terms).await;
    let key = made.unwrap().1.expose().to_owned();
    assert_eq!(balance_from(&panel, "203.0.113.7", &key).await.status, 200);
    for _ in 0..200 {
        let refused = balance_from(&panel, "198.51.100.77", &key).await;
        assert_eq!(refused.status, 200, "{}", refused.body);
        assert_eq!(header(&refused, "ratelimit"), "", "{}", refused.error());
    }
    let reply = balance_from(&panel, "203.0.113.7", &key).await;
    assert_eq!(
        header(&reply, "ratelimit"),
        r#""balance";r=58;t=2, "points";r=5998;t=1"#
    );
    panel.finish().await;
}

#[apply(story)]
async fn whoever_has_an_ipv6_network_has_one_address() {
    let panel = TestPanel::start_with(proxied).await;
    for number in 0..300 {
        let address = format!("2001:db8:1:2::{number:x}");
        let reply = balance_from(&panel, &address, "").await;
        assert_eq!(reply.status, 200, "{number}");
    }
    let reply = balance_from(&panel, "2001:db8:1:2:ffff::1", &panel.key).await;
    assert_eq!(reply.status, 429);
    let reply = balance_from(&panel, "2001:db8:1:3::1", &panel.key).await;
    assert_eq!(reply.status, 200);
    panel.finish().await;
}

/// A guesser is stopped, learns nothing about the keys that come after, and takes nothing from
/// those who have a good key behind the same address.
#[apply(story)]
async fn guessed_keys_block_their_address_but_for_keys_that_were_good_there() {
    let panel = TestPanel::start_with(proxied).await;
    let (home, elsewhere) = ("203.0.113.7", "203.0.113.9");
    let (_, another) = harness::account(&panel.panel, "another", "1").await;
    assert_eq!(balance_from(&panel, home, &panel.key).await.status, 200);
    for guess in 0..11 {
        let reply = balance_from(&panel, home, &format!("guess {guess}")).await;
        assert_eq!(reply.error(), "Invalid API key", "{guess}");
    }
    // The same answer to a wrong key, a mistyped one, and a good one of somebody else.
    for key in ["guess 12", &mistyped(&panel.key), &another] {
        let reply = balance_from(&panel, home, key).await;
        assert_eq!(reply.status, 429);
        assert_eq!(reply.body, r#"{"error":"Rate limit exceeded"}"#);
        assert_eq!(header(&reply, "retry-after"), "900");
    }
    assert_eq!(balance_from(&panel, home, &panel.key).await.status, 200);
    assert_eq!(balance_from(&panel, elsewhere, &another).await.status, 200);
    panel.advance(15 * MINUTE);
    assert_eq!(balance_from(&panel, home, &another).await.status, 200);
    panel.finish().await;
}

/// A second cron with a key that was revoked goes on for days.
#[apply(story)]
async fn one_wrong_key_over_and_over_blocks_nobody() {
    let panel = TestPanel::start_with(proxied).await;
    for minute in 0..120 {
        let reply = balance_from(&panel, "203.0.113.7", &mistyped(&panel.key)).await;
        assert_eq!(reply.error(), "Invalid API key", "{minute}");
        panel.advance(MINUTE);
    }
    panel.finish().await;
}
