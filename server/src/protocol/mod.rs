//! The words of the panel protocol ("API v2"), used in both directions: serving resellers and
//! calling providers.
//!
//! Owns: how parameters in any encoding become a [`Call`] ([`Params`], [`Action`]), how results
//! become JSON of exactly the types that consuming panels decode ([`reply`]), the exact error
//! sentences they branch on ([`sentence`]), the words of types and statuses, and how the answers
//! of other panels are read ([`upstream`]).
//!
//! Invariants: after [`Call::read`] there are no loose strings; an error body has the sole key
//! `error`; no reader panics on any bytes; no amount passes through a binary float.
//!
//! Never: network, database, clock or randomness; and never a decision about an order, which
//! belongs to the nouns.

mod add_request;
mod asked;
/// The response header by which a panel names its extensions of the protocol.
pub const EXTENSIONS_HEADER: &str = "x-panel-extensions";
/// The extension that makes `add` safe to repeat: the same `request_id` gives the same order.
pub const EXTENSION_REQUEST_ID: &str = "request_id";

mod params;
pub mod reply;
mod request;
pub mod sentence;
mod steering;
pub mod upstream;
mod words;

pub use add_request::{AddRequest, DETAILS, LIST_FIELDS, lines, whole_number};
pub use asked::{Asked, AskedId, MAX_IDS};
pub use params::{BadBody, Params};
pub use request::{Action, BadCall, Call};
pub use steering::STEERING_FIELDS;
pub use words::{ListField, OrderWord, QuantitySource, RefillWord, ServiceType, provider_word};
