//! Staff sign in too, and never become customers.

use harness::{TestPanel, staff};
use reqwest::Method;
use secrecy::SecretString;
use serde_json::json;
use smm_panel_server::accounts::{self, Email, NewPassword, NewPerson};
use smm_panel_server::actor::{Actor, Role};

use super::{ANN, PASSWORD, ask, customer, get, is_good, no, post, refused, sign_in, text};

const OLGA: &str = "olga@example.com";

async fn register(panel: &TestPanel, role: Role, email: &str) {
    let new = NewPerson {
        role,
        email: Email::parse(email).unwrap(),
        password: NewPassword::checked("password", SecretString::from(PASSWORD)).unwrap(),
        name: None,
    };
    accounts::register(&panel.panel, &Actor::command(), new)
        .await
        .unwrap();
}

#[apply(story)]
async fn a_session_of_staff_works_on_the_operators_side_only() {
    let panel = TestPanel::start().await;
    register(&panel, Role::Operator, OLGA).await;
    let session = sign_in(&panel, OLGA).await;
    let me = panel
        .ask(&session, Method::GET, "/operator/v1/me", None)
        .await;
    assert_eq!(text(&me.json(), "role"), "operator", "{}", me.body);
    let order = json!({"service_id": 1, "link": "https://x.test/a", "quantity": 100});
    let (_, old_key) = staff(&panel.panel, Role::Operator, "otto").await;
    for token in [&session, &old_key] {
        assert_eq!(
            text(&get(&panel, token, "").await.json(), "role"),
            "operator"
        );
        for (method, path, body) in [
            (Method::GET, "/api/v3/services", None),
            (Method::GET, "/api/v3/wallet", None),
            (Method::POST, "/api/v3/orders", Some(order.clone())),
        ] {
            let reply = panel.ask(token, method, path, body).await;
            assert_eq!(refused(&reply), no(403, "forbidden"), "{path}");
        }
    }
    ask(&panel, &session, Method::POST, "/sign-out", None).await;
    let me = panel
        .ask(&session, Method::GET, "/operator/v1/me", None)
        .await;
    assert_eq!(refused(&me), no(401, "key_invalid"));
    panel.finish().await;
}

#[apply(story)]
async fn a_key_that_staff_make_is_one_of_staff() {
    let panel = TestPanel::start().await;
    register(&panel, Role::Support, OLGA).await;
    let session = sign_in(&panel, OLGA).await;
    let all = ["read", "support", "money", "catalogue", "accounts"];
    let settings = json!({"name": "script", "scopes": all, "addresses": ["127.0.0.1"]});
    let made = post(&panel, &session, "/keys", settings).await.json();
    let key = text(&made, "token");
    assert!(key.starts_with("smp_op_"), "{made}");
    let me = panel.ask(&key, Method::GET, "/operator/v1/me", None).await;
    assert_eq!(text(&me.json(), "role"), "support");
    let far = json!({"name": "script", "scopes": all, "addresses": ["192.0.2.1"]});
    let path = format!("/keys/{}", made["key"]["key_id"]);
    ask(&panel, &session, Method::PUT, &path, Some(far)).await;
    let me = panel.ask(&key, Method::GET, "/operator/v1/me", None).await;
    assert_eq!(refused(&me), no(403, "address_not_allowed"));
    for (field, value) in [("scopes", json!(["order"])), ("daily_cap", json!("5"))] {
        let mut settings = json!({"name": "script", "scopes": all});
        settings[field] = value;
        let reply = post(&panel, &session, "/keys", settings).await;
        assert_eq!(refused(&reply), no(422, "field_invalid"));
        assert_eq!(reply.json()["details"]["field"], field);
    }
    panel.finish().await;
}

#[apply(story)]
async fn a_customers_session_is_told_nothing_of_the_operators_side() {
    let panel = TestPanel::start().await;
    let (_, session) = customer(&panel, ANN).await;
    let me = panel
        .ask(&session, Method::GET, "/operator/v1/me", None)
        .await;
    assert_eq!(refused(&me), no(403, "forbidden"));
    assert!(is_good(&panel, &session).await);
    panel.finish().await;
}
