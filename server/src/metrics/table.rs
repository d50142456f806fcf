//! Every metric: its name, kind, labels and meaning stand once, in the table below, which the
//! endpoint's help texts and the table of `examples/deploy/README.md` are made of.

/// What a metric is, in Prometheus' words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    /// It only grows while the process lives.
    Counter,
    /// A value of this moment.
    Gauge,
    /// How often values fell into these buckets.
    Histogram(&'static [f64]),
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram(_) => "histogram",
        }
    }
}

/// One metric.
#[derive(Clone, Copy, Debug)]
pub(super) struct Metric {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// The names of its labels, whose values come from closed lists.
    pub(super) labels: &'static [&'static str],
    pub(super) help: &'static str,
}

const fn metric(
    name: &'static str,
    kind: Kind,
    labels: &'static [&'static str],
    help: &'static str,
) -> Metric {
    Metric {
        name,
        kind,
        labels,
        help,
    }
}

/// From half a millisecond to the time limit of a request.
const SECONDS: Kind = Kind::Histogram(&[
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
]);
const ITEMS: Kind = Kind::Histogram(&[
    1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1000.0,
]);

/// Declares the metrics and the list of all of them.
macro_rules! metrics {
    ($($ident:ident: $name:literal, $kind:expr, [$($label:literal),*], $help:literal;)*) => {
        $(pub(super) const $ident: Metric = metric($name, $kind, &[$($label),*], $help);)*
        /// Every metric, in the order of the table.
        pub(super) const ALL: &[Metric] = &[$($ident),*];
    };
}

