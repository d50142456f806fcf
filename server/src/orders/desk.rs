//! What operators see of orders: any account's, with everything that was seen of them.

use std::collections::HashSet;

use sea_orm::ConnectionTrait;

use super::draft::overlap_key;
use super::link::Link;
use super::read::{Order, Refund};
use super::resolve::stale_before;
use super::rules::{DispatchState, OrderStatus};
use super::store::{desk as store, reads};
use super::told::Cause;
use crate::catalog;
use crate::clock::{Period, Time};
use crate::db::Db;
use crate::error::{Refusal, Result};
use crate::ids::{AccountId, DispatchId, OrderId, ProviderId, ServiceId};
use crate::money::Rate;
use crate::panel::Panel;

/// An order on an operator's list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The order.
    pub order: Order,
    /// Whose it is.
    pub account: AccountId,
    /// That account's name.
    pub account_name: String,
    /// The present name of its service.
    pub service_name: String,
    /// The rate it was charged by.
    pub rate: Rate,
    /// Whether no provider has to do with it: it is delivered by hand.
    pub is_manual: bool,
}

/// Which orders a list has: all that match everything given.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// The order of this number.
    pub order: Option<OrderId>,
    /// Orders of this account.
    pub account: Option<AccountId>,
    /// Orders of this service.
    pub service: Option<ServiceId>,
    /// Orders of this status.
    pub status: Option<OrderStatus>,
    /// Orders whose link has this in it.
    pub link: Option<String>,
    /// Orders to the same target as this link, however it was spelled.
    pub target: Option<String>,
    /// The orders that a provider knows by this id.
    pub provider_order: Option<String>,
    /// Orders that were placed in this period.
    pub created: Period,
    /// Orders that do not go on without a person: a run is unknown, parked, has been accepted for
    /// a week, or its answers say nothing; the customer wants to cancel what is delivered by hand; or
    /// the service of a drip-feed has no provider any more that its next run could be sent to.
    pub needs_attention: bool,
}

/// A page of an operator's list.
#[derive(Debug)]
pub struct Page {
    /// The orders, newest first.
    pub orders: Vec<Listed>,
    /// Where the list goes on: behind this order; `None` at its end.
    pub next: Option<OrderId>,
}

/// The orders that match `search`, newest first, from behind `before`, at most `limit`. A page
/// passes over 5,000 orders at most.
pub async fn list(
    panel: &Panel,
    search: &Search,
    before: Option<OrderId>,
    limit: usize,
) -> Result<Page> {
    let keys = match &search.target {
        Some(link) => Some(keys_of(&panel.db, link).await?),
        None => None,
    };
    let stale = stale_before(panel.now());
    let snapshot = panel.db.snapshot().await?;
    let found = store::Found {
        search,
        keys,
        stale,
        before,
    };
    let mut orders = store::list(&snapshot, &found, limit + 1).await?;
    let next = if orders.len() > limit {
        orders.truncate(limit);
        orders.last().map(|listed| listed.order.id)
    } else {
        store::passed_over(&snapshot, &found).await?
    };
    snapshot.commit().await?;
    Ok(Page { orders, next })
}

/// The keys that orders to the target of `link` have, by any service.
async fn keys_of(db: &Db, link: &str) -> Result<HashSet<i64>> {
    let link = Link::parse(link).map_err(|_| Refusal::LinkBad)?;
    let (_, services) = catalog::services(db).await?;
    let key = |service: catalog::Service| overlap_key(&service.terms, &link);
    Ok(services.into_iter().map(key).collect())
}

/// Open orders that are delivered by hand, oldest first, from behind `after`, at most `limit`; of one
/// service, if it is given, and of those placed in the period `created`.
pub async fn manual(
    db: &Db,
    service: Option<ServiceId>,
    created: Period,
    after: OrderId,
    limit: usize,
) -> Result<Vec<Listed>> {
    store::manual(db.read(), service, created, after, limit).await
}

/// The order `id`, whoever's it is. Refused: [`Refusal::OrderUnknown`].
pub async fn view(db: &Db, id: OrderId) -> Result<Listed> {
    let found = store::order(db.read(), id).await?;
    let (listed, ..) = found.ok_or(Refusal::OrderUnknown)?;
    Ok(listed)
}

