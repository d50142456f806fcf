//! Answers that are not believed, requests that are not taken, and servers that do not do one thing
//! twice.

use harness::database::Database::{Postgres, Sqlite};
use harness::database::current;
use smm_panel_server::actor::Actor;
use smm_panel_server::catalog::{self, rules::Markup};
use smm_panel_server::error::{Error, Refusal};

use super::*;

#[apply(story)]
async fn an_answer_that_is_no_catalogue_changes_nothing() {
    let mut market = Market::imported(vec![row(1, "1.00")]).await;
    let garbage = [
        "[]",
        "{\"error\":\"Invalid API key\"}",
        "<html>502</html>",
        "",
        "{\"services\":5}",
    ];
    for body in garbage {
        market
            .panel
            .provider
            .fail_next("services", Fault::Http(200, body.to_owned()));
        let report = market.sync(json!({})).await;
        assert!(report["error"].is_string(), "{body}: {report}");
        assert_eq!(market.rate(FIRST).await.as_deref(), Some("1.50"), "{body}");
    }
    market
        .panel
        .provider
        .fail_next("balance", Fault::Http(500, String::new()));
    assert!(market.sync(json!({})).await["error"].is_string());
    // Rows that cannot be are not taken.
    market.panel.provider.fail_next(
        "services",
        Fault::Http(
            200,
            r#"[{"service":11,"name":"a\u0000b","type":"Default","rate":"1.00","min":10,"max":10000,
                "category":"Imported"},
                {"service":11,"rate":"9","min":1,"max":2,"type":"Default"},
                {"service":2,"rate":"-5","min":1,"max":2,"type":"Default"},
                {"service":3,"rate":"0.000","min":1,"max":2,"type":"Default"},
                {"service":4,"rate":"1","min":9,"max":2,"type":"Default"},
                {"service":5,"rate":"1e30","min":1,"max":2,"type":"Default"},
                {"service":6,"rate":"1","min":1,"max":2,"type":"Fame"}]"#
                .to_owned(),
        ),
    );
    let report = market.sync(json!({})).await;
    assert_eq!(
        (&report["listed"], &report["skipped"]),
        (&json!(1), &json!(6))
    );
    assert_eq!(market.rate(FIRST).await.as_deref(), Some("1.50"));
    // An import from such an answer is refused.
    market
        .panel
        .provider
        .fail_next("services", Fault::Http(200, "[]".to_owned()));
    let no = market
        .import(json!({"categories": ["Imported"], "markup_percent": "1"}))
        .await;
    assert_eq!(refused(&no), (409, "state_conflict".to_owned()));
    market.provider_drops(77);
    market.panel.finish().await;
}

#[apply(story)]
async fn a_catalogue_of_which_most_is_missing_is_believed_only_when_an_operator_says_so() {
    let rows: Vec<_> = (1..=30).map(|id| row(id, "1.00")).collect();
    let mut market = Market::imported(rows).await;
    market.sold.truncate(12);
    market.list();
    market.half_an_hour().await;
    market.half_an_hour().await;
    let report = &market.get("/sync-reports").await["reports"][0];
    assert!(
        report["error"].as_str().unwrap().starts_with("18 of 33"),
        "{report}"
    );
    assert_eq!(market.rate(FIRST + 29).await.as_deref(), Some("1.50"));
    // Told once, not every half an hour.
    assert_eq!(alert_kinds(&market.panel).await, ["catalogue_not_taken"]);
    let report = market.sync(json!({"believe": true})).await;
    assert_eq!(report["gone"], 18);
    assert_eq!(market.pause_of(FIRST + 29).await, "gone");
    market.panel.finish().await;
}

