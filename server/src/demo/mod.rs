//! `smm-panel demo`: a whole panel at work in one process, with nothing to install.
//!
//! The provider ([`provider`]) and the payment gateway ([`gateway`]) are simulated, everything else is
//! real: HTTP over loopback, the database, the workers, the ledger and its check.

mod cast;
pub mod gateway;
mod outcome;
pub mod provider;
mod screen;
mod stage;
mod story;

pub use story::{Options, run};
