//! Answers to what must not be asked twice: `add` and `refill`.
//!
//! Accepted needs one JSON value below HTTP 429 with an id in a field that names it, and no error.
//! Refused needs an error in words and no id. Everything between is unclear: an id that stood in it
//! is kept, so that its status can be asked.

use serde_json::{Map, Value};

use super::amount::charge_of;
use super::around::words_around;
use super::says::{ErrorField, error_field, said_beside};
use super::{Answer, ProviderSays, json};

/// What became of an order that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddReply {
    /// The provider took it.
    Accepted {
        /// The provider's id of the order, as written.
        order: String,
        /// What it says it charged, as written, if it says so, with the currency that it names beside
        /// it: `25.00 INR`.
        charge: Option<String>,
    },
    /// The provider said an error in words, and named no order. What the words mean is a matter of
    /// the phrasebook: by themselves they prove nothing.
    Refused(ProviderSays),
    /// HTTP 429 without an id: nothing was placed.
    TryAfter {
        /// How long to wait, in milliseconds, if it said so.
        ms: Option<i64>,
    },
    /// It may or may not have been taken. Never send it again on the strength of this.
    Unclear(Unclear),
}

/// An answer that leaves open whether what was sent was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unclear {
    /// What was seen.
    pub why: String,
    /// An id that stood in a field of the answer.
    pub seen_id: Option<String>,
    /// Whether the answer could not be read: the breaker counts those.
    pub is_unreadable: bool,
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

/// Reads the answer to `add`; see the module's head.
pub fn add_reply(answer: &Answer<'_>) -> AddReply {
    match placed(answer, &ORDER_NAMES) {
        Placed::Accepted { id, charge } => AddReply::Accepted { order: id, charge },
        Placed::Refused(says) => AddReply::Refused(says),
        Placed::TryAfter => AddReply::TryAfter {
            ms: answer.wait_ms(),
        },
        Placed::Unclear(unclear) => AddReply::Unclear(unclear),
    }
}

/// Reads the answer to `refill` of one order: `{"refill":"1"}`, or a list of one such line.
pub fn refill_reply(answer: &Answer<'_>) -> RefillReply {
    match placed(answer, &REFILL_NAMES) {
        Placed::Accepted { id, .. } => RefillReply::Accepted { refill: id },
        Placed::Refused(says) => RefillReply::Refused(says),
        Placed::TryAfter => RefillReply::TryAfter {
            ms: answer.wait_ms(),
        },
        Placed::Unclear(unclear) => RefillReply::Unclear(unclear.why),
    }
}

/// The names under which an order's id stands, the first outranking the others.
const ORDER_NAMES: [&str; 3] = ["order", "order_id", "orderid"];
/// The same of a refill.
const REFILL_NAMES: [&str; 3] = ["refill", "refill_id", "refillid"];
/// The members in which an answer may stand.
const ENVELOPES: [&str; 2] = ["data", "result"];

enum Placed {
    Accepted { id: String, charge: Option<String> },
    Refused(ProviderSays),
    TryAfter,
    Unclear(Unclear),
}

/// The one reading of both: what was placed has its id under one of `names`.
fn placed(answer: &Answer<'_>, names: &[&str]) -> Placed {
    let http = format!("HTTP {}", answer.http_status);
    let (found, around) = json::find_with_around(answer.body);
    let values: &[Value] = match &found {
        json::Found::Nothing => &[],
        json::Found::One(value) => std::slice::from_ref(value),
        json::Found::Differing(values) => values,
    };
    let objects: Vec<&Map<String, Value>> = values.iter().filter_map(only_object).collect();
    let seen_id = objects
        .iter()
        .find_map(|object| IdField::find(object, names).map(|field| field.id))
        .or_else(|| values.iter().find_map(|value| named_id(value, names, 0)));
    let unclear = |why: String, is_unreadable: bool| {
        Placed::Unclear(Unclear {
            why,
            seen_id: seen_id.clone(),
            is_unreadable,
        })
    };
    match answer.http_status {
        // What stands in front of a provider says these, whatever became of the request behind it.
        ..200 | 300..400 | 408 => return unclear(http, true),
        ..429 => {}
        429 if seen_id.is_none() && !objects.iter().any(|object| has_odd_id(object, names)) => {
            return Placed::TryAfter;
        }
        429 => return unclear(format!("{http}, with an id"), false),
        // A cache in front says it after its own time-out, when the request was passed on.
        _ => return unclear(http, true),
    }
    if values.len() > 1 {
        return unclear(format!("{http}, more than one JSON value"), false);
    }
    let [object] = objects[..] else {
        return unclear(format!("{http}, no JSON object"), true);
    };
    let doubled = names.iter().any(|name| has_two_readings(object, name));
    match (IdField::find(object, names), error_field(object, names)) {
        (Some(_), _) if doubled => {
            unclear(format!("{http}, `{}` has two readings", names[0]), false)
        }
        (Some(field), ErrorField::None) if field.names_it || succeeded(object) => {
            let charge = charge_of(object);
            Placed::Accepted {
                id: field.id,
                charge,
            }
        }
        (Some(_), ErrorField::None) => {
            unclear(format!("{http}, `id` without a word of success"), false)
        }
        (Some(_), ErrorField::Flag) => unclear(format!("{http}, an id beside an error"), false),
        (Some(_), ErrorField::Words(says)) => unclear(
            format!("{http}, an id beside the error {:?}", says.text),
            false,
        ),
        (None, _) if has_odd_id(object, names) => {
            unclear(format!("{http}, `{}` is no id", names[0]), false)
        }
        (None, ErrorField::Words(says)) if seen_id.is_some() => unclear(
            format!("{http}, an id beside the error {:?}", says.text),
            false,
        ),
        (None, ErrorField::Words(says)) => {
            let mut beside: Vec<String> = words_around(&around).into_iter().collect();
            let mut more = says.parts.clone();
            let known = more.len();
            said_beside(object, &mut more);
            beside.extend(more.into_iter().skip(known));
            match says.and(beside) {
                Some(says) => Placed::Refused(says),
                None => unclear(format!("{http}, too many sentences"), false),
            }
        }
        (None, ErrorField::Flag) => unclear(format!("{http}, an error without words"), false),
        (None, ErrorField::None) => {
            unclear(format!("{http}, neither `{}` nor an error", names[0]), true)
        }
    }
}

