//! What goes in and out: the bodies of requests and answers.

use poem_openapi::Object;
use serde::{Deserialize, Serialize};

use crate::catalog::rules::percent_text;
use crate::catalog::services::ServiceView;
use crate::catalog::{Offer, ServicePause, ServiceState};
use crate::clock::Time;
use crate::http::operator::amounts::{percent, refill_text};
use crate::money::Rate;
use crate::protocol::ServiceType;

/// A provider's service that delivers a service of this panel.
#[derive(Debug, Object, Serialize)]
pub(super) struct ServiceOffer {
    /// The number of the provider that delivers.
    pub(super) provider_id: i64,
    /// The id of the service at the provider.
    pub(super) provider_service: String,
    /// The cost at the provider in USD per 1000 units, or per package, with 2 to 6 decimals.
    pub(super) cost: Rate,
    /// The smallest quantity of an order at the provider, in units.
    pub(super) min: i64,
    /// The largest quantity of an order at the provider, in units.
    pub(super) max: i64,
    /// Whether the provider does not sell the service now; then the next offer is used.
    pub(super) gone: bool,
    /// Whether no order is sent to the offer, because the provider charged more than its quoted cost.
    pub(super) paused: bool,
}

impl From<Offer> for ServiceOffer {
    fn from(offer: Offer) -> ServiceOffer {
        ServiceOffer {
            provider_id: offer.provider.0,
            provider_service: offer.provider_service,
            cost: offer.cost,
            min: offer.min,
            max: offer.max,
            gone: offer.gone,
            paused: offer.paused,
        }
    }
}

/// A service with its costs and its offers, which customers do not see.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "OperatorService")]
pub(super) struct Service {
    /// The number of the service, unique in this panel.
    pub(super) service_id: i64,
    /// The state of the service: `on_sale`, `hidden` or `paused`.
    pub(super) state: ServiceState,
    /// Why the panel paused the service; absent if it is not paused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pause_reason: Option<ServicePause>,
    /// The name of the service, as customers see it.
    pub(super) name: String,
    /// The category under which the service is listed.
    pub(super) category: String,
    /// The description of the service; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    /// The type of the service, which says what an order needs.
    pub(super) service_type: ServiceType,
    /// The price in USD per 1000 units, or per package, with 2 to 6 decimals.
    pub(super) rate: Rate,
    /// The percentage on the cost of the first offer; absent if the rate was set by hand, and then no change
    /// at a provider moves it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) markup_percent: Option<String>,
    /// The amount on top of the percentage, in USD per 1000 units or per package; absent if the rate was set
    /// by hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) markup_fixed: Option<Rate>,
    /// The smallest quantity of an order, or of one run of a drip-feed, in units.
    pub(super) min: i64,
    /// The largest quantity of an order, of all runs together, in units.
    pub(super) max: i64,
    /// Whether the service can be ordered as a drip-feed.
    pub(super) dripfeed: bool,
    /// Whether drops after the delivery are refilled.
    pub(super) refill: bool,
    /// The days after completion for which drops are refilled, or `lifetime`; absent without refills.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refill_days: Option<String>,
    /// The address that returns the count of a target, with `{link}` in it; absent if there is none, and then
    /// the panel files no refill by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) count_source: Option<String>,
    /// The part of the delivered units that may be lost before a refill is filed, in percent.
    pub(super) drop_tolerance: String,
    /// Whether the panel files refills by itself, where there is a count source.
    pub(super) refill_automatically: bool,
    /// Whether an order of the service may be canceled after it was sent.
    pub(super) cancel: bool,
    /// The family of the service: active orders of one family on one link overlap.
    pub(super) family: String,
    /// What happens to a second active order on a link. `flag`: it is accepted, and both orders are marked as
    /// overlapping. `reject`: it is refused.
    pub(super) same_link: SameLink,
    /// The names of fields beyond those of the type that are passed on to providers unchanged.
    pub(super) passed_fields: Vec<String>,
    /// The offers that deliver the service, in the order in which they are tried; empty if the service is
    /// manual.
    pub(super) offers: Vec<ServiceOffer>,
    /// When the service was created, UTC.
    pub(super) created_at: Time,
}

/// What happens to a second active order on a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, poem_openapi::Enum, Serialize, Deserialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub(super) enum SameLink {
    /// The second order is accepted, and both orders are marked as overlapping.
    Flag,
    /// The second order is refused.
    Reject,
}

/// The state that an operator can set for a service; only the panel sets `paused`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, poem_openapi::Enum, Serialize, Deserialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub(super) enum SaleState {
    /// The service is listed and can be ordered.
    OnSale,
    /// The service is not listed and cannot be ordered; its open orders go on.
    Hidden,
}

