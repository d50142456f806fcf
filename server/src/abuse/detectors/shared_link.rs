//! D4: many active orders on one link. Within one account they carry the mark of overlapping orders,
//! and only a lot of them is abuse. That two accounts order the same happens to honest ones that serve
//! one end customer: it is remarked, and a case for a person where it is a good part of what an account
//! orders.

use lru::LruCache;

use super::capacity;
use super::counters::{self, Alarm, Found, Ring, percent, rows, score, seconds, threshold};
use crate::abuse::facts::Placed;
use crate::abuse::findings::{Action, Detector, Finding, Subject};
use crate::abuse::watch::{Knob, Watch, knob};
use crate::clock::Time;
use crate::ids::AccountId;

const ORDERS: Knob = knob("orders", 20, 1, 10_000);
/// A big reseller has some overlapping orders among thousands, of customers who know no better.
const PERCENT: Knob = knob("percent", 10, 1, 100);

const SHARED: Knob = knob("shared", 2, 1, 10_000);

/// Overlapping orders of one account in an hour, and how many percent of its orders they are; and of one
/// account in a day, orders on links of others, which are as many percent of its orders.
pub(super) const KNOBS: &[Knob] = &[ORDERS, PERCENT, SHARED];

/// How many links are remembered.
const LINKS: usize = 30_000;

/// The thresholds.
#[derive(Debug)]
pub(super) struct Rules {
    orders: u32,
    percent: u32,
    shared: u32,
}

impl Rules {
    pub(super) fn new(watch: &Watch) -> Rules {
        Rules {
            orders: threshold(watch, ORDERS),
            percent: threshold(watch, PERCENT),
            shared: threshold(watch, SHARED),
        }
    }
}

/// An account on a link.
#[derive(Debug, Default, Clone, Copy)]
struct There {
    account: AccountId,
    /// How many active orders it has there.
    active: u32,
    /// Since when it orders there.
    since_s: u32,
}

/// Who orders on a link; of more than three accounts, the last.
#[derive(Debug, Default)]
struct Link([There; 3]);

impl Link {
    /// An account that also has active orders there.
    fn other(&self, account: AccountId) -> Option<AccountId> {
        let mut active = self.0.iter().filter(|there| there.active > 0);
        let other = active.find(|there| there.account != account);
        other.map(|there| there.account)
    }

    fn own(&mut self, account: AccountId) -> Option<&mut There> {
        self.0
            .iter_mut()
            .find(|there| there.since_s > 0 && there.account == account)
    }

    /// Gives since when the account orders there.
    fn place(&mut self, at: Time, account: AccountId) -> u32 {
        if let Some(own) = self.own(account) {
            own.active = own.active.saturating_add(1);
            return own.since_s;
        }
        let since_s = seconds(at);
        let free = self.0.iter().position(|there| there.active == 0);
        let last = self.0.len() - 1;
        if let Some(slot) = self.0.get_mut(free.unwrap_or(last)) {
            *slot = There {
                account,
                active: 1,
                since_s,
            };
        }
        since_s
    }

    fn end(&mut self, account: AccountId) {
        if let Some(own) = self.own(account) {
            own.active = own.active.saturating_sub(1);
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

    /// An order was placed; gives another account that has one there, unless a person has judged since
    /// that both order there.
    pub(super) fn placed(
        &mut self,
        at: Time,
        placed: &Placed,
        own: &Overlaps,
    ) -> Option<AccountId> {
        let link = counters::of(&mut self.links, placed.link);
        let other = link.other(placed.account);
        let since_s = link.place(at, placed.account);
        other.filter(|_| since_s > own.judged_s)
    }

    /// An order has ended.
    pub(super) fn ended(&mut self, account: AccountId, link: i64) {
        if let Some(known) = self.links.peek_mut(&link) {
            known.end(account);
            if known.0.iter().all(|there| there.active == 0) {
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
    orders_a_day: Ring<4, 21_600>,
    shared: Ring<4, 21_600>,
    throttled: Alarm,
    opened: Alarm,
    remarked: Alarm,
    judged_s: u32,
}

impl Overlaps {
    /// Those of an account of which a person has judged everything until `at`.
    pub(super) fn judged(at: Time) -> Overlaps {
        Overlaps {
            judged_s: seconds(at),
            ..Overlaps::default()
        }
    }

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
        let orders_a_day = self.orders_a_day.add(at, 1);
        let shared = self.shared.add(at, u32::from(other.is_some()));
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
        let is_habit = shared >= rules.shared && percent(shared, orders_a_day) >= rules.percent;
        let (alarm, action) = if is_habit {
            (&mut self.opened, Action::Observe)
        } else {
            (&mut self.remarked, Action::Remark)
        };
        if !alarm.rings(at, shared) {
            return None;
        }
        let seen = rows([
            ("order", placed.order.to_string()),
            (
                "has the link of active orders of account",
                other.to_string(),
            ),
            ("such orders in a day", shared.to_string()),
            ("orders in a day", orders_a_day.to_string()),
        ]);
        let subject = Subject::Account(placed.account);
        Some(found(placed, subject, action, 500, seen))
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
    fn another_account_on_a_link_is_remarked_at_once_until_the_first_order_ends() {
        let mut told = Told::new();
        none(told.tell(at(0), order(1, 1, 50)));
        none(told.tell(at(0), order(1, 2, 50)));
        let found = only(told.tell(at(1), order(2, 3, 50)));
        assert_eq!(
            (found.action, found.account.unwrap().0),
            (Action::Remark, 2)
        );
        none(told.tell(at(2), order(3, 4, 51)));
        none(told.tell(at(3), ended(3, 4, 1, 51, 0)));
        none(told.tell(at(3), order(4, 5, 51)));
    }

    #[test]
    fn two_orders_a_day_on_links_of_others_are_a_case_where_they_are_a_tenth_of_all() {
        for (own, actions) in [
            (17, [Some(Action::Remark), Some(Action::Observe)]),
            (19, [Some(Action::Remark), Some(Action::Remark)]),
        ] {
            let mut told = Told::new();
            none(told.tell(at(0), order(1, 1, 50)));
            (0..own).for_each(|id| none(told.tell(at(id * 600), order(2, id, 1_000 + id))));
            let later = own * 600;
            let found = [later, later + 1].map(|second| {
                let found = told.tell(at(second), order(2, second, 50));
                found.first().map(|found| found.action)
            });
            assert_eq!(found, actions, "{own} of its own");
        }
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
