//! What goes back to the client, and what goes back instead of an answer.

use std::io;

use futures::stream;
use poem::http::{StatusCode, header};
use poem::{Body, Response};

/// The page that a reverse proxy shows when the panel behind it is gone.
const BAD_GATEWAY: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n\
    <center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>";

/// The length in bytes of the body that never comes; any number above zero.
const NEVER_SENT: u64 = 15;

/// A failure of a whole request, before the action is looked at; see
/// [`fail_next`](super::SimulatedProvider::fail_next).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// This HTTP status with this body, sent as JSON.
    Http(u16, String),
    /// No answer until the client gives up or the provider stops.
    Hang,
    /// The connection is closed without a byte of an answer.
    Drop,
}

/// The outcome of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// An HTTP answer.
    Http {
        status: u16,
        content_type: &'static str,
        retry_after_s: Option<u32>,
        body: String,
    },
    /// No answer until the client gives up or the provider stops.
    Hang,
    /// The connection is closed.
    Drop,
}

impl Answer {
    /// HTTP 200 with JSON.
    pub(super) fn json(body: String) -> Answer {
        Answer::json_with_status(200, body)
    }

    /// JSON, or what passes for it.
    pub(super) fn json_with_status(status: u16, body: String) -> Answer {
        let content_type = "application/json";
        Answer::Http {
            status,
            content_type,
            retry_after_s: None,
            body,
        }
    }

    /// HTTP 429.
    pub(super) fn rate_limited(body: String, retry_after_s: u32) -> Answer {
        Answer::Http {
            status: 429,
            content_type: "application/json",
            retry_after_s: Some(retry_after_s),
            body,
        }
    }

    /// HTTP 503 of a cache in front, with a page of HTML.
    pub(super) fn unavailable(retry_after_s: u32) -> Answer {
        Answer::Http {
            status: 503,
            content_type: "text/html",
            retry_after_s: Some(retry_after_s),
            body: "<html><title>503 Backend fetch failed</title></html>".to_owned(),
        }
    }

    /// HTTP 502 with a page of HTML.
    pub(super) fn bad_gateway() -> Answer {
        Answer::Http {
            status: 502,
            content_type: "text/html",
            retry_after_s: None,
            body: BAD_GATEWAY.to_owned(),
        }
    }

    /// Any page.
    pub(super) fn page(status: u16, content_type: &'static str, body: String) -> Answer {
        Answer::Http {
            status,
            content_type,
            retry_after_s: None,
            body,
        }
    }

    /// HTTP 503 with a page of HTML, as a cache shows it after its own time-out.
    pub(super) fn retry_later(body: String, retry_after_s: u32) -> Answer {
        Answer::Http {
            status: 503,
            content_type: "text/html",
            retry_after_s: Some(retry_after_s),
            body,
        }
    }

    /// This answer with every `placeholder` of its body replaced.
    pub(super) fn filled(self, placeholder: &str, value: &str) -> Answer {
        match self {
            Answer::Http {
                status,
                content_type,
                retry_after_s,
                body,
            } => {
                let body = body.replace(placeholder, value);
                Answer::Http {
                    status,
                    content_type,
                    retry_after_s,
                    body,
                }
            }
            Answer::Hang => Answer::Hang,
            Answer::Drop => Answer::Drop,
        }
    }

    /// The HTTP response; `stopped` ends when the provider stops, and is what a hanging answer
    /// waits for.
    pub(super) async fn into_response(self, stopped: impl Future<Output = ()>) -> Response {
        match self {
            Answer::Http {
                status,
                content_type,
                retry_after_s,
                body,
            } => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
                let response = Response::builder()
                    .status(status)
                    .header(header::CONTENT_TYPE, content_type);
                match retry_after_s {
                    Some(seconds) => response.header(header::RETRY_AFTER, seconds),
                    None => response,
                }
                .body(body)
            }
            Answer::Hang => {
                stopped.await;
                closed()
            }
            Answer::Drop => closed(),
        }
    }
}

impl From<Fault> for Answer {
    fn from(fault: Fault) -> Answer {
        match fault {
            Fault::Http(status, body) => Answer::json_with_status(status, body),
            Fault::Hang => Answer::Hang,
            Fault::Drop => Answer::Drop,
        }
    }
}

/// A body that fails at its first byte: the server closes the connection before it has written
/// the head. It must be promised a length, or the failure passes for the end of an empty body.
fn closed() -> Response {
    let failing = stream::iter([Err::<Vec<u8>, _>(io::Error::from(
        io::ErrorKind::BrokenPipe,
    ))]);
    Response::builder()
        .header(header::CONTENT_LENGTH, NEVER_SENT)
        .body(Body::from_bytes_stream(failing))
}
