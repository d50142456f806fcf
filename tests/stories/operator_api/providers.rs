//! Providers: added, tested, changed, paused; and never called where they must not be.

use harness::{MINUTE, Reply, TestPanel, alert_kinds, staff, texts};
use reqwest::Method;
use serde_json::{Value, json};
use smm_panel_server::actor::Role;
use smm_panel_server::demo::provider::{Dialect, Script};
use smm_panel_server::money::Money;

use super::{ask_as, refused};

async fn ask(panel: &TestPanel, key: &str, method: Method, path: &str, body: Value) -> Reply {
    let body = (!body.is_null()).then_some(body);
    ask_as(panel, key, method, path, body).await
}

const NOTHING: Value = Value::Null;

#[apply(story)]
async fn a_provider_is_added_tested_and_its_key_is_never_shown() {
    let panel = TestPanel::start().await;
    let (_, key) = staff(&panel.panel, Role::Operator, "olga").await;
    let secret = panel.provider.key().to_owned();
    let new = json!({"name": "second", "url": panel.provider.url(), "key": secret});
    let added = ask(&panel, &key, Method::POST, "/providers", new.clone()).await;
    assert_eq!(added.status, 201, "{}", added.body);
    assert_eq!(added.json()["currency"], "USD");
    let id = added.json()["provider_id"].as_i64().unwrap();
    let again = ask(&panel, &key, Method::POST, "/providers", new).await;
    assert_eq!(refused(&again), (409, "name_taken".to_owned()));

    let path = format!("/providers/{id}");
    panel.provider.keep_request_ids(true);
    let test = format!("{path}/test");
    let tested = ask(&panel, &key, Method::POST, &test, NOTHING).await;
    assert_eq!(
        tested.json(),
        json!({"balance": "1000000.00", "currency": "USD", "services": 4, "unreadable_rows": 0,
            "example": {"provider_service": "1", "name": "Followers", "is_package": false,
                "price": "0.30", "cost": "0.30"},
            "unknown_types": [], "keeps_request_ids": true})
    );
    let balance = format!("{path}/balance");
    let balance = ask(&panel, &key, Method::GET, &balance, NOTHING).await;
    assert_eq!(balance.json()["balance"], "1000000.00");
    let view = ask(&panel, &key, Method::GET, &path, NOTHING).await;
    assert_eq!(view.json()["keeps_request_ids"], true);
    let proved =
        "SELECT actor || ' ' || action || ' ' || became FROM audit_log ORDER BY id DESC LIMIT 1";
    let became = r#"operator:2 provider_changed {"replays_requests":true}"#;
    assert_eq!(texts(&panel, proved).await, [became]);
    // Another key has to prove it anew.
    let wrong = json!({"key": "wrong-key-wrong-key", "timeout_ms": 2000, "concurrency": 3});
    let changed = ask(&panel, &key, Method::PATCH, &path, wrong).await;
    assert_eq!(changed.json()["keeps_request_ids"], false);
    assert_eq!(changed.json()["concurrency"], 3);
    let tested = ask(&panel, &key, Method::POST, &test, NOTHING).await;
    assert_eq!(refused(&tested), (409, "state_conflict".to_owned()));
    let message = tested.json()["message"].clone();
    let message = message.as_str().unwrap();
    assert_eq!(message.matches("Invalid API key").count(), 1, "{message}");
    let list = ask(&panel, &key, Method::GET, "/providers", NOTHING).await;
    let kept = "SELECT COALESCE(was, '') || COALESCE(became, '') FROM audit_log";
    let kept = texts(&panel, kept).await.concat();
    for shown in [
        &added.body,
        &view.body,
        &changed.body,
        &tested.body,
        &list.body,
        &kept,
    ] {
        assert!(!shown.contains(&secret), "{shown}");
        assert!(!shown.contains("wrong-key"), "{shown}");
    }
    assert_eq!(panel.provider.orders(), []);
    panel.finish().await;
}

