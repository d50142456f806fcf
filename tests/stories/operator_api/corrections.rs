//! Credits that were wrong: taken back from the credit, never from a deposit, never more than it gave.

use super::*;
use harness::account;
use smm_panel_server::actor::Actor;
use smm_panel_server::suspensions;

const CORRECT: &str = "/accounts/1/corrections";

fn correction(credit: &str, amount: &str, reference: &str) -> Value {
    json!({
        "credit_reference": credit, "amount": amount, "reason": "credited to the wrong account",
        "reference": reference,
    })
}

/// Credits the customer of the story.
async fn credited(desk: &Desk, amount: &str, reference: &str) -> i64 {
    let body = json!({"amount": amount, "reason": "bank transfer", "reference": reference});
    let (status, told) = desk.post("/accounts/1/credit", body).await;
    assert_eq!(status, 201, "{told}");
    let credits = desk.get("/accounts/1/credits?limit=1000").await;
    let credits = credits["credits"].as_array().unwrap().clone();
    let of = credits
        .iter()
        .find(|credit| credit["reference"] == reference);
    of.unwrap()["transaction_id"].as_i64().unwrap()
}

/// The sentence of a refusal.
async fn said(desk: &Desk, path: &str, body: Value) -> String {
    let (status, no) = desk.post(path, body).await;
    assert_eq!(
        (status, &no["code"]),
        (409, &json!("state_conflict")),
        "{no}"
    );
    no["message"].as_str().unwrap().to_owned()
}

#[apply(story)]
async fn a_wrong_credit_is_taken_back_and_the_customer_sees_why() {
    let desk = Desk::start().await;
    let credit = credited(&desk, "40.00", "bank-1").await;
    assert_eq!(desk.panel.balance().await, "140.00");
    desk.is_for_operators(
        Method::POST,
        CORRECT,
        correction("bank-1", "15.00", "fix-1"),
    )
    .await;
    let (status, done) = desk
        .post(CORRECT, correction("bank-1", "15.000000001", "fix-1"))
        .await;
    assert_eq!(status, 201, "{done}");
    assert_eq!(
        (
            &done["left"],
            &done["balance"],
            &done["credit_transaction_id"]
        ),
        (
            &json!("24.999999999"),
            &json!("124.999999999"),
            &json!(credit)
        )
    );
    // The rest, by the number of the ledger's transaction.
    let by_number = json!({
        "credit_transaction_id": credit, "amount": "24.999999999", "reason": "all of it",
        "reference": "fix-2",
    });
    let (status, rest) = desk.post(CORRECT, by_number).await;
    assert_eq!((status, &rest["left"]), (201, &json!("0.00")), "{rest}");
    assert_eq!(desk.panel.balance().await, "100.00");
    let credits = desk.get("/accounts/1/credits").await;
    assert_eq!(
        (
            &credits["credits"][1]["amount"],
            &credits["credits"][1]["corrected"]
        ),
        (&json!("40.00"), &json!("40.00"))
    );
    let key = &desk.panel.key;
    let entries = desk
        .panel
        .ask(key, Method::GET, "/api/v3/wallet/entries", None)
        .await;
    let entry = &entries.json()["entries"][2];
    assert_eq!(
        [
            &entry["kind"],
            &entry["reference"],
            &entry["amount"],
            &entry["reason"]
        ],
        [
            "correction",
            "correction:fix-1",
            "-15.000000001",
            "credited to the wrong account"
        ]
    );
    assert_eq!(entry["corrects_transaction_id"], credit);
    // Why something was credited was never written for the customer.
    assert!(entries.json()["entries"][1].get("reason").is_none());
    let last = "operator:3 wallet_corrected account:1".to_owned();
    assert_eq!(desk.deeds().await.last(), Some(&last));
    desk.panel.finish().await;
}

