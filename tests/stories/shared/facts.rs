//! Facts that servers tell each other.

use std::net::{IpAddr, Ipv6Addr};

use smm_panel_server::abuse::facts::{Asked, Event, Fact, LinkFault, What};
use smm_panel_server::abuse::shared::FactBus;
use smm_panel_server::clock::{Stopwatch, Time};
use smm_panel_server::ids::{AccountId, KeyId};
use tokio::sync::mpsc::Receiver;

use super::*;

fn event(fact: Fact) -> Event {
    Event {
        at: Time::from_ms(1_793_491_200_000),
        fact,
    }
}

/// The n-th wrong key; its number is one that floats do not hold.
fn wrong_key(n: u64) -> Event {
    event(Fact::KeyRefused {
        address: IpAddr::V6(Ipv6Addr::LOCALHOST),
        print: u64::MAX - n,
        is_formed: n.is_multiple_of(2),
    })
}

fn bus(shared: &Shared) -> (FactBus, Receiver<Event>) {
    FactBus::start(shared, Metrics::new(false).shared())
}

/// Sends until the other one hears it: a subscription takes a moment.
async fn meet(bus: &FactBus, heard: &mut Receiver<Event>) {
    until("facts are heard", async || {
        bus.publish(wrong_key(0));
        heard.try_recv().is_ok()
    })
    .await;
}

/// What comes next but the greetings of [`meet`].
async fn next(heard: &mut Receiver<Event>) -> Event {
    let fact = async {
        loop {
            match heard.recv().await {
                Some(event) if event == wrong_key(0) => {}
                event => return event,
            }
        }
    };
    let heard = tokio::time::timeout(Duration::from_secs(20), fact).await;
    heard.expect("a fact").expect("a bus")
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_hear_each_other_and_not_themselves_also_after_redis_was_away() {
    let Some(redis) = Redis::start() else { return };
    let (shared_one, shared_two) = (connect(&redis, "a").await, connect(&redis, "a").await);
    let stranger = connect(&redis, "b").await;
    let ((one, mut heard_by_one), (two, mut heard_by_two)) = (bus(&shared_one), bus(&shared_two));
    let (_third, mut heard_elsewhere) = bus(&stranger);
    for round in 0..2 {
        meet(&one, &mut heard_by_two).await;
        meet(&two, &mut heard_by_one).await;
        let asked = event(Fact::Asked(Asked {
            key: KeyId(7),
            account: AccountId(8),
            address: None,
            agent: u64::MAX,
            what: What::Status,
            ids: vec![1, i64::MAX],
            foreign: vec![7, 8],
        }));
        let hostile = event(Fact::HostileLink {
            account: AccountId(8),
            key: Some(KeyId(7)),
            what: LinkFault::PrivateHost,
        });
        one.publish(asked.clone());
        one.publish(hostile.clone());
        assert_eq!(next(&mut heard_by_two).await, asked);
        assert_eq!(next(&mut heard_by_two).await, hostile);
        // What the first says itself never comes back: next is what the second says now.
        two.publish(hostile.clone());
        assert_eq!(next(&mut heard_by_one).await, hostile);
        if round == 0 {
            redis.kill();
            // Nothing waits, nothing fails.
            one.publish(wrong_key(0));
            redis.run();
            for shared in [&shared_one, &shared_two] {
                until("it is connected", async || shared.is_connected()).await;
            }
        }
    }
    assert!(heard_elsewhere.try_recv().is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_facts_is_bounded_and_waits_for_nobody() {
    let Some(redis) = Redis::start() else { return };
    let (shared_one, shared_two) = (connect(&redis, "a").await, connect(&redis, "a").await);
    let ((one, _), (_two, mut heard)) = (bus(&shared_one), bus(&shared_two));
    meet(&one, &mut heard).await;
    let began = Stopwatch::start();
    for n in 1..=200_000 {
        one.publish(wrong_key(n));
    }
    assert!(began.elapsed() < Duration::from_secs(10));
    // Those that found room come, in their order; then new ones.
    let mut last = 0;
    let mut came = 0;
    while let Ok(Some(event)) = tokio::time::timeout(Duration::from_secs(2), heard.recv()).await {
        let Fact::KeyRefused { print, .. } = event.fact else {
            panic!("another fact");
        };
        let n = u64::MAX - print;
        assert!(n == 0 || n > last, "{n} after {last}");
        last = last.max(n);
        came += usize::from(n > 0);
    }
    assert!((1_000..=30_000).contains(&came), "{came}");
    one.publish(wrong_key(1_000_000));
    assert_eq!(next(&mut heard).await, wrong_key(1_000_000));
}
