//! What detectors say: what was found about whom, how sure it is, by which evidence, and what is to be
//! done about it. Only people suspend accounts; the most that a detector does by itself is to block a
//! key or a network.

use std::fmt;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::ids::{AccountId, KeyId, ServiceId};
use crate::vocabulary::words;

words! {
    /// A detector.
    pub enum Detector {
        /// Keys are being guessed.
        KeyStuffing = "key_stuffing",
        /// A key is used from many places, or by others than before.
        LeakedKey = "leaked_key",
        /// Ids of other accounts are being tried.
        ForeignIds = "foreign_ids",
        /// Many active orders on one link.
        SharedLink = "shared_link",
        /// Orders are canceled as fast as they are placed.
        CancelLoop = "cancel_loop",
        /// More comes back than from others who order the same.
        RefundFarming = "refund_farming",
        /// Orders that only exist because a price was about to change.
        PriceRacing = "price_racing",
        /// Asking far more often than anything changes.
        Polling = "polling",
        /// The same order twice within seconds.
        DoubleSubmit = "double_submit",
        /// False callbacks, or payments in crumbs.
        DepositAbuse = "deposit_abuse",
        /// Disputes as a habit.
        DisputeAbuse = "dispute_abuse",
        /// Links that no honest software sends.
        HostileLinks = "hostile_links",
    }
}

words! {
    /// What is done about a finding, from the mildest to the strongest. A key or an account can be
    /// throttled and held, a key blocked, a network blocked, a service paused: about any other subject
    /// an action is nothing but a case.
    pub enum Action {
        /// A remark with the account: nobody has to look. Of a case it is never said.
        Remark = "remark",
        /// A case that operators read and decide.
        Observe = "observe",
        /// The key has a quarter of its limits for a while.
        Throttle = "throttle",
        /// Nothing is sold of the service until a person has looked.
        PauseService = "pause_service",
        /// New orders of the account are taken and charged, and wait for a person before they are
        /// sent.
        Hold = "hold",
        /// The network's requests are answered with 429 for a while, but for keys that were good
        /// from there before.
        BlockNetwork = "block_network",
        /// The key is not good until a person has looked.
        BlockKey = "block_key",
    }
}

/// Whom a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A key.
    Key(KeyId),
    /// An account, whichever of its keys.
    Account(AccountId),
    /// Whoever is at these addresses.
    Network(IpNet),
    /// A service.
    Service(ServiceId),
}

impl Subject {
    /// Reads what is stored.
    pub fn parse(text: &str) -> Option<Subject> {
        let (kind, name) = text.split_once(':')?;
        let number = || name.parse().ok();
        match kind {
            "key" => number().map(|id| Subject::Key(KeyId(id))),
            "account" => number().map(|id| Subject::Account(AccountId(id))),
            "service" => number().map(|id| Subject::Service(ServiceId(id))),
            "network" => name.parse().ok().map(Subject::Network),
            _ => None,
        }
    }
}

/// As it is stored and shown: `key:12`, `network:192.0.2.0/24`.
impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Key(id) => write!(f, "key:{id}"),
            Subject::Account(id) => write!(f, "account:{id}"),
            Subject::Network(network) => write!(f, "network:{network}"),
            Subject::Service(id) => write!(f, "service:{id}"),
        }
    }
}

/// One row of what a finding stands on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// What was counted or seen, in words.
    pub what: String,
    /// The number, the id or the text.
    pub seen: String,
}

impl Evidence {
    /// A row.
    pub fn new(what: impl Into<String>, seen: impl fmt::Display) -> Evidence {
        Evidence {
            what: what.into(),
            seen: seen.to_string(),
        }
    }
}

/// What a detector has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which detector.
    pub detector: Detector,
    /// About whom.
    pub subject: Subject,
    /// The account that it concerns, where it is one.
    pub account: Option<AccountId>,
    /// The key that it concerns, where it is one.
    pub key: Option<KeyId>,
    /// How sure it is, from 0 to 1000; the action is meant for 800 and above.
    pub score: u16,
    /// What is to be done, unless the settings say only to observe.
    pub action: Action,
    /// What the account's owner is told, where they are to be.
    pub notice: Option<String>,
    /// What it stands on; at most [`MAX_EVIDENCE`] rows.
    pub evidence: Vec<Evidence>,
}

impl Finding {
    /// What is kept of the evidence.
    pub(super) fn evidence(&self) -> &[Evidence] {
        self.evidence.get(..MAX_EVIDENCE).unwrap_or(&self.evidence)
    }
}

/// The most rows of evidence of one finding.
pub const MAX_EVIDENCE: usize = 20;

/// From this score on something is done about a finding; below it, it is only kept.
pub const SURE: u16 = 800;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_read_as_it_is_written() {
        for subject in [
            Subject::Key(KeyId(1)),
            Subject::Account(AccountId(2)),
            Subject::Network("192.0.2.0/24".parse().unwrap()),
            Subject::Network("2001:db8::/48".parse().unwrap()),
            Subject::Service(ServiceId(3)),
        ] {
            assert_eq!(Subject::parse(&subject.to_string()), Some(subject));
        }
        for wrong in ["", "key", "key:x", "network:", "order:1"] {
            assert_eq!(Subject::parse(wrong), None, "{wrong}");
        }
    }
}
