//! Which rows of a list are asked for.

use chrono::{DateTime, Utc};

use crate::{OrderStatus, ServiceType};

/// Which services are listed: all that match everything given; all of them by default.
///
/// ```
/// use smm_panel_sdk::ServiceFilter;
///
/// let filter = ServiceFilter::default().category("Followers").refill(true);
/// # assert_eq!(filter.refill, Some(true));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceFilter {
    /// Services under this heading.
    pub category: Option<String>,
    /// Services of this type.
    pub service_type: Option<ServiceType>,
    /// Services with this in their name, in upper or lower case.
    pub search: Option<String>,
    /// Services that can, or cannot, be ordered in runs.
    pub dripfeed: Option<bool>,
    /// Services that are, or are not, refilled.
    pub refill: Option<bool>,
    /// Services whose sent orders can, or cannot, be canceled.
    pub cancel: Option<bool>,
}

impl ServiceFilter {
    /// Only services under this heading.
    #[must_use]
    pub fn category(mut self, heading: impl Into<String>) -> ServiceFilter {
        self.category = Some(heading.into());
        self
    }

    /// Only services of this type.
    #[must_use]
    pub fn service_type(mut self, service_type: ServiceType) -> ServiceFilter {
        self.service_type = Some(service_type);
        self
    }

    /// Only services with this in their name, in upper or lower case.
    #[must_use]
    pub fn search(mut self, text: impl Into<String>) -> ServiceFilter {
        self.search = Some(text.into());
        self
    }

    /// Only services that can, or cannot, be ordered in runs.
    #[must_use]
    pub fn dripfeed(mut self, can: bool) -> ServiceFilter {
        self.dripfeed = Some(can);
        self
    }

    /// Only services that are, or are not, refilled.
    #[must_use]
    pub fn refill(mut self, is_refilled: bool) -> ServiceFilter {
        self.refill = Some(is_refilled);
        self
    }

    /// Only services whose sent orders can, or cannot, be canceled.
    #[must_use]
    pub fn cancel(mut self, can: bool) -> ServiceFilter {
        self.cancel = Some(can);
        self
    }
}

/// Which orders are listed: all that match everything given; all of them by default.
///
/// ```
/// use smm_panel_sdk::{OrderFilter, OrderStatus};
///
/// let filter = OrderFilter::default().status(OrderStatus::Partial).reference("invoice 117");
/// # assert_eq!(filter.status, Some(OrderStatus::Partial));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OrderFilter {
    /// Orders of this status.
    pub status: Option<OrderStatus>,
    /// Orders of this service.
    pub service_id: Option<i64>,
    /// Orders with this reference.
    pub reference: Option<String>,
    /// Orders placed at this time or later.
    pub created_from: Option<DateTime<Utc>>,
    /// Orders placed before this time.
    pub created_before: Option<DateTime<Utc>>,
}

impl OrderFilter {
    /// Only orders of this status.
    #[must_use]
    pub fn status(mut self, status: OrderStatus) -> OrderFilter {
        self.status = Some(status);
        self
    }

    /// Only orders of this service.
    #[must_use]
    pub fn service_id(mut self, service_id: i64) -> OrderFilter {
        self.service_id = Some(service_id);
        self
    }

    /// Only orders with this reference.
    #[must_use]
    pub fn reference(mut self, name: impl Into<String>) -> OrderFilter {
        self.reference = Some(name.into());
        self
    }

    /// Only orders placed at this time or later.
    #[must_use]
    pub fn created_from(mut self, time: DateTime<Utc>) -> OrderFilter {
        self.created_from = Some(time);
        self
    }

    /// Only orders placed before this time.
    #[must_use]
    pub fn created_before(mut self, time: DateTime<Utc>) -> OrderFilter {
        self.created_before = Some(time);
        self
    }
}
