//! The statements on `refills` and `refill_dispatches`.

pub(super) mod counts;

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, LockBehavior, LockType};
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ActiveValue::Set, ColumnTrait, ConnectionTrait,
    EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder, QueryResult, QuerySelect,
    QueryTrait, Select,
};

use super::rules::{Asking, RefillState, RefillStatus, status_of};
use super::{Busy, Counts, Refill, StuckRefill};
use crate::accounts::{Authenticated, Caller, Credential, Scope};
use crate::clock::{Period, Time};
use crate::db::{Db, Rows, Sql, Tx, execute, insert_all, locked, query, within};
use crate::entity::{refill, refill_dispatch};
use crate::error::Result;
use crate::ids::{AccountId, OrderId, ProviderId, RefillDispatchId, RefillId};
use crate::orders::DeliveredRun;
use crate::orders::rules::Guarantee;
use crate::panel::Panel;

/// What was asked for before.
pub(super) struct History {
    pub(super) last_asked_at: Option<Time>,
    pub(super) is_open: bool,
}

impl History {
    /// What is asked for when an order with this history is to be refilled.
    pub(super) const fn asking(&self, guarantee: Guarantee, overlapping: bool) -> Asking {
        Asking {
            guarantee,
            overlapping,
            last_asked_at: self.last_asked_at,
            is_open: self.is_open,
        }
    }
}

pub(super) async fn history(on: &impl ConnectionTrait, order: OrderId) -> Result<History> {
    let last = refill::Entity::find()
        .filter(refill::Column::OrderId.eq(order))
        .order_by_desc(refill::Column::Id)
        .one(on)
        .await?;
    Ok(History {
        last_asked_at: last.as_ref().map(|refill| refill.created_at_ms),
        is_open: last.is_some_and(|refill| refill.ended_at_ms.is_none()),
    })
}

pub(super) async fn insert(
    tx: &Tx,
    now: Time,
    order: OrderId,
    runs: &[DeliveredRun],
    automatic: bool,
) -> Result<RefillId> {
    let row = refill::ActiveModel {
        id: NotSet,
        order_id: Set(order),
        status: Set(RefillStatus::Pending),
        created_at_ms: Set(now),
        ended_at_ms: Set(None),
        automatic: Set(automatic),
    };
    let id = row.insert(tx).await?.id;
    let shares: Vec<_> = runs
        .iter()
        .map(|run| refill_dispatch::ActiveModel {
            id: NotSet,
            refill_id: Set(id),
            dispatch_id: Set(run.run),
            provider_id: Set(run.provider),
            state: Set(RefillState::Queued),
            due_at_ms: Set(now),
            lease_until_ms: Set(None),
            provider_refill: Set(None),
            reason: Set(None),
        })
        .collect();
    insert_all(tx, shares).await?;
    Ok(id)
}

pub(super) async fn view(
    panel: &Panel,
    credential: Credential,
    ids: &[i64],
) -> Result<(Caller, HashMap<i64, RefillStatus>)> {
    let rows = Rows::is_in(panel.db.read(), 1, ids.iter().map(|&id| id.into()));
    let join = [
        " LEFT JOIN (SELECT r.id, r.status, o.account_id FROM refills r \
         JOIN orders o ON o.id = r.order_id WHERE r.id",
        &rows.text,
        ") f ON f.account_id = k.account_id",
    ]
    .concat();
    let columns = ", f.id, f.status";
    let (caller, rows) = Authenticated::by(panel, credential, Scope::Read)
        .rows(columns, &join, rows.values)
        .await?;
    let mut refills = HashMap::with_capacity(rows.len());
    for row in rows {
        if let Some(id) = row.try_get_by_index::<Option<i64>>(Authenticated::WIDTH)? {
            refills.insert(id, row.try_get_by_index(Authenticated::WIDTH + 1)?);
        }
    }
    Ok((caller, refills))
}

