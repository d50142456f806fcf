//! What holds for every call: paging, time limits, what an answer says beside its body.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on must stop, loudly"
)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::TryStreamExt;
use smm_panel_sdk::{Client, Error};

mod scripted;

use scripted::{KEY, Scripted, answer};

const WALLET: &str = r#"{"balance":"1.00","held":"0.00","currency":"USD"}"#;

/// A page of wallet entries with these numbers.
fn entries(numbers: &[i64], has_more: bool) -> Vec<u8> {
    let rows = numbers.iter().map(|number| {
        format!(
            r#"{{"transaction_id":{number},"kind":"order_charge","amount":"-0.90","reference":"",
                "created_at":"2026-11-01T00:00:00Z"}}"#
        )
    });
    let rows: Vec<String> = rows.collect();
    let last = numbers.last().copied().unwrap_or_default();
    let body = format!(
        r#"{{"entries":[{}],"next_cursor":"{last}","has_more":{has_more}}}"#,
        rows.join(",")
    );
    answer(200, "", &body)
}

#[tokio::test]
async fn pages_are_asked_for_one_by_one() {
    let pages = vec![
        entries(&[1, 2], true),
        entries(&[], true),
        entries(&[3], false),
    ];
    let server = Scripted::start(pages.clone()).await;
    let mut rows = server.client().entries_since(Some("0".to_owned()));
    assert!(
        server.asked().is_empty(),
        "nothing is asked for before a row is read"
    );
    assert_eq!(rows.next().await.unwrap().unwrap().cursor, "1");
    assert_eq!(rows.next().await.unwrap().unwrap().row.transaction_id, 2);
    assert_eq!(server.asked().len(), 1);
    assert_eq!(rows.next().await.unwrap().unwrap().cursor, "3");
    assert!(rows.next().await.unwrap().is_none());
    assert!(rows.next().await.unwrap().is_none());
    let asked = server.asked();
    let cursors: Vec<&str> = asked
        .iter()
        .map(|request| {
            request
                .split(['?', '&', ' '])
                .find(|part| part.starts_with("cursor="))
                .unwrap()
        })
        .collect();
    assert_eq!(cursors, ["cursor=0", "cursor=2", "cursor=0"]);

    let server = Scripted::start(pages).await;
    let rows: Vec<_> = server
        .client()
        .entries_since(None)
        .try_collect()
        .await
        .unwrap();
    assert_eq!(rows.len(), 3, "it is a stream too");
}

