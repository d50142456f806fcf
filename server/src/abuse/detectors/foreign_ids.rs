//! D3: ids of other accounts are being tried. Counted are different ids: a client that goes on asking
//! for an old id of another panel is none that searches.

use super::counters::{
    Alarm, Bits, Found, Recent, Ring, percent, print_of, rows, score, threshold,
};
use crate::abuse::facts::Asked;
use crate::abuse::findings::{Action, Detector, Evidence, Finding, Subject};
use crate::abuse::watch::{Knob, Watch, knob};
use crate::clock::Time;

const IDS: Knob = knob("ids", 50, 1, 56);
const PERCENT: Knob = knob("percent", 40, 1, 100);
const ASKED: Knob = knob("asked", 100, 1, 100_000);

/// Different foreign ids in 10 minutes; or so many percent of so many that were asked about.
pub(super) const KNOBS: &[Knob] = &[IDS, PERCENT, ASKED];

const SLOT_S: u32 = 10;
const TEN_MINUTES: u8 = 60;
/// How long ids that were asked about before and after a throttle are no reason to block, in seconds.
const PERIOD_S: u32 = 600;
/// When it begins anew, in seconds.
const FORGET_S: u32 = 7_200;

/// The thresholds.
#[derive(Debug)]
pub(super) struct Rules {
    ids: u32,
    percent: u32,
    asked: u32,
}

impl Rules {
    pub(super) fn new(watch: &Watch) -> Rules {
        Rules {
            ids: threshold(watch, IDS),
            percent: threshold(watch, PERCENT),
            asked: threshold(watch, ASKED),
        }
    }
}

/// What one key has tried.
#[derive(Debug, Default)]
pub(super) struct Tried {
    foreign: Recent<u16, 56, SLOT_S>,
    asked: Ring<5, 120>,
    /// Ids that the throttle was for, or that came soon after it: the same software goes on with
    /// them.
    told: Bits<6>,
    throttled: Alarm,
    blocked: Alarm,
}

impl Tried {
    /// The key asks about ids.
    pub(super) fn asked(&mut self, rules: &Rules, at: Time, asked: &Asked) -> Found {
        let count = u32::try_from(asked.ids.len()).unwrap_or(u32::MAX);
        let all = self.asked.add(at, count);
        if asked.foreign.is_empty() {
            return None;
        }
        self.foreign.sweep(at, TEN_MINUTES.into(), |_| ());
        let is_throttled = self.throttled.rang_within(at, FORGET_S);
        if !is_throttled {
            self.told = Bits::default();
        }
        let is_told_now = is_throttled && self.throttled.rang_within(at, PERIOD_S);
        for print in asked.foreign.iter().map(|id| print_of(*id)) {
            if is_told_now {
                self.told.insert(print.into());
            } else if !self.told.has(print.into()) {
                self.foreign.see(print);
            }
        }
        let foreign = self.foreign.count(TEN_MINUTES);
        let is_many = foreign >= rules.ids || self.told.is_crowded();
        let is_share = all >= rules.asked && percent(foreign, all) >= rules.percent;
        if !is_many && !is_share {
            return None;
        }
        let (alarm, action) = if is_throttled {
            (&mut self.blocked, Action::BlockKey)
        } else {
            (&mut self.throttled, Action::Throttle)
        };
        if !alarm.rings(at, foreign) {
            return None;
        }
        let mut evidence = rows([
            ("different ids of others in 10 minutes", foreign.to_string()),
            ("ids asked about in 10 minutes", all.to_string()),
        ]);
        let ids = asked.foreign.iter().take(5);
        evidence.extend(ids.map(|id| Evidence::new("such an id", id)));
        for print in self.foreign.iter() {
            self.told.insert(print.into());
        }
        self.foreign.clear();
        Some(Finding {
            detector: Detector::ForeignIds,
            subject: Subject::Key(asked.key),
            account: Some(asked.account),
            key: Some(asked.key),
            score: score(foreign, rules.ids).max(800),
            action,
            notice: None,
            evidence,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Told, ask, at, none, only};
    use crate::abuse::facts::{Fact, What};
    use crate::abuse::findings::Action;

    /// A request about `own` own ids and those of others in `foreign`.
    fn about(own: i64, foreign: std::ops::Range<i64>) -> Fact {
        let foreign: Vec<i64> = foreign.collect();
        let ids: Vec<i64> = (0..own).chain(foreign.iter().copied()).collect();
        ask(1, "192.0.2.1", What::Status, &ids, &foreign)
    }

    #[test]
    fn fifty_foreign_ids_throttle_and_fifty_more_after_a_while_block() {
        let mut told = Told::new();
        none(told.tell(at(0), about(90, 1_000..1_010)));
        for second in 1..40 {
            let id = 2_000 + second * 7;
            none(told.tell(at(second), about(90, id..id + 1)));
        }
        assert_eq!(
            only(told.tell(at(40), about(0, 9..10))).action,
            Action::Throttle
        );
        none(told.tell(at(50), about(0, 3_000..3_100)));
        none(told.tell(at(700), about(90, 3_000..3_100)));
        none(told.tell(at(700), about(90, 5_000..5_025)));
        let found = only(told.tell(at(710), about(0, 6_000..6_060)));
        assert_eq!(found.action, Action::BlockKey);
    }

    #[test]
    fn whoever_is_throttled_and_tries_a_thousand_is_blocked_at_once() {
        let mut told = Told::new();
        only(told.tell(at(0), about(0, 0..100)));
        let found = (1..11).flat_map(|hundred| {
            told.tell(at(hundred), about(0, hundred * 100..hundred * 100 + 100))
        });
        let actions: Vec<Action> = found.map(|found| found.action).collect();
        assert_eq!(actions, [Action::BlockKey]);
    }

    #[test]
    fn a_share_of_foreign_ids_is_enough_but_one_stale_list_is_told_once() {
        let mut told = Told::new();
        none(told.tell(at(0), about(60, 1_000..1_039)));
        only(told.tell(at(1), about(0, 2_000..2_001)));
        let mut told = Told::new();
        let mut found = 0;
        for minute in 0..110 {
            found += told.tell(at(minute * 60), about(100, 5_000..5_300)).len();
        }
        assert_eq!(found, 1, "a list of another panel never blocks");
        let mut told = Told::new();
        (0..100_000).for_each(|ask| none(told.tell(at(ask * 10), about(1, 7_000..7_003))));
    }
}
