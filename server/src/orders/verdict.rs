//! What an answer to `add` means for the run that was sent: the rule that nothing is sent twice.
//!
//! `add` is not idempotent and a time-out says nothing about whether the provider took the order.
//! "Money moves, an order ends, and an order is sent a second time only on evidence that is about
//! *this* order and allows one reading." So only a sorted sentence, or proof that not a byte was
//! sent, lets a run be sent again; everything else leaves it unknown, with the money in its hold.

#[cfg(feature = "failpoints")]
mod undone;

use super::rules::DispatchState;
use super::sorted_sentence::{sorted_reason, unsorted_reason};
use crate::clock::Time;
use crate::money::Money;
use crate::protocol::upstream::{
    AddReply, CONTRADICTED, PhraseClass, ProviderSays, SentValues, has_server_fault_marks,
    normalize_phrase, own_refusal_class, without_sent_values,
};

/// What came of sending a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// The provider took it.
    Accepted {
        /// Its id there.
        provider_order: String,
        /// What it says it charged, as it wrote it.
        charge: Option<String>,
    },
    /// The provider refused it with a sentence that is sorted.
    Refused {
        /// What the sentence means.
        class: PhraseClass,
        /// The sentence, for the operator.
        text: String,
        /// Its normalised form.
        phrase: String,
        /// Whether it is our own kind's sentence, in a reply that carries our header: those are
        /// definite.
        is_own_kind: bool,
    },
    /// The provider says a sentence that nobody has sorted.
    Unsorted {
        /// The sentence, for the operator.
        text: String,
        /// Its normalised form: the key of the phrasebook.
        phrase: String,
    },
    /// HTTP 429 without an id: not taken.
    TryAfter {
        /// How long to wait, in ms, if it said so.
        ms: Option<i64>,
    },
    /// The answer leaves open whether the order was taken.
    Unclear {
        /// What was seen.
        why: String,
        /// An id that stood in it.
        seen_order: Option<String>,
        /// Whether it could not be read at all: the breaker counts those, "never sentences".
        is_unreadable: bool,
    },
    /// Provably not sent: no address, connection refused, no TLS.
    NotSent(String),
    /// The request may have arrived, but no answer did.
    Unanswered(String),
}

impl SendOutcome {
    /// The id of the order that stands in the answer.
    pub fn provider_order(&self) -> Option<&str> {
        match self {
            SendOutcome::Accepted { provider_order, .. } => Some(provider_order),
            SendOutcome::Unclear { seen_order, .. } => seen_order.as_deref(),
            SendOutcome::Refused { .. }
            | SendOutcome::Unsorted { .. }
            | SendOutcome::TryAfter { .. }
            | SendOutcome::NotSent(_)
            | SendOutcome::Unanswered(_) => None,
        }
    }
}

/// What an answer to `add` is evidence of. `classify` looks a normalised sentence up in the
/// phrasebook; `is_own_kind` says whether the reply carries our own extension header.
pub fn outcome_of(
    reply: AddReply,
    is_own_kind: bool,
    sent: &SentValues,
    classify: impl Fn(&str) -> Option<PhraseClass>,
) -> SendOutcome {
    match reply {
        AddReply::Accepted { order, charge } => SendOutcome::Accepted {
            provider_order: order,
            charge,
        },
        AddReply::TryAfter { ms } => SendOutcome::TryAfter { ms },
        AddReply::Unclear(unclear) => SendOutcome::Unclear {
            why: unclear.why,
            seen_order: unclear.seen_id,
            is_unreadable: unclear.is_unreadable,
        },
        AddReply::Refused(says) => {
            let phrase = normalize_phrase(&says.whole(), sent);
            let own = own_refusal_class(&says.text).filter(|_| is_own_kind);
            let class = own.or_else(|| class_of(&says, sent, classify));
            let text = says.text;
            match class {
                Some(class) => SendOutcome::Refused {
                    class,
                    text,
                    phrase,
                    is_own_kind: own.is_some(),
                },
                None => SendOutcome::Unsorted { text, phrase },
            }
        }
    }
}

