//! Orders of another panel, under the numbers that they have there: they are kept to be read. Nothing is
//! sent, asked, canceled, refilled or refunded for them, and no money is held for them.

use std::collections::HashMap;

use super::read::{Event, Filter, Order, OrderStory, Place};
use super::rules::{OrderStatus, Shown};
use super::store::imported as store;
use super::told::Cause;
use super::view::OrderView;
use crate::clock::Time;
use crate::db::{Db, PIECE, Tx, WIDE_PIECE};
use crate::error::{Refusal, Result};
use crate::ids::{AccountId, OrderId, ServiceId};
use crate::money::Money;
use crate::protocol::ServiceType;

/// An order as a file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FormerOrder {
    /// Its number, there and here.
    pub(crate) id: OrderId,
    /// Whose it is.
    pub(crate) account: AccountId,
    /// What was ordered.
    pub(crate) service: ServiceId,
    /// The type of that service.
    pub(crate) service_type: ServiceType,
    /// Where to deliver.
    pub(crate) link: String,
    /// How much.
    pub(crate) quantity: i64,
    /// What was charged.
    pub(crate) charge: Money,
    /// What was counted before.
    pub(crate) start_count: Option<i64>,
    /// What is undelivered.
    pub(crate) remains: i64,
    /// What has become of it.
    pub(crate) status: OrderStatus,
    /// When it was placed.
    pub(crate) created_at: Time,
}

/// What is known here of numbers of orders.
pub(crate) enum Known {
    /// An order was placed here under it.
    Placed,
    /// It was imported.
    Imported(Box<FormerOrder>),
}

/// Keeps everybody else from taking numbers of orders until the transaction ends.
pub(crate) async fn lock_numbers_in_tx(tx: &Tx) -> Result<()> {
    Ok(crate::db::last_id(tx, "orders").await.map(drop)?)
}

/// What is known of these numbers.
pub(crate) async fn known(tx: &Tx, ids: &[OrderId]) -> Result<HashMap<OrderId, Known>> {
    let mut known = HashMap::new();
    for piece in ids.chunks(PIECE) {
        for id in store::placed(tx, piece).await? {
            known.insert(id, Known::Placed);
        }
        for order in store::imported(tx, piece).await? {
            known.insert(order.id, Known::Imported(Box::new(order)));
        }
    }
    Ok(known)
}

/// Writes new orders, and what became of open ones. Orders that are placed later have higher numbers.
pub(crate) async fn write_in_tx(
    tx: &Tx,
    new: &[FormerOrder],
    changed: &[FormerOrder],
) -> Result<()> {
    for piece in new.chunks(WIDE_PIECE) {
        store::insert(tx, piece).await?;
    }
    for piece in changed.chunks(WIDE_PIECE) {
        store::update(tx, piece).await?;
    }
    match new.iter().map(|order| order.id).max() {
        Some(highest) => store::continue_numbers(tx, highest).await,
        None => Ok(()),
    }
}

/// Those of `ids` that are imported orders of `account`, as the panel protocol shows them.
pub(super) async fn view(
    db: &Db,
    account: AccountId,
    ids: &[i64],
) -> Result<Vec<(i64, OrderView)>> {
    let ids: Vec<OrderId> = ids.iter().copied().map(OrderId).collect();
    let mut found = Vec::new();
    for piece in ids.chunks(PIECE) {
        let orders = store::of_account(db.read(), account, piece).await?;
        found.extend(orders.iter().map(|order| (order.id.0, shown(order))));
    }
    Ok(found)
}

fn shown(order: &FormerOrder) -> OrderView {
    OrderView {
        status: order.status,
        shown: Shown {
            charge: order.charge,
            remains: order.remains,
        },
        start_count: order.start_count,
    }
}

/// Tells those of `answers` that are about imported orders from those that are about nobody's; `instead`
/// says what asking about one is answered.
pub(crate) async fn answered<T>(
    tx: &Tx,
    account: AccountId,
    ids: &[OrderId],
    answers: &mut [std::result::Result<T, Refusal>],
    instead: impl Fn(OrderStatus) -> Refusal,
) -> Result<()> {
    let is_unknown =
        |answer: &std::result::Result<T, Refusal>| matches!(answer, Err(Refusal::OrderUnknown));
    if !answers.iter().any(is_unknown) {
        return Ok(());
    }
    let mut orders = HashMap::new();
    for piece in ids.chunks(PIECE) {
        for order in store::of_account(tx, account, piece).await? {
            orders.insert(order.id, order.status);
        }
    }
    for (id, answer) in ids.iter().zip(answers) {
        if let Some(status) = orders.get(id)
            && is_unknown(answer)
        {
            *answer = Err(instead(*status));
        }
    }
    Ok(())
}

/// The imported order `id` of `account` with all that is known of it.
pub(super) async fn story(tx: &Tx, account: AccountId, id: OrderId) -> Result<Option<OrderStory>> {
    let found = store::of_account(tx, account, &[id]).await?;
    Ok(found.into_iter().next().map(|order| {
        let (status, at) = (order.status, order.created_at);
        OrderStory {
            order: order.into(),
            timeline: vec![Event {
                status,
                cause: Cause::Imported,
                at,
            }],
            overlaps: Vec::new(),
            awaiting_provider_since: None,
            cancel_now: Err(Refusal::NotCancelable { status }),
        }
    }))
}

/// The imported orders of `account` that match `filter`, newest first, from behind `after`, at most
/// `limit`.
pub(super) async fn list(
    tx: &Tx,
    account: AccountId,
    filter: &Filter,
    after: Option<Place>,
    limit: usize,
) -> Result<Vec<Order>> {
    // They have none.
    if filter.reference.is_some() {
        return Ok(Vec::new());
    }
    let found = store::list(tx, account, filter, after, limit).await?;
    Ok(found.into_iter().map(Order::from).collect())
}

/// The imported order `id`, whoever's it is.
pub async fn read(db: &Db, id: OrderId) -> Result<Option<(AccountId, Order)>> {
    let found = store::one(db.read(), id).await?;
    Ok(found.map(|order| (order.account, order.into())))
}

impl From<FormerOrder> for Order {
    fn from(order: FormerOrder) -> Order {
        Order {
            id: order.id,
            reference: None,
            service: order.service,
            service_type: order.service_type,
            link: order.link,
            status: order.status,
            total_quantity: order.quantity,
            runs: 1,
            interval_minutes: 0,
            charge: order.charge,
            refunded: Money::ZERO,
            start_count: order.start_count,
            remains: order.remains,
            is_overlapping: false,
            is_withheld: false,
            cancel_requested_at: None,
            created_at: order.created_at,
            started_at: None,
            settled_at: None,
            refill: false,
            refill_days: None,
            cancel: false,
            is_imported: true,
        }
    }
}
