//! Sessions: how they end.

use argon2::password_hash::PasswordHasher;
use argon2::{Argon2, Params};
use harness::{HOUR, MINUTE, TestPanel};
use serde_json::json;

use super::{ANN, PASSWORD, customer, deeds, get, is_good, no, post, refused, sign_in, sign_up};
use super::{key_with, try_sign_in};

#[apply(story)]
async fn a_session_ends_when_it_is_not_used_for_twelve_hours() {
    let panel = TestPanel::start().await;
    sign_up(&panel, ANN).await;
    let session = sign_in(&panel, ANN).await;
    for _ in 0..3 {
        panel.advance(12 * HOUR - MINUTE);
        assert!(is_good(&panel, &session).await);
        // The workers write it down when it was used.
        panel.work().await;
    }
    panel.advance(12 * HOUR);
    assert!(!is_good(&panel, &session).await);
    panel.finish().await;
}

#[apply(story)]
async fn a_session_ends_after_seven_days_however_much_it_is_used() {
    let panel = TestPanel::start().await;
    sign_up(&panel, ANN).await;
    let session = sign_in(&panel, ANN).await;
    for _ in 0..7 * 24 / 8 {
        assert!(is_good(&panel, &session).await);
        panel.work().await;
        panel.advance(8 * HOUR);
    }
    assert!(!is_good(&panel, &session).await);
    assert!(is_good(&panel, &sign_in(&panel, ANN).await).await);
    panel.finish().await;
}

#[apply(story)]
async fn an_account_has_twenty_sessions_and_with_the_next_one_the_oldest_ends() {
    let panel = TestPanel::start().await;
    sign_up(&panel, ANN).await;
    let mut sessions = Vec::new();
    for _ in 0..20 {
        sessions.push(sign_in(&panel, ANN).await);
    }
    for session in &sessions {
        assert!(is_good(&panel, session).await);
    }
    let next = sign_in(&panel, ANN).await;
    assert!(!is_good(&panel, &sessions[0]).await, "the oldest has ended");
    for session in sessions[1..].iter().chain([&next]) {
        assert!(is_good(&panel, session).await);
    }
    panel.finish().await;
}

#[apply(story)]
async fn a_new_password_is_no_common_one_and_not_ones_own_address() {
    let panel = TestPanel::start().await;
    let (_, here) = customer(&panel, ANN).await;
    for (new, why) in [
        ("password1234", "most common"),
        ("qwertyuiop12", "most common"),
        (ANN, "your own address"),
    ] {
        let change = json!({"old_password": PASSWORD, "new_password": new});
        let reply = post(&panel, &here, "/password", change).await;
        assert_eq!(refused(&reply), no(422, "field_invalid"), "{new}");
        assert!(reply.body.contains(why), "{new}: {}", reply.body);
    }
    assert_eq!(try_sign_in(&panel, ANN, PASSWORD).await.status, 200);
    panel.finish().await;
}

#[apply(story)]
async fn a_new_password_ends_every_other_session() {
    let panel = TestPanel::start().await;
    let (account, here) = customer(&panel, ANN).await;
    let (there, key) = (
        sign_in(&panel, ANN).await,
        key_with(&panel, &here, json!({})).await.1,
    );
    let change = |old: &str, new: &str| json!({"old_password": old, "new_password": new});
    let wrong = post(
        &panel,
        &here,
        "/password",
        change("not the password", "a long new sentence"),
    );
    assert_eq!(refused(&wrong.await), no(401, "sign_in_failed"));
    let short = post(&panel, &here, "/password", change(PASSWORD, "short")).await;
    assert_eq!(refused(&short), no(422, "field_invalid"));
    assert!(is_good(&panel, &there).await, "nothing has changed");

    let changed = post(
        &panel,
        &here,
        "/password",
        change(PASSWORD, "another long sentence"),
    )
    .await;
    assert_eq!(changed.json()["sessions_ended"], 1, "{}", changed.body);
    assert!(is_good(&panel, &here).await && !is_good(&panel, &there).await);
    assert!(is_good(&panel, &key).await, "keys are no sessions");
    let old = try_sign_in(&panel, ANN, PASSWORD).await;
    assert_eq!(refused(&old), no(401, "sign_in_failed"));
    assert_eq!(
        try_sign_in(&panel, ANN, "another long sentence")
            .await
            .status,
        200
    );
    let told = deeds(&panel, account).await;
    assert_eq!(
        told,
        [
            "signed_in",
            "signed_in",
            "key_created",
            "sign_in_refused",
            "password_changed",
            "sign_in_refused",
            "signed_in"
        ]
    );
    panel.finish().await;
}

#[apply(story)]
async fn a_suspended_account_is_told_so_by_its_sessions_and_at_signing_in() {
    let panel = TestPanel::start().await;
    let (account, session) = customer(&panel, ANN).await;
    let suspend =
        |at: &str| format!("UPDATE accounts SET suspended_at_ms = {at} WHERE id = {account}");
    panel.sql(&suspend("1")).await;
    assert_eq!(
        refused(&get(&panel, &session, "").await),
        no(403, "account_suspended")
    );
    let right = try_sign_in(&panel, ANN, PASSWORD).await;
    assert_eq!(refused(&right), no(403, "account_suspended"));
    // Who does not know the password learns nothing.
    let wrong = try_sign_in(&panel, ANN, "not the password").await;
    assert_eq!(refused(&wrong), no(401, "sign_in_failed"));
    panel.sql(&suspend("NULL")).await;
    assert!(is_good(&panel, &session).await);
    panel.finish().await;
}

#[apply(story)]
async fn an_unknown_address_and_a_wrong_password_are_answered_alike() {
    let panel = TestPanel::start().await;
    sign_up(&panel, ANN).await;
    let mut bodies = Vec::new();
    for (email, password) in [
        (ANN, "not the password"),
        ("nobody@example.com", "not the password"),
        ("no address", "not the password"),
        ("a\0@b.test", "not the \0 password"),
        (ANN, &"x".repeat(300)),
        (ANN, ""),
    ] {
        let reply = try_sign_in(&panel, email, password).await;
        assert_eq!(refused(&reply), no(401, "sign_in_failed"));
        let mut body = reply.json();
        body["request_id"].take();
        bodies.push(body);
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:?}");
    // What was typed is not kept, whose account it was about is.
    let told = harness::texts(
        &panel,
        "SELECT subject || ' ' || actor || ' ' || address FROM audit_log \
         WHERE action = 'sign_in_refused' ORDER BY id",
    );
    let told = told.await;
    assert!(told[0].starts_with("account:") && told[0].ends_with(" stranger 127.0.0.1"));
    assert_eq!(told[1], "account:unknown stranger 127.0.0.1");
    assert_eq!(told.len(), bodies.len());
    panel.finish().await;
}

#[apply(story)]
async fn a_password_that_is_kept_by_old_parameters_is_kept_anew() {
    let panel = TestPanel::start().await;
    let account = sign_up(&panel, ANN).await;
    let weak = Argon2::from(Params::new(8, 1, 1, None).unwrap());
    let weak = weak.hash_password(PASSWORD.as_bytes()).unwrap();
    panel
        .sql(&format!(
            "UPDATE accounts SET password_hash = '{weak}' WHERE id = {account}"
        ))
        .await;
    sign_in(&panel, ANN).await;
    let kept = harness::texts(
        &panel,
        "SELECT password_hash FROM accounts WHERE email IS NOT NULL",
    );
    assert!(kept.await[0].starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    sign_in(&panel, ANN).await;
    panel.finish().await;
}
