//! What can go wrong, so that a program can decide what to do.

use std::error::Error as _;
use std::fmt;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};

use crate::generated::types;
use crate::{ErrorCode, ErrorDetails, OrderStatus};

/// How much of an answer that is not the panel's is kept, in bytes.
const KEPT: usize = 64 * 1024;
/// How much of it an error shows, in characters.
const SHOWN: usize = 200;

/// Why a call has no result.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The panel said no, and why. To repeat the call changes nothing until the reason is gone.
    Refused(Box<Refusal>),
    /// No answer came, or not all of it, or not in time. For calls that the client repeats by itself, the
    /// last attempt went so. The panel may have done what it was asked for.
    Transport(reqwest::Error),
    /// An answer came that is not one of a panel, such as a proxy's error page.
    #[non_exhaustive]
    Unexpected {
        /// The HTTP status, where the answer was no success.
        status: Option<u16>,
        /// How long the answer asks to wait.
        retry_after: Option<Duration>,
        /// The beginning of the answer where it was no success, else what is wrong with it. After what is
        /// wrong with a success, the panel has done what it was asked for.
        what: String,
    },
    /// The call was not done within the deadline that the client has: see
    /// [`Builder::deadline`](crate::Builder::deadline). The panel may have done what it asked for.
    #[non_exhaustive]
    DeadlineExceeded {
        /// The deadline, from the beginning of the call.
        deadline: Duration,
        /// Why the attempt before the last had no result, where there was one.
        last: Option<Box<Error>>,
    },
    /// The order did not end within the time given to
    /// [`wait_until_final`](crate::Client::wait_until_final); it goes on all the same.
    #[non_exhaustive]
    NotFinal {
        /// The order.
        order_id: i64,
        /// The status that it had last.
        status: OrderStatus,
        /// How long it was waited for.
        waited: Duration,
    },
    /// The address, the key or another setting of the client cannot be used.
    Setting(String),
}

/// A "no" of the panel.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Refusal {
    /// The HTTP status; `None` for one order of many, which has no status of its own.
    pub status: Option<u16>,
    /// What was wrong, for programs. A code that this version does not know is
    /// [`ErrorCode::Unknown`].
    pub code: ErrorCode,
    /// What was wrong, for people.
    pub message: String,
    /// The request's number, for the panel's operator.
    pub request_id: String,
    /// The numbers that explain it: which of them are there depends on the code.
    pub details: ErrorDetails,
    /// How long the panel asks to wait, where waiting helps.
    pub retry_after: Option<Duration>,
}

impl Error {
    /// The panel's refusal, if this is one.
    ///
    /// ```
    /// use smm_panel_sdk::{Error, ErrorCode, rust_decimal::Decimal};
    ///
    /// fn missing(error: &Error) -> Option<Decimal> {
    ///     let refusal = error.refusal().filter(|no| no.code == ErrorCode::NotEnoughFunds)?;
    ///     Some(refusal.details.charge? - refusal.details.balance?)
    /// }
    /// ```
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Error::Refused(refusal) => Some(refusal),
            Error::Transport(_)
            | Error::Unexpected { .. }
            | Error::DeadlineExceeded { .. }
            | Error::NotFinal { .. }
            | Error::Setting(_) => None,
        }
    }

    /// The HTTP status of the answer, where one came that was no success.
    pub fn status(&self) -> Option<u16> {
        match self {
            Error::Refused(refusal) => refusal.status,
            Error::Unexpected { status, .. } => *status,
            Error::Transport(_)
            | Error::DeadlineExceeded { .. }
            | Error::NotFinal { .. }
            | Error::Setting(_) => None,
        }
    }

    /// The code of the panel's refusal, if this is one.
    pub fn code(&self) -> Option<&ErrorCode> {
        self.refusal().map(|refusal| &refusal.code)
    }

    /// How long the panel asks to wait before the call is made again, where it says so.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Error::Refused(refusal) => refusal.retry_after,
            Error::Unexpected { retry_after, .. } => *retry_after,
            Error::Transport(_)
            | Error::DeadlineExceeded { .. }
            | Error::NotFinal { .. }
            | Error::Setting(_) => None,
        }
    }

    /// Whether the same call may succeed later, with nothing changed but the time.
    ///
    /// It does not say that the call was not done. Only an order whose idempotency key is yours may simply be
    /// placed again, by [`place_with_idempotency_key`](crate::Client::place_with_idempotency_key) or
    /// [`place_many`](crate::Client::place_many); of what else may not happen twice (a refill, a deposit, a
    /// ticket), look first whether it was done.
    pub fn is_retryable(&self) -> bool {
        match self {
            Error::Refused(refusal) => {
                refusal.retry_after.is_some() || refusal.status.is_some_and(is_passing)
            }
            Error::Unexpected { status, .. } => status.is_some_and(is_passing),
            Error::Transport(fault) => !fault.is_builder() && !fault.is_redirect(),
            Error::DeadlineExceeded { .. } | Error::NotFinal { .. } => true,
            Error::Setting(_) => false,
        }
    }
}

