//! What libraries say of a value that cannot be read, without the names that our code has for its types.
//! Pure.

/// `reason` for whoever sent the value.
pub(in crate::http) fn in_plain_words(reason: &str) -> String {
    let mut reason = reason;
    if let Some(rest) = reason.strip_prefix("failed to parse \"") {
        reason = rest.split_once("\": ").map_or(rest, |(_, said)| said);
    }
    if let Some((said, _)) = reason.rsplit_once(" (occurred while parsing \"") {
        reason = said;
    }
    match reason {
        "invalid digit found in string" | "cannot parse integer from empty string" => {
            return "it must be a whole number".to_owned();
        }
        "number too large to fit in target type" => return "the number is too large".to_owned(),
        "number too small to fit in target type" => return "the number is too small".to_owned(),
        _ => {}
    }
    let Some((said, expected)) = reason.rsplit_once(", expected ") else {
        return reason.to_owned();
    };
    let expected = match expected {
        "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number",
        "f32" | "f64" => "a number",
        "a sequence" => "a list",
        "a map" => "an object",
        name if name.starts_with("struct ") => "an object",
        known => known,
    };
    format!("{said}, expected {expected}")
}

#[cfg(test)]
mod tests {
    use super::in_plain_words;

    #[test]
    fn no_name_of_a_type_is_told() {
        for (reason, told) in [
            (
                "failed to parse \"OrderStatus\": \"foo\" is not one of a, b (occurred while parsing \
                 \"optional_OrderStatus\")",
                "\"foo\" is not one of a, b",
            ),
            (
                "failed to parse \"integer_int64\": invalid digit found in string",
                "it must be a whole number",
            ),
            (
                "failed to parse \"integer_int64\": number too large to fit in target type",
                "the number is too large",
            ),
            (
                "invalid type: string \"x\", expected i64",
                "invalid type: string \"x\", expected a whole number",
            ),
            (
                "invalid type: integer `1`, expected struct NewOrder",
                "invalid type: integer `1`, expected an object",
            ),
            ("missing field `link`", "missing field `link`"),
            (
                "unknown field `a`, expected one of `b`, `c`",
                "unknown field `a`, expected one of `b`, `c`",
            ),
        ] {
            assert_eq!(in_plain_words(reason), told, "{reason}");
        }
    }
}
