//! How refills end, service by service.

use poem_openapi::param::Query;
use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use super::Tag;
use super::refusals::Listing;
use super::staff::Staff;
use crate::http::typed::paging::{limit_of, page};
use crate::http::typed::payload::Answer;
use crate::http::typed::problem::Fault;
use crate::panel::Panel;
use crate::refills;

/// Serves what operators want to know of refills.
pub(super) struct Refills {
    pub(super) panel: Panel,
}

/// How the refills of a service ended.
#[derive(Debug, Object, Serialize)]
struct ServiceRefills {
    /// The service.
    service_id: i64,
    /// Its name.
    service_name: String,
    /// How many refills were asked for.
    requested: i64,
    /// How many of them were done.
    completed: i64,
    /// How many its providers would not do.
    rejected: i64,
    /// How many ended without result.
    canceled: i64,
}

impl From<refills::Counts> for ServiceRefills {
    fn from(counts: refills::Counts) -> ServiceRefills {
        ServiceRefills {
            service_id: counts.service.0,
            service_name: counts.name,
            requested: counts.requested,
            completed: counts.completed,
            rejected: counts.rejected,
            canceled: counts.canceled,
        }
    }
}

/// How refills ended.
#[derive(Debug, Object, Serialize)]
struct RefillCounts {
    /// The services that have any, the most asked for first.
    services: Vec<ServiceRefills>,
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Services")]
impl Refills {
    /// Count refills by service
    ///
    /// How many were asked for, done, and refused.
    #[oai(
        path = "/refill-counts",
        method = "get",
        operation_id = "refill_counts"
    )]
    async fn counts(
        &self,
        _staff: Staff,
        /// Services at most.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<RefillCounts>, Fault<Listing>> {
        let counts = refills::counts(&self.panel.db, limit_of(limit.0)).await?;
        Ok(Answer(RefillCounts {
            services: counts.into_iter().map(ServiceRefills::from).collect(),
        }))
    }
}