/// Whether an answer of this status is about the moment, and not about the call.
fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500 | 502 | 503 | 504)
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Refused(refusal) => refusal.fmt(f),
            Error::Transport(fault) => {
                write!(f, "no answer came from the panel: {fault}")?;
                let mut cause = fault.source();
                while let Some(fault) = cause {
                    write!(f, ": {fault}")?;
                    cause = fault.source();
                }
                Ok(())
            }
            Error::Unexpected { status, what, .. } => {
                f.write_str("the answer is not a panel's")?;
                if let Some(status) = status {
                    write!(f, " (HTTP {status})")?;
                }
                write!(f, ": {what}")
            }
            Error::DeadlineExceeded { deadline, last } => {
                write!(f, "the call was not done within {deadline:?}")?;
                match last {
                    Some(last) => write!(f, "; before, {last}"),
                    None => Ok(()),
                }
            }
            Error::NotFinal {
                order_id,
                status,
                waited,
            } => write!(f, "order {order_id} is still {status} after {waited:?}"),
            Error::Setting(what) => f.write_str(what),
        }
    }
}

// The text says every cause already; the HTTP library's error is in `Error::Transport`.
impl std::error::Error for Error {}

impl Refusal {
    /// A refusal that came as part of an answer.
    pub(crate) fn in_answer(said: types::Error) -> Refusal {
        let seconds = said.details.retry_after_seconds;
        let seconds = seconds.and_then(|seconds| u64::try_from(seconds).ok());
        Refusal {
            status: None,
            code: said.code,
            message: said.message,
            request_id: said.request_id,
            details: said.details,
            retry_after: seconds.map(Duration::from_secs),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} (", self.code, self.message)?;
        if let Some(status) = self.status {
            write!(f, "HTTP {status}, ")?;
        }
        write!(f, "request {})", self.request_id)
    }
}

impl std::error::Error for Refusal {}

/// An answer that is no success: its status, when to ask again, and what it says.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<Duration>,
    body: Vec<u8>,
}

impl Answer {
    /// Reads an answer, as much of it as is kept.
    pub(crate) async fn read(mut response: reqwest::Response) -> Answer {
        #[expect(
            clippy::disallowed_methods,
            reason = "a date to wait until, of an answer without a date of its own, is compared with it"
        )]
        let now = SystemTime::now();
        let retry_after = retry_after(response.headers(), now);
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
            retry_after,
            body,
        }
    }
}

impl Answer {
    /// What an answer says that is no panel's refusal. That of a success is not shown: it may be a key.
    fn describe(&self) -> String {
        if matches!(self.status, 200..=299) {
            return "a success of another form".to_owned();
        }
        let text = String::from_utf8_lossy(&self.body);
        let shown: String = text.chars().take(SHOWN).collect();
        format!("{shown:?}")
    }
}

/// How long `headers` ask to wait: seconds, or until a date by the clock of who answered.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: HeaderName| headers.get(name)?.to_str().ok().map(str::trim);
    let said = text(RETRY_AFTER)?;
    if let Ok(seconds) = said.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = DateTime::parse_from_rfc2822(said).ok()?;
    let date = text(DATE).and_then(|date| DateTime::parse_from_rfc2822(date).ok());
    let now = date.map_or_else(|| DateTime::<Utc>::from(now), |date| date.to_utc());
    // A date that has passed asks for no wait.
    Some((until.to_utc() - now).to_std().unwrap_or_default())
}

impl From<Answer> for Error {
    fn from(answer: Answer) -> Error {
        match serde_json::from_slice::<types::Error>(&answer.body) {
            Ok(said) => {
                let refusal = Refusal::in_answer(said);
                Error::Refused(Box::new(Refusal {
                    status: Some(answer.status),
                    retry_after: answer.retry_after.or(refusal.retry_after),
                    ..refusal
                }))
            }
            Err(_) => Error::Unexpected {
                status: Some(answer.status),
                retry_after: answer.retry_after,
                what: answer.describe(),
            },
        }
    }
}

/// An answer that cannot be read.
pub(crate) fn unreadable(status: Option<u16>, what: String) -> Error {
    Error::Unexpected {
        status,
        retry_after: None,
        what,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

    use super::*;

    fn wait(headers: &[(HeaderName, &str)]) -> Option<u64> {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.clone(), value.parse().unwrap()));
        // 2015-10-21 07:28:00 UTC.
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_445_412_480);
        retry_after(&headers.collect(), now).map(|wait| wait.as_secs())
    }

    #[test]
    fn a_wait_is_seconds_or_until_a_date() {
        let until = "Wed, 21 Oct 2015 07:28:30 GMT";
        let served = "Wed, 21 Oct 2015 07:28:20 GMT";
        assert_eq!(wait(&[]), None);
        assert_eq!(wait(&[(RETRY_AFTER, " 7 ")]), Some(7));
        assert_eq!(wait(&[(RETRY_AFTER, until)]), Some(30));
        assert_eq!(wait(&[(RETRY_AFTER, until), (DATE, served)]), Some(10));
        assert_eq!(wait(&[(RETRY_AFTER, served), (DATE, until)]), Some(0));
        assert_eq!(wait(&[(RETRY_AFTER, "soon")]), None);
        assert_eq!(wait(&[(RETRY_AFTER, "-1")]), None);
    }
}
