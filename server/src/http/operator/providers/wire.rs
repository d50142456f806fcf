//! What goes in and out: the bodies of requests and answers.

use poem_openapi::Object;
use serde::{Deserialize, Serialize};

use super::asking::ProviderAsking;
use super::dialect::{DialectChange, ProviderDialect, UnknownType};
use crate::catalog::providers::Sold;
use crate::catalog::sync::DifferenceKind;
use crate::catalog::{self, Pause, Trial, asking};
use crate::clock::Time;
use crate::error::Result;
use crate::money::{Money, Rate};
use crate::panel::Panel;
use crate::protocol::ServiceType;

/// A provider. The API key of the panel at the provider is never shown.
#[derive(Debug, Object, Serialize)]
pub(super) struct Provider {
    /// The number of the provider, unique in this panel.
    pub(super) provider_id: i64,
    /// The name of the provider, unique in this panel.
    pub(super) name: String,
    /// The address of the provider's panel protocol.
    pub(super) url: String,
    /// The time limit for an answer of the provider, in milliseconds.
    pub(super) timeout_ms: i64,
    /// The maximum number of requests that each server of this panel sends to the provider at the same time.
    pub(super) concurrency: i64,
    /// Whether the panel sends orders to the provider now.
    pub(super) takes_orders: bool,
    /// Why the provider is paused, or was paused until `paused_until`; absent if it has no pause.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pause: Option<Pause>,
    /// Since when the provider is paused, UTC; absent if that was not recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) paused_since: Option<Time>,
    /// What led to the pause: the provider's answer, what was seen, or who paused it. Absent if that was not
    /// recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pause_reason: Option<String>,
    /// Until when the provider is paused, UTC; absent if no time ends the pause.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) paused_until: Option<Time>,
    /// Whether the provider has proved that it answers a repeated `request_id` with the same order.
    pub(super) keeps_request_ids: bool,
    /// The currency of the provider's balance and prices: three capital letters, such as `USD`.
    pub(super) currency: String,
    /// The worth of one unit of that currency, in USD with 2 to 9 decimals; 1.00 for USD.
    pub(super) exchange_rate: Money,
    /// When the panel next reads the provider's catalogue, UTC; absent until something was imported from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sync_due_at: Option<Time>,
    /// The kinds of catalogue difference that the panel applies by itself.
    pub(super) sync_applies: Vec<DifferenceKind>,
    /// How the provider's panel protocol differs, as operators have set it.
    pub(super) dialect: ProviderDialect,
    /// How the panel asks the provider about accepted orders and refills: one entry for each action.
    pub(super) asking: Vec<ProviderAsking>,
    /// When the provider was added, UTC.
    pub(super) created_at: Time,
}

/// A provider as operators see it.
pub(super) async fn shown(panel: &Panel, provider: catalog::Provider) -> Result<Provider> {
    let asking = asking::askings(panel.db.read(), provider.id).await?;
    let record = catalog::pause_record(&panel.db, &provider).await?;
    Ok(Provider {
        takes_orders: provider.takes_orders(panel.now()),
        dialect: ProviderDialect::of(&provider),
        provider_id: provider.id.0,
        name: provider.name,
        url: provider.url,
        timeout_ms: provider.timeout_ms,
        concurrency: provider.concurrency,
        pause: provider.pause,
        paused_since: record.as_ref().map(|record| record.since),
        pause_reason: record.map(|record| record.why),
        paused_until: provider.paused_until,
        keeps_request_ids: provider.replays_requests,
        currency: provider.exchange.currency,
        exchange_rate: Money::from_nano(provider.exchange.nano_usd),
        sync_due_at: provider.sync_due_at,
        sync_applies: provider.sync_applies,
        asking: asking.into_iter().map(ProviderAsking::from).collect(),
        created_at: provider.created_at,
    })
}

/// The list of all providers.
#[derive(Debug, Object, Serialize)]
pub(super) struct ProviderList {
    /// The providers, in ascending order of `provider_id`.
    pub(super) providers: Vec<Provider>,
}

/// A provider to add to the panel.
#[derive(Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(rename = "NewProvider")]
pub(super) struct New {
    /// The name of the provider, unique in this panel: 1 to 64 printable characters, without `=`.
    pub(super) name: String,
    /// The address of the provider's panel protocol: https, on a public host.
    pub(super) url: String,
    /// The API key of the panel at the provider: 1 to 256 printable characters. It is stored encrypted and
    /// never shown.
    pub(super) key: String,
    /// The time limit for an answer, in milliseconds, from 10 to 600000; the setting `provider_timeout_ms` if
    /// it is absent.
    pub(super) timeout_ms: Option<i64>,
    /// The maximum number of requests at the same time, from 1 to 1024; the setting `provider_concurrency` if
    /// it is absent.
    pub(super) concurrency: Option<i64>,
    /// The currency of the provider's balance and prices: three capital letters; `USD` if it is absent.
    pub(super) currency: Option<String>,
    /// The worth of one unit of the currency in USD, such as `1.08`; required if the currency is not USD.
    pub(super) exchange_rate: Option<String>,
    /// How the provider's panel protocol differs; the usual protocol if it is absent.
    pub(super) dialect: Option<DialectChange>,
}

