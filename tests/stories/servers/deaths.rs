//! Deaths under load: of servers, and of PostgreSQL.

use std::sync::atomic::Ordering;
use std::time::Duration;

use harness::postgres::Postgres;
use smm_panel_server::clock::Stopwatch;

use super::{Fleet, SERVERS};

/// How many servers die, one after the other.
const KILLS: usize = 30;
/// How many orders are acknowledged between two deaths.
const BETWEEN: usize = 40;

#[apply(story_of_postgres)]
async fn three_servers_are_killed_thirty_times_and_nothing_is_lost_or_doubled() {
    let fleet = Fleet::start(None).await;
    let kill = async {
        for number in 0..KILLS {
            fleet.wait_for(BETWEEN).await;
            let server = number % SERVERS;
            fleet.kill(server).await;
            fleet.check().await;
            fleet.run(server).await;
        }
        fleet.done.store(true, Ordering::Relaxed);
    };
    tokio::join!(fleet.order_until_done(), kill);
    assert!(*fleet.acknowledged.borrow() >= KILLS * BETWEEN);
    fleet.finish().await;
}

/// For how long PostgreSQL is away: four times as long as it takes to start it again, once for
/// longer than any request waits.
const AWAY: [Duration; 5] = [
    Duration::ZERO,
    Duration::ZERO,
    Duration::from_secs(10),
    Duration::ZERO,
    Duration::ZERO,
];

#[apply(story_of_postgres)]
async fn postgresql_dies_five_times_under_load_and_nothing_is_lost_or_doubled() {
    let postgres = Postgres::start().unwrap();
    let fleet = Fleet::start(Some(&postgres.url("postgres"))).await;
    let kill = async {
        for away in AWAY {
            fleet.wait_for(2 * BETWEEN).await;
            let before = fleet.unavailable.load(Ordering::Relaxed);
            postgres.stop_at_once().unwrap();
            let gone = Stopwatch::start();
            while gone.elapsed() < away {
                told_to_come_back(&fleet).await;
            }
            postgres.run().unwrap();
            let back = Stopwatch::start();
            fleet.wait_for(1).await;
            let recovered = back.elapsed();
            // Some tenths of a second, and what a busy machine adds.
            assert!(recovered < Duration::from_secs(15), "{recovered:?}");
            let told = fleet.unavailable.load(Ordering::Relaxed) - before;
            eprintln!("away {away:?}: {told} answers of 503, an order {recovered:?} later");
            fleet.check().await;
        }
        fleet.done.store(true, Ordering::Relaxed);
    };
    tokio::join!(fleet.order_until_done(), kill);
    fleet.finish().await;
}

/// The typed API's answer while there is no database.
async fn told_to_come_back(fleet: &Fleet) {
    let url = fleet.url(0, "/api/v3/wallet");
    let asked = fleet.http.get(url).bearer_auth(&fleet.keys[0]);
    let answer = asked.send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 503);
    let problem: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(problem["code"], "unavailable", "{problem}");
}
