//! What becomes of the orders: nothing more is sent.

use harness::{HOUR, MINUTE, TestPanel, terms, texts};
use smm_panel_server::actor::Actor;
use smm_panel_server::catalog::Terms;
use smm_panel_server::clock::Period;
use smm_panel_server::demo::provider::{Fault, Script};
use smm_panel_server::error::{Error, Refusal};
use smm_panel_server::ids::OrderId;
use smm_panel_server::money::Money;
use smm_panel_server::orders::{self, ByHand, Resolution};
use smm_panel_server::protocol::ServiceType;

use super::{forfeited, reinstate, suspend};

#[apply(story)]
async fn nothing_is_sent_from_the_suspension_on_however_many_orders_wait() {
    let panel = TestPanel::start().await;
    // More than two pieces; the dispatcher works between them.
    for n in 0..230 {
        panel.order(&format!("https://x.test/{n}"), 50).await;
    }
    let (_, other) = harness::account(&panel.panel, "other", "10").await;
    suspend(&panel).await;
    let add = [
        ("action", "add"),
        ("service", "1"),
        ("link", "https://x.test/other"),
        ("quantity", "50"),
    ];
    panel.v2_as(&other, &add).await.order();
    panel.work().await;
    assert_eq!(panel.provider.accepted_links(), ["https://x.test/other"]);
    assert_eq!(forfeited(&panel).await, "100.00");
    let open = "SELECT CAST(COUNT(*) AS TEXT) FROM orders WHERE settled_at_ms IS NULL \
                AND account_id = 1";
    assert_eq!(texts(&panel, open).await, ["0"]);
    panel.finish().await;
}

#[apply(story_of_sqlite)]
async fn a_piece_of_orders_with_many_runs_is_a_small_one() {
    let panel = TestPanel::start().await;
    let mut orders = Vec::new();
    for n in 0..3 {
        let link = format!("https://x.test/{n}");
        let add = [
            ("action", "add"),
            ("service", "1"),
            ("link", &link),
            ("quantity", "50"),
            ("runs", "200"),
            ("interval", "60"),
        ];
        orders.push(panel.v2(&add).await.order());
    }
    // The second piece is not taken: whatever was in the first is stopped.
    let broken = format!(
        "CREATE TRIGGER broken BEFORE UPDATE ON suspensions WHEN NEW.stopped_through >= {} \
         BEGIN SELECT RAISE(ABORT, 'a disk that fails'); END",
        orders[2]
    );
    panel.sql(&broken).await;
    suspend(&panel).await;
    panel.work().await;
    let open = "SELECT CAST(id AS TEXT) FROM orders WHERE settled_at_ms IS NULL";
    assert_eq!(texts(&panel, open).await, [orders[2].to_string()]);
    panel.sql("DROP TRIGGER broken").await;
    panel.work().await;
    assert_eq!(texts(&panel, open).await, Vec::<String>::new());
    assert_eq!(panel.provider.accepted_links(), Vec::<String>::new());
    panel.finish().await;
}

#[apply(story)]
async fn orders_that_were_not_stopped_before_the_reinstatement_are_sent() {
    let panel = TestPanel::start().await;
    let order = panel.order("https://x.test/p", 1000).await;
    suspend(&panel).await;
    assert_eq!(reinstate(&panel).await, "99.10");
    panel.work().await;
    assert_eq!(panel.shown(order).await, "Processing 0.90 1000");
    panel.finish().await;
}

#[apply(story)]
async fn a_provider_is_not_asked_to_cancel_what_it_has() {
    let panel = TestPanel::start().await;
    panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    suspend(&panel).await;
    panel.pass(20 * MINUTE).await;
    let requests = panel.provider.requests();
    assert!(requests.iter().all(|seen| seen.action != "cancel"));
    assert_eq!(forfeited(&panel).await, "99.10");
    panel.finish().await;
}

#[apply(story)]
async fn a_run_in_doubt_that_turns_out_not_to_be_taken_is_not_sent_again() {
    let panel = TestPanel::start().await;
    panel.provider.fail_next("add", Fault::Drop);
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    suspend(&panel).await;
    panel.work().await;
    let parked = orders::uncertain(&panel.panel, Period::default(), None, 10)
        .await
        .unwrap();
    assert_eq!(parked.len(), 1);
    let (actor, run) = (Actor::command(), parked[0].id);
    let again = orders::resolve(&panel.panel, &actor, run, Resolution::SendAgain, None).await;
    assert_eq!(again.unwrap(), Ok(()));
    panel.pass(HOUR).await;
    assert_eq!(panel.provider.accepted_links(), Vec::<String>::new());
    assert_eq!(forfeited(&panel).await, "100.00");
    assert_eq!(reinstate(&panel).await, "100.00");
    assert_eq!(panel.shown(order).await, "Canceled 0.00 1000");
    panel.finish().await;
}

#[apply(story)]
async fn an_order_that_its_provider_sends_back_during_the_suspension_is_not_sent_again() {
    let panel = TestPanel::start().await;
    let full = Script::Refuse("Not enough funds on balance");
    panel.provider.set_balance(Money::from_nano(0));
    panel.provider.script_next(1, full);
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    // It waits for the provider's pause to end.
    suspend(&panel).await;
    panel.pass(20 * MINUTE).await;
    assert_eq!(panel.provider.accepted_links(), Vec::<String>::new());
    assert_eq!(reinstate(&panel).await, "100.00");
    assert_eq!(panel.shown(order).await, "Canceled 0.00 1000");
    panel.finish().await;
}

