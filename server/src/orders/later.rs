//! Refunds that a person decides after the order has ended: one place for every reason. What
//! `/api/v2` shows of an ended order never changes by them; the typed API's `refunded` does.

use std::collections::HashMap;

use super::rules::{self, RefundReason};
use super::store::{self, later as rows};
use crate::clock::Time;
use crate::db::Tx;
use crate::entity::order;
use crate::error::{Refusal, Result};
use crate::ids::{AccountId, OrderId, RefundId};
use crate::money::Money;
use crate::{accounts, wallet};

/// What an order was charged, and what has become of it: what a decision about money needs.
#[derive(Debug, Clone)]
pub(crate) struct Charged {
    /// Whose it is.
    pub(crate) account: AccountId,
    /// When it was charged: the moment at which it was placed.
    pub(crate) charged_at: Time,
    /// What.
    pub(crate) charge: Money,
    /// What came back of it.
    pub(crate) refunded: Money,
    /// Whether it overlaps another order of its account.
    pub(crate) overlapping: bool,
    /// Whether it has ended.
    pub(crate) is_ended: bool,
    order: order::Model,
}

impl Charged {
    /// What of the charge can still come back.
    pub(crate) fn left(&self) -> Money {
        rules::left(self.charge, self.refunded)
    }
}

/// The order `id`, locked until the transaction ends.
pub(crate) async fn charged_in_tx(tx: &Tx, id: OrderId) -> Result<Option<Charged>> {
    let order = store::lock_orders(tx, [id]).await?.into_iter().next();
    let Some(order) = order else { return Ok(None) };
    Ok(Some(Charged {
        account: order.account_id,
        charged_at: order.created_at_ms,
        charge: order.charge_nano,
        refunded: order.refunded_nano,
        overlapping: store::overlapping(tx, &[id]).await?.contains(&id),
        is_ended: order.status.is_terminal(),
        order,
    }))
}

/// Refunds `amount`, above zero, of an order for `reason`, because a person decided so; gives the
/// refund's number. An order has one refund for each reason.
///
/// "Money is posted only on a terminal order, by a conditional update", so that a ticket and a dispute
/// never exceed the charge together. Refused ([`Refusal::Conflict`]): the order has not ended, its
/// account is suspended, or the charge does not cover it.
pub(crate) async fn refund_in_tx(
    tx: &Tx,
    now: Time,
    charged: &Charged,
    reason: RefundReason,
    amount: Money,
) -> Result<RefundId> {
    if !charged.is_ended {
        let why = format!(
            "order {} has not ended: it may still be refunded by itself, decide when it has",
            charged.order.id
        );
        return Err(Refusal::Conflict { why }.into());
    }
    pay_in_tx(tx, now, &charged.order, reason, amount, amount).await
}

/// Pays `amount` of `order`, which is locked and has ended; `formula` is what its reason gives.
pub(super) async fn pay_in_tx(
    tx: &Tx,
    now: Time,
    order: &order::Model,
    reason: RefundReason,
    formula: Money,
    amount: Money,
) -> Result<RefundId> {
    let (account, id) = (order.account_id, order.id);
    wallet::begin_refund_in_tx(tx, account).await?;
    // Read under the wallet's lock, as placing does.
    let buyers: HashMap<AccountId, _> = accounts::buyers_in_tx(tx, &[account]).await?;
    if buyers.get(&account).is_some_and(|buyer| buyer.is_suspended) {
        let why = format!(
            "account {account} is suspended, and what is paid to it is forfeited: decide after it \
             is reinstated"
        );
        return Err(Refusal::Conflict { why }.into());
    }
    if !rows::raise_refunded(tx, id, amount).await? {
        let why = format!("{amount} USD more than was refunded exceeds the order's charge");
        return Err(Refusal::Conflict { why }.into());
    }
    let refund = rows::reserve_refund(tx).await?;
    let transaction = wallet::refund_in_tx(tx, now, account, refund, amount).await?;
    let decided = rows::Decided {
        id: refund,
        reason,
        formula,
        amount,
        transaction,
    };
    rows::insert_refund(tx, now, order, decided).await?;
    Ok(refund)
}
