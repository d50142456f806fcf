//! A running panel: HTTP and workers on one database, until it is told to stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use poem::Response;
use poem::endpoint::BoxEndpoint;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::accounts;
use crate::config::Config;
use crate::error::{Failure, Result};
use crate::heartbeat::{EVERY, Heartbeat};
use crate::http::{self, Bounds};
use crate::limits::shared::Shared;
use crate::metrics::Metrics;
use crate::networks::Networks;
use crate::orders::{self, Placer};
use crate::panel::Panel;
use crate::provider::Client;
use crate::workers::Workers;

/// How long requests under way may take once the panel stops.
const DRAIN: Duration = Duration::from_secs(30);
/// Files that the databases, the providers and everything else need, beside connections.
const OTHER_FILES: usize = 256;
/// What part of all connections one address may hold at most.
const ADDRESS_PART: usize = 8;
/// Connections to the metrics, which Prometheus and its like read.
const METRICS_CONNECTIONS: usize = 64;
/// How often what was measured is put in order.
const UPKEEP: Duration = Duration::from_secs(5);

/// A panel that serves.
pub struct Running {
    /// The address it listens on, with the port that was chosen if 0 was asked for.
    pub address: SocketAddr,
    /// The address of `/metrics`, if there is one.
    pub metrics_address: Option<SocketAddr>,
    panel: Panel,
    placer: Placer,
    /// Told first: the panel is not ready any more, and the workers come to an end.
    stopping: watch::Sender<bool>,
    /// Told when no more requests are taken.
    closing: watch::Sender<bool>,
    server: JoinHandle<()>,
    workers: Vec<JoinHandle<()>>,
    heartbeat: Heartbeat,
    beating: JoinHandle<()>,
    /// What ends with the process: `/metrics` is served to the last.
    measuring: Vec<JoinHandle<()>>,
}

/// Who does the work that no request asks for.
pub enum Background {
    /// The loops of this process.
    Workers,
    /// Nobody: a test calls [`Workers::run_until_quiet`] itself.
    Nobody,
}

/// Starts serving on `listen`.
pub async fn start(panel: Panel, listen: SocketAddr, background: Background) -> Result<Running> {
    orders::rekey(&panel).await?;
    share(&panel)?;
    let wake = Arc::new(Notify::new());
    let (stopping, stopped) = watch::channel(false);
    let (closing, mut closed) = watch::channel(false);
    let (listener, address) = bind(listen).await?;
    let metrics = match panel.config.metrics_listen {
        Some(listen) => Some(bind(listen).await?),
        None => None,
    };
    let metrics_address = metrics.as_ref().map(|(_, address)| *address);
    let woken = wake.clone();
    let placer = orders::placer(&panel, move || woken.notify_one());
    let client = Client::new(panel.config.provider_allow_loopback)?;
    let heartbeat = Heartbeat::new(&panel);
    heartbeat.beat(EVERY).await;
    let beating = tokio::spawn(heartbeat.clone().run(closed.clone()));
    let alive = (heartbeat.clone(), stopped.clone());
    let routes = http::routes(&panel, placer.clone(), client.clone(), alive, address)?;
    let (bounds, metered) = (bounds(&panel.config), panel.metrics.clone());
    let server = tokio::spawn(async move {
        // An error says that nobody can stop it any more, which is a stop as well.
        let stop = async move { drop(closed.wait_for(|closing| *closing).await) };
        http::serve(listener, routes, bounds, &metered, stop, DRAIN).await;
    });
    let mut measuring = Vec::new();
    if let Some((listener, _)) = metrics {
        panel.metrics.begin(&panel).await?;
        let routes = http::metrics_routes(&panel, placer.clone());
        measuring.push(tokio::spawn(serve_metrics(
            listener,
            routes,
            bounds_of_metrics(&panel.config),
        )));
        measuring.push(tokio::spawn(keep_up(panel.metrics.clone())));
    }
    let workers = match background {
        Background::Workers => {
            Workers::new(&panel, client).start(heartbeat.server(), wake, stopped)
        }
        Background::Nobody => Vec::new(),
    };
    Ok(Running {
        address,
        metrics_address,
        panel,
        placer,
        stopping,
        closing,
        server,
        workers,
        heartbeat,
        beating,
        measuring,
    })
}

