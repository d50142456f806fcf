//! Passwords that are forgotten.

use totp_rs::{Builder, Secret};

use super::*;

/// Turns codes on.
async fn turn_codes_on(panel: &TestPanel, session: &str) {
    let seed = panel
        .ask(session, Method::POST, "/api/v3/account/totp", None)
        .await;
    let secret = Secret::try_from_base32(seed.json()["secret"].as_str().unwrap()).unwrap();
    let codes = Builder::new().with_secret(secret).build().unwrap();
    let seconds = u64::try_from(panel.panel.now().ms() / 1_000).unwrap();
    let code = json!({"code": codes.generate(seconds).to_string()});
    assert_eq!(
        post(panel, session, "/totp/confirm", code).await.status,
        200
    );
}

#[apply(story)]
async fn a_forgotten_password_is_replaced_by_a_link_that_is_good_once() {
    let post_office = Post::open().await;
    let panel = &post_office.panel;
    let ann = person(panel, Role::Reseller, ANN).await;
    let session = try_sign_in(panel, ANN, PASSWORD).await.unwrap();
    turn_codes_on(panel, &session).await;
    let key = harness::key(&panel.panel, ann).await;
    // What the request says of the panel's address is of no weight.
    let ask = panel
        .http()
        .post(url(panel, "/api/v3/account/password/reset"));
    let ask = ask
        .header("host", "evil.example")
        .header("x-forwarded-host", "evil.example");
    let asked = panel
        .send(ask.json(&json!({"email": " Ann@Example.com "})))
        .await;
    assert_eq!(asked.status, 202, "{}", asked.body);
    let mail = post_office.mail().await;
    assert_eq!(
        (mail.to.as_str(), mail.subject.as_str()),
        (ANN, "panel.test: choose a new password")
    );
    assert!(
        !mail.text.contains("evil.example") && mail.text.contains(PUBLIC),
        "{}",
        mail.text
    );
    let link = mail.link().unwrap();
    let token = link.strip_prefix("/link/").unwrap();
    assert!(token.len() == 40 && !is_stored(panel, token).await);

    // A scanner of mail reads it, and nothing is spent.
    for _ in 0..3 {
        let page = read(panel, &link).await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(
            page.body.contains("<form method=\"post\">") && page.body.contains(ANN),
            "{}",
            page.body
        );
        assert!(!page.body.contains("<script"), "{}", page.body);
        let header = |name: &str| page.headers[name].to_str().unwrap().to_owned();
        assert!(header("content-security-policy").starts_with("default-src 'none';"));
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("referrer-policy"), "no-referrer");
    }
    let head = panel.send(panel.http().head(url(panel, &link))).await;
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert!(is_good(panel, &session).await);
    assert_eq!(
        try_sign_in(panel, ANN, PASSWORD).await,
        Err("totp_required".to_owned())
    );

    // A password that is none spends nothing either.
    for (password, says) in [
        ("short", "at least 12 characters"),
        ("passwordpassword", "most common ones"),
        ("ann@example.com!", "other than your own address"),
        ("", "at least 12 characters"),
    ] {
        let no = send(panel, &link, password).await;
        assert!(
            no.status == 422 && no.body.contains(says),
            "{password}: {}",
            no.body
        );
    }
    let done = send(panel, &link, OTHER).await;
    assert!(
        done.status == 200 && done.body.contains("Your password is set"),
        "{}",
        done.body
    );
    assert!(!is_good(panel, &session).await && is_good(panel, &key).await);
    assert_eq!(
        try_sign_in(panel, ANN, PASSWORD).await,
        Err("sign_in_failed".to_owned())
    );
    // The second factor stays.
    assert_eq!(
        try_sign_in(panel, ANN, OTHER).await,
        Err("totp_required".to_owned())
    );
    let again = send(panel, &link, PASSWORD).await;
    assert!(
        again.status == 404 && again.body.contains("used already"),
        "{}",
        again.body
    );
    assert_eq!(read(panel, &link).await.status, 404);

    let told = post_office.mail().await;
    assert_eq!(told.subject, "panel.test: your password was replaced");
    assert_eq!((told.to.as_str(), told.link()), (ANN, None));
    let notices = panel
        .ask(&key, Method::GET, "/api/v3/account/notices", None)
        .await;
    assert!(
        notices.body.contains("Your password was replaced"),
        "{}",
        notices.body
    );
    let deeds = deeds(panel, ann).await;
    let last: Vec<&str> = deeds
        .iter()
        .map(String::as_str)
        .filter(|d| d.starts_with("password"))
        .collect();
    assert_eq!(last, ["password_link_made", "password_reset"]);
    assert!(!is_stored(panel, token).await && !is_stored(panel, OTHER).await);
    assert!(texts(panel, "SELECT kind FROM mails").await.is_empty());
    check(panel).await;
    post_office.finish().await;
}

