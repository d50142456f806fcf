//! Guesses are counted, and the wait grows.

use harness::{HOUR, MINUTE, Reply, TestPanel};
use reqwest::Method;
use serde_json::json;

use super::{ANN, PASSWORD, customer, no, post, refused, sign_up, try_sign_in};

/// Tries to sign in from another address.
async fn from(panel: &TestPanel, address: &str, email: &str, password: &str) -> Reply {
    let url = panel.url.replace("/api/v2", "/api/v3/account/sign-in");
    let with = json!({"email": email, "password": password});
    let request = panel.http().request(Method::POST, url).json(&with);
    panel.send(request.header("x-forwarded-for", address)).await
}

fn wait(reply: &Reply) -> i64 {
    assert_eq!(refused(reply), no(429, "too_many_attempts"));
    let seconds = reply.headers["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(reply.json()["details"]["retry_after_seconds"], seconds);
    seconds
}

#[apply(story)]
async fn five_failures_make_an_account_wait_at_that_address_and_longer_with_each_more() {
    let panel = TestPanel::start_with(|config| {
        config.trusted_proxies = smm_panel_server::networks::Networks::parse("127.0.0.1").unwrap();
    })
    .await;
    sign_up(&panel, ANN).await;
    let failed = no(401, "sign_in_failed");
    for _ in 0..5 {
        let reply = from(&panel, "192.0.2.1", ANN, "not the password").await;
        assert_eq!(refused(&reply), failed);
    }
    // The right password does not help; another address and another account are not touched.
    let first = wait(&from(&panel, "192.0.2.1", ANN, PASSWORD).await);
    assert_eq!(first, 3 * 60);
    assert_eq!(
        from(&panel, "198.51.100.2", ANN, PASSWORD).await.status,
        200
    );
    let other = from(&panel, "192.0.2.1", "bob@example.com", PASSWORD).await;
    assert_eq!(refused(&other), failed);

    let mut waits = vec![first];
    while waits.len() < 10 {
        panel.advance(waits.last().unwrap() * 1_000);
        let reply = from(&panel, "192.0.2.1", ANN, "not the password").await;
        if reply.status != 429 {
            assert_eq!(refused(&reply), failed);
        }
        waits.push(wait(&from(&panel, "192.0.2.1", ANN, PASSWORD).await));
    }
    assert!(waits.last().unwrap() >= &(4 * first), "{waits:?}");
    // What was refused for being too much is not in the log: it costs nothing.
    let refusals = "SELECT CAST(COUNT(*) AS TEXT) FROM audit_log WHERE action = 'sign_in_refused'";
    let logged: usize = harness::texts(&panel, refusals).await[0].parse().unwrap();
    assert!((6..=16).contains(&logged), "{logged}");

    panel.advance(24 * HOUR);
    assert_eq!(from(&panel, "192.0.2.1", ANN, PASSWORD).await.status, 200);
    panel.finish().await;
}

#[apply(story)]
async fn fifty_failures_an_hour_make_an_address_wait_whatever_the_account() {
    let panel = TestPanel::start().await;
    for number in 0..50 {
        // Longer than any password: nothing is hashed for it.
        let reply = try_sign_in(&panel, &format!("{number}@example.com"), &"x".repeat(300)).await;
        assert_eq!(refused(&reply), no(401, "sign_in_failed"), "{number}");
    }
    assert_eq!(wait(&try_sign_in(&panel, ANN, PASSWORD).await), 72);
    panel.advance(2 * MINUTE);
    assert_eq!(
        refused(&try_sign_in(&panel, ANN, PASSWORD).await),
        no(401, "sign_in_failed")
    );
    panel.finish().await;
}

#[apply(story)]
async fn a_session_is_no_place_to_guess_the_password_at() {
    let panel = TestPanel::start().await;
    let (_, session) = customer(&panel, ANN).await;
    let guess = |old: &str| json!({"old_password": old, "new_password": "another long sentence"});
    for _ in 0..5 {
        let reply = post(&panel, &session, "/password", guess("not the password")).await;
        assert_eq!(refused(&reply), no(401, "sign_in_failed"));
    }
    wait(&post(&panel, &session, "/password", guess(PASSWORD)).await);
    wait(&try_sign_in(&panel, ANN, PASSWORD).await);
    panel.finish().await;
}

#[apply(story)]
async fn accounts_are_opened_twenty_an_hour_from_one_address() {
    let panel = TestPanel::start().await;
    let new = |number: i32| json!({"email": format!("{number}@example.com"), "password": PASSWORD});
    for number in 0..20 {
        assert_eq!(post(&panel, "", "", new(number)).await.status, 201);
    }
    assert_eq!(wait(&post(&panel, "", "", new(20)).await), 180);
    panel.advance(3 * MINUTE);
    assert_eq!(post(&panel, "", "", new(20)).await.status, 201);
    panel.finish().await;
}