#[tokio::test]
async fn a_list_ends_after_an_error() {
    let server = Scripted::start(vec![entries(&[1], true), answer(400, "", "{}")]).await;
    let mut rows = server.client().entries_since(None);
    assert!(rows.next().await.unwrap().is_some());
    assert!(rows.next().await.is_err());
    assert!(rows.next().await.unwrap().is_none());
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn a_page_that_comes_again_ends_a_list() {
    let server = Scripted::start(vec![entries(&[1], true)]).await;
    let mut rows = server.client().entries_since(None);
    assert!(rows.next().await.unwrap().is_some());
    let error = rows.next().await.unwrap_err();
    assert!(error.to_string().contains("that page again"), "{error}");
    assert!(rows.next().await.unwrap().is_none());
}

#[tokio::test]
async fn an_answer_says_its_number_and_what_is_left() {
    let headers = "x-request-id: r-7\r\nratelimit-policy: \"add\";q=600;w=60, \"points\";q=6000;w=60\r\n\
                   ratelimit: \"add\";r=359;t=1, \"points\";r=5995;t=1\r\n";
    let busy = answer(503, "retry-after: 0\r\nx-request-id: r-6\r\n", "");
    let server = Scripted::start(vec![busy, answer(200, headers, WALLET)]).await;
    let told: Arc<Mutex<Vec<_>>> = Arc::default();
    let kept = told.clone();
    let client = Client::builder(&server.url, KEY)
        .on_response(move |info| kept.lock().unwrap().push(info.clone()))
        .build()
        .unwrap();
    assert_eq!(client.last_response(), None);
    let client = client.recording();
    client.wallet().await.unwrap();

    let info = client.last_response().unwrap();
    assert_eq!(
        (info.operation, info.attempt, info.status),
        ("wallet_view", 2, 200)
    );
    assert_eq!(info.request_id.as_deref(), Some("r-7"));
    let limit = &info.rate_limits[0];
    assert_eq!(
        (limit.name.as_str(), limit.remaining, limit.limit),
        ("add", 359, Some(600))
    );
    assert_eq!(limit.window, Some(Duration::from_secs(60)));
    assert_eq!(limit.resets_in, Some(Duration::from_secs(1)));
    assert_eq!(info.rate_limits.len(), 2);
    let told = told.lock().unwrap();
    assert_eq!(told.len(), 2);
    assert_eq!(
        (told[0].status, told[0].request_id.as_deref()),
        (503, Some("r-6"))
    );
}

#[tokio::test]
async fn a_call_says_what_makes_it() {
    let server = Scripted::start(vec![answer(200, "", WALLET)]).await;
    server.client().wallet().await.unwrap();
    let named = Client::builder(&server.url, KEY)
        .user_agent("shop/1.2")
        .build()
        .unwrap();
    named.wallet().await.unwrap();
    let own = concat!(
        "user-agent: smm-panel-sdk/",
        env!("CARGO_PKG_VERSION"),
        "\r\n"
    );
    let asked = server.asked();
    assert!(asked[0].contains(own), "{}", asked[0]);
    assert!(
        asked[1].contains(&own.replace(": ", ": shop/1.2 ")),
        "{}",
        asked[1]
    );
    let bad = Client::builder(&server.url, KEY).user_agent("a\nb").build();
    assert!(matches!(bad, Err(Error::Setting(_))));
}

#[tokio::test]
async fn a_date_to_wait_until_is_waited_for() {
    let date = "Sun, 01 Nov 2026 00:00:00 GMT";
    let passed = answer(429, &format!("retry-after: {date}\r\ndate: {date}\r\n"), "");
    let server = Scripted::start(vec![passed, answer(200, "", WALLET)]).await;
    server.client().wallet().await.unwrap();
    assert_eq!(server.asked().len(), 2);

    let later = "Sun, 01 Nov 2026 01:00:00 GMT";
    let limited = answer(
        429,
        &format!("retry-after: {later}\r\ndate: {date}\r\n"),
        "",
    );
    let server = Scripted::start(vec![limited]).await;
    let error = server.client().wallet().await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    assert!(error.is_retryable());
    assert_eq!(
        server.asked().len(),
        1,
        "an hour is the caller's to decide on"
    );
}

#[tokio::test]
async fn a_deadline_ends_a_call_with_all_its_attempts() {
    // A wait that would end beyond the deadline is not begun: the answer is the error.
    let busy = answer(503, "retry-after: 50\r\n", "");
    let server = Scripted::start(vec![busy]).await;
    let soon = Duration::from_secs(20);
    let client = Client::builder(&server.url, KEY)
        .deadline(soon)
        .build()
        .unwrap();
    assert_eq!(client.wallet().await.unwrap_err().status(), Some(503));

    // An attempt that is under way is ended.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let client = Client::builder(&url, KEY)
        .deadline(Duration::from_millis(50))
        .build()
        .unwrap();
    let error = client.wallet().await.unwrap_err();
    let Error::DeadlineExceeded {
        deadline,
        last: None,
        ..
    } = &error
    else {
        panic!("{error}");
    };
    assert_eq!(*deadline, Duration::from_millis(50));
    assert_eq!(error.to_string(), "the call was not done within 50ms");
    drop(silent);
}

#[tokio::test]
async fn the_text_of_an_error_has_its_cause() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = Client::builder(&url, KEY).retries(0).build().unwrap();
    let error = client.wallet().await.unwrap_err();
    assert!(error.to_string().contains("refused"), "{error}");
    assert_eq!(
        (error.status(), error.code(), error.is_retryable()),
        (None, None, true)
    );
    assert_eq!(
        format!("{client:?}"),
        format!("Client {{ url: \"{url}\", .. }}")
    );
}

#[tokio::test]
async fn an_address_of_https_needs_no_certificates_to_be_named() {
    Client::new("https://your.panel", KEY).unwrap();
}

#[cfg(feature = "blocking")]
#[test]
fn a_blocking_client_calls_and_lists() {
    use smm_panel_sdk::{OrderFilter, blocking};

    let runtime = tokio::runtime::Runtime::new().unwrap();
    let pages = vec![
        answer(200, "", WALLET),
        entries(&[1, 2], true),
        entries(&[3], false),
        answer(400, "", "{}"),
    ];
    let server = runtime.block_on(Scripted::start(pages));
    let client = blocking::Client::new(&server.url, KEY).unwrap();
    assert_eq!(client.wallet().unwrap().balance.to_string(), "1.00");
    let rows: Result<Vec<_>, Error> = client.entries_since(None).collect();
    assert_eq!(rows.unwrap().len(), 3);
    let orders: Vec<_> = client.orders(OrderFilter::default()).collect();
    assert!(matches!(
        orders.as_slice(),
        [Err(Error::Unexpected {
            status: Some(400),
            ..
        })]
    ));

    // It may be called and dropped on any thread, where other async code runs too.
    let server = runtime.block_on(Scripted::start(vec![answer(200, "", WALLET)]));
    let url = server.url.clone();
    let called = runtime.block_on(async {
        let here = blocking::Client::new(&url, KEY).unwrap();
        let there = here.clone();
        let there = tokio::task::spawn_blocking(move || there.wallet())
            .await
            .unwrap();
        (here.wallet(), there)
    });
    assert!(called.0.is_ok() && called.1.is_ok());
}
