//! What a person has judged never counts again: whatever was decided, all detectors begin anew with what
//! happens after the decision, on every server and after every restart. Judged is what the account did
//! whom the case concerns, with whichever key; or what a network sent, or what was ordered of a service.
//!
//! The moment is kept with the case. Detectors are told of it before any fact that comes after it: they
//! forget what they counted of whom it is about, and do not count what is older and comes late, from
//! another server or from the database. A finding that was made before its server knew of the decision
//! is not recorded.

use std::collections::{HashMap, HashSet};

use ipnet::IpNet;
use sea_orm::ConnectionTrait;

use super::findings::{Detector, Subject};
use super::store::{self, Whom};
use crate::clock::Time;
use crate::error::Result;
use crate::ids::{AccountId, CaseId, KeyId};

/// Facts come so much later than they happened at most, but for those of the database: an hour.
const LATE_MS: i64 = 3_600_000;
/// So much earlier than the newest decision that is known another may have been taken that is not, by a
/// server whose clock is behind or whose commit took long.
const SLACK_MS: i64 = 60_000;

/// A decision, as far as detectors care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement {
    /// Of which case; perhaps again, once a confirmed case is released.
    pub(super) case: CaseId,
    /// Whose case it is.
    pub(super) detector: Detector,
    /// Whom it is about.
    pub(super) whom: Whom,
    /// What happened until then is judged.
    pub(super) at: Time,
}

impl Judgement {
    /// A decision about what `detector` has found of `subject`, which concerns this account and key.
    pub const fn new(
        detector: Detector,
        (subject, account, key): (Subject, Option<AccountId>, Option<KeyId>),
        at: Time,
    ) -> Judgement {
        Judgement {
            case: CaseId(0),
            detector,
            whom: Whom {
                subject,
                account,
                key,
            },
            at,
        }
    }

    /// Whose doings are judged.
    pub(super) fn of(&self) -> Subject {
        counted_by(&self.whom)
    }

    /// Whether what is found of `whom` stands on what is judged.
    pub(super) fn is_about(&self, whom: &Whom) -> bool {
        match (self.of(), counted_by(whom)) {
            (Subject::Network(judged), Subject::Network(found)) => is_within(judged, found),
            (judged, found) => judged == found,
        }
    }
}

/// Whether one of two networks is in the other.
pub(super) fn is_within(one: IpNet, other: IpNet) -> bool {
    one.contains(&other) || other.contains(&one)
}

/// By whose doings something is found of `whom`: those with a key are its account's.
fn counted_by(whom: &Whom) -> Subject {
    match (whom.subject, whom.account) {
        (Subject::Key(_) | Subject::Account(_), Some(account)) => Subject::Account(account),
        (subject, _) => subject,
    }
}

/// Until when what happens is judged, of whom something was decided lately.
#[derive(Debug, Default)]
pub(super) struct Judged {
    until: HashMap<Subject, Time>,
}

impl Judged {
    /// Takes a decision over.
    pub(super) fn add(&mut self, judgement: &Judgement) {
        let until = self.until.entry(judgement.of()).or_default();
        *until = judgement.at.max(*until);
    }

    /// Whether what `by` did at `at` counts.
    pub(super) fn counts(&self, by: Subject, at: Time) -> bool {
        // Nearly always nothing was decided lately.
        if self.until.is_empty() {
            return true;
        }
        if let Subject::Network(network) = by {
            let mut each = self.until.iter();
            return !each.any(|(subject, until)| {
                let is_there =
                    matches!(subject, Subject::Network(judged) if is_within(*judged, network));
                is_there && at <= *until
            });
        }
        self.until.get(&by).is_none_or(|until| at > *until)
    }

    /// Forgets what is so old at `now` that no fact comes from before it any more.
    pub(super) fn forget_old(&mut self, now: Time) {
        self.until.retain(|_, until| now.ms_since(*until) < LATE_MS);
    }
}

