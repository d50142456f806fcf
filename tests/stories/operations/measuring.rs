//! `/metrics`.

use std::collections::BTreeSet;

use harness::{ANYWHERE, DELIVERY, TestPanel, terms};
use smm_panel_server::demo::provider::Script;
use smm_panel_server::inspection;
use smm_panel_server::protocol::ServiceType;

use super::{at, get};

/// A panel that measures.
async fn measured() -> TestPanel {
    TestPanel::start_with(|config| config.metrics_listen = Some(ANYWHERE)).await
}

async fn metrics(panel: &TestPanel) -> String {
    let reply = get(panel.metrics_url.as_ref().unwrap()).await;
    assert_eq!(reply.status, 200);
    let kind = reply.headers["content-type"].to_str().unwrap();
    assert!(kind.starts_with("text/plain; version=0.0.4"), "{kind}");
    reply.body
}

/// The value of one series.
fn value(text: &str, series: &str) -> Option<f64> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.map(|value| value.parse().unwrap())
}

#[track_caller]
fn has(text: &str, series: &str, expected: f64) {
    assert_eq!(value(text, series), Some(expected), "{series} in\n{text}");
}

#[apply(story)]
async fn requests_are_counted_by_face_action_and_outcome() {
    let panel = measured().await;
    panel.order("https://instagram.com/p/one", 1000).await;
    panel.balance().await;
    panel.balance().await;
    panel.v2_as("nonsense", &[("action", "balance")]).await;
    panel.v2(&[("action", "dance")]).await;
    let unauthorized = get(&at(&panel, "/api/v3/wallet")).await;
    assert_eq!(unauthorized.status, 401);
    assert_eq!(get(&at(&panel, "/api/v3/nothing")).await.status, 404);
    let text = metrics(&panel).await;
    for (face, action, outcome, count) in [
        ("v2", "add", "ok", 1.0),
        ("v2", "balance", "ok", 2.0),
        ("v2", "balance", "refused", 1.0),
        ("v2", "balance", "unavailable", 0.0),
        ("v2", "unreadable", "refused", 1.0),
        ("v3", "wallet_view", "refused", 1.0),
        ("v3", "other", "refused", 1.0),
        ("v3", "order_place", "ok", 0.0),
    ] {
        let series = format!(
            "smm_panel_requests_total{{face=\"{face}\",action=\"{action}\",outcome=\"{outcome}\"}}"
        );
        has(&text, &series, count);
    }
    let of_balance = "{face=\"v2\",action=\"balance\"}";
    has(
        &text,
        &format!("smm_panel_request_duration_seconds_count{of_balance}"),
        3.0,
    );
    has(&text, "smm_panel_orders_placed_total", 1.0);
    has(&text, "smm_panel_orders_waiting", 0.0);
    has(&text, "smm_panel_batch_items_sum{batcher=\"placer\"}", 1.0);
    has(
        &text,
        "smm_panel_batch_commit_seconds_count{batcher=\"placer\"}",
        1.0,
    );
    let memory = value(&text, "smm_panel_process_resident_memory_bytes").unwrap();
    assert!(memory > 1_000_000.0, "{memory}");
    panel.finish().await;
}

