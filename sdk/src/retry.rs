//! When a call is repeated: only where that is safe, and never sooner than the panel asks.

use std::time::Duration;

use crate::ErrorCode;
use crate::error::{Answer, Error, unreadable};
use crate::generated::Error as Failed;

/// The wait before the first repetition, unless the panel names one; it doubles with each.
const FIRST: Duration = Duration::from_millis(200);
/// The longest wait that a panel may ask for; a longer one is the caller's to decide on.
const LONGEST: Duration = Duration::from_secs(60);

/// Whether a call may reach the panel twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// It may: reading changes nothing, and placing is known by its key.
    Safe,
    /// It may not: it is repeated only if it was not sent, or the panel says that it was not done.
    Unsent,
}

/// An attempt without a result.
pub(crate) struct Failure {
    /// What the caller is told if it was the last.
    pub(crate) error: Error,
    /// Whether the call may be made again.
    again: Again,
}

/// Whether a call may be made again after an attempt without a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Again {
    /// It may: nothing was done.
    Always(Option<Duration>),
    /// Only a call that may reach the panel twice: what was done is not known.
    IfSafe(Option<Duration>),
    /// No other attempt would end otherwise.
    Never,
}

impl Failure {
    /// Reads what there is to read of an attempt without a result.
    pub(crate) async fn read(failed: Failed) -> Failure {
        let (again, error) = match failed {
            Failed::UnexpectedResponse(response) => {
                let answer = Answer::read(response).await;
                let (status, wait) = (answer.status, answer.retry_after);
                let error = Error::from(answer);
                (after(status, wait, error.code()), error)
            }
            Failed::CommunicationError(fault) => {
                let again = if fault.is_builder() || fault.is_redirect() {
                    Again::Never
                } else if fault.is_connect() {
                    Again::Always(None)
                } else {
                    Again::IfSafe(None)
                };
                (again, Error::Transport(fault.without_url()))
            }
            Failed::ResponseBodyError(fault) => {
                (Again::IfSafe(None), Error::Transport(fault.without_url()))
            }
            Failed::InvalidUpgrade(fault) => (Again::Never, Error::Transport(fault.without_url())),
            // What it says is not shown: it may be a key.
            Failed::InvalidResponsePayload(_, fault) => {
                (Again::Never, unreadable(None, describe(&fault)))
            }
            Failed::InvalidRequest(what) | Failed::Custom(what) => {
                (Again::Never, Error::Setting(what))
            }
            Failed::ErrorResponse(answer) => {
                let status = answer.status().as_u16();
                let what = "an answer without a body".to_owned();
                (Again::Never, unreadable(Some(status), what))
            }
        };
        Failure { error, again }
    }

    /// How long to wait before attempt number `tried` (from 0) is followed by another; `None` if that may
    /// not be.
    pub(crate) fn wait(&self, repeat: Repeat, tried: u32) -> Option<Duration> {
        let wait = match (self.again, repeat) {
            (Again::Always(wait), _) | (Again::IfSafe(wait), Repeat::Safe) => wait,
            (Again::Never, _) | (Again::IfSafe(_), Repeat::Unsent) => return None,
        };
        let wait = wait.unwrap_or_else(|| backoff(tried));
        (wait <= LONGEST).then_some(wait)
    }
}

/// Whether a call may be made again after an answer of `status`, which asks to wait and may be a refusal with
/// a `code`.
fn after(status: u16, wait: Option<Duration>, code: Option<&ErrorCode>) -> Again {
    match status {
        429 => Again::Always(wait),
        // With this code a panel names a time only where it is certain that nothing was done. Of others,
        // such as that of a payment gateway, and of what a proxy answers, nobody knows.
        503 if wait.is_some() && code == Some(&ErrorCode::Unavailable) => Again::Always(wait),
        // 502 and 504 are a proxy's, which does not know what became of the call either.
        502..=504 => Again::IfSafe(wait),
        _ => Again::Never,
    }
}

/// The wait before another attempt where the panel names none.
fn backoff(tried: u32) -> Duration {
    let whole = FIRST * 2_u32.saturating_pow(tried.min(8));
    // Clients that failed together do not come back together. Without random numbers they do.
    let random = getrandom::u32().unwrap_or_default() % 1000;
    whole / 2 + whole * random / 2000
}

/// Why an answer cannot be read, without what it says.
fn describe(fault: &serde_json::Error) -> String {
    let text = fault.to_string();
    if text.starts_with("missing field ") {
        return text;
    }
    let (line, column) = (fault.line(), fault.column());
    format!("it has another form at line {line}, column {column}")
}
