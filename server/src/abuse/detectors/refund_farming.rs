//! D6: more comes back from an account's orders than from those of others who order the same services.
//! The refund policy promises these refunds, so nothing is withheld: a person looks at the case.
#![expect(
    clippy::float_arithmetic,
    reason = "a comparison of shares, which decides no money"
)]

use super::counters::{Alarm, Bits, Found, rows, score, seconds, threshold};
use crate::abuse::findings::{Action, Detector, Finding, Subject};
use crate::abuse::watch::{Knob, Watch, knob};
use crate::clock::Time;
use crate::ids::{AccountId, ServiceId};

const DEVIATIONS: Knob = knob("deviations", 4, 1, 100);
const ORDERS: Knob = knob("orders", 20, 1, 10_000);
const SERVICES: Knob = knob("services", 3, 1, 30);

/// By how many standard deviations, of how many orders, of how many services.
pub(super) const KNOBS: &[Knob] = &[DEVIATIONS, ORDERS, SERVICES];

/// What is older counts half, and half of that, in seconds.
const HALF_LIFE_S: u32 = 15 * 86_400;
/// The least orders of a service that are a comparison.
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

/// The mean and the variance of what came back, once there is enough to compare with.
pub(super) type Usual = Option<(f32, f32)>;

/// How much of `charge` came back, in permille.
pub(super) fn share(charge: i64, refunded: i64) -> f32 {
    let share = i128::from(refunded) * 1_000 / i128::from(charge.max(1));
    f32::from(u16::try_from(share.clamp(0, 1_000)).unwrap_or(0))
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
    /// Adds what came back of one more order; gives what was usual before it.
    pub(super) fn add(&mut self, at: Time, share: f32) -> Usual {
        let usual = self.usual();
        let now = half_life(at).max(self.half_life);
        let kept = halved(now - self.half_life);
        self.half_life = now;
        self.orders = self.orders * kept + 1.0;
        self.shares = self.shares * kept + share;
        self.squares = self.squares * kept + share * share;
        usual
    }

    fn usual(&self) -> Usual {
        let mean = self.shares / self.orders.max(1.0);
        let variance = self.squares / self.orders.max(1.0) - mean * mean;
        (self.orders >= OTHERS).then_some((mean, variance.max(LEAST_VARIANCE)))
    }
}

/// What came back of one account's orders, and what should have: an order is compared with those of
/// its service before it. Whoever orders most of a service is compared with themselves.
#[derive(Debug, Default)]
pub(super) struct Refunds {
    half_life: u32,
    orders: f32,
    shares: f32,
    expected: f32,
    variance: f32,
    services: Bits<1>,
    alarm: Alarm,
}

impl Refunds {
    /// An order has ended, and this share of it came back, where so much was usual.
    pub(super) fn ended(
        &mut self,
        rules: &Rules,
        at: Time,
        (account, service): (AccountId, ServiceId),
        share: f32,
        usual: Usual,
    ) -> Found {
        self.age(at);
        let (mean, variance) = usual?;
        self.orders += 1.0;
        self.shares += share;
        self.expected += mean;
        self.variance += variance;
        self.services.insert(service.0.cast_unsigned());
        if share <= 0.0 {
            return None;
        }
        self.found(rules, at, account)
    }

    fn age(&mut self, at: Time) {
        let now = half_life(at).max(self.half_life);
        let kept = halved(now - self.half_life);
        self.half_life = now;
        self.orders *= kept;
        self.shares *= kept;
        self.expected *= kept;
        self.variance *= kept;
    }

    fn found(&mut self, rules: &Rules, at: Time, account: AccountId) -> Found {
        let services = self.services.estimate();
        // As if each service had as many of the orders.
        let spread = (self.orders * SPREAD).powi(2) / part(services);
        let deviation = f32::sqrt(self.variance + spread).max(1.0);
        let deviations = whole((self.shares - self.expected) / deviation);
        let is_found = services >= rules.services
            && whole(self.orders) >= rules.orders
            && deviations > rules.deviations;
        if !is_found || !self.alarm.rings_daily(at, deviations) {
            return None;
        }
        let permille = |shares: f32| whole(shares / self.orders).to_string();
        Some(Finding {
            detector: Detector::RefundFarming,
            subject: Subject::Account(account),
            account: Some(account),
            key: None,
            score: score(deviations, rules.deviations),
            action: Action::Observe,
            notice: None,
            evidence: rows([
                ("came back, in permille", permille(self.shares)),
                ("of others' orders of the same", permille(self.expected)),
                ("standard deviations above", deviations.to_string()),
                ("orders that were compared", whole(self.orders).to_string()),
                ("of about so many services", services.to_string()),
            ]),
        })
    }
}

/// A count to divide by.
fn part(count: u32) -> f32 {
    f32::from(u16::try_from(count.max(1)).unwrap_or(u16::MAX))
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
