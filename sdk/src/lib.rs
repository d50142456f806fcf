//! The Rust client of smm-panel.
//!
//! It will be generated from the typed API's OpenAPI document, which the panel does not serve yet;
//! until then this crate is empty, and a panel is reached by the panel protocol at `/api/v2` (see
//! the `place_order` example).
