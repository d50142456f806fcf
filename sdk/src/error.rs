//! What can go wrong, so that a program can decide what to do.

use std::time::Duration;

use crate::generated;
use crate::types::{self, ErrorCode, ErrorDetails};

/// How much of an answer that is not the panel's is kept, in bytes.
const KEPT: usize = 64 * 1024;
/// How much of it an error shows, in characters.
const SHOWN: usize = 200;

/// Why a call has no result.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The panel said no, and why. To repeat the call changes nothing until the reason is gone.
    #[error(transparent)]
    Refused(Box<Refusal>),
    /// No answer came: the panel was not reached, or not in time. For calls that the client
    /// repeats by itself, all attempts went so.
    #[error("the panel was not reached: {0}")]
    Transport(#[source] reqwest::Error),
    /// An answer came that is not one of a panel, such as a proxy's error page.
    #[error("the answer is not a panel's{}: {what}", with_status(*.status))]
    Unexpected {
        /// Its HTTP status, where it was an error.
        status: Option<u16>,
        /// Its beginning, or what is wrong with it.
        what: String,
    },
    /// The order did not end within the time given to
    /// [`wait_until_final`](crate::Client::wait_until_final); it goes on all the same.
    #[error("order {order_id} is still {status} after {waited:?}")]
    NotFinal {
        /// The order.
        order_id: i64,
        /// Its status when it was last asked for.
        status: types::OrderStatus,
        /// How long it was waited for.
        waited: Duration,
    },
    /// The address, the key or another setting of the client cannot be used.
    #[error("{0}")]
    Setting(String),
}

/// A "no" of the panel.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{code}: {message} (HTTP {status}, request {request_id})")]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// What was wrong, for programs: one of a closed list.
    pub code: ErrorCode,
    /// What was wrong, for people.
    pub message: String,
    /// The request's number, for the panel's operator.
    pub request_id: String,
    /// The numbers that explain it: which of them are there depends on the code.
    pub details: ErrorDetails,
}

impl Error {
    /// The panel's refusal, if this is one.
    ///
    /// ```
    /// use smm_panel_sdk::{Error, ErrorCode};
    ///
    /// fn missing(error: &Error) -> Option<rust_decimal::Decimal> {
    ///     let refusal = error.refusal().filter(|no| no.code == ErrorCode::NotEnoughFunds)?;
    ///     Some(refusal.details.charge? - refusal.details.balance?)
    /// }
    /// ```
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Error::Refused(refusal) => Some(refusal),
            Error::Transport(_)
            | Error::Unexpected { .. }
            | Error::NotFinal { .. }
            | Error::Setting(_) => None,
        }
    }
}

/// An answer that is no success: its status, when to ask again, and what it says.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<Duration>,
    body: Vec<u8>,
}

impl Answer {
    /// Reads an answer, as much of it as is kept.
    pub(crate) async fn read(mut response: reqwest::Response) -> Answer {
        let header = response.headers().get(reqwest::header::RETRY_AFTER);
        let seconds = header.and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let (status, mut body) = (response.status().as_u16(), Vec::new());
        while let Ok(Some(chunk)) = response.chunk().await {
            body.extend_from_slice(&chunk);
            if body.len() > KEPT {
                body.truncate(KEPT);
                break;
            }
        }
        Answer {
            status,
            retry_after: seconds.map(Duration::from_secs),
            body,
        }
    }
}

impl From<Answer> for Error {
    fn from(answer: Answer) -> Error {
        match serde_json::from_slice::<types::Error>(&answer.body) {
            Ok(said) => Error::Refused(Box::new(Refusal {
                status: answer.status,
                code: said.code,
                message: said.message,
                request_id: said.request_id,
                details: said.details,
            })),
            Err(_) => Error::Unexpected {
                status: Some(answer.status),
                what: beginning(&answer.body),
            },
        }
    }
}

/// What a failed call comes to; answers are read before.
pub(crate) fn of_call(failed: generated::Error) -> Error {
    use generated::Error as Failed;
    match failed {
        Failed::CommunicationError(fault)
        | Failed::InvalidUpgrade(fault)
        | Failed::ResponseBodyError(fault) => Error::Transport(fault.without_url()),
        Failed::InvalidResponsePayload(body, fault) => Error::Unexpected {
            status: None,
            what: format!("{fault} in {}", beginning(&body)),
        },
        Failed::InvalidRequest(what) | Failed::Custom(what) => Error::Setting(what),
        Failed::ErrorResponse(answer) => Error::Unexpected {
            status: Some(answer.status().as_u16()),
            what: "an answer without a body".to_owned(),
        },
        Failed::UnexpectedResponse(response) => Error::Unexpected {
            status: Some(response.status().as_u16()),
            what: "an answer that was not read".to_owned(),
        },
    }
}

fn beginning(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let shown: String = text.chars().take(SHOWN).collect();
    format!("{shown:?}")
}

fn with_status(status: Option<u16>) -> String {
    status.map_or_else(String::new, |status| format!(" (HTTP {status})"))
}
