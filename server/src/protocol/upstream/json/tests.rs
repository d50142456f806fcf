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
        (br#"{"order":5,"order":5}"#, Some(json!({"order": 5}))),
        (br#"{"order":1,"order":5}"#, Some(json!({"order": [1, 5]}))),
        (
            br#"{"7":{"status":"a"},"7":{"status":"b"}}"#,
            Some(json!({"7": [{"status": "a"}, {"status": "b"}]})),
        ),
        (
            b"{\"name\":\"\xE9t\xE9\",\"order\":5}",
            Some(json!({"name": "\u{a0e9}t\u{a0e9}", "order": 5})),
        ),
        (b"", None),
        (b"OK", None),
        (b"5", None),
        (br#"{"order":5"#, None),
        (br#"{"order":5} <!-- 0.1 s -->"#, Some(json!({"order": 5}))),
        (
            b"{\"order\":5}\n<br /><b>Notice</b>: {x} [12] in a.php",
            Some(json!({"order": 5})),
        ),
        (br#"{"order":5}{"order":5}"#, Some(json!({"order": 5}))),
        (br#"{"order":5} {"error":"Bad link"}"#, None),
        (br#"{"order":5}{"order":6}"#, None),
        (
            br#"{"a":NaN,"b":"NaN \"NaN","c":[-Infinity]} {} []"#,
            Some(json!({"a": null, "b": "NaN \"NaN", "c": [null]})),
        ),
        (br#"{"a":NaN} {"a":NaN}"#, Some(json!({"a": null}))),
        (b"<html><script>x={\"order\":5}</script></html>", None),
        (b"function(){} {\"order\":5}", Some(json!({"order": 5}))),
        (b"[]", Some(json!([]))),
        (b"[] {}", Some(json!({}))),
        (b"<html><style>a{b:c}</style></html>", None),
    ] {
        assert_eq!(recover(body), found, "{}", String::from_utf8_lossy(body));
        let text = recover_text(body).and_then(|text| read_value(&text, 0));
        assert_eq!(text, found, "{}", String::from_utf8_lossy(body));
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
