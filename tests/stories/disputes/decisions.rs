//! What a decision moves, and what it cannot.

use super::*;

#[apply(story)]
async fn an_upheld_dispute_refunds_once_and_what_v2_shows_stays() {
    let court = Court::start().await;
    let order = court.completed("https://x.test/a").await;
    let dispute = filed(&court.files(order, "not_delivered", "0.36").await);
    let yes = json!({"outcome": "uphold", "amount": "0.30", "reason": "the counts say so"});
    let decided = court.decides(&dispute, yes.clone()).await;
    assert_eq!(decided.status, 200, "{}", decided.body);
    let decided = decided.json();
    assert_eq!(decided["state"], "upheld");
    assert_eq!(decided["decision"]["refunded"], "0.30");
    assert_eq!(decided["decided_by"], "operator:2");
    let again = court.decides(&dispute, yes).await;
    assert_eq!(refused(&again), "409 state_conflict");
    let reject = json!({"outcome": "reject", "reason": "on second thoughts"});
    assert_eq!(
        refused(&court.decides(&dispute, reject).await),
        "409 state_conflict"
    );
    assert_eq!(court.panel.balance().await, "99.40");
    assert_eq!(court.panel.shown(order).await, "Completed 0.90 0");
    let shown = court.get(&format!("/orders/{order}")).await;
    assert_eq!(shown["refunded"], "0.30");
    let refunds = court.get(&format!("/orders/{order}/refunds")).await;
    let refund = &refunds["refunds"][0];
    assert_eq!(
        [&refund["reason"], &refund["amount"], &refund["formula"]],
        ["dispute", "0.30", "0.30 as decided"]
    );
    // The movement names its order, as every one that is about an order.
    let entries = court.get("/wallet/entries").await;
    let moved = entries["entries"].as_array().unwrap().last().unwrap();
    assert_eq!(
        [&moved["kind"], &moved["order_id"], &moved["amount"]],
        [&json!("order_refund"), &json!(order), &json!("0.30")]
    );
    let mine = court.get(&format!("/disputes/{dispute}")).await;
    assert_eq!(mine["decision"]["reason"], "the counts say so");
    assert_eq!(mine["decision"]["refund_id"], refund["refund_id"]);
    // They are told, and so was the staff.
    let notices = court.get("/account/notices").await;
    let told = "Your dispute 1 about order 1 was upheld, and 0.30 USD came back to your wallet: the \
                counts say so";
    assert_eq!(notices["notices"][0]["message"], told);
    assert_eq!(alert_kinds(&court.panel).await, ["dispute_filed"]);
    // Who decided is no customer's business.
    assert_eq!(mine["decided_by"], Value::Null);
    court.panel.finish().await;
}

#[apply(story)]
async fn a_rejected_dispute_moves_nothing_and_says_why() {
    let court = Court::start().await;
    let order = court.completed("https://x.test/a").await;
    let dispute = filed(&court.files(order, "wrong_charge", "0.90").await);
    let with_amount = json!({"outcome": "reject", "amount": "0.10", "reason": "no"});
    let reply = court.decides(&dispute, with_amount).await;
    assert_eq!(refused(&reply), "422 field_invalid");
    let without_reason = json!({"outcome": "reject", "reason": " "});
    let reply = court.decides(&dispute, without_reason).await;
    assert_eq!(refused(&reply), "422 field_invalid");
    let no = json!({"outcome": "reject", "reason": "the rate was that of the day"});
    let decided = court.decides(&dispute, no).await.json();
    assert_eq!(decided["state"], "rejected");
    assert_eq!(decided["decision"]["refund_id"], Value::Null);
    assert_eq!(court.panel.balance().await, "99.10");
    court.panel.finish().await;
}

