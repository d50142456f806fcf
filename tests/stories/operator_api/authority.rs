//! What a key of staff may do, and what wants a confirmation of who somebody is.

use harness::account;
use smm_panel_server::accounts::{self, KeyTerms, Scope, Scopes};
use smm_panel_server::actor::Actor;
use smm_panel_server::ids::AccountId;
use smm_panel_server::money::Money;
use totp_rs::{Builder, Secret};

use super::staffing::{PASSWORD, hire, sign_in};
use super::*;

const MINUTE: i64 = 60_000;

/// A panel with an operator who signs in, and a customer with 100 USD.
struct Office {
    panel: TestPanel,
    olga: AccountId,
    session: String,
}

impl Office {
    async fn open() -> Office {
        let panel = TestPanel::start().await;
        let olga = hire(&panel, Role::Operator, "olga@x.test").await;
        let session = sign_in(&panel, "olga@x.test").await;
        Office {
            panel,
            olga: AccountId(olga),
            session,
        }
    }

    /// A key of Olga's.
    async fn key(&self, scopes: &str, limit: Option<&str>) -> String {
        let terms = KeyTerms {
            scopes: Scopes::parse(scopes).unwrap(),
            action_limit: limit.map(|limit| Money::parse(limit).unwrap()),
            ..KeyTerms::named("script")
        };
        let (panel, actor) = (&self.panel.panel, Actor::command());
        let made = accounts::create_key(panel, &actor, self.olga, &terms).await;
        made.unwrap().1.expose().to_owned()
    }

    async fn post(&self, token: &str, path: &str, body: Value) -> Reply {
        ask_as(&self.panel, token, Method::POST, path, Some(body)).await
    }

    /// The status, and the code if it is an error.
    async fn answer(&self, token: &str, path: &str, body: Value) -> String {
        let reply = self.post(token, path, body).await;
        let json = reply.json();
        let code = json["code"].as_str().unwrap_or("done");
        format!("{} {code}", reply.status)
    }

    async fn credits(&self, token: &str, amount: &str, reference: &str) -> String {
        let body = json!({"amount": amount, "reason": "bank", "reference": reference});
        self.answer(token, "/accounts/1/credit", body).await
    }

    /// A customer with this balance; gives the number.
    async fn customer(&self, name: &str, balance: &str) -> i64 {
        account(&self.panel.panel, name, balance).await.0.0
    }
}

#[apply(story)]
async fn a_key_does_what_its_scopes_say_and_nothing_else() {
    let office = Office::open().await;
    let tried = [
        (Scope::Read, Method::GET, "/accounts", None),
        (
            Scope::Support,
            Method::POST,
            "/accounts/1/notices",
            Some(json!({"message": "Hello."})),
        ),
        (
            Scope::Money,
            Method::POST,
            "/accounts/1/credit",
            Some(json!({"amount": "1.00", "reason": "x", "reference": "r"})),
        ),
        (
            Scope::Catalogue,
            Method::POST,
            "/tiers",
            Some(json!({"name": "gold", "percent": "-5.00"})),
        ),
        (
            Scope::Accounts,
            Method::POST,
            "/accounts",
            Some(json!({"name": "alice"})),
        ),
    ];
    for scope in Scopes::OF_STAFF.each() {
        let key = office.key(scope.word(), None).await;
        for (needed, method, path, body) in &tried {
            let reply = ask_as(&office.panel, &key, method.clone(), path, body.clone()).await;
            if *needed == scope {
                assert!(reply.status < 300, "{scope} {path}: {}", reply.body);
            } else {
                let no = (403, "scope_missing".to_owned());
                assert_eq!(refused(&reply), no, "{scope} {path}");
                assert_eq!(reply.json()["details"]["expected"], needed.word());
            }
        }
    }
    // A role stays what it is, whatever the key's scopes are.
    let (_, support) = staff(&office.panel.panel, Role::Support, "sue").await;
    let no = office.credits(&support, "1.00", "s").await;
    assert_eq!(no, "403 forbidden");
    office.panel.finish().await;
}

