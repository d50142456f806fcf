//! What a provider says when it says no: finding its sentences.

use serde_json::{Map, Value};

use super::json;

/// What a provider says in an error, in its own words. What they mean is a matter of the phrasebook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderSays {
    /// Its text, at most 500 characters, for the operator; never shown to customers.
    pub text: String,
    /// The sentences of an `errors` list, each whole; of any other error its one sentence.
    pub parts: Vec<String>,
}

impl ProviderSays {
    /// An error of one sentence.
    pub fn new(text: String) -> ProviderSays {
        ProviderSays {
            parts: vec![text.clone()],
            text: text.chars().take(MAX_SHOWN).collect(),
        }
    }

    /// An error of several sentences; `None` if there is none.
    fn of_parts(parts: Vec<String>) -> Option<ProviderSays> {
        let whole = parts.join("; ");
        let text: String = whole.chars().take(MAX_SHOWN).collect();
        (!text.trim().is_empty()).then_some(ProviderSays { text, parts })
    }

    /// Every sentence, whole: what the phrasebook compares.
    pub fn whole(&self) -> String {
        self.parts.join("; ")
    }
}

/// The longest text that is shown of an error, in characters.
const MAX_SHOWN: usize = 500;
/// The most sentences that are read of one error.
const MAX_PARTS: usize = 10;

/// What an answer has of an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ErrorField {
    /// None: null, false, 0, an empty text or list is none.
    None,
    /// One without words: a number, a flag, a word that fails.
    Flag,
    /// One in words.
    Words(ProviderSays),
}

/// The error of an answer: in `error` or `errors`, there or one level down under one of `names`, in
/// `data` or `result`; or the status `error`, `fail` or `failed`, or `success` that is false, beside
/// a `message`, `msg` or `reason`.
pub(super) fn error_field(object: &Map<String, Value>, names: &[&str]) -> ErrorField {
    let nested = names
        .iter()
        .chain(&["data", "result"])
        .filter_map(|name| json::member(object, name)?.as_object())
        .filter_map(|inner| json::member(inner, "error"));
    let fields = [
        json::member(object, "error"),
        json::member(object, "errors"),
    ];
    let fields: Vec<&Value> = fields.into_iter().flatten().chain(nested).collect();
    let written = fields.iter().find_map(|field| {
        let mut parts = Vec::new();
        collect_sentences(field, &mut parts);
        ProviderSays::of_parts(parts)
    });
    if let Some(says) = written {
        return ErrorField::Words(says);
    }
    let flagged = fields.iter().any(|field| is_set(field)) || fails(object);
    let message = || {
        let message = json::first(object, &["message", "msg", "reason"]);
        message.and_then(Value::as_str).map(str::trim)
    };
    match message() {
        _ if !flagged => ErrorField::None,
        Some(text) if !text.is_empty() => ErrorField::Words(ProviderSays::new(text.to_owned())),
        Some(_) | None => ErrorField::Flag,
    }
}

/// The sentence of a refusal, if the object is one.
pub(super) fn error_in(object: &Map<String, Value>, subject: &str) -> Option<String> {
    match error_field(object, &[subject]) {
        ErrorField::Words(says) => Some(says.text),
        ErrorField::None | ErrorField::Flag => None,
    }
}

/// True for what is there and not one of the values that stand for "no error".
fn is_set(field: &Value) -> bool {
    match field {
        Value::Null | Value::Bool(false) => false,
        Value::Bool(true) => true,
        Value::Number(_) => json::whole(Some(field)) != Some(0),
        Value::String(text) => !matches!(text.trim(), "" | "0" | "null" | "false" | "none"),
        Value::Array(items) => items.iter().any(is_set),
        Value::Object(members) => members.values().any(is_set),
    }
}

/// True if the request failed by its status or its `success`. A failed *order* has the same word,
/// but it comes with the order's numbers.
fn fails(object: &Map<String, Value>) -> bool {
    let of_an_order = object.contains_key("charge") || object.contains_key("remains");
    let status = json::text(json::member(object, "status"))
        .unwrap_or_default()
        .to_lowercase();
    let failed = matches!(status.as_str(), "error" | "fail" | "failed");
    let success = json::member(object, "success");
    let denied = success.is_some_and(|value| !is_set(value) && !value.is_null());
    (failed && !of_an_order) || denied
}

/// The sentences in an `error` or `errors` of any shape: text, a list of texts, an object with a
/// `message`, an object of lists by field. Numbers and flags say nothing.
fn collect_sentences(value: &Value, parts: &mut Vec<String>) {
    if parts.len() >= MAX_PARTS {
        return;
    }
    match value {
        Value::String(text) if in_words(text.trim()) => parts.push(text.trim().to_owned()),
        Value::Array(items) => items.iter().for_each(|item| collect_sentences(item, parts)),
        Value::Object(object) => {
            let before = parts.len();
            if let Some(message) = object.get("message") {
                collect_sentences(message, parts);
            }
            if parts.len() == before {
                object
                    .values()
                    .for_each(|value| collect_sentences(value, parts));
            }
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// False for codes and for what stands for "no error".
fn in_words(text: &str) -> bool {
    text.contains(char::is_alphabetic) && !matches!(text, "null" | "false" | "none")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_refusal_is_found_in_every_shape_that_panels_give_it() {
        for (value, said) in [
            (json!({"error": "Bad link"}), Some("Bad link")),
            (
                json!({"error": "Bad link", "status": "102"}),
                Some("Bad link"),
            ),
            (
                json!({"error": {"message": "Bad link", "code": 3}}),
                Some("Bad link"),
            ),
            (json!({"errors": ["a", "b"]}), Some("a; b")),
            (
                json!({"errors": {"link": ["a"], "quantity": ["b"]}}),
                Some("a; b"),
            ),
            (json!({"refill": {"error": "a"}}), Some("a")),
            (json!({"status": "error", "message": "a"}), Some("a")),
            (json!({"status": "fail", "msg": "a"}), Some("a")),
            (json!({"error": true, "message": "a"}), Some("a")),
            (json!({"error": null}), None),
            (json!({"error": ""}), None),
            (json!({"error": "0"}), None),
            (json!({"error": "false"}), None),
            (
                json!({"error": "102", "status": "error", "msg": "a"}),
                Some("a"),
            ),
            (json!({"error": false}), None),
            (json!({"error": 0, "errors": []}), None),
            (json!({"status": "error"}), None),
            (json!({"status": "success", "message": "a"}), None),
            (
                json!({"status": "Fail", "message": "a", "charge": "0", "remains": "5"}),
                None,
            ),
            (json!({}), None),
        ] {
            let object = value.as_object().unwrap();
            assert_eq!(error_in(object, "refill").as_deref(), said, "{value}");
        }
    }

    #[test]
    fn a_long_refusal_is_cut() {
        let object = json!({"error": "é".repeat(10_000)});
        let said = error_in(object.as_object().unwrap(), "order").unwrap();
        assert_eq!(said.chars().count(), 500);
    }
}
