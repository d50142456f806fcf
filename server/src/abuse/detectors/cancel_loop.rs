//! D5: orders are canceled as fast as they are placed.

use super::counters::{Alarm, Found, Ring, percent, rows, score, threshold};
use crate::abuse::findings::{Action, Detector, Finding, Subject};
use crate::abuse::watch::{Knob, Watch, knob};
use crate::clock::Time;
use crate::ids::AccountId;

const ORDERS: Knob = knob("orders", 20, 1, 10_000);
const PERCENT: Knob = knob("percent", 70, 1, 100);
const WITHIN_S: Knob = knob("within_s", 300, 1, 3_600);

/// Orders in an hour, of which so many percent are canceled within so many seconds.
pub(super) const KNOBS: &[Knob] = &[ORDERS, PERCENT, WITHIN_S];

/// The thresholds.
#[derive(Debug)]
pub(super) struct Rules {
    orders: u32,
    percent: u32,
    within_s: u32,
}

impl Rules {
    pub(super) fn new(watch: &Watch) -> Rules {
        Rules {
            orders: threshold(watch, ORDERS),
            percent: threshold(watch, PERCENT),
            within_s: threshold(watch, WITHIN_S),
        }
    }
}

/// What one account places and cancels.
#[derive(Debug, Default)]
pub(super) struct Changes {
    orders: Ring<12, 300>,
    quick: Ring<12, 300>,
    alarm: Alarm,
}

impl Changes {
    /// An order was placed.
    pub(super) fn placed(&mut self, rules: &Rules, at: Time, account: AccountId) -> Found {
        self.orders.add(at, 1);
        self.found(rules, at, account)
    }

    /// An order of `placed_at` was canceled.
    pub(super) fn canceled(
        &mut self,
        rules: &Rules,
        at: Time,
        account: AccountId,
        placed_at: Time,
    ) -> Found {
        let is_quick = at.ms_since(placed_at) < i64::from(rules.within_s) * 1_000;
        self.quick.add(at, u32::from(is_quick));
        self.found(rules, at, account)
    }

    fn found(&mut self, rules: &Rules, at: Time, account: AccountId) -> Found {
        let (orders, quick) = (self.orders.sum(at), self.quick.sum(at));
        let is_loop = orders >= rules.orders && percent(quick, orders) >= rules.percent;
        if !is_loop || !self.alarm.rings(at, quick) {
            return None;
        }
        let needed = orders.saturating_mul(rules.percent) / 100;
        Some(Finding {
            detector: Detector::CancelLoop,
            subject: Subject::Account(account),
            account: Some(account),
            key: None,
            score: score(quick, needed),
            action: Action::Hold,
            notice: None,
            evidence: rows([
                ("orders in an hour", orders.to_string()),
                ("canceled at once", quick.to_string()),
                ("at once is within", format!("{} s", rules.within_s)),
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

    fn order(id: i64) -> Fact {
        Fact::Placed(placed(1, id, 1, id, 1_000))
    }

    fn cancel(id: i64, placed_at: Time) -> Fact {
        Fact::Canceled {
            account: AccountId(1),
            order: OrderId(id),
            placed_at,
        }
    }

    #[test]
    fn twenty_orders_of_which_most_are_canceled_at_once_are_held() {
        let mut told = Told::new();
        for id in 1..20 {
            none(told.tell(at(id * 100), order(id)));
            none(told.tell(at(id * 100 + 60), cancel(id, at(id * 100))));
        }
        let found = only(told.tell(at(2_000), order(20)));
        assert_eq!((found.action, found.account.unwrap().0), (Action::Hold, 1));
        none(told.tell(at(2_001), cancel(20, at(2_000))));
    }

    #[test]
    fn fewer_or_slower_cancels_are_nobodys_business() {
        let mut told = Told::new();
        for id in 1..200 {
            none(told.tell(at(id * 10), order(id)));
            if id % 2 > 0 {
                none(told.tell(at(id * 10 + 5), cancel(id, at(id * 10))));
            }
        }
        let mut told = Told::new();
        for id in 1..200 {
            none(told.tell(at(id * 10), order(id)));
            none(told.tell(at(id * 10 + 5), cancel(id, at(id * 10 - 295))));
        }
    }
}