#[apply(story)]
async fn a_correction_takes_at_most_what_is_left_of_the_credit_and_of_the_balance() {
    let desk = Desk::start().await;
    let credit = credited(&desk, "40.00", "bank-1").await;
    let no = said(
        &desk,
        CORRECT,
        correction("bank-1", "40.000000001", "fix-1"),
    )
    .await;
    assert_eq!(
        no,
        format!(
            "ledger transaction {credit} (adjustment:bank-1) gave 40.00 USD, of which 0.00 USD are taken \
             back already: a correction can take 40.00 USD of it, not 40.000000001 USD"
        )
    );
    desk.post(CORRECT, correction("bank-1", "30.00", "fix-1"))
        .await;
    let no = said(&desk, CORRECT, correction("bank-1", "10.01", "fix-2")).await;
    assert!(
        no.contains("of which 30.00 USD are taken back already"),
        "{no}"
    );
    // Ordered for: 110.00 USD were there, and 9.00 are what an order of 10,000 costs.
    for n in 0..12 {
        desk.panel
            .order(&format!("https://x.test/{n}"), 10_000)
            .await;
    }
    assert_eq!(desk.panel.balance().await, "2.00");
    let no = said(&desk, CORRECT, correction("bank-1", "10.00", "fix-2")).await;
    assert_eq!(
        no,
        "the wallet of account 1 holds 2.00 USD: a correction cannot take 10.00 USD"
    );
    assert_eq!(
        desk.post(CORRECT, correction("bank-1", "2.00", "fix-2"))
            .await
            .0,
        201
    );
    assert_eq!(desk.panel.balance().await, "0.00");
    desk.panel.finish().await;
}

#[apply(story)]
async fn money_that_came_by_a_deposit_is_never_taken_by_a_correction() {
    let desk = Desk::start().await;
    let deposit = json!({"amount": "250.00", "reference": "DE-7", "reason": "seen at the bank"});
    let (status, recorded) = desk.post("/accounts/1/deposits", deposit).await;
    assert_eq!(status, 201, "{recorded}");
    for named in ["DE-7", "manual:DE-7"] {
        let no = said(&desk, CORRECT, correction(named, "1.00", "fix-1")).await;
        assert_eq!(
            no,
            "ledger transaction 2 (manual:DE-7) is a deposit: money that came by a deposit is never taken \
             by a correction"
        );
    }
    desk.panel.order("https://x.test/a", 1000).await;
    for (transaction, what) in [
        (2, "is a deposit"),
        (3, "(order_placed order:1) is no credit"),
    ] {
        let body = json!({
            "credit_transaction_id": transaction, "amount": "1.00", "reason": "x",
            "reference": "fix-1",
        });
        let no = said(&desk, CORRECT, body).await;
        assert!(no.contains(what), "{no}");
    }
    // Neither is a correction a credit, nor the credit of somebody else.
    desk.post(CORRECT, correction("reseller", "1.00", "fix-1"))
        .await;
    let no = said(&desk, CORRECT, correction("fix-1", "1.00", "fix-2")).await;
    assert!(
        no.contains("(correction correction:fix-1) is no credit"),
        "{no}"
    );
    account(&desk.panel.panel, "other", "5").await;
    let no = said(&desk, CORRECT, correction("other", "1.00", "fix-2")).await;
    assert!(
        no.ends_with("(adjustment:other) did not credit account 1"),
        "{no}"
    );
    desk.panel.finish().await;
}

#[apply(story)]
async fn a_reference_counts_once_for_credits_and_corrections_together() {
    let desk = Desk::start().await;
    credited(&desk, "40.00", "bank-1").await;
    assert_eq!(
        desk.post(CORRECT, correction("bank-1", "1.00", "fix-1"))
            .await
            .0,
        201
    );
    for reference in ["fix-1", "bank-1", "reseller"] {
        let no = desk
            .no(
                Method::POST,
                CORRECT,
                correction("bank-1", "1.00", reference),
            )
            .await;
        assert_eq!(no, "409 name_taken -", "{reference}");
    }
    let credit = json!({"amount": "1.00", "reason": "x", "reference": "fix-1"});
    let no = desk.no(Method::POST, "/accounts/1/credit", credit).await;
    assert_eq!(no, "409 name_taken -");
    assert_eq!(desk.panel.balance().await, "139.00");
    desk.panel.finish().await;
}

