//! A provider to play with: a real HTTP server on the loopback interface that speaks the panel
//! protocol on `/api/v2`, counts targets on `/count`, and does what it is told. The demo delivers its
//! orders with it, and the integration tests make it misbehave in every way that providers do.
//!
//! Owns: its own book of orders, refills and balance, and the evidence of what reached it.
//!
//! Invariants: what an order's state is follows from its script and the injected clock alone;
//! every accepted order is in [`SimulatedProvider::orders`], also when the client never learned of
//! it; accepting takes constant time, so that it can be the sink of a load test.
//!
//! Never: a wall clock, a sleep, chance, or anything of the panel's own books. It shares with the
//! panel the words of the protocol and the arithmetic of money, nothing else.

mod answer;
mod book;
mod course;
mod desk;
mod dialect;
mod request;
mod script;
mod service;
#[cfg(test)]
mod tests;
pub mod truth;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use poem::http::HeaderValue;
use poem::listener::TcpAcceptor;
use poem::{Endpoint, Request, Response, Route, Server};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use answer::Fault;
pub use book::SeenOrder;
pub use dialect::Dialect;
pub use request::SeenRequest;
pub use script::{ORDER_PLACEHOLDER, Script, USUAL_MS};
pub use service::ProviderService;

use crate::clock::Clock;
use crate::money::Money;
use desk::Desk;
use request::Incoming;

/// The one key that is accepted. No secret: it buys nothing, and only on loopback.
const KEY: &str = "0123456789abcdef0123456789abcdef";
/// The balance at the start: 1,000,000 USD, more than a load test spends.
const START_BALANCE: Money = Money::from_nano(1_000_000 * 1_000_000_000);
/// The largest body that is read, in bytes; a larger one is answered with HTTP 413.
const MAX_BODY: usize = 1024 * 1024;
/// How long stopping waits for connections that do not close by themselves, such as one on which
/// half a request came.
const CLOSING: Duration = Duration::from_secs(1);
/// The header by which a panel announces what it can do beyond the protocol, on every answer.
const EXTENSIONS: (&str, HeaderValue) =
    ("x-panel-extensions", HeaderValue::from_static("request_id"));

/// A running simulated provider. Clones are handles of the same one.
#[derive(Clone)]
pub struct SimulatedProvider {
    shared: Arc<Shared>,
    address: SocketAddr,
    stop: Arc<watch::Sender<bool>>,
    server: Arc<Mutex<Option<JoinHandle<io::Result<()>>>>>,
}

struct Shared {
    clock: Clock,
    desk: Mutex<Desk>,
}

/// The HTTP side: one endpoint for all requests.
struct Api {
    shared: Arc<Shared>,
    stop: watch::Receiver<bool>,
    counts: bool,
}

impl SimulatedProvider {
    /// Starts a provider that sells nothing yet, with a balance of 1,000,000 USD, listening on
    /// `listen` (port 0: any free one). Needs a Tokio runtime; runs until it is stopped or its last
    /// handle is dropped.
    ///
    /// # Errors
    /// `InvalidInput` for an address that is not loopback: the key is known to everybody. Else
    /// what binding the address says.
    pub async fn start(clock: Clock, listen: SocketAddr) -> io::Result<SimulatedProvider> {
        if !listen.ip().is_loopback() {
            let why = "a simulated provider listens on loopback only";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let desk = Mutex::new(Desk::new(START_BALANCE));
        let shared = Arc::new(Shared { clock, desk });
        let (stop, stopped) = watch::channel(false);
        let api = |counts| Api {
            shared: Arc::clone(&shared),
            stop: stopped.clone(),
            counts,
        };
        let routes = Route::new()
            .at("/api/v2", api(false))
            .at("/api/v2/", api(false))
            .at("/count", api(true));
        let server = Server::new_with_acceptor(TcpAcceptor::from_tokio(listener)?);
        let signal = until_true(stopped);
        let running = tokio::spawn(async move {
            server
                .run_with_graceful_shutdown(routes, signal, Some(CLOSING))
                .await
        });
        Ok(SimulatedProvider {
            shared,
            address,
            stop: Arc::new(stop),
            server: Arc::new(Mutex::new(Some(running))),
        })
    }

    /// Stops listening, ends the answers that hang, lets the others be finished, and returns when
    /// all connections are closed. What was seen stays readable through other handles.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        let running = held(&self.server).take();
        if let Some(running) = running
            && let Err(error) = running.await
        {
            tracing::warn!(%error, "the simulated provider did not stop cleanly");
        }
    }

    /// The address to give to a panel: `http://127.0.0.1:PORT/api/v2`.
    pub fn url(&self) -> String {
        format!("http://{}/api/v2", self.address)
    }

    /// The address to give to a panel as a count source: what the target of a link shows.
    pub fn count_source(&self) -> String {
        format!("http://{}/count?link={{link}}", self.address)
    }

    /// The only key it accepts.
    pub fn key(&self) -> &str {
        KEY
    }