#[apply(story)]
async fn new_keys_of_staff_name_their_scopes_and_have_an_end_if_they_say_so() {
    let office = Office::open().await;
    let make = async |settings: Value| {
        let path = "/api/v3/account/keys";
        office
            .panel
            .ask(&office.session, Method::POST, path, Some(settings))
            .await
    };
    for (scopes, field) in [
        (json!(["read", "order"]), "scopes"),
        (json!(["cancel"]), "scopes"),
        (json!([]), "scopes"),
    ] {
        let no = make(json!({"name": "script", "scopes": scopes})).await;
        assert!([400, 422].contains(&no.status), "{}", no.body);
        assert_eq!(no.json()["details"]["field"], field, "{}", no.body);
    }
    let no = make(json!({"name": "script"})).await;
    assert_eq!(refused(&no), (400, "request_invalid".to_owned()));
    let end = office.panel.panel.now().plus_ms(MINUTE).to_string();
    let made =
        make(json!({"name": "script", "scopes": ["read", "money"], "expires_at": end})).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let made = made.json();
    assert_eq!(made["key"]["scopes"], json!(["read", "money"]));
    let key = made["token"].as_str().unwrap().to_owned();
    assert_eq!(office.credits(&key, "1.00", "a").await, "201 done");
    office.panel.advance(MINUTE);
    assert_eq!(office.credits(&key, "1.00", "b").await, "401 key_invalid");
    // A customer's key has no scope of staff.
    let (_, customer) = harness::person(&office.panel, "ann@x.test").await;
    for settings in [
        json!({"name": "shop", "scopes": ["read", "money"]}),
        json!({"name": "shop", "scopes": ["read"], "action_limit": "5"}),
    ] {
        let path = "/api/v3/account/keys";
        let no = office
            .panel
            .ask(&customer, Method::POST, path, Some(settings))
            .await;
        assert_eq!(refused(&no), (422, "field_invalid".to_owned()));
    }
    office.panel.finish().await;
}

#[apply(story)]
async fn a_key_moves_by_itself_what_its_limit_covers_and_proposes_the_rest() {
    let office = Office::open().await;
    let scopes = "read support money accounts";
    let (bound, none) = (
        office.key(scopes, Some("250")).await,
        office.key(scopes, None).await,
    );
    // Up to the setting nobody is asked.
    assert_eq!(office.credits(&none, "100.00", "a").await, "201 done");
    let body = json!({"amount": "100.01", "reason": "bank", "reference": "b"});
    let no = office.post(&none, "/accounts/1/credit", body.clone()).await;
    assert_eq!(refused(&no), (403, "above_key_limit".to_owned()));
    assert_eq!(
        no.json()["message"],
        "the key may move at most 100.00 USD by one action, and this is about 100.01 USD: propose it \
         (adjustment_propose), or sign in"
    );
    let mut proposal = body;
    proposal["account_id"] = 1.into();
    assert_eq!(
        office.answer(&none, "/adjustments", proposal).await,
        "201 done"
    );
    let accept = json!({"accept": true});
    let decision = "/adjustments/1/decision";
    assert_eq!(
        office.answer(&none, decision, accept.clone()).await,
        "403 above_key_limit"
    );
    assert_eq!(office.answer(&bound, decision, accept).await, "200 done");
    assert_eq!(office.credits(&bound, "250.00", "c").await, "201 done");
    assert_eq!(
        office.credits(&bound, "250.01", "d").await,
        "403 above_key_limit"
    );
    let take = json!({"credit_reference": "c", "amount": "200", "reason": "x", "reference": "e"});
    let path = "/accounts/1/corrections";
    assert_eq!(
        office.answer(&none, path, take.clone()).await,
        "403 above_key_limit"
    );
    assert_eq!(office.answer(&bound, path, take).await, "201 done");
    let deposit = json!({"amount": "250.01", "reason": "seen", "reference": "DE-1"});
    let path = "/accounts/1/deposits";
    let no = office.post(&bound, path, deposit).await;
    assert_eq!(refused(&no), (403, "above_key_limit".to_owned()));
    assert!(
        no.json()["message"]
            .as_str()
            .unwrap()
            .ends_with("USD: sign in"),
        "{}",
        no.body
    );

    // What a suspension forfeits counts, what open orders hold with it.
    let small = office.customer("small", "250").await;
    let large = office.customer("large", "250.01").await;
    let (held, key) = account(&office.panel.panel, "held", "251").await;
    let order = [
        ("action", "add"),
        ("service", "1"),
        ("link", "https://x.test/a"),
        ("quantity", "5000"),
    ];
    office.panel.v2_as(&key, &order).await.order();
    let why = || json!({"reason": "resold"});
    let suspend = |account: i64| format!("/accounts/{account}/suspend");
    assert_eq!(
        office.answer(&none, &suspend(small), why()).await,
        "403 above_key_limit"
    );
    for account in [large, held.0] {
        let no = office.answer(&bound, &suspend(account), why()).await;
        assert_eq!(no, "403 above_key_limit", "{account}");
    }
    assert_eq!(
        office.answer(&bound, &suspend(small), why()).await,
        "200 done"
    );
    let back = |amount: &str, reference: &str| json!({"amount": amount, "reference": reference, "reason": "bank"});
    let path = format!("/accounts/{small}/chargebacks");
    assert_eq!(
        office.answer(&bound, &path, back("250.01", "CB-1")).await,
        "403 above_key_limit"
    );
    assert_eq!(
        office.answer(&bound, &path, back("250", "CB-1")).await,
        "201 done"
    );
    let path = format!("/accounts/{large}/chargebacks");
    assert_eq!(
        office.answer(&bound, &path, back("1", "CB-2")).await,
        "403 above_key_limit"
    );
    office.panel.finish().await;
}

