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

/// A provider's service that delivers one of ours.
#[derive(Debug, Object, Serialize)]
pub(super) struct ServiceOffer {
    /// The provider.
    pub(super) provider_id: i64,
    /// The service's id there.
    pub(super) provider_service: String,
    /// What it costs in USD per 1000, or per package.
    pub(super) cost: Rate,
    /// Its smallest quantity.
    pub(super) min: i64,
    /// Its largest quantity.
    pub(super) max: i64,
    /// Whether the provider does not sell it at present: then it is passed over.
    pub(super) gone: bool,
    /// Whether nothing is sent to it, because it was charged above what was quoted.
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

/// A service with what customers are not told.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "OperatorService")]
pub(super) struct Service {
    /// Its number.
    pub(super) service_id: i64,
    /// Whether it is sold at present.
    pub(super) state: ServiceState,
    /// Why the panel paused it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pause_reason: Option<ServicePause>,
    /// Its name.
    pub(super) name: String,
    /// The heading under which it is listed.
    pub(super) category: String,
    /// More about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    /// Its type.
    pub(super) service_type: ServiceType,
    /// The price of 1000 units, or of one package, in USD.
    pub(super) rate: Rate,
    /// The percentage on the first offer's cost; absent for a rate that was set by hand, which no
    /// provider moves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) markup_percent: Option<String>,
    /// What comes on top of that, in USD.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) markup_fixed: Option<Rate>,
    /// Smallest quantity of an order, or of one run of a drip-feed.
    pub(super) min: i64,
    /// Largest quantity of an order, all runs together.
    pub(super) max: i64,
    /// Whether it can be ordered in runs.
    pub(super) dripfeed: bool,
    /// Whether drops are refilled.
    pub(super) refill: bool,
    /// For how many days after completion, or `lifetime`; absent without refills.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refill_days: Option<String>,
    /// Who is asked what a target shows now: an address with `{link}` in it. Absent: refills are by
    /// hand only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) count_source: Option<String>,
    /// How much of what was delivered may be missing before a refill is filed, in percent.
    pub(super) drop_tolerance: String,
    /// Whether refills are filed without being asked for, where there is a count source.
    pub(super) refill_automatically: bool,
    /// Whether an order of it may still be canceled once it was sent.
    pub(super) cancel: bool,
    /// Orders of one family on one link count as simultaneous.
    pub(super) family: String,
    /// `flag`: a second active order on a link is accepted, and both are marked as overlapping.
    /// `reject`: it is refused.
    pub(super) same_link: SameLink,
    /// Fields beyond those of its type that are handed on to its providers as they are.
    pub(super) passed_fields: Vec<String>,
    /// Who delivers it, in the order in which they are asked; nobody if it is manual.
    pub(super) offers: Vec<ServiceOffer>,
    /// When it was made.
    pub(super) created_at: Time,
}

/// What happens to a second active order on a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, poem_openapi::Enum, Serialize, Deserialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub(super) enum SameLink {
    /// It is accepted, and both are marked as overlapping.
    Flag,
    /// It is refused.
    Reject,
}

/// Whether a service is sold, as an operator sets it: only the panel pauses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, poem_openapi::Enum, Serialize, Deserialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub(super) enum SaleState {
    /// It is listed and ordered.
    OnSale,
    /// It is neither; its orders go on.
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

/// A page of the list of services.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "OperatorServicePage")]
pub(super) struct ServicePage {
    /// In the order in which they are listed.
    pub(super) services: Vec<Service>,
    /// Where the list goes on: the `cursor` of the next page. Absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_cursor: Option<String>,
}

/// A provider's service to deliver one of ours.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(rename = "OfferChoice")]
pub(super) struct Choice {
    /// The provider.
    pub(super) provider_id: i64,
    /// The id of its service, as it lists it.
    #[oai(validator(min_length = 1, max_length = 64))]
    pub(super) provider_service: String,
}

