//! One status word, one decision: for the orders that are followed, and for those that were parked on
//! it.

use harness::HOUR;

use super::*;

/// A word that nobody has sorted.
const WORD: &str = "Delivered to you";

/// Orders of which the provider says [`WORD`] and nothing else.
async fn said_of(book: &Book, count: usize) -> Vec<i64> {
    let line = format!(r#"{{"charge":"0.3","status":"{WORD}","remains":"0"}}"#);
    let mut orders = Vec::new();
    for number in 0..count {
        book.panel
            .provider
            .script_next(1, Script::Says(line.clone()));
        let link = format!("https://x.test/word{number}");
        orders.push(book.panel.order(&link, 1000).await);
    }
    book.panel.pass(2 * harness::MINUTE).await;
    orders
}

/// How many alerts of words there were, and how many of single orders.
async fn alerts(book: &Book) -> (usize, usize) {
    let kinds = harness::alert_kinds(&book.panel).await;
    let of = |kind: &str| kinds.iter().filter(|one| *one == kind).count();
    (of("unknown_status"), of("parked"))
}

#[apply(story)]
async fn one_word_is_one_thing_to_decide_and_one_alert_however_many_orders_wait() {
    let book = Book::start().await;
    let orders = said_of(&book, 3).await;
    let items = book.work_items().await;
    assert_eq!(items.len(), 1, "{items:?}");
    let (phrase, waiting) = (&items[0]["phrase"], &items[0]["waiting"]);
    assert_eq!(
        (&phrase["kind"], &phrase["example"]),
        (&json!("status"), &json!(WORD))
    );
    assert_eq!(
        (&waiting["orders"], &waiting["held"]),
        (&json!(3), &json!("2.70"))
    );
    assert_eq!(alerts(&book).await, (1, 0));
    let view = book.get(&format!("/phrases/{}", phrase["phrase_id"])).await;
    let asked = json!({"orders": 3, "held": "2.70"});
    assert_eq!(view["classes"][3]["class"], "completed");
    assert_eq!(view["classes"][3]["asked_again"], asked, "{view}");
    book.sort_at_once(phrase["phrase_id"].as_i64().unwrap(), "completed", 3)
        .await;
    assert_eq!(book.work_items().await, Vec::<Value>::new());
    for order in orders {
        assert_eq!(book.shown(order).await, "Completed 0.90 0");
    }
    assert_eq!(alerts(&book).await, (1, 0));
    assert_eq!(book.adds(), 3, "nothing was sent again");
    book.panel.finish().await;
}

#[apply(story)]
async fn orders_that_were_parked_on_a_word_go_on_when_it_is_sorted() {
    let book = Book::start().await;
    let orders = said_of(&book, 2).await;
    // One that is parked for something else, with a word that is known.
    let vague = r#"{"charge":"0.3","status":"Partial"}"#.to_owned();
    book.panel.provider.script_next(1, Script::Says(vague));
    let other = book.panel.order("https://x.test/other", 1000).await;
    for _ in 0..30 {
        book.panel.advance(HOUR);
        book.panel.work().await;
    }
    let states = "SELECT state FROM dispatches ORDER BY id";
    assert_eq!(texts(&book.panel, states).await, ["parked"; 3]);
    let items = book.work_items().await;
    assert_eq!(items.len(), 1, "{items:?}");
    assert_eq!(items[0]["waiting"]["orders"], 2);
    // At once, after 1 h, 4 h and 24 h; of the order with the known word by itself.
    assert_eq!(alerts(&book).await, (4, 1));
    let phrase = items[0]["phrase"]["phrase_id"].as_i64().unwrap();
    book.sort(phrase, "canceled").await;
    book.panel.advance(DELAY);
    book.panel.work().await;
    book.panel.advance(harness::MINUTE);
    book.panel.work().await;
    for order in orders {
        assert_eq!(book.shown(order).await, "Canceled 0.00 1000");
    }
    assert_eq!(book.shown(other).await, "Processing 0.90 1000");
    assert_eq!(
        book.deeds().await,
        [
            format!("operator:3 phrase_sorted phrase:{phrase}"),
            format!("panel phrase_applied phrase:{phrase}"),
        ]
    );
    book.panel.finish().await;
}