pub(super) async fn read(db: &Db, account: AccountId, id: RefillId) -> Result<Option<Refill>> {
    let sql = "SELECT r.id, r.order_id, r.status, r.created_at_ms, r.ended_at_ms, r.automatic FROM refills r \
               JOIN orders o ON o.id = r.order_id WHERE r.id = $1 AND o.account_id = $2";
    let rows = query(db.read(), sql, [id.into(), account.into()]).await?;
    rows.first().map(read_refill).transpose()
}

fn read_refill(row: &QueryResult) -> Result<Refill> {
    Ok(Refill {
        id: row.try_get_by_index(0)?,
        order: row.try_get_by_index(1)?,
        status: row.try_get_by_index(2)?,
        created_at: row.try_get_by_index(3)?,
        ended_at: row.try_get_by_index(4)?,
        automatic: row.try_get_by_index(5)?,
    })
}

pub(super) async fn of_order(on: &impl ConnectionTrait, order: OrderId) -> Result<Vec<Refill>> {
    let sql = "SELECT id, order_id, status, created_at_ms, ended_at_ms, automatic FROM refills \
               WHERE order_id = $1 ORDER BY id";
    let rows = query(on, sql, [order.into()]).await?;
    rows.iter().map(read_refill).collect()
}

pub(super) async fn counts(on: &impl ConnectionTrait, limit: usize) -> Result<Vec<Counts>> {
    let sql = "SELECT o.service_id, s.name, COUNT(*), \
               COUNT(CASE WHEN r.status = 'completed' THEN 1 END), \
               COUNT(CASE WHEN r.status = 'rejected' THEN 1 END), \
               COUNT(CASE WHEN r.status = 'canceled' THEN 1 END) \
               FROM refills r JOIN orders o ON o.id = r.order_id \
               JOIN services s ON s.id = o.service_id GROUP BY o.service_id, s.name \
               ORDER BY COUNT(*) DESC, o.service_id LIMIT $1";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let read = |row: &QueryResult| {
        Ok(Counts {
            service: row.try_get_by_index(0)?,
            name: row.try_get_by_index(1)?,
            requested: row.try_get_by_index(2)?,
            completed: row.try_get_by_index(3)?,
            rejected: row.try_get_by_index(4)?,
            canceled: row.try_get_by_index(5)?,
        })
    };
    query(on, sql, [limit.into()])
        .await?
        .iter()
        .map(read)
        .collect()
}

/// Open refills without a share, oldest first.
pub(super) async fn manual(
    db: &Db,
    created: Period,
    after: RefillId,
    limit: usize,
) -> Result<Vec<Refill>> {
    let mut sql = Sql::new(
        "SELECT id, order_id, status, created_at_ms, ended_at_ms, automatic FROM refills \
         WHERE ended_at_ms IS NULL AND NOT EXISTS \
         (SELECT 1 FROM refill_dispatches s WHERE s.refill_id = refills.id)",
    );
    sql.value(" AND id > ", after);
    sql.within("created_at_ms", created);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    sql.value(" ORDER BY id LIMIT ", limit);
    let rows = query(db.read(), &sql.text, sql.values).await?;
    rows.iter().map(read_refill).collect()
}

/// A refill, locked until the transaction ends.
pub(super) async fn lock_refill(tx: &Tx, id: RefillId) -> Result<Option<Refill>> {
    let sql = [
        "SELECT id, order_id, status, created_at_ms, ended_at_ms, automatic FROM refills WHERE id = $1",
        locked(tx),
    ]
    .concat();
    let rows = query(tx, &sql, [id.into()]).await?;
    rows.first().map(read_refill).transpose()
}

pub(super) async fn has_shares(tx: &Tx, id: RefillId) -> Result<bool> {
    let sql = "SELECT id FROM refill_dispatches WHERE refill_id = $1 LIMIT 1";
    Ok(!query(tx, sql, [id.into()]).await?.is_empty())
}

