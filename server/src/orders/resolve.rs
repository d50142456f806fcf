//! What an operator decides about runs that do not end by themselves.

use std::collections::HashMap;
use std::fmt;

use serde_json::json;

use super::record::stop_if_stopped;
use super::rules::DispatchState;
use super::settle::advance_in_tx;
use super::stop::{stop_cause, who_stopped};
use super::store;
use super::store::provider_orders::KnownOrders;
use super::store::runs::Exchange;
use super::told::{Cause, CausedBy};
use crate::actor::Actor;
use crate::audit::{self, Deed, Entry};
use crate::clock::Time;
use crate::entity::dispatch;
use crate::error::{Refusal, Result};
use crate::ids::DispatchId;
use crate::panel::Panel;
use crate::vocabulary::words;
use crate::wording;

/// After how long without an end an accepted run is on the operator's list, in ms: a week.
const STALE_MS: i64 = 7 * 24 * 3_600_000;

/// Runs that were accepted before this and have not ended are an operator's to look at.
pub(super) fn stale_before(now: Time) -> Time {
    now.plus_ms(-STALE_MS)
}

/// An operator's decision about a run that does not end by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// The provider took it under this id: it is polled from now on.
    Accepted(String),
    /// The provider did not take it: it is sent again, as a new attempt.
    SendAgain,
    /// The provider did not take it, and nobody else shall: the order is refunded.
    Refund,
    /// The provider took it and has ended it, with this many units undelivered.
    Ended(i64),
}

/// As it is kept for people to read, in the words of `dispatch resolve`.
impl fmt::Display for Resolution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Resolution::Accepted(provider_order) => write!(f, "accepted-as {provider_order}"),
            Resolution::SendAgain => f.write_str("send-again"),
            Resolution::Refund => f.write_str("refund"),
            Resolution::Ended(remains) => write!(f, "ended remains={remains}"),
        }
    }
}

words! {
    /// Why a run could not be resolved.
    pub enum Unresolved {
        /// There is no such run.
        NoSuchRun = "there is no such dispatch",
        /// It is not parked: it is on its way, or decided.
        NotParked = "the dispatch is not parked: only a parked one can be resolved so",
        /// It has ended, or the provider's id of it is not known: nothing shows that it was taken.
        NotAccepted = "the dispatch has ended, or is not known to be taken: resolve it as accepted \
            under the provider's order id first",
        /// Another run has that id at the same provider.
        IdTaken = "another dispatch has that order id at this provider",
    }
}

impl From<Unresolved> for Refusal {
    fn from(no: Unresolved) -> Refusal {
        let why = no.word().to_owned();
        match no {
            Unresolved::NoSuchRun => Refusal::Unknown { what: "dispatch" },
            Unresolved::NotParked | Unresolved::NotAccepted | Unresolved::IdTaken => {
                Refusal::Conflict { why }
            }
        }
    }
}