#[apply(story)]
async fn what_is_no_correction_is_refused_and_changes_nothing() {
    let desk = Desk::start().await;
    let deeds = desk.deeds().await;
    let with = |field: &str, value: Value| {
        let mut body = correction("reseller", "1.00", "fix-1");
        body[field] = value;
        body
    };
    for (body, no) in [
        (with("amount", "0".into()), "422 field_invalid amount"),
        (with("amount", "-1.00".into()), "400 request_invalid amount"),
        (with("reason", " ".into()), "422 field_invalid reason"),
        (with("reference", "".into()), "422 field_invalid reference"),
        (
            with("credit_reference", "nothing".into()),
            "404 object_unknown credit",
        ),
        (
            with("credit_transaction_id", 1.into()),
            "422 field_invalid credit_reference",
        ),
        (
            with("account_id", 2.into()),
            "400 request_invalid account_id",
        ),
        (
            json!({"amount": "1.00", "reason": "x", "reference": "fix-1"}),
            "422 field_invalid credit_reference",
        ),
        (
            json!({"credit_transaction_id": 99, "amount": "1.00", "reason": "x", "reference": "f"}),
            "404 object_unknown credit",
        ),
    ] {
        assert_eq!(
            desk.no(Method::POST, CORRECT, body.clone()).await,
            no,
            "{body}"
        );
    }
    for account in [2, 99] {
        let path = format!("/accounts/{account}/corrections");
        let no = desk
            .no(Method::POST, &path, correction("reseller", "1.00", "f"))
            .await;
        assert_eq!(no, "404 object_unknown wallet");
    }
    assert_eq!(desk.deeds().await, deeds);
    desk.panel.finish().await;
}

#[apply(story_on_threads)]
async fn corrections_at_once_never_take_more_than_the_credit_gave() {
    let desk = Desk::start().await;
    for round in 0..5 {
        let credit = format!("bank-{round}");
        credited(&desk, "10.00", &credit).await;
        let each = (0..4).map(|n| {
            let body = correction(&credit, "4.00", &format!("fix-{round}-{n}"));
            desk.post(CORRECT, body)
        });
        let all = futures::future::join_all(each).await;
        let mut statuses: Vec<u16> = all.iter().map(|(status, _)| *status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 201, 409, 409], "{all:?}");
        // Of one reference at once, one counts.
        let same = (0..3).map(|_| {
            let body = correction(&credit, "0.50", &format!("same-{round}"));
            desk.post(CORRECT, body)
        });
        let all = futures::future::join_all(same).await;
        let mut statuses: Vec<u16> = all.iter().map(|(status, _)| *status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409, 409], "{all:?}");
    }
    assert_eq!(desk.panel.balance().await, "107.50");
    desk.panel.finish().await;
}

#[apply(story_on_threads)]
async fn corrections_and_orders_at_once_never_take_more_than_the_balance() {
    let desk = Desk::start().await;
    for round in 0..4 {
        let credit = format!("bank-{round}");
        let (account, key) = account(&desk.panel.panel, &credit, "10").await;
        let path = format!("/accounts/{account}/corrections");
        let fields = [
            ("action", "add"),
            ("service", "1"),
            ("link", "https://x.test/a"),
            ("quantity", "10000"),
        ];
        let (corrected, ordered) = tokio::join!(
            desk.post(&path, correction(&credit, "5.00", &format!("fix-{round}"))),
            desk.panel.v2_as(&key, &fields)
        );
        let orders = ordered.json().get("order").is_some();
        assert!(orders != (corrected.0 == 201), "{corrected:?} {ordered:?}");
    }
    desk.panel.finish().await;
}

