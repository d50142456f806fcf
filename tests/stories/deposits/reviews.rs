//! What a person decides about payments that are not as they were asked for.

use super::*;

impl Till {
    async fn decide(&self, review: i64, body: Value) -> (u16, Value) {
        let path = format!("/deposit-reviews/{review}/decision");
        let reply = self.asks(Method::POST, &path, Some(body)).await;
        (reply.status, reply.json())
    }
}

#[apply(story)]
async fn what_is_too_much_is_credited_by_a_person_and_no_more_than_is_proved() {
    let till = Till::start().await;
    let (deposit, payment) = till.deposit().await;
    let payment = payment.paid("88".parse().unwrap());
    till.becomes(&payment, PaymentStatus::Finished).await;
    assert_eq!(till.stands(deposit).await, "in_review 20.00");
    assert_eq!(till.reviews().await, ["overpaid 22.00 20.00"]);
    assert_eq!(alert_kinds(&till.panel).await, ["deposit_review"]);
    let credit = |amount: &str| json!({"outcome": "credit", "amount": amount, "reason": "theirs"});
    let (status, said) = till.decide(1, credit("2.01")).await;
    assert_eq!((status, &said["code"]), (409, &json!("state_conflict")));
    let message = said["message"].as_str().unwrap();
    assert!(
        message.contains("22.00 that the gateway proves"),
        "{message}"
    );
    let (status, held) = till
        .decide(1, json!({"outcome": "hold", "reason": "asked them"}))
        .await;
    assert_eq!((status, &held["state"]), (200, &json!("held")));
    assert_eq!(till.stands(deposit).await, "in_review 20.00");
    let (status, decided) = till.decide(1, credit("2")).await;
    assert_eq!((status, &decided["state"]), (200, &json!("credited")));
    assert_eq!(till.stands(deposit).await, "credited 22.00");
    let (status, _) = till.decide(1, credit("2")).await;
    assert_eq!(status, 409);
    // The gateway says it again: that is decided.
    till.becomes(&payment, PaymentStatus::Finished).await;
    assert_eq!(till.reviews().await, Vec::<String>::new());
    assert_eq!(till.panel.balance().await, "122.00");
    let deeds = "SELECT action || ' ' || COALESCE(reason, '-') FROM audit_log \
                 WHERE action LIKE 'deposit%' ORDER BY id";
    let expected = ["deposit_decided asked them", "deposit_decided theirs"];
    assert_eq!(texts(&till.panel, deeds).await, expected);
    till.finish().await;
}

#[apply(story)]
async fn a_repeated_payment_is_never_credited_by_itself() {
    let till = Till::start().await;
    let (deposit, payment) = till.deposit().await;
    let payment = payment.paid_in_full();
    till.becomes(&payment, PaymentStatus::Finished).await;
    // Its price mirrors what arrived: 1,000,000 coins would be a million dollars.
    let again = till
        .gateway
        .repeat(&payment, "trx", "1000000".parse().unwrap());
    till.becomes(&again, PaymentStatus::Finished).await;
    assert_eq!(till.stands(deposit).await, "in_review 20.00");
    assert_eq!(till.reviews().await, ["repeated ? 0.00"]);
    let worth = SimulatedPayment {
        actually_paid_fiat: "250000.5".parse().unwrap(),
        ..again
    };
    till.becomes(&worth, PaymentStatus::Finished).await;
    assert_eq!(till.reviews().await, ["repeated 250000.50 0.00"]);
    let body = json!({"outcome": "credit", "amount": "250000.50", "reason": "by their figure"});
    assert_eq!(till.decide(1, body).await.0, 200);
    assert_eq!(till.panel.balance().await, "250120.50");
    till.finish().await;
}

#[apply(story)]
async fn a_payment_in_another_coin_or_of_another_price_waits_for_a_person() {
    let till = Till::start().await;
    let made = till.create(json!({"amount": "20", "coin": "trx"})).await;
    assert_eq!(made.status, 201);
    let invoice = till.gateway.invoices()[0].id.to_string();
    let wrong = till.gateway.choose(&invoice, "btc").unwrap();
    till.becomes(&wrong.paid_in_full(), PaymentStatus::Finished)
        .await;
    assert_eq!(till.reviews().await, ["wrong_coin 20.00 0.00"]);
    let (_, payment) = till.deposit().await;
    let other = SimulatedPayment {
        price: "2000".parse().unwrap(),
        ..payment.paid_in_full()
    };
    till.becomes(&other, PaymentStatus::Finished).await;
    let (_, payment) = till.deposit().await;
    let spending = SimulatedPayment {
        status: "spending".to_owned(),
        ..payment.clone().paid_in_full()
    };
    let now = till.gateway.set(&spending);
    till.told(&now).await;
    let expected = [
        "wrong_coin 20.00 0.00",
        "mismatch ? 0.00",
        "unknown_status ? 0.00",
    ];
    assert_eq!(till.reviews().await, expected);
    assert_eq!(till.panel.balance().await, "100.00");
    // What settles itself needs nobody any more.
    till.becomes(&payment.paid_in_full(), PaymentStatus::Finished)
        .await;
    assert_eq!(till.reviews().await, expected[..2]);
    assert_eq!(till.stands(3).await, "credited 20.00");
    let reject = json!({"outcome": "reject", "reason": "sent back"});
    assert_eq!(till.decide(2, reject).await.0, 200);
    assert_eq!(till.stands(2).await, "failed 0.00");
    till.finish().await;
}

