//! Credits: by operators at once, by support as a proposal.

use super::*;

const CREDIT: &str = "/accounts/1/credit";

fn credit(amount: &str, reference: &str) -> Value {
    json!({"amount": amount, "reason": "bank transfer", "reference": reference})
}

fn proposal(amount: &str, reference: &str) -> Value {
    json!({"account_id": 1, "amount": amount, "reason": "goodwill", "reference": reference})
}

/// Proposes a credit as the support staff.
async fn propose(desk: &Desk, body: Value) -> Value {
    let reply = ask_as(
        &desk.panel,
        &desk.support,
        Method::POST,
        "/adjustments",
        Some(body),
    )
    .await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    reply.json()
}

#[apply(story)]
async fn a_credit_counts_once_and_only_operators_give_it() {
    let desk = Desk::start().await;
    desk.is_for_operators(Method::POST, CREDIT, credit("5.00", "t-1"))
        .await;
    assert_eq!(desk.panel.balance().await, "100.00");
    let (status, credited) = desk.post(CREDIT, credit("5.000000001", "t-1")).await;
    assert_eq!(
        (status, &credited["balance"]),
        (201, &json!("105.000000001"))
    );
    let again = desk
        .no(Method::POST, CREDIT, credit("5.000000001", "t-1"))
        .await;
    assert_eq!(again, "409 name_taken -");
    assert_eq!(desk.panel.balance().await, "105.000000001");
    let kept = "operator:3 wallet_adjusted account:1".to_owned();
    assert_eq!(desk.deeds().await.last(), Some(&kept));
    desk.panel.finish().await;
}

#[apply(story)]
async fn what_is_no_credit_is_refused_and_changes_nothing() {
    let desk = Desk::start().await;
    let deeds = desk.deeds().await;
    let mut extra = credit("1.00", "t");
    extra["balance_nano"] = 1.into();
    for (body, no) in [
        (credit("0", "t"), "422 field_invalid amount"),
        (credit("-1.00", "t"), "400 request_invalid amount"),
        (credit("1.0000000001", "t"), "400 request_invalid amount"),
        (credit("1e3", "t"), "400 request_invalid amount"),
        (
            credit("99999999999999999999", "t"),
            "400 request_invalid amount",
        ),
        (credit("1.00", " "), "422 field_invalid reference"),
        (
            credit("1.00", &"x".repeat(101)),
            "422 field_invalid reference",
        ),
        (
            json!({"amount": "1.00", "reference": "t", "reason": ""}),
            "422 field_invalid reason",
        ),
        (
            json!({"amount": 1, "reference": "t", "reason": "r"}),
            "400 request_invalid amount",
        ),
        (
            json!({"amount": "1.00", "reference": "t"}),
            "400 request_invalid -",
        ),
        (extra, "400 request_invalid balance_nano"),
    ] {
        assert_eq!(
            desk.no(Method::POST, CREDIT, body.clone()).await,
            no,
            "{body}"
        );
    }
    // Staff have no wallet.
    for (path, no) in [
        ("/accounts/2/credit", "404 object_unknown wallet"),
        ("/accounts/99/credit", "404 object_unknown account"),
    ] {
        assert_eq!(desk.no(Method::POST, path, credit("1.00", "t")).await, no);
    }
    // More than a wallet can hold.
    for n in 0..9 {
        desk.post(CREDIT, credit("999999999", &format!("much {n}")))
            .await;
    }
    let no = desk
        .no(Method::POST, CREDIT, credit("999999999", "more"))
        .await;
    assert_eq!(no, "422 field_invalid amount");
    assert_eq!(desk.deeds().await.len(), deeds.len() + 9);
    desk.panel.finish().await;
}

