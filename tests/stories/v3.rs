//! The typed API: what integrators see of orders, refunds and wallets, and how they are refused.

use harness::{Reply, TestPanel};
use reqwest::Method;
use serde_json::{Value, json};

mod errors;
mod feeds;
mod lists;
mod placing;
mod reading;

const LINK: &str = "https://instagram.com/p/one";

/// Sends a request of the typed API with the panel's key.
async fn ask(panel: &TestPanel, method: Method, path: &str, body: Option<Value>) -> Reply {
    ask_as(panel, &panel.key, method, path, body).await
}

async fn ask_as(
    panel: &TestPanel,
    key: &str,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> Reply {
    panel.ask(key, method, path, body).await
}

async fn get(panel: &TestPanel, path: &str) -> Value {
    let reply = ask(panel, Method::GET, path, None).await;
    assert_eq!(reply.status, 200, "{path}: {}", reply.body);
    reply.json()
}

/// Places an order of service 1 and gives its number.
async fn place(panel: &TestPanel, link: &str, quantity: i64) -> i64 {
    let order = json!({"service_id": 1, "link": link, "quantity": quantity});
    let reply = ask(panel, Method::POST, "/api/v3/orders", Some(order)).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    reply.json()["order_id"].as_i64().unwrap()
}

/// The status and the code of an error, which must have the one body of errors.
fn refused(reply: &Reply) -> (u16, String) {
    let json = reply.json();
    let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["code", "message", "request_id", "details"], "{json}");
    assert_eq!(
        json["request_id"],
        reply.headers["x-request-id"].to_str().unwrap()
    );
    assert!(!json["message"].as_str().unwrap().is_empty());
    (reply.status, json["code"].as_str().unwrap().to_owned())
}
