//! What a provider says when it says no: finding its sentence, and what it means for an order.

use serde_json::{Map, Value};

use super::json;

/// A provider's refusal in its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderSays {
    /// What it means for the order.
    pub class: RefusalClass,
    /// Its text, at most 500 characters, for the operator; never shown to customers.
    pub text: String,
}

/// What a refusal means for the order, and so what may be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefusalClass {
    /// Funds, key, account or rate limit: the operator's trouble with the provider. The order
    /// waits.
    ProviderTrouble,
    /// An earlier order on the same link is active there. The order waits for it.
    ActiveOrderOnLink,
    /// The link, quantity, service or a field was refused: another provider may take the order.
    OrderInvalid,
    /// The request id stands for another order there: nothing about this order is known.
    RequestIdConflict,
    /// Words that nobody has sorted yet.
    Unlisted,
}

/// Parts of the sentences of both generations, the classic English ones and the keys of a
/// translation (`neworder.error.min_quantity`), in lower case with spaces for `_`, `-` and `.`.
/// The first that occurs decides, so the special stand before the general.
const SENTENCES: [(&str, RefusalClass); 39] = [
    ("request id was used", RefusalClass::RequestIdConflict),
    ("active order", RefusalClass::ActiveOrderOnLink),
    ("link duplicate", RefusalClass::ActiveOrderOnLink),
    ("not enough funds", RefusalClass::ProviderTrouble),
    ("not enough balance", RefusalClass::ProviderTrouble),
    ("insufficient funds", RefusalClass::ProviderTrouble),
    ("insufficient balance", RefusalClass::ProviderTrouble),
    ("api key", RefusalClass::ProviderTrouble),
    ("invalid key", RefusalClass::ProviderTrouble),
    ("incorrect key", RefusalClass::ProviderTrouble),
    ("api is disable", RefusalClass::ProviderTrouble),
    ("user not found", RefusalClass::ProviderTrouble),
    ("account has been suspended", RefusalClass::ProviderTrouble),
    ("account is suspended", RefusalClass::ProviderTrouble),
    ("account suspended", RefusalClass::ProviderTrouble),
    ("user is suspended", RefusalClass::ProviderTrouble),
    ("account is inactive", RefusalClass::ProviderTrouble),
    ("inactive account", RefusalClass::ProviderTrouble),
    ("user inactive", RefusalClass::ProviderTrouble),
    ("rate limit", RefusalClass::ProviderTrouble),
    ("too many requests", RefusalClass::ProviderTrouble),
    ("slow down", RefusalClass::ProviderTrouble),
    ("bad link", RefusalClass::OrderInvalid),
    ("invalid link", RefusalClass::OrderInvalid),
    ("incorrect link", RefusalClass::OrderInvalid),
    ("error link", RefusalClass::OrderInvalid),
    ("link is ", RefusalClass::OrderInvalid),
    ("quantity", RefusalClass::OrderInvalid),
    ("service id", RefusalClass::OrderInvalid),
    ("incorrect service", RefusalClass::OrderInvalid),
    ("invalid service", RefusalClass::OrderInvalid),
    ("service not found", RefusalClass::OrderInvalid),
    ("service is disabled", RefusalClass::OrderInvalid),
    ("service is inactive", RefusalClass::OrderInvalid),
    ("for this service", RefusalClass::OrderInvalid),
    ("comment", RefusalClass::OrderInvalid),
    ("username", RefusalClass::OrderInvalid),
    ("hashtag", RefusalClass::OrderInvalid),
    ("keyword", RefusalClass::OrderInvalid),
];

impl ProviderSays {
    /// Sorts a provider's sentence.
    pub fn new(text: String) -> ProviderSays {
        let spaced: String = text
            .to_lowercase()
            .chars()
            .map(|c| if matches!(c, '_' | '-' | '.') { ' ' } else { c })
            .collect();
        let listed = SENTENCES.iter().find(|(part, _)| spaced.contains(part));
        let class = listed.map_or(RefusalClass::Unlisted, |(_, class)| *class);
        ProviderSays { class, text }
    }
}