#[apply(story)]
async fn a_session_confirms_after_ten_minutes_before_it_moves_much() {
    let office = Office::open().await;
    let session = &office.session;
    let (one, two) = (
        office.customer("one", "5").await,
        office.customer("two", "5").await,
    );
    let why = || json!({"reason": "resold"});
    // Signing in counts.
    assert_eq!(office.credits(session, "500.00", "a").await, "201 done");
    let me = ask_as(&office.panel, session, Method::GET, "/me", None)
        .await
        .json();
    let until = office.panel.panel.now().plus_ms(10 * MINUTE).to_string();
    assert_eq!(me["confirmed_until"], until);
    office.panel.advance(10 * MINUTE - 1);
    assert_eq!(
        office
            .answer(session, &format!("/accounts/{one}/suspend"), why())
            .await,
        "200 done"
    );
    office.panel.advance(1);
    let gone = "403 confirmation_needed";
    let suspend = format!("/accounts/{two}/suspend");
    let back = json!({"amount": "1", "reference": "CB", "reason": "bank"});
    let hire = json!({
        "email": "otto@x.test", "name": "otto", "role": "operator", "password": PASSWORD,
    });
    for (path, body) in [
        (suspend.as_str(), why()),
        (&format!("/accounts/{two}/chargebacks"), back),
        ("/staff", hire),
    ] {
        assert_eq!(office.answer(session, path, body).await, gone, "{path}");
    }
    assert_eq!(office.credits(session, "100.01", "b").await, gone);
    assert_eq!(office.credits(session, "100.00", "b").await, "201 done");
    let other = sign_in(&office.panel, "olga@x.test").await;
    assert_eq!(office.credits(&other, "100.01", "c").await, "201 done");
    assert_eq!(office.credits(session, "100.01", "d").await, gone);

    for (proof, answer) in [
        (json!({}), "422 field_invalid"),
        (json!({"code": "123456"}), "422 field_invalid"),
        (
            json!({"password": "another sentence"}),
            "401 sign_in_failed",
        ),
        (json!({"password": PASSWORD}), "200 done"),
    ] {
        assert_eq!(
            office.answer(session, "/me/confirm", proof.clone()).await,
            answer,
            "{proof}"
        );
        let free = if answer == "200 done" {
            "201 done"
        } else {
            gone
        };
        assert_eq!(
            office.credits(session, "100.01", "d").await,
            free,
            "{proof}"
        );
    }
    assert_eq!(office.answer(session, &suspend, why()).await, "200 done");
    office.panel.advance(10 * MINUTE);
    assert_eq!(office.credits(session, "100.01", "e").await, gone);
    // A key cannot confirm; nor can it be given more than the session may do.
    let key = office.key("read money", None).await;
    let proof = json!({"password": PASSWORD});
    assert_eq!(
        office.answer(&key, "/me/confirm", proof).await,
        "403 session_needed"
    );
    let all = ["read", "support", "money", "catalogue", "accounts"];
    let settings = json!({"name": "script", "scopes": all, "action_limit": "1000"});
    let path = "/api/v3/account/keys";
    let no = office
        .panel
        .ask(session, Method::POST, path, Some(settings.clone()))
        .await;
    assert_eq!(refused(&no), (403, "confirmation_needed".to_owned()));
    let made = office
        .panel
        .ask(&other, Method::POST, path, Some(settings))
        .await;
    assert_eq!(refused(&made), (403, "confirmation_needed".to_owned()));
    let fresh = sign_in(&office.panel, "olga@x.test").await;
    let settings = json!({"name": "script", "scopes": all, "action_limit": "1000"});
    let made = office
        .panel
        .ask(&fresh, Method::POST, path, Some(settings.clone()))
        .await;
    assert_eq!(
        (made.status, &made.json()["key"]["action_limit"]),
        (201, &json!("1000.00"))
    );
    let id = made.json()["key"]["key_id"].as_i64().unwrap();
    for (method, path, body) in [
        (Method::PUT, format!("{path}/{id}"), settings),
        (Method::POST, format!("{path}/{id}/rotate"), json!({})),
    ] {
        let no = office.panel.ask(session, method, &path, Some(body)).await;
        assert_eq!(
            refused(&no),
            (403, "confirmation_needed".to_owned()),
            "{path}"
        );
    }
    let kept = "SELECT action FROM audit_log WHERE action = 'confirmed'";
    assert_eq!(texts(&office.panel, kept).await, ["confirmed"]);
    office.panel.finish().await;
}

