//! What is told to the gateway's address, and by whom.

use super::*;

/// How many callbacks are kept.
async fn kept(till: &Till) -> String {
    let sql = "SELECT CAST(COUNT(*) AS TEXT) FROM payment_callbacks";
    texts(&till.panel, sql).await[0].clone()
}

#[apply(story)]
async fn only_what_the_gateway_has_signed_is_taken() {
    let till = Till::start().await;
    let (deposit, payment) = till.deposit().await;
    let paid = till
        .gateway
        .set(&payment.paid_in_full().at(PaymentStatus::Finished));
    let SignedBody { body, signature } = till.gateway.callback(&paid, Spelling::Sorted);
    let bytes = || body.clone().into_bytes();
    let other = SimulatedPayment {
        actually_paid: "81".parse().unwrap(),
        ..paid.clone()
    };
    let others = till.gateway.callback(&other, Spelling::Sorted).signature;
    let twice = body.replacen('{', r#"{"payment_id":1,"#, 1);
    let deep = format!("{}1{}", "[".repeat(30_000), "]".repeat(30_000));
    let large = " ".repeat(64 * 1024) + &body;
    for (signature, body, expected) in [
        (None, bytes(), 401),
        (Some(""), bytes(), 401),
        (Some(&signature[..127]), bytes(), 401),
        (Some(others.as_str()), bytes(), 401),
        (Some("not a signature"), bytes(), 401),
        (
            Some(signature.as_str()),
            body.replace("80", "81").into(),
            401,
        ),
        (Some(signature.as_str()), Vec::new(), 400),
        (Some(signature.as_str()), b"not JSON".to_vec(), 400),
        (Some(signature.as_str()), vec![0xff, 0xfe], 400),
        (Some(signature.as_str()), twice.into(), 400),
        (Some(signature.as_str()), deep.into(), 400),
        (Some(signature.as_str()), large.into(), 413),
        (Some(signature.as_str()), vec![b' '; 10_000_000], 413),
    ] {
        let shown = String::from_utf8_lossy(body.get(..60).unwrap_or(&body)).into_owned();
        let status = till.send(signature, body).await;
        assert_eq!(status, expected, "{signature:?} {shown}");
    }
    assert_eq!(kept(&till).await, "0");
    assert_eq!(till.stands(deposit).await, "waiting 0.00");
    assert_eq!(till.send(Some(&signature), body.into()).await, 200);
    till.panel.work().await;
    assert_eq!(till.stands(deposit).await, "credited 20.00");
    till.finish().await;
}

#[apply(story)]
async fn a_callback_that_is_repeated_for_ever_is_kept_and_asked_about_once() {
    let till = Till::start().await;
    let (_, payment) = till.deposit().await;
    let paid = till
        .gateway
        .set(&payment.paid_in_full().at(PaymentStatus::Finished));
    till.told(&paid).await;
    let asked = till.gateway.requests().len();
    let callback = till.gateway.callback(&paid, Spelling::Sorted);
    for _ in 0..20 {
        assert_eq!(till.call_back(&callback).await, 200);
        till.panel.work().await;
    }
    assert_eq!(till.gateway.requests().len(), asked);
    // In another spelling it is another body, and gives nothing either.
    for spelling in Spelling::ALL {
        let callback = till.gateway.callback(&paid, spelling);
        assert_eq!(till.call_back(&callback).await, 200);
        till.panel.work().await;
    }
    assert_eq!(till.panel.balance().await, "120.00");
    assert_eq!(kept(&till).await, "4");
    till.finish().await;
}

#[apply(story)]
async fn a_callback_is_a_reason_to_ask_and_never_to_credit() {
    let till = Till::start().await;
    let (deposit, payment) = till.deposit().await;
    // Somebody who has the secret says that it is paid; the gateway does not.
    let lie = SimulatedPayment {
        updated_at_ms: i64::MAX / 2,
        ..payment.clone().paid_in_full().at(PaymentStatus::Finished)
    };
    let forged = SimulatedPayment {
        id: 999,
        ..lie.clone()
    };
    for lie in [&lie, &forged] {
        let callback = till.gateway.callback(lie, Spelling::Sorted);
        assert_eq!(till.call_back(&callback).await, 200);
    }
    till.panel.work().await;
    till.panel.pass(30 * MINUTE).await;
    assert_eq!(till.stands(deposit).await, "waiting 0.00");
    assert_eq!(till.panel.balance().await, "100.00");
    // The payment that is nowhere is told to a person, once.
    assert_eq!(till.reviews().await, ["not_at_gateway ? 0.00"]);
    till.panel.pass(HOUR).await;
    assert_eq!(alert_kinds(&till.panel).await, ["deposit_review"]);
    till.becomes(&payment.paid_in_full(), PaymentStatus::Finished)
        .await;
    assert_eq!(till.stands(deposit).await, "credited 20.00");
    till.finish().await;
}

#[apply(story)]
async fn a_payment_belongs_to_whom_the_gateway_says() {
    let till = Till::start().await;
    let (_, mine) = till.deposit().await;
    let (_, other) = till.deposit().await;
    // The callback says one deposit, the gateway the other.
    let told = SimulatedPayment {
        order: other.order.clone(),
        ..till
            .gateway
            .set(&mine.paid_in_full().at(PaymentStatus::Finished))
    };
    till.told(&told).await;
    assert_eq!(till.stands(1).await, "credited 20.00");
    assert_eq!(till.stands(2).await, "waiting 0.00");
    // One that names nobody is kept, and a person is told.
    let stray = SimulatedPayment {
        order: "somebody-else".to_owned(),
        ..other.paid_in_full()
    };
    till.becomes(&stray, PaymentStatus::Finished).await;
    assert_eq!(till.reviews().await, ["unknown_deposit ? 0.00"]);
    assert_eq!(till.panel.balance().await, "120.00");
    till.finish().await;
}

#[apply(story)]
async fn what_is_about_something_else_is_taken_and_ignored() {
    let till = Till::start().await;
    let vectors = include_str!("../../../server/src/gateway/nowpayments/vectors.json");
    let vectors: Value = serde_json::from_str(vectors).unwrap();
    // Of another secret than this panel's: none of them is taken.
    for vector in vectors.as_array().unwrap() {
        let word = |field: &str| vector[field].as_str().unwrap();
        let body = word("body").as_bytes().to_vec();
        assert_eq!(till.send(Some(word("sig_node_doc")), body).await, 401);
    }
    assert_eq!(kept(&till).await, "0");
    till.finish().await;

    let gateway = SimulatedGateway::start(ANYWHERE).await.unwrap();
    let secret = vectors[0]["secret"].as_str().unwrap();
    let panel = TestPanel::start_with(|config| {
        harness::use_gateway(config, &gateway.url());
        config.nowpayments_ipn_secret = Some(SecretString::from(secret));
    })
    .await;
    let (_, operator) = staff(&panel.panel, Role::Operator, "olga").await;
    let till = Till {
        panel,
        gateway,
        operator,
    };
    for vector in vectors.as_array().unwrap() {
        let word = |field: &str| vector[field].as_str().unwrap();
        for signature in ["sig_node_doc", "sig_node_sdk"] {
            let body = word("body").as_bytes().to_vec();
            let status = till.send(Some(word(signature)), body).await;
            assert_eq!(status, 200, "{} {signature}", word("name"));
        }
    }
    assert_eq!(kept(&till).await, "10");
    till.panel.pass(30 * MINUTE).await;
    assert_eq!(till.panel.balance().await, "100.00");
    // A payout is no payment, and nothing is asked about it.
    let unknown = till.reviews().await;
    assert!(
        unknown.iter().all(|one| one == "not_at_gateway ? 0.00"),
        "{unknown:?}"
    );
    till.finish().await;
}

#[apply(story_on_threads)]
async fn two_servers_that_are_told_at_once_credit_once() {
    let till = Till::start().await;
    let other = harness::open_another(&till.panel).await;
    let mut waiting = Vec::new();
    for _ in 0..20 {
        let (_, payment) = till.deposit().await;
        let paid = payment.paid_in_full().at(PaymentStatus::Finished);
        let callback = till
            .gateway
            .callback(&till.gateway.set(&paid), Spelling::Sorted);
        waiting.push(callback);
    }
    for callback in &waiting {
        let twice = futures::future::join_all([till.call_back(callback), till.call_back(callback)]);
        assert_eq!(twice.await, [200, 200]);
    }
    let client = smm_panel_server::provider::Client::new(true).unwrap();
    let others = smm_panel_server::workers::Workers::new(&other, client);
    let (_, done) = tokio::join!(till.panel.work(), others.run_until_quiet());
    done.unwrap();
    assert_eq!(till.panel.balance().await, "500.00");
    assert_eq!(till.ledger().await.len(), 20);
    other.db.close().await.unwrap();
    till.finish().await;
}

#[apply(story)]
async fn what_was_credited_stays_with_its_deposit_whatever_the_gateway_says_later() {
    let till = Till::start().await;
    let (first, payment) = till.deposit().await;
    let (second, other) = till.deposit().await;
    let paid = payment.paid_in_full();
    till.becomes(&paid, PaymentStatus::Finished).await;
    let moved = SimulatedPayment {
        order: other.order.clone(),
        ..paid
    };
    till.becomes(&moved, PaymentStatus::Refunded).await;
    assert_eq!(till.stands(first).await, "returned 20.00");
    assert_eq!(till.stands(second).await, "waiting 0.00");
    till.becomes(&moved, PaymentStatus::Finished).await;
    assert_eq!(till.panel.balance().await, "100.00");
    till.finish().await;
}
