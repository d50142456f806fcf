//! Customers: their accounts, keys, credits and notices.

use serde_json::{Value, json};

use super::scene::{PASSWORD, Scene, account, number, text};

/// A customer with money and a key.
pub(super) struct Customer {
    pub(super) account: i64,
    pub(super) key: String,
}

pub(super) const ALICE: &str = "alice@bright-media.example";

pub(super) async fn arrive(scene: &Scene) -> Customer {
    let olga = &scene.olga.key;
    let first = scene.panel.account.to_string();
    let renamed = json!({"name": "Northwind Social"});
    scene
        .does("operator_account_change", olga, &first, renamed)
        .await;
    let new = json!({"email": ALICE, "password": PASSWORD, "name": "Bright Media"});
    scene.takes("account_sign_up", "", "", new).await;
    scene.opens_mailed_link(ALICE, PASSWORD).await;
    let alice = account(&scene.panel, "Bright Media").await.0;
    let with = json!({"email": ALICE, "password": PASSWORD});
    let session = scene.takes("account_sign_in", "", "", with).await;
    let session = text(&session, "/token");
    let settings = json!({"automatic_refills": true});
    scene.takes("account_change", &session, "", settings).await;
    let all = json!({"name": "server", "scopes": ["read", "order", "cancel"]});
    let main = scene.does("key_create", &session, "", all).await;
    let customer = Customer {
        account: alice,
        key: text(&main, "/token"),
    };
    keys(scene, &session).await;
    staff_side(scene, &customer).await;
    money(scene, &customer).await;
    notices(scene, &customer).await;
    scene
        .takes("account_view", &customer.key, "", Value::Null)
        .await;
    customer
}

async fn keys(scene: &Scene, session: &str) {
    let settings = json!({
        "name": "shop", "scopes": ["read", "order"], "addresses": ["203.0.113.0/24"],
        "daily_cap": "250.00", "expires_at": "2027-06-30T00:00:00Z",
    });
    let made = scene.takes("key_create", session, "", settings).await;
    let key = number(&made, "/key/key_id");
    scene.takes("key_list", session, "", Value::Null).await;
    let settings = json!({
        "name": "shop", "scopes": ["read", "order", "cancel"], "addresses": ["203.0.113.0/24"],
        "daily_cap": "500.00",
    });
    scene.takes("key_change", session, key, settings).await;
    let rotation = json!({"overlap_minutes": 60});
    scene.takes("key_rotate", session, key, rotation).await;
    scene.takes("key_revoke", session, key, Value::Null).await;
}

/// What staff do for accounts.
async fn staff_side(scene: &Scene, alice: &Customer) {
    let olga = &scene.olga.key;
    let session = scene.desk().await;
    let new = json!({"name": "Old Mill Studio", "email": "office@old-mill.example"});
    let made = scene.takes("operator_account_create", olga, "", new).await;
    let studio = number(&made, "/account_id");
    let why = json!({"reason": "Wrote from the address of the account that the mail is lost."});
    scene
        .takes("operator_account_password_link", &session, studio, why)
        .await;
    let settings = json!({
        "name": "web shop", "scopes": ["read", "order"], "daily_cap": "100.00",
        "expires_at": "2027-06-30T00:00:00Z",
    });
    let made = scene
        .takes("operator_key_create", &session, studio, settings)
        .await;
    let key = number(&made, "/key/key_id");
    let at = format!("{studio}/{key}");
    let settings = json!({
        "name": "web shop", "scopes": ["read", "order", "cancel"],
        "addresses": ["198.51.100.7"], "daily_cap": "100.00",
    });
    scene
        .takes("operator_key_change", &session, &at, settings)
        .await;
    let rotation = json!({"overlap_minutes": 1440});
    scene
        .takes("operator_key_rotate", &session, &at, rotation)
        .await;
    scene
        .takes("operator_key_list", olga, studio, Value::Null)
        .await;
    scene
        .takes("operator_key_revoke", olga, &at, Value::Null)
        .await;
    let change = json!({"tier_id": 1, "daily_cap": "500.00", "limits": "reseller"});
    scene
        .takes("operator_account_change", olga, alice.account, change)
        .await;
    scene
        .does(
            "operator_account_change",
            olga,
            &alice.account.to_string(),
            json!({"tier_id": null, "limits": "unlimited"}),
        )
        .await;
    scene
        .takes("operator_account_list", olga, "?role=reseller", Value::Null)
        .await;
}

async fn money(scene: &Scene, alice: &Customer) {
    let (olga, account) = (&scene.olga.key, alice.account);
    let credit = json!({
        "amount": "100.00", "reason": "Bank transfer of 1 November.",
        "reference": "bank-2026-11-0041",
    });
    scene
        .takes("operator_account_credit", olga, account, credit)
        .await;
    let correction = json!({
        "credit_reference": "bank-2026-11-0041", "amount": "15.00",
        "reason": "The bank kept a fee of 15.00.", "reference": "fix-2026-11-0001",
    });
    scene
        .takes("operator_account_correct", olga, account, correction)
        .await;
    scene
        .takes("operator_credit_list", olga, account, Value::Null)
        .await;
    let proposal = json!({
        "account_id": account, "amount": "2.50",
        "reason": "Three orders of October began a day late.", "reference": "goodwill-17",
    });
    let sue = &scene.sue.key;
    let proposed = scene.takes("adjustment_propose", sue, "", proposal).await;
    let proposed = number(&proposed, "/proposal_id");
    scene
        .takes("adjustment_list", sue, "?open=true", Value::Null)
        .await;
    let decision = json!({"accept": true});
    scene
        .takes("adjustment_decide", olga, proposed, decision)
        .await;
}

async fn notices(scene: &Scene, alice: &Customer) {
    let (olga, account) = (&scene.olga.key, alice.account);
    let notice = json!({
        "message": "Orders for TikTok begin up to six hours late this weekend.",
    });
    let sent = scene.takes("notice_send", olga, account, notice).await;
    let notice = number(&sent, "/notice_id");
    scene
        .takes("account_notices", &alice.key, "?unread=true", Value::Null)
        .await;
    scene
        .takes("account_notice_read", &alice.key, notice, Value::Null)
        .await;
    scene
        .takes("operator_notice_list", olga, account, Value::Null)
        .await;
}
