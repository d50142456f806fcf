//! The catalogue: the services customers order, the providers that deliver them, and the offers
//! that join the two.
//!
//! Owns the tables `services`, `providers`, `offers` and the catalogue's version, which changes
//! with every change of what `services` answers. A service without an offer is manual: nothing is
//! sent anywhere, an operator delivers it.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use secrecy::{ExposeSecret, SecretString};

use crate::clock::Time;
use crate::db::{Db, PIECE, Tx};
use crate::error::{Failure, Refusal, Result};
use crate::ids::{ProviderId, ServiceId};
use crate::money::{Money, Percent, Rate};
use crate::protocol::ServiceType;
use crate::secrets::Secrets;

pub mod asking;
pub(crate) mod balances;
pub mod charges;
pub mod counting;
pub mod dialect;
pub(crate) mod imported;
mod not_sold;
mod paused;
pub mod platform;
mod prices;
pub mod providers;
pub(crate) mod review;
pub mod rules;
pub mod services;
mod store;
pub mod sync;
mod trial;
pub mod types;

use counting::Counting;
use dialect::Dialect;
pub(crate) use not_sold::pause_offers_not_sold;
pub(crate) use paused::pause_alert;
pub use paused::{PauseRecord, pause_record};
pub(crate) use store::{
    close_circuit, count_unlisted_in_tx, foreign_in_tx, pause_in_tx, pause_of_in_tx,
    pause_unsorted_in_tx, resume_sorted_in_tx, services_in_tx, take_probe, took_an_order_in_tx,
};
pub use trial::{PriceExample, Trial, trial};

/// A service as customers order it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its number on the wire.
    pub id: ServiceId,
    /// What is sold, and how.
    pub terms: Terms,
    /// Whether it is sold at present.
    pub state: ServiceState,
    /// Whether drops are refilled without being asked for.
    pub refill_automatic: bool,
}

crate::vocabulary::words! {
    /// Whether a service is sold at present. The orders that it has go on whatever it is.
    pub enum ServiceState {
        /// It is listed, and orders are taken.
        OnSale = "on_sale",
        /// An operator took it off the list.
        Hidden = "hidden",
        /// The panel took it off the list, see [`ServicePause`].
        Paused = "paused",
    }
}

crate::vocabulary::words! {
    /// Why the panel took a service off the list.
    pub enum ServicePause {
        /// None of its providers sells it any more.
        Gone = "gone",
        /// It would be sold for less than it costs.
        BelowCost = "below_cost",
        /// What it costs rose by more than a fifth at once.
        CostJump = "cost_jump",
        /// No quantity is left that the service and its provider both take.
        Limits = "limits",
        /// A detector of abuse found something about it: a person has to look at the case.
        Review = "review",
    }
}

impl Service {
    /// The same as an account of a tier with this percentage orders it.
    #[must_use]
    pub fn in_tier(mut self, percent: Percent) -> Service {
        self.terms.rate = self.terms.rate.in_tier(percent);
        self
    }
}

/// What is sold, and how: everything about a service but its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Its name, as listed.
    pub name: String,
    /// The heading under which it is listed.
    pub category: String,
    /// More about it, where the operator wrote any.
    pub description: Option<String>,
    /// What an order of it must bring along.
    pub service_type: ServiceType,
    /// Price of 1000 units, or of one package.
    pub rate: Rate,
    /// Smallest quantity of an order, or of one run of a drip-feed.
    pub min: i64,
    /// Largest quantity of an order, all runs together.
    pub max: i64,
    /// Whether it can be ordered in runs.
    pub dripfeed: bool,
    /// Whether drops are refilled.
    pub refill: bool,
    /// For how many days after completion; for life if there is no number.
    pub refill_days: Option<i64>,
    /// Whether a sent order may be asked to stop.
    pub cancel: bool,
    /// Orders of one family on one link count as simultaneous.
    pub family: String,
    /// Whether a second active order on a link is refused instead of marked as overlapping.
    pub rejects_same_link: bool,
    /// Fields beyond those of its type that are handed on to its providers as they are.
    pub passed_fields: Vec<String>,
}

impl Terms {
    /// Whether an order of it may come in runs. A package never does: its price is that of one,
    /// however many runs would each send one.
    pub fn takes_runs(&self) -> bool {
        self.dripfeed && !self.service_type.is_package()
    }
}

