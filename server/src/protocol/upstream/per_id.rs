//! Finding each id's line in an answer about many. The lines come as an object keyed by id, as a
//! list of lines that name their id, as a list in the order asked, or, for a single id, as the
//! bare line.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::says::error_in;
use super::{ProviderSays, Unreadable, json};

/// The line of each asked id that has one, in the order asked. Lines that name an id do so under
/// `subject`. `of_the_id` tells whether a refusal, when a single id was asked, is of that id.
pub(super) fn per_id(
    asked: &[String],
    value: Value,
    subject: &str,
    of_the_id: impl Fn(&ProviderSays) -> bool,
) -> Result<Vec<(String, Value)>, Unreadable> {
    match value {
        Value::Array(lines) => in_list(asked, lines, subject),
        Value::Object(object) => in_object(asked, object, subject, of_the_id),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Err(
            Unreadable::Garbled("neither an object nor a list".to_owned()),
        ),
    }
}

fn in_object(
    asked: &[String],
    mut object: Map<String, Value>,
    subject: &str,
    of_the_id: impl Fn(&ProviderSays) -> bool,
) -> Result<Vec<(String, Value)>, Unreadable> {
    let keyed: Vec<(String, Value)> = asked
        .iter()
        .filter_map(|id| object.remove(id).map(|line| (id.clone(), line)))
        .collect();
    if !keyed.is_empty() || object.is_empty() {
        return Ok(keyed);
    }
    let [only] = asked else {
        return Err(match error_in(&object, subject) {
            Some(text) => Unreadable::Refused(ProviderSays::new(text)),
            None => Unreadable::Garbled("an object without any of the ids".to_owned()),
        });
    };
    match error_in(&object, subject).map(ProviderSays::new) {
        Some(says) if !of_the_id(&says) => return Err(Unreadable::Refused(says)),
        Some(_) | None => {}
    }
    match object.get(subject) {
        Some(named) if json::id(Some(named)).is_some_and(|id| id != *only) => {
            Err(Unreadable::Garbled("an answer about another id".to_owned()))
        }
        Some(_) | None => Ok(vec![(only.clone(), Value::Object(object))]),
    }
}

fn in_list(
    asked: &[String],
    lines: Vec<Value>,
    subject: &str,
) -> Result<Vec<(String, Value)>, Unreadable> {
    // An empty list is what PHP writes for an empty object.
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    if lines.iter().any(|line| line.get(subject).is_some()) {
        let mut named: HashMap<String, Value> = lines
            .into_iter()
            .filter_map(|line| json::text(line.get(subject)).map(|id| (id, line)))
            .collect();
        let line = |id: &String| named.remove(id).map(|line| (id.clone(), line));
        return Ok(asked.iter().filter_map(line).collect());
    }
    if lines.len() != asked.len() {
        let why = format!("a list of {} lines for {} ids", lines.len(), asked.len());
        return Err(Unreadable::Garbled(why));
    }
    Ok(asked.iter().cloned().zip(lines).collect())
}
