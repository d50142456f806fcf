//! D4: many active orders on one link. Within one account they carry the mark of overlapping orders,
//! and only a lot of them is abuse; that two accounts order the same is a case for a person.

use lru::LruCache;

use super::capacity;
use super::counters::{self, Alarm, Found, Ring, percent, rows, score, threshold};
use crate::abuse::facts::Placed;
use crate::abuse::findings::{Action, Detector, Finding, Subject};
use crate::abuse::watch::{Knob, Watch, knob};
use crate::clock::Time;
use crate::ids::AccountId;

const ORDERS: Knob = knob("orders", 20, 1, 10_000);
/// A big reseller has some overlapping orders among thousands, of customers who know no better.
const PERCENT: Knob = knob("percent", 10, 1, 100);

/// Overlapping orders of one account in an hour, and how many percent of its orders they are.
pub(super) const KNOBS: &[Knob] = &[ORDERS, PERCENT];

/// How many links are remembered.
const LINKS: usize = 30_000;

/// The thresholds.
#[derive(Debug)]
pub(super) struct Rules {
    orders: u32,
    percent: u32,
}

impl Rules {
    pub(super) fn new(watch: &Watch) -> Rules {
        Rules {
            orders: threshold(watch, ORDERS),
            percent: threshold(watch, PERCENT),
        }
    }
}

/// Whose active orders are on a link, and how many; of more than three accounts, the last.
#[derive(Debug, Default)]
struct Link([(AccountId, u32); 3]);

impl Link {
    /// An account that also has active orders there.
    fn other(&self, account: AccountId) -> Option<AccountId> {
        let mut others = self.0.iter().filter(|(_, active)| *active > 0);
        others.find(|(id, _)| *id != account).map(|(id, _)| *id)
    }

    fn place(&mut self, account: AccountId) {
        let own = self
            .0
            .iter_mut()
            .find(|(id, active)| *active > 0 && *id == account);
        if let Some((_, active)) = own {
            *active = active.saturating_add(1);
            return;
        }
        let free = self.0.iter().position(|(_, active)| *active == 0);
        let last = self.0.len() - 1;
        if let Some(slot) = self.0.get_mut(free.unwrap_or(last)) {
            *slot = (account, 1);
        }
    }

    fn end(&mut self, account: AccountId) {
        if let Some((_, active)) = self.0.iter_mut().find(|(id, _)| *id == account) {
            *active = active.saturating_sub(1);
        }
    }
}

/// All links with active orders.
pub(super) struct Links {
    links: LruCache<i64, Link>,
}

impl Links {
    pub(super) fn new() -> Links {
        Links {
            links: LruCache::new(capacity(LINKS)),
        }
    }

    /// An order was placed; gives another account that has one there.
    pub(super) fn placed(&mut self, placed: &Placed) -> Option<AccountId> {
        let link = counters::of(&mut self.links, placed.link);
        let other = link.other(placed.account);
        link.place(placed.account);
        other
    }

    /// An order has ended.
    pub(super) fn ended(&mut self, account: AccountId, link: i64) {
        if let Some(known) = self.links.peek_mut(&link) {
            known.end(account);
            if known.0.iter().all(|(_, active)| *active == 0) {
                self.links.pop(&link);
            }
        }
    }
}

/// What one account orders.
#[derive(Debug, Default)]
pub(super) struct Overlaps {
    orders: Ring<6, 600>,
    overlapping: Ring<6, 600>,
    shared: Ring<6, 600>,
    throttled: Alarm,
    told: Alarm,
}

impl Overlaps {
    /// An order was placed; `other` is an account that has one on the same link.
    pub(super) fn placed(
        &mut self,
        rules: &Rules,
        at: Time,
        placed: &Placed,
        other: Option<AccountId>,
    ) -> Found {
        let orders = self.orders.add(at, 1);
        let overlapping = self.overlapping.add(at, u32::from(placed.is_overlapping));
        let is_much = overlapping >= rules.orders && percent(overlapping, orders) >= rules.percent;
        if placed.is_overlapping && is_much && self.throttled.rings(at, overlapping) {
            let seen = rows([
                ("overlapping orders in an hour", overlapping.to_string()),
                ("orders in an hour", orders.to_string()),
                ("the last", format!("order {}", placed.order)),
            ]);
            let subject = placed
                .key
                .map_or(Subject::Account(placed.account), Subject::Key);
            let score = score(overlapping, rules.orders);
            return Some(found(placed, subject, Action::Throttle, score, seen));
        }
        let other = other?;
        let shared = self.shared.add(at, 1);
        if !self.told.rings(at, shared) {
            return None;
        }
        let seen = rows([
            ("order", placed.order.to_string()),
            (
                "has the link of active orders of account",
                other.to_string(),
            ),
            ("such orders in an hour", shared.to_string()),
        ]);
        let subject = Subject::Account(placed.account);
        Some(found(placed, subject, Action::Observe, 500, seen))
    }
}

fn found(
    placed: &Placed,
    subject: Subject,
    action: Action,
    score: u16,
    evidence: Vec<crate::abuse::findings::Evidence>,
) -> Finding {
    Finding {
        detector: Detector::SharedLink,
        subject,
        account: Some(placed.account),
        key: placed.key,
        score,
        action,
        notice: None,
        evidence,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Told, at, ended, none, only, placed};
    use super::*;
    use crate::abuse::facts::Fact;

    fn order(account: i64, order: i64, link: i64) -> Fact {
        Fact::Placed(placed(account, order, 1, link, 1_000))
    }

    #[test]
    fn another_account_on_a_link_is_a_case_at_once_until_the_first_order_ends() {
        let mut told = Told::new();
        none(told.tell(at(0), order(1, 1, 50)));
        none(told.tell(at(0), order(1, 2, 50)));
        let found = only(told.tell(at(1), order(2, 3, 50)));
        assert_eq!(
            (found.action, found.account.unwrap().0),
            (Action::Observe, 2)
        );
        none(told.tell(at(2), order(3, 4, 51)));
        none(told.tell(at(3), ended(3, 4, 1, 51, 0)));
        none(told.tell(at(3), order(4, 5, 51)));
    }

    #[test]
    fn twenty_overlapping_orders_in_an_hour_throttle() {
        let overlapping = |id: i64| {
            let mut placed = placed(1, id, 1, 50, 1_000);
            placed.is_overlapping = true;
            Fact::Placed(placed)
        };
        let mut told = Told::new();
        (1..20).for_each(|id| none(told.tell(at(id * 60), overlapping(id))));
        let found = only(told.tell(at(1_300), overlapping(20)));
        assert_eq!(
            (found.action, found.subject.to_string().as_str()),
            (Action::Throttle, "key:1")
        );
        let mut told = Told::new();
        for id in 0..3_000 {
            let second = at(id);
            let fact = if id % 20 == 0 {
                overlapping(id)
            } else {
                order(1, id, id)
            };
            none(told.tell(second, fact));
        }
    }
}