#[apply(story)]
async fn an_unknown_address_is_answered_and_kept_alike_and_gets_nothing() {
    let post_office = Post::open().await;
    let panel = &post_office.panel;
    person(panel, Role::Reseller, ANN).await;
    let mut bodies = Vec::new();
    for email in [ANN, "bob@example.com"] {
        let reply = post_office.ask_reset(email).await;
        assert_eq!(reply.status, 202);
        bodies.push(reply.body);
    }
    assert_eq!(bodies[0], bodies[1]);
    // Until the mail is sent, nothing was even looked up.
    let kept =
        "SELECT kind || ' ' || COALESCE(CAST(account_id AS TEXT), '-') FROM mails ORDER BY id";
    assert_eq!(texts(panel, kept).await, ["reset -", "reset -"]);
    assert_eq!(post_office.mail().await.to, ANN);
    assert!(texts(panel, kept).await.is_empty());
    let no = post_office.ask_reset("no address").await;
    assert_eq!(refused(&no), (422, "field_invalid".to_owned()));
    post_office.finish().await;
}

#[apply(story)]
async fn a_link_for_a_password_is_good_for_an_hour() {
    let post_office = Post::open().await;
    let panel = &post_office.panel;
    person(panel, Role::Reseller, ANN).await;
    let (first, second) = (
        post_office.reset_link(ANN).await,
        post_office.reset_link(ANN).await,
    );
    panel.advance(HOUR - 1);
    assert_eq!(read(panel, &first).await.status, 200);
    panel.advance(1);
    assert_eq!(read(panel, &first).await.status, 404);
    assert_eq!(send(panel, &first, OTHER).await.status, 404);
    assert!(try_sign_in(panel, ANN, PASSWORD).await.is_ok());
    // By one link all others are spent.
    let third = post_office.reset_link(ANN).await;
    panel.advance(10 * 60_000);
    let fourth = post_office.reset_link(ANN).await;
    assert_eq!(send(panel, &fourth, OTHER).await.status, 200);
    for link in [
        &second,
        &third,
        &fourth,
        "/link/x",
        &format!("/link/{}", "x".repeat(40)),
    ] {
        assert_eq!(read(panel, link).await.status, 404, "{link}");
        assert_eq!(send(panel, link, PASSWORD).await.status, 404, "{link}");
    }
    let put = panel.send(panel.http().put(url(panel, &fourth))).await;
    assert_eq!(
        (put.status, put.headers["allow"].to_str().unwrap()),
        (405, "GET, HEAD, POST")
    );
    // Another password ends what was sent for the one before, too.
    let session = try_sign_in(panel, ANN, OTHER).await.unwrap();
    panel.advance(HOUR);
    post_office.mails().await;
    let last = post_office.reset_link(ANN).await;
    let change = json!({"old_password": OTHER, "new_password": PASSWORD});
    assert_eq!(post(panel, &session, "/password", change).await.status, 200);
    assert_eq!(read(panel, &last).await.status, 404);
    post_office.finish().await;
}

#[apply(story)]
async fn nobody_is_flooded_with_mail_and_nobody_asks_without_end() {
    let post_office = Post::open().await;
    let panel = &post_office.panel;
    person(panel, Role::Reseller, ANN).await;
    let mut sent = 0;
    for asked in 1..=20 {
        assert_eq!(post_office.ask_reset(ANN).await.status, 202, "{asked}");
        sent += post_office.mails().await.len();
    }
    assert_eq!(sent, 3);
    let no = post_office.ask_reset("bob@example.com").await;
    assert_eq!(refused(&no), (429, "too_many_attempts".to_owned()));
    assert!(no.headers.contains_key("retry-after"));
    // Several that wait for the mail server are one.
    panel.advance(24 * HOUR);
    for _ in 0..3 {
        assert_eq!(post_office.ask_reset(ANN).await.status, 202);
    }
    assert_eq!(post_office.mails().await.len(), 1);
    post_office.finish().await;
}

#[apply(story)]
async fn a_panel_without_mail_says_whom_to_ask() {
    let panel = TestPanel::start().await;
    person(&panel, Role::Reseller, ANN).await;
    for email in [ANN, "bob@example.com"] {
        let no = post(&panel, "", "/password/reset", json!({"email": email})).await;
        assert_eq!(refused(&no), (409, "state_conflict".to_owned()));
        assert!(no.body.contains("ask its operator"), "{}", no.body);
    }
    panel.finish().await;
}
