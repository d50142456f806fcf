//! Settings that are never shown.

use std::fmt;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretBox, SecretString};

use super::Value;

/// A secret of 32 bytes, written as 64 hexadecimal digits. It is never shown.
#[derive(Clone)]
pub struct SecretHex(Arc<SecretBox<[u8; 32]>>);

impl SecretHex {
    /// Reads 64 hexadecimal digits of either case; `None` for any other text.
    pub fn parse(text: &str) -> Option<SecretHex> {
        let mut bytes = Box::new([0; 32]);
        hex::decode_to_slice(text, bytes.as_mut_slice()).ok()?;
        Some(SecretHex(Arc::new(SecretBox::new(bytes))))
    }

    /// The secret itself.
    pub fn bytes(&self) -> &[u8; 32] {
        self.0.expose_secret()
    }
}

impl fmt::Debug for SecretHex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHex(not shown)")
    }
}

impl Value for Option<SecretHex> {
    type Rule = ();

    fn from_text(text: &str, (): &()) -> Option<Self> {
        SecretHex::parse(text).map(Some)
    }

    fn allowed((): &()) -> String {
        "64 hexadecimal digits, such as `openssl rand -hex 32` makes".to_owned()
    }

    fn shown(&self) -> String {
        match self {
            Some(_) => "set, not shown".to_owned(),
            None => "not set".to_owned(),
        }
    }

    fn masked(_: &str) -> String {
        "a value that is not shown here".to_owned()
    }
}

impl Value for Option<SecretString> {
    type Rule = ();

    fn from_text(text: &str, (): &()) -> Option<Self> {
        let text = text.trim();
        let is_secret = (1..=512).contains(&text.len()) && !text.contains(char::is_control);
        is_secret.then(|| Some(SecretString::from(text)))
    }

    fn allowed((): &()) -> String {
        "1 to 512 printable characters".to_owned()
    }

    fn shown(&self) -> String {
        match self {
            Some(_) => "set, not shown".to_owned(),
            None => "not set".to_owned(),
        }
    }

    fn masked(_: &str) -> String {
        "a value that is not shown here".to_owned()
    }
}
