//! Another e-mail address.

use sea_orm::ConnectionTrait;

use super::*;

const NEW: &str = "ann@shop.example";
const DAY: i64 = 24 * HOUR;

async fn ask(panel: &TestPanel, session: &str, email: &str) -> Reply {
    let body = json!({"email": email, "password": PASSWORD});
    post(panel, session, "/email", body).await
}

/// Asks for another address; gives the link in the mail to it.
async fn asked(post_office: &Post, session: &str, email: &str) -> String {
    let reply = ask(&post_office.panel, session, email).await;
    assert_eq!(reply.status, 202, "{}", reply.body);
    let mail = post_office.mail().await;
    assert_eq!(
        (mail.to.as_str(), mail.subject.as_str()),
        (email, "panel.test: use this address")
    );
    mail.link().unwrap()
}

/// Has another address put in place.
async fn change(post_office: &Post, session: &str, email: &str) {
    let link = asked(post_office, session, email).await;
    let done = send(&post_office.panel, &link, PASSWORD).await;
    assert!(
        done.status == 200 && done.body.contains("Your address is changed"),
        "{}",
        done.body
    );
}

#[apply(story)]
async fn an_address_is_changed_the_earlier_one_told_and_no_password_reset_for_a_day() {
    let post_office = Post::open().await;
    let panel = &post_office.panel;
    let ann = person(panel, Role::Reseller, ANN).await;
    person(panel, Role::Reseller, "bob@example.com").await;
    let session = try_sign_in(panel, ANN, PASSWORD).await.unwrap();
    let earlier = post_office.reset_link(ANN).await;
    let wrong = json!({"email": NEW, "password": OTHER});
    let no = post(panel, &session, "/email", wrong).await;
    assert_eq!(refused(&no), (401, "sign_in_failed".to_owned()));
    for (email, status, code) in [
        (ANN, 409, "state_conflict"),
        ("no address", 422, "field_invalid"),
    ] {
        let no = ask(panel, &session, email).await;
        assert_eq!(refused(&no), (status, code.to_owned()), "{email}");
    }
    // Who asks cannot tell whether an address has an account: its owner is told.
    let first = ask(panel, &session, "bob@example.com").await;
    let told = post_office.mail().await;
    assert_eq!(
        (told.to.as_str(), told.link()),
        ("bob@example.com", None),
        "{}",
        told.text
    );
    assert!(told.text.contains("it has one already"), "{}", told.text);
    let again = ask(panel, &session, " Ann@Shop.example ").await;
    assert_eq!((first.status, &first.body), (202, &again.body));
    // Reading the page of the link changes nothing yet.
    let link = post_office.mail().await.link().unwrap();
    let page = read(panel, &link).await;
    assert!(
        page.status == 200 && page.body.contains(NEW),
        "{}",
        page.body
    );
    assert!(try_sign_in(panel, ANN, PASSWORD).await.is_ok());
    // Nor does who reads the mail alone: the address may have been mistyped.
    for password in ["", OTHER] {
        let no = send(panel, &link, password).await;
        assert!(
            no.status == 422 && no.body.contains("password of the account"),
            "{}",
            no.body
        );
    }
    assert_eq!(send(panel, &link, PASSWORD).await.status, 200);
    assert_eq!(send(panel, &link, PASSWORD).await.status, 404);
    let told = post_office.mail().await;
    assert_eq!(
        (told.to.as_str(), told.subject.as_str()),
        (ANN, "panel.test: your address was replaced")
    );
    assert!(!told.text.contains(NEW), "{}", told.text);
    assert_eq!(
        try_sign_in(panel, ANN, PASSWORD).await,
        Err("sign_in_failed".to_owned())
    );
    assert!(try_sign_in(panel, NEW, PASSWORD).await.is_ok());
    // What was sent to the earlier address is no way in.
    assert_eq!(read(panel, &earlier).await.status, 404);
    let skeletons = format!("SELECT email_skeleton FROM accounts WHERE id = {ann}");
    assert_eq!(texts(panel, &skeletons).await.len(), 1);
    // The name of nobody may look like the new address.
    let found = accounts::look_up(&panel.panel, NEW).await.unwrap();
    assert_eq!(found.id, ann);

    for wait in [DAY - 1, 1] {
        assert_eq!(post_office.ask_reset(NEW).await.status, 202);
        let mail = post_office.mail().await;
        assert_eq!((mail.to.as_str(), mail.link()), (NEW, None));
        assert!(
            mail.text.contains("no password is reset by mail until"),
            "{}",
            mail.text
        );
        panel.advance(wait);
    }
    let link = post_office.reset_link(NEW).await;
    assert_eq!(send(panel, &link, OTHER).await.status, 200);
    check(panel).await;
    post_office.finish().await;
}

