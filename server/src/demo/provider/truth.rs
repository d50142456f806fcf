//! Providers whose truth is known: generated from a seed, each with a dialect of its own, on real HTTP.
//! "Evidence before money" is measured against them: they store an order and say that they did not, they
//! answer for another order, they break off; and what they stored, delivered and charged, and their final
//! word for each order, is kept by its link.
//!
//! Invariants: what an order's truth is follows from the seed, the link, the clock and a cancel; what is
//! said about it never changes it. One seed gives the same providers.
//!
//! Never: a wall clock, or anything of the panel's own books.

mod adds;
mod book;
mod dialect;
mod form;
mod house;
mod lot;
mod odd;
mod phrases;
mod spelling;
mod statuses;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use poem::listener::TcpAcceptor;
use poem::web::Path;
use poem::{Endpoint, FromRequest, Request, Response, Route, Server};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use book::TrueOrder;
pub use phrases::Meaning;

use super::answer::Answer;
use super::{CLOSING, KEY, MAX_BODY, held, until_true};
use crate::clock::{Clock, Time};
use crate::money::Rate;
use crate::protocol::OrderWord;
use dialect::FormReader;
use house::House;

/// The service that every provider sells by quantity.
pub const SERVICE: i64 = 11;
/// The service whose quantity is the number of its comments.
pub const LINES_SERVICE: i64 = 12;

/// The price of 1,000 units at every provider.
pub const fn rate() -> Rate {
    Rate::from_micro(300_000)
}

/// The part of a link by which an order is known: what stands behind it may be read in several ways.
pub fn key_of(link: &str) -> &str {
    link.split('?').next().unwrap_or(link)
}

/// Generated providers, all behind one address.
#[derive(Clone)]
pub struct TrueProviders {
    shared: Arc<Shared>,
    address: SocketAddr,
    stop: Arc<watch::Sender<bool>>,
    server: Arc<Mutex<Option<JoinHandle<io::Result<()>>>>>,
}

struct Shared {
    clock: Clock,
    houses: Vec<Mutex<House>>,
}

struct Api {
    shared: Arc<Shared>,
    stop: watch::Receiver<bool>,
}

impl TrueProviders {
    /// Starts the providers of these seeds on `listen`, a loopback address. Needs a Tokio runtime.
    ///
    /// # Errors
    /// `InvalidInput` for an address that is not loopback, else what binding it says.
    pub async fn start(
        clock: Clock,
        listen: SocketAddr,
        seeds: &[u64],
    ) -> io::Result<TrueProviders> {
        if !listen.ip().is_loopback() {
            let why = "a simulated provider listens on loopback only";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let started = clock.now();
        let houses = seeds
            .iter()
            .enumerate()
            .map(|(at, seed)| Mutex::new(House::new(*seed, at, started)))
            .collect();
        let shared = Arc::new(Shared { clock, houses });
        let (stop, stopped) = watch::channel(false);
        let api = Api {
            shared: shared.clone(),
            stop: stopped.clone(),
        };
        let routes = Route::new().at("/p/:provider/api/v2", api);
        let server = Server::new_with_acceptor(TcpAcceptor::from_tokio(listener)?);
        let running = tokio::spawn(async move {
            server
                .run_with_graceful_shutdown(routes, until_true(stopped), Some(CLOSING))
                .await
        });
        Ok(TrueProviders {
            shared,
            address,
            stop: Arc::new(stop),
            server: Arc::new(Mutex::new(Some(running))),
        })
    }

    /// Stops listening. What was seen stays readable through other handles.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        let running = held(&self.server).take();
        if let Some(running) = running
            && let Err(error) = running.await
        {
            tracing::warn!(%error, "the generated providers did not stop cleanly");
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.shared.houses.len()
    }

    /// The address of a provider, to give to a panel.
    pub fn url(&self, provider: usize) -> String {
        format!("http://{}/p/{provider}/api/v2", self.address)
    }

    /// The only key that they accept.
    pub fn key(&self) -> &str {
        KEY
    }

    /// Whether a provider takes percent signs apart twice: it does not see every link as it was sent.
    pub fn decodes_twice(&self, provider: usize) -> bool {
        let house = self.shared.houses.get(provider).map(held);
        house.is_some_and(|house| house.dialect.reader == FormReader::DecodesTwice)
    }

    /// Every order that any of them stored for `link`.
    pub fn truth(&self, link: &str) -> Vec<TrueOrder> {
        let now = self.now();
        self.houses()
            .flat_map(|house| house.book.truth(key_of(link), now))
            .collect()
    }

    /// Every order that any of them stored.
    pub fn orders(&self) -> Vec<TrueOrder> {
        let now = self.now();
        self.houses()
            .flat_map(|house| house.book.all(now))
            .collect()
    }

    /// What went wrong at any of them with the order on `link`.
    pub fn faults(&self, link: &str) -> Vec<&'static str> {
        self.houses()
            .flat_map(|house| house.faults(key_of(link)).to_vec())
            .collect()
    }

    /// How often what went wrong.
    pub fn fault_counts(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for house in self.houses() {
            for (fault, count) in &house.counts {
                *counts.entry(*fault).or_default() += count;
            }
        }
        counts
    }

    /// What a provider meant by a text that it sent.
    pub fn meaning(&self, provider: usize, text: &str) -> Option<Meaning> {
        held(self.shared.houses.get(provider)?).meaning(text)
    }

    /// What a provider meant by its last refusal of an order for `link`, if it said one.
    pub fn last_refusal(&self, provider: usize, link: &str) -> Option<Meaning> {
        held(self.shared.houses.get(provider)?).last_refusal(key_of(link))
    }

    /// What a provider means by a word of status.
    pub fn word(&self, provider: usize, word: &str) -> Option<OrderWord> {
        let house = held(self.shared.houses.get(provider)?);
        let known = [
            OrderWord::Pending,
            OrderWord::InProgress,
            OrderWord::Processing,
            OrderWord::Completed,
            OrderWord::Partial,
            OrderWord::Canceled,
        ];
        let folded = word.to_lowercase();
        known
            .into_iter()
            .find(|known| house.dialect.word(*known).to_lowercase() == folded)
    }

    /// How a provider speaks, for who looks for the cause of a fault.
    pub fn describe(&self, provider: usize) -> String {
        let Some(house) = self.shared.houses.get(provider) else {
            return String::new();
        };
        let house = held(house);
        format!("seed {}: {:?}", house.seed, house.dialect)
    }

    fn now(&self) -> Time {
        self.shared.clock.now()
    }

    fn houses(&self) -> impl Iterator<Item = MutexGuard<'_, House>> {
        self.shared.houses.iter().map(held)
    }
}

impl Endpoint for Api {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let body = request.take_body().into_bytes_limit(MAX_BODY).await?;
        let Path(provider) = Path::<usize>::from_request_without_body(&request).await?;
        let answer = match self.shared.houses.get(provider) {
            Some(house) => held(house).answer(self.shared.clock.now(), &body, KEY),
            None => Answer::bad_gateway(),
        };
        Ok(answer.into_response(until_true(self.stop.clone())).await)
    }
}
