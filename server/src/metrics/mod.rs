//! What is measured, for Prometheus: the nouns and faces say in one line what happened, and
//! `/metrics` shows it.
//!
//! Every series of a request or a batch is registered once, when the panel starts: counting is an
//! atomic addition, without a look-up and without an allocation. Label values come from closed
//! lists, and from the operator's names of providers. Without the setting `metrics_listen` nothing
//! is counted and nothing is read.

use std::sync::Arc;
use std::time::Duration;

use metrics::{Counter, Gauge, Histogram};

use crate::abuse::findings::{Action, Detector};
use crate::clock::Stopwatch;
use crate::error::Result;
use crate::limits::Layer;
use crate::panel::Panel;

mod calls;
mod registry;
mod shared;
mod table;
mod whole_panel;

use calls::CallMeter;
pub use calls::{Call, Face, Outcome};
use registry::{Registry, float};
pub use shared::SharedMeter;
use whole_panel::WholePanel;

/// What one panel measures. Cheap to clone.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    calls: Vec<CallMeter>,
    placer: BatchMeter,
    recorder: BatchMeter,
    limited: Vec<Counter>,
    connections: Gauge,
    connections_refused: Counter,
    orders_placed: Counter,
    callbacks: [Counter; 2],
    /// By detector, then by action.
    abuse_found: Vec<(Detector, Action, Counter)>,
    facts_dropped: Counter,
    report_commit: Histogram,
    whole_panel: WholePanel,
}

impl Metrics {
    /// What measures, or does not.
    pub fn new(measures: bool) -> Metrics {
        let registry = Registry::new(measures);
        Metrics(Arc::new(Inner {
            calls: Call::ALL
                .iter()
                .map(|&call| CallMeter::new(&registry, call))
                .collect(),
            placer: BatchMeter::new(&registry, "placer"),
            recorder: BatchMeter::new(&registry, "recorder"),
            limited: Layer::ALL
                .iter()
                .map(|layer| registry.counter(&table::LIMITED, &[layer.word()]))
                .collect(),
            connections: registry.gauge(&table::OPEN_CONNECTIONS, &[]),
            connections_refused: registry.counter(&table::REFUSED_CONNECTIONS, &[]),
            orders_placed: registry.counter(&table::ORDERS_PLACED, &[]),
            callbacks: ["refused", "taken"]
                .map(|outcome| registry.counter(&table::CALLBACKS, &[outcome])),
            abuse_found: findings(&registry),
            facts_dropped: registry.counter(&table::ABUSE_DROPPED, &[]),
            report_commit: registry.histogram(&table::REPORT_SECONDS, &[]),
            whole_panel: WholePanel::default(),
            registry,
        }))
    }

    /// A request was answered after `took`.
    pub fn answered(&self, call: Call, outcome: Outcome, took: Duration) {
        if let Some(meter) = self.0.calls.get(call.index()) {
            meter.answered(outcome, took);
        }
    }

    /// A request was not answered because of a limit of this layer.
    pub fn limited(&self, layer: Layer) {
        if let Some(counter) = self.0.limited.get(layer.index()) {
            counter.increment(1);
        }
    }

    /// What shows how many connections are open.
    pub fn connections(&self) -> Gauge {
        self.0.connections.clone()
    }

    /// What counts the connections for which there was no room.
    pub fn connections_refused(&self) -> Counter {
        self.0.connections_refused.clone()
    }

    /// So many orders were placed.
    pub fn orders_placed(&self, count: usize) {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        self.0.orders_placed.increment(count);
    }

    /// A callback of a payment gateway was taken, or refused.
    pub fn callback(&self, is_taken: bool) {
        let [refused, taken] = &self.0.callbacks;
        if is_taken { taken } else { refused }.increment(1);
    }

    /// A detector of abuse found something, and this was done about it.
    pub fn abuse_found(&self, detector: Detector, action: Action) {
        let known = self.0.abuse_found.iter();
        let mut of_it = known.filter(|(of, done, _)| (*of, *done) == (detector, action));
        if let Some((_, _, counter)) = of_it.next() {
            counter.increment(1);
        }
    }

