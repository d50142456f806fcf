//! What accounts may be called, and that nobody passes for somebody else.

use harness::{TestPanel, account, staff, texts};
use reqwest::Method;
use serde_json::{Value, json};
use smm_panel_server::accounts;
use smm_panel_server::actor::{Actor, Role};

use super::{PASSWORD, no, post, refused, text};

/// What no account is called, with what it is refused for.
const NO_NAMES: [(&str, u16, &str); 14] = [
    ("bob@example.com", 422, "field_invalid"),
    ("bob\u{ff20}example.com", 422, "field_invalid"),
    ("bob (at) example.com", 422, "field_invalid"),
    ("b\u{200b}ob", 422, "field_invalid"),
    ("b\u{202e}ob", 422, "field_invalid"),
    ("b\u{3164}ob", 422, "field_invalid"),
    ("b\u{43e}b", 422, "field_invalid"),
    ("17", 422, "field_invalid"),
    ("BOB", 409, "name_taken"),
    ("\u{ff42}\u{ff4f}\u{ff42}", 409, "name_taken"),
    ("0lga", 409, "name_taken"),
    ("Olga.", 409, "name_taken"),
    ("bob example com", 409, "name_taken"),
    ("b0b-examp1e.com", 409, "name_taken"),
];

/// A panel with Bob, a customer, and Olga, an operator; her key too.
async fn with_bob_and_olga() -> (TestPanel, i64, String) {
    let panel = TestPanel::start().await;
    let (_, olga) = staff(&panel.panel, Role::Operator, "Olga").await;
    let new = json!({"email": "bob@example.com", "password": PASSWORD, "name": "bob"});
    let bob = post(&panel, "", "", new).await.json()["account_id"].as_i64();
    (panel, bob.unwrap(), olga)
}

async fn names(panel: &TestPanel) -> Vec<String> {
    texts(panel, "SELECT name FROM accounts ORDER BY id").await
}

#[apply(story)]
async fn nobody_signs_up_under_a_name_that_passes_for_another() {
    let (panel, _, _) = with_bob_and_olga().await;
    let before = names(&panel).await;
    let sign_up = async |name: Option<&str>, number: usize| {
        let email = format!("eve{number}@example.com");
        let new = json!({"email": email, "password": PASSWORD, "name": name});
        post(&panel, "", "", new).await
    };
    for (number, (name, status, code)) in NO_NAMES.into_iter().enumerate() {
        let reply = sign_up(Some(name), number).await;
        assert_eq!(
            refused(&reply),
            no(status, code),
            "{name:?}: {}",
            reply.body
        );
    }
    assert_eq!(names(&panel).await, before);
    for (number, name) in [(20, "modem"), (21, "modern"), (22, "Ann's \u{5e97}")] {
        assert_eq!(sign_up(Some(name), number).await.status, 201, "{name}");
    }
    let made = sign_up(None, 23).await.json();
    assert!(text(&made, "name").starts_with("customer-"), "{made}");
    panel.finish().await;
}

#[apply(story)]
async fn no_operator_gives_an_account_such_a_name() {
    let (panel, _, olga) = with_bob_and_olga().await;
    let (eve, _) = account(&panel.panel, "eve", "0").await;
    let path = format!("/operator/v1/accounts/{eve}");
    for (name, status, code) in NO_NAMES {
        for (method, path) in [
            (Method::POST, "/operator/v1/accounts"),
            (Method::PATCH, path.as_str()),
        ] {
            let body = Some(json!({"name": name}));
            let reply = panel.ask(&olga, method.clone(), path, body).await;
            assert_eq!(refused(&reply), no(status, code), "{method} {name:?}");
        }
    }
    // Its own name in other letters is no twin of it.
    let body = Some(json!({"name": "Eve"}));
    let reply = panel.ask(&olga, Method::PATCH, &path, body).await;
    assert_eq!(
        (reply.status, text(&reply.json(), "name")),
        (200, "Eve".to_owned())
    );
    // What comes to the staff later looks like nobody either.
    let create = async |name| {
        let actor = Actor::command();
        accounts::create(&panel.panel, &actor, Role::Support, name).await
    };
    assert!(create("3ve and b0b").await.is_ok());
    let twin = create("b0b").await.unwrap_err().to_string();
    assert!(twin.contains("looks like b0b"), "{twin}");
    panel.finish().await;
}

#[apply(story)]
async fn money_goes_to_nobody_while_it_is_not_clear_who_is_meant() {
    let (panel, bob, olga) = with_bob_and_olga().await;
    let (eve, _) = account(&panel.panel, "eve", "0").await;
    let credit = async |who: &str, reference: &str| {
        let path = format!("/operator/v1/accounts/{who}/credit");
        let body = json!({"amount": "5", "reason": "a transfer", "reference": reference});
        panel.ask(&olga, Method::POST, &path, Some(body)).await
    };
    let paid = |reply: &Value| reply["account_id"].as_i64();
    for (who, reference) in [
        ("bob%40example.com", "a"),
        ("BOB", "b"),
        (&bob.to_string(), "c"),
    ] {
        assert_eq!(
            paid(&credit(who, reference).await.json()),
            Some(bob),
            "{who}"
        );
    }
    let unknown = credit("rob", "d").await;
    assert_eq!(refused(&unknown), no(404, "object_unknown"));

    // A squatter of before the rules, in the very letters and in letters that look like them.
    for name in ["bob@example.com", "b\u{43e}b@example.com"] {
        panel
            .sql(&format!(
                "UPDATE accounts SET name = '{name}', name_key = NULL, name_skeleton = NULL \
                 WHERE id = {eve}"
            ))
            .await;
        let unclear = credit("bob%40example.com", "e").await;
        assert_eq!(refused(&unclear), no(409, "state_conflict"));
        let message = text(&unclear.json(), "message");
        for shown in [
            format!("{bob} (\"bob\", bob@example.com)"),
            format!("{eve} ("),
        ] {
            assert!(message.contains(&shown), "{message}");
        }
        assert_eq!(
            names(&panel).await.last().unwrap(),
            name,
            "nobody is renamed"
        );
    }
    let balance =
        format!("SELECT CAST(balance_nano AS TEXT) FROM wallets WHERE account_id = {eve}");
    assert_eq!(texts(&panel, &balance).await, ["0"]);
    for (who, reference) in [(bob.to_string(), "f"), (format!("id:{bob}"), "g")] {
        assert_eq!(
            paid(&credit(&who, reference).await.json()),
            Some(bob),
            "{who}"
        );
    }
    let told = texts(&panel, "SELECT message FROM alerts ORDER BY id").await;
    let [first, second] = told.as_slice() else {
        panic!("{told:?}");
    };
    for told in [first, second] {
        assert!(told.contains("1 accounts have names") && told.contains("bob@example.com"));
    }
    panel.finish().await;
}
