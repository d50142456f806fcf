//! Abuse: what is noticed of it, what is done about it by itself, and what people decide.
//!
//! Detectors are told [facts] and say what they [find](findings). What needs nobody to decide is a
//! [remark](remarks) on the account; any other finding opens a case with its evidence and, where the
//! settings let it act, does something that a person can undo: it throttles or blocks a key, blocks a
//! network, holds new orders back or pauses a service. Never does it suspend an account, which forfeits a
//! wallet: "Only people suspend".
//!
//! Owns the tables `abuse_cases`, `abuse_case_actions`, `abuse_case_notes`, `abuse_case_cancels`,
//! `abuse_remarks`, `network_blocks` and `key_places`.
//!
//! | step | by | what |
//! |---|---|---|
//! | noting | `stream` | faces and nouns tell facts, after their commit; nobody waits |
//! | watching | `work` | a worker feeds the detectors, which `replay` fills after a start |
//! | acting | `record`, `measures` | a finding opens its case or adds to it, and something is done |
//! | deciding | `cases`, `cancels` | people read, note, release and confirm |
//! | forgetting | `judged` | what a person has decided never counts again |
//! | remembering | `places` | from where, and by which software, keys are used |

pub mod cases;
pub mod detectors;
pub mod facts;
pub mod findings;
pub mod judged;
pub mod remarks;
pub mod shared;
pub mod watch;

mod blocks;
mod cancels;
mod measures;
mod places;
mod record;
mod replay;
mod store;
mod stream;
#[cfg(test)]
mod tests;
mod work;

pub(crate) use places::was_used_from;
pub use record::act;
pub use replay::remembered;
pub use stream::{Abuse, Advice};
pub(crate) use work::work;
