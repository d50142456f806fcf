//! "Filing an external chargeback ... will result in immediate permanent suspension."

use harness::{DELIVERY, MINUTE, TestPanel, account, key};
use reqwest::Method;
use serde_json::{Value, json};
use smm_panel_server::ids::AccountId;

use super::{ask, because, forfeited, operator, refused, stored_balance, suspend};

fn chargeback(reference: &str, amount: &str) -> Option<Value> {
    Some(json!({"reference": reference, "amount": amount, "reason": "disputed at the bank"}))
}

#[apply(story)]
async fn a_chargeback_suspends_for_good_and_what_the_wallet_lacks_is_a_shortfall() {
    let panel = TestPanel::start().await;
    let (olga, second) = (
        operator(&panel).await,
        key(&panel.panel, panel.account).await,
    );
    let path = format!("/accounts/{}/chargebacks", panel.account);
    let post = |body| ask(&panel, &olga, Method::POST, &path, body);
    let recorded = post(chargeback("CB-1", "120.50")).await;
    assert_eq!(recorded.status, 201, "{}", recorded.body);
    let recorded = recorded.json();
    assert_eq!(
        [
            &recorded["amount"],
            &recorded["covered"],
            &recorded["shortfall"]
        ],
        ["120.50", "100.00", "20.50"]
    );
    assert_eq!(forfeited(&panel).await, "100.00");
    assert_eq!(stored_balance(&panel, panel.account).await, "0");
    // Its keys are revoked: they are not even told of the suspension.
    for key in [&panel.key, &second] {
        let reply = panel.v2_as(key, &[("action", "balance")]).await;
        assert_eq!(reply.error(), "Invalid API key");
    }
    let again = post(chargeback("CB-1", "1.00")).await;
    assert_eq!(refused(&again), (409, "name_taken".to_owned()));
    // A second one finds nothing left.
    let second = post(chargeback("CB-2", "1.00")).await.json();
    assert_eq!([&second["covered"], &second["shortfall"]], ["0.00", "1.00"]);
    let lift = format!("/accounts/{}/reinstate", panel.account);
    let lift = ask(&panel, &olga, Method::POST, &lift, because("please")).await;
    assert_eq!(refused(&lift), (409, "state_conflict".to_owned()));
    let message = lift.json()["message"].as_str().unwrap().to_owned();
    assert!(
        message.contains("immediate permanent suspension"),
        "{message}"
    );
    let list = ask(&panel, &olga, Method::GET, "/chargebacks?limit=1", None).await;
    let list = list.json();
    assert_eq!(list["chargebacks"][0]["reference"], "CB-2");
    let next = format!(
        "/chargebacks?limit=1&cursor={}",
        list["next_cursor"].as_str().unwrap()
    );
    let next = ask(&panel, &olga, Method::GET, &next, None).await.json();
    assert_eq!(next["chargebacks"][0]["reference"], "CB-1");
    assert_eq!(next["next_cursor"], Value::Null);
    panel.finish().await;
}

#[apply(story)]
async fn an_ordinary_suspension_becomes_permanent_by_a_chargeback() {
    let panel = TestPanel::start().await;
    let olga = operator(&panel).await;
    suspend(&panel).await;
    let path = format!("/accounts/{}/chargebacks", panel.account);
    let body = chargeback("CB-1", "30.00");
    let recorded = ask(&panel, &olga, Method::POST, &path, body).await.json();
    assert_eq!(
        [
            &recorded["covered"],
            &recorded["shortfall"],
            &recorded["suspension_id"]
        ],
        [&json!("30.00"), &json!("0.00"), &json!(1)]
    );
    // What covered one does not cover the next.
    let body = chargeback("CB-2", "80.00");
    let recorded = ask(&panel, &olga, Method::POST, &path, body).await.json();
    assert_eq!(
        [&recorded["covered"], &recorded["shortfall"]],
        ["70.00", "10.00"]
    );
    let list = ask(&panel, &olga, Method::GET, "/suspensions", None)
        .await
        .json();
    let suspensions = list["suspensions"].as_array().unwrap();
    assert_eq!(suspensions.len(), 1);
    assert_eq!(suspensions[0]["kind"], "chargeback");
    panel.finish().await;
}

#[apply(story)]
async fn a_chargeback_of_no_amount_or_name_is_refused_and_changes_nothing() {
    let panel = TestPanel::start().await;
    let olga = operator(&panel).await;
    let path = format!("/accounts/{}/chargebacks", panel.account);
    for (reference, amount) in [
        ("CB", "0.00"),
        ("CB", "-1.00"),
        ("CB", "1.0000000001"),
        ("CB", "1e3"),
        ("CB", ""),
        ("", "1.00"),
        (" ", "1.00"),
        ("a\nb", "1.00"),
    ] {
        let reply = ask(
            &panel,
            &olga,
            Method::POST,
            &path,
            chargeback(reference, amount),
        )
        .await;
        assert_eq!(
            refused(&reply),
            (422, "field_invalid".to_owned()),
            "{reference} {amount}"
        );
    }
    assert_eq!(panel.balance().await, "100.00");
    panel.finish().await;
}

