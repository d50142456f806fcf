//! "A refund is asked twice": what follows when a provider reports an end, or takes one back.
//! Pure: what was reported first, what is reported now, and the time.

use crate::clock::Time;
use crate::protocol::OrderWord;

/// How often a reported end may be taken back or changed before an operator decides.
const MAX_CONTRADICTIONS: i64 = 2;

/// An end as a provider reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct End {
    /// Completed, partial or canceled.
    pub(super) word: OrderWord,
    /// Undelivered units, `0..=quantity`, as far as they decide anything: a canceled run has all
    /// of them, whatever is reported ("its `remains` is ignored").
    pub(super) remains: i64,
    /// Whether the numbers contradict the word, so that an operator decides before it is final.
    pub(super) is_odd: bool,
}

/// The end that was reported first, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct First {
    pub(super) word: OrderWord,
    pub(super) remains: i64,
    pub(super) seen_at: Time,
}

/// What follows from a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing has ended; a first report is forgotten.
    GoOn,
    /// The provider is asked once more, at `at`; the end counts from `since`.
    AskAgain { since: Time, at: Time },
    /// The end is believed; the run ended at this time.
    End { at: Time },
    /// An operator decides.
    Operator(&'static str),
}

/// What follows, and how often the provider has contradicted itself by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) next: Next,
    pub(super) contradictions: i64,
}

/// When is asked, and whether asking once is enough.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    pub(super) now: Time,
    /// How long after the first report the second is asked for.
    pub(super) confirm_ms: i64,
    /// "A provider of our own kind, whose lines are keyed, is believed at once."
    pub(super) is_own_kind: bool,
}

impl End {
    /// The end of a run of `quantity` units that is reported with these numbers.
    pub(super) fn reported(
        word: OrderWord,
        quantity: i64,
        remains: Option<i64>,
        charge: Option<&str>,
    ) -> End {
        // `0,00` and `$0.00` too: nothing but zeros, however it is written.
        let is_free = charge.is_some_and(|charge| {
            charge.contains('0') && !charge.contains(|c: char| matches!(c, '1'..='9'))
        });
        let left = remains.map(|left| left.clamp(0, quantity));
        let is_odd = is_free
            && match word {
                // "Completed with remains = quantity and charge 0": nothing was delivered.
                OrderWord::Completed => quantity > 0 && left == Some(quantity),
                // "Partial with remains 0 and charge 0": delivered whole, and not charged.
                OrderWord::Partial => left == Some(0),
                OrderWord::Pending
                | OrderWord::InProgress
                | OrderWord::Processing
                | OrderWord::Canceled => false,
            };
        let remains = match word {
            OrderWord::Canceled => quantity,
            OrderWord::Completed if !is_odd => 0,
            OrderWord::Completed
            | OrderWord::Partial
            | OrderWord::Pending
            | OrderWord::InProgress
            | OrderWord::Processing => left.unwrap_or(quantity),
        };
        End {
            word,
            remains,
            is_odd,
        }
    }

    fn is_same(self, first: First) -> bool {
        self.word == first.word && self.remains == first.remains
    }
}

