//! Binding: which line of an answer is about which order, or refill.
//!
//! "A line belongs to an order only if it says so": it is keyed by our id, or names it. What has
//! more than one reading is not read at all: a list of lines that name nothing, an object keyed by
//! position, lines that contradict each other, a key against the name inside. Such orders are
//! asked about one by one, and the answer to one order may be bare; naming another, it is nothing.

use std::collections::HashMap;

use serde_json::{Map, Value};

#[cfg(feature = "failpoints")]
mod undone;

use super::says::{error_in, has_error_flag};
use super::{ProviderSays, Unreadable, json, plain_id};

/// How deep lines are looked for inside of envelopes.
const MAX_ENVELOPES: usize = 3;

/// What a line is about, and how it says so.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject {
    /// The names under which a line names what it is about, in lower case without underscores.
    pub(super) names: &'static [&'static str],
    /// Whether `id` counts where none of [`names`](Subject::names) is there.
    pub(super) id_names: bool,
    /// Whether an object that is neither keyed nor named is a line: `{"status":"complete"}` may as
    /// well be the envelope's word.
    pub(super) is_line: fn(&Map<String, Value>) -> bool,
}

/// A line with the id that it is about.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// The id, as it was asked for.
    pub(super) id: String,
    /// Whether the line was keyed by the id.
    pub(super) is_keyed: bool,
    /// The line: an object, or the text of an error.
    pub(super) value: Value,
}

/// The lines of the ids that have one, in the order asked. `of_the_id` tells whether a refusal,
/// when a single id was asked about, is of that id.
pub(super) fn bind(
    asked: &[String],
    value: &Value,
    subject: &Subject,
    of_the_id: &dyn Fn(&ProviderSays) -> bool,
) -> Result<Vec<Line>, Unreadable> {
    #[cfg(feature = "failpoints")]
    if let Some(lines) = undone::lines(asked, value) {
        return Ok(lines);
    }
    let binding = Binding {
        asked,
        ids: places(asked),
        subject,
        of_the_id,
    };
    let mut lines = binding.in_value(value, 0)?;
    lines.sort_by_key(|line| binding.ids.get(plain_id(&line.id)).copied());
    Ok(lines)
}

/// The place of each id among those asked about. Two that are compared as one have none: each is asked
/// about alone.
fn places(asked: &[String]) -> HashMap<&str, usize> {
    let mut places = HashMap::with_capacity(asked.len());
    let mut doubled = Vec::new();
    for (place, id) in asked.iter().enumerate() {
        let id = plain_id(id);
        if places.insert(id, place).is_some() {
            doubled.push(id);
        }
    }
    places.retain(|id, _| !doubled.contains(id));
    places
}

struct Binding<'a> {
    asked: &'a [String],
    /// The place of each id among those asked.
    ids: HashMap<&'a str, usize>,
    subject: &'a Subject,
    of_the_id: &'a dyn Fn(&ProviderSays) -> bool,
}

/// What a line says about whom it is about.
enum Named {
    /// This one of those asked about.
    Asked(String),
    /// Another one, or several.
    Other,
    Nobody,
}

