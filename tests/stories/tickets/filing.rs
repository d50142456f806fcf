//! Who may file what, and write to it.

use super::*;

#[apply(story)]
async fn a_ticket_names_an_order_of_its_account_and_is_read_with_its_times() {
    let desk = Desk::start().await;
    let order = desk.panel.order("https://x.test/a", 1000).await;
    // "Tickets may be filed at any time": before the end, and long after it.
    let ticket = desk.files(order).await;
    let shown = desk.get(&format!("/tickets/{ticket}")).await;
    assert_eq!(
        shown,
        json!({
            "ticket_id": 1,
            "order_id": order,
            "state": "open",
            "description": WHAT,
            "created_at": "2026-11-01T00:00:00.000Z",
            "due_at": "2026-11-02T00:00:00.000Z",
            "overdue_at": "2026-11-03T00:00:00.000Z",
            "overdue": false,
            "messages": [],
            "screenshots": [],
        })
    );
    let done = desk.completed("https://x.test/b").await;
    desk.panel.advance(400 * 24 * HOUR);
    let late = desk.files(done).await;
    let listed = desk.get("/tickets").await;
    let numbers = |page: &Value| -> Vec<i64> {
        let tickets = page["tickets"].as_array().unwrap();
        tickets
            .iter()
            .map(|it| it["ticket_id"].as_i64().unwrap())
            .collect()
    };
    assert_eq!(numbers(&listed), [ticket, late]);
    assert_eq!(listed["tickets"][0]["overdue"], true);
    let of_order = desk.get(&format!("/tickets?order_id={done}")).await;
    assert_eq!(numbers(&of_order), [late]);
    let page = desk.get("/tickets?limit=1").await;
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = desk.get(&format!("/tickets?cursor={cursor}")).await;
    assert_eq!(numbers(&rest), [late]);
    assert_eq!(rest["next_cursor"], Value::Null);
    desk.panel.finish().await;
}

#[apply(story)]
async fn a_ticket_has_a_description_and_nothing_else() {
    let desk = Desk::start().await;
    let order = desk.completed("https://x.test/a").await;
    let path = format!("/orders/{order}/tickets");
    let text = |text: &str| json!({"description": text});
    for (body, no) in [
        (text("short"), "422 field_invalid"),
        (text(&" ".repeat(40)), "422 field_invalid"),
        (text(&"x".repeat(2_001)), "422 field_invalid"),
        (text("\u{0} is in this description"), "422 field_invalid"),
        (json!({}), "400 request_invalid"),
        (json!([WHAT]), "400 request_invalid"),
        (
            json!({"description": WHAT, "state": "closed"}),
            "400 request_invalid",
        ),
        (
            json!({"description": WHAT, "proposed_nano": 1}),
            "400 request_invalid",
        ),
    ] {
        let reply = desk.post(&path, body.clone()).await;
        assert_eq!(refused(&reply), no, "{body}");
    }
    assert_eq!(desk.get("/tickets").await["tickets"], json!([]));
    desk.panel.finish().await;
}

#[apply(story)]
async fn an_order_has_one_undecided_ticket_and_later_another() {
    let desk = Desk::start().await;
    let order = desk.completed("https://x.test/a").await;
    let path = format!("/orders/{order}/tickets");
    let open = || desk.post(&path, json!({"description": WHAT}));
    let (a, b, c) = tokio::join!(open(), open(), open());
    let mut answers = [a.status, b.status, c.status];
    answers.sort_unstable();
    assert_eq!(answers, [201, 409, 409]);
    let again = open().await;
    assert_eq!(refused(&again), "409 state_conflict");
    let why = "ticket 1 of this order is not decided: write to that one";
    assert_eq!(says(&again), why);
    let done = desk.decides(&desk.support, 1, outcome("decline")).await;
    assert_eq!(done.status, 200, "{}", done.body);
    assert_eq!(open().await.status, 201);
    desk.panel.finish().await;
}

#[apply(story)]
async fn an_account_has_at_most_a_hundred_undecided_tickets() {
    let desk = Desk::start().await;
    let order = desk.completed("https://x.test/a").await;
    for n in 0..99 {
        let link = format!("https://x.test/more-{n}");
        let other = desk.panel.order(&link, 50).await;
        let sql = format!(
            "INSERT INTO tickets (order_id, account_id, description, state, created_at_ms) \
             VALUES ({other}, {}, 'one of many', 'open', 0)",
            desk.panel.account
        );
        desk.panel.sql(&sql).await;
    }
    desk.files(order).await;
    let another = desk.panel.order("https://x.test/last", 50).await;
    let path = format!("/orders/{another}/tickets");
    let reply = desk.post(&path, json!({"description": WHAT})).await;
    assert_eq!(refused(&reply), "409 state_conflict");
    let why = "an account has at most 100 undecided tickets, and this one has 100";
    assert_eq!(says(&reply), why);
    desk.panel.finish().await;
}

