//! Links that an operator hands over, on a panel without mail.

use super::*;

async fn ask(panel: &TestPanel, token: &str, path: &str, body: Value) -> Reply {
    let path = format!("/operator/v1{path}");
    panel.ask(token, Method::POST, &path, Some(body)).await
}

/// A panel that knows its address and sends no mail.
async fn without_mail() -> TestPanel {
    TestPanel::start_with(|config| config.public_url = Some(PUBLIC.parse().unwrap())).await
}

/// The path of a link in an answer.
fn link_of(json: &Value) -> String {
    let url = json["url"].as_str().unwrap_or_else(|| panic!("{json}"));
    url.strip_prefix(PUBLIC).unwrap().to_owned()
}

#[apply(story)]
async fn an_operator_hands_over_a_link_that_is_good_once_and_for_an_hour() {
    let panel = without_mail().await;
    let olga = person(&panel, Role::Operator, "olga@example.com").await;
    person(&panel, Role::Support, "sue@example.com").await;
    let ann = person(&panel, Role::Reseller, ANN).await;
    let session = try_sign_in(&panel, "olga@example.com", PASSWORD)
        .await
        .unwrap();
    let sue = try_sign_in(&panel, "sue@example.com", PASSWORD)
        .await
        .unwrap();
    let key = harness::key(&panel.panel, olga).await;
    let reason = json!({"reason": "she called"});
    for (token, status, code) in [
        (&sue, 403, "forbidden"),
        (&panel.key, 403, "forbidden"),
        (&key, 403, "session_needed"),
    ] {
        let no = ask(&panel, token, "/accounts/ann/password-link", reason.clone()).await;
        assert_eq!(refused(&no), (status, code.to_owned()));
    }
    let own = ask(
        &panel,
        &session,
        "/accounts/olga/password-link",
        reason.clone(),
    )
    .await;
    assert_eq!(refused(&own), (409, "state_conflict".to_owned()));
    // The reseller of the story has no address to sign in with.
    let none = ask(
        &panel,
        &session,
        "/accounts/reseller/password-link",
        reason.clone(),
    )
    .await;
    assert_eq!(refused(&none), (409, "state_conflict".to_owned()));
    let mut links = Vec::new();
    for who in ["ann", ANN, "sue"] {
        let path = format!("/accounts/{who}/password-link");
        let made = ask(&panel, &session, &path, reason.clone()).await;
        assert_eq!(made.status, 201, "{}", made.body);
        links.push(link_of(&made.json()));
    }
    let of_ann = try_sign_in(&panel, ANN, PASSWORD).await.unwrap();
    assert_eq!(send(&panel, &links[0], OTHER).await.status, 200);
    assert!(!is_good(&panel, &of_ann).await);
    assert!(try_sign_in(&panel, ANN, OTHER).await.is_ok());
    assert_eq!(send(&panel, &links[1], OTHER).await.status, 404);
    panel.advance(HOUR);
    assert_eq!(send(&panel, &links[2], OTHER).await.status, 404);
    let late = ask(&panel, &session, "/accounts/ann/password-link", reason).await;
    assert_eq!(refused(&late), (403, "confirmation_needed".to_owned()));
    let sql = format!(
        "SELECT actor || ' ' || COALESCE(reason, '') FROM audit_log \
         WHERE subject = 'account:{ann}' AND action = 'password_link_made'"
    );
    assert_eq!(
        texts(&panel, &sql).await[0],
        format!("operator:{olga} she called")
    );
    for link in &links {
        assert!(!is_stored(&panel, link.strip_prefix("/link/").unwrap()).await);
    }
    check(&panel).await;
    panel.finish().await;
}

#[apply(story)]
async fn without_mail_an_invitation_is_a_link_in_the_answer() {
    let panel = without_mail().await;
    person(&panel, Role::Operator, "olga@example.com").await;
    let session = try_sign_in(&panel, "olga@example.com", PASSWORD)
        .await
        .unwrap();
    for (path, new) in [
        (
            "/staff",
            json!({"email": "sue@x.test", "name": "Sue", "role": "support"}),
        ),
        ("/accounts", json!({"email": "bob@x.test", "name": "Bob"})),
    ] {
        let made = ask(&panel, &session, path, new.clone()).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let invitation = made.json()["invitation"].clone();
        assert_eq!(invitation["mailed"], false);
        let link = link_of(&invitation);
        assert!(
            read(&panel, &link)
                .await
                .body
                .contains("An account was opened for you")
        );
        assert_eq!(send(&panel, &link, OTHER).await.status, 200);
        assert!(
            try_sign_in(&panel, new["email"].as_str().unwrap(), OTHER)
                .await
                .is_ok()
        );
    }
    assert!(texts(&panel, "SELECT kind FROM mails").await.is_empty());
    check(&panel).await;
    panel.finish().await;
}

#[apply(story)]
async fn a_panel_that_does_not_know_its_address_makes_no_links() {
    let panel = TestPanel::start().await;
    person(&panel, Role::Operator, "olga@example.com").await;
    person(&panel, Role::Reseller, ANN).await;
    let session = try_sign_in(&panel, "olga@example.com", PASSWORD)
        .await
        .unwrap();
    let new = json!({"email": "sue@x.test", "name": "Sue", "role": "support"});
    for (path, body) in [
        ("/staff", new),
        (
            "/accounts/ann/password-link",
            json!({"reason": "she called"}),
        ),
    ] {
        let no = ask(&panel, &session, path, body).await;
        assert_eq!(refused(&no), (409, "state_conflict".to_owned()));
        assert!(no.body.contains("public_url"), "{}", no.body);
    }
    let made = ask(
        &panel,
        &session,
        "/accounts",
        json!({"email": "bob@x.test", "name": "Bob"}),
    )
    .await;
    assert_eq!(
        (made.status, made.json().get("invitation").cloned()),
        (201, None)
    );
    panel.finish().await;
}
