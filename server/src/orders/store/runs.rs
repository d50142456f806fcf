//! The statements on `dispatches`, `provider_exchanges` and the alerts that runs give rise to.

use sea_orm::sea_query::{Expr, JoinType, LockBehavior, LockType};
use sea_orm::{
    ActiveValue::NotSet, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait,
    FromQueryResult, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, Value,
};

use crate::catalog::Offer;
use crate::clock::{Period, Time};
use crate::db::{Db, Rows, Tx, execute, insert_all, query, skip_locked, within};
use crate::entity::{dispatch, order, provider_exchange};
use crate::error::Result;
use crate::ids::{AccountId, DispatchId, OrderId, ProviderId};
use crate::orders::Busy;
use crate::orders::rules::DispatchState;

/// A run that waits to be sent from `due` on.
pub(in crate::orders) fn new_run(
    order: OrderId,
    run: i64,
    quantity: i64,
    offer: &Offer,
    position: i64,
    now: Time,
    due: Time,
) -> dispatch::ActiveModel {
    let at = At {
        provider: offer.provider,
        position,
        service: &offer.provider_service,
    };
    run_at(order, run, quantity, at, now, due)
}

/// Where a run is sent to.
pub(super) struct At<'a> {
    pub(super) provider: ProviderId,
    pub(super) position: i64,
    pub(super) service: &'a str,
}

pub(super) fn run_at(
    order: OrderId,
    run: i64,
    quantity: i64,
    at: At<'_>,
    now: Time,
    due: Time,
) -> dispatch::ActiveModel {
    dispatch::ActiveModel {
        order_id: Set(order),
        run: Set(run),
        quantity: Set(quantity),
        provider_id: Set(at.provider),
        position: Set(at.position),
        provider_service: Set(at.service.to_owned()),
        state: Set(DispatchState::Queued),
        attempt: Set(0),
        not_sent: Set(0),
        // A run of the future has not waited yet.
        queued_at_ms: Set(std::cmp::max(now, due)),
        due_at_ms: Set(due),
        vague_answers: Set(0),
        reason: Set(None),
        // What is known later is no value of the statement.
        ..dispatch::ActiveModel::default()
    }
}

/// The same run, but that it waits for a person's review before anything else.
pub(in crate::orders) fn held(mut run: dispatch::ActiveModel) -> dispatch::ActiveModel {
    run.state = Set(DispatchState::Held);
    run
}

/// Writes new runs.
pub(in crate::orders) async fn insert(tx: &Tx, rows: Vec<dispatch::ActiveModel>) -> Result<()> {
    insert_all(tx, rows).await?;
    Ok(())
}

/// The order of a run.
pub(in crate::orders) async fn order_of(tx: &Tx, id: DispatchId) -> Result<Option<OrderId>> {
    let order = dispatch::Entity::find_by_id(id)
        .select_only()
        .column(dispatch::Column::OrderId);
    Ok(order.into_tuple().one(tx).await?)
}

/// One run, not locked.
pub(in crate::orders) async fn read(
    on: &impl ConnectionTrait,
    id: DispatchId,
) -> Result<Option<dispatch::Model>> {
    Ok(dispatch::Entity::find_by_id(id).one(on).await?)
}

/// Runs by id, locked until the transaction ends.
pub(in crate::orders) async fn lock(
    tx: &Tx,
    ids: impl IntoIterator<Item = DispatchId>,
) -> Result<Vec<dispatch::Model>> {
    Ok(dispatch::Entity::find()
        .filter(dispatch::Column::Id.is_in(ids))
        .order_by_asc(dispatch::Column::OrderId)
        .order_by_asc(dispatch::Column::Run)
        .lock(LockType::NoKeyUpdate)
        .all(tx)
        .await?)
}

/// Every run of `orders`, locked, in the order of orders and runs.
pub(in crate::orders) async fn lock_of_orders(
    tx: &Tx,
    orders: impl IntoIterator<Item = OrderId>,
) -> Result<Vec<dispatch::Model>> {
    Ok(dispatch::Entity::find()
        .filter(dispatch::Column::OrderId.is_in(orders))
        .order_by_asc(dispatch::Column::OrderId)
        .order_by_asc(dispatch::Column::Run)
        .lock(LockType::NoKeyUpdate)
        .all(tx)
        .await?)
}

