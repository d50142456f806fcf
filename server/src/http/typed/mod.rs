//! What the typed APIs share, whoever they are for: how bodies are read and answers written, the one
//! error body, pages of lists, and the program's own types on the wire.

pub(in crate::http) mod code;
pub(in crate::http) mod document;
pub(in crate::http) mod fault_words;
pub(in crate::http) mod given;
mod objects;
pub(in crate::http) mod paging;
pub(in crate::http) mod payload;
pub(in crate::http) mod picture;
pub(in crate::http) mod problem;
pub(in crate::http) mod secret;
pub(in crate::http) mod visit;
pub(in crate::http) mod wire;

/// What every document of a typed API says of its form.
pub(in crate::http) const FORM: &str = "\
- **Money** is a decimal string in USD, exact to nine places; never a binary float.
- **Times** are RFC 3339 in UTC.
- **Errors** have one body: `code` from a closed list, `message`, `request_id`, and `details` with \
the numbers. 400: the request is not of the documented form; 401, 403: the key or the signing in is \
not accepted; 402: the wallet or a cap does not cover the charge; 404: the object does not exist or is \
not yours; 409: the state of the object does not allow it; 422: a rule refuses the request; 429: too \
many requests, see `Retry-After`; 503: repeat the request later.
- **Limits**: the header `RateLimit-Policy` of every answer has the limits of the key \
(`\"add\";q=600;w=60`: 600 orders in 60 seconds), `RateLimit` has what is left. Actions cost points, \
which all count together: an order, a cancel, a refill and any other change 5, the catalogue 10, any \
other reading 1. A request over the limit is refused before anything is done.";
