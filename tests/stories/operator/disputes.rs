//! Disputes by commands: what waits, the evidence, the decision.

use serde_json::{Value, json};
use smm_panel_server::disputes::rules::DisputeReason;
use smm_panel_server::disputes::{self, Filed};
use smm_panel_server::ids::{AccountId, OrderId};
use smm_panel_server::money::Money;

use super::{MANUAL, Operator, order};

#[apply(story)]
async fn a_dispute_is_listed_looked_into_and_decided() {
    let operator = Operator::new();
    operator.customer().await;
    operator.ok(&MANUAL).await;
    let key = operator.ok(&["key", "create", "alice"]).await;
    let none = operator.ok(&["dispute", "list"]).await;
    assert_eq!(none, "There is nothing to decide.");
    let opened = operator.opened().await;
    order(&opened.url, &key, "https://x.test/a").await;
    let filed = Filed {
        reason: DisputeReason::WrongCharge,
        amount: Money::parse("0.25").unwrap(),
        description: "It was offered for a quarter less.".to_owned(),
    };
    let filed = disputes::open(&opened.panel, AccountId(1), OrderId(1), filed).await;
    assert_eq!(filed.unwrap().id.0, 1);
    opened.stop().await;
    operator.ok(&["order", "manual", "1", "--completed"]).await;
    let listed = operator
        .ok(&["dispute", "list", "--account", "alice"])
        .await;
    let line = "         1  open   wrong_charge  0.25           1           1            20";
    assert!(listed.lines().nth(1).unwrap().starts_with(line), "{listed}");
    let evidence = operator.ok(&["dispute", "evidence", "1"]).await;
    let evidence: Value = serde_json::from_str(&evidence).unwrap();
    assert_eq!(evidence["bundle"]["order"]["order_id"], 1);
    assert_eq!(evidence["kept"], json!(false));
    let decide = |amount: &'static str| {
        [
            "dispute", "decide", "1", "--refund", amount, "--reason", "it was",
        ]
    };
    let above = operator.refused(&decide("0.26")).await;
    let most = "dispute 1: at most 0.25 USD can still come back of this charge";
    assert_eq!(above, most);
    let decided = operator.ok(&decide("0.20")).await;
    assert!(decided.contains("upheld"), "{decided}");
    assert!(decided.contains(", 0.20 USD refunded"), "{decided}");
    let none = operator.ok(&["dispute", "list"]).await;
    assert_eq!(none, "There is nothing to decide.");
    let all = operator.ok(&["dispute", "list", "--all"]).await;
    assert!(all.contains("upheld"), "{all}");
    let gone = operator.refused(&["dispute", "evidence", "9"]).await;
    assert_eq!(gone, "dispute 9: there is no such dispute");
    operator.finish().await;
}
