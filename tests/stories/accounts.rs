//! Accounts: who signs in, what keys may do, and what is refused to whom.

use harness::{Reply, START, TestPanel};
use reqwest::Method;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

mod caps;
mod codes;
mod keys;
mod names;
mod secrets;
mod sessions;
mod staff;
mod throttle;
mod totp;

const ANN: &str = "ann@example.com";
const PASSWORD: &str = "correct horse battery";

/// Sends a request of `/api/v3/account`, with this bearer token, perhaps none.
async fn ask(
    panel: &TestPanel,
    token: &str,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> Reply {
    let path = format!("/api/v3/account{path}");
    panel.ask(token, method, &path, body).await
}

async fn post(panel: &TestPanel, token: &str, path: &str, body: Value) -> Reply {
    ask(panel, token, Method::POST, path, Some(body)).await
}

async fn get(panel: &TestPanel, token: &str, path: &str) -> Reply {
    ask(panel, token, Method::GET, path, None).await
}

/// Opens an account with [`PASSWORD`]; gives its number.
async fn sign_up(panel: &TestPanel, email: &str) -> i64 {
    let new = json!({"email": email, "password": PASSWORD});
    let reply = post(panel, "", "", new).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    reply.json()["account_id"].as_i64().unwrap()
}

async fn try_sign_in(panel: &TestPanel, email: &str, password: &str) -> Reply {
    let with = json!({"email": email, "password": password});
    post(panel, "", "/sign-in", with).await
}

/// Signs in with [`PASSWORD`]; gives the session.
async fn sign_in(panel: &TestPanel, email: &str) -> String {
    let reply = try_sign_in(panel, email, PASSWORD).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    text(&reply.json(), "token")
}

/// A customer with a session and 100 USD.
async fn customer(panel: &TestPanel, email: &str) -> (i64, String) {
    let account = sign_up(panel, email).await;
    let actor = smm_panel_server::actor::Actor::command();
    let id = smm_panel_server::ids::AccountId(account);
    let amount = smm_panel_server::money::Money::parse("100").unwrap();
    smm_panel_server::wallet::credit(&panel.panel, &actor, id, amount, email, "a test")
        .await
        .unwrap();
    (account, sign_in(panel, email).await)
}

/// Makes a key with these settings beside a name and all scopes; gives its number and the key.
async fn key_with(panel: &TestPanel, session: &str, more: Value) -> (i64, String) {
    let mut settings = json!({"name": "shop", "scopes": ["read", "order", "cancel"]});
    for (name, value) in more.as_object().unwrap() {
        settings[name] = value.clone();
    }
    let reply = post(panel, session, "/keys", settings).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    let json = reply.json();
    (
        json["key"]["key_id"].as_i64().unwrap(),
        text(&json, "token"),
    )
}

fn text(json: &Value, field: &str) -> String {
    json[field]
        .as_str()
        .unwrap_or_else(|| panic!("no {field}: {json}"))
        .to_owned()
}

/// The status and the code of an error.
fn refused(reply: &Reply) -> (u16, String) {
    (reply.status, text(&reply.json(), "code"))
}

fn no(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

/// Whether the token is good for reading.
async fn is_good(panel: &TestPanel, token: &str) -> bool {
    let reply = get(panel, token, "").await;
    assert!([200, 401].contains(&reply.status), "{}", reply.body);
    reply.status == 200
}

/// The code of this seed at the panel's present time.
pub(crate) fn code(panel: &TestPanel, seed: &str) -> String {
    let secret = Secret::try_from_base32(seed).unwrap();
    let codes = Builder::new().with_secret(secret).build().unwrap();
    let seconds = panel.panel.now().ms() / 1_000;
    codes.generate(u64::try_from(seconds).unwrap()).to_string()
}

/// The deeds in the audit log on `account` beside its creation, oldest first.
async fn deeds(panel: &TestPanel, account: i64) -> Vec<String> {
    let sql = format!(
        "SELECT action FROM audit_log WHERE subject = 'account:{account}' \
         AND action NOT IN ('account_created', 'wallet_adjusted') ORDER BY id"
    );
    harness::texts(panel, &sql).await
}

#[apply(story)]
async fn an_account_is_opened_signed_in_to_and_out_of() {
    let panel = TestPanel::start().await;
    let new = json!({"email": " Ann@Example.COM ", "password": PASSWORD, "name": "Ann's shop"});
    let reply = post(&panel, "", "", new).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    let account = reply.json();
    assert_eq!(text(&account, "email"), ANN);
    assert_eq!(text(&account, "name"), "Ann's shop");
    assert_eq!(text(&account, "role"), "reseller");
    assert_eq!(text(&account, "created_at"), START.to_string());
    let id = account["account_id"].as_i64().unwrap();

    let session = try_sign_in(&panel, "ANN@example.com", PASSWORD)
        .await
        .json();
    let token = text(&session, "token");
    assert!(token.starts_with("smp_session_"), "{session}");
    assert_eq!(session["account_id"], id);
    assert_eq!(
        text(&session, "expires_at"),
        START.plus_ms(7 * 24 * harness::HOUR).to_string()
    );

    // A session does what a key does, on the typed API only.
    assert_eq!(get(&panel, &token, "").await.json()["account_id"], id);
    let wallet = panel.ask(&token, Method::GET, "/api/v3/wallet", None).await;
    assert_eq!(text(&wallet.json(), "balance"), "0.00");
    let balance = panel.v2_as(&token, &[("action", "balance")]).await;
    assert_eq!(balance.error(), "Invalid API key");

    let out = ask(&panel, &token, Method::POST, "/sign-out", None).await;
    assert_eq!(text(&out.json(), "signed_out_at"), START.to_string());
    assert_eq!(
        refused(&get(&panel, &token, "").await),
        no(401, "key_invalid")
    );
    assert_eq!(deeds(&panel, id).await, ["signed_in", "signed_out"]);
    panel.finish().await;
}

#[apply(story)]
async fn what_cannot_be_an_account_is_refused_and_changes_nothing() {
    let panel = TestPanel::start().await;
    sign_up(&panel, ANN).await;
    let count = "SELECT CAST(COUNT(*) AS TEXT) FROM accounts";
    let before = harness::texts(&panel, count).await;
    let whole = || json!({"email": "bob@example.com", "password": PASSWORD});
    for (field, value, status, code) in [
        ("email", json!("ANN@example.com"), 409, "name_taken"),
        ("email", json!("bob"), 422, "field_invalid"),
        ("email", json!(7), 400, "request_invalid"),
        ("password", json!("elevenchars"), 422, "field_invalid"),
        ("password", json!("x".repeat(257)), 422, "field_invalid"),
        ("password", json!("passwordpassword"), 422, "field_invalid"),
        ("password", json!("bob@example.com"), 422, "field_invalid"),
        ("name", json!(ANN), 422, "field_invalid"),
        ("name", json!(" "), 422, "field_invalid"),
        ("name", json!("a\nb"), 422, "field_invalid"),
        ("role", json!("operator"), 400, "request_invalid"),
        ("balance", json!("100.00"), 400, "request_invalid"),
        ("daily_cap_nano", json!(1), 400, "request_invalid"),
    ] {
        let mut new = whole();
        new[field] = value;
        let reply = post(&panel, "", "", new).await;
        assert_eq!(refused(&reply), no(status, code), "{field}: {}", reply.body);
        assert!(!reply.body.contains(PASSWORD) && !reply.body.contains("elevenchars"));
    }
    assert_eq!(harness::texts(&panel, count).await, before);
    panel.finish().await;
}

#[apply(story)]
async fn a_panel_that_opens_no_accounts_says_so() {
    let panel = TestPanel::start_with(|config| config.sign_up_open = false).await;
    let reply = post(&panel, "", "", json!({"email": ANN, "password": PASSWORD})).await;
    assert_eq!(refused(&reply), no(403, "sign_up_closed"));
    panel.finish().await;
}

#[apply(story)]
async fn notices_are_listed_and_marked_as_read_by_whom_they_are_for() {
    let panel = TestPanel::start().await;
    let (ann, session) = customer(&panel, ANN).await;
    for (account, message) in [(ann, "one"), (ann, "two"), (panel.account.0, "not hers")] {
        let sql = format!(
            "INSERT INTO notices (account_id, message, created_at_ms) \
             VALUES ({account}, '{message}', {})",
            START.ms()
        );
        panel.sql(&sql).await;
    }
    let (_, key) = key_with(&panel, &session, json!({"scopes": ["read"]})).await;
    let page = get(&panel, &key, "/notices?limit=1").await.json();
    assert_eq!(text(&page["notices"][0], "message"), "one");
    assert_eq!(page["has_more"], true);
    let next = format!("/notices?cursor={}", text(&page, "next_cursor"));
    let rest = get(&panel, &key, &next).await.json();
    assert_eq!(rest["notices"].as_array().unwrap().len(), 1, "{rest}");

    let first = page["notices"][0]["notice_id"].as_i64().unwrap();
    let path = format!("/notices/{first}/read");
    for _ in 0..2 {
        let read = ask(&panel, &key, Method::POST, &path, None).await.json();
        assert_eq!(text(&read, "read_at"), START.to_string());
        panel.advance(1);
    }
    let unread = get(&panel, &key, "/notices?unread=true").await.json();
    assert_eq!(text(&unread["notices"][0], "message"), "two");
    for other in [first + 2, 4711] {
        let path = format!("/notices/{other}/read");
        let reply = ask(&panel, &session, Method::POST, &path, None).await;
        assert_eq!(refused(&reply), no(404, "object_unknown"));
    }
    panel.finish().await;
}

#[apply(story)]
async fn a_program_signs_up_and_in_makes_a_key_and_orders_by_the_sdk() {
    use futures::TryStreamExt;
    use smm_panel_sdk::{Client, ErrorCode, KeySettings, NewOrder, Scope, SignedUp};

    let panel = TestPanel::start().await;
    let base = panel.url.replace("/api/v2", "");
    let stranger = Client::without_key(&base).unwrap();
    let opened = stranger.sign_up(ANN, PASSWORD, Some("Ann's shop")).await;
    let SignedUp::Opened(account) = opened.unwrap() else {
        panic!("a panel without mail asks nobody");
    };
    let wrong = stranger
        .sign_in(ANN, "not the password", None)
        .await
        .unwrap_err();
    assert_eq!(wrong.refusal().unwrap().code, ErrorCode::SignInFailed);
    let me = stranger.sign_in(ANN, PASSWORD, None).await.unwrap();
    assert_eq!(me.account_id, account.account_id);
    assert!(!format!("{me:?}").contains(&me.token.expose()[12..]));

    let made = me
        .client
        .create_key(&KeySettings::new("shop", [Scope::Read]))
        .await
        .unwrap();
    assert!(!format!("{made:?}").contains(&made.token.expose()[9..]));
    let shop = me.client.with_key(made.token.expose()).unwrap();
    assert_eq!(shop.account().await.unwrap().name, "Ann's shop");
    let order = NewOrder::new(1, "https://x.test/a").quantity(100);
    let refusal = shop.place(&order).await.unwrap_err();
    assert_eq!(refusal.refusal().unwrap().code, ErrorCode::ScopeMissing);
    let overlap = std::time::Duration::ZERO;
    let new = me
        .client
        .rotate_key(made.key.key_id, overlap)
        .await
        .unwrap();
    let settings = KeySettings::new("all", [Scope::Read, Scope::Order]);
    me.client
        .change_key(new.key.key_id, &settings)
        .await
        .unwrap();
    let shop = me.client.with_key(new.token.expose()).unwrap();
    let poor = shop.place(&order).await.unwrap_err();
    assert_eq!(poor.refusal().unwrap().code, ErrorCode::NotEnoughFunds);
    me.client.revoke_key(new.key.key_id).await.unwrap();
    let keys: Vec<_> = me.client.keys().try_collect().await.unwrap();
    assert_eq!(keys.len(), 2);
    assert!(
        keys.iter()
            .all(|fed| fed.row.name == "shop" || fed.row.name == "all")
    );

    let seed = me.client.totp_begin().await.unwrap();
    me.client
        .totp_confirm(&code(&panel, seed.secret.expose()))
        .await
        .unwrap();
    let needed = stranger.sign_in(ANN, PASSWORD, None).await.unwrap_err();
    assert_eq!(needed.refusal().unwrap().code, ErrorCode::TotpRequired);
    panel.advance(60_000);
    let next = code(&panel, seed.secret.expose());
    me.client.totp_disable(PASSWORD, &next).await.unwrap();
    assert_eq!(
        me.client
            .change_password(PASSWORD, "another long sentence")
            .await
            .unwrap(),
        0
    );
    let notices: Vec<_> = me.client.notices_since(None).try_collect().await.unwrap();
    assert!(notices.is_empty());
    me.client.sign_out().await.unwrap();
    let over = me.client.account().await.unwrap_err();
    assert_eq!(over.refusal().unwrap().code, ErrorCode::KeyInvalid);
    panel.finish().await;
}
