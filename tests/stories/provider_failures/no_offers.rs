//! Drip-feeds whose service loses its offers between two runs: what cannot be sent counts as rejected,
//! and the rest goes on.

use super::drip_feed::drip_feed;
use super::*;

/// Another service of the panel, to which the offers of service 1 are moved and from which they come
/// back.
struct Offers {
    elsewhere: i64,
}

impl Offers {
    async fn of(panel: &TestPanel) -> Offers {
        let elsewhere = panel
            .service(terms(ServiceType::Default, "0.90"), Vec::new())
            .await;
        Offers { elsewhere }
    }

    async fn lost(&self, panel: &TestPanel) {
        let to = self.elsewhere;
        let sql = format!("UPDATE offers SET service_id = {to} WHERE service_id = 1");
        panel.sql(&sql).await;
    }

    async fn back(&self, panel: &TestPanel) {
        let from = self.elsewhere;
        let sql = format!("UPDATE offers SET service_id = 1 WHERE service_id = {from}");
        panel.sql(&sql).await;
    }
}

async fn kinds(panel: &TestPanel, kind: &str) -> usize {
    let kinds = alert_kinds(panel).await;
    kinds.iter().filter(|known| *known == kind).count()
}

#[apply(story)]
async fn runs_that_no_provider_can_take_any_more_count_whole_and_the_order_settles() {
    let panel = TestPanel::start().await;
    let offers = Offers::of(&panel).await;
    let order = drip_feed(&panel).await;
    offers.lost(&panel).await;
    panel.work().await;
    panel.pass(9 * MINUTE).await;
    // The second run is not due yet, and nobody could send it.
    assert_eq!(states(&panel, order).await, ["accepted"]);
    assert_eq!(kinds(&panel, "run_not_sent").await, 0);
    panel.check().await;
    panel.pass(2 * MINUTE).await;
    assert_eq!(states(&panel, order).await, ["completed", "rejected"]);
    assert_eq!(panel.shown(order).await, "In progress 0.27 200");
    assert_eq!(kinds(&panel, "run_not_sent").await, 1);
    panel.check().await;
    panel.pass(10 * MINUTE).await;
    assert_eq!(
        states(&panel, order).await,
        ["completed", "rejected", "rejected"]
    );
    assert_eq!(panel.shown(order).await, "Partial 0.09 200");
    assert_eq!(panel.balance().await, "99.91");
    assert_eq!(kinds(&panel, "run_not_sent").await, 2);
    assert_eq!(adds(&panel.provider), 1);
    panel.pass(HOUR).await;
    assert_eq!(texts(&panel, MISSING).await, [""; 0]);
    panel.finish().await;
}

const MISSING: &str = "SELECT CAST(order_id AS TEXT) FROM missing_runs";

#[apply(story)]
async fn only_the_last_run_is_lost_if_the_offers_are_lost_late() {
    let panel = TestPanel::start().await;
    let offers = Offers::of(&panel).await;
    let order = drip_feed(&panel).await;
    panel.work().await;
    offers.lost(&panel).await;
    panel.pass(45 * MINUTE).await;
    assert_eq!(
        states(&panel, order).await,
        ["completed", "completed", "rejected"]
    );
    assert_eq!(panel.shown(order).await, "Partial 0.18 100");
    assert_eq!(panel.balance().await, "99.82");
    panel.finish().await;
}

#[apply(story)]
async fn a_run_is_sent_when_the_offers_are_back_before_it_is_due() {
    let panel = TestPanel::start().await;
    let offers = Offers::of(&panel).await;
    let order = drip_feed(&panel).await;
    offers.lost(&panel).await;
    panel.pass(5 * MINUTE).await;
    offers.back(&panel).await;
    panel.pass(40 * MINUTE).await;
    assert_eq!(states(&panel, order).await, ["completed"; 3]);
    assert_eq!(panel.shown(order).await, "Completed 0.27 0");
    let seen = panel.provider.orders();
    let starts: Vec<i64> = seen
        .iter()
        .map(|run| run.accepted_at.ms_since(seen[0].accepted_at))
        .collect();
    assert_eq!(starts, [0, 10 * MINUTE, 20 * MINUTE]);
    assert_eq!(kinds(&panel, "run_not_sent").await, 0);
    assert_eq!(texts(&panel, MISSING).await, [""; 0]);
    panel.finish().await;
}

