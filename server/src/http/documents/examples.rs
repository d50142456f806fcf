//! The examples of requests and answers: what a panel that runs was sent and has answered. The story
//! `examples` of the tests takes them and compares them.

use serde_json::{Map, Value};

use super::{each_operation, read};
use crate::error::Result;

/// The examples of both typed APIs, by operation: `request`, if it has a body, and `response` with its
/// `status` and its `body`.
const EXAMPLES: [&str; 2] = [
    include_str!("../examples/customer.json"),
    include_str!("../examples/operator.json"),
];

/// The media type that has examples.
const JSON: &str = "application/json";

/// Puts its examples into each operation. One without is left as it is: a panel has to run before they
/// are taken.
pub(super) fn insert(document: &mut Value) -> Result<()> {
    let mut examples = Map::new();
    for file in EXAMPLES {
        if let Value::Object(operations) = read(file)? {
            examples.extend(operations);
        }
    }
    each_operation(document, &|operation| {
        let name = operation.get("operationId").and_then(Value::as_str);
        let Some(example) = name.and_then(|name| examples.get(name)) else {
            return;
        };
        put(example.get("request"), operation.get_mut("requestBody"));
        let response = &example["response"];
        let status = response["status"].to_string();
        let responses = operation.get_mut("responses");
        put(
            response.get("body"),
            responses.and_then(|responses| responses.get_mut(&status)),
        );
    });
    Ok(())
}

/// Puts an example where `place` has a schema for it.
fn put(example: Option<&Value>, place: Option<&mut Value>) {
    let content = place.and_then(|place| place.get_mut("content"));
    let media = content.and_then(|content| content.get_mut(JSON));
    if let (Some(example), Some(Value::Object(media))) = (example, media) {
        media.insert("example".to_owned(), example.clone());
    }
}

#[cfg(test)]
mod tests;
