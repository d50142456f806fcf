//! What is refunded and what is not, clause by clause of the published policy.

mod overlap;

use harness::{DELIVERY, MINUTE, TestPanel, account, offer, terms, texts};
use smm_panel_server::actor::Actor;
use smm_panel_server::alerts;
use smm_panel_server::catalog::Terms;
use smm_panel_server::clock::Period;
use smm_panel_server::demo::provider::Script;
use smm_panel_server::orders::{self, Resolution};
use smm_panel_server::protocol::ServiceType;

/// Every refund row of an order: reason, inputs of the formula, its result, what was paid, and
/// whether a ledger transaction paid it.
async fn refunds(panel: &TestPanel, order: i64) -> Vec<String> {
    let sql = format!(
        "SELECT reason || ': charge ' || charge_nano || ', ' || remains || ' of ' || quantity \
         || ', formula ' || formula_nano || ', paid ' || amount_nano || \
         CASE WHEN ledger_transaction_id IS NULL THEN '' ELSE ' to the ' || destination END \
         FROM refunds WHERE order_id = {order} ORDER BY id"
    );
    texts(panel, &sql).await
}

/// What a provider says of an order.
fn says(status: &str, remains: i64) -> Script {
    // Delivered whole and not charged would be an operator's case.
    let charge = if remains > 0 { "0" } else { "0.000000001" };
    Script::Says(format!(
        r#"{{"charge":"{charge}","start_count":"5","status":"{status}","remains":"{remains}","currency":"USD"}}"#
    ))
}

/// Lets queued orders be sent and asked about once.
async fn settle(panel: &TestPanel) {
    panel.work().await;
    panel.advance(MINUTE);
    panel.work().await;
}

#[apply(story)]
async fn of_a_thousand_ordered_and_six_hundred_delivered_four_hundred_are_refunded_once() {
    let panel = TestPanel::start().await;
    let delivered_percent = 60;
    let over_ms = DELIVERY;
    panel.provider.script_next(
        1,
        Script::Partial {
            over_ms,
            delivered_percent,
        },
    );
    let order = panel.order("https://x.test/p", 1000).await;
    panel.pass(DELIVERY + MINUTE).await;
    assert_eq!(panel.shown(order).await, "Partial 0.54 400");
    assert_eq!(panel.balance().await, "99.46");
    let row = "partial: charge 900000000, 400 of 1000, formula 360000000, paid 360000000 to the \
               wallet";
    assert_eq!(refunds(&panel, order).await, [row]);
    panel.pass(DELIVERY).await;
    assert_eq!(refunds(&panel, order).await, [row]);
    assert_eq!(panel.balance().await, "99.46");
    panel.finish().await;
}

#[apply(story)]
async fn a_refund_is_exact_at_every_rate_and_quantity() {
    // rate, quantity, remains -> charge before, shown after, balance after
    let cases = [
        (
            "0.000001",
            1,
            0,
            "0.000000001",
            "Partial 0.000000001 0",
            "99.999999999",
        ),
        (
            "0.000001",
            3,
            1,
            "0.000000003",
            "Partial 0.000000002 1",
            "99.999999998",
        ),
        (
            "1.234567",
            777,
            333,
            "0.959258559",
            "Partial 0.548147748 333",
            "99.451852252",
        ),
        (
            "0.333333",
            7,
            5,
            "0.002333331",
            "Partial 0.000666666 5",
            "99.999333334",
        ),
        (
            "99.999999",
            999,
            998,
            "99.899999001",
            "Partial 0.099999999 998",
            "99.900000001",
        ),
        ("0.90", 1000, 999, "0.90", "Partial 0.0009 999", "99.9991"),
    ];
    for (n, (rate, quantity, remains, charge, shown, balance)) in (100..).zip(cases) {
        let panel = TestPanel::start().await;
        let script = says("Partial", remains);
        let service = panel
            .offered(terms(ServiceType::Default, rate), n, script)
            .await;
        let order = panel.order_of(service, "https://x.test/p", quantity).await;
        let before = format!("Pending {charge} {quantity}");
        assert_eq!(panel.shown(order).await, before);
        settle(&panel).await;
        assert_eq!(panel.shown(order).await, shown, "{rate} x {quantity}");
        assert_eq!(panel.balance().await, balance, "{rate} x {quantity}");
        panel.finish().await;
    }
}

