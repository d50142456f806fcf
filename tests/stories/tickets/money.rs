//! "Money moves by ledger only: support staff propose, an operator posts."

use super::*;

impl Desk {
    async fn proposes(&self, key: &str, ticket: i64, amount: &str) -> Reply {
        let body = json!({"amount": amount, "reason": "400 are missing"});
        self.staff_post(key, &format!("/{ticket}/proposal"), body)
            .await
    }
}

#[apply(story)]
async fn support_proposes_and_an_operator_posts() {
    let desk = Desk::start().await;
    let order = desk.completed("https://x.test/a").await;
    let ticket = desk.files(order).await;
    let reply = desk.decides(&desk.support, ticket, refund("0.10")).await;
    assert_eq!(refused(&reply), "403 forbidden");
    let nothing = desk
        .decides(&desk.operator, ticket, outcome("refund"))
        .await;
    assert_eq!(refused(&nothing), "422 field_invalid");
    for (amount, no) in [
        ("0", "422 field_invalid"),
        ("0.91", "409 amount_above_left"),
        ("-0.10", "400 request_invalid"),
        ("0.1000000001", "400 request_invalid"),
    ] {
        let reply = desk.proposes(&desk.support, ticket, amount).await;
        assert_eq!(refused(&reply), no, "{amount}");
    }
    assert_eq!(desk.panel.balance().await, "99.10");
    for amount in ["0.50", "0.36"] {
        let reply = desk.proposes(&desk.support, ticket, amount).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
    }
    let queue = desk.staff_get("").await;
    let proposal = &queue["tickets"][0]["proposal"];
    assert_eq!(
        [&proposal["amount"], &proposal["proposed_by"]],
        ["0.36", "support:3"]
    );
    // What is only proposed is not told.
    let shown = desk.get(&format!("/tickets/{ticket}")).await;
    assert!(!shown.to_string().contains("0.36"), "{shown}");
    let reply = desk.decides(&desk.support, ticket, outcome("refund")).await;
    assert_eq!(refused(&reply), "403 forbidden");
    assert_eq!(desk.panel.balance().await, "99.10");
    let decided = desk
        .decides(&desk.operator, ticket, outcome("refund"))
        .await;
    assert_eq!(decided.status, 200, "{}", decided.body);
    assert_eq!(decided.json()["decided_by"], "operator:2");
    assert_eq!(desk.panel.balance().await, "99.46");
    assert_eq!(desk.panel.shown(order).await, "Completed 0.90 0");
    let refunds = desk.get(&format!("/orders/{order}/refunds")).await;
    let row = &refunds["refunds"][0];
    assert_eq!(
        [&row["reason"], &row["amount"], &row["formula"]],
        ["ticket", "0.36", "0.36 as decided"]
    );
    let shown = desk.get(&format!("/tickets/{ticket}")).await;
    assert_eq!(shown["decision"]["refund_id"], row["refund_id"]);
    assert_eq!(shown["decision"]["refunded"], "0.36");
    let notices = desk.get("/account/notices").await;
    let told = "Your ticket 1 about order 1 was decided, 0.36 USD came back to your wallet: the counts \
                say so";
    assert_eq!(notices["notices"][0]["message"], told);
    let late = desk.proposes(&desk.support, ticket, "0.10").await;
    assert_eq!(refused(&late), "409 state_conflict");
    let log = "SELECT actor || ' ' || action FROM audit_log WHERE subject = 'ticket:1' ORDER BY id";
    assert_eq!(
        texts(&desk.panel, log).await,
        [
            "support:3 forbidden",
            "support:3 ticket_proposed",
            "support:3 ticket_proposed",
            "support:3 forbidden",
            "operator:2 ticket_decided"
        ]
    );
    desk.panel.finish().await;
}

