//! What detectors forget once a person has decided a case: all that they counted of whom it is about.

use super::{
    Detectors, PerAccount, PerKey, counters, double_submit, foreign_ids, polling, shared_link,
};
use crate::abuse::findings::{Detector, Subject};
use crate::abuse::judged::Judgement;
use crate::clock::Time;

impl Detectors {
    /// Tells all detectors that a case was decided: what happened until then never counts again.
    pub fn judge(&mut self, judgement: &Judgement) {
        self.judged.add(judgement);
        match judgement.of() {
            Subject::Account(account) => {
                counters::of(&mut self.accounts, account).forget(judgement.at);
                let is_leak = judgement.detector == Detector::LeakedKey;
                let keys = self.keys.iter_mut().map(|(_, known)| known);
                keys.filter(|known| known.account == account)
                    .for_each(|known| known.forget(is_leak));
            }
            Subject::Network(network) => {
                if let Some(guessers) = &mut self.guessers {
                    guessers.forget(network);
                }
                self.senders.forget(network);
            }
            Subject::Service(service) => {
                if let Some(known) = self.services.peek_mut(&service) {
                    known.race.forget();
                }
            }
            // Of a key that is nobody's nothing is known.
            Subject::Key(_) => {}
        }
    }

    /// Forgets decisions that no fact is older than at `now`.
    pub fn forget_judged(&mut self, now: Time) {
        self.judged.forget_old(now);
    }
}

impl PerKey {
    /// A case about its account was decided; of a leaked key, from where it is used.
    fn forget(&mut self, is_leak: bool) {
        if is_leak {
            self.places.settle();
        } else {
            self.places.forget_fresh();
        }
        self.leaked.forget();
        self.foreign = foreign_ids::Tried::default();
        self.polling = polling::Asks::default();
        self.repeats = double_submit::Repeats::default();
    }
}

impl PerAccount {
    /// A case about it was decided, at `at`.
    fn forget(&mut self, at: Time) {
        *self = PerAccount {
            overlaps: shared_link::Overlaps::judged(at),
            ..PerAccount::default()
        };
    }
}