#[apply(story)]
async fn who_has_the_earlier_address_puts_it_back_for_a_week() {
    let post_office = Post::open().await;
    let panel = &post_office.panel;
    let ann = person(panel, Role::Reseller, ANN).await;
    // Somebody who knows the password takes the account over, by two steps.
    let thief = try_sign_in(panel, ANN, PASSWORD).await.unwrap();
    let before = harness::key(&panel.panel, ann).await;
    panel.advance(1);
    change(&post_office, &thief, NEW).await;
    let theirs = harness::key(&panel.panel, ann).await;
    // Nobody else gets the address meanwhile.
    person(panel, Role::Reseller, "bob@example.com").await;
    let bob = try_sign_in(panel, "bob@example.com", PASSWORD)
        .await
        .unwrap();
    let undo = post_office.mail().await.link().unwrap();
    assert_eq!(ask(panel, &bob, ANN).await.status, 202);
    let told = post_office.mail().await;
    assert_eq!((told.to.as_str(), told.link()), (ANN, None));
    change(&post_office, &thief, "evil@example.com").await;
    let second = post_office.mail().await;
    assert_eq!(second.to, NEW);
    let undo_second = second.link().unwrap();
    panel.advance(7 * DAY - 1);
    for _ in 0..2 {
        let page = read(panel, &undo).await;
        assert!(
            page.status == 200 && page.body.contains(ANN),
            "{}",
            page.body
        );
    }
    let thief = try_sign_in(panel, "evil@example.com", PASSWORD)
        .await
        .unwrap();
    let done = send(panel, &undo, "").await;
    assert!(
        done.status == 200 && done.body.contains("Your address is back"),
        "{}",
        done.body
    );
    assert!(!is_good(panel, &thief).await);
    for link in [&undo, &undo_second] {
        assert_eq!(send(panel, link, "").await.status, 404);
    }
    assert_eq!(
        post_office.mail().await.subject,
        "panel.test: your address is back"
    );
    // Neither the password is good any more that the thief knows, nor a key of theirs.
    assert_eq!(
        try_sign_in(panel, ANN, PASSWORD).await,
        Err("sign_in_failed".to_owned())
    );
    assert!(is_good(panel, &before).await && !is_good(panel, &theirs).await);
    // The owner asks for a new password at once.
    let link = post_office.reset_link(ANN).await;
    assert_eq!(send(panel, &link, OTHER).await.status, 200);
    assert!(try_sign_in(panel, ANN, OTHER).await.is_ok());
    let deeds = deeds(panel, ann).await;
    assert!(
        deeds.contains(&"email_changed".to_owned()) && deeds.contains(&"email_restored".to_owned())
    );

    let session = try_sign_in(panel, ANN, OTHER).await.unwrap();
    let body = json!({"email": NEW, "password": OTHER});
    post_office.mails().await;
    assert_eq!(post(panel, &session, "/email", body).await.status, 202);
    let link = post_office.mail().await.link().unwrap();
    assert_eq!(send(panel, &link, OTHER).await.status, 200);
    let undo = post_office.mail().await.link().unwrap();
    panel.advance(7 * DAY);
    assert_eq!(send(panel, &undo, "").await.status, 404);
    check(panel).await;
    post_office.finish().await;
}

