//! The end of accounts, and what a customer does about the own one.

use harness::MINUTE;
use serde_json::{Value, json};

use super::customers::{ALICE, Customer};
use super::scene::{PASSWORD, Scene, account, number, text};

pub(super) async fn end(scene: &Scene, alice: &Customer) {
    let (olga, panel) = (&scene.olga.key, &scene.panel);
    let northwind = panel.account;
    let search = format!("?account_id={northwind}");
    let deposits = scene
        .does("deposit_search", olga, &search, Value::Null)
        .await;
    let deposit = number(&deposits, "/deposits/0/deposit_id");
    let why = json!({"reason": "Orders for others with a card that was reported stolen."});
    scene.takes("account_suspend", olga, northwind, why).await;
    let why = json!({"reason": "The bank mistook the card: it was the owner's."});
    scene.takes("account_reinstate", olga, northwind, why).await;
    let chargeback = json!({
        "reference": "CB-2026-0093", "amount": "250.00",
        "reason": "The payer disputed the bank transfer.",
        "deposit_ids": [deposit],
    });
    scene
        .takes("account_chargeback", olga, northwind, chargeback)
        .await;
    scene.takes("suspension_list", olga, "", Value::Null).await;
    scene.takes("chargeback_list", olga, "", Value::Null).await;
    panel.work().await;
    scene
        .takes("operator_account_view", olga, alice.account, Value::Null)
        .await;
    scene
        .takes("account_export", olga, alice.account, Value::Null)
        .await;
    let studio = account(panel, "Old Mill Studio").await;
    let why = json!({"reason": "The owner asked for it by letter of 3 November."});
    let session = scene.desk().await;
    scene.takes("account_erase", &session, studio, why).await;
    own(scene).await;
}

/// What a customer changes about the own account.
async fn own(scene: &Scene) {
    let panel = &scene.panel;
    let session = scene.sign_in(ALICE, PASSWORD).await;
    let seed = scene
        .takes("account_totp_begin", &session, "", Value::Null)
        .await;
    let secret = text(&seed, "/secret");
    let code = crate::accounts::code(panel, &secret);
    scene.masks.borrow_mut().hide_whole(&code, "492039");
    scene
        .takes("account_totp_confirm", &session, "", json!({"code": code}))
        .await;
    panel.advance(MINUTE);
    let code = crate::accounts::code(panel, &secret);
    scene.masks.borrow_mut().hide_whole(&code, "510774");
    let off = json!({"password": PASSWORD, "code": code});
    scene.takes("account_totp_disable", &session, "", off).await;
    let new = json!({"email": "office@bright-media.example", "password": PASSWORD});
    scene.takes("account_change_email", &session, "", new).await;
    let forgot = json!({"email": ALICE});
    scene
        .takes("account_ask_password_reset", "", "", forgot)
        .await;
    let password = json!({
        "old_password": PASSWORD, "new_password": "a longer sentence than before",
    });
    scene
        .takes("account_change_password", &session, "", password)
        .await;
    scene
        .takes("account_sign_out", &session, "", Value::Null)
        .await;
    panel.work().await;
}