/// One change of an order's status, with what was seen.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// The status from then on.
    pub status: OrderStatus,
    /// Why, as the customer is told.
    pub cause: Cause,
    /// What was seen.
    pub evidence: String,
    /// When.
    pub at: Time,
}

/// One run of an order at its provider.
#[derive(Debug, Clone)]
pub struct Run {
    /// Its number.
    pub id: DispatchId,
    /// Which run of the order.
    pub run: i64,
    /// Its units.
    pub quantity: i64,
    /// The provider.
    pub provider: ProviderId,
    /// That provider's name.
    pub provider_name: String,
    /// The service there.
    pub provider_service: String,
    /// Where it stands.
    pub state: DispatchState,
    /// How often it was sent.
    pub attempt: i64,
    /// The order there.
    pub provider_order: Option<String>,
    /// What the provider last said of it.
    pub provider_status: Option<String>,
    /// What the provider charged, as it wrote it.
    pub provider_charge: Option<String>,
    /// What the provider counted before it began.
    pub start_count: Option<i64>,
    /// What the provider said was left.
    pub remains: Option<i64>,
    /// When it is sent, or taken up, next.
    pub due_at: Time,
    /// When the provider took it.
    pub accepted_at: Option<Time>,
    /// Since when it was not known whether it did.
    pub unknown_at: Option<Time>,
    /// Why it stands where it does.
    pub reason: Option<String>,
}

/// A request to a provider and its reply, without the key.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The run.
    pub run: DispatchId,
    /// Which attempt.
    pub attempt: i64,
    /// What was asked.
    pub action: String,
    /// The request.
    pub request: String,
    /// The reply.
    pub reply: String,
    /// When.
    pub at: Time,
}

/// Another active order of the account on the link.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    /// The other order.
    pub other: OrderId,
    /// When an operator lifted the mark.
    pub lifted_at: Option<Time>,
}

/// An order of another account on the same target.
#[derive(Debug, Clone)]
pub struct Neighbour {
    /// The order.
    pub order: OrderId,
    /// Whose it is.
    pub account: AccountId,
    /// What has become of it.
    pub status: OrderStatus,
    /// When it was placed.
    pub created_at: Time,
    /// When it ended.
    pub settled_at: Option<Time>,
}

/// Everything about one order.
#[derive(Debug, Clone)]
pub struct File {
    /// The order.
    pub listed: Listed,
    /// What its type needed beyond link and quantity, as a JSON object.
    pub details: String,
    /// Every change of its status, oldest first; it was pending from its placing on.
    pub timeline: Vec<Evidence>,
    /// Its runs, in their sequence; none if it is delivered by hand.
    pub runs: Vec<Run>,
    /// What was said between the panel and providers: the newest 1,000, oldest first.
    pub exchanges: Vec<Exchange>,
    /// What it gave back, oldest first.
    pub refunds: Vec<Refund>,
    /// The account's own orders that it overlaps.
    pub marks: Vec<Mark>,
    /// The orders of other accounts on its target: those that are active, and those that were placed
    /// around the same time. They mark nobody's order.
    pub neighbours: Vec<Neighbour>,
}

/// Everything about the order `id`. Refused: [`Refusal::OrderUnknown`].
pub async fn file(db: &Db, id: OrderId) -> Result<File> {
    let snapshot = db.snapshot().await?;
    let file = file_on(&snapshot, id).await?;
    snapshot.commit().await?;
    Ok(file)
}

/// The same, as `on` sees it.
pub(crate) async fn file_on(on: &impl ConnectionTrait, id: OrderId) -> Result<File> {
    let found = store::order(on, id).await?;
    let (listed, details, overlap_key) = found.ok_or(Refusal::OrderUnknown)?;
    Ok(File {
        details,
        timeline: store::timeline(on, id).await?,
        runs: store::runs(on, id).await?,
        exchanges: store::exchanges(on, id).await?,
        refunds: reads::refunds_of(on, id).await?,
        marks: store::marks(on, id).await?,
        neighbours: store::neighbours(on, id, listed.account, overlap_key).await?,
        listed,
    })
}
