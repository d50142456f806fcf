//! API keys: what they may do, from where, until when; and that they cannot make others.

use harness::{HOUR, MINUTE, Reply, TestPanel, mistyped};
use reqwest::Method;
use serde_json::{Value, json};
use smm_panel_server::networks::Networks;

use super::{ANN, ask, customer, deeds, get, is_good, key_with, no, post, refused, text};

async fn v3(
    panel: &TestPanel,
    key: &str,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> Reply {
    panel
        .ask(key, method, &format!("/api/v3{path}"), body)
        .await
}

/// What a key may do, by both faces: each call's name and whether its scope was there.
async fn may(panel: &TestPanel, key: &str) -> Vec<(&'static str, bool)> {
    let lacks = |sentence: &str| sentence.starts_with("the API key may not do that: it lacks");
    let mut seen = Vec::new();
    for (scope, action) in [
        ("read", "services"),
        ("read", "status"),
        ("read", "balance"),
        ("read", "refill_status"),
        ("order", "add"),
        ("order", "refill"),
        ("cancel", "cancel"),
    ] {
        let fields = [
            ("action", action),
            ("order", "1"),
            ("orders", "1"),
            ("refill", "1"),
        ];
        let mut fields = fields.to_vec();
        if action == "add" || action == "refill" || action == "status" {
            fields.retain(|(name, _)| *name != "orders");
        }
        let reply = panel.v2_as(key, &fields).await;
        seen.push((
            scope,
            !lacks(reply.json()["error"].as_str().unwrap_or_default()),
        ));
    }
    let order = json!({"service_id": 4711, "link": "https://x.test/a", "quantity": 100});
    let (get, post) = (Method::GET, Method::POST);
    for (scope, method, path, body) in [
        ("read", get.clone(), "/services", None),
        ("read", get.clone(), "/orders", None),
        ("read", get.clone(), "/orders/1", None),
        ("read", get.clone(), "/orders/1/refunds", None),
        ("read", get.clone(), "/refunds", None),
        ("read", get.clone(), "/refills/1", None),
        ("read", get.clone(), "/wallet", None),
        ("read", get.clone(), "/wallet/entries", None),
        ("read", get.clone(), "/account", None),
        ("read", get.clone(), "/account/notices", None),
        ("order", post.clone(), "/orders", Some(order.clone())),
        (
            "order",
            post.clone(),
            "/orders/batch",
            Some(json!({"orders": [{"order": order}]})),
        ),
        ("order", post.clone(), "/orders/1/refill", None),
        ("cancel", post.clone(), "/orders/1/cancel", None),
    ] {
        let reply = v3(panel, key, method, path, body).await;
        let code = reply.json()["code"].as_str().unwrap_or_default().to_owned();
        if code == "scope_missing" {
            assert_eq!(reply.status, 403);
            assert_eq!(reply.json()["details"]["expected"], scope);
        }
        seen.push((scope, code != "scope_missing"));
    }
    seen
}

#[apply(story)]
async fn a_key_does_what_its_scopes_say_and_nothing_else_on_both_faces() {
    let panel = TestPanel::start().await;
    let (_, session) = customer(&panel, ANN).await;
    for scopes in [
        vec!["read"],
        vec!["order"],
        vec!["cancel"],
        vec!["read", "cancel"],
    ] {
        let (_, key) = key_with(&panel, &session, json!({"scopes": scopes})).await;
        for (scope, allowed) in may(&panel, &key).await {
            assert_eq!(allowed, scopes.contains(&scope), "{scopes:?} {scope}");
        }
    }
    assert!(
        may(&panel, &session).await[7..]
            .iter()
            .all(|(_, allowed)| *allowed)
    );
    // Its owner sees what it may do, and a key that may not read does not.
    let (_, key) = key_with(&panel, &session, json!({"scopes": ["order"]})).await;
    assert_eq!(
        refused(&get(&panel, &key, "").await),
        no(403, "scope_missing")
    );
    panel.finish().await;
}

#[apply(story)]
async fn a_key_is_good_from_its_networks_only() {
    let panel = TestPanel::start_with(|config| {
        config.trusted_proxies = Networks::parse("127.0.0.1").unwrap();
    })
    .await;
    let (_, session) = customer(&panel, ANN).await;
    let networks = json!({"addresses": ["192.0.2.0/24", "2001:db8::1"]});
    let (_, key) = key_with(&panel, &session, networks).await;
    let url = panel.url.replace("/api/v2", "/api/v3/wallet");
    for (address, good) in [
        ("192.0.2.77", true),
        ("2001:db8::1", true),
        ("192.0.3.1", false),
        ("2001:db8::2", false),
        // What stands before the proxy's own entry was written by strangers.
        ("192.0.2.1, 198.51.100.1", false),
    ] {
        let typed = panel
            .http()
            .get(&url)
            .bearer_auth(&key)
            .header("x-forwarded-for", address);
        let typed = panel.send(typed).await;
        let form = [("key", key.as_str()), ("action", "balance")];
        let classic = panel
            .http()
            .post(&panel.url)
            .form(&form)
            .header("x-forwarded-for", address);
        let classic = panel.send(classic).await;
        if good {
            assert_eq!(typed.status, 200, "{}", typed.body);
            assert_eq!(classic.json()["balance"], "100.00");
        } else {
            assert_eq!(refused(&typed), no(403, "address_not_allowed"));
            assert_eq!(
                classic.error(),
                "the API key may not be used from this address"
            );
        }
    }
    panel.finish().await;
}

#[apply(story)]
async fn a_key_ends_when_it_says_and_when_it_is_revoked() {
    let panel = TestPanel::start().await;
    let (account, session) = customer(&panel, ANN).await;
    let end = panel.panel.now().plus_ms(HOUR).to_string();
    let (_, expiring) = key_with(&panel, &session, json!({"expires_at": end})).await;
    let (id, revoked) = key_with(&panel, &session, json!({})).await;
    panel.advance(HOUR - 1);
    assert!(is_good(&panel, &expiring).await);
    panel.advance(1);
    assert!(!is_good(&panel, &expiring).await);
    let classic = panel.v2_as(&expiring, &[("action", "balance")]).await;
    assert_eq!(classic.error(), "Invalid API key");

    assert!(is_good(&panel, &revoked).await);
    let path = format!("/keys/{id}/revoke");
    for _ in 0..2 {
        let reply = ask(&panel, &session, Method::POST, &path, None).await;
        assert_eq!(
            text(&reply.json(), "revoked_at"),
            panel.panel.now().to_string()
        );
        assert!(!is_good(&panel, &revoked).await);
    }
    for change in ["", "/rotate"] {
        let method = if change.is_empty() {
            Method::PUT
        } else {
            Method::POST
        };
        let body = if change.is_empty() {
            json!({"name": "x", "scopes": ["read"]})
        } else {
            json!({})
        };
        let path = format!("/keys/{id}{change}");
        let reply = ask(&panel, &session, method, &path, Some(body)).await;
        assert_eq!(refused(&reply), no(409, "state_conflict"));
    }
    let told = deeds(&panel, account).await;
    assert_eq!(
        told,
        ["signed_in", "key_created", "key_created", "key_revoked"]
    );
    panel.finish().await;
}

#[apply(story)]
async fn a_key_is_replaced_and_the_old_one_stays_good_for_a_while() {
    let panel = TestPanel::start().await;
    let (_, session) = customer(&panel, ANN).await;
    let settings = json!({"scopes": ["read"], "daily_cap": "5", "addresses": ["127.0.0.1"]});
    let (id, old) = key_with(&panel, &session, settings).await;
    let rotate = |id: i64| format!("/keys/{id}/rotate");
    let rotated = post(&panel, &session, &rotate(id), json!({})).await;
    assert_eq!(rotated.status, 201, "{}", rotated.body);
    let (new, rotated) = (
        text(&rotated.json(), "token"),
        rotated.json()["key"].clone(),
    );
    assert_eq!(rotated["scopes"], json!(["read"]));
    assert_eq!(rotated["daily_cap"], "5.00");
    assert_eq!(rotated["addresses"], json!(["127.0.0.1"]));
    assert_eq!(rotated["expires_at"], Value::Null);
    panel.advance(24 * HOUR - 1);
    assert!(is_good(&panel, &old).await && is_good(&panel, &new).await);
    panel.advance(1);
    let session = super::sign_in(&panel, ANN).await;
    assert!(!is_good(&panel, &old).await && is_good(&panel, &new).await);

    // Without an overlap, and never longer than the old one would have been good.
    let end = panel.panel.now().plus_ms(MINUTE).to_string();
    let (id, ending) = key_with(&panel, &session, json!({"expires_at": end})).await;
    let reply = post(
        &panel,
        &session,
        &rotate(id),
        json!({"overlap_minutes": 43_200}),
    )
    .await;
    assert_eq!(reply.json()["key"]["expires_at"], end);
    let page = get(&panel, &session, "/keys").await.json();
    let kept = page["keys"]
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["key_id"] == id)
        .unwrap();
    assert_eq!(kept["expires_at"], end, "the end is not moved");
    assert!(is_good(&panel, &ending).await);
    let now = reply.json()["key"]["key_id"].as_i64().unwrap();
    let third = post(
        &panel,
        &session,
        &rotate(now),
        json!({"overlap_minutes": 0}),
    )
    .await;
    assert_eq!(third.status, 201);
    assert!(!is_good(&panel, &text(&reply.json(), "token")).await);
    for minutes in [-1, 43_201, i64::MAX] {
        let body = json!({"overlap_minutes": minutes});
        let reply = post(&panel, &session, &rotate(now), body).await;
        assert_eq!(refused(&reply), no(422, "field_invalid"));
    }
    panel.finish().await;
}

