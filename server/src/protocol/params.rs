//! The parameters of a request, from whatever encoding the client chose, with the habits of the
//! PHP servers that clients were written against.

use std::collections::HashSet;
use std::fmt;

use percent_encoding::percent_decode;
use serde_json::Value;

/// How many parameters one request may have. Far above any real request, and above a list of
/// 10,000 ids sent as `orders[]=1&orders[]=2&...`, which deserves the answer about too many ids;
/// it bounds what a body of many tiny parameters can cost.
const MAX_PARAMETERS: usize = 20_000;

/// What some client libraries send for a field that has no value.
const JUNK: [&str; 4] = ["undefined", "null", "None", "NaN"];

/// Decoded text parameters in the order they came.
///
/// A name is trimmed and matched exactly; `orders[]` and `orders[0]` are values of `orders`.
/// `Debug` shows nothing but the count, because `key` is among the values.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Params {
    entries: Vec<(String, String)>,
    /// What JSON has nested under a name, as JSON: no parameter, but something that was sent.
    nested: Vec<(String, String)>,
}

/// Why a body gives no parameters. The protocol's answer to each is `Incorrect request`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadBody {
    /// A name or a value is not UTF-8 after decoding.
    #[error("the parameters are not UTF-8")]
    NotUtf8,
    /// The body is not one JSON object.
    #[error("the body is not a JSON object")]
    NotAnObject,
    /// There are more than 20,000 parameters.
    #[error("there are too many parameters")]
    TooMany,
    /// The body is not the multipart form that its media type names.
    #[error("the body is not a multipart form")]
    NotMultipart,
}

impl Params {
    /// Reads `name=value&...`, a form body or a query string: `+` is a space, a malformed
    /// `%`-escape stays as it is, a parameter without `=` has an empty value.
    pub fn from_urlencoded(text: &[u8]) -> Result<Params, BadBody> {
        let mut params = Params::default();
        for pair in text.split(|b| *b == b'&').filter(|pair| !pair.is_empty()) {
            let equals = pair.iter().position(|b| *b == b'=').unwrap_or(pair.len());
            let (name, value) = pair.split_at(equals);
            params.push(
                &decoded(name)?,
                decoded(value.get(1..).unwrap_or_default())?,
            )?;
        }
        Ok(params)
    }

    /// Reads a JSON object. Numbers keep their digits (`1000.0` is the whole number 1000), `true`
    /// and `false` are `1` and `0`, `null` is absent, the scalars of an array are repeated values,
    /// anything nested deeper is ignored, and the last of a repeated name wins.
    pub fn from_json(body: &[u8]) -> Result<Params, BadBody> {
        let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
        let Ok(Value::Object(object)) = serde_json::from_slice(body) else {
            return Err(BadBody::NotAnObject);
        };
        let mut params = Params::default();
        for (name, value) in object {
            let values = if let Value::Array(values) = value {
                values
            } else {
                vec![value]
            };
            for value in values {
                let nested = match &value {
                    Value::Object(members) => !members.is_empty(),
                    Value::Array(items) => !items.is_empty(),
                    Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
                };
                if nested {
                    params.nested.push((name.clone(), value.to_string()));
                } else if let Some(text) = scalar(value) {
                    params.push(&name, text)?;
                }
            }
        }
        Ok(params)
    }

    /// Adds one parameter, for encodings that come in parts.
    pub fn push(&mut self, name: &str, value: String) -> Result<(), BadBody> {
        if self.entries.len() >= MAX_PARAMETERS {
            return Err(BadBody::TooMany);
        }
        let name = base_name(name.trim());
        if !name.is_empty() {
            self.entries.push((name.to_owned(), value));
        }
        Ok(())
    }

    /// These parameters and those of `query` whose names are not among them: the body wins.
    #[must_use]
    pub fn or(mut self, query: Params) -> Params {
        let mine: HashSet<&str> = self.entries.iter().map(|(name, _)| name.as_str()).collect();
        let mut others = query.entries;
        others.retain(|(name, _)| !mine.contains(name.as_str()));
        self.entries.extend(others);
        self
    }

    /// The value of a name; the last one, as PHP has it, if it is repeated.
    pub fn last(&self, name: &str) -> Option<&str> {
        self.entries
            .iter()
            .rev()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Every name with each of its values, what is nested in JSON among them, as JSON.
    pub(super) fn named(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.entries.iter().chain(&self.nested);
        all.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Every value of a name, in the order they came.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.entries
            .iter()
            .filter(move |(known, _)| known == name)
            .map(|(_, v)| v.as_str())
    }
}

impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Params({} values)", self.entries.len())
    }
}

/// The trimmed value, unless it is blank or stands for "no value".
pub(super) fn sent(value: Option<&str>) -> Option<&str> {
    value
        .map(str::trim)
        .filter(|value| !value.is_empty() && !JUNK.contains(value))
}

fn decoded(text: &[u8]) -> Result<String, BadBody> {
    let spaced: Vec<u8> = text
        .iter()
        .map(|b| if *b == b'+' { b' ' } else { *b })
        .collect();
    let bytes: Vec<u8> = percent_decode(&spaced).collect();
    String::from_utf8(bytes).map_err(|_| BadBody::NotUtf8)
}

