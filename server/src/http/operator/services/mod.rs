//! What is sold.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};

use super::amounts::{drop_tolerance, price, refill_days, searched};
use super::staff::{Operator, Staff};
use super::{Asks, Tag};
use crate::catalog::counting::{Counting, CountingChange};
use crate::catalog::rules::{Listed, Wish};
use crate::catalog::services::{self, ServiceChange, ServiceFilter};
use crate::catalog::{self, ServiceState, sync};
use crate::error::{self, Refusal};
use crate::http::typed::code::Code;
use crate::http::typed::paging::{cut, limit_of, page};
use crate::http::typed::payload::{Answer, JsonBody};
use crate::http::typed::problem::{Fault, Problem, Refusals};
use crate::ids::{ProviderId, ServiceId};
use crate::panel::Panel;
use crate::provider::{check_source, read_catalogue};

mod wire;

use wire::{
    Change, Choice, NewService, Ordered, SaleState, SameLink, Service, ServiceOrder, ServicePage,
};

/// Serves the operations on services.
pub(super) struct Services(pub(super) Asks);

struct Listing;

impl Refusals for Listing {
    const CODES: &'static [Code] = &[Code::Forbidden];
}

struct Viewing;

impl Refusals for Viewing {
    const CODES: &'static [Code] = &[Code::Forbidden, Code::ObjectUnknown];
}

struct Changing;

impl Refusals for Changing {
    const CODES: &'static [Code] = &[
        Code::Forbidden,
        Code::ObjectUnknown,
        Code::StateConflict,
        Code::BodyTooLarge,
        Code::BodyTooSlow,
        Code::MediaTypeUnsupported,
        Code::FieldInvalid,
    ];
}

/// What was chosen, as the providers sell it now: each is asked once.
async fn offered(asks: &Asks, choices: &[Choice]) -> error::Result<Vec<(ProviderId, Listed)>> {
    if choices.len() > 20 {
        let (field, expected) = ("offers", "at most 20 offers");
        return Err(Refusal::FieldInvalid { field, expected }.into());
    }
    let mut read: HashMap<ProviderId, (_, catalog::Exchange)> = HashMap::new();
    let mut offers = Vec::with_capacity(choices.len());
    for choice in choices {
        let id = ProviderId(choice.provider_id);
        let (catalogue, exchange) = match read.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unread) => {
                let provider = catalog::provider(&asks.panel.db, &asks.panel.secrets, id).await?;
                let reading = read_catalogue(&asks.client, &provider).await;
                let reading = reading.map_err(|why| Refusal::Conflict { why })?;
                unread.insert((reading.catalogue, provider.exchange))
            }
        };
        let found = sync::find(catalogue.clone(), exchange, &choice.provider_service);
        let none = Refusal::FieldInvalid {
            field: "offers",
            expected: "services that their providers list and that can be sold",
        };
        offers.push((id, found.ok_or(none)?));
    }
    Ok(offers)
}

