//! What becomes of accepted orders and of the balance.

use super::*;

#[tokio::test]
async fn an_order_is_delivered_as_the_clock_moves_and_ends_as_its_script_says() {
    let deliver = Script::Deliver { over_ms: 1_000 };
    let partial = Script::Partial {
        over_ms: 1_000,
        delivered_percent: 60,
    };
    let canceled = Script::CancelAfter { ms: 1_000 };
    for (script, told, refund) in [
        (
            deliver,
            [
                "Pending 1000 0.90",
                "In progress 500 0.90",
                "Completed 0 0.90",
            ],
            "0.00",
        ),
        (
            partial,
            [
                "Pending 1000 0.90",
                "In progress 700 0.90",
                "Partial 400 0.54",
            ],
            "0.36",
        ),
        (
            canceled,
            [
                "Pending 1000 0.90",
                "In progress 1000 0.90",
                "Canceled 1000 0.00",
            ],
            "0.90",
        ),
    ] {
        let bench = Bench::start().await;
        let order = bench.order(script.clone(), "https://x.test/p").await;
        let charged = bench.provider.balance();
        assert_eq!(charged.to_string(), "999999.10");
        for (ms, expected) in [
            (99, told[0]),
            (451, told[1]),
            (450, told[2]),
            (86_400_000, told[2]),
        ] {
            bench.clock.advance_ms(ms);
            assert_eq!(bench.state(order).await, expected, "{script:?}");
        }
        let back = bench.provider.balance().minus(charged).unwrap();
        assert_eq!(back.to_string(), refund, "{script:?}");
    }
}