/// Shares with other servers by Redis, where there is one.
fn share(panel: &Panel) -> Result<()> {
    let Some(url) = &panel.config.redis_url else {
        return Ok(());
    };
    let meter = panel.metrics.shared();
    let shared = Shared::start(url, &panel.instance, meter.clone())
        .map_err(|fault| Failure::Stored(format!("the setting redis_url: {fault}")))?;
    panel.abuse.share(&shared, meter);
    panel.limits.share(shared);
    Ok(())
}

/// Listens on `listen`; gives the address with the port that was chosen.
async fn bind(listen: SocketAddr) -> Result<(TcpListener, SocketAddr)> {
    let unusable = |fault: std::io::Error| Failure::Listen {
        address: listen,
        fault,
    };
    let listener = TcpListener::bind(listen).await.map_err(unusable)?;
    let address = listener.local_addr().unwrap_or(listen);
    Ok((listener, address))
}

/// The bounds of the connections of customers: fewer than the process may have files.
fn bounds(config: &Config) -> Bounds {
    let files = http::files_max();
    let most = files.saturating_sub(OTHER_FILES).max(files / 2);
    let all = config.connections_max.min(most);
    if all < config.connections_max {
        let wanted = config.connections_max;
        tracing::warn!(
            all,
            wanted,
            files,
            "connections_max is lower than it is set to, because of the limit of open files"
        );
    }
    let unbounded = config.trusted_proxies.and(&config.unlimited_networks);
    Bounds {
        all,
        address: config
            .connections_per_address
            .min((all / ADDRESS_PART).max(1)),
        unbounded,
        head: Duration::from_millis(config.head_timeout_ms.unsigned_abs()),
        idle: http::IDLE,
    }
}

/// Those of the connections to the metrics.
fn bounds_of_metrics(config: &Config) -> Bounds {
    Bounds {
        all: METRICS_CONNECTIONS,
        address: METRICS_CONNECTIONS,
        unbounded: Networks::none(),
        head: Duration::from_millis(config.head_timeout_ms.unsigned_abs()),
        idle: http::IDLE,
    }
}

async fn serve_metrics(
    listener: TcpListener,
    routes: BoxEndpoint<'static, Response>,
    bounds: Bounds,
) {
    // The process ends before it does.
    let never = std::future::pending();
    http::serve(listener, routes, bounds, &Metrics::new(false), never, DRAIN).await;
}

async fn keep_up(metrics: Metrics) {
    loop {
        tokio::time::sleep(UPKEEP).await;
        metrics.upkeep();
    }
}

impl Running {
    /// The panel that serves.
    pub fn panel(&self) -> &Panel {
        &self.panel
    }

    /// Stops: at once it is not ready any more, and no work is taken up; after `drain_delay_ms`, in
    /// which load balancers find out, no new requests; those under way are answered, what is queued
    /// is committed, what is on the wire is recorded. A run that is `sending` is never released; a
    /// regular check that is under way is given up, for another server to take.
    pub async fn stop(self) -> Result<()> {
        // Nobody listening any more is what is wanted.
        let _ = self.stopping.send(true);
        let delay = Duration::from_millis(self.panel.config.drain_delay_ms.unsigned_abs());
        tokio::time::sleep(delay).await;
        let _ = self.closing.send(true);
        if let Err(fault) = self.server.await {
            tracing::error!(error = %fault, "the HTTP server ended");
        }
        self.placer.finish().await;
        for worker in self.workers {
            if let Err(fault) = worker.await {
                tracing::error!(error = %fault, "a worker ended");
            }
        }
        if let Err(fault) = accounts::write_last_uses(&self.panel).await {
            tracing::error!(error = %fault, "it was not written when keys were last used");
        }
        if let Err(fault) = self.beating.await {
            tracing::error!(error = %fault, "the heartbeat ended");
        }
        if let Err(fault) = self.heartbeat.end().await {
            tracing::error!(error = %fault, "it was not written that this server stopped");
        }
        for task in self.measuring {
            task.abort();
        }
        self.panel.db.close().await?;
        Ok(())
    }
}