impl From<ServiceView> for Service {
    fn from(view: ServiceView) -> Service {
        let terms = view.service.terms;
        Service {
            service_id: view.service.id.0,
            state: view.service.state,
            pause_reason: view.pause,
            refill_days: refill_text(terms.refill, terms.refill_days),
            name: terms.name,
            category: terms.category,
            description: terms.description,
            service_type: terms.service_type,
            rate: terms.rate,
            markup_percent: view.markup.map(percent),
            markup_fixed: view.markup.map(|markup| markup.fixed()),
            min: terms.min,
            max: terms.max,
            dripfeed: terms.dripfeed,
            refill: terms.refill,
            count_source: view.counting.source,
            drop_tolerance: percent_text(view.counting.tolerance_hundredths),
            refill_automatically: view.counting.automatic,
            cancel: terms.cancel,
            family: terms.family,
            same_link: if terms.rejects_same_link {
                SameLink::Reject
            } else {
                SameLink::Flag
            },
            passed_fields: terms.passed_fields,
            offers: view.offers.into_iter().map(ServiceOffer::from).collect(),
            created_at: view.created_at,
        }
    }
}

/// One page of the list of services.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "OperatorServicePage")]
pub(super) struct ServicePage {
    /// The services of this page, in the order in which customers see them.
    pub(super) services: Vec<Service>,
    /// The `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_cursor: Option<String>,
}

/// A provider's service that is to deliver a service of this panel.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(rename = "OfferChoice")]
pub(super) struct Choice {
    /// The number of the provider that delivers.
    pub(super) provider_id: i64,
    /// The id of the service, as the provider lists it.
    #[oai(validator(min_length = 1, max_length = 64))]
    pub(super) provider_service: String,
}

/// A service to create. With offers, a field that is absent is taken from the first offer's service. Without
/// offers the service is manual, and `name`, `category`, `service_type`, `rate`, `min` and `max` are
/// required.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewService {
    /// The offers that deliver the service, in the order in which they are tried; a manual service has none.
    #[oai(validator(max_items = 20))]
    pub(super) offers: Option<Vec<Choice>>,
    /// The name of the service: 1 to 255 printable characters.
    pub(super) name: Option<String>,
    /// The category under which the service is listed: 1 to 255 printable characters.
    pub(super) category: Option<String>,
    /// The description of the service: at most 4000 characters.
    pub(super) description: Option<String>,
    /// The type of the service, which says what an order needs; Subscriptions are not sold.
    pub(super) service_type: Option<ServiceType>,
    /// The price in USD per 1000 units, or per package: above 0, at most 1000000, with at most 6 decimals.
    /// Not allowed with a markup.
    #[oai(validator(pattern = r"^[0-9]{1,7}(\.[0-9]{1,6})?$"))]
    pub(super) rate: Option<String>,
    /// The percentage on the cost of the first offer, such as `25` or `12.5`, with at most 2 decimals; in
    /// place of `rate`.
    #[oai(validator(pattern = r"^-?[0-9]{1,7}(\.[0-9]{1,2})?$"))]
    pub(super) markup_percent: Option<String>,
    /// The amount on the cost of the first offer, in USD with at most 6 decimals, in addition to
    /// `markup_percent` or alone; in place of `rate`.
    #[oai(validator(pattern = r"^[0-9]{1,7}(\.[0-9]{1,6})?$"))]
    pub(super) markup_fixed: Option<String>,
    /// The smallest quantity of an order, in units: 1 or more.
    pub(super) min: Option<i64>,
    /// The largest quantity of an order, in units: `min` or more.
    pub(super) max: Option<i64>,
    /// Whether the service can be ordered as a drip-feed.
    pub(super) dripfeed: Option<bool>,
    /// Whether drops after the delivery are refilled.
    pub(super) refill: Option<bool>,
    /// The days after completion for which drops are refilled, from 1 to 3650, or `lifetime`; 30 if it is
    /// absent.
    pub(super) refill_days: Option<String>,
    /// The https address that returns the count of a target as `{"count": 15848}`, with `{link}` once in its
    /// path or query; it is replaced by the encoded link. Not allowed for packages.
    #[oai(validator(max_length = 2048))]
    pub(super) count_source: Option<String>,
    /// The part of the delivered units that may be lost before a refill is filed, in percent from 0 to 100,
    /// such as `5` or `2.5`; 0 if it is absent.
    #[oai(validator(pattern = r"^[0-9]{1,3}(\.[0-9]{1,2})?$"))]
    pub(super) drop_tolerance: Option<String>,
    /// Whether the panel files refills by itself, where there is a count source; `true` if it is absent.
    pub(super) refill_automatically: Option<bool>,
    /// Whether an order of the service may be canceled after it was sent.
    pub(super) cancel: Option<bool>,
    /// The family of the service: active orders of one family on one link overlap. If it is absent, it
    /// follows from the platform and the category.
    pub(super) family: Option<String>,
    /// What happens to a second active order on a link; `flag` if it is absent.
    pub(super) same_link: Option<SameLink>,
    /// Whether the service may be sold below a provider's cost; `false` if it is absent.
    pub(super) below_cost: Option<bool>,
}