pub(super) async fn write_end(
    tx: &Tx,
    now: Time,
    id: RefillId,
    status: RefillStatus,
) -> Result<()> {
    let sql = "UPDATE refills SET status = $1, ended_at_ms = $2 WHERE id = $3";
    execute(tx, sql, [status.into(), now.into(), id.into()]).await?;
    Ok(())
}

/// What picks the shares that a worker takes up.
#[derive(Clone, Copy)]
pub(super) enum Due {
    /// Queued for a provider, and not of a suspended account.
    Queued(ProviderId),
    /// Accepted by a provider and to be asked about.
    Polled(ProviderId),
    /// Claimed under a lease that ran out.
    LeaseOver,
}

/// "Suspension stops every action": nothing is forwarded until the account is reinstated.
const OF_NOBODY_SUSPENDED: &str = "(SELECT a.suspended_at_ms FROM refills r \
     JOIN orders o ON o.id = r.order_id JOIN accounts a ON a.id = o.account_id \
     WHERE r.id = refill_dispatches.refill_id) IS NULL";

fn due_rows(due: Due, now: Time, limit: u64) -> Select<refill_dispatch::Entity> {
    use refill_dispatch::Column;
    let of = |state: RefillState, provider: ProviderId| {
        Column::State
            .eq(state)
            .and(Column::ProviderId.eq(provider))
            .and(Column::DueAtMs.lte(now))
    };
    let condition = match due {
        Due::Queued(provider) => {
            of(RefillState::Queued, provider).and(Expr::cust(OF_NOBODY_SUSPENDED))
        }
        Due::Polled(provider) => of(RefillState::Accepted, provider),
        Due::LeaseOver => Column::State
            .eq(RefillState::Sending)
            .and(Column::LeaseUntilMs.lt(now)),
    };
    refill_dispatch::Entity::find()
        .filter(condition)
        .order_by_asc(Column::DueAtMs)
        .order_by_asc(Column::Id)
        .limit(limit)
}

/// Up to `limit` shares that are due at `now`, locked; those another server works on are skipped.
pub(super) async fn due(
    tx: &Tx,
    due: Due,
    now: Time,
    limit: u64,
) -> Result<Vec<refill_dispatch::Model>> {
    Ok(due_rows(due, now, limit)
        .lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::SkipLocked)
        .all(tx)
        .await?)
}

/// Which providers have shares due at `now` that are queued, or accepted and to be asked about.
pub(super) async fn busy_providers(db: &Db, now: Time) -> Result<HashMap<ProviderId, Busy>> {
    // The first condition is that of the index.
    let sql = "SELECT DISTINCT provider_id, state FROM refill_dispatches \
               WHERE state IN ('queued', 'sending', 'parked', 'accepted') \
               AND state IN ('queued', 'accepted') AND due_at_ms <= $1";
    let rows = query(db.read(), sql, [now.into()]).await?;
    let mut busy: HashMap<ProviderId, Busy> = HashMap::new();
    for row in rows {
        let busy = busy.entry(row.try_get_by_index(0)?).or_default();
        let state: RefillState = row.try_get_by_index(1)?;
        busy.forwards |= state == RefillState::Queued;
        busy.polls |= state == RefillState::Accepted;
    }
    Ok(busy)
}

/// Whether any share is due at `now`.
pub(super) async fn is_due(db: &Db, due: Due, now: Time) -> Result<bool> {
    Ok(due_rows(due, now, 1).one(db.read()).await?.is_some())
}

