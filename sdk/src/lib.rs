#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

// The calls of the client stand in its documentation in the sequence of these modules: what most programs do
// comes first. The empty lines keep the sequence.
mod client;

mod orders;

mod refunds;

mod deposits;

mod disputes;

mod tickets;

mod account;

mod keys;

mod api_key;
#[cfg(feature = "blocking")]
pub mod blocking;
mod builder;
mod error;
mod filters;
#[allow(
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::unwrap_used,
    clippy::as_conversions,
    clippy::wildcard_enum_match_arm,
    reason = "generated"
)]
#[rustfmt::skip]
mod generated;
pub mod guide;
mod new_order;
mod open_word;
mod order_types;
mod pages;
mod response_info;
mod retry;
mod secret_string;
#[cfg(feature = "rustls")]
mod tls;

pub use account::{EmailChanged, SignedIn, SignedUp, TotpSeed};
pub use builder::Builder;
pub use client::Client;
pub use error::{Error, Refusal};
pub use filters::{OrderFilter, ServiceFilter};
pub use generated::types::{
    Account, BatchOrder, Cause, CoinQuote, Deposit, DepositDetails, DepositPayment, DepositStatus,
    Dispute, DisputeDecision, DisputeEvidence, DisputeReason, DisputeState, ErrorCode,
    ErrorDetails, GatewayName, Key, KeySettings, NewOrder, Notice, Order, OrderEvent, OrderStatus,
    PlacedOrder, Refill, RefillStatus, Refund, RefundDestination, RefundEligibility,
    RefundEligibilityReason, RefundReason, Right, Role, Scope, Service, ServiceType, Ticket,
    TicketDecision, TicketMessage, TicketOutcome, TicketScreenshot, TicketState, TicketWriter,
    Wallet, WalletEntry,
};
pub use keys::NewKey;
pub use order_types::{Device, TrafficSource};
pub use pages::{Pages, WithCursor};
pub use response_info::{RateLimit, ResponseInfo};
pub use secret_string::SecretString;
pub use {chrono, reqwest, rust_decimal, serde_json};
