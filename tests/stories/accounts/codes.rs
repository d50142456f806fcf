//! Wrong codes are bounded for each account, and nobody keeps somebody else out.

use harness::{ANYWHERE, HOUR, MINUTE, Reply, TestPanel, alert_kinds, open_another};
use reqwest::Method;
use serde_json::{Value, json};
use smm_panel_server::accounts::{self, Email, NewPassword, NewPerson};
use smm_panel_server::actor::{Actor, Role};
use smm_panel_server::app::{self, Background, Running};
use smm_panel_server::networks::Networks;

use super::totp::turn_on;
use super::{ANN, PASSWORD, code, customer, is_good, key_with, no, post, refused, sign_up, text};

/// Where Ann signs in; strangers are anywhere else.
const HOME: &str = "203.0.113.5";

async fn behind_proxy() -> TestPanel {
    TestPanel::start_with(|config| {
        config.trusted_proxies = Networks::parse("127.0.0.1").unwrap();
    })
    .await
}

/// Posts to `/api/v3/account` of the server at `base` as somebody at `address`.
async fn post_to(panel: &TestPanel, base: &str, address: &str, path: &str, body: Value) -> Reply {
    let url = format!("{base}/api/v3/account{path}");
    let request = panel.http().request(Method::POST, url).json(&body);
    panel.send(request.header("x-forwarded-for", address)).await
}

fn base(panel: &TestPanel) -> String {
    panel.url.replace("/api/v2", "")
}

fn with(password: &str, code: Option<&str>) -> Value {
    json!({"email": ANN, "password": password, "code": code})
}

async fn from(panel: &TestPanel, address: &str, password: &str, code: Option<&str>) -> Reply {
    post_to(
        panel,
        &base(panel),
        address,
        "/sign-in",
        with(password, code),
    )
    .await
}

/// Another server of the same panel, with nothing in memory: as after a restart, too.
async fn another(panel: &TestPanel) -> (Running, String) {
    let server = app::start(open_another(panel).await, ANYWHERE, Background::Nobody);
    let server = server.await.unwrap();
    let base = format!("http://{}", server.address);
    (server, base)
}

/// Six digits that the seed does not make now.
fn wrong(panel: &TestPanel, seed: &str) -> String {
    let right: u32 = code(panel, seed).parse().unwrap();
    format!("{:06}", (right + 500_000) % 1_000_000)
}

/// What was said, beside the number of the request.
fn said(reply: &Reply) -> Value {
    let mut body = reply.json();
    body["request_id"].take();
    body
}

fn limited() -> (u16, String) {
    no(429, "too_many_attempts")
}

/// How many of five codes from each of so many networks are looked at.
async fn guess_from(panel: &TestPanel, networks: usize, code: &str) -> usize {
    let mut looked_at = 0;
    for network in 0..networks {
        for _ in 0..5 {
            let reply = from(panel, &format!("10.0.{network}.1"), PASSWORD, Some(code)).await;
            match reply.status {
                401 => looked_at += 1,
                _ => assert_eq!(refused(&reply), limited(), "{}", reply.body),
            }
        }
    }
    looked_at
}

