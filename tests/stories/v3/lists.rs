//! Lists of orders: filters, pages, and no order missed between them.

use std::collections::BTreeSet;

use harness::{MINUTE, TestPanel, account};
use reqwest::Method;
use serde_json::{Value, json};

use super::{ask, ask_as, get, place, refused};

fn ids(page: &Value) -> Vec<i64> {
    let orders = page["orders"].as_array().unwrap();
    orders
        .iter()
        .map(|order| order["order_id"].as_i64().unwrap())
        .collect()
}

#[apply(story)]
async fn orders_are_listed_newest_first_page_by_page() {
    let panel = TestPanel::start().await;
    for number in 1..=7 {
        place(&panel, &format!("https://instagram.com/p/{number}"), 100).await;
        if number % 3 == 0 {
            panel.advance(MINUTE);
        }
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = get(&panel, &format!("/api/v3/orders?limit=3{cursor}")).await;
        seen.extend(ids(&page));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
        // What is placed meanwhile belongs in front, and shifts nothing.
        place(
            &panel,
            &format!("https://instagram.com/q/{}", seen.len()),
            100,
        )
        .await;
    }
    assert_eq!(seen, [7, 6, 5, 4, 3, 2, 1]);
    panel.finish().await;
}

#[apply(story)]
async fn filters_are_combined() {
    let panel = TestPanel::start().await;
    let named = |link: &str, reference: &str| json!({"service_id": 1, "link": link, "quantity": 100, "reference": reference});
    for (link, reference) in [("a.com/1", "x"), ("a.com/2", "y"), ("a.com/3", "x")] {
        let path = "/api/v3/orders";
        ask(&panel, Method::POST, path, Some(named(link, reference))).await;
        panel.advance(MINUTE);
    }
    ask(&panel, Method::POST, "/api/v3/orders/3/cancel", None).await;
    for (query, expected) in [
        ("reference=x", vec![3, 1]),
        ("status=canceled", vec![3]),
        ("reference=x&status=pending", vec![1]),
        ("service_id=2", vec![]),
        ("created_from=2026-11-01T00:01:00Z", vec![3, 2]),
        ("created_before=2026-11-01T00:01:00Z", vec![1]),
        (
            "created_from=2026-11-01T02:01:00%2B02:00&created_before=2026-11-01T00:02:00Z",
            vec![2],
        ),
        ("reference=z", vec![]),
        ("reference=a%00b", vec![]),
    ] {
        let page = get(&panel, &format!("/api/v3/orders?{query}")).await;
        assert_eq!(ids(&page), expected, "{query}");
        assert!(page.get("next_cursor").is_none(), "{query}");
    }
    panel.finish().await;
}

#[apply(story)]
async fn a_rare_status_is_found_behind_any_number_of_others() {
    let panel = TestPanel::start().await;
    place(&panel, "a.com/rare", 100).await;
    ask(&panel, Method::POST, "/api/v3/orders/1/cancel", None).await;
    // Orders of before, as a busy account has them; the same second, so that pages split it.
    panel
        .sql(
            "INSERT INTO orders (id, account_id, service_id, service_type, refill, cancel, status, \
             link, overlap_key, details, quantity, runs, interval_minutes, \
             rate_micro, charge_nano, held_nano, refunded_nano, settled_refund_nano, withheld, \
             remains, created_at_ms, settled_at_ms) \
             WITH RECURSIVE s (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM s WHERE n < 12002) \
             SELECT n, 1, 1, 'Default', TRUE, TRUE, 'completed', 'x', n, '{}', 100, 1, 0, \
             900000, 90000000, 0, 0, 0, FALSE, 0, 1793491200000 + n / 5000, 1793491200000 FROM s",
        )
        .await;
    let (mut found, mut pages, mut cursor) = (Vec::new(), 0, String::new());
    loop {
        let page = get(&panel, &format!("/api/v3/orders?status=canceled{cursor}")).await;
        found.extend(ids(&page));
        pages += 1;
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!((found, pages), (vec![1], 3));
    let (mut all, mut cursor) = (BTreeSet::new(), String::new());
    loop {
        let page = get(
            &panel,
            &format!("/api/v3/orders?status=completed&limit=999{cursor}"),
        )
        .await;
        for id in ids(&page) {
            assert!(all.insert(id), "{id} came twice");
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(all.len(), 12_001);
    panel.sql("DELETE FROM orders WHERE id > 1").await;
    panel.finish().await;
}

#[apply(story)]
async fn a_foreign_order_is_as_unknown_as_a_missing_one() {
    let panel = TestPanel::start().await;
    let order = place(&panel, "a.com/1", 100).await;
    let (_, other) = account(&panel.panel, "other", "1").await;
    for (method, path) in [
        (Method::GET, "/api/v3/orders/{}"),
        (Method::GET, "/api/v3/orders/{}/refunds"),
        (Method::POST, "/api/v3/orders/{}/cancel"),
        (Method::POST, "/api/v3/orders/{}/refill"),
    ] {
        let told = async |id: i64| {
            let path = path.replace("{}", &id.to_string());
            let reply = ask_as(&panel, &other, method.clone(), &path, None).await;
            assert_eq!(refused(&reply), (404, "order_unknown".to_owned()));
            let mut json = reply.json();
            json["request_id"] = Value::Null;
            json
        };
        assert_eq!(told(order).await, told(999).await);
    }
    let page = ask_as(&panel, &other, Method::GET, "/api/v3/orders", None).await;
    assert_eq!(page.json(), json!({"orders": []}));
    assert_eq!(get(&panel, "/api/v3/orders/1").await["status"], "pending");
    panel.finish().await;
}