#[apply(story)]
async fn nothing_is_sent_to_a_provider_that_an_operator_paused() {
    let panel = TestPanel::start().await;
    let (_, key) = staff(&panel.panel, Role::Operator, "olga").await;
    let path = format!("/providers/{}", panel.provider_id);
    let pause = format!("{path}/pause");
    let paused = ask(&panel, &key, Method::POST, &pause, NOTHING)
        .await
        .json();
    assert_eq!(
        (&paused["pause"], &paused["takes_orders"]),
        (&"operator".into(), &false.into())
    );
    let since = paused["paused_since"].clone();
    assert_eq!(since, panel.panel.now().to_string());
    assert_eq!(paused["pause_reason"], "by operator:2");
    let fields = [
        ("action", "add"),
        ("service", "1"),
        ("link", "https://x.test/p"),
        ("quantity", "100"),
    ];
    panel.v2(&fields).await.order();
    panel.pass(harness::HOUR).await;
    assert_eq!(panel.provider.orders(), []);
    // Who pauses it again, or changes it, does not begin another pause.
    ask(&panel, &key, Method::POST, &pause, NOTHING).await;
    ask(
        &panel,
        &key,
        Method::PATCH,
        &path,
        json!({"concurrency": 3}),
    )
    .await;
    let view = ask(&panel, &key, Method::GET, &path, NOTHING).await.json();
    assert_eq!(view["paused_since"], since);
    let resume = format!("{path}/resume");
    let resumed = ask(&panel, &key, Method::POST, &resume, NOTHING)
        .await
        .json();
    assert_eq!(resumed["takes_orders"], true);
    assert!(resumed.get("paused_since").is_none(), "{resumed}");
    panel.work().await;
    assert_eq!(panel.provider.orders().len(), 1);
    assert_eq!(alert_kinds(&panel).await, [""; 0]);
    panel.finish().await;
}

#[apply(story)]
async fn a_provider_that_paused_itself_shows_since_when_and_what_it_said() {
    let panel = TestPanel::start().await;
    let (_, key) = staff(&panel.panel, Role::Operator, "olga").await;
    let path = format!("/providers/{}", panel.provider_id);
    panel.provider.set_balance(Money::from_nano(1));
    let funds = "Not enough funds on balance";
    panel.provider.set_script(1, Script::Refuse(funds));
    panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    let since = panel.panel.now().to_string();
    panel.pass(harness::HOUR).await;
    let view = ask(&panel, &key, Method::GET, &path, NOTHING).await.json();
    assert_eq!(view["pause"], "trouble");
    assert_eq!(view["paused_since"], since, "it was tried since");
    let reason = view["pause_reason"].as_str().unwrap();
    assert!(reason.contains(funds), "{view}");
    panel.finish().await;
}

#[apply(story)]
async fn a_provider_that_charges_in_another_currency_needs_an_exchange_rate() {
    let panel = TestPanel::start().await;
    let (_, key) = staff(&panel.panel, Role::Operator, "olga").await;
    let path = format!("/providers/{}", panel.provider_id);
    for (body, field) in [
        (json!({"currency": "RUB"}), "exchange_rate"),
        (json!({"exchange_rate": "1.08"}), "exchange_rate"),
        (
            json!({"currency": "rub", "exchange_rate": "0.01"}),
            "currency",
        ),
        (
            json!({"currency": "RUB", "exchange_rate": "0"}),
            "exchange_rate",
        ),
        (
            json!({"currency": "RUB", "exchange_rate": "-1"}),
            "exchange_rate",
        ),
        (
            json!({"currency": "USD", "exchange_rate": "2"}),
            "exchange_rate",
        ),
    ] {
        let no = ask(&panel, &key, Method::PATCH, &path, body).await;
        assert_eq!(refused(&no), (422, "field_invalid".to_owned()));
        assert_eq!(no.json()["details"]["field"], field);
    }
    let body = json!({"currency": "RUB", "exchange_rate": "0.010869565"});
    let changed = ask(&panel, &key, Method::PATCH, &path, body).await.json();
    assert_eq!(changed["exchange_rate"], "0.010869565");
    // Its balance says USD: nothing is believed of it until both agree.
    let test = format!("{path}/test");
    let no = ask(&panel, &key, Method::POST, &test, NOTHING).await;
    assert_eq!(refused(&no), (409, "state_conflict".to_owned()));
    assert!(
        no.json()["message"]
            .as_str()
            .unwrap()
            .contains("not in RUB"),
        "{}",
        no.body
    );
    panel.finish().await;
}