/// Resolves a parked run; one whose id at the provider is known can be resolved as ended.
pub async fn resolve(
    panel: &Panel,
    actor: &Actor,
    id: DispatchId,
    resolution: Resolution,
    reason: Option<&str>,
) -> Result<std::result::Result<(), Unresolved>> {
    let reason = reason.map(wording::reason).transpose()?;
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let Some(order) = store::runs::order_of(&tx, id).await? else {
        return Ok(Err(Unresolved::NoSuchRun));
    };
    let order = store::lock_orders(&tx, [order]).await?.into_iter().next();
    let Some(mut run) = store::runs::lock(&tx, [id]).await?.into_iter().next() else {
        return Ok(Err(Unresolved::NoSuchRun));
    };
    let was = told(&run);
    let parked = is_decided_by_operators(&run);
    let taken = run.provider_order.is_some() && (parked || run.state == DispatchState::Accepted);
    match resolution {
        Resolution::Ended(_) if !taken => return Ok(Err(Unresolved::NotAccepted)),
        Resolution::Ended(_) => {}
        Resolution::Accepted(_) | Resolution::SendAgain | Resolution::Refund if !parked => {
            return Ok(Err(Unresolved::NotParked));
        }
        Resolution::Accepted(_) | Resolution::SendAgain | Resolution::Refund => {}
    }
    let decided = match &resolution {
        Resolution::Accepted(provider_order) => {
            let given = [(run.provider_id, provider_order.as_str())];
            let known = KnownOrders::read(&tx, &given).await?;
            let other = known.another(run.provider_id, provider_order, run.id);
            if other.is_some() {
                return Ok(Err(Unresolved::IdTaken));
            }
            run.state = DispatchState::Accepted;
            run.provider_order = Some(provider_order.clone());
            run.accepted_at_ms = run.accepted_at_ms.or(Some(now));
            run.poll_at_ms = Some(now);
            run.vague_answers = 0;
            "an operator found it accepted".to_owned()
        }
        Resolution::SendAgain => {
            run.state = DispatchState::Queued;
            run.due_at_ms = now;
            run.queued_at_ms = now;
            // Answers to the old attempt no longer decide anything.
            run.attempt += 1;
            run.answered_attempts += 1;
            run.provider_order = None;
            let stopped = order.filter(|order| stop_if_stopped(&mut run, order));
            match stopped.as_ref().and_then(stop_cause).map(who_stopped) {
                Some(who) => {
                    format!("an operator found it not accepted, and the order had been {who}")
                }
                None => "an operator had it sent again".to_owned(),
            }
        }
        Resolution::Refund => {
            run.state = DispatchState::Rejected;
            run.provider_order = None;
            "an operator found it not accepted".to_owned()
        }
        Resolution::Ended(remains) => {
            run.state = match *remains {
                left if left <= 0 => DispatchState::Completed,
                left if left >= run.quantity => DispatchState::Canceled,
                _ => DispatchState::Partial,
            };
            run.remains = Some((*remains).clamp(0, run.quantity));
            run.poll_at_ms = None;
            run.cancel_at_ms = None;
            "an operator found it ended".to_owned()
        }
    };
    run.reason = Some(decided.clone());
    (run.phrase, run.seen_order, run.given_again_to) = (None, None, None);
    let exchange = Exchange {
        run: run.id,
        attempt: run.attempt,
        action: "resolve",
        request: resolution.to_string(),
        reply: decided.clone(),
    };
    let cause = CausedBy::new(Cause::DecidedByOperator, decided);
    let causes = HashMap::from([(run.order_id, cause)]);
    let mut entry = Entry::new(Deed::DispatchResolved, format!("dispatch:{id}"))
        .was(was)
        .became(told(&run));
    if let Some(reason) = reason {
        entry = entry.because(reason);
    }
    store::writes::write(&tx, &[run]).await?;
    store::runs::insert_exchanges(&tx, now, vec![exchange]).await?;
    let ended = advance_in_tx(&tx, now, causes).await?;
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    ended.tell(panel);
    Ok(Ok(()))
}

/// Whether an operator may decide whether a run was taken: it is parked; or it is unknown and only the id
/// that stood in its answer is still asked about, so that nothing is on its way.
pub(super) fn is_decided_by_operators(run: &dispatch::Model) -> bool {
    let only_asked_about = run.seen_order.is_some() && run.request_id.is_none();
    run.state == DispatchState::Parked || (run.state == DispatchState::Unknown && only_asked_about)
}

/// What is decided of a run, as the audit log keeps it.
fn told(run: &dispatch::Model) -> serde_json::Value {
    json!({
        "order_id": run.order_id.0,
        "state": run.state.word(),
        "provider_order": run.provider_order,
        "remains": run.remains,
        "attempt": run.attempt,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_is_kept_in_the_words_of_the_command() {
        let accepted = Resolution::Accepted("123".to_owned());
        assert_eq!(accepted.to_string(), "accepted-as 123");
        assert_eq!(Resolution::SendAgain.to_string(), "send-again");
        assert_eq!(Resolution::Refund.to_string(), "refund");
        assert_eq!(Resolution::Ended(5).to_string(), "ended remains=5");
    }
}
