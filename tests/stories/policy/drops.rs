//! "4. SMM Drops & Refill Guarantees."

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
