//! What the keys of one tier have asked for.

use std::time::Duration;

use super::keyed::{Keyed, Who};
use super::standing::{Policies, Standing};
use super::tier::{self, Allowance, Kind};
use super::{Ask, Denied, THROTTLED};
use crate::clock::Clock;

/// The counts of one tier.
pub(super) struct Tier {
    pub(super) allowance: Allowance,
    /// In the order of [`Kind::ALL`].
    kinds: Vec<Keyed>,
    points: Keyed,
    policies: Policies,
}

impl Tier {
    pub(super) fn new(allowance: &Allowance, clock: &Clock) -> Tier {
        let keyed = |kind: &Kind| Keyed::new(allowance.of(*kind), clock);
        Tier {
            allowance: allowance.clone(),
            kinds: Kind::ALL.iter().map(keyed).collect(),
            points: Keyed::new(&allowance.points, clock),
            policies: Policies::new(allowance, THROTTLED),
        }
    }

    /// Takes what `ask` costs, or nothing.
    pub(super) fn take(&self, who: Who, ask: Ask, factor: u32) -> Result<Standing, Denied> {
        let cells = ask.kind.cells(ask.items).saturating_mul(factor);
        let points = ask.kind.points(ask.items).saturating_mul(factor);
        let own = self.kinds.get(ask.kind.index());
        let left = match own.map(|keyed| keyed.take(who, cells)) {
            Some(Ok(left)) => left,
            None => None,
            Some(Err(wait)) => return Err(self.denied(ask.kind.word(), ask.kind, factor, wait)),
        };
        match self.points.take(who, points) {
            Ok(of_points) => Ok(self.policies.standing(ask.kind, left, of_points, factor)),
            Err(wait) => {
                if let Some(own) = own {
                    own.give_back(who, cells);
                }
                Err(self.denied(tier::POINTS, ask.kind, factor, wait))
            }
        }
    }

    pub(super) fn give_back(&self, who: Who, ask: Ask, factor: u32) {
        if let Some(own) = self.kinds.get(ask.kind.index()) {
            own.give_back(who, ask.kind.cells(ask.items).saturating_mul(factor));
        }
        let points = ask.kind.points(ask.items).saturating_mul(factor);
        self.points.give_back(who, points);
    }

    fn denied(&self, limit: &'static str, kind: Kind, factor: u32, wait: Duration) -> Denied {
        let quotas = match limit {
            tier::POINTS => &self.allowance.points,
            _ => self.allowance.of(kind),
        };
        Denied::Limited {
            limit,
            policy: self.policies.of(kind, factor),
            wait,
            full: quotas.until_full(),
        }
    }

    pub(super) fn forget_old(&self) {
        self.kinds.iter().for_each(Keyed::forget_old);
        self.points.forget_old();
    }
}
