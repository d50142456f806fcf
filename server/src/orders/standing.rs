//! Where an order stands, computed from its runs: the one place that turns what providers said
//! about runs into a status, into remains and into the moment of settlement.

use super::rules::{DispatchState, OrderStatus};
use crate::clock::Time;
use crate::error::Refusal;

/// What of an order its standing depends on.
#[derive(Debug, Clone, Copy)]
pub struct Whole {
    /// Total quantity, all runs together.
    pub quantity: i64,
    /// Number of runs; 1 unless it is a drip-feed.
    pub runs: i64,
    /// Minutes between the runs.
    pub interval_minutes: i64,
    /// The status it has.
    pub status: OrderStatus,
    /// The undelivered units it has.
    pub remains: i64,
    /// Whether its end was asked for: no further run is written then.
    pub cancel_requested: bool,
}

/// What an operator says of an order that is delivered by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByHand {
    /// Delivery goes on, with this much left of it; as much as before, if it is not said.
    InProgress(Option<i64>),
    /// It was delivered.
    Completed,
    /// It ended with this much undelivered.
    Partial(i64),
    /// It ended without delivery.
    Canceled,
}

/// What of a run the order's standing depends on.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    /// Where it stands.
    pub state: DispatchState,
    /// Its quantity.
    pub quantity: i64,
    /// What the provider last said was left of it.
    pub remains: Option<i64>,
    /// What the provider counted before it began.
    pub start_count: Option<i64>,
    /// Whether the provider says that delivery has begun.
    pub is_delivering: bool,
    /// When the provider took it.
    pub accepted_at: Option<Time>,
}

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The status; terminal when the order is to be settled.
    pub status: OrderStatus,
    /// Undelivered units, `0..=quantity`; a refused, cancelled or unsent run counts whole.
    pub remains: i64,
    /// The count before the first run began.
    pub start_count: Option<i64>,
    /// When the next run of a drip-feed is due, if it is to be written now.
    pub next_run_at: Option<Time>,
}

/// The standing of `order` with its `runs` so far, oldest first. "An order settles once, when all
/// its runs are terminal."
pub fn standing(order: Whole, runs: &[Run], now: Time) -> Standing {
    if runs.is_empty() && order.status != OrderStatus::Pending {
        // Begun by hand: only a person knows how far it is, and ends it, whoever asks for that.
        return Standing {
            status: order.status,
            remains: order.remains,
            start_count: None,
            next_run_at: None,
        };
    }
    let run_quantity = order.quantity / order.runs.max(1);
    let written = i64::try_from(runs.len()).unwrap_or(i64::MAX);
    let unwritten = (order.runs - written).max(0) * run_quantity;
    let remains = runs.iter().map(|run| run.left()).sum::<i64>() + unwritten;
    let remains = remains.clamp(0, order.quantity);

    let all_ended = runs.iter().all(|run| run.state.is_terminal());
    let nothing_to_come = written >= order.runs || order.cancel_requested;
    let status = if all_ended && nothing_to_come && (written > 0 || order.cancel_requested) {
        ended(order, runs, remains)
    } else {
        under_way(order, runs)
    };
    Standing {
        status,
        remains,
        start_count: runs.iter().find_map(|run| run.start_count),
        next_run_at: next_run_at(order, runs, written, now),
    }
}

/// The standing of an `order` without runs after an operator said `said` of it. Refused:
/// [`Refusal::Conflict`] for an order that has ended, [`Refusal::FieldInvalid`].
pub fn by_hand(order: Whole, said: ByHand, start_count: Option<i64>) -> Result<Standing, Refusal> {
    if order.status.is_terminal() {
        let why = format!("the order is {}, which never changes", order.status);
        return Err(Refusal::Conflict { why });
    }
    let units = |remains: i64| match (0..=order.quantity).contains(&remains) {
        true => Ok(remains),
        false => Err(Refusal::FieldInvalid {
            field: "remains",
            expected: "from 0 to the order's total quantity",
        }),
    };
    if start_count.is_some_and(|count| count < 0) {
        return Err(Refusal::FieldInvalid {
            field: "start_count",
            expected: "zero or more",
        });
    }
    let (status, remains) = match said {
        ByHand::InProgress(remains) => (
            OrderStatus::InProgress,
            units(remains.unwrap_or(order.remains))?,
        ),
        ByHand::Completed => (OrderStatus::Completed, 0),
        // "Partial with remains >= quantity is canceled".
        ByHand::Partial(remains) if units(remains)? >= order.quantity => {
            (OrderStatus::Canceled, order.quantity)
        }
        ByHand::Partial(remains) => (OrderStatus::Partial, remains),
        ByHand::Canceled => (OrderStatus::Canceled, order.quantity),
    };
    Ok(Standing {
        status,
        remains,
        start_count,
        next_run_at: None,
    })
}

