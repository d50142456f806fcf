//! Facts: noted by whoever knows them, read by a worker, and told again after a restart as far as the
//! database knows them.

use super::*;
use harness::DELIVERY;
use smm_panel_server::abuse::facts::{Asked, Event, Fact, What};
use smm_panel_server::demo::provider::Script;

/// A fact as a word with its order.
fn told(event: &Event) -> String {
    match &event.fact {
        Fact::Placed(placed) => {
            let marks = (placed.has_request_id, placed.is_overlapping);
            format!("placed {} {} {marks:?}", placed.order, placed.charge)
        }
        Fact::Canceled { order, .. } => format!("canceled {order}"),
        Fact::Ended {
            order, refunded, ..
        } => format!("ended {order} {refunded}"),
        Fact::Disputed { order, .. } => format!("disputed {order}"),
        other @ (Fact::KeyRefused { .. }
        | Fact::Asked(_)
        | Fact::PriceMoved { .. }
        | Fact::CallbackRefused { .. }
        | Fact::PaidInPart { .. }
        | Fact::HostileLink { .. }
        | Fact::KeyHistory { .. }) => panic!("{other:?}"),
    }
}

#[apply(story)]
async fn after_a_restart_the_detectors_are_told_what_the_database_knows() {
    let watch = Watch::start().await;
    let panel = &watch.panel;
    let first = panel.order("https://x.test/a", 1000).await;
    panel.advance(1);
    let add = [
        ("action", "add"),
        ("service", "1"),
        ("link", "https://x.test/a"),
        ("quantity", "1000"),
        ("request_id", "r1"),
    ];
    let second = panel.v2(&add).await.order();
    panel.advance(1);
    let id = second.to_string();
    panel.v2(&[("action", "cancel"), ("orders", &id)]).await;
    panel
        .provider
        .script_next(1, Script::Deliver { over_ms: DELIVERY });
    panel.pass(HOUR).await;
    assert_eq!(panel.shown(first).await, "Completed 0.90 0");
    let dispute = json!({
        "reason": "wrong_charge", "amount": "0.10",
        "description": "It was offered for a little less than this."
    });
    let path = format!("/api/v3/orders/{first}/disputes");
    let filed = panel
        .ask(&panel.key, Method::POST, &path, Some(dispute))
        .await;
    assert_eq!(filed.status, 201, "{}", filed.body);
    let events = abuse::remembered(&panel.panel).await.unwrap();
    let told: Vec<String> = events.iter().map(told).collect();
    let expected = [
        format!("placed {first} 900000000 (false, false)"),
        format!("placed {second} 900000000 (true, true)"),
        format!("canceled {second}"),
        format!("ended {second} 900000000"),
        format!("ended {first} 0"),
        format!("disputed {first}"),
    ];
    assert_eq!(told, expected);
    assert!(events.is_sorted_by_key(|event| event.at));
    // What is older than a week says nothing any more.
    panel.advance(8 * DAY);
    assert!(abuse::remembered(&panel.panel).await.unwrap().is_empty());
    watch.finish().await;
}

#[apply(story)]
async fn places_of_a_key_are_written_once_an_hour_and_forgotten_after_thirty_days() {
    let watch = Watch::start().await;
    let panel = &watch.panel;
    let ask = |address: &str, agent: u64| {
        panel.panel.abuse.note(Fact::Asked(Asked {
            key: Watch::KEY,
            account: panel.account,
            address: Some(address.parse().unwrap()),
            agent,
            what: What::Balance,
            ids: Vec::new(),
            foreign: Vec::new(),
        }));
    };
    let places = async || {
        let sql = "SELECT kind || ' ' || CAST(print AS TEXT) || ' ' || \
                   CAST((last_seen_ms - first_seen_ms) / 60000 AS TEXT) FROM key_places \
                   ORDER BY kind, print";
        texts(panel, sql).await
    };
    ask("192.0.2.1", u64::MAX);
    ask("192.0.2.2", u64::MAX);
    ask("2001:db8::1", u64::MAX);
    panel.work().await;
    // The highest bit is that of IPv6.
    let v6 = (1_u64 << 63 | 0x2001_0db8_0000).cast_signed();
    let expected = |minutes: i64| {
        [
            format!("agent -1 {minutes}"),
            format!("network {v6} 0"),
            format!("network {} {minutes}", 0x00c0_0002),
        ]
    };
    assert_eq!(places().await, expected(0));
    for (minutes, seen) in [(30, 0), (30, 60), (59, 60), (1, 120)] {
        panel.advance(minutes * MINUTE);
        ask("192.0.2.3", u64::MAX);
        panel.work().await;
        assert_eq!(places().await, expected(seen));
    }
    panel.advance(31 * DAY);
    panel.work().await;
    assert!(places().await.is_empty());
    watch.finish().await;
}

#[apply(story)]
async fn what_is_placed_and_refused_for_its_link_is_noted_and_read() {
    let watch = Watch::start().await;
    let panel = &watch.panel;
    for link in [
        "javascript:alert(1)",
        "http://169.254.169.254/",
        "not a link",
    ] {
        let add = [
            ("action", "add"),
            ("service", "1"),
            ("link", link),
            ("quantity", "1000"),
        ];
        assert_eq!(panel.v2(&add).await.error(), "Bad link");
    }
    panel.order("https://x.test/a", 1000).await;
    panel.pass(HOUR).await;
    watch.finish().await;
}
