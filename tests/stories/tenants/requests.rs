//! Requests made from the panel's own document, about objects that are given.

use std::collections::{BTreeMap, BTreeSet};

use harness::{Reply, TestPanel, texts};
use reqwest::Method;
use serde_json::{Map, Value, json};

/// Objects by kind: the names of parameters and fields that end in `_id` name a kind.
#[derive(Clone)]
pub(crate) struct Objects(BTreeMap<String, Vec<i64>>);

/// What stands for an object's number in texts that are compared.
const SOME: &str = "#";

impl Objects {
    pub(crate) fn new<const N: usize>(kinds: [(&str, Vec<i64>); N]) -> Objects {
        Objects(kinds.map(|(kind, ids)| (kind.to_owned(), ids)).into())
    }

    /// As many objects of each kind that do not exist, with as many digits.
    pub(crate) fn missing(&self) -> Objects {
        let missing = |ids: &Vec<i64>| ids.iter().map(|id| id + 700_000).collect();
        Objects(
            self.0
                .iter()
                .map(|(kind, ids)| (kind.clone(), missing(ids)))
                .collect(),
        )
    }

    /// These and others.
    pub(crate) fn and(&self, others: &Objects) -> Objects {
        let both =
            |(kind, ids): (&String, &Vec<i64>)| (kind.clone(), [ids, others.of(kind)].concat());
        Objects(self.0.iter().map(both).collect())
    }

    pub(crate) fn kinds(&self) -> impl Iterator<Item = String> {
        self.0.keys().cloned()
    }

    pub(crate) fn of(&self, kind: &str) -> &[i64] {
        self.0.get(kind).map_or(&[], Vec::as_slice)
    }

    /// `text` without the numbers of these objects and without what differs between requests.
    pub(crate) fn masked(&self, text: &str) -> String {
        let mut numbers: Vec<String> = self.0.values().flatten().map(i64::to_string).collect();
        numbers.sort_by_key(|number| std::cmp::Reverse(number.len()));
        let mut json: Value = serde_json::from_str(text).unwrap_or(Value::String(text.to_owned()));
        if let Some(object) = json.as_object_mut() {
            object.remove("request_id");
        }
        let mut masked = String::new();
        let mut digits = String::new();
        for character in json.to_string().chars().chain([' ']) {
            if character.is_ascii_digit() {
                digits.push(character);
                continue;
            }
            let known = numbers.contains(&digits);
            masked.push_str(if known { SOME } else { &digits });
            digits.clear();
            masked.push(character);
        }
        masked
    }
}

/// The document that the panel serves.
pub(crate) struct Document(Value);

/// A request to one operation.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) operation: String,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) body: Option<Value>,
    /// The kinds of objects that it names.
    pub(crate) names: BTreeSet<String>,
}

impl Call {
    /// The same about other objects.
    pub(crate) fn with(&self, these: &Objects, others: &Objects) -> Call {
        let mut call = self.clone();
        for kind in &self.names {
            for (this, other) in these.of(kind).iter().zip(others.of(kind)) {
                let swap = |text: &str, before: &str, after: &str| {
                    text.replace(
                        &format!("{before}{this}{after}"),
                        &format!("{before}{other}{after}"),
                    )
                };
                let path = format!("{}/", call.path);
                let path = swap(&swap(&path, "/", "/"), "=", "/");
                call.path = path.trim_end_matches('/').to_owned();
                if let Some(body) = &call.body {
                    let name = format!("\"{kind}_id\":");
                    let text = swap(&swap(&body.to_string(), &name, ","), &name, "}");
                    call.body = serde_json::from_str(&text).ok();
                }
            }
        }
        call
    }

    pub(crate) fn only_reads(&self) -> bool {
        self.method == Method::GET
    }

    pub(crate) async fn send(&self, panel: &TestPanel, key: &str) -> Reply {
        panel
            .ask(key, self.method.clone(), &self.path, self.body.clone())
            .await
    }
}

impl Document {
    pub(crate) async fn of(panel: &TestPanel) -> Document {
        let reply = panel.ask("", Method::GET, "/openapi.json", None).await;
        Document(reply.json())
    }

    /// The operations of the typed APIs.
    pub(crate) fn operations(&self) -> BTreeSet<String> {
        let names = self
            .each()
            .map(|(_, _, operation)| operation["operationId"].clone());
        names
            .map(|name| name.as_str().unwrap().to_owned())
            .collect()
    }

    /// The actions of the panel protocol.
    pub(crate) fn actions(&self) -> Vec<String> {
        let mapping = &self.0["components"]["schemas"]["PanelCall"]["discriminator"]["mapping"];
        mapping.as_object().unwrap().keys().cloned().collect()
    }

    fn each(&self) -> impl Iterator<Item = (&String, &String, &Value)> {
        let paths = self.0["paths"].as_object().unwrap().iter();
        let typed = paths.filter(|(path, _)| *path != "/api/v2");
        typed.flat_map(|(path, item)| {
            let operations = item.as_object().unwrap().iter();
            operations.map(move |(method, operation)| (path, method, operation))
        })
    }