#[apply(story)]
async fn a_small_payment_is_held_and_not_dropped() {
    let till = Till::start().await;
    let (deposit, payment) = till.deposit().await;
    let small = payment.clone().paid("3.9".parse().unwrap());
    till.becomes(&small, PaymentStatus::PartiallyPaid).await;
    assert_eq!(till.stands(deposit).await, "in_review 0.00");
    assert_eq!(till.reviews().await, ["underpaid 0.975 0.00"]);
    let reject = json!({"outcome": "reject", "reason": "less than the fee"});
    assert_eq!(till.decide(1, reject).await.0, 200);
    till.becomes(&small, PaymentStatus::PartiallyPaid).await;
    assert_eq!(till.reviews().await, Vec::<String>::new());
    // More of it is another question, and enough of it is none.
    let more = payment.clone().paid("3.99".parse().unwrap());
    till.becomes(&more, PaymentStatus::PartiallyPaid).await;
    assert_eq!(till.reviews().await, ["underpaid 0.9975 0.00"]);
    let enough = payment.paid("4".parse().unwrap());
    till.becomes(&enough, PaymentStatus::PartiallyPaid).await;
    assert_eq!(till.reviews().await, Vec::<String>::new());
    assert_eq!(till.stands(deposit).await, "credited 1.00");
    till.finish().await;
}

#[apply(story)]
async fn decisions_are_for_operators_and_say_what_is_wrong_with_them() {
    let till = Till::start().await;
    let (_, payment) = till.deposit().await;
    let payment = payment.paid("88".parse().unwrap());
    till.becomes(&payment, PaymentStatus::Finished).await;
    let (_, support) = staff(&till.panel.panel, Role::Support, "sue").await;
    let path = "/operator/v1/deposit-reviews/1/decision";
    let body = json!({"outcome": "credit", "amount": "1", "reason": "x"});
    for key in [&support, &till.panel.key] {
        let refused = till
            .panel
            .ask(key, Method::POST, path, Some(body.clone()))
            .await;
        assert_eq!(refused.status, 403, "{}", refused.body);
    }
    let listed = till
        .panel
        .ask(&support, Method::GET, "/operator/v1/deposit-reviews", None)
        .await;
    assert_eq!(listed.status, 200, "support reads");
    for (body, expected) in [
        (
            json!({"outcome": "credit", "reason": "x"}),
            "422 field_invalid",
        ),
        (
            json!({"outcome": "hold", "amount": "1", "reason": "x"}),
            "422 field_invalid",
        ),
        (
            json!({"outcome": "credit", "amount": "0", "reason": "x"}),
            "422 field_invalid",
        ),
        (
            json!({"outcome": "credit", "amount": "1", "reason": " "}),
            "422 field_invalid",
        ),
        (
            json!({"outcome": "credit", "amount": "1"}),
            "400 request_invalid",
        ),
        (
            json!({"outcome": "give", "reason": "x"}),
            "400 request_invalid",
        ),
        (
            json!({"outcome": "hold", "reason": "x", "account_id": 1}),
            "400 request_invalid",
        ),
    ] {
        let (status, said) = till.decide(1, body.clone()).await;
        let got = format!("{status} {}", said["code"].as_str().unwrap());
        assert_eq!(got, expected, "{body}");
    }
    let (status, said) = till
        .decide(7, json!({"outcome": "hold", "reason": "x"}))
        .await;
    assert_eq!((status, &said["code"]), (404, &json!("object_unknown")));
    assert_eq!(till.panel.balance().await, "120.00");
    till.finish().await;
}

#[apply(story_on_threads)]
async fn two_operators_who_decide_at_once_credit_once() {
    let till = Till::start().await;
    for _ in 0..5 {
        let (_, payment) = till.deposit().await;
        let payment = payment.paid("88".parse().unwrap());
        till.becomes(&payment, PaymentStatus::Finished).await;
    }
    for review in 1..=5 {
        let body = || json!({"outcome": "credit", "amount": "2", "reason": "theirs"});
        let all = (0..4).map(|_| till.decide(review, body()));
        let mut statuses: Vec<u16> = futures::future::join_all(all)
            .await
            .into_iter()
            .map(|(status, _)| status)
            .collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409, 409, 409]);
    }
    assert_eq!(till.panel.balance().await, "210.00");
    till.finish().await;
}
