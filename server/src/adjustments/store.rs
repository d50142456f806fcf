//! The statements on `adjustment_proposals`.

use sea_orm::{ConnectionTrait, QueryResult};

use super::{Decided, Proposal};
use crate::clock::{Period, Time};
use crate::db::{Sql, Tx, execute, query};
use crate::error::{Failure, Result};
use crate::ids::ProposalId;

const PROPOSAL: &str = "SELECT id, account_id, amount_nano, corrects_id, reference, reason, \
     proposed_by, created_at_ms, decided_at_ms, accepted, decision_reason, decided_by \
     FROM adjustment_proposals ";

fn read(row: &QueryResult) -> Result<Proposal> {
    let decided = match row.try_get::<Option<Time>>("", "decided_at_ms")? {
        Some(at) => Some(Decided {
            at,
            accepted: row.try_get("", "accepted")?,
            reason: row.try_get("", "decision_reason")?,
            by: row.try_get("", "decided_by")?,
        }),
        None => None,
    };
    Ok(Proposal {
        id: row.try_get("", "id")?,
        account: row.try_get("", "account_id")?,
        amount: row.try_get("", "amount_nano")?,
        corrects: row.try_get("", "corrects_id")?,
        reference: row.try_get("", "reference")?,
        reason: row.try_get("", "reason")?,
        proposed_by: row.try_get("", "proposed_by")?,
        created_at: row.try_get("", "created_at_ms")?,
        decided,
    })
}

pub(super) async fn proposal(
    on: &impl ConnectionTrait,
    id: ProposalId,
) -> Result<Option<Proposal>> {
    let rows = query(on, &[PROPOSAL, "WHERE id = $1"].concat(), [id.into()]).await?;
    rows.first().map(read).transpose()
}

pub(super) async fn list(
    on: &impl ConnectionTrait,
    open: Option<bool>,
    created: Period,
    after: ProposalId,
    limit: usize,
) -> Result<Vec<Proposal>> {
    let mut sql = Sql::new(PROPOSAL);
    sql.value("WHERE id > ", after);
    match open {
        Some(true) => sql.text(" AND decided_at_ms IS NULL"),
        Some(false) => sql.text(" AND decided_at_ms IS NOT NULL"),
        None => {}
    }
    sql.within("created_at_ms", created);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    sql.value(" ORDER BY id LIMIT ", limit);
    let rows = query(on, &sql.text, sql.values).await?;
    rows.iter().map(read).collect()
}

/// Whether a proposal with this reference is open.
pub(super) async fn is_open(on: &impl ConnectionTrait, reference: &str) -> Result<bool> {
    let sql = "SELECT id FROM adjustment_proposals WHERE decided_at_ms IS NULL AND reference = $1";
    Ok(!query(on, sql, [reference.into()]).await?.is_empty())
}

pub(super) async fn insert(tx: &Tx, new: &Proposal) -> Result<ProposalId> {
    let sql = "INSERT INTO adjustment_proposals (account_id, amount_nano, corrects_id, reference, \
               reason, proposed_by, created_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id";
    let values = [
        new.account.into(),
        new.amount.into(),
        new.corrects.into(),
        new.reference.as_str().into(),
        new.reason.as_str().into(),
        new.proposed_by.as_str().into(),
        new.created_at.into(),
    ];
    let rows = query(tx, sql, values).await?;
    let none = || Failure::Stored("a proposal was written without an id".to_owned());
    Ok(rows.first().ok_or_else(none)?.try_get_by_index(0)?)
}

/// Writes a decision, if there was none; gives whether it did.
pub(super) async fn decide(tx: &Tx, id: ProposalId, decided: &Decided) -> Result<bool> {
    let sql = "UPDATE adjustment_proposals SET accepted = $1, decision_reason = $2, \
               decided_by = $3, decided_at_ms = $4 WHERE id = $5 AND decided_at_ms IS NULL";
    let values = [
        decided.accepted.into(),
        decided.reason.clone().into(),
        decided.by.as_str().into(),
        decided.at.into(),
        id.into(),
    ];
    Ok(execute(tx, sql, values).await? == 1)
}
