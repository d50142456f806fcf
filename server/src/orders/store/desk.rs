//! The statements that read orders for operators, whoever's they are.

use std::collections::HashSet;

use sea_orm::{ConnectionTrait, QueryResult};

use super::reads::{ORDER_COLUMNS, ORDER_WIDTH, SCANNED, read_order};
use crate::clock::{Period, Time};
use crate::db::{Rows, Sql, query};
use crate::error::Result;
use crate::ids::{AccountId, OrderId, ServiceId};
use crate::orders::desk::{Evidence, Exchange, Listed, Mark, Neighbour, Run, Search};

/// What operators are told beside what customers are.
const MORE: &str = ", account_id, (SELECT a.name FROM accounts a WHERE a.id = orders.account_id), \
     rate_micro, NOT EXISTS (SELECT 1 FROM dispatches d WHERE d.order_id = orders.id), details, \
     overlap_key, (SELECT s.name FROM services s WHERE s.id = orders.service_id) AS service_name \
     FROM orders ";

/// Orders that only a person brings on; the run's age follows.
const DOUBT: &str = " AND (id IN (SELECT d.order_id FROM dispatches d \
     WHERE d.state IN ('unknown', 'parked') OR (d.state = 'accepted' \
     AND (d.unclear_since_ms IS NOT NULL OR d.accepted_at_ms < ";
const DOUBT_BY_HAND: &str = "))) OR (settled_at_ms IS NULL AND cancel_requested_at_ms IS NOT NULL \
     AND NOT EXISTS (SELECT 1 FROM dispatches d WHERE d.order_id = orders.id)) \
     OR (settled_at_ms IS NULL AND id IN (SELECT m.order_id FROM missing_runs m)))";

fn read(row: &QueryResult) -> Result<Listed> {
    Ok(Listed {
        order: read_order(row)?,
        account: row.try_get_by_index(ORDER_WIDTH)?,
        account_name: row.try_get_by_index(ORDER_WIDTH + 1)?,
        rate: row.try_get_by_index(ORDER_WIDTH + 2)?,
        is_manual: row.try_get_by_index(ORDER_WIDTH + 3)?,
        service_name: row.try_get("", "service_name")?,
    })
}

/// What is looked for, and from where on.
pub(in crate::orders) struct Found<'a> {
    pub(in crate::orders) search: &'a Search,
    /// The keys of the target that is asked for.
    pub(in crate::orders) keys: Option<HashSet<i64>>,
    /// Runs that were accepted before this are stale.
    pub(in crate::orders) stale: Time,
    pub(in crate::orders) before: Option<OrderId>,
}

impl Found<'_> {
    /// Whether what is looked for leads to its orders by an index; else they are walked over.
    fn is_selective(&self) -> bool {
        let search = self.search;
        search.order.is_some() || search.provider_order.is_some() || search.needs_attention
    }

    /// The orders that are walked over, newest first.
    fn walk(&self, sql: &mut Sql) {
        sql.text("SELECT id FROM orders WHERE id > 0");
        if let Some(before) = self.before {
            sql.value(" AND id < ", before);
        }
        if let Some(account) = self.search.account {
            sql.value(" AND account_id = ", account);
        }
        let most = i64::try_from(SCANNED).unwrap_or(i64::MAX);
        sql.value(" ORDER BY id DESC LIMIT ", most);
    }
}