#[apply(story)]
async fn a_keys_settings_are_replaced_and_its_last_use_is_kept() {
    let panel = TestPanel::start().await;
    let (account, session) = customer(&panel, ANN).await;
    let (id, key) = key_with(&panel, &session, json!({"daily_cap": "5"})).await;
    let path = format!("/keys/{id}");
    let settings = json!({"name": "reader", "scopes": ["read"]});
    let changed = ask(&panel, &session, Method::PUT, &path, Some(settings))
        .await
        .json();
    assert_eq!(changed["name"], "reader");
    assert_eq!(changed["scopes"], json!(["read"]));
    assert_eq!(changed["daily_cap"], Value::Null);
    assert_eq!(changed["last_used_at"], Value::Null);
    assert_eq!(text(&changed, "begins_with"), "smp_live_");
    assert!(key.ends_with(&text(&changed, "last4")));
    let order = json!({"service_id": 1, "link": "https://x.test/a", "quantity": 100});
    let reply = v3(&panel, &key, Method::POST, "/orders", Some(order)).await;
    assert_eq!(refused(&reply), no(403, "scope_missing"));

    panel.advance(MINUTE);
    assert!(is_good(&panel, &key).await);
    panel.work().await;
    let page = get(&panel, &session, "/keys?limit=1").await.json();
    assert_eq!(
        page["keys"][0]["last_used_at"],
        panel.panel.now().to_string()
    );
    assert_eq!(page["keys"][0]["last_used_address"], "127.0.0.1");
    assert_eq!(page["has_more"], false);
    assert!(!page.to_string().contains(&key[9..]), "a key is shown once");
    assert_eq!(
        deeds(&panel, account).await,
        ["signed_in", "key_created", "key_changed"]
    );
    panel.finish().await;
}

