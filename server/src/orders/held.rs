//! Orders of accounts that are held because of a case of abuse: taken and charged, and not sent until a
//! person has decided.
//!
//! Held is a run, not an order: its first run waits, and so everything after it. Its customer sees it
//! as pending, and may cancel it like any order that was not sent, for a full refund. It waits as long
//! as it takes: no time limit of the queue counts. An order without runs is delivered by a person in
//! any case, who decides by looking at the account.

use std::ops::RangeInclusive;

use sea_orm::ConnectionTrait;

use super::cancel::cancel_in_tx;
use super::settle::Ended;
use super::store::held as store;
use super::told::{Cause, CausedBy};
use crate::clock::Time;
use crate::db::Tx;
use crate::error::Result;
use crate::ids::{AccountId, OrderId};
use crate::money::Money;
use crate::panel::Panel;
use crate::protocol::MAX_IDS;

/// What waits of an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held {
    /// How many orders.
    pub orders: i64,
    /// What they were charged, together.
    pub value: Money,
}

/// What waits of `account` for a person's review.
pub(crate) async fn held_of(on: &impl ConnectionTrait, account: AccountId) -> Result<Held> {
    store::of_account(on, account).await
}

/// Queues the held runs of accounts that are not held any more, as of now. Gives how many there were.
pub(crate) async fn release_held(panel: &Panel) -> Result<usize> {
    let mut released = 0;
    while store::is_any_free(panel.db.read()).await? {
        let tx = panel.db.begin().await?;
        let piece = store::release(&tx, panel.now()).await?;
        tx.commit().await?;
        released += piece;
        // Those that are left are another server's at this moment.
        if piece == 0 {
            break;
        }
    }
    Ok(released)
}

/// Orders that were canceled together.
pub(crate) struct CanceledPiece {
    /// The last that was looked at.
    pub(crate) last: OrderId,
    /// Those whose end was asked for now.
    pub(crate) canceled: Vec<OrderId>,
    ended: Ended,
}

impl CanceledPiece {
    /// To be called once it is committed.
    pub(crate) fn tell(self, panel: &Panel) {
        self.ended.tell(panel);
    }
}

/// The newest order of `account`, whichever waits.
pub(crate) async fn newest_in_tx(tx: &Tx, account: AccountId) -> Result<OrderId> {
    store::last(tx, account).await
}

/// Cancels up to 100 orders of `account` that wait, above the first number and up to the last, lowest
/// first, with their whole charge back; an operator decided so, by this `evidence`. `None` when there
/// are no more.
pub(crate) async fn cancel_held_in_tx(
    tx: &Tx,
    now: Time,
    account: AccountId,
    numbers: RangeInclusive<OrderId>,
    evidence: String,
) -> Result<Option<CanceledPiece>> {
    let ids = store::held_orders(tx, account, numbers, MAX_IDS).await?;
    let Some(&last) = ids.last() else {
        return Ok(None);
    };
    let by = CausedBy::new(Cause::DecidedByOperator, evidence);
    let done = cancel_in_tx(tx, now, Some(account), &ids, &by).await?;
    Ok(Some(CanceledPiece {
        last,
        canceled: done.asked.into_iter().map(|(id, _)| id).collect(),
        ended: done.ended,
    }))
}
