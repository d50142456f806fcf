//! The first charges of an offer are compared with what was quoted.

use harness::{MINUTE, TestPanel, alert_kinds, connect, offer, provided, terms, texts};
use reqwest::Method;
use serde_json::json;
use smm_panel_server::alerts;
use smm_panel_server::catalog::Offer;
use smm_panel_server::demo::provider::{ProviderService, Script, SimulatedProvider};
use smm_panel_server::money::Rate;
use smm_panel_server::protocol::ServiceType;

use super::{Odd, row};

/// How many alerts there are of an offer that was charged above its quote.
async fn pauses(panel: &TestPanel) -> usize {
    let kinds = alert_kinds(panel).await;
    kinds
        .iter()
        .filter(|kind| *kind == "charged_above_quote")
        .count()
}

#[apply(story)]
async fn a_basis_that_is_wrong_by_a_thousand_loses_at_most_what_ten_orders_lose() {
    let odd = Odd::start().await;
    let panel = &odd.panel;
    // It lists 0.0009 per unit, which was read as 0.0009 per 1000, and charges 0.90 per 1000.
    odd.lists(&json!([row(20, json!({"rate": "0.0009"}))]));
    let made = odd
        .import(json!({"categories": ["Odd"], "markup_percent": "50"}))
        .await;
    let service = made.json()["service_ids"][0].as_i64().unwrap();
    let terms = terms(ServiceType::Default, "0.90");
    panel.provider.set_services(vec![ProviderService {
        rate: Rate::parse("0.90").unwrap(),
        ..provided(20, &terms)
    }]);
    let before = panel.provider.balance();
    for n in 0..40 {
        panel
            .order_of(service, &format!("https://x.test/{n}"), 1000)
            .await;
    }
    panel.pass(5 * MINUTE).await;
    let lost = before.minus(panel.provider.balance()).unwrap();
    assert_eq!(
        (panel.provider.orders().len(), lost.to_string()),
        (10, "9.00".to_owned())
    );
    assert_eq!(pauses(panel).await, 1);
    let told = alerts::list(&panel.panel.db, alerts::Search::default(), 100)
        .await
        .unwrap();
    let told = told
        .iter()
        .find(|alert| alert.kind == "charged_above_quote")
        .unwrap();
    for number in [
        "0.90 USD",
        "1000",
        "service 20",
        "quoted 0.0009 USD",
        "--price-per 1",
    ] {
        assert!(told.message.contains(number), "{number}: {}", told.message);
    }
    let steps = [
        "provider set simulated --price-per 1; ",
        "catalog sync simulated ",
        "catalog report ",
        "catalog apply ",
        "provider resume-offer simulated 20",
    ];
    let places = steps.map(|step| told.message.find(step));
    assert!(
        places[0].is_some() && places.is_sorted(),
        "{}",
        told.message
    );
    // The others wait without harm, and the operator sees them.
    let offers = odd.findings().await["offers"].clone();
    assert_eq!(offers[0]["queued"], 30, "{offers}");
    assert!(offers[0]["held_since"].is_string() && offers[0]["pause_reason"].is_string());
    let states = "SELECT state FROM dispatches GROUP BY state ORDER BY state";
    assert_eq!(texts(panel, states).await, ["accepted", "queued"]);

    // A new order does not go there either: there is nobody else, so that it waits too.
    panel.order_of(service, "https://x.test/late", 1000).await;
    panel.pass(MINUTE).await;
    assert_eq!(panel.provider.orders().len(), 10);

    // The reason is mended: its costs are read anew, and nobody sells it below them.
    odd.lists(&json!([row(20, json!({"rate": "0.0009"}))]));
    odd.set(json!({"price_per": "1"})).await;
    panel.work().await;
    let cost = "SELECT CAST(cost_micro AS TEXT) FROM offers WHERE provider_service = '20'";
    assert_eq!(texts(panel, cost).await, ["900000"]);
    let state = "SELECT state FROM services WHERE category = 'Odd'";
    assert_eq!(texts(panel, state).await, ["paused"]);
    panel.pass(MINUTE).await;
    assert_eq!(panel.provider.orders().len(), 10, "a person resumes it");

    let body = Some(json!({"provider_service": "20"}));
    let resumed = odd.ask(Method::POST, "/offers/resume", body).await;
    assert_eq!(resumed.status, 200, "{}", resumed.body);
    assert_eq!(
        (&resumed.json()["queued"], &resumed.json()["charges_seen"]),
        (&json!(31), &json!(0))
    );
    assert!(resumed.json().get("warning").is_none(), "{}", resumed.body);
    panel.pass(2 * MINUTE).await;
    // By the right quote the charges are as they should be: nothing is held any more.
    assert_eq!(
        (panel.provider.orders().len(), pauses(panel).await),
        (41, 1)
    );
    assert_eq!(odd.findings().await["offers"], json!([]));
    let deeds = "SELECT action FROM audit_log WHERE action = 'offer_resumed'";
    assert_eq!(texts(panel, deeds).await, ["offer_resumed"]);
    let body = Some(json!({"provider_service": "999"}));
    let unknown = odd.ask(Method::POST, "/offers/resume", body).await;
    assert_eq!(unknown.status, 422, "{}", unknown.body);
    assert_eq!(unknown.json()["details"]["field"], "provider_service");
    odd.panel.finish().await;
}

