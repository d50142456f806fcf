//! When a call is repeated: only where that is safe, and never sooner than the panel asks.

use std::time::Duration;

use crate::error::{self, Answer, Error};
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

/// What to do after a call without a result.
pub(crate) enum Next {
    /// Ask again after this time.
    Again(Duration),
    /// Give up.
    End(Error),
}

/// What to do after `failed`, the attempt number `tried` (from 0) of at most `retries` more.
pub(crate) async fn next(failed: Failed, repeat: Repeat, tried: u32, retries: u32) -> Next {
    let again = |wait: Duration, error: Error| {
        if tried < retries && wait <= LONGEST {
            Next::Again(wait)
        } else {
            Next::End(error)
        }
    };
    let backoff = || {
        let whole = FIRST * 2_u32.saturating_pow(tried.min(8));
        // Clients that failed together do not come back together.
        whole / 2 + Duration::from_millis(rand::random::<u64>() % 100)
    };
    match failed {
        Failed::UnexpectedResponse(response) => {
            let answer = Answer::read(response).await;
            // 502 and 504 are a proxy's, which does not know what became of the call either.
            let busy = matches!(answer.status, 429 | 502 | 503 | 504);
            let wait = answer.retry_after;
            // A panel names a time only where it is certain that nothing was done.
            let known_unsent = answer.status == 429 || (answer.status == 503 && wait.is_some());
            if busy && (repeat == Repeat::Safe || known_unsent) {
                again(wait.unwrap_or_else(backoff), answer.into())
            } else {
                Next::End(answer.into())
            }
        }
        Failed::CommunicationError(fault) if fault.is_connect() || repeat == Repeat::Safe => {
            let is_ours = fault.is_builder() || fault.is_redirect();
            let error = error::of_call(Failed::CommunicationError(fault));
            if is_ours {
                Next::End(error)
            } else {
                again(backoff(), error)
            }
        }
        Failed::ResponseBodyError(fault) if repeat == Repeat::Safe => {
            again(backoff(), error::of_call(Failed::ResponseBodyError(fault)))
        }
        failed @ (Failed::CommunicationError(_)
        | Failed::ResponseBodyError(_)
        | Failed::InvalidRequest(_)
        | Failed::InvalidUpgrade(_)
        | Failed::ErrorResponse(_)
        | Failed::InvalidResponsePayload(..)
        | Failed::Custom(_)) => Next::End(error::of_call(failed)),
    }
}