#[apply(story)]
async fn support_proposes_and_an_operator_posts() {
    let desk = Desk::start().await;
    let proposed = propose(&desk, proposal("7.50", "ticket-1")).await;
    assert_eq!(
        (&proposed["state"], &proposed["proposed_by"]),
        (&json!("open"), &json!("support:2"))
    );
    assert_eq!(desk.panel.balance().await, "100.00");
    propose(&desk, proposal("1.00", "ticket-2")).await;
    let open = desk.get("/adjustments?open=true").await;
    assert_eq!(open["adjustments"][0], proposed);

    let accept = json!({"accept": true});
    desk.is_for_operators(Method::POST, "/adjustments/1/decision", accept.clone())
        .await;
    assert_eq!(desk.panel.balance().await, "100.00");
    let (status, accepted) = desk.post("/adjustments/1/decision", accept.clone()).await;
    assert_eq!((status, &accepted["state"]), (200, &json!("accepted")));
    assert_eq!(accepted["decided_by"], "operator:3");
    assert_eq!(desk.panel.balance().await, "107.50");
    for again in [accept.clone(), json!({"accept": false, "reason": "no"})] {
        let no = desk
            .no(Method::POST, "/adjustments/1/decision", again)
            .await;
        assert_eq!(no, "409 state_conflict -");
    }
    let refuse = json!({"accept": false, "reason": "not our fault"});
    let (_, refused) = desk.post("/adjustments/2/decision", refuse).await;
    assert_eq!(
        (&refused["state"], &refused["decision_reason"]),
        (&json!("refused"), &json!("not our fault"))
    );
    assert_eq!(desk.panel.balance().await, "107.50");
    let decided = desk.get("/adjustments?open=false").await;
    assert_eq!(decided["adjustments"], json!([accepted, refused]));
    let page = desk.get("/adjustments?limit=1").await;
    assert_eq!(page["next_cursor"], "1");
    let page = desk.get("/adjustments?limit=1&cursor=1").await;
    assert_eq!(page["adjustments"], json!([refused]));
    let deeds = desk.deeds().await;
    let last: Vec<&str> = deeds.iter().rev().take(3).map(String::as_str).collect();
    assert_eq!(
        last,
        [
            "operator:3 adjustment_decided account:1",
            "operator:3 adjustment_decided account:1",
            "operator:3 wallet_adjusted account:1"
        ]
    );
    desk.panel.finish().await;
}

#[apply(story)]
async fn what_was_credited_meanwhile_is_not_credited_by_a_proposal_too() {
    let desk = Desk::start().await;
    propose(&desk, proposal("7.50", "ticket-1")).await;
    let support = &desk.support;
    let twice = Some(proposal("9.00", "ticket-1"));
    let twice = ask_as(&desk.panel, support, Method::POST, "/adjustments", twice).await;
    assert_eq!(refused(&twice), (409, "name_taken".to_owned()));
    desk.post(CREDIT, credit("7.50", "ticket-1")).await;
    let accept = json!({"accept": true});
    let no = desk
        .no(Method::POST, "/adjustments/1/decision", accept)
        .await;
    assert_eq!(no, "409 name_taken -");
    assert_eq!(desk.panel.balance().await, "107.50");
    let open = desk.get("/adjustments?open=true").await;
    assert_eq!(open["adjustments"][0]["proposal_id"], 1);
    desk.panel.finish().await;
}

#[apply(story)]
async fn two_operators_who_decide_at_once_credit_once() {
    let desk = Desk::start().await;
    for n in 1..=5 {
        propose(&desk, proposal("1.00", &format!("ticket-{n}"))).await;
        let path = format!("/adjustments/{n}/decision");
        let decide = || desk.post(&path, json!({"accept": true}));
        let (one, two) = tokio::join!(decide(), decide());
        let mut statuses = [one.0, two.0];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "{one:?} {two:?}");
    }
    assert_eq!(desk.panel.balance().await, "105.00");
    desk.panel.finish().await;
}

#[apply(story)]
async fn two_credits_of_one_reference_at_once_count_once() {
    let desk = Desk::start().await;
    let (other, _) = harness::account(&desk.panel.panel, "other", "1").await;
    let other = format!("/accounts/{other}/credit");
    for n in 0..5 {
        let reference = format!("bank-{n}");
        let (one, two) = tokio::join!(
            desk.post(CREDIT, credit("1.00", &reference)),
            desk.post(&other, credit("1.00", &reference))
        );
        let mut statuses = [one.0, two.0];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409], "{one:?} {two:?}");
    }
    desk.panel.finish().await;
}