#[apply(story)]
async fn an_address_that_somebody_else_has_by_now_is_not_put_back() {
    let post_office = Post::open().await;
    let panel = &post_office.panel;
    person(panel, Role::Reseller, ANN).await;
    let session = try_sign_in(panel, ANN, PASSWORD).await.unwrap();
    change(&post_office, &session, NEW).await;
    let undo = post_office.mail().await.link().unwrap();
    let other = NewPerson {
        role: Role::Reseller,
        email: Email::parse(ANN).unwrap(),
        password: NewPassword::checked("password", SecretString::from(PASSWORD)).unwrap(),
        name: None,
    };
    accounts::register(&panel.panel, &Actor::command(), other)
        .await
        .unwrap();
    let no = send(panel, &undo, "").await;
    assert!(
        no.status == 422 && no.body.contains("another account"),
        "{}",
        no.body
    );
    assert!(is_good(panel, &session).await);
    check(panel).await;
    post_office.finish().await;
}

/// A panel without a mail server believes who knows the password.
#[apply(story)]
async fn an_address_that_is_somebody_elses_is_no_way_to_their_money() {
    let panel = TestPanel::start_with(|config| {
        config.public_url = Some("https://panel.test".parse().unwrap());
    })
    .await;
    let account = person(&panel, Role::Reseller, ANN).await;
    no_way_to_their_money(&panel, account).await;
    check(&panel).await;
    panel.finish().await;
}

async fn no_way_to_their_money(panel: &TestPanel, account: AccountId) {
    person(panel, Role::Reseller, "bob@example.com").await;
    let session = try_sign_in(panel, ANN, PASSWORD).await.unwrap();
    let key = harness::key(&panel.panel, account).await;
    let no = ask(panel, &session, "bob@example.com").await;
    assert_eq!(refused(&no), (409, "name_taken".to_owned()));
    let changed = ask(panel, &session, NEW).await;
    assert_eq!(
        (changed.status, &changed.json()["email"]),
        (200, &json!(NEW)),
        "{}",
        changed.body
    );
    // Who has the new address learns of the account, and takes it for their own.
    let link = async || {
        let actor = Actor::command();
        let link = accounts::password_link(&panel.panel, &actor, account, "they called").await;
        link.unwrap().expose().replace("https://panel.test", "")
    };
    let first = link().await;
    assert!(is_good(panel, &key).await);
    assert_eq!(send(panel, &first, OTHER).await.status, 200);
    assert!(!is_good(panel, &key).await && !is_good(panel, &session).await);
    // What they make from then on goes on after the next one.
    let own = harness::key(&panel.panel, account).await;
    let second = link().await;
    assert_eq!(send(panel, &second, PASSWORD).await.status, 200);
    assert!(is_good(panel, &own).await);
}

