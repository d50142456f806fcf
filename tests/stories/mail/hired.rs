//! Somebody who works for the panel, from the first day to the last.

use super::*;

async fn ask(panel: &TestPanel, token: &str, path: &str, body: Value) -> Reply {
    let path = format!("/operator/v1{path}");
    panel.ask(token, Method::POST, &path, Some(body)).await
}

/// In one story with a customer's money, as `check` and the proof of the audit log hold after each step.
#[apply(story)]
async fn a_supporter_is_hired_invited_forgets_the_password_resets_it_and_is_removed() {
    let post_office = Post::open().await;
    let panel = &post_office.panel;
    person(panel, Role::Operator, "olga@example.com").await;
    let olga = try_sign_in(panel, "olga@example.com", PASSWORD)
        .await
        .unwrap();
    let new = json!({"email": "Sue@Example.com", "name": "Sue", "role": "support"});
    let hired = ask(panel, &olga, "/staff", new).await;
    assert_eq!(hired.status, 201, "{}", hired.body);
    assert_eq!(hired.json()["signs_in"], false);
    assert_eq!(hired.json()["invitation"], json!({"mailed": true}));
    let sue = AccountId(hired.json()["account_id"].as_i64().unwrap());
    check(panel).await;

    let mail = post_office.mail().await;
    assert_eq!(
        (mail.to.as_str(), mail.subject.as_str()),
        ("sue@example.com", "panel.test: your account")
    );
    let invitation = mail.link().unwrap();
    // It may lie over a weekend.
    panel.advance(72 * HOUR - 1);
    assert_eq!(read(panel, &invitation).await.status, 200);
    assert_eq!(send(panel, &invitation, PASSWORD).await.status, 200);
    assert_eq!(send(panel, &invitation, OTHER).await.status, 404);
    let session = try_sign_in(panel, "sue@example.com", PASSWORD)
        .await
        .unwrap();
    let me = panel
        .ask(&session, Method::GET, "/operator/v1/me", None)
        .await;
    assert_eq!(me.json()["role"], "support", "{}", me.body);
    check(panel).await;

    let reset = post_office.reset_link("sue@example.com").await;
    assert_eq!(send(panel, &reset, OTHER).await.status, 200);
    assert!(!is_good(panel, &session).await);
    let session = try_sign_in(panel, "sue@example.com", OTHER).await.unwrap();
    assert_eq!(
        post_office.mail().await.subject,
        "panel.test: your password was replaced"
    );
    check(panel).await;

    // A customer is credited what another one has paid: she sees it, and may not mend it.
    let customer = panel.account;
    let olga = try_sign_in(panel, "olga@example.com", PASSWORD)
        .await
        .unwrap();
    let confirmed = ask(panel, &olga, "/me/confirm", json!({"password": PASSWORD})).await;
    assert_eq!(confirmed.status, 200, "{}", confirmed.body);
    let to = |what: &str| format!("/accounts/{customer}/{what}");
    let credit = json!({"amount": "40.00", "reason": "bank transfer", "reference": "bank-1"});
    let credited = ask(panel, &olga, &to("credit"), credit).await;
    assert_eq!(credited.status, 201, "{}", credited.body);
    assert_eq!(panel.balance().await, "140.00");
    check(panel).await;
    let mend = json!({"credit_reference": "bank-1", "amount": "40.00", "reference": "fix-1",
        "reason": "paid by another customer"});
    let no = ask(panel, &session, &to("corrections"), mend.clone()).await;
    assert_eq!(refused(&no), (403, "forbidden".to_owned()));
    let mended = ask(panel, &olga, &to("corrections"), mend).await;
    assert_eq!(mended.status, 201, "{}", mended.body);
    assert_eq!(panel.balance().await, "100.00");
    check(panel).await;

    // What was sent to her before she left is no way back.
    let late = post_office.reset_link("sue@example.com").await;
    assert_eq!(post_office.ask_reset("sue@example.com").await.status, 202);
    let path = format!("/staff/{sue}/remove");
    let removed = ask(panel, &olga, &path, json!({"reason": "left the company"})).await;
    assert_eq!(removed.status, 200, "{}", removed.body);
    assert!(!is_good(panel, &session).await);
    assert_eq!(
        try_sign_in(panel, "sue@example.com", OTHER).await,
        Err("sign_in_failed".to_owned())
    );
    assert_eq!(read(panel, &late).await.status, 404);
    assert_eq!(send(panel, &late, PASSWORD).await.status, 404);
    assert!(post_office.mails().await.is_empty());
    check(panel).await;
    let deeds = deeds(panel, sue).await;
    let told: Vec<&str> = deeds
        .iter()
        .map(String::as_str)
        .filter(|deed| !deed.starts_with("sign"))
        .collect();
    assert_eq!(
        told,
        [
            "account_created",
            "password_link_made",
            "invitation_accepted",
            "password_link_made",
            "password_reset",
            "password_link_made",
            "staff_removed"
        ]
    );
    post_office.finish().await;
}

#[apply(story)]
async fn an_invitation_by_mail_is_good_for_three_days_and_then_a_reset_does() {
    let post_office = Post::open().await;
    let panel = &post_office.panel;
    let (_, operator) = harness::staff(&panel.panel, Role::Operator, "robot").await;
    let new = json!({"name": "Bob", "email": "bob@example.com"});
    let made = ask(panel, &operator, "/accounts", new).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(made.json()["invitation"], json!({"mailed": true}));
    let invitation = post_office.mail().await.link().unwrap();
    panel.advance(72 * HOUR);
    assert_eq!(read(panel, &invitation).await.status, 404);
    let link = post_office.reset_link("bob@example.com").await;
    assert_eq!(send(panel, &link, PASSWORD).await.status, 200);
    assert!(
        try_sign_in(panel, "bob@example.com", PASSWORD)
            .await
            .is_ok()
    );
    // Without an address there is nobody to invite.
    let made = ask(panel, &operator, "/accounts", json!({"name": "Carl"})).await;
    assert_eq!(made.json().get("invitation"), None, "{}", made.body);
    assert!(post_office.mails().await.is_empty());
    check(panel).await;
    post_office.finish().await;
}
