//! Lists: by time, with what people read, and nothing that is not documented.

use harness::HOUR;
use sea_orm::ConnectionTrait;

use super::*;

const LINK: &str = "https://x.test/1";

/// The lists that can be asked for by time.
const BY_TIME: [&str; 23] = [
    "/accounts",
    "/accounts/1/credits",
    "/accounts/1/notices",
    "/adjustments",
    "/alerts",
    "/audit",
    "/cases",
    "/chargebacks",
    "/deposit-reviews",
    "/deposits",
    "/disputes",
    "/manual-orders",
    "/manual-refills",
    "/orders",
    "/phrase-decisions",
    "/suspensions",
    "/sync-reports",
    "/tickets",
    "/accounts?role=reseller",
    "/dispatches",
    "/refill-dispatches",
    "/phrases",
    "/sync-differences",
];

/// How many rows a list has.
fn rows(page: &Value) -> usize {
    let lists = page.as_object().unwrap().values();
    let lists: Vec<usize> = lists
        .filter_map(|list| Some(list.as_array()?.len()))
        .collect();
    assert_eq!(lists.len(), 1, "{page}");
    lists[0]
}

#[apply(story)]
async fn every_list_of_what_happens_can_be_asked_for_by_time() {
    let desk = Desk::start().await;
    let panel = &desk.panel;
    let begun = panel.clock.now();
    let first = panel.order(LINK, 1000).await;
    panel.advance(HOUR);
    let noon = panel.clock.now();
    let second = panel.order("https://x.test/2", 1000).await;
    let (status, told) = desk
        .post(
            "/accounts/1/credit",
            json!({"amount": "1.00", "reference": "r", "reason": "w"}),
        )
        .await;
    assert_eq!(status, 201, "{told}");
    let parked = "UPDATE dispatches SET state = 'parked' WHERE state = 'queued'";
    let db = &panel.panel.db;
    let tx = db.begin().await.unwrap();
    tx.execute_unprepared(parked).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(rows(&desk.get("/dispatches").await), 2);
    for path in BY_TIME {
        let joint = if path.contains('?') { '&' } else { '?' };
        let count = async |period: &str| rows(&desk.get(&format!("{path}{joint}{period}")).await);
        let all = rows(&desk.get(path).await);
        let before = count(&format!("created_before={noon}")).await;
        let from = count(&format!("created_from={noon}")).await;
        assert_eq!(before + from, all, "{path}");
        assert_eq!(count(&format!("created_from={begun}")).await, all, "{path}");
        assert_eq!(
            count("created_from=2999-01-01T00:00:00Z").await,
            0,
            "{path}"
        );
        let bad = ask_as(
            panel,
            &desk.operator,
            Method::GET,
            &format!("{path}{joint}created_from=noon"),
            None,
        )
        .await;
        assert_eq!(refused(&bad), (400, "request_invalid".to_owned()), "{path}");
    }
    let tx = db.begin().await.unwrap();
    let queued = "UPDATE dispatches SET state = 'queued' WHERE state = 'parked'";
    tx.execute_unprepared(queued).await.unwrap();
    tx.commit().await.unwrap();
    let orders = async |period: &str| {
        let page = desk.get(&format!("/orders?{period}")).await;
        let orders = page["orders"].as_array().unwrap().iter();
        orders
            .map(|order| order["order_id"].as_i64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(orders(&format!("created_before={noon}")).await, [first]);
    assert_eq!(orders(&format!("created_from={noon}")).await, [second]);
    let shown = desk.get("/orders").await;
    assert_eq!(shown["orders"][0]["service_name"], "Followers", "{shown}");
    desk.panel.finish().await;
}

#[apply(story)]
async fn a_parameter_that_is_not_documented_is_refused_by_name_and_nothing_is_done() {
    let desk = Desk::start().await;
    let panel = &desk.panel;
    let ask = async |key: &str, method: Method, path: &str, body: Option<Value>| {
        let reply = panel.ask(key, method, path, body).await;
        let field = reply.json()["details"]["field"].as_str().map(str::to_owned);
        (reply.status, field, reply.body)
    };
    for (path, field) in [
        ("/operator/v1/orders?acount_id=1", "acount_id"),
        ("/operator/v1/orders?limit=1&Limit=2", "Limit"),
        ("/operator/v1/orders?limit=1&limit=2", "limit"),
        ("/operator/v1/orders/1?full=true", "full"),
        ("/operator/v1/me?x", "x"),
    ] {
        let (status, named, body) = ask(&desk.operator, Method::GET, path, None).await;
        assert_eq!(
            (status, named.as_deref()),
            (400, Some(field)),
            "{path}: {body}"
        );
    }
    for (path, field) in [
        ("/api/v3/orders?page=2", "page"),
        ("/api/v3/wallet?currency=EUR", "currency"),
    ] {
        let (status, named, body) = ask(&panel.key, Method::GET, path, None).await;
        assert_eq!(
            (status, named.as_deref()),
            (400, Some(field)),
            "{path}: {body}"
        );
    }
    let order = json!({"service_id": 1, "link": LINK, "quantity": 1000});
    let path = "/api/v3/orders?dry_run=true";
    let (status, named, body) = ask(&panel.key, Method::POST, path, Some(order)).await;
    assert_eq!((status, named.as_deref()), (400, Some("dry_run")), "{body}");
    assert!(
        body.contains("the query of this operation has none"),
        "{body}"
    );
    assert_eq!(panel.balance().await, "100.00");
    // What is not there is told so, whatever it is asked with.
    let (status, ..) = ask(&panel.key, Method::GET, "/api/v3/nothing?x=1", None).await;
    assert_eq!(status, 404);
    desk.panel.finish().await;
}

#[apply(story)]
async fn the_audit_log_is_saved_and_proved_over_http() {
    let desk = Desk::start().await;
    let panel = &desk.panel;
    for n in 0..3 {
        let credit = json!({"amount": "1.00", "reference": format!("=r{n}"), "reason": "=1+1"});
        let (status, told) = desk.post("/accounts/1/credit", credit).await;
        assert_eq!(status, 201, "{told}");
    }
    let get = async |path: &str| ask_as(panel, &desk.operator, Method::GET, path, None).await;
    let rows: usize = desk.deeds().await.len();
    let jsonl = get("/audit/export?format=jsonl").await;
    let lines: Vec<Value> = jsonl
        .body
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), rows);
    assert_eq!(lines[0]["id"], 1);
    let csv = get(&format!("/audit/export?format=csv&from={rows}")).await;
    assert_eq!(csv.body.lines().count(), 2, "{}", csv.body);
    assert!(csv.body.contains("\"'=1+1\""), "{}", csv.body);
    let none = get("/audit/export?format=csv&from=999").await;
    assert_eq!(none.body.lines().count(), 1, "a heading: {}", none.body);
    assert_eq!(refused(&get("/audit/export").await).0, 400);
    assert_eq!(refused(&get("/audit/export?format=xml").await).0, 400);

    let sound = desk.get("/audit/verification").await;
    assert_eq!(
        (&sound["unchanged"], &sound["rows_in_order"]),
        (&json!(true), &json!(rows))
    );
    let anchor = sound["anchor"].as_str().unwrap();
    let again = desk
        .get(&format!("/audit/verification?anchor={anchor}"))
        .await;
    assert_eq!(again, sound);
    assert_eq!(refused(&get("/audit/verification?anchor=7").await).0, 400);
    // One that was kept of another log.
    let other = format!("{rows}:{}", "0".repeat(64));
    let broken = desk
        .get(&format!("/audit/verification?anchor={other}"))
        .await;
    assert_eq!(broken["unchanged"], false, "{broken}");
    assert_eq!(broken["broken_audit_id"], rows, "{broken}");
    desk.panel.finish().await;
}
