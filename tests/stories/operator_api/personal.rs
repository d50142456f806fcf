//! What is held about one person, asked for and erased by the operator's API.

use harness::account;
use smm_panel_server::accounts::{self, KeyTerms, Scopes};
use smm_panel_server::actor::Actor;
use smm_panel_server::audit;
use smm_panel_server::ids::AccountId;

use super::staffing::{PASSWORD, hire, sign_in};
use super::*;

const MINUTE: i64 = 60_000;

#[apply(story)]
async fn what_is_held_about_somebody_is_written_out_and_erased() {
    let panel = TestPanel::start().await;
    let olga = hire(&panel, Role::Operator, "olga@x.test").await;
    let session = sign_in(&panel, "olga@x.test").await;
    let (_, support) = staff(&panel.panel, Role::Support, "sue").await;
    let (zoe, zoes_key) = account(&panel.panel, "zoe", "1").await;
    let key = async |scopes: &str| {
        let terms = KeyTerms {
            scopes: Scopes::parse(scopes).unwrap(),
            ..KeyTerms::named("script")
        };
        let (panel, actor) = (&panel.panel, Actor::command());
        let made = accounts::create_key(panel, &actor, AccountId(olga), &terms).await;
        made.unwrap().1.expose().to_owned()
    };
    let (reads, manages) = (key("read").await, key("accounts").await);
    let export = async |token: &str, who: &str| {
        let path = format!("/accounts/{who}/export");
        ask_as(&panel, token, Method::GET, &path, None).await
    };
    // Whoever reads the panel need not read all about somebody.
    for (token, code) in [
        (&reads, "scope_missing"),
        (&support, "forbidden"),
        (&zoes_key, "forbidden"),
    ] {
        let no = export(token, "zoe").await;
        assert_eq!(refused(&no), (403, code.to_owned()));
    }
    let unknown = export(&manages, "nobody").await;
    assert_eq!(refused(&unknown), (404, "object_unknown".to_owned()));
    let held = export(&manages, "zoe").await;
    assert_eq!(held.status, 200, "{}", held.body);
    let held = held.json();
    assert_eq!(held["account_id"], zoe.0);
    assert_eq!(held["held"]["accounts"][0]["name"], "zoe");
    assert_eq!(held["held"]["wallets"][0]["balance"], "1.00");

    let erase = async |token: &str| {
        let body = json!({"reason": "asked for by mail"});
        ask_as(
            &panel,
            token,
            Method::POST,
            "/accounts/zoe/erase",
            Some(body),
        )
        .await
    };
    // There is no way back, so no key does it.
    for (token, code) in [
        (&manages, "session_needed"),
        (&reads, "scope_missing"),
        (&support, "forbidden"),
    ] {
        assert_eq!(refused(&erase(token).await), (403, code.to_owned()));
    }
    let no = erase(&session).await;
    assert_eq!(refused(&no), (409, "state_conflict".to_owned()));
    assert!(no.body.contains("the wallet holds 1.00 USD"), "{}", no.body);
    let order = [
        ("action", "add"),
        ("service", "1"),
        ("link", "https://x.test/zoe"),
        ("quantity", "1000"),
    ];
    panel.v2_as(&zoes_key, &order).await.order();
    for _ in 0..3 {
        panel.pass(harness::DELIVERY).await;
    }
    let correct = json!({"amount": "0.10", "reason": "paid out", "reference": "left",
        "credit_reference": "zoe"});
    let corrected = ask_as(
        &panel,
        &session,
        Method::POST,
        &format!("/accounts/{zoe}/corrections"),
        Some(correct),
    )
    .await;
    assert!(corrected.status < 300, "{}", corrected.body);
    panel.advance(10 * MINUTE);
    assert_eq!(
        refused(&erase(&session).await),
        (403, "confirmation_needed".to_owned())
    );
    let body = json!({"password": PASSWORD});
    let confirmed = ask_as(&panel, &session, Method::POST, "/me/confirm", Some(body)).await;
    assert!(confirmed.status < 300, "{}", confirmed.body);
    let erased = erase(&session).await;
    let expected = json!({"account_id": zoe.0, "orders": 1, "erased_before": false});
    assert_eq!((erased.status, erased.json()), (200, expected));
    let called = format!("erased-{zoe}");
    let after = export(&manages, &called).await.json();
    assert_eq!(after["held"]["accounts"][0]["name"], called);
    assert!(!after.to_string().contains("x.test/zoe"), "{after}");
    let body = json!({"reason": "asked for by mail"});
    let path = format!("/accounts/{called}/erase");
    let again = ask_as(&panel, &session, Method::POST, &path, Some(body)).await;
    assert_eq!(again.json()["erased_before"], true);
    let deeds = format!(
        "SELECT actor || ' ' || action FROM audit_log WHERE subject = 'account:{zoe}' \
         AND action IN ('account_exported', 'account_erased') ORDER BY id"
    );
    let expected = ["account_exported", "account_erased", "account_exported"]
        .map(|deed| format!("operator:{olga} {deed}"));
    assert_eq!(texts(&panel, &deeds).await, expected);
    let verdict = audit::verify(&panel.panel.db, &panel.panel.secrets, None).await;
    assert_eq!(verdict.unwrap().broken, None);
    panel.finish().await;
}