/// What picks the runs that a worker takes up.
pub(in crate::orders) enum Due {
    /// Accepted by a provider and to be canceled there.
    Canceled(ProviderId),
    /// Claimed under a lease that ran out.
    LeaseOver,
    /// Not known to have been taken.
    Unknown,
    /// Queued since before this time.
    QueuedSince(Time),
}

/// Up to `limit` runs that are due at `now`, locked; rows another server works on are skipped.
pub(in crate::orders) async fn due(
    tx: &Tx,
    due: Due,
    now: Time,
    limit: u64,
) -> Result<Vec<dispatch::Model>> {
    Ok(due_rows(due, now, limit)
        .lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::SkipLocked)
        .all(tx)
        .await?)
}

/// The same without a lock, to see whether there is anything to do.
pub(in crate::orders) async fn seen_due(
    db: &Db,
    due: Due,
    now: Time,
    limit: u64,
) -> Result<Vec<dispatch::Model>> {
    Ok(due_rows(due, now, limit).all(db.read()).await?)
}

/// "Suspension stops every action": nothing is sent from its commit on, although the orders are
/// stopped one piece after the other.
const OF_NOBODY_SUSPENDED: &str = "(SELECT a.suspended_at_ms FROM orders o \
     JOIN accounts a ON a.id = o.account_id WHERE o.id = dispatches.order_id) IS NULL";

/// A run that may be sent.
#[derive(FromQueryResult)]
pub(in crate::orders) struct DueToSend {
    #[sea_orm(nested)]
    pub(in crate::orders) run: dispatch::Model,
    /// Whether a charge of its offer is known, or none is waited for; `None` if nothing is known of the
    /// offer at all.
    pub(in crate::orders) charge_is_known: Option<bool>,
}

/// Up to `limit` runs that are queued for `provider` and due at `now`, oldest first, locked; rows another
/// server works on are skipped. Nothing is sent to an offer that is paused, or whose first charge is
/// waited for.
pub(in crate::orders) async fn due_to_send(
    tx: &Tx,
    provider: ProviderId,
    now: Time,
    limit: u64,
) -> Result<Vec<DueToSend>> {
    use dispatch::Column;
    let mut due = dispatch::Entity::find()
        .expr_as(
            Expr::cust("c.charges_seen > 0 OR NOT c.compares"),
            "charge_is_known",
        )
        .filter(Column::State.eq(DispatchState::Queued))
        .filter(Column::ProviderId.eq(provider))
        .filter(Column::DueAtMs.lte(now))
        .filter(Expr::cust(OF_NOBODY_SUSPENDED))
        .filter(Expr::cust("c.held_at_ms IS NULL"))
        .order_by_asc(Column::DueAtMs)
        .order_by_asc(Column::Id)
        .limit(limit);
    let of_run = "c.provider_id = dispatches.provider_id \
                  AND c.provider_service = dispatches.provider_service";
    QuerySelect::query(&mut due)
        .join_as(JoinType::LeftJoin, "offer_charges", "c", Expr::cust(of_run))
        .lock_with_tables_behavior(
            LockType::NoKeyUpdate,
            [dispatch::Entity],
            LockBehavior::SkipLocked,
        );
    Ok(due.into_model().all(tx).await?)
}

