//! Reading a provider's catalogue with care: it is whatever the provider likes to say. Pure.

use std::collections::HashSet;

use crate::catalog::Exchange;
use crate::catalog::rules::{Listed, MAX_DESCRIPTION, MAX_NAME, is_price};
use crate::protocol::ServiceType;
use crate::protocol::upstream::{Catalogue, OfferedService};

/// The longest id of a provider's service, in characters.
const MAX_ID: usize = 64;

/// How many rows of a catalogue are not taken, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Skipped {
    /// Subscriptions, which are not sold yet.
    pub subscriptions: i64,
    /// Of a type that nobody knows.
    pub unknown_types: i64,
    /// Parked: for nothing, or above 1,000,000 USD.
    pub unpriced: i64,
    /// With limits that leave nothing to order.
    pub limits: i64,
    /// With the id of a row before.
    pub duplicates: i64,
    /// No service at all: no id, or a rate or a limit that is no number.
    pub unreadable: i64,
}

impl Skipped {
    /// All of them.
    pub fn total(self) -> i64 {
        self.subscriptions
            + self.unknown_types
            + self.unpriced
            + self.limits
            + self.duplicates
            + self.unreadable
    }
}

/// What of `catalogue` can be sold, its costs in USD; of two rows with one id the first.
pub(super) fn listed(catalogue: Catalogue, exchange: &Exchange) -> (Vec<Listed>, Skipped) {
    let mut skipped = Skipped {
        unreadable: i64::try_from(catalogue.unreadable_rows).unwrap_or(i64::MAX),
        ..Skipped::default()
    };
    let mut seen = HashSet::new();
    let mut rows = Vec::with_capacity(catalogue.services.len());
    for row in catalogue.services {
        let id_is_fine = row.service.chars().count() <= MAX_ID
            && !row.service.contains(char::is_control)
            && !row.service.is_empty();
        if !id_is_fine {
            skipped.unreadable += 1;
        } else if !seen.insert(row.service.clone()) {
            skipped.duplicates += 1;
        } else {
            rows.extend(careful(row, exchange, &mut skipped));
        }
    }
    (rows, skipped)
}

fn careful(row: OfferedService, exchange: &Exchange, skipped: &mut Skipped) -> Option<Listed> {
    let service_type = match row.service_type {
        Some(ServiceType::Subscriptions) => {
            skipped.subscriptions += 1;
            return None;
        }
        None => {
            skipped.unknown_types += 1;
            return None;
        }
        Some(known) => known,
    };
    let cost = row.rate.converted(exchange.nano_usd);
    let Some(cost) = cost.ok().filter(|cost| is_price(*cost)) else {
        skipped.unpriced += 1;
        return None;
    };
    let min = row.min.max(1);
    if row.max < min {
        skipped.limits += 1;
        return None;
    }
    let name = line(&row.name).unwrap_or_else(|| format!("Service {}", row.service));
    Some(Listed {
        name,
        category: line(&row.category).unwrap_or_else(|| "Other".to_owned()),
        description: row.description.as_deref().and_then(paragraph),
        provider_service: row.service,
        service_type,
        cost,
        min,
        max: row.max,
        dripfeed: row.dripfeed,
        refill: row.refill,
        cancel: row.cancel,
    })
}

/// One printable line of a bounded length, if anything is left.
fn line(text: &str) -> Option<String> {
    let plain: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let cut: String = plain.trim().chars().take(MAX_NAME).collect();
    let cut = cut.trim_end();
    (!cut.is_empty()).then(|| cut.to_owned())
}

/// The same of several lines.
fn paragraph(text: &str) -> Option<String> {
    let plain: String = text
        .replace("\r\n", "\n")
        .chars()
        .map(|c| if c.is_control() && c != '\n' { ' ' } else { c })
        .collect();
    let cut: String = plain.trim().chars().take(MAX_DESCRIPTION).collect();
    let cut = cut.trim_end();
    (!cut.is_empty()).then(|| cut.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Rate;

    fn offered(id: &str, rate: &str) -> OfferedService {
        OfferedService {
            service: id.to_owned(),
            name: "Followers".to_owned(),
            category: "Instagram".to_owned(),
            type_word: "Default".to_owned(),
            service_type: Some(ServiceType::Default),
            rate: Rate::parse(rate).unwrap(),
            min: 10,
            max: 100,
            dripfeed: false,
            refill: false,
            cancel: false,
            description: None,
        }
    }

    fn read(services: Vec<OfferedService>) -> (Vec<Listed>, Skipped) {
        let catalogue = Catalogue {
            services,
            unreadable_rows: 0,
        };
        listed(catalogue, &Exchange::usd())
    }

    #[test]
    fn what_cannot_be_sold_is_skipped_and_counted() {
        let (rows, skipped) = read(vec![
            offered("1", "0.90"),
            offered("1", "0.10"),
            offered("2", "0"),
            offered("3", "1000000000"),
            OfferedService {
                min: 101,
                ..offered("4", "1")
            },
            OfferedService {
                service_type: None,
                ..offered("5", "1")
            },
            OfferedService {
                service_type: Some(ServiceType::Subscriptions),
                ..offered("6", "1")
            },
            offered(&"7".repeat(65), "1"),
            OfferedService {
                min: 0,
                ..offered("8", "1")
            },
        ]);
        let ids: Vec<&str> = rows
            .iter()
            .map(|row| row.provider_service.as_str())
            .collect();
        assert_eq!(ids, ["1", "8"]);
        assert_eq!(
            (rows[0].cost, rows[1].min),
            (Rate::parse("0.90").unwrap(), 1)
        );
        let expected = Skipped {
            subscriptions: 1,
            unknown_types: 1,
            unpriced: 2,
            limits: 1,
            duplicates: 1,
            unreadable: 1,
        };
        assert_eq!((skipped, skipped.total()), (expected, 7));
    }

    #[test]
    fn texts_are_made_printable_and_cut() {
        let (rows, _) = read(vec![OfferedService {
            name: format!(" a\0b\u{1b}[31m {}", "x".repeat(10_000)),
            category: "\t".to_owned(),
            description: Some("one\r\ntwo\u{7}".to_owned()),
            ..offered("1", "1")
        }]);
        assert!(rows[0].name.starts_with("a b [31m x"));
        assert_eq!(rows[0].name.chars().count(), MAX_NAME);
        assert_eq!(rows[0].category, "Other");
        assert_eq!(rows[0].description.as_deref(), Some("one\ntwo"));
    }

    #[test]
    fn costs_are_converted_and_rounded_up() {
        let catalogue = Catalogue {
            services: vec![offered("1", "100")],
            unreadable_rows: 0,
        };
        let roubles = Exchange {
            currency: "RUB".to_owned(),
            nano_usd: 10_869_565,
        };
        let (rows, _) = listed(catalogue, &roubles);
        assert_eq!(rows[0].cost.to_string(), "1.086957");
    }
}
