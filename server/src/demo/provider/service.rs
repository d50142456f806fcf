//! What the provider sells.

use super::script::Script;
use crate::money::{AmountError, Money, Rate};
use crate::protocol::reply::ServiceLine;
use crate::protocol::{
    AddRequest, ListField, QuantitySource, ServiceType, lines, sentence, whole_number,
};

/// A service of the simulated provider, with what happens to its orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderService {
    /// The service's id, at least 1.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The category it is listed under.
    pub category: String,
    /// Its type. [`ServiceType::Subscriptions`] can be listed, but not ordered.
    pub service_type: ServiceType,
    /// The price of 1000 units, or of one package.
    pub rate: Rate,
    /// The least quantity of an order.
    pub min: i64,
    /// The greatest quantity of an order, all runs together.
    pub max: i64,
    /// Whether `runs` and `interval` are taken; all runs are then delivered as one order.
    pub dripfeed: bool,
    /// Whether completed orders can be refilled.
    pub refill: bool,
    /// Whether accepted orders can be cancelled.
    pub cancel: bool,
    /// What happens to an order.
    pub script: Script,
}

impl ProviderService {
    /// The service as `services` lists it.
    pub(super) fn line(&self) -> ServiceLine<'_> {
        ServiceLine {
            id: self.id,
            name: &self.name,
            service_type: self.service_type,
            rate: self.rate,
            min: self.min,
            max: self.max,
            dripfeed: self.dripfeed,
            refill: self.refill,
            cancel: self.cancel,
            category: &self.category,
            description: None,
        }
    }

    /// How many units an `add` orders in all, or the sentence that refuses it.
    pub(super) fn quantity(&self, request: &AddRequest) -> Result<i64, String> {
        let listed = |list: &Option<String>| list.as_deref().map_or(0, count);
        let each = match self.service_type.quantity_source() {
            QuantitySource::One => return Ok(1),
            QuantitySource::Lines(ListField::Comments) => listed(&request.comments),
            QuantitySource::Lines(ListField::Usernames) => listed(&request.usernames),
            QuantitySource::Sent => request
                .quantity
                .as_deref()
                .and_then(whole_number)
                .unwrap_or(0),
        };
        let total = each.saturating_mul(self.runs(request)?);
        if each < self.min.max(1) {
            Err(sentence::quantity_less_than(self.min))
        } else if total > self.max {
            Err(sentence::quantity_more_than(self.max))
        } else {
            Ok(total)
        }
    }

    /// What an order of `quantity` units costs.
    pub(super) fn charge(&self, quantity: i64) -> Result<Money, AmountError> {
        if self.service_type.is_package() {
            self.rate.package_charge()
        } else {
            self.rate.charge(quantity)
        }
    }

    fn runs(&self, request: &AddRequest) -> Result<i64, String> {
        let number = |field: &Option<String>| field.as_deref().and_then(whole_number).unwrap_or(0);
        match (number(&request.runs), number(&request.interval)) {
            (0, _) => Ok(1),
            (_, _) if !self.dripfeed => Err(sentence::DRIPFEED_DISABLED.to_owned()),
            (_, 0) => Err(sentence::INCORRECT_REQUEST.to_owned()),
            (runs, _) => Ok(runs),
        }
    }
}

fn count(list: &str) -> i64 {
    i64::try_from(lines(list).len()).unwrap_or(i64::MAX)
}