/// The sentence of a refusal, if the object is one: a non-empty `error` (also one level down
/// under `subject`, as in `{"refill":{"error":...}}`), a non-empty `errors`, or the status
/// `error`, `fail` or `failed` beside a `message` or `msg`.
pub(super) fn error_in(object: &Map<String, Value>, subject: &str) -> Option<String> {
    let nested = object.get(subject).and_then(|value| value.get("error"));
    let message = || json::text(json::first(object, &["message", "msg"]));
    let written = [object.get("error"), nested, object.get("errors")]
        .into_iter()
        .flatten()
        .find_map(sentence);
    if written.is_some() {
        return written;
    }
    if json::yes(object.get("error")) {
        return message();
    }
    // A failed *order* has the same word, but it comes with the order's numbers.
    let of_an_order = object.contains_key("charge") || object.contains_key("remains");
    let status = json::text(object.get("status"))
        .unwrap_or_default()
        .to_lowercase();
    let failed = matches!(status.as_str(), "error" | "fail" | "failed");
    if failed && !of_an_order {
        message()
    } else {
        None
    }
}

/// The words in an `error` or `errors` of any shape: text, a list of texts, an object with a
/// `message`, an object of lists by field. Numbers and flags say nothing.
fn sentence(value: &Value) -> Option<String> {
    match value {
        Value::String(_) => json::text(Some(value)).filter(|text| in_words(text)),
        Value::Array(items) => joined(items.iter()),
        Value::Object(object) => object
            .get("message")
            .and_then(sentence)
            .or_else(|| joined(object.values())),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// False for codes and for what stands for "no error".
fn in_words(text: &str) -> bool {
    text.contains(char::is_alphabetic) && !matches!(text, "null" | "false" | "none")
}

fn joined<'v>(values: impl Iterator<Item = &'v Value>) -> Option<String> {
    let words: Vec<String> = values.filter_map(sentence).take(10).collect();
    let whole = Value::String(words.join("; "));
    json::text(Some(&whole))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_generations_of_sentences_are_sorted() {
        use RefusalClass::{
            ActiveOrderOnLink, OrderInvalid, ProviderTrouble, RequestIdConflict, Unlisted,
        };
        for (text, class) in [
            ("Not enough funds on balance", ProviderTrouble),
            ("not enough funds", ProviderTrouble),
            ("neworder.error.not_enough_funds", ProviderTrouble),
            ("Invalid API key", ProviderTrouble),
            ("API key is incorrect", ProviderTrouble),
            (
                "API is Disable for this user or User Not Found!",
                ProviderTrouble,
            ),
            ("Your account has been suspended.", ProviderTrouble),
            ("Your account is inactive", ProviderTrouble),
            ("Rate limit exceeded. Slow down.", ProviderTrouble),
            (
                "You have active order with this link. Please wait until order being completed.",
                ActiveOrderOnLink,
            ),
            ("neworder.error.link_duplicate", ActiveOrderOnLink),
            ("Bad link", OrderInvalid),
            ("neworder.error.link", OrderInvalid),
            ("neworder.error.invalid_link", OrderInvalid),
            ("Quantity less than minimal 100", OrderInvalid),
            ("Quantity more than maximum 1000", OrderInvalid),
            ("neworder.error.min_quantity", OrderInvalid),
            ("neworder.error.max_quantity", OrderInvalid),
            ("INCORRECT SERVICE ID", OrderInvalid),
            ("error.incorrect_service_id", OrderInvalid),
            ("neworder.error.comment", OrderInvalid),
            ("Drip-feed is disabled for this service", OrderInvalid),
            ("request_id was used for another order", RequestIdConflict),
            ("Incorrect request", Unlisted),
            ("The Request Not Found", Unlisted),
            ("Refill days are over", Unlisted),
            ("", Unlisted),
        ] {
            assert_eq!(ProviderSays::new(text.to_owned()).class, class, "{text}");
        }
    }

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