#[apply(story)]
async fn ten_of_three_hundred_wrong_codes_are_looked_at_and_the_owner_gets_in() {
    let panel = behind_proxy().await;
    let (account, session) = customer(&panel, ANN).await;
    let (_, key) = key_with(&panel, &session, json!({})).await;
    assert_eq!(from(&panel, HOME, PASSWORD, None).await.status, 200);
    let seed = turn_on(&panel, &session).await;
    panel.advance(MINUTE);

    let guess = wrong(&panel, &seed);
    assert_eq!(guess_from(&panel, 60, &guess).await, 10);
    let refusals = "SELECT reason FROM audit_log WHERE action = 'sign_in_refused'";
    let reasons = harness::texts(&panel, refusals).await;
    assert_eq!(reasons, vec!["a wrong code, with the right password"; 10]);

    // The right code is refused like the wrong one, by every server, in the same words.
    let right = code(&panel, &seed);
    let strange = "198.51.100.9";
    let no_code = from(&panel, strange, PASSWORD, None).await;
    assert_eq!(refused(&no_code), no(401, "totp_required"));
    let (server, other) = another(&panel).await;
    let (a, b) = (with(PASSWORD, Some(&right)), with(PASSWORD, Some(&guess)));
    let a = post_to(&panel, &other, strange, "/sign-in", a).await;
    let b = post_to(&panel, &other, strange, "/sign-in", b).await;
    assert_eq!(refused(&a), limited());
    assert_eq!((a.status, said(&a)), (b.status, said(&b)));
    assert_eq!(a.headers["retry-after"], "3600");
    assert!(text(&a.json(), "message").contains("in 3600 seconds"));
    server.stop().await.unwrap();

    // Its owner signs in where they did; sessions and keys have gone on.
    let neighbour = "203.0.113.200";
    assert_eq!(
        from(&panel, neighbour, PASSWORD, Some(&right)).await.status,
        200
    );
    assert!(is_good(&panel, &session).await && is_good(&panel, &key).await);
    let notices = format!("SELECT message FROM notices WHERE account_id = {account}");
    let told = harness::texts(&panel, &notices).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].starts_with("10 wrong codes") && told[0].contains("10.0.1.1"),
        "{told:?}"
    );

    // Thirty on a day.
    for looked_at in [10, 10, 0] {
        panel.advance(HOUR);
        let guess = wrong(&panel, &seed);
        assert_eq!(guess_from(&panel, 4, &guess).await, looked_at);
    }
    panel.advance(24 * HOUR);
    let right = code(&panel, &seed);
    assert_eq!(
        from(&panel, strange, PASSWORD, Some(&right)).await.status,
        200
    );
    panel.finish().await;
}

#[apply(story)]
async fn many_codes_at_once_on_two_servers_are_no_more() {
    let panel = behind_proxy().await;
    let (_, session) = customer(&panel, ANN).await;
    let seed = turn_on(&panel, &session).await;
    panel.advance(MINUTE);
    let guess = wrong(&panel, &seed);
    let (server, other) = another(&panel).await;
    let bases = [base(&panel), other];
    let (panel_of, guess_of) = (&panel, &guess);
    let guesses = (0..40).map(|number: usize| {
        let base = &bases[number % 2];
        let address = format!("10.0.{number}.1");
        let body = with(PASSWORD, Some(guess_of));
        async move {
            post_to(panel_of, base, &address, "/sign-in", body)
                .await
                .status
        }
    });
    let statuses = futures::future::join_all(guesses).await;
    let looked_at = statuses.iter().filter(|status| **status == 401).count();
    assert_eq!(looked_at, 10, "{statuses:?}");
    server.stop().await.unwrap();
    panel.finish().await;
}

#[apply(story)]
async fn a_session_is_no_place_to_guess_codes_at() {
    let panel = TestPanel::start().await;
    let (_, session) = customer(&panel, ANN).await;
    let seed = super::ask(&panel, &session, Method::POST, "/totp", None).await;
    let seed = text(&seed.json(), "secret");
    let confirm =
        async |code: String| post(&panel, &session, "/totp/confirm", json!({"code": code})).await;
    for _ in 0..10 {
        let reply = confirm(wrong(&panel, &seed)).await;
        assert_eq!(refused(&reply), no(422, "field_invalid"));
    }
    let late = [
        confirm(wrong(&panel, &seed)).await,
        confirm(code(&panel, &seed)).await,
    ];
    assert_eq!(refused(&late[1]), limited());
    assert_eq!(said(&late[0]), said(&late[1]));
    panel.advance(HOUR);
    assert_eq!(confirm(code(&panel, &seed)).await.status, 200);

    // Turning them off takes a password and a code: as many of those.
    panel.advance(HOUR);
    let off = async |code: String| {
        let body = json!({"password": PASSWORD, "code": code});
        post(&panel, &session, "/totp/disable", body).await
    };
    let (mut looked_at, mut asked) = (0, 0);
    while asked < 17 {
        let reply = off(wrong(&panel, &seed)).await;
        looked_at += usize::from(reply.status == 401);
        asked += 1;
        panel.advance(3 * MINUTE);
    }
    assert_eq!(looked_at, 10);
    assert_eq!(refused(&off(code(&panel, &seed)).await), limited());
    panel.advance(HOUR);
    assert_eq!(off(code(&panel, &seed)).await.status, 200);
    panel.finish().await;
}

