//! Misbehaviour on demand: what the client sees, and what was recorded all the same.

use std::time::Duration;

use super::*;

/// How long a test waits before it takes a silence for one.
const PATIENCE: Duration = Duration::from_millis(200);

#[tokio::test]
async fn each_script_answers_in_its_own_way_and_records_what_it_says() {
    let bench = Bench::start().await;
    let says = |status, body: &str, record| Script::AddSays {
        status,
        body: body.to_owned(),
        record,
    };
    for (n, (script, status, body, recorded)) in [
        (Script::Deliver { over_ms: 0 }, 200, r#"{"order":"#, true),
        (
            Script::Refuse("Bad link"),
            200,
            r#"{"error":"Bad link"}"#,
            false,
        ),
        (Script::AcceptThenHtml502, 502, "<html>", true),
        (Script::BrokenJson, 200, r#"{"order":"#, true),
        (
            Script::RateLimited { retry_after_s: 7 },
            429,
            r#"{"error":"Rate"#,
            false,
        ),
        (Script::Says("{}".to_owned()), 200, r#"{"order":"#, true),
        (
            says(201, r#"{"status":100,"order":"<order>"}"#, true),
            201,
            r#"{"status":100,"order":"5"#,
            true,
        ),
        (says(500, "", false), 500, "", false),
    ]
    .into_iter()
    .enumerate()
    {
        let link = format!("https://x.test/{n}");
        bench.provider.script_next(1, script.clone());
        let form = [
            ("action", "add"),
            ("service", "1"),
            ("link", &link),
            ("quantity", "10"),
        ];
        let answer = bench.send(&form).await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{script:?}");
        if let Script::RateLimited { .. } = script {
            assert_eq!(answer.headers()["retry-after"], "7");
        }
        let text = answer.text().await.unwrap();
        assert!(text.starts_with(body), "{script:?}: {text}");
        assert_eq!(serde_json::from_str::<Value>(&text).is_err(), {
            matches!(script, Script::AcceptThenHtml502 | Script::BrokenJson) || body.is_empty()
        });
        let times = usize::from(recorded);
        assert_eq!(bench.provider.times_accepted(&link), times, "{script:?}");
    }
}

#[tokio::test]
async fn scripts_for_single_orders_are_taken_in_turn_and_then_the_service_s_own_holds() {
    let bench = Bench::start().await;
    bench.provider.set_script(1, Script::Refuse("own"));
    bench
        .provider
        .set_script(9, Script::Refuse("unknown service"));
    bench.provider.script_next(1, Script::Refuse("first"));
    bench.provider.script_next(1, Script::Refuse("second"));
    // Neither another service nor an order that does not fit takes one.
    assert!(bench.add("4", "a").await.contains("order"));
    let misfit = [
        ("action", "add"),
        ("service", "1"),
        ("link", "a"),
        ("quantity", "0"),
    ];
    assert!(bench.text(&misfit).await.contains("Quantity less"));
    for sentence in ["first", "second", "own", "own"] {
        let refused = format!(r#"{{"error":"{sentence}"}}"#);
        assert_eq!(bench.add("1", "a").await, refused);
    }
}

#[tokio::test]
async fn a_client_that_gives_up_on_a_hanging_answer_has_been_served_or_not_as_scripted() {
    let bench = Bench::start().await;
    bench.provider.keep_request_ids(true);
    for (script, link, times) in [
        (Script::AcceptThenHang, "a", 1),
        (Script::HangBeforeAccept, "b", 0),
    ] {
        bench.provider.script_next(1, script);
        let form = [
            ("action", "add"),
            ("service", "1"),
            ("link", link),
            ("quantity", "1000"),
            ("request_id", link),
        ];
        let silence = tokio::time::timeout(PATIENCE, bench.send(&form)).await;
        assert!(silence.is_err(), "{silence:?}");
        assert_eq!(bench.provider.times_accepted(link), times);
        // The same request again is answered, and is the same order.
        assert!(bench.text(&form).await.starts_with(r#"{"order":"#));
        assert_eq!(bench.provider.times_accepted(link), 1);
    }
    let order = bench.provider.orders()[0].id;
    bench.clock.advance_ms(USUAL_MS);
    assert_eq!(bench.state(order).await, "Completed 0 0.90");
}

#[tokio::test]
async fn faults_strike_one_request_of_their_action_each() {
    let bench = Bench::start().await;
    bench
        .provider
        .fail_next("balance", Fault::Http(503, "busy".to_owned()));
    bench.provider.fail_next("balance", Fault::Drop);
    bench.provider.fail_next("balance", Fault::Hang);
    let balance = [("action", "balance")];
    let status = bench.text(&[("action", "status"), ("order", "7")]).await;
    assert_eq!(status, r#"{"error":"Incorrect order ID"}"#);

    let busy = bench.send(&balance).await.unwrap();
    assert_eq!(
        (busy.status().as_u16(), busy.text().await.unwrap().as_str()),
        (503, "busy")
    );
    let dropped = bench.send(&balance).await.unwrap_err();
    assert!(!dropped.is_connect() && !dropped.is_decode(), "{dropped:?}");
    assert!(
        tokio::time::timeout(PATIENCE, bench.send(&balance))
            .await
            .is_err()
    );
    assert!(bench.text(&balance).await.contains("1000000.00"));
    assert_eq!(bench.provider.requests().len(), 5);
}

#[tokio::test]
async fn stopping_ends_hanging_answers_and_then_nobody_listens() {
    let bench = Bench::start().await;
    bench.provider.script_next(1, Script::AcceptThenHang);
    let form = [
        ("action", "add"),
        ("service", "1"),
        ("link", "a"),
        ("quantity", "10"),
    ];
    let stop = async {
        while bench.provider.times_accepted("a") == 0 {
            tokio::task::yield_now().await;
        }
        bench.provider.clone().stop().await;
    };
    let (hung, ()) = tokio::join!(bench.send(&form), stop);
    assert!(!hung.unwrap_err().is_connect());
    assert!(bench.send(&form).await.unwrap_err().is_connect());
    assert_eq!(bench.provider.accepted_links(), ["a"]);
}

#[tokio::test]
async fn it_listens_on_loopback_only() {
    let clock = Clock::manual(Time::default());
    let listen = SocketAddr::from(([0, 0, 0, 0], 0));
    let refused = SimulatedProvider::start(clock, listen).await.err().unwrap();
    assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
}
