//! When and from where keys and sessions were last used: noted in memory by every request, written
//! by the workers every few seconds, so that no request waits for it.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use super::store;
use crate::clock::Time;
use crate::db::PIECE;
use crate::error::Result;
use crate::ids::{KeyId, SessionId};
use crate::panel::Panel;

/// So many wait to be written at most; what is used beyond that is not noted.
const MOST: usize = 50_000;

/// By what somebody has proved who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Proof {
    /// An API key.
    Key(KeyId),
    /// A session.
    Session(SessionId),
}

impl Proof {
    /// One number for each key and each session.
    pub(crate) fn number(self) -> u64 {
        let number = |id: i64, is_session| id.unsigned_abs() << 1 | u64::from(is_session);
        match self {
            Proof::Key(key) => number(key.0, false),
            Proof::Session(session) => number(session.0, true),
        }
    }

    /// The key, if it is one.
    pub const fn key(self) -> Option<KeyId> {
        match self {
            Proof::Key(key) => Some(key),
            Proof::Session(_) => None,
        }
    }
}

/// When something was used, and from where.
pub(super) type Used = (Time, Option<IpAddr>);

/// What was used since it was last written.
#[derive(Default)]
pub(super) struct LastUses(Mutex<HashMap<Proof, Used>>);

impl LastUses {
    /// Notes a use.
    pub(super) fn note(&self, proof: Proof, used: Used) {
        let mut uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if uses.len() < MOST || uses.contains_key(&proof) {
            uses.insert(proof, used);
        }
    }

    fn take(&self) -> HashMap<Proof, Used> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Writes what was noted. Gives how many keys and sessions that were.
pub(crate) async fn write_last_uses(panel: &Panel) -> Result<usize> {
    let uses = panel.gate.last_uses.take();
    let (mut keys, mut sessions) = (Vec::new(), Vec::new());
    for (proof, used) in &uses {
        match proof {
            Proof::Key(key) => keys.push((key.0, *used)),
            Proof::Session(session) => sessions.push((session.0, *used)),
        }
    }
    // In order, so that two servers that write the same rows do not wait for each other.
    keys.sort_unstable_by_key(|(id, _)| *id);
    sessions.sort_unstable_by_key(|(id, _)| *id);
    for piece in keys.chunks(PIECE) {
        store::uses::of_keys(&panel.db, piece).await?;
    }
    for piece in sessions.chunks(PIECE) {
        store::uses::of_sessions(&panel.db, piece).await?;
    }
    Ok(uses.len())
}
