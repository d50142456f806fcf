//! What services are sold at, as detectors of abuse are told of it.

use std::collections::HashMap;

use super::Offer;
use crate::abuse::facts::Fact;
use crate::ids::ServiceId;
use crate::money::Rate;
use crate::panel::Panel;

/// What a service is sold for, before any tier, and what its first provider takes for as much.
pub(super) type SoldAt = (Rate, Option<Rate>);

/// What a service with this rate and these offers is sold at.
pub(super) fn sold_at(rate: Rate, offers: &[Offer]) -> SoldAt {
    let first = offers.iter().find(|offer| !offer.gone);
    (rate, first.map(|offer| offer.cost))
}

/// Tells which prices are others now than `before`, after the commit that changed them.
pub(super) fn tell_moved(
    panel: &Panel,
    before: impl IntoIterator<Item = (ServiceId, SoldAt)>,
    after: impl IntoIterator<Item = (ServiceId, SoldAt)>,
) {
    let before: HashMap<ServiceId, SoldAt> = before.into_iter().collect();
    for (service, sold) in after {
        let was = before.get(&service);
        if was != Some(&sold) {
            let (rate, cost) = sold;
            let was_cost = was.and_then(|(_, cost)| *cost);
            panel.abuse.note(Fact::PriceMoved {
                service,
                rate: rate.micro(),
                cost: cost.map(Rate::micro),
                was_cost: was_cost.map(Rate::micro),
            });
        }
    }
}
