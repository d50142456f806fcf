//! Who may suspend, who is told what, and what the suspended are answered.

use harness::{TestPanel, person, staff, texts};
use reqwest::Method;
use serde_json::{Value, json};
use smm_panel_server::actor::{Actor, Role};
use smm_panel_server::error::{Error, Refusal};
use smm_panel_server::ids::AccountId;
use smm_panel_server::suspensions;

use super::{ask, because, operator, refused, suspend};

#[apply(story)]
async fn every_operation_of_both_apis_answers_a_suspended_account_the_same() {
    let panel = TestPanel::start().await;
    let order = panel.order("https://x.test/p", 1000).await;
    let (ann, session) = person(&panel, "ann@example.com").await;
    suspend(&panel).await;
    let why = "stolen cards";
    suspensions::suspend(&panel.panel, &Actor::command(), ann, why)
        .await
        .unwrap();
    for action in [
        "balance",
        "services",
        "add",
        "status",
        "refill",
        "refill_status",
        "cancel",
        "nope",
    ] {
        let form = [("action", action), ("order", "1"), ("refill", "1")];
        let answer = panel.v2(&form).await.error();
        assert_eq!(answer, "Your account has been suspended.", "{action}");
    }
    // Every operation that the document has, so that none is forgotten: by a key, and by a session
    // where it takes one only.
    let document = panel
        .ask("", Method::GET, "/openapi.json", None)
        .await
        .json();
    let mut seen = 0;
    for (path, operations) in document["paths"].as_object().unwrap() {
        let ids = ["order_id", "refill_id", "key_id", "notice_id"];
        let place = ids.iter().fold(path.clone(), |path, id| {
            path.replace(&format!("{{{id}}}"), &order.to_string())
        });
        for (method, operation) in operations.as_object().unwrap() {
            let token = match operation["security"][0].as_object() {
                Some(scheme) if scheme.contains_key("api_key") => &panel.key,
                Some(scheme) if scheme.contains_key("session") => &session,
                _ => continue,
            };
            let method: Method = method.to_uppercase().parse().unwrap();
            let body = (method != Method::GET).then(|| json!({}));
            let reply = panel.ask(token, method, &place, body).await;
            let suspended = (403, "account_suspended".to_owned());
            assert_eq!(refused(&reply), suspended, "{path}");
            seen += 1;
        }
    }
    assert!(seen >= 24, "{seen} operations");
    panel.finish().await;
}

#[apply(story)]
async fn only_an_operator_suspends_and_support_reads() {
    let panel = TestPanel::start().await;
    let (_, sue) = staff(&panel.panel, Role::Support, "sue").await;
    let olga = operator(&panel).await;
    let paths = ["suspend", "reinstate", "chargebacks"];
    for path in paths.map(|path| format!("/accounts/{}/{path}", panel.account)) {
        for key in [&sue, &panel.key] {
            let reply = ask(&panel, key, Method::POST, &path, because("x")).await;
            assert_eq!(refused(&reply), (403, "forbidden".to_owned()), "{path}");
        }
    }
    assert_eq!(panel.balance().await, "100.00");
    let path = format!("/accounts/{}/suspend", panel.account);
    let done = ask(
        &panel,
        &olga,
        Method::POST,
        &path,
        because(" stolen cards "),
    )
    .await;
    let done = done.json();
    assert_eq!(
        [&done["reason"], &done["kind"], &done["forfeited"]],
        ["stolen cards", "ordinary", "100.00"]
    );
    let again = ask(&panel, &olga, Method::POST, &path, because("again")).await;
    assert_eq!(refused(&again), (409, "state_conflict".to_owned()));
    let list = format!("/suspensions?account_id={}", panel.account);
    let list = ask(&panel, &sue, Method::GET, &list, None).await.json();
    assert_eq!(list["suspensions"][0]["forfeited"], "100.00");
    assert_eq!(list["next_cursor"], Value::Null);
    let none = ask(
        &panel,
        &sue,
        Method::GET,
        "/suspensions?account_id=999",
        None,
    )
    .await;
    assert_eq!(none.json()["suspensions"], json!([]));
    // Only a person, never a rule.
    let rule = suspensions::suspend(&panel.panel, &Actor::panel(), panel.account, "x").await;
    assert!(matches!(rule, Err(Error::Refused(Refusal::Forbidden))));
    let deeds = "SELECT action || ' ' || subject FROM audit_log WHERE action = 'forbidden' \
                 OR action LIKE 'account_s%' ORDER BY id";
    let account = panel.account;
    let mut expected: Vec<String> = paths
        .iter()
        .map(|path| format!("forbidden POST /operator/v1/accounts/{account}/{path}"))
        .collect();
    expected.push(format!("account_suspended account:{account}"));
    assert_eq!(texts(&panel, deeds).await, expected);
    panel.finish().await;
}

#[apply(story)]
async fn what_is_no_suspension_is_refused_and_changes_nothing() {
    let panel = TestPanel::start().await;
    let olga = operator(&panel).await;
    let post = |path: String, body: Option<Value>| {
        let (panel, olga) = (&panel, &olga);
        async move { refused(&ask(panel, olga, Method::POST, &path, body).await) }
    };
    let path = |account: AccountId| format!("/accounts/{account}/suspend");
    let long = "x".repeat(1001);
    for reason in ["", " ", "a\u{7}b", &long] {
        let no = post(path(panel.account), because(reason)).await;
        assert_eq!(no, (422, "field_invalid".to_owned()), "{reason:?}");
    }
    for body in [
        json!({}),
        json!({"reason": 1}),
        json!({"reason": "x", "forfeited": "0.00"}),
        json!({"reason": "x", "account_id": 2}),
    ] {
        let no = post(path(panel.account), Some(body.clone())).await;
        assert_eq!(no, (400, "request_invalid".to_owned()), "{body}");
    }
    let no = post(path(AccountId(999)), because("x")).await;
    assert_eq!(no, (404, "object_unknown".to_owned()));
    // Staff have no wallet to forfeit.
    let (sue, _) = staff(&panel.panel, Role::Support, "sue").await;
    let no = post(path(sue), because("x")).await;
    assert_eq!(no, (409, "state_conflict".to_owned()));
    let not_suspended = format!("/accounts/{}/reinstate", panel.account);
    let no = post(not_suspended, because("x")).await;
    assert_eq!(no, (409, "state_conflict".to_owned()));
    assert_eq!(panel.balance().await, "100.00");
    panel.finish().await;
}
