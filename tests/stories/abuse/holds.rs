//! Orders that are charged and wait for a person: released, canceled by their customer, or canceled by
//! a decision.

use super::*;

/// Holds the new orders of the story's account; gives the case.
async fn hold(watch: &Watch) -> i64 {
    watch
        .found(watch.of_account(Detector::CancelLoop, Action::Hold))
        .await
}

#[apply(story)]
async fn new_orders_are_charged_and_wait_until_they_are_released() {
    let watch = Watch::start().await;
    let panel = &watch.panel;
    let before = panel.order("https://x.test/before", 1000).await;
    let case = hold(&watch).await;
    let held = panel.order("https://x.test/held", 1000).await;
    let drip = [
        ("action", "add"),
        ("service", "1"),
        ("link", "https://x.test/drip"),
        ("quantity", "100"),
        ("runs", "2"),
        ("interval", "10"),
    ];
    let drip = panel.v2(&drip).await.order();
    assert_eq!(panel.balance().await, "98.02");
    // Longer than anything may wait in a queue.
    panel.pass(HOUR).await;
    panel.advance(2 * DAY);
    panel.work().await;
    assert_eq!(panel.shown(before).await, "Completed 0.90 0");
    assert_eq!(panel.shown(held).await, "Pending 0.90 1000");
    assert_eq!(panel.shown(drip).await, "Pending 0.18 200");
    assert_eq!(panel.provider.orders().len(), 1);
    let file = watch.case(case).await;
    assert_eq!(
        (&file["held_orders"], &file["held_value"]),
        (&json!(2), &json!("1.08"))
    );
    let shown = watch
        .ask(
            &watch.operator,
            Method::GET,
            &format!("/orders/{held}"),
            None,
        )
        .await;
    assert!(shown.body.contains(r#""held""#), "{}", shown.body);
    let account = format!("/accounts/{}", panel.account);
    let account = watch
        .ask(&watch.operator, Method::GET, &account, None)
        .await
        .json();
    assert_eq!(account["orders_held_at"], harness::START.to_string());
    panel.check().await;
    let file = watch.release(case).await;
    assert_eq!(file["held_orders"], 0);
    panel.pass(HOUR).await;
    assert_eq!(panel.shown(held).await, "Completed 0.90 0");
    assert_eq!(panel.shown(drip).await, "Completed 0.18 0");
    let after = panel.order("https://x.test/after", 1000).await;
    panel.pass(HOUR).await;
    assert_eq!(panel.shown(after).await, "Completed 0.90 0");
    watch.finish().await;
}

#[apply(story)]
async fn a_customer_cancels_a_held_order_like_any_that_was_not_sent() {
    let watch = Watch::start().await;
    let panel = &watch.panel;
    let case = hold(&watch).await;
    let order = panel.order("https://x.test/a", 1000).await;
    let other = panel.order("https://x.test/b", 1000).await;
    let id = order.to_string();
    let canceled = panel.v2(&[("action", "cancel"), ("orders", &id)]).await;
    assert!(canceled.body.contains(r#""cancel":1"#), "{}", canceled.body);
    assert_eq!(panel.shown(order).await, "Canceled 0.00 1000");
    assert_eq!(panel.balance().await, "99.10");
    watch.release(case).await;
    panel.pass(HOUR).await;
    assert_eq!(panel.shown(other).await, "Completed 0.90 0");
    assert_eq!(panel.provider.orders().len(), 1);
    watch.finish().await;
}

#[apply(story)]
async fn what_waits_of_a_confirmed_case_comes_back_whole_and_the_hold_ends_when_asked() {
    let watch = Watch::start().await;
    let panel = &watch.panel;
    let case = hold(&watch).await;
    let links: Vec<String> = (0..120).map(|n| format!("https://x.test/{n}")).collect();
    for link in &links {
        panel.order(link, 100).await;
    }
    assert_eq!(panel.balance().await, "89.20");
    let file = watch.confirm(case, true).await;
    assert_eq!(file["case"]["state"], "confirmed");
    assert_eq!(file["held_orders"], 0);
    assert_eq!(panel.balance().await, "100.00");
    let refunds = "SELECT reason FROM refunds WHERE reason = 'canceled'";
    assert_eq!(texts(panel, refunds).await.len(), 120);
    // Who confirmed has canceled each.
    let deeds = "SELECT actor || ' ' || action FROM audit_log \
                 WHERE action IN ('case_confirmed', 'order_canceled') ORDER BY id";
    let deeds = texts(panel, deeds).await;
    assert_eq!(deeds[0], "operator:3 case_confirmed");
    assert_eq!(
        deeds[1..],
        vec!["operator:3 order_canceled".to_owned(); 120]
    );
    assert_eq!(file["canceling"], false);
    // The hold goes on for what comes.
    let held = panel.order("https://x.test/held", 1000).await;
    panel.pass(HOUR).await;
    assert_eq!(panel.shown(held).await, "Pending 0.90 1000");
    assert!(panel.provider.orders().is_empty());
    let again = watch
        .decide(case, "confirm", json!({"reason": "again"}))
        .await;
    assert_eq!(refused(&again), (409, "state_conflict".to_owned()));
    let second = hold(&watch).await;
    assert_ne!(second, case);
    let file = watch.confirm(second, false).await;
    assert_eq!(file["actions"][0]["action"], "hold");
    // The first case still asks for it.
    let waits = panel.order("https://x.test/waits", 1000).await;
    panel.pass(HOUR).await;
    assert_eq!(panel.shown(waits).await, "Pending 0.90 1000");
    watch.release(case).await;
    panel.pass(HOUR).await;
    assert_eq!(panel.shown(waits).await, "Completed 0.90 0");
    assert_eq!(panel.shown(held).await, "Canceled 0.00 1000");
    watch.finish().await;
}

#[apply(story)]
async fn a_confirmed_hold_that_ends_lets_new_orders_go() {
    let watch = Watch::start().await;
    let panel = &watch.panel;
    let case = hold(&watch).await;
    let held = panel.order("https://x.test/held", 1000).await;
    watch.confirm(case, false).await;
    assert_eq!(panel.shown(held).await, "Canceled 0.00 1000");
    let next = panel.order("https://x.test/next", 1000).await;
    panel.pass(HOUR).await;
    assert_eq!(panel.shown(next).await, "Completed 0.90 0");
    watch.finish().await;
}

#[apply(story)]
async fn an_order_of_a_manual_service_waits_for_a_person_in_any_case() {
    let watch = Watch::start().await;
    let panel = &watch.panel;
    let terms = harness::terms(smm_panel_server::protocol::ServiceType::Default, "1");
    let service = panel.service(terms, Vec::new()).await;
    let case = hold(&watch).await;
    let order = panel.order_of(service, "https://x.test/a", 1000).await;
    assert_eq!(watch.case(case).await["held_orders"], 0);
    let path = format!("/manual-orders/{order}/progress");
    let done = Some(json!({"status": "completed"}));
    let reply = watch.ask(&watch.operator, Method::POST, &path, done).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(panel.shown(order).await, "Completed 1.00 0");
    watch.confirm(case, false).await;
    watch.finish().await;
}

#[apply(story)]
async fn what_was_released_goes_on_although_the_server_died_after_the_decision() {
    let watch = Watch::start().await;
    let panel = &watch.panel;
    hold(&watch).await;
    let order = panel.order("https://x.test/a", 1000).await;
    panel
        .sql(
            "UPDATE accounts SET held_at_ms = NULL;
             UPDATE abuse_case_actions SET undone_at_ms = 1;
             UPDATE abuse_cases SET state = 'released', decided_by = 'operator:3',
                 decided_reason = 'a mistake', decided_at_ms = 1, judged_at_ms = 1",
        )
        .await;
    panel.pass(HOUR).await;
    assert_eq!(panel.shown(order).await, "Completed 0.90 0");
    watch.finish().await;
}

#[apply(story)]
async fn a_suspension_stops_what_is_held_too() {
    use smm_panel_server::actor::Actor;
    use smm_panel_server::suspensions;
    let watch = Watch::start().await;
    let panel = &watch.panel;
    let case = hold(&watch).await;
    let order = panel.order("https://x.test/a", 1000).await;
    let actor = Actor::command();
    suspensions::suspend(&panel.panel, &actor, panel.account, "resold")
        .await
        .unwrap();
    panel.work().await;
    let sql = format!("SELECT status FROM orders WHERE id = {order}");
    assert_eq!(texts(panel, &sql).await, ["canceled"]);
    watch.release(case).await;
    panel.pass(HOUR).await;
    assert!(panel.provider.orders().is_empty());
    suspensions::reinstate(&panel.panel, &actor, panel.account, "a mistake")
        .await
        .unwrap();
    watch.finish().await;
}
