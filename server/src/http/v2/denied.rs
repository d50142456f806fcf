//! The answer to a request of the panel protocol that is not answered now.
//!
//! 429 is the only status but 200 that common clients know; many do not even look at it. Software that
//! reads an `error` on `status` takes its order for dead, and on `services` its catalogue for empty: there
//! the body is empty. Everywhere else it is the sentence that clients know.

use poem::http::{StatusCode, header};
use poem::{Body, Response};

use crate::http::limited;
use crate::limits::Denied;
use crate::metrics::{Call, Outcome};
use crate::protocol::{EXTENSION_REQUEST_ID, EXTENSIONS_HEADER, reply, sentence};

/// The answer to `call`, which is not answered because it is `denied`.
pub(super) fn answer(denied: &Denied, call: Call) -> (Outcome, Response) {
    let (outcome, status) = match denied {
        Denied::Limited { .. } | Denied::Blocked { .. } | Denied::Waiting { .. } => {
            (Outcome::Refused, StatusCode::TOO_MANY_REQUESTS)
        }
        Denied::Busy | Denied::NoRoom => (Outcome::Unavailable, StatusCode::SERVICE_UNAVAILABLE),
        Denied::TooSlow { .. } => (Outcome::Refused, StatusCode::REQUEST_TIMEOUT),
    };
    let mut response = Response::builder()
        .status(status)
        .header(header::CACHE_CONTROL, "no-store")
        .header(EXTENSIONS_HEADER, EXTENSION_REQUEST_ID)
        .body(());
    limited::show_denied(denied, response.headers_mut());
    if says_why(call) && status == StatusCode::TOO_MANY_REQUESTS {
        let json = header::HeaderValue::from_static("application/json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        response.set_body(Body::from(reply::error(sentence::RATE_LIMIT_EXCEEDED)));
    }
    (outcome, response)
}

/// Whether software is known to read an `error` there as what it is.
fn says_why(call: Call) -> bool {
    use Call::{Add, Balance, Cancel, Refill, RefillStatus};
    // Before its body is read nobody knows what a request asks for.
    matches!(call, Add | Balance | Cancel | Refill | RefillStatus)
}
