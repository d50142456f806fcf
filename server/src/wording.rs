//! What people may write: the rules of names, reasons, references and whole texts, pure.

use std::ops::RangeInclusive;

use crate::error::Refusal;

/// `text` without the white space around it, if it is one line of 1 to `most` characters;
/// `expected` says so of `field`.
pub(crate) fn line<'a>(
    field: &'static str,
    text: &'a str,
    most: usize,
    expected: &'static str,
) -> Result<&'a str, Refusal> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > most || text.contains(char::is_control) {
        Err(Refusal::FieldInvalid { field, expected })
    } else {
        Ok(text)
    }
}

/// `text` without the white space around it, if it has so many characters; `expected` says so of
/// `field`. Its lines stay; what else a terminal would act on is not taken.
fn lines<'a>(
    field: &'static str,
    text: &'a str,
    length: RangeInclusive<usize>,
    expected: &'static str,
) -> Result<&'a str, Refusal> {
    let text = text.trim();
    let is_plain = !text.chars().any(|c| c.is_control() && c != '\n');
    if is_plain && length.contains(&text.chars().count()) {
        Ok(text)
    } else {
        Err(Refusal::FieldInvalid { field, expected })
    }
}

/// Why somebody does something, as it is kept.
pub(crate) fn reason(text: &str) -> Result<&str, Refusal> {
    lines("reason", text, 1..=1_000, "1 to 1000 printable characters")
}

/// What somebody of the staff writes to a case.
pub(crate) fn note(text: &str) -> Result<&str, Refusal> {
    lines("note", text, 1..=2_000, "1 to 2000 printable characters")
}

/// What a customer says is wrong: "a clear description".
pub(crate) fn description(text: &str) -> Result<&str, Refusal> {
    let expected = "20 to 2000 printable characters";
    lines("description", text, 20..=2_000, expected)
}

/// What somebody writes to somebody.
pub(crate) fn message(text: &str) -> Result<&str, Refusal> {
    lines("message", text, 1..=2_000, "1 to 2000 printable characters")
}

/// A name for what counts once: a credit, a deposit, a chargeback.
pub(crate) fn reference(text: &str) -> Result<&str, Refusal> {
    line("reference", text, 100, "1 to 100 printable characters")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_says_something_and_not_too_much() {
        assert_eq!(
            reason("  resold\nstolen cards \t"),
            Ok("resold\nstolen cards")
        );
        assert_eq!(reason(&"ü".repeat(1_000)).map(str::len), Ok(2_000));
        for no in ["", " \n", "a\0b", "a\u{1b}[2J", &"x".repeat(1_001)] {
            assert!(reason(no).is_err(), "{no:?}");
        }
    }

    #[test]
    fn a_description_says_something() {
        assert!(description(&"x".repeat(19)).is_err());
        assert!(description(&format!("{} {}", " ".repeat(9), "x".repeat(19))).is_err());
        assert_eq!(description(&"ü".repeat(20)).map(str::len), Ok(40));
        assert!(description(&"x".repeat(2_001)).is_err());
        assert!(description(&format!("{}\0", "x".repeat(30))).is_err());
    }

    #[test]
    fn a_message_is_not_empty_and_keeps_its_lines() {
        assert_eq!(message(" a\nb "), Ok("a\nb"));
        assert!(message(" \n ").is_err());
        assert!(message(&"x".repeat(2_001)).is_err());
    }

    #[test]
    fn a_reference_is_one_line() {
        assert_eq!(reference(" CB-1 "), Ok("CB-1"));
        for no in ["", "  ", "a\nb", "a\0b", &"x".repeat(101)] {
            assert!(reference(no).is_err(), "{no:?}");
        }
    }
}
