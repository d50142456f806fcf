//! The statements that end orders: terminal states and refunds.

use sea_orm::ActiveValue::Set;

use crate::clock::Time;
use crate::db::{Rows, Tx, execute, insert_all, reserve_ids};
use crate::entity::{order, refund};
use crate::error::{Failure, Result};
use crate::ids::RefundId;
use crate::orders::rules::Settlement;
use crate::wallet::Released;

/// An order with how it ends.
pub(in crate::orders) struct Ending {
    pub(in crate::orders) order: order::Model,
    pub(in crate::orders) settlement: Settlement,
    pub(in crate::orders) start_count: Option<i64>,
    pub(in crate::orders) ended_at: Time,
}

/// Writes terminal states, each once: an order that has one already is a fault.
pub(in crate::orders) async fn write_settlements(tx: &Tx, endings: &[Ending]) -> Result<()> {
    let rows = Rows::table(
        tx,
        0,
        endings.iter().map(|ending| {
            let settled = ending.settlement;
            [
                ending.order.id.into(),
                settled.status.into(),
                settled.remains.into(),
                settled.refund.into(),
                (settled.formula != settled.refund).into(),
                ending.start_count.into(),
                ending.ended_at.into(),
            ]
        }),
    );
    let sql = [
        "UPDATE orders SET status = v.column2, remains = v.column3, held_nano = 0, \
         refunded_nano = refunded_nano + v.column4, settled_refund_nano = v.column4, \
         withheld = v.column5, settled_at_ms = v.column7, \
         start_count = COALESCE(v.column6, start_count) FROM ",
        &rows.text,
        " WHERE orders.id = v.column1 AND orders.settled_at_ms IS NULL",
    ]
    .concat();
    let changed = execute(tx, &sql, rows.values).await?;
    if u64::try_from(endings.len()).is_ok_and(|expected| expected == changed) {
        Ok(())
    } else {
        let expected = endings.len();
        Err(Failure::Stored(format!("{changed} of {expected} orders could be settled")).into())
    }
}

/// Writes the refund rows of `endings`; `released` says how their holds were
/// emptied, in the same order.
pub(in crate::orders) async fn insert_refunds(
    tx: &Tx,
    now: Time,
    endings: &[Ending],
    released: &[Released],
) -> Result<()> {
    let refunded = endings.iter().zip(released);
    let refunded: Vec<_> = refunded
        .filter(|(ending, _)| ending.settlement.reason.is_some())
        .collect();
    if refunded.is_empty() {
        return Ok(());
    }
    // Numbered in commit order: the feed of refunds goes by these numbers.
    let first = reserve_ids(tx, "refunds", refunded.len()).await?;
    let rows: Vec<_> = (first..)
        .map(RefundId)
        .zip(refunded)
        .filter_map(|(id, (ending, released))| {
            let settled = ending.settlement;
            Some(refund::ActiveModel {
                id: Set(id),
                order_id: Set(ending.order.id),
                account_id: Set(ending.order.account_id),
                reason: Set(settled.reason?),
                charge_nano: Set(ending.order.charge_nano),
                remains: Set(settled.remains),
                quantity: Set(ending.order.quantity),
                formula_nano: Set(settled.formula),
                amount_nano: Set(settled.refund),
                destination: Set(released.destination),
                ledger_transaction_id: Set(settled
                    .refund
                    .is_positive()
                    .then_some(released.transaction)),
                created_at_ms: Set(now),
            })
        })
        .collect();
    insert_all(tx, rows).await?;
    Ok(())
}
