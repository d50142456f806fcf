//! The library that counts and renders, one per panel, or none at all: then everything that is
//! handed out does nothing.

use std::time::Duration;

use metrics::{Counter, Gauge, Histogram, Key, Label, Level, Metadata, Recorder};
use metrics_exporter_prometheus::{
    Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};

use super::table::{ALL, Kind, Metric};

/// Numbers kept for exact values: a binary float is exact to this size.
const MOST_EXACT: i64 = 1 << 53;

static METADATA: Metadata<'static> = Metadata::new("smm_panel", Level::INFO, None);

/// Where metrics are registered.
pub(super) struct Registry(Option<(PrometheusRecorder, PrometheusHandle)>);

impl Registry {
    /// One that measures, or one that does not.
    pub(super) fn new(measures: bool) -> Registry {
        let recorder = measures.then(|| {
            let mut builder = PrometheusBuilder::new();
            for metric in ALL {
                if let Kind::Histogram(buckets) = metric.kind {
                    let named = Matcher::Full(metric.name.to_owned());
                    // It fails for an empty list of buckets only.
                    builder = builder
                        .set_buckets_for_metric(named, buckets)
                        .unwrap_or_default();
                }
            }
            let recorder = builder.build_recorder();
            for metric in ALL {
                let (name, help) = (metric.name.into(), metric.help.into());
                match metric.kind {
                    Kind::Counter => recorder.describe_counter(name, None, help),
                    Kind::Gauge => recorder.describe_gauge(name, None, help),
                    Kind::Histogram(_) => recorder.describe_histogram(name, None, help),
                }
            }
            let handle = recorder.handle();
            (recorder, handle)
        });
        Registry(recorder)
    }

    pub(super) fn measures(&self) -> bool {
        self.0.is_some()
    }

    pub(super) fn counter(&self, metric: &Metric, labels: &[&str]) -> Counter {
        self.0.as_ref().map_or_else(Counter::noop, |(recorder, _)| {
            recorder.register_counter(&key(metric, labels), &METADATA)
        })
    }

    pub(super) fn gauge(&self, metric: &Metric, labels: &[&str]) -> Gauge {
        self.0.as_ref().map_or_else(Gauge::noop, |(recorder, _)| {
            recorder.register_gauge(&key(metric, labels), &METADATA)
        })
    }

    pub(super) fn histogram(&self, metric: &Metric, labels: &[&str]) -> Histogram {
        self.0
            .as_ref()
            .map_or_else(Histogram::noop, |(recorder, _)| {
                recorder.register_histogram(&key(metric, labels), &METADATA)
            })
    }

    /// Everything as text, in Prometheus' format.
    pub(super) fn render(&self) -> Option<String> {
        self.0.as_ref().map(|(_, handle)| handle.render())
    }

    /// Sorts what histograms were given since the last time into their buckets: until then each
    /// value is kept.
    pub(super) fn upkeep(&self) {
        if let Some((_, handle)) = &self.0 {
            handle.run_upkeep();
        }
    }
}

fn key(metric: &Metric, values: &[&str]) -> Key {
    debug_assert_eq!(metric.labels.len(), values.len(), "{}", metric.name);
    let labels: Vec<Label> = metric
        .labels
        .iter()
        .zip(values)
        .map(|(&name, &value)| Label::new(name, value.to_owned()))
        .collect();
    Key::from_parts(metric.name, labels)
}

/// A whole number as metrics take it.
#[expect(clippy::as_conversions, reason = "exact within these bounds")]
pub(super) fn float(number: i64) -> f64 {
    number.clamp(-MOST_EXACT, MOST_EXACT) as f64
}

/// Milliseconds as seconds; below zero is zero.
pub(super) fn seconds(ms: i64) -> f64 {
    Duration::from_millis(u64::try_from(ms).unwrap_or_default()).as_secs_f64()
}
