//! What an account may be called: pure.

use crate::error::Refusal;
use crate::wording::line;

/// An account's name.
pub(super) fn name(text: &str) -> Result<&str, Refusal> {
    line("name", text, 100, "1 to 100 printable characters")
}
