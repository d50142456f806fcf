//! What a provider's answer to `add` means for the run that was sent: the rule that nothing is
//! sent twice.
//!
//! `add` is not idempotent and a time-out says nothing about whether the provider took the order.
//! So only an answer that proves a refusal, or proof that not a byte was sent, lets a run be sent
//! again; everything else leaves it unknown, with the money in its hold.

use super::rules::DispatchState;
use crate::clock::Time;
use crate::protocol::upstream::{AddReply, RefusalClass};

/// What came of sending a run.
#[derive(Debug, Clone)]
pub enum SendOutcome {
    /// The provider answered.
    Replied(AddReply),
    /// Provably not sent: no address, connection refused, no TLS.
    NotSent(String),
    /// The request may have arrived, but no answer did.
    Unanswered(String),
}

/// What a queued run waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// For the provider to be reachable: an attempt of which nothing was sent.
    Reachable,
    /// For the provider to take our orders again: the operator's problem, not the customer's. The
    /// provider rests until then.
    Account,
    /// For our earlier order on its link to end.
    Link,
}

/// What happens to the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The provider took it.
    Accept {
        /// Its id there.
        provider_order: String,
        /// What it says it charged, as it wrote it.
        charge: Option<String>,
    },
    /// It is sent again, to the same provider, not before `due`.
    Requeue {
        /// When.
        due: Time,
        /// Why, for the operator.
        reason: String,
        /// What it waits for.
        wait: Wait,
    },
    /// The provider will not take it: the service's next one is asked, else the run is rejected.
    NextProvider {
        /// Why, in the provider's words.
        reason: String,
        /// Whether nobody knows that sentence: counted, and shown to the operator.
        unlisted: bool,
    },
    /// Whether it was taken is not known.
    Unknown {
        /// What was seen instead of an answer.
        reason: String,
    },
}

/// The waiting times of the table, in ms.
#[derive(Debug, Clone, Copy)]
pub struct Waits {
    /// How long a provider rests that refuses our account.
    pub provider_pause_ms: i64,
    /// When a run is tried again that waits for an earlier order on its link.
    pub active_link_retry_ms: i64,
    /// First back-off after an attempt that was not sent; doubled each time.
    pub backoff_first_ms: i64,
    /// Longest back-off.
    pub backoff_max_ms: i64,
    /// Longest time that a run may be queued.
    pub queued_max_ms: i64,
    /// How many attempts may end unsent.
    pub not_sent_max: i64,
}

/// What `outcome` means for a run of which `not_sent` attempts did not reach the provider before.
pub fn verdict(outcome: SendOutcome, not_sent: i64, now: Time, waits: Waits) -> Verdict {
    match outcome {
        SendOutcome::Replied(reply) => replied(reply, now, waits),
        SendOutcome::Unanswered(reason) => Verdict::Unknown { reason },
        SendOutcome::NotSent(reason) if not_sent + 1 >= waits.not_sent_max => {
            let tries = not_sent + 1;
            Verdict::NextProvider {
                reason: format!("not reachable {tries} times: {reason}"),
                unlisted: false,
            }
        }
        SendOutcome::NotSent(reason) => {
            let doubled = u32::try_from(not_sent)
                .ok()
                .and_then(|times| 2_i64.checked_pow(times))
                .unwrap_or(i64::MAX);
            let wait_ms = waits
                .backoff_first_ms
                .saturating_mul(doubled)
                .min(waits.backoff_max_ms);
            Verdict::Requeue {
                due: now.plus_ms(wait_ms),
                reason,
                wait: Wait::Reachable,
            }
        }
    }
}

fn replied(reply: AddReply, now: Time, waits: Waits) -> Verdict {
    let again = |wait_ms: i64, reason: String, wait: Wait| Verdict::Requeue {
        due: now.plus_ms(wait_ms),
        reason,
        wait,
    };
    match reply {
        AddReply::Accepted { order, charge } => Verdict::Accept {
            provider_order: order,
            charge,
        },
        AddReply::TryAfter { ms } => {
            // One answer must not stop a provider for longer than an order may wait at all, nor
            // "after 0 seconds" have us ask without end.
            let wait_ms = ms
                .unwrap_or(waits.provider_pause_ms)
                .max(waits.backoff_first_ms)
                .min(waits.queued_max_ms);
            again(
                wait_ms,
                "the provider asks to wait".to_owned(),
                Wait::Account,
            )
        }
        AddReply::Refused(says) => match says.class {
            RefusalClass::ProviderTrouble => {
                again(waits.provider_pause_ms, says.text, Wait::Account)
            }
            RefusalClass::ActiveOrderOnLink => {
                again(waits.active_link_retry_ms, says.text, Wait::Link)
            }
            RefusalClass::OrderInvalid => Verdict::NextProvider {
                reason: says.text,
                unlisted: false,
            },
            RefusalClass::RequestIdConflict | RefusalClass::Unlisted => Verdict::NextProvider {
                reason: says.text,
                unlisted: true,
            },
        },
        AddReply::Unclear(reason) => Verdict::Unknown { reason },
    }
}

/// Whether an answer to attempt `of` may still decide a run that is in `state` at attempt
/// `current`: a late answer counts as long as nobody has decided otherwise.
pub fn still_decides(state: DispatchState, of: i64, current: i64) -> bool {
    let open = matches!(
        state,
        DispatchState::Sending | DispatchState::Unknown | DispatchState::Parked
    );
    open && of == current
}

