//! What a new reading of a provider's catalogue means for one service of ours. Pure.
//!
//! Facts follow at once: what an offer costs, its limits, whether it is there. What protects the
//! panel happens at once: a service that nobody delivers any more, that would be sold below its cost,
//! or whose cost jumped is paused, and limits are narrowed so that no order is sent that the provider
//! must refuse. Everything else, above all the price, waits for an operator, or for a rule that an
//! operator set.

use super::{DifferenceKind, DifferenceState};
use crate::catalog::rules::{Listed, Markup};
use crate::catalog::{Offer, ServicePause, ServiceState};
use crate::ids::{ProviderId, ServiceId};
use crate::money::Rate;
use crate::protocol::ServiceType;

/// A cost that changes by more than this at once, in percent, is a person's business: "a jump over
/// 20 % pauses", and no rule follows it.
const JUMP_PERCENT: i128 = 20;

/// A service as a synchronisation sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) id: ServiceId,
    pub(super) service_type: ServiceType,
    pub(super) name: String,
    pub(super) rate: Rate,
    pub(super) min: i64,
    pub(super) max: i64,
    pub(super) state: ServiceState,
    pub(super) pause: Option<ServicePause>,
    pub(super) markup: Option<Markup>,
    /// In the order in which they are asked.
    pub(super) offers: Vec<Offer>,
    /// Its differences that nobody has decided.
    pub(super) open: Vec<Open>,
}

/// A difference that nobody has decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Open {
    pub(super) id: i64,
    pub(super) provider: ProviderId,
    pub(super) provider_service: String,
    pub(super) kind: DifferenceKind,
    pub(super) was: String,
    pub(super) became: String,
}

impl Open {
    /// Whether it is about this offer: two providers may have a service of the same number.
    fn is_about(&self, provider: ProviderId, provider_service: &str) -> bool {
        self.provider == provider && self.provider_service == provider_service
    }
}

/// A difference that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// Whose offer it is about: the one that orders go to may be another provider's than the news.
    pub(super) provider: ProviderId,
    pub(super) provider_service: String,
    pub(super) kind: DifferenceKind,
    pub(super) was: String,
    pub(super) became: String,
    pub(super) state: DifferenceState,
}

/// What is to be written of one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    /// The service as it is afterwards.
    pub(super) after: Seen,
    /// The positions of the offers that changed.
    pub(super) offers: Vec<usize>,
    /// Whether the service itself changed, beside its offers.
    pub(super) service: bool,
    pub(super) found: Vec<Found>,
    /// Differences that do not stand any more.
    pub(super) superseded: Vec<i64>,
}

/// One provider's news.
pub(super) trait News {
    /// Whose.
    fn provider(&self) -> ProviderId;
    /// The row of this id, if it is listed.
    fn row(&self, id: &str) -> Option<&Listed>;
    /// What it was called before.
    fn old_name(&self, id: &str) -> Option<&str>;
    /// Whether differences of this kind are applied without a person.
    fn applies(&self, kind: DifferenceKind) -> bool;
}

/// What `news` mean for `service`; nothing if all is as it was.
pub(super) fn step(service: &Seen, news: &impl News) -> Option<Step> {
    let mut made = Step {
        after: service.clone(),
        offers: Vec::new(),
        service: false,
        found: Vec::new(),
        superseded: Vec::new(),
    };
    made.follow_offers(service, news);
    made.rename(service, news);
    let changed = !made.offers.is_empty() || !made.found.is_empty();
    if !changed && service.state != ServiceState::Paused {
        return None;
    }
    let jumped = made.follow_price(service, news);
    made.follow_limits(service, news);
    made.follow_state(service, jumped, news);
    let quiet = made.offers.is_empty() && made.found.is_empty() && made.superseded.is_empty();
    made.service = shown(&made.after) != shown(service);
    (!quiet || made.service).then_some(made)
}

/// What of a service is written.
fn shown(seen: &Seen) -> (&str, Rate, i64, i64, ServiceState, Option<ServicePause>) {
    let Seen {
        name,
        rate,
        min,
        max,
        state,
        pause,
        ..
    } = seen;
    (name, *rate, *min, *max, *state, *pause)
}

/// The offer that orders go to.
pub(super) fn usable(offers: &[Offer]) -> Option<&Offer> {
    offers.iter().find(|offer| !offer.gone)
}

/// What holds against selling a service as it is, whatever changed.
pub(super) fn reason(service: &Seen) -> Option<ServicePause> {
    let Some(offer) = usable(&service.offers) else {
        return Some(ServicePause::Gone);
    };
    let package = service.service_type.is_package();
    if service.rate < offer.cost {
        Some(ServicePause::BelowCost)
    } else if !package && (service.min.max(offer.min) > service.max.min(offer.max)) {
        Some(ServicePause::Limits)
    } else {
        None
    }
}