impl Binding<'_> {
    fn in_value(&self, value: &Value, depth: usize) -> Result<Vec<Line>, Unreadable> {
        match value {
            Value::Array(lines) => self.in_list(lines),
            Value::Object(object) => self.in_object(object, depth),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Err(
                Unreadable::Garbled("neither an object nor a list".to_owned()),
            ),
        }
    }

    fn in_object(
        &self,
        object: &Map<String, Value>,
        depth: usize,
    ) -> Result<Vec<Line>, Unreadable> {
        if object.is_empty() {
            return Ok(Vec::new());
        }
        // "Look inside `data`, `result`, `orders` before outside."
        if depth < MAX_ENVELOPES
            && let Some(inside) = self.inside(object, depth)
        {
            // The outer word is the envelope's: what failed has no lines.
            return match failed_request(object) {
                Some(text) => Err(Unreadable::Refused(ProviderSays::new(text))),
                None => Ok(self.of_whom_it_names(object, inside)),
            };
        }
        if self.has_keys(object) {
            return match failed_request(object) {
                Some(text) => Err(Unreadable::Refused(ProviderSays::new(text))),
                None if self.is_keyed_by_position(object) => Ok(Vec::new()),
                None => Ok(self.keyed(object)),
            };
        }
        self.bare(object)
    }

    /// The lines of an envelope that itself names an order: those of that one.
    fn of_whom_it_names(&self, object: &Map<String, Value>, mut lines: Vec<Line>) -> Vec<Line> {
        match self.named_in(object, false) {
            Named::Nobody => {}
            Named::Asked(id) => lines.retain(|line| line.id == id),
            // "A reply to one order that names another is nothing."
            Named::Other => lines.clear(),
        }
        lines
    }

    /// The lines inside of envelopes, if there are any. What is said in two places is held against
    /// each other, and against what is keyed outside.
    fn inside(&self, object: &Map<String, Value>, depth: usize) -> Option<Vec<Line>> {
        let envelopes = ["data", "result", "orders", "order"];
        let mut found = envelopes.iter().filter_map(|name| {
            let inner = object.get(*name)?;
            let is_inner = inner.is_object() || (inner.is_array() && *name != "order");
            let lines = is_inner.then(|| self.in_value(inner, depth + 1))?;
            lines.ok().filter(|lines| {
                let is_error = |line: &Line| !line.is_keyed && !line.value.is_object();
                !lines.is_empty() && !lines.iter().all(is_error)
            })
        });
        let first = found.next()?;
        let mut others: Vec<Line> = found.flatten().collect();
        others.extend(self.keyed(object));
        if others.is_empty() {
            return Some(first);
        }
        let is_keyed = first.iter().all(|line| line.is_keyed);
        let all = first.into_iter().chain(others);
        let all = all.map(|line| (line.id, Some(line.value)));
        Some(only_undisputed(all.collect(), is_keyed))
    }

    fn keyed(&self, object: &Map<String, Value>) -> Vec<Line> {
        let mut lines = Vec::new();
        for (key, value) in object {
            let Some(id) = self.asked_id(key) else {
                continue;
            };
            let agrees = match value {
                Value::Object(line) => match self.named_in(line, false) {
                    Named::Asked(named) => named == id,
                    Named::Nobody => true,
                    Named::Other => false,
                },
                Value::String(_) => true,
                // A name that was repeated with different values is a list: it has two readings.
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => false,
            };
            lines.push((id, agrees.then(|| value.clone())));
        }
        only_undisputed(lines, true)
    }

    /// One object about one order, or a refusal.
    fn bare(&self, object: &Map<String, Value>) -> Result<Vec<Line>, Unreadable> {
        let line = |id: String| {
            vec![Line {
                id,
                is_keyed: false,
                value: Value::Object(object.clone()),
            }]
        };
        let named = self.named_in(object, self.subject.id_names);
        if let Some(text) = failed_request(object) {
            let says = ProviderSays::new(text);
            return match (named, self.asked) {
                (Named::Asked(id), _) => Ok(line(id)),
                (Named::Nobody, [only]) if (self.of_the_id)(&says) => Ok(line(only.clone())),
                (Named::Nobody | Named::Other, _) => Err(Unreadable::Refused(says)),
            };
        }
        Ok(match (named, self.asked) {
            _ if !(self.subject.is_line)(object) || has_lines_of_others(object) => Vec::new(),
            (Named::Asked(id), _) => line(id),
            (Named::Nobody, [_]) if self.names_a_refill(object) => Vec::new(),
            (Named::Nobody, [only]) => line(only.clone()),
            // "A reply to one order that names another is nothing."
            (Named::Nobody | Named::Other, _) => Vec::new(),
        })
    }

    fn in_list(&self, lines: &[Value]) -> Result<Vec<Line>, Unreadable> {
        if let ([only], [id]) = (lines, self.asked) {
            match only {
                Value::Object(object) if !self.has_keys(object) => return self.bare(object),
                Value::String(_) => {
                    return Ok(vec![Line {
                        id: id.clone(),
                        is_keyed: false,
                        value: only.clone(),
                    }]);
                }
                Value::Object(_)
                | Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::Array(_) => {}
            }
        }
        let mut keyed = Vec::new();
        let mut named = Vec::new();
        for object in lines.iter().filter_map(Value::as_object) {
            match self.named_in(object, self.subject.id_names) {
                Named::Asked(id) => {
                    let is_line =
                        (self.subject.is_line)(object) || failed_request(object).is_some();
                    named.push((id, is_line.then(|| Value::Object(object.clone()))));
                }
                Named::Nobody => keyed.extend(self.keyed(object)),
                Named::Other => {}
            }
        }
        let keyed = keyed
            .into_iter()
            .map(|line: Line| (line.id, Some(line.value)));
        let mut all = only_undisputed(keyed.collect(), true);
        for line in only_undisputed(named, false) {
            match all.iter().position(|other| other.id == line.id) {
                // The same order keyed and named: two lines.
                Some(at) => drop(all.swap_remove(at)),
                None => all.push(line),
            }
        }
        Ok(all)
    }

    fn has_keys(&self, object: &Map<String, Value>) -> bool {
        object.keys().any(|key| self.is_asked(key))
    }

    fn is_asked(&self, text: &str) -> bool {
        self.ids.contains_key(plain_id(text))
    }

    /// The id that was asked about and that `text` is.
    fn asked_id(&self, text: &str) -> Option<String> {
        let place = self.ids.get(plain_id(text))?;
        self.asked.get(*place).cloned()
    }

    /// Whom a line names: under one of the subject's names, in any case; under `id` only where
    /// none of them is there.
    fn named_in(&self, line: &Map<String, Value>, id_names: bool) -> Named {
        let under = |names: &[&str]| -> Vec<String> {
            let is_one = |name: &str| names.iter().any(|known| is_same_name(name, known));
            let members = line.iter().filter(|(name, _)| is_one(name));
            members.filter_map(|(_, value)| name_in(value)).collect()
        };
        let mut names = under(self.subject.names);
        if names.is_empty() && id_names {
            names = under(&["id"]);
        }
        let Some(first) = names.first() else {
            return Named::Nobody;
        };
        if names.iter().any(|name| plain_id(name) != plain_id(first)) {
            return Named::Other;
        }
        self.asked_id(first).map_or(Named::Other, Named::Asked)
    }

    /// True for a line that names a refill where orders were asked about: it is about that one. A
    /// flag under the same name is no id.
    fn names_a_refill(&self, line: &Map<String, Value>) -> bool {
        let of_orders = self.subject.names.contains(&"order");
        let is_refill = |name: &str| {
            ["refill", "refillid"]
                .iter()
                .any(|known| is_same_name(name, known))
        };
        of_orders
            && line.iter().any(|(name, value)| {
                let id = json::id(Some(value));
                let is_flag = is_same_name(name, "refill") && id.as_deref() == Some("1");
                is_refill(name) && id.is_some() && !is_flag
            })
    }

    /// True for the keys 0, 1, 2, ... or 1, 2, 3, ... of a PHP array, unless those are exactly the
    /// ids that were asked about.
    fn is_keyed_by_position(&self, object: &Map<String, Value>) -> bool {
        let is_number = |key: &&String| key.bytes().all(|b| b.is_ascii_digit());
        let numbers: Vec<&String> = object.keys().filter(is_number).collect();
        let all_asked =
            numbers.len() == self.ids.len() && numbers.iter().all(|key| self.is_asked(key));
        let counted = |from: usize| {
            let mut places = from..from.saturating_add(numbers.len());
            places.all(|place| object.contains_key(&place.to_string()))
        };
        numbers.len() > 1 && !all_asked && (counted(0) || counted(1))
    }
}

