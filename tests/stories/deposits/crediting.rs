//! What becomes wallet money, and when.

use super::*;
use smm_panel_server::abuse;
use smm_panel_server::abuse::facts::Fact;

#[apply(story)]
async fn a_deposit_that_is_paid_is_in_the_wallet() {
    let till = Till::start().await;
    let made = till.create(json!({"amount": "20", "coin": "TRX"})).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let made = made.json();
    assert_eq!(made["deposit"]["status"], "waiting");
    assert_eq!(made["min_amount"], "1.00");
    let quote = json!({"coin": "trx", "estimate": "80", "minimum": "3"});
    assert_eq!(made["deposit"]["quote"], quote);
    assert!(
        made["terms"]
            .as_str()
            .unwrap()
            .contains("cannot be converted back")
    );
    let notes = made["notes"].to_string();
    assert!(notes.contains("no payment below 3 TRX"), "{notes}");
    let invoice = &till.gateway.invoices()[0];
    assert_eq!(
        invoice.order,
        made["deposit"]["reference"].as_str().unwrap()
    );
    assert_eq!(invoice.coin.as_deref(), Some("trx"));
    let url = made["deposit"]["invoice_url"].as_str().unwrap();
    assert!(url.ends_with(&invoice.id.to_string()), "{url}");

    let payment = till.gateway.choose(&invoice.id.to_string(), "trx").unwrap();
    let payment = payment.paid_in_full();
    for (status, stands) in [
        (PaymentStatus::Waiting, "waiting 0.00"),
        (PaymentStatus::Confirming, "confirming 0.00"),
        (PaymentStatus::Confirmed, "confirming 0.00"),
        (PaymentStatus::Sending, "confirming 0.00"),
        (PaymentStatus::Finished, "credited 20.00"),
        (PaymentStatus::Finished, "credited 20.00"),
    ] {
        till.becomes(&payment, status).await;
        assert_eq!(till.stands(1).await, stands, "{status}");
    }
    assert_eq!(till.panel.balance().await, "120.00");
    let credited = format!("deposit nowpayments:{} 20000000000", payment.id);
    assert_eq!(till.ledger().await, [credited]);
    let paid = &till.view(1).await["payments"][0];
    assert_eq!(paid["status"], "finished");
    assert_eq!(
        (&paid["actually_paid"], &paid["credited"]),
        (&json!("80"), &json!("20.00"))
    );
    // It can be spent.
    till.panel.order("https://x.test/p", 1000).await;
    assert_eq!(till.panel.balance().await, "119.10");
    till.finish().await;
}

#[apply(story)]
async fn a_payment_of_which_no_callback_came_is_found() {
    let till = Till::start().await;
    let (deposit, payment) = till.deposit().await;
    till.gateway
        .set(&payment.clone().at(PaymentStatus::Confirming));
    till.panel.pass(MINUTE).await;
    assert_eq!(till.stands(deposit).await, "confirming 0.00");
    till.gateway
        .set(&payment.paid_in_full().at(PaymentStatus::Finished));
    till.panel.pass(MINUTE).await;
    assert_eq!(till.stands(deposit).await, "credited 20.00");
    till.finish().await;
}

#[apply(story)]
async fn without_lists_an_operator_names_the_payment() {
    let till = Till::start_with(false).await;
    let (deposit, payment) = till.deposit().await;
    till.gateway
        .set(&payment.clone().paid_in_full().at(PaymentStatus::Finished));
    till.panel.pass(HOUR).await;
    assert_eq!(till.stands(deposit).await, "waiting 0.00");
    let path = format!("/deposits/{deposit}/payments");
    let body = json!({"gateway_payment": payment.id.to_string()});
    let named = till.asks(Method::POST, &path, Some(body)).await;
    assert_eq!(named.status, 200, "{}", named.body);
    till.panel.work().await;
    assert_eq!(till.stands(deposit).await, "credited 20.00");
    // What a callback told once is followed without lists.
    let (other, payment) = till.deposit().await;
    till.becomes(&payment.clone().paid_in_full(), PaymentStatus::Confirming)
        .await;
    till.gateway
        .set(&payment.paid_in_full().at(PaymentStatus::Finished));
    till.panel.pass(MINUTE).await;
    assert_eq!(till.stands(other).await, "credited 20.00");
    till.finish().await;
}

