//! What detectors are told of requests.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;

use poem::Request;
use poem::http::header;

use crate::abuse::facts::{Asked, Fact, What};
use crate::accounts::Proof;
use crate::ids::AccountId;
use crate::limits::Kind;
use crate::panel::Panel;

/// The software that `request` says it comes from, as a number; 0 if it does not say.
pub(super) fn agent(request: &Request) -> u64 {
    let Some(agent) = request.headers().get(header::USER_AGENT) else {
        return 0;
    };
    let mut hash = DefaultHasher::new();
    agent.as_bytes().hash(&mut hash);
    hash.finish()
}

/// A request with a key that is nobody's.
pub(super) fn wrong_key(panel: &Panel, address: Option<IpAddr>, print: u64, is_formed: bool) {
    panel.limits.wrong_key(print, address);
    if let Some(address) = address {
        panel.abuse.note(Fact::KeyRefused {
            address,
            print,
            is_formed,
        });
    }
}

/// A request that was let in, and what it was about.
pub(super) struct Answered {
    pub(super) account: AccountId,
    pub(super) proof: Proof,
    pub(super) address: Option<IpAddr>,
    pub(super) agent: u64,
    pub(super) kind: Kind,
    /// Whether it asks for a cancel rather than for a refill.
    pub(super) cancels: bool,
    pub(super) ids: Vec<i64>,
    /// Those of them that are not the account's.
    pub(super) foreign: Vec<i64>,
}

/// A request that came with a good key was answered. Sessions are people's, who do not leak them.
pub(super) fn answered(panel: &Panel, answered: Answered) {
    let Some(key) = answered.proof.key() else {
        return;
    };
    let what = match answered.kind {
        Kind::Add => What::Add,
        Kind::Status => What::Status,
        Kind::Balance => What::Balance,
        Kind::Services => What::Services,
        Kind::Change if answered.cancels => What::Cancel,
        Kind::Change => What::Refill,
        Kind::Other => What::Other,
    };
    panel.abuse.note(Fact::Asked(Asked {
        key,
        account: answered.account,
        address: answered.address,
        agent: answered.agent,
        what,
        ids: answered.ids,
        foreign: answered.foreign,
    }));
}
