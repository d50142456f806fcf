//! The operator's API: what the people who run the panel do, and who may not.

use harness::{Reply, TestPanel, staff, texts};
use reqwest::Method;
use serde_json::{Value, json};
use smm_panel_server::actor::Role;

mod accounts;
mod alerts;
mod authority;
mod corrections;
mod dispatches;
mod ends;
mod keys;
mod lists;
mod manual;
mod money;
mod orders;
mod personal;
mod providers;
mod services;
mod staffing;
mod sync;
mod tiers;

/// A panel with an operator and a member of the support staff.
struct Desk {
    panel: TestPanel,
    operator: String,
    support: String,
}

impl Desk {
    async fn start() -> Desk {
        let panel = TestPanel::start().await;
        let (_, support) = staff(&panel.panel, Role::Support, "sue").await;
        let (_, operator) = staff(&panel.panel, Role::Operator, "olga").await;
        Desk {
            panel,
            operator,
            support,
        }
    }

    async fn get(&self, path: &str) -> Value {
        let reply = ask_as(&self.panel, &self.operator, Method::GET, path, None).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        // Whoever answers customers reads the same.
        let support = ask_as(&self.panel, &self.support, Method::GET, path, None).await;
        assert_eq!(support.body, reply.body);
        reply.json()
    }

    /// Does it as the operator; gives the status too.
    async fn does(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let reply = ask_as(&self.panel, &self.operator, method, path, Some(body)).await;
        (reply.status, reply.json())
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.does(Method::POST, path, body).await
    }

    /// The code and the field of an error.
    async fn no(&self, method: Method, path: &str, body: Value) -> String {
        let (status, no) = self.does(method, path, body.clone()).await;
        assert!((400..500).contains(&status), "{body}: {no}");
        let field = no["details"]["field"].as_str().unwrap_or("-");
        format!("{status} {} {field}", no["code"].as_str().unwrap())
    }

    /// Only operators may do it: support and customers are refused, which is kept of support.
    async fn is_for_operators(&self, method: Method, path: &str, body: Value) {
        let forbidden = (403, "forbidden".to_owned());
        for key in [&self.support, &self.panel.key] {
            let body = Some(body.clone());
            let reply = ask_as(&self.panel, key, method.clone(), path, body).await;
            assert_eq!(refused(&reply), forbidden, "{path}");
        }
        let kept = format!("support:2 forbidden {method} /operator/v1{path}");
        assert_eq!(self.deeds().await.last(), Some(&kept));
    }

    /// Everything in the audit log.
    async fn deeds(&self) -> Vec<String> {
        let sql = "SELECT actor || ' ' || action || ' ' || subject FROM audit_log ORDER BY id";
        texts(&self.panel, sql).await
    }
}

/// Sends a request of the operator's API with this key; `path` follows `/operator/v1`.
async fn ask_as(
    panel: &TestPanel,
    key: &str,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> Reply {
    let path = format!("/operator/v1{path}");
    panel.ask(key, method, &path, body).await
}

/// The status and the code of an error.
fn refused(reply: &Reply) -> (u16, String) {
    let code = reply.json()["code"].as_str().unwrap().to_owned();
    (reply.status, code)
}

#[apply(story)]
async fn only_staff_are_told_anything() {
    let panel = TestPanel::start().await;
    let (_, support) = staff(&panel.panel, Role::Support, "sue").await;
    let (_, operator) = staff(&panel.panel, Role::Operator, "olga").await;
    for (key, name, role) in [
        (&support, "sue", "support"),
        (&operator, "olga", "operator"),
    ] {
        let me = ask_as(&panel, key, Method::GET, "/me", None).await.json();
        assert_eq!((&me["name"], &me["role"]), (&name.into(), &role.into()));
    }
    let customer = ask_as(&panel, &panel.key, Method::GET, "/me", None).await;
    assert_eq!(refused(&customer), (403, "forbidden".to_owned()));
    let unknown = ask_as(&panel, "smp_op_", Method::GET, "/me", None).await;
    assert_eq!(refused(&unknown), (401, "key_invalid".to_owned()));
    // A key of staff buys nothing.
    assert_eq!(
        panel
            .v2_as(&operator, &[("action", "balance")])
            .await
            .error(),
        "Invalid API key"
    );
    panel.finish().await;
}