/// `orders` of `orders[]` and `orders[0]`; any other name is itself.
fn base_name(name: &str) -> &str {
    name.strip_suffix(']')
        .and_then(|open| open.split_once('['))
        .filter(|(_, index)| !index.contains(['[', ']']))
        .map_or(name, |(base, _)| base)
}

fn scalar(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(whole_digits(number.to_string())),
        Value::Bool(yes) => Some(if yes { "1" } else { "0" }.to_owned()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The digits of a JSON number whose fraction is zero; any other number as it was written.
fn whole_digits(number: String) -> String {
    match number.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|b| b == b'0') => whole.to_owned(),
        Some(_) | None => number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> Params {
        Params::from_urlencoded(text.as_bytes()).unwrap()
    }

    fn all(params: &Params, name: &str) -> Vec<String> {
        params.all(name).map(str::to_owned).collect()
    }

    #[test]
    fn a_form_is_decoded_as_php_does() {
        for (text, name, value) in [
            (
                "link=https%3A%2F%2Fx.test%2Fp",
                "link",
                Some("https://x.test/p"),
            ),
            ("comments=a+b%0D%0Ac%2B", "comments", Some("a b\r\nc+")),
            ("a=100%", "a", Some("100%")),
            ("a=%zz%4", "a", Some("%zz%4")),
            ("a=1&a=2", "a", Some("2")),
            ("a", "a", Some("")),
            ("a=", "a", Some("")),
            ("a=b=c", "a", Some("b=c")),
            ("&&a=1&", "a", Some("1")),
            ("+a+=1", "a", Some("1")),
            ("A=1", "a", None),
            ("=1", "", None),
            ("a=%00", "a", Some("\0")),
            ("a=%F0%9F%98%80", "a", Some("😀")),
        ] {
            assert_eq!(form(text).last(name), value, "{text}");
        }
        for text in [&b"a=%FF"[..], b"a=\xC3", b"%C3=1"] {
            assert_eq!(Params::from_urlencoded(text), Err(BadBody::NotUtf8));
        }
    }

    #[test]
    fn brackets_repeat_a_name() {
        for text in [
            "orders[]=9&orders[]=10",
            "orders[0]=9&orders[1]=10",
            "orders%5B%5D=9&orders[a]=10",
        ] {
            assert_eq!(all(&form(text), "orders"), ["9", "10"], "{text}");
        }
        assert_eq!(
            all(&form("orders[0][x]=9&orders]=1&[]=2"), "orders"),
            [""; 0]
        );
    }

    #[test]
    fn json_values_become_text() {
        let body = br#" {"i":1000,"f":0.10,"w":100.0,"e":1e3,"big":123456789012345678901,
            "s":" x ","t":true,"n":null,"o":{"a":1},"orders":[1,"2",null,[3],{"b":4}],
            "orders[]":[5],"twice":1,"twice":2}"#;
        let params = Params::from_json(body).unwrap();
        for (name, value) in [
            ("i", Some("1000")),
            ("f", Some("0.10")),
            ("w", Some("100")),
            ("e", Some("1e+3")),
            ("big", Some("123456789012345678901")),
            ("s", Some(" x ")),
            ("t", Some("1")),
            ("n", None),
            ("o", None),
            ("twice", Some("2")),
        ] {
            assert_eq!(params.last(name), value, "{name}");
        }
        assert_eq!(all(&params, "orders"), ["1", "2", "5"]);
        assert!(Params::from_json(b"\xEF\xBB\xBF{}").is_ok());
        for body in [
            &b""[..],
            b"[]",
            b"1",
            b"{",
            b"{}x",
            b"{\"a\":\"\xFF\"}",
            b"null",
        ] {
            assert_eq!(Params::from_json(body), Err(BadBody::NotAnObject));
        }
        assert!(Params::from_json("[".repeat(100_000).as_bytes()).is_err());
    }

    #[test]
    fn the_body_wins_over_the_query_name_by_name() {
        let both = form("a=1&b[]=2").or(form("a=9&b=9&b[]=9&c=3&c=4"));
        assert_eq!(all(&both, "a"), ["1"]);
        assert_eq!(all(&both, "b"), ["2"]);
        assert_eq!(all(&both, "c"), ["3", "4"]);
    }

    #[test]
    fn the_number_of_parameters_is_bounded() {
        assert!(Params::from_urlencoded("a&".repeat(20_000).as_bytes()).is_ok());
        let many = Params::from_urlencoded("a&".repeat(20_001).as_bytes());
        assert_eq!(many, Err(BadBody::TooMany));
        let json = format!("{{\"orders\":[{}1]}}", "1,".repeat(20_000));
        assert_eq!(Params::from_json(json.as_bytes()), Err(BadBody::TooMany));
    }

    #[test]
    fn debug_shows_no_value() {
        assert_eq!(format!("{:?}", form("key=secret")), "Params(1 values)");
    }
}
