//! D2: a key is in use by somebody else: from many networks that are new for it, or for orders from a
//! strange place by strange software that cost far more than its owner ever spends.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::counters::{self, Alarm, Found, Ring, percent, rows, score, threshold};
use super::places::{Newness, Places};
use crate::abuse::facts::{Asked, What};
use crate::abuse::findings::{Action, Detector, Evidence, Finding, Subject};
use crate::abuse::watch::{Knob, Watch, knob};
use crate::clock::Time;

const NETWORKS: Knob = knob("networks", 5, 2, 12);
/// Mobile carriers and serverless platforms use many networks: then half as many again must be new.
const SHARE: Knob = knob("share", 50, 1, 100);
const LEARN_H: Knob = knob("learn_h", 24, 1, 720);
const STRANGE: Knob = knob("strange", 50, 1, 100);
const ORDERS: Knob = knob("orders", 5, 1, 1_000);
const TIMES: Knob = knob("times", 3, 1, 1_000);

/// New networks in an hour, at least so many percent of those before, of a key that was learned for
/// so many hours; or so many percent of at least so many orders of an hour from a strange place, and
/// so many times the median day spent.
pub(super) const KNOBS: &[Knob] = &[NETWORKS, SHARE, LEARN_H, STRANGE, ORDERS, TIMES];

/// When more of the same is not the same any more, in seconds.
const GOES_ON_S: u32 = 3_600;
/// Nano-USD of one step of `spent`, a hundredth of a cent: a day of 400,000 USD fits.
const STEP: i64 = 100_000;

/// The thresholds.
#[derive(Debug)]
pub(super) struct Rules {
    networks: u32,
    share: u32,
    learn_s: u32,
    strange: u32,
    orders: u32,
    times: u32,
}

impl Rules {
    pub(super) fn new(watch: &Watch) -> Rules {
        Rules {
            networks: threshold(watch, NETWORKS),
            share: threshold(watch, SHARE),
            learn_s: threshold(watch, LEARN_H) * 3_600,
            strange: threshold(watch, STRANGE),
            orders: threshold(watch, ORDERS),
            times: threshold(watch, TIMES),
        }
    }

    /// How many new networks are too many for a key that knows `old` ones: for one that knows very
    /// many, more than can be told apart, so that they prove nothing.
    fn too_many(&self, old: u32) -> u32 {
        let share = old.saturating_mul(self.share) / 100;
        share.max(self.networks)
    }
}

/// What one key does.
#[derive(Debug, Default)]
pub(super) struct Use {
    adds: Ring<6, 600>,
    strange: Ring<6, 600>,
    spent: Ring<4, 21_600, u32>,
    /// In steps, as `spent`.
    median: u32,
    throttled: Alarm,
    blocked: Alarm,
    spending: Alarm,
}

fn steps(nano: i64) -> u32 {
    u32::try_from(nano.max(0) / STEP).unwrap_or(u32::MAX)
}

impl Use {
    /// What its account spends on a usual day.
    pub(super) fn remember(&mut self, median_spent: i64) {
        self.median = steps(median_spent);
    }

    /// What the key did is judged; what its account spends on a usual day is not.
    pub(super) fn forget(&mut self) {
        *self = Use {
            median: self.median,
            ..Use::default()
        };
    }

    /// An order was placed with the key.
    pub(super) fn placed(&mut self, at: Time, charge: i64) {
        self.spent.add(at, steps(charge));
    }

    /// The key is used.
    pub(super) fn asked(
        &mut self,
        rules: &Rules,
        at: Time,
        asked: &Asked,
        places: &Places,
        newness: Newness,
    ) -> Found {
        let adds = self.adds.add(at, u32::from(asked.what == What::Add));
        let is_strange_order = newness.is_strange && asked.what == What::Add;
        let strange = self.strange.add(at, u32::from(is_strange_order));
        if newness.is_first_from_network && places.learned_s(at) >= rules.learn_s {
            let found = self.by_networks(rules, at, asked, places);
            if found.is_some() {
                return found;
            }
        }
        if !is_strange_order || adds < rules.orders || percent(strange, adds) < rules.strange {
            return None;
        }
        let (spent, usual) = (self.spent.sum(at), self.median);
        let most = usual.saturating_mul(rules.times);
        if usual == 0 || spent <= most || !self.spending.rings(at, strange) {
            return None;
        }
        let seen = rows([
            ("orders in an hour", adds.to_string()),
            (
                "of them from new networks by new software",
                strange.to_string(),
            ),
            ("spent within a day", dollars(spent)),
            ("usual on a day with orders", dollars(usual)),
        ]);
        // It may be the owner on a new server on the day of a sale: what is spent never blocks.
        Some(found(asked, Action::Throttle, score(spent, most), seen))
    }

    fn by_networks(&mut self, rules: &Rules, at: Time, asked: &Asked, places: &Places) -> Found {
        let old = places.old_networks();
        let too_many = rules.too_many(old);
        let goes_on = self.throttled.rang_within(at, GOES_ON_S);
        // What led to the throttle is not counted again.
        let within_s = if goes_on {
            self.throttled.age_s(at)
        } else {
            GOES_ON_S
        };
        let new: Vec<u64> = places.new_networks(within_s).collect();
        let count = counters::small(new.len());
        if count < too_many {
            return None;
        }
        let (alarm, action) = if goes_on {
            (&mut self.blocked, Action::BlockKey)
        } else {
            (&mut self.throttled, Action::Throttle)
        };
        if !alarm.rings(at, count) {
            return None;
        }
        let mut seen = rows([
            ("new networks within an hour", count.to_string()),
            ("networks before", old.to_string()),
        ]);
        let networks = new
            .iter()
            .map(|network| Evidence::new("new network", named(*network)));
        seen.extend(networks);
        Some(found(asked, action, score(count, too_many), seen))
    }
}

