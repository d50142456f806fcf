//! Until the first charge of an offer is known, few of its orders are under way.

use harness::{HOUR, MINUTE, alert_kinds, terms, texts};
use reqwest::Method;
use serde_json::json;
use smm_panel_server::demo::provider::Script;
use smm_panel_server::protocol::ServiceType;

use super::Odd;

/// A line of a status that reports no charge.
fn silent(status: &str) -> Script {
    Script::Says(format!(
        r#"{{"status":"{status}","remains":"0","start_count":"1"}}"#
    ))
}

async fn states(odd: &Odd) -> Vec<String> {
    let sql = "SELECT state || ' ' || CAST(COUNT(*) AS TEXT) FROM dispatches GROUP BY state \
               ORDER BY state";
    texts(&odd.panel, sql).await
}

#[apply(story)]
async fn a_charge_that_is_reported_soon_holds_nothing_up() {
    let odd = Odd::start().await;
    for n in 0..60 {
        odd.panel.order(&format!("https://x.test/{n}"), 100).await;
    }
    odd.panel.work().await;
    // The first ten are asked about at once, and the others follow without any time going by.
    assert_eq!(odd.panel.provider.orders().len(), 60);
    assert_eq!(states(&odd).await, ["accepted 60"]);
    let left = "SELECT CAST(COUNT(*) AS TEXT) FROM first_runs";
    assert_eq!(texts(&odd.panel, left).await, ["0"]);
    odd.panel.finish().await;
}

#[apply(story)]
async fn a_provider_that_reports_no_charges_has_ten_orders_under_way_until_an_operator_says_so() {
    let odd = Odd::start().await;
    let panel = &odd.panel;
    let terms = terms(ServiceType::Default, "0.90");
    let service = panel.offered(terms, 20, silent("In progress")).await;
    for n in 0..25 {
        panel
            .order_of(service, &format!("https://x.test/{n}"), 100)
            .await;
    }
    // Another offer of that provider is not held up by it.
    panel.order("https://x.test/other", 100).await;
    panel.pass(3 * HOUR).await;
    let accepted = panel.provider.orders();
    let of = |id: i64| accepted.iter().filter(|order| order.service == id).count();
    assert_eq!((of(20), of(1)), (10, 1));
    let found = odd.findings().await["offers"].clone();
    assert_eq!(
        (&found[0]["queued"], &found[0]["charges_seen"]),
        (&json!(15), &json!(0))
    );
    assert!(found[0]["pause_reason"].is_null() && found[0]["held_since"].is_string());
    assert_eq!(alert_kinds(panel).await, ["first_charge_missing"]);

    // One that ends makes room for one more: the rest waits on.
    let first = accepted
        .iter()
        .find(|order| order.service == 20)
        .unwrap()
        .id;
    panel
        .sql(&format!(
            "UPDATE dispatches SET poll_at_ms = 0 WHERE provider_order = '{first}'"
        ))
        .await;
    let done = r#"{"status":"Completed","remains":"0"}"#;
    let fault = harness_fault(first, done);
    panel.provider.fail_next("status", fault);
    panel.work().await;
    let accepted = panel.provider.orders();
    assert_eq!(
        accepted.iter().filter(|order| order.service == 20).count(),
        11
    );

    odd.set(json!({"compares_charges": false})).await;
    panel.work().await;
    let accepted = panel.provider.orders();
    assert_eq!(
        accepted.iter().filter(|order| order.service == 20).count(),
        25
    );
    odd.panel.finish().await;
}

