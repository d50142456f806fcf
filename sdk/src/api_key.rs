//! The API key on its way into requests, and nowhere else.

use reqwest::header::{AUTHORIZATION, HeaderValue};

use crate::error::Error;

/// An API key or a session, or none yet: never shown, and marked so that the HTTP library does not show it
/// either.
#[derive(Clone)]
pub struct ApiKey(Option<HeaderValue>);

impl ApiKey {
    /// The key as the panel gave it; [`Error::Setting`] if it cannot be part of a request.
    pub(crate) fn new(text: &str) -> Result<ApiKey, Error> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(ApiKey(None));
        }
        let header = HeaderValue::from_str(&format!("Bearer {text}"));
        let mut header = header
            .map_err(|_| Error::Setting("the API key has characters that no key has".to_owned()))?;
        header.set_sensitive(true);
        Ok(ApiKey(Some(header)))
    }
}

impl std::fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ApiKey(..)")
    }
}

/// Puts the key into a request.
pub(crate) fn add_to(key: &ApiKey, request: &mut reqwest::Request) {
    if let Some(header) = &key.0 {
        request.headers_mut().insert(AUTHORIZATION, header.clone());
    }
}
