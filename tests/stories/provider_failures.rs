//! What a provider's answer, or the lack of one, does to an order: nothing is sent twice, nothing
//! waits for ever, and the money is in the hold, in the wallet or earned.

use std::sync::Arc;

use harness::{ANYWHERE, DELIVERY, HOUR, MINUTE, TestPanel, connect, offer, provided, terms};
use sea_orm::{ConnectionTrait, Statement};
use smm_panel_server::alerts;
use smm_panel_server::catalog::{self, Offer, Terms};
use smm_panel_server::demo::provider::{Fault, Script, SimulatedProvider};
use smm_panel_server::ids::DispatchId;
use smm_panel_server::money::Rate;
use smm_panel_server::orders::{self, Resolution, Unresolved};
use smm_panel_server::protocol::ServiceType;
use smm_panel_server::provider::Client;
use smm_panel_server::workers::Workers;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};

const FUNDS: &str = "Not enough funds on balance";

/// The kinds of all alerts, oldest first.
async fn alert_kinds(panel: &TestPanel) -> Vec<String> {
    let mut alerts = alerts::list(&panel.panel.db, 1000).await.unwrap();
    alerts.reverse();
    alerts.into_iter().map(|alert| alert.kind).collect()
}

/// The one text column of a query, row by row.
async fn texts(panel: &TestPanel, sql: &str) -> Vec<String> {
    let db = panel.panel.db.read();
    let rows = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
        .await
        .unwrap();
    rows.iter()
        .map(|row| row.try_get_by_index(0).unwrap())
        .collect()
}

/// The states of an order's runs, in order.
async fn states(panel: &TestPanel, order: i64) -> Vec<String> {
    let sql = format!("SELECT state FROM dispatches WHERE order_id = {order} ORDER BY run");
    texts(panel, &sql).await
}

/// How many `add` requests reached the provider.
fn adds(provider: &SimulatedProvider) -> usize {
    count(provider, "add")
}

fn count(provider: &SimulatedProvider, action: &str) -> usize {
    let requests = provider.requests();
    requests.iter().filter(|seen| seen.action == action).count()
}

/// Every run that waits for proof or for an operator.
async fn uncertain(panel: &TestPanel) -> Vec<DispatchId> {
    let runs = orders::uncertain(&panel.panel.db, 1000).await.unwrap();
    runs.into_iter().map(|run| run.id).collect()
}

async fn resolve(panel: &TestPanel, run: DispatchId, how: Resolution) -> Result<(), Unresolved> {
    orders::resolve(&panel.panel, run, how).await.unwrap()
}

fn custom(status: u16, body: &str) -> Script {
    Script::AddSays {
        status,
        body: body.to_owned(),
        record: false,
    }
}

fn page(status: u16) -> Fault {
    Fault::Http(status, "<html>no panel here</html>".to_owned())
}

/// A second provider that offers the services of these terms under ids from 1 on.
async fn second(panel: &TestPanel, offered: &[&Terms]) -> (SimulatedProvider, Vec<Offer>) {
    let provider = SimulatedProvider::start(panel.clock.clone(), ANYWHERE)
        .await
        .unwrap();
    let at = connect(&panel.panel, "second", &provider).await;
    let services = (1..).zip(offered).map(|(id, terms)| provided(id, terms));
    provider.set_services(services.collect());
    let offers = (1..).zip(offered).map(|(id, terms)| offer(at, id, terms));
    (provider, offers.collect())
}

/// A panel whose service (the number given) is sold by two providers, one after the other.
async fn with_two_providers() -> (TestPanel, SimulatedProvider, i64) {
    let panel = TestPanel::start().await;
    let terms = terms(ServiceType::Default, "0.90");
    let (other, mut offers) = second(&panel, &[&terms]).await;
    offers.insert(0, offer(panel.provider_id, 1, &terms));
    let service = panel.service(terms, offers).await;
    (panel, other, service)
}

#[tokio::test]
async fn a_provider_that_refuses_our_account_keeps_the_order_queued_and_rests() {
    let panel = TestPanel::start().await;
    for (n, text) in (1..).zip([
        FUNDS,
        "neworder.error.not_enough_funds",
        "Invalid API key",
        "API key is incorrect",
        "Your account has been suspended.",
        "Your account is inactive",
        "Rate limit exceeded. Slow down.",
    ]) {
        panel.provider.script_next(1, Script::Refuse(text));
        let order = panel.order(&format!("https://x.test/{n}"), 1000).await;
        panel.work().await;
        assert_eq!(states(&panel, order).await, ["queued"], "{text}");
        assert_eq!(panel.shown(order).await, "Pending 0.90 1000", "{text}");
        assert_eq!(alert_kinds(&panel).await.len(), n, "{text}");
        assert_eq!(alert_kinds(&panel).await[n - 1], "provider_trouble");
        let sent = adds(&panel.provider);
        // It rests five minutes, for other orders too.
        let other = panel.order(&format!("https://x.test/{n}/b"), 1000).await;
        panel.advance(5 * MINUTE - 1);
        panel.work().await;
        assert_eq!(adds(&panel.provider), sent, "{text}");
        panel.advance(1);
        panel.work().await;
        assert_eq!(adds(&panel.provider), sent + 2, "{text}");
        assert_eq!(panel.shown(order).await, "Processing 0.90 1000", "{text}");
        assert_eq!(panel.shown(other).await, "Processing 0.90 1000", "{text}");
    }
    panel.finish().await;
}

