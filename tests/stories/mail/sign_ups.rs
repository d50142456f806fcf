//! Accounts that are opened by their owners, where the panel sends mail.

use super::*;

async fn sign_up(panel: &TestPanel, email: &str, name: Option<&str>) -> Reply {
    let new = json!({"email": email, "password": PASSWORD, "name": name});
    post(panel, "", "", new).await
}

#[apply(story)]
async fn an_account_is_opened_by_its_link_and_an_owner_is_told_instead() {
    let post_office = Post::open().await;
    let panel = &post_office.panel;
    let bob = person(panel, Role::Reseller, "bob@example.com").await;
    let new = sign_up(panel, " Ann@Example.com ", Some("Ann's shop")).await;
    let old = sign_up(panel, "bob@example.com", Some("Another shop")).await;
    assert_eq!((new.status, old.status), (202, 202), "{}", new.body);
    assert_eq!(new.body, old.body);
    let kept =
        "SELECT kind || ' ' || COALESCE(CAST(account_id AS TEXT), '-') FROM mails ORDER BY id";
    assert_eq!(texts(panel, kept).await, ["sign_up -", "sign_up -"]);
    // There is no account yet.
    assert_eq!(
        try_sign_in(panel, ANN, PASSWORD).await,
        Err("sign_in_failed".to_owned())
    );
    let mails = post_office.mails().await;
    let [to_ann, to_bob] = mails.as_slice() else {
        panic!("{mails:?}");
    };
    assert_eq!(
        (to_bob.to.as_str(), to_bob.link()),
        ("bob@example.com", None)
    );
    assert_eq!(to_bob.subject, "panel.test: you have an account already");
    assert_eq!(deeds(panel, bob).await, ["account_created"]);
    assert_eq!(
        (to_ann.to.as_str(), to_ann.subject.as_str()),
        (ANN, "panel.test: open your account")
    );
    let link = to_ann.link().unwrap();
    assert!(!is_stored(panel, link.strip_prefix("/link/").unwrap()).await);
    // Reading opens nothing, and neither does somebody who did not choose the password.
    for _ in 0..2 {
        assert_eq!(read(panel, &link).await.status, 200);
    }
    let stranger = send(panel, &link, OTHER).await;
    assert!(stranger.status == 422 && stranger.body.contains("the password that you chose"));
    assert_eq!(
        try_sign_in(panel, ANN, PASSWORD).await,
        Err("sign_in_failed".to_owned())
    );
    let opened = send(panel, &link, PASSWORD).await;
    assert!(
        opened.status == 200 && opened.body.contains("Your account is open"),
        "{}",
        opened.body
    );
    assert_eq!(send(panel, &link, PASSWORD).await.status, 404);
    let session = try_sign_in(panel, ANN, PASSWORD).await.unwrap();
    let me = panel
        .ask(&session, Method::GET, "/api/v3/account", None)
        .await
        .json();
    assert_eq!(
        (&me["name"], &me["role"]),
        (&json!("Ann's shop"), &json!("reseller"))
    );
    let wallet = panel
        .ask(&session, Method::GET, "/api/v3/wallet", None)
        .await;
    assert_eq!(wallet.status, 200, "{}", wallet.body);
    assert!(texts(panel, "SELECT email FROM sign_ups").await.is_empty());
    check(panel).await;
    post_office.finish().await;
}

#[apply(story)]
async fn of_two_wishes_for_one_address_or_name_the_first_that_is_followed_counts() {
    let post_office = Post::open().await;
    let panel = &post_office.panel;
    for (email, name) in [(ANN, "shop"), (ANN, "store"), ("carl@example.com", "Shop")] {
        assert_eq!(sign_up(panel, email, Some(name)).await.status, 202);
    }
    let mails = post_office.mails().await;
    let links: Vec<String> = mails.iter().map(|mail| mail.link().unwrap()).collect();
    assert_eq!(send(panel, &links[0], PASSWORD).await.status, 200);
    assert_eq!(send(panel, &links[1], PASSWORD).await.status, 404);
    assert_eq!(send(panel, &links[2], PASSWORD).await.status, 200);
    let names = "SELECT name FROM accounts WHERE email IS NOT NULL ORDER BY id";
    let names = texts(panel, names).await;
    assert!(
        names[0] == "shop" && names[1].starts_with("customer-"),
        "{names:?}"
    );
    // Names are no secret, addresses are.
    let no = sign_up(panel, "dora@example.com", Some("SHOP")).await;
    assert_eq!(refused(&no), (409, "name_taken".to_owned()));
    // A link that nobody follows is over after a day, and what was kept for it is forgotten.
    assert_eq!(sign_up(panel, "dora@example.com", None).await.status, 202);
    let link = post_office.mail().await.link().unwrap();
    panel.advance(24 * HOUR);
    assert_eq!(send(panel, &link, PASSWORD).await.status, 404);
    check(panel).await;
    post_office.finish().await;
}

#[apply(story)]
async fn mail_is_needed_only_where_there_is_some() {
    let panel = TestPanel::start().await;
    assert_eq!(sign_up(&panel, ANN, None).await.status, 201);
    let again = sign_up(&panel, ANN, None).await;
    assert_eq!(refused(&again), (409, "name_taken".to_owned()));
    panel.finish().await;
}