#[tokio::test]
async fn refunds_reach_the_balance_when_their_orders_end_in_any_order() {
    let bench = Bench::start().await;
    for (ms, link) in [(3_000, "a"), (1_000, "b"), (2_000, "c")] {
        bench.order(Script::CancelAfter { ms }, link).await;
    }
    for balance in [
        "999997.30",
        "999998.20",
        "999999.10",
        "1000000.00",
        "1000000.00",
    ] {
        let body = bench.text(&[("action", "balance")]).await;
        assert_eq!(
            body,
            format!(r#"{{"balance":"{balance}","currency":"USD"}}"#)
        );
        bench.clock.advance_ms(1_000);
    }
}

#[tokio::test]
async fn a_cancel_ends_an_order_with_what_is_delivered_and_refunds_the_rest_once() {
    for (ms, told, refund) in [
        (0, "Canceled 1000 0.00", "0.90"),
        (550, "Partial 500 0.45", "0.45"),
    ] {
        let bench = Bench::start().await;
        // Would be refunded at its end too: that must not come on top.
        let script = Script::Partial {
            over_ms: 1_000,
            delivered_percent: 100,
        };
        let order = bench.order(script, "a").await;
        let charged = bench.provider.balance();
        bench.clock.advance_ms(ms);
        for _ in 0..2 {
            assert_eq!(
                bench
                    .text(&[("action", "cancel"), ("orders", &order.to_string())])
                    .await,
                format!(r#"[{{"order":{order},"cancel":1}}]"#)
            );
            assert_eq!(bench.state(order).await, told);
            let back = bench.provider.balance().minus(charged).unwrap();
            assert_eq!(back.to_string(), refund);
            bench.clock.advance_ms(5_000);
        }
        assert_eq!(bench.state(order).await, told);
    }
}

#[tokio::test]
async fn what_cannot_be_cancelled_is_refused_and_goes_on() {
    let bench = Bench::start().await;
    let done = bench
        .order(Script::Deliver { over_ms: 0 }, "a")
        .await
        .to_string();
    bench.add("4", "b").await;
    let firm = bench.provider.orders().pop().unwrap().id.to_string();
    for (order, sentence) in [
        (done.as_str(), "The order cannot be canceled"),
        (firm.as_str(), "Cancel is disabled for this service"),
        ("7", "Incorrect order ID"),
    ] {
        assert_eq!(
            bench.text(&[("action", "cancel"), ("orders", order)]).await,
            format!(r#"[{{"order":{order},"cancel":{{"error":"{sentence}"}}}}]"#)
        );
        assert_eq!(
            bench.text(&[("action", "cancel"), ("order", order)]).await,
            format!(r#"{{"error":"{sentence}"}}"#)
        );
    }
    bench.clock.advance_ms(1_000);
    assert_eq!(bench.state(firm.parse().unwrap()).await, "Completed 0 0.90");
}

#[tokio::test]
async fn a_count_falls_after_completion_and_a_refill_brings_it_back() {
    let bench = Bench::start().await;
    let script = Script::DropLater {
        over_ms: 1_000,
        drop_percent: 30,
        refill_ms: 500,
    };
    let order = bench.order(script, "https://x.test/p").await;
    let start = bench.provider.count(order).unwrap();
    let gained = || bench.provider.count(order).unwrap() - start;
    bench.clock.advance_ms(1_000);
    assert_eq!(gained(), 1_000);
    let id = order.to_string();
    // A refill of what has not fallen yet does not prevent the fall.
    bench.text(&[("action", "refill"), ("order", &id)]).await;
    bench.clock.advance_ms(1_000);
    assert_eq!(gained(), 700);
    assert_eq!(bench.state(order).await, "Completed 0 0.90");
    assert_eq!(
        bench.text(&[("action", "refill"), ("order", &id)]).await,
        r#"{"refill":"700002"}"#
    );
    bench.clock.advance_ms(499);
    assert_eq!(gained(), 700);
    bench.clock.advance_ms(1);
    assert_eq!(gained(), 1_000);
}

#[tokio::test]
async fn an_order_that_the_balance_does_not_cover_is_refused() {
    let bench = Bench::start().await;
    bench.provider.set_balance(Money::parse("0.90").unwrap());
    assert_eq!(bench.add("1", "a").await, r#"{"order":5000001}"#);
    assert_eq!(bench.provider.balance(), Money::ZERO);
    let refused = r#"{"error":"Not enough funds on balance"}"#;
    assert_eq!(bench.add("1", "b").await, refused);
    assert_eq!(bench.provider.accepted_links(), ["a"]);
}

#[tokio::test]
async fn a_request_id_gives_the_same_order_once_it_is_heeded() {
    let bench = Bench::start().await;
    let add = async |id, link| {
        let quantity = ("quantity", "1000");
        let form = [
            ("action", "add"),
            ("service", "1"),
            ("link", link),
            quantity,
            ("request_id", id),
        ];
        let answer = bench.send(&form).await.unwrap();
        let announced = answer.headers().get("x-panel-extensions").cloned();
        (answer.text().await.unwrap(), announced)
    };
    assert_eq!(
        add("r", "a").await,
        (r#"{"order":5000001}"#.to_owned(), None)
    );
    assert_eq!(add("r", "a").await.0, r#"{"order":5000002}"#);
    bench.provider.keep_request_ids(true);
    for order in [5_000_003, 5_000_003] {
        let (body, announced) = add("r", "a").await;
        assert_eq!(body, format!(r#"{{"order":{order}}}"#));
        assert_eq!(announced.unwrap(), "request_id");
    }
    let reused = r#"{"error":"request_id was used for another order"}"#;
    assert_eq!(add("r", "b").await.0, reused);
    assert_eq!(add("s", "b").await.0, r#"{"order":5000004}"#);
    assert_eq!(bench.provider.times_accepted("a"), 3);
    // A refusal binds no request_id.
    bench.provider.script_next(1, Script::Refuse("Bad link"));
    assert_eq!(add("t", "c").await.0, r#"{"error":"Bad link"}"#);
    assert_eq!(add("t", "c").await.0, r#"{"order":5000005}"#);
}

#[tokio::test]
async fn the_evidence_holds_everything_but_the_key() {
    let bench = Bench::start().await;
    let form = [
        ("action", "add"),
        ("service", "2"),
        ("link", "https://x.test/p"),
        ("comments", "good\nbad"),
        ("request_id", "r"),
        ("surprise", "s"),
    ];
    bench.text(&form).await;
    let requests = bench.provider.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].action, "add");
    let sent: Vec<_> = requests[0]
        .fields
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    assert_eq!(sent, form[1..]);
    let details = vec![("comments".to_owned(), "good\nbad".to_owned())];
    assert_eq!(
        bench.provider.orders(),
        [SeenOrder {
            id: 5_000_001,
            service: 2,
            link: "https://x.test/p".to_owned(),
            quantity: 2,
            details,
            request_id: Some("r".to_owned()),
            accepted_at: Time::from_ms(1_000_000),
        }]
    );
    bench.provider.keep_requests(false);
    bench.text(&form).await;
    assert_eq!(bench.provider.requests().len(), 1);
    assert_eq!(bench.provider.times_accepted("https://x.test/p"), 2);
}
