//! Where the money goes.

use harness::{DELIVERY, MINUTE, TestPanel, account, terms, texts};
use serde_json::json;
use smm_panel_server::actor::Actor;
use smm_panel_server::error::{Error, Refusal};
use smm_panel_server::money::Money;
use smm_panel_server::protocol::ServiceType;
use smm_panel_server::{suspensions, wallet};

use super::{ask, because, forfeited, operator, reinstate, suspend};

#[apply(story)]
async fn all_remaining_wallet_funds_are_forfeited_and_a_wrong_suspension_is_undone() {
    let panel = TestPanel::start().await;
    let manual = panel.service(terms(ServiceType::Default, "0.90"), vec![]);
    let manual = manual.await;
    let sent = panel.order("https://x.test/sent", 1000).await;
    let drip = panel
        .v2(&[
            ("action", "add"),
            ("service", "1"),
            ("link", "https://x.test/drip"),
            ("quantity", "1000"),
            ("runs", "2"),
            ("interval", "60"),
        ])
        .await
        .order();
    panel.work().await;
    let unsent = panel.order("https://x.test/unsent", 1000).await;
    let by_hand = panel.order_of(manual, "https://x.test/hand", 1000).await;
    assert_eq!(panel.balance().await, "95.50");
    assert_eq!(suspend(&panel).await.forfeited.to_string(), "95.50");
    // What was not sent is canceled; of the drip-feed nothing more is sent.
    panel.pass(2 * DELIVERY + 70 * MINUTE).await;
    let mut links = panel.provider.accepted_links();
    links.sort();
    assert_eq!(links, ["https://x.test/drip", "https://x.test/sent"]);
    assert_eq!(forfeited(&panel).await, "98.20");
    let rows = "SELECT order_id || ' ' || reason || ' ' || amount_nano || ' ' || destination \
                FROM refunds ORDER BY order_id";
    let expected = [
        format!("{drip} partial 900000000 forfeited"),
        format!("{unsent} canceled 900000000 forfeited"),
        format!("{by_hand} canceled 900000000 forfeited"),
    ];
    assert_eq!(texts(&panel, rows).await, expected);
    panel.check().await;
    assert_eq!(reinstate(&panel).await, "98.20");
    assert_eq!(panel.balance().await, "98.20");
    assert_eq!(forfeited(&panel).await, "0.00");
    assert_eq!(panel.shown(sent).await, "Completed 0.90 0");
    assert_eq!(panel.shown(drip).await, "Partial 0.90 1000");
    assert_eq!(panel.shown(unsent).await, "Canceled 0.00 1000");
    let path = format!("/api/v3/orders/{unsent}");
    let order = panel.ask(&panel.key, reqwest::Method::GET, &path, None);
    let timeline = order.await.json()["timeline"].clone();
    assert_eq!(timeline[1]["cause"], "account_suspended", "{timeline}");
    let path = format!("/api/v3/orders/{unsent}/refunds");
    let refunds = panel.ask(&panel.key, reqwest::Method::GET, &path, None);
    assert_eq!(
        refunds.await.json()["refunds"][0]["destination"],
        "forfeited"
    );
    panel.finish().await;
}

#[apply(story)]
async fn orders_that_settle_after_the_reinstatement_refund_to_the_wallet_again() {
    let panel = TestPanel::start().await;
    panel.provider.script_next(
        1,
        smm_panel_server::demo::provider::Script::Partial {
            over_ms: DELIVERY,
            delivered_percent: 60,
        },
    );
    panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    suspend(&panel).await;
    panel.work().await;
    assert_eq!(reinstate(&panel).await, "99.10");
    panel.pass(2 * DELIVERY).await;
    assert_eq!(panel.balance().await, "99.46");
    let rows = "SELECT destination FROM refunds";
    assert_eq!(texts(&panel, rows).await, ["wallet"]);
    panel.finish().await;
}

#[apply(story)]
async fn deposits_that_arrive_later_are_kept_beside_the_wallet_until_the_reinstatement() {
    let panel = TestPanel::start().await;
    suspend(&panel).await;
    let (actor, amount) = (Actor::command(), Money::parse("5").unwrap());
    let credited = wallet::credit(&panel.panel, &actor, panel.account, amount, "T-1", "bank");
    let credited = credited.await.unwrap();
    assert!(credited.suspended);
    assert_eq!(credited.balance, Money::ZERO);
    let books = "SELECT account FROM ledger_entries WHERE side = 'credit' \
                 ORDER BY transaction_id DESC LIMIT 1";
    let book = format!("suspense:suspended_deposit:{}", panel.account);
    assert_eq!(texts(&panel, books).await, [book]);
    let again = wallet::credit(&panel.panel, &actor, panel.account, amount, "T-1", "bank");
    let again = again.await;
    assert!(matches!(again, Err(Error::Refused(Refusal::Taken { .. }))));
    panel.check().await;
    let key = operator(&panel).await;
    let path = format!("/accounts/{}/reinstate", panel.account);
    let back = ask(&panel, &key, reqwest::Method::POST, &path, because("error")).await;
    assert_eq!(
        back.json(),
        json!({
            "account_id": panel.account.0,
            "suspension_id": 1,
            "returned": "100.00",
            "released_deposits": "5.00",
            "balance": "105.00",
        })
    );
    assert_eq!(panel.balance().await, "105.00");
    panel.finish().await;
}

#[apply(story)]
async fn an_account_may_be_suspended_again_and_each_suspension_has_its_own_sum() {
    let panel = TestPanel::start().await;
    let (poor, _) = account(&panel.panel, "poor", "0").await;
    for balance in ["100.00", "101.00", "102.00"] {
        assert_eq!(suspend(&panel).await.forfeited.to_string(), balance);
        assert_eq!(reinstate(&panel).await, balance);
        let (one, actor) = (Money::parse("1").unwrap(), Actor::command());
        let credited = wallet::credit(&panel.panel, &actor, panel.account, one, balance, "more");
        assert!(!credited.await.unwrap().suspended);
    }
    // A wallet with nothing in it moves nothing.
    let actor = Actor::command();
    let nothing = suspensions::suspend(&panel.panel, &actor, poor, "spam").await;
    assert_eq!(nothing.unwrap().forfeited, Money::ZERO);
    panel.check().await;
    let back = suspensions::reinstate(&panel.panel, &actor, poor, "no spam").await;
    assert_eq!(back.unwrap().balance, Money::ZERO);
    panel.finish().await;
}
