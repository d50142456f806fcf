//! Answers to `cancel`.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::per_id::{Subject, bind, failed_request};
use super::says::error_in;
use super::status::{Reading, Said};
use super::{Answer, ProviderSays, Unreadable, json};

/// What a provider says to the cancel of one order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CancelReply {
    /// It will try: the outcome shows in the order's status, nothing is refunded yet.
    Accepted,
    /// It will not, in its words.
    Refused(String),
    /// The answer does not say; asking again does no harm.
    Unclear,
}

/// Reads the answer to `cancel`: one reply for each id asked, in that order.
///
/// `{"status":"success"}` and `{"ok":"true"}` accept all of them. A refusal of the whole request
/// is an error, except when a single order was asked about and it is not the account's trouble.
pub fn cancel_replies(
    asked: &[String],
    answer: &Answer<'_>,
    reading: Reading<'_>,
) -> Result<Vec<Said<CancelReply>>, Unreadable> {
    let value = answer.read()?;
    if !(200..300).contains(&answer.http_status)
        && value.as_object().and_then(failed_request).is_none()
    {
        return Err(Unreadable::Garbled(format!("HTTP {}", answer.http_status)));
    }
    let subject = Subject {
        names: &["order", "orderid"],
        id_names: reading.id_names_order,
        is_line: |line| line.contains_key("cancel") || succeeded(line),
    };
    let order_only = |says: &ProviderSays| !(reading.is_passing)(says);
    let lines = bind(asked, &value, &subject, &order_only)?;
    // `{"status":"success"}` with no line of its own speaks of all of them.
    let whole = lines.is_empty()
        && value.as_object().is_some_and(|object| {
            let inside = ["order", "cancel", "data", "result", "orders"];
            succeeded(object) && !inside.iter().any(|name| object.contains_key(*name))
        });
    let rest = match whole {
        true => CancelReply::Accepted,
        false => CancelReply::Unclear,
    };
    let mut replies: HashMap<String, (bool, CancelReply)> = lines
        .into_iter()
        .map(|line| (line.id, (line.is_keyed, cancel_reply(&line.value, reading))))
        .collect();
    let said = |id: &String| {
        let (is_keyed, reply) = replies.remove(id).unwrap_or_else(|| (false, rest.clone()));
        Said {
            id: id.clone(),
            is_keyed,
            reply,
        }
    };
    Ok(asked.iter().map(said).collect())
}

fn cancel_reply(line: &Value, reading: Reading<'_>) -> CancelReply {
    let refused = |text: String| match (reading.is_passing)(&ProviderSays::new(text.clone())) {
        true => CancelReply::Unclear,
        false => CancelReply::Refused(text),
    };
    let Some(object) = line.as_object() else {
        return json::text(Some(line))
            .filter(|_| line.is_string())
            .map_or(CancelReply::Unclear, refused);
    };
    if let Some(text) = error_in(object, "cancel").or_else(|| failed_request(object)) {
        return refused(text);
    }
    let cancel = object.get("cancel");
    if json::yes(cancel) || json::id(cancel).is_some() || (cancel.is_none() && succeeded(object)) {
        CancelReply::Accepted
    } else {
        CancelReply::Unclear
    }
}

/// True for `{"status":"success"}`, `{"ok":"true"}`, `{"success":true}` and
/// `{"success":"Cancel request submitted"}`.
fn succeeded(object: &Map<String, Value>) -> bool {
    let word = |name: &str| {
        json::text(object.get(name))
            .unwrap_or_default()
            .to_lowercase()
    };
    let is_sentence = |text: &str| {
        text.contains(char::is_alphabetic) && !matches!(text, "false" | "no" | "null" | "none")
    };
    matches!(word("status").as_str(), "success" | "ok")
        || json::yes(object.get("ok"))
        || json::yes(object.get("success"))
        || is_sentence(&word("success"))
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

    fn replies(ids: &[&str], body: &str) -> Result<Vec<CancelReply>, Unreadable> {
        let reading = Reading {
            is_passing: &|says| {
                matches!(
                    says.text.as_str(),
                    "Rate limit exceeded" | "Invalid API key"
                )
            },
            ..Reading::PLAIN
        };
        let read = cancel_replies(&asked(ids), &answer(body), reading)?;
        assert!(
            read.iter()
                .map(|said| said.id.as_str())
                .eq(ids.iter().copied())
        );
        Ok(read.into_iter().map(|said| said.reply).collect())
    }

    #[test]
    fn every_asked_cancel_has_a_reply() {
        use CancelReply::{Accepted, Unclear};
        let refused = || CancelReply::Refused("No".to_owned());
        for (body, first, second) in [
            (
                r#"[{"order":3,"cancel":{"error":"No"}},{"order":1,"cancel":1}]"#,
                Accepted,
                refused(),
            ),
            (r#"[{"order":"1","cancel":"1"}]"#, Accepted, Unclear),
            (r#"{"1":{"cancel":true},"3":"No"}"#, Accepted, refused()),
            (
                r#"{"1":{"status":"success"},"3":{"cancel":0}}"#,
                Accepted,
                Unclear,
            ),
            (r#"{"status":"success"}"#, Accepted, Accepted),
            (r#"{"ok":"true"}"#, Accepted, Accepted),
            (r#"{"success":true}"#, Accepted, Accepted),
            (
                r#"{"success":"Cancel request submitted"}"#,
                Accepted,
                Accepted,
            ),
            (r#"{"success":"false"}"#, Unclear, Unclear),
            (
                r#"{"status":"success","data":[{"order":3,"cancel":{"error":"No"}}]}"#,
                Unclear,
                refused(),
            ),
            (
                r#"[{"order":1,"success":"Sent"},{"order_id":3,"status":"ok"}]"#,
                Accepted,
                Accepted,
            ),
            (r#"[{"cancel":1},{"cancel":1}]"#, Unclear, Unclear),
            ("[]", Unclear, Unclear),
        ] {
            let read = replies(&["1", "3"], body).unwrap();
            assert_eq!(read, [first, second], "{body}");
        }
        for (body, reply) in [
            (r#"{"order":1,"cancel":1}"#, Accepted),
            (r#"{"order":2,"cancel":1}"#, Unclear),
            (r#"{"success":"Cancel request submitted"}"#, Accepted),
            (
                r#"{"success":"Cancel request submitted","error":"No"}"#,
                refused(),
            ),
            (
                r#"{"success":"Cancel request submitted","error":""}"#,
                Accepted,
            ),
            (r#"{"result":{"order":1,"cancel":1}}"#, Accepted),
            (r#"{"status":"fail","message":"No"}"#, refused()),
            (r#"{"cancel":{"error":"Rate limit exceeded"}}"#, Unclear),
            (
                r#"{"cancel":{"error":"Rate limit exceeded by this order"}}"#,
                CancelReply::Refused("Rate limit exceeded by this order".to_owned()),
            ),
            (r#"{"error":"No"}"#, refused()),
            (r#"{"cancel":{"error":"No"}}"#, refused()),
        ] {
            assert_eq!(replies(&["1"], body).unwrap(), [reply], "{body}");
        }
        for (ids, body) in [
            (&["1", "3"][..], r#"{"error":"No"}"#),
            (&["1"], r#"{"error":"Invalid API key"}"#),
        ] {
            let read = replies(ids, body);
            assert!(matches!(read, Err(Unreadable::Refused(_))), "{body}");
        }
    }
}
