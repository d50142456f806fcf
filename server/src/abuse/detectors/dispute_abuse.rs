//! D11: disputes as a habit.

use super::counters::{Alarm, Found, Ring, percent, rows, score, threshold};
use crate::abuse::findings::{Action, Detector, Finding, Subject};
use crate::abuse::watch::{Knob, Watch, knob};
use crate::clock::Time;
use crate::ids::AccountId;

const PERCENT: Knob = knob("percent", 10, 1, 100);
const ORDERS: Knob = knob("orders", 30, 1, 10_000);

/// Percent of orders that are disputed, of at least so many orders, in 48 hours: for so long can an
/// order be disputed.
pub(super) const KNOBS: &[Knob] = &[PERCENT, ORDERS];

/// The thresholds.
#[derive(Debug)]
pub(super) struct Rules {
    percent: u32,
    orders: u32,
}

impl Rules {
    pub(super) fn new(watch: &Watch) -> Rules {
        Rules {
            percent: threshold(watch, PERCENT),
            orders: threshold(watch, ORDERS),
        }
    }
}

/// What one account orders and disputes.
#[derive(Debug, Default)]
pub(super) struct Disputes {
    orders: Ring<8, 21_600>,
    disputes: Ring<8, 21_600>,
    alarm: Alarm,
}

impl Disputes {
    /// An order was placed.
    pub(super) fn placed(&mut self, at: Time) {
        self.orders.add(at, 1);
    }

    /// A charge is disputed.
    pub(super) fn disputed(&mut self, rules: &Rules, at: Time, account: AccountId) -> Found {
        let orders = self.orders.sum(at);
        let disputes = self.disputes.add(at, 1);
        let share = percent(disputes, orders);
        let is_habit = orders >= rules.orders && share >= rules.percent;
        if !is_habit || !self.alarm.rings_daily(at, disputes) {
            return None;
        }
        Some(Finding {
            detector: Detector::DisputeAbuse,
            subject: Subject::Account(account),
            account: Some(account),
            key: None,
            score: score(share, rules.percent),
            action: Action::Observe,
            notice: None,
            evidence: rows([
                ("disputes in 48 hours", disputes.to_string()),
                ("orders in 48 hours", orders.to_string()),
            ]),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Told, at, none, only, placed};
    use super::*;
    use crate::abuse::facts::Fact;
    use crate::ids::OrderId;

    fn dispute(order: i64) -> Fact {
        Fact::Disputed {
            account: AccountId(1),
            order: OrderId(order),
        }
    }

    fn orders(told: &mut Told, count: i64) {
        (0..count).for_each(|id| {
            none(told.tell(at(id), Fact::Placed(placed(1, id, 1, id, 1_000))));
        });
    }

    #[test]
    fn a_tenth_of_thirty_orders_disputed_is_a_case() {
        let mut told = Told::new();
        orders(&mut told, 30);
        (0..2).for_each(|order| none(told.tell(at(3_600), dispute(order))));
        assert_eq!(only(told.tell(at(3_600), dispute(2))).score, 800);
        none(told.tell(at(3_601), dispute(3)));
        let mut told = Told::new();
        orders(&mut told, 29);
        (0..20).for_each(|order| none(told.tell(at(3_600), dispute(order))));
    }
}