#[apply(story)]
async fn of_staff_the_operators_are_told() {
    let panel = behind_proxy().await;
    let new = NewPerson {
        role: Role::Operator,
        email: Email::parse(ANN).unwrap(),
        password: NewPassword::checked("password", PASSWORD.into()).unwrap(),
        name: Some("Ann".to_owned()),
    };
    let registered = accounts::register(&panel.panel, &Actor::command(), new).await;
    let session = text(&from(&panel, HOME, PASSWORD, None).await.json(), "token");
    let seed = turn_on(&panel, &session).await;
    panel.advance(MINUTE);
    let guess = wrong(&panel, &seed);
    for network in 0..10 {
        let reply = from(&panel, &format!("10.0.{network}.1"), PASSWORD, Some(&guess)).await;
        assert_eq!(refused(&reply), no(401, "sign_in_failed"));
    }
    assert_eq!(alert_kinds(&panel).await, ["codes_guessed"]);
    let account = registered.unwrap();
    let sql = format!("SELECT message FROM notices WHERE account_id = {account}");
    assert_eq!(harness::texts(&panel, &sql).await.len(), 1);
    panel.finish().await;
}

#[apply(story)]
async fn wrong_passwords_of_strangers_never_keep_the_owner_out() {
    let panel = behind_proxy().await;
    sign_up(&panel, ANN).await;
    assert_eq!(from(&panel, HOME, PASSWORD, None).await.status, 200);
    // Longer than any password: nothing is hashed for it.
    let long = "x".repeat(300);
    for network in 0..60 {
        for _ in 0..10 {
            from(&panel, &format!("10.0.{network}.1"), &long, None).await;
        }
    }
    // A neighbour, behind another address and behind the same one.
    for _ in 0..30 {
        from(&panel, "203.0.113.77", &long, None).await;
    }
    for number in 0..60 {
        let body = json!({"email": format!("{number}@example.com"), "password": long});
        post_to(&panel, &base(&panel), HOME, "/sign-in", body).await;
    }
    let body = json!({"email": "bob@example.com", "password": PASSWORD});
    let other = post_to(&panel, &base(&panel), HOME, "/sign-in", body).await;
    assert_eq!(refused(&other), limited());
    let mistyped = from(&panel, HOME, "not the password", None).await;
    assert_eq!((mistyped.status, said(&mistyped)), (429, said(&other)));
    assert_eq!(from(&panel, HOME, PASSWORD, None).await.status, 200);
    assert_eq!(
        from(&panel, "198.51.100.9", PASSWORD, None).await.status,
        200
    );
    panel.finish().await;
}

#[apply(story)]
async fn failures_and_new_accounts_count_on_every_server_and_after_a_restart() {
    let panel = behind_proxy().await;
    sign_up(&panel, ANN).await;
    for _ in 0..5 {
        let reply = from(&panel, "10.0.0.1", "not the password", None).await;
        assert_eq!(refused(&reply), no(401, "sign_in_failed"));
    }
    for number in 0..20 {
        let new = json!({"email": format!("{number}@example.com"), "password": PASSWORD});
        let reply = post_to(&panel, &base(&panel), "10.0.1.1", "", new).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
    }
    let (server, other) = another(&panel).await;
    let guess = post_to(&panel, &other, "10.0.0.1", "/sign-in", with(PASSWORD, None)).await;
    assert_eq!(refused(&guess), limited());
    assert_eq!(guess.headers["retry-after"], "180");
    // Neither is kept as it is.
    let kept = harness::texts(&panel, "SELECT who || quota FROM attempts")
        .await
        .join(" ");
    assert!(!kept.is_empty() && !kept.contains("10.0.0.1") && !kept.contains(ANN));
    let new = json!({"email": "20@example.com", "password": PASSWORD});
    let opened = post_to(&panel, &other, "10.0.1.1", "", new).await;
    assert_eq!(refused(&opened), limited());
    assert_eq!(opened.headers["retry-after"], "180");
    let elsewhere = post_to(&panel, &other, "10.0.2.1", "/sign-in", with(PASSWORD, None)).await;
    assert_eq!(elsewhere.status, 200, "{}", elsewhere.body);
    server.stop().await.unwrap();
    panel.finish().await;
}
