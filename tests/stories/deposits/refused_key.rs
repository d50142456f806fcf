//! A gateway that refuses our key: nobody can deposit, so somebody is told.

use super::*;

async fn told(till: &Till) -> Vec<String> {
    let sql = "SELECT cause || CASE WHEN ended_at_ms IS NULL THEN ' open' ELSE ' ended' END \
               FROM alerts WHERE kind = 'gateway_refuses_key' ORDER BY id";
    texts(&till.panel, sql).await
}

fn refusal(status: u16) -> GatewayFault {
    GatewayFault::Http(status, r#"{"message": "Invalid api key"}"#.to_owned())
}

#[apply(story)]
async fn a_refused_key_is_one_alert_until_the_gateway_takes_it_again() {
    let till = Till::start().await;
    for status in [401, 403] {
        till.gateway.fail_next("/invoice", refusal(status));
        let refused = till.create(json!({"amount": "20"})).await;
        assert_eq!(refused.json()["code"], "gateway_unavailable");
    }
    assert_eq!(told(&till).await, ["gateway nowpayments open"]);
    till.deposit().await;
    assert_eq!(told(&till).await, ["gateway nowpayments ended"]);
    till.finish().await;
}

#[apply(story)]
async fn payments_wait_while_the_key_is_refused_and_are_credited_afterwards() {
    let till = Till::start().await;
    let (deposit, payment) = till.deposit().await;
    let payment = payment.paid_in_full();
    // More often than a payment is asked about in vain before a person has to look at it.
    for _ in 0..60 {
        till.gateway.fail_next("/payment", refusal(401));
    }
    till.becomes(&payment, PaymentStatus::Finished).await;
    assert_eq!(told(&till).await[0], "gateway nowpayments open");
    for _ in 0..60 {
        till.panel.pass(harness::HOUR).await;
    }
    let reviews = texts(&till.panel, "SELECT reason FROM deposit_reviews").await;
    assert!(reviews.is_empty(), "{reviews:?}");
    assert_eq!(till.stands(deposit).await, "credited 20.00");
    let open = told(&till)
        .await
        .into_iter()
        .filter(|told| told.ends_with("open"));
    assert_eq!(open.count(), 0);
    till.finish().await;
}
