//! The statements on `disputes`.

use sea_orm::{ConnectionTrait, QueryResult};

use super::rules::DisputeState;
use super::{Decided, Dispute, Filed, Search};
use crate::clock::Time;
use crate::db::{Sql, Tx, execute, query};
use crate::error::{Failure, Result};
use crate::ids::{AccountId, DisputeId, OrderId, RefundId};

const DISPUTE: &str = "SELECT d.id, d.order_id, d.account_id, d.reason, d.amount_nano, \
     d.description, d.state, d.created_at_ms, o.created_at_ms, d.decided_by, d.decision, \
     d.decided_at_ms, d.refund_id, r.amount_nano FROM disputes d JOIN orders o ON o.id = d.order_id \
     LEFT JOIN refunds r ON r.id = d.refund_id WHERE ";

fn read(row: &QueryResult) -> Result<Dispute> {
    let by: Option<String> = row.try_get_by_index(9)?;
    let decided = match by {
        Some(by) => Some(Decided {
            by,
            reason: row.try_get_by_index(10)?,
            at: row.try_get_by_index(11)?,
            refund: row.try_get_by_index(12)?,
            refunded: row.try_get_by_index(13)?,
        }),
        None => None,
    };
    Ok(Dispute {
        id: row.try_get_by_index(0)?,
        order: row.try_get_by_index(1)?,
        account: row.try_get_by_index(2)?,
        filed: Filed {
            reason: row.try_get_by_index(3)?,
            amount: row.try_get_by_index(4)?,
            description: row.try_get_by_index(5)?,
        },
        state: row.try_get_by_index(6)?,
        created_at: row.try_get_by_index(7)?,
        charged_at: row.try_get_by_index(8)?,
        decided,
    })
}

/// A dispute; of this account, if one is given.
pub(super) async fn dispute(
    on: &impl ConnectionTrait,
    account: Option<AccountId>,
    id: DisputeId,
) -> Result<Option<Dispute>> {
    let mut sql = Sql::new(DISPUTE);
    sql.value("d.id = ", id);
    if let Some(account) = account {
        sql.value(" AND d.account_id = ", account);
    }
    let rows = query(on, &sql.text, sql.values).await?;
    rows.first().map(read).transpose()
}

/// The disputes that match `search`, with numbers above `after`, lowest first, at most `limit`.
pub(super) async fn list(
    on: &impl ConnectionTrait,
    search: Search,
    after: DisputeId,
    limit: usize,
) -> Result<Vec<Dispute>> {
    let mut sql = Sql::new(DISPUTE);
    sql.value("d.id > ", after);
    if let Some(account) = search.account {
        sql.value(" AND d.account_id = ", account);
    }
    if let Some(order) = search.order {
        sql.value(" AND d.order_id = ", order);
    }
    if let Some(state) = search.state {
        sql.value(" AND d.state = ", state);
    }
    sql.within("d.created_at_ms", search.created);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    sql.value(" ORDER BY d.id LIMIT ", limit);
    let rows = query(on, &sql.text, sql.values).await?;
    rows.iter().map(read).collect()
}

/// The dispute of an order that is open or was upheld, if there is one.
pub(super) async fn standing(
    on: &impl ConnectionTrait,
    order: OrderId,
) -> Result<Option<(DisputeId, DisputeState)>> {
    let sql = "SELECT id, state FROM disputes WHERE order_id = $1 AND state <> 'rejected'";
    let rows = query(on, sql, [order.into()]).await?;
    let read = |row: &QueryResult| -> Result<_> {
        Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))
    };
    rows.first().map(read).transpose()
}

/// Opens a dispute. The order is locked.
pub(super) async fn insert(
    tx: &Tx,
    now: Time,
    account: AccountId,
    order: OrderId,
    filed: &Filed,
) -> Result<DisputeId> {
    let sql = "INSERT INTO disputes (order_id, account_id, reason, amount_nano, description, state, \
               created_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id";
    let values = [
        order.into(),
        account.into(),
        filed.reason.into(),
        filed.amount.into(),
        filed.description.as_str().into(),
        DisputeState::Open.into(),
        now.into(),
    ];
    let rows = query(tx, sql, values).await?;
    let none = || Failure::Stored("a dispute was written without a number".to_owned());
    Ok(rows.first().ok_or_else(none)?.try_get_by_index(0)?)
}

/// How a dispute ends.
pub(super) struct End<'a> {
    pub(super) by: String,
    pub(super) reason: &'a str,
    pub(super) refund: Option<RefundId>,
    /// What it was decided on, whole and as its customer reads it.
    pub(super) evidence: (&'a str, &'a str),
}

/// Ends a dispute. Its order is locked.
pub(super) async fn end(tx: &Tx, now: Time, id: DisputeId, end: End<'_>) -> Result<()> {
    let state = match end.refund {
        Some(_) => DisputeState::Upheld,
        None => DisputeState::Rejected,
    };
    let sql = "UPDATE disputes SET state = $1, decided_by = $2, decision = $3, decided_at_ms = $4, \
               refund_id = $5, evidence = $6, evidence_shown = $7 WHERE id = $8";
    let values = [
        state.into(),
        end.by.into(),
        end.reason.into(),
        now.into(),
        end.refund.into(),
        end.evidence.0.into(),
        end.evidence.1.into(),
        id.into(),
    ];
    execute(tx, sql, values).await?;
    Ok(())
}

/// What a decided dispute was decided on, whole and as its customer reads it.
pub(super) async fn evidence(
    on: &impl ConnectionTrait,
    id: DisputeId,
) -> Result<Option<(String, String)>> {
    let sql =
        "SELECT evidence, evidence_shown FROM disputes WHERE id = $1 AND evidence IS NOT NULL";
    let rows = query(on, sql, [id.into()]).await?;
    let read = |row: &QueryResult| -> Result<_> {
        Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))
    };
    rows.first().map(read).transpose()
}