/// What follows when `reported` comes after `first`; `reported` is none where nothing has ended.
pub(super) fn next(
    first: Option<First>,
    contradictions: i64,
    reported: Option<End>,
    asked: Asked,
) -> Step {
    fail::fail_point!("undo_confirmation", |_| Step {
        next: reported.map_or(Next::GoOn, |_| Next::End { at: asked.now }),
        contradictions,
    });
    let step = |next| Step {
        next,
        contradictions,
    };
    let contradicted = |next| {
        let contradictions = contradictions.saturating_add(1);
        Step {
            next: match contradictions >= MAX_CONTRADICTIONS {
                true => Next::Operator("the provider contradicts itself about the end"),
                false => next,
            },
            contradictions,
        }
    };
    let ask_again = Next::AskAgain {
        since: asked.now,
        at: asked.now.plus_ms(asked.confirm_ms),
    };
    let end = |end: End, at| match end.is_odd {
        true => Next::Operator("the numbers contradict the status"),
        false => Next::End { at },
    };
    match (first, reported) {
        (None, None) => step(Next::GoOn),
        // "A second answer that is not terminal means: go on following."
        (Some(_), None) => contradicted(Next::GoOn),
        (Some(first), Some(reported)) if reported.is_same(first) => {
            // Of a clock that was set back since, the first report is one of now.
            let since = first.seen_at.min(asked.now);
            let at = since.plus_ms(asked.confirm_ms);
            if asked.now >= at || asked.is_own_kind {
                // "The order ends at the time of the first report."
                step(end(reported, since))
            } else {
                step(Next::AskAgain { since, at })
            }
        }
        (_, Some(reported)) if asked.is_own_kind => step(end(reported, asked.now)),
        (Some(_), Some(_)) => contradicted(ask_again),
        (None, Some(reported)) => {
            let moves_money = reported.word != OrderWord::Completed || reported.is_odd;
            step(match moves_money {
                true => ask_again,
                false => Next::End { at: asked.now },
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use OrderWord::{Canceled, Completed, Partial};

    use super::*;

    const CONFIRM: i64 = 10_000;

    fn at(ms: i64) -> Time {
        Time::from_ms(ms)
    }

    fn asked(ms: i64) -> Asked {
        Asked {
            now: at(ms),
            confirm_ms: CONFIRM,
            is_own_kind: false,
        }
    }

    fn end(word: OrderWord, remains: i64) -> End {
        End::reported(word, 1000, Some(remains), Some("0.5"))
    }

    fn first(word: OrderWord, remains: i64) -> Option<First> {
        Some(First {
            word,
            remains,
            seen_at: at(0),
        })
    }

    #[test]
    fn nothing_was_charged_however_it_is_written() {
        for (charge, is_odd) in [
            ("0", true),
            ("0.00", true),
            ("$0.00", true),
            ("0.00 USD", true),
            ("0,00", true),
            ("0.01", false),
            ("-", false),
        ] {
            let end = End::reported(OrderWord::Completed, 100, Some(100), Some(charge));
            assert_eq!(end.is_odd, is_odd, "{charge}");
        }
    }

    #[test]
    fn an_end_that_moves_money_needs_the_same_report_again_a_while_later() {
        for (word, remains) in [
            (Canceled, 1000),
            (Partial, 400),
            (Partial, 0),
            (Partial, 1000),
        ] {
            let reported = Some(end(word, remains));
            let once = next(None, 0, reported, asked(0)).next;
            let (since, again) = (at(0), at(CONFIRM));
            assert_eq!(once, Next::AskAgain { since, at: again }, "{word:?}");
            let early = next(first(word, remains), 0, reported, asked(CONFIRM - 1)).next;
            assert_eq!(early, Next::AskAgain { since, at: again }, "{word:?}");
            let twice = next(first(word, remains), 0, reported, asked(CONFIRM + 7)).next;
            assert_eq!(twice, Next::End { at: at(0) }, "{word:?}");
        }
    }

    #[test]
    fn a_completed_order_and_a_provider_of_our_own_kind_are_believed_at_once() {
        let completed = next(None, 0, Some(end(Completed, 0)), asked(5)).next;
        assert_eq!(completed, Next::End { at: at(5) });
        let left = next(None, 0, Some(end(Completed, 20)), asked(5)).next;
        assert_eq!(left, Next::End { at: at(5) });
        let own = Asked {
            is_own_kind: true,
            ..asked(5)
        };
        for (word, remains) in [(Canceled, 1000), (Partial, 400)] {
            let reported = Some(end(word, remains));
            assert_eq!(next(None, 0, reported, own).next, Next::End { at: at(5) });
        }
    }

    #[test]
    fn one_contradiction_goes_on_and_the_second_is_an_operators() {
        let other = Some(end(Partial, 300));
        for reported in [None, other, Some(end(Completed, 0)), Some(end(Canceled, 0))] {
            let once = next(first(Partial, 400), 0, reported, asked(CONFIRM));
            assert_eq!(once.contradictions, 1);
            let expected = match reported {
                None => Next::GoOn,
                Some(_) => Next::AskAgain {
                    since: at(CONFIRM),
                    at: at(2 * CONFIRM),
                },
            };
            assert_eq!(once.next, expected, "{reported:?}");
            let twice = next(first(Partial, 400), 1, reported, asked(CONFIRM)).next;
            assert!(matches!(twice, Next::Operator(_)), "{reported:?}");
        }
        let confirmed = next(first(Partial, 300), 1, other, asked(CONFIRM)).next;
        assert_eq!(confirmed, Next::End { at: at(0) });
    }

    #[test]
    fn numbers_are_compared_as_far_as_they_decide() {
        let same = |word, one, other| end(word, one).remains == end(word, other).remains;
        assert!(same(Canceled, 0, 1000));
        assert!(same(Partial, -5, 0));
        assert!(same(Partial, 1000, 4000));
        assert!(!same(Partial, 400, 401));
        assert!(same(Completed, 0, 20));
    }

    #[test]
    fn numbers_that_contradict_the_status_are_an_operators() {
        let odd = |word, remains, charge| End::reported(word, 1000, remains, charge).is_odd;
        assert!(odd(Completed, Some(1000), Some("0.00")));
        assert!(odd(Completed, Some(1200), Some("0")));
        assert!(odd(Partial, Some(0), Some("0")));
        assert!(odd(Partial, Some(-3), Some("0.0000")));
        assert!(!odd(Completed, Some(1000), Some("0.3")));
        assert!(!odd(Completed, Some(999), Some("0")));
        assert!(!odd(Completed, None, Some("0")));
        assert!(!odd(Completed, Some(1000), None));
        assert!(!odd(Partial, Some(0), Some("0.3")));
        assert!(!odd(Partial, Some(0), Some("free")));
        assert!(!odd(Canceled, Some(0), Some("0")));
        for (word, remains) in [(Completed, 1000), (Partial, 0)] {
            let reported = End::reported(word, 1000, Some(remains), Some("0"));
            let once = next(None, 0, Some(reported), asked(0)).next;
            assert!(matches!(once, Next::AskAgain { .. }));
            let twice = next(first(word, remains), 0, Some(reported), asked(CONFIRM)).next;
            assert!(matches!(twice, Next::Operator(_)));
        }
    }
}