#[apply(story)]
async fn nothing_is_taken_while_the_account_is_suspended() {
    let desk = Desk::start().await;
    credited(&desk, "40.00", "bank-1").await;
    let (panel, actor) = (&desk.panel.panel, Actor::command());
    suspensions::suspend(panel, &actor, desk.panel.account, "resold")
        .await
        .unwrap();
    let late = json!({"amount": "5.00", "reason": "late", "reference": "bank-2"});
    assert_eq!(desk.post("/accounts/1/credit", late).await.0, 201);
    for credit in ["bank-1", "bank-2"] {
        let no = said(&desk, CORRECT, correction(credit, "1.00", "fix-1")).await;
        assert!(
            no.starts_with("account 1 is suspended: what its wallet held is forfeited"),
            "{no}"
        );
    }
    desk.panel.check().await;
    suspensions::reinstate(panel, &actor, desk.panel.account, "a mistake")
        .await
        .unwrap();
    // What was credited while it was suspended has come into the wallet, and can be taken back from it.
    for (credit, amount) in [("bank-2", "5.00"), ("bank-1", "40.00")] {
        let (status, done) = desk
            .post(CORRECT, correction(credit, amount, &format!("of {credit}")))
            .await;
        assert_eq!((status, &done["left"]), (201, &json!("0.00")), "{done}");
    }
    assert_eq!(desk.panel.balance().await, "100.00");
    desk.panel.finish().await;
}

#[apply(story)]
async fn support_proposes_a_correction_and_an_operator_posts_it() {
    let desk = Desk::start().await;
    let credit = credited(&desk, "40.00", "bank-1").await;
    let proposal = |named: &str, amount: &str, reference: &str| {
        json!({
            "account_id": 1, "amount": amount, "reason": "twice", "reference": reference,
            "corrects_reference": named,
        })
    };
    let propose = async |body: Value| {
        ask_as(
            &desk.panel,
            &desk.support,
            Method::POST,
            "/adjustments",
            Some(body),
        )
        .await
    };
    let proposed = propose(proposal("bank-1", "40.00", "t-1")).await;
    assert_eq!(proposed.status, 201, "{}", proposed.body);
    assert_eq!(proposed.json()["corrects_transaction_id"], credit);
    assert_eq!(desk.panel.balance().await, "140.00");
    for (body, no) in [
        (proposal("bank-1", "40.01", "t-2"), (409, "state_conflict")),
        (proposal("nothing", "1.00", "t-2"), (404, "object_unknown")),
        (proposal("bank-1", "1.00", "t-1"), (409, "name_taken")),
    ] {
        let reply = propose(body).await;
        assert_eq!(refused(&reply), (no.0, no.1.to_owned()), "{}", reply.body);
    }
    // Somebody has taken a part of it meanwhile: it stays open, to be refused.
    let second = propose(proposal("bank-1", "30.00", "t-3")).await.json();
    assert_eq!(second["proposal_id"], 2);
    let accept = json!({"accept": true});
    let (status, done) = desk.post("/adjustments/2/decision", accept.clone()).await;
    assert_eq!(
        (status, &done["state"]),
        (200, &json!("accepted")),
        "{done}"
    );
    assert_eq!(desk.panel.balance().await, "110.00");
    let no = said(&desk, "/adjustments/1/decision", accept).await;
    assert!(
        no.contains("of which 30.00 USD are taken back already"),
        "{no}"
    );
    let open = desk.get("/adjustments?open=true").await;
    assert_eq!(open["adjustments"][0]["proposal_id"], 1);
    let (status, _) = desk
        .post(
            "/adjustments/1/decision",
            json!({"accept": false, "reason": "done in part"}),
        )
        .await;
    assert_eq!(status, 200);
    desk.panel.finish().await;
}
