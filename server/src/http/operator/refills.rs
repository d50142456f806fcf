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

/// The numbers of refills of one service, by their results.
#[derive(Debug, Object, Serialize)]
struct ServiceRefills {
    /// The number of the service, unique in this panel.
    service_id: i64,
    /// The name that the service has now.
    service_name: String,
    /// The number of refills that were requested.
    requested: i64,
    /// The number of refills that were completed.
    completed: i64,
    /// The number of refills that were rejected.
    rejected: i64,
    /// The number of refills that ended without a result.
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

/// The numbers of refills, by service.
#[derive(Debug, Object, Serialize)]
struct RefillCounts {
    /// The services that have refills, the one with the most refills first.
    services: Vec<ServiceRefills>,
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Services")]
impl Refills {
    /// Count refills by service
    ///
    /// The numbers of requested, completed, rejected and canceled refills.
    #[oai(
        path = "/refill-counts",
        method = "get",
        operation_id = "refill_counts"
    )]
    async fn counts(
        &self,
        _staff: Staff,
        /// The maximum number of services in the answer, from 1 to 1000; 100 if it is absent.
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
