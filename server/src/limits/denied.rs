//! Why a request is not answered now, and when to come again.

use std::sync::Arc;
use std::time::Duration;

/// Why a request is not answered now. Nothing of it was done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// More was asked for than the limit lets through.
    #[error("too many requests: the limit `{limit}` is used up; ask again in {} seconds", seconds(*wait))]
    Limited {
        /// Which limit: an action, `points` or `address`.
        limit: &'static str,
        /// The limits that hold for the request, as the header `RateLimit-Policy` has them.
        policy: Arc<str>,
        /// How long until there is room.
        wait: Duration,
        /// How long until all of it is back.
        full: Duration,
    },
    /// Many wrong keys came from the address.
    #[error(
        "too many wrong API keys came from this address: it is blocked for {} seconds",
        seconds(*wait)
    )]
    Blocked {
        /// How long it is blocked.
        wait: Duration,
    },
    /// Too many requests of the key wait for their turn.
    #[error("{waiting} requests of this key wait for their turn already: send fewer at a time")]
    Waiting {
        /// How many may wait.
        waiting: u32,
    },
    /// The panel has more to do than it can.
    #[error("the panel has too much to do at this moment; nothing was done, ask again")]
    Busy,
    /// The bodies of requests that are being read take all the memory that they may take.
    #[error("the panel is reading as much as it can at this moment; nothing was done, ask again")]
    NoRoom,
    /// The body comes so slowly that it is not waited for.
    #[error(
        "the body came too slowly: after {} seconds it has to have come at {per_second} bytes a \
         second; nothing was done, ask again",
        seconds(*grace)
    )]
    TooSlow {
        /// How long any body may take.
        grace: Duration,
        /// How many bytes a second a body has to bring on average after that.
        per_second: u64,
    },
}

impl Denied {
    /// In how many seconds to ask again; at least one.
    pub fn retry_after_s(&self) -> u64 {
        match self {
            Denied::Limited { wait, .. } | Denied::Blocked { wait } => seconds(*wait),
            Denied::Waiting { .. } | Denied::Busy | Denied::NoRoom | Denied::TooSlow { .. } => 1,
        }
    }

    /// Which limit it is, in one word for metrics.
    pub fn layer(&self) -> Layer {
        match self {
            Denied::Limited { limit, .. } if limit.eq_ignore_ascii_case(super::ADDRESS) => {
                Layer::Address
            }
            Denied::Limited { .. } => Layer::Key,
            Denied::Blocked { .. } => Layer::WrongKeys,
            Denied::Waiting { .. } => Layer::Turns,
            Denied::Busy => Layer::Load,
            Denied::NoRoom | Denied::TooSlow { .. } => Layer::Bodies,
        }
    }
}

crate::vocabulary::words! {
    /// The layers of limits.
    pub enum Layer {
        /// Requests of an address.
        Address = "address",
        /// Wrong keys of an address.
        WrongKeys = "wrong_keys",
        /// Requests of a key.
        Key = "key",
        /// Requests of a key at the same time.
        Turns = "turns",
        /// Requests of all at the same time.
        Load = "load",
        /// Bodies of requests: the memory for all of them, and their speed.
        Bodies = "bodies",
    }
}

impl Layer {
    /// Its place in [`Layer::ALL`].
    #[expect(clippy::as_conversions, reason = "a variant's place is its number")]
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// Whole seconds, rounded up, and at least one: who comes sooner comes in vain.
fn seconds(wait: Duration) -> u64 {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    seconds.max(1)
}
