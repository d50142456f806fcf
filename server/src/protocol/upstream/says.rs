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

    /// The same with what else the answer says; `None` if it says too much to have one reading.
    pub(super) fn and(mut self, more: Vec<String>) -> Option<ProviderSays> {
        self.parts.extend(more);
        (self.parts.len() <= MAX_PARTS)
            .then_some(self.parts)
            .and_then(ProviderSays::of_parts)
    }

    /// Every sentence, whole: what the phrasebook compares.
    pub fn whole(&self) -> String {
        self.parts.join("; ")
    }
}

/// The longest text that is shown of an error, in characters.
const MAX_SHOWN: usize = 500;
/// The most sentences of one error; what says more has too many readings to have one.
const MAX_PARTS: usize = 100;

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
        .filter_map(|name| json::member(object, name)?.as_object());
    let fields = std::iter::once(object).chain(nested);
    let fields: Vec<&Value> = fields.flat_map(errors_of).collect();
    let mut parts = Vec::new();
    for field in &fields {
        collect_sentences(field, &mut parts);
    }
    if parts.len() > MAX_PARTS {
        return ErrorField::Flag;
    }
    if let Some(says) = ProviderSays::of_parts(parts) {
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

/// The members that hold an error.
fn errors_of(object: &Map<String, Value>) -> impl Iterator<Item = &Value> {
    ["error", "errors"]
        .into_iter()
        .flat_map(|name| json::members(object, name))
}

/// Whether an `error` stands there without words: a number or a flag.
pub(super) fn has_error_flag(object: &Map<String, Value>) -> bool {
    errors_of(object).any(is_set)
}

/// What an object says beside its error: texts in any other member, a word of success, a number that
/// stands under a name of an order. A refusal that says more is another sentence than the one alone.
pub(super) fn said_beside(object: &Map<String, Value>, parts: &mut Vec<String>) {
    for (name, value) in object {
        let folded = name.to_ascii_lowercase();
        match (folded.as_str(), value) {
            // An id that stands where it belongs is read as one.
            ("order" | "order_id" | "orderid", Value::Number(_)) => {}
            ("error" | "errors", _) => {}
            ("status", Value::String(word)) if says_failed(word) || !in_words(word) => {}
            (_, Value::String(text)) if in_words(text.trim()) => {
                let text = text.trim();
                if !parts.iter().any(|part| part == text) {
                    parts.push(text.to_owned());
                }
            }
            (_, Value::Object(inner)) => said_beside(inner, parts),
            (_, Value::Array(items)) => {
                let objects = items.iter().filter_map(Value::as_object);
                objects.for_each(|inner| said_beside(inner, parts));
                let mut texts = Vec::new();
                items
                    .iter()
                    .filter(|item| item.is_string())
                    .for_each(|item| {
                        collect_sentences(item, &mut texts);
                    });
                parts.append(&mut texts);
            }
            ("success" | "ok" | "status", Value::Bool(true)) => parts.push(format!("{name} true")),
            (name, value) if name.contains("order") && is_set(value) => {
                parts.push(format!("{name} {value}"));
            }
            (_, Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_)) => {}
        }
        if parts.len() > MAX_PARTS {
            return;
        }
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
    let number = |name: &str| json::member(object, name).is_some_and(json::is_number);
    let of_an_order = number("charge") || number("remains");
    let status = json::text(json::member(object, "status")).unwrap_or_default();
    let denied = ["success", "ok"].iter().any(|name| {
        json::member(object, name).is_some_and(|value| !is_set(value) && !value.is_null())
    });
    (says_failed(&status) && !of_an_order) || denied
}

/// Whether the word for a request's status says that it failed.
fn says_failed(word: &str) -> bool {
    let word = word.trim();
    ["error", "fail", "failed"]
        .iter()
        .any(|failed| word.eq_ignore_ascii_case(failed))
}

/// The sentences in an `error` or `errors` of any shape: text, a list of texts, an object of texts, an
/// object of lists by field. Numbers and flags say nothing.
fn collect_sentences(value: &Value, parts: &mut Vec<String>) {
    if parts.len() > MAX_PARTS {
        return;
    }
    match value {
        Value::String(text) if in_words(text.trim()) => parts.push(text.trim().to_owned()),
        Value::Array(items) => items.iter().for_each(|item| collect_sentences(item, parts)),
        Value::Object(object) => {
            let values = object.values();
            values.for_each(|value| collect_sentences(value, parts));
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