/// A count source that may be asked, if a request has one; an empty text is none.
fn count_source(panel: &Panel, given: Option<String>) -> Result<Option<Option<String>>, Refusal> {
    let Some(source) = given else { return Ok(None) };
    if source.is_empty() {
        return Ok(Some(None));
    }
    check_source(&source, panel.config.provider_allow_loopback).map_err(|_| {
        Refusal::FieldInvalid {
            field: "count_source",
            expected: "an https address on a public host with {link} once in its path or query, \
                       such as https://counts.example/?of={link}",
        }
    })?;
    Ok(Some(Some(source)))
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Services")]
impl Services {
    /// List all services
    ///
    /// With hidden and paused services, in the order in which customers see them, with costs and markups.
    /// Filters are combined.
    #[oai(
        path = "/services",
        method = "get",
        operation_id = "operator_service_list"
    )]
    async fn list(
        &self,
        _staff: Staff,
        /// Lists only services in this state.
        state: Query<Option<ServiceState>>,
        /// Lists only services of this category; at most 255 characters.
        #[oai(validator(max_length = 255))]
        category: Query<Option<String>>,
        /// Lists only services whose name contains this text, in upper or lower case; at most 255 characters.
        #[oai(validator(max_length = 255))]
        search: Query<Option<String>>,
        /// The `next_cursor` of the previous page; absent for the first page.
        #[oai(validator(pattern = "^[0-9]{1,15}-[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// The maximum number of services in a page, from 1 to 1000; 100 if it is absent.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<ServicePage>, Fault<Listing>> {
        let bad_cursor = || Problem::invalid("cursor", "no page has this next_cursor".to_owned());
        let place = |cursor: &str| {
            let (position, id) = cursor.split_once('-')?;
            Some((position.parse().ok()?, id.parse().ok()?))
        };
        let after = match cursor.0 {
            Some(cursor) => Some(place(&cursor).ok_or_else(bad_cursor)?),
            None => None,
        };
        let filter = ServiceFilter {
            state: state.0,
            category: searched(category.0),
            search: searched(search.0),
        };
        let limit = limit_of(limit.0);
        let mut found = services::list(&self.0.panel.db, &filter, after, limit + 1).await?;
        let has_more = cut(&mut found, limit);
        let last = found.last().filter(|_| has_more);
        Ok(Answer(ServicePage {
            next_cursor: last.map(|last| format!("{}-{}", last.position, last.service.id)),
            services: found.into_iter().map(Service::from).collect(),
        }))
    }

    /// Read a service
    ///
    /// Includes its providers, their costs and the markup.
    #[oai(
        path = "/services/:service_id",
        method = "get",
        operation_id = "operator_service_view"
    )]
    async fn view(
        &self,
        _staff: Staff,
        /// The number of the service, which `operator_service_list` gives as `service_id`.
        service_id: Path<i64>,
    ) -> Result<Answer<Service>, Fault<Viewing>> {
        let found = services::view(&self.0.panel.db, ServiceId(service_id.0)).await?;
        Ok(Answer(found.into()))
    }

    /// Create a service
    ///
    /// Without offers it is a manual service; with offers, the panel reads from their providers now what they
    /// sell. A rate below a provider's cost is refused unless `below_cost` is `true`.
    #[oai(
        path = "/services",
        method = "post",
        operation_id = "operator_service_create"
    )]
    async fn create(
        &self,
        operator: Operator,
        new: JsonBody<NewService>,
    ) -> Result<Answer<Service, 201>, Fault<Changing>> {
        let new = new.0;
        let price = price(
            new.rate.as_deref(),
            new.markup_percent.as_deref(),
            new.markup_fixed.as_deref(),
        )?;
        let counting = CountingChange {
            source: count_source(&self.0.panel, new.count_source)?,
            tolerance_hundredths: drop_tolerance(new.drop_tolerance.as_deref())?,
            automatic: new.refill_automatically,
        };
        let wish = Wish {
            price,
            refill_days: refill_days(new.refill_days.as_deref())?,
            name: new.name,
            category: new.category,
            description: new.description,
            service_type: new.service_type,
            min: new.min,
            max: new.max,
            dripfeed: new.dripfeed,
            refill: new.refill,
            cancel: new.cancel,
            family: new.family,
            rejects_same_link: new.same_link == Some(SameLink::Reject),
            counting: Counting::default().changed(counting),
            below_cost: new.below_cost.unwrap_or_default(),
        };
        let offers = offered(&self.0, &new.offers.unwrap_or_default()).await?;
        let made = services::create(&self.0.panel, &operator.0, wish, &offers).await?;
        Ok(Answer(made.into()))
    }

    /// Change a service
    ///
    /// Customers see the change on their next request; orders that were already placed keep their terms. A
    /// change of the price or the offers that leaves the rate below a provider's cost is refused unless
    /// `below_cost` is `true`.
    #[oai(
        path = "/services/:service_id",
        method = "patch",
        operation_id = "operator_service_change"
    )]
    async fn change(
        &self,
        operator: Operator,
        /// The number of the service, which `operator_service_list` gives as `service_id`.
        service_id: Path<i64>,
        change: JsonBody<Change>,
    ) -> Result<Answer<Service>, Fault<Changing>> {
        let id = ServiceId(service_id.0);
        let change = change.0;
        let price = price(
            change.rate.as_deref(),
            change.markup_percent.as_deref(),
            change.markup_fixed.as_deref(),
        )?;
        let refill_days = refill_days(change.refill_days.as_deref())?;
        let offers = match change.offers {
            Some(choices) => Some(offered(&self.0, &choices).await?),
            None => None,
        };
        let counting = CountingChange {
            source: count_source(&self.0.panel, change.count_source)?,
            tolerance_hundredths: drop_tolerance(change.drop_tolerance.as_deref())?,
            automatic: change.refill_automatically,
        };
        let change = ServiceChange {
            name: change.name,
            category: change.category,
            description: change.description,
            price,
            min: change.min,
            max: change.max,
            dripfeed: change.dripfeed,
            refill: change.refill,
            refill_days,
            cancel: change.cancel,
            family: change.family,
            rejects_same_link: change.same_link.map(|what| what == SameLink::Reject),
            passed_fields: change.passed_fields,
            on_sale: change.state.map(|state| state == SaleState::OnSale),
            offers,
            counting,
            below_cost: change.below_cost.unwrap_or_default(),
        };
        let changed = services::change(&self.0.panel, &operator.0, id, change).await?;
        Ok(Answer(changed.into()))
    }

    /// Put services in order
    ///
    /// Sets the order in which customers see these services. They take the places that they have now among
    /// all services.
    #[oai(
        path = "/services/order",
        method = "post",
        operation_id = "operator_service_order"
    )]
    async fn order(
        &self,
        operator: Operator,
        order: JsonBody<ServiceOrder>,
    ) -> Result<Answer<Ordered>, Fault<Changing>> {
        let ids: Vec<ServiceId> = order.0.service_ids.into_iter().map(ServiceId).collect();
        services::order(&self.0.panel, &operator.0, &ids).await?;
        Ok(Answer(Ordered { listed: ids.len() }))
    }
}