#[apply(story)]
async fn a_decision_is_capped_at_the_claim_and_at_what_is_left() {
    let court = Court::start().await;
    let order = court.panel.order("https://x.test/a", 1000).await;
    let dispute = filed(&court.files(order, "other", "0.80").await);
    // "Money is posted only on a terminal order."
    let yes = json!({"outcome": "uphold", "reason": "they are right"});
    let early = court.decides(&dispute, yes.clone()).await;
    assert_eq!(refused(&early), "409 state_conflict");
    let script = Script::Partial {
        over_ms: 0,
        delivered_percent: 60,
    };
    court.panel.provider.script_next(1, script);
    court.panel.work().await;
    court.panel.advance(MINUTE);
    court.panel.work().await;
    assert_eq!(court.panel.shown(order).await, "Partial 0.54 400");
    let above = json!({"outcome": "uphold", "amount": "0.55", "reason": "they are right"});
    let above = court.decides(&dispute, above).await;
    assert_eq!(refused(&above), "409 amount_above_left");
    assert_eq!(above.json()["details"]["max_amount"], "0.54");
    // Without a number: what is claimed, but no more than is left.
    let decided = court.decides(&dispute, yes).await.json();
    assert_eq!(decided["decision"]["refunded"], "0.54");
    assert_eq!(court.panel.balance().await, "100.00");
    court.panel.finish().await;
}

#[apply(story)]
async fn only_operators_decide_and_every_decision_is_in_the_audit_log() {
    let court = Court::start().await;
    let order = court.completed("https://x.test/a").await;
    let dispute = filed(&court.files(order, "other", "0.10").await);
    let yes = json!({"outcome": "uphold", "reason": "they are right"});
    for (key, no) in [
        (&court.support, "403 forbidden"),
        (&court.panel.key, "403 forbidden"),
    ] {
        let reply = court.decides_as(key, &dispute, yes.clone()).await;
        assert_eq!(refused(&reply), no);
    }
    assert_eq!(court.panel.balance().await, "99.10");
    let decided = court.decides(&dispute, yes.clone()).await;
    assert_eq!(decided.status, 200, "{}", decided.body);
    let missing = court.decides(&json!(99), yes).await;
    assert_eq!(refused(&missing), "404 object_unknown");
    let log = "SELECT actor || ' ' || action || ' ' || subject FROM audit_log ORDER BY id";
    let log = texts(&court.panel, log).await;
    let last = log.last().map(String::as_str);
    assert_eq!(last, Some("operator:2 dispute_decided dispute:1"));
    court.panel.finish().await;
}

#[apply(story)]
async fn nothing_is_paid_to_a_suspended_account() {
    let court = Court::start().await;
    let order = court.completed("https://x.test/a").await;
    let dispute = filed(&court.files(order, "other", "0.10").await);
    let suspend = format!("/operator/v1/accounts/{}/suspend", court.panel.account);
    let why = Some(json!({"reason": "resold"}));
    let done = court
        .panel
        .ask(&court.operator, Method::POST, &suspend, why)
        .await;
    assert!(done.status < 300, "{}", done.body);
    let yes = json!({"outcome": "uphold", "reason": "they are right"});
    let reply = court.decides(&dispute, yes).await;
    assert_eq!(refused(&reply), "409 state_conflict");
    let reply = court.files(order, "other", "0.10").await;
    assert_eq!(refused(&reply), "403 account_suspended");
    court.panel.finish().await;
}

#[apply(story)]
async fn what_two_operators_decide_at_once_is_decided_once() {
    let court = Court::start().await;
    let order = court.completed("https://x.test/a").await;
    let dispute = filed(&court.files(order, "other", "0.90").await);
    let decide = || {
        let yes = json!({"outcome": "uphold", "reason": "they are right"});
        court.decides(&dispute, yes)
    };
    let (a, b, c) = tokio::join!(decide(), decide(), decide());
    let mut answers = [a.status, b.status, c.status];
    answers.sort_unstable();
    assert_eq!(answers, [200, 409, 409]);
    assert_eq!(court.panel.balance().await, "100.00");
    court.panel.finish().await;
}
