//! D6: more comes back from an account's orders than from those of others who order the same services.
//! The refund policy promises these refunds, so nothing is withheld: a person looks at the case.
#![expect(
    clippy::float_arithmetic,
    reason = "a comparison of shares, which decides no money"
)]

use super::counters::{Alarm, Found, seconds, threshold};
use crate::abuse::findings::{Action, Detector, Evidence, Finding, Subject};
use crate::abuse::watch::{Knob, Watch, knob};
use crate::clock::Time;
use crate::ids::{AccountId, ServiceId};

const DEVIATIONS: Knob = knob("deviations", 4, 1, 100);
const ORDERS: Knob = knob("orders", 20, 1, 10_000);
const SERVICES: Knob = knob("services", 3, 1, 4);

/// By how many standard deviations, of how many orders, of how many services.
pub(super) const KNOBS: &[Knob] = &[DEVIATIONS, ORDERS, SERVICES];

/// How many services of an account are compared.
const KEPT: usize = 4;
/// What is older counts half, and half of that, in seconds.
const HALF_LIFE_S: u32 = 15 * 86_400;
/// The least orders of others that are a comparison.
const OTHERS: f32 = 30.0;
/// The least variance of an order's share, in permille squared: services of which nothing ever came
/// back are no proof that nothing can.
const LEAST_VARIANCE: f32 = 2_500.0;
/// By how much, in permille, services may differ between accounts without anybody's doing: one has
/// ordered on the day on which a provider failed, another has not.
const SPREAD: f32 = 100.0;

/// The thresholds.
#[derive(Debug)]
pub(super) struct Rules {
    deviations: u32,
    orders: u32,
    services: u32,
}

impl Rules {
    pub(super) fn new(watch: &Watch) -> Rules {
        Rules {
            deviations: threshold(watch, DEVIATIONS),
            orders: threshold(watch, ORDERS),
            services: threshold(watch, SERVICES),
        }
    }
}

fn halved(times: u32) -> f32 {
    0.5_f32.powi(i32::try_from(times).unwrap_or(i32::MAX))
}

fn half_life(at: Time) -> u32 {
    seconds(at) / HALF_LIFE_S
}

/// What came back of all orders of a service.
#[derive(Debug, Default)]
pub(super) struct Tally {
    half_life: u32,
    orders: f32,
    shares: f32,
    squares: f32,
}

impl Tally {
    fn add(&mut self, at: Time, share: f32) {
        let now = half_life(at).max(self.half_life);
        let kept = halved(now - self.half_life);
        self.half_life = now;
        self.orders = self.orders * kept + 1.0;
        self.shares = self.shares * kept + share;
        self.squares = self.squares * kept + share * share;
    }
}

#[derive(Debug, Default, Clone, Copy)]
struct Own {
    service: ServiceId,
    orders: f32,
    shares: f32,
    /// The others' mean and everybody's variance when it was last looked at.
    mean: f32,
    variance: f32,
}

impl Own {
    fn is_comparable(&self) -> bool {
        self.orders > 0.0 && self.variance > 0.0
    }
}

/// What came back of one account's orders.
#[derive(Debug, Default)]
pub(super) struct Refunds {
    half_life: u32,
    services: [Own; KEPT],
    alarm: Alarm,
}

impl Refunds {
    /// An order of `charge` has ended, and `refunded` came back.
    pub(super) fn ended(
        &mut self,
        rules: &Rules,
        at: Time,
        (account, service): (AccountId, ServiceId),
        (charge, refunded): (i64, i64),
        everybody: &mut Tally,
    ) -> Found {
        let share = i128::from(refunded) * 1_000 / i128::from(charge.max(1));
        let share = f32::from(u16::try_from(share.clamp(0, 1_000)).unwrap_or(0));
        everybody.add(at, share);
        self.age(at);
        let own = self.of(service)?;
        own.orders += 1.0;
        own.shares += share;
        let others = everybody.orders - own.orders;
        if others >= OTHERS {
            let mean = everybody.shares / everybody.orders;
            let variance = everybody.squares / everybody.orders - mean * mean;
            own.mean = ((everybody.shares - own.shares) / others).max(0.0);
            own.variance = variance.max(LEAST_VARIANCE);
        }
        if refunded == 0 {
            return None;
        }
        self.found(rules, at, account)
    }

    fn age(&mut self, at: Time) {
        let now = half_life(at).max(self.half_life);
        let kept = halved(now - self.half_life);
        self.half_life = now;
        for own in &mut self.services {
            own.orders *= kept;
            own.shares *= kept;
        }
    }