#[tokio::test]
async fn an_order_that_waits_for_its_link_is_tried_again_and_stops_nobody() {
    let panel = TestPanel::start().await;
    for (n, text) in (1..).zip([
        "You have active order with this link. Please wait until order being completed.",
        "neworder.error.link_duplicate",
    ]) {
        panel.provider.script_next(1, Script::Refuse(text));
        let order = panel.order(&format!("https://x.test/{n}"), 1000).await;
        panel.work().await;
        assert_eq!(states(&panel, order).await, ["queued"], "{text}");
        let other = panel.order(&format!("https://x.test/{n}/b"), 1000).await;
        panel.work().await;
        assert_eq!(panel.shown(other).await, "Processing 0.90 1000", "{text}");
        let sent = adds(&panel.provider);
        panel.advance(10 * MINUTE - 1);
        panel.work().await;
        assert_eq!(adds(&panel.provider), sent, "{text}");
        panel.advance(1);
        panel.work().await;
        assert_eq!(adds(&panel.provider), sent + 1, "{text}");
        assert_eq!(panel.shown(order).await, "Processing 0.90 1000", "{text}");
    }
    assert_eq!(alert_kinds(&panel).await, [""; 0]);
    panel.finish().await;
}

#[tokio::test]
async fn an_order_that_the_only_provider_refuses_fails_and_is_refunded_whole() {
    let panel = TestPanel::start().await;
    for (n, text) in (1..).zip([
        "Bad link",
        "neworder.error.link",
        "neworder.error.invalid_link",
        "Quantity less than minimal 100",
        "neworder.error.min_quantity",
        "Quantity more than maximum 1000",
        "neworder.error.max_quantity",
        "Incorrect service ID",
        "error.incorrect_service_id",
        "neworder.error.comment",
    ]) {
        panel.provider.script_next(1, Script::Refuse(text));
        let order = panel.order(&format!("https://x.test/{n}"), 1000).await;
        assert_eq!(panel.balance().await, "99.10", "{text}");
        panel.work().await;
        assert_eq!(panel.shown(order).await, "Canceled 0.00 1000", "{text}");
        assert_eq!(panel.balance().await, "100.00", "{text}");
        let refund =
            format!("SELECT reason || ' ' || amount_nano FROM refunds WHERE order_id = {order}");
        assert_eq!(texts(&panel, &refund).await, ["failed 900000000"], "{text}");
        panel.advance(48 * HOUR);
        panel.work().await;
        assert_eq!(adds(&panel.provider), n, "{text}");
    }
    assert_eq!(alert_kinds(&panel).await, [""; 0]);
    panel.finish().await;
}

#[tokio::test]
async fn a_refusal_in_unknown_words_refunds_the_order_and_alerts_the_operator() {
    let panel = TestPanel::start().await;
    panel
        .provider
        .script_next(1, Script::Refuse("Mercury is in retrograde"));
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    assert_eq!(panel.shown(order).await, "Canceled 0.00 1000");
    assert_eq!(panel.balance().await, "100.00");
    let alerts = alerts::list(&panel.panel.db, 10).await.unwrap();
    assert_eq!(alerts.len(), 1);
    assert_eq!(alerts[0].kind, "unlisted_refusal");
    assert!(alerts[0].message.contains("Mercury is in retrograde"));
    panel.finish().await;
}

