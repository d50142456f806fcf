//! Deposits by commands: a transfer, a payment that nobody told of, and what is decided about one.

use harness::ANYWHERE;
use serde_json::json;
use smm_panel_server::demo::gateway::SimulatedGateway;
use smm_panel_server::deposits;
use smm_panel_server::gateway::PaymentStatus;
use smm_panel_server::ids::AccountId;
use smm_panel_server::money::Money;

use super::Operator;

#[apply(story)]
async fn a_transfer_is_recorded_and_counts_once() {
    let operator = Operator::new();
    operator.customer().await;
    assert_eq!(
        operator.ok(&["deposit", "list"]).await,
        "There are no deposits."
    );
    let record = |reference: &'static str| {
        [
            "deposit",
            "record",
            "alice",
            "250",
            "--reference",
            reference,
            "--reason",
            "at the bank",
        ]
    };
    let recorded = operator.ok(&record("DE-7")).await;
    assert_eq!(recorded, "Deposit 1: 250.00 USD for alice.");
    let again = operator.refused(&record("DE-7")).await;
    let taken = "there is a deposit with the reference manual:DE-7 already";
    assert_eq!(again, taken);
    let listed = operator
        .ok(&["deposit", "list", "--account", "alice"])
        .await;
    let line = "         1           1  manual   credited  250.00  250.00    20";
    assert!(listed.lines().nth(1).unwrap().starts_with(line), "{listed}");
    let shown = operator.ok(&["deposit", "show", "1"]).await;
    assert!(shown.ends_with("reference  DE-7"), "{shown}");
    let shown = operator.ok(&["account", "show", "alice"]).await;
    assert!(shown.contains("balance    260.00 USD"), "{shown}");
    let none = operator.refused(&["deposit", "show", "9"]).await;
    assert_eq!(none, "deposit 9: there is no such deposit");
    operator.finish().await;
}

#[apply(story)]
async fn a_payment_is_named_and_what_is_too_much_is_decided() {
    let gateway = SimulatedGateway::start(ANYWHERE).await.unwrap();
    let operator = Operator::new()
        .with("SMM_PANEL_NOWPAYMENTS_URL", &gateway.url())
        .with("SMM_PANEL_NOWPAYMENTS_API_KEY", SimulatedGateway::API_KEY)
        .with(
            "SMM_PANEL_NOWPAYMENTS_IPN_SECRET",
            SimulatedGateway::IPN_SECRET,
        );
    operator.customer().await;
    let opened = operator.opened().await;
    let amount = Money::parse("20").unwrap();
    let made = deposits::create(&opened.panel, AccountId(1), amount, None)
        .await
        .unwrap();
    let payment = gateway.choose(&made.invoice.unwrap(), "trx").unwrap();
    let payment = payment
        .paid("88".parse().unwrap())
        .at(PaymentStatus::Finished);
    gateway.set(&payment);
    let number = payment.id.to_string();
    let said = operator.ok(&["deposit", "add-payment", "1", &number]).await;
    assert_eq!(
        said,
        format!("The gateway is asked about payment {number}.")
    );
    opened.work().await;
    let reviews = operator.rows(&["deposit", "reviews"]).await;
    assert_eq!(
        reviews,
        [
            json!({"review_id": 1, "state": "open", "reason": "overpaid", "gateway_payment": number,
            "deposit_id": 1, "proved": "22.00", "credited": "20.00"})
        ]
    );
    let decide = |how: &'static [&'static str]| {
        [&["deposit", "decide", "1", "--reason", "theirs"], how].concat()
    };
    let refused = operator.refused(&decide(&["--credit", "3"])).await;
    let why = "with 3.00 that is more than the 22.00 that the gateway proves";
    assert!(refused.ends_with(why), "{refused}");
    let held = operator.ok(&decide(&["--hold"])).await;
    assert!(held.contains("  held "), "{held}");
    let credited = operator.ok(&decide(&["--credit", "2"])).await;
    assert!(
        credited.ends_with("22.00 USD proved, 22.00 USD credited"),
        "{credited}"
    );
    let nothing = operator.ok(&["deposit", "reviews"]).await;
    assert_eq!(nothing, "There is nothing to decide.");
    let shown = operator.ok(&["deposit", "show", "1"]).await;
    let paid = format!("payment    {number}  finished  88 of 80 trx  22.00 USD credited");
    assert!(shown.ends_with(&paid), "{shown}");
    opened.stop().await;
    gateway.stop().await;
    operator.finish().await;
}