pub(in crate::orders) async fn list(
    on: &impl ConnectionTrait,
    found: &Found<'_>,
    most: usize,
) -> Result<Vec<Listed>> {
    let search = found.search;
    let mut sql = Sql::new(ORDER_COLUMNS);
    sql.text(MORE);
    if found.is_selective() {
        sql.text("WHERE id > 0");
        if let Some(before) = found.before {
            sql.value(" AND id < ", before);
        }
    } else {
        sql.text("WHERE id IN (");
        found.walk(&mut sql);
        sql.text(")");
    }
    if let Some(id) = search.order {
        sql.value(" AND id = ", id);
    }
    if let Some(account) = search.account {
        sql.value(" AND account_id = ", account);
    }
    if let Some(service) = search.service {
        sql.value(" AND service_id = ", service);
    }
    if let Some(status) = search.status {
        sql.value(" AND status = ", status);
    }
    sql.within("created_at_ms", search.created);
    if let Some(link) = &search.link {
        sql.text(" AND ");
        sql.contains("link", link);
    }
    if let Some(keys) = &found.keys {
        let keys = keys.iter().map(|&key| key.into());
        let keys = Rows::is_in(on, sql.values.len(), keys);
        sql.text(" AND overlap_key");
        sql.text(&keys.text);
        sql.values.extend(keys.values);
    }
    if let Some(provider_order) = &search.provider_order {
        // By provider, as the index goes.
        sql.value(
            " AND id IN (SELECT d.order_id FROM providers p JOIN dispatches d \
             ON d.provider_id = p.id AND d.provider_order = ",
            provider_order.replace('\0', ""),
        );
        sql.text(")");
    }
    if search.needs_attention {
        sql.value(DOUBT, found.stale);
        sql.text(DOUBT_BY_HAND);
    }
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    sql.value(" ORDER BY id DESC LIMIT ", most);
    let rows = query(on, &sql.text, sql.values).await?;
    rows.iter().map(read).collect()
}

/// Where a list goes on whose page found too few among the orders it looked at; `None` if it has
/// looked at all.
pub(in crate::orders) async fn passed_over(
    on: &impl ConnectionTrait,
    found: &Found<'_>,
) -> Result<Option<OrderId>> {
    if found.is_selective() {
        return Ok(None);
    }
    let mut sql = Sql::new("SELECT MIN(id), COUNT(*) FROM (");
    found.walk(&mut sql);
    sql.text(") AS walked");
    let rows = query(on, &sql.text, sql.values).await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let whole = i64::try_from(SCANNED).unwrap_or(i64::MAX);
    match row.try_get_by_index::<i64>(1)? == whole {
        true => Ok(row.try_get_by_index(0)?),
        false => Ok(None),
    }
}

pub(in crate::orders) async fn manual(
    on: &impl ConnectionTrait,
    service: Option<ServiceId>,
    created: Period,
    after: OrderId,
    limit: usize,
) -> Result<Vec<Listed>> {
    let mut sql = Sql::new(ORDER_COLUMNS);
    sql.text(MORE);
    sql.value("WHERE settled_at_ms IS NULL AND id > ", after);
    if let Some(service) = service {
        sql.value(" AND service_id = ", service);
    }
    sql.within("created_at_ms", created);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    sql.value(
        " AND NOT EXISTS (SELECT 1 FROM dispatches d WHERE d.order_id = orders.id) \
         ORDER BY id LIMIT ",
        limit,
    );
    let rows = query(on, &sql.text, sql.values).await?;
    rows.iter().map(read).collect()
}

/// The order with its details and the key of its target.
pub(in crate::orders) async fn order(
    on: &impl ConnectionTrait,
    id: OrderId,
) -> Result<Option<(Listed, String, i64)>> {
    let sql = [ORDER_COLUMNS, MORE, "WHERE id = $1"].concat();
    let rows = query(on, &sql, [id.into()]).await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let details = row.try_get_by_index(ORDER_WIDTH + 4)?;
    Ok(Some((
        read(row)?,
        details,
        row.try_get_by_index(ORDER_WIDTH + 5)?,
    )))
}

pub(in crate::orders) async fn timeline(
    on: &impl ConnectionTrait,
    id: OrderId,
) -> Result<Vec<Evidence>> {
    let sql = "SELECT status, cause, evidence, created_at_ms FROM order_events \
               WHERE order_id = $1 ORDER BY id";
    let read = |row: &QueryResult| {
        Ok(Evidence {
            status: row.try_get_by_index(0)?,
            cause: row.try_get_by_index(1)?,
            evidence: row.try_get_by_index(2)?,
            at: row.try_get_by_index(3)?,
        })
    };
    query(on, sql, [id.into()])
        .await?
        .iter()
        .map(read)
        .collect()
}

