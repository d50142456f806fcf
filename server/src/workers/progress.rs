//! When each worker of this server last ended a step, so that somebody is told of one that stands still.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::alerts::{self, Alert, AlertKind};
use crate::clock::Stopwatch;
use crate::error::Result;
use crate::panel::Panel;

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

    /// Raises an alert for each worker that stands still.
    pub(super) async fn look(&self, panel: &Panel) -> Result<()> {
        let still = self.standing_still();
        let alerts = still.into_iter().map(|(name, minutes)| {
            let message = format!(
                "the worker {name:?} has ended no step for {minutes} minutes: the log says what it \
                 fails on; restarting the server loses nothing"
            );
            Alert::new(
                AlertKind::WorkerStandsStill,
                format!("worker {name}"),
                message,
            )
        });
        alerts::raise_once(&panel.db, panel.now(), alerts.collect()).await?;
        Ok(())
    }

    /// The workers that stand still, and for how many minutes.
    fn standing_still(&self) -> Vec<(&'static str, u64)> {
        let workers = self.workers();
        let still = workers.iter().filter_map(|(name, last)| {
            let since = last.since.elapsed();
            (since > last.bound).then_some((*name, since.as_secs() / 60))
        });
        still.collect()
    }

    fn workers(&self) -> std::sync::MutexGuard<'_, BTreeMap<&'static str, Last>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
