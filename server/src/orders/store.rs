//! The statements on `orders`, `order_requests`, `order_overlaps`, `order_events` and `refunds`;
//! those on runs are in [`runs`] and [`first_runs`], those that end orders in [`endings`], those that
//! read for customers in [`reads`].

use std::collections::{HashMap, HashSet};

use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveValue::NotSet, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::fingerprint::Fingerprint;
use super::place::{Other, Placed, Placement};
use super::rules::{Delivery, OrderStatus};
use super::told::CausedBy;
use crate::accounts::{Authenticated, Caller, Credential, Scope};
use crate::catalog::{self, Offer};
use crate::clock::Time;
use crate::db::{PIECE, Rows, Tx, execute, insert_all, query, reserve_ids};
use crate::entity::{order, order_event, order_request, overlap};
use crate::error::{Failure, Result};
use crate::ids::{AccountId, OrderId, ServiceId};
use crate::money::Money;
use crate::panel::Panel;

pub(super) mod daily_cost;
pub(super) mod desk;
pub(super) mod endings;
pub(super) mod evidence;
pub(super) mod first_runs;
pub(super) mod following;
pub(super) mod held;
pub(super) mod imported;
pub(super) mod keys;
pub(super) mod later;
pub(super) mod marks;
pub(super) mod missing;
pub(super) mod phrases;
pub(super) mod provider_orders;
pub(super) mod reads;
pub(super) mod restored;
pub(super) mod runs;
pub(super) mod stops;
pub(super) mod watching;
pub(super) mod writes;

/// With how many active orders on its link a new order is linked: the newest ones.
pub(super) const MAX_LINKED: usize = 20;

/// Orders placed before under the `request_id`s given, each with the fingerprint of its request.
pub(super) async fn orders_of_requests(
    tx: &Tx,
    requests: &[(AccountId, &str)],
) -> Result<HashMap<(AccountId, String), (Fingerprint, Placement)>> {
    let mut earlier = HashMap::new();
    if requests.is_empty() {
        return Ok(earlier);
    }
    let rows = Rows::table(
        tx,
        0,
        requests
            .iter()
            .map(|&(account, request)| [account.into(), request.into()]),
    );
    let sql = [
        "SELECT r.account_id, r.request_id, r.fingerprint, o.id, o.charge_nano, o.quantity, \
         o.created_at_ms FROM ",
        &rows.text,
        " JOIN order_requests r ON r.account_id = v.column1 AND r.request_id = v.column2 \
         JOIN orders o ON o.id = r.order_id",
    ]
    .concat();
    for row in query(tx, &sql, rows.values).await? {
        let order: OrderId = row.try_get_by_index(3)?;
        let print = Fingerprint::from_stored(&row.try_get_by_index::<Vec<u8>>(2)?)
            .ok_or_else(|| Failure::Stored(format!("fingerprint of order {order}")))?;
        let placement = Placement {
            order,
            charge: row.try_get_by_index(4)?,
            total_quantity: row.try_get_by_index(5)?,
            created_at: row.try_get_by_index(6)?,
            is_replay: true,
        };
        let key = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        earlier.insert(key, (print, placement));
    }
    Ok(earlier)
}

/// The newest active orders on each link, newest last.
pub(super) async fn active_on_links(
    tx: &Tx,
    links: &HashSet<(AccountId, i64)>,
) -> Result<HashMap<(AccountId, i64), Vec<Other>>> {
    let mut active = HashMap::new();
    if links.is_empty() {
        return Ok(active);
    }
    // One probe of the index per link: almost every link has no active order.
    let rows = Rows::table(
        tx,
        0,
        links
            .iter()
            .map(|&(account, key)| [account.into(), key.into()]),
    );
    let sql = [
        "SELECT v.column1, v.column2 FROM ",
        &rows.text,
        " WHERE EXISTS (SELECT 1 FROM orders o WHERE o.overlap_key = v.column2 \
         AND o.account_id = v.column1 AND o.settled_at_ms IS NULL)",
    ]
    .concat();
    for row in query(tx, &sql, rows.values).await? {
        let (account, key): (AccountId, i64) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let mut newest: Vec<OrderId> = order::Entity::find()
            .select_only()
            .column(order::Column::Id)
            .filter(order::Column::OverlapKey.eq(key))
            .filter(order::Column::AccountId.eq(account))
            .filter(order::Column::SettledAtMs.is_null())
            .order_by_desc(order::Column::Id)
            .limit(u64::try_from(MAX_LINKED).unwrap_or(u64::MAX))
            .into_tuple()
            .all(tx)
            .await?;
        newest.reverse();
        active.insert(
            (account, key),
            newest.into_iter().map(Other::Stored).collect(),
        );
    }
    Ok(active)
}

