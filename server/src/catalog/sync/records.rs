//! The statements on `sync_reports` and `sync_differences`.

use sea_orm::{ConnectionTrait, QueryResult, Value};

use super::DifferenceState;
use super::difference::Step;
use super::reports::{Difference, DifferenceFilter, Report};
use crate::clock::{Period, Time};
use crate::db::{Rows, Sql, Tx, execute, query};
use crate::error::{Failure, Result};
use crate::ids::ProviderId;

/// The numbers of a report.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counts {
    pub(super) listed: i64,
    pub(super) skipped: i64,
    pub(super) added: i64,
    pub(super) gone: i64,
}

/// Ends differences that do not stand any more.
pub(super) async fn supersede(tx: &Tx, steps: &[Step], now: Time) -> Result<()> {
    let ids: Vec<i64> = steps
        .iter()
        .flat_map(|step| step.superseded.iter().copied())
        .collect();
    decide(tx, &ids, DifferenceState::Superseded, "panel", now).await
}

/// Decides open differences.
pub(super) async fn decide(
    tx: &Tx,
    ids: &[i64],
    state: DifferenceState,
    by: &str,
    now: Time,
) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let among = Rows::is_in(tx, 3, ids.iter().map(|&id| id.into()));
    let sql = [
        "UPDATE sync_differences SET state = $1, decided_by = $2, decided_at_ms = $3 \
         WHERE state = 'open' AND id",
        &among.text,
    ]
    .concat();
    let mut values = vec![state.into(), by.into(), now.into()];
    values.extend(among.values);
    execute(tx, &sql, values).await?;
    Ok(())
}

