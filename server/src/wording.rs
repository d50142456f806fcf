//! What people may write: the rules of names, reasons and references, pure.

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

/// The longest reason, in characters.
const MAX_REASON: usize = 1_000;

/// Why somebody does something, as it is kept: without the white space around it. Its lines stay;
/// what else a terminal would act on is not taken.
pub(crate) fn reason(text: &str) -> Result<&str, Refusal> {
    let text = text.trim();
    let is_plain = !text.chars().any(|c| c.is_control() && c != '\n');
    if is_plain && (1..=MAX_REASON).contains(&text.chars().count()) {
        Ok(text)
    } else {
        Err(Refusal::FieldInvalid {
            field: "reason",
            expected: "1 to 1000 printable characters",
        })
    }
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
    fn a_reference_is_one_line() {
        assert_eq!(reference(" CB-1 "), Ok("CB-1"));
        for no in ["", "  ", "a\nb", "a\0b", &"x".repeat(101)] {
            assert!(reference(no).is_err(), "{no:?}");
        }
    }
}
