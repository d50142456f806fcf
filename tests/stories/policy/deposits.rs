//! "1. Wallet Deposits & Cryptocurrency Finality."

use std::collections::BTreeSet;

use super::*;
use crate::deposits::Till;

/// "All deposits ... are strictly non-refundable."
#[apply(story)]
async fn deposits_are_strictly_non_refundable() {
    let till = Till::start().await;
    let (deposit, payment) = till.deposit().await;
    till.becomes(&payment.paid_in_full(), PaymentStatus::Finished)
        .await;
    assert_eq!(till.stands(deposit).await, "credited 20.00");
    assert_eq!(till.panel.balance().await, "120.00");
    let made = till.create(json!({"amount": "20"})).await.json();
    let terms = made["terms"].as_str().unwrap();
    assert!(terms.contains("non-refundable"), "{terms}");
    till.finish().await;
}

/// "It cannot be converted back or withdrawn to any external wallet, bank account, or card."
#[apply(story)]
async fn no_fiat_withdrawals() {
    let panel = TestPanel::start().await;
    let document = panel.ask("", Method::GET, "/openapi.json", None).await;
    let document = document.json();
    let mut about_money = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let of_customers = path.starts_with("/api/v3");
        if of_customers && (path.contains("wallet") || path.contains("deposit")) {
            for method in methods.as_object().unwrap().keys() {
                about_money.insert(format!("{method} {path}"));
            }
        }
    }
    let expected = [
        "get /api/v3/deposits",
        "get /api/v3/deposits/{deposit_id}",
        "get /api/v3/wallet",
        "get /api/v3/wallet/entries",
        "post /api/v3/deposits",
    ];
    assert_eq!(about_money, BTreeSet::from(expected.map(str::to_owned)));
    panel.finish().await;
}

/// "If you send less than the required minimum ... the funds may be lost or delayed": the minimum is
/// said before, and what arrives below it waits for a person.
#[apply(story)]
async fn underfunded_payments() {
    let till = Till::start().await;
    let little = till.create(json!({"amount": "0.50"})).await;
    assert_eq!(little.status, 422, "{}", little.body);
    assert_eq!(little.json()["details"]["min_amount"], "1.00");
    let (deposit, payment) = till.deposit().await;
    // 2 of 80 coins: worth half a dollar.
    let payment = payment.paid("2".parse().unwrap());
    till.becomes(&payment, PaymentStatus::PartiallyPaid).await;
    assert_eq!(till.stands(deposit).await, "in_review 0.00");
    assert_eq!(till.reviews().await.len(), 1);
    assert_eq!(till.panel.balance().await, "100.00");
    till.finish().await;
}

/// "Wallet balances have no expiration date."
#[apply(story)]
async fn wallet_balances_have_no_expiration_date() {
    let panel = TestPanel::start().await;
    panel.advance(20 * 365 * DAY);
    panel.work().await;
    assert_eq!(panel.balance().await, "100.00");
    panel.order("https://x.test/p", 1000).await;
    assert_eq!(panel.balance().await, "99.10");
    panel.finish().await;
}
