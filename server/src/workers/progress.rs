//! When each worker of this server last ended a step, so that somebody is told of one that stands still.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Stopwatch;
use crate::conditions::IdleWorker;

/// How much longer than a step may take a worker may be without a step that ended well.
const GRACE: Duration = Duration::from_secs(5 * 60);

/// What the workers of this server have done last. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Progress(Arc<Mutex<BTreeMap<&'static str, Last>>>);

struct Last {
    since: Stopwatch,
    bound: Duration,
}

impl Progress {
    /// Notes that the worker `name`, whose steps may take `limit`, has begun or has ended a step well.
    pub(super) fn note(&self, name: &'static str, limit: Duration) {
        let last = Last {
            since: Stopwatch::start(),
            bound: limit + GRACE,
        };
        self.workers().insert(name, last);
    }

    /// The workers that stand still.
    pub(super) fn standing_still(&self) -> Vec<IdleWorker> {
        let workers = self.workers();
        let still = workers.iter().filter_map(|(&name, last)| {
            let since = last.since.elapsed();
            let minutes = since.as_secs() / 60;
            (since > last.bound).then_some(IdleWorker { name, minutes })
        });
        still.collect()
    }

    fn workers(&self) -> std::sync::MutexGuard<'_, BTreeMap<&'static str, Last>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