/// The answer to a status of many that has a line of this order only.
fn harness_fault(order: i64, line: &str) -> smm_panel_server::demo::provider::Fault {
    smm_panel_server::demo::provider::Fault::Http(200, format!(r#"{{"{order}":{line}}}"#))
}

#[apply(story)]
async fn an_operator_opens_one_offer_that_reports_no_charges() {
    let odd = Odd::start().await;
    let panel = &odd.panel;
    let terms = terms(ServiceType::Default, "0.90");
    let service = panel.offered(terms, 20, silent("In progress")).await;
    for n in 0..25 {
        panel
            .order_of(service, &format!("https://x.test/{n}"), 100)
            .await;
    }
    panel.pass(2 * MINUTE).await;
    assert_eq!(panel.provider.orders().len(), 10);
    let body = Some(json!({"provider_service": "20", "compare_charges": false}));
    let opened = odd.ask(Method::POST, "/offers/resume", body).await;
    assert_eq!(opened.status, 200, "{}", opened.body);
    panel.work().await;
    assert_eq!(panel.provider.orders().len(), 25);
    odd.panel.finish().await;
}

#[apply(story)]
async fn what_a_canceled_order_was_charged_is_no_first_charge() {
    let odd = Odd::start().await;
    let panel = &odd.panel;
    let terms = terms(ServiceType::Default, "0.90");
    let canceled = r#"{"status":"Canceled","charge":"0.00","remains":"100"}"#;
    let service = panel
        .offered(terms, 20, Script::Says(canceled.to_owned()))
        .await;
    panel.order_of(service, "https://x.test/1", 100).await;
    panel.pass(2 * MINUTE).await;
    let seen = "SELECT CAST(charges_seen AS TEXT) FROM offer_charges WHERE provider_service = '20'";
    assert_eq!(texts(panel, seen).await, ["0"]);
    odd.panel.finish().await;
}

/// No id, no error: nobody knows whether it was taken.
fn unclear() -> Script {
    Script::AddSays {
        status: 200,
        body: r#"{"order":-1}"#.to_owned(),
        record: false,
    }
}

/// Places orders of `service` with the key of an account; gives the last.
async fn place(odd: &Odd, key: &str, service: i64, links: std::ops::Range<usize>) -> i64 {
    let (service, mut last) = (service.to_string(), 0);
    for n in links {
        let link = format!("https://x.test/{n}");
        let fields = [
            ("action", "add"),
            ("service", service.as_str()),
            ("link", link.as_str()),
            ("quantity", "100"),
        ];
        last = odd.panel.v2_as(key, &fields).await.order();
    }
    last
}

fn adds(odd: &Odd) -> usize {
    let requests = odd.panel.provider.requests();
    requests.iter().filter(|seen| seen.action == "add").count()
}

#[apply(story)]
async fn unclear_answers_to_one_customer_hold_up_that_customers_orders_only() {
    let odd = Odd::start().await;
    let panel = &odd.panel;
    let second = harness::account(&panel.panel, "second", "50").await.1;
    let service = panel
        .offered(terms(ServiceType::Default, "0.90"), 20, unclear())
        .await;
    place(&odd, &panel.key, service, 0..12).await;
    panel.pass(10 * MINUTE).await;
    assert_eq!(adds(&odd), 5);
    panel
        .provider
        .set_script(20, Script::Deliver { over_ms: 4_000 });
    let order = place(&odd, &second, service, 20..21).await;
    panel.work().await;
    assert_eq!(panel.provider.orders().len(), 1, "{order}");
    // Its charge is reported: whatever else waited goes on within a minute.
    panel.pass(2 * MINUTE).await;
    assert_eq!(panel.provider.orders().len(), 8);
    odd.panel.finish().await;
}

#[apply(story)]
async fn an_operator_is_told_which_first_orders_are_to_be_decided() {
    let odd = Odd::start().await;
    let panel = &odd.panel;
    let second = harness::account(&panel.panel, "second", "50").await.1;
    let service = panel
        .offered(terms(ServiceType::Default, "0.90"), 20, unclear())
        .await;
    place(&odd, &panel.key, service, 0..7).await;
    place(&odd, &second, service, 10..17).await;
    let third = harness::account(&panel.panel, "third", "50").await.1;
    panel.work().await;
    place(&odd, &third, service, 20..21).await;
    panel.pass(20 * MINUTE).await;
    assert_eq!(adds(&odd), 10);
    let told = "SELECT message FROM alerts WHERE kind = 'first_charge_missing'";
    let told = texts(panel, told).await;
    assert_eq!(told.len(), 1);
    let part = "Of 10 of them nobody knows whether they were taken: decide those first";
    assert!(told[0].contains(part), "{told:?}");
    odd.panel.finish().await;
}
