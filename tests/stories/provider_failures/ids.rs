//! Ids that a provider gives twice: no two orders are followed by one line, and none ends by a line that
//! may be about another.

use super::*;

#[apply(story)]
async fn a_provider_that_gives_one_id_twice_has_the_newcomer_parked() {
    let panel = TestPanel::start().await;
    for _ in 0..2 {
        panel
            .provider
            .script_next(1, custom(200, r#"{"order":77}"#));
    }
    let first = panel.order("https://x.test/first", 1000).await;
    panel.work().await;
    let newcomer = panel.order("https://x.test/newcomer", 1000).await;
    panel.work().await;
    assert_eq!(states(&panel, first).await, ["accepted"]);
    assert_eq!(states(&panel, newcomer).await, ["parked"]);
    assert_eq!(panel.shown(newcomer).await, "Pending 0.90 1000");
    let alerts = alerts::list(&panel.panel.db, alerts::Search::default(), 10)
        .await
        .unwrap();
    assert_eq!(alerts[0].kind, "duplicate_provider_order");
    assert!(alerts[0].message.contains("77"), "{}", alerts[0].message);
    let run = uncertain(&panel).await[0];
    let taken = resolve(&panel, run, Resolution::Accepted("77".to_owned())).await;
    assert_eq!(taken, Err(Unresolved::IdTaken));
    assert_eq!(resolve(&panel, run, Resolution::Refund).await, Ok(()));
    assert_eq!(panel.shown(newcomer).await, "Canceled 0.00 1000");
    panel.finish().await;
}

#[apply(story)]
async fn both_of_two_orders_sent_at_once_do_not_get_one_id() {
    let panel = TestPanel::start().await;
    for _ in 0..2 {
        panel
            .provider
            .script_next(1, custom(200, r#"{"order":77}"#));
    }
    let one = panel.order("https://x.test/one", 1000).await;
    let two = panel.order("https://x.test/two", 1000).await;
    panel.work().await;
    let mut both = [states(&panel, one).await, states(&panel, two).await].concat();
    both.sort();
    assert_eq!(both, ["accepted", "parked"]);
    panel.finish().await;
}

/// One id is one order there, in whatever spelling.
#[apply(story)]
async fn an_id_in_another_spelling_is_the_same_id() {
    let spellings = [
        ["77", r#""077""#],
        ["77", r#""77.0""#],
        [r#""0077""#, "77"],
        [r#""77.00""#, "77"],
        [r#""077.0""#, r#""0077""#],
    ];
    for [one, other] in spellings {
        let panel = TestPanel::start().await;
        for id in [one, other] {
            let body = format!(r#"{{"order":{id}}}"#);
            panel.provider.script_next(1, custom(200, &body));
            panel.order(&format!("https://x.test/{id}"), 1000).await;
            panel.work().await;
        }
        let all = "SELECT state FROM dispatches ORDER BY id";
        let all = texts(&panel, all).await;
        assert_eq!(all, ["accepted", "parked"], "{one} {other}");
        assert_eq!(alert_kinds(&panel).await, ["duplicate_provider_order"]);
        let run = uncertain(&panel).await[0];
        for taken in ["77", "077", "77.0"] {
            let taken = resolve(&panel, run, Resolution::Accepted(taken.to_owned())).await;
            assert_eq!(taken, Err(Unresolved::IdTaken));
        }
        panel.finish().await;
    }
}

/// Ids that are not numbers are what they are: each of these is another order.
#[apply(story)]
async fn ids_that_are_no_numbers_are_compared_as_they_are_written() {
    let panel = TestPanel::start().await;
    for id in ["A1", "0A1", "a1", "1.5", "1.50", "15"] {
        let body = format!(r#"{{"order":"{id}"}}"#);
        panel.provider.script_next(1, custom(200, &body));
        panel.order(&format!("https://x.test/{id}"), 1000).await;
    }
    panel.work().await;
    let states = "SELECT DISTINCT state FROM dispatches";
    assert_eq!(texts(&panel, states).await, ["accepted"]);
    panel.finish().await;
}

/// A first order that goes by `script`, and another one to which the provider gives the first one's id.
/// Gives both, the other one's run as well.
async fn given_again(panel: &TestPanel, script: Script) -> (i64, i64, DispatchId) {
    panel.provider.script_next(1, script);
    let first = panel.order("https://x.test/first", 1000).await;
    panel.work().await;
    let id = panel.provider.orders()[0].id;
    let script = Script::AddSays {
        status: 200,
        body: format!(r#"{{"order":{id}}}"#),
        record: true,
    };
    panel.provider.script_next(1, script);
    let newcomer = panel.order("https://x.test/newcomer", 1000).await;
    panel.work().await;
    let run = uncertain(panel).await[0];
    (first, newcomer, run)
}

/// "Evidence that is about *this* order and allows one reading": the line may be the newcomer's.
#[apply(story)]
async fn an_order_whose_id_was_given_again_is_ended_by_an_operator() {
    let cases = [
        (Script::Deliver { over_ms: 4_000 }, "Completed 0.90 0"),
        (Script::CancelAfter { ms: 4_000 }, "Canceled 0.00 1000"),
        (
            Script::Partial {
                over_ms: 4_000,
                delivered_percent: 40,
            },
            "Partial 0.36 600",
        ),
    ];
    for (script, end) in cases {
        let panel = TestPanel::start().await;
        let (first, newcomer, run) = given_again(&panel, script).await;
        assert_eq!(states(&panel, first).await, ["accepted"], "{end}");
        // What becomes of the newcomer says nothing of the line.
        assert_eq!(resolve(&panel, run, Resolution::Refund).await, Ok(()));
        panel.pass(HOUR).await;
        assert_eq!(states(&panel, first).await, ["parked"], "{end}");
        assert_eq!(panel.shown(newcomer).await, "Canceled 0.00 1000");
        assert_eq!(panel.balance().await, "99.10", "{end}");
        let why = format!("SELECT reason FROM dispatches WHERE order_id = {first}");
        let why = texts(&panel, &why).await;
        let given = format!("gave its id to dispatch {run} too");
        assert!(why[0].contains(&given), "{why:?}");
        // The operator has learned that the id is this order's: it is followed again, and believed.
        let id = panel.provider.orders()[0].id.to_string();
        let of_first = uncertain(&panel).await[0];
        let accepted = Resolution::Accepted(id);
        assert_eq!(resolve(&panel, of_first, accepted).await, Ok(()));
        panel.pass(HOUR).await;
        assert_eq!(panel.shown(first).await, end);
        panel.finish().await;
    }
}

#[apply(story)]
async fn an_id_that_was_given_again_may_be_the_newcomers() {
    let panel = TestPanel::start().await;
    let script = Script::Deliver { over_ms: 4_000 };
    let (first, newcomer, run) = given_again(&panel, script).await;
    panel.pass(HOUR).await;
    assert_eq!(uncertain(&panel).await.len(), 2);
    let id = panel.provider.orders()[0].id.to_string();
    let taken = resolve(&panel, run, Resolution::Accepted(id.clone())).await;
    assert_eq!(taken, Err(Unresolved::IdTaken));
    let both = uncertain(&panel).await;
    let of_first = *both.iter().find(|other| **other != run).unwrap();
    assert_eq!(resolve(&panel, of_first, Resolution::Refund).await, Ok(()));
    let accepted = Resolution::Accepted(id);
    assert_eq!(resolve(&panel, run, accepted).await, Ok(()));
    panel.pass(HOUR).await;
    assert_eq!(panel.shown(first).await, "Canceled 0.00 1000");
    assert_eq!(panel.shown(newcomer).await, "Completed 0.90 0");
    panel.finish().await;
}

/// The sentence is about the order that was there before, and so is the id.
#[apply(story)]
async fn an_id_beside_an_error_does_not_keep_its_order_from_ending() {
    let panel = TestPanel::start().await;
    let first = panel.order("https://x.test/first", 1000).await;
    panel.work().await;
    let id = panel.provider.orders()[0].id;
    let body = format!(r#"{{"error":"You have ordered this before","order":{id}}}"#);
    panel.provider.script_next(1, custom(200, &body));
    let newcomer = panel.order("https://x.test/newcomer", 1000).await;
    panel.pass(HOUR).await;
    assert_eq!(states(&panel, newcomer).await, ["parked"]);
    assert_eq!(panel.shown(first).await, "Completed 0.90 0");
    panel.finish().await;
}

/// An answer that names the id of an order that is stored, beside an error.
fn beside_an_error(id: &str, record: bool) -> Script {
    Script::AddSays {
        status: 200,
        body: format!(r#"{{"error":"Something odd happened with your row","order":{id}}}"#),
        record,
    }
}

/// The id stood in an unclear answer to another order before: a line of it may be about either.
#[apply(story)]
async fn an_id_that_stood_in_an_unclear_answer_ends_no_other_order() {
    for accepted_as in ["{}", r#""0{}""#, r#""{}.0""#] {
        let panel = TestPanel::start().await;
        let script = beside_an_error("<order>", true);
        panel.provider.script_next(1, script);
        let unclear = panel.order("https://x.test/unclear", 1000).await;
        panel.work().await;
        let id = panel.provider.orders()[0].id.to_string();
        let body = format!(r#"{{"order":{}}}"#, accepted_as.replace("{}", &id));
        panel.provider.script_next(1, custom(200, &body));
        let accepted = panel.order("https://x.test/accepted", 1000).await;
        panel.work().await;
        assert_eq!(states(&panel, unclear).await, ["unknown"], "{accepted_as}");
        panel.pass(HOUR).await;
        assert_eq!(states(&panel, unclear).await, ["parked"], "{accepted_as}");
        assert_eq!(states(&panel, accepted).await, ["parked"], "{accepted_as}");
        assert_eq!(panel.balance().await, "98.20");
        // The operator has learned whose it is.
        let both = uncertain(&panel).await;
        assert_eq!(resolve(&panel, both[1], Resolution::Refund).await, Ok(()));
        let own = Resolution::Accepted(id);
        assert_eq!(resolve(&panel, both[0], own).await, Ok(()));
        panel.pass(HOUR).await;
        assert_eq!(panel.shown(unclear).await, "Completed 0.90 0");
        assert_eq!(panel.shown(accepted).await, "Canceled 0.00 1000");
        panel.finish().await;
    }
}

#[apply(story)]
async fn one_id_in_two_unclear_answers_is_nobodys_in_any_spelling() {
    for other in ["{}", r#""0{}""#, r#""{}.0""#] {
        let panel = TestPanel::start().await;
        panel
            .provider
            .script_next(1, beside_an_error("<order>", true));
        panel.order("https://x.test/1", 1000).await;
        panel.work().await;
        let id = panel.provider.orders()[0].id.to_string();
        let script = beside_an_error(&other.replace("{}", &id), false);
        panel.provider.script_next(1, script);
        panel.order("https://x.test/2", 1000).await;
        panel.pass(HOUR).await;
        let states = "SELECT state FROM dispatches";
        assert_eq!(texts(&panel, states).await, ["parked", "parked"], "{other}");
        panel.finish().await;
    }
}

/// Nothing is on its way: an operator need not wait for a provider that does not answer.
#[apply(story)]
async fn an_operator_decides_an_order_whose_seen_id_is_still_asked_about() {
    for ends_whole_order in [false, true] {
        let panel = TestPanel::start().await;
        panel
            .provider
            .script_next(1, beside_an_error("<order>", true));
        for _ in 0..20 {
            panel.provider.fail_next("status", page(500));
        }
        let order = panel.order("https://x.test/p", 1000).await;
        panel.pass(10 * MINUTE).await;
        assert_eq!(states(&panel, order).await, ["unknown"]);
        if ends_whole_order {
            let actor = Actor::command();
            let left = Some(1000);
            let ended = orders::end(&panel.panel, &actor, OrderId(order), left, "not there").await;
            assert_eq!(ended.unwrap().len(), 0);
        } else {
            let run = uncertain(&panel).await[0];
            assert_eq!(resolve(&panel, run, Resolution::Refund).await, Ok(()));
        }
        assert_eq!(panel.shown(order).await, "Canceled 0.00 1000");
        panel.finish().await;
    }
}
