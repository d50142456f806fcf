//! Reading orders and refunds for their customer, whole or in pages.

use sea_orm::ConnectionTrait;

use super::rules::{self, Cancel, Guarantee, OrderStatus, RefundReason};
use super::store::reads;
use super::told::{self, Cause, Eligibility};
use super::{draft, imported};
use crate::clock::Time;
use crate::db::Db;
use crate::error::{Refusal, Result};
use crate::ids::{AccountId, OrderId, RefundId, ServiceId, TransactionId};
use crate::money::Money;
use crate::protocol::ServiceType;
use crate::wallet::{self, Destination, StatementLine};

/// An order with everything its customer may know.
#[derive(Debug, Clone)]
pub struct Order {
    /// Its number.
    pub id: OrderId,
    /// The customer's own name for it.
    pub reference: Option<String>,
    /// What was ordered.
    pub service: ServiceId,
    /// The type of that service.
    pub service_type: ServiceType,
    /// Where to deliver.
    pub link: String,
    /// What has become of it.
    pub status: OrderStatus,
    /// All units, all runs together.
    pub total_quantity: i64,
    /// Number of runs; 1 unless it is a drip-feed.
    pub runs: i64,
    /// Minutes between the runs; 0 unless it is a drip-feed.
    pub interval_minutes: i64,
    /// What was charged when it was placed.
    pub charge: Money,
    /// What came back of that since.
    pub refunded: Money,
    /// The count before delivery began, where the provider said one.
    pub start_count: Option<i64>,
    /// Undelivered units, as far as is known.
    pub remains: i64,
    /// Whether another order of the account was active on its link at the same time.
    pub is_overlapping: bool,
    /// Whether its partial refund was withheld for that.
    pub is_withheld: bool,
    /// When its customer asked to cancel it.
    pub cancel_requested_at: Option<Time>,
    /// When it was placed.
    pub created_at: Time,
    /// When a provider first took it.
    pub started_at: Option<Time>,
    /// When it ended.
    pub settled_at: Option<Time>,
    /// Whether it was bought with a refill guarantee.
    pub refill: bool,
    /// For how many days from its end; for a lifetime, without a number.
    pub refill_days: Option<i64>,
    /// Whether it may be canceled after it was sent.
    pub cancel: bool,
    /// Whether it was placed in another panel, and is only kept to be read.
    pub is_imported: bool,
}

impl Order {
    /// The refill guarantee that it was bought with.
    pub fn guarantee(&self) -> Guarantee {
        Guarantee {
            refill: self.refill,
            days: self.refill_days,
            status: self.status,
            delivered: self.total_quantity.saturating_sub(self.remains.max(0)),
            settled_at: self.settled_at,
        }
    }

    /// Whether more of its charge may still come back by itself, and why.
    pub const fn eligibility(&self) -> Eligibility {
        if self.is_imported {
            return Eligibility::Imported;
        }
        // Once the mark is lifted, nothing is withheld any more.
        let withheld = self.is_withheld && self.is_overlapping;
        told::eligibility(self.status, self.is_overlapping, withheld)
    }
}

/// One change of an order's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// The status from then on.
    pub status: OrderStatus,
    /// Why.
    pub cause: Cause,
    /// When.
    pub at: Time,
}

/// One order with its history.
#[derive(Debug, Clone)]
pub struct OrderStory {
    /// The order.
    pub order: Order,
    /// Every change of its status, oldest first; the first is its placing.
    pub timeline: Vec<Event>,
    /// The orders on its link that were active at the same time: the 20 newest of each moment.
    pub overlaps: Vec<OrderId>,
    /// Since when nobody knows whether a provider took it: its answer is being confirmed.
    pub awaiting_provider_since: Option<Time>,
    /// What asking to cancel it now would be answered.
    pub cancel_now: std::result::Result<(), Refusal>,
}

