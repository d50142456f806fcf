//! What is measured of what servers share.

use metrics::{Counter, Gauge};

use super::registry::{Registry, float};
use super::table;

/// The meter of a server that shares counts and facts with others. Cheap to clone.
#[derive(Clone)]
pub struct SharedMeter {
    connected: Gauge,
    failures: Counter,
    not_sent: Counter,
    not_received: Counter,
}

impl SharedMeter {
    pub(super) fn new(registry: &Registry) -> SharedMeter {
        let lost = |side| registry.counter(&table::FACTS_LOST, &[side]);
        SharedMeter {
            connected: registry.gauge(&table::LIMITS_SHARED, &[]),
            failures: registry.counter(&table::LIMITS_SHARED_FAILURES, &[]),
            not_sent: lost("sent"),
            not_received: lost("received"),
        }
    }

    /// Redis answers, or not any more.
    pub fn connected(&self, is_connected: bool) {
        self.connected.set(float(i64::from(is_connected)));
    }

    /// Redis did not answer.
    pub fn failed(&self) {
        self.failures.increment(1);
    }

    /// So many facts were not sent to other servers.
    pub fn not_sent(&self, facts: usize) {
        self.not_sent
            .increment(u64::try_from(facts).unwrap_or(u64::MAX));
    }

    /// A fact of another server was not taken in, or a message of it was not understood.
    pub fn not_received(&self) {
        self.not_received.increment(1);
    }
}
