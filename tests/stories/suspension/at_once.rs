//! Suspending while everything else goes on.

use futures::future::join_all;
use harness::{DELIVERY, MINUTE, TestPanel, open_another, terms, texts};
use smm_panel_server::actor::Actor;
use smm_panel_server::demo::provider::Script;
use smm_panel_server::error::{Error, Refusal};
use smm_panel_server::money::Money;
use smm_panel_server::protocol::ServiceType;
use smm_panel_server::suspensions::TakenBack;
use smm_panel_server::{deposits, suspensions, wallet};

use super::{forfeited, reinstate, stored_balance, suspend};

/// A payment that was taken back.
fn taken_back(amount: &str) -> TakenBack {
    TakenBack {
        reference: "CB-1".to_owned(),
        amount: Money::parse(amount).unwrap(),
        reason: "bank".to_owned(),
        orders: Vec::new(),
        deposits: Vec::new(),
    }
}

#[apply(story_on_threads)]
async fn after_the_answer_to_suspend_no_order_is_placed_and_every_acknowledged_one_is_kept() {
    let panel = TestPanel::start().await;
    let done = std::sync::atomic::AtomicBool::new(false);
    let clients = (0..16).map(|client| {
        let (panel, done) = (&panel, &done);
        async move {
            let mut placed = Vec::new();
            for n in 0.. {
                let after = done.load(std::sync::atomic::Ordering::SeqCst);
                let link = format!("https://x.test/{client}/{n}");
                let fields = [
                    ("action", "add"),
                    ("service", "1"),
                    ("link", &link),
                    ("quantity", "50"),
                ];
                let reply = panel.v2(&fields).await;
                match reply.json()["order"].as_i64() {
                    Some(order) => {
                        assert!(!after, "order {order} was placed after the suspension");
                        placed.push(order);
                    }
                    None => {
                        assert_eq!(reply.error(), "Your account has been suspended.");
                        break;
                    }
                }
            }
            placed
        }
    });
    let suspension = async {
        // Somewhere in the middle.
        for _ in 0..20 {
            panel.v2_as("smp_live_", &[("action", "balance")]).await;
        }
        let suspension = suspend(&panel).await;
        done.store(true, std::sync::atomic::Ordering::SeqCst);
        suspension
    };
    let (placed, _) = tokio::join!(join_all(clients), suspension);
    let mut placed: Vec<i64> = placed.into_iter().flatten().collect();
    placed.sort_unstable();
    let stored = texts(
        &panel,
        "SELECT CAST(o.id AS TEXT) FROM orders o ORDER BY o.id",
    )
    .await;
    let stored: Vec<i64> = stored.iter().map(|id| id.parse().unwrap()).collect();
    assert_eq!(placed, stored);
    assert_eq!(stored_balance(&panel, panel.account).await, "0");
    panel.check().await;
    panel.work().await;
    assert_eq!(panel.provider.accepted_links(), Vec::<String>::new());
    assert_eq!(forfeited(&panel).await, "100.00");
    assert_eq!(reinstate(&panel).await, "100.00");
    panel.finish().await;
}

#[apply(story_on_threads)]
async fn orders_that_settle_while_the_account_is_suspended_and_reinstated_lose_nothing() {
    let panel = TestPanel::start().await;
    let script = Script::Partial {
        over_ms: DELIVERY,
        delivered_percent: 60,
    };
    let sold = terms(ServiceType::Default, "0.90");
    let service = panel.offered(sold, 77, script).await;
    for n in 0..40 {
        panel
            .order_of(service, &format!("https://x.test/{n}"), 1000)
            .await;
    }
    panel.pass(2 * MINUTE).await;
    panel.advance(2 * DELIVERY);
    let other = open_another(&panel).await;
    let back_and_forth = async {
        for _ in 0..6 {
            let actor = Actor::command();
            let account = panel.account;
            suspensions::suspend(&other, &actor, account, "x")
                .await
                .unwrap();
            suspensions::reinstate(&other, &actor, account, "y")
                .await
                .unwrap();
        }
    };
    tokio::join!(panel.work(), back_and_forth);
    panel.pass(2 * DELIVERY).await;
    // 40 orders of 0.90, of each 400 of 1000 refunded, whichever way the money went.
    assert_eq!(panel.balance().await, "78.40");
    other.db.close().await.unwrap();
    panel.finish().await;
}