#[apply(story)]
async fn what_is_no_proposal_is_refused_and_changes_nothing() {
    let desk = Desk::start().await;
    let (path, key) = ("/adjustments", &desk.panel.key);
    let customer = ask_as(
        &desk.panel,
        key,
        Method::POST,
        path,
        Some(proposal("1.00", "t")),
    )
    .await;
    assert_eq!(refused(&customer), (403, "forbidden".to_owned()));
    let with = |field: &str, value: Value| {
        let mut body = proposal("1.00", "t");
        body[field] = value;
        body
    };
    for (body, no) in [
        (proposal("0", "t"), "422 field_invalid amount"),
        (proposal("-1.00", "t"), "400 request_invalid amount"),
        (with("account_id", 99.into()), "404 object_unknown account"),
        (with("account_id", 2.into()), "404 object_unknown wallet"),
        (with("reason", "".into()), "422 field_invalid reason"),
        (with("reference", "reseller".into()), "409 name_taken -"),
        (
            with("accepted", true.into()),
            "400 request_invalid accepted",
        ),
        (
            with("proposed_by", "operator:1".into()),
            "400 request_invalid proposed_by",
        ),
    ] {
        assert_eq!(
            desk.no(Method::POST, path, body.clone()).await,
            no,
            "{body}"
        );
    }
    assert_eq!(desk.get(path).await, json!({"adjustments": []}));
    propose(&desk, proposal("1.00", "t")).await;
    for (path, body, no) in [
        (
            "/adjustments/9/decision",
            json!({"accept": true}),
            "404 object_unknown proposal",
        ),
        (
            "/adjustments/1/decision",
            json!({"accept": false}),
            "422 field_invalid reason",
        ),
        (
            "/adjustments/1/decision",
            json!({"accept": true, "reason": "x"}),
            "422 field_invalid reason",
        ),
        (
            "/adjustments/1/decision",
            json!({"accept": true, "amount": "9"}),
            "400 request_invalid amount",
        ),
        (
            "/adjustments/1/decision",
            json!({}),
            "400 request_invalid -",
        ),
    ] {
        assert_eq!(
            desk.no(Method::POST, path, body.clone()).await,
            no,
            "{body}"
        );
    }
    assert_eq!(desk.panel.balance().await, "100.00");
    desk.panel.finish().await;
}

#[apply(story_on_threads)]
async fn of_many_who_take_a_name_at_once_one_has_it_and_the_others_are_told() {
    let desk = Desk::start().await;
    let url = desk.panel.provider.url();
    for round in 0..5 {
        let name = format!("name {round}");
        let provider = json!({"name": name, "url": url, "key": "0123456789abcdef"});
        let proposed = proposal("1.00", &name);
        for (path, body) in [
            ("/tiers", json!({"name": name, "percent": "1.00"})),
            ("/providers", provider),
            ("/adjustments", proposed),
        ] {
            let all = (0..4).map(|_| desk.does(Method::POST, path, body.clone()));
            let all = futures::future::join_all(all).await;
            let mut statuses: Vec<u16> = all.iter().map(|(status, _)| *status).collect();
            statuses.sort_unstable();
            assert_eq!(statuses, [201, 409, 409, 409], "{path} {all:?}");
        }
    }
    desk.panel.finish().await;
}

#[apply(story_on_threads)]
async fn of_many_accounts_that_take_one_name_at_once_one_has_it_and_the_others_are_told() {
    let desk = Desk::start().await;
    let mut accounts = Vec::new();
    for n in 0..4 {
        let (account, _) = harness::account(&desk.panel.panel, &format!("before {n}"), "1").await;
        accounts.push(account);
    }
    for round in 0..5 {
        let name = json!({"name": format!("after {round}")});
        let paths: Vec<String> = accounts
            .iter()
            .map(|id| format!("/accounts/{id}"))
            .collect();
        let all = paths.iter();
        let all = all.map(|path| desk.does(Method::PATCH, path, name.clone()));
        let all = futures::future::join_all(all).await;
        let mut statuses: Vec<u16> = all.iter().map(|(status, _)| *status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409, 409, 409], "{all:?}");
    }
    desk.panel.finish().await;
}