#[apply(story)]
async fn of_two_servers_one_reads_a_catalogue() {
    let market = Market::imported(vec![row(1, "1.00")]).await;
    let other = open_another(&market.panel).await;
    let asked = |market: &Market| {
        let requests = market.panel.provider.requests();
        let services = requests
            .iter()
            .filter(|one| format!("{one:?}").contains("services"));
        services.count()
    };
    let before = asked(&market);
    market.panel.work().await;
    assert_eq!(asked(&market), before, "it is not due yet");
    market.panel.advance(30 * MINUTE);
    let first = sync::take_due(&market.panel.panel).await.unwrap();
    assert!(first.is_some());
    assert!(sync::take_due(&other).await.unwrap().is_none());
    // An operator who asks meanwhile is told so.
    let path = format!("/providers/{}/sync", market.panel.provider_id);
    let no = market.ask(Method::POST, &path, json!({})).await;
    assert_eq!(refused(&no), (409, "state_conflict".to_owned()));
    // A server that died is not waited for for ever.
    market.panel.advance(HOUR);
    assert!(sync::take_due(&other).await.unwrap().is_some());
    other.db.close().await.unwrap();
    market.panel.finish().await;
}

#[apply(story)]
async fn what_is_wrong_with_an_import_or_a_decision_is_said_and_changes_nothing() {
    let market = Market::open(vec![row(1, "1.00")]).await;
    let (_, support) = staff(&market.panel.panel, Role::Support, "sue").await;
    for (body, expected) in [
        (json!({"categories": ["Imported"]}), (422, "field_invalid")),
        (json!({"markup_percent": "5"}), (422, "field_invalid")),
        (
            json!({"markup_percent": "5", "categories": ["Nothing"]}),
            (422, "field_invalid"),
        ),
        (
            json!({"markup_percent": "5", "provider_services": ["9"]}),
            (422, "field_invalid"),
        ),
        (
            json!({"markup_percent": "-100", "categories": ["Imported"]}),
            (422, "field_invalid"),
        ),
        (
            json!({"markup_percent": 5, "categories": ["Imported"]}),
            (400, "request_invalid"),
        ),
        (
            json!({"markup": "5", "categories": ["Imported"]}),
            (400, "request_invalid"),
        ),
    ] {
        let no = market.import(body).await;
        assert_eq!(
            refused(&no),
            (expected.0, expected.1.to_owned()),
            "{}",
            no.body
        );
    }
    let body = json!({"markup_percent": "5", "categories": ["Imported"]});
    let path = format!("/providers/{}/import", market.panel.provider_id);
    let no = ask_as(
        &market.panel,
        &support,
        Method::POST,
        &path,
        Some(body.clone()),
    )
    .await;
    assert_eq!(refused(&no), (403, "forbidden".to_owned()));
    let no = market.ask(Method::POST, "/providers/99/import", body).await;
    assert_eq!(refused(&no), (404, "object_unknown".to_owned()));
    assert_eq!(market.rate(FIRST).await, None);
    for (ids, expected) in [
        (json!([]), (422, "field_invalid")),
        (json!([7]), (404, "object_unknown")),
    ] {
        for how in ["apply", "dismiss"] {
            let path = format!("/sync-differences/{how}");
            let body = json!({"difference_ids": ids});
            let no = market.ask(Method::POST, &path, body).await;
            assert_eq!(refused(&no), (expected.0, expected.1.to_owned()));
        }
    }
    let no = ask_as(
        &market.panel,
        &support,
        Method::GET,
        "/sync-reports/99",
        None,
    )
    .await;
    assert_eq!(refused(&no), (404, "object_unknown".to_owned()));
    market.panel.finish().await;
}

#[apply(story)]
async fn costs_in_another_currency_are_converted_and_rounded_up() {
    let mut market = Market::open(vec![row(1, "100")]).await;
    let in_roubles = |market: &Market| {
        let balance = r#"{"balance":"5000.00","currency":"RUB"}"#.to_owned();
        market
            .panel
            .provider
            .fail_next("balance", Fault::Http(200, balance));
    };
    let path = format!("/providers/{}", market.panel.provider_id);
    let roubles = json!({"currency": "RUB", "exchange_rate": "0.010869565"});
    market.ask(Method::PATCH, &path, roubles).await;
    let body = json!({"categories": ["Imported"], "markup_percent": "50"});
    // Its balance says USD: that is not what was agreed.
    let no = market.import(body.clone()).await;
    assert_eq!(refused(&no), (409, "state_conflict".to_owned()));
    in_roubles(&market);
    assert_eq!(market.import(body).await.status, 201);
    let service = market.get("/services/5").await;
    assert_eq!(service["offers"][0]["cost"], "1.086957");
    assert_eq!(market.rate(FIRST).await.as_deref(), Some("1.630436"));
    // The provider charges 10 roubles for it, which is not 10 dollars.
    market.place(FIRST, "100").await.order();
    market.panel.pass(2 * harness::DELIVERY).await;
    let kinds = alert_kinds(&market.panel).await;
    assert!(!kinds.contains(&"sold_below_cost".to_owned()), "{kinds:?}");
    // The rouble rises by a third: everything costs more.
    let dearer = json!({"currency": "RUB", "exchange_rate": "0.0145"});
    market.ask(Method::PATCH, &path, dearer).await;
    in_roubles(&market);
    market.panel.work().await;
    assert_eq!(market.pause_of(FIRST).await, "cost_jump");
    market.provider_drops(1);
    market.panel.finish().await;
}

