//! Answers to `add` that can be read in two ways: nothing is sent again, nothing is refunded, and an
//! id that stands in one is asked about.

use super::*;

/// An order of a service that two providers sell, to which the first answers by `script`; after two
/// days, how often each was asked to place it, and the order.
async fn after_two_days(script: Script) -> (TestPanel, SimulatedProvider, i64) {
    let (panel, other, service) = with_two_providers().await;
    panel.provider.script_next(1, script);
    let order = panel.order_of(service, "https://x.test/p", 1000).await;
    panel.pass(HOUR).await;
    panel.advance(47 * HOUR);
    panel.work().await;
    (panel, other, order)
}

fn stored(status: u16, body: &str) -> Script {
    Script::AddSays {
        status,
        body: body.to_owned(),
        record: true,
    }
}

/// Every answer that names an id and is no acceptance.
const IDS_BESIDE_ERRORS: [(u16, &str); 9] = [
    (
        200,
        r#"{"order":<order>,"error":"Not enough funds on balance"}"#,
    ),
    (200, r#"{"order_id":<order>,"error":"Webhook failed"}"#),
    (
        200,
        r#"{"status":"success","order":<order>}{"error":"Bad link"}"#,
    ),
    (
        200,
        r#"{"id":<order>,"status":"error","message":"Bad link"}"#,
    ),
    (200, r#"{"data":{"orderId":"<order>"},"success":false}"#),
    (422, r#"{"order":<order>,"errors":["Invalid API key"]}"#),
    (429, r#"{"order":<order>}"#),
    (500, r#"{"order":<order>}"#),
    (503, r#"{"result":{"order":<order>},"error":"busy"}"#),
];

#[apply(story)]
async fn an_id_beside_an_error_is_asked_about_and_followed() {
    for (status, body) in IDS_BESIDE_ERRORS {
        let (panel, other, order) = after_two_days(stored(status, body)).await;
        assert_eq!((adds(&panel.provider), adds(&other)), (1, 0), "{body}");
        assert_eq!(panel.shown(order).await, "Completed 0.90 0", "{body}");
        assert_eq!(panel.balance().await, "99.10", "{body}");
        other.stop().await;
        panel.finish().await;
    }
}

#[apply(story)]
async fn an_id_beside_an_error_that_the_provider_does_not_know_waits_for_an_operator() {
    for (status, body) in IDS_BESIDE_ERRORS {
        let body = body.replace("<order>", "77001");
        let (panel, other, order) = after_two_days(custom(status, &body)).await;
        assert_eq!((adds(&panel.provider), adds(&other)), (1, 0), "{body}");
        assert_eq!(states(&panel, order).await, ["parked"], "{body}");
        assert_eq!(panel.shown(order).await, "Pending 0.90 1000", "{body}");
        let reason = texts(&panel, "SELECT reason FROM dispatches")
            .await
            .remove(0);
        assert!(reason.contains("77001"), "{reason}");
        other.stop().await;
        panel.finish().await;
    }
}

#[apply(story)]
async fn an_id_of_an_earlier_order_beside_an_error_is_never_taken_for_the_new_one() {
    let panel = TestPanel::start().await;
    let first = panel.order("https://x.test/first", 1000).await;
    panel.work().await;
    let second = panel.order("https://x.test/second", 1000).await;
    panel.work().await;
    let ids: Vec<i64> = panel.provider.orders().iter().map(|one| one.id).collect();
    panel.advance(1);
    // Another order's, and one that is smaller than what the provider gave before.
    for (n, id) in [(1, ids[1]), (2, ids[0] - 1), (3, 1)] {
        let body = format!(r#"{{"order":{id},"error":"Duplicate order"}}"#);
        panel.provider.script_next(1, custom(200, &body));
        let order = panel.order(&format!("https://x.test/{n}"), 1000).await;
        panel.pass(HOUR).await;
        assert_eq!(states(&panel, order).await, ["parked"], "{id}");
    }
    for order in [first, second] {
        assert_eq!(panel.shown(order).await, "Completed 0.90 0");
    }
    panel.finish().await;
}

/// The id of an order whose own answer was lost is nobody's yet: every other condition lets it pass.
#[apply(story)]
async fn an_id_beside_an_error_that_may_be_a_lost_orders_is_never_taken_for_the_new_one() {
    for lost in [Script::BrokenJson, Script::AcceptThenHtml502] {
        let panel = TestPanel::start().await;
        panel.provider.script_next(1, lost);
        let first = panel.order("https://x.test/first", 1000).await;
        panel.work().await;
        let id = panel.provider.orders()[0].id;
        panel.advance(1);
        let body = format!(r#"{{"order":{id},"error":"Duplicate order"}}"#);
        panel.provider.script_next(1, custom(200, &body));
        let second = panel.order("https://x.test/second", 1000).await;
        panel.pass(HOUR).await;
        assert_eq!(panel.provider.orders().len(), 1);
        for order in [first, second] {
            assert_eq!(states(&panel, order).await, ["parked"], "{order}");
            assert_eq!(panel.shown(order).await, "Pending 0.90 1000");
        }
        let reason = texts(&panel, "SELECT reason FROM dispatches WHERE order_id = 2").await;
        let why = "it may be dispatch 1's, whose id there is not known";
        assert!(reason[0].contains(why), "{reason:?}");
        panel.finish().await;
    }
}

#[apply(story)]
async fn an_id_beside_an_error_whose_charge_is_not_the_quote_waits_for_an_operator() {
    // The order costs 0.30 there.
    for (charge, state) in [
        ("0.30", "accepted"),
        ("0.375", "accepted"),
        ("0.376", "parked"),
        ("9.00", "parked"),
    ] {
        let panel = TestPanel::start().await;
        let body = r#"{"order":77001,"error":"Webhook failed"}"#;
        panel.provider.script_next(1, custom(200, body));
        let order = panel.order("https://x.test/p", 1000).await;
        panel.work().await;
        let line = format!(
            r#"{{"77001":{{"status":"Pending","charge":"{charge}","remains":"1000","currency":"USD"}}}}"#
        );
        panel.provider.fail_next("status", Fault::Http(200, line));
        panel.advance(MINUTE);
        panel.work().await;
        assert_eq!(states(&panel, order).await, [state], "{charge}");
        let kept = "SELECT reply FROM provider_exchanges WHERE action = 'status'";
        let says = format!("status=Pending charge={charge} start_count=- remains=1000");
        let says = match state {
            "accepted" => says,
            _ => format!(
                "not counted, it was charged {charge} USD, and this order costs 0.30 USD there: {says}"
            ),
        };
        assert_eq!(texts(&panel, kept).await, [says]);
        panel.finish().await;
    }
}

/// "A fault is no proof: common scripts store the order first and fail afterwards."
#[apply(story)]
async fn a_fault_in_any_words_is_no_refusal() {
    for (status, text) in [
        (
            200,
            "SQLSTATE[23000]: Integrity constraint violation: 1062 Duplicate entry '' for key \
               'orders.api_key_unique'",
        ),
        (200, "An error occurred while placing your order."),
        (
            200,
            "cURL error 28: Operation timed out after 30001 milliseconds",
        ),
        (200, "Something went wrong, try again later"),
        (400, "Something went wrong, try again later"),
        (422, "Une erreur est survenue"),
        (200, "Ocorreu um erro, tente novamente"),
        (200, "Произошла ошибка, попробуйте позже"),
        (200, "Call to a member function create() on null: Bad link"),
        (200, "OK"),
        (200, "Order placed"),
    ] {
        let body = format!(r#"{{"error":"{text}"}}"#);
        let (panel, other, order) = after_two_days(stored(status, &body)).await;
        assert_eq!((adds(&panel.provider), adds(&other)), (1, 0), "{text}");
        assert_eq!(states(&panel, order).await, ["parked"], "{text}");
        assert_eq!(panel.shown(order).await, "Pending 0.90 1000", "{text}");
        other.stop().await;
        panel.finish().await;
    }
}

#[apply(story)]
async fn a_cache_that_asks_to_try_again_says_nothing_of_the_order() {
    for retry_after_s in [0, 5, 3600] {
        let script = Script::AcceptThenUnavailable { retry_after_s };
        let (panel, other, order) = after_two_days(script).await;
        assert_eq!((adds(&panel.provider), adds(&other)), (1, 0));
        assert_eq!(states(&panel, order).await, ["parked"]);
        other.stop().await;
        panel.finish().await;
    }
}

#[apply(story)]
async fn errors_of_several_meanings_are_no_refusal() {
    for (body, state) in [
        (
            r#"{"errors":["Bad link","Quantity less than minimal 100"]}"#,
            "accepted",
        ),
        (
            r#"{"errors":["Bad link","Not enough funds on balance"]}"#,
            "parked",
        ),
        (
            r#"{"errors":{"link":["Bad link"],"x":["Something new"]}}"#,
            "parked",
        ),
        (r#"{"error":5}"#, "parked"),
        (r#"{"error":true,"message":""}"#, "parked"),
    ] {
        let (panel, other, order) = after_two_days(custom(200, body)).await;
        assert_eq!(adds(&panel.provider), 1, "{body}");
        // The next provider is asked only where all of them refuse the order.
        let ends = texts(&panel, "SELECT state FROM dispatches").await;
        let refused = state == "accepted";
        assert_eq!(adds(&other), usize::from(refused), "{body}");
        assert_eq!(
            ends,
            [if refused { "completed" } else { "parked" }],
            "{body}"
        );
        let _ = order;
        other.stop().await;
        panel.finish().await;
    }
}

/// "On a second attempt of a dispatch, with no other of ours active on that link there, it is evidence
/// that its first attempt was stored."
#[apply(story)]
async fn an_active_order_on_the_link_after_an_attempt_that_was_answered_is_our_own() {
    let busy = "You have active order with this link. Please wait until order being completed.";
    let panel = TestPanel::start().await;
    panel
        .provider
        .script_next(1, Script::RateLimited { retry_after_s: 60 });
    let order = panel.order("https://x.test/p", 1000).await;
    panel.work().await;
    panel.provider.script_next(1, Script::Refuse(busy));
    panel.advance(MINUTE);
    panel.work().await;
    assert_eq!(states(&panel, order).await, ["parked"]);
    panel.advance(25 * HOUR);
    panel.work().await;
    assert_eq!(adds(&panel.provider), 2);
    panel.finish().await;
}

/// "No single customer can cause it."
#[apply(story)]
async fn one_customers_links_stop_no_provider() {
    let panel = TestPanel::start().await;
    for n in 0..12 {
        let text = ["The provided URL is not valid", "Instagram user not found"][n % 2];
        panel.provider.script_next(1, Script::Refuse(text));
        panel.order(&format!("https://x.test/bad/{n}"), 1000).await;
        panel.work().await;
    }
    let (_, key) = harness::account(&panel.panel, "another", "10").await;
    let good = panel
        .v2_as(
            &key,
            &[
                ("action", "add"),
                ("service", "1"),
                ("link", "https://x.test/good"),
                ("quantity", "1000"),
            ],
        )
        .await;
    panel.work().await;
    let state = format!(
        "SELECT state FROM dispatches WHERE order_id = {}",
        good.order()
    );
    assert_eq!(texts(&panel, &state).await, ["accepted"]);
    panel.finish().await;
}
