//! A panel of a later version breaks nothing: every answer of the document, with a new field in each object
//! and a new word in place of each word, is read by every call.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on must stop, loudly"
)]

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};
use smm_panel_sdk::{
    BatchOrder, Client, DisputeReason, Error, KeySettings, NewOrder, OrderFilter, OrderStatus,
    Scope, ServiceFilter,
};

mod scripted;

use scripted::{KEY, Scripted, answer};

/// A word that no version knows.
const NEW_WORD: &str = "brand_new_word";

/// What the panel says of itself.
struct Document(Value);

/// An operation of the panel, with its successful answer.
struct Operation<'a> {
    name: String,
    method: String,
    path: String,
    status: u16,
    success: &'a Value,
}

/// Whether `path` is one of `template`, in which a part in braces stands for any.
fn fits(path: &str, template: &str) -> bool {
    let (given, known) = (path.split('/'), template.split('/'));
    given.clone().count() == known.clone().count()
        && given
            .zip(known)
            .all(|(given, known)| known.starts_with('{') || given == known)
}

impl Document {
    fn read() -> Document {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi/sdk.json");
        Document(serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
    }

    /// Every operation.
    fn operations(&self) -> Vec<Operation<'_>> {
        let mut operations = Vec::new();
        for (path, item) in self.0["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let answers = operation["responses"].as_object().unwrap();
                let success = answers.iter().find(|(status, _)| status.starts_with('2'));
                let (status, success) = success.unwrap();
                operations.push(Operation {
                    name: operation["operationId"].as_str().unwrap().to_owned(),
                    method: method.to_uppercase(),
                    path: path.clone(),
                    status: status.parse().unwrap(),
                    success,
                });
            }
        }
        operations
    }

    /// The operation that a request is for.
    fn operation_of(&self, request: &str) -> Operation<'_> {
        let mut head = request.split(' ');
        let (method, target) = (head.next().unwrap(), head.next().unwrap());
        let path = target.split('?').next().unwrap();
        let mut found = self.operations();
        found.retain(|of| of.method == method && fits(path, &of.path));
        // A path in full goes before one with a parameter.
        found.sort_by_key(|of| of.path.contains('{'));
        found.into_iter().next().unwrap()
    }

    /// A value of a schema as a later version may send it.
    fn later(&self, schema: &Value) -> Value {
        if let Some(reference) = schema["$ref"].as_str() {
            return self.later(self.0.pointer(&reference[1..]).unwrap());
        }
        if let Some(parts) = schema["allOf"].as_array() {
            return self.later(&parts[0]);
        }
        if schema["enum"].is_array() {
            return NEW_WORD.into();
        }
        match (schema["type"].as_str().unwrap(), schema["format"].as_str()) {
            ("object", _) => self.later_object(schema),
            ("array", _) => json!([self.later(&schema["items"])]),
            ("string", Some("date-time")) => "2027-01-01T00:00:00.000Z".into(),
            ("string", Some("decimal")) => "0.000000001".into(),
            ("string", _) => "a text".into(),
            ("integer", _) => 7.into(),
            // No list goes on for ever.
            ("boolean", _) => false.into(),
            (other, format) => panic!("a value of {other} {format:?}"),
        }
    }

    fn later_object(&self, schema: &Value) -> Value {
        let mut object = Map::new();
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let is_required = schema["required"]
                .as_array()
                .into_iter()
                .flatten()
                .any(|of| of == name);
            if name == "next_cursor" && !is_required {
                continue;
            }
            object.insert(name.clone(), self.later(property));
        }
        object.insert(
            "brand_new_field".to_owned(),
            json!({"of": ["something", 1.5, null]}),
        );
        Value::Object(object)
    }

    /// The answer to `request`.
    fn answer(&self, request: &str) -> Vec<u8> {
        let operation = self.operation_of(request);
        let content = operation.success["content"]
            .as_object()
            .into_iter()
            .flatten();
        let mut json = content.filter(|(name, _)| name.starts_with("application/json"));
        let body = match json.next() {
            Some((_, content)) => self.later(&content["schema"]).to_string(),
            None => "a picture".to_owned(),
        };
        answer(operation.status, "", &body)
    }
}

/// Keeps what was read, as it is shown.
fn show<T: Debug>(call: &str, read: Result<T, Error>, shown: &mut Vec<String>) {
    match read {
        Ok(value) => shown.push(format!("{value:?}")),
        Err(error) => panic!("{call}: {error}"),
    }
}

