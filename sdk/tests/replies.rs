//! Whatever answers: the client never panics, repeats only what may be repeated, and never shows
//! its key.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on must stop, loudly"
)]

use std::time::Duration;

use futures::TryStreamExt;
use smm_panel_sdk::{
    BatchOrder, Client, Error, ErrorCode, KeySettings, NewOrder, OrderFilter, Scope, ServiceFilter,
};
use tokio::net::TcpListener;

mod scripted;

use scripted::{KEY, Scripted, answer};

const PLACED: &str = r#"{"order_id":7,"charge":"0.90","total_quantity":1000,
    "created_at":"2026-11-01T00:00:00.000Z","replayed":false}"#;
const REFUSED: &str = r#"{"code":"not_enough_funds","message":"m","request_id":"r",
    "details":{"charge":"0.90","balance":"0.100000001"}}"#;

/// A refusal with this code.
fn refusal(code: &str) -> String {
    format!(r#"{{"code":"{code}","message":"m","request_id":"r","details":{{}}}}"#)
}

fn order() -> NewOrder {
    NewOrder::new(1, "https://instagram.com/example").quantity(1000)
}

/// Every call once; gives what went wrong.
async fn every_call(client: &Client) -> Vec<Error> {
    let mut errors = Vec::new();
    macro_rules! failing {
        ($($call:expr),+ $(,)?) => {$(
            errors.extend($call.await.map(|_| ()).err());
        )+};
    }
    failing!(
        client.services(&ServiceFilter::default()),
        client.place(&order()),
        client.place_many(&mut []),
        client.order(1),
        client
            .orders(OrderFilter::default())
            .try_collect::<Vec<_>>(),
        client.cancel(1),
        client.refill(1),
        client.refill_status(1),
        client.refunds_of(1),
        client.refunds_since(None).try_collect::<Vec<_>>(),
        client
            .entries_since(Some("5".to_owned()))
            .try_collect::<Vec<_>>(),
        client.wallet(),
        client.wait_until_final(1, Duration::ZERO),
    );
    errors
}

#[tokio::test]
async fn no_answer_makes_the_client_panic() {
    let truncated = |status: u16| {
        let mut whole = answer(status, "", PLACED);
        whole.truncate(whole.len() - 20);
        whole
    };
    let chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{".to_vec();
    let unzipped = answer(200, "content-encoding: gzip\r\n", "{}");
    let mut answers = vec![b"".to_vec(), b"nonsense".to_vec(), chunked, unzipped];
    for status in [200, 201, 204, 302, 400, 404, 429, 500, 502, 503] {
        answers.push(truncated(status));
        for body in [
            "",
            "null",
            "[]",
            "{}",
            "\u{feff}{}",
            "<html><body>502 Bad Gateway</body></html>",
            r#"{"order_id":"x","balance":1,"services":{},"refunds":null}"#,
            r#"{"order_id":99999999999999999999999999,"charge":"1e999"}"#,
            r#"{"code":"brand_new_code","message":"m","request_id":"r","details":{}}"#,
            r#"{"code":7,"message":[],"details":null}"#,
            "\0\0\0",
        ] {
            answers.push(answer(status, "", body));
        }
        answers.push(answer(status, "", &"[".repeat(200_000)));
    }
    for given in answers {
        let shown = String::from_utf8_lossy(&given[..given.len().min(300)]).into_owned();
        let server = Scripted::start(vec![given]).await;
        let client = Client::builder(&server.url, KEY)
            .retries(0)
            .build()
            .unwrap();
        let errors = every_call(&client).await;
        assert_eq!(errors.len(), 13, "{shown}");
        for error in errors {
            let told = format!("{error} {error:?}");
            assert!(!told.contains(KEY), "{told}");
            let is_typed = matches!(error, Error::Unexpected { .. } | Error::Transport(_));
            let is_refusal = error.code() == Some(&ErrorCode::Unknown("brand_new_code".to_owned()));
            assert!(
                is_typed || is_refusal && shown.contains("brand_new"),
                "{shown}: {error:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_refusal_has_its_code_and_its_numbers() {
    let server = Scripted::start(vec![answer(402, "", REFUSED)]).await;
    let error = server.client().place(&order()).await.unwrap_err();
    let refusal = error.refusal().unwrap();
    assert_eq!(
        (refusal.status, &refusal.code),
        (Some(402), &ErrorCode::NotEnoughFunds)
    );
    assert_eq!(refusal.details.balance.unwrap().to_string(), "0.100000001");
    assert!(error.to_string().contains("not_enough_funds"), "{error}");
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn placing_is_repeated_under_one_key() {
    let busy = answer(503, "retry-after: 0\r\n", "");
    let lost = b"".to_vec();
    let server = Scripted::start(vec![busy, lost, answer(201, "", PLACED)]).await;
    let placed = server.client().place(&order()).await.unwrap();
    assert_eq!(placed.order_id, 7);
    let asked = server.asked();
    let keys: Vec<&str> = asked
        .iter()
        .map(|request| {
            let mut lines = request.lines();
            lines
                .find(|line| line.starts_with("idempotency-key: "))
                .unwrap()
        })
        .collect();
    assert_eq!(keys.len(), 3);
    assert!(
        keys.iter().all(|key| *key == keys[0] && key.len() > 40),
        "{keys:?}"
    );
    let next = server.client().place(&order()).await.unwrap();
    assert_eq!(next.order_id, 7);
    assert!(
        !server.asked()[3].contains(keys[0]),
        "a new call has a new key"
    );
}

#[tokio::test]
async fn a_refill_is_not_asked_for_twice_when_its_answer_is_lost() {
    for lost in [b"".to_vec(), answer(503, "", "")] {
        let server = Scripted::start(vec![lost]).await;
        assert!(server.client().refill(1).await.is_err());
        assert_eq!(server.asked().len(), 1);
    }
    // Only the panel's own word tells that it has not begun.
    for unclear in ["", "{}", &refusal("gateway_unavailable")] {
        let server = Scripted::start(vec![answer(503, "retry-after: 0\r\n", unclear)]).await;
        let error = server.client().deposit(20.into(), None).await.unwrap_err();
        assert!(
            error.is_retryable() && error.retry_after().is_some(),
            "{error}"
        );
        assert_eq!(server.asked().len(), 1, "{unclear}");
    }
    let limited = answer(429, "retry-after: 0\r\n", "");
    let busy = answer(503, "retry-after: 0\r\n", &refusal("unavailable"));
    let done = r#"{"refill_id":3,"order_id":1,"status":"pending","automatic":false,
        "created_at":"2026-11-01T00:00:00Z"}"#;
    let server = Scripted::start(vec![limited, busy, answer(201, "", done)]).await;
    assert_eq!(server.client().refill(1).await.unwrap().refill_id, 3);
}

#[tokio::test]
async fn a_wait_longer_than_a_minute_is_the_callers_to_decide() {
    let limited = answer(429, "retry-after: 3600\r\n", "");
    let server = Scripted::start(vec![limited]).await;
    let error = server.client().wallet().await.unwrap_err();
    assert!(
        matches!(
            error,
            Error::Unexpected {
                status: Some(429),
                ..
            }
        ),
        "{error:?}"
    );
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_panel_that_is_not_there_is_tried_again_and_then_told() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = Client::builder(&url, KEY).retries(1).build().unwrap();
    assert!(matches!(client.wallet().await, Err(Error::Transport(_))));
}

#[tokio::test]
async fn the_key_is_sent_and_never_shown_also_with_a_client_of_the_callers() {
    let wallet = r#"{"balance":"1.00","held":"0.00","currency":"USD"}"#;
    let server = Scripted::start(vec![answer(200, "", wallet)]).await;
    // An HTTP client of a program that has TLS of its own: with any provider that is installed.
    #[cfg(feature = "rustls")]
    let _ = rustls::crypto::ring::default_provider().install_default();
    let own = reqwest::Client::new();
    let builder = Client::builder(&format!("{}/", server.url), KEY).http(own);
    assert!(!format!("{builder:?}").contains(KEY));
    let client = builder.build().unwrap();
    assert_eq!(client.wallet().await.unwrap().balance.to_string(), "1.00");
    let asked = server.asked().remove(0);
    assert!(
        asked.starts_with("GET /api/v3/wallet HTTP/1.1\r\n"),
        "{asked}"
    );
    assert!(
        asked.contains(&format!("authorization: Bearer {KEY}\r\n")),
        "{asked}"
    );
    for shown in [format!("{client:?}"), format!("{client:#?}")] {
        assert!(!shown.contains(KEY), "{shown}");
    }
}

#[test]
fn an_address_that_is_none_is_told_at_once() {
    for url in ["", "panel", "ftp://panel", "file:///etc/passwd", "http://"] {
        let error = Client::new(url, KEY).unwrap_err();
        assert!(error.to_string().contains("https://your.panel"), "{error}");
    }
    // Whoever exchanges the two finds the key in no log, nor what else an address may have.
    for url in [
        KEY,
        "https://user:smp_live_x@panel",
        "https://panel/?k=smp_live_x",
        "https://panel/#x",
    ] {
        let builder = Client::builder(url, "https://your.panel");
        assert!(!format!("{builder:?}").contains("smp_live_"));
        let error = builder.build().unwrap_err();
        assert!(
            !format!("{error} {error:?}").contains("smp_live_"),
            "{error}"
        );
    }
    assert!(matches!(
        Client::new("http://a", "a\nb"),
        Err(Error::Setting(_))
    ));
}

#[tokio::test]
async fn what_a_success_says_is_in_no_error() {
    for (status, body) in [
        (201, format!(r#"{{"token":"{KEY}","key":{{}}}}"#)),
        (201, format!(r#"{{"token":7,"key":"{KEY}"}}"#)),
        (201, format!(r#""{KEY}""#)),
        (202, format!(r#"{{"token":"{KEY}"}}"#)),
    ] {
        let server = Scripted::start(vec![answer(status, "", &body)]).await;
        let settings = KeySettings::new("shop", [Scope::Read]);
        let error = server.client().create_key(&settings).await.unwrap_err();
        let told = format!("{error} {error:?}");
        assert!(!told.contains(KEY), "{told}");
        assert_eq!(server.asked().len(), 1);
    }
}

#[tokio::test]
async fn who_has_no_key_sends_none() {
    let server = Scripted::start(vec![answer(202, "", r#"{"message":"m"}"#)]).await;
    let client = Client::without_key(&server.url).unwrap();
    client.ask_password_reset("ann@example.com").await.unwrap();
    let asked = server.asked().remove(0);
    assert!(!asked.to_lowercase().contains("authorization"), "{asked}");
}

#[tokio::test]
async fn orders_keep_the_keys_that_they_were_placed_under() {
    let results = r#"{"results":[]}"#;
    let server = Scripted::start(vec![answer(200, "", results)]).await;
    let mut orders = [
        BatchOrder::new(order()),
        BatchOrder::new(order()).idempotency_key("mine"),
    ];
    let error = server.client().place_many(&mut orders).await.unwrap_err();
    assert!(
        error.to_string().contains("0 results for 2 orders"),
        "{error}"
    );
    let made = orders[0].idempotency_key.clone().unwrap();
    assert_eq!(orders[1].idempotency_key.as_deref(), Some("mine"));
    server.client().place_many(&mut orders).await.unwrap_err();
    assert!(server.asked().iter().all(|request| request.contains(&made)));
}

#[tokio::test]
async fn a_wait_goes_on_after_an_error_that_may_pass() {
    let ended = r#"{"order_id":1,"service_id":2,"status":"partial"}"#;
    let server = Scripted::start(vec![answer(503, "", ""), answer(200, "", ended)]).await;
    let client = Client::builder(&server.url, KEY)
        .retries(0)
        .build()
        .unwrap();
    // The second answer is none of an order: that ends it.
    let error = client
        .wait_until_final(1, Duration::from_secs(60))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("missing field"), "{error}");
    assert_eq!(server.asked().len(), 2);
    let error = client
        .wait_until_final(1, Duration::ZERO)
        .await
        .unwrap_err();
    assert_eq!(error.status(), None);
}
