//! D9: the same order twice within seconds, by a client that could not tell if the first was taken. It
//! is remarked, and its owner is told how to repeat a request.

use super::counters::{Alarm, Found, Recent, Ring, rows, score, threshold};
use crate::abuse::facts::Placed;
use crate::abuse::findings::{Action, Detector, Finding, Subject};
use crate::abuse::watch::{Knob, Watch, knob};
use crate::clock::Time;

const PAIRS: Knob = knob("pairs", 3, 1, 1_000);
const WITHIN_S: Knob = knob("within_s", 10, 1, 240);

/// Pairs in an hour, each of orders within so many seconds.
pub(super) const KNOBS: &[Knob] = &[PAIRS, WITHIN_S];

/// The thresholds.
#[derive(Debug)]
pub(super) struct Rules {
    pairs: u32,
    within_s: u8,
}

impl Rules {
    pub(super) fn new(watch: &Watch) -> Rules {
        Rules {
            pairs: threshold(watch, PAIRS),
            within_s: u8::try_from(threshold(watch, WITHIN_S)).unwrap_or(u8::MAX),
        }
    }
}

/// The newest orders of one key.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    orders: Recent<u32, 8, 1>,
    pairs: Ring<6, 600>,
    alarm: Alarm,
}

impl Repeats {
    /// An order was placed.
    pub(super) fn placed(&mut self, rules: &Rules, at: Time, placed: &Placed) -> Found {
        // Whoever says which request it is, is not charged twice for it.
        let key = placed.key.filter(|_| !placed.has_request_id)?;
        self.orders.sweep(at, rules.within_s.into(), |_| ());
        let [a, b, c, d, ..] = placed.print.to_le_bytes();
        let print = u32::from_le_bytes([a, b, c, d]);
        let is_pair = self.orders.has(print);
        self.orders.see(print);
        if !is_pair {
            return None;
        }
        let pairs = self.pairs.add(at, 1);
        if pairs < rules.pairs || !self.alarm.rings(at, pairs) {
            return None;
        }
        let notice = format!(
            "Your API key {key} sent the same order twice within {} seconds, several times. If its \
             software repeats what was not answered, have it send request_id (Idempotency-Key): then \
             a repeated request is not ordered twice.",
            rules.within_s
        );
        Some(Finding {
            detector: Detector::DoubleSubmit,
            subject: Subject::Key(key),
            account: Some(placed.account),
            key: Some(key),
            score: score(pairs, rules.pairs),
            action: Action::Remark,
            notice: Some(notice),
            evidence: rows([
                (
                    "orders in an hour that repeat one at once",
                    pairs.to_string(),
                ),
                ("at once is within", format!("{} s", rules.within_s)),
                ("the last", format!("order {}", placed.order)),
            ]),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Told, at, none, only, placed};
    use super::*;
    use crate::abuse::facts::Fact;

    fn order(print: u64, has_request_id: bool) -> Fact {
        Fact::Placed(Placed {
            print,
            has_request_id,
            ..placed(1, 1, 1, 1, 1_000)
        })
    }

    #[test]
    fn three_orders_that_repeat_one_within_seconds_are_a_case() {
        let mut told = Told::new();
        for pair in 0..2 {
            none(told.tell(at(pair * 1_000), order(7, false)));
            none(told.tell(at(pair * 1_000 + 9), order(7, false)));
        }
        none(told.tell(at(2_000), order(7, false)));
        none(told.tell(at(2_010), order(7, false)));
        let found = only(told.tell(at(2_015), order(7, false)));
        assert_eq!((found.action, found.score), (Action::Remark, 800));
        none(told.tell(at(2_016), order(7, false)));
    }

    #[test]
    fn other_orders_and_such_with_a_request_id_are_none() {
        let mut told = Told::new();
        (0..1_000).for_each(|second| none(told.tell(at(second), order(7, true))));
        let second = |order: u64| at(order.cast_signed());
        (0..1_000).for_each(|print| none(told.tell(second(print), order(print, false))));
    }
}