/// The fields of a provider to change; a field that is absent stays as it is.
#[derive(Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(rename = "ProviderChange")]
pub(super) struct Change {
    /// The address of the provider's panel protocol: https, on a public host.
    pub(super) url: Option<String>,
    /// Whether the new address belongs to the same panel: then its open orders are followed there. `false` if
    /// it is absent.
    pub(super) same_panel: Option<bool>,
    /// The new API key of the panel at the provider: 1 to 256 printable characters.
    pub(super) key: Option<String>,
    /// The time limit for an answer, in milliseconds, from 10 to 600000.
    pub(super) timeout_ms: Option<i64>,
    /// The maximum number of requests that each server sends at the same time, from 1 to 1024.
    pub(super) concurrency: Option<i64>,
    /// The currency of the provider's balance and prices: three capital letters. `exchange_rate` is required
    /// unless it is USD.
    pub(super) currency: Option<String>,
    /// The worth of one unit of the currency in USD, such as `1.08`; given with `currency` only.
    pub(super) exchange_rate: Option<String>,
    /// The kinds of catalogue difference that the panel applies by itself.
    pub(super) sync_applies: Option<Vec<DifferenceKind>>,
    /// How the provider's panel protocol differs; fields that are absent in it stay as they are.
    pub(super) dialect: Option<DialectChange>,
}

/// The result of a test of a provider.
#[derive(Debug, Object, Serialize)]
pub(super) struct ProviderTest {
    /// The panel's balance at the provider, in the currency of the provider.
    pub(super) balance: Money,
    /// The currency of the balance: three capital letters.
    pub(super) currency: String,
    /// The number of services that the provider lists.
    pub(super) services: usize,
    /// The number of rows of the catalogue that cannot be read.
    pub(super) unreadable_rows: usize,
    /// One service of the provider, with its price as the panel reads it; absent if the catalogue is empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) example: Option<ProviderPriceExample>,
    /// The provider's words for types that have no service type applied: services with these words are not
    /// sold.
    pub(super) unknown_types: Vec<UnknownType>,
    /// Whether the provider keeps `request_id`s: then the panel resolves orders of which the answer was lost
    /// by repeating the request.
    pub(super) keeps_request_ids: bool,
}

impl ProviderTest {
    pub(super) fn of(provider: catalog::Provider, found: Trial, keeps: bool) -> ProviderTest {
        let example = found.example.map(|example| ProviderPriceExample {
            provider_service: example.provider_service,
            name: example.name,
            is_package: example.is_package,
            price: example.price,
            cost: example.cost,
        });
        let unknown = found.unknown_types.into_iter();
        ProviderTest {
            balance: found.balance,
            currency: provider.exchange.currency,
            services: found.services,
            unreadable_rows: found.unreadable_rows,
            example,
            unknown_types: unknown.map(UnknownType::from).collect(),
            keeps_request_ids: keeps,
        }
    }
}

/// The price of one service of a provider, as the panel reads it.
#[derive(Debug, Object, Serialize)]
pub(super) struct ProviderPriceExample {
    /// The id of the service at the provider.
    provider_service: String,
    /// The name of the service at the provider.
    name: String,
    /// Whether the price is for one package; if `false`, it is for 1000 units.
    is_package: bool,
    /// The price in the currency of the provider, with 2 to 6 decimals.
    price: Rate,
    /// The price in USD, with 2 to 6 decimals; absent if it is too large.
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<Rate>,
}

/// The panel's balance at a provider.
#[derive(Debug, Object, Serialize)]
pub(super) struct ProviderBalance {
    /// The balance, in the currency of the provider.
    pub(super) balance: Money,
    /// The currency of the balance: three capital letters.
    pub(super) currency: String,
}

/// A service in the catalogue of a provider.
#[derive(Debug, Object, Serialize)]
pub(super) struct ProviderService {
    /// The id of the service at the provider.
    pub(super) provider_service: String,
    /// The name of the service at the provider.
    pub(super) name: String,
    /// The category of the service at the provider.
    pub(super) category: String,
    /// The provider's description of the service; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    /// The type of the service, which says what an order needs.
    pub(super) service_type: ServiceType,
    /// The cost in USD per 1000 units, or per package, with 2 to 6 decimals.
    pub(super) cost: Rate,
    /// The smallest quantity of an order at the provider, in units.
    pub(super) min: i64,
    /// The largest quantity of an order at the provider, in units.
    pub(super) max: i64,
    /// Whether the provider sells the service as a drip-feed.
    pub(super) dripfeed: bool,
    /// Whether the provider refills drops.
    pub(super) refill: bool,
    /// Whether the provider accepts requests to cancel an order.
    pub(super) cancel: bool,
    /// Since when the provider lists the service, UTC.
    pub(super) listed_since: Time,
}

impl From<Sold> for ProviderService {
    fn from(sold: Sold) -> ProviderService {
        let listed = sold.listed;
        ProviderService {
            provider_service: listed.provider_service,
            name: listed.name,
            category: listed.category,
            description: listed.description,
            service_type: listed.service_type,
            cost: listed.cost,
            min: listed.min,
            max: listed.max,
            dripfeed: listed.dripfeed,
            refill: listed.refill,
            cancel: listed.cancel,
            listed_since: sold.since,
        }
    }
}

/// One page of the list of a provider's services.
#[derive(Debug, Object, Serialize)]
pub(super) struct ProviderServicePage {
    /// The services of this page, in the order of their ids as text.
    pub(super) services: Vec<ProviderService>,
    /// The `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_cursor: Option<String>,
}
