//! The statements on `tickets`, `ticket_messages` and `ticket_screenshots`.

use sea_orm::{ConnectionTrait, QueryResult};

use super::rules::{Counts, REVIEW_MS, TicketOutcome, TicketState};
use super::{Counted, Decided, Message, Proposed, Search, Ticket};
use crate::clock::Time;
use crate::db::{Sql, Tx, execute, locked, query};
use crate::error::{Failure, Result};
use crate::ids::{AccountId, OrderId, RefillId, RefundId, TicketId};
use crate::money::Money;

const TICKET: &str = "SELECT t.id, t.order_id, t.account_id, t.description, t.state, \
     t.created_at_ms, t.start_count, t.current_count, t.counted_by, t.counted_at_ms, \
     t.proposed_nano, t.proposed_by, t.proposal, t.proposed_at_ms, t.outcome, t.decided_by, \
     t.decision, t.decided_at_ms, t.refund_id, r.amount_nano, t.refill_id \
     FROM tickets t LEFT JOIN refunds r ON r.id = t.refund_id WHERE ";

fn read(row: &QueryResult) -> Result<Ticket> {
    let counted = match row.try_get_by_index(9)? {
        Some(at) => Some(Counted {
            counts: Counts {
                start: row.try_get_by_index(6)?,
                current: row.try_get_by_index(7)?,
            },
            by: row.try_get_by_index(8)?,
            at,
        }),
        None => None,
    };
    let proposed = match row.try_get_by_index(13)? {
        Some(at) => Some(Proposed {
            amount: row.try_get_by_index(10)?,
            by: row.try_get_by_index(11)?,
            reason: row.try_get_by_index(12)?,
            at,
        }),
        None => None,
    };
    let decided = match row.try_get_by_index(14)? {
        Some(outcome) => Some(Decided {
            outcome,
            by: row.try_get_by_index(15)?,
            reason: row.try_get_by_index(16)?,
            at: row.try_get_by_index(17)?,
            refund: row.try_get_by_index(18)?,
            refunded: row.try_get_by_index(19)?,
            refill: row.try_get_by_index(20)?,
        }),
        None => None,
    };
    Ok(Ticket {
        id: row.try_get_by_index(0)?,
        order: row.try_get_by_index(1)?,
        account: row.try_get_by_index(2)?,
        description: row.try_get_by_index(3)?,
        state: row.try_get_by_index(4)?,
        created_at: row.try_get_by_index(5)?,
        counted,
        proposed,
        decided,
    })
}

/// Locks a ticket until the transaction ends.
pub(super) async fn lock(tx: &Tx, id: TicketId) -> Result<()> {
    let sql = ["SELECT id FROM tickets WHERE id = $1", locked(tx)].concat();
    query(tx, &sql, [id.into()]).await?;
    Ok(())
}

/// A ticket; of this account, if one is given.
pub(super) async fn ticket(
    on: &impl ConnectionTrait,
    account: Option<AccountId>,
    id: TicketId,
) -> Result<Option<Ticket>> {
    let mut sql = Sql::new(TICKET);
    sql.value("t.id = ", id);
    if let Some(account) = account {
        sql.value(" AND t.account_id = ", account);
    }
    let rows = query(on, &sql.text, sql.values).await?;
    rows.first().map(read).transpose()
}

/// The tickets that match `search` at `now`, with numbers above `after`, lowest first, at most
/// `limit`.
pub(super) async fn list(
    on: &impl ConnectionTrait,
    now: Time,
    search: Search,
    after: TicketId,
    limit: usize,
) -> Result<Vec<Ticket>> {
    let mut sql = Sql::new(TICKET);
    sql.value("t.id > ", after);
    if let Some(account) = search.account {
        sql.value(" AND t.account_id = ", account);
    }
    if let Some(order) = search.order {
        sql.value(" AND t.order_id = ", order);
    }
    if let Some(state) = search.state {
        sql.value(" AND t.state = ", state);
    }
    for (is_so, ms) in [search.due, search.overdue].into_iter().zip(REVIEW_MS) {
        let filed = now.plus_ms(-ms);
        match is_so {
            Some(true) => sql.value(" AND t.state <> 'closed' AND t.created_at_ms <= ", filed),
            Some(false) => {
                sql.value(" AND (t.state = 'closed' OR t.created_at_ms > ", filed);
                sql.text(")");
            }
            None => {}
        }
    }
    sql.within("t.created_at_ms", search.created);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    sql.value(" ORDER BY t.id LIMIT ", limit);
    let rows = query(on, &sql.text, sql.values).await?;
    rows.iter().map(read).collect()
}

