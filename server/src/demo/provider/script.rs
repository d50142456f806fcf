//! What the provider is told to do: how it answers `add` and how the order then goes.

use super::answer::Answer;
use super::course::Course;
use crate::protocol::{OrderWord, reply, sentence};

/// How long, in milliseconds, whatever has no duration of its own takes: an order whose script
/// is about the answer to `add`, and a refill of an order whose script says nothing of refills.
pub const USUAL_MS: i64 = 4_000;

/// In the body of [`Script::AddSays`]: the place of the recorded order's id.
pub const ORDER_PLACEHOLDER: &str = "<order>";

/// What happens to an order of a service. "Accepted" means recorded and charged for. An accepted
/// order is `Pending` for the first tenth of its time, then `In progress` while its `remains`
/// fall evenly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Script {
    /// Accepted, delivered whole, `Completed`.
    Deliver {
        /// From acceptance to the end, in milliseconds; 0 or less is at once.
        over_ms: i64,
    },
    /// Accepted, delivered in part, `Partial`; what the rest cost goes back to the balance.
    Partial {
        /// From acceptance to the end, in milliseconds; 0 or less is at once.
        over_ms: i64,
        /// How much of the quantity is delivered, 0 to 100, rounded down to whole units.
        delivered_percent: u8,
    },
    /// Accepted, nothing delivered, `Canceled`; the charge goes back to the balance.
    CancelAfter {
        /// From acceptance to the end, in milliseconds; 0 or less is at once.
        ms: i64,
    },
    /// Accepted, delivered whole, `Completed`; as long again after that, the target's count falls
    /// until a refill that was asked for since then is done.
    DropLater {
        /// From acceptance to the end, and from there to the fall, in milliseconds.
        over_ms: i64,
        /// How much of the quantity falls away, 0 to 100, rounded down to whole units.
        drop_percent: u8,
        /// From the request for a refill to its end, in milliseconds.
        refill_ms: i64,
    },
    /// Not accepted: this error sentence.
    Refuse(&'static str),
    /// Not accepted, and no answer until the client gives up or the provider stops.
    HangBeforeAccept,
    /// Accepted, and no answer until the client gives up or the provider stops.
    AcceptThenHang,
    /// Accepted, but the answer is HTTP 502 with a page of HTML.
    AcceptThenHtml502,
    /// Accepted, but a cache in front answers HTTP 503 after its own time-out.
    AcceptThenUnavailable {
        /// The value of `Retry-After`, in seconds.
        retry_after_s: u32,
    },
    /// Accepted, but the answer is JSON that breaks off before the id.
    BrokenJson,
    /// Not accepted: HTTP 429.
    RateLimited {
        /// The value of `Retry-After`, in seconds.
        retry_after_s: u32,
    },
    /// Accepted; `status` answers this text in the order's place, whatever it is. The order never
    /// ends by itself.
    Says(String),
    /// The answer to `add`, letter by letter.
    AddSays {
        /// The HTTP status.
        status: u16,
        /// The body, sent as JSON; [`ORDER_PLACEHOLDER`] stands for the id of a recorded order.
        body: String,
        /// Whether the order is accepted; then it goes like any other.
        record: bool,
    },
}

/// A script taken apart: one row of the table in [`Script::plan`].
pub(super) struct Plan {
    /// How the order goes; `None` if it is not accepted.
    pub(super) course: Option<Course>,
    /// What `add` answers.
    pub(super) answer: AddAnswer,
}

/// What `add` answers.
pub(super) enum AddAnswer {
    /// The id of the accepted order.
    Id,
    /// This, whatever became of the order.
    Fixed(Answer),
}

impl Script {
    /// Whether the order is accepted and how it goes; what is answered.
    pub(super) fn plan(&self) -> Plan {
        use OrderWord::{Canceled, Completed, Partial};
        let usual = || Some(Course::ends(USUAL_MS, 100, Completed));
        let (course, answer) = match self {
            Script::Deliver { over_ms } => {
                (Some(Course::ends(*over_ms, 100, Completed)), AddAnswer::Id)
            }
            Script::Partial {
                over_ms,
                delivered_percent,
            } => (
                Some(Course::ends(*over_ms, *delivered_percent, Partial)),
                AddAnswer::Id,
            ),
            Script::CancelAfter { ms } => (Some(Course::ends(*ms, 0, Canceled)), AddAnswer::Id),
            Script::DropLater {
                over_ms,
                drop_percent,
                refill_ms,
            } => (
                Some(Course::drops(*over_ms, *drop_percent, *refill_ms)),
                AddAnswer::Id,
            ),
            Script::Refuse(text) => (None, fixed(Answer::json(reply::error(text)))),
            Script::HangBeforeAccept => (None, fixed(Answer::Hang)),
            Script::AcceptThenHang => (usual(), fixed(Answer::Hang)),
            Script::AcceptThenHtml502 => (usual(), fixed(Answer::bad_gateway())),
            Script::AcceptThenUnavailable { retry_after_s } => {
                (usual(), fixed(Answer::unavailable(*retry_after_s)))
            }
            Script::BrokenJson => (usual(), fixed(Answer::json(r#"{"order":"#.to_owned()))),
            Script::RateLimited { retry_after_s } => {
                let body = reply::error(sentence::RATE_LIMIT_EXCEEDED);
                (None, fixed(Answer::rate_limited(body, *retry_after_s)))
            }
            Script::Says(text) => (Some(Course::says(text.clone())), AddAnswer::Id),
            Script::AddSays {
                status,
                body,
                record,
            } => (
                usual().filter(|_| *record),
                fixed(Answer::json_with_status(*status, body.clone())),
            ),
        };
        Plan { course, answer }
    }
}

fn fixed(answer: Answer) -> AddAnswer {
    AddAnswer::Fixed(answer)
}
