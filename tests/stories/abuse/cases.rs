//! Cases as people read and decide them.

use super::*;

#[apply(story)]
async fn support_reads_and_notes_and_only_operators_decide() {
    let watch = Watch::start().await;
    let case = watch
        .found(watch.finding(Detector::ForeignIds, Action::Throttle))
        .await;
    let path = |what: &str| format!("/cases/{case}{what}");
    let seen = watch
        .ask(&watch.support, Method::GET, &path(""), None)
        .await;
    assert_eq!(seen.json(), watch.case(case).await);
    let note = Some(json!({"note": "asked them by mail"}));
    let noted = watch
        .ask(&watch.support, Method::POST, &path("/notes"), note.clone())
        .await;
    assert_eq!(noted.status, 201, "{}", noted.body);
    assert_eq!(noted.json()["notes"][0]["by"], "support:2");
    assert_eq!(noted.json()["notes"][0]["note"], "asked them by mail");
    let reason = Some(json!({"reason": "why"}));
    for key in [&watch.support, &watch.panel.key] {
        for what in ["/release", "/confirm"] {
            let no = watch
                .ask(key, Method::POST, &path(what), reason.clone())
                .await;
            assert_eq!(refused(&no), (403, "forbidden".to_owned()), "{what}");
        }
    }
    for what in ["", "/notes"] {
        let method = if what.is_empty() {
            Method::GET
        } else {
            Method::POST
        };
        let body = note.clone().filter(|_| !what.is_empty());
        let no = watch.ask(&watch.panel.key, method, &path(what), body).await;
        assert_eq!(refused(&no), (403, "forbidden".to_owned()), "{what}");
    }
    let blank = watch.decide(case, "release", json!({"reason": " "})).await;
    assert_eq!(refused(&blank), (422, "field_invalid".to_owned()));
    let missing = watch.decide(99, "confirm", json!({"reason": "why"})).await;
    assert_eq!(refused(&missing), (404, "object_unknown".to_owned()));
    watch.confirm(case, true).await;
    // A decided case takes notes too.
    let noted = watch
        .ask(&watch.operator, Method::POST, &path("/notes"), note)
        .await;
    assert_eq!(noted.json()["notes"].as_array().unwrap().len(), 2);
    let deeds = "SELECT actor || ' ' || action || ' ' || COALESCE(reason, '-') FROM audit_log \
                 WHERE action LIKE 'case%' ORDER BY id";
    let deeds = texts(&watch.panel, deeds).await;
    let expected = [
        "support:2 case_noted -",
        "operator:3 case_confirmed it was",
        "operator:3 case_noted -",
    ];
    assert_eq!(deeds, expected);
    watch.finish().await;
}

#[apply(story)]
async fn cases_are_listed_by_state_detector_and_account_a_page_at_a_time() {
    let watch = Watch::start().await;
    let (other, _) = harness::account(&watch.panel.panel, "other", "0").await;
    let first = watch
        .found(watch.finding(Detector::ForeignIds, Action::Throttle))
        .await;
    let second = watch
        .found(watch.of_account(Detector::CancelLoop, Action::Hold))
        .await;
    let third = Finding {
        subject: Subject::Account(other),
        account: None,
        key: None,
        ..watch.finding(Detector::CancelLoop, Action::Observe)
    };
    let third = watch.found(third).await;
    watch.release(first).await;
    let list = async |query: &str| {
        let path = format!("/cases?{query}");
        let reply = watch.ask(&watch.operator, Method::GET, &path, None).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let page = reply.json();
        let ids = page["cases"].as_array().unwrap().iter();
        let ids: Vec<i64> = ids.map(|case| case["case_id"].as_i64().unwrap()).collect();
        (ids, page["next_cursor"].as_str().map(str::to_owned))
    };
    assert_eq!(list("").await.0, [first, second, third]);
    assert_eq!(list("state=open").await.0, [second, third]);
    assert_eq!(list("detector=foreign_ids").await.0, [first]);
    // The account of an account's case is the account.
    assert_eq!(list(&format!("account_id={other}")).await.0, [third]);
    let (page, next) = list("limit=2").await;
    assert_eq!(page, [first, second]);
    let (page, end) = list(&format!("limit=2&cursor={}", next.unwrap())).await;
    assert_eq!((page, end), (vec![third], None));
    // Found again after the decision, it is another case.
    let again = watch
        .found(watch.finding(Detector::ForeignIds, Action::Throttle))
        .await;
    assert!(again > third);
    watch.finish().await;
}

#[apply(story)]
async fn an_alert_tells_of_a_new_case_and_of_more_that_is_done() {
    let watch = Watch::start().await;
    for action in [
        Action::Observe,
        Action::Throttle,
        Action::Observe,
        Action::BlockKey,
    ] {
        watch
            .found(watch.finding(Detector::LeakedKey, action))
            .await;
    }
    let alerts = texts(&watch.panel, "SELECT message FROM alerts ORDER BY id").await;
    let expected = [
        "case 1: leaked_key about key:1, observe",
        "case 1: leaked_key about key:1, throttle",
        "case 1: leaked_key about key:1, block_key",
    ];
    assert_eq!(alerts, expected);
    let file = watch.case(1).await;
    assert_eq!(file["case"]["action"], "block_key");
    assert_eq!(file["case"]["findings"], 4);
    assert_eq!(file["actions"].as_array().unwrap().len(), 2);
    // A release undoes all of it.
    watch.release(1).await;
    let sql = "SELECT name FROM api_keys WHERE blocked_at_ms IS NOT NULL \
               OR throttled_until_ms IS NOT NULL";
    assert!(texts(&watch.panel, sql).await.is_empty());
    watch.finish().await;
}
