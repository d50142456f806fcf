//! Ways out for what does not end by itself.

use super::*;
use smm_panel_server::clock::Period;

#[apply(story)]
async fn an_order_that_waits_for_its_link_is_sent_when_the_one_before_it_has_ended() {
    let panel = TestPanel::start_with(|config| config.active_link_retry_ms = 10 * HOUR).await;
    let first = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    let busy = "You have active order with this link. Please wait until order being completed.";
    panel.provider.script_next(1, Script::Refuse(busy));
    let second = panel
        .order("https://www.x.test/p/?utm_source=a", 1000)
        .await;
    panel.pass(DELIVERY - MINUTE).await;
    assert_eq!(panel.shown(second).await, "Pending 0.90 1000");
    panel.pass(2 * MINUTE).await;
    assert_eq!(panel.shown(first).await, "Completed 0.90 0");
    let sent = panel
        .provider
        .requests()
        .into_iter()
        .filter(|seen| seen.action == "add")
        .count();
    assert_eq!(sent, 3, "long before the ten hours were over");
    panel.pass(2 * DELIVERY).await;
    assert_eq!(panel.shown(second).await, "Completed 0.90 0");
    panel.finish().await;
}

/// An order whose provider says nothing that decides anything.
async fn undecided() -> (TestPanel, i64, DispatchId) {
    let panel = TestPanel::start().await;
    let says = r#"{"status":"Partial","charge":"0.3","start_count":"0","currency":"USD"}"#;
    panel.provider.set_script(1, Script::Says(says.to_owned()));
    let order = panel.order("https://x.test/p", 1000).await;
    panel.pass(HOUR).await;
    assert_eq!(states(&panel, order).await, ["parked"]);
    let run = orders::uncertain(&panel.panel, Period::default(), None, 10)
        .await
        .unwrap()[0]
        .id;
    (panel, order, run)
}

#[apply(story)]
async fn an_operator_ends_a_parked_order_with_what_the_provider_left() {
    for (remains, shown, balance) in [
        (0, "Completed 0.90 0", "99.10"),
        (250, "Partial 0.675 250", "99.325"),
        (1000, "Canceled 0.00 1000", "100.00"),
    ] {
        let (panel, order, run) = undecided().await;
        let ended = orders::resolve(
            &panel.panel,
            &Actor::command(),
            run,
            Resolution::Ended(remains),
            None,
        )
        .await;
        assert_eq!(ended.unwrap(), Ok(()));
        assert_eq!(panel.shown(order).await, shown);
        assert_eq!(panel.balance().await, balance);
        let again = orders::resolve(
            &panel.panel,
            &Actor::command(),
            run,
            Resolution::Ended(0),
            None,
        )
        .await;
        assert_eq!(again.unwrap(), Err(Unresolved::NotAccepted));
        panel.finish().await;
    }
}

#[apply(story)]
async fn an_accepted_order_that_never_ends_is_on_the_operators_list_after_a_week() {
    let panel = TestPanel::start().await;
    panel.provider.set_script(
        1,
        Script::Deliver {
            over_ms: 1_000 * 24 * HOUR,
        },
    );
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    panel.advance(7 * 24 * HOUR);
    assert!(
        orders::uncertain(&panel.panel, Period::default(), None, 10)
            .await
            .unwrap()
            .is_empty()
    );
    panel.advance(1);
    let listed = orders::uncertain(&panel.panel, Period::default(), None, 10)
        .await
        .unwrap();
    assert_eq!(listed[0].order.0, order);
    let ended = orders::resolve(
        &panel.panel,
        &Actor::command(),
        listed[0].id,
        Resolution::Ended(400),
        None,
    )
    .await;
    assert_eq!(ended.unwrap(), Ok(()));
    assert_eq!(panel.shown(order).await, "Partial 0.54 400");
    panel.finish().await;
}

#[apply(story)]
async fn an_order_that_is_not_known_to_be_taken_cannot_have_ended_there() {
    let panel = TestPanel::start().await;
    panel.provider.set_script(1, Script::AcceptThenHtml502);
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    let run = uncertain(&panel).await[0];
    let ended = resolve(&panel, run, Resolution::Ended(0)).await;
    assert_eq!(ended, Err(Unresolved::NotAccepted));
    assert_eq!(panel.shown(order).await, "Pending 0.90 1000");
    let id = panel.provider.orders()[0].id.to_string();
    assert_eq!(resolve(&panel, run, Resolution::Accepted(id)).await, Ok(()));
    assert_eq!(resolve(&panel, run, Resolution::Ended(0)).await, Ok(()));
    assert_eq!(panel.shown(order).await, "Completed 0.90 0");
    panel.finish().await;
}