/// An accepted order whose charge the provider says with its acceptance.
fn says(charge: &str) -> Script {
    Script::AddSays {
        status: 200,
        body: format!(r#"{{"order":<order>,{charge}}}"#),
        record: true,
    }
}

#[apply(story)]
async fn a_charge_in_the_answer_is_compared_and_orders_go_to_the_next_provider() {
    let odd = Odd::start().await;
    let panel = &odd.panel;
    let second = SimulatedProvider::start(panel.clock.clone(), harness::ANYWHERE)
        .await
        .unwrap();
    let other = connect(&panel.panel, "second", &second).await;
    let terms = terms(ServiceType::Default, "0.90");
    second.set_services(vec![provided(20, &terms)]);
    let offers = vec![
        offer(panel.provider_id, 20, &terms),
        offer(other, 20, &terms),
    ];
    panel.provider.set_services(vec![provided(20, &terms)]);
    let service = panel.service(terms, offers).await;
    // 0.30 was quoted.
    panel.provider.script_next(20, says(r#""charge":"0.38""#));
    panel.order_of(service, "https://x.test/1", 1000).await;
    panel.work().await;
    assert_eq!(pauses(panel).await, 1);
    for n in 2..5 {
        panel
            .order_of(service, &format!("https://x.test/{n}"), 1000)
            .await;
    }
    panel.pass(MINUTE).await;
    assert_eq!(
        (panel.provider.orders().len(), second.orders().len()),
        (1, 3)
    );
    let view = panel
        .ask(
            &odd.key,
            Method::GET,
            &format!("/operator/v1/services/{service}"),
            None,
        )
        .await;
    let offers = view.json()["offers"].clone();
    assert_eq!(
        (&offers[0]["paused"], &offers[1]["paused"]),
        (&json!(true), &json!(false))
    );
    // An operator who accepts what it charges has it compared no more.
    let body = Some(json!({"provider_service": "20", "compare_charges": false}));
    odd.ask(Method::POST, "/offers/resume", body).await;
    panel.provider.script_next(20, says(r#""charge":"0.38""#));
    panel.order_of(service, "https://x.test/9", 1000).await;
    panel.work().await;
    assert_eq!((panel.provider.orders().len(), pauses(panel).await), (2, 1));
    assert_eq!(odd.findings().await["offers"][0]["compares_charges"], false);
    second.stop().await;
    odd.panel.finish().await;
}

#[apply(story)]
async fn who_resumes_an_offer_without_mending_anything_is_told_that_it_will_be_paused_again() {
    let odd = Odd::start().await;
    let panel = &odd.panel;
    let terms = terms(ServiceType::Default, "0.90");
    let service = panel.offered(terms, 20, says(r#""charge":"9.00""#)).await;
    for n in 1..=2 {
        let link = format!("https://x.test/{n}");
        panel.order_of(service, &link, 1000).await;
        panel.work().await;
        assert_eq!(pauses(panel).await, n);
        let body = Some(json!({"provider_service": "20"}));
        let resumed = odd.ask(Method::POST, "/offers/resume", body).await.json();
        let expected = format!(
            "its last charge, 9.00 USD for 1000 (dispatch {n} of order {n}), is still above the quote \
             of 0.30 USD: the next one like it pauses the offer again"
        );
        assert_eq!(resumed["warning"], json!(expected), "{resumed}");
    }
    // Who has its charges compared no more is not told of comparisons.
    panel.order_of(service, "https://x.test/3", 1000).await;
    panel.work().await;
    let body = Some(json!({"provider_service": "20", "compare_charges": false}));
    let resumed = odd.ask(Method::POST, "/offers/resume", body).await.json();
    assert!(resumed.get("warning").is_none(), "{resumed}");
    odd.panel.finish().await;
}

#[apply(story)]
async fn charges_that_are_rounded_or_in_another_currency_trip_nothing() {
    let odd = Odd::start().await;
    let panel = &odd.panel;
    let terms = terms(ServiceType::Default, "0.90");
    let charges = [
        // Quoted are 0.30 for 1000 and 0.003 for 10.
        (1000, r#""charge":"0.30""#, false),
        (1000, r#""charge":0.3,"currency":"usd""#, false),
        (1000, r#""charge":"0.37""#, false),
        (1000, r#""charge":"$0.30""#, false),
        (10, r#""charge":"0.01""#, false),
        (10, r#""charge":"1""#, false),
        (1000, r#""charge":"25.00","currency":"INR""#, false),
        (1000, r#""charge":"25.00 INR""#, false),
        (1000, r#""charge":"0.00""#, false),
        (1000, r#""charge":"n/a""#, false),
        (1000, r#""charge":"0.38""#, true),
        (1000, r#""charge":300"#, true),
        (1000, r#""charge":"300 USD""#, true),
        (10, r#""charge":"0.02""#, true),
        (10, r#""charge":"0.30","currency":"USD""#, true),
    ];
    let mut trips = 0;
    for (id, (quantity, charge, pauses_it)) in (20..).zip(charges) {
        let service = panel.offered(terms.clone(), id, says(charge)).await;
        let link = format!("https://x.test/{id}");
        panel.order_of(service, &link, quantity).await;
        panel.work().await;
        trips += usize::from(pauses_it);
        assert_eq!(pauses(panel).await, trips, "{quantity} {charge}");
    }
    odd.panel.finish().await;
}

#[apply(story)]
async fn only_the_first_three_charges_and_every_hundredth_are_compared() {
    let odd = Odd::start().await;
    let panel = &odd.panel;
    let terms = terms(ServiceType::Default, "0.90");
    let at_provider = Script::AddSays {
        status: 200,
        body: r#"{"order":<order>,"charge":"0.30"}"#.to_owned(),
        record: true,
    };
    let service = panel.offered(terms, 20, at_provider).await;
    for n in 1..=100 {
        // From the fourth on each is far too dear; only the hundredth is looked at.
        if n > 3 {
            panel.provider.script_next(20, says(r#""charge":"3.00""#));
        }
        panel
            .order_of(service, &format!("https://x.test/{n}"), 1000)
            .await;
        if n <= 3 || n == 99 {
            panel.work().await;
            assert_eq!(pauses(panel).await, 0, "{n}");
        }
    }
    panel.work().await;
    assert_eq!(pauses(panel).await, 1);
    odd.panel.finish().await;
}

#[apply(story)]
async fn an_offer_keeps_its_pause_when_the_offers_of_its_service_are_changed() {
    let odd = Odd::start().await;
    let panel = &odd.panel;
    let terms = terms(ServiceType::Default, "0.90");
    let service = panel
        .offered(terms.clone(), 20, says(r#""charge":"9.00""#))
        .await;
    panel.order_of(service, "https://x.test/1", 1000).await;
    panel.work().await;
    let path = format!("/operator/v1/services/{service}");
    let offers =
        json!({"offers": [{"provider_id": panel.provider_id.0, "provider_service": "20"}]});
    let changed = panel
        .ask(&odd.key, Method::PATCH, &path, Some(offers))
        .await;
    assert_eq!(
        changed.json()["offers"][0]["paused"],
        true,
        "{}",
        changed.body
    );
    // A service that is made of it later waits for the same decision.
    let again = Offer {
        provider: panel.provider_id,
        provider_service: "20".to_owned(),
        ..offer(panel.provider_id, 20, &terms)
    };
    let second = panel.service(terms, vec![again]).await;
    panel.order_of(second, "https://x.test/2", 1000).await;
    panel.pass(MINUTE).await;
    assert_eq!(panel.provider.orders().len(), 1);
    odd.panel.finish().await;
}