#[apply(story)]
async fn an_exchange_rate_that_changes_during_a_reading_is_the_one_that_counts() {
    let market = Market::imported(vec![row(1, "1.00")]).await;
    let path = format!("/providers/{}", market.panel.provider_id);
    market.panel.advance(30 * MINUTE);
    let (panel, client) = (
        &market.panel.panel,
        smm_panel_server::provider::Client::new(true).unwrap(),
    );
    let (provider, lease) = sync::take_due(panel).await.unwrap().unwrap();
    let read = smm_panel_server::provider::read_catalogue(&client, &provider).await;
    let change = json!({"currency": "EUR", "exchange_rate": "1.10"});
    assert_eq!(market.ask(Method::PATCH, &path, change).await.status, 200);
    let read = read.map(|reading| reading.catalogue);
    let recorded = sync::record(panel, &provider, lease, read, false).await;
    let why = recorded.unwrap().report.error.unwrap();
    assert!(why.contains("exchange rate was changed"), "{why}");
    assert_eq!(market.differences("open").await, []);
    // It is due at once, and not after half an hour.
    let euros = r#"{"balance":"5000.00","currency":"EUR"}"#.to_owned();
    let provider = &market.panel.provider;
    provider.fail_next("balance", Fault::Http(200, euros));
    market.panel.work().await;
    let (_, kind, was, became) = market.differences("open").await.pop().unwrap();
    assert_eq!((&*kind, &*was, &*became), ("dearer", "1.00", "1.10"));
    market.panel.finish().await;
}

#[apply(story)]
async fn an_exchange_rate_that_changes_while_a_reading_is_written_ends_the_writing() {
    let mut market = Market::imported(vec![row(1, "1.00")]).await;
    market.provider_changes(1, |sold| sold.rate = Rate::parse("1.10").unwrap());
    // Between the first look at the rate and the pieces that are written: the report is begun there.
    market.panel.sql(moved()).await;
    let report = market.sync(json!({})).await;
    let why = report["error"].as_str().unwrap_or_default();
    assert!(why.contains("exchange rate was changed"), "{report}");
    assert_eq!(market.differences("open").await, []);
    let costs = "SELECT DISTINCT CAST(cost_micro AS TEXT) FROM provider_services \
                 WHERE provider_service = '11'";
    let costs = harness::texts(&market.panel, costs).await;
    assert_eq!(costs, ["1000000"]);
    market.panel.sql(moved_no_more()).await;
    // What is left is not forgotten: it is read again at once, by the new rate.
    let euros = r#"{"balance":"5000.00","currency":"EUR"}"#.to_owned();
    let provider = &market.panel.provider;
    provider.fail_next("balance", Fault::Http(200, euros));
    market.panel.work().await;
    let (_, kind, was, became) = market.differences("open").await.pop().unwrap();
    assert_eq!((&*kind, &*was, &*became), ("dearer", "1.00", "1.21"));
    market.panel.finish().await;
}

/// Changes the provider's exchange rate, as an operator would, when a report is begun.
fn moved() -> &'static str {
    match current() {
        Sqlite => {
            "CREATE TRIGGER moved AFTER INSERT ON sync_reports BEGIN UPDATE providers \
             SET currency = 'EUR', exchange_nano = 1100000000, sync_due_at_ms = 1; END"
        }
        Postgres => {
            "CREATE FUNCTION moved() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN UPDATE providers SET currency = 'EUR', exchange_nano = 1100000000, \
             sync_due_at_ms = 1; RETURN NULL; END $$; \
             CREATE TRIGGER moved AFTER INSERT ON sync_reports \
             FOR EACH ROW EXECUTE FUNCTION moved()"
        }
    }
}