#[apply(story)]
async fn bad_settings_are_refused_by_the_fields_name() {
    let panel = TestPanel::start().await;
    let (_, session) = customer(&panel, ANN).await;
    let past = panel.panel.now().to_string();
    for (field, value, status) in [
        ("name", json!(""), 422),
        ("name", json!("x".repeat(101)), 422),
        ("scopes", json!([]), 422),
        ("scopes", json!(["write"]), 400),
        ("scopes", json!("read"), 400),
        ("addresses", json!(["localhost"]), 422),
        ("addresses", json!(["10.0.0.0/33"]), 422),
        ("daily_cap", json!("0"), 422),
        ("daily_cap", json!("-1"), 422),
        ("daily_cap", json!("0.0000000001"), 422),
        ("daily_cap", json!(5), 400),
        ("expires_at", json!(past), 422),
        ("expires_at", json!("tomorrow"), 422),
        ("account_id", json!(1), 400),
        ("spent_nano", json!(0), 400),
    ] {
        let mut settings = json!({"name": "shop", "scopes": ["read"]});
        settings[field] = value;
        let reply = post(&panel, &session, "/keys", settings).await;
        assert_eq!(reply.status, status, "{field}: {}", reply.body);
        if status == 422 {
            assert_eq!(reply.json()["details"]["field"], field, "{}", reply.body);
        }
    }
    let page = get(&panel, &session, "/keys").await.json();
    assert_eq!(page["keys"], json!([]));
    panel.finish().await;
}

