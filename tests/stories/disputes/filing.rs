//! Who may dispute what, and until when.

use super::*;

#[apply(story)]
async fn a_charge_is_disputed_within_48_hours_of_it_and_not_later() {
    let court = Court::start().await;
    let (one, other) = (
        court.completed("https://x.test/a").await,
        court.completed("https://x.test/b").await,
    );
    court.panel.advance(48 * HOUR - 2 * MINUTE);
    // To the moment: 48 hours after the charge of the first one.
    let order = court.get(&format!("/orders/{one}")).await;
    assert_eq!(order["dispute_until"], "2026-11-03T00:00:00.000Z");
    assert_eq!(order["can_dispute"]["allowed"], true);
    assert_eq!(order["can_dispute"]["until"], order["dispute_until"]);
    let opened = court.files(one, "not_delivered", "0.36").await;
    let opened_at = opened.json()["created_at"].clone();
    assert_eq!(opened_at, "2026-11-03T00:00:00.000Z");
    filed(&opened);
    court.panel.advance(HOUR);
    let late = court.files(other, "not_delivered", "0.36").await;
    assert_eq!(refused(&late), "409 dispute_period_over");
    let details = &late.json()["details"];
    assert_eq!(details["charged_at"], "2026-11-01T00:01:00.000Z");
    assert_eq!(details["available_until"], "2026-11-03T00:01:00.000Z");
    let order = court.get(&format!("/orders/{other}")).await;
    assert_eq!(order["can_dispute"]["allowed"], false);
    assert_eq!(order["can_dispute"]["code"], "dispute_period_over");
    // The clock is that of the filing: "the decision may come later".
    court.panel.advance(24 * HOUR);
    let decided = json!({"outcome": "uphold", "reason": "the counts say so"});
    let decided = court.decides(&opened.json()["dispute_id"], decided).await;
    assert_eq!(decided.status, 200, "{}", decided.body);
    assert_eq!(court.panel.balance().await, "98.56");
    court.panel.finish().await;
}

#[apply(story)]
async fn the_exact_amount_in_question_is_above_zero_and_at_most_what_is_left() {
    let court = Court::start().await;
    let partial = Script::Partial {
        over_ms: 0,
        delivered_percent: 60,
    };
    // 0.36 of the 0.90 came back by the formula.
    let order = court.ended("https://x.test/a", partial).await;
    for (amount, no) in [
        ("0", "422 field_invalid"),
        ("0.540000001", "409 amount_above_left"),
        ("0.90", "409 amount_above_left"),
        ("-0.10", "400 request_invalid"),
        ("0.1000000001", "400 request_invalid"),
    ] {
        let reply = court.files(order, "wrong_charge", amount).await;
        assert_eq!(refused(&reply), no, "{amount}");
    }
    let above = court.files(order, "wrong_charge", "0.55").await;
    assert_eq!(above.json()["details"]["max_amount"], "0.54");
    filed(&court.files(order, "wrong_charge", "0.54").await);
    let canceled = court
        .ended("https://x.test/b", Script::CancelAfter { ms: 0 })
        .await;
    let reply = court.files(canceled, "other", "0.01").await;
    assert_eq!(refused(&reply), "409 amount_above_left");
    assert_eq!(reply.json()["details"]["max_amount"], "0.00");
    court.panel.finish().await;
}

#[apply(story)]
async fn a_dispute_has_a_reason_and_a_clear_description() {
    let court = Court::start().await;
    let order = court.completed("https://x.test/a").await;
    let body =
        |reason: &str, text: &str| json!({"reason": reason, "amount": "0.10", "description": text});
    for (body, no) in [
        (body("other", "short"), "422 field_invalid"),
        (body("other", &" ".repeat(40)), "422 field_invalid"),
        (body("other", &"x".repeat(2_001)), "422 field_invalid"),
        (
            body("other", "\u{0} is in this description"),
            "422 field_invalid",
        ),
        (body("because", WHY), "400 request_invalid"),
        (
            json!({"reason": "other", "amount": "0.10"}),
            "400 request_invalid",
        ),
        (json!(["other", "0.10", WHY]), "400 request_invalid"),
    ] {
        let reply = court.post(order, body.clone()).await;
        assert_eq!(refused(&reply), no, "{body}");
    }
    assert_eq!(court.get("/disputes").await["disputes"], json!([]));
    let opened = court.files(order, "other", "0.10").await;
    let opened = filed(&opened);
    let shown = court.get(&format!("/disputes/{opened}")).await;
    assert_eq!(
        [&shown["state"], &shown["reason"], &shown["amount"]],
        ["open", "other", "0.10"]
    );
    assert_eq!(shown["description"], WHY);
    court.panel.finish().await;
}