#[apply(story)]
async fn the_whole_panel_is_measured_when_it_is_asked() {
    let panel = measured().await;
    let half = terms(ServiceType::Default, "1");
    let stops = Script::Partial {
        delivered_percent: 40,
        over_ms: DELIVERY,
    };
    let service = panel.offered(half, 50, stops).await;
    panel
        .order_of(service, "https://instagram.com/p/two", 1000)
        .await;
    panel.advance(5_000);
    let text = metrics(&panel).await;
    has(&text, "smm_panel_dispatches{state=\"queued\"}", 1.0);
    has(&text, "smm_panel_oldest_queued_seconds", 5.0);
    has(&text, "smm_panel_refunds_total{reason=\"partial\"}", 0.0);
    assert_eq!(value(&text, "smm_panel_check_violations"), None);
    panel.pass(2 * DELIVERY).await;
    inspection::run_if_due(&panel.panel, std::future::pending())
        .await
        .unwrap();
    panel
        .sql("UPDATE providers SET pause_reason = 'circuit_open', paused_until_ms = 0")
        .await;
    panel
        .sql(
            "INSERT INTO alerts (kind, message, created_at_ms) \
             SELECT 'parked', 'x', MAX(created_at_ms) FROM refunds",
        )
        .await;
    panel.advance(2_000);
    let text = metrics(&panel).await;
    for (series, expected) in [
        ("smm_panel_database_up", 1.0),
        ("smm_panel_dispatches{state=\"queued\"}", 0.0),
        ("smm_panel_dispatches{state=\"accepted\"}", 0.0),
        ("smm_panel_oldest_queued_seconds", 0.0),
        ("smm_panel_parked_refills", 0.0),
        ("smm_panel_refunds_total{reason=\"partial\"}", 1.0),
        ("smm_panel_refunds_total{reason=\"failed\"}", 0.0),
        (
            "smm_panel_refunded_nano_usd_total{reason=\"partial\"}",
            600_000_000.0,
        ),
        ("smm_panel_alerts_last_hour{kind=\"parked\"}", 1.0),
        (
            "smm_panel_provider_takes_orders{provider=\"simulated\"}",
            0.0,
        ),
        (
            "smm_panel_provider_paused{provider=\"simulated\",pause=\"circuit_open\"}",
            1.0,
        ),
        (
            "smm_panel_provider_paused{provider=\"simulated\",pause=\"trouble\"}",
            0.0,
        ),
        ("smm_panel_check_violations", 0.0),
        ("smm_panel_batch_items_sum{batcher=\"recorder\"}", 1.0),
    ] {
        has(&text, series, expected);
    }
    assert!(value(&text, "smm_panel_report_commit_seconds_count").unwrap() >= 1.0);
    let checked = value(&text, "smm_panel_check_finished_timestamp_seconds").unwrap();
    assert!(checked > 1_793_491_200.0, "{checked}");
    // At most one reading every few seconds: the next one shows what the last one did.
    panel.sql("DELETE FROM alerts").await;
    let again = metrics(&panel).await;
    has(&again, "smm_panel_alerts_last_hour{kind=\"parked\"}", 1.0);
    panel.advance(2_000);
    let fresh = metrics(&panel).await;
    has(&fresh, "smm_panel_alerts_last_hour{kind=\"parked\"}", 0.0);
    panel.finish().await;
}

/// No label is made of what customers send, and none names an order, an account or a key.
#[apply(story)]
async fn labels_come_from_closed_lists() {
    let panel = measured().await;
    let link = "https://instagram.com/p/secret-link";
    panel.order(link, 1000).await;
    panel.v2(&[("action", "xyzzy")]).await;
    get(&at(&panel, "/api/v3/xyzzy")).await;
    panel.pass(2 * DELIVERY).await;
    let text = metrics(&panel).await;
    for never in [link, "xyzzy", panel.key.as_str(), "reseller"] {
        assert!(!text.contains(never), "{never} in\n{text}");
    }
    let mut labels = BTreeSet::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let Some((_, rest)) = line.split_once('{') {
            let (inside, _) = rest.split_once('}').unwrap();
            labels.extend(
                inside
                    .split(',')
                    .map(|pair| pair.split_once('=').unwrap().0),
            );
        }
    }
    let names: Vec<&str> = labels.into_iter().collect();
    let known =
        "action batcher detector face kind layer le outcome pause pool provider reason state";
    assert_eq!(names.join(" "), known);
    for line in text.lines().filter(|line| line.starts_with("# TYPE ")) {
        let name = line.split(' ').nth(2).unwrap();
        assert!(text.contains(&format!("# HELP {name} ")), "{name}");
    }
    panel.finish().await;
}

#[apply(story)]
async fn metrics_are_off_unless_asked_for_and_never_on_the_main_listener() {
    let panel = TestPanel::start().await;
    assert_eq!(panel.metrics_url, None);
    assert_eq!(get(&at(&panel, "/metrics")).await.status, 404);
    panel.finish().await;
    let panel = measured().await;
    assert_eq!(get(&at(&panel, "/metrics")).await.status, 404);
    let url = panel.metrics_url.as_ref().unwrap();
    for other in ["/api/v2", "/health/live", "/"] {
        let reply = get(&url.replace("/metrics", other)).await;
        assert_eq!(reply.status, 404, "{other}");
    }
    panel.finish().await;
}
