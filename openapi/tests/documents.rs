//! Each reader's document holds what that reader uses, and nothing else.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on must stop, loudly"
)]

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use smm_panel_server::http::documents;

/// Where documents keep their schemas.
const SCHEMAS: &str = "#/components/schemas/";

/// The documents of one reader each.
fn of_readers() -> [(&'static str, Value); 3] {
    [
        ("customer", documents::customer().unwrap()),
        ("operator", documents::operator().unwrap()),
        ("sdk", documents::sdk().unwrap()),
    ]
}

/// The names of an object's members.
fn names(object: &Value) -> BTreeSet<&str> {
    let members = object.as_object().into_iter().flat_map(Map::keys);
    members.map(String::as_str).collect()
}

/// Every value of a member called `name` that is a text, wherever it stands.
fn texts<'a>(value: &'a Value, name: &str, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(object) => {
            found.extend(object.get(name).and_then(Value::as_str));
            object.values().for_each(|inner| texts(inner, name, found));
        }
        Value::Array(array) => array.iter().for_each(|inner| texts(inner, name, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn operations(document: &Value) -> impl Iterator<Item = &Value> {
    let items = document["paths"].as_object().into_iter();
    let items = items.flat_map(Map::values).filter_map(Value::as_object);
    items.flat_map(Map::values)
}

fn operation_ids(document: &Value) -> Vec<&str> {
    let ids = operations(document).map(|operation| operation["operationId"].as_str());
    let mut ids: Vec<&str> = ids.map(Option::unwrap).collect();
    ids.sort_unstable();
    ids
}

/// The schemas that `document` comes to from its operations.
fn used_schemas(document: &Value) -> BTreeSet<&str> {
    let mut used = BTreeSet::new();
    let mut references = Vec::new();
    texts(&document["paths"], "$ref", &mut references);
    while let Some(reference) = references.pop() {
        let name = reference.strip_prefix(SCHEMAS).expect(reference);
        if used.insert(name) {
            texts(
                &document["components"]["schemas"][name],
                "$ref",
                &mut references,
            );
        }
    }
    used
}

#[test]
fn each_document_has_the_schemas_and_tags_that_its_operations_use_and_no_others() {
    let panel = ("panel", documents::panel().unwrap());
    for (name, document) in of_readers().into_iter().chain([panel]) {
        let schemas = names(&document["components"]["schemas"]);
        assert_eq!(used_schemas(&document), schemas, "{name}");
        let tags = document["tags"].as_array().unwrap();
        let tags: BTreeSet<&str> = tags.iter().filter_map(|tag| tag["name"].as_str()).collect();
        let used = operations(&document).flat_map(|of| of["tags"].as_array().unwrap());
        let used: BTreeSet<&str> = used.filter_map(Value::as_str).collect();
        assert_eq!(used, tags, "{name}");
    }
}

#[test]
fn customers_and_operators_have_one_way_to_authorize_each() {
    for (reader, scheme) in [("customer", "api_key"), ("operator", "operator_key")] {
        let (_, document) = of_readers().into_iter().find(|of| of.0 == reader).unwrap();
        let schemes = names(&document["components"]["securitySchemes"]);
        assert_eq!(schemes, BTreeSet::from([scheme]));
        for operation in operations(&document) {
            let wanted = operation["security"].as_array().into_iter().flatten();
            let wanted: BTreeSet<&str> = wanted.flat_map(|one| names(one)).collect();
            assert!(wanted.is_subset(&schemes), "{}", operation["operationId"]);
        }
    }
}

#[test]
fn the_two_readers_together_have_every_operation_of_the_panel_once() {
    let panel = documents::panel().unwrap();
    let [(_, customer), (_, operator), _] = of_readers();
    let mut both = operation_ids(&customer);
    both.extend(operation_ids(&operator));
    both.sort_unstable();
    assert_eq!(both, operation_ids(&panel));
    let all = operations(&customer).chain(operations(&operator)).count();
    assert_eq!(both.iter().collect::<BTreeSet<_>>().len(), all);
}

#[test]
fn a_schema_says_the_same_to_every_reader() {
    let panel = documents::panel().unwrap();
    for (reader, document) in of_readers() {
        for name in names(&document["components"]["schemas"]) {
            let schema = |of: &Value| of["components"]["schemas"][name].clone();
            assert_eq!(schema(&document), schema(&panel), "{reader}: {name}");
        }
    }
}