#[apply(story)]
async fn a_customer_can_still_cancel_what_runs_after_the_reinstatement() {
    let panel = TestPanel::start().await;
    let terms = Terms {
        min: 1,
        ..terms(ServiceType::Default, "0.90")
    };
    let script = Script::Deliver {
        over_ms: 100 * HOUR,
    };
    let service = panel.offered(terms, 77, script).await;
    let order = panel.order_of(service, "https://x.test/p", 1000).await;
    panel.work().await;
    suspend(&panel).await;
    panel.work().await;
    reinstate(&panel).await;
    let cancel = [("action", "cancel"), ("order", &*order.to_string())];
    assert_eq!(panel.v2(&cancel).await.json()["cancel"], 1);
    panel.pass(2 * MINUTE).await;
    assert_eq!(panel.shown(order).await, "Canceled 0.00 1000");
    assert_eq!(panel.balance().await, "100.00");
    panel.finish().await;
}

#[apply(story)]
async fn a_run_in_doubt_is_not_repeated_once_the_account_is_suspended() {
    let panel = TestPanel::start().await;
    panel.provider.keep_request_ids(true);
    harness::keeps_request_ids(&panel.panel, panel.provider_id, true).await;
    panel.provider.fail_next("add", Fault::Drop);
    panel.provider.fail_next("balance", Fault::Drop);
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    suspend(&panel).await;
    // Before its orders are stopped as well as after.
    panel.pass(5 * MINUTE).await;
    let parked = orders::uncertain(&panel.panel, Period::default(), None, 10)
        .await
        .unwrap();
    assert_eq!(parked.len(), 1);
    assert_eq!(panel.provider.accepted_links(), Vec::<String>::new());
    let (actor, run) = (Actor::command(), parked[0].id);
    let refund = orders::resolve(&panel.panel, &actor, run, Resolution::Refund, None).await;
    assert_eq!(refund.unwrap(), Ok(()));
    assert_eq!(forfeited(&panel).await, "100.00");
    reinstate(&panel).await;
    assert_eq!(panel.shown(order).await, "Canceled 0.00 1000");
    panel.finish().await;
}

#[apply(story)]
async fn a_refill_that_waits_is_forwarded_after_the_reinstatement_only() {
    let panel = TestPanel::start().await;
    let script = Script::Deliver { over_ms: 0 };
    panel.provider.script_next(1, script);
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    panel.pass(MINUTE).await;
    panel.advance(24 * HOUR);
    let refill = [("action", "refill"), ("order", &*order.to_string())];
    assert_eq!(panel.v2(&refill).await.json()["refill"], "1");
    suspend(&panel).await;
    panel.pass(HOUR).await;
    let forwarded = || {
        let requests = panel.provider.requests();
        requests
            .iter()
            .filter(|seen| seen.action == "refill")
            .count()
    };
    assert_eq!(forwarded(), 0);
    reinstate(&panel).await;
    panel.work().await;
    assert_eq!(forwarded(), 1);
    panel.finish().await;
}

#[apply(story)]
async fn a_manual_order_is_not_begun_for_a_suspended_account() {
    let panel = TestPanel::start().await;
    let manual = panel
        .service(terms(ServiceType::Default, "0.90"), Vec::new())
        .await;
    let begun = panel.order_of(manual, "https://x.test/1", 1000).await;
    let waits = panel.order_of(manual, "https://x.test/2", 1000).await;
    let actor = Actor::command();
    let says = async |order: i64, said: ByHand| {
        orders::progress(&panel.panel, &actor, OrderId(order), said, None, None).await
    };
    says(begun, ByHand::InProgress(Some(500))).await.unwrap();
    suspend(&panel).await;
    for said in [
        ByHand::InProgress(None),
        ByHand::Completed,
        ByHand::Partial(1),
    ] {
        let refused = says(waits, said).await;
        assert!(
            matches!(refused, Err(Error::Refused(Refusal::Conflict { .. }))),
            "{refused:?}"
        );
    }
    says(waits, ByHand::Canceled).await.unwrap();
    says(begun, ByHand::Partial(400)).await.unwrap();
    assert_eq!(forfeited(&panel).await, "99.46");
    reinstate(&panel).await;
    assert_eq!(panel.balance().await, "99.46");
    panel.finish().await;
}

#[apply(story_of_sqlite)]
async fn an_account_whose_orders_cannot_be_stopped_keeps_no_other_from_it() {
    let panel = TestPanel::start().await;
    panel.order("https://x.test/1", 50).await;
    let (other, key) = harness::account(&panel.panel, "other", "10").await;
    let add = [
        ("action", "add"),
        ("service", "1"),
        ("link", "https://x.test/2"),
        ("quantity", "50"),
    ];
    panel.v2_as(&key, &add).await.order();
    panel
        .sql(
            "CREATE TRIGGER broken BEFORE UPDATE ON orders WHEN NEW.account_id = 1 \
             BEGIN SELECT RAISE(ABORT, 'a disk that fails'); END",
        )
        .await;
    suspend(&panel).await;
    let actor = Actor::command();
    smm_panel_server::suspensions::suspend(&panel.panel, &actor, other, "resold")
        .await
        .unwrap();
    panel.work().await;
    let open = "SELECT CAST(account_id AS TEXT) FROM orders WHERE settled_at_ms IS NULL";
    assert_eq!(texts(&panel, open).await, ["1"]);
    // However often it is tried, a person is told once, of the one that fails.
    panel.work().await;
    let told = "SELECT kind || ' ' || message FROM alerts";
    let alert = "orders_not_stopped the orders of account 1 are not stopped, under suspension 1: \
                 the log says why; it is tried again and again";
    assert_eq!(texts(&panel, told).await, [alert]);
    panel.sql("DROP TRIGGER broken").await;
    panel.work().await;
    assert_eq!(texts(&panel, open).await, Vec::<String>::new());
    panel.finish().await;
}
