//! The server of smm-panel: a reseller panel for social-media marketing.
//!
//! Data flows one way, face -> noun -> store:
//!
//! - faces: [`http`] (the panel protocol, the typed API, pages and documents), [`cli`] (the
//!   operator's commands), and the [`workers`], loops without input;
//! - nouns, each with its operations, its pure rules and its private statements: [`accounts`]
//!   (who calls), [`catalog`] (services, providers, offers), [`orders`] (placing, sending,
//!   following, ending), [`refills`] (topping up), [`disputes`] (about a charge), [`tickets`] (about
//!   whatever else of an order), [`suspensions`] (accounts that are stopped, and
//!   what they forfeit), [`wallet`] (balances and the ledger), [`deposits`] (money that comes in),
//!   [`adjustments`] (credits that support proposes), [`abuse`] (what is noticed of it, and done),
//!   [`phrases`] (what providers say, sorted once);
//! - at the edges: [`provider`] (client of an upstream panel), [`gateway`] (payment gateways),
//!   [`mail`] (what waits to be sent) and `smtp` (the mail server),
//!   [`protocol`] (the words of the panel
//!   protocol, pure, in both directions), [`alerts`] (what a person should look at), [`check`] (the
//!   invariants, by independent code) and [`inspection`] (its regular runs), [`metrics`] (what is
//!   measured), [`copy`] (the whole panel into another database), [`backup`] (of the SQLite file),
//!   [`import`] (another panel into this one), [`personal`] (what is held about one person), [`restore`]
//!   (what is unknown after a backup was put back);
//! - underneath: [`limits`] (how much somebody may ask for), [`money`], [`ids`], [`clock`], [`error`],
//!   [`set_back`] (of a clock), [`config`], [`secrets`], [`db`], [`panel`] (all of these at hand),
//!   [`batcher`] (group commit),
//!   [`heartbeat`] (that a server lives and can write), [`app`] (everything running).
//!
//! Nouns know each other in one direction only: `disputes`, `tickets` -> `refills` -> `orders` ->
//! `wallet`; `suspensions` -> `orders`, `deposits`; `catalog`, `accounts` -> `wallet`; `adjustments`,
//! `deposits` -> `accounts`, `wallet`; `abuse` -> `orders`, `catalog`, `accounts`;
//! `phrases` -> `orders`, `catalog`; all of them know
//! [`actor`], [`audit`] and, to note what happens, [`abuse::facts`]. [`demo`] has the
//! simulated provider and gateway, and the story of `smm-panel demo`.

#![cfg_attr(
    test,
    allow(
        clippy::wildcard_enum_match_arm,
        reason = "a test names what it expects"
    )
)]

pub mod abuse;
pub mod accounts;
pub mod actor;
pub mod adjustments;
pub mod alerts;
mod apart;
pub mod app;
pub mod audit;
pub mod backup;
pub mod batcher;
pub mod catalog;
pub mod check;
pub mod cli;
pub mod clock;
pub mod conditions;
pub mod config;
pub mod copy;
pub mod db;
pub mod demo;
pub mod deposits;
pub mod disputes;
mod entity;
pub mod error;
pub mod gateway;
pub mod heartbeat;
pub mod http;
pub mod ids;
pub mod import;
pub mod inspection;
pub mod limits;
pub mod mail;
pub mod metrics;
pub mod money;
pub mod networks;
pub mod orders;
pub mod panel;
pub mod personal;
pub mod phrases;
pub mod protocol;
pub mod provider;
mod public_host;
pub mod refills;
pub mod restore;
pub mod secrets;
pub mod set_back;
mod smtp;
pub mod suspensions;
pub mod telemetry;
pub mod tickets;
mod vocabulary;
pub mod wallet;
mod wording;
pub mod workers;