#[apply(story)]
async fn a_chargeback_takes_what_was_kept_beside_the_wallet_too() {
    let panel = TestPanel::start().await;
    let olga = operator(&panel).await;
    suspend(&panel).await;
    let credits = format!("/accounts/{}/credit", panel.account);
    let credit = |reference: &str| {
        let body = json!({"amount": "20", "reference": reference, "reason": "by bank"});
        ask_owned(&panel, &olga, &credits, body)
    };
    let kept = credit("B-1").await;
    assert!(kept.status < 300, "{}", kept.body);
    let path = format!("/accounts/{}/chargebacks", panel.account);
    let body = chargeback("CB-1", "130.00");
    let recorded = ask(&panel, &olga, Method::POST, &path, body).await.json();
    assert_eq!(
        [&recorded["covered"], &recorded["shortfall"]],
        ["120.00", "10.00"]
    );
    assert_eq!(forfeited(&panel).await, "120.00");
    // Nothing more is credited to an account that can never spend it, whoever proposes it.
    let no = credit("B-2").await;
    assert_eq!(refused(&no), (409, "state_conflict".to_owned()));
    let body = json!({"account_id": panel.account.0, "amount": "5", "reference": "T-1",
                      "reason": "a ticket"});
    let proposed = ask_owned(&panel, &olga, "/adjustments", body).await;
    assert_eq!(proposed.status, 201, "{}", proposed.body);
    let accept = json!({"accept": true});
    let no = ask_owned(&panel, &olga, "/adjustments/1/decision", accept).await;
    assert_eq!(refused(&no), (409, "state_conflict".to_owned()));
    assert!(no.body.contains("could never be spent"), "{}", no.body);
    let open = ask(&panel, &olga, Method::GET, "/adjustments?open=true", None).await;
    assert_eq!(open.json()["adjustments"][0]["proposal_id"], 1);
    assert_eq!(forfeited(&panel).await, "120.00");
    panel.finish().await;
}

async fn ask_owned(panel: &TestPanel, key: &str, path: &str, body: Value) -> harness::Reply {
    ask(panel, key, Method::POST, path, Some(body)).await
}

#[apply(story)]
async fn a_chargeback_names_the_orders_and_deposits_that_it_is_about() {
    let panel = TestPanel::start().await;
    let olga = operator(&panel).await;
    let (other, others_key) = account(&panel.panel, "other", "10").await;
    let fields = [
        ("action", "add"),
        ("service", "1"),
        ("link", "https://x.test/b"),
        ("quantity", "1000"),
    ];
    let theirs = panel.v2_as(&others_key, &fields).await.order();
    let (one, two) = (
        panel.order("https://x.test/a", 1000).await,
        panel.order("https://x.test/c", 1000).await,
    );
    let deposit = async |account: AccountId, reference: &str| {
        let path = format!("/accounts/{account}/deposits");
        let body = json!({"amount": "5", "reference": reference, "reason": "bank"});
        let made = ask(&panel, &olga, Method::POST, &path, Some(body)).await;
        made.json()["deposit_id"].as_i64().unwrap()
    };
    let (own, foreign) = (
        deposit(panel.account, "D-1").await,
        deposit(other, "D-2").await,
    );
    let path = format!("/accounts/{}/chargebacks", panel.account);
    let body = |orders: Vec<i64>, deposits: Vec<i64>| {
        Some(json!({
            "reference": "CB-1", "amount": "5.00", "reason": "at the bank",
            "order_ids": orders, "deposit_ids": deposits
        }))
    };
    for (orders, deposits, no) in [
        (vec![one, theirs], vec![], (404, "order_unknown")),
        (vec![999], vec![], (404, "order_unknown")),
        (vec![], vec![foreign], (404, "object_unknown")),
        (vec![], vec![999], (404, "object_unknown")),
        ((1..=101).collect(), vec![], (422, "field_invalid")),
    ] {
        let reply = ask(&panel, &olga, Method::POST, &path, body(orders, deposits)).await;
        assert_eq!(refused(&reply), (no.0, no.1.to_owned()), "{}", reply.body);
    }
    assert_eq!(stored_balance(&panel, panel.account).await, "103200000000");
    let about = body(vec![two, one, two], vec![own]);
    let recorded = ask(&panel, &olga, Method::POST, &path, about).await;
    assert_eq!(recorded.status, 201, "{}", recorded.body);
    let listed = ask(&panel, &olga, Method::GET, "/chargebacks", None).await;
    let listed = listed.json()["chargebacks"][0].take();
    assert_eq!(listed, recorded.json());
    assert_eq!(listed["order_ids"], json!([one, two]));
    assert_eq!(listed["deposit_ids"], json!([own]));
    panel.pass(DELIVERY + MINUTE).await;
    panel.finish().await;
}
