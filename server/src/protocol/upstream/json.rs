//! Finding the JSON in a provider's body, and the plain values in the JSON.

use serde::de::IgnoredAny;
use serde_json::{Map, Value};

/// How many places a body may offer for its JSON to begin. Warnings and logs before the JSON have
/// a few brackets; a page of HTML has many, and each costs a parse.
const MAX_STARTS: usize = 64;

/// The longest text kept of one value, in characters.
const MAX_TEXT: usize = 500;

/// The longest id, in characters.
const MAX_ID: usize = 64;

/// The most digits of a count; more is absurd.
const MAX_COUNT_DIGITS: usize = 12;

/// The JSON object or list that the body ends with: it begins at the first `{` or `[` from which
/// the whole rest is JSON. What stands before it (a byte order mark, warnings that PHP prints
/// into the page) is skipped. Of a repeated name the last counts.
pub(super) fn recover(body: &[u8]) -> Option<Value> {
    let text = String::from_utf8_lossy(body);
    let rest = text
        .match_indices(['{', '['])
        .take(MAX_STARTS)
        .filter_map(|(at, _)| text.get(at..))
        .find(|rest| serde_json::from_str::<IgnoredAny>(rest).is_ok())?;
    serde_json::from_str(rest).ok()
}

/// The trimmed text of a string or a number, at most 500 characters; not of a blank.
pub(super) fn text(value: Option<&Value>) -> Option<String> {
    let text = match value? {
        Value::String(text) => text.trim().chars().take(MAX_TEXT).collect(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}

/// An id that a provider may have given: a positive whole number, or a short token with a digit
/// in it. Anything else (`0`, `success`, a sentence) is no id.
pub(super) fn id(value: Option<&Value>) -> Option<String> {
    let mut text = text(value)?;
    if value.is_some_and(Value::is_number) {
        let (digits, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let whole = fraction.bytes().all(|b| b == b'0');
        let digits = digits.to_owned();
        text = Some(digits).filter(|d| whole && d.bytes().all(|b| b.is_ascii_digit()))?;
    }
    let token = text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.len() <= MAX_ID
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        && text.chars().any(|c| matches!(c, '1'..='9'));
    token.then_some(text)
}

/// A whole number, perhaps negative, written as a number or as text: `157`, `"157.00"`, `-3`.
/// `+3` is -3: one common panel shows what was delivered beyond the order so. Commas, exponents,
/// fractions and more than 12 digits are no number.
pub(super) fn whole(value: Option<&Value>) -> Option<i64> {
    let text = text(value)?;
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(&text);
    let (digits, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let plain = !digits.is_empty()
        && digits.len() <= MAX_COUNT_DIGITS
        && digits.bytes().all(|b| b.is_ascii_digit())
        && !fraction.is_empty()
        && fraction.bytes().all(|b| b == b'0');
    let number: i64 = digits.parse().ok().filter(|_| plain)?;
    Some(if unsigned.len() < text.len() {
        -number
    } else {
        number
    })
}

/// `true`, `"true"`, `1`, `"1"`; anything else is false.
pub(super) fn yes(value: Option<&Value>) -> bool {
    value.is_some_and(|value| {
        value.as_bool() == Some(true)
            || text(Some(value))
                .is_some_and(|text| text == "1" || text.eq_ignore_ascii_case("true"))
    })
}

/// The first of `names` under which the object has a value.
pub(super) fn first<'v>(object: &'v Map<String, Value>, names: &[&str]) -> Option<&'v Value> {
    names.iter().find_map(|name| object.get(*name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_is_found_behind_whatever_was_printed_before_it() {
        for (body, found) in [
            (&br#"{"order":5}"#[..], Some(json!({"order": 5}))),
            (
                b"\xEF\xBB\xBF \r\n{\"order\":5}\n",
                Some(json!({"order": 5})),
            ),
            (
                b"<br />\n<b>Warning</b>: Undefined index [x] in /a.php on line 3\n{\"order\":5}",
                Some(json!({"order": 5})),
            ),
            (
                b"[12-Nov-2026 UTC] PHP Notice: {a}\n[{\"a\":[1]}]",
                Some(json!([{"a": [1]}])),
            ),
            (br#"{"order":1,"order":5}"#, Some(json!({"order": 5}))),
            (
                b"{\"name\":\"\xE9t\xE9\",\"order\":5}",
                Some(json!({"name": "\u{FFFD}t\u{FFFD}", "order": 5})),
            ),
            (b"", None),
            (b"OK", None),
            (b"5", None),
            (br#"{"order":5"#, None),
            (br#"{"order":5} <!-- 0.1 s -->"#, None),
            (b"<html><style>a{b:c}</style></html>", None),
        ] {
            assert_eq!(recover(body), found, "{}", String::from_utf8_lossy(body));
        }
        assert_eq!(recover("[".repeat(1_000_000).as_bytes()), None);
    }

    #[test]
    fn ids_are_positive_numbers_or_short_tokens() {
        for (value, read) in [
            (json!(23501), Some("23501")),
            (json!("23501"), Some("23501")),
            (json!(" 23501 "), Some("23501")),
            (json!(5.0), Some("5")),
            (json!("a1b2-c3"), Some("a1b2-c3")),
            (
                json!(9_223_372_036_854_775_807_i64),
                Some("9223372036854775807"),
            ),
            (json!(0), None),
            (json!("0"), None),
            (json!(-5), None),
            (json!("-5"), None),
            (json!(5.5), None),
            (json!(""), None),
            (json!("success"), None),
            (json!("Order 5 placed"), None),
            (json!(true), None),
            (json!(null), None),
            (json!([5]), None),
            (json!("1".repeat(65)), None),
        ] {
            assert_eq!(id(Some(&value)).as_deref(), read, "{value}");
        }
    }

    #[test]
    fn counts_are_whole_numbers_in_any_type() {
        for (value, read) in [
            (json!(157), Some(157)),
            (json!("157"), Some(157)),
            (json!("157.00"), Some(157)),
            (json!(157.0), Some(157)),
            (json!(-3), Some(-3)),
            (json!("+3"), Some(-3)),
            (json!("0"), Some(0)),
            (json!("999999999999"), Some(999_999_999_999)),
            (json!("1000000000000"), None),
            (json!("1,000"), None),
            (json!("1e3"), None),
            (json!(0.5), None),
            (json!("5."), None),
            (json!(".0"), None),
            (json!("--3"), None),
            (json!("-"), None),
            (json!("n/a"), None),
            (json!(null), None),
            (json!(true), None),
        ] {
            assert_eq!(whole(Some(&value)), read, "{value}");
        }
    }

    #[test]
    fn truth_has_four_spellings() {
        for value in [
            json!(true),
            json!("true"),
            json!(1),
            json!("1"),
            json!("TRUE"),
        ] {
            assert!(yes(Some(&value)), "{value}");
        }
        for value in [
            json!(false),
            json!(0),
            json!("0"),
            json!(null),
            json!("no"),
            json!([1]),
        ] {
            assert!(!yes(Some(&value)), "{value}");
        }
        assert!(!yes(None));
    }
}
