//! "4. SMM Drops & Refill Guarantees" and "5. Refund Request and Support Procedure".

use super::*;

/// "You can request a manual or automatic refill of the dropped units within the specified refill period
/// (e.g., 30-day refill)."
#[apply(story)]
async fn refill_eligible() {
    let panel = TestPanel::start().await;
    let order = ended(&panel, "https://x.test/p", Script::Deliver { over_ms: 0 }).await;
    let path = format!("/orders/{order}/refill");
    assert_eq!(post(&panel, &path, None).await, "409 refill_too_soon");
    panel.advance(DAY);
    assert_eq!(post(&panel, &path, None).await, "201 done");
    panel.pass(HOUR).await;
    let refills = get(&panel, &format!("/orders/{order}/refills")).await;
    assert_eq!(refills["refills"][0]["status"], "completed");
    panel.advance(30 * DAY);
    assert_eq!(post(&panel, &path, None).await, "409 refill_period_over");
    // Money never moves by it.
    assert_eq!(panel.balance().await, "99.10");
    panel.finish().await;
}

/// "If a drop occurs, no refills or refunds will be provided."
#[apply(story)]
async fn no_refill_guarantee() {
    let panel = TestPanel::start().await;
    let without = Terms {
        refill: false,
        refill_days: None,
        ..terms(ServiceType::Default, "0.90")
    };
    let drops = Script::DropLater {
        over_ms: 0,
        drop_percent: 50,
        refill_ms: 0,
    };
    let service = panel.offered(without, 77, drops).await;
    let order = panel.order_of(service, "https://x.test/p", 1000).await;
    panel.pass(DELIVERY).await;
    panel.advance(DAY);
    let path = format!("/orders/{order}/refill");
    assert_eq!(post(&panel, &path, None).await, "409 refill_disabled");
    assert_eq!(refunds(&panel, order).await, Vec::<String>::new());
    assert_eq!(panel.balance().await, "99.10");
    panel.finish().await;
}

/// "You can request ... automatic refill of the dropped units": the panel counts, and files it itself.
#[apply(story)]
async fn automatic_refill() {
    let panel = TestPanel::start().await;
    let drops = Script::DropLater {
        over_ms: 0,
        drop_percent: 50,
        refill_ms: 0,
    };
    let terms = terms(ServiceType::Default, "0.90");
    let service = panel.offered(terms, 77, drops).await;
    let (_, olga) = staff(&panel.panel, Role::Operator, "olga").await;
    let path = format!("/operator/v1/services/{service}");
    let counted = json!({"count_source": panel.provider.count_source()});
    let changed = panel.ask(&olga, Method::PATCH, &path, Some(counted)).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    let order = panel.order_of(service, "https://x.test/p", 1000).await;
    panel.pass(DELIVERY).await;
    panel.advance(DAY);
    panel.work().await;
    panel.pass(HOUR).await;
    let refills = get(&panel, &format!("/orders/{order}/refills")).await;
    assert_eq!(refills["refills"][0]["automatic"], true, "{refills}");
    assert_eq!(panel.balance().await, "99.10");
    panel.finish().await;
}

/// "Include the specific Order ID and a screenshot or brief description ... review the start and current
/// counts of the target link. Review processes take 24-48 hours."
#[apply(story)]
async fn refund_request_and_support_procedure() {
    let panel = TestPanel::start().await;
    let (_, olga) = staff(&panel.panel, Role::Operator, "olga").await;
    let (_, sue) = staff(&panel.panel, Role::Support, "sue").await;
    let order = ended(&panel, "https://x.test/p", Script::Deliver { over_ms: 0 }).await;
    let what = json!({"description": "Only 600 of the 1000 can be seen."});
    let path = format!("/orders/{order}/tickets");
    assert_eq!(post(&panel, &path, Some(what)).await, "201 done");
    let staff_posts = async |key: &str, what: &str, body: Value| {
        let path = format!("/operator/v1/tickets/1/{what}");
        let reply = panel.ask(key, Method::POST, &path, Some(body)).await;
        reply.status
    };
    let counts = json!({"start_count": 100, "current_count": 700});
    assert_eq!(staff_posts(&sue, "counts", counts).await, 200);
    let refund = json!({"outcome": "refund", "amount": "0.36", "reason": "400 are missing"});
    assert_eq!(staff_posts(&sue, "decision", refund.clone()).await, 403);
    panel.advance(25 * HOUR);
    let due = panel
        .ask(&sue, Method::GET, "/operator/v1/tickets?due=true", None)
        .await;
    assert_eq!(due.json()["tickets"][0]["ticket_id"], 1);
    assert_eq!(staff_posts(&olga, "decision", refund).await, 200);
    let given = "ticket 0.36 as decided = 0.36 to the wallet";
    assert_eq!(refunds(&panel, order).await, [given]);
    panel.finish().await;
}