    /// Every operation, about each of the objects that it can name: parameters of the path and
    /// of the query, and fields of the body.
    pub(crate) fn calls(&self, objects: &Objects) -> Vec<Call> {
        let mut calls = Vec::new();
        for (path, method, operation) in self.each() {
            let name = operation["operationId"].as_str().unwrap();
            let most = objects.0.values().map(Vec::len).max().unwrap_or(1);
            for index in 0..most {
                let mut maker = Maker {
                    document: &self.0,
                    objects,
                    index,
                    names: BTreeSet::new(),
                };
                let mut path = path.clone();
                let mut query = Vec::new();
                for parameter in operation["parameters"].as_array().into_iter().flatten() {
                    let (parameter_name, place) = (&parameter["name"], &parameter["in"]);
                    let parameter_name = parameter_name.as_str().unwrap();
                    let is_about = parameter_name.ends_with("_id");
                    let value = maker.value(name, parameter_name, parameter);
                    if place == "path" {
                        path = path.replace(&format!("{{{parameter_name}}}"), &text(&value));
                    } else if place == "query" && (is_about || parameter["required"] == true) {
                        query.push(format!("{parameter_name}={}", text(&value)));
                    }
                }
                if !query.is_empty() {
                    path = format!("{path}?{}", query.join("&"));
                }
                let body = &operation["requestBody"]["content"]["application/json"];
                let body = body.is_object().then(|| maker.value(name, "", body));
                let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
                let names = maker.names;
                if index == 0 || !names.is_empty() {
                    let operation = name.to_owned();
                    calls.push(Call {
                        operation,
                        method,
                        path,
                        body,
                        names,
                    });
                }
            }
        }
        calls
    }
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// Makes values that fit their schemas.
struct Maker<'a> {
    document: &'a Value,
    objects: &'a Objects,
    /// Which object of each kind.
    index: usize,
    names: BTreeSet<String>,
}

/// What is not an object of a customer: everybody may name it.
const EVERYBODYS: [&str; 1] = ["service_id"];

impl Maker<'_> {
    /// A value for `holder`, which is a schema or has one, under this name.
    fn value(&mut self, operation: &str, name: &str, holder: &Value) -> Value {
        let schema = holder.get("schema").unwrap_or(holder);
        if let Some(kind) = name
            .strip_suffix("_id")
            .filter(|_| !EVERYBODYS.contains(&name))
        {
            if operation.starts_with("operator") || self.is_staffs(operation) {
                return json!(1);
            }
            let ids = self.objects.of(kind);
            assert!(
                !ids.is_empty(),
                "{operation} names a {kind}: teach this story what that is"
            );
            self.names.insert(kind.to_owned());
            return json!(ids[self.index.min(ids.len() - 1)]);
        }
        if let Some(example) = holder.get("example").or_else(|| schema.get("example")) {
            return example.clone();
        }
        if let Some(reference) = schema["$ref"].as_str() {
            let found = self
                .document
                .pointer(reference.trim_start_matches('#'))
                .cloned();
            return self.value(operation, name, &found.unwrap());
        }
        for union in ["oneOf", "anyOf", "allOf"] {
            if let Some(first) = schema[union].as_array().and_then(|all| all.first()) {
                return self.value(operation, name, &first.clone());
            }
        }
        if let Some(first) = schema["enum"].as_array().and_then(|all| all.first()) {
            return first.clone();
        }
        match schema["type"].as_str().unwrap_or("object") {
            "integer" | "number" => schema.get("minimum").cloned().unwrap_or(json!(1)),
            "boolean" => json!(true),
            "array" => json!([self.value(operation, name.trim_end_matches('s'), &schema["items"])]),
            "string" => json!("https://instagram.com/p/bob"),
            _ => self.object(operation, schema),
        }
    }

    /// Its required fields, and those that name objects.
    fn object(&mut self, operation: &str, schema: &Value) -> Value {
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        let properties = schema["properties"]
            .as_object()
            .cloned()
            .unwrap_or_default();
        let mut object = Map::new();
        for (name, property) in properties {
            if required.contains(&json!(name)) || name.ends_with("_id") {
                let value = self.value(operation, &name, &property);
                object.insert(name, value);
            }
        }
        Value::Object(object)
    }

    /// Whether it is an operation for staff: a customer learns nothing there, whatever it names.
    fn is_staffs(&self, operation: &str) -> bool {
        let paths = self.document["paths"].as_object().unwrap().iter();
        let mut staffs = paths.filter(|(path, _)| path.starts_with("/operator/"));
        staffs.any(|(_, item)| {
            let mut operations = item.as_object().unwrap().values();
            operations.any(|known| known["operationId"] == operation)
        })
    }
}

/// The panel's tables and their columns that are not bytes.
pub(crate) async fn tables(panel: &TestPanel) -> Vec<(String, Vec<String>)> {
    let sql = match harness::database::current() {
        harness::database::Database::Sqlite => {
            "SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND c.type <> 'BLOB' \
             ORDER BY m.name, c.cid"
        }
        harness::database::Database::Postgres => {
            "SELECT table_name || '.' || column_name FROM information_schema.columns \
             WHERE table_schema = 'public' AND data_type <> 'bytea' \
             ORDER BY table_name, ordinal_position"
        }
    };
    let mut tables: Vec<(String, Vec<String>)> = Vec::new();
    for name in texts(panel, sql).await {
        let (table, column) = name.split_once('.').unwrap();
        match tables.last_mut() {
            Some((last, columns)) if last == table => columns.push(column.to_owned()),
            _ => tables.push((table.to_owned(), vec![column.to_owned()])),
        }
    }
    tables
}
