//! What reviewers decide: once, with a reason, by the rules.

use super::*;

#[apply(story)]
async fn support_declines_and_corrects_with_a_reason() {
    let desk = Desk::start().await;
    for (link, word, told) in [
        ("https://x.test/a", "correction", "correction"),
        ("https://x.test/b", "decline", "declined"),
    ] {
        let order = desk.completed(link).await;
        let ticket = desk.files(order).await;
        let without = json!({"outcome": word, "reason": " "});
        let reply = desk.decides(&desk.support, ticket, without).await;
        assert_eq!(refused(&reply), "422 field_invalid");
        let with_amount = json!({"outcome": word, "amount": "0.10", "reason": "no"});
        let reply = desk.decides(&desk.support, ticket, with_amount).await;
        assert_eq!(refused(&reply), "422 field_invalid");
        let more = json!({"outcome": word, "reason": "no", "refund_id": 1});
        let reply = desk.decides(&desk.support, ticket, more).await;
        assert_eq!(refused(&reply), "400 request_invalid");
        let reply = desk.decides(&desk.support, ticket, outcome(word)).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        assert_eq!(reply.json()["decided_by"], "support:3");
        let shown = desk.get(&format!("/tickets/{ticket}")).await;
        assert_eq!(shown["state"], "closed");
        assert_eq!(shown["decision"]["outcome"], told);
        assert_eq!(shown["decision"]["reason"], "the counts say so");
        assert_eq!(shown["decision"]["refund_id"], Value::Null);
        // Who decided is no customer's business.
        assert!(!shown.to_string().contains("support"), "{shown}");
        let again = desk
            .decides(&desk.operator, ticket, outcome("decline"))
            .await;
        assert_eq!(refused(&again), "409 state_conflict");
    }
    assert_eq!(desk.panel.balance().await, "98.20");
    let log = "SELECT actor || ' ' || action || ' ' || subject || ' ' || reason FROM audit_log \
               WHERE action LIKE 'ticket%' ORDER BY id";
    assert_eq!(
        texts(&desk.panel, log).await,
        [
            "support:3 ticket_decided ticket:1 the counts say so",
            "support:3 ticket_decided ticket:2 the counts say so"
        ]
    );
    desk.panel.finish().await;
}

#[apply(story)]
async fn a_refill_is_asked_for_by_the_rules_that_hold_for_the_customer() {
    let desk = Desk::start().await;
    let order = desk.completed("https://x.test/a").await;
    let ticket = desk.files(order).await;
    let early = desk.decides(&desk.support, ticket, outcome("refill")).await;
    assert_eq!(refused(&early), "409 refill_too_soon");
    assert!(early.json()["details"]["available_from"].is_string());
    desk.panel.advance(24 * HOUR);
    let decided = desk.decides(&desk.support, ticket, outcome("refill")).await;
    assert_eq!(decided.status, 200, "{}", decided.body);
    assert_eq!(decided.json()["decision"]["refill_id"], 1);
    let refills = desk.get(&format!("/orders/{order}/refills")).await;
    assert_eq!(refills["refills"][0]["status"], "pending");
    // The next one waits for the first, whoever asks.
    let second = desk.files(order).await;
    let reply = desk
        .decides(&desk.operator, second, outcome("refill"))
        .await;
    assert_eq!(refused(&reply), "409 refill_too_soon");
    let canceled = desk
        .ended("https://x.test/b", Script::CancelAfter { ms: 0 })
        .await;
    let third = desk.files(canceled).await;
    let reply = desk.decides(&desk.support, third, outcome("refill")).await;
    assert_eq!(refused(&reply), "409 order_not_completed");
    let shown = desk.get(&format!("/tickets/{third}")).await;
    assert_eq!(shown["state"], "open");
    desk.panel.work().await;
    desk.panel.finish().await;
}

#[apply(story)]
async fn nothing_is_refilled_of_a_suspended_account_and_nothing_is_paid_to_it() {
    let desk = Desk::start().await;
    let order = desk.completed("https://x.test/a").await;
    let ticket = desk.files(order).await;
    desk.panel.advance(24 * HOUR);
    let suspend = format!("/operator/v1/accounts/{}/suspend", desk.panel.account);
    let why = Some(json!({"reason": "resold"}));
    let done = desk
        .panel
        .ask(&desk.operator, Method::POST, &suspend, why)
        .await;
    assert!(done.status < 300, "{}", done.body);
    for body in [outcome("refill"), refund("0.10")] {
        let reply = desk.decides(&desk.operator, ticket, body).await;
        assert_eq!(refused(&reply), "409 state_conflict");
        assert!(says(&reply).contains("suspended"), "{}", reply.body);
    }
    let refills = texts(&desk.panel, "SELECT CAST(id AS TEXT) FROM refills").await;
    assert!(refills.is_empty(), "{refills:?}");
    let declined = desk
        .decides(&desk.support, ticket, outcome("decline"))
        .await;
    assert_eq!(declined.status, 200, "{}", declined.body);
    desk.panel.finish().await;
}

#[apply(story)]
async fn what_two_reviewers_decide_at_once_is_decided_once() {
    let desk = Desk::start().await;
    let order = desk.completed("https://x.test/a").await;
    let ticket = desk.files(order).await;
    let (a, b, c) = tokio::join!(
        desk.decides(&desk.operator, ticket, refund("0.90")),
        desk.decides(&desk.operator, ticket, refund("0.90")),
        desk.decides(&desk.support, ticket, outcome("decline")),
    );
    let mut answers = [a.status, b.status, c.status];
    answers.sort_unstable();
    assert_eq!(answers, [200, 409, 409]);
    let shown = desk.get(&format!("/tickets/{ticket}")).await;
    let balance = match shown["decision"]["outcome"].as_str() {
        Some("refund") => "100.00",
        _ => "99.10",
    };
    assert_eq!(desk.panel.balance().await, balance);
    desk.panel.finish().await;
}
