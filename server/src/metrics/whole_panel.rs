//! What is true of the whole panel, whichever server is asked: read from the database when
//! `/metrics` is asked, by statements over the newest rows and over small partial indices.

use std::time::Duration;

use tokio::sync::Mutex;

use super::registry::{Registry, float, seconds};
use super::table;
use crate::alerts::AlertKind;
use crate::catalog::{self, Pause};
use crate::clock::Time;
use crate::db::query;
use crate::error::Result;
use crate::inspection;
use crate::orders::rules::RefundReason;
use crate::panel::Panel;

/// How old a reading may be before another is made, in ms.
const FRESH_MS: i64 = 2_000;
/// How long a reading may take.
const PATIENCE: Duration = Duration::from_secs(2);
const HOUR_MS: i64 = 60 * 60 * 1_000;

/// The states of runs that have an index; terminal ones are history. The
/// conditions are spelled as the indices' are: SQLite looks no further.
const DISPATCHES: &str = "
    SELECT 'queued', COUNT(*) FROM dispatches WHERE state = 'queued'
    UNION ALL SELECT 'held', COUNT(*) FROM dispatches WHERE state = 'held'
    UNION ALL SELECT 'sending', COUNT(*) FROM dispatches WHERE state = 'sending'
    UNION ALL SELECT 'accepted', COUNT(*) FROM dispatches WHERE state = 'accepted'
    UNION ALL SELECT state, COUNT(*) FROM dispatches WHERE state IN ('unknown', 'parked')
        GROUP BY state";
const OPEN_STATES: [&str; 6] = ["held", "queued", "sending", "accepted", "unknown", "parked"];
const OLDEST_QUEUED: &str = "
    SELECT MIN(queued_at_ms) FROM dispatches WHERE state = 'queued' AND due_at_ms <= $1";
const PARKED_REFILLS: &str = "
    SELECT COUNT(*) FROM refill_dispatches
    WHERE state IN ('queued', 'sending', 'parked', 'accepted') AND state = 'parked'";
const ALERTS: &str = "
    SELECT kind, COUNT(*) FROM alerts
    WHERE id > (SELECT COALESCE(MAX(id), 0) - 1000 FROM alerts) AND created_at_ms > $1
    GROUP BY kind";
const ALERTS_OPEN: &str = "
    SELECT kind, COUNT(DISTINCT cause) FROM alerts
    WHERE ended_at_ms IS NULL AND acknowledged_at_ms IS NULL GROUP BY kind";
/// Refunds are numbered in commit order, so none is missed and none is counted twice.
const REFUNDS: &str = "
    SELECT reason, COUNT(*), CAST(SUM(amount_nano) AS BIGINT), MAX(id) FROM refunds
    WHERE id > $1 GROUP BY reason";
const LAST_REFUND: &str = "SELECT last_id FROM id_sequences WHERE name = 'refunds'";

/// What was read last.
#[derive(Default)]
pub(super) struct WholePanel(Mutex<Reading>);

#[derive(Default)]
struct Reading {
    at: Option<Time>,
    /// The last refund that is counted; what came before the first reading never is.
    last_refund: Option<i64>,
}

impl WholePanel {
    /// Reads what refunds there are already, which this server does not count.
    pub(super) async fn begin(&self, panel: &Panel) -> Result<()> {
        let rows = query(panel.db.read(), LAST_REFUND, []).await?;
        let last = match rows.first() {
            Some(row) => row.try_get_by_index(0)?,
            None => 0,
        };
        self.0.lock().await.last_refund.get_or_insert(last);
        Ok(())
    }

    /// Brings the gauges up to date, unless they are of this moment.
    pub(super) async fn read(&self, registry: &Registry, panel: &Panel) {
        let mut reading = self.0.lock().await;
        let now = panel.now();
        let age = reading.at.map(|at| now.ms_since(at));
        // A clock that was set back makes a reading as old as one that is.
        if age.is_some_and(|age| (0..FRESH_MS).contains(&age)) {
            return;
        }
        process(registry, panel);
        let read = tokio::time::timeout(PATIENCE, reading.take(registry, panel, now)).await;
        match &read {
            Ok(Ok(())) => {}
            Ok(Err(fault)) => tracing::warn!(error = %fault, "not read for /metrics"),
            Err(late) => tracing::warn!(error = %late, "not read for /metrics"),
        }
        let up = registry.gauge(&table::DATABASE_UP, &[]);
        up.set(float(i64::from(matches!(read, Ok(Ok(()))))));
        reading.at = Some(now);
    }
}