impl Run {
    /// Undelivered units of the run, as far as is known.
    fn left(&self) -> i64 {
        match self.state {
            DispatchState::Completed => 0,
            DispatchState::Partial => self
                .remains
                .unwrap_or(self.quantity)
                .clamp(0, self.quantity),
            // "remains 0 ... on an order that has not ended means not reported"
            DispatchState::Accepted => self
                .remains
                .filter(|left| *left > 0)
                .unwrap_or(self.quantity)
                .min(self.quantity),
            // "the provider's word decides, its remains is ignored"
            DispatchState::Canceled | DispatchState::Rejected => self.quantity,
            DispatchState::Held
            | DispatchState::Queued
            | DispatchState::Sending
            | DispatchState::Unknown
            | DispatchState::Parked => self.quantity,
        }
    }
}

fn ended(order: Whole, runs: &[Run], remains: i64) -> OrderStatus {
    let is = |state: DispatchState| move |run: &Run| run.state == state;
    if remains >= order.quantity {
        // "all runs refused = failed"; "Partial with remains >= quantity is canceled".
        let refused = !runs.is_empty() && runs.iter().all(is(DispatchState::Rejected));
        if refused {
            OrderStatus::Failed
        } else {
            OrderStatus::Canceled
        }
    } else if remains > 0 || runs.iter().any(is(DispatchState::Partial)) {
        OrderStatus::Partial
    } else {
        OrderStatus::Completed
    }
}

fn under_way(order: Whole, runs: &[Run]) -> OrderStatus {
    let accepted = runs.iter().any(|run| run.accepted_at.is_some());
    let delivering = runs.iter().any(|run| run.is_delivering)
        // The first accepted run of a drip-feed begins the delivery of the whole.
        || (order.runs > 1 && accepted);
    let reached = if delivering {
        OrderStatus::InProgress
    } else if accepted {
        OrderStatus::Processing
    } else {
        OrderStatus::Pending
    };
    if order.status.can_become(reached) {
        reached
    } else {
        order.status
    }
}