pub(super) async fn lease(tx: &Tx, id: RefillDispatchId, until: Time) -> Result<()> {
    refill_dispatch::Entity::update_many()
        .col_expr(refill_dispatch::Column::State, RefillState::Sending.into())
        .col_expr(refill_dispatch::Column::LeaseUntilMs, Some(until).into())
        .filter(refill_dispatch::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

pub(super) async fn lock_share(
    tx: &Tx,
    id: RefillDispatchId,
) -> Result<Option<refill_dispatch::Model>> {
    Ok(refill_dispatch::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx)
        .await?)
}

pub(super) async fn write_share(tx: &Tx, share: refill_dispatch::Model) -> Result<()> {
    // By text, as every statement that writes what a provider said: PostgreSQL holds no U+0000.
    let row = [
        share.id.into(),
        share.state.into(),
        share.due_at_ms.into(),
        share.lease_until_ms.into(),
        share.provider_refill.into(),
        share.reason.into(),
    ];
    let rows = Rows::table(tx, 0, [row]);
    let sql = [
        "UPDATE refill_dispatches SET state = v.column2, due_at_ms = v.column3, \
         lease_until_ms = v.column4, provider_refill = v.column5, reason = v.column6 FROM ",
        &rows.text,
        " WHERE refill_dispatches.id = v.column1",
    ]
    .concat();
    execute(tx, &sql, rows.values).await?;
    Ok(())
}

/// Parks every share that waits to be forwarded or is on its way.
pub(super) async fn park_unforwarded(tx: &Tx, why: &str) -> Result<Vec<RefillDispatchId>> {
    let sql = "UPDATE refill_dispatches SET state = 'parked', lease_until_ms = NULL, reason = $1 \
               WHERE state IN ('queued', 'sending') RETURNING id";
    let rows = query(tx, sql, [why.into()]).await?;
    let read = |row: &QueryResult| Ok(row.try_get("", "id")?);
    rows.iter().map(read).collect()
}

/// Brings a refill's status up to date with its shares.
pub(super) async fn update_status(tx: &Tx, now: Time, id: RefillId, begun: bool) -> Result<()> {
    let Some(row) = refill::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx)
        .await?
    else {
        return Ok(());
    };
    let shares: Vec<RefillState> = refill_dispatch::Entity::find()
        .filter(refill_dispatch::Column::RefillId.eq(id))
        .all(tx)
        .await?
        .into_iter()
        .map(|share| share.state)
        .collect();
    let begun = begun || row.status == RefillStatus::InProgress;
    let status = status_of(&shares, begun);
    let ended = shares.iter().all(|state| state.is_terminal());
    refill::ActiveModel {
        status: Set(status),
        ended_at_ms: Set(ended.then_some(now)),
        ..row.into_active_model()
    }
    .update(tx)
    .await?;
    Ok(())
}

pub(super) async fn stuck(
    db: &Db,
    stale: Time,
    asked: Period,
    after: RefillDispatchId,
    limit: u64,
) -> Result<Vec<StuckRefill>> {
    use refill_dispatch::Column;
    let old = refill::Entity::find()
        .select_only()
        .column(refill::Column::Id)
        .filter(refill::Column::EndedAtMs.is_null())
        .filter(refill::Column::CreatedAtMs.lt(stale))
        .into_query();
    let waiting = Column::State.is_in([RefillState::Queued, RefillState::Accepted]);
    let stuck = waiting.and(Column::RefillId.in_subquery(old));
    let mut found =
        refill_dispatch::Entity::find().filter(Column::State.eq(RefillState::Parked).or(stuck));
    if asked != Period::default() {
        let of = within(refill::Column::CreatedAtMs, asked);
        let of = refill::Entity::find()
            .select_only()
            .column(refill::Column::Id)
            .filter(of);
        found = found.filter(Column::RefillId.in_subquery(of.into_query()));
    }
    let rows = found
        .filter(Column::Id.gt(after))
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db.read())
        .await?;
    let view = |row: refill_dispatch::Model| StuckRefill {
        id: row.id,
        refill: row.refill_id,
        state: row.state,
        reason: row.reason.unwrap_or_default(),
    };
    Ok(rows.into_iter().map(view).collect())
}
