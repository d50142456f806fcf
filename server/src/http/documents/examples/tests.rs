use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{EXAMPLES, JSON};
use crate::http::documents;

/// Each operation of the whole document, by name.
fn operations() -> Map<String, Value> {
    let document = documents::panel().unwrap();
    let items = document["paths"].as_object().unwrap().values();
    let operations = items.flat_map(|item| item.as_object().unwrap().values());
    let name = |operation: &Value| operation["operationId"].as_str().unwrap().to_owned();
    operations
        .map(|operation| (name(operation), operation.clone()))
        .collect()
}

/// Whether `place` has a body of JSON.
fn is_json(place: &Value) -> bool {
    place["content"].get(JSON).is_some()
}

fn has_example(place: &Value) -> bool {
    let media = &place["content"][JSON];
    media.get("example").is_some() || media.get("examples").is_some()
}

#[test]
fn every_operation_has_an_example_of_its_request_and_of_its_answer() {
    let mut lacking = Vec::new();
    for (name, operation) in operations() {
        let request = &operation["requestBody"];
        if is_json(request) && !has_example(request) {
            lacking.push(format!("{name}: the request"));
        }
        let responses = operation["responses"].as_object().unwrap().iter();
        let successes = responses.filter(|(status, _)| status.starts_with('2'));
        let successes: Vec<&Value> = successes.map(|(_, answer)| answer).collect();
        if successes.iter().any(|answer| is_json(answer))
            && !successes.iter().any(|answer| has_example(answer))
        {
            lacking.push(format!("{name}: the answer"));
        }
    }
    assert!(
        lacking.is_empty(),
        "without an example, which the story `examples` takes:\n{}",
        lacking.join("\n")
    );
}

#[test]
fn every_example_belongs_to_an_operation_and_is_in_the_document() {
    let operations = operations();
    let mut seen = BTreeSet::new();
    for file in EXAMPLES {
        let examples: Map<String, Value> = serde_json::from_str(file).unwrap();
        for (name, example) in examples {
            let operation = operations.get(&name);
            let operation = operation.unwrap_or_else(|| panic!("no operation {name}"));
            let status = example["response"]["status"].to_string();
            for (given, place) in [
                (example.get("request"), &operation["requestBody"]),
                (
                    example["response"].get("body"),
                    &operation["responses"][&status],
                ),
            ] {
                let shown = place["content"][JSON].get("example");
                assert_eq!(shown, given, "{name}");
            }
            assert!(seen.insert(name.clone()), "{name} has two");
        }
    }
}
