//! When a call is repeated: only where that is safe, and never sooner than the panel asks.

use std::time::Duration;

use crate::error::{Answer, Error, beginning, unreadable};
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
    /// It may not: it is repeated only if it provably was not sent.
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
                (after(&answer), answer.into())
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
            Failed::InvalidResponsePayload(body, fault) => {
                let what = format!("{fault} in {}", beginning(&body));
                (Again::Never, unreadable(None, what))
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

/// Whether a call may be made again after `answer`.
fn after(answer: &Answer) -> Again {
    let wait = answer.retry_after;
    match answer.status {
        429 => Again::Always(wait),
        // A panel names a time only where it is certain that nothing was done.
        503 if wait.is_some() => Again::Always(wait),
        // 502 and 504 are a proxy's, which does not know what became of the call either.
        502..=504 => Again::IfSafe(wait),
        _ => Again::Never,
    }
}

/// The wait before another attempt where the panel names none.
fn backoff(tried: u32) -> Duration {
    let whole = FIRST * 2_u32.saturating_pow(tried.min(8));
    // Clients that failed together do not come back together. Without random numbers they do.
    let random = getrandom::u32().unwrap_or_default();
    whole / 2 + Duration::from_millis(u64::from(random % 100))
}