#[apply(story)]
async fn an_address_that_was_asked_for_comes_no_more_once_its_asker_is_shut_out() {
    let post_office = Post::open().await;
    let panel = &post_office.panel;
    let ann = person(panel, Role::Reseller, ANN).await;
    let thief = try_sign_in(panel, ANN, PASSWORD).await.unwrap();
    // The newest wish alone counts.
    let first = asked(&post_office, &thief, "evil@example.com").await;
    let second = asked(&post_office, &thief, NEW).await;
    assert_eq!(send(panel, &first, PASSWORD).await.status, 404);
    assert_eq!(read(panel, &second).await.status, 200);
    // The owner chooses another password.
    let link = post_office.reset_link(ANN).await;
    assert_eq!(send(panel, &link, OTHER).await.status, 200);
    assert_eq!(send(panel, &second, PASSWORD).await.status, 404);
    post_office.mails().await;

    // One whose mail was not sent yet is never mailed about.
    let session = try_sign_in(panel, ANN, OTHER).await.unwrap();
    let body = json!({"email": NEW, "password": OTHER});
    assert_eq!(
        post(panel, &session, "/email", body.clone()).await.status,
        202
    );
    let chosen = json!({"old_password": OTHER, "new_password": PASSWORD});
    assert_eq!(post(panel, &session, "/password", chosen).await.status, 200);
    assert!(post_office.mails().await.is_empty());

    // The client for developers says what happened.
    let client = smm_panel_sdk::Client::new(&url(panel, ""), &session).unwrap();
    let changed = client.change_email(NEW, PASSWORD, None).await.unwrap();
    assert_eq!(changed, smm_panel_sdk::EmailChanged::Asked);
    assert!(post_office.mail().await.link().is_some());

    // A link is good for a day, and only while nobody else has the address.
    let link = asked(&post_office, &session, "amy@shop.example").await;
    person(panel, Role::Reseller, "amy@shop.example").await;
    let no = send(panel, &link, PASSWORD).await;
    assert!(
        no.status == 422 && no.body.contains("an account with this e-mail address"),
        "{}",
        no.body
    );
    let link = asked(&post_office, &session, "ann@other.example").await;
    panel.advance(DAY);
    assert_eq!(send(panel, &link, PASSWORD).await.status, 404);

    // Nor does a suspended account get another, nor one that wants codes from then on.
    let session = try_sign_in(panel, ANN, PASSWORD).await.unwrap();
    let link = asked(&post_office, &session, "ann@third.example").await;
    let suspend = format!("UPDATE accounts SET suspended_at_ms = 1 WHERE id = {ann}");
    let db = panel.panel.db.begin().await.unwrap();
    db.execute_unprepared(&suspend).await.unwrap();
    db.commit().await.unwrap();
    assert_eq!(send(panel, &link, PASSWORD).await.status, 404);
    let reinstate = format!("UPDATE accounts SET suspended_at_ms = NULL WHERE id = {ann}");
    let db = panel.panel.db.begin().await.unwrap();
    db.execute_unprepared(&reinstate).await.unwrap();
    db.commit().await.unwrap();
    let path = "/api/v3/account/totp";
    let seed = panel.ask(&session, Method::POST, path, None).await;
    let secret = seed.json()["secret"].as_str().unwrap().to_owned();
    let code = crate::accounts::code(panel, &secret);
    let on = post(panel, &session, "/totp/confirm", json!({"code": code})).await;
    assert_eq!(on.status, 200, "{}", on.body);
    assert_eq!(send(panel, &link, PASSWORD).await.status, 404);
    assert!(
        !deeds(panel, ann)
            .await
            .contains(&"email_changed".to_owned())
    );
    post_office.finish().await;
}

/// Only PostgreSQL has two transactions that change at once.
#[apply(story)]
async fn no_link_is_made_for_an_address_that_is_being_changed() {
    let post_office = Post::open().await;
    let panel = &post_office.panel;
    let ann = person(panel, Role::Reseller, ANN).await;
    assert_eq!(post_office.ask_reset(ANN).await.status, 202);
    let changing = panel.panel.db.begin().await.unwrap();
    let change = format!("UPDATE accounts SET email = '{NEW}' WHERE id = {ann}");
    changing.execute_unprepared(&change).await.unwrap();
    if harness::database::current() == harness::database::Database::Sqlite {
        changing.commit().await.unwrap();
        panel.work().await;
    } else {
        let waiting = "SELECT CAST(COUNT(*) AS TEXT) FROM pg_stat_activity \
                       WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let mut working = std::pin::pin!(panel.work());
        let waits = async {
            while texts(panel, waiting).await == ["0"] {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            () = &mut working => panic!("the letter was written beside the change"),
            () = waits => {}
        }
        changing.commit().await.unwrap();
        working.await;
    }
    let links = "SELECT kind FROM account_links";
    assert_eq!(texts(panel, links).await, Vec::<String>::new());
    assert!(post_office.server.take().is_empty());
    post_office.finish().await;
}