#[apply(story)]
async fn nothing_paid_in_eight_days_is_expired_and_a_late_payment_is_credited() {
    let till = Till::start().await;
    let (deposit, payment) = till.deposit().await;
    till.becomes(&payment, PaymentStatus::Expired).await;
    assert_eq!(till.stands(deposit).await, "expired 0.00");
    let (unpaid, _) = till.deposit().await;
    for _ in 0..9 {
        till.later(DAY).await;
    }
    assert_eq!(till.stands(unpaid).await, "expired 0.00");
    let asked = till.gateway.requests().len();
    till.later(10 * DAY).await;
    assert_eq!(till.gateway.requests().len(), asked, "nobody asks any more");
    till.becomes(&payment.paid_in_full(), PaymentStatus::Finished)
        .await;
    assert_eq!(till.stands(deposit).await, "credited 20.00");
    assert_eq!(till.panel.balance().await, "120.00");
    till.finish().await;
}

#[apply(story)]
async fn what_arrives_later_of_an_underpaid_deposit_is_added() {
    let till = Till::start().await;
    let (deposit, payment) = till.deposit().await;
    let part = payment.clone().paid("30".parse().unwrap());
    till.becomes(&part, PaymentStatus::PartiallyPaid).await;
    assert_eq!(till.stands(deposit).await, "credited 7.50");
    let more = payment.clone().paid("79.99".parse().unwrap());
    till.becomes(&more, PaymentStatus::PartiallyPaid).await;
    assert_eq!(till.stands(deposit).await, "credited 19.9975");
    // Until it is whole, it is remembered as one that came in part.
    let remembered = abuse::remembered(&till.panel.panel).await.unwrap();
    let facts: Vec<&Fact> = remembered.iter().map(|event| &event.fact).collect();
    let account = till.panel.account;
    assert_eq!(facts, [&Fact::PaidInPart { account }]);
    till.becomes(&payment.clone().paid_in_full(), PaymentStatus::Finished)
        .await;
    assert_eq!(till.stands(deposit).await, "credited 20.00");
    let id = payment.id;
    let expected = [
        format!("deposit nowpayments:{id} 7500000000"),
        format!("deposit nowpayments:{id}#2 12497500000"),
        format!("deposit nowpayments:{id}#3 2500000"),
    ];
    assert_eq!(till.ledger().await, expected);
    till.finish().await;
}

#[apply(story)]
async fn a_gateway_that_does_not_answer_is_asked_again() {
    let till = Till::start().await;
    let (deposit, payment) = till.deposit().await;
    let payment = payment.paid_in_full();
    for fault in [429, 500, 502, 403] {
        let fault = GatewayFault::Http(fault, "<html>".to_owned());
        till.gateway.fail_next("/payment/5", fault);
    }
    till.gateway
        .fail_next("/payment/5", GatewayFault::Http(200, "{}".to_owned()));
    till.becomes(&payment, PaymentStatus::Finished).await;
    assert_eq!(till.stands(deposit).await, "waiting 0.00");
    for _ in 0..5 {
        till.panel.pass(2 * MINUTE).await;
    }
    assert_eq!(till.stands(deposit).await, "credited 20.00");
    till.finish().await;
}

#[apply(story)]
async fn without_an_invoice_nothing_was_made() {
    let till = Till::start().await;
    let busy = || GatewayFault::Http(503, String::new());
    till.gateway.fail_next("/invoice", busy());
    let refused = till.create(json!({"amount": "20"})).await;
    assert_eq!(refused.status, 503, "{}", refused.body);
    assert_eq!(refused.json()["code"], "gateway_unavailable");
    assert_eq!(refused.headers["retry-after"], "60");
    assert_eq!(till.stands(1).await, "failed 0.00");
    till.gateway.fail_next("/estimate", busy());
    let refused = till.create(json!({"amount": "20", "coin": "trx"})).await;
    assert_eq!(refused.json()["code"], "gateway_unavailable");
    till.later(DAY).await;
    let list = "/api/v3/deposits";
    let listed = till
        .panel
        .ask(&till.panel.key, Method::GET, list, None)
        .await;
    assert_eq!(listed.json()["deposits"].as_array().unwrap().len(), 1);
    till.finish().await;
}

