//! Many at once: what one client does never costs another one a cent.

use futures::future::join_all;
use harness::database::Database::{Postgres, Sqlite};
use harness::database::current;
use harness::{HOUR, TestPanel, account, terms};
use serde_json::Value;
use smm_panel_server::catalog::Terms;
use smm_panel_server::demo::provider::Script;
use smm_panel_server::money::Money;
use smm_panel_server::protocol::ServiceType;

/// A manual service at 0.333333 USD per 1000.
async fn manual(panel: &TestPanel) -> i64 {
    panel
        .service(
            Terms {
                min: 1,
                ..terms(ServiceType::Default, "0.333333")
            },
            Vec::new(),
        )
        .await
}

#[apply(story_on_threads)]
async fn clients_of_one_wallet_place_exactly_what_it_covers() {
    let panel = TestPanel::start().await;
    let service = manual(&panel).await.to_string();
    // 32 clients want 20 orders of 7 units each; the wallet covers half of them.
    let one = Money::from_nano(333_333 * 7);
    let covered = 32 * 20 / 2;
    let balance = Money::from_nano(one.nano() * covered);
    let (_, key) = account(&panel.panel, "half", &balance.to_string()).await;
    let (key, service) = (key.as_str(), service.as_str());
    let clients = (0..32).map(|client| {
        let panel = &panel;
        async move {
            let mut placed = Vec::new();
            for n in 0..20 {
                let link = format!("https://x.test/{client}/{n}");
                let fields = [
                    ("action", "add"),
                    ("service", service),
                    ("link", &link),
                    ("quantity", "7"),
                ];
                let reply = panel.v2_as(key, &fields).await;
                match reply.json()["order"].as_i64() {
                    Some(order) => placed.push(order),
                    None => assert_eq!(reply.error(), "Not enough funds on balance"),
                }
            }
            placed
        }
    });
    let mut placed: Vec<i64> = join_all(clients).await.into_iter().flatten().collect();
    placed.sort_unstable();
    placed.dedup();
    assert_eq!(i64::try_from(placed.len()).unwrap(), covered);
    let balance = panel.v2_as(key, &[("action", "balance")]).await;
    assert_eq!(balance.json()["balance"], "0.00");
    panel.finish().await;
}

#[apply(story_on_threads)]
async fn a_wallet_short_of_one_nano_refuses_the_order() {
    let panel = TestPanel::start().await;
    let service = manual(&panel).await.to_string();
    let (_, short) = account(&panel.panel, "short", "0.002333330").await;
    let (_, exact) = account(&panel.panel, "exact", "0.002333331").await;
    let fields = [
        ("action", "add"),
        ("service", service.as_str()),
        ("link", "x.test/p"),
        ("quantity", "7"),
    ];
    assert_eq!(
        panel.v2_as(&short, &fields).await.error(),
        "Not enough funds on balance"
    );
    panel.v2_as(&exact, &fields).await.order();
    for (key, left) in [(&short, "0.00233333"), (&exact, "0.00")] {
        let balance = panel.v2_as(key, &[("action", "balance")]).await;
        assert_eq!(balance.json()["balance"], left);
    }
    panel.finish().await;
}

#[apply(story_on_threads)]
async fn one_request_id_from_many_clients_is_one_order() {
    let panel = TestPanel::start().await;
    let fields = [
        ("action", "add"),
        ("service", "1"),
        ("link", "https://x.test/p"),
        ("quantity", "1000"),
        ("request_id", "order 17"),
    ];
    let replies = join_all((0..32).map(|_| panel.v2(&fields))).await;
    let first = replies[0].order();
    assert!(replies.iter().all(|reply| reply.order() == first));
    assert_eq!(panel.balance().await, "99.10");
    panel.work().await;
    assert_eq!(panel.provider.orders().len(), 1);
    panel.finish().await;
}

