//! The HTTP server: it takes connections, within their bounds, and gives their requests to the routes.
//!
//! The framework's own server has a time limit for idle connections and none for anything else; this one
//! closes whoever is slow with a request's head, and keeps the number of connections below the limit of
//! open files ([`descriptors`]), each address with a share of its own ([`connections`]).

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use poem::endpoint::BoxEndpoint;
use poem::http::{Request, Version, uri::Scheme};
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Endpoint, Response};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::metrics::Metrics;

mod connections;
mod descriptors;
mod stream;

pub(crate) use connections::{Bounds, Connection};
use connections::{Connections, UnderWay};
pub(crate) use descriptors::files_max;
use stream::Stream;

/// Idle connections are closed after this time; clients that never send a request as well.
pub(crate) const IDLE: Duration = Duration::from_secs(75);
/// The longest head of a request, in bytes, and how much of a body is read ahead.
const BUFFER: usize = 64 * 1024;
/// Requests at the same time on one connection of HTTP/2.
const STREAMS: u32 = 100;
/// The longest head of a request of HTTP/2, in bytes.
const HEAD: u32 = 16 * 1024;
/// How often connections are looked at whose client is slow, at most and at least.
const LOOKS: (Duration, Duration) = (Duration::from_millis(5), Duration::from_secs(1));
/// How long nothing is accepted after the system could not: it has no more files, for example.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

/// What every connection of a listener has in common.
struct Served {
    routes: BoxEndpoint<'static, Response>,
    connections: Arc<Connections>,
    protocol: auto::Builder<TokioExecutor>,
    /// No more requests are taken.
    stopping: CancellationToken,
    /// Whatever is still under way ends.
    ended: CancellationToken,
}

/// A connection that is closed when this is dropped, however its task ends.
struct Open {
    connection: Arc<Connection>,
    connections: Arc<Connections>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.connections.close(&self.connection);
    }
}

/// Serves `routes` on `listener` until `stop` resolves; requests that are under way then have `drain` to
/// end.
pub(crate) async fn serve(
    listener: TcpListener,
    routes: BoxEndpoint<'static, Response>,
    bounds: Bounds,
    metrics: &Metrics,
    stop: impl Future<Output = ()>,
    drain: Duration,
) {
    let looks = bounds.head.min(bounds.idle) / 4;
    let (open, refused) = (metrics.connections(), metrics.connections_refused());
    let served = Arc::new(Served {
        routes,
        connections: Arc::new(Connections::new(bounds, open, refused)),
        protocol: protocol(),
        stopping: CancellationToken::new(),
        ended: CancellationToken::new(),
    });
    let tasks = TaskTracker::new();
    let connections = served.connections.clone();
    let looking = tokio::spawn(close_overdue(connections, looks.clamp(LOOKS.0, LOOKS.1)));
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let peer_ip = peer.ip().to_canonical();
                take(&served, &tasks, stream, (peer, peer_ip));
            }
            Err(fault) if is_of_one_connection(&fault) => {}
            Err(fault) => {
                tracing::warn!(error = %fault, "no connection could be accepted");
                tokio::time::sleep(ACCEPT_AGAIN).await;
            }
        }
    }
    drop(listener);
    served.stopping.cancel();
    tasks.close();
    if tokio::time::timeout(drain, tasks.wait()).await.is_err() {
        served.ended.cancel();
        tasks.wait().await;
    }
    looking.abort();
}

/// HTTP/1.1, and HTTP/2 for who speaks it without being asked.
fn protocol() -> auto::Builder<TokioExecutor> {
    let mut protocol = auto::Builder::new(TokioExecutor::new());
    protocol.http1().max_buf_size(BUFFER);
    protocol
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEAD);
    protocol
}

/// Whether only the connection that was accepted is broken.
fn is_of_one_connection(fault: &io::Error) -> bool {
    matches!(
        fault.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}

/// Takes a connection in, or closes it if there is no room for it.
fn take(
    served: &Arc<Served>,
    tasks: &TaskTracker,
    stream: TcpStream,
    (peer, peer_ip): (SocketAddr, IpAddr),
) {
    let now = served.connections.now();
    let Some(connection) = served.connections.open(peer_ip, now) else {
        return;
    };
    // Answers are written whole: waiting for more would only delay them.
    if let Err(fault) = stream.set_nodelay(true) {
        tracing::debug!(error = %fault, "a connection has no TCP_NODELAY");
    }
    let served = served.clone();
    let open = Open {
        connection,
        connections: served.connections.clone(),
    };
    tasks.spawn(async move { serve_connection(&served, stream, &open.connection, peer).await });
}

async fn serve_connection(
    served: &Arc<Served>,
    stream: TcpStream,
    connection: &Arc<Connection>,
    peer: SocketAddr,
) {
    let local = stream.local_addr().unwrap_or(peer);
    let stream = Stream {
        inner: stream,
        connection: connection.clone(),
        connections: served.connections.clone(),
    };
    let service = service_fn(|request: Request<Incoming>| {
        let is_multiplexed = request.version() == Version::HTTP_2;
        let under_way = UnderWay::begin(&served.connections, connection, is_multiplexed);
        let (served, connection) = (served.clone(), connection.clone());
        async move {
            let (local, remote) = (Addr::SocketAddr(local), Addr::SocketAddr(peer));
            let (local, remote) = (LocalAddr(local), RemoteAddr(remote));
            let mut request = poem::Request::from((request, local, remote, Scheme::HTTP));
            request.set_data(connection);
            let response = served.routes.get_response(request).await;
            drop(under_way);
            Ok::<_, Infallible>(poem::http::Response::from(response))
        }
    });
    let answering = served
        .protocol
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(answering);
    let mut is_told = false;
    loop {
        tokio::select! {
            biased;
            ended = answering.as_mut() => {
                if let Err(fault) = ended {
                    tracing::debug!(error = %fault, "a connection ended");
                }
                return;
            }
            // A request that has come meanwhile is answered first.
            () = connection.closed() => if connection.is_waiting() {
                return;
            },
            () = served.stopping.cancelled(), if !is_told => {
                is_told = true;
                answering.as_mut().graceful_shutdown();
            }
            () = served.ended.cancelled() => return,
        }
    }
}

/// Closes connections whose clients are slow, until it is ended itself.
async fn close_overdue(connections: Arc<Connections>, every: Duration) {
    loop {
        tokio::time::sleep(every).await;
        connections.close_overdue(connections.now());
    }
}