#[apply(story)]
async fn offers_that_are_away_for_one_run_cost_that_run_only() {
    let panel = TestPanel::start().await;
    let offers = Offers::of(&panel).await;
    let order = drip_feed(&panel).await;
    offers.lost(&panel).await;
    panel.pass(12 * MINUTE).await;
    assert_eq!(states(&panel, order).await, ["completed", "rejected"]);
    offers.back(&panel).await;
    panel.pass(45 * MINUTE).await;
    assert_eq!(
        states(&panel, order).await,
        ["completed", "rejected", "completed"]
    );
    assert_eq!(panel.shown(order).await, "Partial 0.18 100");
    assert_eq!(adds(&panel.provider), 2);
    panel.finish().await;
}

#[apply(story)]
async fn a_drip_feed_of_which_nothing_was_taken_or_could_be_sent_fails() {
    let panel = TestPanel::start().await;
    let offers = Offers::of(&panel).await;
    panel.provider.set_script(1, Script::Refuse("Bad link"));
    let order = drip_feed(&panel).await;
    offers.lost(&panel).await;
    panel.pass(25 * MINUTE).await;
    assert_eq!(states(&panel, order).await, ["rejected"; 3]);
    assert_eq!(panel.shown(order).await, "Canceled 0.00 300");
    assert_eq!(panel.balance().await, "100.00");
    panel.finish().await;
}

#[apply(story)]
async fn a_drip_feed_that_waits_for_an_offer_is_canceled_and_stopped_as_any_other() {
    let panel = TestPanel::start().await;
    let offers = Offers::of(&panel).await;
    panel
        .provider
        .set_script(1, Script::Deliver { over_ms: MINUTE });
    let canceled = drip_feed(&panel).await;
    offers.lost(&panel).await;
    panel.pass(5 * MINUTE).await;
    assert_eq!(states(&panel, canceled).await, ["completed"]);
    let id = canceled.to_string();
    panel.v2(&[("action", "cancel"), ("order", &id)]).await;
    assert_eq!(panel.shown(canceled).await, "Partial 0.09 200");
    assert_eq!(panel.balance().await, "99.91");
    // It is waited for no more, and nothing is written of it.
    panel.pass(HOUR).await;
    assert_eq!(states(&panel, canceled).await, ["completed"]);
    assert_eq!(texts(&panel, MISSING).await, [""; 0]);
    offers.back(&panel).await;
    let stopped = drip_feed(&panel).await;
    offers.lost(&panel).await;
    panel.pass(5 * MINUTE).await;
    let actor = Actor::command();
    let suspended =
        smm_panel_server::suspensions::suspend(&panel.panel, &actor, panel.account, "resold");
    suspended.await.unwrap();
    panel.pass(30 * MINUTE).await;
    assert_eq!(states(&panel, stopped).await, ["completed"]);
    let status = format!("SELECT status FROM orders WHERE id = {stopped}");
    assert_eq!(texts(&panel, &status).await, ["partial"]);
    panel.finish().await;
}

#[apply(story)]
async fn a_drip_feed_that_was_stuck_before_is_taken_up() {
    let panel = TestPanel::start().await;
    let offers = Offers::of(&panel).await;
    panel
        .provider
        .set_script(1, Script::Deliver { over_ms: MINUTE });
    let order = drip_feed(&panel).await;
    offers.lost(&panel).await;
    panel.pass(5 * MINUTE).await;
    // As the migration finds it in a panel of an earlier version.
    panel.sql("UPDATE missing_runs SET due_at_ms = 0").await;
    offers.back(&panel).await;
    panel.pass(25 * MINUTE).await;
    assert_eq!(states(&panel, order).await, ["completed"; 3]);
    panel.finish().await;
}
