//! Why something is done.

use poem_openapi::Object;
use serde::Deserialize;

/// The reason for an action.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReasonGiven {
    /// The reason, for the audit log, where it is kept for ever: 1 to 1000 printable characters.
    #[oai(validator(min_length = 1, max_length = 1000))]
    pub(super) reason: String,
}