/// The order `id` of `account`; [`Refusal::OrderUnknown`] for a missing one and for anybody
/// else's alike.
pub async fn read(db: &Db, account: AccountId, id: OrderId) -> Result<OrderStory> {
    let snapshot = db.snapshot().await?;
    let Some(order) = reads::order(&snapshot, account, id).await? else {
        let story = imported::story(&snapshot, account, id).await?;
        snapshot.commit().await?;
        return Ok(story.ok_or(Refusal::OrderUnknown)?);
    };
    let placed = Event {
        status: OrderStatus::Pending,
        cause: Cause::Placed,
        at: order.created_at,
    };
    let mut timeline = vec![placed];
    timeline.extend(reads::events(&snapshot, id).await?);
    let overlaps = match order.is_overlapping {
        true => reads::overlaps(&snapshot, id).await?,
        false => Vec::new(),
    };
    // Of an ended order it does not matter.
    let sent = !order.status.is_terminal() && reads::is_sent(&snapshot, &order).await?;
    let awaiting_provider_since = match sent {
        true => reads::awaiting_since(&snapshot, id).await?,
        false => None,
    };
    let cancel_now = cancel_now(&order, sent);
    snapshot.commit().await?;
    Ok(OrderStory {
        order,
        timeline,
        overlaps,
        awaiting_provider_since,
        cancel_now,
    })
}

/// Whether asking to cancel `order` would change anything; `sent`: whether a provider may have it.
fn cancel_now(order: &Order, sent: bool) -> std::result::Result<(), Refusal> {
    let requested = order.cancel_requested_at.is_some();
    match rules::cancel(order.status, requested, sent, order.cancel)? {
        Cancel::AtOnce | Cancel::Ask => Ok(()),
        Cancel::AlreadyAsked if order.status.is_terminal() => {
            let status = order.status;
            Err(Refusal::NotCancelable { status })
        }
        Cancel::AlreadyAsked => {
            let why = "you asked to cancel it already".to_owned();
            Err(Refusal::Conflict { why })
        }
    }
}

/// Which orders a list has: all that match everything given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Orders of this status.
    pub status: Option<OrderStatus>,
    /// Orders of this service.
    pub service: Option<ServiceId>,
    /// Orders with this reference.
    pub reference: Option<String>,
    /// Orders placed at this time or later.
    pub from: Option<Time>,
    /// Orders placed before this time.
    pub before: Option<Time>,
}

/// A place in a list of orders: behind the order that was placed then and has this number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// When that order was placed.
    pub created_at: Time,
    /// Its number.
    pub order: OrderId,
}

/// A page of a list of orders.
#[derive(Debug)]
pub struct Page {
    /// The orders, newest first: up to as many as asked for, and fewer, even none, where much had
    /// to be passed over.
    pub orders: Vec<Order>,
    /// Where the list goes on; `None` at its end.
    pub next: Option<Place>,
}

/// The orders of `account` that match `filter`, newest first, from behind `after`, at most
/// `limit`. However rare a match is, a page costs no more than passing over 5,000 orders.
pub async fn list(
    db: &Db,
    account: AccountId,
    filter: &Filter,
    after: Option<Place>,
    limit: usize,
) -> Result<Page> {
    // What no order can be called is no order's reference, and nothing to ask a database.
    if let Some(Err(_)) = filter.reference.as_deref().map(draft::reference) {
        return Ok(Page {
            orders: Vec::new(),
            next: None,
        });
    }
    let snapshot = db.snapshot().await?;
    let mut orders = reads::orders(&snapshot, account, filter, after, limit + 1).await?;
    let place = |order: &Order| Place {
        created_at: order.created_at,
        order: order.id,
    };
    let next = if orders.len() > limit {
        orders.truncate(limit);
        orders.last().map(place)
    } else {
        reads::passed_over(&snapshot, account, filter, after).await?
    };
    let of_before = imported::list(&snapshot, account, filter, after, limit + 1).await?;
    snapshot.commit().await?;
    Ok(merged(orders, next, of_before, limit))
}

/// A page of orders with those of another panel among them; of orders it goes on at `next`.
fn merged(mut orders: Vec<Order>, next: Option<Place>, others: Vec<Order>, limit: usize) -> Page {
    let place = |order: &Order| Place {
        created_at: order.created_at,
        order: order.id,
    };
    let key = |place: Place| (place.created_at, place.order);
    // What is behind the place where it goes on comes with a later page.
    let is_on_page = |order: &Order| next.is_none_or(|next| key(place(order)) > key(next));
    orders.extend(others.into_iter().filter(is_on_page));
    orders.sort_by_key(|order| std::cmp::Reverse(key(place(order))));
    if orders.len() > limit {
        orders.truncate(limit);
        let next = orders.last().map(place);
        return Page { orders, next };
    }
    Page { orders, next }
}

