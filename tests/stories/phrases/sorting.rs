//! One sentence, one decision.

use harness::{HOUR, MINUTE};

use super::*;

#[apply(story)]
async fn one_sentence_is_one_thing_to_decide_and_one_alert_however_many_orders_wait() {
    let book = Book::start().await;
    assert_eq!(book.work_items().await, Vec::<Value>::new());
    let orders = book.waiting(3).await;
    for order in &orders {
        assert_eq!(book.shown(*order).await, "Pending 0.90 1000");
    }
    let items = book.work_items().await;
    assert_eq!(items.len(), 1, "{items:?}");
    let (phrase, waiting) = (&items[0]["phrase"], &items[0]["waiting"]);
    assert!(
        phrase["example"].as_str().unwrap().contains(NEW),
        "{phrase}"
    );
    assert_eq!(phrase["provider_name"], "simulated");
    assert_eq!(phrase["times_seen"], 3);
    assert!(phrase.get("class").is_none(), "{phrase}");
    assert_eq!(
        (&waiting["orders"], &waiting["held"]),
        (&json!(3), &json!("2.70"))
    );
    // 1 h, 4 h, 24 h later, then daily.
    assert_eq!(book.alerts().await, 1);
    for (hours, alerts) in [(1, 2), (4, 3), (24, 4), (24, 5)] {
        book.panel.advance(hours * HOUR - MINUTE);
        book.panel.work().await;
        assert_eq!(book.alerts().await, alerts - 1, "after {hours} h");
        book.panel.advance(MINUTE);
        book.panel.work().await;
        assert_eq!(book.alerts().await, alerts, "after {hours} h");
    }
    assert_eq!(book.adds(), 3, "nothing was sent again");
    book.panel.finish().await;
}

#[apply(story)]
async fn what_a_sorting_would_do_is_shown_before_and_nothing_happens_before_its_time() {
    let book = Book::start().await;
    let orders = book.waiting(2).await;
    let phrase = book.the_phrase().await;
    let shown = book.get(&format!("/phrases/{phrase}")).await;
    assert_eq!(shown["waiting"]["held"], "1.80");
    assert_eq!(shown["complete"], true);
    let of = |class: &str| {
        let classes = shown["classes"].as_array().unwrap();
        let found = classes.iter().find(|one| one["class"] == class);
        found.unwrap_or_else(|| panic!("no {class}: {shown}"))["outlook"].clone()
    };
    assert_eq!(of("order_fault")["rejected"], 2);
    assert_eq!(of("order_fault")["rejected_held"], "1.80");
    assert_eq!(of("order_fault")["stays_held"], "0.00");
    assert_eq!(of("our_funds")["sent_again"], 2);
    assert_eq!(of("wait_for_link")["sent_again"], 2);
    for class in ["server_fault", "not_a_refusal", "request_id_conflict"] {
        assert_eq!(of(class)["stays"], 2, "{class}");
    }

    let decision = book.sort(phrase, "too_many_requests").await;
    assert_eq!(decision["state"], "pending");
    assert_eq!(
        (&decision["orders"], &decision["held"]),
        (&json!(2), &json!("1.80"))
    );
    let item = &book.work_items().await[0];
    assert_eq!(item["open_decision_id"], decision["decision_id"]);
    book.panel.advance(DELAY - 1);
    book.panel.work().await;
    assert_eq!(book.adds(), 2);
    book.panel.advance(1);
    book.panel.work().await;
    assert_eq!(book.adds(), 4, "both are sent again");
    for order in orders {
        assert_eq!(book.shown(order).await, "Processing 0.90 1000");
    }
    assert_eq!(book.work_items().await, Vec::<Value>::new());
    let known = book.get(&format!("/phrases/{phrase}")).await["phrase"].clone();
    assert_eq!(known["class"], "too_many_requests");
    assert_eq!(
        (&known["origin"], &known["sorted_by"]),
        (&json!("provider"), &json!("operator:3"))
    );
    assert_eq!(
        book.deeds().await,
        [
            format!("operator:3 phrase_sorted phrase:{phrase}"),
            format!("panel phrase_applied phrase:{phrase}"),
        ]
    );
    book.panel.finish().await;
}