    /// The account's share of a service; of a fifth one, in place of that with the fewest orders.
    fn of(&mut self, service: ServiceId) -> Option<&mut Own> {
        let is_it = |own: &Own| own.service == service && own.orders > 0.0;
        let index = self.services.iter().position(is_it);
        let fewest = || {
            let each = self.services.iter().enumerate();
            let fewest = each.min_by(|(_, a), (_, b)| a.orders.total_cmp(&b.orders));
            fewest.map(|(index, _)| index)
        };
        let index = index.or_else(fewest)?;
        let own = self.services.get_mut(index)?;
        if !is_it(own) {
            *own = Own {
                service,
                ..Own::default()
            };
        }
        Some(own)
    }

    fn found(&mut self, rules: &Rules, at: Time, account: AccountId) -> Found {
        let compared = self.services.iter().filter(|own| own.is_comparable());
        let (mut services, mut orders, mut excess, mut variance) = (0_u32, 0.0, 0.0, 0.0);
        for own in compared {
            services += 1;
            orders += own.orders;
            excess += own.shares - own.orders * own.mean;
            variance += own.orders * own.variance + (own.orders * SPREAD).powi(2);
        }
        let deviations = whole(excess / f32::sqrt(variance).max(1.0));
        let is_found = services >= rules.services
            && whole(orders) >= rules.orders
            && deviations > rules.deviations;
        if !is_found || !self.alarm.rings_daily(at, deviations) {
            return None;
        }
        let mut evidence = vec![
            Evidence::new("standard deviations above others", deviations),
            Evidence::new("orders that were compared", whole(orders)),
        ];
        for own in self.services.iter().filter(|own| own.is_comparable()) {
            let seen = format!(
                "{} permille of {} orders, others {}",
                whole(own.shares / own.orders),
                whole(own.orders),
                whole(own.mean)
            );
            evidence.push(Evidence::new(
                format!("came back of service {}", own.service),
                seen,
            ));
        }
        Some(Finding {
            detector: Detector::RefundFarming,
            subject: Subject::Account(account),
            account: Some(account),
            key: None,
            score: super::counters::score(deviations, rules.deviations),
            action: Action::Observe,
            notice: None,
            evidence,
        })
    }
}

/// A number that is not negative, rounded down.
#[expect(
    clippy::as_conversions,
    reason = "saturates, and what is no number is 0"
)]
fn whole(number: f32) -> u32 {
    number as u32
}

#[cfg(test)]
mod tests {
    use super::super::testing::{DAY, Told, at, ended, none, only};
    use super::*;

    /// Others' orders of three services, of which every tenth came back.
    fn others(told: &mut Told) {
        for order in 0..300 {
            let (account, service) = (2 + order % 7, 1 + order % 3);
            let refunded = if order % 10 == 0 { 1_000 } else { 0 };
            none(told.tell(at(order), ended(account, order, service, order, refunded)));
        }
    }

    #[test]
    fn whoever_gets_far_more_back_than_others_is_a_case_once_a_day() {
        let mut told = Told::new();
        others(&mut told);
        for order in 1..20 {
            none(told.tell(at(1_000), ended(1, order, 1 + order % 3, order, 900)));
        }
        let found = only(told.tell(at(1_000), ended(1, 20, 1, 20, 900)));
        assert_eq!(
            (found.action, found.account.unwrap().0),
            (Action::Observe, 1)
        );
        assert_eq!(found.evidence.len(), 5, "{found:?}");
        for order in 21..80 {
            none(told.tell(at(DAY - 9), ended(1, order, 1 + order % 3, order, 900)));
        }
        only(told.tell(at(1_000 + DAY), ended(1, 80, 1, 80, 900)));
    }

    #[test]
    fn one_service_bad_luck_and_what_happens_to_everybody_are_nothing() {
        let mut told = Told::new();
        others(&mut told);
        for order in 1..200 {
            none(told.tell(at(1_000), ended(1, order, 1, order, 900)));
        }
        for order in 1..200 {
            let refunded = if order % 4 == 0 { 1_000 } else { 0 };
            none(told.tell(at(1_000), ended(3, order, 1 + order % 3, order, refunded)));
        }
        let mut told = Told::new();
        for order in 0..2_000 {
            let account = order % 5;
            none(told.tell(at(1_000), ended(account, order, 1 + order % 3, order, 900)));
        }
    }
}
