//! Providers that speak oddly: what their prices are for, what they call their currency and their
//! types is data that an operator sets, and their first charges show what was misread.

mod charges;
mod first_orders;

use harness::{Reply, TestPanel, staff, texts};
use reqwest::Method;
use serde_json::{Value, json};
use smm_panel_server::actor::Role;
use smm_panel_server::demo::provider::Fault;

/// A panel with an operator, whose provider says what the story says.
struct Odd {
    panel: TestPanel,
    key: String,
}

impl Odd {
    async fn start() -> Odd {
        let panel = TestPanel::start().await;
        let (_, key) = staff(&panel.panel, Role::Operator, "olga").await;
        Odd { panel, key }
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        let path = format!("/operator/v1/providers/{}{path}", self.panel.provider_id);
        self.panel.ask(&self.key, method, &path, body).await
    }

    /// Sets how the provider speaks.
    async fn set(&self, dialect: Value) -> Value {
        let set = self
            .ask(Method::PATCH, "", Some(json!({"dialect": dialect})))
            .await;
        assert_eq!(set.status, 200, "{}", set.body);
        set.json()["dialect"].clone()
    }

    /// The next reading of its catalogue finds these rows.
    fn lists(&self, rows: &Value) {
        let fault = Fault::Http(200, rows.to_string());
        self.panel.provider.fail_next("services", fault);
    }

    async fn findings(&self) -> Value {
        let found = self.ask(Method::GET, "/findings", None).await;
        assert_eq!(found.status, 200, "{}", found.body);
        found.json()
    }

    async fn import(&self, body: Value) -> Reply {
        self.ask(Method::POST, "/import", Some(body)).await
    }

    /// Id and cost of what it sells, as its catalogue was last read.
    async fn costs(&self) -> Vec<String> {
        let listed = self.ask(Method::GET, "/offers", None).await.json();
        let services = listed["services"].as_array().unwrap().iter();
        let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
        services
            .map(|one| format!("{} {}", text(one, "provider_service"), text(one, "cost")))
            .collect()
    }
}

/// A row of a catalogue with these fields beside the usual ones.
fn row(id: i64, more: Value) -> Value {
    let mut row = json!({"service": id, "name": format!("Service {id}"), "category": "Odd",
        "type": "Default", "min": "10", "max": "10000"});
    for (name, value) in more.as_object().unwrap() {
        row[name] = value.clone();
    }
    row
}