#[tokio::test]
async fn every_call_reads_the_answers_of_a_later_version() {
    let document = Arc::new(Document::read());
    let answers = document.clone();
    let server = Scripted::answering(move |_, request| answers.answer(request)).await;
    let client = Client::new(&server.url, KEY).unwrap();
    let order = NewOrder::new(1, "https://instagram.com/example").quantity(1000);
    let mut batch = [BatchOrder::new(order.clone())];
    let settings = KeySettings::new("shop", [Scope::Read]);
    let (second, amount) = (Duration::from_secs(1), "0.36".parse().unwrap());
    let mut shown = Vec::new();
    macro_rules! call {
        ($($name:ident($($argument:expr),*)),+ $(,)?) => {$(
            show(stringify!($name), client.$name($($argument),*).await, &mut shown);
        )+};
    }
    macro_rules! list {
        ($($name:ident($($argument:expr),*)),+ $(,)?) => {$(
            show(stringify!($name), client.$name($($argument),*).collect_all().await, &mut shown);
        )+};
    }
    call!(
        services(&ServiceFilter::default()),
        place(&order),
        place_many(&mut batch),
        order(1),
        cancel(1),
        refill(1),
        refill_status(1),
        refills_of(1),
        refunds_of(1),
        wallet(),
        deposit(20.into(), None),
        deposit_status(1),
        dispute(
            1,
            DisputeReason::Other,
            amount,
            "the profile never showed them"
        ),
        dispute_status(1),
        dispute_evidence(1),
        open_ticket(1, "the profile never showed them"),
        ticket(1),
        write_to_ticket(1, "and now"),
        add_screenshot(1, b"png"),
        screenshot(1, 1),
        sign_up("ann@example.com", "a long sentence of mine", None),
        sign_in("ann@example.com", "a long sentence of mine", None),
        ask_password_reset("ann@example.com"),
        change_email("ann@new.example", "a long sentence of mine", None),
        account(),
        refill_automatically(true),
        change_password("old", "new"),
        totp_begin(),
        totp_confirm("123456"),
        totp_disable("a long sentence of mine", "123456"),
        create_key(&settings),
        change_key(1, &settings),
        rotate_key(1, second),
        revoke_key(1),
        mark_notice_read(1),
        sign_out(),
    );
    list!(
        orders(OrderFilter::default()),
        refunds_since(None),
        entries_since(None),
        deposits(None),
        disputes(),
        tickets(),
        keys(),
        notices_since(None),
    );

    let asked: BTreeSet<String> = server
        .asked()
        .iter()
        .map(|request| document.operation_of(request).name)
        .collect();
    let known: BTreeSet<String> = document
        .operations()
        .into_iter()
        .map(|of| of.name)
        .collect();
    assert_eq!(asked, known, "an operation that no call makes, or no test");
    // An order has a status, the reason of each event, the code of each right, ...
    let order = &shown[3];
    assert!(order.matches(NEW_WORD).count() >= 4, "{order}");
}

#[tokio::test]
async fn an_order_whose_status_is_not_known_is_not_taken_as_ended() {
    let document = Document::read();
    let server = Scripted::answering(move |_, request| document.answer(request)).await;
    let client = Client::new(&server.url, KEY).unwrap();
    let error = client
        .wait_until_final(1, Duration::ZERO)
        .await
        .unwrap_err();
    let Error::NotFinal { status, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(*status, OrderStatus::Unknown(NEW_WORD.to_owned()));
    assert!(
        error
            .to_string()
            .contains("order 1 is still brand_new_word"),
        "{error}"
    );
}

#[tokio::test]
async fn a_code_that_is_not_known_is_a_refusal_with_its_text() {
    let body = r#"{"code":"brand_new_word","message":"the moon is full","request_id":"r-1",
        "details":{"phase":"full","status":"brand_new_word","balance":"1.5"},"help":"wait"}"#;
    let server = Scripted::start(vec![answer(418, "", body)]).await;
    let error = server.client().wallet().await.unwrap_err();
    let refusal = error.refusal().unwrap();
    assert_eq!(refusal.code.as_str(), NEW_WORD);
    assert_eq!(refusal.details.balance.unwrap().to_string(), "1.5");
    assert_eq!((error.status(), error.is_retryable()), (Some(418), false));
    assert_eq!(
        error.to_string(),
        "brand_new_word: the moon is full (HTTP 418, request r-1)"
    );
}
