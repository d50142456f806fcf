//! The statements that tell what happened before the panel was started. Each reads so many rows at most,
//! by an index, however long the history is.

use sea_orm::{ConnectionTrait, QueryResult};

use crate::abuse::facts::{Event, Fact, Placed, order_print};
use crate::clock::Time;
use crate::db::query;
use crate::error::Result;
use crate::gateway::PaymentStatus;
use crate::ids::{AccountId, OrderId};

const DAY_MS: i64 = 24 * 3_600_000;

/// So many orders are read at most: the newest.
const MOST_ORDERS: i64 = 20_000;
/// So many disputes and payments are read at most: the newest.
const MOST_OTHERS: i64 = 5_000;
/// By so many orders, the newest of an account, it is found what it spends on a day.
const MOST_OF_ACCOUNT: i64 = 5_000;

/// What became of the orders since `since`: that they were placed, canceled and ended. What is not
/// stored with an order is not told: its key, and what it would have cost at the time.
pub(in crate::abuse) async fn of_orders(
    on: &impl ConnectionTrait,
    since: Time,
) -> Result<Vec<Event>> {
    let sql = "SELECT o.id, o.account_id, o.service_id, o.overlap_key, o.quantity, o.charge_nano, \
               o.created_at_ms, o.cancel_requested_at_ms, o.settled_at_ms, o.settled_refund_nano, \
               EXISTS (SELECT 1 FROM order_requests r WHERE r.order_id = o.id), \
               EXISTS (SELECT 1 FROM order_overlaps v WHERE v.order_id = o.id AND v.other_id < o.id) \
               FROM (SELECT * FROM orders ORDER BY id DESC LIMIT $1) AS o \
               WHERE o.created_at_ms >= $2";
    let mut events = Vec::new();
    for row in query(on, sql, [MOST_ORDERS.into(), since.into()]).await? {
        events.extend(events_of_order(&row)?);
    }
    Ok(events)
}

fn events_of_order(row: &QueryResult) -> Result<impl Iterator<Item = Event> + use<>> {
    let order: OrderId = row.try_get_by_index(0)?;
    let account: AccountId = row.try_get_by_index(1)?;
    let service = row.try_get_by_index(2)?;
    let link = row.try_get_by_index(3)?;
    let charge = row.try_get_by_index(5)?;
    let placed_at: Time = row.try_get_by_index(6)?;
    let canceled_at: Option<Time> = row.try_get_by_index(7)?;
    let ended_at: Option<Time> = row.try_get_by_index(8)?;
    let placed = Fact::Placed(Placed {
        key: None,
        account,
        order,
        service,
        link,
        print: order_print(service, link, row.try_get_by_index(4)?),
        charge,
        cost: None,
        has_request_id: row.try_get_by_index(10)?,
        is_overlapping: row.try_get_by_index(11)?,
    });
    let canceled = Fact::Canceled {
        account,
        order,
        placed_at,
    };
    let ended = Fact::Ended {
        account,
        order,
        service,
        link,
        charge,
        refunded: row.try_get_by_index(9)?,
    };
    let all = [
        (Some(placed_at), placed),
        (canceled_at, canceled),
        (ended_at, ended),
    ];
    let happened = all
        .into_iter()
        .filter_map(|(at, fact)| Some(Event { at: at?, fact }));
    Ok(happened)
}

/// The disputes since `since`.
pub(in crate::abuse) async fn of_disputes(
    on: &impl ConnectionTrait,
    since: Time,
) -> Result<Vec<Event>> {
    let sql = "SELECT d.account_id, d.order_id, d.created_at_ms \
               FROM (SELECT * FROM disputes ORDER BY id DESC LIMIT $1) AS d \
               WHERE d.created_at_ms >= $2";
    let read = |row: &QueryResult| {
        Ok(Event {
            at: row.try_get_by_index(2)?,
            fact: Fact::Disputed {
                account: row.try_get_by_index(0)?,
                order: row.try_get_by_index(1)?,
            },
        })
    };
    let rows = query(on, sql, [MOST_OTHERS.into(), since.into()]).await?;
    rows.iter().map(read).collect()
}