/// Every answer to `add` that leaves open whether the order was taken.
fn unclear() -> Vec<(&'static str, Script)> {
    vec![
        ("HTML 502", Script::AcceptThenHtml502),
        ("broken JSON", Script::BrokenJson),
        ("no id", custom(200, r#"{"status":"success"}"#)),
        ("nothing", custom(200, "")),
        ("500 with an error", custom(500, r#"{"error":"Bad link"}"#)),
        (
            "503 without Retry-After",
            custom(503, r#"{"error":"busy"}"#),
        ),
        ("time-out after acceptance", Script::AcceptThenHang),
        ("time-out before acceptance", Script::HangBeforeAccept),
    ]
}

#[tokio::test]
async fn an_order_that_may_have_been_taken_is_held_for_an_operator_and_never_sent_again() {
    let panel = TestPanel::start().await;
    let mut placed = Vec::new();
    for (n, (case, script)) in (1..).zip(unclear()) {
        panel.provider.script_next(1, script);
        let order = panel.order(&format!("https://x.test/{n}"), 1000).await;
        panel.work().await;
        assert_eq!(states(&panel, order).await, ["parked"], "{case}");
        assert_eq!(adds(&panel.provider), n, "{case}");
        placed.push(order);
        // Not five in a minute: that is another story.
        panel.advance(MINUTE + 1);
    }
    panel.provider.fail_next("add", Fault::Drop);
    placed.push(panel.order("https://x.test/dropped", 1000).await);
    panel.work().await;
    assert_eq!(adds(&panel.provider), 9);
    for wait in [15 * MINUTE, 25 * HOUR, 30 * 24 * HOUR] {
        panel.advance(wait);
        panel.work().await;
    }
    assert_eq!(adds(&panel.provider), 9);
    for order in placed {
        assert_eq!(panel.shown(order).await, "Pending 0.90 1000");
    }
    assert_eq!(panel.balance().await, "91.90");
    assert_eq!(alert_kinds(&panel).await, ["parked"; 9]);
    assert_eq!(uncertain(&panel).await.len(), 9);
    panel.finish().await;
}

#[tokio::test]
async fn an_operator_who_finds_the_order_at_the_provider_has_it_followed_to_its_end() {
    let panel = TestPanel::start().await;
    panel.provider.script_next(1, Script::AcceptThenHtml502);
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    let run = uncertain(&panel).await[0];
    let id = panel.provider.orders()[0].id.to_string();
    assert_eq!(resolve(&panel, run, Resolution::Accepted(id)).await, Ok(()));
    panel.work().await;
    assert_eq!(panel.shown(order).await, "Processing 0.90 1000");
    panel.advance(MINUTE);
    panel.work().await;
    assert_eq!(panel.shown(order).await, "Completed 0.90 0");
    assert_eq!(panel.balance().await, "99.10");
    assert_eq!(panel.provider.times_accepted("https://x.test/p"), 1);
    let again = resolve(&panel, run, Resolution::SendAgain).await;
    assert_eq!(again, Err(Unresolved::NotParked));
    panel.finish().await;
}

#[tokio::test]
async fn an_operator_who_finds_nothing_at_the_provider_has_the_order_sent_again_or_refunded() {
    let panel = TestPanel::start().await;
    for _ in 0..2 {
        panel.provider.script_next(1, custom(200, ""));
    }
    let again = panel.order("https://x.test/again", 1000).await;
    panel.work().await;
    let refunded = panel.order("https://x.test/refunded", 1000).await;
    panel.work().await;
    let runs = uncertain(&panel).await;
    assert_eq!(
        resolve(&panel, runs[0], Resolution::SendAgain).await,
        Ok(())
    );
    assert_eq!(resolve(&panel, runs[1], Resolution::Refund).await, Ok(()));
    assert_eq!(panel.shown(refunded).await, "Canceled 0.00 1000");
    assert_eq!(panel.balance().await, "99.10");
    panel.work().await;
    assert_eq!(panel.shown(again).await, "Processing 0.90 1000");
    assert_eq!(panel.provider.accepted_links(), ["https://x.test/again"]);
    let none = resolve(&panel, DispatchId(999), Resolution::Refund).await;
    assert_eq!(none, Err(Unresolved::NoSuchRun));
    panel.finish().await;
}

#[tokio::test]
async fn a_provider_that_keeps_request_ids_is_asked_again_and_takes_the_order_once() {
    for (case, script) in unclear() {
        let panel = TestPanel::start().await;
        panel.provider.keep_request_ids(true);
        catalog::record_replays(&panel.panel.db, panel.provider_id, true)
            .await
            .unwrap();
        panel.provider.script_next(1, script);
        let order = panel.order("https://x.test/p", 1000).await;
        panel.work().await;
        assert_eq!(panel.shown(order).await, "Processing 0.90 1000", "{case}");
        assert_eq!(
            panel.provider.times_accepted("https://x.test/p"),
            1,
            "{case}"
        );
        let requests = panel.provider.requests();
        let actions: Vec<&str> = requests.iter().map(|seen| &*seen.action).collect();
        assert_eq!(actions, ["add", "balance", "add"], "{case}");
        assert_eq!(requests[0].fields, requests[2].fields, "{case}");
        let id = requests[0]
            .fields
            .iter()
            .find(|(name, _)| name == "request_id");
        assert!(id.is_some_and(|(_, id)| !id.is_empty()), "{case}");
        assert_eq!(uncertain(&panel).await, [], "{case}");
        panel.finish().await;
    }
}

/// A panel whose provider keeps request ids, as far as the panel knows.
async fn with_replays() -> TestPanel {
    let panel = TestPanel::start().await;
    panel.provider.keep_request_ids(true);
    catalog::record_replays(&panel.panel.db, panel.provider_id, true)
        .await
        .unwrap();
    panel
}

#[tokio::test]
async fn a_repetition_that_is_refused_proves_that_the_order_was_not_taken() {
    let panel = with_replays().await;
    panel.provider.fail_next("add", page(502));
    panel.provider.script_next(1, Script::Refuse("Bad link"));
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    assert_eq!(panel.shown(order).await, "Canceled 0.00 1000");
    assert_eq!(panel.balance().await, "100.00");
    assert_eq!(panel.provider.orders(), []);
    panel.finish().await;
}

#[tokio::test]
async fn a_repetition_without_an_answer_is_tried_for_a_quarter_of_an_hour_and_then_parked() {
    let panel = with_replays().await;
    panel.provider.script_next(1, Script::AcceptThenHtml502);
    let order = panel.order("https://x.test/p", 1000).await;
    for _ in 0..100 {
        panel.provider.fail_next("balance", Fault::Drop);
    }
    panel.work().await;
    assert_eq!(states(&panel, order).await, ["unknown"]);
    panel.pass(14 * MINUTE).await;
    assert_eq!(states(&panel, order).await, ["unknown"]);
    panel.pass(2 * MINUTE).await;
    assert_eq!(states(&panel, order).await, ["parked"]);
    assert_eq!(panel.shown(order).await, "Pending 0.90 1000");
    assert_eq!(adds(&panel.provider), 1);
    assert_eq!(alert_kinds(&panel).await, ["parked"]);
    panel.finish().await;
}

#[tokio::test]
async fn nothing_is_repeated_at_a_provider_that_no_longer_names_the_extension() {
    let panel = with_replays().await;
    panel.provider.keep_request_ids(false);
    panel.provider.script_next(1, Script::AcceptThenHtml502);
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    panel.advance(MINUTE);
    panel.work().await;
    assert_eq!(states(&panel, order).await, ["parked"]);
    assert_eq!(adds(&panel.provider), 1);
    assert_eq!(panel.shown(order).await, "Pending 0.90 1000");
    panel.finish().await;
}

#[tokio::test]
async fn a_gateway_error_in_front_of_a_provider_says_nothing_about_its_extensions() {
    let panel = with_replays().await;
    panel.provider.keep_request_ids(false);
    panel.provider.fail_next("add", page(502));
    panel.provider.fail_next("balance", page(502));
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    assert_eq!(states(&panel, order).await, ["unknown"]);
    panel.provider.keep_request_ids(true);
    panel.pass(MINUTE).await;
    assert_eq!(panel.shown(order).await, "Processing 0.90 1000");
    assert_eq!(panel.provider.times_accepted("https://x.test/p"), 1);
    panel.finish().await;
}

/// Refusals that a provider gives before it looks whether it knows the `request_id`, and others
/// that say nothing about the order that may be there already.
const PROVES_NOTHING: [(u16, &str); 5] = [
    (200, r#"{"error":"Your account has been suspended."}"#),
    (200, r#"{"error":"Invalid API key"}"#),
    (429, r#"{"error":"Rate limit exceeded"}"#),
    (200, r#"{"error":"Mercury is in retrograde"}"#),
    (200, r#"{"error":"request_id was used for another order"}"#),
];

#[tokio::test]
async fn a_repetition_that_is_turned_away_at_the_door_leaves_the_order_unknown() {
    for (status, body) in PROVES_NOTHING {
        let (panel, other, service) = with_two_providers().await;
        panel.provider.keep_request_ids(true);
        catalog::record_replays(&panel.panel.db, panel.provider_id, true)
            .await
            .unwrap();
        panel.provider.script_next(1, Script::AcceptThenHang);
        let order = panel.order_of(service, "https://x.test/p", 1000).await;
        let turned_away = move |provider: &SimulatedProvider| {
            for _ in 0..50 {
                provider.fail_next("add", Fault::Http(status, body.to_owned()));
            }
        };
        let (workers, arrived) = (panel.work(), async {
            // Faults come before scripts, so they are set when the first request has been taken.
            while panel.provider.orders().is_empty() {
                tokio::task::yield_now().await;
            }
            turned_away(&panel.provider);
        });
        tokio::join!(workers, arrived);
        assert_eq!(states(&panel, order).await, ["unknown"], "{body}");
        panel.pass(20 * MINUTE).await;
        assert_eq!(states(&panel, order).await, ["parked"], "{body}");
        for _ in 0..3 {
            panel.advance(25 * HOUR);
            panel.work().await;
        }
        assert_eq!(panel.shown(order).await, "Pending 0.90 1000", "{body}");
        assert_eq!(
            panel.provider.times_accepted("https://x.test/p"),
            1,
            "{body}"
        );
        assert_eq!(adds(&other), 0, "{body}");
        other.stop().await;
        panel.finish().await;
    }
}

#[tokio::test]
async fn a_provider_that_asks_to_wait_is_left_alone_for_exactly_that_time() {
    let panel = TestPanel::start().await;
    panel
        .provider
        .script_next(1, Script::RateLimited { retry_after_s: 90 });
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    panel.advance(89_999);
    panel.work().await;
    assert_eq!(adds(&panel.provider), 1);
    assert_eq!(panel.shown(order).await, "Pending 0.90 1000");
    panel.advance(1);
    panel.work().await;
    assert_eq!(adds(&panel.provider), 2);
    assert_eq!(panel.shown(order).await, "Processing 0.90 1000");
    panel.finish().await;
}

#[tokio::test]
async fn an_order_for_a_provider_that_is_down_is_tried_eight_times_and_then_refunded() {
    let panel = TestPanel::start().await;
    panel.provider.clone().stop().await;
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    let tries = || async {
        let sql = format!("SELECT CAST(attempt AS TEXT) FROM dispatches WHERE order_id = {order}");
        texts(&panel, &sql).await.remove(0)
    };
    for (done, wait_ms) in (1..8).zip([1, 2, 4, 8, 16, 32, 64].map(|s: i64| s * 1000)) {
        panel.advance(wait_ms - 1);
        panel.work().await;
        assert_eq!(tries().await, done.to_string());
        assert_eq!(panel.shown(order).await, "Pending 0.90 1000");
        panel.advance(1);
        panel.work().await;
    }
    assert_eq!(tries().await, "8");
    assert_eq!(panel.shown(order).await, "Canceled 0.00 1000");
    assert_eq!(panel.balance().await, "100.00");
    panel.finish().await;
}

#[tokio::test]
async fn an_order_for_a_provider_that_is_down_goes_to_the_next_one() {
    let (panel, other, service) = with_two_providers().await;
    panel.provider.clone().stop().await;
    let order = panel.order_of(service, "https://x.test/p", 1000).await;
    panel.pass(8 * MINUTE).await;
    assert_eq!(states(&panel, order).await, ["accepted"]);
    assert_eq!(other.accepted_links(), ["https://x.test/p"]);
    other.stop().await;
    panel.finish().await;
}

#[tokio::test]
async fn the_next_provider_is_asked_only_after_a_definite_refusal() {
    let asked = [
        ("Bad link", Script::Refuse("Bad link"), 1),
        (
            "unknown words",
            Script::Refuse("Mercury is in retrograde"),
            1,
        ),
        ("our funds there", Script::Refuse(FUNDS), 0),
        (
            "our link there",
            Script::Refuse("neworder.error.link_duplicate"),
            0,
        ),
        ("429", Script::RateLimited { retry_after_s: 5 }, 0),
        ("unknown", Script::AcceptThenHtml502, 0),
        ("accepted", Script::CancelAfter { ms: MINUTE }, 0),
    ];
    for (case, script, times) in asked {
        let (panel, other, service) = with_two_providers().await;
        panel.provider.script_next(1, script);
        let order = panel.order_of(service, "https://x.test/p", 1000).await;
        panel.work().await;
        assert_eq!(adds(&other), times, "{case}");
        panel.pass(15 * MINUTE).await;
        assert_eq!(adds(&other), times, "{case}");
        let accepted = panel.provider.orders().len() + other.orders().len();
        assert_eq!(accepted, 1, "{case}");
        let ends = match case {
            "unknown" => "Pending 0.90 1000",
            "accepted" => "Canceled 0.00 1000",
            "our link there" => "In progress 0.90 556",
            _ => "Completed 0.90 0",
        };
        if case != "our link there" {
            assert_eq!(panel.shown(order).await, ends, "{case}");
        }
        other.stop().await;
        panel.finish().await;
    }
}

#[tokio::test]
async fn the_next_provider_must_be_able_to_take_the_order_over() {
    let service = terms(ServiceType::Default, "0.90");
    let usual = |offer: Offer| offer;
    type Change = fn(Offer) -> Offer;
    let cases: [(&str, Change, bool); 6] = [
        ("as it is", usual, true),
        (
            "at our own rate",
            |o| Offer {
                cost: Rate::parse("0.90").unwrap(),
                ..o
            },
            true,
        ),
        (
            "above it",
            |o| Offer {
                cost: Rate::parse("0.900001").unwrap(),
                ..o
            },
            false,
        ),
        (
            "another type",
            |o| Offer {
                service_type: ServiceType::Package,
                ..o
            },
            false,
        ),
        ("more at least", |o| Offer { min: 1001, ..o }, false),
        ("less at most", |o| Offer { max: 999, ..o }, false),
    ];
    for (case, change, takes) in cases {
        let panel = TestPanel::start().await;
        let (other, offers) = second(&panel, &[&service]).await;
        let first = offer(panel.provider_id, 1, &service);
        let next = change(offers[0].clone());
        let id = panel.service(service.clone(), vec![first, next]).await;
        panel.provider.script_next(1, Script::Refuse("Bad link"));
        let order = panel.order_of(id, "https://x.test/p", 1000).await;
        panel.work().await;
        let (shown, seen) = if takes {
            ("Processing 0.90 1000", 1)
        } else {
            ("Canceled 0.00 1000", 0)
        };
        assert_eq!(panel.shown(order).await, shown, "{case}");
        assert_eq!(adds(&other), seen, "{case}");
        other.stop().await;
        panel.finish().await;
    }
}

#[tokio::test]
async fn a_provider_that_cannot_take_over_is_skipped_for_one_that_can() {
    let panel = TestPanel::start().await;
    let service = terms(ServiceType::Default, "0.90");
    let (other, offers) = second(&panel, &[&service]).await;
    let first = offer(panel.provider_id, 1, &service);
    let dear = Offer {
        cost: Rate::parse("2").unwrap(),
        ..offer(panel.provider_id, 2, &service)
    };
    let chain = vec![first, dear, offers[0].clone()];
    let id = panel.service(service, chain).await;
    panel.provider.script_next(1, Script::Refuse("Bad link"));
    let order = panel.order_of(id, "https://x.test/p", 1000).await;
    panel.work().await;
    assert_eq!(panel.shown(order).await, "Processing 0.90 1000");
    assert_eq!((adds(&panel.provider), adds(&other)), (1, 1));
    other.stop().await;
    panel.finish().await;
}

#[tokio::test]
async fn five_lost_answers_in_a_minute_stop_sending_until_the_provider_answers_balance() {
    let panel = TestPanel::start().await;
    for n in 0..5 {
        panel.provider.script_next(1, Script::AcceptThenHtml502);
        panel.order(&format!("https://x.test/{n}"), 1000).await;
        panel.work().await;
        panel.advance(10_000);
    }
    let kinds = alert_kinds(&panel).await;
    assert_eq!(
        kinds.iter().filter(|kind| *kind == "circuit_open").count(),
        1
    );
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    assert_eq!(
        (adds(&panel.provider), count(&panel.provider, "balance")),
        (5, 0)
    );
    // The first probe is not answered: another minute.
    panel.provider.fail_next("balance", page(502));
    panel.advance(50_000);
    panel.work().await;
    assert_eq!(
        (adds(&panel.provider), count(&panel.provider, "balance")),
        (5, 1)
    );
    panel.advance(59_999);
    panel.work().await;
    assert_eq!(
        (adds(&panel.provider), count(&panel.provider, "balance")),
        (5, 1)
    );
    panel.advance(1);
    panel.work().await;
    assert_eq!(
        (adds(&panel.provider), count(&panel.provider, "balance")),
        (6, 2)
    );
    assert_eq!(panel.shown(order).await, "Processing 0.90 1000");
    panel.finish().await;
}

#[tokio::test]
async fn lost_answers_that_are_rare_do_not_stop_sending() {
    let panel = TestPanel::start().await;
    for n in 0..8 {
        panel.provider.script_next(1, Script::AcceptThenHtml502);
        panel.order(&format!("https://x.test/{n}"), 1000).await;
        panel.work().await;
        panel.advance(16_000);
    }
    assert_eq!(alert_kinds(&panel).await, ["parked"; 8]);
    assert_eq!(adds(&panel.provider), 8);
    panel.finish().await;
}

#[tokio::test]
async fn five_refusals_in_unknown_words_in_a_row_stop_sending() {
    let panel = TestPanel::start().await;
    let strange = || {
        panel
            .provider
            .script_next(1, Script::Refuse("Mercury is in retrograde"))
    };
    for n in 0..4 {
        strange();
        panel.order(&format!("https://x.test/{n}"), 1000).await;
        panel.work().await;
    }
    // An acceptance ends the row.
    panel.order("https://x.test/fine", 1000).await;
    panel.work().await;
    for n in 4..9 {
        assert!(
            !alert_kinds(&panel)
                .await
                .contains(&"circuit_open".to_owned()),
            "{n}"
        );
        strange();
        panel.order(&format!("https://x.test/{n}"), 1000).await;
        panel.work().await;
    }
    assert!(
        alert_kinds(&panel)
            .await
            .contains(&"circuit_open".to_owned())
    );
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    assert_eq!(adds(&panel.provider), 10);
    panel.advance(MINUTE);
    panel.work().await;
    assert_eq!(adds(&panel.provider), 11);
    assert_eq!(panel.shown(order).await, "Processing 0.90 1000");
    panel.finish().await;
}

#[tokio::test]
async fn a_provider_that_gives_one_id_twice_has_the_newcomer_parked() {
    let panel = TestPanel::start().await;
    for _ in 0..2 {
        panel
            .provider
            .script_next(1, custom(200, r#"{"order":77}"#));
    }
    let first = panel.order("https://x.test/first", 1000).await;
    panel.work().await;
    let newcomer = panel.order("https://x.test/newcomer", 1000).await;
    panel.work().await;
    assert_eq!(states(&panel, first).await, ["accepted"]);
    assert_eq!(states(&panel, newcomer).await, ["parked"]);
    assert_eq!(panel.shown(newcomer).await, "Pending 0.90 1000");
    let alerts = alerts::list(&panel.panel.db, 10).await.unwrap();
    assert_eq!(alerts[0].kind, "duplicate_provider_order");
    assert!(alerts[0].message.contains("77"), "{}", alerts[0].message);
    let run = uncertain(&panel).await[0];
    let taken = resolve(&panel, run, Resolution::Accepted("77".to_owned())).await;
    assert_eq!(taken, Err(Unresolved::IdTaken));
    assert_eq!(resolve(&panel, run, Resolution::Refund).await, Ok(()));
    assert_eq!(panel.shown(newcomer).await, "Canceled 0.00 1000");
    panel.finish().await;
}

#[tokio::test]
async fn both_of_two_orders_sent_at_once_do_not_get_one_id() {
    let panel = TestPanel::start().await;
    for _ in 0..2 {
        panel
            .provider
            .script_next(1, custom(200, r#"{"order":77}"#));
    }
    let one = panel.order("https://x.test/one", 1000).await;
    let two = panel.order("https://x.test/two", 1000).await;
    panel.work().await;
    let mut both = [states(&panel, one).await, states(&panel, two).await].concat();
    both.sort();
    assert_eq!(both, ["accepted", "parked"]);
    panel.finish().await;
}

#[tokio::test]
async fn a_day_in_the_queue_is_the_longest_wait_for_one_provider() {
    let (panel, other, service) = with_two_providers().await;
    panel.provider.set_script(1, Script::Refuse(FUNDS));
    let alone = panel.order("https://x.test/alone", 1000).await;
    let moves = panel.order_of(service, "https://x.test/moves", 1000).await;
    panel.work().await;
    panel.advance(24 * HOUR);
    panel.work().await;
    assert_eq!(panel.shown(alone).await, "Pending 0.90 1000");
    assert_eq!(panel.shown(moves).await, "Pending 0.90 1000");
    panel.advance(1);
    panel.work().await;
    assert_eq!(panel.shown(alone).await, "Canceled 0.00 1000");
    assert_eq!(panel.shown(moves).await, "Processing 0.90 1000");
    assert_eq!(panel.balance().await, "99.10");
    assert_eq!(other.accepted_links(), ["https://x.test/moves"]);
    other.stop().await;
    panel.finish().await;
}

/// A provider that answers `add` when the story says so: each request comes out of the channel
/// with the means to answer it.
struct SlowProvider {
    url: String,
    arrived: mpsc::UnboundedReceiver<oneshot::Sender<&'static str>>,
}

impl SlowProvider {
    async fn start() -> SlowProvider {
        let listener = TcpListener::bind(ANYWHERE).await.unwrap();
        let url = format!("http://{}/api/v2", listener.local_addr().unwrap());
        let (came, arrived) = mpsc::unbounded_channel();
        let came = Arc::new(came);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer_late(stream, came.clone()));
            }
        });
        SlowProvider { url, arrived }
    }
}

async fn answer_late(
    mut stream: TcpStream,
    came: Arc<mpsc::UnboundedSender<oneshot::Sender<&'static str>>>,
) {
    let mut request = vec![0; 16 * 1024];
    let mut read = 0;
    while !request[..read].windows(5).any(|part| part == b"&key=") {
        match stream.read(&mut request[read..]).await {
            Ok(more) if more > 0 => read += more,
            _ => return,
        }
    }
    let (answer, given) = oneshot::channel();
    if came.send(answer).is_err() {
        return;
    }
    if let Ok(body) = given.await {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
        let text = format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        stream.write_all(text.as_bytes()).await.unwrap();
    }
}

/// A panel with an order whose first request was taken and is not answered yet, while the lease
/// has run out: the run is parked. Gives the answer's channel and what still waits for it.
async fn with_a_late_answer() -> (
    TestPanel,
    SlowProvider,
    i64,
    oneshot::Sender<&'static str>,
    tokio::task::JoinHandle<()>,
) {
    let panel = TestPanel::start().await;
    let mut slow = SlowProvider::start().await;
    let at = harness::connect_to(&panel.panel, "slow", &slow.url, "key").await;
    // The story's own clock ends the lease; the connection's time-out must not be first.
    panel
        .sql(&format!(
            "UPDATE providers SET timeout_ms = 600000 WHERE id = {at}"
        ))
        .await;
    let terms = terms(ServiceType::Default, "0.90");
    let offers = vec![offer(at, 1, &terms)];
    let service = panel.service(terms, offers).await;
    let order = panel.order_of(service, "https://x.test/p", 1000).await;
    let workers = Workers::new(&panel.panel, Client::new().unwrap());
    let sending = tokio::spawn(async move { workers.run_until_quiet().await.unwrap() });
    let late = slow.arrived.recv().await.unwrap();
    panel.advance(11 * MINUTE);
    panel.work().await;
    assert_eq!(states(&panel, order).await, ["parked"]);
    (panel, slow, order, late, sending)
}

#[tokio::test]
async fn a_late_answer_decides_a_run_that_nobody_has_decided_yet() {
    let (panel, _slow, order, late, sending) = with_a_late_answer().await;
    late.send(r#"{"order":41}"#).unwrap();
    sending.await.unwrap();
    assert_eq!(states(&panel, order).await, ["accepted"]);
    assert_eq!(panel.shown(order).await, "Processing 0.90 1000");
    assert_eq!(uncertain(&panel).await, []);
    panel.finish().await;
}

#[tokio::test]
async fn a_late_answer_to_an_attempt_that_was_given_up_is_an_alarm_and_decides_nothing() {
    let (panel, mut slow, order, late, sending) = with_a_late_answer().await;
    let run = uncertain(&panel).await[0];
    assert_eq!(resolve(&panel, run, Resolution::SendAgain).await, Ok(()));
    let (_, ()) = tokio::join!(panel.work(), async {
        let again = slow.arrived.recv().await.unwrap();
        again.send(r#"{"order":42}"#).unwrap();
    });
    let id = "SELECT provider_order FROM dispatches";
    assert_eq!(texts(&panel, id).await, ["42"]);
    late.send(r#"{"order":41}"#).unwrap();
    sending.await.unwrap();
    assert_eq!(texts(&panel, id).await, ["42"]);
    assert_eq!(panel.shown(order).await, "Processing 0.90 1000");
    let alerts = alerts::list(&panel.panel.db, 10).await.unwrap();
    assert_eq!(alerts[0].kind, "late_answer");
    assert!(alerts[0].message.contains("41"), "{}", alerts[0].message);
    panel.finish().await;
}

#[tokio::test]
async fn a_late_refusal_of_an_attempt_that_was_given_up_refunds_nothing() {
    let (panel, slow, order, late, sending) = with_a_late_answer().await;
    // It hangs up on everything else, such as the question about the order.
    drop(slow);
    let run = uncertain(&panel).await[0];
    let found = Resolution::Accepted("42".to_owned());
    assert_eq!(resolve(&panel, run, found).await, Ok(()));
    late.send(r#"{"error":"Bad link"}"#).unwrap();
    sending.await.unwrap();
    assert_eq!(panel.shown(order).await, "Processing 0.90 1000");
    assert_eq!(panel.balance().await, "99.10");
    panel.finish().await;
}

/// Orders 100 units of service 1 in each of three runs, ten minutes apart.
async fn drip_feed(panel: &TestPanel) -> i64 {
    let fields = [
        ("action", "add"),
        ("service", "1"),
        ("link", "https://x.test/p"),
        ("quantity", "100"),
        ("runs", "3"),
        ("interval", "10"),
    ];
    panel.v2(&fields).await.order()
}

#[tokio::test]
async fn a_drip_feed_is_sent_run_by_run_an_interval_apart() {
    let panel = TestPanel::start().await;
    let order = drip_feed(&panel).await;
    assert_eq!(panel.shown(order).await, "Pending 0.27 300");
    panel.work().await;
    assert_eq!(panel.shown(order).await, "In progress 0.27 300");
    panel.advance(10 * MINUTE - 1);
    panel.work().await;
    assert_eq!(adds(&panel.provider), 1);
    panel.advance(1);
    panel.work().await;
    assert_eq!(adds(&panel.provider), 2);
    panel.pass(5 * MINUTE).await;
    assert_eq!(panel.shown(order).await, "In progress 0.27 156");
    panel.pass(20 * MINUTE).await;
    assert_eq!(panel.shown(order).await, "Completed 0.27 0");
    assert_eq!(panel.balance().await, "99.73");
    let seen = panel.provider.orders();
    let starts: Vec<i64> = seen
        .iter()
        .map(|run| run.accepted_at.ms_since(seen[0].accepted_at))
        .collect();
    assert_eq!(starts, [0, 10 * MINUTE, 20 * MINUTE]);
    for sent in panel
        .provider
        .requests()
        .iter()
        .filter(|sent| sent.action == "add")
    {
        let fields: Vec<(&str, &str)> = sent.fields.iter().map(|(n, v)| (&**n, &**v)).collect();
        let expected = [
            ("service", "1"),
            ("link", "https://x.test/p"),
            ("quantity", "100"),
        ];
        assert_eq!(fields, expected);
    }
    panel.pass(HOUR).await;
    assert_eq!(adds(&panel.provider), 3);
    panel.finish().await;
}

#[tokio::test]
async fn a_refused_run_of_a_drip_feed_counts_whole_and_the_others_go_on() {
    let panel = TestPanel::start().await;
    panel
        .provider
        .script_next(1, Script::Deliver { over_ms: DELIVERY });
    panel.provider.script_next(1, Script::Refuse("Bad link"));
    let order = drip_feed(&panel).await;
    panel.pass(45 * MINUTE).await;
    assert_eq!(
        states(&panel, order).await,
        ["completed", "rejected", "completed"]
    );
    assert_eq!(panel.shown(order).await, "Partial 0.18 100");
    assert_eq!(panel.balance().await, "99.82");
    panel.finish().await;
}

#[tokio::test]
async fn a_drip_feed_of_which_every_run_is_refused_fails() {
    let panel = TestPanel::start().await;
    panel.provider.set_script(1, Script::Refuse("Bad link"));
    let order = drip_feed(&panel).await;
    panel.pass(25 * MINUTE).await;
    assert_eq!(states(&panel, order).await, ["rejected"; 3]);
    assert_eq!(panel.shown(order).await, "Canceled 0.00 300");
    assert_eq!(panel.balance().await, "100.00");
    let status = format!("SELECT status FROM orders WHERE id = {order}");
    assert_eq!(texts(&panel, &status).await, ["failed"]);
    panel.finish().await;
}

#[tokio::test]
async fn a_run_that_nobody_knows_of_holds_up_the_next_one() {
    let panel = TestPanel::start().await;
    panel.provider.script_next(1, Script::AcceptThenHtml502);
    let order = drip_feed(&panel).await;
    panel.pass(30 * MINUTE).await;
    assert_eq!(states(&panel, order).await, ["parked"]);
    let run = uncertain(&panel).await[0];
    assert_eq!(resolve(&panel, run, Resolution::Refund).await, Ok(()));
    panel.pass(45 * MINUTE).await;
    assert_eq!(
        states(&panel, order).await,
        ["rejected", "completed", "completed"]
    );
    assert_eq!(panel.shown(order).await, "Partial 0.18 100");
    panel.finish().await;
}

#[tokio::test]
async fn a_drip_feed_that_is_canceled_between_two_runs_refunds_those_not_sent() {
    let panel = TestPanel::start().await;
    panel.provider.set_script(
        1,
        Script::Deliver {
            over_ms: 2 * MINUTE,
        },
    );
    let order = drip_feed(&panel).await;
    panel.pass(5 * MINUTE).await;
    let answer = panel
        .v2(&[("action", "cancel"), ("order", &order.to_string())])
        .await;
    assert_eq!(answer.body, format!(r#"{{"order":{order},"cancel":1}}"#));
    assert_eq!(panel.shown(order).await, "Partial 0.09 200");
    assert_eq!(panel.balance().await, "99.91");
    panel.pass(30 * MINUTE).await;
    assert_eq!(adds(&panel.provider), 1);
    assert_eq!(count(&panel.provider, "cancel"), 0);
    panel.finish().await;
}

#[tokio::test]
async fn a_drip_feed_that_is_canceled_within_a_run_waits_for_what_the_provider_says_of_it() {
    let panel = TestPanel::start().await;
    let order = drip_feed(&panel).await;
    panel.pass(15 * MINUTE).await;
    panel
        .v2(&[("action", "cancel"), ("order", &order.to_string())])
        .await;
    assert_eq!(panel.balance().await, "99.73");
    // 44 of the second run's 100 were delivered by then.
    panel.work().await;
    assert_eq!(
        states(&panel, order).await,
        ["completed", "partial", "canceled"]
    );
    assert_eq!(panel.shown(order).await, "Partial 0.1296 156");
    assert_eq!(panel.balance().await, "99.8704");
    panel.pass(30 * MINUTE).await;
    assert_eq!(adds(&panel.provider), 2);
    panel.finish().await;
}