/// Each id with its line, where there is one reading of it: equal lines are one, lines that differ
/// are none, and so is a line that speaks against itself.
fn only_undisputed(lines: Vec<(String, Option<Value>)>, is_keyed: bool) -> Vec<Line> {
    let mut read: Vec<(String, Option<Value>)> = Vec::with_capacity(lines.len());
    let mut places = HashMap::new();
    for (id, value) in lines {
        match places.get(&id).and_then(|at: &usize| read.get_mut(*at)) {
            None => {
                places.insert(id.clone(), read.len());
                read.push((id, value));
            }
            Some((_, first)) if *first == value => {}
            Some((_, first)) => *first = None,
        }
    }
    let line = |(id, value): (String, Option<Value>)| {
        let value = value?;
        Some(Line {
            id,
            is_keyed,
            value,
        })
    };
    read.into_iter().filter_map(line).collect()
}

/// Whether a member's name is `known`, whatever its case and its underscores.
fn is_same_name(name: &str, known: &str) -> bool {
    let letters = name.bytes().filter(|b| !matches!(b, b'_' | b'-'));
    letters.map(|b| b.to_ascii_lowercase()).eq(known.bytes())
}

/// True for an object that has lines keyed by numbers: it is no line itself.
fn has_lines_of_others(object: &Map<String, Value>) -> bool {
    object.iter().any(|(key, value)| {
        value.is_object() && !key.is_empty() && key.bytes().all(|b| b.is_ascii_digit())
    })
}

