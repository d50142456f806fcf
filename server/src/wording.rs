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

/// Why somebody does something, as the audit log keeps it.
pub(crate) fn reason(text: &str) -> Result<&str, Refusal> {
    line("reason", text, 500, "1 to 500 printable characters")
}

/// A name for a credit that counts once.
pub(crate) fn reference(text: &str) -> Result<&str, Refusal> {
    line("reference", text, 100, "1 to 100 printable characters")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_printable_and_no_longer_than_it_may_be() {
        assert_eq!(reason("  why not \t"), Ok("why not"));
        assert_eq!(reason(&"ü".repeat(500)).map(str::len), Ok(1000));
        for no in ["", "  ", "a\nb", "a\0b", &"x".repeat(501)] {
            assert!(reason(no).is_err(), "{no:?}");
        }
    }
}