    /// Replaces the catalogue, which is listed by id. Orders of services that are gone go on.
    pub fn set_services(&self, services: Vec<ProviderService>) {
        self.desk().services = services
            .into_iter()
            .map(|service| (service.id, Arc::new(service)))
            .collect();
    }

    /// Changes what happens to later orders of a service; an unknown id changes nothing.
    pub fn set_script(&self, service_id: i64, script: Script) {
        if let Some(service) = self.desk().services.get_mut(&service_id) {
            Arc::make_mut(service).script = script;
        }
    }

    /// What happens to one later order of a service. Scripts queue up: each `add` with a known
    /// service, a link and a fitting quantity takes one, and those after the last go by the
    /// service's own. A repeated `request_id` takes none.
    pub fn script_next(&self, service_id: i64, script: Script) {
        self.desk()
            .next_scripts
            .entry(service_id)
            .or_default()
            .push_back(script);
    }

    /// What happens to one later request of an action (its wire name, such as `status`; `count` for
    /// one of a count) instead of the action. Faults queue up like scripts.
    pub fn fail_next(&self, action: &str, fault: Fault) {
        self.desk()
            .faults
            .entry(action.to_owned())
            .or_default()
            .push_back(fault);
    }

    /// From now on each `status` that asks about this order fails so, whatever else it asks about.
    pub fn break_status(&self, order_id: i64, fault: Fault) {
        self.desk().breaking.insert(order_id, fault);
    }

    /// How `status` is spelled from now on.
    pub fn speak(&self, dialect: Dialect) {
        self.desk().dialect = dialect;
    }

    /// Whether it heeds `request_id` from now on: the same one gives the same order, and a header
    /// on every answer says so. Off at the start.
    pub fn keep_request_ids(&self, keep: bool) {
        self.desk().keeps_request_ids = keep;
    }

    /// Whether [`SimulatedProvider::requests`] grows. On at the start; a load test turns it off.
    pub fn keep_requests(&self, keep: bool) {
        self.desk().keeps_requests = keep;
    }

    /// Sets the balance that orders are paid from.
    pub fn set_balance(&self, balance: Money) {
        self.settled().book.set_balance(balance);
    }

    /// The balance, with the refunds of all orders that ended by now.
    pub fn balance(&self) -> Money {
        self.settled().book.balance()
    }

    /// Every accepted order, in the order of acceptance.
    pub fn orders(&self) -> Vec<SeenOrder> {
        self.desk().book.seen().cloned().collect()
    }

    /// The links of all accepted orders, in the order of acceptance, repeated ones too.
    pub fn accepted_links(&self) -> Vec<String> {
        self.desk()
            .book
            .seen()
            .map(|order| order.link.clone())
            .collect()
    }

    /// How many orders for a link were accepted.
    pub fn times_accepted(&self, link: &str) -> usize {
        self.desk()
            .book
            .seen()
            .filter(|order| order.link == link)
            .count()
    }

    /// Every request since the start, in the order of arrival, also those with a wrong key.
    pub fn requests(&self) -> Vec<SeenRequest> {
        self.desk().requests.clone()
    }

    /// What the target of an accepted order shows now (followers, likes): the count before, and
    /// what was delivered, less what fell away since. `None` if there is no such order.
    pub fn count(&self, order_id: i64) -> Option<i64> {
        self.desk().book.count(self.shared.clock.now(), order_id)
    }

    /// Lets `units` fall away from the target of a link, until one of its orders is refilled.
    pub fn drop_units(&self, link: &str, units: i64) {
        self.desk().book.drop(self.shared.clock.now(), link, units);
    }

    /// What the target of a link shows now, with all that was delivered to it.
    pub fn target(&self, link: &str) -> i64 {
        self.desk().book.target(self.shared.clock.now(), link)
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        held(&self.shared.desk)
    }

    fn settled(&self) -> MutexGuard<'_, Desk> {
        let mut desk = self.desk();
        desk.book.settle_due(self.shared.clock.now());
        desk
    }
}

impl Endpoint for Api {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let body = request.take_body().into_bytes_limit(MAX_BODY).await?;
        let incoming = Incoming {
            is_json: request
                .content_type()
                .is_some_and(|kind| kind.contains("json")),
            query: request.uri().query().unwrap_or_default(),
            body: &body,
        };
        let (answer, announced) = {
            let mut desk = held(&self.shared.desk);
            let now = self.shared.clock.now();
            let answer = match self.counts {
                true => desk.count(now, &incoming),
                false => desk.answer(now, &incoming),
            };
            (answer, desk.keeps_request_ids)
        };
        let mut response = answer.into_response(until_true(self.stop.clone())).await;
        if announced {
            let (name, value) = EXTENSIONS;
            response.headers_mut().insert(name, value);
        }
        Ok(response)
    }
}

/// Ends when the provider stops, or when the last handle of it is gone.
async fn until_true(mut stop: watch::Receiver<bool>) {
    // An error means that nobody can stop it any more; then it stops.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// The value of a lock. Each change under it is whole before anything can panic, so a poisoned
/// one is as good as any.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