/// The class of an error: of its whole text, else of its parts if all have one and the same: "a
/// mixed result is unknown". A fault of the software is one in any words.
pub fn class_of(
    says: &ProviderSays,
    sent: &SentValues,
    classify: impl Fn(&str) -> Option<PhraseClass>,
) -> Option<PhraseClass> {
    fail::fail_point!("undo_whole_sentence", |_| undone::fragment_class(says));
    // A link may have any words.
    if has_server_fault_marks(&without_sent_values(&says.whole(), sent)) {
        return Some(PhraseClass::ServerFault);
    }
    // A customer's word may stand in the sentence itself: then it is known as it is written.
    let class_of_text = |text: &str| {
        classify(&normalize_phrase(text, sent))
            .or_else(|| classify(&normalize_phrase(text, &SentValues::default())))
    };
    if let Some(class) = class_of_text(&says.whole()) {
        return Some(class);
    }
    let mut classes = says.parts.iter().map(|part| class_of_text(part));
    let first = classes.next()??;
    classes.all(|class| class == Some(first)).then_some(first)
}

/// True if a sentence about our funds or account is to be held against our balance there.
pub fn needs_balance(outcome: &SendOutcome) -> bool {
    matches!(
        outcome,
        SendOutcome::Refused {
            class: PhraseClass::OurFunds | PhraseClass::OurAccount,
            is_own_kind: false,
            ..
        }
    )
}

/// "A good balance above the cost (a key that works) contradicts the sentence: unsorted." `balance`
/// is what the provider answered just now, if it did; `cost` what the run costs there, if that is
/// known, both in USD.
pub fn with_balance(
    outcome: SendOutcome,
    balance: Option<Money>,
    cost: Option<Money>,
) -> SendOutcome {
    let contradicts = |class: PhraseClass| match (class, balance, cost) {
        (PhraseClass::OurAccount, Some(_), _) => true,
        (PhraseClass::OurFunds, Some(balance), Some(cost)) => balance >= cost,
        _ => false,
    };
    if let SendOutcome::Refused {
        class,
        text,
        phrase,
        is_own_kind: false,
    } = &outcome
        && contradicts(*class)
    {
        return SendOutcome::Unsorted {
            text: text.clone(),
            phrase: format!("{phrase} {CONTRADICTED}"),
        };
    }
    outcome
}

/// What a queued run waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// For the provider to be reachable: an attempt of which nothing was sent.
    Reachable,
    /// For the provider to take our orders again: the operator's problem, not the customer's. The
    /// provider rests until then.
    Account,
    /// For an earlier order on its link to end.
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
    },
    /// Whether it was taken is not known.
    Unknown(Doubt),
    /// Only a person can find out whether it was taken.
    Park {
        /// What was seen.
        reason: String,
    },
}

/// What is known of a run of which nobody knows whether it was taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Doubt {
    /// What was seen instead of an acceptance.
    pub reason: String,
    /// The normalised sentence that is the only evidence, if a sentence is.
    pub phrase: Option<String>,
    /// Whether nobody has sorted that sentence, or the balance contradicts it.
    pub is_unsorted: bool,
    /// An id that stood in the answer: its status is asked.
    pub seen_order: Option<String>,
    /// Whether the answer was lost or unreadable: the breaker counts those.
    pub is_lost: bool,
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

/// What is known of a run before its answer is judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RunFacts {
    /// How many attempts did not reach the provider.
    pub not_sent: i64,
    /// How many attempts at this provider were answered, and sent again after that answer.
    pub answered_attempts: i64,
    /// Whether another run of ours is active on its link at this provider.
    pub ours_on_link: bool,
}