#[apply(story)]
async fn a_refund_is_at_most_what_is_left_and_waits_for_the_end_of_the_order() {
    let desk = Desk::start().await;
    let open = desk.panel.order("https://x.test/a", 1000).await;
    let ticket = desk.files(open).await;
    let early = desk.decides(&desk.operator, ticket, refund("0.10")).await;
    assert_eq!(refused(&early), "409 state_conflict");
    assert!(says(&early).contains("has not ended"), "{}", early.body);
    let partial = Script::Partial {
        over_ms: 0,
        delivered_percent: 60,
    };
    desk.panel.provider.script_next(1, partial);
    desk.panel.work().await;
    desk.panel.advance(MINUTE);
    desk.panel.work().await;
    let above = desk.decides(&desk.operator, ticket, refund("0.540000001"));
    let above = above.await;
    assert_eq!(refused(&above), "409 amount_above_left");
    assert_eq!(above.json()["details"]["max_amount"], "0.54");
    let decided = desk.decides(&desk.operator, ticket, refund("0.54")).await;
    assert_eq!(decided.status, 200, "{}", decided.body);
    assert_eq!(desk.panel.balance().await, "100.00");
    desk.panel.finish().await;
}

#[apply(story)]
async fn an_order_has_one_refund_by_ticket() {
    let desk = Desk::start().await;
    let order = desk.completed("https://x.test/a").await;
    let first = desk.files(order).await;
    let decided = desk.decides(&desk.operator, first, refund("0.10")).await;
    assert_eq!(decided.status, 200, "{}", decided.body);
    let second = desk.files(order).await;
    for reply in [
        desk.proposes(&desk.support, second, "0.10").await,
        desk.decides(&desk.operator, second, refund("0.10")).await,
    ] {
        assert_eq!(refused(&reply), "409 state_conflict");
        let why = format!(
            "ticket {first} refunded a part of order {order} already, and an order has one refund \
             by ticket: credit the wallet instead"
        );
        assert_eq!(says(&reply), why);
    }
    let declined = desk.decides(&desk.support, second, outcome("decline"));
    assert_eq!(declined.await.status, 200);
    assert_eq!(desk.panel.balance().await, "99.20");
    desk.panel.finish().await;
}

#[apply(story)]
async fn a_ticket_and_a_dispute_never_exceed_the_charge_together() {
    let desk = Desk::start().await;
    let order = desk.completed("https://x.test/a").await;
    let claim = json!({"reason": "other", "amount": "0.60", "description": WHAT});
    let dispute = desk.post(&format!("/orders/{order}/disputes"), claim).await;
    assert_eq!(dispute.status, 201, "{}", dispute.body);
    let ticket = desk.files(order).await;
    let uphold = || {
        let yes = json!({"outcome": "uphold", "amount": "0.60", "reason": "they are right"});
        let path = "/operator/v1/disputes/1/decision";
        desk.panel
            .ask(&desk.operator, Method::POST, path, Some(yes))
    };
    // Together they would be 1.20 of 0.90.
    let (by_dispute, by_ticket) = tokio::join!(
        uphold(),
        desk.decides(&desk.operator, ticket, refund("0.60"))
    );
    let mut answers = [by_dispute.status, by_ticket.status];
    answers.sort_unstable();
    assert_eq!(
        answers,
        [200, 409],
        "{} {}",
        by_dispute.body,
        by_ticket.body
    );
    let refused_one = match by_ticket.status {
        409 => &by_ticket,
        _ => &by_dispute,
    };
    assert_eq!(refused(refused_one), "409 amount_above_left");
    assert_eq!(refused_one.json()["details"]["max_amount"], "0.30");
    assert_eq!(desk.panel.balance().await, "99.70");
    // What is left may still go back.
    if by_ticket.status == 409 {
        let rest = desk.decides(&desk.operator, ticket, refund("0.30")).await;
        assert_eq!(rest.status, 200, "{}", rest.body);
        assert_eq!(desk.panel.balance().await, "100.00");
    }
    desk.panel.finish().await;
}