/// What a member names: a text or a number, or that of an object within; a list says two things.
fn name_in(value: &Value) -> Option<String> {
    match value {
        Value::String(_) | Value::Number(_) => json::text(Some(value)),
        Value::Array(_) => Some(value.to_string()),
        Value::Object(inner) => ["id", "order", "order_id", "orderid"]
            .iter()
            .find_map(|name| json::text(json::member(inner, name))),
        Value::Null | Value::Bool(_) => None,
    }
}

/// The numbers of an order in its line.
const NUMBERS: [&str; 3] = ["charge", "remains", "start_count"];

/// The words of an object that says that the request failed, not the order: an error, or a failing
/// status without any number of an order beside it.
pub(super) fn failed_request(object: &Map<String, Value>) -> Option<String> {
    if let Some(text) = error_in(object, "status") {
        return Some(text);
    }
    let denied = |name: &str| object.get(name) == Some(&Value::Bool(false));
    let is_flagged = has_error_flag(object) || denied("success") || denied("ok");
    let status = json::text(object.get("status")).unwrap_or_default();
    let failed = matches!(status.to_lowercase().as_str(), "error" | "fail" | "failed");
    if !is_flagged && (!failed || has_readable_numbers(object)) {
        return None;
    }
    let reasons = ["message", "msg", "reason", "description", "detail"];
    let reason = reasons
        .iter()
        .find_map(|name| json::text(object.get(*name)));
    let code = json::text(object.get("code")).map(|code| format!("{status} code {code}"));
    let status = Some(status).filter(|text| !text.is_empty());
    reason
        .or(code)
        .or(status)
        .or_else(|| Some("the request failed".to_owned()))
}

/// Whether any of the fields of an order's numbers is there.
pub(super) fn has_numbers(object: &Map<String, Value>) -> bool {
    NUMBERS.iter().any(|name| object.contains_key(*name))
}

/// Whether any of them holds a number: "a failed request is not a failed order", and one with nulls
/// beside its word is a failed request.
fn has_readable_numbers(object: &Map<String, Value>) -> bool {
    let is_number = |name: &&str| object.get(*name).is_some_and(json::is_number);
    NUMBERS.iter().any(is_number)
}