metrics! {
    REQUESTS: "smm_panel_requests_total", Kind::Counter, ["face", "action", "outcome"],
        "Requests that were answered: `ok`, `refused` (the caller's side) or `unavailable` (ours).";
    REQUEST_SECONDS: "smm_panel_request_duration_seconds", SECONDS, ["face", "action"],
        "Time from a request's head to its answer.";
    LIMITED: "smm_panel_limited_total", Kind::Counter, ["layer"],
        "Requests that were not answered because of a limit, by the layer that stopped them.";
    OPEN_CONNECTIONS: "smm_panel_connections", Kind::Gauge, [],
        "Connections that are open; `connections_max` is where others make room or find none.";
    REFUSED_CONNECTIONS: "smm_panel_connections_refused_total", Kind::Counter, [],
        "Connections that were closed at once because there was no room for them.";
    BODY_BYTES: "smm_panel_body_bytes", Kind::Gauge, [],
        "Bytes of the bodies of requests that came in several pieces and are not answered yet; \
         `bodies_max_bytes` is where 503 begins.";
    ORDERS_PLACED: "smm_panel_orders_placed_total", Kind::Counter, [],
        "Orders that this server placed; repeated requests are not counted.";
    ORDERS_WAITING: "smm_panel_orders_waiting", Kind::Gauge, [],
        "Orders that wait to be placed by this server; `place_queue_max` is where 503 begins.";
    CALLBACKS: "smm_panel_gateway_callbacks_total", Kind::Counter, ["outcome"],
        "Callbacks of the payment gateway: `taken` (genuine, also repeated ones) or `refused`.";
    ABUSE_FINDINGS: "smm_panel_abuse_findings_total", Kind::Counter, ["detector", "action"],
        "Findings of the detectors of abuse that this server recorded, by what was done; those of one \
         moment about one subject count once.";
    ABUSE_DROPPED: "smm_panel_abuse_facts_dropped_total", Kind::Counter, [],
        "Facts that the detectors of abuse were not told, because more happened than they could take.";
    BATCH_ITEMS: "smm_panel_batch_items", ITEMS, ["batcher"],
        "Items per transaction: orders (`placer`), results of sending (`recorder`).";
    BATCH_SECONDS: "smm_panel_batch_commit_seconds", SECONDS, ["batcher"],
        "Time from the begin of a batch's transaction to the end of its commit.";
    BATCHES_FAILED: "smm_panel_batches_failed_total", Kind::Counter, ["batcher"],
        "Batches that failed as a whole.";
    REPORT_SECONDS: "smm_panel_report_commit_seconds", SECONDS, [],
        "Time to wallet: from a provider's report being read to the commit that has what follows \
         from it, terminal statuses and refunds included.";
    REFUNDS: "smm_panel_refunds_total", Kind::Counter, ["reason"],
        "Refunds committed by any server since this one started; take the max, not the sum.";
    REFUNDED: "smm_panel_refunded_nano_usd_total", Kind::Counter, ["reason"],
        "What they returned, in billionths of a USD; take the max, not the sum.";
    DISPATCHES: "smm_panel_dispatches", Kind::Gauge, ["state"],
        "Runs of orders that have not ended, by state. Whole panel.";
    OLDEST_QUEUED: "smm_panel_oldest_queued_seconds", Kind::Gauge, [],
        "How long the oldest run that is due has been waiting to be sent. Whole panel.";
    PARKED_REFILLS: "smm_panel_parked_refills", Kind::Gauge, [],
        "Refills that wait for an operator. Whole panel.";
    ALERTS: "smm_panel_alerts_last_hour", Kind::Gauge, ["kind"],
        "Alerts of the last hour, of the newest 1000. Whole panel.";
    ALERTS_OPEN: "smm_panel_alerts_open", Kind::Gauge, ["kind"],
        "Alerts that nobody has looked at and whose cause lasts. Whole panel.";
    PROVIDER_UP: "smm_panel_provider_takes_orders", Kind::Gauge, ["provider"],
        "1 if orders are sent to the provider (by the operator's name for it), 0 if it is paused.";
    PROVIDER_PAUSED: "smm_panel_provider_paused", Kind::Gauge, ["provider", "pause"],
        "1 for the reason for which nothing is sent to the provider, else 0.";
    CHECK_VIOLATIONS: "smm_panel_check_violations", Kind::Gauge, [],
        "Violations of invariants that the last regular check found. Whole panel.";
    CHECK_TIME: "smm_panel_check_finished_timestamp_seconds", Kind::Gauge, [],
        "When the last regular check ended, in seconds since 1970. Whole panel.";
    LIMITS_SHARED: "smm_panel_limits_shared", Kind::Gauge, [],
        "1 while this server counts limits together with the others, 0 while Redis is away and it \
         counts alone; absent without `redis_url`.";
    LIMITS_SHARED_FAILURES: "smm_panel_limits_shared_failures_total", Kind::Counter, [],
        "How often Redis did not answer, or not in time.";
    FACTS_LOST: "smm_panel_shared_facts_lost_total", Kind::Counter, ["side"],
        "Facts for the detectors of other servers that were not `sent`, or of theirs not `received`.";
    DATABASE_UP: "smm_panel_database_up", Kind::Gauge, [],
        "1 if what is read from the database here is of this moment, 0 if it could not be read.";
    CONNECTIONS: "smm_panel_database_connections", Kind::Gauge, ["pool", "state"],
        "This server's connections: `write` or `read`, `used` or `idle`.";
    MEMORY: "smm_panel_process_resident_memory_bytes", Kind::Gauge, [],
        "Memory that this process holds (Linux only).";
}

/// The table of all metrics, in Markdown, with a line break at the end.
pub(super) fn markdown() -> String {
    let mut table = "| metric | kind | labels | what it is |\n|---|---|---|---|\n".to_owned();
    for metric in ALL {
        let labels: Vec<String> = metric
            .labels
            .iter()
            .map(|label| format!("`{label}`"))
            .collect();
        let (name, kind, help) = (metric.name, metric.kind.word(), metric.help);
        let labels = labels.join(", ");
        table.push_str(&format!("| `{name}` | {kind} | {labels} | {help} |\n"));
    }
    table
}
