use super::*;
use crate::protocol::upstream::{SentValues, normalize_phrase};

fn answer(http_status: u16, body: &str) -> Answer<'_> {
    Answer {
        http_status,
        retry_after_ms: None,
        body: body.as_bytes(),
    }
}

fn add(http_status: u16, body: &str) -> AddReply {
    add_reply(&answer(http_status, body))
}

#[test]
fn an_order_is_accepted_only_with_an_id_and_no_error() {
    for (http_status, body, order) in [
        (200, r#"{"order":23501}"#, "23501"),
        (200, r#"{"order":"23501"}"#, "23501"),
        (200, r#"{"Order":"23501"}"#, "23501"),
        (200, r#"{"order_id":5}"#, "5"),
        (200, r#"{"orderId":"a-5"}"#, "a-5"),
        (200, r#"{"data":{"order":5}}"#, "5"),
        (200, r#"{"status":"success","result":{"order":5}}"#, "5"),
        (200, r#"{"status":"success","id":5}"#, "5"),
        (200, r#"{"success":true,"data":{"id":5}}"#, "5"),
        (200, r#"{"order_id":6,"id":7,"order":5}"#, "5"),
        (200, r#"{"status":"success","order":5}"#, "5"),
        (200, r#"{"status":"100","order":5}"#, "5"),
        (200, r#"{"order":5,"error":null}"#, "5"),
        (200, r#"{"order":5,"error":false,"errors":[]}"#, "5"),
        (200, r#"{"order":5,"error":0}"#, "5"),
        (200, r#"{"order":5,"error":""}"#, "5"),
        (200, r#"{"order":5,"order":5}"#, "5"),
        (200, r#"{"order":5}{"order":5}"#, "5"),
        (200, "\u{feff}{\"order\":5}<!-- 0.1 s -->", "5"),
        (200, "<b>Warning</b>: x[0] in a.php\n{\"order\":5}", "5"),
        (201, r#"{"order":5}"#, "5"),
        (422, r#"{"order":5}"#, "5"),
    ] {
        let accepted = AddReply::Accepted {
            order: order.to_owned(),
            charge: None,
        };
        assert_eq!(add(http_status, body), accepted, "{body}");
    }
    assert_eq!(
        add(200, r#"{"order":5,"charge":0.27819,"currency":"USD"}"#),
        AddReply::Accepted {
            order: "5".to_owned(),
            charge: Some("0.27819 USD".to_owned())
        }
    );
}

/// An answer that says an error and something else is never the error alone.
#[test]
fn a_refusal_that_says_more_is_another_sentence_or_none() {
    let long = format!(
        r#"{{"error":"Bad link{}but order 5 was created"}}"#,
        " ".repeat(20_000)
    );
    let hidden = format!(
        r#"{{"error":"Bad link"}}{}{{"order":5}}"#,
        "[x] ".repeat(63)
    );
    for (http_status, body) in [
        (
            200,
            r#"{"error":{"code":"WEBHOOK","message":"Bad link","order":77}}"#,
        ),
        (200, r#"{"errors":{"link":"Bad link","order":"1001"}}"#),
        (
            200,
            r#"{"error":{"message":{"message":"Bad link"},"order_id":"1001"}}"#,
        ),
        (
            200,
            r#"{"error":"Bad link","errors":["Order 1001 was created"]}"#,
        ),
        (200, r#"{"error":"Bad link","Error":"Order was created"}"#),
        (
            200,
            r#"{"status":"success","error":"Bad link","message":"Order placed"}"#,
        ),
        (200, r#"{"success":true,"error":"Bad link"}"#),
        (200, r#"{"warning":"Order 1001 saved","error":"Bad link"}"#),
        (
            200,
            r#"{"error":{"message":"Bad link","details":"order 1001 stored"}}"#,
        ),
        (200, r#"{"error":"Bad link","orders":[77]}"#),
        (200, r#"{"error":"Bad link","response":{"order":77}}"#),
        (200, r#"{"error":"Bad link","body":"{\"order\":77}"}"#),
        (403, r#"{"error":"Bad link","data":{"order_number":77}}"#),
        (
            200,
            r#"{"error":"Bad link","result":{"orders":[{"order":77}]}}"#,
        ),
        (
            200,
            r#"{"order":{"error":"Bad link","number":1001},"orders":"n1"}"#,
        ),
        (200, r#"{"error":"Bad link"}<!-- order 1001 created -->"#),
        (
            200,
            r#"<b>Fatal error</b>: PDOException in order.php<br />{"error":"Bad link"}"#,
        ),
        (
            200,
            r#"Order 5 was stored. Upstream said: {"error":"Bad link"}"#,
        ),
        (200, r#"{"error":"Bad link <order 1001 was created>"}"#),
        (
            200,
            r#"{"data":{"error":"Bad link","errors":{"x":"Order stored"}}}"#,
        ),
        (302, r#"{"error":"Bad link"}"#),
        (408, r#"{"error":"Bad link"}"#),
        (
            429,
            r#"{"message":"Too many requests","data":{"order":{"id":77}}}"#,
        ),
        (429, r##"{"order":"#1001","message":"Too many requests"}"##),
        (429, r#"[{"order":77},{"message":"slow down"}]"#),
        (
            200,
            r#"{"order":5001,"order":5002,"id":1001,"status":"success"}"#,
        ),
        (200, r#"{"order":5001,"Order":5002}"#),
        (200, r#"{"data":{"order":1001,"errors":{"link":"bad"}}}"#),
        (200, r#"{"order":1001,"status":"failed","charge":null}"#),
        (200, r#"{"order":"neworder.error.link_v2"}"#),
        (200, &long),
        (200, &hidden),
    ] {
        match add(http_status, body) {
            AddReply::Refused(says) => {
                let key = normalize_phrase(&says.whole(), &SentValues::default());
                assert_ne!(key, "bad link", "{body}");
            }
            AddReply::Unclear(_) => {}
            other => panic!("{body}: {other:?}"),
        }
    }
    let many: Vec<String> = (0..200).map(|_| "\"Bad link\"".to_owned()).collect();
    let body = format!(r#"{{"errors":[{}]}}"#, many.join(","));
    assert!(matches!(add(200, &body), AddReply::Unclear(_)));
}

/// Sentences in an encoding that is not known stay apart.
#[test]
fn sentences_in_other_encodings_have_keys_of_their_own() {
    let key = |bytes: &[u8]| {
        let reply = add_reply(&Answer {
            http_status: 200,
            retry_after_ms: None,
            body: &[b"{\"error\":\"", bytes, b" link\"}"].concat(),
        });
        let AddReply::Refused(says) = reply else {
            panic!("{reply:?}");
        };
        normalize_phrase(&says.whole(), &SentValues::default())
    };
    let (wrong, stored) = (
        key(b"\xcd\xe5\xe2\xe5\xf0\xed\xe0\xff"),
        key(b"\xc7\xe0\xea\xe0\xe7"),
    );
    assert_ne!(wrong, stored);
    assert_ne!(wrong, "link");
}

#[test]
fn an_order_is_refused_only_in_words_and_without_an_id() {
    for (http_status, body, parts) in [
        (200, r#"{"error":"Bad link"}"#, &["Bad link"][..]),
        (200, r#"{"order":null,"error":"Bad link"}"#, &["Bad link"]),
        (200, r#"{"order":0,"error":"Bad link"}"#, &["Bad link"]),
        (200, r#"{"order":"","error":"Bad link"}"#, &["Bad link"]),
        (200, r#"{"order":{"error":"Bad link"}}"#, &["Bad link"]),
        (
            200,
            r#"{"status":"error","message":"Something new"}"#,
            &["Something new"],
        ),
        (
            200,
            r#"{"success":false,"message":"Something new"}"#,
            &["Something new"],
        ),
        (401, r#"{"error":"Invalid API key"}"#, &["Invalid API key"]),
        (
            422,
            r#"{"errors":{"link":["a"],"quantity":["b"]}}"#,
            &["a", "b"],
        ),
        (200, r#"{"error":"OK"}"#, &["OK"]),
    ] {
        let AddReply::Refused(says) = add(http_status, body) else {
            panic!("{body}: not refused");
        };
        assert_eq!(says.parts, parts, "{body}");
    }
}

#[test]
fn an_id_in_an_answer_that_is_no_acceptance_is_kept() {
    for (http_status, body) in [
        (200, r#"{"order":77,"error":"Not enough funds on balance"}"#),
        (200, r#"{"order_id":77,"error":"Webhook failed"}"#),
        (200, r#"{"order":77}{"error":"Bad link"}"#),
        (200, r#"{"order":77}{"order":78}"#),
        (200, r#"{"order":77,"status":"error"}"#),
        (200, r#"{"order":77,"success":false}"#),
        (200, r#"{"order":77,"error":102}"#),
        (200, r#"{"order":77,"error":true}"#),
        (200, r#"{"id":77,"error":"Bad link"}"#),
        (200, r#"{"id":77}"#),
        (200, r#"{"order":{"id":77},"error":"Bad link"}"#),
        (429, r#"{"order":77}"#),
        (500, r#"{"order":77}"#),
        (503, r#"{"data":{"order":77}}"#),
    ] {
        let AddReply::Unclear(unclear) = add(http_status, body) else {
            panic!("{body}: not unclear");
        };
        assert_eq!(unclear.seen_id.as_deref(), Some("77"), "{body}");
    }
}

#[test]
fn everything_else_is_unclear() {
    for (http_status, body) in [
        (200, ""),
        (200, "OK"),
        (200, "<html>502 Bad Gateway</html>"),
        (200, r#"<html><script>x={"order":5}</script></html>"#),
        (200, r#"{"order":5"#),
        (200, "[]"),
        (200, "{}"),
        (200, r#"[{"order":5},{"order":6}]"#),
        (200, r#"{"order":5,"order":6}"#),
        (200, r#"{"status":"success"}"#),
        (200, r#"{"order":true,"error":"Bad link"}"#),
        (200, r#"{"order":-5,"error":"Bad link"}"#),
        (200, r#"{"order":"Order placed","error":"Bad link"}"#),
        (200, r#"{"error":""}"#),
        (200, r#"{"error":5}"#),
        (
            200,
            r#"{"error":"Quantity less than minimal 100","error":"OK","order":[1]}"#,
        ),
        (302, "<html>Found</html>"),
        (403, "<html>Attention required</html>"),
        (451, r#"{"order":5}"#),
        (500, r#"{"error":"Bad link"}"#),
        (502, "<html>502 Bad Gateway</html>"),
        (503, r#"{"error":"Bad link"}"#),
    ] {
        let reply = add(http_status, body);
        assert!(
            matches!(reply, AddReply::Unclear(_)),
            "{http_status} {body}: {reply:?}"
        );
    }
}

#[test]
fn only_a_429_without_an_id_asks_for_patience() {
    let wait = |http_status, retry_after_ms, body: &'static str| {
        add_reply(&Answer {
            http_status,
            retry_after_ms,
            body: body.as_bytes(),
        })
    };
    let limited = r#"{"error":"Rate limit exceeded"}"#;
    assert_eq!(wait(429, None, limited), AddReply::TryAfter { ms: None });
    assert_eq!(
        wait(429, Some(2000), ""),
        AddReply::TryAfter { ms: Some(2000) }
    );
    for (http_status, body) in [
        (503, ""),
        (503, "<html>"),
        (503, r#"{"order":5}"#),
        (502, ""),
    ] {
        let reply = wait(http_status, Some(5000), body);
        assert!(
            matches!(reply, AddReply::Unclear(_)),
            "{http_status} {body}"
        );
    }
}

#[test]
fn a_refill_is_read_like_an_order() {
    for body in [
        r#"{"refill":"7"}"#,
        r#"{"refill":7}"#,
        r#"[{"order":1,"refill":7}]"#,
    ] {
        let accepted = RefillReply::Accepted {
            refill: "7".to_owned(),
        };
        assert_eq!(refill_reply(&answer(200, body)), accepted, "{body}");
    }
    for body in [
        r#"{"error":"Refill days are over"}"#,
        r#"{"refill":{"error":"Refill days are over"}}"#,
        r#"[{"order":1,"refill":{"error":"Refill days are over"}}]"#,
    ] {
        let says = ProviderSays::new("Refill days are over".to_owned());
        assert_eq!(
            refill_reply(&answer(200, body)),
            RefillReply::Refused(says),
            "{body}"
        );
    }
    let vague = refill_reply(&answer(200, r#"{"status":"Success","message":"ok"}"#));
    assert!(matches!(vague, RefillReply::Unclear(_)));
    assert_eq!(
        refill_reply(&answer(429, "")),
        RefillReply::TryAfter { ms: None }
    );
}
