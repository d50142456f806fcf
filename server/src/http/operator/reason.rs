//! Why something is done.

use poem_openapi::Object;
use serde::Deserialize;

/// Why something is done.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReasonGiven {
    /// Why, in your words, for the audit log; kept for ever. 1 to 1000 printable characters.
    #[oai(validator(min_length = 1, max_length = 1000))]
    pub(super) reason: String,
}