/// Ends it.
fn moved_no_more() -> &'static str {
    match current() {
        Sqlite => "DROP TRIGGER moved",
        Postgres => "DROP TRIGGER moved ON sync_reports",
    }
}

#[apply(story)]
async fn nothing_is_sold_at_an_exchange_rate_that_was_changed_before_the_import() {
    // Nothing of this provider is followed yet, so nothing would be read again soon.
    let market = Market::open(vec![row(1, "1.00")]).await;
    let panel = &market.panel.panel;
    let client = smm_panel_server::provider::Client::new(true).unwrap();
    let (actor, id) = (Actor::command(), market.panel.provider_id);
    let provider = catalog::provider(&panel.db, &panel.secrets, id).await;
    let provider = provider.unwrap();
    let lease = sync::take(panel, &actor, &provider).await.unwrap();
    let read = smm_panel_server::provider::read_catalogue(&client, &provider).await;
    let read = read.map(|reading| reading.catalogue);
    let recorded = sync::record(panel, &provider, lease, read, false).await;
    let recorded = recorded.unwrap();
    assert_eq!(recorded.report.error, None);
    let path = format!("/providers/{id}");
    let change = json!({"currency": "EUR", "exchange_rate": "2.00"});
    assert_eq!(market.ask(Method::PATCH, &path, change).await.status, 200);
    let categories = vec!["Imported".to_owned()];
    let selection = sync::Selection {
        categories,
        ..sync::Selection::default()
    };
    let markup = Markup::new(5_000, Rate::parse("0").unwrap()).unwrap();
    let terms = (&selection, markup, None);
    let no = sync::import(panel, &actor, &provider, &recorded, terms, |_, _| ()).await;
    let Err(Error::Refused(Refusal::Conflict { why })) = no else {
        panic!("sold below its cost: {no:?}");
    };
    assert!(why.contains("exchange rate"), "{why}");
    assert_eq!(market.rate(FIRST).await, None);
    // Asked again, it is sold by the rate that counts.
    let euros = r#"{"balance":"5000.00","currency":"EUR"}"#.to_owned();
    let sells = &market.panel.provider;
    sells.fail_next("balance", Fault::Http(200, euros));
    let body = json!({"categories": ["Imported"], "markup_percent": "50"});
    assert_eq!(market.import(body).await.status, 201);
    assert_eq!(market.rate(FIRST).await.as_deref(), Some("3.00"));
    market.panel.finish().await;
}

#[apply(story)]
async fn a_difference_is_applied_only_while_it_says_what_is_true() {
    let mut market = Market::imported(vec![row(1, "1.00")]).await;
    market.provider_changes(1, |sold| sold.rate = Rate::parse("1.10").unwrap());
    market.half_an_hour().await;
    let (id, ..) = market.open_one().await;
    // Orders go to another offer by now.
    market
        .panel
        .sql("UPDATE offers SET cost_micro = 1200000 WHERE provider_service = '11'")
        .await;
    let refused_ = market.decide("apply", id).await;
    assert_eq!(refused(&refused_), (409, "state_conflict".to_owned()));
    let why = "by now orders go to service 11 of provider 1, at 1.20 USD";
    assert!(refused_.body.contains(why), "{}", refused_.body);
    market
        .panel
        .sql("UPDATE offers SET cost_micro = 1100000 WHERE provider_service = '11'")
        .await;
    assert_eq!(market.decide("apply", id).await.status, 200);
    let log = "SELECT was || became FROM audit_log WHERE action = 'differences_decided' \
               AND actor <> 'panel'";
    let log = harness::texts(&market.panel, log).await.concat();
    let rates = |rate: &str| format!(r#""rate":"{rate}""#);
    assert!(
        log.contains(&rates("1.50")) && log.contains(&rates("1.65")),
        "{log}"
    );
    market.panel.finish().await;
}