/// Writes what was found.
pub(super) async fn insert_differences(
    tx: &Tx,
    report: i64,
    now: Time,
    steps: &[Step],
) -> Result<()> {
    let rows: Vec<_> = steps
        .iter()
        .flat_map(|step| step.found.iter().map(|found| (step.after.id, found)))
        .map(|(service, found)| {
            let decided = found.state != DifferenceState::Open;
            [
                report.into(),
                found.provider.into(),
                service.into(),
                found.provider_service.clone().into(),
                found.kind.into(),
                found.was.clone().into(),
                found.became.clone().into(),
                found.state.into(),
                decided.then(|| "panel".to_owned()).into(),
                decided.then_some(now).into(),
            ]
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let rows = Rows::table(tx, 0, rows);
    let sql = [
        "INSERT INTO sync_differences (report_id, provider_id, service_id, provider_service, kind, \
         was, became, state, decided_by, decided_at_ms) SELECT * FROM ",
        &rows.text,
    ]
    .concat();
    execute(tx, &sql, rows.values).await?;
    Ok(())
}

/// Begins a report.
pub(super) async fn begin_report(
    tx: &Tx,
    provider: ProviderId,
    started: Time,
    counts: Counts,
) -> Result<i64> {
    let sql = "INSERT INTO sync_reports (provider_id, started_at_ms, listed, skipped, added, gone) \
               VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";
    let values = [
        provider.into(),
        started.into(),
        counts.listed.into(),
        counts.skipped.into(),
        counts.added.into(),
        counts.gone.into(),
    ];
    let rows = query(tx, sql, values).await?;
    let none = || Failure::Stored("a report has no number".to_owned());
    Ok(rows.first().ok_or_else(none)?.try_get_by_index(0)?)
}

/// Ends a report.
pub(super) async fn end_report(tx: &Tx, report: i64, now: Time, error: Option<&str>) -> Result<()> {
    let sql = "UPDATE sync_reports SET finished_at_ms = $1, error = $2 WHERE id = $3";
    execute(tx, sql, [now.into(), error.into(), report.into()]).await?;
    Ok(())
}

/// What was wrong with the last reading of a provider, if anything was.
pub(super) async fn last_error(tx: &Tx, provider: ProviderId) -> Result<Option<String>> {
    let sql = "SELECT error FROM sync_reports WHERE provider_id = $1 ORDER BY id DESC LIMIT 1";
    let rows = query(tx, sql, [provider.into()]).await?;
    Ok(match rows.first() {
        Some(row) => row.try_get_by_index(0)?,
        None => None,
    })
}

const REPORT: &str = "SELECT r.id, r.provider_id, r.started_at_ms, r.finished_at_ms, r.listed, \
                      r.skipped, r.added, r.gone, r.error, (SELECT COUNT(*) FROM \
                      sync_differences d WHERE d.report_id = r.id), (SELECT COUNT(*) FROM \
                      sync_differences d WHERE d.report_id = r.id AND d.state = 'open') \
                      FROM sync_reports r ";

fn read_report(row: &QueryResult) -> Result<Report> {
    Ok(Report {
        id: row.try_get_by_index(0)?,
        provider: row.try_get_by_index(1)?,
        started_at: row.try_get_by_index(2)?,
        finished_at: row.try_get_by_index(3)?,
        listed: row.try_get_by_index(4)?,
        skipped: row.try_get_by_index(5)?,
        added: row.try_get_by_index(6)?,
        gone: row.try_get_by_index(7)?,
        error: row.try_get_by_index(8)?,
        differences: row.try_get_by_index(9)?,
        open: row.try_get_by_index(10)?,
    })
}

/// A report.
pub(super) async fn report(on: &impl ConnectionTrait, id: i64) -> Result<Option<Report>> {
    let sql = [REPORT, "WHERE r.id = $1"].concat();
    let rows = query(on, &sql, [id.into()]).await?;
    rows.first().map(read_report).transpose()
}

/// Reports below `before`, newest first.
pub(super) async fn reports(
    on: &impl ConnectionTrait,
    provider: Option<ProviderId>,
    started: Period,
    before: i64,
    limit: i64,
) -> Result<Vec<Report>> {
    let mut sql = Sql::new(REPORT);
    sql.value("WHERE r.id < ", before);
    if let Some(provider) = provider {
        sql.value(" AND r.provider_id = ", provider);
    }
    sql.within("r.started_at_ms", started);
    sql.value(" ORDER BY r.id DESC LIMIT ", limit);
    let rows = query(on, &sql.text, sql.values).await?;
    rows.iter().map(read_report).collect()
}

const DIFFERENCE: &str = "SELECT d.id, d.report_id, d.provider_id, d.service_id, s.name, \
                          d.provider_service, d.kind, d.was, d.became, d.state, d.decided_by, \
                          d.decided_at_ms FROM sync_differences d \
                          JOIN services s ON s.id = d.service_id ";

fn read_difference(row: &QueryResult) -> Result<Difference> {
    Ok(Difference {
        id: row.try_get_by_index(0)?,
        report: row.try_get_by_index(1)?,
        provider: row.try_get_by_index(2)?,
        service: row.try_get_by_index(3)?,
        service_name: row.try_get_by_index(4)?,
        provider_service: row.try_get_by_index(5)?,
        kind: row.try_get_by_index(6)?,
        was: row.try_get_by_index(7)?,
        became: row.try_get_by_index(8)?,
        state: row.try_get_by_index(9)?,
        decided_by: row.try_get_by_index(10)?,
        decided_at: row.try_get_by_index(11)?,
    })
}

/// Differences above `after` that match, oldest first.
pub(super) async fn differences(
    on: &impl ConnectionTrait,
    filter: &DifferenceFilter,
    after: i64,
    limit: i64,
) -> Result<Vec<Difference>> {
    let sql = [
        DIFFERENCE,
        "WHERE d.id > $1 AND (CAST($2 AS BIGINT) IS NULL OR d.report_id = $2) \
         AND (CAST($3 AS BIGINT) IS NULL OR d.provider_id = $3) \
         AND (CAST($4 AS BIGINT) IS NULL OR d.service_id = $4) \
         AND (CAST($5 AS TEXT) IS NULL OR d.kind = $5) \
         AND (CAST($6 AS TEXT) IS NULL OR d.state = $6) \
         AND (CAST($7 AS BIGINT) IS NULL OR d.report_id IN \
         (SELECT id FROM sync_reports WHERE started_at_ms >= $7)) \
         AND (CAST($8 AS BIGINT) IS NULL OR d.report_id IN \
         (SELECT id FROM sync_reports WHERE started_at_ms < $8)) ORDER BY d.id LIMIT $9",
    ]
    .concat();
    let values: [Value; 9] = [
        after.into(),
        filter.report.into(),
        filter.provider.into(),
        filter.service.into(),
        filter.kind.into(),
        filter.state.into(),
        filter.read.from.into(),
        filter.read.before.into(),
        limit.into(),
    ];
    let rows = query(on, &sql, values).await?;
    rows.iter().map(read_difference).collect()
}

/// The differences of these numbers.
pub(super) async fn numbered(on: &impl ConnectionTrait, ids: &[i64]) -> Result<Vec<Difference>> {
    let among = Rows::is_in(on, 0, ids.iter().map(|&id| id.into()));
    let sql = [DIFFERENCE, "WHERE d.id", &among.text, " ORDER BY d.id"].concat();
    let rows = query(on, &sql, among.values).await?;
    rows.iter().map(read_difference).collect()
}