/// The decisions that the detectors of this server know.
pub(super) struct Decisions {
    known: HashSet<(CaseId, Time)>,
    newest: Time,
}

impl Decisions {
    /// Nothing is known of those since `since`.
    pub(super) fn since(since: Time) -> Decisions {
        Decisions {
            known: HashSet::new(),
            newest: since.plus_ms(SLACK_MS),
        }
    }

    /// Reads decisions that were not known.
    pub(super) async fn learn(&mut self, on: &impl ConnectionTrait) -> Result<Vec<Judgement>> {
        let read = self.unknown(on).await?;
        let newest = read.iter().map(|one| one.at).max();
        self.newest = newest.unwrap_or(self.newest).max(self.newest);
        let newest = self.newest;
        // The others are not read again.
        self.known
            .retain(|(_, at)| newest.ms_since(*at) <= SLACK_MS);
        self.known.extend(read.iter().map(|one| (one.case, one.at)));
        Ok(read)
    }

    /// Whether the detectors did not know yet, when they found something of `whom`, that it was judged.
    pub(super) async fn came_after(&self, on: &impl ConnectionTrait, whom: &Whom) -> Result<bool> {
        let unknown = self.unknown(on).await?;
        Ok(unknown.iter().any(|one| one.is_about(whom)))
    }

    async fn unknown(&self, on: &impl ConnectionTrait) -> Result<Vec<Judgement>> {
        let mut read = store::judged::since(on, self.newest.plus_ms(-SLACK_MS)).await?;
        read.retain(|one| !self.known.contains(&(one.case, one.at)));
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ServiceId;

    fn judgement(subject: &str, at: i64) -> Judgement {
        let subject = Subject::parse(subject).unwrap();
        let (account, key) = (Some(AccountId(1)), Some(KeyId(2)));
        Judgement::new(
            Detector::CancelLoop,
            (subject, account, key),
            Time::from_ms(at),
        )
    }

    #[test]
    fn what_is_judged_does_not_count_of_whom_it_is_about() {
        let mut judged = Judged::default();
        let account = Subject::Account(AccountId(1));
        assert!(judged.counts(account, Time::from_ms(0)));
        judged.add(&judgement("account:1", 10));
        judged.add(&judgement("account:1", 5));
        let counts = |subject, at| judged.counts(subject, Time::from_ms(at));
        assert!(!counts(account, 10));
        assert!(counts(account, 11));
        assert!(counts(Subject::Account(AccountId(2)), 10));
        judged.forget_old(Time::from_ms(10 + LATE_MS));
        assert!(judged.counts(account, Time::from_ms(0)));
    }

    #[test]
    fn a_case_about_a_key_judges_what_its_account_did() {
        let links = judgement("key:2", 10);
        assert_eq!(links.of(), Subject::Account(AccountId(1)));
        let whom = |subject, account| Whom {
            subject,
            account: Some(AccountId(account)),
            key: None,
        };
        assert!(links.is_about(&whom(Subject::Key(KeyId(3)), 1)));
        assert!(links.is_about(&whom(Subject::Account(AccountId(1)), 1)));
        assert!(!links.is_about(&whom(Subject::Key(KeyId(2)), 9)));
        assert!(!links.is_about(&whom(Subject::Service(ServiceId(3)), 1)));
    }

    #[test]
    fn what_a_network_did_is_judged_with_its_addresses_and_the_other_way_round() {
        let address: IpNet = "192.0.2.7/32".parse().unwrap();
        for (network, is_judged) in [("192.0.2.0/24", true), ("192.0.3.0/24", false)] {
            let mut judged = Judged::default();
            judged.add(&judgement(&format!("network:{network}"), 10));
            let counts = |at| judged.counts(Subject::Network(address), Time::from_ms(at));
            assert_eq!((counts(10), counts(11)), (!is_judged, true));
        }
    }
}