#[apply(story)]
async fn what_is_wrong_with_a_provider_is_said_and_changes_nothing() {
    let panel = TestPanel::start_with(|config| config.provider_allow_loopback = false).await;
    let (_, key) = staff(&panel.panel, Role::Operator, "olga").await;
    let (_, support) = staff(&panel.panel, Role::Support, "sue").await;
    let new = |name: &str, url: &str, key: &str| json!({"name": name, "url": url, "key": key});
    let url = "https://panel.example/api/v2";
    for body in [
        new("", url, "k"),
        new("a=b", url, "k"),
        new("a\u{7}b", url, "k"),
        new("a", url, ""),
        new("a", url, "k\n"),
        new("a", url, &"k".repeat(257)),
        new("a", "panel.example", "k"),
        new("a", "http://panel.example/", "k"),
        new("a", "https://127.0.0.1/", "k"),
        new("a", "https://169.254.169.254/", "k"),
        new("a", "http://localhost/", "k"),
        json!({"name": "a", "url": url, "key": "k", "timeout_ms": 9}),
        json!({"name": "a", "url": url, "key": "k", "concurrency": 0}),
        json!({"name": "a", "url": url, "key": "k", "currency": "EUR"}),
    ] {
        let no = ask(&panel, &key, Method::POST, "/providers", body).await;
        assert_eq!(
            refused(&no),
            (422, "field_invalid".to_owned()),
            "{}",
            no.body
        );
    }
    let no = json!({"name": "a", "url": url, "key": "k", "key_sealed": "x"});
    let no = ask(&panel, &key, Method::POST, "/providers", no).await;
    assert_eq!(refused(&no), (400, "request_invalid".to_owned()));
    for (method, path) in [
        (Method::POST, "/providers/1/pause"),
        (Method::POST, "/providers/1/resume"),
        (Method::POST, "/providers/1/test"),
    ] {
        let no = ask(&panel, &support, method, path, NOTHING).await;
        assert_eq!(refused(&no), (403, "forbidden".to_owned()), "{path}");
    }
    for path in [
        "/providers/99",
        "/providers/99/offers",
        "/providers/99/balance",
    ] {
        let no = ask(&panel, &support, Method::GET, path, NOTHING).await;
        assert_eq!(refused(&no), (404, "object_unknown".to_owned()), "{path}");
    }
    let list = ask(&panel, &support, Method::GET, "/providers", NOTHING)
        .await
        .json();
    assert_eq!(list["providers"].as_array().unwrap().len(), 1);
    // A row that was written when loopback was allowed is not called any more.
    let before = panel.provider.requests().len();
    let no = ask(
        &panel,
        &support,
        Method::GET,
        "/providers/1/balance",
        NOTHING,
    )
    .await;
    assert_eq!(refused(&no), (409, "state_conflict".to_owned()));
    assert_eq!(panel.provider.requests().len(), before);
    panel.finish().await;
}

#[apply(story)]
async fn what_was_learned_of_asking_a_provider_is_read_with_it() {
    let panel = TestPanel::start().await;
    let (_, key) = staff(&panel.panel, Role::Operator, "olga").await;
    let path = format!("/providers/{}", panel.provider_id);
    let asking = async || {
        let view = ask(&panel, &key, Method::GET, &path, NOTHING).await;
        assert_eq!(view.status, 200, "{}", view.body);
        let list = ask(&panel, &key, Method::GET, "/providers", NOTHING).await;
        assert_eq!(list.json()["providers"][0], view.json());
        view.json()["asking"].clone()
    };
    let nothing = |action: &str| json!({"action": action, "largest_list": 100, "is_set": false});
    let untold = ["status", "refill_status", "cancel"].map(nothing);
    assert_eq!(asking().await, json!(untold));

    panel.provider.speak(Dialect::OnlyOne);
    panel.provider.set_script(1, Script::Deliver { over_ms: 0 });
    for n in 0..3 {
        panel.order(&format!("https://x.test/{n}"), 1000).await;
    }
    panel.work().await;
    panel.advance(MINUTE);
    panel.work().await;
    let mut known = asking().await;
    let learned_at = known[0]["learned_at"].take();
    assert!(learned_at.is_string(), "{learned_at}");
    let from = known[0]["learned_from"].take();
    let from = from.as_str().unwrap();
    assert!(from.starts_with("a list was refused: "), "{from}");
    assert_eq!(
        known,
        json!([
            {"action": "status", "lists": "refused", "one_id": "singular", "is_set": false,
             "learned_at": null, "learned_from": null},
            untold[1],
            untold[2],
        ])
    );
    panel.finish().await;
}

