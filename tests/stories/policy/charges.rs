//! "2. Order Refunds & Service Credits", "3. Non-Refundable Scenarios", "6. Dispute Resolution" and
//! "7. Summary of Our Refund Commitments".

use super::*;

/// "A 100% refund of the order cost will be returned to your wallet balance."
#[apply(story)]
async fn failed_and_system_errors() {
    let panel = TestPanel::start().await;
    let order = ended(
        &panel,
        "https://x.test/p",
        Script::Refuse("Incorrect service ID"),
    )
    .await;
    let shown = get(&panel, &format!("/orders/{order}")).await;
    assert_eq!(shown["status"], "failed");
    let whole = "failed (1000 / 1000) * 0.90 = 0.90 to the wallet";
    assert_eq!(refunds(&panel, order).await, [whole]);
    assert_eq!(panel.balance().await, "100.00");
    assert_eq!(panel.shown(order).await, "Canceled 0.00 1000");
    panel.finish().await;
}

/// "You ordered 1,000 followers, but the provider could only deliver 600 ...: refund = (remains /
/// total_quantity) * charge."
#[apply(story)]
async fn partial_delivery() {
    let panel = TestPanel::start().await;
    let script = Script::Partial {
        over_ms: DELIVERY,
        delivered_percent: 60,
    };
    let order = ended(&panel, "https://x.test/p", script).await;
    let part = "partial (400 / 1000) * 0.90 = 0.36 to the wallet";
    assert_eq!(refunds(&panel, order).await, [part]);
    assert_eq!(panel.shown(order).await, "Partial 0.54 400");
    assert_eq!(panel.balance().await, "99.46");
    panel.finish().await;
}

/// "If an order is cancelled by the system before delivery begins, the full amount is returned."
#[apply(story)]
async fn system_cancelled() {
    let panel = TestPanel::start().await;
    let order = ended(&panel, "https://x.test/p", Script::CancelAfter { ms: 0 }).await;
    let whole = "canceled (1000 / 1000) * 0.90 = 0.90 to the wallet";
    assert_eq!(refunds(&panel, order).await, [whole]);
    assert_eq!(panel.shown(order).await, "Canceled 0.00 1000");
    panel.finish().await;
}

/// "Credited exclusively to your MysticSMM wallet balance": by the ledger, once, and to be spent again.
#[apply(story)]
async fn refunds_are_credited_exclusively_to_the_wallet() {
    let panel = TestPanel::start().await;
    ended(&panel, "https://x.test/p", Script::CancelAfter { ms: 0 }).await;
    let entries = get(&panel, "/wallet/entries").await;
    let entries = entries["entries"].as_array().unwrap();
    let amounts: Vec<&Value> = entries.iter().map(|entry| &entry["amount"]).collect();
    assert_eq!(amounts, ["100.00", "-0.90", "0.90"]);
    let paid_out = "SELECT account FROM ledger_entries WHERE side = 'credit' AND account NOT LIKE \
                    'wallet:%' AND account NOT LIKE 'hold:%'";
    assert_eq!(texts(&panel, paid_out).await, Vec::<String>::new());
    panel.finish().await;
}

/// "Once an SMM service status is marked as COMPLETED, it is considered finalized, and no refunds are
/// possible."
#[apply(story)]
async fn completed_orders() {
    let panel = TestPanel::start().await;
    let order = ended(&panel, "https://x.test/p", Script::Deliver { over_ms: 0 }).await;
    assert_eq!(panel.shown(order).await, "Completed 0.90 0");
    assert_eq!(refunds(&panel, order).await, Vec::<String>::new());
    let cancel = post(&panel, &format!("/orders/{order}/cancel"), None).await;
    assert_eq!(cancel, "409 order_not_cancelable");
    let shown = get(&panel, &format!("/orders/{order}")).await;
    assert_eq!(shown["refund_eligibility"]["reason"], "completed");
    assert_eq!(panel.balance().await, "99.10");
    panel.finish().await;
}

/// "If you provide an incorrect link ..., the service may still run, fail, or deliver to a wrong
/// destination": what is no link is refused before it costs anything, else the outcome stands.
#[apply(story)]
async fn incorrect_order_details() {
    let panel = TestPanel::start().await;
    let no_link = json!({"service_id": 1, "link": "not a link", "quantity": 1000});
    assert_eq!(post(&panel, "/orders", Some(no_link)).await, "422 link_bad");
    assert_eq!(panel.balance().await, "100.00");
    let typo = "https://instagram.com/yuo";
    let order = ended(&panel, typo, Script::Deliver { over_ms: 0 }).await;
    assert_eq!(panel.shown(order).await, "Completed 0.90 0");
    assert_eq!(panel.balance().await, "99.10");
    panel.finish().await;
}

/// "We cannot refund overlap issues caused by simultaneous campaigns."
#[apply(story)]
async fn simultaneous_orders() {
    let panel = TestPanel::start().await;
    let script = Script::Partial {
        over_ms: DELIVERY,
        delivered_percent: 60,
    };
    panel.provider.script_next(1, script);
    let one = panel.order("https://x.test/p", 1000).await;
    let other = panel.order("https://x.test/p", 1000).await;
    panel.pass(DELIVERY + MINUTE).await;
    let shown = get(&panel, &format!("/orders/{one}")).await;
    assert_eq!(shown["overlaps"], json!([other]));
    assert_eq!(shown["remains"], 400);
    let withheld = "overlapping_order (400 / 1000) * 0.90 = 0.00 to the wallet";
    assert_eq!(refunds(&panel, one).await, [withheld]);
    // What a downstream panel did not get, it must not give back.
    assert_eq!(panel.shown(one).await, "Partial 0.90 0");
    panel.advance(DAY);
    let refill = post(&panel, &format!("/orders/{one}/refill"), None).await;
    assert_eq!(refill, "409 order_overlapping");
    let count = json!({"reason": "not_delivered", "amount": "0.36", "description": "Only 600 of 1000 came."});
    let dispute = post(&panel, &format!("/orders/{one}/disputes"), Some(count)).await;
    assert_eq!(dispute, "409 order_overlapping");
    panel.finish().await;
}

