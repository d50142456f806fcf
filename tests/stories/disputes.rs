//! Policy 6: a charge is disputed within 48 hours, decided on records, and never gives back more than
//! it was.

use harness::{HOUR, MINUTE, Reply, TestPanel, account, alert_kinds, staff, texts};
use reqwest::Method;
use serde_json::{Value, json};
use smm_panel_server::actor::Role;
use smm_panel_server::demo::provider::Script;

mod decisions;
mod evidence;
mod filing;

const WHY: &str = "The profile never showed more than 600 of them.";

/// A panel with an operator.
struct Court {
    panel: TestPanel,
    operator: String,
    support: String,
}

impl Court {
    async fn start() -> Court {
        let panel = TestPanel::start().await;
        let (_, operator) = staff(&panel.panel, Role::Operator, "olga").await;
        let (_, support) = staff(&panel.panel, Role::Support, "sue").await;
        Court {
            panel,
            operator,
            support,
        }
    }

    /// An order of 1000 for 0.90 USD that was delivered.
    async fn completed(&self, link: &str) -> i64 {
        self.ended(link, Script::Deliver { over_ms: 0 }).await
    }

    /// An order of 1000 for 0.90 USD that went as `script` says.
    async fn ended(&self, link: &str, script: Script) -> i64 {
        self.panel.ended(1, link, script).await
    }

    /// Files a dispute as the customer.
    async fn files(&self, order: i64, reason: &str, amount: &str) -> Reply {
        let body = json!({"reason": reason, "amount": amount, "description": WHY});
        self.post(order, body).await
    }

    async fn post(&self, order: i64, body: Value) -> Reply {
        let path = format!("/api/v3/orders/{order}/disputes");
        let key = &self.panel.key;
        self.panel.ask(key, Method::POST, &path, Some(body)).await
    }

    /// Reads as the customer; `path` follows `/api/v3`.
    async fn get(&self, path: &str) -> Value {
        let path = format!("/api/v3{path}");
        let reply = self
            .panel
            .ask(&self.panel.key, Method::GET, &path, None)
            .await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.json()
    }

    /// Decides as the operator.
    async fn decides(&self, dispute: &Value, body: Value) -> Reply {
        self.decides_as(&self.operator, dispute, body).await
    }

    async fn decides_as(&self, key: &str, dispute: &Value, body: Value) -> Reply {
        let path = format!("/operator/v1/disputes/{dispute}/decision");
        self.panel.ask(key, Method::POST, &path, Some(body)).await
    }
}

/// The number of a dispute that was filed.
fn filed(reply: &Reply) -> Value {
    assert_eq!(reply.status, 201, "{}", reply.body);
    reply.json()["dispute_id"].clone()
}

/// The status and the code of a refusal.
fn refused(reply: &Reply) -> String {
    let code = reply.json()["code"].as_str().unwrap_or("none").to_owned();
    format!("{} {code}", reply.status)
}
