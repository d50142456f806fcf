//! What operators write of orders by hand: the progress and the end of those that no provider
//! delivers, and the count before delivery began.

use serde_json::{Value, json};

use super::rules::OrderStatus;
use super::settle::{Ended, advance_by_hand_in_tx, whole};
use super::standing::{ByHand, Standing, by_hand};
use super::store;
use super::told::{Cause, CausedBy};
use crate::accounts;
use crate::actor::Actor;
use crate::audit::{self, Deed, Entry};
use crate::clock::Time;
use crate::db::Tx;
use crate::entity::order;
use crate::error::{Refusal, Result};
use crate::ids::OrderId;
use crate::panel::Panel;
use crate::wording;

/// Records how far the delivery of a manual order is, or how it ended; an end is settled and
/// refunded by the same rules as a provider's. Refused: [`Refusal::OrderUnknown`];
/// [`Refusal::Conflict`] for an order that was given to a provider, or has ended, or that would be
/// begun for a suspended account; [`Refusal::FieldInvalid`].
pub async fn progress(
    panel: &Panel,
    actor: &Actor,
    id: OrderId,
    said: ByHand,
    start_count: Option<i64>,
    reason: Option<&str>,
) -> Result<()> {
    let reason = reason.map(wording::reason).transpose()?;
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let order = store::lock_orders(&tx, [id]).await?.into_iter().next();
    let order = order.ok_or(Refusal::OrderUnknown)?;
    if !store::runs::lock_of_orders(&tx, [id]).await?.is_empty() {
        let why = "the order is delivered by a provider: what became of it is decided by its \
                   dispatch"
            .to_owned();
        return Err(Refusal::Conflict { why }.into());
    }
    let mut entry = Entry::new(Deed::OrderChanged, format!("order:{id}")).was(told(&order));
    if let Some(reason) = reason {
        entry = entry.because(reason);
    }
    let (ended, became) = by_hand_in_tx(&tx, now, actor, order, said, start_count).await?;
    let entry = entry.became(became);
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    ended.tell(panel);
    Ok(())
}

/// Writes what `actor` says of an order without runs, which is locked; gives what the audit log is to
/// keep of it.
pub(super) async fn by_hand_in_tx(
    tx: &Tx,
    now: Time,
    actor: &Actor,
    order: order::Model,
    said: ByHand,
    start_count: Option<i64>,
) -> Result<(Ended, Value)> {
    let account = order.account_id;
    let buyers = accounts::buyers_in_tx(tx, &[account]).await?;
    let suspended = buyers.get(&account).is_some_and(|buyer| buyer.is_suspended);
    if suspended && order.status == OrderStatus::Pending && said != ByHand::Canceled {
        let why = format!(
            "account {account} is suspended: an order of it that was not begun can only be canceled"
        );
        return Err(Refusal::Conflict { why }.into());
    }
    let standing = by_hand(whole(&order), said, start_count)?;
    let evidence = format!(
        "{actor} says {}, {} of {} undelivered",
        standing.status, standing.remains, order.quantity
    );
    let cause = CausedBy::new(Cause::DecidedByOperator, evidence);
    let became = stands(&order, standing);
    let ended = advance_by_hand_in_tx(tx, now, order, standing, cause).await?;
    Ok((ended, became))
}

/// Writes what was counted before the delivery of an order began; a provider that counts itself has
/// the last word while it delivers. Refused: [`Refusal::OrderUnknown`], [`Refusal::FieldInvalid`].
pub async fn set_start_count(
    panel: &Panel,
    actor: &Actor,
    id: OrderId,
    start_count: i64,
) -> Result<()> {
    if start_count < 0 {
        return Err(Refusal::FieldInvalid {
            field: "start_count",
            expected: "zero or more",
        }
        .into());
    }
    let tx = panel.db.begin().await?;
    let order = store::lock_orders(&tx, [id]).await?.into_iter().next();
    let order = order.ok_or(Refusal::OrderUnknown)?;
    store::write_start_count(&tx, id, start_count).await?;
    let entry = Entry::new(Deed::OrderChanged, format!("order:{id}"))
        .was(json!({"start_count": order.start_count}))
        .became(json!({"start_count": start_count}));
    audit::record_in_tx(&tx, &panel.secrets, panel.now(), actor, entry).await?;
    tx.commit().await?;
    Ok(())
}

/// What is written by hand of an order, as the audit log keeps it.
pub(super) fn told(order: &order::Model) -> Value {
    json!({
        "status": order.status.word(),
        "remains": order.remains,
        "start_count": order.start_count,
    })
}

fn stands(order: &order::Model, standing: Standing) -> Value {
    json!({
        "status": standing.status.word(),
        "remains": standing.remains,
        "start_count": standing.start_count.or(order.start_count),
    })
}
