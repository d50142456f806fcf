//! What is known of keys outlives a start: on a real database.

use super::facts::{Asked, Event, Fact, What, network_print};
use super::places::Places;
use crate::accounts::{self, KeyTerms};
use crate::actor::{Actor, Role};
use crate::clock::{Clock, Time};
use crate::config::Config;
use crate::db::Db;
use crate::ids::{AccountId, KeyId};
use crate::panel::Panel;
use crate::secrets::Secrets;

/// A panel in `folder` with an account and a key of it.
async fn panel(folder: &std::path::Path) -> (Panel, AccountId, KeyId) {
    let url = format!("sqlite:{}", folder.join("panel.sqlite").display());
    let config = Config::default();
    let db = Db::open(&url, config.pools()).await.unwrap();
    db.require_current().await.unwrap();
    let clock = Clock::manual(Time::from_ms(1_793_491_200_000));
    let panel = Panel::open(db, clock, config, Secrets::ephemeral());
    let (panel, actor) = (panel.await.unwrap(), Actor::command());
    let account = accounts::create(&panel, &actor, Role::Reseller, "ann")
        .await
        .unwrap();
    let terms = KeyTerms::named("shop");
    let (key, _) = accounts::create_key(&panel, &actor, account, &terms)
        .await
        .unwrap();
    (panel, account, key.id)
}

#[tokio::test]
async fn a_key_is_told_of_once_with_the_places_of_earlier_days() {
    let folder = tempfile::tempdir().unwrap();
    let (panel, account, key) = panel(folder.path()).await;
    let asked = |address: &str, agent| Event {
        at: panel.now(),
        fact: Fact::Asked(Asked {
            key,
            account,
            address: Some(address.parse().unwrap()),
            agent,
            what: What::Balance,
            ids: Vec::new(),
            foreign: Vec::new(),
        }),
    };
    let told = async |places: &mut Places, events: &[Event]| {
        let unknown = places.unknown(events);
        let mut told = places.learn(&panel, unknown).await.unwrap();
        for event in events {
            if let Fact::Asked(asked) = &event.fact {
                places.note(asked, event.at);
            }
        }
        places.write(&panel).await.unwrap();
        told.remove(&key)
    };
    let history = |networks: &[&str], agents: &[u64]| {
        let print = |address: &&str| network_print(address.parse().unwrap());
        Some(Fact::KeyHistory {
            key,
            networks: networks.iter().map(print).collect(),
            agents: agents.to_vec(),
            median_spent: 0,
        })
    };
    let mut places = Places::default();
    let used = [asked("192.0.2.1", 7), asked("2001:db8::1", u64::MAX)];
    assert_eq!(told(&mut places, &used).await, history(&[], &[]));
    assert_eq!(told(&mut places, &used).await, None);
    // After a start nothing is known until it is read.
    panel.clock.advance_ms(1);
    let mut places = Places::default();
    let Some(Fact::KeyHistory {
        networks, agents, ..
    }) = told(&mut places, &used).await
    else {
        panic!("nothing was told");
    };
    let expected = ["192.0.2.1", "2001:db8::1"].map(|of| network_print(of.parse().unwrap()));
    let sorted = |mut prints: Vec<u64>| {
        prints.sort_unstable();
        prints
    };
    assert_eq!(sorted(networks), sorted(expected.into()));
    assert_eq!(sorted(agents), [7, u64::MAX]);
    // Thirty days later it is a key like a new one.
    panel.clock.advance_ms(31 * 24 * 3_600_000);
    let mut places = Places::default();
    assert_eq!(told(&mut places, &used).await, history(&[], &[]));
}