/// Writes new orders with their overlap marks and requests; gives their ids, in order.
pub(super) async fn insert_orders(
    tx: &Tx,
    now: Time,
    placed: &[Placed<'_>],
) -> Result<Vec<OrderId>> {
    let first = reserve_ids(tx, "orders", placed.len()).await?;
    keys::require(tx).await?;
    let ids: Vec<OrderId> = (first..).map(OrderId).take(placed.len()).collect();
    let mut rows = Vec::with_capacity(placed.len());
    for (&id, new) in ids.iter().zip(placed) {
        rows.push(new_order(id, now, new)?);
    }
    insert_all(tx, rows).await?;
    insert_overlaps(tx, &ids, placed).await?;
    insert_requests(tx, &ids, placed).await?;
    Ok(ids)
}

fn new_order(id: OrderId, now: Time, new: &Placed<'_>) -> Result<order::ActiveModel> {
    let terms = &new.service.terms;
    let details: serde_json::Map<String, serde_json::Value> = new
        .draft
        .details
        .iter()
        .map(|(name, value)| (name.clone(), value.clone().into()))
        .collect();
    Ok(order::ActiveModel {
        id: Set(id),
        account_id: Set(new.account),
        service_id: Set(new.service.id),
        service_type: Set(terms.service_type),
        refill: Set(terms.refill),
        cancel: Set(terms.cancel),
        status: Set(OrderStatus::Pending),
        link: Set(new.draft.link.clone()),
        overlap_key: Set(new.draft.overlap_key),
        details: Set(serde_json::Value::Object(details).to_string()),
        quantity: Set(new.draft.quantity),
        runs: Set(new.draft.runs),
        interval_minutes: Set(new.draft.interval_minutes),
        rate_micro: Set(new.draft.rate),
        charge_nano: Set(new.draft.charge),
        held_nano: Set(new.draft.charge),
        refunded_nano: Set(Money::ZERO),
        settled_refund_nano: Set(Money::ZERO),
        withheld: Set(false),
        remains: Set(new.draft.quantity),
        created_at_ms: Set(now),
        reference: Set(new.reference.map(str::to_owned)),
        refill_days: Set(terms.refill_days.filter(|_| terms.refill)),
        // What is known later is no value of the statement.
        ..order::ActiveModel::default()
    })
}

/// "Both marked overlapping, with each other's id".
async fn insert_overlaps(tx: &Tx, ids: &[OrderId], placed: &[Placed<'_>]) -> Result<()> {
    let mut rows = Vec::new();
    for (&id, new) in ids.iter().zip(placed) {
        for &other in &new.overlaps {
            let other = match other {
                Other::Stored(other) => Some(other),
                Other::InBatch(place) => ids.get(place).copied(),
            };
            let Some(other) = other else { continue };
            for (one, two) in [(id, other), (other, id)] {
                rows.push(overlap::ActiveModel {
                    order_id: Set(one),
                    other_id: Set(two),
                    lifted_at_ms: Set(None),
                });
            }
        }
    }
    for piece in rows.chunks(PIECE) {
        insert_all(tx, piece.to_vec()).await?;
    }
    Ok(())
}

async fn insert_requests(tx: &Tx, ids: &[OrderId], placed: &[Placed<'_>]) -> Result<()> {
    let rows: Vec<_> = ids
        .iter()
        .zip(placed)
        .filter_map(|(&id, new)| {
            let (request_id, fingerprint) = new.request?;
            Some(order_request::ActiveModel {
                account_id: Set(new.account),
                request_id: Set(request_id.to_owned()),
                fingerprint: Set(fingerprint.to_bytes()),
                order_id: Set(id),
            })
        })
        .collect();
    insert_all(tx, rows).await?;
    Ok(())
}

/// Writes the first run of every order whose service has an offer; the row is the queue.
pub(super) async fn insert_first_runs(
    tx: &Tx,
    now: Time,
    ids: &[OrderId],
    placed: &[Placed<'_>],
    offers: &HashMap<ServiceId, Vec<Offer>>,
) -> Result<()> {
    let rows: Vec<_> = ids
        .iter()
        .zip(placed)
        .filter_map(|(&id, new)| {
            let offers = offers.get(&new.service.id)?;
            let quantity = new.draft.quantity / new.draft.runs;
            let service_type = new.service.terms.service_type;
            let (position, offer) =
                catalog::first_to_ask(offers, service_type, quantity, new.draft.rate)?;
            let run = runs::new_run(id, 1, quantity, offer, position, now, now);
            Some(if new.is_held { runs::held(run) } else { run })
        })
        .collect();
    insert_all(tx, rows).await?;
    Ok(())
}

/// Orders by id, locked until the transaction ends.
pub(super) async fn lock_orders(
    tx: &Tx,
    ids: impl IntoIterator<Item = OrderId>,
) -> Result<Vec<order::Model>> {
    Ok(order::Entity::find()
        .filter(order::Column::Id.is_in(ids))
        .order_by_asc(order::Column::Id)
        // Keys are never changed: rows that only name these orders need not wait.
        .lock(LockType::NoKeyUpdate)
        .all(tx)
        .await?)
}

/// Which of `ids` overlap another order, by a mark that no operator has lifted.
pub(super) async fn overlapping(tx: &Tx, ids: &[OrderId]) -> Result<HashSet<OrderId>> {
    let rows: Vec<OrderId> = overlap::Entity::find()
        .select_only()
        .column(overlap::Column::OrderId)
        .filter(overlap::Column::OrderId.is_in(ids.iter().copied()))
        .filter(overlap::Column::LiftedAtMs.is_null())
        .into_tuple()
        .all(tx)
        .await?;
    Ok(rows.into_iter().collect())
}

/// The orders that overlap `id`, by marks that no operator has lifted, and what they were doing.
pub(super) async fn overlapping_deliveries(
    tx: &Tx,
    id: OrderId,
) -> Result<Vec<(OrderId, Delivery)>> {
    let others = overlap::Entity::find()
        .filter(overlap::Column::OrderId.eq(id))
        .filter(overlap::Column::LiftedAtMs.is_null())
        .all(tx)
        .await?
        .into_iter()
        .map(|row| row.other_id);
    let others = order::Entity::find()
        .filter(order::Column::Id.is_in(others))
        .all(tx)
        .await?;
    Ok(others
        .into_iter()
        .map(|other| {
            let delivery = Delivery {
                status: other.status,
                started_at: other.started_at_ms,
                settled_at: other.settled_at_ms,
            };
            (other.id, delivery)
        })
        .collect())
}

/// What is written of an order that goes on.
pub(super) struct Progress {
    pub(super) id: OrderId,
    pub(super) status: OrderStatus,
    pub(super) remains: i64,
    pub(super) start_count: Option<i64>,
    pub(super) started_at: Option<Time>,
}

/// Writes progress; an order that was settled meanwhile keeps what it was settled with.
pub(super) async fn write_progress(tx: &Tx, progress: &[Progress]) -> Result<()> {
    if progress.is_empty() {
        return Ok(());
    }
    let rows = Rows::table(
        tx,
        0,
        progress.iter().map(|p| {
            [
                p.id.into(),
                p.status.into(),
                p.remains.into(),
                p.start_count.into(),
                p.started_at.into(),
            ]
        }),
    );
    let sql = [
        "UPDATE orders SET status = v.column2, remains = v.column3, \
         start_count = COALESCE(v.column4, start_count), \
         started_at_ms = COALESCE(started_at_ms, v.column5) FROM ",
        &rows.text,
        " WHERE orders.id = v.column1 AND orders.settled_at_ms IS NULL",
    ]
    .concat();
    execute(tx, &sql, rows.values).await?;
    Ok(())
}

/// Writes changes of status with their causes.
pub(super) async fn insert_events(
    tx: &Tx,
    now: Time,
    events: Vec<(OrderId, OrderStatus, CausedBy)>,
) -> Result<()> {
    let rows: Vec<_> = events
        .into_iter()
        .map(|(id, status, by)| order_event::ActiveModel {
            id: NotSet,
            order_id: Set(id),
            status: Set(status),
            evidence: Set(by.evidence),
            created_at_ms: Set(now),
            cause: Set(by.cause),
        })
        .collect();
    insert_all(tx, rows).await?;
    Ok(())
}

/// Open orders of `account` with numbers above `after`, lowest first; not locked. At most `most`, and
/// as many as have a piece's rows of runs together, but one at least.
pub(super) async fn open_orders(
    tx: &Tx,
    account: AccountId,
    after: OrderId,
    most: usize,
) -> Result<Vec<OrderId>> {
    let rows: Vec<(OrderId, i64)> = order::Entity::find()
        .select_only()
        .column(order::Column::Id)
        .column(order::Column::Runs)
        .filter(order::Column::AccountId.eq(account))
        .filter(order::Column::SettledAtMs.is_null())
        .filter(order::Column::Id.gt(after))
        .order_by_asc(order::Column::Id)
        .limit(u64::try_from(most).unwrap_or(u64::MAX))
        .into_tuple()
        .all(tx)
        .await?;
    let piece = i64::try_from(PIECE).unwrap_or(i64::MAX);
    let (mut ids, mut total) = (Vec::with_capacity(rows.len()), 0_i64);
    for (id, runs) in rows {
        total = total.saturating_add(runs);
        if total > piece && !ids.is_empty() {
            break;
        }
        ids.push(id);
    }
    Ok(ids)
}

/// Authenticates and reads orders of that account, in one statement and one row: fetching a row
/// costs more than finding an order. Gives for each order the text `id status charge_nano
/// settled_refund_nano withheld start_count remains`, separated by commas.
pub(super) async fn view(
    panel: &Panel,
    credential: Credential,
    ids: &[i64],
) -> Result<(Caller, Option<String>)> {
    const LINES: &str = ", (SELECT string_agg(o.id || ' ' || o.status || ' ' || o.charge_nano || \
        ' ' || o.settled_refund_nano || ' ' || CASE WHEN o.withheld THEN 1 ELSE 0 END || ' ' || \
        COALESCE(o.start_count, -1) || ' ' || o.remains, ',') FROM orders o \
        WHERE o.account_id = k.account_id AND o.id";
    let rows = Rows::is_in(panel.db.read(), 1, ids.iter().map(|&id| id.into()));
    let columns = [LINES, &rows.text, ")"].concat();
    let (caller, rows) = Authenticated::by(panel, credential, Scope::Read)
        .rows(&columns, "", rows.values)
        .await?;
    let lines = rows
        .first()
        .map(|row| row.try_get_by_index(Authenticated::WIDTH))
        .transpose()?;
    Ok((caller, lines.flatten()))
}

/// Writes what was counted before an order's delivery began.
pub(super) async fn write_start_count(tx: &Tx, id: OrderId, start_count: i64) -> Result<()> {
    let sql = "UPDATE orders SET start_count = $1 WHERE id = $2";
    execute(tx, sql, [start_count.into(), id.into()]).await?;
    Ok(())
}