/// A provider's service that can deliver one of ours. Offers are kept in the order in which they
/// are asked: the next one only after a definite refusal of the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Whose service it is.
    pub provider: ProviderId,
    /// Its id there.
    pub provider_service: String,
    /// Its type there.
    pub service_type: ServiceType,
    /// What it costs per 1000, or per package.
    pub cost: Rate,
    /// Its smallest quantity.
    pub min: i64,
    /// Its largest quantity.
    pub max: i64,
    /// Whether the provider does not sell it at present.
    pub gone: bool,
    /// Whether nothing is sent to it, because it was charged above what was quoted.
    pub paused: bool,
}

impl Offer {
    /// What a run of `quantity` units costs there, in USD; none if that is no amount.
    pub(crate) fn quote(&self, quantity: i64) -> Option<Money> {
        let quote = if self.service_type.is_package() {
            self.cost.package_charge()
        } else {
            self.cost.charge(quantity)
        };
        quote.ok()
    }
}

/// What a provider's amounts are in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The currency, such as `USD`.
    pub currency: String,
    /// What one unit of it is worth, in nano-USD.
    pub nano_usd: i64,
}

impl Exchange {
    /// Dollars, as they are.
    pub fn usd() -> Exchange {
        Exchange {
            currency: "USD".to_owned(),
            nano_usd: 1_000_000_000,
        }
    }
}

/// A panel that orders are forwarded to.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Its number in this panel.
    pub id: ProviderId,
    /// The operator's name for it.
    pub name: String,
    /// The address of its panel protocol.
    pub url: String,
    /// Our key there.
    pub key: SecretString,
    /// How long an answer may take, in ms.
    pub timeout_ms: i64,
    /// How many requests may be under way at once.
    pub concurrency: i64,
    /// Whether it answers a repeated `request_id` with the same order: verified, not believed.
    pub replays_requests: bool,
    /// Nothing is sent to it before this time.
    pub paused_until: Option<Time>,
    /// Why it is paused.
    pub pause: Option<Pause>,
    /// Refusals with an unknown sentence since the last acceptance.
    pub unlisted_in_a_row: i64,
    /// When it was added.
    pub created_at: Time,
    /// What its amounts are in.
    pub exchange: Exchange,
    /// When its catalogue is read again; never, until something was imported from it.
    pub sync_due_at: Option<Time>,
    /// The kinds of difference that are applied without a person.
    pub sync_applies: Vec<sync::DifferenceKind>,
    /// How it speaks.
    pub dialect: Dialect,
}

crate::vocabulary::words! {
    /// Why nothing is sent to a provider.
    pub enum Pause {
        /// It refuses our account: funds, key, suspension or rate limit. It rests, then is asked
        /// again.
        Trouble = "trouble",
        /// Too many answers left open whether an order was taken: its circuit is open until it
        /// answers `balance`.
        CircuitOpen = "circuit_open",
        /// It said too many sentences that nobody has sorted; it rests until they are.
        Unsorted = "unsorted",
        /// An operator stopped it, until an operator resumes it.
        ByOperator = "operator",
    }
}

impl Provider {
    /// Whether orders may be sent to it at `now`. An open circuit is closed by an answer, what
    /// waits for a sentence by who sorts it, what an operator paused by an operator, none by time.
    pub fn takes_orders(&self, now: Time) -> bool {
        match (self.pause, self.paused_until) {
            (Some(Pause::CircuitOpen | Pause::Unsorted | Pause::ByOperator), _) => false,
            (_, Some(until)) => until <= now,
            (_, None) => true,
        }
    }
}

/// What an operator enters about a provider.
#[derive(Debug)]
pub struct NewProvider {
    /// The operator's name for it; unique.
    pub name: String,
    /// The address of its panel protocol.
    pub url: String,
    /// Our key there; sealed before it is stored.
    pub key: SecretString,
    /// How long an answer may take, in ms.
    pub timeout_ms: i64,
    /// How many requests may be under way at once.
    pub concurrency: i64,
    /// What its amounts are in.
    pub exchange: Exchange,
}

/// Adds a provider, its key encrypted. Gives `None` if the name is taken.
pub async fn add_provider(
    db: &Db,
    secrets: &Secrets,
    now: Time,
    provider: &NewProvider,
) -> Result<Option<ProviderId>> {
    let tx = db.begin().await?;
    let id = add_provider_in_tx(&tx, secrets, now, provider).await?;
    tx.commit().await?;
    Ok(id)
}

/// The same within a transaction.
async fn add_provider_in_tx(
    tx: &Tx,
    secrets: &Secrets,
    now: Time,
    provider: &NewProvider,
) -> Result<Option<ProviderId>> {
    if store::provider_named(tx, &provider.name).await?.is_some() {
        return Ok(None);
    }
    let id = store::insert_provider(tx, now, provider).await?;
    set_key(tx, secrets, id, &provider.key).await?;
    Ok(Some(id))
}