#[apply(story)]
async fn an_order_has_one_open_dispute_and_an_upheld_one_is_the_last() {
    let court = Court::start().await;
    let order = court.completed("https://x.test/a").await;
    let first = filed(&court.files(order, "not_delivered", "0.20").await);
    let second = court.files(order, "not_delivered", "0.20").await;
    assert_eq!(refused(&second), "409 dispute_open");
    assert_eq!(second.json()["details"]["dispute_id"], first);
    let no = json!({"outcome": "reject", "reason": "the provider counted all of it"});
    assert_eq!(court.decides(&first, no).await.status, 200);
    let second = filed(&court.files(order, "not_delivered", "0.20").await);
    let yes = json!({"outcome": "uphold", "reason": "seen on the profile"});
    assert_eq!(court.decides(&second, yes).await.status, 200);
    let third = court.files(order, "not_delivered", "0.20").await;
    assert_eq!(refused(&third), "409 state_conflict");
    assert_eq!(court.panel.balance().await, "99.30");
    let all = court.get(&format!("/disputes?order_id={order}")).await;
    let states: Vec<&Value> = all["disputes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|dispute| &dispute["state"])
        .collect();
    assert_eq!(states, ["rejected", "upheld"]);
    court.panel.finish().await;
}

#[apply(story)]
async fn of_two_disputes_that_are_filed_at_once_one_is_open() {
    let court = Court::start().await;
    let order = court.completed("https://x.test/a").await;
    let files = || court.files(order, "other", "0.10");
    let (a, b, c) = tokio::join!(files(), files(), files());
    let mut answers = [a.status, b.status, c.status];
    answers.sort_unstable();
    assert_eq!(answers, [201, 409, 409]);
    court.panel.finish().await;
}

#[apply(story)]
async fn counts_of_an_overlapping_order_are_not_disputed() {
    let court = Court::start().await;
    let one = court.panel.order("https://x.test/a", 1000).await;
    let _other = court.panel.order("https://x.test/a", 1000).await;
    court.panel.pass(20 * MINUTE).await;
    let count = court.files(one, "not_delivered", "0.10").await;
    assert_eq!(refused(&count), "409 order_overlapping");
    filed(&court.files(one, "wrong_charge", "0.10").await);
    court.panel.finish().await;
}

#[apply(story)]
async fn foreign_orders_and_disputes_are_not_there() {
    let court = Court::start().await;
    let order = court.completed("https://x.test/a").await;
    let dispute = filed(&court.files(order, "other", "0.10").await);
    let (_, other) = account(&court.panel.panel, "other", "10").await;
    let body = json!({"reason": "other", "amount": "0.10", "description": WHY});
    for (method, path, body, code) in [
        (
            Method::POST,
            format!("/api/v3/orders/{order}/disputes"),
            Some(body.clone()),
            "404 order_unknown",
        ),
        (
            Method::POST,
            "/api/v3/orders/999/disputes".to_owned(),
            Some(body),
            "404 order_unknown",
        ),
        (
            Method::GET,
            format!("/api/v3/disputes/{dispute}"),
            None,
            "404 object_unknown",
        ),
        (
            Method::GET,
            format!("/api/v3/disputes/{dispute}/evidence"),
            None,
            "404 object_unknown",
        ),
        (
            Method::GET,
            format!("/api/v3/orders/{order}/refills"),
            None,
            "404 order_unknown",
        ),
    ] {
        let reply = court.panel.ask(&other, method, &path, body).await;
        assert_eq!(refused(&reply), code, "{path}");
    }
    court.panel.finish().await;
}
