//! Lifting the mark of an order that shared its link with another one: "an operator can lift the
//! mark, with a reason in the audit log; if the order is settled already, the withheld amount is
//! then paid once".

use serde_json::json;

use super::later;
use super::rules::{self, RefundReason};
use super::store::{self, marks};
use crate::actor::Actor;
use crate::audit::{self, Deed, Entry};
use crate::clock::Time;
use crate::db::Tx;
use crate::entity::order;
use crate::error::{Refusal, Result};
use crate::ids::{OrderId, RefundId};
use crate::money::Money;
use crate::panel::Panel;
use crate::wording;

/// What lifting a mark paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifted {
    /// What went back to the wallet; nothing where nothing was withheld.
    pub paid: Money,
    /// The refund that says so.
    pub refund: Option<RefundId>,
}

/// Lifts the overlap marks of an order: its partial refund is not withheld when it ends, and it can
/// be refilled. If its refund was withheld already, it is paid now; what `/api/v2` shows of an ended
/// order never changes. Refused: [`Refusal::OrderUnknown`]; [`Refusal::Conflict`] if the order has
/// no mark (any more), or its account is suspended, which would forfeit what is paid;
/// [`Refusal::FieldInvalid`].
pub async fn lift_overlap(
    panel: &Panel,
    actor: &Actor,
    id: OrderId,
    reason: &str,
) -> Result<Lifted> {
    let reason = wording::reason(reason)?;
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let order = store::lock_orders(&tx, [id]).await?.into_iter().next();
    let order = order.ok_or(Refusal::OrderUnknown)?;
    let lifted = marks::lift(&tx, now, id).await?;
    if lifted.is_empty() {
        let why = "the order has no overlap mark, or it was lifted before".to_owned();
        return Err(Refusal::Conflict { why }.into());
    }
    let paid = match order.withheld {
        true => pay_in_tx(&tx, now, &order).await?,
        false => Lifted {
            paid: Money::ZERO,
            refund: None,
        },
    };
    let others: Vec<i64> = lifted.iter().map(|other| other.0).collect();
    let entry = Entry::new(Deed::OverlapLifted, format!("order:{id}"))
        .because(reason)
        .was(json!({"overlaps": others}))
        .became(json!({
            "overlaps": [],
            "paid": paid.paid.to_string(),
            "refund_id": paid.refund.map(|refund| refund.0),
        }));
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    Ok(paid)
}

/// Pays what was withheld of the refund of `order`, which is locked and has ended.
async fn pay_in_tx(tx: &Tx, now: Time, order: &order::Model) -> Result<Lifted> {
    let (charge, refunded) = (order.charge_nano, order.refunded_nano);
    let amount = rules::withheld(charge, refunded, order.remains, order.quantity)?;
    if !amount.is_positive() {
        return Ok(Lifted {
            paid: Money::ZERO,
            refund: None,
        });
    }
    let formula = charge.share_of(order.remains, order.quantity)?;
    let reason = RefundReason::OverlapLifted;
    let refund = later::pay_in_tx(tx, now, order, reason, formula, amount).await?;
    Ok(Lifted {
        paid: amount,
        refund: Some(refund),
    })
}
