//! Setting the stage of the demo: its settings, its catalogue, its customer, its address.

use std::net::SocketAddr;

use anstream::println;
use anyhow::{Context, Result};

use super::cast::{offer, services};
use super::gateway::SimulatedGateway;
use super::provider::SimulatedProvider;
use crate::accounts;
use crate::accounts::KeyTerms;
use crate::actor::{Actor, Role};
use crate::app::{self, Background, Running};
use crate::catalog::counting::CountingChange;
use crate::catalog::services::{self as terms, ServiceChange};
use crate::catalog::{self, Exchange, NewProvider};
use crate::config::{Config, LogFilter};
use crate::ids::AccountId;
use crate::panel::Panel;

/// The settings with the demo's patience: days become seconds.
pub(super) fn hurried(config: Config) -> Config {
    Config {
        provider_allow_loopback: true,
        dispatch_interval_ms: 100,
        sync_interval_ms: 300,
        sync_max_interval_ms: 1_000,
        refund_confirm_ms: 200,
        provider_timeout_ms: 1_500,
        lease_margin_ms: 500,
        unknown_resolve_ms: 20_000,
        refill_wait_ms: 2_000,
        count_check_interval_ms: 10_000,
        nowpayments_api_key: Some(SimulatedGateway::API_KEY.into()),
        nowpayments_ipn_secret: Some(SimulatedGateway::IPN_SECRET.into()),
        // The story checks for itself, and shows what it found.
        check_interval_ms: 0,
        // What goes wrong is part of the story.
        log: LogFilter::errors(),
        ..config
    }
}

/// Fills the panel with what the demo sells, offered by `provider`.
pub(super) async fn furnish(panel: &Panel, provider: &SimulatedProvider) -> Result<()> {
    let new = NewProvider {
        name: "simulated".to_owned(),
        url: provider.url(),
        key: provider.key().into(),
        timeout_ms: panel.config.provider_timeout_ms,
        concurrency: 16,
        exchange: Exchange::usd(),
    };
    let (now, db) = (panel.now(), &panel.db);
    let id = catalog::add_provider(db, &panel.secrets, now, &new).await?;
    let id = id.context("there is a provider already")?;
    let added = catalog::provider(db, &panel.secrets, id).await?;
    catalog::providers::record_replays(panel, &Actor::command(), &added, true).await?;
    let (mut sold, mut provided) = (Vec::new(), Vec::new());
    for service in services() {
        let first = i64::try_from(provided.len())? + 101;
        let behind = service.provided(first);
        sold.push((service.terms, behind.iter().map(|b| offer(id, b)).collect()));
        provided.extend(behind);
    }
    provider.set_services(provided);
    let sold = catalog::import(db, now, sold).await?;
    let first = sold.first().context("nothing is sold")?;
    let counted = ServiceChange {
        counting: CountingChange {
            source: Some(Some(provider.count_source())),
            ..CountingChange::default()
        },
        ..ServiceChange::default()
    };
    terms::change(panel, &Actor::command(), *first, counted).await?;
    Ok(())
}

/// The demo's customer, and its key.
pub(super) async fn customer(panel: &Panel) -> Result<(AccountId, String)> {
    let actor = Actor::command();
    let account = accounts::create(panel, &actor, Role::Reseller, "demo").await?;
    let terms = KeyTerms::named("demo");
    let (_, key) = accounts::create_key(panel, &actor, account, &terms).await?;
    Ok((account, key.expose().to_owned()))
}

/// A key of the demo's operator.
pub(super) async fn operator(panel: &Panel) -> Result<String> {
    let actor = Actor::command();
    let account = accounts::create(panel, &actor, Role::Operator, "operator").await?;
    let terms = KeyTerms::of_staff("demo");
    let (_, key) = accounts::create_key(panel, &actor, account, &terms).await?;
    Ok(key.expose().to_owned())
}

/// Serves where it was asked, or beside it if somebody else is there.
pub(super) async fn serve(panel: &Panel, listen: SocketAddr) -> Result<Running> {
    match app::start(panel.clone(), listen, Background::Workers).await {
        Ok(running) => Ok(running),
        Err(taken) if listen.port() != 0 => {
            println!("{taken}; taking another port.");
            let anywhere = SocketAddr::new(listen.ip(), 0);
            Ok(app::start(panel.clone(), anywhere, Background::Workers).await?)
        }
        Err(fault) => Err(fault.into()),
    }
}
