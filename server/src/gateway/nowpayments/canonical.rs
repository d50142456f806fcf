//! JSON as NOWPayments signs it: parsed, sorted and written by JavaScript, whose ways with numbers
//! and keys are part of the signature.
//!
//! Numbers are read as doubles and written the shortest way that reads back as the same (1e-7,
//! 0.000083, 13 for 13.0); strings have the escapes of `JSON.stringify`; keys are sorted by UTF-16
//! code units, but those that look like array indices come first, by number, as in every object of
//! JavaScript. The amounts that count are never read from here.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Deserialize;
use serde::de::{Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

/// How deep a body may be nested; real ones are two deep.
const MAX_DEPTH: usize = 8;

/// A parsed body: every number as its token.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    /// As it was written.
    Number(String),
    Text(String),
    Array(Vec<Json>),
    /// Each key once.
    Object(BTreeMap<String, Json>),
}

impl Json {
    /// Reads a body. What is wrong with it, if it is no JSON, nested too deeply, or has a key twice.
    pub(super) fn parse(body: &[u8]) -> Result<Json, String> {
        let raw: &RawValue = serde_json::from_slice(body).map_err(|fault| fault.to_string())?;
        Json::read(raw, MAX_DEPTH)
    }

    fn read(raw: &RawValue, depth: usize) -> Result<Json, String> {
        let depth = depth
            .checked_sub(1)
            .ok_or_else(|| format!("it is nested more than {MAX_DEPTH} deep"))?;
        let text = raw.get();
        let told = |fault: serde_json::Error| fault.to_string();
        Ok(match text.bytes().next() {
            Some(b'{') => {
                let Members(members) = serde_json::from_str(text).map_err(told)?;
                let read = |(key, raw)| Ok((key, Json::read(raw, depth)?));
                Json::Object(
                    members
                        .into_iter()
                        .map(read)
                        .collect::<Result<_, String>>()?,
                )
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(text).map_err(told)?;
                let read = |raw| Json::read(raw, depth);
                Json::Array(items.into_iter().map(read).collect::<Result<_, String>>()?)
            }
            Some(b'"') => Json::Text(serde_json::from_str(text).map_err(told)?),
            Some(b't') => Json::Bool(true),
            Some(b'f') => Json::Bool(false),
            Some(b'n') => Json::Null,
            Some(_) | None => Json::Number(text.to_owned()),
        })
    }

    /// The value of a key, if this is an object that has it.
    pub(super) fn get(&self, key: &str) -> Option<&Json> {
        match self {
            Json::Object(members) => members.get(key),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::Array(_) => None,
        }
    }

    /// The canonical text.
    pub(super) fn canonical(&self, arrays: Arrays) -> String {
        let mut text = String::new();
        self.write(arrays, &mut text);
        text
    }

    fn write(&self, arrays: Arrays, out: &mut String) {
        match self {
            Json::Null => out.push_str("null"),
            Json::Bool(true) => out.push_str("true"),
            Json::Bool(false) => out.push_str("false"),
            Json::Number(token) => write_number(token, out),
            Json::Text(text) => write_text(text, out),
            Json::Array(items) => match arrays {
                Arrays::Kept => {
                    out.push('[');
                    for (at, item) in items.iter().enumerate() {
                        comma(at, out);
                        item.write(arrays, out);
                    }
                    out.push(']');
                }
                Arrays::AsObjects => {
                    out.push('{');
                    for (at, item) in items.iter().enumerate() {
                        comma(at, out);
                        // Writing into a string never fails.
                        let _ = write!(out, "\"{at}\":");
                        item.write(arrays, out);
                    }
                    out.push('}');
                }
            },
            Json::Object(members) => {
                // Setting it sets the object's prototype in JavaScript, and no member.
                let members = members.iter().filter(|(key, _)| *key != "__proto__");
                let mut members: Vec<(&String, &Json)> = members.collect();
                members.sort_by_cached_key(|(key, _)| place(key));
                out.push('{');
                for (at, (key, value)) in members.into_iter().enumerate() {
                    comma(at, out);
                    write_text(key, out);
                    out.push(':');
                    value.write(arrays, out);
                }
                out.push('}');
            }
        }
    }
}

/// What becomes of arrays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arrays {
    /// They stay: the official client library.
    Kept,
    /// They become objects with their indices as keys: the function in the documentation, which is
    /// in the signer's own language.
    AsObjects,
}

