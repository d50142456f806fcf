//! "Review processes take 24-48 hours": what waits, in which sequence, and what was counted.

use super::*;

impl Desk {
    /// The numbers of the tickets in the queue that match.
    async fn queue(&self, query: &str) -> Vec<i64> {
        let page = self.staff_get(query).await;
        let tickets = page["tickets"].as_array().unwrap();
        tickets
            .iter()
            .map(|ticket| ticket["ticket_id"].as_i64().unwrap())
            .collect()
    }
}

#[apply(story)]
async fn the_queue_has_what_waits_first_and_the_earliest_due_before_the_rest() {
    let desk = Desk::start().await;
    let mut tickets = Vec::new();
    for n in 0..5 {
        let order = desk.panel.order(&format!("https://x.test/{n}"), 50).await;
        tickets.push(desk.files(order).await);
        desk.panel.advance(HOUR);
    }
    let &[closed, first, answered, second, third] = tickets.as_slice() else {
        panic!("five tickets");
    };
    let done = desk.decides(&desk.support, closed, outcome("decline"));
    assert_eq!(done.await.status, 200);
    let told = json!({"message": "We are looking into it."});
    let path = format!("/{answered}/messages");
    let told = desk.staff_post(&desk.support, &path, told).await;
    assert_eq!(told.status, 201);
    let all = [first, second, third, answered, closed];
    assert_eq!(desk.queue("").await, all);
    // Page by page, over the borders of states.
    let mut read = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = desk.staff_get(&format!("?limit=2{cursor}")).await;
        let tickets = page["tickets"].as_array().unwrap().iter();
        read.extend(tickets.map(|ticket| ticket["ticket_id"].as_i64().unwrap()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(read, all);
    assert_eq!(desk.queue("?state=answered").await, [answered]);
    assert_eq!(desk.queue("?state=closed").await, [closed]);
    let account = desk.panel.account;
    assert_eq!(desk.queue(&format!("?account_id={account}")).await, all);
    assert_eq!(desk.queue("?account_id=99").await, [0; 0]);
    assert_eq!(desk.queue("?order_id=2").await, [first]);
    // Filed at 1, 2, 3 and 4 o'clock: at 2 o'clock of the next day the first two are due.
    desk.panel.advance(21 * HOUR);
    assert_eq!(desk.queue("?due=true").await, [first, answered]);
    assert_eq!(desk.queue("?overdue=true").await, [0; 0]);
    assert_eq!(desk.queue("?due=false").await, [second, third, closed]);
    desk.panel.advance(24 * HOUR);
    assert_eq!(desk.queue("?overdue=true").await, [first, answered]);
    assert_eq!(desk.queue("?due=true&overdue=false").await, [second, third]);
    let shown = desk.staff_get(&format!("/{first}")).await;
    assert_eq!(shown["overdue_at"], "2026-11-03T01:00:00.000Z");
    assert_eq!(
        (&shown["due"], &shown["overdue"]),
        (&json!(true), &json!(true))
    );
    let shown = desk.staff_get(&format!("/{closed}")).await;
    assert_eq!(
        (&shown["due"], &shown["overdue"]),
        (&json!(false), &json!(false))
    );
    for bad in ["?cursor=2", "?cursor=lost-1", "?state=lost", "?due=perhaps"] {
        let path = format!("/operator/v1/tickets{bad}");
        let reply = desk
            .panel
            .ask(&desk.support, Method::GET, &path, None)
            .await;
        assert_eq!(refused(&reply), "400 request_invalid", "{bad}");
    }
    desk.panel.finish().await;
}

#[apply(story)]
async fn the_reviewer_records_what_was_counted_and_the_customer_reads_it() {
    let desk = Desk::start().await;
    let order = desk.completed("https://x.test/a").await;
    let ticket = desk.files(order).await;
    let path = format!("/{ticket}/counts");
    for (body, no) in [
        (
            json!({"start_count": -1, "current_count": 0}),
            "422 field_invalid",
        ),
        (
            json!({"start_count": 0, "current_count": -1}),
            "422 field_invalid",
        ),
        (json!({"start_count": 0}), "400 request_invalid"),
        (
            json!({"start_count": 0, "current_count": 1, "counted_by": "me"}),
            "400 request_invalid",
        ),
        (
            json!({"start_count": 0, "current_count": 1.5}),
            "400 request_invalid",
        ),
    ] {
        let reply = desk.staff_post(&desk.support, &path, body.clone()).await;
        assert_eq!(refused(&reply), no, "{body}");
    }
    let counted = json!({"start_count": 100, "current_count": 700});
    let reply = desk.staff_post(&desk.support, &path, counted).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let counts = &reply.json()["counts"];
    assert_eq!(counts["counted_by"], "support:3");
    let again = json!({"start_count": 100, "current_count": 650});
    let reply = desk.staff_post(&desk.operator, &path, again).await;
    assert_eq!(reply.json()["counts"]["counted_by"], "operator:2");
    let shown = desk.get(&format!("/tickets/{ticket}")).await;
    let counts = (&shown["start_count"], &shown["current_count"]);
    assert_eq!(counts, (&json!(100), &json!(650)));
    let log = "SELECT actor || ' ' || COALESCE(was, '-') || ' ' || became FROM audit_log \
               WHERE action = 'ticket_counted' ORDER BY id";
    assert_eq!(
        texts(&desk.panel, log).await,
        [
            r#"support:3 - {"start_count":100,"current_count":700}"#,
            r#"operator:2 {"start_count":100,"current_count":700} {"start_count":100,"current_count":650}"#
        ]
    );
    let missing = desk
        .staff_post(
            &desk.support,
            "/99/counts",
            json!({"start_count": 0, "current_count": 0}),
        )
        .await;
    assert_eq!(refused(&missing), "404 object_unknown");
    desk.panel.finish().await;
}