#[apply(story)]
async fn every_end_of_an_order_refunds_what_the_policy_says() {
    // the provider's word and remains of 1000 -> shown, balance, refund
    let whole = |reason: &str| {
        format!(
            "{reason}: charge 900000000, 1000 of 1000, formula 900000000, paid 900000000 to the wallet"
        )
    };
    let nothing = "partial: charge 900000000, 0 of 1000, formula 0, paid 0".to_owned();
    let cases = [
        (
            "over-delivered",
            says("Partial", -25),
            "Partial 0.90 0",
            "99.10",
            vec![nothing.clone()],
        ),
        (
            "nothing left",
            says("Partial", 0),
            "Partial 0.90 0",
            "99.10",
            vec![nothing],
        ),
        (
            "all left",
            says("Partial", 1000),
            "Canceled 0.00 1000",
            "100.00",
            vec![whole("canceled")],
        ),
        (
            "more left",
            says("Partial", 1001),
            "Canceled 0.00 1000",
            "100.00",
            vec![whole("canceled")],
        ),
        (
            "canceled",
            says("Canceled", 1000),
            "Canceled 0.00 1000",
            "100.00",
            vec![whole("canceled")],
        ),
        (
            "canceled late",
            says("Canceled", 3),
            "Canceled 0.00 1000",
            "100.00",
            vec![whole("canceled")],
        ),
        (
            "refunded",
            says("Refunded", 0),
            "Canceled 0.00 1000",
            "100.00",
            vec![whole("canceled")],
        ),
        (
            "completed",
            says("Completed", 0),
            "Completed 0.90 0",
            "99.10",
            vec![],
        ),
        (
            "completed over",
            says("Completed", -9),
            "Completed 0.90 0",
            "99.10",
            vec![],
        ),
        (
            "completed short",
            says("Completed", 9),
            "Completed 0.90 0",
            "99.10",
            vec![],
        ),
        (
            "not initiated",
            Script::Refuse("Bad link"),
            "Canceled 0.00 1000",
            "100.00",
            vec![whole("failed")],
        ),
    ];
    for (case, script, shown, balance, rows) in cases {
        let panel = TestPanel::start().await;
        panel.provider.script_next(1, script);
        let order = panel.order("https://x.test/p", 1000).await;
        settle(&panel).await;
        assert_eq!(panel.shown(order).await, shown, "{case}");
        assert_eq!(panel.balance().await, balance, "{case}");
        assert_eq!(refunds(&panel, order).await, rows, "{case}");
        panel.pass(5 * MINUTE).await;
        assert_eq!(panel.shown(order).await, shown, "{case}: final");
        assert_eq!(panel.balance().await, balance, "{case}: final");
        panel.finish().await;
    }
}

#[apply(story)]
async fn an_end_below_the_providers_own_charge_alerts_the_operator() {
    let panel = TestPanel::start().await;
    let text = r#"{"charge":"0.30","status":"Canceled","remains":"0"}"#;
    panel.provider.script_next(1, Script::Says(text.to_owned()));
    let order = panel.order("https://x.test/p", 1000).await;
    settle(&panel).await;
    assert_eq!(panel.shown(order).await, "Canceled 0.00 1000");
    let alerts = alerts::list(&panel.panel.db, alerts::Search::default(), 10)
        .await
        .unwrap();
    assert_eq!(alerts[0].kind, "sold_below_cost");
    assert!(alerts[0].message.contains("0.30"), "{}", alerts[0].message);
    panel.finish().await;
}

/// Orders a package of service 3.
async fn package(panel: &TestPanel, link: &str) -> i64 {
    let fields = [("action", "add"), ("service", "3"), ("link", link)];
    panel.v2(&fields).await.order()
}

#[apply(story)]
async fn a_package_is_refunded_whole_or_by_an_operator_never_by_the_formula() {
    let panel = TestPanel::start().await;
    panel.provider.script_next(3, says("Partial", 0));
    let done = package(&panel, "https://x.test/done").await;
    settle(&panel).await;
    assert_eq!(panel.shown(done).await, "Partial 31.60 0");
    panel.provider.script_next(3, says("Partial", 400));
    let short = package(&panel, "https://x.test/short").await;
    settle(&panel).await;
    assert_eq!(panel.shown(short).await, "Processing 31.60 1");
    assert_eq!(panel.balance().await, "36.80");
    let parked = orders::uncertain(&panel.panel, Period::default(), None, 10)
        .await
        .unwrap();
    assert_eq!(parked.len(), 1);
    assert!(parked[0].reason.contains("400"), "{}", parked[0].reason);
    assert_eq!(
        alerts::list(&panel.panel.db, alerts::Search::default(), 1)
            .await
            .unwrap()[0]
            .kind,
        "parked"
    );
    let refund = orders::resolve(
        &panel.panel,
        &Actor::command(),
        parked[0].id,
        Resolution::Refund,
        None,
    )
    .await;
    assert_eq!(refund.unwrap(), Ok(()));
    assert_eq!(panel.shown(short).await, "Canceled 0.00 1");
    assert_eq!(panel.balance().await, "68.40");
    panel.finish().await;
}

#[apply(story)]
async fn partial_without_remains_is_asked_again_and_then_an_operators_decision() {
    let panel = TestPanel::start().await;
    let text = r#"{"charge":"0.1","status":"Partial"}"#;
    panel.provider.script_next(1, Script::Says(text.to_owned()));
    let order = panel.order("https://x.test/p", 1000).await;
    panel.pass(9 * MINUTE).await;
    assert_eq!(panel.shown(order).await, "Processing 0.90 1000");
    let uncertain = || async {
        orders::uncertain(&panel.panel, Period::default(), None, 10)
            .await
            .unwrap()
            .len()
    };
    assert_eq!(uncertain().await, 0);
    panel.pass(MINUTE).await;
    assert_eq!(uncertain().await, 1);
    let asked = panel.provider.requests().len();
    panel.pass(10 * MINUTE).await;
    assert_eq!(panel.provider.requests().len(), asked);
    assert_eq!(panel.shown(order).await, "Processing 0.90 1000");
    assert_eq!(panel.balance().await, "99.10");
    panel.finish().await;
}