/// What `outcome` means for a run.
pub fn verdict(outcome: SendOutcome, run: RunFacts, now: Time, waits: Waits) -> Verdict {
    match outcome {
        SendOutcome::Accepted {
            provider_order,
            charge,
        } => Verdict::Accept {
            provider_order,
            charge,
        },
        SendOutcome::Refused {
            class,
            text,
            phrase,
            is_own_kind,
        } => {
            if matches!(class, PhraseClass::ServerFault | PhraseClass::NotARefusal) {
                return Verdict::Unknown(Doubt {
                    reason: sorted_reason(&text, class),
                    phrase: Some(phrase),
                    ..Doubt::default()
                });
            }
            refused(class, text, is_own_kind, run, now, waits)
        }
        SendOutcome::Unsorted { text, phrase } => Verdict::Unknown(Doubt {
            reason: match phrase.ends_with(CONTRADICTED) {
                true => format!(
                    "the provider says {text:?}, sorted as a refusal of our funds or account, but \
                     its balance contradicts that"
                ),
                false => unsorted_reason(&text),
            },
            phrase: Some(phrase),
            is_unsorted: true,
            ..Doubt::default()
        }),
        SendOutcome::TryAfter { ms } => {
            // One answer must not stop a provider for longer than an order may wait at all, nor
            // "after 0 seconds" have us ask without end.
            let wait_ms = ms
                .unwrap_or(waits.provider_pause_ms)
                .max(waits.backoff_first_ms)
                .min(waits.queued_max_ms);
            Verdict::Requeue {
                due: now.plus_ms(wait_ms),
                reason: ASKED_TO_WAIT.to_owned(),
                wait: Wait::Account,
            }
        }
        SendOutcome::Unclear {
            why,
            seen_order,
            is_unreadable,
        } => Verdict::Unknown(Doubt {
            reason: why,
            seen_order,
            is_lost: is_unreadable,
            ..Doubt::default()
        }),
        SendOutcome::Unanswered(reason) => Verdict::Unknown(Doubt {
            reason,
            is_lost: true,
            ..Doubt::default()
        }),
        SendOutcome::NotSent(reason) if run.not_sent + 1 >= waits.not_sent_max => {
            let tries = run.not_sent + 1;
            Verdict::NextProvider {
                reason: format!("not reachable {tries} times: {reason}"),
            }
        }
        SendOutcome::NotSent(reason) => Verdict::Requeue {
            due: now.plus_ms(backoff_ms(run.not_sent, waits)),
            reason,
            wait: Wait::Reachable,
        },
    }
}

/// Why a run waits as long as its provider asked for by `Retry-After`.
pub const ASKED_TO_WAIT: &str = "the provider asks to wait";

/// The first back-off, doubled `times` times, up to the longest.
fn backoff_ms(times: i64, waits: Waits) -> i64 {
    let doubled = u32::try_from(times)
        .ok()
        .and_then(|times| 2_i64.checked_pow(times))
        .unwrap_or(i64::MAX);
    waits
        .backoff_first_ms
        .saturating_mul(doubled)
        .min(waits.backoff_max_ms)
}

/// What a sorted sentence means for a run.
fn refused(
    class: PhraseClass,
    text: String,
    is_own_kind: bool,
    run: RunFacts,
    now: Time,
    waits: Waits,
) -> Verdict {
    let again = |wait_ms: i64, reason: String, wait: Wait| Verdict::Requeue {
        due: now.plus_ms(wait_ms),
        reason,
        wait,
    };
    match class {
        PhraseClass::OrderFault | PhraseClass::ServiceNotSold => {
            Verdict::NextProvider { reason: text }
        }
        PhraseClass::OurFunds | PhraseClass::OurAccount => {
            again(waits.provider_pause_ms, text, Wait::Account)
        }
        PhraseClass::TooManyRequests => {
            let wait_ms = backoff_ms(run.answered_attempts, waits).max(waits.provider_pause_ms);
            again(wait_ms, text, Wait::Account)
        }
        // "On a second attempt of a dispatch, with no other of ours active on that link there, it
        // is evidence that its first attempt was stored: parked."
        PhraseClass::WaitForLink
            if run.answered_attempts > 0 && !run.ours_on_link && !is_own_kind =>
        {
            Verdict::Park {
                reason: format!(
                    "the provider says {text:?}, and no other order of ours is active there: an \
                     earlier attempt may have been taken"
                ),
            }
        }
        PhraseClass::WaitForLink => again(waits.active_link_retry_ms, text, Wait::Link),
        PhraseClass::RequestIdConflict | PhraseClass::ServerFault | PhraseClass::NotARefusal => {
            Verdict::Park {
                reason: sorted_reason(&text, class),
            }
        }
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
/// first one: the order's id, or a refusal that our own kind gives only after it has looked the id
/// up. The key, the account and the rate of requests are checked before that.
pub fn settles_doubt(outcome: &SendOutcome) -> bool {
    match outcome {
        SendOutcome::Accepted { .. } => true,
        SendOutcome::Refused {
            class, is_own_kind, ..
        } => {
            let of_the_order = matches!(
                class,
                PhraseClass::OrderFault | PhraseClass::ServiceNotSold | PhraseClass::WaitForLink
            );
            of_the_order && *is_own_kind
        }
        SendOutcome::Unsorted { .. }
        | SendOutcome::TryAfter { .. }
        | SendOutcome::Unclear { .. }
        | SendOutcome::NotSent(_)
        | SendOutcome::Unanswered(_) => false,
    }
}

#[cfg(test)]
mod tests;
