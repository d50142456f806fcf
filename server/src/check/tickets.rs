//! Tickets: each names what its outcome gave, and nothing else.

use sea_orm::{DbErr, QueryResult};

use super::rows::{Cursor, Inspector, Row};
use super::{CAUSE, REFUND_OF_OUTCOME};

/// A row of `tickets` with the refund and the refill that it names, and its order's account.
struct Ticket {
    id: i64,
    order: i64,
    account: i64,
    owner: i64,
    state: String,
    outcome: Option<String>,
    refund: Option<i64>,
    refund_order: Option<i64>,
    refund_reason: Option<String>,
    refunded_nano: Option<i128>,
    refill: Option<i64>,
    refill_order: Option<i64>,
}

impl Row for Ticket {
    const TABLE: &'static str = "tickets";
    const SELECT: &'static str = "SELECT t.id, t.order_id, t.account_id, o.account_id, t.state, \
         t.outcome, t.refund_id, r.order_id, r.reason, r.amount_nano, t.refill_id, f.order_id \
         FROM tickets t JOIN orders o ON o.id = t.order_id \
         LEFT JOIN refunds r ON r.id = t.refund_id LEFT JOIN refills f ON f.id = t.refill_id";
    const KEY: &'static [&'static str] = &["t.id"];

    fn read(row: &QueryResult) -> Result<Ticket, DbErr> {
        Ok(Ticket {
            id: row.try_get_by_index(0)?,
            order: row.try_get_by_index(1)?,
            account: row.try_get_by_index(2)?,
            owner: row.try_get_by_index(3)?,
            state: row.try_get_by_index(4)?,
            outcome: row.try_get_by_index(5)?,
            refund: row.try_get_by_index(6)?,
            refund_order: row.try_get_by_index(7)?,
            refund_reason: row.try_get_by_index(8)?,
            refunded_nano: row.try_get_by_index::<Option<i64>>(9)?.map(i128::from),
            refill: row.try_get_by_index(10)?,
            refill_order: row.try_get_by_index(11)?,
        })
    }

    fn key(&self) -> [i64; 2] {
        [self.id, 0]
    }
}

impl Ticket {
    /// Whether it names the refund that its outcome gave, and none otherwise.
    fn has_its_refund(&self) -> bool {
        let refund = (
            self.refund,
            self.refund_order,
            self.refund_reason.as_deref(),
            self.refunded_nano,
        );
        match (self.outcome.as_deref(), refund) {
            (Some("refund"), (Some(_), Some(of), Some("ticket"), Some(nano))) => {
                of == self.order && nano > 0
            }
            (Some("refund"), _) => false,
            (_, (refund, ..)) => refund.is_none(),
        }
    }

    /// Whether it names the refill that its outcome gave, and none otherwise.
    fn has_its_refill(&self) -> bool {
        match (self.outcome.as_deref(), self.refill, self.refill_order) {
            (Some("refill"), Some(_), Some(of)) => of == self.order,
            (Some("refill"), ..) => false,
            (_, refill, _) => refill.is_none(),
        }
    }
}

/// Checks every ticket against what it names. That each refund of a ticket is named by one is checked
/// with the refunds.
pub(super) async fn inspect(inspector: &mut Inspector<'_>) -> Result<(), DbErr> {
    let mut rows = Cursor::<Ticket>::new();
    loop {
        let page = rows.page(inspector).await?;
        if page.is_empty() {
            return Ok(());
        }
        let report = &mut inspector.report;
        for ticket in page {
            let Ticket {
                id,
                order,
                account,
                owner,
                state,
                outcome,
                ..
            } = &ticket;
            let row = format_args!("ticket {id}");
            if account != owner {
                let what = format_args!("of account {account}; order {order} is account {owner}'s");
                report.add(CAUSE, row, what);
            }
            if (state == "closed") != outcome.is_some() {
                let what = format_args!("it is {state}, its outcome {outcome:?}");
                report.add(CAUSE, row, what);
            }
            if !ticket.has_its_refund() {
                let what = format_args!(
                    "its outcome is {outcome:?}, its refund {:?} ({:?} of order {:?}, {:?} nano-USD)",
                    ticket.refund, ticket.refund_reason, ticket.refund_order, ticket.refunded_nano
                );
                report.add(REFUND_OF_OUTCOME, row, what);
            }
            if !ticket.has_its_refill() {
                let what = format_args!(
                    "its outcome is {outcome:?}, its refill {:?} of order {:?}",
                    ticket.refill, ticket.refill_order
                );
                report.add(CAUSE, row, what);
            }
        }
    }
}
