//! What is told of a request once it is answered: to the metrics, and to the log, where it is never
//! more than these fields.

use crate::clock::Stopwatch;
use crate::ids::AccountId;
use crate::metrics::{Call, Metrics, Outcome};

/// What is known of a request so far.
pub(super) struct Seen {
    pub(super) call: Call,
    pub(super) account: Option<AccountId>,
    since: Stopwatch,
}

impl Seen {
    /// A request that begins; `call` until more is known of it.
    pub(super) fn new(call: Call) -> Seen {
        Seen {
            call,
            account: None,
            since: Stopwatch::start(),
        }
    }

    /// It is answered with this HTTP status; `request_id` is its number, where it has one.
    pub(super) fn answered(
        &self,
        metrics: &Metrics,
        outcome: Outcome,
        status: u16,
        request_id: Option<&str>,
    ) {
        let took = self.since.elapsed();
        metrics.answered(self.call, outcome, took);
        let (face, action, outcome) = (self.call.face(), self.call.word(), outcome.word());
        let account = self.account.map(|account| account.0);
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        tracing::debug!(
            face = face.word(),
            action,
            status,
            outcome,
            ms,
            account,
            request_id,
            "answered"
        );
    }
}