impl Reading {
    async fn take(&mut self, registry: &Registry, panel: &Panel, now: Time) -> Result<()> {
        let db = panel.db.read();
        for state in OPEN_STATES {
            registry.gauge(&table::DISPATCHES, &[state]).set(0.0);
        }
        for row in query(db, DISPATCHES, []).await? {
            let (state, count): (String, i64) =
                (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            let known = OPEN_STATES.into_iter().find(|open| *open == state);
            if let Some(state) = known {
                registry
                    .gauge(&table::DISPATCHES, &[state])
                    .set(float(count));
            }
        }
        for row in query(db, OLDEST_QUEUED, [now.into()]).await? {
            let since: Option<Time> = row.try_get_by_index(0)?;
            let age = since.map_or(0, |since| now.ms_since(since));
            registry.gauge(&table::OLDEST_QUEUED, &[]).set(seconds(age));
        }
        for row in query(db, PARKED_REFILLS, []).await? {
            let count: i64 = row.try_get_by_index(0)?;
            registry
                .gauge(&table::PARKED_REFILLS, &[])
                .set(float(count));
        }
        self.alerts(registry, panel, now).await?;
        self.refunds(registry, panel).await?;
        for provider in catalog::providers(&panel.db, &panel.secrets).await? {
            let (name, takes) = (provider.name.as_str(), provider.takes_orders(now));
            let up = registry.gauge(&table::PROVIDER_UP, &[name]);
            up.set(float(i64::from(takes)));
            for &pause in Pause::ALL {
                let is = !takes && provider.pause == Some(pause);
                let paused = registry.gauge(&table::PROVIDER_PAUSED, &[name, pause.word()]);
                paused.set(float(i64::from(is)));
            }
        }
        if let Some(found) = inspection::last(&panel.db).await? {
            let violations = registry.gauge(&table::CHECK_VIOLATIONS, &[]);
            violations.set(float(found.violations));
            let at = seconds(found.finished_at.ms());
            registry.gauge(&table::CHECK_TIME, &[]).set(at);
        }
        Ok(())
    }

    async fn alerts(&self, registry: &Registry, panel: &Panel, now: Time) -> Result<()> {
        let db = panel.db.read();
        let since = now.plus_ms(-HOUR_MS);
        for (metric, rows) in [
            (&table::ALERTS, query(db, ALERTS, [since.into()]).await?),
            (&table::ALERTS_OPEN, query(db, ALERTS_OPEN, []).await?),
        ] {
            for &kind in AlertKind::ALL {
                registry.gauge(metric, &[kind.word()]).set(0.0);
            }
            for row in rows {
                let (kind, count): (String, i64) =
                    (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
                if let Some(kind) = AlertKind::from_word(&kind) {
                    registry.gauge(metric, &[kind.word()]).set(float(count));
                }
            }
        }
        Ok(())
    }

    async fn refunds(&mut self, registry: &Registry, panel: &Panel) -> Result<()> {
        let Some(last) = self.last_refund else {
            return Ok(());
        };
        let mut newest = last;
        let mut counted = Vec::new();
        for row in query(panel.db.read(), REFUNDS, [last.into()]).await? {
            let reason: String = row.try_get_by_index(0)?;
            let (count, amount): (i64, i64) = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
            newest = newest.max(row.try_get_by_index(3)?);
            counted.extend(RefundReason::from_word(&reason).map(|reason| (reason, count, amount)));
        }
        for &reason in RefundReason::ALL {
            let (count, amount) = counted
                .iter()
                .find(|(of, ..)| *of == reason)
                .map_or((0, 0), |&(_, count, amount)| (count, amount));
            for (metric, more) in [(&table::REFUNDS, count), (&table::REFUNDED, amount)] {
                let counter = registry.counter(metric, &[reason.word()]);
                counter.increment(u64::try_from(more).unwrap_or_default());
            }
        }
        self.last_refund = Some(newest);
        Ok(())
    }
}

/// What is true of this process.
fn process(registry: &Registry, panel: &Panel) {
    for (pool, (size, idle)) in ["write", "read"].into_iter().zip(panel.db.connections()) {
        let (size, idle) = (i64::from(size), i64::try_from(idle).unwrap_or_default());
        for (state, count) in [("used", (size - idle).max(0)), ("idle", idle)] {
            let gauge = registry.gauge(&table::CONNECTIONS, &[pool, state]);
            gauge.set(float(count));
        }
    }
    if let Some(bytes) = resident_bytes() {
        registry.gauge(&table::MEMORY, &[]).set(float(bytes));
    }
}

/// `VmRSS` of `/proc/self/status`, where there is one.
fn resident_bytes() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: i64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}
