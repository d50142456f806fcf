//! How much text an order may bring: what is stored and forwarded is paid for by the unit, not by the
//! character.

use crate::error::Refusal;
use crate::protocol::{LIST_FIELDS, lines};

/// How much text an order may have whatever its quantity, in characters.
const MOST_IN_ALL: usize = 64 * 1024;
/// How much more it may have for each unit that is paid for, in characters.
const MOST_PER_UNIT: usize = 250;

/// How long the lines of a field may be, in characters, and how that is said.
fn longest_line(field: &str) -> (usize, &'static str) {
    match field {
        // YouTube's own bound.
        "comments" => (10_000, "at most 10000 characters in each line"),
        // Links.
        "groups" | "media" | "referring_url" => (2_048, "at most 2048 characters in each line"),
        // User names, hashtags, keywords, and what is passed on.
        _ => (200, "at most 200 characters in each line"),
    }
}

/// Refuses a field with a line that is too long.
pub(super) fn check_field(field: &'static str, value: &str) -> Result<(), Refusal> {
    let (most, expected) = longest_line(field);
    // Bytes first: they are known, and no fewer than the characters.
    let is_long = |line: &str| line.len() > most && line.chars().count() > most;
    match value.len() > most && lines(value).iter().any(|line| is_long(line)) {
        true => Err(Refusal::FieldInvalid { field, expected }),
        false => Ok(()),
    }
}

/// Refuses an order of `quantity` units with more text in its `details` than such an order may have.
pub(super) fn check_sum(details: &[(String, String)], quantity: i64) -> Result<(), Refusal> {
    let units = usize::try_from(quantity).unwrap_or_default();
    let most = MOST_IN_ALL.saturating_add(MOST_PER_UNIT.saturating_mul(units));
    let bytes: usize = details.iter().map(|(_, value)| value.len()).sum();
    if bytes <= most {
        return Ok(());
    }
    let characters = details.iter().map(|(_, value)| value.chars().count());
    if characters.sum::<usize>() <= most {
        return Ok(());
    }
    // Only lists can be so long: every other field is one line.
    let longest = details.iter().max_by_key(|(_, value)| value.len());
    let longest = longest.map_or("", |(name, _)| name.as_str());
    let field = LIST_FIELDS.iter().find(|field| **field == longest);
    let field = field.copied().unwrap_or("comments");
    Err(Refusal::FieldInvalid {
        field,
        expected: IN_ALL,
    })
}

/// How [`MOST_IN_ALL`] and [`MOST_PER_UNIT`] are said.
const IN_ALL: &str =
    "shorter: the texts of an order have at most 65536 characters, and 250 more for each unit";

/// A text of a request as evidence keeps it: a long one is cut, the order has it whole.
pub(super) fn cut(value: &str) -> std::borrow::Cow<'_, str> {
    const MOST: usize = 200;
    match value.char_indices().nth(MOST) {
        None => value.into(),
        Some((end, _)) => {
            let (kept, all) = (value.get(..end).unwrap_or_default(), value.chars().count());
            format!("{kept}... ({all} characters, whole in the order)").into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_a_field_are_bounded_in_characters() {
        for (field, most) in [
            ("comments", 10_000),
            ("groups", 2_048),
            ("media", 2_048),
            ("referring_url", 2_048),
            ("usernames", 200),
            ("username", 200),
            ("hashtags", 200),
            ("hashtag", 200),
            ("keywords", 200),
            ("google_keyword", 200),
            ("country", 200),
            ("reaction", 200),
        ] {
            // A character of two bytes is one.
            let fits = ["é".repeat(most), "x".repeat(most)].join("\r\n");
            assert_eq!(check_field(field, &fits), Ok(()), "{field}");
            let long = format!("short\n{}", "x".repeat(most + 1));
            let refused = check_field(field, &long).unwrap_err().to_string();
            let said = format!("the field {field} must be at most {most} characters in each line");
            assert_eq!(refused, said);
        }
    }

    #[test]
    fn all_text_of_an_order_is_bounded_by_its_quantity() {
        let details = |length: usize| vec![("comments".to_owned(), "é".repeat(length))];
        let most = 64 * 1024 + 250 * 10;
        assert_eq!(check_sum(&details(most), 10), Ok(()));
        let refused = check_sum(&details(most + 1), 10);
        let said = "the field comments must be shorter: the texts of an order have at most 65536 \
                    characters, and 250 more for each unit";
        assert_eq!(refused.unwrap_err().to_string(), said);
        assert_eq!(check_sum(&details(most), i64::MAX), Ok(()));
    }

    #[test]
    fn a_long_text_is_kept_as_evidence_in_part() {
        assert_eq!(cut("short"), "short");
        let kept = cut(&"é".repeat(201)).into_owned();
        assert!(kept.starts_with(&"é".repeat(200)));
        assert!(
            kept.ends_with("é... (201 characters, whole in the order)"),
            "{kept}"
        );
    }
}