/// Whether the answer to a repeated request, under its `request_id`, shows what became of the
/// first one: the order's id, or a refusal that a provider gives only after it has looked the id
/// up. The key, the account and the rate of requests are checked before that, and words that
/// nobody knows may be.
pub fn settles_doubt(outcome: &SendOutcome) -> bool {
    match outcome {
        SendOutcome::Replied(AddReply::Accepted { .. }) => true,
        SendOutcome::Replied(AddReply::Refused(says)) => match says.class {
            RefusalClass::ActiveOrderOnLink | RefusalClass::OrderInvalid => true,
            RefusalClass::ProviderTrouble
            | RefusalClass::RequestIdConflict
            | RefusalClass::Unlisted => false,
        },
        SendOutcome::Replied(AddReply::TryAfter { .. } | AddReply::Unclear(_))
        | SendOutcome::NotSent(_)
        | SendOutcome::Unanswered(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::upstream::ProviderSays;

    const WAITS: Waits = Waits {
        provider_pause_ms: 60_000,
        active_link_retry_ms: 600_000,
        backoff_first_ms: 1_000,
        backoff_max_ms: 60_000,
        queued_max_ms: 86_400_000,
        not_sent_max: 8,
    };

    fn refused(class: RefusalClass) -> SendOutcome {
        let text = "no".to_owned();
        SendOutcome::Replied(AddReply::Refused(ProviderSays { class, text }))
    }

    fn at(ms: i64) -> Time {
        Time::from_ms(ms)
    }

    #[test]
    fn only_a_definite_refusal_or_nothing_sent_lets_a_run_be_sent_again() {
        let unknown =
            |outcome| matches!(verdict(outcome, 0, at(0), WAITS), Verdict::Unknown { .. });
        assert!(unknown(SendOutcome::Unanswered("time-out".to_owned())));
        assert!(unknown(SendOutcome::Replied(AddReply::Unclear(
            "HTML".to_owned()
        ))));
        assert!(!unknown(SendOutcome::NotSent("refused".to_owned())));
        assert!(!unknown(refused(RefusalClass::Unlisted)));
    }

    #[test]
    fn a_refusal_waits_pauses_or_moves_on_by_its_meaning() {
        let cases = [
            (RefusalClass::ProviderTrouble, Some((60_000, Wait::Account))),
            (RefusalClass::ActiveOrderOnLink, Some((600_000, Wait::Link))),
            (RefusalClass::OrderInvalid, None),
            (RefusalClass::Unlisted, None),
        ];
        for (class, waits) in cases {
            match (verdict(refused(class), 0, at(5), WAITS), waits) {
                (Verdict::Requeue { due, wait, .. }, Some((ms, expected))) => {
                    assert_eq!((due, wait), (at(5 + ms), expected));
                }
                (Verdict::NextProvider { unlisted, .. }, None) => {
                    assert_eq!(unlisted, class == RefusalClass::Unlisted);
                }
                (other, _) => panic!("{class:?}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_provider_that_asks_to_wait_is_heeded_for_a_day_at_most() {
        for (asked, waited) in [
            (Some(7_000), 7_000),
            (None, 60_000),
            (Some(i64::MAX), 86_400_000),
        ] {
            let outcome = SendOutcome::Replied(AddReply::TryAfter { ms: asked });
            match verdict(outcome, 0, at(0), WAITS) {
                Verdict::Requeue { due, wait, .. } => {
                    assert_eq!((due, wait), (at(waited), Wait::Account));
                }
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn attempts_that_were_not_sent_back_off_and_end_after_eight() {
        let unsent = |before| {
            verdict(
                SendOutcome::NotSent("refused".to_owned()),
                before,
                at(0),
                WAITS,
            )
        };
        for (before, wait_ms) in [(0, 1_000), (1, 2_000), (6, 60_000)] {
            match unsent(before) {
                Verdict::Requeue {
                    due,
                    wait: Wait::Reachable,
                    ..
                } => {
                    assert_eq!(due, at(wait_ms));
                }
                other => panic!("{other:?}"),
            }
        }
        assert!(matches!(
            unsent(7),
            Verdict::NextProvider {
                unlisted: false,
                ..
            }
        ));
    }

    #[test]
    fn a_repetition_settles_the_doubt_only_by_an_id_or_a_refusal_of_the_order() {
        for (class, settles) in [
            (RefusalClass::OrderInvalid, true),
            (RefusalClass::ActiveOrderOnLink, true),
            (RefusalClass::ProviderTrouble, false),
            (RefusalClass::RequestIdConflict, false),
            (RefusalClass::Unlisted, false),
        ] {
            assert_eq!(settles_doubt(&refused(class)), settles, "{class:?}");
        }
        let wait = SendOutcome::Replied(AddReply::TryAfter { ms: None });
        assert!(!settles_doubt(&wait));
        assert!(!settles_doubt(&SendOutcome::NotSent("refused".to_owned())));
    }

    #[test]
    fn a_late_answer_decides_only_the_attempt_it_belongs_to() {
        for (state, of, current, decides) in [
            (DispatchState::Sending, 1, 1, true),
            (DispatchState::Unknown, 1, 1, true),
            (DispatchState::Parked, 1, 1, true),
            (DispatchState::Parked, 1, 2, false),
            (DispatchState::Queued, 1, 1, false),
            (DispatchState::Accepted, 1, 1, false),
        ] {
            assert_eq!(
                still_decides(state, of, current),
                decides,
                "{state} {of} {current}"
            );
        }
    }
}
