//! Abuse: what is noticed of it, what is done about it by itself, and what people decide.
//!
//! Detectors are told [facts](facts) and say what they [find](findings). A finding opens a case with
//! its evidence and, where the settings let it act, does something that a person can undo: it
//! throttles or blocks a key, blocks a network, holds new orders back or pauses a service. Never does
//! it suspend an account, which forfeits a wallet: "Only people suspend".

pub mod detectors;
pub mod facts;
pub mod findings;
pub mod watch;