#[apply(story)]
async fn a_sorting_can_be_undone_within_its_delay() {
    let book = Book::start().await;
    let orders = book.waiting(1).await;
    let phrase = book.the_phrase().await;
    let decision = book.sort(phrase, "order_fault").await;
    let again = json!({"class": "our_funds", "reason": "no"});
    let path = format!("/phrases/{phrase}/sorting");
    assert_eq!(
        book.no(&path, again).await,
        "409 state_conflict -",
        "one is open"
    );
    let undo = format!("/phrase-decisions/{}/undo", decision["decision_id"]);
    let open = book.get("/phrase-decisions?open=true").await;
    assert_eq!(open["decisions"].as_array().unwrap().len(), 1);
    let (status, undone) = book.ask(&book.otto, Method::POST, &undo, None).await;
    assert_eq!(
        (status, &undone["state"]),
        (200, &json!("undone")),
        "{undone}"
    );
    assert_eq!(undone["ended_by"], "operator:4");
    book.panel.advance(2 * DELAY);
    book.panel.work().await;
    assert_eq!(book.shown(orders[0]).await, "Pending 0.90 1000");
    let (status, _) = book.ask(&book.otto, Method::POST, &undo, None).await;
    assert_eq!(status, 409);
    // What has taken effect cannot be undone, only sorted again, for answers to come.
    book.sort_at_once(phrase, "order_fault", 1).await;
    assert_eq!(book.shown(orders[0]).await, "Canceled 0.00 1000");
    let list = book
        .get(&format!("/phrase-decisions?phrase_id={phrase}"))
        .await;
    let last = list["decisions"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    assert_eq!(last["state"], "applied");
    assert!(last["done_at"].is_string(), "{last}");
    let undo = format!("/phrase-decisions/{}/undo", last["decision_id"]);
    let (status, _) = book.ask(&book.olga, Method::POST, &undo, None).await;
    assert_eq!(status, 409);
    book.panel.finish().await;
}

#[apply(story)]
async fn only_operators_sort_and_only_by_what_there_is() {
    let book = Book::start().await;
    book.waiting(1).await;
    let phrase = book.the_phrase().await;
    let path = format!("/phrases/{phrase}/sorting");
    let given = json!({"class": "order_fault", "reason": "r"});
    for key in [&book.support, &book.panel.key] {
        let (status, _) = book
            .ask(key, Method::POST, &path, Some(given.clone()))
            .await;
        assert_eq!(status, 403);
    }
    for (body, no) in [
        (
            json!({"class": "completed", "reason": "r"}),
            "422 field_invalid class",
        ),
        (
            json!({"class": "order_fault", "reason": " "}),
            "422 field_invalid reason",
        ),
        (
            json!({"class": "lost", "reason": "r"}),
            "400 request_invalid class",
        ),
        (
            json!({"class": "order_fault", "reason": "r", "orders": 2}),
            "409 state_conflict -",
        ),
        (
            json!({"class": "order_fault", "reason": "r", "orders": 0}),
            "409 state_conflict -",
        ),
    ] {
        assert_eq!(book.no(&path, body.clone()).await, no, "{body}");
    }
    assert_eq!(
        book.no("/phrases/99/sorting", given).await,
        "404 object_unknown phrase"
    );
    assert_eq!(
        book.get("/phrase-decisions").await,
        json!({"decisions": []})
    );
    book.panel.finish().await;
}

#[apply(story)]
async fn a_sentence_with_marks_of_a_servers_fault_is_nothing_else() {
    let book = Book::start().await;
    let sentence = "SQLSTATE[23000]: Duplicate entry for key 'orders.api_key_unique'";
    let order = book.answered("https://x.test/a", sentence).await;
    let phrase = book.the_phrase().await;
    let shown = book.get(&format!("/phrases/{phrase}")).await;
    let classes: Vec<&Value> = shown["classes"].as_array().unwrap().iter().collect();
    assert_eq!(classes.len(), 1, "{shown}");
    assert_eq!(shown["phrase"]["class"], "server_fault");
    for class in ["our_account", "order_fault", "not_a_refusal"] {
        let body = json!({"class": class, "reason": "r"});
        let no = book.no(&format!("/phrases/{phrase}/sorting"), body).await;
        assert_eq!(no, "422 field_invalid class", "{class}");
    }
    book.sort_at_once(phrase, "server_fault", 1).await;
    assert_eq!(
        book.shown(order).await,
        "Pending 0.90 1000",
        "it stays parked"
    );
    assert_eq!(book.adds(), 1);
    book.panel.finish().await;
}

/// The operator is told by each order what its sentence was sorted as, and what to do next.
#[apply(story)]
async fn what_stays_parked_says_what_its_sentence_was_sorted_as() {
    let book = Book::start().await;
    book.waiting(2).await;
    let reasons = async || {
        let listed = book.get("/dispatches").await["dispatches"].clone();
        let listed = listed.as_array().unwrap().iter();
        listed
            .map(|one| one["reason"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let says = format!("the provider says {NEW:?}");
    let unsorted = format!("{says}, which nobody has sorted");
    assert_eq!(reasons().await, [&*unsorted; 2]);
    let phrase = book.the_phrase().await;
    for class in ["server_fault", "not_a_refusal"] {
        book.sort_at_once(phrase, class, 2).await;
        let sorted = format!(
            "{says}; sorted as {class}: ask the provider what became of the order, then decide it by \
             dispatch resolve, or all that wait on the sentence by phrase decide"
        );
        assert_eq!(reasons().await, [&*sorted; 2]);
    }
    // And so does the next one.
    book.answered("https://x.test/next", NEW).await;
    let reasons = reasons().await;
    assert_eq!(reasons[2], reasons[0]);
    book.panel.finish().await;
}

#[apply(story)]
async fn a_sorted_sentence_is_known_from_then_on() {
    let book = Book::start().await;
    book.waiting(1).await;
    let phrase = book.the_phrase().await;
    book.sort_at_once(phrase, "order_fault", 1).await;
    let next = book.answered("https://x.test/next", NEW).await;
    assert_eq!(book.shown(next).await, "Canceled 0.00 1000");
    // However it is spelled.
    let spelled = "YOUR  reseller plan - does not include this!";
    let next = book.answered("https://x.test/spelled", spelled).await;
    assert_eq!(book.shown(next).await, "Canceled 0.00 1000");
    // And sorted again, for answers to come.
    let body = json!({"class": "not_a_refusal", "reason": "they deliver", "orders": 0});
    book.done(&format!("/phrases/{phrase}/sorting"), body).await;
    book.panel.work().await;
    let next = book.answered("https://x.test/later", NEW).await;
    assert_eq!(book.shown(next).await, "Pending 0.90 1000");
    let seen = book.get("/phrases?kind=refusal").await["phrases"][0]["times_seen"].clone();
    assert_eq!(seen, 4);
    book.panel.finish().await;
}

#[apply(story)]
async fn a_sentence_can_be_sorted_before_anybody_says_it() {
    let book = Book::start().await;
    let new = json!({"kind": "refusal", "sentence": NEW});
    let (status, added) = book.post("/phrases", new.clone()).await;
    assert_eq!(status, 201, "{added}");
    assert!(added.get("provider_id").is_none(), "{added}");
    let (_, again) = book.post("/phrases", new).await;
    assert_eq!(added["phrase_id"], again["phrase_id"]);
    let phrase = added["phrase_id"].as_i64().unwrap();
    book.sort_at_once(phrase, "order_fault", 0).await;
    let order = book.answered("https://x.test/a", NEW).await;
    assert_eq!(book.shown(order).await, "Canceled 0.00 1000");
    for (body, no) in [
        (
            json!({"kind": "refusal", "sentence": "!?"}),
            "422 field_invalid sentence",
        ),
        (
            json!({"kind": "refusal", "sentence": ""}),
            "422 field_invalid sentence",
        ),
        (
            json!({"kind": "refusal", "sentence": "x", "provider_id": 9}),
            "404 object_unknown provider",
        ),
    ] {
        assert_eq!(book.no("/phrases", body.clone()).await, no, "{body}");
    }
    book.panel.finish().await;
}