fn found(asked: &Asked, action: Action, score: u16, evidence: Vec<Evidence>) -> Finding {
    let key = asked.key;
    let notice = format!(
        "Your API key {key} is used from places that are new for it. If that is not you, replace the \
         key now; if it is, tell support, or allow only your own addresses for it."
    );
    Finding {
        detector: Detector::LeakedKey,
        subject: Subject::Key(key),
        account: Some(asked.account),
        key: Some(key),
        score,
        action,
        notice: Some(notice),
        evidence,
    }
}

fn dollars(steps: u32) -> String {
    format!("{}.{:04} USD", steps / 10_000, steps % 10_000)
}

/// A network by its number, as [`crate::abuse::facts::network_print`] made it.
fn named(network: u64) -> String {
    let [_, _, c, d, e, f, g, h] = network.to_be_bytes();
    if network >> 63 == 0 {
        return format!("{}/24", Ipv4Addr::new(f, g, h, 0));
    }
    let of = |high, low| u16::from_be_bytes([high, low]);
    format!(
        "{}/48",
        Ipv6Addr::new(of(c, d), of(e, f), of(g, h), 0, 0, 0, 0, 0)
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::{DAY, HOUR, Told, ask, at, none, only, placed};
    use super::*;
    use crate::abuse::facts::{Fact, network_print};
    use crate::ids::KeyId;

    fn history(networks: u8, median_spent: i64) -> Fact {
        let network = |third| network_print(format!("198.51.{third}.1").parse().unwrap());
        Fact::KeyHistory {
            key: KeyId(1),
            networks: (0..networks).map(network).collect(),
            agents: vec![7],
            median_spent,
        }
    }

    fn from(third: u8) -> Fact {
        ask(1, &format!("203.0.{third}.9"), What::Balance, &[], &[])
    }

    #[test]
    fn five_new_networks_in_an_hour_throttle_and_five_more_block() {
        let mut told = Told::new();
        none(told.tell(at(0), history(3, 0)));
        (0..4).for_each(|third| none(told.tell(at(60), from(third))));
        (0..4).for_each(|third| none(told.tell(at(70), from(third))));
        let found = only(told.tell(at(1_200), from(4)));
        assert_eq!((found.action, found.score), (Action::Throttle, 800));
        assert!(found.notice.is_some());
        assert!(
            found.evidence.iter().any(|row| row.seen == "203.0.4.0/24"),
            "{found:?}"
        );
        (5..9).for_each(|third| none(told.tell(at(2_000), from(third))));
        assert_eq!(only(told.tell(at(2_400), from(9))).action, Action::BlockKey);
    }

    #[test]
    fn whoever_always_comes_from_many_networks_may_come_from_some_more() {
        let mut told = Told::new();
        none(told.tell(at(0), history(24, 0)));
        (0..11).for_each(|third| none(told.tell(at(60), from(third))));
        only(told.tell(at(60), from(11)));
        let mut told = Told::new();
        none(told.tell(at(0), history(30, 0)));
        (0..200).for_each(|third| none(told.tell(at(60), from(third))));
        let mut told = Told::new();
        (0..40).for_each(|third| none(told.tell(at(DAY - 1), from(third))));
        // One new network every 15 minutes for a week.
        for quarter in 0..700 {
            let third = u8::try_from(quarter % 250).unwrap();
            none(told.tell(at(DAY + quarter * 900), from(third)));
        }
    }

    #[test]
    fn strange_orders_beyond_what_is_usual_throttle_and_never_block() {
        let mut told = Told::new();
        none(told.tell(at(0), history(3, 1_000_000_000)));
        let order = |told: &mut Told, second, agent| {
            let Fact::Asked(asked) = ask(1, "203.0.113.9", What::Add, &[], &[]) else {
                unreachable!()
            };
            let placed = Fact::Placed(placed(1, second, 1, second, 310_000_000));
            none(told.tell(at(second), placed));
            told.tell(at(second), Fact::Asked(Asked { agent, ..asked }))
        };
        (1..20).for_each(|second| none(order(&mut told, second, 7)));
        let mut told = Told::new();
        none(told.tell(at(0), history(3, 1_000_000_000)));
        (1..10).for_each(|second| none(order(&mut told, second, 8)));
        assert_eq!(only(order(&mut told, 10, 8)).action, Action::Throttle);
        for second in 11..HOUR {
            let found = order(&mut told, second, 8);
            assert!(found.iter().all(|found| found.action == Action::Throttle));
        }
    }

    #[test]
    fn networks_are_named_as_they_are_written() {
        for (address, network) in [
            ("192.0.2.9", "192.0.2.0/24"),
            ("2001:db8:7::1", "2001:db8:7::/48"),
        ] {
            assert_eq!(named(network_print(address.parse().unwrap())), network);
        }
    }
}