/// Whether a cost went from `was` to `became` by more than a fifth, up or down.
fn jumps(was: Rate, became: Rate) -> bool {
    let (was, became) = (i128::from(was.micro()), i128::from(became.micro()));
    (became - was).abs() * 100 > was * JUMP_PERCENT
}

/// Limits as differences show them.
pub(super) fn limits_text(min: i64, max: i64) -> String {
    format!("{min} to {max}")
}

impl Step {
    /// Differences of a kind that a rule applies are applied, the others wait.
    fn state_by(news: &impl News, kind: DifferenceKind) -> DifferenceState {
        if news.applies(kind) {
            DifferenceState::Applied
        } else {
            DifferenceState::Open
        }
    }

    /// Adds a difference, unless it is open already; an open one that it replaces does not stand any
    /// more.
    fn find(&mut self, found: Found, replaces: &[DifferenceKind]) {
        let same = |open: &&Open| open.is_about(found.provider, &found.provider_service);
        let mut known = false;
        for open in self.after.open.iter().filter(same) {
            if open.kind == found.kind
                && open.was == found.was
                && open.became == found.became
                && found.state == DifferenceState::Open
            {
                known = true;
            } else if replaces.contains(&open.kind) {
                self.superseded.push(open.id);
            }
        }
        if !known {
            self.found.push(found);
        }
    }

    /// What no longer stands of these kinds.
    fn withdraw(&mut self, offer: &Offer, kinds: &[DifferenceKind]) {
        let withdrawn = self.after.open.iter().filter(|open| {
            open.is_about(offer.provider, &offer.provider_service) && kinds.contains(&open.kind)
        });
        self.superseded.extend(withdrawn.map(|open| open.id));
    }

    fn follow_offers(&mut self, service: &Seen, news: &impl News) {
        for (at, before) in service.offers.iter().enumerate() {
            if before.provider != news.provider() {
                continue;
            }
            let id = &before.provider_service;
            let row = news.row(id);
            let same = row.filter(|row| row.service_type == service.service_type);
            let after = match same {
                Some(row) => Offer {
                    // Charges are no matter of the catalogue.
                    paused: before.paused,
                    ..row.offer(before.provider)
                },
                None => Offer {
                    gone: true,
                    ..before.clone()
                },
            };
            if after == *before {
                continue;
            }
            if after.gone != before.gone {
                let told = |row: Option<&Listed>| row.map(|row| row.service_type.to_string());
                let (kind, other) = if after.gone {
                    (DifferenceKind::Gone, DifferenceKind::Returned)
                } else {
                    (DifferenceKind::Returned, DifferenceKind::Gone)
                };
                let sold = "sold".to_owned();
                // A service of another type is not what is sold here.
                let not_sold = told(row).unwrap_or_else(|| "not listed".to_owned());
                let (was, became) = if after.gone {
                    (sold, not_sold)
                } else {
                    ("not listed".to_owned(), sold)
                };
                let found = Found {
                    provider: before.provider,
                    provider_service: id.clone(),
                    kind,
                    was,
                    became,
                    state: Step::state_by(news, kind),
                };
                self.find(found, &[kind, other]);
            }
            self.offers.push(at);
            if let Some(offer) = self.after.offers.get_mut(at) {
                *offer = after;
            }
        }
    }

    /// A service that bears the provider's name may follow it; one that was named by hand does not.
    fn rename(&mut self, service: &Seen, news: &impl News) {
        let own = service
            .offers
            .iter()
            .filter(|offer| offer.provider == news.provider());
        let ids: Vec<String> = own.map(|offer| offer.provider_service.clone()).collect();
        for id in ids {
            let (Some(old), Some(row)) = (news.old_name(&id), news.row(&id)) else {
                continue;
            };
            if old == row.name || service.name != old {
                continue;
            }
            let kind = DifferenceKind::Renamed;
            let found = Found {
                provider: news.provider(),
                provider_service: id,
                kind,
                was: old.to_owned(),
                became: row.name.clone(),
                state: Step::state_by(news, kind),
            };
            if found.state == DifferenceState::Applied {
                self.after.name.clone_from(&row.name);
            }
            self.find(found, &[kind]);
        }
    }

