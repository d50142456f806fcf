//! The OpenAPI documents: [`panel`], everything; [`customer`] and [`operator`], each what one reader
//! uses, for people and for Swagger UI; and [`sdk`], the typed API in the form that the client's
//! generator takes.
//!
//! They come from the types of `v3` and `operator`, and so from the code that answers; `/api/v2`,
//! whose one operation takes any encoding, is described by hand beside its code.

use serde_json::{Map, Value, json};

use super::{operator, v3};
use crate::error::{Failure, Result};

mod examples;

/// `/api/v2`: its paths, schemas and tag.
const V2: &str = include_str!("v2/document.json");

/// What the customer's document says before what the typed API says of itself.
const ABOUT_CUSTOMER: &str = "\
For customers: the typed API, `/api/v3`, and the classic panel protocol, `/api/v2`. One key is good for \
both. Operators have [a document of their own](/docs/operator).

";

/// The parts of a document that another one adds to.
const PARTS: [&str; 4] = [
    "/tags",
    "/paths",
    "/components/schemas",
    "/components/securitySchemes",
];

/// Everything that the panel serves.
pub fn panel() -> Result<Value> {
    let mut document = for_customers()?;
    add(&mut document, &operator()?)?;
    Ok(document)
}

/// What customers use: the typed API and the panel protocol.
pub fn customer() -> Result<Value> {
    let mut document = for_customers()?;
    v3::one_scheme(&mut document);
    if let Some(Value::String(about)) = document.pointer_mut("/info/description") {
        about.insert_str(0, ABOUT_CUSTOMER);
    }
    Ok(document)
}

/// What operators use.
pub fn operator() -> Result<Value> {
    let mut document = typed(&operator::document())?;
    operator::scopes::tell(&mut document);
    Ok(document)
}

/// The typed API alone, without what generated clients cannot use: answers that are neither a
/// success nor an error, and the header that asks for one.
pub fn sdk() -> Result<Value> {
    let mut document = typed(&v3::document())?;
    each_operation(&mut document, &|operation| {
        if let Some(Value::Object(responses)) = operation.get_mut("responses") {
            // Where there are two successes, the generator knows one.
            let is_second = responses.contains_key("200") || responses.contains_key("201");
            responses
                .retain(|status, _| !(status.starts_with('3') || is_second && status == "202"));
        }
        if let Some(Value::Array(parameters)) = operation.get_mut("parameters") {
            parameters.retain(|parameter| parameter["name"] != "If-None-Match");
        }
    });
    Ok(document)
}

/// The typed API and the panel protocol, as each of them says it.
fn for_customers() -> Result<Value> {
    let mut document = typed(&v3::document())?;
    let mut v2 = read(V2)?;
    each_operation(&mut v2, &limited_answers);
    add(&mut document, &v2)?;
    Ok(document)
}

/// Adds what `more` describes to `document`.
fn add(document: &mut Value, more: &Value) -> Result<()> {
    for part in PARTS {
        match (document.pointer_mut(part), more.pointer(part).cloned()) {
            (Some(Value::Array(here)), Some(Value::Array(more))) => here.extend(more),
            (Some(Value::Object(here)), Some(Value::Object(more))) => here.extend(more),
            (Some(_), None) => {}
            _ => return Err(Failure::Stored(format!("the document lacks {part}")).into()),
        }
    }
    Ok(())
}

fn read(text: &str) -> Result<Value> {
    let unreadable = |fault| Failure::Stored(format!("the document: {fault}"));
    Ok(serde_json::from_str(text).map_err(unreadable)?)
}

/// A typed API as its face documents it, with what the libraries cannot say added.
fn typed(document: &str) -> Result<Value> {
    let mut document = read(document)?;
    // What a schema says beside a union or a reference, its members say.
    each_object(&mut document, &|object| {
        if object.contains_key("oneOf") {
            object.remove("type");
        }
        if let Some(Value::Array(parts)) = object.get_mut("allOf") {
            parts.retain(|part| part.get("$ref").is_some());
        }
    });
    for name in taken(&document) {
        let schema = document.pointer_mut(&format!("/components/schemas/{name}"));
        if let Some(Value::Object(schema)) = schema {
            strict(schema);
        }
    }
    each_operation(&mut document, &|operation| {
        promote_examples(operation);
        numbered_answers(operation);
        limited_answers(operation);
    });
    examples::insert(&mut document)?;
    Ok(document)
}

