//! The answer to `services`, made once per version of the catalogue.

use crate::catalog::Service;
use crate::error::Result;
use crate::http::compression::Compressed;
use crate::protocol::ServiceType;
use crate::protocol::reply::{self, ServiceLine};

/// The answer for these services.
pub(super) fn bytes(_: i64, services: Vec<Service>) -> Result<Compressed> {
    let lines: Vec<_> = services.iter().filter_map(line).collect();
    Compressed::new(reply::services(&lines))
}

/// A service's line; subscriptions are not sold, so they are not listed.
fn line(service: &Service) -> Option<ServiceLine<'_>> {
    let terms = &service.terms;
    (terms.service_type != ServiceType::Subscriptions).then(|| ServiceLine {
        id: service.id.0,
        name: &terms.name,
        service_type: terms.service_type,
        rate: terms.rate,
        min: terms.min,
        max: terms.max,
        dripfeed: terms.takes_runs(),
        refill: terms.refill,
        cancel: terms.cancel,
        category: &terms.category,
        description: terms.description.as_deref(),
    })
}
