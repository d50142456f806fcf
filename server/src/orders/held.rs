//! Orders of accounts that are held because of a case of abuse: taken and charged, and not sent until a
//! person has decided.
//!
//! Held is a run, not an order: its first run waits, and so everything after it. Its customer sees it
//! as pending, and may cancel it like any order that was not sent, for a full refund. It waits as long
//! as it takes: no time limit of the queue counts. An order without runs is delivered by a person in
//! any case, who decides by looking at the account.

use super::cancel::cancel_in_tx;
use super::store::held as store;
use super::told::{Cause, CausedBy};
use crate::actor::Actor;
use crate::db::Db;
use crate::error::Result;
use crate::ids::{AccountId, CaseId, OrderId};
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
pub(crate) async fn held_of(db: &Db, account: AccountId) -> Result<Held> {
    store::of_account(db.read(), account).await
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

/// Cancels what waits of `account` at this moment, with its whole charge back, because `actor` has
/// confirmed the case `case`. Gives how many orders that were. What was canceled before a failure stays
/// canceled.
pub(crate) async fn cancel_held(
    panel: &Panel,
    actor: &Actor,
    account: AccountId,
    case: CaseId,
) -> Result<usize> {
    let through = store::last(panel.db.read(), account).await?;
    let (mut after, mut canceled) = (OrderId(0), 0);
    loop {
        let tx = panel.db.begin().await?;
        let ids = store::held_orders(&tx, account, after..=through, MAX_IDS).await?;
        let Some(&last) = ids.last() else {
            return Ok(canceled);
        };
        let evidence = format!("canceled by {actor}, who confirmed case {case}");
        let by = CausedBy::new(Cause::DecidedByOperator, evidence);
        let done = cancel_in_tx(&tx, panel.now(), Some(account), &ids, &by).await?;
        tx.commit().await?;
        canceled += done.asked.len();
        done.ended.tell(panel);
        after = last;
    }
}
