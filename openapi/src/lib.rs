//! The OpenAPI documents of smm-panel, and the tool that writes and checks them.
//!
//! The panel has no typed API to document yet; this crate keeps the place of both.