/// Where a key stands in an object of JavaScript that was filled in sorted order.
fn place(key: &str) -> (bool, u32, Vec<u16>) {
    let index: Option<u32> = key.parse().ok();
    let is_index = index.is_some_and(|index| index < u32::MAX && index.to_string() == key);
    match index.filter(|_| is_index) {
        Some(index) => (false, index, Vec::new()),
        None => (true, 0, key.encode_utf16().collect()),
    }
}

fn comma(at: usize, out: &mut String) {
    if at > 0 {
        out.push(',');
    }
}

fn write_number(token: &str, out: &mut String) {
    // Every token of JSON is a number of Rust; one that is too large is infinite in both languages,
    // and written as null.
    match token.parse::<f64>() {
        Ok(number) if number.is_finite() => {
            out.push_str(ryu_js::Buffer::new().format_finite(number));
        }
        Ok(_) | Err(_) => out.push_str("null"),
    }
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            control if control < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(control));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

/// The members of an object, none of them twice.
struct Members<'a>(BTreeMap<String, &'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Members<'a>, D::Error> {
        struct Each;

        impl<'de> Visitor<'de> for Each {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = BTreeMap::new();
                while let Some((key, value)) = map.next_entry::<String, &'de RawValue>()? {
                    if members.contains_key(&key) {
                        return Err(A::Error::custom(format!("the key {key:?} is there twice")));
                    }
                    members.insert(key, value);
                }
                Ok(Members(members))
            }
        }

        from.deserialize_map(Each)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str, arrays: Arrays) -> String {
        Json::parse(text.as_bytes()).unwrap().canonical(arrays)
    }

    #[test]
    fn numbers_are_written_as_javascript_does() {
        let table = [
            ("13.0", "13"),
            ("8.3e-05", "0.000083"),
            ("0.0000001", "1e-7"),
            ("1.25E-6", "0.00000125"),
            ("-0", "0"),
            ("12345678901234567890", "12345678901234567000"),
            ("9007199254740993", "9007199254740992"),
            ("1e21", "1e+21"),
            ("123e-20", "1.23e-18"),
            ("1e400", "null"),
            ("0.09853637216235617", "0.09853637216235617"),
        ];
        for (given, expected) in table {
            assert_eq!(canonical(given, Arrays::Kept), expected, "{given}");
        }
    }

    #[test]
    fn keys_that_look_like_indices_come_first() {
        let given = r#"{"b":1,"10":2,"9":3,"a":4,"01":5,"4294967295":6,"__proto__":{"x":1}}"#;
        let expected = r#"{"9":3,"10":2,"01":5,"4294967295":6,"a":4,"b":1}"#;
        assert_eq!(canonical(given, Arrays::Kept), expected);
        // By UTF-16 code units a character beyond the first plane comes before U+FF61.
        let given = "{\"\u{ff61}\":1,\"\u{10000}\":2}";
        let expected = "{\"\u{10000}\":2,\"\u{ff61}\":1}";
        assert_eq!(canonical(given, Arrays::Kept), expected);
    }

    #[test]
    fn arrays_stay_or_become_objects() {
        let given = r#" { "b" : [ {"y":1,"x":[]} , null ] , "a" : {} } "#;
        let kept = r#"{"a":{},"b":[{"x":[],"y":1},null]}"#;
        let objects = r#"{"a":{},"b":{"0":{"x":{},"y":1},"1":null}}"#;
        assert_eq!(canonical(given, Arrays::Kept), kept);
        assert_eq!(canonical(given, Arrays::AsObjects), objects);
    }

    #[test]
    fn strings_are_escaped_as_json_stringify_does() {
        let given = r#""\u0001\/\u00e9\ud83d\ude00<b>&\"\\\b\f\n\r\t\u2028\u007f""#;
        let expected = "\"\\u0001/\u{e9}\u{1f600}<b>&\\\"\\\\\\b\\f\\n\\r\\t\u{2028}\u{7f}\"";
        assert_eq!(canonical(given, Arrays::Kept), expected);
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        let deep = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        assert!(Json::parse(deep(7).as_bytes()).is_ok());
        for text in [
            "",
            "{",
            "{}x",
            r#"{"a":1,"a":2}"#,
            r#"{"a":{"b":1,"\u0062":2}}"#,
            r#"{"a":"\ud800"}"#,
            "NaN",
            "01",
            &deep(8),
            &deep(100_000),
        ] {
            let shown = text.get(..40).unwrap_or(text);
            assert!(Json::parse(text.as_bytes()).is_err(), "{shown}");
        }
    }
}
