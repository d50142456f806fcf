//! Answers to `cancel`.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::per_id::per_id;
use super::says::error_in;
use super::{Answer, PhraseClass, ProviderSays, Unreadable, json};

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
/// is an error, except when a single order was asked about and `classify` does not say that it is
/// about our account.
pub fn cancel_replies(
    asked: &[String],
    answer: &Answer<'_>,
    classify: &dyn Fn(&ProviderSays) -> Option<PhraseClass>,
) -> Result<Vec<(String, CancelReply)>, Unreadable> {
    let value = answer.read()?;
    let whole = value.as_object().is_some_and(|object| {
        succeeded(object)
            && !["order", "cancel"]
                .iter()
                .any(|name| object.contains_key(*name))
    });
    if whole {
        return Ok(asked
            .iter()
            .map(|id| (id.clone(), CancelReply::Accepted))
            .collect());
    }
    let order_only = |says: &ProviderSays| !classify(says).is_some_and(PhraseClass::is_about_us);
    let lines = per_id(asked, value, "order", order_only)?;
    let mut replies: HashMap<String, CancelReply> = lines
        .into_iter()
        .map(|(id, line)| (id, cancel_reply(&line)))
        .collect();
    let reply = |id: &String| {
        let reply = replies.remove(id).unwrap_or(CancelReply::Unclear);
        (id.clone(), reply)
    };
    Ok(asked.iter().map(reply).collect())
}

fn cancel_reply(line: &Value) -> CancelReply {
    let Some(object) = line.as_object() else {
        return json::text(Some(line))
            .filter(|_| line.is_string())
            .map_or(CancelReply::Unclear, CancelReply::Refused);
    };
    if let Some(text) = error_in(object, "cancel") {
        return CancelReply::Refused(text);
    }
    let cancel = object.get("cancel");
    if json::yes(cancel) || json::id(cancel).is_some() || (cancel.is_none() && succeeded(object)) {
        CancelReply::Accepted
    } else {
        CancelReply::Unclear
    }
}

/// True for `{"status":"success"}` and `{"ok":"true"}`.
fn succeeded(object: &Map<String, Value>) -> bool {
    json::text(object.get("status")).is_some_and(|word| word.eq_ignore_ascii_case("success"))
        || json::yes(object.get("ok"))
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

    /// A phrasebook of one sentence.
    fn about_us(says: &ProviderSays) -> Option<PhraseClass> {
        (says.text == "Invalid API key").then_some(PhraseClass::OurAccount)
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
            ("[]", Unclear, Unclear),
        ] {
            let read = cancel_replies(&asked(&["1", "3"]), &answer(body), &about_us).unwrap();
            assert_eq!(
                read,
                [("1".to_owned(), first), ("3".to_owned(), second)],
                "{body}"
            );
        }
        for (body, reply) in [
            (r#"{"order":1,"cancel":1}"#, Accepted),
            (r#"{"error":"No"}"#, refused()),
            (r#"{"cancel":{"error":"No"}}"#, refused()),
        ] {
            let read = cancel_replies(&asked(&["1"]), &answer(body), &about_us).unwrap();
            assert_eq!(read, [("1".to_owned(), reply)], "{body}");
        }
        for (ids, body) in [
            (&["1", "3"][..], r#"{"error":"No"}"#),
            (&["1"], r#"{"error":"Invalid API key"}"#),
        ] {
            let read = cancel_replies(&asked(ids), &answer(body), &about_us);
            assert!(matches!(read, Err(Unreadable::Refused(_))), "{body}");
        }
    }
}
