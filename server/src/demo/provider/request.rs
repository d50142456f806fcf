//! What comes in over HTTP: the parameters of a request, and the evidence kept of it.

use serde_json::Value;
use url::form_urlencoded;

use crate::protocol::{BadBody, Params};

/// A request that reached the provider, whatever became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenRequest {
    /// The value of `action` as it was sent; empty if there was none.
    pub action: String,
    /// Every other field but the key, decoded, in the order sent; JSON values that are not text
    /// are shown as JSON.
    pub fields: Vec<(String, String)>,
}

/// A request as it came.
pub(super) struct Incoming<'a> {
    /// True if `Content-Type` says so; anything else is read as a form.
    pub(super) is_json: bool,
    /// The query string, undecoded.
    pub(super) query: &'a str,
    /// The body.
    pub(super) body: &'a [u8],
}

impl Incoming<'_> {
    /// The parameters; those of the body win over those of the query.
    pub(super) fn params(&self) -> Result<Params, BadBody> {
        let body = if self.is_json {
            Params::from_json(self.body)?
        } else {
            Params::from_urlencoded(self.body)?
        };
        Ok(body.or(Params::from_urlencoded(self.query.as_bytes())?))
    }

    /// The evidence. Unlike [`Incoming::params`] it leaves out nothing but the key: fields that the
    /// protocol does not know are what a test of the client looks for.
    pub(super) fn seen(&self) -> SeenRequest {
        let mut fields = if self.is_json {
            json_fields(self.body)
        } else {
            form(self.body)
        };
        fields.extend(form(self.query.as_bytes()));
        let action = fields.iter().find(|(name, _)| name == "action");
        let action = action.map(|(_, value)| value.clone()).unwrap_or_default();
        fields.retain(|(name, _)| name != "action" && name != "key");
        SeenRequest { action, fields }
    }
}

fn form(text: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(text).into_owned().collect()
}

fn json_fields(body: &[u8]) -> Vec<(String, String)> {
    let Ok(Value::Object(object)) = serde_json::from_slice(body) else {
        return Vec::new();
    };
    let text = |value| match value {
        Value::String(text) => text,
        other @ (Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::Array(_)
        | Value::Object(_)) => other.to_string(),
    };
    object
        .into_iter()
        .map(|(name, value)| (name, text(value)))
        .collect()
}
