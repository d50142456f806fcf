//! Answers to what must not be asked twice: `add` and `refill`.

use serde_json::Value;

use super::says::error_in;
use super::{Answer, ProviderSays, json};

/// What became of an order that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddReply {
    /// The provider took it.
    Accepted {
        /// The provider's id of the order.
        order: String,
        /// What it says it charged, as written, if it says so.
        charge: Option<String>,
    },
    /// The provider said no, in words, and named no order.
    Refused(ProviderSays),
    /// HTTP 429, or 503 with `Retry-After`, before any acceptance: nothing was placed.
    TryAfter {
        /// How long to wait, in milliseconds, if it said so.
        ms: Option<i64>,
    },
    /// It may or may not have been taken; the text says what was seen. Never send it again on
    /// the strength of this.
    Unclear(String),
}

/// What became of a refill that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefillReply {
    /// The provider took it.
    Accepted {
        /// The provider's id of the refill.
        refill: String,
    },
    /// The provider said no, in words.
    Refused(ProviderSays),
    /// As for an order.
    TryAfter {
        /// How long to wait, in milliseconds, if it said so.
        ms: Option<i64>,
    },
    /// It may or may not have been taken; the text says what was seen.
    Unclear(String),
}

/// Reads the answer to `add`.
///
/// Accepted needs an id that is a positive number or a short token with a digit, whatever else
/// stands beside it, `error` included. Any 5xx is unclear, whatever its body says.
pub fn add_reply(answer: &Answer<'_>) -> AddReply {
    match placed(answer, "order") {
        Placed::Accepted { id, charge } => AddReply::Accepted { order: id, charge },
        Placed::Refused(says) => AddReply::Refused(says),
        Placed::TryAfter => AddReply::TryAfter {
            ms: answer.wait_ms(),
        },
        Placed::Unclear(why) => AddReply::Unclear(why),
    }
}

/// Reads the answer to `refill` of one order: `{"refill":"1"}`, or a list of one such line.
pub fn refill_reply(answer: &Answer<'_>) -> RefillReply {
    match placed(answer, "refill") {
        Placed::Accepted { id, .. } => RefillReply::Accepted { refill: id },
        Placed::Refused(says) => RefillReply::Refused(says),
        Placed::TryAfter => RefillReply::TryAfter {
            ms: answer.wait_ms(),
        },
        Placed::Unclear(why) => RefillReply::Unclear(why),
    }
}

enum Placed {
    Accepted { id: String, charge: Option<String> },
    Refused(ProviderSays),
    TryAfter,
    Unclear(String),
}

/// The one reading of both: what was placed has its id under `subject`.
fn placed(answer: &Answer<'_>, subject: &str) -> Placed {
    let http = format!("HTTP {}", answer.http_status);
    let value = json::recover(answer.body);
    let object = match &value {
        Some(Value::Array(lines)) => match lines.as_slice() {
            [line] => line.as_object(),
            _ => None,
        },
        Some(value) => value.as_object(),
        None => None,
    };
    let field = object.and_then(|object| object.get(subject));
    let id = json::id(field);
    let odd = field.is_some_and(|field| id.is_none() && !says_none(field));
    if answer.http_status >= 500 && (id.is_some() || odd || !answer.asks_to_wait()) {
        return Placed::Unclear(http);
    }
    if let Some(id) = id {
        let charge = object.and_then(|object| json::text(object.get("charge")));
        return Placed::Accepted { id, charge };
    }
    if odd {
        return Placed::Unclear(format!("{http}, `{subject}` is no id"));
    }
    if answer.asks_to_wait() {
        return Placed::TryAfter;
    }
    match object.map(|object| error_in(object, subject)) {
        Some(Some(text)) => Placed::Refused(ProviderSays::new(text)),
        Some(None) => Placed::Unclear(format!("{http}, neither `{subject}` nor an error")),
        None => Placed::Unclear(format!("{http}, no JSON object")),
    }
}

