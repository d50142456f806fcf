//! Secrets that are shown on purpose only.

use std::fmt;

/// A secret that the panel shows once: a key, a session, a seed. Its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretString(pub(crate) String);

impl SecretString {
    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretString(..)")
    }
}