fn due_rows(due: Due, now: Time, limit: u64) -> Select<dispatch::Entity> {
    use dispatch::Column;
    let state = |state: DispatchState| Column::State.eq(state);
    let (condition, first) = match due {
        Due::Canceled(provider) => (
            Column::CancelAtMs
                .is_not_null()
                .and(Column::CancelAtMs.lte(now))
                .and(state(DispatchState::Accepted))
                .and(Column::ProviderId.eq(provider)),
            Column::CancelAtMs,
        ),
        Due::LeaseOver => (
            state(DispatchState::Sending).and(Column::LeaseUntilMs.lt(now)),
            Column::LeaseUntilMs,
        ),
        Due::Unknown => (
            state(DispatchState::Unknown).and(Column::DueAtMs.lte(now)),
            Column::DueAtMs,
        ),
        Due::QueuedSince(time) => (
            state(DispatchState::Queued).and(Column::QueuedAtMs.lt(time)),
            Column::QueuedAtMs,
        ),
    };
    dispatch::Entity::find()
        .filter(condition)
        .order_by_asc(first)
        .order_by_asc(Column::Id)
        .limit(limit)
}

/// How many runs a provider has that have not ended, or may have.
pub(in crate::orders) async fn at_provider(db: &Db, provider: ProviderId) -> Result<i64> {
    // Spelled as the conditions of the indices of accepted, unknown and leased runs; the plus keeps SQLite
    // from reading every run of the provider by the index of their ids.
    let sql = "SELECT (SELECT COUNT(*) FROM dispatches WHERE state = 'accepted' \
               AND provider_id = $1) + (SELECT COUNT(*) FROM dispatches WHERE \
               state IN ('unknown', 'parked') AND +provider_id = $1) + (SELECT COUNT(*) \
               FROM dispatches WHERE state = 'sending' AND +provider_id = $1)";
    let rows = query(db.read(), sql, [provider.into()]).await?;
    Ok(rows.first().map_or(Ok(0), |row| row.try_get_by_index(0))?)
}

/// Whose queued runs at a provider are not sent for a while.
pub(in crate::orders) struct Postponed<'a> {
    pub(in crate::orders) provider: ProviderId,
    /// Those of one service there, or of every one.
    pub(in crate::orders) service: Option<&'a str>,
    pub(in crate::orders) account: AccountId,
    pub(in crate::orders) until: Time,
    pub(in crate::orders) reason: String,
}

/// Postpones the queued runs of an account that would be due before that.
pub(in crate::orders) async fn postpone(tx: &Tx, postponed: Postponed<'_>) -> Result<()> {
    // A run that another transaction holds is being sent already, or canceled.
    let sql = [
        "UPDATE dispatches SET due_at_ms = $1, reason = $2 WHERE id IN (SELECT d.id \
         FROM dispatches d WHERE d.state = 'queued' AND d.provider_id = $3 AND d.due_at_ms < $1 \
         AND d.provider_service = COALESCE($5, d.provider_service) AND EXISTS \
         (SELECT 1 FROM orders o WHERE o.id = d.order_id AND o.account_id = $4)",
        skip_locked(tx),
        ")",
    ]
    .concat();
    let values = [
        postponed.until.into(),
        postponed.reason.into(),
        postponed.provider.into(),
        postponed.account.into(),
        postponed.service.map(ToOwned::to_owned).into(),
    ];
    execute(tx, &sql, values).await?;
    Ok(())
}

/// Makes runs due that were queued until an order on one of these links ended.
pub(in crate::orders) async fn wake_waiting(tx: &Tx, now: Time, links: Vec<i64>) -> Result<()> {
    let rows = Rows::is_in(tx, 1, links.into_iter().map(Value::from));
    // A run that another transaction holds is being taken up already.
    let sql = [
        "UPDATE dispatches SET due_at_ms = $1, waits_for_link = NULL WHERE id IN \
         (SELECT id FROM dispatches WHERE state = 'queued' AND waits_for_link",
        &rows.text,
        skip_locked(tx),
        ")",
    ]
    .concat();
    execute(tx, &sql, std::iter::once(now.into()).chain(rows.values)).await?;
    Ok(())
}

/// Orders by id, not locked.
pub(in crate::orders) async fn orders(
    on: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = OrderId>,
) -> Result<Vec<order::Model>> {
    Ok(order::Entity::find()
        .filter(order::Column::Id.is_in(ids))
        .all(on)
        .await?)
}

