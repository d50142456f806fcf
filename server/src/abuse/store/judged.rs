//! The statements that tell what was decided.

use sea_orm::{ConnectionTrait, QueryResult};

use super::Whom;
use crate::abuse::findings::Subject;
use crate::abuse::judged::Judgement;
use crate::clock::Time;
use crate::db::query;
use crate::error::{Failure, Result};
use crate::ids::CaseId;

/// What was judged at `since` or later, oldest first.
pub(in crate::abuse) async fn since(
    on: &impl ConnectionTrait,
    since: Time,
) -> Result<Vec<Judgement>> {
    let sql = "SELECT id, detector, subject, account_id, key_id, judged_at_ms FROM abuse_cases \
               WHERE judged_at_ms >= $1 ORDER BY judged_at_ms, id";
    let read = |row: &QueryResult| -> Result<Judgement> {
        let case: CaseId = row.try_get_by_index(0)?;
        let subject: String = row.try_get_by_index(2)?;
        let unreadable = || Failure::Stored(format!("the subject of case {case}"));
        Ok(Judgement {
            case,
            detector: row.try_get_by_index(1)?,
            whom: Whom {
                subject: Subject::parse(&subject).ok_or_else(unreadable)?,
                account: row.try_get_by_index(3)?,
                key: row.try_get_by_index(4)?,
            },
            at: row.try_get_by_index(5)?,
        })
    };
    let rows = query(on, sql, [since.into()]).await?;
    rows.iter().map(read).collect()
}
