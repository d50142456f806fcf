//! D8: asking far more often than anything changes. Old panels do it by nature, so it is only remarked,
//! and the owner is told of batches.

use super::counters::{Alarm, Bits, Found, Ring, rows, score, seconds, threshold};
use crate::abuse::facts::{Asked, What};
use crate::abuse::findings::{Action, Detector, Evidence, Finding, Subject};
use crate::abuse::watch::{Knob, Watch, knob};
use crate::clock::Time;

const BALANCE: Knob = knob("balance", 600, 1, 65_000);
const STATUS: Knob = knob("status", 20, 1, 10_000);

/// Balances in 5 minutes; statuses of an order in an hour, one by one.
pub(super) const KNOBS: &[Knob] = &[BALANCE, STATUS];

const HALF_HOUR_S: u32 = 1_800;
/// Fewer are nothing to tell of, whatever they are about.
const FEWEST: u32 = 100;

/// The thresholds.
#[derive(Debug)]
pub(super) struct Rules {
    balance: u32,
    status: u32,
}

impl Rules {
    pub(super) fn new(watch: &Watch) -> Rules {
        Rules {
            balance: threshold(watch, BALANCE),
            status: threshold(watch, STATUS),
        }
    }
}

/// Statuses of one order each.
#[derive(Debug, Default, Clone, Copy)]
struct Singles {
    asks: u32,
    ids: Bits<2>,
}

/// What one key asks for again and again.
#[derive(Debug, Default)]
pub(super) struct Asks {
    balances: Ring<10, 30>,
    half_hour: u32,
    before: Singles,
    now: Singles,
    alarm: Alarm,
}

impl Asks {
    /// The key asks.
    pub(super) fn asked(&mut self, rules: &Rules, at: Time, asked: &Asked) -> Found {
        let (count, threshold, seen) = match (asked.what, asked.ids.as_slice()) {
            (What::Balance, _) => {
                let count = self.balances.add(at, 1);
                let seen = rows([("balances in 5 minutes", count.to_string())]);
                // Above the rate, not at it.
                (count, rules.balance + 1, seen)
            }
            (What::Status, [id]) => {
                let (asks, ids) = self.single(at, *id);
                if asks < FEWEST {
                    return None;
                }
                let count = asks / ids.max(1);
                if count <= rules.status {
                    return None;
                }
                let seen = rows([
                    ("statuses of one order each in an hour", asks.to_string()),
                    ("of about so many orders", ids.to_string()),
                ]);
                (count, rules.status + 1, seen)
            }
            (
                What::Status
                | What::Services
                | What::Refill
                | What::Cancel
                | What::Add
                | What::Other,
                _,
            ) => return None,
        };
        if count < threshold || !self.alarm.rings_daily(at, count) {
            return None;
        }
        Some(found(asked, score(count, threshold), seen))
    }

    /// Counts a status of one order; gives how many there were in the last 30 to 60 minutes, and of
    /// how many orders.
    fn single(&mut self, at: Time, id: i64) -> (u32, u32) {
        let half_hour = (seconds(at) / HALF_HOUR_S).max(self.half_hour);
        if half_hour > self.half_hour {
            let is_next = half_hour == self.half_hour + 1;
            self.before = if is_next {
                self.now
            } else {
                Singles::default()
            };
            self.now = Singles::default();
            self.half_hour = half_hour;
        }
        self.now.asks = self.now.asks.saturating_add(1);
        self.now.ids.insert(id.cast_unsigned());
        let ids = self.now.ids.with(&self.before.ids).estimate();
        (self.now.asks.saturating_add(self.before.asks), ids)
    }
}

fn found(asked: &Asked, score: u16, evidence: Vec<Evidence>) -> Finding {
    let notice = format!(
        "Your API key {} asks far more often than anything changes. Ask for the statuses of up to 100 \
         orders in one request, once a minute, and for the balance when you need it.",
        asked.key
    );
    Finding {
        detector: Detector::Polling,
        subject: Subject::Key(asked.key),
        account: Some(asked.account),
        key: Some(asked.key),
        score,
        action: Action::Remark,
        notice: Some(notice),
        evidence,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{DAY, HOUR, Told, ask, at, none, only};
    use super::*;

    #[test]
    fn more_than_two_balances_a_second_for_five_minutes_are_told_once_a_day() {
        let mut told = Told::new();
        let balance = || ask(1, "192.0.2.1", What::Balance, &[], &[]);
        (0..600).for_each(|half| none(told.tell(at(DAY + half / 2), balance())));
        let found = only(told.tell(at(DAY + 299), balance()));
        assert_eq!(found.action, Action::Remark);
        assert!(found.notice.unwrap().contains("up to 100"));
        (0..4_000).for_each(|third| none(told.tell(at(DAY + 300 + third / 3), balance())));
    }

    #[test]
    fn statuses_one_by_one_are_told_of_and_batches_are_not() {
        let single = |id| ask(1, "192.0.2.1", What::Status, &[id], &[]);
        let mut told = Told::new();
        for round in 0..18 {
            (0..10).for_each(|id| none(told.tell(at(DAY + round * 190), single(id))));
        }
        let more = (0..40).flat_map(|ask| told.tell(at(DAY + HOUR - 1), single(ask % 10)));
        only(more.collect());
        let mut told = Told::new();
        let ids: Vec<i64> = (0..100).collect();
        for second in 0..HOUR {
            none(told.tell(at(second), ask(1, "192.0.2.1", What::Status, &ids, &[])));
        }
    }
}
