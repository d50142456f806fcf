//! "Account Suspension" and chargebacks: every action is stopped, all funds are forfeited, and a
//! wrong suspension is undone to the nano.

use harness::{Reply, TestPanel, staff};
use reqwest::Method;
use serde_json::{Value, json};
use smm_panel_server::actor::{Actor, Role};
use smm_panel_server::clock::Period;
use smm_panel_server::ids::AccountId;
use smm_panel_server::suspensions::{self, Suspension};

mod at_once;
mod chargebacks;
mod deaths;
mod faces;
mod money;
mod orders;

/// Suspends the story's account by a command.
async fn suspend(panel: &TestPanel) -> Suspension {
    let actor = Actor::command();
    let done = suspensions::suspend(&panel.panel, &actor, panel.account, "resold").await;
    done.expect("a suspension")
}

/// Reinstates the story's account by a command; gives the wallet's balance.
async fn reinstate(panel: &TestPanel) -> String {
    let actor = Actor::command();
    let done = suspensions::reinstate(&panel.panel, &actor, panel.account, "a mistake").await;
    done.expect("a reinstatement").balance.to_string()
}

/// What is forfeited under the newest suspension of the story's account.
async fn forfeited(panel: &TestPanel) -> String {
    let newest = suspensions::list(
        &panel.panel.db,
        Some(panel.account),
        Period::default(),
        None,
        1,
    )
    .await;
    newest.unwrap()[0].forfeited.to_string()
}

/// What the wallet of an account holds, whoever may ask.
async fn stored_balance(panel: &TestPanel, account: AccountId) -> String {
    let sql =
        format!("SELECT CAST(balance_nano AS TEXT) FROM wallets WHERE account_id = {account}");
    harness::texts(panel, &sql).await[0].clone()
}

/// A key of an operator.
async fn operator(panel: &TestPanel) -> String {
    staff(&panel.panel, Role::Operator, "olga").await.1
}

/// Sends a request of the operator's API; `path` follows `/operator/v1`.
async fn ask(
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
    let code = reply.json()["code"].as_str().unwrap_or("none").to_owned();
    (reply.status, code)
}

/// A body with only a reason.
fn because(reason: &str) -> Option<Value> {
    Some(json!({ "reason": reason }))
}