    /// Gives whether the cost jumped up. The cost is a fact; the customer's rate moves by a rule
    /// only, never by more than the cost may jump, and never one that was set by hand.
    fn follow_price(&mut self, service: &Seen, news: &impl News) -> bool {
        use DifferenceKind::{BelowCost, Cheaper, Dearer};

        const PRICES: [DifferenceKind; 3] = [Dearer, Cheaper, BelowCost];
        let (Some(before), Some(after)) = (
            usable(&service.offers).or(service.offers.first()),
            usable(&self.after.offers).cloned(),
        ) else {
            return false;
        };
        // Several steps up are one difference, from where an operator last saw it.
        let open = service
            .open
            .iter()
            .filter(|open| open.is_about(after.provider, &after.provider_service))
            .find(|open| PRICES.contains(&open.kind));
        let first = open.and_then(|open| Rate::parse(&open.was).ok());
        let base = first.unwrap_or(before.cost);
        let jumped = after.cost > base && jumps(base, after.cost);
        if before.cost == after.cost {
            return jumped;
        }
        if base == after.cost {
            self.withdraw(&after, &PRICES);
            return false;
        }
        let kind = if service.rate < after.cost {
            BelowCost
        } else if after.cost > base {
            Dearer
        } else {
            Cheaper
        };
        let follows = news.applies(kind) && !jumps(base, after.cost);
        let rate = service.markup.and_then(|markup| markup.of(after.cost));
        let mut state = DifferenceState::Open;
        if let (true, Some(rate)) = (follows, rate) {
            self.after.rate = rate;
            state = DifferenceState::Applied;
        }
        let found = Found {
            provider: after.provider,
            provider_service: after.provider_service.clone(),
            kind,
            was: base.to_string(),
            became: after.cost.to_string(),
            state,
        };
        self.find(found, &PRICES);
        jumped
    }

    /// Narrower limits hold at once; wider ones when somebody wants them.
    fn follow_limits(&mut self, service: &Seen, news: &impl News) {
        let kind = DifferenceKind::Limits;
        let (Some(before), Some(after)) = (
            usable(&service.offers).or(service.offers.first()),
            usable(&self.after.offers).cloned(),
        ) else {
            return;
        };
        let same = (before.min, before.max) == (after.min, after.max);
        if same || service.service_type.is_package() {
            return;
        }
        let narrow = (service.min.max(after.min), service.max.min(after.max));
        let fits = narrow.0 <= narrow.1;
        let is_wider = after.min < narrow.0 || after.max > narrow.1;
        let mut state = DifferenceState::Applied;
        if news.applies(kind) {
            (self.after.min, self.after.max) = (after.min, after.max);
        } else if fits {
            (self.after.min, self.after.max) = narrow;
            if is_wider {
                state = DifferenceState::Open;
            }
        } else {
            state = DifferenceState::Open;
        }
        let found = Found {
            provider: after.provider,
            provider_service: after.provider_service.clone(),
            kind,
            was: limits_text(before.min, before.max),
            became: limits_text(after.min, after.max),
            state,
        };
        self.find(found, &[kind]);
    }

    /// Pauses what must not be sold; what may be sold again waits for somebody, or for a rule.
    fn follow_state(&mut self, service: &Seen, jumped: bool, news: &impl News) {
        // A case of abuse is about it: nothing that a provider says ends that.
        if service.pause == Some(ServicePause::Review) {
            return;
        }
        let mut reason = reason(&self.after);
        // An operator who sells below cost knows it, until it costs even more.
        if reason == Some(ServicePause::BelowCost) && service.state == ServiceState::OnSale {
            let cost = |offers: &[Offer]| usable(offers).map(|offer| offer.cost);
            let knew = cost(&service.offers).is_some_and(|cost| service.rate < cost);
            if knew && cost(&self.after.offers) <= cost(&service.offers) {
                reason = None;
            }
        }
        if reason.is_none() && jumped {
            reason = Some(ServicePause::CostJump);
        }
        match (service.state, reason) {
            (ServiceState::OnSale, Some(reason)) => {
                self.after.state = ServiceState::Paused;
                self.after.pause = Some(reason);
            }
            (ServiceState::Paused, Some(reason)) => self.after.pause = Some(reason),
            (ServiceState::Paused, None) => self.end_pause(news),
            (ServiceState::OnSale | ServiceState::Hidden, _) => {}
        }
    }

    fn end_pause(&mut self, news: &impl News) {
        let kind = DifferenceKind::Returned;
        let Some(offer) = usable(&self.after.offers) else {
            return;
        };
        let (provider, id) = (offer.provider, offer.provider_service.clone());
        let pause = self.after.pause.map_or("paused", ServicePause::word);
        if news.applies(kind) {
            self.after.state = ServiceState::OnSale;
            self.after.pause = None;
        }
        let returned = self.found.iter().any(|found| found.kind == kind);
        let open = self.after.open.iter().any(|open| open.kind == kind);
        if !returned && !open {
            let found = Found {
                provider,
                provider_service: id,
                kind,
                was: pause.to_owned(),
                became: "can be sold".to_owned(),
                state: Step::state_by(news, kind),
            };
            self.find(found, &[kind]);
        }
    }
}

/// Whether a difference of this kind is about what something costs.
pub(super) fn is_price(kind: DifferenceKind) -> bool {
    match kind {
        DifferenceKind::Dearer | DifferenceKind::Cheaper | DifferenceKind::BelowCost => true,
        DifferenceKind::Gone
        | DifferenceKind::Returned
        | DifferenceKind::Limits
        | DifferenceKind::Renamed => false,
    }
}

#[cfg(test)]
#[path = "difference/tests.rs"]
mod tests;