#[apply(story)]
async fn customer_and_staff_write_to_each_other_until_it_is_decided() {
    let desk = Desk::start().await;
    let order = desk.completed("https://x.test/a").await;
    let ticket = desk.files(order).await;
    let messages = format!("/tickets/{ticket}/messages");
    let own = format!("/{ticket}/messages");
    let state = async || desk.get(&format!("/tickets/{ticket}")).await["state"].clone();
    for text in ["", " \n ", "a\u{1b}[2J", &"x".repeat(2_001)] {
        let body = json!({"message": text});
        let reply = desk.post(&messages, body.clone()).await;
        assert_eq!(refused(&reply), "422 field_invalid", "{text:?}");
        let reply = desk.staff_post(&desk.support, &own, body).await;
        assert_eq!(refused(&reply), "422 field_invalid", "{text:?}");
    }
    let asked = json!({"message": "Which profile is it?"});
    let reply = desk.staff_post(&desk.support, &own, asked).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    assert_eq!(reply.json()["author"], "support:3");
    assert_eq!(state().await, "answered");
    let answer = json!({"message": "It is the second one."});
    let reply = desk.post(&messages, answer.clone()).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    assert_eq!(state().await, "open");
    let shown = desk.get(&format!("/tickets/{ticket}")).await;
    let told: Vec<String> = shown["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| format!("{} {}", it["from"], it["message"]))
        .collect();
    assert_eq!(
        told,
        [
            r#""staff" "Which profile is it?""#,
            r#""customer" "It is the second one.""#
        ]
    );
    // Who of the staff wrote is no customer's business, and is in the row.
    assert!(!shown.to_string().contains("support"), "{shown}");
    let whole = desk.staff_get(&format!("/{ticket}")).await;
    assert_eq!(whole["messages"][0]["author"], "support:3");
    assert_eq!(whole["messages"][1]["author"], "reseller:1");
    let done = desk.decides(&desk.support, ticket, outcome("correction"));
    assert_eq!(done.await.status, 200);
    let reply = desk.post(&messages, answer.clone()).await;
    assert_eq!(refused(&reply), "409 state_conflict");
    assert_eq!(
        says(&reply),
        "ticket 1 is closed: its outcome is correction"
    );
    let reply = desk.staff_post(&desk.operator, &own, answer).await;
    assert_eq!(refused(&reply), "409 state_conflict");
    desk.panel.finish().await;
}

#[apply(story)]
async fn what_is_somebody_elses_is_as_good_as_missing() {
    let desk = Desk::start().await;
    let order = desk.completed("https://x.test/a").await;
    let ticket = desk.files(order).await;
    let (_, theirs) = account(&desk.panel.panel, "bob", "5").await;
    let ask = async |method: Method, path: String, body: Option<Value>| {
        let path = format!("/api/v3{path}");
        let reply = desk.panel.ask(&theirs, method, &path, body).await;
        let mut json = reply.json();
        json.as_object_mut().unwrap().remove("request_id");
        (reply.status, json)
    };
    for (mine, missing) in [(order, 999), (ticket, 999)] {
        let open = json!({"description": WHAT});
        let write = json!({"message": "Hello."});
        for (method, path, body) in [
            (Method::POST, "/orders/#/tickets", Some(open)),
            (Method::GET, "/tickets/#", None),
            (Method::POST, "/tickets/#/messages", Some(write)),
        ] {
            let about = |id: i64| path.replace('#', &id.to_string());
            let first = ask(method.clone(), about(mine), body.clone()).await;
            let second = ask(method, about(missing), body).await;
            assert_eq!(first.0, 404, "{path}");
            assert_eq!(first, second, "{path}");
        }
    }
    let (status, listed) = ask(Method::GET, "/tickets".to_owned(), None).await;
    assert_eq!((status, &listed["tickets"]), (200, &json!([])));
    let shown = desk.get(&format!("/tickets/{ticket}")).await;
    assert_eq!(shown["messages"], json!([]));
    // A customer's key is no key of the staff.
    let reply = desk.decides(&desk.panel.key, ticket, refund("0.10")).await;
    assert_eq!(refused(&reply), "403 forbidden");
    desk.panel.finish().await;
}

#[apply(story)]
async fn what_was_written_and_what_was_decided_never_changes() {
    use sea_orm::ConnectionTrait;

    let desk = Desk::start().await;
    let order = desk.completed("https://x.test/a").await;
    let ticket = desk.files(order).await;
    let path = format!("/tickets/{ticket}/messages");
    let written = desk.post(&path, json!({"message": "Hello."})).await;
    assert_eq!(written.status, 201, "{}", written.body);
    let done = desk.decides(&desk.support, ticket, outcome("decline"));
    assert_eq!(done.await.status, 200);
    for (change, why) in [
        (
            "UPDATE ticket_messages SET message = 'Goodbye.'",
            "append-only",
        ),
        ("DELETE FROM ticket_messages", "append-only"),
        (
            "UPDATE tickets SET state = 'open', outcome = NULL, decided_at_ms = NULL",
            "a terminal state of tickets never changes",
        ),
    ] {
        let tx = desk.panel.panel.db.begin().await.unwrap();
        let changed = tx.execute_unprepared(change).await;
        let refused = changed.unwrap_err().to_string();
        assert!(refused.contains(why), "{refused}");
    }
    desk.panel.finish().await;
}