/// The payments since `since` that were partial, as of when they were first seen.
pub(in crate::abuse) async fn of_payments(
    on: &impl ConnectionTrait,
    since: Time,
) -> Result<Vec<Event>> {
    let sql = "SELECT d.account_id, p.seen_at_ms \
               FROM (SELECT * FROM payments ORDER BY id DESC LIMIT $1) AS p \
               JOIN deposits d ON d.id = p.deposit_id \
               WHERE p.seen_at_ms >= $2 AND p.status = $3";
    let read = |row: &QueryResult| {
        Ok(Event {
            at: row.try_get_by_index(1)?,
            fact: Fact::PaidInPart {
                account: row.try_get_by_index(0)?,
            },
        })
    };
    let part = PaymentStatus::PartiallyPaid;
    let values = [MOST_OTHERS.into(), since.into(), part.into()];
    query(on, sql, values).await?.iter().map(read).collect()
}

/// What an account spent on days of the last 30, UTC: number of the day and nano-USD, earliest first.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::abuse) struct Days {
    spent: Vec<(i64, i64)>,
    /// When the first order of them was placed, if there were more before.
    cut_at: Option<Time>,
}

impl Days {
    /// The median of what is spent on a day on which something is, in nano-USD; 0 where not even one
    /// whole day is known. Of an account with more orders a day than are read, it is what a day has at
    /// the pace of those.
    pub(in crate::abuse) fn median(&self, now: Time) -> i64 {
        let first = self.cut_at.map(|at| at.ms() / DAY_MS);
        let is_whole = |day: i64| day < now.ms() / DAY_MS && Some(day) != first;
        let whole = self.spent.iter().filter(|(day, _)| is_whole(*day));
        let mut whole: Vec<i64> = whole.map(|(_, spent)| *spent).collect();
        whole.sort_unstable();
        if let Some(middle) = whole.get(whole.len() / 2) {
            return *middle;
        }
        let Some(cut_at) = self.cut_at else { return 0 };
        let spent: i128 = self.spent.iter().map(|(_, spent)| i128::from(*spent)).sum();
        let span_ms = i128::from(now.ms_since(cut_at).max(1));
        i64::try_from(spent * i128::from(DAY_MS) / span_ms).unwrap_or(i64::MAX)
    }
}

/// What `account` spent on the days of the 30 before `now`, by its newest orders.
pub(in crate::abuse) async fn spent_by_day(
    on: &impl ConnectionTrait,
    account: AccountId,
    now: Time,
) -> Result<Days> {
    let sql = "SELECT t.day, CAST(SUM(t.charge_nano) AS BIGINT), COUNT(*), MIN(t.created_at_ms) \
               FROM (SELECT created_at_ms / 86400000 AS day, charge_nano, created_at_ms FROM orders \
               WHERE account_id = $1 AND created_at_ms >= $2 \
               ORDER BY created_at_ms DESC, id DESC LIMIT $3) AS t GROUP BY t.day ORDER BY t.day";
    let since = now.plus_ms(-30 * DAY_MS);
    let values = [account.into(), since.into(), MOST_OF_ACCOUNT.into()];
    let (mut days, mut orders, mut first) = (Days::default(), 0_i64, None);
    for row in query(on, sql, values).await? {
        days.spent
            .push((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
        orders = orders.saturating_add(row.try_get_by_index(2)?);
        first = first.or(Some(row.try_get_by_index(3)?));
    }
    days.cut_at = first.filter(|_| orders >= MOST_OF_ACCOUNT);
    Ok(days)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_of_whole_days_or_at_the_pace_of_what_is_known() {
        let at = |day: i64, ms: i64| Time::from_ms(day * DAY_MS + ms);
        let days = |spent: &[(i64, i64)], cut_at| Days {
            spent: spent.to_vec(),
            cut_at,
        };
        assert_eq!(days(&[], None).median(at(9, 0)), 0);
        // Today is not over.
        assert_eq!(days(&[(9, 5)], None).median(at(9, 10)), 0);
        let three = [(5, 30), (7, 10), (8, 20), (9, 5)];
        assert_eq!(days(&three, None).median(at(9, 10)), 20);
        // The first day is not whole if more was before.
        let cut = Some(at(5, 3));
        assert_eq!(days(&three, cut).median(at(9, 10)), 20);
        let half_a_day = Some(at(9, 0));
        assert_eq!(days(&[(9, 5)], half_a_day).median(at(9, DAY_MS / 2)), 10);
    }
}