/// The object of an answer: itself, or the only line of a list.
fn only_object(value: &Value) -> Option<&Map<String, Value>> {
    match value {
        Value::Array(lines) => match lines.as_slice() {
            [line] => line.as_object(),
            _ => None,
        },
        Value::Object(object) => Some(object),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// A field of an answer that holds an id.
struct IdField {
    id: String,
    /// Whether the field's name says of what: plain `id` may be anything's.
    names_it: bool,
}

impl IdField {
    /// The id of an answer: under one of `names`, outside before inside, else under `id`.
    fn find(object: &Map<String, Value>, names: &[&str]) -> Option<IdField> {
        let places = || std::iter::once(object).chain(envelopes(object));
        let named = places().find_map(|place| {
            names
                .iter()
                .find_map(|name| json::id(json::member(place, name)))
        });
        let within = names
            .iter()
            .filter_map(|name| json::member(object, name)?.as_object());
        let plain = || {
            places()
                .chain(within)
                .find_map(|place| json::id(json::member(place, "id")))
        };
        match named {
            Some(id) => Some(IdField { id, names_it: true }),
            None => plain().map(|id| IdField {
                id,
                names_it: false,
            }),
        }
    }
}

fn envelopes(object: &Map<String, Value>) -> impl Iterator<Item = &Map<String, Value>> {
    ENVELOPES
        .iter()
        .filter_map(|name| only_object(json::member(object, name)?))
}

/// True for the words of success that stand beside an id: `status`, `success`, `ok`.
fn succeeded(object: &Map<String, Value>) -> bool {
    let word = json::text(json::member(object, "status")).unwrap_or_default();
    matches!(word.to_lowercase().as_str(), "success" | "ok" | "100")
        || json::yes(json::member(object, "success"))
        || json::yes(json::member(object, "ok"))
        || json::member(object, "status") == Some(&Value::Bool(true))
}

/// How deep an id is looked for that is no acceptance.
const MAX_DEPTH: usize = 6;

/// An id that stands under one of `names` anywhere in an answer: no acceptance, and no refusal.
fn named_id(value: &Value, names: &[&str], depth: usize) -> Option<String> {
    if depth > MAX_DEPTH {
        return None;
    }
    match value {
        Value::Object(object) => object.iter().find_map(|(name, inner)| {
            let is_name = names.iter().any(|known| name.eq_ignore_ascii_case(known));
            let plural = names.iter().any(|known| {
                let name = name.to_ascii_lowercase();
                name.strip_suffix('s') == Some(known)
            });
            let under = || {
                let within = inner
                    .as_object()
                    .and_then(|inner| json::member(inner, "id"));
                let listed = inner.as_array().and_then(|items| items.first());
                json::id(Some(inner))
                    .or_else(|| json::id(within))
                    .or_else(|| json::id(listed))
            };
            (is_name || plural)
                .then(under)
                .flatten()
                .or_else(|| named_id(inner, names, depth + 1))
        }),
        Value::Array(items) => items
            .iter()
            .find_map(|item| named_id(item, names, depth + 1)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// True if a name is there twice with different values, in the same spelling or another.
fn has_two_readings(object: &Map<String, Value>, name: &str) -> bool {
    std::iter::once(object)
        .chain(envelopes(object))
        .any(|place| {
            let mut values = json::members(place, name);
            let first = values.next();
            let is_list =
                first.is_some_and(|value| value.as_array().is_some_and(|all| all.len() > 1));
            is_list || values.any(|value| Some(value) != first)
        })
}

/// True if a field that should hold the id holds something else than an id or nothing.
fn has_odd_id(object: &Map<String, Value>, names: &[&str]) -> bool {
    std::iter::once(object)
        .chain(envelopes(object))
        .flat_map(|place| names.iter().filter_map(|name| json::member(place, name)))
        .any(|field| !says_none(field, names))
}

/// True for what panels write where there is no id: null, false, an empty text or list, zero, or
/// an object that holds the error.
fn says_none(field: &Value, names: &[&str]) -> bool {
    match field {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) => false,
        Value::Number(_) => json::whole(Some(field)) == Some(0),
        Value::String(text) => matches!(text.trim(), "" | "0" | "null"),
        Value::Array(items) => items.is_empty(),
        Value::Object(object) => !matches!(error_field(object, names), ErrorField::None),
    }
}

#[cfg(test)]
mod tests;