/// "All remaining wallet funds are forfeited."
#[apply(story)]
async fn account_suspension() {
    let panel = TestPanel::start().await;
    let (_, olga) = staff(&panel.panel, Role::Operator, "olga").await;
    let path = format!("/operator/v1/accounts/{}/suspend", panel.account);
    let why = Some(json!({"reason": "API abuse"}));
    let suspended = panel.ask(&olga, Method::POST, &path, why).await.json();
    assert_eq!(suspended["forfeited"], "100.00", "{suspended}");
    let balance = panel.v2(&[("action", "balance")]).await;
    assert_eq!(balance.error(), "Your account has been suspended.");
    panel.finish().await;
}

/// "A formal dispute ... within 48 hours of the charge. Include your Order ID, the exact amount in
/// question, and a clear description ... Our finance audit team will review server-side transaction
/// logs, delivery records, and provider confirmations."
#[apply(story)]
async fn dispute_resolution() {
    let panel = TestPanel::start().await;
    let (_, olga) = staff(&panel.panel, Role::Operator, "olga").await;
    let order = ended(&panel, "https://x.test/p", Script::Deliver { over_ms: 0 }).await;
    let late = ended(&panel, "https://x.test/q", Script::Deliver { over_ms: 0 }).await;
    let what = json!({"reason": "wrong_charge", "amount": "0.20", "description": "The list said 0.70, not 0.90."});
    let path = format!("/orders/{order}/disputes");
    assert_eq!(post(&panel, &path, Some(what.clone())).await, "201 done");
    panel.advance(49 * HOUR);
    let path = format!("/orders/{late}/disputes");
    assert_eq!(
        post(&panel, &path, Some(what)).await,
        "409 dispute_period_over"
    );
    let evidence = get(&panel, "/disputes/1/evidence").await;
    for record in [
        "ledger",
        "deliveries",
        "provider_exchanges",
        "status_history",
    ] {
        let rows = evidence["bundle"][record].as_array().map_or(0, Vec::len);
        assert!(rows > 0, "no {record} in {evidence}");
    }
    let upheld = json!({"outcome": "uphold", "reason": "the list did"});
    let path = "/operator/v1/disputes/1/decision";
    let decided = panel.ask(&olga, Method::POST, path, Some(upheld)).await;
    assert_eq!(decided.status, 200, "{}", decided.body);
    let given = "dispute 0.20 as decided = 0.20 to the wallet";
    assert_eq!(refunds(&panel, order).await, [given]);
    assert_eq!(panel.balance().await, "98.40");
    panel.finish().await;
}

/// "Filing an external chargeback ... will result in immediate permanent suspension of your account,
/// forfeiture of all remaining wallet balances."
#[apply(story)]
async fn filing_an_external_chargeback() {
    let panel = TestPanel::start().await;
    let (_, olga) = staff(&panel.panel, Role::Operator, "olga").await;
    let post = async |path: &str, body: Value| {
        let path = format!("/operator/v1/accounts/{}/{path}", panel.account);
        panel.ask(&olga, Method::POST, &path, Some(body)).await
    };
    let chargeback = json!({"reference": "CB-1", "amount": "120.00", "reason": "at the bank"});
    let recorded = post("chargebacks", chargeback).await.json();
    assert_eq!(recorded["covered"], "100.00");
    assert_eq!(recorded["shortfall"], "20.00");
    let lifted = post("reinstate", json!({"reason": "please"})).await;
    assert_eq!(lifted.status, 409, "{}", lifted.body);
    let balance = panel.v2(&[("action", "balance")]).await;
    assert_eq!(balance.error(), "Invalid API key");
    panel.finish().await;
}

/// "Our automated systems handle the vast majority of refunds ... instantly without requiring manual
/// support tickets": the refund is there with the status that says why.
#[apply(story)]
async fn automated_refunds_are_instant() {
    let panel = TestPanel::start().await;
    let order = ended(&panel, "https://x.test/p", Script::CancelAfter { ms: 0 }).await;
    let shown = get(&panel, &format!("/orders/{order}")).await;
    let refund = get(&panel, &format!("/orders/{order}/refunds")).await;
    assert_eq!(shown["ended_at"], refund["refunds"][0]["created_at"]);
    let timeline = shown["timeline"].as_array().unwrap();
    assert_eq!(timeline.last().unwrap()["at"], shown["ended_at"]);
    panel.finish().await;
}

/// "We do not profit from failed orders."
#[apply(story)]
async fn no_profit_from_failed_orders() {
    let panel = TestPanel::start().await;
    let scripts = [
        Script::Refuse("Incorrect service ID"),
        Script::CancelAfter { ms: 0 },
        Script::CancelAfter { ms: DELIVERY / 2 },
    ];
    for (number, script) in (1..).zip(scripts) {
        ended(&panel, &format!("https://x.test/{number}"), script).await;
    }
    let earned = "SELECT account FROM ledger_entries WHERE account = 'revenue'";
    assert_eq!(texts(&panel, earned).await, Vec::<String>::new());
    assert_eq!(panel.balance().await, "100.00");
    panel.finish().await;
}
