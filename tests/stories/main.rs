//! The stories: what happens, seen from outside, over real HTTP on a real database.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on must stop, loudly"
)]

mod bad_input;
mod cancel;
mod concurrency;
mod crash;
mod dialects;
mod operator;
mod oracle;
mod partial;
mod place_order;
mod provider_failures;
mod refill;
mod tidy;
mod v3;
mod wire;