#[apply(story)]
async fn a_key_cannot_manage_keys_and_nobody_those_of_others() {
    let panel = TestPanel::start().await;
    let (_, ann) = customer(&panel, ANN).await;
    let (_, bob) = customer(&panel, "bob@example.com").await;
    let (id, key) = key_with(&panel, &ann, json!({})).await;
    let settings = || json!({"name": "x", "scopes": ["read"]});
    let calls = |id: i64| {
        [
            (Method::PUT, format!("/keys/{id}"), Some(settings())),
            (Method::POST, format!("/keys/{id}/rotate"), Some(json!({}))),
            (Method::POST, format!("/keys/{id}/revoke"), None),
        ]
    };
    let own = [
        (Method::GET, "/keys".to_owned(), None),
        (Method::POST, "/keys".to_owned(), Some(settings())),
    ];
    for (method, path, body) in own.into_iter().chain(calls(id)) {
        let reply = ask(&panel, &key, method, &path, body).await;
        assert_eq!(refused(&reply), no(403, "session_needed"), "{path}");
    }
    for id in [id, 4711] {
        for (method, path, body) in calls(id) {
            let reply = ask(&panel, &bob, method, &path, body).await;
            assert_eq!(refused(&reply), no(404, "object_unknown"), "{path}");
        }
    }
    assert!(is_good(&panel, &key).await);
    for token in [mistyped(&ann), mistyped(&key), String::new()] {
        assert_eq!(
            refused(&get(&panel, &token, "/keys").await),
            no(401, "key_invalid")
        );
    }
    panel.finish().await;
}

#[apply(story)]
async fn an_account_has_a_hundred_keys_at_most() {
    let panel = TestPanel::start().await;
    let (_, session) = customer(&panel, ANN).await;
    let (first, _) = key_with(&panel, &session, json!({})).await;
    for _ in 1..100 {
        key_with(&panel, &session, json!({})).await;
    }
    let settings = json!({"name": "x", "scopes": ["read"]});
    let reply = post(&panel, &session, "/keys", settings.clone()).await;
    assert_eq!(refused(&reply), no(409, "state_conflict"));
    ask(
        &panel,
        &session,
        Method::POST,
        &format!("/keys/{first}/revoke"),
        None,
    )
    .await;
    assert_eq!(post(&panel, &session, "/keys", settings).await.status, 201);
    panel.finish().await;
}
