//! What is given up first when there is too much to do.

use std::time::Duration;

use futures::future::join_all;
use harness::TestPanel;
use smm_panel_server::networks::Networks;

use super::{LINK, header};

/// Orders that wait for the database take up the panel's room: statuses and catalogues go first.
#[apply(story_on_threads)]
async fn statuses_are_given_up_before_orders_are() {
    let panel = TestPanel::start_with(|config| {
        config.requests_max = 10;
        // One address may not hold all places.
        config.unlimited_networks = Networks::parse("127.0.0.1").unwrap();
    })
    .await;
    // Nothing is written as long as this is open; it locks what every order has to lock.
    let stopped = panel.panel.db.begin().await.unwrap();
    {
        use sea_orm::ConnectionTrait;
        let lock = "UPDATE wallets SET balance_nano = balance_nano";
        stopped.execute_unprepared(lock).await.unwrap();
    }
    let add = async || {
        let fields = [
            ("action", "add"),
            ("service", "1"),
            ("link", LINK),
            ("quantity", "50"),
        ];
        panel.v2(&fields).await
    };
    let adds = join_all((0..8).map(async |_| add().await));
    let others = async {
        // Once the eight are in, statuses are not taken up any more.
        let busy = loop {
            let reply = panel.v2(&[("action", "status"), ("order", "1")]).await;
            if reply.status == 503 {
                break reply;
            }
            tokio::task::yield_now().await;
        };
        assert_eq!(busy.body, "");
        assert_eq!(header(&busy, "retry-after"), "1");
        assert_eq!(panel.v2(&[("action", "services")]).await.status, 503);
        assert_eq!(panel.v2(&[("action", "balance")]).await.status, 200);
        // Two more orders are taken, a third is not.
        let more = join_all([add(), add(), add()]);
        let freed = async {
            tokio::time::timeout(Duration::from_secs(5), async {
                while panel.v2(&[("action", "balance")]).await.status == 200 {}
            })
            .await
            .unwrap();
            stopped.rollback().await.unwrap();
        };
        let (more, ()) = tokio::join!(more, freed);
        let mut statuses: Vec<u16> = more.iter().map(|reply| reply.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 200, 503]);
    };
    let (placed, ()) = tokio::join!(adds, others);
    for reply in placed {
        assert!(reply.order() > 0);
    }
    panel.finish().await;
}
