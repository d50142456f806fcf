//! Deposits, by the gateway and by bank.

use serde_json::{Value, json};
use smm_panel_server::demo::gateway::{SimulatedPayment, Spelling};
use smm_panel_server::gateway::PaymentStatus;

use super::customers::Customer;
use super::scene::{Scene, number};

/// The payer chooses the coin; gives the payment.
fn chosen(scene: &Scene) -> SimulatedPayment {
    let invoice = scene.gateway.invoices().last().unwrap().id.to_string();
    scene.gateway.choose(&invoice, "trx").unwrap()
}

/// The gateway says that a payment is finished, and tells the panel.
async fn finished(scene: &Scene, payment: SimulatedPayment) {
    let now = scene.gateway.set(&payment.at(PaymentStatus::Finished));
    let callback = scene.gateway.callback(&now, Spelling::Sorted);
    let panel = &scene.panel;
    let url = panel.url.replace("/api/v2", "/gateway/nowpayments");
    let request = panel.http().post(url).body(callback.body);
    let request = request.header("x-nowpayments-sig", callback.signature);
    assert_eq!(panel.send(request).await.status, 200);
    panel.work().await;
}

pub(super) async fn pay(scene: &Scene, alice: &Customer) {
    let (olga, key) = (&scene.olga.key, &alice.key);
    let new = json!({"amount": "50.00", "coin": "trx"});
    let made = scene.takes("deposit_create", key, "", new).await;
    let deposit = number(&made, "/deposit/deposit_id");
    finished(scene, chosen(scene).paid_in_full()).await;
    scene.takes("deposit_view", key, deposit, Value::Null).await;

    // More than was asked for.
    let new = json!({"amount": "20.00", "coin": "trx"});
    let made = scene.does("deposit_create", key, "", new.clone()).await;
    let over = number(&made, "/deposit/deposit_id");
    finished(scene, chosen(scene).paid("88".parse().unwrap())).await;
    let reviews = scene
        .takes("deposit_review_list", olga, "", Value::Null)
        .await;
    let review = number(&reviews, "/reviews/0/review_id");
    let decision = json!({
        "outcome": "credit", "amount": "2.00", "reason": "The customer sent 88 TRX, not 80.",
    });
    scene
        .takes("deposit_review_decide", olga, review, decision)
        .await;
    scene.takes("deposit_show", olga, over, Value::Null).await;

    // A payment of which no callback came.
    let made = scene.does("deposit_create", key, "", new).await;
    let lost = number(&made, "/deposit/deposit_id");
    let payment = chosen(scene).paid_in_full().at(PaymentStatus::Finished);
    let payment = scene.gateway.set(&payment);
    let named = json!({"gateway_payment": payment.id.to_string()});
    scene.takes("deposit_payment_add", olga, lost, named).await;
    scene.panel.work().await;

    let bank = json!({
        "amount": "250.00", "reference": "SEPA-2026-11-0042",
        "reason": "Bank transfer of 1 November.",
    });
    let first = scene.panel.account;
    scene.takes("deposit_record", olga, first, bank).await;
    scene
        .takes("deposit_list", key, "?status=credited", Value::Null)
        .await;
    scene
        .takes("deposit_search", olga, "?limit=2", Value::Null)
        .await;
}
