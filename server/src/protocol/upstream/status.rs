//! Answers to `status` and `refill_status`.

use serde_json::{Map, Value};

use super::per_id::per_id;
use super::says::error_in;
use super::{Answer, ProviderSays, Unreadable, json};
use crate::protocol::{OrderWord, RefillWord};

/// What a provider says of one order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatusReply {
    /// A status line.
    Known {
        /// The status, if its word is known; an unknown word decides nothing.
        word: Option<OrderWord>,
        /// The status as written; empty if the line has none.
        raw_status: String,
        /// What the provider charged, as written.
        charge: Option<String>,
        /// The currency that the line names.
        currency: Option<String>,
        /// The count before delivery, zero or more.
        start_count: Option<i64>,
        /// Units not delivered; negative if more than the order was. Not yet held against the
        /// order's quantity.
        remains: Option<i64>,
    },
    /// An error in place of the line.
    Error(String),
}

/// What a provider says of one refill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefillStatusReply {
    /// A status.
    Known {
        /// The status, if its word is known; an unknown word decides nothing.
        word: Option<RefillWord>,
        /// The status as written; empty if the line has none.
        raw_status: String,
    },
    /// An error in place of the line.
    Error(String),
}

/// Reads the answer to `status`: the asked ids that have a line, in the order asked. An id
/// without one is left out, and so is an id that was not asked.
///
/// A refusal of the whole request is an error, except when the only id asked is what is refused.
pub fn status_replies(
    asked: &[String],
    answer: &Answer<'_>,
) -> Result<Vec<(String, StatusReply)>, Unreadable> {
    let lines = per_id(asked, answer.read()?, "order", names_an_unknown_id)?;
    Ok(read_lines(
        lines,
        |line, raw_status| StatusReply::Known {
            word: OrderWord::from_provider_word(&raw_status),
            raw_status,
            charge: json::text(line.get("charge")),
            currency: json::text(line.get("currency")),
            start_count: json::whole(line.get("start_count")).filter(|count| *count >= 0),
            remains: json::whole(line.get("remains")),
        },
        StatusReply::Error,
    ))
}

/// Reads the answer to `refill_status`, by the same rules as [`status_replies`].
pub fn refill_statuses(
    asked: &[String],
    answer: &Answer<'_>,
) -> Result<Vec<(String, RefillStatusReply)>, Unreadable> {
    let lines = per_id(asked, answer.read()?, "refill", names_an_unknown_id)?;
    Ok(read_lines(
        lines,
        |_, raw_status| RefillStatusReply::Known {
            word: RefillWord::from_provider_word(&raw_status),
            raw_status,
        },
        RefillStatusReply::Error,
    ))
}

/// Reads each line that is an object or a bare error text; others say nothing.
fn read_lines<R>(
    lines: Vec<(String, Value)>,
    known: impl Fn(&Map<String, Value>, String) -> R,
    error: impl Fn(String) -> R,
) -> Vec<(String, R)> {
    let read = |line: &Value| match line {
        Value::Object(object) => Some(match error_in(object, "status") {
            Some(text) => error(text),
            None => known(object, json::text(object.get("status")).unwrap_or_default()),
        }),
        Value::String(_) => json::text(Some(line)).map(&error),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
    };
    lines
        .into_iter()
        .filter_map(|(id, line)| read(&line).map(|reply| (id, reply)))
        .collect()
}

