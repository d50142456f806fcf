//! Much money: a second person. And several servers.

use smm_panel_server::provider::Client;
use smm_panel_server::workers::Workers;

use super::*;

#[apply(story)]
async fn above_a_sum_a_second_person_confirms() {
    let book = Book::start_with(|config| config.phrase_second_person_usd = 1).await;
    let orders = book.waiting(2).await;
    let phrase = book.the_phrase().await;
    let before = book.alerts().await;
    let body = json!({"class": "order_fault", "reason": "r", "orders": 2});
    let decision = book.done(&format!("/phrases/{phrase}/sorting"), body).await;
    assert_eq!(decision["state"], "to_confirm", "{decision}");
    assert!(decision.get("effective_at").is_none(), "{decision}");
    assert_eq!(book.alerts().await, before + 1);
    let said = texts(&book.panel, "SELECT message FROM alerts ORDER BY id").await;
    let how = format!("smm-panel phrase confirm {}", decision["decision_id"]);
    assert!(said.last().unwrap().ends_with(&how), "{said:?}");
    book.panel.advance(2 * DELAY);
    book.panel.work().await;
    assert_eq!(book.shown(orders[0]).await, "Pending 0.90 1000");

    let path = format!("/phrase-decisions/{}/confirmation", decision["decision_id"]);
    assert_eq!(
        book.no(&path, json!({})).await,
        "409 state_conflict -",
        "the same person"
    );
    let confirm = async |body: Value| {
        let (status, json) = book.ask(&book.otto, Method::POST, &path, Some(body)).await;
        (status, json["state"].as_str().unwrap_or("-").to_owned())
    };
    assert_eq!(
        confirm(json!({"orders": 3})).await.0,
        409,
        "another number waits"
    );
    // Without a body it is one without a count.
    let (status, json) = book.ask(&book.otto, Method::POST, &path, None).await;
    assert_eq!((status, &json["state"]), (200, &json!("pending")), "{json}");
    assert_eq!(confirm(json!({})).await.0, 409, "it waits for nobody");
    book.panel.work().await;
    assert_eq!(
        book.shown(orders[0]).await,
        "Pending 0.90 1000",
        "it has its delay"
    );
    book.panel.advance(DELAY);
    book.panel.work().await;
    for order in orders {
        assert_eq!(book.shown(order).await, "Canceled 0.00 1000");
    }
    assert_eq!(
        book.deeds().await,
        [
            format!("operator:3 phrase_sorted phrase:{phrase}"),
            format!("operator:4 phrase_confirmed phrase:{phrase}"),
            format!("panel phrase_applied phrase:{phrase}"),
        ]
    );
    book.panel.finish().await;
}

#[apply(story)]
async fn more_that_comes_to_wait_meanwhile_needs_the_second_person_too() {
    let book = Book::start_with(|config| config.phrase_second_person_usd = 1).await;
    let mut orders = book.waiting(1).await;
    let phrase = book.the_phrase().await;
    let decision = book.sort(phrase, "order_fault").await;
    assert_eq!(decision["state"], "pending", "0.90 USD is not above 1");
    orders.push(book.answered("https://x.test/more", NEW).await);
    book.panel.advance(DELAY);
    book.panel.work().await;
    assert_eq!(book.shown(orders[0]).await, "Pending 0.90 1000");
    let open = book.get("/phrase-decisions?open=true").await["decisions"][0].clone();
    assert_eq!(
        (&open["state"], &open["orders"]),
        (&json!("to_confirm"), &json!(2))
    );
    let path = format!("/phrase-decisions/{}/confirmation", open["decision_id"]);
    let body = Some(json!({"orders": 2}));
    let (status, json) = book.ask(&book.otto, Method::POST, &path, body).await;
    assert_eq!((status, &json["state"]), (200, &json!("applied")), "{json}");
    book.panel.work().await;
    for order in orders {
        assert_eq!(book.shown(order).await, "Canceled 0.00 1000");
    }
    book.panel.finish().await;
}

#[apply(story)]
async fn another_server_knows_what_was_sorted() {
    let book = Book::start().await;
    book.waiting(1).await;
    let phrase = book.the_phrase().await;
    let panel = &book.panel.panel;
    let beside = panel.beside(panel.db.clone());
    let workers = Workers::new(&beside, Client::new(true).unwrap());
    book.sort_at_once(phrase, "order_fault", 1).await;
    // The other server reads the phrasebook again, and sends.
    workers.run_until_quiet().await.unwrap();
    let says = Script::AddSays {
        status: 200,
        body: json!({"error": NEW}).to_string(),
        record: false,
    };
    book.panel.provider.script_next(1, says);
    let order = book.panel.order("https://x.test/there", 1000).await;
    workers.run_until_quiet().await.unwrap();
    assert_eq!(book.shown(order).await, "Canceled 0.00 1000");
    book.panel.finish().await;
}

#[apply(story)]
async fn what_a_server_parked_that_had_not_read_the_sorting_yet_follows() {
    let book = Book::start().await;
    let first = book.waiting(1).await;
    let phrase = book.the_phrase().await;
    let body = json!({"class": "order_fault", "reason": "r", "orders": 1});
    book.done(&format!("/phrases/{phrase}/sorting"), body).await;
    book.panel.work().await;
    assert_eq!(book.shown(first[0]).await, "Canceled 0.00 1000");
    // A row as such a server leaves it.
    let late = book
        .answered("https://x.test/late", "Something else that nobody knows")
        .await;
    let sql = "UPDATE dispatches SET phrase = (SELECT phrase FROM provider_phrases WHERE id = 1) \
               WHERE state = 'parked'";
    book.panel.sql(sql).await;
    book.panel.work().await;
    assert_eq!(book.shown(late).await, "Canceled 0.00 1000");
    book.panel.finish().await;
}