#[apply(story_on_threads)]
async fn a_client_that_hangs_up_tears_no_order() {
    let panel = TestPanel::start().await;
    let clients = (0..64).map(|n| {
        let (panel, link) = (&panel, format!("https://x.test/{n}"));
        async move {
            let fields = [
                ("action", "add"),
                ("service", "1"),
                ("link", &link),
                ("quantity", "50"),
            ];
            // Half of them give up at some point of the way.
            let request = panel.v2(&fields);
            if n % 2 == 0 {
                let mut request = Box::pin(request);
                for _ in 0..n {
                    if futures::poll!(request.as_mut()).is_ready() {
                        break;
                    }
                    tokio::task::yield_now().await;
                }
            } else {
                request.await.order();
            }
        }
    });
    join_all(clients).await;
    let placed: Value = panel.v2(&[("action", "balance")]).await.json();
    let spent = Money::parse("100")
        .unwrap()
        .minus(Money::parse(placed["balance"].as_str().unwrap()).unwrap());
    let orders = spent.unwrap().nano() / 45_000_000;
    assert!((32..=64).contains(&orders), "{orders} orders were charged");
    panel.finish().await;
}

#[apply(story_of_sqlite)]
async fn an_order_is_on_disk_after_the_database_ended_a_transaction_by_itself() {
    use sea_orm::ConnectionTrait;
    let panel = TestPanel::start().await;
    // What SQLite does when the disk is full, in the middle of somebody's transaction.
    let tx = panel.panel.db.begin().await.unwrap();
    tx.execute_unprepared("ROLLBACK").await.unwrap();
    assert!(tx.commit().await.is_err());
    let order = panel.order("https://x.test/p", 1000).await;
    assert_eq!(panel.shown(order).await, "Pending 0.90 1000");
    panel.finish().await;
}

#[apply(story_on_threads)]
async fn an_answer_outlives_a_database_that_cannot_be_written() {
    let panel = TestPanel::start().await;
    let order = panel.order("https://x.test/p", 1000).await;
    panel.sql(broken()).await;
    let repair = async {
        while panel.provider.orders().is_empty() {
            tokio::task::yield_now().await;
        }
        // The answer is on its way to a database that takes nothing.
        for _ in 0..50 {
            panel.balance().await;
        }
        panel.sql(repaired()).await;
    };
    tokio::join!(panel.work(), repair);
    assert_eq!(panel.shown(order).await, "Processing 0.90 1000");
    panel.finish().await;
}

/// Lets no answer of a provider be kept.
fn broken() -> &'static str {
    match current() {
        Sqlite => {
            "CREATE TRIGGER broken BEFORE INSERT ON provider_exchanges \
             BEGIN SELECT RAISE(ABORT, 'broken'); END"
        }
        Postgres => {
            "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN RAISE EXCEPTION 'broken'; END $$; \
             CREATE TRIGGER broken BEFORE INSERT ON provider_exchanges \
             FOR EACH ROW EXECUTE FUNCTION broken()"
        }
    }
}

/// Ends it.
fn repaired() -> &'static str {
    match current() {
        Sqlite => "DROP TRIGGER broken",
        Postgres => "DROP TRIGGER broken ON provider_exchanges",
    }
}

#[apply(story_on_threads)]
async fn a_hundred_drip_feeds_in_delivery_are_canceled_in_one_request() {
    let panel = TestPanel::start().await;
    panel
        .provider
        .set_script(1, Script::Deliver { over_ms: HOUR });
    let mut ids = Vec::new();
    for n in 0..100 {
        let link = format!("https://x.test/{n}");
        let fields = [
            ("action", "add"),
            ("service", "1"),
            ("link", link.as_str()),
            ("quantity", "50"),
            ("runs", "20"),
            ("interval", "1"),
        ];
        ids.push(panel.v2(&fields).await.order().to_string());
    }
    panel.pass(15 * harness::MINUTE).await;
    let reply = panel
        .v2(&[("action", "cancel"), ("orders", &ids.join(","))])
        .await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.json()[99]["cancel"], 1);
    panel.finish().await;
}
