//! Deciding the orders that wait on a sentence, without sorting it.

use harness::HOUR;

use super::*;

const FAULT: &str = "Something went wrong, try again later";

async fn resolve(book: &Book, phrase: i64, body: Value) -> (u16, Value) {
    let done = book
        .post(&format!("/phrases/{phrase}/resolution"), body)
        .await;
    book.panel.work().await;
    done
}

#[apply(story)]
async fn the_orders_of_a_time_are_decided_together() {
    let book = Book::start().await;
    let before = book.answered("https://x.test/before", FAULT).await;
    book.panel.advance(HOUR);
    let during = [
        book.answered("https://x.test/1", FAULT).await,
        book.answered("https://x.test/2", FAULT).await,
    ];
    book.panel.advance(HOUR);
    let after = book.answered("https://x.test/after", FAULT).await;
    let phrase = book.the_phrase().await;
    let body = |orders: i64| {
        json!({
            "decision": "refund", "reason": "their database was down", "orders": orders,
            "since": "2026-11-01T00:30:00Z", "until": "2026-11-01T01:30:00Z",
        })
    };
    let (status, no) = resolve(&book, phrase, body(4)).await;
    assert_eq!(status, 409, "{no}");
    let (status, done) = resolve(&book, phrase, body(2)).await;
    assert_eq!((status, &done["orders"]), (200, &json!(2)), "{done}");
    for order in during {
        assert_eq!(book.shown(order).await, "Canceled 0.00 1000");
    }
    for order in [before, after] {
        assert_eq!(book.shown(order).await, "Pending 0.90 1000");
    }
    let rest = json!({"decision": "send_again", "reason": "asked them", "orders": 2});
    let (status, _) = resolve(&book, phrase, rest).await;
    assert_eq!(status, 200);
    for order in [before, after] {
        assert_eq!(book.shown(order).await, "Processing 0.90 1000");
    }
    assert_eq!(book.adds(), 6);
    assert_eq!(book.work_items().await, Vec::<Value>::new());
    let deeds = book.deeds().await;
    let resolved = format!("operator:3 phrase_resolved phrase:{phrase}");
    assert_eq!(
        deeds.iter().filter(|deed| **deed == resolved).count(),
        2,
        "{deeds:?}"
    );
    book.panel.finish().await;
}

#[apply(story)]
async fn accepted_takes_only_those_whose_id_was_seen() {
    let book = Book::start().await;
    let orders = book.waiting(3).await;
    for (order, id) in [(orders[0], "4711"), (orders[1], "4711")] {
        let sql = format!("UPDATE dispatches SET seen_order = '{id}' WHERE order_id = {order}");
        book.panel.sql(&sql).await;
    }
    let phrase = book.the_phrase().await;
    let shown = book.get(&format!("/phrases/{phrase}")).await;
    assert_eq!(shown["dispatch_count"], 3, "{shown}");
    let asked = shown["dispatches"].as_array().unwrap();
    assert_eq!(asked.len(), 3, "{shown}");
    for (number, (seen, order)) in asked.iter().zip(&orders).enumerate() {
        assert_eq!(seen["order_id"], *order, "{seen}");
        assert_eq!(seen["link"], format!("https://x.test/waiting{number}"));
        assert_eq!(
            (&seen["quantity"], &seen["state"]),
            (&json!(1000), &json!("parked"))
        );
        assert!(seen["provider_name"].is_string(), "{seen}");
        assert!(seen["provider_service"].is_string(), "{seen}");
        assert!(seen["since"].is_string(), "{seen}");
    }
    assert_eq!(asked[0]["seen_order"], "4711");
    assert!(asked[2].get("seen_order").is_none(), "{shown}");
    let accepted = &shown["resolutions"][3];
    assert_eq!(accepted["decision"], "accepted");
    assert_eq!(accepted["outlook"]["stays"], 1, "{accepted}");
    let body = json!({"decision": "accepted", "reason": "they say so", "orders": 3});
    let (status, _) = resolve(&book, phrase, body).await;
    assert_eq!(status, 200);
    assert_eq!(book.shown(orders[0]).await, "Processing 0.90 1000");
    // The same id twice is one order there; and one without an id is left over.
    for order in &orders[1..] {
        assert_eq!(book.shown(*order).await, "Pending 0.90 1000");
    }
    // An id that was seen is evidence of something else than a refusal.
    let body = json!({"decision": "refund", "reason": "they say so", "orders": 2});
    let (status, _) = resolve(&book, phrase, body).await;
    assert_eq!(status, 200);
    assert_eq!(book.shown(orders[1]).await, "Pending 0.90 1000");
    assert_eq!(book.shown(orders[2]).await, "Canceled 0.00 1000");
    // The simulated provider knows no order 4711.
    let sql = "UPDATE dispatches SET poll_at_ms = NULL WHERE provider_order = '4711'";
    book.panel.sql(sql).await;
    book.panel.finish().await;
}

#[apply(story)]
async fn what_is_no_decision_is_refused() {
    let book = Book::start().await;
    book.waiting(1).await;
    let phrase = book.the_phrase().await;
    let path = format!("/phrases/{phrase}/resolution");
    for (body, no) in [
        (
            json!({"decision": "stay", "reason": "r", "orders": 1}),
            "400 request_invalid decision",
        ),
        (
            json!({"decision": "refund", "reason": "r"}),
            "400 request_invalid -",
        ),
        (
            json!({"decision": "refund", "reason": "", "orders": 1}),
            "422 field_invalid reason",
        ),
    ] {
        assert_eq!(book.no(&path, body.clone()).await, no, "{body}");
    }
    let all = json!({"kind": "refusal", "sentence": NEW});
    let (_, all) = book.post("/phrases", all).await;
    let path = format!("/phrases/{}/resolution", all["phrase_id"]);
    let body = json!({"decision": "refund", "reason": "r", "orders": 1});
    assert_eq!(book.no(&path, body).await, "422 field_invalid phrase");
    book.panel.finish().await;
}
