//! Running a panel from nothing, by HTTP alone once its first operator exists; after each step the
//! stored data and the audit log are checked by the commands for it.

use harness::{provided, terms};
use reqwest::Method;
use serde_json::{Value, json};
use smm_panel_server::demo::provider::{ProviderService, Script, SimulatedProvider};
use smm_panel_server::money::Rate;
use smm_panel_server::protocol::ServiceType;

use super::{Opened, Operator, order, provider};

const PASSWORD: &str = "correct horse battery";
const LINK: &str = "https://instagram.com/p/one";

/// Somebody with a token.
struct Person<'a> {
    opened: &'a Opened,
    token: String,
}

impl Person<'_> {
    async fn asks(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let url = self.opened.url.replace("/api/v2", path);
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut request = http.request(method, url).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let json: Value = response.json().await.unwrap();
        assert!(status < 300, "{path}: {status} {json}");
        json
    }

    async fn get(&self, path: &str) -> Value {
        self.asks(Method::GET, path, None).await
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        self.asks(Method::POST, path, Some(body)).await
    }

    async fn balance(&self) -> String {
        text(&self.get("/api/v3/wallet").await, "balance")
    }
}

fn text(json: &Value, field: &str) -> String {
    let text = json[field].as_str();
    text.unwrap_or_else(|| panic!("no {field}: {json}"))
        .to_owned()
}

fn number(json: &Value, field: &str) -> i64 {
    let number = json[field].as_i64();
    number.unwrap_or_else(|| panic!("no {field}: {json}"))
}

/// Signs in with the address `email`.
async fn sign_in<'a>(opened: &'a Opened, email: &str) -> Person<'a> {
    let token = String::new();
    let stranger = Person { opened, token };
    let with = json!({"email": email, "password": PASSWORD});
    let session = stranger.post("/api/v3/account/sign-in", with).await;
    let token = text(&session, "token");
    Person { opened, token }
}

/// What the provider sells its one service for.
fn set_cost(provider: &SimulatedProvider, cost: &str) {
    provider.set_services(vec![ProviderService {
        rate: Rate::parse(cost).unwrap(),
        script: Script::Deliver { over_ms: 0 },
        min: 50,
        max: 10_000,
        ..provided(7, &terms(ServiceType::Default, "0.90"))
    }]);
}

/// Both proofs hold.
async fn proved(operator: &Operator, step: &str) {
    let report = operator.ok(&["check"]).await;
    assert!(report.ends_with("\nno violation"), "{step}: {report}");
    operator.ok(&["audit", "verify"]).await;
}