/// The names of the schemas that requests are made of.
fn taken(document: &Value) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut bodies: Vec<Value> = Vec::new();
    let paths = document["paths"]
        .as_object()
        .into_iter()
        .flat_map(Map::values);
    for item in paths {
        let operations = item.as_object().into_iter().flat_map(Map::values);
        bodies.extend(operations.filter_map(|operation| operation.get("requestBody").cloned()));
    }
    while let Some(mut body) = bodies.pop() {
        let found = std::cell::RefCell::new(Vec::new());
        each_object(&mut body, &|object| {
            if let Some(Value::String(reference)) = object.get("$ref") {
                let name = reference.rsplit('/').next().unwrap_or_default();
                found.borrow_mut().push(name.to_owned());
            }
        });
        for name in found.into_inner() {
            if !names.contains(&name) {
                bodies.push(document["components"]["schemas"][&name].clone());
                names.push(name);
            }
        }
    }
    names
}

/// A request's object: unknown fields are refused, and `null` is as good as no field.
fn strict(schema: &mut Map<String, Value>) {
    // Words have no fields.
    if schema.get("type").is_none_or(|kind| kind != "object") {
        return;
    }
    schema.insert("additionalProperties".to_owned(), false.into());
    let required = schema.get("required").cloned().unwrap_or_default();
    let is_required = |name: &str| {
        let names = required.as_array().into_iter().flatten();
        names.into_iter().any(|required| required == name)
    };
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        for (name, property) in properties.iter_mut() {
            if let (false, Value::Object(property)) = (is_required(name), property) {
                property.insert("nullable".to_owned(), true.into());
            }
        }
    }
}

/// The examples of parameters stand beside their schemas, where readers look for them.
fn promote_examples(operation: &mut Map<String, Value>) {
    let parameters = operation
        .get_mut("parameters")
        .and_then(Value::as_array_mut);
    for parameter in parameters.into_iter().flatten() {
        let is_required = parameter["required"] == true;
        let schema = parameter.get_mut("schema").and_then(Value::as_object_mut);
        let example = schema.and_then(|schema| schema.remove("example"));
        // An optional one has no example: any would narrow the answer.
        if let (true, Some(example)) = (is_required, example) {
            parameter["example"] = example;
        }
    }
}

/// Every answer has the request's number.
fn numbered_answers(operation: &mut Map<String, Value>) {
    let header = json!({
        "description": "The number that the panel gave the request; its log has it too.",
        "required": true,
        "schema": {"type": "string"}
    });
    let responses = operation
        .get_mut("responses")
        .and_then(Value::as_object_mut);
    for response in responses.into_iter().flat_map(|all| all.values_mut()) {
        response["headers"]["x-request-id"] = header.clone();
    }
}

/// Every answer may tell what is left of the key's limits, and one that there is too much, when to ask
/// again.
fn limited_answers(operation: &mut Map<String, Value>) {
    let text = |description: &str, example: &str| {
        let schema = json!({"type": "string", "example": example});
        json!({"description": description, "schema": schema})
    };
    let policy = text(
        "The limits that hold for the request, by name: each allows `q` in `w` seconds.",
        "\"add\";q=600;w=60, \"points\";q=6000;w=60",
    );
    let left = text(
        "What is left of each limit, by name: `r` now, and all of it again in `t` seconds.",
        "\"add\";r=359;t=1, \"points\";r=5995;t=1",
    );
    let retry = json!({
        "description": "How many seconds to wait. With another code than `gateway_unavailable`, which comes \
                        after a deposit was stored, present only if it is certain that nothing was done.",
        "schema": {"type": "integer", "minimum": 1}
    });
    let responses = operation
        .get_mut("responses")
        .and_then(Value::as_object_mut);
    for (status, response) in responses.into_iter().flatten() {
        response["headers"]["RateLimit-Policy"] = policy.clone();
        response["headers"]["RateLimit"] = left.clone();
        let has = response["headers"].get("Retry-After").is_some();
        if matches!(status.as_str(), "429" | "503") && !has {
            response["headers"]["Retry-After"] = retry.clone();
        }
    }
}

/// Changes every object of `value`, the inner ones first.
fn each_object(value: &mut Value, change: &dyn Fn(&mut Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            object
                .values_mut()
                .for_each(|inner| each_object(inner, change));
            change(object);
        }
        Value::Array(array) => array
            .iter_mut()
            .for_each(|inner| each_object(inner, change)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Adds a paragraph to the description of an operation.
pub(super) fn remark(operation: &mut Map<String, Value>, text: &str) {
    let told = operation.get("description").and_then(Value::as_str);
    let told = match told {
        Some(told) if !told.is_empty() => format!("{told}\n\n{text}"),
        Some(_) | None => text.to_owned(),
    };
    operation.insert("description".to_owned(), told.into());
}

/// Changes every operation of `document`.
pub(super) fn each_operation(document: &mut Value, change: &dyn Fn(&mut Map<String, Value>)) {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for item in paths.into_iter().flat_map(|paths| paths.values_mut()) {
        let operations = item
            .as_object_mut()
            .into_iter()
            .flat_map(|item| item.values_mut());
        for operation in operations.filter_map(Value::as_object_mut) {
            change(operation);
        }
    }
}