#[apply(story)]
async fn amounts_and_coins_that_cannot_be_paid_are_refused_before_the_invoice() {
    let till = Till::start().await;
    for (body, expected) in [
        (json!({"amount": "0.99"}), "422 amount_below_min 1.00"),
        (json!({"amount": "0"}), "422 field_invalid amount"),
        (json!({"amount": "1.001"}), "422 field_invalid amount"),
        (json!({"amount": "1000000.01"}), "422 field_invalid amount"),
        (
            json!({"amount": "8.5", "coin": "usdttrc20"}),
            "422 amount_below_min 8.93",
        ),
        (
            json!({"amount": "20", "coin": "doge"}),
            "422 field_invalid coin",
        ),
        (
            json!({"amount": "20", "coin": "../x"}),
            "422 field_invalid coin",
        ),
        (
            json!({"amount": "20", "account_id": 2}),
            "400 request_invalid account_id",
        ),
        (json!({"amount": 20}), "400 request_invalid amount"),
        (json!({"amount": "-20"}), "400 request_invalid amount"),
        (json!({"amount": "1e3"}), "400 request_invalid amount"),
        (json!({}), "400 request_invalid -"),
    ] {
        let refused = till.create(body.clone()).await;
        let json = refused.json();
        let details = &json["details"];
        let what = details["min_amount"].as_str().or(details["field"].as_str());
        let (code, what) = (json["code"].as_str().unwrap(), what.unwrap_or("-"));
        assert_eq!(
            format!("{} {code} {what}", refused.status),
            expected,
            "{body}"
        );
    }
    assert_eq!(till.gateway.invoices(), []);
    // So many may wait, and no more.
    for _ in 0..50 {
        assert_eq!(till.create(json!({"amount": "20"})).await.status, 201);
    }
    let refused = till.create(json!({"amount": "20"})).await;
    assert_eq!(refused.json()["code"], "state_conflict");
    till.finish().await;
    let panel = TestPanel::start().await;
    let body = Some(json!({"amount": "20"}));
    let closed = panel
        .ask(&panel.key, Method::POST, "/api/v3/deposits", body)
        .await;
    assert_eq!(
        (closed.status, &closed.json()["code"]),
        (409, &json!("deposits_closed"))
    );
    panel.finish().await;
}

#[apply(story)]
async fn what_arrives_for_a_suspended_account_is_kept_beside_its_wallet() {
    let till = Till::start().await;
    let (deposit, payment) = till.deposit().await;
    let account = till.panel.account;
    let path = format!("/accounts/{account}/suspend");
    let suspended = till
        .asks(Method::POST, &path, Some(json!({"reason": "resold"})))
        .await;
    assert!(suspended.status < 300, "{}", suspended.body);
    till.becomes(&payment.paid_in_full(), PaymentStatus::Finished)
        .await;
    till.panel.check().await;
    let path = format!("/accounts/{account}/reinstate");
    let back = till
        .asks(Method::POST, &path, Some(json!({"reason": "a mistake"})))
        .await;
    assert!(back.status < 300, "{}", back.body);
    assert_eq!(till.stands(deposit).await, "credited 20.00");
    assert_eq!(till.panel.balance().await, "120.00");
    till.finish().await;
}

#[apply(story)]
async fn a_payment_that_the_gateway_sends_back_is_taken_out_of_the_wallet() {
    let till = Till::start().await;
    let (deposit, payment) = till.deposit().await;
    let payment = payment.paid_in_full();
    till.becomes(&payment, PaymentStatus::Finished).await;
    till.becomes(&payment, PaymentStatus::Refunded).await;
    assert_eq!(till.stands(deposit).await, "returned 20.00");
    assert_eq!(till.panel.balance().await, "100.00");
    assert_eq!(till.reviews().await, ["returned 0.00 20.00"]);
    // Once, and never credited again by itself.
    till.becomes(&payment, PaymentStatus::Refunded).await;
    till.becomes(&payment, PaymentStatus::Finished).await;
    assert_eq!(till.panel.balance().await, "100.00");

    // What was spent is not there any more: the wallet never goes below zero.
    let (_, payment) = till.deposit().await;
    let payment = payment.paid_in_full();
    till.becomes(&payment, PaymentStatus::Finished).await;
    let dear = harness::terms(smm_panel_server::protocol::ServiceType::Default, "115");
    let service = till.panel.service(dear, Vec::new()).await;
    till.panel.order_of(service, "https://x.test/p", 1000).await;
    assert_eq!(till.panel.balance().await, "5.00");
    till.becomes(&payment, PaymentStatus::Refunded).await;
    assert_eq!(till.panel.balance().await, "0.00");
    assert_eq!(
        till.reviews().await,
        ["returned 0.00 20.00", "returned 15.00 20.00"]
    );
    let paid = &till.view(2).await["payments"][0];
    assert_eq!(
        (&paid["taken_back"], &paid["shortfall"]),
        (&json!("5.00"), &json!("15.00"))
    );
    till.finish().await;
}

