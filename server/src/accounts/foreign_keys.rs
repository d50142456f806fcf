//! Whether keys that another panel made are known here. Without any, nothing that has not our form is
//! looked up.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Mutex;

use super::store;
use crate::clock::Time;
use crate::panel::Panel;

/// How often is asked whether there are any by now: an import is another process.
const ASKED_EVERY_MS: i64 = 5_000;

/// What this server knows of it.
#[derive(Default)]
pub(super) struct ForeignKeys {
    are_known: AtomicBool,
    asked_at: Mutex<Option<Time>>,
}

/// Whether any key of another panel was ever imported. The database is asked when such a key comes, at
/// most every five seconds, until there is one.
pub(crate) async fn are_foreign_keys_known(panel: &Panel) -> bool {
    let known = &panel.gate.foreign_keys;
    if known.are_known.load(Ordering::Relaxed) {
        return true;
    }
    // Who comes while somebody asks waits for the answer: it may be the first key after a start.
    let mut asked_at = known.asked_at.lock().await;
    let now = panel.now();
    // A clock that was set back does not put the question off.
    let is_new = |asked: &Time| (0..ASKED_EVERY_MS).contains(&now.ms_since(*asked));
    if known.are_known.load(Ordering::Relaxed) {
        return true;
    }
    if asked_at.as_ref().is_some_and(is_new) {
        return false;
    }
    match store::imported::is_any_foreign_key(panel.db.read()).await {
        Ok(any) => {
            known.are_known.store(any, Ordering::Relaxed);
            *asked_at = Some(now);
            any
        }
        Err(fault) => {
            tracing::error!(error = %fault, "it is not known whether keys of another panel are here");
            false
        }
    }
}
