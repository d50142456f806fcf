//! The API key on its way into requests, and nowhere else.

use reqwest::header::{AUTHORIZATION, HeaderValue, InvalidHeaderValue};

/// An API key: never shown, and marked so that the HTTP library does not show it either.
#[derive(Clone)]
pub struct Key(HeaderValue);

impl Key {
    /// The key as the panel's operator gave it.
    pub(crate) fn new(text: &str) -> Result<Key, InvalidHeaderValue> {
        let mut header = HeaderValue::from_str(&format!("Bearer {}", text.trim()))?;
        header.set_sensitive(true);
        Ok(Key(header))
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

/// Puts the key into a request.
pub(crate) fn sign(key: &Key, request: &mut reqwest::Request) {
    request.headers_mut().insert(AUTHORIZATION, key.0.clone());
}