#[apply(story)]
async fn a_bank_transfer_is_recorded_by_an_operator_once() {
    let till = Till::start().await;
    let path = format!("/accounts/{}/deposits", till.panel.account);
    let transfer = json!({"amount": "250", "reference": "DE-7", "reason": "seen at the bank"});
    let recorded = till.asks(Method::POST, &path, Some(transfer.clone())).await;
    assert_eq!(recorded.status, 201, "{}", recorded.body);
    assert_eq!(recorded.json()["gateway"], "manual");
    assert_eq!(till.panel.balance().await, "350.00");
    let again = till.asks(Method::POST, &path, Some(transfer)).await;
    assert_eq!(
        (again.status, &again.json()["code"]),
        (409, &json!("name_taken"))
    );
    assert_eq!(till.ledger().await, ["deposit manual:DE-7 250000000000"]);
    assert_eq!(till.stands(1).await, "credited 250.00");
    let (_, support) = staff(&till.panel.panel, Role::Support, "sue").await;
    let more = Some(json!({"amount": "1", "reference": "x", "reason": "y"}));
    let path = format!("/operator/v1{path}");
    for key in [&support, &till.panel.key] {
        let refused = till.panel.ask(key, Method::POST, &path, more.clone()).await;
        assert_eq!(refused.status, 403, "{}", refused.body);
    }
    let nobody = Some(json!({"amount": "1", "reference": "x", "reason": "y"}));
    let refused = till
        .asks(Method::POST, "/accounts/2/deposits", nobody)
        .await;
    assert_eq!(
        (refused.status, &refused.json()["code"]),
        (404, &json!("object_unknown"))
    );
    till.finish().await;
}

#[apply(story)]
async fn a_program_deposits_by_the_sdk() {
    use futures::TryStreamExt;
    use smm_panel_sdk::{Client, DepositStatus, Error, ErrorCode};

    let till = Till::start().await;
    let base = till.panel.url.trim_end_matches("/api/v2").to_owned();
    let client = Client::new(&base, &till.panel.key).unwrap();
    let made = client.deposit("20.50".parse().unwrap(), Some("btc")).await;
    let made = made.unwrap();
    assert_eq!(made.deposit.status, DepositStatus::Waiting);
    assert_eq!(made.deposit.quote.unwrap().estimate, "0.000205");
    let invoice = made.deposit.invoice_url.unwrap();
    let payment = till
        .gateway
        .choose(invoice.rsplit('/').next().unwrap(), "btc");
    till.becomes(&payment.unwrap().paid_in_full(), PaymentStatus::Finished)
        .await;
    let paid = client
        .deposit_status(made.deposit.deposit_id)
        .await
        .unwrap();
    assert_eq!(paid.deposit.status, DepositStatus::Credited);
    assert_eq!(paid.deposit.credited, "20.50".parse().unwrap());
    assert_eq!(paid.payments[0].actually_paid.as_deref(), Some("0.000205"));
    client.deposit(5.into(), None).await.unwrap();
    let all: Vec<_> = client.deposits(None).try_collect().await.unwrap();
    assert_eq!(all.len(), 2);
    let credited = client.deposits(Some(DepositStatus::Credited));
    let credited: Vec<_> = credited.try_collect().await.unwrap();
    assert_eq!(credited.len(), 1);
    let refused = client.deposit("0.50".parse().unwrap(), None).await;
    let Err(Error::Refused(refusal)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(refusal.code, ErrorCode::AmountBelowMin);
    assert_eq!(refusal.details.min_amount, Some(1.into()));
    till.finish().await;
}