/// The ticket of an order that is not decided, if there is one.
pub(super) async fn undecided(
    on: &impl ConnectionTrait,
    order: OrderId,
) -> Result<Option<TicketId>> {
    let sql = "SELECT id FROM tickets WHERE order_id = $1 AND state <> 'closed'";
    let rows = query(on, sql, [order.into()]).await?;
    Ok(rows
        .first()
        .map(|row| row.try_get_by_index(0))
        .transpose()?)
}

/// The ticket by which an order was refunded, if there is one.
pub(super) async fn refunded(
    on: &impl ConnectionTrait,
    order: OrderId,
) -> Result<Option<TicketId>> {
    let sql = "SELECT id FROM tickets WHERE order_id = $1 AND refund_id IS NOT NULL";
    let rows = query(on, sql, [order.into()]).await?;
    Ok(rows
        .first()
        .map(|row| row.try_get_by_index(0))
        .transpose()?)
}

async fn count(on: &impl ConnectionTrait, sql: &str, of: i64) -> Result<i64> {
    let rows = query(on, sql, [of.into()]).await?;
    let none = || Failure::Stored("a count without a row".to_owned());
    Ok(rows.first().ok_or_else(none)?.try_get_by_index(0)?)
}

/// How many tickets of an account are not decided.
pub(super) async fn undecided_of(on: &impl ConnectionTrait, account: AccountId) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM tickets WHERE account_id = $1 AND state <> 'closed'";
    count(on, sql, account.0).await
}

/// Opens a ticket. The order is locked.
pub(super) async fn insert(
    tx: &Tx,
    now: Time,
    account: AccountId,
    order: OrderId,
    description: &str,
) -> Result<TicketId> {
    let sql = "INSERT INTO tickets (order_id, account_id, description, state, created_at_ms) \
               VALUES ($1, $2, $3, $4, $5) RETURNING id";
    let values = [
        order.into(),
        account.into(),
        description.into(),
        TicketState::Open.into(),
        now.into(),
    ];
    let rows = query(tx, sql, values).await?;
    let none = || Failure::Stored("a ticket was written without a number".to_owned());
    Ok(rows.first().ok_or_else(none)?.try_get_by_index(0)?)
}

/// The messages of a ticket, oldest first.
pub(super) async fn messages(on: &impl ConnectionTrait, id: TicketId) -> Result<Vec<Message>> {
    let sql = "SELECT author, by_staff, message, created_at_ms FROM ticket_messages \
               WHERE ticket_id = $1 ORDER BY id";
    let read = |row: &QueryResult| -> Result<Message> {
        Ok(Message {
            author: row.try_get_by_index(0)?,
            by_staff: row.try_get_by_index(1)?,
            text: row.try_get_by_index(2)?,
            created_at: row.try_get_by_index(3)?,
        })
    };
    query(on, sql, [id.into()])
        .await?
        .iter()
        .map(read)
        .collect()
}

/// How many messages a ticket has.
pub(super) async fn count_messages(on: &impl ConnectionTrait, id: TicketId) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM ticket_messages WHERE ticket_id = $1";
    count(on, sql, id.0).await
}

/// Adds a message to a ticket, which is locked, and says where it stands after that.
pub(super) async fn write(tx: &Tx, id: TicketId, message: &Message) -> Result<()> {
    let sql = "INSERT INTO ticket_messages (ticket_id, author, by_staff, message, created_at_ms) \
               VALUES ($1, $2, $3, $4, $5)";
    let values = [
        id.into(),
        message.author.as_str().into(),
        message.by_staff.into(),
        message.text.as_str().into(),
        message.created_at.into(),
    ];
    execute(tx, sql, values).await?;
    let state = match message.by_staff {
        true => TicketState::Answered,
        false => TicketState::Open,
    };
    let sql = "UPDATE tickets SET state = $1 WHERE id = $2";
    execute(tx, sql, [state.into(), id.into()]).await?;
    Ok(())
}

