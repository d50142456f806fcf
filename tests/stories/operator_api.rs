//! The operator's API: what the people who run the panel do, and who may not.

use harness::{Reply, TestPanel, staff};
use reqwest::Method;
use serde_json::Value;
use smm_panel_server::actor::Role;

mod providers;
mod services;
mod sync;

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
