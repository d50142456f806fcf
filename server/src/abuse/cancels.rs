//! What follows from a confirmed case: the orders of its account that waited are canceled with their whole
//! charge back, piece by piece, and then the hold ends unless it is to stay.
//!
//! The decision comes first, and says in its own transaction what is to follow. Until all of it is done
//! the hold stands, so that nothing of it is sent. Whoever dies on the way: the next server goes on, or
//! whoever confirms the case again. The audit log has each order, with who confirmed.

use serde_json::json;

use super::cases::{self, Case};
use super::findings::Action;
use super::store;
use crate::actor::Actor;
use crate::alerts::{Alert, AlertKind, raise_once};
use crate::audit::{self, Deed, Entry};
use crate::db::Tx;
use crate::error::Result;
use crate::ids::{CaseId, OrderId};
use crate::orders;
use crate::panel::Panel;

/// What is still to be done for a confirmed case.
#[derive(Debug, Clone, Copy)]
pub(super) struct Due {
    /// Whose orders are canceled.
    pub(super) account: crate::ids::AccountId,
    /// The newest of them.
    pub(super) through: OrderId,
    /// Whether new orders go on waiting.
    pub(super) keeps_hold: bool,
}

/// Has the orders canceled that wait of the account of a case, which is locked and was decided by this
/// transaction. Gives how many wait.
pub(super) async fn order_in_tx(tx: &Tx, case: &Case, keeps_hold: bool) -> Result<i64> {
    let Some(account) = case.account else {
        return Ok(0);
    };
    let through = orders::newest_in_tx(tx, account).await?;
    let due = Due {
        account,
        through,
        keeps_hold,
    };
    store::cancels::insert(tx, case.id, &due).await?;
    Ok(orders::held_of(tx, account).await?.orders)
}

/// Does what is still to be done for any confirmed case.
pub(super) async fn finish_all(panel: &Panel) -> Result<()> {
    let mut failing = Vec::new();
    for case in store::cancels::all_due(panel.db.read()).await? {
        // One that fails keeps no other from being done.
        if let Err(fault) = finish(panel, case, None).await {
            tracing::error!(case = case.0, error = %fault, "orders were not canceled");
            let message = format!(
                "the orders that wait of the confirmed case {case} are not canceled: the log says why; \
                 it is tried again and again"
            );
            failing.push(Alert::new(
                AlertKind::OrdersNotStopped,
                format!("case {case}"),
                message,
            ));
        }
    }
    raise_once(&panel.db, panel.now(), failing).await?;
    Ok(())
}

/// Does what is still to be done for a case; nothing if all is. `actor` is who asks for it now, and may
/// be who confirmed.
pub(super) async fn finish(panel: &Panel, id: CaseId, actor: Option<&Actor>) -> Result<()> {
    let mut after = OrderId(0);
    while let Some(last) = piece(panel, id, after, actor).await? {
        after = last;
    }
    Ok(())
}

/// Cancels the next orders; gives the last of them. After the last piece the hold ends.
async fn piece(
    panel: &Panel,
    id: CaseId,
    after: OrderId,
    actor: Option<&Actor>,
) -> Result<Option<OrderId>> {
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let case = cases::locked(&tx, id).await?;
    let (Some(due), Some(decided)) = (store::cancels::due(&tx, id).await?, &case.decided) else {
        return Ok(None);
    };
    let by = &decided.by;
    let evidence = format!("canceled by {by}, who confirmed case {id}");
    let numbers = after..=due.through;
    let piece = orders::cancel_held_in_tx(&tx, now, due.account, numbers, evidence).await?;
    let Some(piece) = piece else {
        if !due.keeps_hold {
            cases::undo(panel, &tx, &case, &[Action::Hold]).await?;
        }
        store::cancels::done(&tx, now, id).await?;
        tx.commit().await?;
        return Ok(None);
    };
    // Whoever asks may be another than who confirmed: then it is not known from where that was.
    let asks = actor.filter(|actor| actor.to_string() == *by).cloned();
    let confirmed = asks.or_else(|| Actor::named(by)).unwrap_or(Actor::panel());
    for order in &piece.canceled {
        let entry = Entry::new(Deed::OrderCanceled, format!("order:{order}"))
            .because(&decided.reason)
            .became(json!({"case_id": id.0, "confirmed_by": by}));
        audit::record_in_tx(&tx, &panel.secrets, now, &confirmed, entry).await?;
    }
    fail::fail_point!("C20");
    tx.commit().await?;
    let last = piece.last;
    piece.tell(panel);
    Ok(Some(last))
}