/// What an order gave back, or why it did not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refund {
    /// Its number: whoever has seen one will never see a lower one appear.
    pub id: RefundId,
    /// The order.
    pub order: OrderId,
    /// Why.
    pub reason: RefundReason,
    /// What the order was charged.
    pub charge: Money,
    /// Its undelivered units.
    pub remains: i64,
    /// All its units.
    pub total_quantity: i64,
    /// What the published formula gives.
    pub formula_result: Money,
    /// What was returned: that, or nothing where it was withheld.
    pub amount: Money,
    /// Where it went.
    pub destination: Destination,
    /// The ledger transaction that paid it; none for an amount of 0.
    pub transaction: Option<TransactionId>,
    /// When.
    pub created_at: Time,
}

impl Refund {
    /// Where its amount comes from: the published formula with its numbers, or a decision.
    pub fn formula(&self) -> String {
        match self.reason {
            RefundReason::Failed
            | RefundReason::Canceled
            | RefundReason::Partial
            | RefundReason::OverlappingOrder
            | RefundReason::OverlapLifted => format!(
                "({} / {}) * {}",
                self.remains, self.total_quantity, self.charge
            ),
            RefundReason::Dispute | RefundReason::Ticket => {
                format!("{} as decided", self.formula_result)
            }
        }
    }
}

/// The refunds of one order, oldest first; [`Refusal::OrderUnknown`] if it is not `account`'s.
pub async fn refunds_of(db: &Db, account: AccountId, id: OrderId) -> Result<Vec<Refund>> {
    let snapshot = db.snapshot().await?;
    if reads::order(&snapshot, account, id).await?.is_none() {
        let imported = imported::story(&snapshot, account, id).await?;
        imported.ok_or(Refusal::OrderUnknown)?;
    }
    let refunds = reads::refunds_of(&snapshot, id).await?;
    snapshot.commit().await?;
    Ok(refunds)
}

/// The refunds of `account` with numbers above `after`, lowest first, at most `limit`. Numbers
/// are given in commit order, so a reader that goes on from the highest it has seen misses none.
pub async fn refunds_since(
    db: &Db,
    account: AccountId,
    after: RefundId,
    limit: usize,
) -> Result<Vec<Refund>> {
    reads::refunds_since(db.read(), account, after, limit).await
}

/// One movement of a wallet, with the order that it is about.
#[derive(Debug, Clone)]
pub struct Moved {
    /// The movement.
    pub line: StatementLine,
    /// The order that was charged, settled or refunded by it.
    pub order: Option<OrderId>,
}

/// The movements of a wallet, as [`wallet::statement`] gives them, with their orders: a refund that was
/// decided after its order had ended is a movement of its own.
pub async fn statement(
    db: &Db,
    account: AccountId,
    after: TransactionId,
    limit: usize,
) -> Result<Vec<Moved>> {
    let lines = wallet::statement(db, account, after, limit).await?;
    let number = |line: &StatementLine, of: &str| line.reference.strip_prefix(of)?.parse().ok();
    let refund = |line: &StatementLine| number(line, "refund:").map(RefundId);
    let refunds: Vec<RefundId> = lines.iter().filter_map(refund).collect();
    let orders = reads::orders_of_refunds(db.read(), &refunds).await?;
    let moved = |line: StatementLine| Moved {
        order: number(&line, "order:")
            .map(OrderId)
            .or_else(|| orders.get(&refund(&line)?).copied()),
        line,
    };
    Ok(lines.into_iter().map(moved).collect())
}

/// What the open orders of `account` have set aside, as `on` sees it.
pub(crate) async fn held(on: &impl ConnectionTrait, account: AccountId) -> Result<Money> {
    reads::held(on, account).await
}

/// The money of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Funds {
    /// What it can order for.
    pub balance: Money,
    /// What its open orders have set aside; it is earned or returned when they end.
    pub held: Money,
}

/// The balance of `account` and what its open orders hold, of one moment.
pub async fn funds(db: &Db, account: AccountId) -> Result<Funds> {
    let snapshot = db.snapshot().await?;
    let funds = Funds {
        balance: wallet::balance(&snapshot, account).await?,
        held: reads::held(&snapshot, account).await?,
    };
    snapshot.commit().await?;
    Ok(funds)
}
