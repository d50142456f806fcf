//! The phrasebook as a file.

use super::*;

#[apply(story)]
async fn what_is_exported_can_be_imported_again_and_changes_nothing() {
    let book = Book::start().await;
    book.waiting(1).await;
    let phrase = book.the_phrase().await;
    book.sort_at_once(phrase, "order_fault", 1).await;
    let file = book.get("/phrase-file").await["csv"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(file.lines().count(), 2, "{file}");
    let row = file.lines().last().unwrap();
    assert!(row.starts_with("simulated,refusal,order_fault,-,"), "{row}");
    let import = json!({"csv": file, "reason": "again"});
    let done = book.done("/phrase-file", import.clone()).await;
    let counts = |done: &Value| {
        format!(
            "{} {} {}",
            done["sorted"], done["unchanged"], done["decided"]
        )
    };
    assert_eq!(counts(&done), "0 1 0");

    // Another panel takes it over, whose provider has the same name.
    let other = Book::start().await;
    let done = other.done("/phrase-file", import.clone()).await;
    assert_eq!(
        (counts(&done), &done["refused"]),
        ("1 0 0".to_owned(), &json!([]))
    );
    let done = other.done("/phrase-file", import).await;
    assert_eq!(counts(&done), "0 1 0");
    other.panel.work().await;
    let order = other.answered("https://x.test/a", NEW).await;
    assert_eq!(other.shown(order).await, "Canceled 0.00 1000");
    let deeds = other.deeds().await;
    let imports = deeds
        .iter()
        .filter(|deed| deed.ends_with("phrases_imported phrases"));
    assert_eq!(imports.count(), 2, "{deeds:?}");
    other.panel.finish().await;
    book.panel.finish().await;
}

#[apply(story)]
async fn a_row_that_orders_wait_on_takes_effect_after_its_delay() {
    let book = Book::start().await;
    let orders = book.waiting(1).await;
    let csv = format!("class,sentence\norder_fault,{NEW}\n");
    let done = book
        .done("/phrase-file", json!({"csv": csv, "reason": "known"}))
        .await;
    assert_eq!(
        (&done["sorted"], &done["decided"]),
        (&json!(0), &json!(1)),
        "{done}"
    );
    book.panel.work().await;
    assert_eq!(book.shown(orders[0]).await, "Pending 0.90 1000");
    book.panel.advance(DELAY);
    book.panel.work().await;
    assert_eq!(book.shown(orders[0]).await, "Canceled 0.00 1000");
    book.panel.finish().await;
}

#[apply(story)]
async fn rows_that_cannot_be_meant_are_named_and_the_others_taken() {
    let book = Book::start().await;
    let csv = "provider,kind,class,sentence,source\n\
               nobody,,order_fault,No such link here,a page\n\
               simulated,,order_fault,No such link here,a page\n\
               ,,lost,No such link here,a page\n\
               ,,our_funds,SQLSTATE[HY000]: no,a page\n\
               ,,order_fault,!!,a page\n\
               ,status,completed,Zakończone,a page\n";
    let done = book
        .done("/phrase-file", json!({"csv": csv, "reason": "r"}))
        .await;
    assert_eq!(done["sorted"], 2, "{done}");
    let rows: Vec<i64> = done["refused"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["row"].as_i64().unwrap())
        .collect();
    assert_eq!(rows, [2, 4, 5, 6], "{done}");
    let no = book
        .no("/phrase-file", json!({"csv": "a,b\n1,2\n", "reason": "r"}))
        .await;
    assert_eq!(no, "422 field_invalid file");
    let file = book.get("/phrase-file").await["csv"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        file.contains(",status,completed,-,Zakończone,a page,zakończone"),
        "{file}"
    );
    book.panel.finish().await;
}
