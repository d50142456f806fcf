//! Answers that break off: one order that breaks each answer about it keeps no other from being
//! followed.

use super::*;
use smm_panel_server::clock::Period;

/// The status of each of seven orders, of which one breaks every answer that is about it too, once
/// some minutes have passed.
async fn followed_beside_one_that_breaks(place: usize, fault: &Fault) {
    let ends = [
        (Script::Deliver { over_ms: 0 }, "Completed 0.90 0"),
        (
            Script::Partial {
                over_ms: 0,
                delivered_percent: 75,
            },
            "Partial 0.675 250",
        ),
        (Script::CancelAfter { ms: 0 }, "Canceled 0.00 1000"),
    ];
    let panel = TestPanel::start().await;
    let mut placed = Vec::new();
    for n in 0..7 {
        let (script, end) = ends[n % ends.len()].clone();
        panel.provider.script_next(1, script);
        let order = panel.order(&format!("https://x.test/{n}"), 1000).await;
        placed.push((order, end));
    }
    panel.work().await;
    let bad = panel.provider.orders()[place].id;
    panel.provider.break_status(bad, fault.clone());
    panel.pass(4 * MINUTE).await;
    for (n, (order, end)) in placed.into_iter().enumerate() {
        let expected = if n == place {
            "Processing 0.90 1000"
        } else {
            end
        };
        assert_eq!(panel.shown(order).await, expected, "{fault:?} {place} {n}");
    }
    // Halves were asked about, and not each order alone.
    let sizes: Vec<usize> = asked(&panel, "status")
        .iter()
        .map(|ids| ids.split(',').count())
        .collect();
    assert_eq!(sizes[..4], [7, 7, 3, 4], "{fault:?} {place}");
    let bad = bad.to_string();
    let alone = asked(&panel, "status")
        .into_iter()
        .filter(|ids| !ids.contains(','));
    let others: Vec<String> = alone.filter(|ids| !ids.ends_with(&bad)).collect();
    assert!(others.len() < 3, "{fault:?} {place}: {others:?}");
    let left = orders::uncertain(&panel.panel, Period::default(), None, 10)
        .await
        .unwrap();
    assert_eq!(left.len(), 1, "{fault:?} {place}");
    panel.finish().await;
}

#[apply(story)]
async fn a_list_whose_answers_are_server_errors_is_halved() {
    for place in [0, 3, 6] {
        for body in ["", "<html><h1>500 Internal Server Error</h1></html>"] {
            followed_beside_one_that_breaks(place, &Fault::Http(500, body.to_owned())).await;
        }
    }
}

#[apply(story)]
async fn a_list_whose_connections_are_closed_is_halved() {
    for place in [0, 3, 6] {
        followed_beside_one_that_breaks(place, &Fault::Drop).await;
    }
}
