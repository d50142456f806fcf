//! The Rust client of a panel that runs smm-panel: place orders, and read why and how much came
//! back.
//!
//! ```no_run
//! use std::time::Duration;
//! use smm_panel_sdk::{Client, Error, NewOrder};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Error> {
//!     let panel = Client::new("https://your.panel", "smp_live_...")?;
//!     let order = NewOrder::new(2, "https://instagram.com/p/Cx1").quantity(1000);
//!     let placed = panel.place(&order).await?;
//!     let ended = panel.wait_until_final(placed.order_id, Duration::from_secs(3600)).await?;
//!     println!("order {} is {}: {} units remain", ended.order_id, ended.status, ended.remains);
//!     for refund in panel.refunds_of(ended.order_id).await? {
//!         println!("{} = {} USD: {}", refund.formula, refund.amount, refund.message);
//!     }
//!     Ok(())
//! }
//! ```
//!
//! Money is exact: [`rust_decimal::Decimal`], in USD. Times are [`chrono::DateTime<Utc>`](chrono).
//! Errors are typed: [`Error::Refused`] carries the panel's [`Refusal`] with its code and its
//! numbers. The types of orders, refunds and the rest are generated from the panel's OpenAPI
//! document and stand in [`types`]; the common ones are here as well.
//!
//! TLS is rustls; the feature `native-tls` without default features takes the system's instead.

mod account;
mod builder;
mod client;
mod deposits;
mod disputes;
mod error;
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
pub mod generated;
mod key;
mod new_order;
mod retry;
mod tickets;

pub use account::{EmailChanged, NewKey, Shown, SignedIn, SignedUp, TotpSeed};
pub use builder::Builder;
pub use client::{Client, Fed, OrderFilter, ServiceFilter, is_final};
pub use error::{Error, Refusal};
pub use generated::types;
pub use types::{
    Account, BatchOrder, BatchResult, Deposit, DepositDetails, DepositPayment, DepositStatus,
    Dispute, DisputeEvidence, DisputeReason, DisputeState, ErrorCode, ErrorDetails, Key,
    KeySettings, NewOrder, Notice, Order, OrderStatus, PlacedOrder, Refill, RefillStatus, Refund,
    RefundDestination, RefundReason, Right, Role, Scope, Service, ServiceType, Ticket,
    TicketDecision, TicketMessage, TicketOutcome, TicketScreenshot, TicketState, Wallet,
    WalletEntry,
};
pub use {chrono, rust_decimal};