/// "A run's dispatch row is written when the run before it is recorded", `interval` after it.
fn next_run_at(order: Whole, runs: &[Run], written: i64, now: Time) -> Option<Time> {
    let last = runs.last()?;
    let recorded = last.state == DispatchState::Accepted || last.state.is_terminal();
    if written >= order.runs || order.cancel_requested || !recorded {
        return None;
    }
    let interval_ms = order.interval_minutes.saturating_mul(60_000);
    Some(
        // A clock that was set back shows an acceptance that is yet to come.
        last.accepted_at
            .map_or(now, |at| at.min(now))
            .plus_ms(interval_ms)
            .max(now),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use DispatchState::{Accepted, Canceled, Completed, Partial, Queued, Rejected, Unknown};

    fn order(quantity: i64, runs: i64) -> Whole {
        Whole {
            quantity,
            runs,
            interval_minutes: 10,
            status: OrderStatus::Pending,
            remains: quantity,
            cancel_requested: false,
        }
    }

    fn run(state: DispatchState, quantity: i64, remains: Option<i64>) -> Run {
        let accepted =
            matches!(state, Accepted | Completed | Partial | Canceled).then(Time::default);
        Run {
            state,
            quantity,
            remains,
            start_count: None,
            is_delivering: false,
            accepted_at: accepted,
        }
    }

    fn status(order: Whole, runs: &[Run]) -> (OrderStatus, i64) {
        let standing = standing(order, runs, Time::default());
        (standing.status, standing.remains)
    }

    #[test]
    fn an_order_of_one_run_ends_as_its_run_does() {
        for (state, remains, expected) in [
            (Queued, None, (OrderStatus::Pending, 1000)),
            (Unknown, None, (OrderStatus::Pending, 1000)),
            (Accepted, None, (OrderStatus::Processing, 1000)),
            (Accepted, Some(300), (OrderStatus::Processing, 300)),
            (Completed, Some(20), (OrderStatus::Completed, 0)),
            (Partial, Some(250), (OrderStatus::Partial, 250)),
            (Partial, Some(0), (OrderStatus::Partial, 0)),
            (Partial, Some(-7), (OrderStatus::Partial, 0)),
            (Partial, Some(1000), (OrderStatus::Canceled, 1000)),
            (Canceled, Some(3), (OrderStatus::Canceled, 1000)),
            (Rejected, None, (OrderStatus::Failed, 1000)),
        ] {
            assert_eq!(
                status(order(1000, 1), &[run(state, 1000, remains)]),
                expected,
                "{state}"
            );
        }
    }

    #[test]
    fn a_drip_feed_ends_when_all_its_runs_have() {
        let drip = order(300, 3);
        let done = run(Completed, 100, Some(0));
        let cases: &[(&[Run], (OrderStatus, i64))] = &[
            (&[done], (OrderStatus::InProgress, 200)),
            (&[done, done, done], (OrderStatus::Completed, 0)),
            (
                &[done, run(Rejected, 100, None), done],
                (OrderStatus::Partial, 100),
            ),
            (
                &[done, run(Partial, 100, Some(40)), done],
                (OrderStatus::Partial, 40),
            ),
            (&[run(Rejected, 100, None); 3], (OrderStatus::Failed, 300)),
            (
                &[
                    run(Rejected, 100, None),
                    run(Canceled, 100, None),
                    run(Rejected, 100, None),
                ],
                (OrderStatus::Canceled, 300),
            ),
        ];
        for (runs, expected) in cases {
            assert_eq!(status(drip, runs), *expected);
        }
    }

    #[test]
    fn runs_that_a_cancel_left_unsent_count_whole() {
        let drip = Whole {
            cancel_requested: true,
            ..order(300, 3)
        };
        assert_eq!(
            status(drip, &[run(Completed, 100, None)]),
            (OrderStatus::Partial, 200)
        );
        assert_eq!(
            status(drip, &[run(Canceled, 100, None)]),
            (OrderStatus::Canceled, 300)
        );
        assert_eq!(
            status(drip, &[run(Accepted, 100, None)]),
            (OrderStatus::InProgress, 300)
        );
        assert_eq!(status(drip, &[]), (OrderStatus::Canceled, 300));
    }

    #[test]
    fn the_next_run_is_due_an_interval_after_the_one_before_was_recorded() {
        let drip = order(300, 3);
        let now = Time::from_ms(60_000);
        let due = |state| standing(drip, &[run(state, 100, None)], now).next_run_at;
        assert_eq!(due(Accepted), Some(Time::from_ms(600_000)));
        assert_eq!(due(Rejected), Some(Time::from_ms(660_000)));
        assert_eq!(due(Queued), None);
        assert_eq!(due(Unknown), None);
        let last = standing(drip, &[run(Accepted, 100, None); 3], now);
        assert_eq!(last.next_run_at, None);
    }

    #[test]
    fn a_status_never_moves_backwards() {
        let begun = Whole {
            status: OrderStatus::InProgress,
            ..order(1000, 1)
        };
        assert_eq!(
            status(begun, &[run(Accepted, 1000, None)]),
            (OrderStatus::InProgress, 1000)
        );
    }

    #[test]
    fn what_an_operator_says_of_a_manual_order_is_its_standing() {
        let begun = Whole {
            status: OrderStatus::InProgress,
            remains: 700,
            ..order(1000, 1)
        };
        let said = |said| by_hand(begun, said, None).map(|s| (s.status, s.remains));
        use OrderStatus as Is;
        assert_eq!(said(ByHand::InProgress(None)), Ok((Is::InProgress, 700)));
        assert_eq!(
            said(ByHand::InProgress(Some(300))),
            Ok((Is::InProgress, 300))
        );
        assert_eq!(said(ByHand::Completed), Ok((Is::Completed, 0)));
        assert_eq!(said(ByHand::Partial(400)), Ok((Is::Partial, 400)));
        assert_eq!(said(ByHand::Partial(1000)), Ok((Is::Canceled, 1000)));
        assert_eq!(said(ByHand::Canceled), Ok((Is::Canceled, 1000)));
        for no in [
            ByHand::Partial(-1),
            ByHand::Partial(1001),
            ByHand::InProgress(Some(1001)),
        ] {
            assert!(
                matches!(said(no), Err(Refusal::FieldInvalid { .. })),
                "{no:?}"
            );
        }
        assert!(by_hand(begun, ByHand::Completed, Some(-1)).is_err());
        for &status in OrderStatus::ALL
            .iter()
            .filter(|status| status.is_terminal())
        {
            let ended = Whole { status, ..begun };
            let again = by_hand(ended, ByHand::Completed, None);
            assert!(matches!(again, Err(Refusal::Conflict { .. })), "{status}");
        }
    }

    #[test]
    fn a_manual_order_that_was_begun_is_ended_by_its_operator_only() {
        let begun = Whole {
            status: OrderStatus::InProgress,
            remains: 700,
            cancel_requested: true,
            ..order(1000, 1)
        };
        assert_eq!(status(begun, &[]), (OrderStatus::InProgress, 700));
    }

    #[test]
    fn a_manual_order_without_runs_waits_for_an_operator() {
        assert_eq!(status(order(1000, 1), &[]), (OrderStatus::Pending, 1000));
    }
}