    /// What counts the facts that detectors of abuse are not told.
    pub fn facts_dropped(&self) -> Counter {
        self.0.facts_dropped.clone()
    }

    /// What a provider reported was committed, with all that follows from it.
    pub fn report_committed(&self, since: Stopwatch) {
        self.0.report_commit.record(since.elapsed());
    }

    /// The meter of the batches of placed orders.
    pub fn placer(&self) -> BatchMeter {
        self.0.placer.clone()
    }

    /// The meter of what servers share by Redis; to be asked for where there is one.
    pub fn shared(&self) -> SharedMeter {
        SharedMeter::new(&self.0.registry)
    }

    /// The meter of the batches of recorded results.
    pub fn recorder(&self) -> BatchMeter {
        self.0.recorder.clone()
    }

    /// Begins to count what the database numbers, where anything is measured.
    pub async fn begin(&self, panel: &Panel) -> Result<()> {
        if self.0.registry.measures() {
            self.0.whole_panel.begin(panel).await?;
        }
        Ok(())
    }

    /// Everything as text, the whole panel's state read afresh if the last reading is not of this
    /// moment; `None` if nothing is measured. `waiting` orders wait to be placed.
    pub async fn render(&self, panel: &Panel, waiting: usize) -> Option<String> {
        let registry = &self.0.registry;
        if !registry.measures() {
            return None;
        }
        let waiting = i64::try_from(waiting).unwrap_or(i64::MAX);
        let gauge = registry.gauge(&table::ORDERS_WAITING, &[]);
        gauge.set(float(waiting));
        let bytes = i64::try_from(panel.limits.bodies_used()).unwrap_or(i64::MAX);
        registry.gauge(&table::BODY_BYTES, &[]).set(float(bytes));
        self.0.whole_panel.read(registry, panel).await;
        registry.render()
    }

    /// Keeps the memory of the histograms small; to be called every few seconds.
    pub fn upkeep(&self) {
        self.0.registry.upkeep();
    }
}

fn findings(registry: &Registry) -> Vec<(Detector, Action, Counter)> {
    let pairs = Detector::ALL
        .iter()
        .flat_map(|&detector| Action::ALL.iter().map(move |&action| (detector, action)));
    let counter = |(detector, action): (Detector, Action)| {
        let labels = [detector.word(), action.word()];
        let counter = registry.counter(&table::ABUSE_FINDINGS, &labels);
        (detector, action, counter)
    };
    pairs.map(counter).collect()
}

/// What is measured of one batcher. Cheap to clone.
#[derive(Clone)]
pub struct BatchMeter {
    /// The batcher's name.
    pub name: &'static str,
    items: Histogram,
    commit: Histogram,
    failed: Counter,
}

impl BatchMeter {
    fn new(registry: &Registry, name: &'static str) -> BatchMeter {
        BatchMeter {
            name,
            items: registry.histogram(&table::BATCH_ITEMS, &[name]),
            commit: registry.histogram(&table::BATCH_SECONDS, &[name]),
            failed: registry.counter(&table::BATCHES_FAILED, &[name]),
        }
    }

    /// One that measures nothing.
    pub fn idle(name: &'static str) -> BatchMeter {
        BatchMeter {
            name,
            items: Histogram::noop(),
            commit: Histogram::noop(),
            failed: Counter::noop(),
        }
    }

    /// A batch of so many items is on disk.
    pub fn committed(&self, items: usize, since: Stopwatch) {
        self.items
            .record(float(i64::try_from(items).unwrap_or(i64::MAX)));
        self.commit.record(since.elapsed());
    }

    /// A batch failed.
    pub fn failed(&self) {
        self.failed.increment(1);
    }
}

/// The table of all metrics for their documentation, in Markdown.
pub fn markdown_table() -> String {
    table::markdown()
}

#[cfg(test)]
mod tests;