/// The fields of a service to change; a field that is absent stays as it is.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(rename = "ServiceChange")]
pub(super) struct Change {
    /// The state to set: `on_sale` or `hidden`. A paused service can be put back on sale if nothing prevents
    /// it.
    pub(super) state: Option<SaleState>,
    /// The complete list of the offers, in the order in which they are tried; they must have the service's
    /// type.
    #[oai(validator(max_items = 20))]
    pub(super) offers: Option<Vec<Choice>>,
    /// The name of the service: 1 to 255 printable characters.
    pub(super) name: Option<String>,
    /// The category under which the service is listed: 1 to 255 printable characters.
    pub(super) category: Option<String>,
    /// The description of the service: at most 4000 characters; an empty text removes it.
    pub(super) description: Option<String>,
    /// The price in USD per 1000 units, or per package, with at most 6 decimals, set by hand: no change at a
    /// provider moves it any more.
    #[oai(validator(pattern = r"^[0-9]{1,7}(\.[0-9]{1,6})?$"))]
    pub(super) rate: Option<String>,
    /// The percentage on the cost of the first offer, such as `25` or `12.5`; it replaces a rate that was set
    /// by hand.
    #[oai(validator(pattern = r"^-?[0-9]{1,7}(\.[0-9]{1,2})?$"))]
    pub(super) markup_percent: Option<String>,
    /// The amount on the cost of the first offer, in USD with at most 6 decimals, in addition to
    /// `markup_percent` or alone.
    #[oai(validator(pattern = r"^[0-9]{1,7}(\.[0-9]{1,6})?$"))]
    pub(super) markup_fixed: Option<String>,
    /// The smallest quantity of an order, in units: 1 or more.
    pub(super) min: Option<i64>,
    /// The largest quantity of an order, in units: `min` or more.
    pub(super) max: Option<i64>,
    /// Whether the service can be ordered as a drip-feed.
    pub(super) dripfeed: Option<bool>,
    /// Whether drops after the delivery are refilled.
    pub(super) refill: Option<bool>,
    /// The days after completion for which drops are refilled, from 1 to 3650, or `lifetime`.
    pub(super) refill_days: Option<String>,
    /// The https address that returns the count of a target as `{"count": 15848}`, with `{link}` once in its
    /// path or query; it is replaced by the encoded link. It applies to orders that end from then on. An
    /// empty text removes it.
    #[oai(validator(max_length = 2048))]
    pub(super) count_source: Option<String>,
    /// The part of the delivered units that may be lost before a refill is filed, in percent from 0 to 100,
    /// such as `5` or `2.5`.
    #[oai(validator(pattern = r"^[0-9]{1,3}(\.[0-9]{1,2})?$"))]
    pub(super) drop_tolerance: Option<String>,
    /// Whether the panel files refills by itself, where there is a count source.
    pub(super) refill_automatically: Option<bool>,
    /// Whether an order of the service may be canceled after it was sent.
    pub(super) cancel: Option<bool>,
    /// The family of the service: active orders of one family on one link overlap.
    pub(super) family: Option<String>,
    /// What happens to a second active order on a link: `flag` or `reject`.
    pub(super) same_link: Option<SameLink>,
    /// The complete list of fields beyond those of the type that are passed on to providers unchanged, such
    /// as `country`.
    #[oai(validator(max_items = 30))]
    pub(super) passed_fields: Option<Vec<String>>,
    /// Whether the service may be sold below a provider's cost; `false` if it is absent.
    pub(super) below_cost: Option<bool>,
}

/// The services in the order in which customers are to see them.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServiceOrder {
    /// The numbers of 1 to 1000 services, each once. They take the places that they have now among all
    /// services.
    #[oai(validator(min_items = 1, max_items = 1000))]
    pub(super) service_ids: Vec<i64>,
}

/// The result of putting services in order.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "ServicesListed")]
pub(super) struct Ordered {
    /// The number of services that got a place.
    pub(super) listed: usize,
}
