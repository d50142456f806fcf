//! What happens without two rules: "a line belongs to an order only if it says so" and "a failed request
//! is not a failed order". The measure shows with them that its zeros can rise; no release build has
//! them.

use serde_json::{Map, Value};

use super::Line;

/// The lines as they are read where one of the rules is undone; `None`: by the rules.
pub(super) fn lines(asked: &[String], value: &Value) -> Option<Vec<Line>> {
    match (value, asked) {
        (Value::Array(lines), _) if is_undone("undo_binding") => {
            let names = |line: &Value| line.as_object().is_some_and(names_an_order);
            let by_position = lines.len() == asked.len() && !lines.iter().any(names);
            by_position.then(|| {
                asked
                    .iter()
                    .zip(lines)
                    .map(|(id, line)| bound(id, line))
                    .collect()
            })
        }
        (Value::Object(object), [only]) => {
            let is_anothers = names_an_order(object) && is_undone("undo_binding");
            let is_outer = object.contains_key("status") && is_undone("undo_envelope");
            (is_anothers || is_outer).then(|| vec![bound(only, value)])
        }
        _ => None,
    }
}

/// Whether a rule is undone in this process.
fn is_undone(rule: &str) -> bool {
    fail::eval(rule, |_| ()).is_some()
}

fn names_an_order(line: &Map<String, Value>) -> bool {
    line.contains_key("order")
}

fn bound(id: &str, line: &Value) -> Line {
    Line {
        id: id.to_owned(),
        is_keyed: true,
        value: line.clone(),
    }
}
