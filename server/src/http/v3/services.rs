//! The catalogue, whole or filtered; the whole is written once per version of it.

use std::sync::Arc;

use poem::http::{StatusCode, header};
use poem::{IntoResponse, Request, Response};
use poem_openapi::param::{Header, Query};
use poem_openapi::registry::{MetaResponse, MetaResponses, Registry};
use poem_openapi::types::Type;
use poem_openapi::{ApiResponse, Object, OpenApi};
use serde::Serialize;

use super::Tag;
use super::api_key::{ApiKey, Reads};
use super::orders;
use crate::catalog;
use crate::error::{self, Failure};
use crate::http::compression::{Compressed, accepts_gzip};
use crate::http::listing::Listing;
use crate::http::typed::payload::{Answer, success};
use crate::http::typed::problem::Fault;
use crate::money::Rate;
use crate::panel::Panel;
use crate::protocol::ServiceType;

/// Serves the catalogue.
pub(super) struct Services {
    panel: Panel,
    listing: Listing<Listed>,
}

/// One version of the catalogue.
struct Listed {
    version: i64,
    services: Vec<Service>,
    /// All of them, as the answer to a request without filters.
    whole: Compressed,
}

/// A service that can be ordered.
#[derive(Debug, Clone, Object, Serialize)]
struct Service {
    /// The number by which the service is ordered.
    service_id: i64,
    /// The name that the service has.
    name: String,
    /// The heading under which the service is listed.
    category: String,
    /// A longer text about the service; absent if the operator wrote none.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// The type that the service has; it decides which fields an order needs.
    service_type: ServiceType,
    /// What 1000 units cost, in USD; for the types `Package` and `Custom Comments Package`, what one
    /// package costs. For every other type the charge of an order is exactly
    /// `rate / 1000 * total_quantity`.
    rate: Rate,
    /// The smallest quantity that can be ordered, in units; for a drip-feed it holds for each run.
    min: i64,
    /// The largest quantity that can be ordered, in units, all runs of a drip-feed together.
    max: i64,
    /// Whether the service can be ordered as a drip-feed, in several runs.
    dripfeed: bool,
    /// Whether orders of the service have a refill guarantee.
    refill: bool,
    /// Whether the panel counts what the target shows, and requests refills of drops by itself.
    refill_automatic: bool,
    /// Whether an order of the service can still be canceled after it was sent.
    cancel: bool,
}

/// The services that match the filters.
#[derive(Debug, Object, Serialize)]
struct ServiceList {
    /// The services, in the sequence in which the panel lists them.
    services: Vec<Service>,
}

impl From<catalog::Service> for Service {
    fn from(service: catalog::Service) -> Service {
        let dripfeed = service.terms.takes_runs();
        let terms = service.terms;
        Service {
            service_id: service.id.0,
            name: terms.name,
            category: terms.category,
            description: terms.description,
            service_type: terms.service_type,
            rate: terms.rate,
            min: terms.min,
            max: terms.max,
            dripfeed,
            refill: terms.refill,
            refill_automatic: service.refill_automatic,
            cancel: terms.cancel,
        }
    }
}

impl Listed {
    fn new(version: i64, services: Vec<catalog::Service>) -> error::Result<Listed> {
        let sold = services
            .into_iter()
            .filter(|service| service.terms.service_type != ServiceType::Subscriptions);
        let list = ServiceList {
            services: sold.map(Service::from).collect(),
        };
        let json = serde_json::to_vec(&list)
            .map_err(|fault| Failure::Stored(format!("services not written: {fault}")))?;
        Ok(Listed {
            version,
            services: list.services,
            whole: Compressed::new(json)?,
        })
    }
}

/// The catalogue, or that it is what the client has.
enum Catalogue {
    /// Those that match.
    Some(ServiceList, String),
    /// All, compressed or not.
    All(Arc<Listed>, bool, String),
    /// Nothing new.
    Unchanged(String),
}