#[apply(story)]
async fn a_panel_is_run_from_nothing_over_http() {
    let operator = Operator::with_loopback()
        // The provider is asked again at once: it delivers at once.
        .with("SMM_PANEL_SYNC_INTERVAL_MS", "1");
    let create = ["operator", "create", "olga@example.com", "--name", "Olga"];
    assert_eq!(operator.run(&create, PASSWORD).await.code, Some(0));
    let opened = operator.opened().await;
    let provider = provider().await;
    let olga = sign_in(&opened, "olga@example.com").await;
    proved(&operator, "the first operator").await;

    // A provider is added, tried, and sold from at a markup.
    set_cost(&provider, "0.30");
    let main = json!({"name": "main", "url": provider.url(), "key": provider.key()});
    let main = number(
        &olga.post("/operator/v1/providers", main).await,
        "provider_id",
    );
    let main = format!("/operator/v1/providers/{main}");
    olga.post(&format!("{main}/test"), json!({})).await;
    let import = json!({"provider_services": ["7"], "markup_percent": "50"});
    let imported = olga.post(&format!("{main}/import"), import).await;
    assert_eq!(imported["service_ids"], json!([1]));
    proved(&operator, "the import").await;

    // A customer comes, is credited, makes a key and orders by the panel protocol.
    let stranger = Person {
        opened: &opened,
        token: String::new(),
    };
    let ann = json!({"email": "ann@example.com", "password": PASSWORD});
    let ann_id = number(&stranger.post("/api/v3/account", ann).await, "account_id");
    let account = format!("/operator/v1/accounts/{ann_id}");
    let credit = json!({"amount": "10", "reason": "bank transfer", "reference": "T-1"});
    olga.post(&format!("{account}/credit"), credit).await;
    let ann = sign_in(&opened, "ann@example.com").await;
    let key = json!({"name": "shop", "scopes": ["read", "order", "cancel"]});
    let key = text(&ann.post("/api/v3/account/keys", key).await, "token");
    assert_eq!(order(&opened.url, &key, LINK).await, r#"{"order":1}"#);
    while ann.get("/api/v3/orders/1").await["status"] != "completed" {
        opened.work().await;
    }
    assert_eq!(ann.balance().await, "9.55");
    proved(&operator, "the first order").await;

    // The provider gets dearer: that is reported, and followed once the operator says so.
    set_cost(&provider, "0.32");
    let report = olga.post(&format!("{main}/sync"), json!({})).await;
    assert_eq!(
        (number(&report, "differences"), number(&report, "open")),
        (1, 1)
    );
    let rate = async || ann.get("/api/v3/services").await["services"][0]["rate"].clone();
    assert_eq!(rate().await, "0.45");
    let found = olga.get("/operator/v1/sync-differences").await["differences"][0].clone();
    assert_eq!(found["kind"], "dearer");
    let choice = json!({"difference_ids": [found["difference_id"]]});
    olga.post("/operator/v1/sync-differences/apply", choice)
        .await;
    assert_eq!(rate().await, "0.48");
    proved(&operator, "the new price").await;

    // The account is suspended, its funds are forfeited, and all of it is undone.
    let why = json!({"reason": "looked like stolen cards"});
    olga.post(&format!("{account}/suspend"), why).await;
    let no = order(&opened.url, &key, "https://instagram.com/p/two").await;
    assert_eq!(no, r#"{"error":"Your account has been suspended."}"#);
    proved(&operator, "the suspension").await;
    let why = json!({"reason": "they were not stolen"});
    let back = olga.post(&format!("{account}/reinstate"), why).await;
    assert_eq!(text(&back, "returned"), "9.55");
    assert_eq!(ann.balance().await, "9.55");
    proved(&operator, "the reinstatement").await;

    // Nobody knows whether the provider took an order, until the operator has asked it.
    provider.script_next(7, Script::BrokenJson);
    let placed = order(&opened.url, &key, "https://instagram.com/p/three").await;
    assert_eq!(placed, r#"{"order":2}"#);
    opened.work().await;
    assert_eq!(ann.balance().await, "9.07");
    let parked = olga.get("/operator/v1/dispatches").await["dispatches"][0].clone();
    assert_eq!(
        (&parked["state"], number(&parked, "order_id")),
        (&json!("parked"), 2)
    );
    proved(&operator, "the parked order").await;
    let resolution = format!(
        "/operator/v1/dispatches/{}/resolution",
        parked["dispatch_id"]
    );
    let decision = json!({"decision": "refund", "reason": "the provider has no such order"});
    olga.post(&resolution, decision).await;
    assert_eq!(ann.get("/api/v3/orders/2").await["status"], "failed");
    assert_eq!(ann.balance().await, "9.55");
    proved(&operator, "the resolution").await;

    // All of it stands in the log, under the operator's name.
    let audit = olga.get("/operator/v1/audit?actor=operator:1").await;
    let rows = audit["entries"].as_array().unwrap();
    for deed in [
        "provider_added",
        "catalog_imported",
        "wallet_adjusted",
        "differences_decided",
        "account_suspended",
        "account_reinstated",
        "dispatch_resolved",
    ] {
        assert!(
            rows.iter().any(|row| row["deed"] == deed),
            "{deed}: {audit}"
        );
    }
    opened.stop().await;
    provider.stop().await;
    operator.finish().await;
}