#[apply(story_on_threads)]
async fn what_many_do_at_once_happens_once() {
    let panel = TestPanel::start().await;
    let (actor, account) = (Actor::command(), panel.account);
    let other = open_another(&panel).await;
    let servers = || (0..8).map(|n| if n % 2 == 0 { &panel.panel } else { &other });
    let refused = |error: &Error| matches!(error, Error::Refused(Refusal::Conflict { .. }));

    let all = servers().map(|server| suspensions::suspend(server, &actor, account, "x"));
    let all = join_all(all).await;
    assert_eq!(all.iter().filter(|one| one.is_ok()).count(), 1);
    assert!(all.iter().filter_map(|one| one.as_ref().err()).all(refused));

    let all = servers().map(|server| suspensions::reinstate(server, &actor, account, "x"));
    let all = join_all(all).await;
    assert_eq!(all.iter().filter(|one| one.is_ok()).count(), 1);
    assert!(all.iter().filter_map(|one| one.as_ref().err()).all(refused));
    assert_eq!(panel.balance().await, "100.00");

    let taken_back = taken_back("150");
    let all = servers()
        .map(|server| suspensions::record_chargeback(server, &actor, account, &taken_back));
    let all = join_all(all).await;
    let recorded: Vec<_> = all.iter().filter_map(|one| one.as_ref().ok()).collect();
    assert_eq!(recorded.len(), 1);
    assert_eq!(recorded[0].shortfall, Money::parse("50").unwrap());

    // Nothing more is credited to an account that can never spend it.
    let credits = (0..8).map(|n| {
        let reference = format!("T-{n}");
        let (panel, actor) = (&panel, &actor);
        async move {
            let one = Money::parse("1").unwrap();
            wallet::credit(&panel.panel, actor, account, one, &reference, "bank").await
        }
    });
    let credits = join_all(credits).await;
    assert!(credits.iter().all(|one| refused(one.as_ref().unwrap_err())));
    other.db.close().await.unwrap();
    panel.finish().await;
}

#[apply(story_on_threads)]
async fn a_reference_that_many_use_at_once_counts_once_and_the_others_are_told() {
    let panel = TestPanel::start().await;
    let other = open_another(&panel).await;
    let mut accounts = Vec::new();
    for n in 0..4 {
        let (account, _) = harness::account(&panel.panel, &format!("customer {n}"), "10").await;
        accounts.push(account);
    }
    let (actor, amount) = (Actor::command(), Money::parse("1").unwrap());
    let both = [&panel.panel, &other];
    let servers = || accounts.iter().zip(both.iter().copied().cycle());
    for round in 0..5 {
        let reference = format!("R-{round}");
        let all = servers().map(|(account, server)| {
            deposits::record_manual(server, &actor, *account, amount, &reference, "by bank")
        });
        counted_once(join_all(all).await);
        let all = servers().map(|(account, server)| {
            wallet::credit(server, &actor, *account, amount, &reference, "a gift")
        });
        counted_once(join_all(all).await);
    }
    // The last, because it is for good.
    let taken_back = taken_back(&amount.to_string());
    let all = servers().map(|(account, server)| {
        suspensions::record_chargeback(server, &actor, *account, &taken_back)
    });
    counted_once(join_all(all).await);
    let suspended = "SELECT CAST(COUNT(*) AS TEXT) FROM suspensions";
    assert_eq!(texts(&panel, suspended).await, ["1"]);
    other.db.close().await.unwrap();
    panel.finish().await;
}

fn counted_once<T: std::fmt::Debug>(all: Vec<smm_panel_server::error::Result<T>>) {
    let taken = |one: &&_| matches!(one, Err(Error::Refused(Refusal::Taken { .. })));
    assert_eq!(all.iter().filter(|one| one.is_ok()).count(), 1, "{all:?}");
    assert_eq!(all.iter().filter(taken).count(), all.len() - 1, "{all:?}");
}