pub(in crate::orders) async fn runs(on: &impl ConnectionTrait, id: OrderId) -> Result<Vec<Run>> {
    let sql = "SELECT d.id, d.run, d.quantity, d.provider_id, p.name, d.provider_service, d.state, \
               d.attempt, d.provider_order, d.provider_status, d.provider_charge, d.start_count, \
               d.remains, d.due_at_ms, d.accepted_at_ms, d.unknown_at_ms, d.reason \
               FROM dispatches d JOIN providers p ON p.id = d.provider_id \
               WHERE d.order_id = $1 ORDER BY d.run";
    let read = |row: &QueryResult| {
        Ok(Run {
            id: row.try_get_by_index(0)?,
            run: row.try_get_by_index(1)?,
            quantity: row.try_get_by_index(2)?,
            provider: row.try_get_by_index(3)?,
            provider_name: row.try_get_by_index(4)?,
            provider_service: row.try_get_by_index(5)?,
            state: row.try_get_by_index(6)?,
            attempt: row.try_get_by_index(7)?,
            provider_order: row.try_get_by_index(8)?,
            provider_status: row.try_get_by_index(9)?,
            provider_charge: row.try_get_by_index(10)?,
            start_count: row.try_get_by_index(11)?,
            remains: row.try_get_by_index(12)?,
            due_at: row.try_get_by_index(13)?,
            accepted_at: row.try_get_by_index(14)?,
            unknown_at: row.try_get_by_index(15)?,
            reason: row.try_get_by_index(16)?,
        })
    };
    query(on, sql, [id.into()])
        .await?
        .iter()
        .map(read)
        .collect()
}

pub(in crate::orders) async fn exchanges(
    on: &impl ConnectionTrait,
    id: OrderId,
) -> Result<Vec<Exchange>> {
    let sql = "SELECT e.dispatch_id, e.attempt, e.action, e.request, e.reply, e.created_at_ms \
               FROM provider_exchanges e JOIN dispatches d ON d.id = e.dispatch_id \
               WHERE d.order_id = $1 ORDER BY e.id DESC LIMIT 1000";
    let read = |row: &QueryResult| {
        Ok(Exchange {
            run: row.try_get_by_index(0)?,
            attempt: row.try_get_by_index(1)?,
            action: row.try_get_by_index(2)?,
            request: row.try_get_by_index(3)?,
            reply: row.try_get_by_index(4)?,
            at: row.try_get_by_index(5)?,
        })
    };
    let rows = query(on, sql, [id.into()]).await?;
    rows.iter().rev().map(read).collect()
}

pub(in crate::orders) async fn marks(on: &impl ConnectionTrait, id: OrderId) -> Result<Vec<Mark>> {
    let sql = "SELECT other_id, lifted_at_ms FROM order_overlaps WHERE order_id = $1 \
               ORDER BY other_id";
    let read = |row: &QueryResult| {
        Ok(Mark {
            other: row.try_get_by_index(0)?,
            lifted_at: row.try_get_by_index(1)?,
        })
    };
    query(on, sql, [id.into()])
        .await?
        .iter()
        .map(read)
        .collect()
}

/// Orders of other accounts with the same target: the active ones by their index, and those among
/// the 5,000 before and after the order; the newest 50.
pub(in crate::orders) async fn neighbours(
    on: &impl ConnectionTrait,
    id: OrderId,
    account: AccountId,
    key: i64,
) -> Result<Vec<Neighbour>> {
    let sql = "SELECT id, account_id, status, created_at_ms, settled_at_ms FROM ( \
               SELECT id, account_id, status, created_at_ms, settled_at_ms FROM orders \
               WHERE overlap_key = $1 AND settled_at_ms IS NULL UNION \
               SELECT id, account_id, status, created_at_ms, settled_at_ms FROM orders \
               WHERE overlap_key = $1 AND id BETWEEN $2 AND $3) AS near \
               WHERE account_id <> $4 ORDER BY id DESC LIMIT 50";
    let reach = i64::try_from(SCANNED).unwrap_or(i64::MAX);
    let values = [
        key.into(),
        id.0.saturating_sub(reach).into(),
        id.0.saturating_add(reach).into(),
        account.into(),
    ];
    let read = |row: &QueryResult| {
        Ok(Neighbour {
            order: row.try_get_by_index(0)?,
            account: row.try_get_by_index(1)?,
            status: row.try_get_by_index(2)?,
            created_at: row.try_get_by_index(3)?,
            settled_at: row.try_get_by_index(4)?,
        })
    };
    query(on, sql, values).await?.iter().map(read).collect()
}
