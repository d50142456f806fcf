//! The tables as sea-orm entities, one file each, without logic.
//!
//! Nouns read and write their own tables through these; faces and workers never see them.

mod columns;

pub(crate) mod account;
pub(crate) mod alert;
pub(crate) mod dispatch;
pub(crate) mod ledger_entry;
pub(crate) mod ledger_transaction;
pub(crate) mod offer;
pub(crate) mod order;
pub(crate) mod order_event;
pub(crate) mod order_request;
pub(crate) mod overlap;
pub(crate) mod panel;
pub(crate) mod provider;
pub(crate) mod provider_exchange;
pub(crate) mod refill;
pub(crate) mod refill_dispatch;
pub(crate) mod refund;
pub(crate) mod service;
pub(crate) mod wallet;