/// True for what panels write where there is no id: null, false, an empty text or list, zero, or
/// an object that holds the error.
fn says_none(field: &Value) -> bool {
    match field {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) => false,
        Value::Number(_) => json::whole(Some(field)) == Some(0),
        Value::String(text) => matches!(text.trim(), "" | "0" | "null"),
        Value::Array(items) => items.is_empty(),
        Value::Object(object) => error_in(object, "").is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::RefusalClass;
    use super::*;

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
    fn an_order_is_accepted_only_with_an_id() {
        for (http_status, body, order) in [
            (200, r#"{"order":23501}"#, "23501"),
            (200, r#"{"order":"23501"}"#, "23501"),
            (200, r#"{"status":"success","order":5}"#, "5"),
            (200, r#"{"status":"100","order":5}"#, "5"),
            (200, r#"{"order":5,"error":null}"#, "5"),
            (
                200,
                r#"{"order":5,"error":"Not enough funds on balance"}"#,
                "5",
            ),
            (200, r#"{"order":5,"order":5}"#, "5"),
            (200, "<b>Warning</b>: x[0] in a.php\n{\"order\":5}", "5"),
            (201, r#"{"order":5}"#, "5"),
            (422, r#"{"order":5}"#, "5"),
            (429, r#"{"order":5}"#, "5"),
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
                charge: Some("0.27819".to_owned())
            }
        );
    }

    #[test]
    fn an_order_is_refused_only_in_words() {
        use RefusalClass::{OrderInvalid, ProviderTrouble, Unlisted};
        for (http_status, body, class) in [
            (200, r#"{"error":"Bad link"}"#, OrderInvalid),
            (200, r#"{"order":null,"error":"Bad link"}"#, OrderInvalid),
            (200, r#"{"order":0,"error":"Bad link"}"#, OrderInvalid),
            (200, r#"{"order":"","error":"Bad link"}"#, OrderInvalid),
            (200, r#"{"order":{"error":"Bad link"}}"#, OrderInvalid),
            (
                200,
                r#"{"error":"neworder.error.not_enough_funds"}"#,
                ProviderTrouble,
            ),
            (
                200,
                r#"{"status":"error","message":"Something new"}"#,
                Unlisted,
            ),
            (401, r#"{"error":"Invalid API key"}"#, ProviderTrouble),
            (
                422,
                r#"{"errors":["Quantity less than minimal 10"]}"#,
                OrderInvalid,
            ),
        ] {
            let AddReply::Refused(says) = add(http_status, body) else {
                panic!("{body}: not refused");
            };
            assert_eq!(says.class, class, "{body}");
        }
    }

    #[test]
    fn everything_else_is_unclear() {
        for (http_status, body) in [
            (200, ""),
            (200, "OK"),
            (200, "<html>502 Bad Gateway</html>"),
            (200, r#"{"order":5"#),
            (200, "[]"),
            (200, "{}"),
            (200, r#"[{"order":5},{"order":6}]"#),
            (200, r#"{"status":"success"}"#),
            (200, r#"{"order":true,"error":"Bad link"}"#),
            (200, r#"{"order":-5,"error":"Bad link"}"#),
            (200, r#"{"order":{"id":5},"error":"Bad link"}"#),
            (200, r#"{"order":"Order placed","error":"Bad link"}"#),
            (200, r#"{"error":""}"#),
            (302, "<html>Found</html>"),
            (403, "<html>Attention required</html>"),
            (500, r#"{"error":"Bad link"}"#),
            (500, r#"{"order":5}"#),
            (502, "<html>502 Bad Gateway</html>"),
            (503, ""),
        ] {
            let reply = add(http_status, body);
            assert!(
                matches!(reply, AddReply::Unclear(_)),
                "{http_status} {body}: {reply:?}"
            );
        }
    }

    #[test]
    fn patience_is_asked_for_only_before_an_acceptance() {
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
        assert_eq!(wait(503, Some(-1), ""), AddReply::TryAfter { ms: Some(0) });
        assert_eq!(
            wait(503, Some(1), "<html>"),
            AddReply::TryAfter { ms: Some(1) }
        );
        assert!(matches!(
            wait(503, Some(1), r#"{"order":5}"#),
            AddReply::Unclear(_)
        ));
        assert!(matches!(wait(502, Some(1), ""), AddReply::Unclear(_)));
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
}
