//! The regular run of [`check`]: one server at a time, once per interval, and what
//! the last one found.
//!
//! Owns the table `ledger_check`. A server takes the check by a conditional update under a lease;
//! one that dies leaves it to the next when the lease is over.

use sea_orm::QueryResult;

use crate::alerts::{Alert, AlertKind, raise_in_tx};
use crate::clock::{Stopwatch, Time};
use crate::db::{Db, execute, query};
use crate::error::Result;
use crate::panel::Panel;
use crate::{audit, check};

/// How long one check may take before another server takes it up.
pub(crate) const LEASE_MS: i64 = 60 * 60 * 1_000;

/// What the last check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// When it ended.
    pub finished_at: Time,
    /// How many violations of invariants there were.
    pub violations: i64,
}

/// What the last check found, if there was one.
pub async fn last(db: &Db) -> Result<Option<Finding>> {
    let sql = "SELECT finished_at_ms, violations FROM ledger_check \
               WHERE finished_at_ms IS NOT NULL AND violations IS NOT NULL";
    let read = |row: &QueryResult| -> Result<Finding> {
        Ok(Finding {
            finished_at: row.try_get_by_index(0)?,
            violations: row.try_get_by_index(1)?,
        })
    };
    let rows = query(db.read(), sql, []).await?;
    rows.first().map(read).transpose()
}

/// Checks every invariant if that is due and no other server does it, unless `stopped` comes
/// first. Gives what it found.
pub async fn run_if_due(
    panel: &Panel,
    stopped: impl Future<Output = ()>,
) -> Result<Option<Finding>> {
    let now = panel.now();
    let lease = now.plus_ms(LEASE_MS);
    if !take(panel, now, lease).await? {
        return Ok(None);
    }
    let stopwatch = Stopwatch::start();
    let report = tokio::select! {
        report = check::check(panel.db.read(), &panel.secrets, now, |_| {}) => report?,
        () = stopped => {
            release(panel, lease).await?;
            return Ok(None);
        }
    };
    let violations = i64::try_from(report.found.values().sum::<u64>()).unwrap_or(i64::MAX);
    let found = Finding {
        finished_at: panel.now(),
        violations,
    };
    let seconds = stopwatch.elapsed().as_secs();
    if report.is_clean() {
        tracing::info!(violations, seconds, "the stored data was checked");
    } else {
        tracing::error!(
            violations,
            seconds,
            "the stored data breaks invariants:\n{report}"
        );
    }
    // Logs are kept elsewhere: with one of these lines it shows if the audit log was cut off later.
    if let Some(head) = audit::head(&panel.db).await? {
        tracing::info!(%head, "the audit log's last row; `smm-panel audit verify --anchor` takes it");
    }
    record(panel, lease, found).await?;
    Ok(Some(found))
}

/// Takes the check, if it is due and nobody has it.
async fn take(panel: &Panel, now: Time, lease: Time) -> Result<bool> {
    let every = panel.config.check_interval_ms;
    let due = |last: Finding| now.ms_since(last.finished_at) >= every;
    if every == 0 || !last(&panel.db).await?.is_none_or(due) {
        return Ok(false);
    }
    let sql = "UPDATE ledger_check SET lease_until_ms = $1 WHERE lease_until_ms <= $2 \
               AND (finished_at_ms IS NULL OR finished_at_ms <= $3)";
    let values = [lease.into(), now.into(), now.plus_ms(-every).into()];
    let tx = panel.db.begin().await?;
    let taken = execute(&tx, sql, values).await?;
    tx.commit().await?;
    Ok(taken == 1)
}

/// Gives the check back unfinished: the next server may take it at once.
async fn release(panel: &Panel, lease: Time) -> Result<()> {
    let sql = "UPDATE ledger_check SET lease_until_ms = 0 WHERE lease_until_ms = $1";
    let tx = panel.db.begin().await?;
    execute(&tx, sql, [lease.into()]).await?;
    tx.commit().await?;
    Ok(())
}

/// Unless another server has taken it over meanwhile.
async fn record(panel: &Panel, lease: Time, found: Finding) -> Result<()> {
    let sql = "UPDATE ledger_check SET lease_until_ms = 0, finished_at_ms = $1, violations = $2 \
               WHERE lease_until_ms = $3";
    let tx = panel.db.begin().await?;
    execute(
        &tx,
        sql,
        [
            found.finished_at.into(),
            found.violations.into(),
            lease.into(),
        ],
    )
    .await?;
    if found.violations > 0 {
        let message = format!(
            "the regular check found {} violation(s) of invariants; `smm-panel check` names the rows",
            found.violations
        );
        let alert = Alert::new(AlertKind::CheckFailed, "check", message);
        raise_in_tx(&tx, found.finished_at, vec![alert]).await?;
    }
    tx.commit().await?;
    Ok(())
}