impl IntoResponse for Catalogue {
    fn into_response(self) -> Response {
        let (mut response, tag) = match self {
            Catalogue::Some(list, tag) => (Answer::<_, 200>(list).into_response(), tag),
            Catalogue::All(listed, zips, tag) => {
                let json = Response::builder()
                    .header(header::CONTENT_TYPE, "application/json")
                    .finish();
                (listed.whole.send(json, zips), tag)
            }
            Catalogue::Unchanged(tag) => {
                let unchanged = Response::builder().status(StatusCode::NOT_MODIFIED);
                (unchanged.finish(), tag)
            }
        };
        let headers = response.headers_mut();
        if let Ok(tag) = header::HeaderValue::from_str(&tag) {
            headers.insert(header::ETAG, tag);
        }
        let ask_first = header::HeaderValue::from_static("private, no-cache");
        headers.insert(header::CACHE_CONTROL, ask_first);
        response
    }
}

impl ApiResponse for Catalogue {
    fn meta() -> MetaResponses {
        let unchanged = MetaResponse {
            description: "The catalogue has not changed since the `ETag` of `If-None-Match`.",
            status: Some(304),
            status_range: None,
            content: Vec::new(),
            headers: Vec::new(),
        };
        MetaResponses {
            responses: vec![success(200, ServiceList::schema_ref()), unchanged],
        }
    }

    fn register(registry: &mut Registry) {
        ServiceList::register(registry);
    }
}

impl Services {
    pub(super) fn new(panel: Panel) -> Services {
        Services {
            panel,
            listing: Listing::new(Listed::new),
        }
    }
}

#[OpenApi(prefix_path = "/api/v3", tag = "Tag::Services")]
impl Services {
    /// List the services
    ///
    /// Lists the whole catalogue, or the services that match every filter. The answer has an `ETag`:
    /// send it back as `If-None-Match`, and an unchanged catalogue is answered with 304 and no body.
    #[oai(path = "/services", method = "get", operation_id = "service_list")]
    #[expect(
        clippy::too_many_arguments,
        reason = "one for each parameter of the query"
    )]
    async fn list(
        &self,
        request: &Request,
        key: ApiKey<Reads>,
        /// The `ETag` that an earlier answer had; an unchanged catalogue is not sent again.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
        /// Lists only services under exactly this heading.
        category: Query<Option<String>>,
        /// Lists only services that have this type.
        service_type: Query<Option<ServiceType>>,
        /// Lists only services whose name contains this text, in upper or lower case.
        search: Query<Option<String>>,
        /// True lists only services that can be ordered as a drip-feed; false lists only the others.
        dripfeed: Query<Option<bool>>,
        /// True lists only services with a refill guarantee; false lists only the others.
        refill: Query<Option<bool>>,
        /// True lists only services whose sent orders can be canceled; false lists only the others.
        cancel: Query<Option<bool>>,
    ) -> Result<Catalogue, Fault<orders::Listing>> {
        let listed = self.listing.of(&self.panel.db, &key.0).await?;
        // One per price list, so that a change of the account's tier is a change of the catalogue.
        let percent = key.0.percent.hundredths();
        let tag = format!("W/\"{}-{}-{percent}\"", self.panel.instance, listed.version);
        if if_none_match.0.is_some_and(|known| is_among(&tag, &known)) {
            return Ok(Catalogue::Unchanged(tag));
        }
        let search = search.0.map(|text| text.to_lowercase());
        let matches = |service: &&Service| {
            category
                .0
                .as_ref()
                .is_none_or(|wanted| *wanted == service.category)
                && service_type
                    .0
                    .is_none_or(|wanted| wanted == service.service_type)
                && search
                    .as_ref()
                    .is_none_or(|text| service.name.to_lowercase().contains(text))
                && dripfeed.0.is_none_or(|wanted| wanted == service.dripfeed)
                && refill.0.is_none_or(|wanted| wanted == service.refill)
                && cancel.0.is_none_or(|wanted| wanted == service.cancel)
        };
        if request.uri().query().unwrap_or_default().is_empty() {
            return Ok(Catalogue::All(listed, accepts_gzip(request), tag));
        }
        let services = listed.services.iter().filter(matches).cloned().collect();
        Ok(Catalogue::Some(ServiceList { services }, tag))
    }
}

/// Whether `tag` is one of the tags of an `If-None-Match`.
fn is_among(tag: &str, known: &str) -> bool {
    known
        .split(',')
        .map(str::trim)
        .any(|one| one == tag || one == "*")
}