/// A service to sell. With offers, what is absent is taken from the first one's own service; without,
/// it is manual, and name, category, type, rate, min and max are needed.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewService {
    /// Who delivers it, in the order in which they are asked.
    #[oai(validator(max_items = 20))]
    pub(super) offers: Option<Vec<Choice>>,
    /// Its name: 1 to 255 printable characters.
    pub(super) name: Option<String>,
    /// The heading under which it is listed: 1 to 255 printable characters.
    pub(super) category: Option<String>,
    /// More about it: at most 4000 characters.
    pub(super) description: Option<String>,
    /// Its type.
    pub(super) service_type: Option<ServiceType>,
    /// The price of 1000 units, or of one package, in USD: above 0, at most 1000000, six decimals.
    #[oai(validator(pattern = r"^[0-9]{1,7}(\.[0-9]{1,6})?$"))]
    pub(super) rate: Option<String>,
    /// Instead of a rate: the first offer's cost plus this percentage, such as `25` or `12.5`.
    #[oai(validator(pattern = r"^-?[0-9]{1,7}(\.[0-9]{1,2})?$"))]
    pub(super) markup_percent: Option<String>,
    /// Instead of a rate, or beside a percentage: this much in USD on top.
    #[oai(validator(pattern = r"^[0-9]{1,7}(\.[0-9]{1,6})?$"))]
    pub(super) markup_fixed: Option<String>,
    /// Smallest quantity, from 1.
    pub(super) min: Option<i64>,
    /// Largest quantity.
    pub(super) max: Option<i64>,
    /// Whether it can be ordered in runs.
    pub(super) dripfeed: Option<bool>,
    /// Whether drops are refilled.
    pub(super) refill: Option<bool>,
    /// For how many days after completion (1 to 3650), or `lifetime`; 30 if it is absent.
    pub(super) refill_days: Option<String>,
    /// Who is asked what a target shows now: an https address with `{link}` once in its path or query,
    /// for the link, encoded. It answers `{"count": 15848}`.
    #[oai(validator(max_length = 2048))]
    pub(super) count_source: Option<String>,
    /// How much of what was delivered may be missing before a refill is filed, in percent, such as
    /// `5` or `2.5`; 0 if it is absent.
    #[oai(validator(pattern = r"^[0-9]{1,3}(\.[0-9]{1,2})?$"))]
    pub(super) drop_tolerance: Option<String>,
    /// Whether refills are filed without being asked for, where there is a count source; true if it
    /// is absent.
    pub(super) refill_automatically: Option<bool>,
    /// Whether an order of it may still be canceled once it was sent.
    pub(super) cancel: Option<bool>,
    /// Orders of one family on one link count as simultaneous; its platform and category if it is
    /// absent.
    pub(super) family: Option<String>,
    /// What happens to a second active order on a link; `flag` if it is absent.
    pub(super) same_link: Option<SameLink>,
    /// Sell it although a provider charges more than the rate.
    pub(super) below_cost: Option<bool>,
}

/// What to change of a service; what is absent stays as it is.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(rename = "ServiceChange")]
pub(super) struct Change {
    /// Sell it or hide it. A paused one is put back on sale where nothing stands against it.
    pub(super) state: Option<SaleState>,
    /// Who delivers it, in the order in which they are asked: all of them, of its own type.
    #[oai(validator(max_items = 20))]
    pub(super) offers: Option<Vec<Choice>>,
    /// Its name: 1 to 255 printable characters.
    pub(super) name: Option<String>,
    /// The heading under which it is listed: 1 to 255 printable characters.
    pub(super) category: Option<String>,
    /// More about it: at most 4000 characters; an empty text removes it.
    pub(super) description: Option<String>,
    /// The price in USD, set by hand: no provider moves it any more.
    #[oai(validator(pattern = r"^[0-9]{1,7}(\.[0-9]{1,6})?$"))]
    pub(super) rate: Option<String>,
    /// The price as the first offer's cost plus this percentage, such as `25` or `12.5`.
    #[oai(validator(pattern = r"^-?[0-9]{1,7}(\.[0-9]{1,2})?$"))]
    pub(super) markup_percent: Option<String>,
    /// The price as that cost plus this much in USD, beside a percentage or alone.
    #[oai(validator(pattern = r"^[0-9]{1,7}(\.[0-9]{1,6})?$"))]
    pub(super) markup_fixed: Option<String>,
    /// Smallest quantity, from 1.
    pub(super) min: Option<i64>,
    /// Largest quantity.
    pub(super) max: Option<i64>,
    /// Whether it can be ordered in runs.
    pub(super) dripfeed: Option<bool>,
    /// Whether drops are refilled.
    pub(super) refill: Option<bool>,
    /// For how many days after completion (1 to 3650), or `lifetime`.
    pub(super) refill_days: Option<String>,
    /// Who is asked what a target shows now, of orders that end from then on: an https address with
    /// `{link}` once in its path or query, for the link, encoded. It answers `{"count": 15848}`. An
    /// empty text removes it.
    #[oai(validator(max_length = 2048))]
    pub(super) count_source: Option<String>,
    /// How much of what was delivered may be missing before a refill is filed, in percent, such as
    /// `5` or `2.5`.
    #[oai(validator(pattern = r"^[0-9]{1,3}(\.[0-9]{1,2})?$"))]
    pub(super) drop_tolerance: Option<String>,
    /// Whether refills are filed without being asked for, where there is a count source.
    pub(super) refill_automatically: Option<bool>,
    /// Whether an order of it may still be canceled once it was sent.
    pub(super) cancel: Option<bool>,
    /// Orders of one family on one link count as simultaneous.
    pub(super) family: Option<String>,
    /// What happens to a second active order on a link.
    pub(super) same_link: Option<SameLink>,
    /// The fields beyond those of its type that are handed on to its providers as they are, such as
    /// `country`: all of them.
    #[oai(validator(max_items = 30))]
    pub(super) passed_fields: Option<Vec<String>>,
    /// Sell it although a provider charges more than the rate.
    pub(super) below_cost: Option<bool>,
}

/// Services in the order in which they are to be listed.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServiceOrder {
    /// Their numbers, each once. They take the places that they have among all services.
    #[oai(validator(min_items = 1, max_items = 1000))]
    pub(super) service_ids: Vec<i64>,
}

/// That it is done.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "ServicesListed")]
pub(super) struct Ordered {
    /// How many services were given a place.
    pub(super) listed: usize,
}
