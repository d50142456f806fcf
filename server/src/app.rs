//! A running panel: HTTP and workers on one database, until it is told to stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use poem::Server;
use poem::listener::{Acceptor, Listener, TcpListener};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::error::{Failure, Result};
use crate::http;
use crate::orders::{self, Placer};
use crate::panel::Panel;
use crate::provider::Client;
use crate::workers::Workers;

/// How long requests under way may take once the panel stops.
const DRAIN: Duration = Duration::from_secs(30);
/// Idle connections are closed after this time; clients that never send a request as well.
const IDLE: Duration = Duration::from_secs(75);

/// A panel that serves.
pub struct Running {
    /// The address it listens on, with the port that was chosen if 0 was asked for.
    pub address: SocketAddr,
    panel: Panel,
    placer: Placer,
    stop: watch::Sender<bool>,
    server: JoinHandle<std::io::Result<()>>,
    workers: Vec<JoinHandle<()>>,
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
    let wake = Arc::new(Notify::new());
    let (stop, stopped) = watch::channel(false);
    let woken = wake.clone();
    let placer = orders::placer(&panel, move || woken.notify_one());
    let unusable = |fault: std::io::Error| Failure::Listen {
        address: listen,
        fault,
    };
    let acceptor = TcpListener::bind(listen)
        .into_acceptor()
        .await
        .map_err(unusable)?;
    let address = acceptor
        .local_addr()
        .iter()
        .find_map(|address| address.as_socket_addr().copied())
        .unwrap_or(listen);
    let routes = http::routes(&panel, placer.clone())?;
    let mut until = stopped.clone();
    let server = tokio::spawn(
        Server::new_with_acceptor(acceptor)
            .idle_timeout(IDLE)
            .run_with_graceful_shutdown(
                routes,
                async move {
                    // An error says that nobody can stop it any more, which is a stop as well.
                    let _ = until.wait_for(|stop| *stop).await;
                },
                Some(DRAIN),
            ),
    );
    let workers = match background {
        Background::Workers => Workers::new(&panel, Client::new()?).start(wake, stopped),
        Background::Nobody => Vec::new(),
    };
    Ok(Running {
        address,
        panel,
        placer,
        stop,
        server,
        workers,
    })
}

impl Running {
    /// The panel that serves.
    pub fn panel(&self) -> &Panel {
        &self.panel
    }

    /// Stops: no new requests, those under way are answered, what is queued is committed, what is
    /// on the wire is recorded. A run that is `sending` is never released.
    pub async fn stop(self) -> Result<()> {
        // Nobody listening any more is what is wanted.
        let _ = self.stop.send(true);
        if let Ok(Err(fault)) = self.server.await {
            tracing::error!("the HTTP server ended: {fault}");
        }
        self.placer.finish().await;
        for worker in self.workers {
            if let Err(fault) = worker.await {
                tracing::error!("a worker ended: {fault}");
            }
        }
        self.panel.db.close().await?;
        Ok(())
    }
}
