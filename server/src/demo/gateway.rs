//! A payment gateway to play with: a real HTTP server on the loopback interface that speaks the API
//! of NOWPayments and signs callbacks as the function in its documentation does. The demo pays a
//! deposit with it, and the integration tests make payments of every kind.
//!
//! Owns: its invoices and payments, and what it was asked.
//!
//! Invariants: a payment changes only when its handle says so; no callback is sent by itself, so
//! that a test can send it late, twice, out of order, in any spelling, or not at all.
//!
//! Never: a clock, a sleep, chance, or anything of the panel's own books. Its signature is code of
//! its own, so that a fault in the panel's cannot hide here.

mod body;
mod books;
mod routes;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use poem::Server;
use poem::listener::TcpAcceptor;
use rust_decimal::Decimal;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use body::{SignedBody, Spelling};
use books::{Books, Coin};
pub use books::{SeenInvoice, SimulatedPayment};

/// How long stopping waits for connections that do not close by themselves.
const CLOSING: Duration = Duration::from_secs(1);

/// A running simulated gateway. Clones are handles of the same one.
#[derive(Clone)]
pub struct SimulatedGateway {
    books: Arc<Mutex<Books>>,
    address: SocketAddr,
    stop: Arc<watch::Sender<bool>>,
    server: Arc<Mutex<Option<JoinHandle<io::Result<()>>>>>,
}

/// What comes instead of the answer to one request.
#[derive(Debug, Clone)]
pub enum GatewayFault {
    /// This HTTP status with this body.
    Http(u16, String),
}

impl SimulatedGateway {
    /// The one API key that is accepted. No secret: it buys nothing, and only on loopback.
    pub const API_KEY: &'static str = "SIMULATED-0000000-GATEWAY-0000000";
    /// Under which callbacks are signed; no secret either.
    pub const IPN_SECRET: &'static str = "simulated-ipn-secret";
    /// The e-mail address and the password with which it gives lists.
    pub const LOGIN: (&'static str, &'static str) = ("panel@example.com", "simulated-password");

    /// Starts a gateway that takes `btc`, `usdttrc20` and `trx`, listening on `listen` (port 0: any
    /// free one). Needs a Tokio runtime; runs until it is stopped or its last handle is dropped.
    ///
    /// # Errors
    /// `InvalidInput` for an address that is not loopback: the keys are known to everybody. Else
    /// what binding the address says.
    pub async fn start(listen: SocketAddr) -> io::Result<SimulatedGateway> {
        if !listen.ip().is_loopback() {
            let why = "a simulated gateway listens on loopback only";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let books = Arc::new(Mutex::new(Books::default()));
        let routes = routes::routes(&books, address);
        let (stop, mut stopped) = watch::channel(false);
        let server = Server::new_with_acceptor(TcpAcceptor::from_tokio(listener)?);
        let running = tokio::spawn(async move {
            let signal = async move {
                // An error means that nobody can stop it any more; then it stops.
                let _ = stopped.wait_for(|stop| *stop).await;
            };
            server
                .run_with_graceful_shutdown(routes, signal, Some(CLOSING))
                .await
        });
        let gateway = SimulatedGateway {
            books,
            address,
            stop: Arc::new(stop),
            server: Arc::new(Mutex::new(Some(running))),
        };
        // USD per coin, and the least that is taken of it.
        for (name, worth, least) in [
            ("btc", Decimal::new(100_000, 0), Decimal::new(1, 5)),
            ("usdttrc20", Decimal::ONE, Decimal::new(85, 1)),
            ("trx", Decimal::new(25, 2), Decimal::new(3, 0)),
        ] {
            gateway.set_coin(name, worth, least);
        }
        Ok(gateway)
    }

    /// Stops listening, lets answers be finished, and returns when all connections are closed.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        let running = held(&self.server).take();
        if let Some(running) = running
            && let Err(error) = running.await
        {
            tracing::warn!(%error, "the simulated gateway did not stop cleanly");
        }
    }

    /// The address of its API, for the setting `nowpayments_url`.
    pub fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Takes a coin that is `worth` so much USD, from `least` coins on.
    pub fn set_coin(&self, name: &str, worth: Decimal, least: Decimal) {
        let coin = Coin { worth, least };
        self.books().coins.insert(name.to_owned(), coin);
    }

    /// What comes instead of the next answers to requests of a path, such as `/invoice` or
    /// `/payment`. Faults queue up.
    pub fn fail_next(&self, path: &str, fault: GatewayFault) {
        let mut books = self.books();
        books
            .faults
            .entry(path.to_owned())
            .or_default()
            .push_back(fault);
    }

    /// Every invoice, in the order of creation.
    pub fn invoices(&self) -> Vec<SeenInvoice> {
        self.books().invoices.values().cloned().collect()
    }

    /// The paths that were asked for, in order, without their queries.
    pub fn requests(&self) -> Vec<String> {
        self.books().requests.clone()
    }

    /// The payer chooses `coin` on the page of an invoice: there is a payment now, `waiting`.
    pub fn choose(&self, invoice: &str, coin: &str) -> Option<SimulatedPayment> {
        self.books().choose(invoice, coin)
    }

    /// Another payment to the address of `payment`, of `amount` in `coin`: its price mirrors what
    /// arrived, and it names the first as its parent.
    pub fn repeat(
        &self,
        payment: &SimulatedPayment,
        coin: &str,
        amount: Decimal,
    ) -> SimulatedPayment {
        self.books().repeat(payment, coin, amount)
    }

    /// What it says of this payment from now on: gives it with the time of the change.
    pub fn set(&self, payment: &SimulatedPayment) -> SimulatedPayment {
        self.books().set(payment)
    }

    /// The same as of the time that the payment has, which may be the past.
    pub fn recall(&self, payment: &SimulatedPayment) {
        self.books().payments.insert(payment.id, payment.clone());
    }

    /// It knows nothing of this payment any more.
    pub fn forget(&self, payment: &SimulatedPayment) {
        self.books().payments.remove(&payment.id);
    }

    /// The callback that tells of `payment`, signed.
    pub fn callback(&self, payment: &SimulatedPayment, spelling: Spelling) -> SignedBody {
        body::signed(payment, spelling, Self::IPN_SECRET)
    }

    /// Where callbacks go of invoices that do not say: what a customer of the gateway sets once for
    /// all. They are sent by themselves only when somebody pays on an invoice's page.
    pub fn call_back_at(&self, url: &str) {
        self.books().callback_url = Some(url.to_owned());
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        held(&self.books)
    }
}

/// The value of a lock. Each change under it is whole before anything can panic, so a poisoned
/// one is as good as any.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