#[apply(story)]
async fn a_provider_is_added_with_its_dialect_and_asked_as_an_operator_has_set() {
    let panel = TestPanel::start().await;
    let (_, key) = staff(&panel.panel, Role::Operator, "olga").await;
    let new = |dialect: Value| {
        json!({"name": "second", "url": panel.provider.url(), "key": panel.provider.key(),
            "dialect": dialect})
    };
    for (wrong, field) in [
        (json!({"price_per": "by the dozen"}), "price_per"),
        (json!({"currency_word": ""}), "currency_word"),
        (
            json!({"asking": [{"action": "status", "lists": "works", "largest_list": 1}]}),
            "largest_list",
        ),
    ] {
        let no = ask(&panel, &key, Method::POST, "/providers", new(wrong)).await;
        assert_eq!(no.status, 422, "{}", no.body);
        assert_eq!(no.json()["details"]["field"], field);
    }
    let dialect = json!({
        "price_per": "1", "currency_word": "none", "decodes_twice": true,
        "types": [{"word": "Followers", "service_type": "Default"}],
        "asking": [
            {"action": "status", "lists": "works", "largest_list": 20},
            {"action": "cancel", "lists": "refused"},
        ],
    });
    let added = ask(&panel, &key, Method::POST, "/providers", new(dialect)).await;
    assert_eq!(added.status, 201, "{}", added.body);
    let added = added.json();
    assert_eq!(
        added["dialect"],
        json!({"price_per": "1", "price_column": "rate", "currency_word": "none",
            "types": [{"word": "followers", "service_type": "Default"}], "id_names_order": true,
            "decodes_twice": true, "compares_charges": true})
    );
    let set = [
        json!({"action": "status", "lists": "works", "largest_list": 20, "is_set": true}),
        json!({"action": "refill_status", "largest_list": 100, "is_set": false}),
        json!({"action": "cancel", "lists": "refused", "one_id": "singular", "is_set": true}),
    ];
    assert_eq!(added["asking"], json!(set));
    let kept = "SELECT became FROM audit_log WHERE action = 'provider_added'";
    let kept = texts(&panel, kept).await.remove(0);
    assert!(kept.contains(r#""currency_word":"none""#), "{kept}");
    assert!(kept.contains(r#""largest_list":20"#), "{kept}");

    // What is set is obeyed, and not learned over, until it is forgotten.
    let path = format!("/providers/{}", panel.provider_id);
    let change = async |asking: Value| {
        let body = json!({"dialect": {"asking": [asking]}});
        let changed = ask(&panel, &key, Method::PATCH, &path, body).await;
        assert_eq!(changed.status, 200, "{}", changed.body);
        changed.json()["asking"][0].clone()
    };
    let one = json!({"action": "status", "lists": "refused", "one_id": "plural"});
    let set = json!({"action": "status", "lists": "refused", "one_id": "plural", "is_set": true});
    assert_eq!(change(one).await, set);
    panel.provider.set_script(1, Script::Deliver { over_ms: 0 });
    for n in 0..2 {
        panel.order(&format!("https://x.test/{n}"), 1000).await;
    }
    panel.work().await;
    panel.pass(MINUTE).await;
    let requests = panel.provider.requests();
    let asked = requests.iter().filter(|seen| seen.action == "status");
    let asked: Vec<_> = asked.map(|seen| seen.fields[0].clone()).collect();
    let plural = |id: &str| ("orders".to_owned(), id.to_owned());
    assert_eq!(asked, [plural("5000001"), plural("5000002")]);
    let view = ask(&panel, &key, Method::GET, &path, NOTHING).await;
    assert_eq!(view.json()["asking"][0], set);
    let forgotten = change(json!({"action": "status"})).await;
    assert_eq!(
        forgotten,
        json!({"action": "status", "largest_list": 100, "is_set": false})
    );
    panel.finish().await;
}