#[apply(story)]
async fn prices_are_read_per_unit_and_from_any_column() {
    let odd = Odd::start().await;
    let cases = [
        (json!({}), json!({"rate": "0.90"})),
        (json!({"price_per": "1"}), json!({"rate": "0.0009"})),
        (json!({}), json!({"rate": 0.0009})),
        (json!({}), json!({"rate": 9e-4})),
        (
            json!({"price_column": "rate_per_unit"}),
            json!({"rate": "123", "rate_per_unit": "0.0009"}),
        ),
        (
            json!({"price_column": "price", "price_per": "1000"}),
            json!({"price": 0.9}),
        ),
        (
            json!({"price_per": "per"}),
            json!({"price": "0.09", "per": 100}),
        ),
        (json!({}), json!({"price": "0.90", "per": "per 1000"})),
        (json!({}), json!({"price": "0.0009", "per": "unit"})),
        (json!({}), json!({"price": "0.9", "per": "1k"})),
    ];
    for (dialect, fields) in cases {
        odd.set(dialect.clone()).await;
        // The price of a package is that of one, whatever the others are for.
        let mut package = fields.clone();
        for column in ["rate", "rate_per_unit", "price"] {
            if package.get(column).is_some() {
                package[column] = json!("31.60");
            }
        }
        package["type"] = json!("Package");
        odd.lists(&json!([row(20, fields.clone()), row(21, package)]));
        let read = odd.ask(Method::POST, "/sync", Some(json!({}))).await;
        assert_eq!(read.status, 200, "{fields}: {}", read.body);
        assert_eq!(
            odd.costs().await,
            ["20 0.90", "21 31.60"],
            "{dialect} {fields}"
        );
    }
    // A row without the column says nothing.
    odd.lists(&json!([
        row(20, json!({"price": "0.90"})),
        row(21, json!({"price": "1", "per": 0})),
        row(22, json!({"price": "0.90", "per": 1000}))
    ]));
    let read = odd.ask(Method::POST, "/sync", Some(json!({}))).await;
    assert_eq!(read.json()["skipped"], 2, "{}", read.body);
    assert_eq!(odd.costs().await, ["22 0.90"]);
    let kept = "SELECT was || became FROM audit_log WHERE action = 'provider_changed' ORDER BY id";
    assert!(texts(&odd.panel, kept).await[1].contains(r#""price_per":"1""#));
    odd.panel.finish().await;
}

#[apply(story)]
async fn what_cannot_be_a_dialect_is_refused() {
    let odd = Odd::start().await;
    for (dialect, field) in [
        (json!({"price_per": "0"}), "price_per"),
        (json!({"price_per": "a column"}), "price_per"),
        (json!({"price_column": ""}), "price_column"),
        (json!({"currency_word": " "}), "currency_word"),
    ] {
        let body = Some(json!({"dialect": dialect}));
        let no = odd.ask(Method::PATCH, "", body).await;
        assert_eq!(no.status, 422, "{dialect}: {}", no.body);
        assert_eq!(no.json()["details"]["field"], field, "{}", no.body);
    }
    let none = odd
        .ask(Method::PATCH, "", Some(json!({"dialect": {"price": 1}})))
        .await;
    assert_eq!(none.status, 400, "{}", none.body);
    odd.panel.finish().await;
}

#[apply(story)]
async fn types_in_other_words_are_sold_once_a_person_has_applied_them() {
    let odd = Odd::start().await;
    let rows = json!([
        row(20, json!({"rate": "0.90", "type": "followers"})),
        row(21, json!({"rate": "0.90", "type": "Followers "})),
        row(22, json!({"rate": "0.90", "type": null})),
        row(23, json!({"rate": "0.90", "type": "Zorch_it"})),
    ]);
    // Nothing that it lists can be sold: the answer says what to do about it.
    odd.lists(&rows);
    let import = json!({"categories": ["Odd"], "markup_percent": "50"});
    let refused = odd.import(import.clone()).await;
    assert_eq!(refused.status, 409, "{}", refused.body);
    assert!(
        refused
            .body
            .contains(r"provider set simulated --type 'followers=Default'"),
        "{}",
        refused.body
    );
    let found = odd.findings().await["unknown_types"].clone();
    let words: Vec<String> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{} {} {}", one["word"], one["services"], one["proposed"]))
        .collect();
    let expected = [
        r#""followers" 2 "Default""#,
        r#""none" 1 "Default""#,
        r#""zorchit" 1 null"#,
    ];
    assert_eq!(words, expected);
    assert!(found[0]["learned_at"].is_string() && found[0]["example"] == "Service 20");

    // One is applied: its services are sold, the others are still proposed.
    let types = json!({"types": [{"word": "FOLLOWERS", "service_type": "Default"}]});
    odd.set(types).await;
    odd.lists(&rows);
    let made = odd.import(import.clone()).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let made = made.json();
    assert_eq!(made["service_ids"].as_array().unwrap().len(), 2, "{made}");
    assert_eq!(made["unknown_types"].as_array().unwrap().len(), 2, "{made}");
    assert_eq!(made["skipped"]["unknown_types"], 2, "{made}");
    let types = json!({"types": [{"word": "none", "service_type": "Default"},
        {"word": "zorch it", "service_type": "Custom Comments"}]});
    let dialect = odd.set(types).await;
    assert_eq!(dialect["types"].as_array().unwrap().len(), 3, "{dialect}");
    odd.lists(&rows);
    let made = odd.import(import).await.json();
    assert_eq!(
        (&made["already_sold"], &made["unknown_types"]),
        (&json!(2), &json!([]))
    );
    assert_eq!(odd.findings().await["unknown_types"], json!([]));
    let sold = "SELECT service_type FROM services WHERE category = 'Odd' ORDER BY id";
    let sold = texts(&odd.panel, sold).await;
    assert_eq!(sold, ["Default", "Default", "Default", "Custom Comments"]);
    odd.panel.finish().await;
}

#[apply(story)]
async fn a_word_that_is_forgotten_is_not_sold_any_more() {
    let odd = Odd::start().await;
    odd.set(json!({"types": [{"word": "likes", "service_type": "Default"}]}))
        .await;
    let rows = json!([
        row(20, json!({"rate": "0.90", "type": "likes"})),
        row(21, json!({"rate": "0.90"}))
    ]);
    odd.lists(&rows);
    let made = odd
        .import(json!({"categories": ["Odd"], "markup_percent": "50"}))
        .await;
    assert_eq!(
        made.json()["service_ids"].as_array().unwrap().len(),
        2,
        "{}",
        made.body
    );
    odd.set(json!({"types": [{"word": "likes"}]})).await;
    odd.lists(&rows);
    odd.panel.work().await;
    let states = "SELECT state FROM services WHERE category = 'Odd' ORDER BY id";
    assert_eq!(texts(&odd.panel, states).await, ["paused", "on_sale"]);
    odd.panel.finish().await;
}

#[apply(story)]
async fn a_balance_in_another_word_says_what_to_set_and_then_is_read() {
    let cases = [
        // What it answers; what the test says; what is set; what is read then.
        (
            r#"{"balance":"100.50","currency":"USDT"}"#,
            r#"its balance is in \"USDT\", not in USD: if that counts as USD, set the word that it uses (provider set simulated --currency-word 'USDT')"#,
            json!({"dialect": {"currency_word": "USDT"}}),
            "100.50 USD",
        ),
        (
            r#"{"balance":"100.50","currency":null}"#,
            r#"its balance names no currency, not in USD: if that counts as USD, set the word that it uses (provider set simulated --currency-word 'none')"#,
            json!({"dialect": {"currency_word": "none"}}),
            "100.50 USD",
        ),
        (
            r#"{"balance":100.5}"#,
            "--currency-word 'none'",
            json!({"dialect": {"currency_word": "none"}}),
            "100.50 USD",
        ),
        (
            r#"{"balance":"100.50","currency":"R$"}"#,
            "--currency-word 'R$'",
            json!({"currency": "BRL", "exchange_rate": "0.18", "dialect": {"currency_word": "R$"}}),
            "100.50 BRL",
        ),
        (
            r#"{"balance":"R$ 100.50"}"#,
            "--currency-word 'R$'",
            json!({"currency": "BRL", "exchange_rate": "0.18", "dialect": {"currency_word": "r$"}}),
            "100.50 BRL",
        ),
        (
            r#"{"balance":"100.50","currency":"INR"}"#,
            "provider set simulated --currency INR --exchange-rate USD",
            json!({"currency": "INR", "exchange_rate": "0.012"}),
            "100.50 INR",
        ),
    ];
    for (answer, says, set, read) in cases {
        let odd = Odd::start().await;
        let says_it = || {
            let fault = Fault::Http(200, answer.to_owned());
            odd.panel.provider.fail_next("balance", fault);
        };
        says_it();
        let refused = odd.ask(Method::POST, "/test", None).await;
        assert_eq!(refused.status, 409, "{}", refused.body);
        assert!(refused.body.contains(says), "{answer}: {}", refused.body);
        let changed = odd.ask(Method::PATCH, "", Some(set)).await;
        assert_eq!(changed.status, 200, "{}", changed.body);
        says_it();
        let tested = odd.ask(Method::POST, "/test", None).await;
        assert_eq!(tested.status, 200, "{answer}: {}", tested.body);
        let tested = tested.json();
        let text = |name: &str| tested[name].as_str().unwrap().to_owned();
        assert_eq!(format!("{} {}", text("balance"), text("currency")), read);
        // Another currency is still refused.
        let other = Fault::Http(200, r#"{"balance":"1","currency":"XYZ"}"#.to_owned());
        odd.panel.provider.fail_next("balance", other);
        assert_eq!(odd.ask(Method::POST, "/test", None).await.status, 409);
        odd.panel.finish().await;
    }
}

#[apply(story)]
async fn what_is_sent_arrives_as_it_was_written() {
    let odd = Odd::start().await;
    let links = [
        "https://x.test/p?a=b+c&d=e%20f#g",
        "https://t.me/+AbC_dEf",
        "t.me/joinchat/AbC",
    ];
    for link in links {
        odd.panel.order(link, 100).await;
    }
    let comments = "good + better = best & 100%\nзелёный 😀; it's \"fine\"";
    let fields = [
        ("action", "add"),
        ("service", "2"),
        ("link", "https://x.test/c"),
        ("comments", comments),
    ];
    odd.panel.v2(&fields).await.order();
    odd.panel.work().await;
    let mut arrived = odd.panel.provider.accepted_links();
    arrived.sort();
    let mut sent = [&links[..], &["https://x.test/c"]].concat();
    sent.sort_unstable();
    assert_eq!(arrived, sent);
    let seen = odd.panel.provider.orders();
    let commented = seen.iter().find(|order| order.service == 2).unwrap();
    assert_eq!(
        commented.details,
        [("comments".to_owned(), comments.to_owned())]
    );

    // Whoever decodes twice would lose the plus sign of an invitation.
    odd.set(json!({"decodes_twice": true})).await;
    odd.panel.order("https://t.me/+Another", 100).await;
    odd.panel.work().await;
    let last = odd.panel.provider.accepted_links().pop();
    assert_eq!(last.as_deref(), Some("https://t.me/joinchat/Another"));
    odd.panel.finish().await;
}

#[apply(story)]
async fn a_service_hands_on_the_fields_that_it_is_told_to_and_no_others() {
    let odd = Odd::start().await;
    let fields = [
        ("action", "add"),
        ("service", "1"),
        ("link", "https://x.test/p"),
        ("quantity", "100"),
        ("country", "PT"),
        ("username", "john"),
    ];
    let path = "/operator/v1/services/1";
    let change = json!({"passed_fields": ["country"]});
    let changed = odd
        .panel
        .ask(&odd.key, Method::PATCH, path, Some(change))
        .await;
    assert_eq!(
        changed.json()["passed_fields"],
        json!(["country"]),
        "{}",
        changed.body
    );
    odd.panel.v2(&fields).await.order();
    odd.panel.work().await;
    // What steers a delivery is refused until the service hands it on.
    let steered = [&fields[..], &[("reaction", "love")]].concat();
    let refused = odd.panel.v2(&steered).await;
    assert_eq!(refused.error(), "Incorrect request");
    let change = json!({"passed_fields": ["country", "reaction"]});
    odd.panel
        .ask(&odd.key, Method::PATCH, path, Some(change))
        .await;
    odd.panel.v2(&steered).await.order();
    odd.panel.work().await;
    let requests = odd.panel.provider.requests();
    let sent = requests.iter().rfind(|seen| seen.action == "add").unwrap();
    let value = |name: &str| sent.fields.iter().find(|(known, _)| known == name);
    assert_eq!(
        value("country").map(|(_, value)| value.as_str()),
        Some("PT")
    );
    assert_eq!(
        value("reaction").map(|(_, value)| value.as_str()),
        Some("love")
    );
    assert_eq!(value("username"), None);
    for name in ["key", "link", "quantity", "request_id", "no such field", ""] {
        let change = json!({"passed_fields": [name]});
        let no = odd
            .panel
            .ask(&odd.key, Method::PATCH, path, Some(change))
            .await;
        assert_eq!(no.status, 422, "{name}: {}", no.body);
    }
    odd.panel.finish().await;
}