/// Seals and stores a key. The row's id is part of what is sealed, so that a key cannot be moved to
/// another row.
async fn set_key(tx: &Tx, secrets: &Secrets, id: ProviderId, key: &SecretString) -> Result<()> {
    let sealed = secrets.seal(&key_place(id), key.expose_secret());
    store::set_provider_key(tx, id, sealed).await
}

/// Every provider.
pub async fn providers(db: &Db, secrets: &Secrets) -> Result<Vec<Provider>> {
    store::providers(db.read(), secrets).await
}

/// One provider. Refused: [`Refusal::Unknown`].
pub async fn provider(db: &Db, secrets: &Secrets, id: ProviderId) -> Result<Provider> {
    let all = providers(db, secrets).await?;
    let found = all.into_iter().find(|provider| provider.id == id);
    Ok(found.ok_or(Refusal::Unknown { what: "provider" })?)
}

/// The provider of that name.
pub async fn find_provider(db: &Db, secrets: &Secrets, name: &str) -> Result<Option<Provider>> {
    Ok(providers(db, secrets)
        .await?
        .into_iter()
        .find(|provider| provider.name == name))
}

/// Adds one service; see [`import`].
pub async fn add_service(
    db: &Db,
    now: Time,
    terms: Terms,
    offers: Vec<Offer>,
) -> Result<ServiceId> {
    let ids = import(db, now, vec![(terms, offers)]).await?;
    let none = || Failure::Stored("a service was added without an id".to_owned());
    Ok(ids.first().copied().ok_or_else(none)?)
}

/// Adds services, each with its offers in the order in which they are asked, in one transaction,
/// so that customers see the catalogue change once. Gives their ids, in order.
pub async fn import(
    db: &Db,
    now: Time,
    services: Vec<(Terms, Vec<Offer>)>,
) -> Result<Vec<ServiceId>> {
    let tx = db.begin().await?;
    store::lock_catalogue(&tx).await?;
    let mut new = Vec::with_capacity(services.len());
    for (terms, offers) in services {
        new.push(store::NewService {
            terms,
            markup: None,
            counting: Counting::default(),
            offers,
        });
    }
    let mut ids = Vec::with_capacity(new.len());
    for piece in new.chunks(PIECE / 2) {
        ids.extend(store::insert_services(&tx, now, piece).await?);
    }
    store::bump_version(&tx).await?;
    tx.commit().await?;
    Ok(ids)
}

/// The services on sale, in the order in which they are listed, with the version of the catalogue
/// they were read at.
pub async fn services(db: &Db) -> Result<(i64, Vec<Service>)> {
    let snapshot = db.snapshot().await?;
    let version = store::version(&snapshot).await?;
    let services = store::services(&snapshot).await?;
    snapshot.commit().await?;
    Ok((version, services))
}

/// The offers of `services`, in the order in which they are asked.
pub(crate) async fn offers(
    on: &impl ConnectionTrait,
    services: &[ServiceId],
) -> Result<HashMap<ServiceId, Vec<Offer>>> {
    store::offers(on, services).await
}

/// The offer that is asked first for a run, and its position: the first that can take it over, see
/// [`can_take_over`], which a later run of an old order need not be, nor one in a cheap tier. If none
/// can, the first that is neither gone nor paused: the order was paid for, and a loss raises an alert
/// when it ends. If there is none, the first that is not gone, where the order waits; if all are gone,
/// the first of all: a service with an offer is never manual.
pub(crate) fn first_to_ask(
    offers: &[Offer],
    service_type: ServiceType,
    quantity: i64,
    rate: Rate,
) -> Option<(i64, &Offer)> {
    let mut fit = (0..).zip(offers);
    let mut open = (0..).zip(offers);
    let mut there = (0..).zip(offers);
    fit.find(|(_, offer)| can_take_over(offer, service_type, quantity, rate))
        .or_else(|| open.find(|(_, offer)| !offer.gone && !offer.paused))
        .or_else(|| there.find(|(_, offer)| !offer.gone))
        .or_else(|| Some((0, offers.first()?)))
}

/// Whether `offer` may take over an order: the same type, within its limits, at a cost not above
/// the order's own rate.
pub(crate) fn can_take_over(
    offer: &Offer,
    service_type: ServiceType,
    quantity: i64,
    rate: Rate,
) -> bool {
    let within = service_type.is_package() || (offer.min..=offer.max).contains(&quantity);
    let is_open = !offer.gone && !offer.paused;
    is_open && offer.service_type == service_type && within && offer.cost <= rate
}

/// Where a provider's key is stored, as the sealing names it.
fn key_place(id: ProviderId) -> String {
    format!("providers|key_sealed|{id}")
}
