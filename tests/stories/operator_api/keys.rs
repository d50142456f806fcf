//! API keys of customers, as operators see, make and revoke them.

use super::staffing::{hire, sign_in};
use super::*;

const KEYS: &str = "/accounts/1/keys";

fn settings(name: &str) -> Value {
    json!({"name": name, "scopes": ["read", "order"], "daily_cap": "5.00"})
}

#[apply(story)]
async fn an_operator_makes_changes_replaces_and_revokes_a_customers_key() {
    let desk = Desk::start().await;
    let panel = &desk.panel;
    hire(panel, Role::Operator, "otto@x.test").await;
    let otto = sign_in(panel, "otto@x.test").await;
    let does = async |method: Method, path: &str, body: Value| {
        let reply = ask_as(panel, &otto, method, path, Some(body)).await;
        (reply.status, reply.json())
    };
    let (status, made) = does(Method::POST, KEYS, settings("shop")).await;
    assert_eq!(status, 201, "{made}");
    let token = made["token"].as_str().unwrap();
    let balance = panel.v2_as(token, &[("action", "balance")]).await;
    assert_eq!(balance.json()["balance"], "100.00");
    let key = made["key"]["key_id"].as_i64().unwrap();

    let listed = desk.get(KEYS).await;
    let names: Vec<&Value> = listed["keys"].as_array().unwrap().iter().collect();
    assert_eq!(names.len(), 2, "{listed}");
    assert_eq!(names[1]["name"], "shop");
    assert!(names[1]["token"].is_null());

    let one = format!("{KEYS}/{key}");
    let (status, changed) = does(
        Method::PUT,
        &one,
        json!({"name": "till", "scopes": ["read"]}),
    )
    .await;
    assert_eq!(
        (status, &changed["name"]),
        (200, &json!("till")),
        "{changed}"
    );
    let (status, new) = does(
        Method::POST,
        &format!("{one}/rotate"),
        json!({"overlap_minutes": 0}),
    )
    .await;
    assert_eq!(status, 201, "{new}");
    let old = panel.v2_as(token, &[("action", "balance")]).await;
    assert_eq!(old.error(), "Invalid API key");
    let token = new["token"].as_str().unwrap();
    let revoke = format!("{KEYS}/{}/revoke", new["key"]["key_id"]);
    let (status, revoked) = does(Method::POST, &revoke, json!({})).await;
    assert_eq!(status, 200, "{revoked}");
    let gone = panel.v2_as(token, &[("action", "balance")]).await;
    assert_eq!(gone.error(), "Invalid API key");
    let deeds = desk.deeds().await;
    let did: Vec<&str> = deeds
        .iter()
        .filter_map(|deed| deed.strip_prefix("operator:4 "))
        .collect();
    assert_eq!(
        did,
        [
            "signed_in account:4",
            "key_created account:1",
            "key_changed account:1",
            "key_rotated account:1",
            "key_revoked account:1",
        ]
    );
    desk.panel.finish().await;
}

#[apply(story)]
async fn who_makes_a_key_for_somebody_else_is_confirmed_and_never_makes_one_of_staff() {
    let desk = Desk::start().await;
    let panel = &desk.panel;
    // A key is not enough, whatever it may do.
    let no = desk.no(Method::POST, KEYS, settings("shop")).await;
    assert_eq!(no, "403 session_needed -");
    let refusal = desk
        .no(Method::POST, "/accounts/99/keys", settings("x"))
        .await;
    assert_eq!(refusal, "403 session_needed -");
    hire(panel, Role::Operator, "otto@x.test").await;
    let otto = sign_in(panel, "otto@x.test").await;
    let staff_key = json!({"name": "x", "scopes": ["read"]});
    let reply = ask_as(
        panel,
        &otto,
        Method::POST,
        "/accounts/3/keys",
        Some(staff_key),
    )
    .await;
    assert_eq!(refused(&reply), (409, "state_conflict".to_owned()));
    assert!(
        reply.body.contains("make, change and replace their own"),
        "{}",
        reply.body
    );
    panel.advance(11 * harness::MINUTE);
    let reply = ask_as(panel, &otto, Method::POST, KEYS, Some(settings("shop"))).await;
    assert_eq!(refused(&reply), (403, "confirmation_needed".to_owned()));
    // Revoking stops something, and needs neither; a key of staff can be revoked by any operator.
    let keys = desk.get("/accounts/2/keys").await;
    let id = keys["keys"][0]["key_id"].as_i64().unwrap();
    let path = format!("/accounts/2/keys/{id}/revoke");
    let reply = ask_as(panel, &desk.support, Method::POST, &path, Some(json!({}))).await;
    assert_eq!(refused(&reply), (403, "forbidden".to_owned()));
    let (status, revoked) = desk.post(&path, json!({})).await;
    assert_eq!(status, 200, "{revoked}");
    let me = ask_as(panel, &desk.support, Method::GET, "/me", None).await;
    assert_eq!(me.status, 401, "{}", me.body);
    desk.panel.finish().await;
}
