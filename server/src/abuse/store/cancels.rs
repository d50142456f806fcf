//! The statements on `abuse_case_cancels`.

use sea_orm::{ConnectionTrait, QueryResult};

use crate::abuse::cancels::Due;
use crate::clock::Time;
use crate::db::{Tx, execute, query};
use crate::error::Result;
use crate::ids::CaseId;

pub(in crate::abuse) async fn insert(tx: &Tx, case: CaseId, due: &Due) -> Result<()> {
    let sql = "INSERT INTO abuse_case_cancels (case_id, account_id, through_id, keeps_hold) \
               VALUES ($1, $2, $3, $4)";
    let values = [
        case.into(),
        due.account.into(),
        due.through.into(),
        due.keeps_hold.into(),
    ];
    execute(tx, sql, values).await?;
    Ok(())
}

/// What is still to be done for a case.
pub(in crate::abuse) async fn due(on: &impl ConnectionTrait, case: CaseId) -> Result<Option<Due>> {
    let sql = "SELECT account_id, through_id, keeps_hold FROM abuse_case_cancels \
               WHERE case_id = $1 AND done_at_ms IS NULL";
    let read = |row: &QueryResult| -> Result<Due> {
        Ok(Due {
            account: row.try_get_by_index(0)?,
            through: row.try_get_by_index(1)?,
            keeps_hold: row.try_get_by_index(2)?,
        })
    };
    let rows = query(on, sql, [case.into()]).await?;
    rows.first().map(read).transpose()
}

/// The cases for which something is still to be done, oldest first.
pub(in crate::abuse) async fn all_due(on: &impl ConnectionTrait) -> Result<Vec<CaseId>> {
    let sql = "SELECT case_id FROM abuse_case_cancels WHERE done_at_ms IS NULL ORDER BY case_id";
    let rows = query(on, sql, []).await?;
    let read = |row: &QueryResult| Ok(row.try_get_by_index(0)?);
    rows.iter().map(read).collect()
}

/// All of it is done.
pub(in crate::abuse) async fn done(tx: &Tx, now: Time, case: CaseId) -> Result<()> {
    let sql = "UPDATE abuse_case_cancels SET done_at_ms = $2 WHERE case_id = $1";
    execute(tx, sql, [case.into(), now.into()]).await?;
    Ok(())
}
