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

/// A provider. Its key is not shown: nobody can read it again.
#[derive(Debug, Object, Serialize)]
pub(super) struct Provider {
    /// Its number.
    pub(super) provider_id: i64,
    /// Its name.
    pub(super) name: String,
    /// The address of its panel protocol.
    pub(super) url: String,
    /// How long an answer may take, in milliseconds.
    pub(super) timeout_ms: i64,
    /// How many requests may be under way at once, from each server of this panel.
    pub(super) concurrency: i64,
    /// Whether orders are sent to it at present.
    pub(super) takes_orders: bool,
    /// Why nothing is sent to it, or was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pause: Option<Pause>,
    /// Since when it is paused, as far as that was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) paused_since: Option<Time>,
    /// What led to the pause: what it said, what was seen, or who did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pause_reason: Option<String>,
    /// Until when; absent for a pause that time does not end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) paused_until: Option<Time>,
    /// Whether it has proved that it answers a repeated `request_id` with the same order.
    pub(super) keeps_request_ids: bool,
    /// The currency of its balance and its prices.
    pub(super) currency: String,
    /// What one unit of that is worth in USD.
    pub(super) exchange_rate: Money,
    /// When its catalogue is read again; absent until something was imported from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sync_due_at: Option<Time>,
    /// The kinds of difference of its catalogue that are applied without a person.
    pub(super) sync_applies: Vec<DifferenceKind>,
    /// How it speaks, as operators have set it.
    pub(super) dialect: ProviderDialect,
    /// How it is asked about what it accepted: one entry for each question.
    pub(super) asking: Vec<ProviderAsking>,
    /// When it was added.
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

/// The providers.
#[derive(Debug, Object, Serialize)]
pub(super) struct ProviderList {
    /// By number.
    pub(super) providers: Vec<Provider>,
}

/// A provider to add.
#[derive(Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(rename = "NewProvider")]
pub(super) struct New {
    /// A name for it, unique in this panel: 1 to 64 printable characters, without `=`.
    pub(super) name: String,
    /// The address of its panel protocol: https, on a public host.
    pub(super) url: String,
    /// Our key there, 1 to 256 printable characters. It is stored encrypted and never shown.
    pub(super) key: String,
    /// How long an answer may take, in milliseconds, from 10 to 600000; the setting
    /// `provider_timeout_ms` if it is absent.
    pub(super) timeout_ms: Option<i64>,
    /// How many requests may be under way at once, from 1 to 1024; the setting
    /// `provider_concurrency` if it is absent.
    pub(super) concurrency: Option<i64>,
    /// The currency of its balance and its prices; `USD` if it is absent.
    pub(super) currency: Option<String>,
    /// What one unit of a currency that is not USD is worth in USD, such as `1.08`.
    pub(super) exchange_rate: Option<String>,
    /// How it speaks, where that differs from the panel protocol.
    pub(super) dialect: Option<DialectChange>,
}

/// What to change of a provider; what is absent stays as it is.
#[derive(Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(rename = "ProviderChange")]
pub(super) struct Change {
    /// The address of its panel protocol: https, on a public host.
    pub(super) url: Option<String>,
    /// That the new address is the same panel's: the orders that it has are followed there.
    pub(super) same_panel: Option<bool>,
    /// A new key, 1 to 256 printable characters.
    pub(super) key: Option<String>,
    /// How long an answer may take, in milliseconds, from 10 to 600000.
    pub(super) timeout_ms: Option<i64>,
    /// How many requests may be under way at once, from 1 to 1024.
    pub(super) concurrency: Option<i64>,
    /// The currency of its balance and its prices, with its exchange rate.
    pub(super) currency: Option<String>,
    /// What one unit of that currency is worth in USD.
    pub(super) exchange_rate: Option<String>,
    /// The kinds of difference of its catalogue that are applied without a person.
    pub(super) sync_applies: Option<Vec<DifferenceKind>>,
    /// How it speaks; what is absent in it stays as it is.
    pub(super) dialect: Option<DialectChange>,
}

/// What a provider answers.
#[derive(Debug, Object, Serialize)]
pub(super) struct ProviderTest {
    /// Our balance there, in its currency.
    pub(super) balance: Money,
    /// That currency.
    pub(super) currency: String,
    /// How many services it lists.
    pub(super) services: usize,
    /// How many rows of its catalogue cannot be read.
    pub(super) unreadable_rows: usize,
    /// One of its services, with its price as it would be taken over; absent of an empty catalogue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) example: Option<ProviderPriceExample>,
    /// Its words for types that nobody has applied a type to: services of those are not sold.
    pub(super) unknown_types: Vec<UnknownType>,
    /// Whether it keeps `request_id`s: then orders of which the answer was lost are resolved by
    /// repeating them.
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

/// What one of a provider's services costs, as the panel reads it.
#[derive(Debug, Object, Serialize)]
pub(super) struct ProviderPriceExample {
    /// Its id there.
    provider_service: String,
    /// Its name.
    name: String,
    /// Whether the price is that of a package; else of 1000 units.
    is_package: bool,
    /// The price in the currency of the provider.
    price: Rate,
    /// The same in USD; absent if it is too large.
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<Rate>,
}

/// Our balance at a provider.
#[derive(Debug, Object, Serialize)]
pub(super) struct ProviderBalance {
    /// The balance, in its currency.
    pub(super) balance: Money,
    /// That currency.
    pub(super) currency: String,
}

/// What a provider sells.
#[derive(Debug, Object, Serialize)]
pub(super) struct ProviderService {
    /// Its id there.
    pub(super) provider_service: String,
    /// Its name.
    pub(super) name: String,
    /// The heading under which it is listed.
    pub(super) category: String,
    /// More about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    /// Its type.
    pub(super) service_type: ServiceType,
    /// What it costs in USD per 1000, or per package.
    pub(super) cost: Rate,
    /// Its smallest quantity.
    pub(super) min: i64,
    /// Its largest quantity.
    pub(super) max: i64,
    /// Whether it sells in runs.
    pub(super) dripfeed: bool,
    /// Whether it refills.
    pub(super) refill: bool,
    /// Whether it cancels.
    pub(super) cancel: bool,
    /// Since when it is listed.
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

/// A page of what a provider sells.
#[derive(Debug, Object, Serialize)]
pub(super) struct ProviderServicePage {
    /// By their ids there, as text.
    pub(super) services: Vec<ProviderService>,
    /// Where the list goes on: the `cursor` of the next page. Absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_cursor: Option<String>,
}