/// True for the sentences that refuse an id, not the request.
fn names_an_unknown_id(says: &ProviderSays) -> bool {
    let text = says.text.to_lowercase().replace(['_', '.'], " ");
    [
        "order id",
        "refill id",
        "order not found",
        "refill not found",
    ]
    .iter()
    .any(|part| text.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &str) -> Answer<'_> {
        Answer {
            http_status: 200,
            retry_after_ms: None,
            body: body.as_bytes(),
        }
    }

    fn asked(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    /// Each id with its status as written, or `!` and the error.
    fn statuses(ids: &[&str], body: &str) -> Result<Vec<String>, Unreadable> {
        let replies = status_replies(&asked(ids), &answer(body))?;
        let show = |(id, reply): (String, StatusReply)| match reply {
            StatusReply::Known { raw_status, .. } => format!("{id} {raw_status}"),
            StatusReply::Error(text) => format!("{id} !{text}"),
        };
        Ok(replies.into_iter().map(show).collect())
    }

    #[test]
    fn statuses_come_in_four_shapes() {
        let expected = ["1 Pending", "3 Partial"];
        for body in [
            r#"{"3":{"status":"Partial"},"1":{"status":"Pending"},"9":{"status":"Canceled"}}"#,
            r#"[{"status":"Pending"},{"status":"Partial"}]"#,
            r#"[{"order":"3","status":"Partial"},{"order":1,"status":"Pending"},{"order":9}]"#,
            "Notice: x in [a.php]\n{\"1\":{\"status\":\"Pending\"},\"3\":{\"status\":\"Partial\"}}",
        ] {
            assert_eq!(statuses(&["1", "3"], body).unwrap(), expected, "{body}");
        }
        let single = r#"{"charge":"1","status":"Pending"}"#;
        assert_eq!(statuses(&["1"], single).unwrap(), ["1 Pending"]);
        let single = r#"{"order":"1","status":"Pending"}"#;
        assert_eq!(statuses(&["1"], single).unwrap(), ["1 Pending"]);
    }

    #[test]
    fn an_error_in_place_of_a_line_is_not_a_status() {
        let unknown = ["1 Pending", "3 !Incorrect order ID"];
        for body in [
            r#"{"1":{"status":"Pending"},"3":{"error":"Incorrect order ID"}}"#,
            r#"{"1":{"status":"Pending"},"3":"Incorrect order ID"}"#,
            r#"{"1":{"status":"Pending"},"3":{"status":"fail","error":"Incorrect order ID"}}"#,
            r#"{"1":{"status":"Pending"},"3":{"status":"fail","msg":"Incorrect order ID"}}"#,
            r#"[{"status":"Pending"},"Incorrect order ID"]"#,
        ] {
            assert_eq!(statuses(&["1", "3"], body).unwrap(), unknown, "{body}");
        }
        let only = r#"{"error":"Incorrect order ID"}"#;
        assert_eq!(statuses(&["3"], only).unwrap(), ["3 !Incorrect order ID"]);
    }

    #[test]
    fn what_names_none_of_the_ids_says_nothing_about_them() {
        for body in ["[]", "{}"] {
            assert_eq!(statuses(&["1", "3"], body).unwrap(), [""; 0], "{body}");
        }
        assert_eq!(
            statuses(&["1", "3"], r#"{"1":null,"3":[]}"#).unwrap(),
            [""; 0]
        );
        for body in [
            "",
            "<html>",
            r#"[{"status":"Pending"}]"#,
            r#"{"status":"Canceled"}"#,
            r#"{"9":{"status":"Canceled"}}"#,
        ] {
            let read = statuses(&["1", "3"], body);
            assert!(
                matches!(read, Err(Unreadable::Garbled(_))),
                "{body}: {read:?}"
            );
        }
        let other = statuses(&["1"], r#"{"order":2,"status":"Canceled"}"#);
        assert!(matches!(other, Err(Unreadable::Garbled(_))));
        for (ids, body) in [
            (&["1", "3"][..], r#"{"error":"Incorrect order ID"}"#),
            (&["1"], r#"{"error":"Invalid API key"}"#),
            (&["1"], r#"{"status":"error","message":"Try later"}"#),
        ] {
            let read = statuses(ids, body);
            assert!(
                matches!(read, Err(Unreadable::Refused(_))),
                "{body}: {read:?}"
            );
        }
    }

    #[test]
    fn the_numbers_of_a_status_are_read_strictly() {
        let line = |line: &str| {
            let body = format!(r#"{{"1":{line}}}"#);
            status_replies(&asked(&["1"]), &answer(&body))
                .unwrap()
                .remove(0)
                .1
        };
        let known = |word, raw_status: &str, charge: Option<&str>, start_count, remains| {
            let raw_status = raw_status.to_owned();
            let charge = charge.map(str::to_owned);
            StatusReply::Known {
                word,
                raw_status,
                charge,
                currency: None,
                start_count,
                remains,
            }
        };
        for (text, reply) in [
            (
                r#"{"charge":"0.27819","start_count":"3572","status":"Partial","remains":"157"}"#,
                known(
                    Some(OrderWord::Partial),
                    "Partial",
                    Some("0.27819"),
                    Some(3572),
                    Some(157),
                ),
            ),
            (
                r#"{"charge":0.5,"start_count":null,"status":"Inprogress","remains":157.00}"#,
                known(
                    Some(OrderWord::InProgress),
                    "Inprogress",
                    Some("0.5"),
                    None,
                    Some(157),
                ),
            ),
            (
                r#"{"status":"Fail","start_count":-1,"remains":-20}"#,
                known(Some(OrderWord::Canceled), "Fail", None, None, Some(-20)),
            ),
            (
                r#"{"status":"Error","remains":"1,000"}"#,
                known(None, "Error", None, None, None),
            ),
            (r#"{"remains":1e3}"#, known(None, "", None, None, None)),
        ] {
            assert_eq!(line(text), reply, "{text}");
        }
    }

    #[test]
    fn refill_statuses_are_read_by_the_same_rules() {
        let completed = RefillStatusReply::Known {
            word: Some(RefillWord::Completed),
            raw_status: "tasks.status.completed".to_owned(),
        };
        let body = r#"[{"refill":1,"status":"tasks.status.completed"},
            {"refill":3,"status":{"error":"Refill not found"}}]"#;
        let read = refill_statuses(&asked(&["1", "3"]), &answer(body)).unwrap();
        let missing = RefillStatusReply::Error("Refill not found".to_owned());
        assert_eq!(
            read,
            [
                ("1".to_owned(), completed.clone()),
                ("3".to_owned(), missing.clone())
            ]
        );
        for (body, reply) in [
            (r#"{"status":"tasks.status.completed"}"#, completed),
            (r#"{"error":"Refill not found"}"#, missing),
        ] {
            let read = refill_statuses(&asked(&["1"]), &answer(body)).unwrap();
            assert_eq!(read, [("1".to_owned(), reply)], "{body}");
        }
    }
}
