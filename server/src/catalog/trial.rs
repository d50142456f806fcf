//! What `provider test` finds: everything at once, so that a person mends all of it before the first
//! order. Pure.

use super::rules::MAX_NAME;
use super::types::{self, UnknownType};
use super::{Exchange, Provider};
use crate::money::{Money, Rate};
use crate::protocol::ServiceType;
use crate::protocol::upstream::{Catalogue, OfferedService};

/// A provider that answers as it should.
#[derive(Debug)]
pub struct Trial {
    /// Our balance there, in its currency.
    pub balance: Money,
    /// How many services it lists.
    pub services: usize,
    /// How many rows of its catalogue could not be read.
    pub unreadable_rows: usize,
    /// Its words for types that nobody has applied a type to.
    pub unknown_types: Vec<UnknownType>,
    /// What one of its services would cost; absent of an empty catalogue.
    pub example: Option<PriceExample>,
}

/// One of a provider's services, with its price as it would be taken over: a price that is read for the
/// wrong number of units is seen here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceExample {
    /// Its id there.
    pub provider_service: String,
    /// Its name, printable.
    pub name: String,
    /// Whether the price is that of a package; else of 1000 units.
    pub is_package: bool,
    /// The price in the provider's currency.
    pub price: Rate,
    /// The same in USD; absent if it is too large.
    pub cost: Option<Rate>,
}

/// What was found out about `provider` by asking for its balance and its services.
///
/// # Errors
/// All that does not work, and what was found out nevertheless, as one sentence for the operator.
pub fn trial(
    provider: &Provider,
    balance: Result<Money, String>,
    catalogue: Result<Catalogue, String>,
) -> Result<Trial, String> {
    let (balance, catalogue) = match (balance, catalogue) {
        (Ok(balance), Ok(catalogue)) => (balance, catalogue),
        (Err(why), Err(same)) if why == same => return Err(why),
        (Err(why), Err(other)) => return Err(format!("{why}; {other}")),
        (Ok(_), Err(why)) => return Err(why),
        (Err(why), Ok(catalogue)) => {
            return Err([vec![why], found_in(provider, &catalogue)]
                .concat()
                .join("; "));
        }
    };
    Ok(Trial {
        balance,
        services: catalogue.services.len(),
        unreadable_rows: catalogue.unreadable_rows,
        unknown_types: types::unknown(&catalogue),
        example: example(&catalogue, &provider.exchange),
    })
}

/// What a catalogue shows whose provider does not answer `balance` as it should.
fn found_in(provider: &Provider, catalogue: &Catalogue) -> Vec<String> {
    let (services, unreadable) = (catalogue.services.len(), catalogue.unreadable_rows);
    let mut found = vec![format!("it lists {services} services")];
    if unreadable > 0 {
        found.push(format!("{unreadable} rows cannot be read"));
    }
    if let Some(example) = example(catalogue, &provider.exchange) {
        found.push(example.told(&provider.exchange));
    }
    let unknown = types::unknown(catalogue);
    if !unknown.is_empty() {
        found.push(types::advice(&provider.name, &unknown));
    }
    found
}

/// The first service of a type that is sold; else the first of all.
fn example(catalogue: &Catalogue, exchange: &Exchange) -> Option<PriceExample> {
    let is_sold = |row: &&OfferedService| {
        row.service_type
            .is_some_and(|known| known != ServiceType::Subscriptions)
    };
    let rows = &catalogue.services;
    let row = rows.iter().find(is_sold).or_else(|| rows.first())?;
    let plain = row.name.chars().take(MAX_NAME);
    Some(PriceExample {
        provider_service: row.service.clone(),
        name: plain
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect(),
        is_package: row.service_type.is_some_and(ServiceType::is_package),
        price: row.rate,
        cost: row.rate.converted(exchange.nano_usd).ok(),
    })
}

impl PriceExample {
    /// In words, with the price in the currency of `exchange` where that is not USD.
    pub fn told(&self, exchange: &Exchange) -> String {
        let (service, name, price) = (&self.provider_service, &self.name, self.price);
        let per = match self.is_package {
            true => "a package",
            false => "1000",
        };
        let cost = self
            .cost
            .map_or("too much".to_owned(), |cost| format!("{cost} USD"));
        let from = match *exchange == Exchange::usd() {
            true => String::new(),
            false => format!(", from {price} {}", exchange.currency),
        };
        format!("its service {service} ({name}) would cost {cost} per {per}{from}")
    }
}
