//! Policy 5: an order is looked into by people within 24 to 48 hours, and what they give back is
//! posted by an operator, within the charge.

use harness::{HOUR, MINUTE, Reply, TestPanel, account, staff, texts};
use reqwest::Method;
use serde_json::{Value, json};
use smm_panel_server::actor::Role;
use smm_panel_server::demo::provider::Script;

mod decisions;
mod filing;
mod money;
mod queue;
mod screenshots;

const WHAT: &str = "It is completed, but the profile shows 600 followers.";

/// A panel with an operator and support staff.
struct Desk {
    panel: TestPanel,
    operator: String,
    support: String,
}

impl Desk {
    async fn start() -> Desk {
        let panel = TestPanel::start().await;
        let (_, operator) = staff(&panel.panel, Role::Operator, "olga").await;
        let (_, support) = staff(&panel.panel, Role::Support, "sue").await;
        Desk {
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

    /// Asks as the customer; `path` follows `/api/v3`.
    async fn post(&self, path: &str, body: Value) -> Reply {
        let path = format!("/api/v3{path}");
        let key = &self.panel.key;
        self.panel.ask(key, Method::POST, &path, Some(body)).await
    }

    async fn get(&self, path: &str) -> Value {
        read(&self.panel, &self.panel.key, &format!("/api/v3{path}")).await
    }

    /// Files a ticket as the customer; gives its number.
    async fn files(&self, order: i64) -> i64 {
        let path = format!("/orders/{order}/tickets");
        let reply = self.post(&path, json!({"description": WHAT})).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        reply.json()["ticket_id"].as_i64().unwrap()
    }

    /// Asks as staff; `path` follows `/operator/v1/tickets`.
    async fn staff_post(&self, key: &str, path: &str, body: Value) -> Reply {
        let path = format!("/operator/v1/tickets{path}");
        self.panel.ask(key, Method::POST, &path, Some(body)).await
    }

    /// Reads as support staff; `path` follows `/operator/v1/tickets`.
    async fn staff_get(&self, path: &str) -> Value {
        let path = format!("/operator/v1/tickets{path}");
        read(&self.panel, &self.support, &path).await
    }

    async fn decides(&self, key: &str, ticket: i64, body: Value) -> Reply {
        self.staff_post(key, &format!("/{ticket}/decision"), body)
            .await
    }
}

async fn read(panel: &TestPanel, key: &str, path: &str) -> Value {
    let reply = panel.ask(key, Method::GET, path, None).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.json()
}

/// What is decided, with a reason.
fn outcome(word: &str) -> Value {
    json!({"outcome": word, "reason": "the counts say so"})
}

fn refund(amount: &str) -> Value {
    json!({"outcome": "refund", "amount": amount, "reason": "the counts say so"})
}

/// The status and the code of a refusal.
fn refused(reply: &Reply) -> String {
    let code = reply.json()["code"].as_str().unwrap_or("none").to_owned();
    format!("{} {code}", reply.status)
}

/// What a refusal says.
fn says(reply: &Reply) -> String {
    reply.json()["message"].as_str().unwrap().to_owned()
}
