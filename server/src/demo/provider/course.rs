//! How an accepted order goes: its state is a function of the time since acceptance, so nothing
//! runs in the background and a test moves it by moving the clock.

use super::script::USUAL_MS;
use crate::protocol::OrderWord;

/// The way of an accepted order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Course {
    /// It is delivered up to a part of the quantity, and ends.
    Ends {
        /// From acceptance to the end.
        over_ms: i64,
        /// The part of the quantity that is delivered by then.
        percent: u8,
        /// The word at the end.
        word: OrderWord,
        /// What falls away later.
        loss: Option<Loss>,
    },
    /// `status` answers this text; nothing is ever delivered.
    Says(String),
}

/// What falls away after completion, and how long it takes to bring it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Loss {
    /// From acceptance to the fall.
    pub(super) after_ms: i64,
    /// The part of the quantity that falls away.
    pub(super) percent: u8,
    /// From the request for a refill to its end.
    pub(super) refill_ms: i64,
}

/// Where an order is at some moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Progress {
    /// The status.
    pub(super) word: OrderWord,
    /// Units delivered.
    pub(super) delivered: i64,
}

impl Course {
    /// An order that ends after `over_ms` with `percent` of its quantity delivered.
    pub(super) fn ends(over_ms: i64, percent: u8, word: OrderWord) -> Course {
        Course::Ends {
            over_ms,
            percent,
            word,
            loss: None,
        }
    }

    /// An order that completes after `over_ms` and loses `percent` as long again after that.
    pub(super) fn drops(over_ms: i64, percent: u8, refill_ms: i64) -> Course {
        let after_ms = over_ms.saturating_mul(2);
        Course::Ends {
            over_ms,
            percent: 100,
            word: OrderWord::Completed,
            loss: Some(Loss {
                after_ms,
                percent,
                refill_ms,
            }),
        }
    }

    /// An order of which `status` says only this.
    pub(super) fn says(text: String) -> Course {
        Course::Says(text)
    }

    /// Where an order of `quantity` units is, `elapsed_ms` after acceptance.
    pub(super) fn at(&self, quantity: i64, elapsed_ms: i64) -> Progress {
        let Course::Ends {
            over_ms,
            percent,
            word,
            ..
        } = self
        else {
            return Progress {
                word: OrderWord::InProgress,
                delivered: 0,
            };
        };
        let goal = part_of(quantity, *percent);
        match Phase::at(elapsed_ms, *over_ms) {
            Phase::Waiting => Progress {
                word: OrderWord::Pending,
                delivered: 0,
            },
            Phase::Running { done_ms, of_ms } => {
                let delivered = i128::from(goal) * i128::from(done_ms) / i128::from(of_ms);
                let delivered = i64::try_from(delivered).unwrap_or(goal);
                Progress {
                    word: OrderWord::InProgress,
                    delivered,
                }
            }
            Phase::Over => Progress {
                word: *word,
                delivered: goal,
            },
        }
    }

    /// After how many milliseconds a part of the charge goes back by itself, if ever.
    pub(super) fn refunded_after_ms(&self) -> Option<i64> {
        match self {
            Course::Ends {
                over_ms,
                word: OrderWord::Partial | OrderWord::Canceled,
                ..
            } => Some(*over_ms),
            Course::Ends { .. } | Course::Says(_) => None,
        }
    }

    /// What falls away after completion.
    pub(super) fn loss(&self) -> Option<Loss> {
        match self {
            Course::Ends { loss, .. } => *loss,
            Course::Says(_) => None,
        }
    }

    /// How long a refill takes.
    pub(super) fn refill_ms(&self) -> i64 {
        self.loss().map_or(USUAL_MS, |loss| loss.refill_ms)
    }
}

/// Where something is that waits for a tenth of its time, then runs, then is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// The first tenth.
    Waiting,
    /// `done_ms` of the `of_ms` that it runs; `of_ms` is at least 1.
    Running { done_ms: i64, of_ms: i64 },
    /// The end is reached.
    Over,
}

impl Phase {
    /// The phase `elapsed_ms` after the start of what takes `over_ms`.
    pub(super) fn at(elapsed_ms: i64, over_ms: i64) -> Phase {
        let waits_ms = over_ms / 10;
        if elapsed_ms >= over_ms {
            Phase::Over
        } else if elapsed_ms < waits_ms {
            Phase::Waiting
        } else {
            Phase::Running {
                done_ms: elapsed_ms - waits_ms,
                of_ms: over_ms - waits_ms,
            }
        }
    }
}

/// `percent` of a quantity in whole units, rounded down; more than 100 is all of it.
pub(super) fn part_of(quantity: i64, percent: u8) -> i64 {
    let part = i128::from(quantity) * i128::from(percent.min(100)) / 100;
    i64::try_from(part).unwrap_or(quantity)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_waits_a_tenth_of_its_time_and_is_then_delivered_evenly() {
        use OrderWord::{Completed, InProgress, Pending};
        let course = Course::ends(1_000, 100, Completed);
        for (elapsed_ms, word, delivered) in [
            (-5, Pending, 0),
            (0, Pending, 0),
            (99, Pending, 0),
            (100, InProgress, 0),
            (550, InProgress, 450),
            (999, InProgress, 899),
            (1_000, Completed, 900),
            (i64::MAX, Completed, 900),
        ] {
            assert_eq!(
                course.at(900, elapsed_ms),
                Progress { word, delivered },
                "{elapsed_ms}"
            );
        }
    }

    #[test]
    fn what_takes_no_time_is_over_at_once() {
        for over_ms in [0, -1] {
            let course = Course::ends(over_ms, 100, OrderWord::Completed);
            let over = Progress {
                word: OrderWord::Completed,
                delivered: 7,
            };
            assert_eq!(course.at(7, 0), over, "{over_ms}");
        }
    }

    #[test]
    fn a_part_is_rounded_down_to_whole_units() {
        for (quantity, percent, part) in [
            (1_000, 60, 600),
            (7, 50, 3),
            (1, 99, 0),
            (5, 0, 0),
            (5, 255, 5),
        ] {
            assert_eq!(part_of(quantity, percent), part, "{quantity} {percent}");
        }
        assert_eq!(part_of(i64::MAX, 100), i64::MAX);
    }
}