/// Which provider has runs that are queued, to be polled or to be canceled at `now`, offers that are
/// held until their first charge is known, or answers that were lost since `lost_since`.
pub(in crate::orders) async fn busy_providers(
    on: &impl ConnectionTrait,
    now: Time,
    lost_since: Time,
) -> Result<Vec<Busy>> {
    let sql = "SELECT p.id, \
        EXISTS (SELECT 1 FROM dispatches d WHERE d.state = 'queued' AND d.provider_id = p.id \
            AND d.due_at_ms <= $1), \
        EXISTS (SELECT 1 FROM dispatches d WHERE d.state = 'accepted' AND d.provider_id = p.id \
            AND d.poll_at_ms <= $1), \
        EXISTS (SELECT 1 FROM dispatches d WHERE d.cancel_at_ms IS NOT NULL \
            AND d.cancel_at_ms <= $1 AND d.state = 'accepted' AND d.provider_id = p.id), \
        EXISTS (SELECT 1 FROM offer_charges c WHERE c.provider_id = p.id \
            AND c.held_at_ms IS NOT NULL AND c.pause_reason IS NULL), \
        EXISTS (SELECT 1 FROM dispatches d WHERE d.provider_id = p.id \
            AND d.lost_at_ms IS NOT NULL AND d.lost_at_ms >= $2) \
        FROM providers p ORDER BY p.id";
    let rows = query(on, sql, [now.into(), lost_since.into()]).await?;
    let read = |row: &sea_orm::QueryResult| {
        Ok(Busy {
            provider: row.try_get_by_index(0)?,
            sends: row.try_get_by_index(1)?,
            polls: row.try_get_by_index(2)?,
            cancels: row.try_get_by_index(3)?,
            waits_for_charge: row.try_get_by_index(4)?,
            lost_answers: row.try_get_by_index(5)?,
        })
    };
    rows.iter().map(read).collect()
}

/// Runs in uncertain states, and accepted ones of which nothing was understood at last or that
/// were accepted before `stale` and have not ended, oldest first, from behind `after`.
pub(in crate::orders) async fn uncertain(
    on: &impl ConnectionTrait,
    stale: Time,
    placed: Period,
    after: DispatchId,
    limit: u64,
) -> Result<Vec<dispatch::Model>> {
    use dispatch::Column;
    let doubt = Column::State.is_in([DispatchState::Unknown, DispatchState::Parked]);
    let stuck = Column::State
        .eq(DispatchState::Accepted)
        .and(Column::AcceptedAtMs.lt(stale));
    let unclear = Column::State
        .eq(DispatchState::Accepted)
        .and(Column::UnclearSinceMs.is_not_null());
    let mut found = dispatch::Entity::find().filter(doubt.or(stuck).or(unclear));
    if placed != Period::default() {
        let of = within(order::Column::CreatedAtMs, placed);
        let of = order::Entity::find()
            .select_only()
            .column(order::Column::Id)
            .filter(of);
        found = found.filter(Column::OrderId.in_subquery(of.into_query()));
    }
    Ok(found
        .filter(Column::Id.gt(after))
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(on)
        .await?)
}

/// A request to a provider with its reply, without the key.
#[derive(Debug, Clone)]
pub(in crate::orders) struct Exchange {
    pub(in crate::orders) run: DispatchId,
    pub(in crate::orders) attempt: i64,
    pub(in crate::orders) action: &'static str,
    pub(in crate::orders) request: String,
    pub(in crate::orders) reply: String,
}

/// Keeps exchanges as evidence.
pub(in crate::orders) async fn insert_exchanges(
    tx: &Tx,
    now: Time,
    exchanges: Vec<Exchange>,
) -> Result<()> {
    let rows: Vec<_> = exchanges
        .into_iter()
        .map(|exchange| provider_exchange::ActiveModel {
            id: NotSet,
            dispatch_id: Set(exchange.run),
            attempt: Set(exchange.attempt),
            action: Set(exchange.action.to_owned()),
            request: Set(exchange.request),
            reply: Set(exchange.reply),
            created_at_ms: Set(now),
        })
        .collect();
    insert_all(tx, rows).await?;
    Ok(())
}
