//! Codes of an authenticator.

use harness::TestPanel;
use reqwest::Method;
use serde_json::{Value, json};

use super::{ANN, PASSWORD, ask, code, customer, deeds, get, key_with, no, post, refused, text};

/// Turns codes on; gives the seed.
pub(super) async fn turn_on(panel: &TestPanel, session: &str) -> String {
    let seed = ask(panel, session, Method::POST, "/totp", None)
        .await
        .json();
    let secret = text(&seed, "secret");
    assert!(text(&seed, "url").starts_with("otpauth://totp/smm-panel:ann%40example.com?"));
    let confirm = json!({"code": code(panel, &secret)});
    let on = post(panel, session, "/totp/confirm", confirm).await;
    assert_eq!(on.json(), json!({"totp": true}), "{}", on.body);
    secret
}

fn with(code: Option<String>) -> Value {
    json!({"email": ANN, "password": PASSWORD, "code": code})
}

#[apply(story)]
async fn signing_in_needs_a_code_that_was_not_used() {
    let panel = TestPanel::start().await;
    let (account, session) = customer(&panel, ANN).await;
    let seed = turn_on(&panel, &session).await;
    assert_eq!(get(&panel, &session, "").await.json()["totp"], true);

    let none = post(&panel, "", "/sign-in", with(None)).await;
    assert_eq!(refused(&none), no(401, "totp_required"));
    let wrong = post(&panel, "", "/sign-in", with(Some("000000".to_owned()))).await;
    assert_eq!(refused(&wrong), no(401, "sign_in_failed"));
    // The one that turned codes on is used.
    let used = code(&panel, &seed);
    let replayed = post(&panel, "", "/sign-in", with(Some(used.clone()))).await;
    assert_eq!(refused(&replayed), no(401, "sign_in_failed"));

    panel.advance(30_000);
    let fresh = code(&panel, &seed);
    let good = post(&panel, "", "/sign-in", with(Some(fresh.clone()))).await;
    assert_eq!(good.status, 200, "{}", good.body);
    // Neither it nor the one before it, which would still be in time, is good again.
    for code in [fresh, used] {
        let again = post(&panel, "", "/sign-in", with(Some(code))).await;
        assert_eq!(refused(&again), no(401, "sign_in_failed"));
    }
    let told = deeds(&panel, account).await;
    assert_eq!(
        told.iter()
            .filter(|deed| *deed == "sign_in_refused")
            .count(),
        4
    );
    assert_eq!(
        told.iter().filter(|deed| *deed == "totp_changed").count(),
        1
    );
    panel.finish().await;
}

#[apply(story)]
async fn codes_are_turned_on_by_a_right_one_and_off_by_password_and_code() {
    let panel = TestPanel::start().await;
    let (_, session) = customer(&panel, ANN).await;
    let confirm = |code: &str| json!({"code": code});
    let early = post(&panel, &session, "/totp/confirm", confirm("123456")).await;
    assert_eq!(refused(&early), no(409, "state_conflict"));
    let off = json!({"password": PASSWORD, "code": "123456"});
    let not_on = post(&panel, &session, "/totp/disable", off).await;
    assert_eq!(refused(&not_on), no(409, "state_conflict"));

    ask(&panel, &session, Method::POST, "/totp", None).await;
    let wrong = post(&panel, &session, "/totp/confirm", confirm("000000")).await;
    assert_eq!(refused(&wrong), no(422, "field_invalid"));
    // A seed that is not confirmed does not hold.
    assert_eq!(post(&panel, "", "/sign-in", with(None)).await.status, 200);

    let seed = turn_on(&panel, &session).await;
    let again = ask(&panel, &session, Method::POST, "/totp", None).await;
    assert_eq!(refused(&again), no(409, "state_conflict"));
    panel.advance(60_000);
    let disable = |password: &str, code: &str| json!({"password": password, "code": code});
    for (password, code) in [
        ("not the password", code(&panel, &seed)),
        (PASSWORD, "1".to_owned()),
    ] {
        let reply = post(&panel, &session, "/totp/disable", disable(password, &code)).await;
        assert_eq!(refused(&reply), no(401, "sign_in_failed"));
    }
    let good = disable(PASSWORD, &code(&panel, &seed));
    let off = post(&panel, &session, "/totp/disable", good).await;
    assert_eq!(off.json(), json!({"totp": false}), "{}", off.body);
    assert_eq!(post(&panel, "", "/sign-in", with(None)).await.status, 200);
    panel.finish().await;
}

#[apply(story)]
async fn a_key_changes_neither_codes_nor_the_password() {
    let panel = TestPanel::start().await;
    let (_, session) = customer(&panel, ANN).await;
    let (_, key) = key_with(&panel, &session, json!({})).await;
    let codes = json!({"password": PASSWORD, "code": "123456"});
    let password = json!({"old_password": PASSWORD, "new_password": "another long sentence"});
    for (path, body) in [
        ("/totp", None),
        ("/totp/confirm", Some(json!({"code": "123456"}))),
        ("/totp/disable", Some(codes)),
        ("/password", Some(password)),
        ("/sign-out", None),
    ] {
        let reply = ask(&panel, &key, Method::POST, path, body).await;
        assert_eq!(refused(&reply), no(403, "session_needed"), "{path}");
    }
    panel.finish().await;
}
