//! The Rust client of smm-panel.

#[allow(
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::pedantic,
    clippy::as_conversions,
    clippy::unwrap_used,
    reason = "generated"
)]
#[rustfmt::skip]
pub mod generated;