/// Keeps what a reviewer counted. The ticket is locked.
pub(super) async fn write_counts(
    tx: &Tx,
    now: Time,
    id: TicketId,
    counts: Counts,
    by: &str,
) -> Result<()> {
    let sql = "UPDATE tickets SET start_count = $1, current_count = $2, counted_by = $3, \
               counted_at_ms = $4 WHERE id = $5";
    let values = [
        counts.start.into(),
        counts.current.into(),
        by.into(),
        now.into(),
        id.into(),
    ];
    execute(tx, sql, values).await?;
    Ok(())
}

/// Keeps what is proposed. The ticket is locked.
pub(super) async fn propose(
    tx: &Tx,
    now: Time,
    id: TicketId,
    amount: Money,
    by: &str,
    reason: &str,
) -> Result<()> {
    let sql = "UPDATE tickets SET proposed_nano = $1, proposed_by = $2, proposal = $3, \
               proposed_at_ms = $4 WHERE id = $5";
    let values = [
        amount.into(),
        by.into(),
        reason.into(),
        now.into(),
        id.into(),
    ];
    execute(tx, sql, values).await?;
    Ok(())
}

/// How a ticket ends.
pub(super) struct End<'a> {
    pub(super) outcome: TicketOutcome,
    pub(super) by: String,
    pub(super) reason: &'a str,
    pub(super) refund: Option<RefundId>,
    pub(super) refill: Option<RefillId>,
}

/// Ends a ticket. It and its order are locked.
pub(super) async fn end(tx: &Tx, now: Time, id: TicketId, end: End<'_>) -> Result<()> {
    let sql = "UPDATE tickets SET state = $1, outcome = $2, decided_by = $3, decision = $4, \
               decided_at_ms = $5, refund_id = $6, refill_id = $7 WHERE id = $8";
    let values = [
        TicketState::Closed.into(),
        end.outcome.into(),
        end.by.into(),
        end.reason.into(),
        now.into(),
        end.refund.into(),
        end.refill.into(),
        id.into(),
    ];
    execute(tx, sql, values).await?;
    Ok(())
}

/// The numbers of the screenshots of a ticket.
pub(super) async fn screenshots(on: &impl ConnectionTrait, id: TicketId) -> Result<Vec<i64>> {
    let sql = "SELECT number FROM ticket_screenshots WHERE ticket_id = $1 ORDER BY number";
    let rows = query(on, sql, [id.into()]).await?;
    let read = |row: &QueryResult| Ok(row.try_get_by_index(0)?);
    rows.iter().map(read).collect()
}

/// How many screenshots a ticket has.
pub(super) async fn count_screenshots(on: &impl ConnectionTrait, id: TicketId) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM ticket_screenshots WHERE ticket_id = $1";
    count(on, sql, id.0).await
}

/// Keeps a screenshot of a ticket, which is locked.
pub(super) async fn insert_screenshot(
    tx: &Tx,
    now: Time,
    id: TicketId,
    number: i64,
    picture: Vec<u8>,
) -> Result<()> {
    let sql = "INSERT INTO ticket_screenshots (ticket_id, number, picture, created_at_ms) \
               VALUES ($1, $2, $3, $4)";
    execute(
        tx,
        sql,
        [id.into(), number.into(), picture.into(), now.into()],
    )
    .await?;
    Ok(())
}

/// A screenshot of a ticket.
pub(super) async fn screenshot(
    on: &impl ConnectionTrait,
    id: TicketId,
    number: i64,
) -> Result<Option<Vec<u8>>> {
    let sql = "SELECT picture FROM ticket_screenshots WHERE ticket_id = $1 AND number = $2";
    let rows = query(on, sql, [id.into(), number.into()]).await?;
    Ok(rows
        .first()
        .map(|row| row.try_get_by_index(0))
        .transpose()?)
}
