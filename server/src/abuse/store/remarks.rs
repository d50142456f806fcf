//! The statements on `abuse_remarks`.

use sea_orm::{ConnectionTrait, QueryResult};

use super::cases::{evidence_of, stored};
use crate::abuse::findings::Subject;
use crate::abuse::record::Found;
use crate::abuse::remarks::Remark;
use crate::clock::Time;
use crate::db::{Tx, execute, query};
use crate::error::{Failure, Result};
use crate::ids::AccountId;

/// Adds what was found to what was remarked before; gives whether that was nothing.
pub(in crate::abuse) async fn add(
    tx: &Tx,
    now: Time,
    account: AccountId,
    found: &Found,
) -> Result<bool> {
    let finding = &found.finding;
    let sql = "INSERT INTO abuse_remarks (account_id, detector, subject, evidence, findings, \
               first_at_ms, last_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $6) \
               ON CONFLICT (account_id, detector, subject) DO UPDATE SET \
               evidence = excluded.evidence, last_at_ms = excluded.last_at_ms, \
               findings = abuse_remarks.findings + excluded.findings \
               RETURNING CASE WHEN findings = $5 THEN 1 ELSE 0 END";
    let values = [
        account.into(),
        finding.detector.into(),
        finding.subject.to_string().into(),
        stored(finding.evidence())?,
        found.times.into(),
        now.into(),
    ];
    let rows = query(tx, sql, values).await?;
    let first = rows.first().map(|row| row.try_get_by_index::<i32>(0));
    Ok(first.transpose()? == Some(1))
}

/// The remarks on an account, the newest first.
pub(in crate::abuse) async fn of_account(
    on: &impl ConnectionTrait,
    account: AccountId,
) -> Result<Vec<Remark>> {
    let sql = "SELECT detector, subject, evidence, findings, first_at_ms, last_at_ms \
               FROM abuse_remarks WHERE account_id = $1 ORDER BY last_at_ms DESC, detector, subject";
    let read = |row: &QueryResult| -> Result<Remark> {
        let subject: String = row.try_get_by_index(1)?;
        let evidence: String = row.try_get_by_index(2)?;
        let whose = format!("a remark on account {account}");
        let unreadable = || Failure::Stored(format!("the subject of {whose}"));
        Ok(Remark {
            detector: row.try_get_by_index(0)?,
            subject: Subject::parse(&subject).ok_or_else(unreadable)?,
            evidence: evidence_of(&evidence, &whose)?,
            findings: row.try_get_by_index(3)?,
            first_at: row.try_get_by_index(4)?,
            last_at: row.try_get_by_index(5)?,
        })
    };
    let rows = query(on, sql, [account.into()]).await?;
    rows.iter().map(read).collect()
}

/// Forgets remarks that were noticed last before `before`.
pub(in crate::abuse) async fn forget(tx: &Tx, before: Time) -> Result<()> {
    let sql = "DELETE FROM abuse_remarks WHERE last_at_ms < $1";
    execute(tx, sql, [before.into()]).await?;
    Ok(())
}
