//! Feeds: refunds and movements of the wallet since a cursor, none missed and none twice.

use harness::{DELIVERY, TestPanel, terms};
use reqwest::Method;
use serde_json::{Value, json};
use smm_panel_server::demo::provider::Script;
use smm_panel_server::money::Money;
use smm_panel_server::protocol::ServiceType;

use super::{ask, get, place};

/// Reads a feed from `cursor` to its present end, `limit` rows at a time. Gives the rows and the
/// cursor to go on with.
async fn drain(panel: &TestPanel, path: &str, rows: &str, cursor: &str) -> (Vec<Value>, String) {
    let (mut seen, mut cursor) = (Vec::new(), cursor.to_owned());
    loop {
        let page = get(panel, &format!("{path}?limit=2&cursor={cursor}")).await;
        seen.extend(page[rows].as_array().unwrap().iter().cloned());
        cursor = page["next_cursor"].as_str().unwrap().to_owned();
        if page["has_more"] == false {
            return (seen, cursor);
        }
    }
}

#[apply(story)]
async fn the_feed_of_refunds_goes_on_where_it_stopped() {
    let panel = TestPanel::start().await;
    let empty = get(&panel, "/api/v3/refunds").await;
    assert_eq!(
        empty,
        json!({"refunds": [], "next_cursor": "0", "has_more": false})
    );
    let (mut seen, mut cursor) = (Vec::new(), "0".to_owned());
    for round in 0..3 {
        for number in 0..3 {
            let order = place(&panel, &format!("a.com/{round}/{number}"), 100).await;
            ask(
                &panel,
                Method::POST,
                &format!("/api/v3/orders/{order}/cancel"),
                None,
            )
            .await;
        }
        let (news, next) = drain(&panel, "/api/v3/refunds", "refunds", &cursor).await;
        assert_eq!(news.len(), 3);
        seen.extend(
            news.iter()
                .map(|refund| refund["order_id"].as_i64().unwrap()),
        );
        cursor = next;
    }
    assert_eq!(seen, (1..=9).collect::<Vec<i64>>());
    let rest = get(&panel, &format!("/api/v3/refunds?cursor={cursor}")).await;
    assert_eq!(rest["refunds"], json!([]));
    assert_eq!(rest["next_cursor"], cursor);
    panel.finish().await;
}

#[apply(story)]
async fn what_a_client_computes_from_the_feeds_is_the_balance_to_the_nano() {
    let panel = TestPanel::start().await;
    let script = Script::Partial {
        over_ms: DELIVERY,
        delivered_percent: 37,
    };
    let odd = panel
        .offered(terms(ServiceType::Default, "0.333333"), 60, script)
        .await;
    for number in 0..5 {
        panel
            .order_of(odd, &format!("a.com/{number}"), 777 + number)
            .await;
    }
    place(&panel, "a.com/open", 100).await;
    panel.pass(2 * DELIVERY).await;
    place(&panel, "a.com/later", 100).await;

    let amount = |value: &Value| Money::parse(value.as_str().unwrap()).unwrap();
    let (entries, _) = drain(&panel, "/api/v3/wallet/entries", "entries", "0").await;
    let mut sum = Money::ZERO;
    for entry in &entries {
        sum = sum.plus(amount(&entry["amount"])).unwrap();
    }
    assert_eq!(sum.to_string(), panel.balance().await);
    assert_eq!(entries[0]["kind"], "adjustment");
    assert_eq!(entries[1]["reference"], "order:1");
    assert_eq!(entries[1]["order_id"], 1);

    let (refunds, _) = drain(&panel, "/api/v3/refunds", "refunds", "0").await;
    let orders = get(&panel, "/api/v3/orders").await;
    let mut rest = Money::parse("100").unwrap();
    for order in orders["orders"].as_array().unwrap() {
        rest = rest.minus(amount(&order["charge"])).unwrap();
    }
    for refund in &refunds {
        rest = rest.plus(amount(&refund["amount"])).unwrap();
    }
    assert_eq!(rest, sum);
    panel.finish().await;
}
