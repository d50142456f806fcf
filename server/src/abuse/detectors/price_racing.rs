//! D7: orders that only exist because a price was about to change, or has just fallen below cost. The
//! price is the one of the moment of an order, so what is lost is lost; what is stopped is the rest.

use std::collections::VecDeque;

use super::counters::{Alarm, Found, score, small, threshold};
use crate::abuse::facts::Placed;
use crate::abuse::findings::{Action, Detector, Evidence, Finding, Subject};
use crate::abuse::watch::{Knob, Watch, knob};
use crate::clock::Time;
use crate::ids::{AccountId, ServiceId};

const ORDERS: Knob = knob("orders", 10, 1, 32);
const WITHIN_S: Knob = knob("within_s", 60, 1, 3_600);

/// Orders at a loss of one service, so many seconds around a change of its price.
pub(super) const KNOBS: &[Knob] = &[ORDERS, WITHIN_S];

/// How many orders of a service are remembered.
const KEPT: usize = 32;

/// The thresholds.
#[derive(Debug)]
pub(super) struct Rules {
    orders: u32,
    within_ms: i64,
}

impl Rules {
    pub(super) fn new(watch: &Watch) -> Rules {
        Rules {
            orders: threshold(watch, ORDERS),
            within_ms: i64::from(threshold(watch, WITHIN_S)) * 1_000,
        }
    }
}

/// An order, in nano-USD.
#[derive(Debug, Clone, Copy)]
struct Sold {
    at: Time,
    account: AccountId,
    charge: i64,
    cost: i64,
}

impl Sold {
    fn loss(&self) -> i64 {
        self.cost.saturating_sub(self.charge)
    }
}

/// The newest orders of one service, and what was lost by them.
#[derive(Debug, Default)]
pub(super) struct Race {
    sold: VecDeque<Sold>,
    moved_at: Option<Time>,
    lost: Vec<Sold>,
    alarm: Alarm,
}

impl Race {
    /// What was ordered is judged; a change of the price stays a change for what is ordered next.
    pub(super) fn forget(&mut self) {
        *self = Race {
            moved_at: self.moved_at,
            ..Race::default()
        };
    }

    /// An order was placed.
    pub(super) fn placed(&mut self, rules: &Rules, at: Time, placed: &Placed) -> Found {
        let sold = Sold {
            at,
            account: placed.account,
            charge: placed.charge,
            cost: placed.cost?,
        };
        let is_old = |sold: &Sold| at.ms_since(sold.at) > rules.within_ms;
        while self.sold.len() >= KEPT || self.sold.front().is_some_and(is_old) {
            self.sold.pop_front();
        }
        self.sold.push_back(sold);
        let moved_at = self.moved_at?;
        if at.ms_since(moved_at) > rules.within_ms {
            self.moved_at = None;
            self.lost = Vec::new();
            return None;
        }
        if sold.loss() <= 0 {
            return None;
        }
        self.lose(sold);
        self.found(rules, at, placed.service)
    }

    /// The price has changed, and with it what a provider takes, from `was_cost` to `cost` for as much.
    pub(super) fn moved(
        &mut self,
        rules: &Rules,
        at: Time,
        service: ServiceId,
        cost: Option<i64>,
        was_cost: Option<i64>,
    ) -> Found {
        self.moved_at = Some(at);
        self.lost.clear();
        let (now, before) = cost.zip(was_cost.filter(|cost| *cost > 0))?;
        for sold in std::mem::take(&mut self.sold) {
            let cost = i128::from(sold.cost) * i128::from(now) / i128::from(before);
            let cost = i64::try_from(cost).unwrap_or(i64::MAX);
            let sold = Sold { cost, ..sold };
            if at.ms_since(sold.at) <= rules.within_ms && sold.loss() > 0 {
                self.lose(sold);
            }
        }
        self.found(rules, at, service)
    }

    fn lose(&mut self, sold: Sold) {
        if self.lost.len() < KEPT {
            self.lost.push(sold);
        }
    }

    fn found(&mut self, rules: &Rules, at: Time, service: ServiceId) -> Found {
        let count = small(self.lost.len());
        if count < rules.orders || !self.alarm.rings(at, count) {
            return None;
        }
        let loss = self
            .lost
            .iter()
            .map(Sold::loss)
            .fold(0, i64::saturating_add);
        let mut evidence = vec![
            Evidence::new("orders at a loss around the change", count),
            Evidence::new("the loss of these, in nano-USD", loss),
        ];
        let mut accounts: Vec<AccountId> = self.lost.iter().map(|sold| sold.account).collect();
        accounts.sort_unstable();
        accounts.dedup();
        let one = match accounts.as_slice() {
            [one] => Some(*one),
            _ => None,
        };
        let each = accounts.iter().take(10);
        evidence.extend(each.map(|account| Evidence::new("ordered by account", account)));
        Some(Finding {
            detector: Detector::PriceRacing,
            subject: Subject::Service(service),
            account: one,
            key: None,
            score: score(count, rules.orders),
            action: Action::PauseService,
            notice: None,
            evidence,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Told, at, none, only, placed};
    use super::*;
    use crate::abuse::facts::Fact;

    fn moved(cost: i64, was_cost: i64) -> Fact {
        Fact::PriceMoved {
            service: ServiceId(1),
            rate: cost * 2,
            cost: Some(cost),
            was_cost: Some(was_cost),
        }
    }

    fn order(account: i64, cost: i64) -> Fact {
        Fact::Placed(Placed {
            cost: Some(cost),
            ..placed(account, 1, 1, account, 1_000)
        })
    }

    #[test]
    fn ten_orders_just_before_a_rise_that_makes_them_a_loss_pause_the_service() {
        let mut told = Told::new();
        none(told.tell(at(0), order(1, 600)));
        (1..10).for_each(|second| none(told.tell(at(100 + second), order(1, 600))));
        none(told.tell(at(120), moved(2_000, 1_000)));
        (1..=10).for_each(|second| none(told.tell(at(200 + second), order(1, 600))));
        let found = only(told.tell(at(220), moved(2_000, 1_000)));
        assert_eq!(found.action, Action::PauseService);
        assert_eq!(
            (found.subject.to_string().as_str(), found.account),
            ("service:1", Some(AccountId(1)))
        );
        assert!(
            found.evidence.iter().any(|row| row.seen == "2000"),
            "{found:?}"
        );
    }

    #[test]
    fn a_rise_that_leaves_a_margin_is_nobodys_loss() {
        let mut told = Told::new();
        (0..40).for_each(|second| none(told.tell(at(second), order(1, 600))));
        none(told.tell(at(50), moved(1_600, 1_000)));
        none(told.tell(at(51), moved(900, 1_600)));
    }

    #[test]
    fn ten_orders_below_cost_right_after_a_change_pause_it_too() {
        let mut told = Told::new();
        none(told.tell(at(0), moved(1_000, 1_000)));
        (1..10).for_each(|second| none(told.tell(at(second), order(second, 1_100))));
        let found = only(told.tell(at(60), order(1, 1_100)));
        assert_eq!((found.action, found.account), (Action::PauseService, None));
        none(told.tell(at(61), order(1, 1_100)));
        let mut told = Told::new();
        none(told.tell(at(0), moved(1_000, 1_000)));
        (0..40).for_each(|second| none(told.tell(at(61 + second), order(1, 1_100))));
    }
}
