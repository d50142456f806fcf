//! What happens when a provider says something new: the orders wait, one sentence is one thing to
//! decide, and what is decided reaches every order that waits on it and no other.

mod deaths;
mod decisions;
mod effects;
mod resolving;
mod sorting;
mod status_words;
mod transfer;

use harness::{TestPanel, staff, texts};
use reqwest::Method;
use serde_json::{Value, json};
use smm_panel_server::actor::Role;
use smm_panel_server::config::Config;
use smm_panel_server::demo::provider::Script;

/// A sentence that nobody has sorted.
const NEW: &str = "Your reseller plan does not include this";
/// How long a sorting waits, in ms.
const DELAY: i64 = 10 * harness::MINUTE;

/// A panel with two operators and a member of the support staff.
struct Book {
    panel: TestPanel,
    olga: String,
    otto: String,
    support: String,
}

impl Book {
    async fn start() -> Book {
        Book::start_with(|_| {}).await
    }

    async fn start_with(change: impl FnOnce(&mut Config)) -> Book {
        Book::of(TestPanel::start_with(change).await).await
    }

    async fn of(panel: TestPanel) -> Book {
        let (_, support) = staff(&panel.panel, Role::Support, "sue").await;
        let (_, olga) = staff(&panel.panel, Role::Operator, "olga").await;
        let (_, otto) = staff(&panel.panel, Role::Operator, "otto").await;
        Book {
            panel,
            olga,
            otto,
            support,
        }
    }

    /// An order of service 1 that the provider answers with this sentence.
    async fn answered(&self, link: &str, sentence: &str) -> i64 {
        let body = json!({"error": sentence}).to_string();
        let says = Script::AddSays {
            status: 200,
            body,
            record: false,
        };
        self.panel.provider.script_next(1, says);
        let order = self.panel.order(link, 1000).await;
        self.panel.work().await;
        order
    }

    /// Several orders that wait on [`NEW`].
    async fn waiting(&self, count: usize) -> Vec<i64> {
        let mut orders = Vec::new();
        for number in 0..count {
            let link = format!("https://x.test/waiting{number}");
            orders.push(self.answered(&link, NEW).await);
        }
        orders
    }

    async fn shown(&self, order: i64) -> String {
        self.panel.shown(order).await
    }

    async fn ask(
        &self,
        key: &str,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> (u16, Value) {
        let path = format!("/operator/v1{path}");
        let reply = self.panel.ask(key, method, &path, body).await;
        (reply.status, reply.json())
    }

    async fn get(&self, path: &str) -> Value {
        let (status, json) = self.ask(&self.support, Method::GET, path, None).await;
        assert_eq!(status, 200, "{path}: {json}");
        json
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.ask(&self.olga, Method::POST, path, Some(body)).await
    }

    /// What an operator does that works.
    async fn done(&self, path: &str, body: Value) -> Value {
        let (status, json) = self.post(path, body.clone()).await;
        assert!(status < 300, "{path} {body}: {json}");
        json
    }

    /// The status and the code of what does not work, and the field.
    async fn no(&self, path: &str, body: Value) -> String {
        let (status, json) = self.post(path, body.clone()).await;
        let field = json["details"]["field"].as_str().unwrap_or("-");
        format!("{status} {} {field}", json["code"].as_str().unwrap_or("?"))
    }

    /// Sorts a phrase after the delay.
    async fn sort(&self, phrase: i64, class: &str) -> Value {
        let body = json!({"class": class, "reason": "asked them"});
        self.done(&format!("/phrases/{phrase}/sorting"), body).await
    }

    /// Sorts a phrase that so many orders wait on at once.
    async fn sort_at_once(&self, phrase: i64, class: &str, orders: i64) {
        let body = json!({"class": class, "reason": "asked them", "orders": orders});
        let path = format!("/phrases/{phrase}/sorting");
        let decision = self.done(&path, body).await;
        assert_eq!(decision["state"], "applied", "{decision}");
        self.panel.work().await;
    }

    /// What waits for an operator.
    async fn work_items(&self) -> Vec<Value> {
        let list = self.get("/phrase-work-items").await;
        list["work_items"].as_array().unwrap().clone()
    }

    /// The number of the only phrase that orders wait on.
    async fn the_phrase(&self) -> i64 {
        let items = self.work_items().await;
        assert_eq!(items.len(), 1, "{items:?}");
        items[0]["phrase"]["phrase_id"].as_i64().unwrap()
    }

    /// How many alerts of sentences there were.
    async fn alerts(&self) -> usize {
        let kinds = harness::alert_kinds(&self.panel).await;
        let sentences = kinds.iter().filter(|kind| *kind == "unsorted_sentence");
        sentences.count()
    }

    /// What the audit log has of phrases.
    async fn deeds(&self) -> Vec<String> {
        let sql = "SELECT actor || ' ' || action || ' ' || subject FROM audit_log \
                   WHERE action LIKE 'phrase%' ORDER BY id";
        texts(&self.panel, sql).await
    }

    /// How often the provider was asked for an order.
    fn adds(&self) -> usize {
        let requests = self.panel.provider.requests();
        requests.iter().filter(|seen| seen.action == "add").count()
    }
}
