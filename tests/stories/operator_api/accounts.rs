//! The register of accounts, and what accounts are told.

use super::*;

#[apply(story)]
async fn an_account_is_made_found_read_and_changed() {
    let desk = Desk::start().await;
    let new = json!({"name": "Alice_1", "email": "Alice@Example.com"});
    desk.is_for_operators(Method::POST, "/accounts", new.clone())
        .await;
    let (status, alice) = desk.post("/accounts", new).await;
    assert_eq!(status, 201, "{alice}");
    let id = alice["account_id"].as_i64().unwrap();
    let expected = json!({
        "account_id": id, "name": "Alice_1", "email": "alice@example.com", "role": "reseller",
        "automatic_refills": true, "balance": "0.00", "held": "0.00", "keys": 0,
        "created_at": alice["created_at"],
    });
    let mut viewed = expected.clone();
    viewed["remarks"] = json!([]);
    assert_eq!(alice, viewed);
    let path = format!("/accounts/{id}");
    assert_eq!(desk.get(&path).await, viewed);

    for (query, found) in [
        ("", vec![1, 2, 3, id]),
        ("?search=ALICE_", vec![id]),
        ("?search=example.com", vec![id]),
        ("?search=%25", vec![]),
        ("?search=2", vec![2]),
        ("?role=reseller", vec![1, id]),
        ("?role=support&suspended=false", vec![2]),
        ("?suspended=true", vec![]),
    ] {
        let page = desk.get(&format!("/accounts{query}")).await;
        let ids = page["accounts"].as_array().unwrap().iter();
        let ids: Vec<i64> = ids.map(|one| one["account_id"].as_i64().unwrap()).collect();
        assert_eq!(ids, found, "{query}");
    }
    let first = desk.get("/accounts?limit=3").await;
    assert_eq!(first["next_cursor"], "3");
    let rest = desk.get("/accounts?limit=3&cursor=3").await;
    assert_eq!(rest["accounts"].as_array().unwrap().len(), 1);
    assert!(rest.get("next_cursor").is_none());

    let change = json!({"name": "alice", "daily_cap": "12.5"});
    desk.is_for_operators(Method::PATCH, &path, change.clone())
        .await;
    let (status, changed) = desk.does(Method::PATCH, &path, change).await;
    assert_eq!(
        (status, &changed["name"], &changed["daily_cap"]),
        (200, &json!("alice"), &json!("12.50"))
    );
    let (_, uncapped) = desk
        .does(Method::PATCH, &path, json!({"daily_cap": null}))
        .await;
    assert!(uncapped.get("daily_cap").is_none());
    assert_eq!(uncapped["name"], "alice");
    let deeds = desk.deeds().await;
    let last = format!("operator:3 account_changed account:{id}");
    assert_eq!(deeds.last(), Some(&last));
    desk.panel.finish().await;
}

#[apply(story)]
async fn what_an_account_cannot_be_is_refused_and_changes_nothing() {
    let desk = Desk::start().await;
    let before = desk.get("/accounts").await;
    let deeds = desk.deeds().await;
    let long = "x".repeat(101);
    for (body, no) in [
        (json!({"name": ""}), "422 field_invalid name"),
        (json!({"name": long}), "422 field_invalid name"),
        (json!({"name": "a\nb"}), "422 field_invalid name"),
        (json!({"name": "reseller"}), "409 name_taken -"),
        (
            json!({"name": "a", "email": "nobody"}),
            "422 field_invalid email",
        ),
        (
            json!({"name": "a", "role": "operator"}),
            "400 request_invalid role",
        ),
        (
            json!({"name": "a", "balance": "5.00"}),
            "400 request_invalid balance",
        ),
        (json!({"name": 7}), "400 request_invalid name"),
        (json!({}), "400 request_invalid -"),
    ] {
        assert_eq!(
            desk.no(Method::POST, "/accounts", body.clone()).await,
            no,
            "{body}"
        );
    }
    for (path, body, no) in [
        (
            "/accounts/1",
            json!({"balance_nano": 1}),
            "400 request_invalid balance_nano",
        ),
        (
            "/accounts/1",
            json!({"role": "operator"}),
            "400 request_invalid role",
        ),
        (
            "/accounts/1",
            json!({"suspended_at_ms": 1}),
            "400 request_invalid suspended_at_ms",
        ),
        ("/accounts/1", json!({"name": "sue"}), "409 name_taken -"),
        (
            "/accounts/1",
            json!({"tier_id": 9}),
            "404 object_unknown tier",
        ),
        (
            "/accounts/1",
            json!({"daily_cap": "0"}),
            "422 field_invalid daily_cap",
        ),
        (
            "/accounts/1",
            json!({"daily_cap": "-1.00"}),
            "400 request_invalid daily_cap",
        ),
        (
            "/accounts/1",
            json!({"daily_cap": "1.0000000001"}),
            "400 request_invalid daily_cap",
        ),
        (
            "/accounts/1",
            json!({"daily_cap": 5}),
            "400 request_invalid daily_cap",
        ),
        (
            "/accounts/2",
            json!({"daily_cap": "5.00"}),
            "409 state_conflict -",
        ),
        (
            "/accounts/99",
            json!({"name": "x"}),
            "404 object_unknown account",
        ),
        (
            "/accounts/-1",
            json!({"name": "x"}),
            "404 object_unknown account",
        ),
    ] {
        assert_eq!(
            desk.no(Method::PATCH, path, body.clone()).await,
            no,
            "{body}"
        );
    }
    assert_eq!(desk.get("/accounts").await, before);
    assert_eq!(desk.deeds().await, deeds);
    desk.panel.finish().await;
}

#[apply(story)]
async fn an_account_is_told_something_and_the_operator_sees_what() {
    let desk = Desk::start().await;
    let path = "/accounts/1/notices";
    let body = json!({"message": "  Your rates\nchange. "});
    desk.is_for_operators(Method::POST, path, body.clone())
        .await;
    let (status, sent) = desk.post(path, body).await;
    assert_eq!(
        (status, &sent["message"]),
        (201, &json!("Your rates\nchange."))
    );
    desk.post(path, json!({"message": "x".repeat(2000)})).await;
    let page = desk.get(&format!("{path}?limit=1")).await;
    assert_eq!(page["notices"], json!([sent]));
    assert_eq!(page["next_cursor"], "1");
    let page = desk.get(&format!("{path}?limit=1&cursor=1")).await;
    assert_eq!(page["notices"][0]["notice_id"], 2);
    for (path, body, no) in [
        (path, json!({"message": " "}), "422 field_invalid message"),
        (
            path,
            json!({"message": "x".repeat(2001)}),
            "422 field_invalid message",
        ),
        (
            path,
            json!({"message": "a\u{0}"}),
            "422 field_invalid message",
        ),
        (
            path,
            json!({"message": "a", "read_at": null}),
            "400 request_invalid read_at",
        ),
        (
            "/accounts/99/notices",
            json!({"message": "a"}),
            "404 object_unknown account",
        ),
    ] {
        assert_eq!(
            desk.no(Method::POST, path, body.clone()).await,
            no,
            "{body}"
        );
    }
    assert_eq!(desk.get(path).await["notices"].as_array().unwrap().len(), 2);
    desk.panel.finish().await;
}
