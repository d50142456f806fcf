//! Bodies that are too large, broken, or no text at all.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{FORM, JSON, busy, post, refused, state};

#[apply(story)]
async fn bodies_above_the_limit_are_incorrect_requests_in_every_encoding() {
    let panel = busy().await;
    let before = state(&panel).await;
    let key = &panel.key;
    let order = format!("key={key}&action=add&service=2&link=https://x.test/new&comments=");
    let (large, over) = (10 * 1024 * 1024, 1024 * 1024 + 1 - order.len());
    let json = format!(r#"{{"key":"{key}","action":"balance","x":""#);
    let parts = format!(
        "--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\n{key}\r\n--b\r\n\
         Content-Disposition: form-data; name=\"action\"\r\n\r\n"
    );
    for (media, beginning, more) in [
        (FORM, &order, large),
        (FORM, &order, over),
        (JSON, &json, large),
        ("multipart/form-data; boundary=b", &parts, large),
        ("application/octet-stream", &String::new(), large),
    ] {
        let body = format!("{beginning}{}", "a\n".repeat(more.div_ceil(2)));
        assert_eq!(
            refused(&post(&panel, media, body).await),
            "Incorrect request",
            "{media}"
        );
    }
    assert_eq!(state(&panel).await, before);
    // One that just fits is served.
    let fits = format!("key={key}&action=balance&x=");
    let fits = format!("{fits}{}", "a".repeat(1024 * 1024 - fits.len()));
    assert_eq!(post(&panel, FORM, fits).await.json()["currency"], "USD");
    panel.finish().await;
}

#[apply(story)]
async fn text_that_is_not_utf_8_is_an_incorrect_request() {
    let panel = busy().await;
    let before = state(&panel).await;
    let key = panel.key.as_bytes();
    let order = b"&action=add&service=1&quantity=1000&link=https://x.test/new";
    let with = |more: &[u8]| [b"key=", key, order, more].concat();
    let json = |more: &[u8]| {
        let beginning = br#"","action":"add","service":1,"quantity":1000,"link":"x"#;
        [br#"{"key":""#, key, beginning, more, br#""}"#].concat()
    };
    let part = |text: &[u8]| {
        let beginning = b"\r\n--b\r\nContent-Disposition: form-data; name=\"action\"\r\n\r\n";
        let first = b"--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\n";
        [&first[..], key, beginning, text, b"\r\n--b--\r\n"].concat()
    };
    for (media, body) in [
        (FORM, with(b"\xFF")),
        (FORM, with(b"%FF")),
        (FORM, with(b"&comments=\xC3")),
        (FORM, with(b"&comments=%C3%28")),
        (FORM, with(b"&x=%ED%A0%80")),
        (FORM, with(b"&%FF=1")),
        (FORM, with(b"&x=\xF0\x82\x82\xAC")),
        (JSON, json(b"\xFF")),
        (JSON, json(br"\ud800")),
        (JSON, json(b"\0")),
        ("multipart/form-data; boundary=b", part(b"bal\xFFance")),
        ("text/plain; charset=utf-16", b"\xFF\xFEk\0e\0y\0".to_vec()),
    ] {
        let sentence = refused(&post(&panel, media, body.clone()).await);
        assert_eq!(
            sentence,
            "Incorrect request",
            "{:?}",
            String::from_utf8_lossy(&body)
        );
    }
    let query = format!("{}?key={}&action=balance&x=%FF", panel.url, panel.key);
    assert_eq!(
        refused(&panel.send(panel.http().get(query)).await),
        "Incorrect request"
    );
    assert_eq!(state(&panel).await, before);
    panel.finish().await;
}

#[apply(story)]
async fn broken_multipart_is_an_incorrect_request() {
    let panel = busy().await;
    let before = state(&panel).await;
    let part = |name: &str, value: &str| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let fields = [
        ("key", panel.key.as_str()),
        ("action", "add"),
        ("service", "3"),
        ("link", "https://x.test/new"),
    ];
    let whole: String = fields
        .iter()
        .map(|(name, value)| part(name, value))
        .collect();
    let good = format!("{whole}--b--\r\n");
    let media = "multipart/form-data; boundary=b";
    for (media, body) in [
        ("multipart/form-data", good.clone()),
        ("multipart/form-data; boundary=", good.clone()),
        ("multipart/form-data; boundary=other", good.clone()),
        ("multipart/form-data; charset=b", good.clone()),
        (media, whole.clone()),
        (media, whole[..whole.len() - 4].to_owned()),
        (media, format!("{whole}--b\r\n")),
        (
            media,
            format!("{whole}--b\r\nContent-Disposition: form-data; name=\"x\""),
        ),
        (
            media,
            format!("{whole}--b\r\n\u{0}\u{1}\u{2}: \r\n\r\nx\r\n--b--\r\n"),
        ),
        (
            media,
            format!("{whole}--b\r\nno header here\r\n\r\nx\r\n--b--\r\n"),
        ),
        (media, "--b".to_owned()),
        (media, "--b--".to_owned()),
        (media, good.replace("--b", "--c")),
        (media, good.replace("name=", "nom=")),
        (media, good.replace("\r\n", " ")),
        (media, format!("key={}&action=balance", panel.key)),
        (JSON, good.clone()),
        (FORM, good.clone()),
    ] {
        let sentence = refused(&post(&panel, media, body.clone()).await);
        assert_eq!(sentence, "Incorrect request", "{media}\n{body}");
    }
    assert_eq!(state(&panel).await, before);
    // What was broken above is whole here.
    assert_eq!(post(&panel, media, good).await.order(), 3);
    panel.finish().await;
}

#[apply(story)]
async fn broken_json_is_an_incorrect_request() {
    let panel = busy().await;
    let before = state(&panel).await;
    let order = r#""action":"add","service":3,"link":"https://x.test/new""#;
    let key = &panel.key;
    let deep = "[".repeat(100_000);
    for body in [
        format!(r#"{{"key":"{key}",{order}"#),
        format!(r#"{{"key":"{key}",{order}}}}}"#),
        format!(r#"{{"key":"{key}",{order},}}"#),
        format!(r#"[{{"key":"{key}",{order}}}]"#),
        format!(r#"{{"key":"{key}",{order},"x":{deep}"#),
        format!(r#"{{"key":{{"a":"{key}"}},{order}}}"#),
        format!("{{'key':'{key}'}}"),
        "[]".to_owned(),
        "null".to_owned(),
        "\"add\"".to_owned(),
        deep.clone(),
        "{".to_owned(),
        "\u{0}".to_owned(),
    ] {
        assert_eq!(
            refused(&post(&panel, JSON, body.clone()).await),
            "Incorrect request",
            "{body}"
        );
    }
    assert_eq!(state(&panel).await, before);
    panel.finish().await;
}

#[apply(story)]
async fn a_body_that_breaks_off_places_nothing() {
    let panel = busy().await;
    let before = state(&panel).await;
    let whole = format!(
        "key={}&action=add&service=1&link=https://x.test/new&quantity=1000",
        panel.key
    );
    // What has arrived is an order of 100, and even of 1000: neither was all that was meant.
    let address = panel.url.strip_prefix("http://").unwrap();
    let address = address.strip_suffix("/api/v2").unwrap();
    for (length, sent) in [
        (
            format!("Content-Length: {}", whole.len()),
            &whole[..whole.len() - 1],
        ),
        (format!("Content-Length: {}", whole.len() + 1), &whole[..]),
        (
            "Transfer-Encoding: chunked".to_owned(),
            &format!("{:x}\r\n{whole}\r\n", whole.len()),
        ),
    ] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!(
            "POST /api/v2 HTTP/1.1\r\nHost: {address}\r\nContent-Type: {FORM}\r\n\
             {length}\r\n\r\n{sent}"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8(answer).unwrap();
        assert!(!answer.contains(r#"{"order""#), "{length}: {answer}");
    }
    assert_eq!(state(&panel).await, before);
    panel.finish().await;
}

#[apply(story)]
async fn other_methods_and_paths_do_nothing() {
    let panel = busy().await;
    let before = state(&panel).await;
    let form = [
        ("key", panel.key.as_str()),
        ("action", "add"),
        ("service", "3"),
        ("link", "https://x.test/new"),
    ];
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PURGE"] {
        let method: reqwest::Method = method.parse().unwrap();
        let request = panel.http().request(method.clone(), &panel.url).form(&form);
        let reply = panel.send(request).await;
        assert_eq!((reply.status, reply.body.as_str()), (405, ""), "{method}");
        assert_eq!(reply.headers["allow"], "GET, POST");
    }
    let query = format!(
        "{}?key={}&action=add&service=3&link=https://x.test/new",
        panel.url, panel.key
    );
    let head = panel.send(panel.http().head(&query)).await;
    assert_eq!((head.status, head.body.as_str()), (405, ""));
    let base = panel.url.strip_suffix("/api/v2").unwrap();
    for path in [
        "/api",
        "/api/v1",
        "/api/v2/orders",
        "/api/v2//",
        "/../etc/passwd",
        "/%00",
    ] {
        let reply = panel
            .send(panel.http().post(format!("{base}{path}")).form(&form))
            .await;
        assert_eq!(
            (reply.status, &reply.json()["code"]),
            (404, &"route_unknown".into())
        );
    }
    for path in [
        "/",
        "/docs",
        "/docs/operator",
        "/openapi.json",
        "/customer.json",
    ] {
        let reply = panel
            .send(panel.http().post(format!("{base}{path}")).form(&form))
            .await;
        assert_eq!((reply.status, reply.body.as_str()), (405, ""), "{path}");
    }
    assert_eq!(state(&panel).await, before);
    panel.finish().await;
}

/// A body that a fuzzer might send: noise, or a request made of hostile pieces.
fn bodies(key: &str) -> impl Strategy<Value = Vec<u8>> + use<> {
    let pieces = [
        "&",
        "=",
        "[]",
        "[0]",
        "{",
        "}",
        "\"",
        ":",
        ",",
        "--b\r\n",
        "--b--",
        "\r\n\r\n",
        "%00",
        "%FF",
        "%",
        "\0",
        "key",
        "action",
        "status",
        "orders",
        "refill_status",
        "refills",
        "-1",
        "1e3",
        "9223372036854775808",
        "balance",
        "services",
        "null",
        "\u{202e}",
        "'--",
        "\\u0000",
        "Content-Disposition: form-data; name=\"key\"",
        "runs=2&interval=1",
        "request_id=",
    ];
    let piece = proptest::sample::select(pieces.map(str::to_owned).to_vec());
    let action = proptest::sample::select(vec![
        "add",
        "status",
        "refill",
        "refill_status",
        "cancel",
        "balance",
        "services",
        "x",
    ]);
    let noise = vec(any::<u8>(), 0..200);
    let (form_key, json_key) = (key.to_owned(), key.to_owned());
    // Never a service and a quantity that could be sold, and no id of a stored order.
    let form = (action.clone(), vec(piece.clone(), 0..12), noise.clone()).prop_map(
        move |(action, pieces, noise)| {
            let form = format!("key={form_key}&action={action}&{}&", pieces.concat());
            let end = b"&service=1&link=https://x.test/p&quantity=7&comments=&order=&orders=x";
            [form.as_bytes(), &noise, end].concat()
        },
    );
    let json = (action, any::<String>(), any::<f64>(), any::<String>()).prop_map(
        move |(action, name, number, text)| {
            let value = serde_json::json!({"key": json_key, "action": action, name: number,
                "order": text, "orders": [number, text], "service": 1, "quantity": number.fract()});
            value.to_string().into_bytes()
        },
    );
    let soup = vec(piece, 0..40).prop_map(|pieces| pieces.concat().into_bytes());
    prop_oneof![noise, form, json, soup]
}

#[test]
fn noise_in_any_encoding_is_answered_and_never_moves_money() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let panel = runtime.block_on(busy());
    let before = runtime.block_on(state(&panel));
    let media = proptest::sample::select(vec![
        FORM,
        JSON,
        "multipart/form-data; boundary=b",
        "multipart/form-data",
        "text/plain; charset=utf-7",
        "application/xml",
        ";",
    ]);
    let config = ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    TestRunner::new_with_rng(config, rng)
        .run(&(media, bodies(&panel.key)), |(media, body)| {
            let reply = runtime.block_on(post(&panel, media, body));
            prop_assert_eq!(reply.status, 200);
            let json = reply.json();
            if json.get("error").is_some() {
                refused(&reply);
            }
            prop_assert_eq!(runtime.block_on(state(&panel)), before.clone());
            Ok(())
        })
        .unwrap();
    runtime.block_on(panel.finish());
}