#[apply(story)]
async fn with_codes_on_it_is_a_code_that_confirms_once() {
    let office = Office::open().await;
    let session = &office.session;
    let totp = "/api/v3/account/totp";
    let seed = office
        .panel
        .ask(session, Method::POST, totp, None)
        .await
        .json();
    let secret = Secret::try_from_base32(seed["secret"].as_str().unwrap()).unwrap();
    let codes = Builder::new().with_secret(secret).build().unwrap();
    let code = || {
        let seconds = office.panel.panel.now().ms() / 1_000;
        codes.generate(u64::try_from(seconds).unwrap()).to_string()
    };
    let on = json!({"code": code()});
    let path = format!("{totp}/confirm");
    office
        .panel
        .ask(session, Method::POST, &path, Some(on))
        .await;
    office.panel.advance(10 * MINUTE);
    let confirm = async |proof: Value| office.answer(session, "/me/confirm", proof).await;
    assert_eq!(
        confirm(json!({"password": PASSWORD})).await,
        "422 field_invalid"
    );
    assert_eq!(
        confirm(json!({"code": "000000"})).await,
        "401 sign_in_failed"
    );
    assert_eq!(
        office.credits(session, "500", "a").await,
        "403 confirmation_needed"
    );
    let fresh = code();
    assert_eq!(confirm(json!({"code": fresh})).await, "200 done");
    assert_eq!(office.credits(session, "500", "a").await, "201 done");
    assert_eq!(confirm(json!({"code": fresh})).await, "401 sign_in_failed");
    // Wrong ones count as they do at signing in.
    let mut answers = Vec::new();
    for _ in 0..10 {
        answers.push(confirm(json!({"code": "000000"})).await);
    }
    assert_eq!(
        answers.last().unwrap(),
        "429 too_many_attempts",
        "{answers:?}"
    );
    office.panel.finish().await;
}

#[apply(story)]
async fn the_staff_is_changed_by_people_never_by_a_key() {
    let office = Office::open().await;
    let sue = hire(&office.panel, Role::Support, "sue@x.test").await;
    let key = office
        .key("read support money catalogue accounts", Some("1000000"))
        .await;
    for (what, body) in [
        ("remove", json!({"reason": "x"})),
        ("role", json!({"role": "operator", "reason": "x"})),
        ("password", json!({"password": PASSWORD, "reason": "x"})),
        ("totp/reset", json!({"reason": "x"})),
    ] {
        let path = format!("/staff/{sue}/{what}");
        assert_eq!(
            office.answer(&key, &path, body).await,
            "403 session_needed",
            "{what}"
        );
    }
    office.panel.finish().await;
}
