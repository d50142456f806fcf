//! Services of another panel, which keep their numbers: those who order know them by these.

use std::collections::HashMap;

use super::rules::{self, Price, Unfit, Wish};
use super::store::{self, imported};
use super::{Offer, ServiceState, Terms};
use crate::clock::Time;
use crate::db::{Tx, WIDE_PIECE};
use crate::error::Result;
use crate::ids::{ProviderId, ServiceId};
use crate::money::Rate;
use crate::protocol::ServiceType;

/// A service as a file has it.
pub(crate) struct FormerService {
    /// Its number, there and here.
    pub(crate) id: ServiceId,
    /// What is sold.
    pub(crate) wish: Wish,
    /// Its type.
    pub(crate) service_type: ServiceType,
    /// Its price.
    pub(crate) rate: Rate,
    /// Who delivers it: the provider, its service there, and what that costs, if that is known.
    pub(crate) offer: Option<(ProviderId, String, Option<Rate>)>,
    /// Whether it is sold there.
    pub(crate) is_sold: bool,
}

/// A service that can be written.
pub(crate) struct FitService {
    pub(super) id: ServiceId,
    pub(super) terms: Terms,
    pub(super) offers: Vec<Offer>,
    pub(super) state: ServiceState,
}

impl FormerService {
    /// Whether it can be sold here. One that nobody delivers is not: a person would have to.
    pub(crate) fn fit(self) -> std::result::Result<FitService, Unfit> {
        let wish = Wish {
            service_type: Some(self.service_type),
            price: Some(Price::Rate(self.rate)),
            ..self.wish
        };
        let (terms, _) = rules::terms(wish, None)?;
        let offers: Vec<Offer> = self
            .offer
            .into_iter()
            .map(|(provider, provider_service, cost)| Offer {
                provider,
                provider_service,
                service_type: terms.service_type,
                // Until its catalogue is read: more than that, and it would not be sold.
                cost: cost.unwrap_or(terms.rate),
                min: terms.min,
                max: terms.max,
                gone: false,
                paused: false,
            })
            .collect();
        rules::check_cost(&terms, &offers, false)?;
        let state = match self.is_sold && !offers.is_empty() {
            true => ServiceState::OnSale,
            false => ServiceState::Hidden,
        };
        Ok(FitService {
            id: self.id,
            terms,
            offers,
            state,
        })
    }
}

impl FitService {
    /// Whether orders of it are taken.
    pub(crate) fn is_on_sale(&self) -> bool {
        self.state == ServiceState::OnSale
    }
}

/// The names and types of all services, by number.
pub(crate) async fn names(tx: &Tx) -> Result<HashMap<ServiceId, (String, ServiceType)>> {
    imported::names(tx).await
}

/// The providers by their names.
pub(crate) async fn provider_names(tx: &Tx) -> Result<HashMap<String, ProviderId>> {
    imported::provider_names(tx).await
}

/// Keeps everybody else from changing services until the transaction ends.
pub(crate) async fn lock_in_tx(tx: &Tx) -> Result<()> {
    store::lock_catalogue(tx).await
}

/// Writes services under their own numbers, at the end of the list; new ones have higher numbers from
/// then on. The catalogue is locked, and no service has one of these numbers.
pub(crate) async fn write_in_tx(tx: &Tx, now: Time, services: &[FitService]) -> Result<()> {
    for piece in services.chunks(WIDE_PIECE) {
        imported::insert(tx, now, piece).await?;
    }
    imported::continue_numbers(tx).await?;
    store::bump_version(tx).await
}
